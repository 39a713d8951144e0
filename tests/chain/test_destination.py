"""Where a lot went, and declared beside realised use."""

from decimal import Decimal

import pytest

from chain.chain_of import Chain, line
from ytterby.chain.destination import destination_of_lot
from ytterby.chain.event import DeclaredUse
from ytterby.chain.trace import trace_lot


def chain_to_motor(*uses: DeclaredUse) -> Chain:
    """A hundred magnets go to a user, who builds forty into motors for cars."""
    chain = Chain()
    chain.source("maker", line("magnet", 100, unit="H87", Nd=10))
    chain.ship("maker", "user", line("magnet", 80, unit="H87"), uses=uses, document="d")
    chain.receive("user", "maker", line("magnet", 80, unit="H87"), document="d")
    chain.step(
        "user",
        [line("magnet", 40, unit="H87")],
        [line("motor", 1, unit="H87")],
        uses=(DeclaredUse(Decimal(1), "traction_motor_car"),),
    )
    return chain


def test_declared_use_stands_beside_the_realised_with_what_is_open():
    use = DeclaredUse(Decimal(1), "traction_motor_car", "party:user", country="XB")
    found = destination_of_lot(chain_to_motor(use).book(), "magnet", element="Nd")
    assert {(d.kind, d.site): round(d.mass_kg, 9) for d in found.destinations} == {
        ("holder", "user"): 4.0,
        ("stock", "maker"): 2.0,
        ("stock", "user"): 4.0,
    }
    (state,) = found.uses
    assert (state.use, state.end_user, state.country) == ("traction_motor_car", "party:user", "XB")
    assert (state.declared_kg, state.realised_kg, state.open_kg) == pytest.approx((8.0, 4.0, 4.0))


def test_a_share_without_a_use_is_not_yet_known():
    use = DeclaredUse(Decimal("0.25"), "hdd", "party:user")
    found = destination_of_lot(chain_to_motor(use).book(), "magnet", element="Nd")
    declared = {state.use: (state.declared_kg, state.realised_kg, state.otherwise_kg) for state in found.uses}
    assert declared["hdd"] == pytest.approx((2.0, 0.0, 1.0))
    assert declared["not_yet_known"] == pytest.approx((6.0, 0.0, 3.0))


def test_a_realised_use_that_nobody_declared_is_shown_too():
    found = destination_of_lot(chain_to_motor().book(), "magnet", element="Nd")
    (state,) = found.uses
    assert (state.use, state.declared_kg, state.realised_kg) == ("traction_motor_car", 0.0, pytest.approx(4.0))


def test_goods_on_the_way_are_in_transit_and_what_did_not_arrive_stays_there():
    chain = Chain()
    chain.source("mine", line("ore", 100, Nd=10))
    chain.ship("mine", "plant", line("ore", 100), document="d")
    found = destination_of_lot(chain.book(), "ore", element="Nd").destinations
    assert [(d.kind, d.id, d.mass_kg) for d in found] == [("transit", "mine > plant", 10.0)]
    chain.receive("plant", "mine", line("ore", 90), document="d")
    found = destination_of_lot(chain.book(), "ore", element="Nd").destinations
    assert [(d.kind, round(d.mass_kg, 9)) for d in found] == [("stock", 9.0), ("transit", 1.0)]


def test_one_holders_parcels_are_traced_alone():
    chain = chain_to_motor()
    whole = destination_of_lot(chain.book(), "magnet", element="Nd")
    users = destination_of_lot(chain.book(), "magnet", element="Nd", holder="party:user")
    assert (whole.mass_kg, users.mass_kg) == pytest.approx((10.0, 8.0))


def test_forward_and_back_tell_of_the_same_kilograms():
    book = chain_to_motor().book()
    forward = trace_lot(book, "magnet", is_back=False, element="Nd")
    back = trace_lot(book, "motor", is_back=True, element="Nd")
    to_motor = sum(n.mass_kg for n in forward.nodes if n.node.lot == "motor")
    from_magnet = max(n.mass_kg for n in back.nodes if n.node.lot == "magnet")
    assert to_motor == pytest.approx(from_magnet) == pytest.approx(4.0)


def test_an_unknown_lot_is_a_key_error():
    with pytest.raises(KeyError):
        trace_lot(chain_to_motor().book(), "nothing", is_back=True, element="Nd")


def test_goods_that_came_back_or_were_divided_count_once_for_their_holder():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10))
    chain.ship("mine", "plant", line("ore", 10), document="there")
    chain.receive("plant", "mine", line("ore", 10), document="there")
    chain.sell("plant", "party:trader", line("ore", 4))
    chain.ship("plant", "mine", line("ore", 10), document="back", to_owner="party:mine")
    chain.receive("mine", "plant", line("ore", 10), document="back")
    chain.step("mine", [line("ore", 10)], [line("conc", 10, Nd=10)])
    book = chain.book()
    assert book.findings == ()
    for holder in ("party:mine", "party:plant"):
        assert trace_lot(book, "ore", is_back=False, element="Nd", holder=holder).total_kg == pytest.approx(10.0)
    found = destination_of_lot(book, "ore", element="Nd", holder="party:plant").destinations
    assert [(d.kind, d.lot, round(d.mass_kg, 9)) for d in found] == [("stock", "conc", 10.0)]


def test_material_that_goes_round_through_one_tank_keeps_its_origin():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10))
    chain.charge("mine", "tank", line("ore", 10))
    chain.draw("mine", "tank", line("rich", 4, Nd=4))
    chain.charge("mine", "tank", line("rich", 4))
    chain.draw("mine", "tank", line("out", 10, Nd=10))
    (found,) = destination_of_lot(chain.book(), "ore", element="Nd").destinations
    assert (found.kind, found.lot, round(found.mass_kg, 9)) == ("stock", "out", 10.0)


def test_goods_held_on_consignment_stay_the_owners_and_are_used_by_the_holder():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10))
    chain.ship("mine", "plant", line("ore", 10), document="d", to_owner="party:mine")
    chain.receive("plant", "mine", line("ore", 10), document="d", owner="party:mine", holder="party:keeper")
    chain.step("plant", [line("ore", 10)], [line("oxide", 10, Nd=10)])
    book = chain.book()
    assert book.findings == ()
    kept = next(p for p in book.parcels_of["ore"] if p.site == "plant")
    assert (kept.holder, kept.owner, kept.left) == ("party:keeper", "party:mine", Decimal(0))
