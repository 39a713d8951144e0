"""What mixed goods prove: every assignment that may be true is believed, and no more than that."""

import pytest

from balance.use_chain import CAR, DAY, LATE, OPEN, WIND, build, codes, deliver, delivered, found, magnets, use
from chain.chain_of import Chain, line
from ytterby.shell.site.packs import use_limits


def pooled(told: dict[str, float], u: float = 0.01) -> Chain:
    """Sixty kilograms for cars and forty for wind go into one tank, of which so much is drawn for each use."""
    chain = Chain()
    for lot, code, kg in (("a", CAR, 60), ("b", WIND, 40)):
        chain.source("maker", line(lot, 100, Nd=kg, u=u))
        chain.ship("maker", "user", line(lot, 100), uses=(use(code),), document=lot)
        chain.receive("user", "maker", line(lot, 100), document=lot)
    chain.charge("user", "tank", line("a", 100), line("b", 100))
    for code, kg in told.items():
        chain.draw("user", "tank", line(f"m-{code}", 10, Nd=kg, u=u), uses=(use(code),))
    return chain


@pytest.mark.parametrize(
    "told",
    [{CAR: 60, WIND: 40}, {CAR: 60}, {WIND: 40}, {CAR: 30, WIND: 20}, {CAR: 45, WIND: 30}, {WIND: 40, CAR: 59}],
)
def test_a_pool_of_two_uses_that_may_have_come_true_is_no_finding_in_whatever_order(told):
    assert codes(pooled(told)) == []


def test_a_use_that_nobody_declared_is_proven_whatever_lies_in_the_pool():
    (one, other) = sorted(found(pooled({CAR: 50, WIND: 30, "military": 15})), key=lambda f: f.problem.facts["use"])
    assert {f.problem.code for f in (one, other)} == {"use.realised_otherwise"}
    assert {f.problem.facts["told"] for f in (one, other)} == {"military"}
    assert one.size_kg + other.size_kg == pytest.approx(15.0)
    assert one.size_kg / other.size_kg == pytest.approx(60 / 40)


def test_more_for_one_use_than_was_declared_for_it_is_found_only_beyond_measurement():
    (one,) = found(pooled({CAR: 40, WIND: 60}))
    assert (one.problem.facts["use"], one.problem.facts["told"]) == (CAR, WIND)
    assert one.size_kg == pytest.approx(20.0)
    # dM over the draws: (1 - s) 60 u and s 40 u; over the claims: s (1 - s) 100 u twice, with s = 0.4.
    parts = (0.6 * 60 * 0.01, 0.4 * 40 * 0.01, 0.24 * 100 * 0.01, 0.24 * 100 * 0.01)
    assert one.sd_kg == pytest.approx(sum(p * p for p in parts) ** 0.5)
    assert codes(pooled({CAR: 59, WIND: 41})) == []


def test_the_days_of_one_supplier_share_the_error_of_what_was_told():
    chain = Chain()
    for number, (code, kg) in enumerate([(CAR, 30), (CAR, 30), (WIND, 40)]):
        lot = f"lot-{number}"
        chain.source("maker", line(lot, 100, Nd=kg, u=0.01), hour=number * DAY)
        chain.ship("maker", "user", line(lot, 100), uses=(use(code),), document=lot, hour=number * DAY + 1)
        chain.receive("user", "maker", line(lot, 100), document=lot, hour=number * DAY + 2)
        chain.charge("user", "tank", line(lot, 100), hour=number * DAY + 3)
    for code, kg in ((CAR, 40), (WIND, 60)):
        chain.draw("user", "tank", line(f"m-{code}", 10, Nd=kg, u=0.01), uses=(use(code),), hour=9 * DAY)
    (one,) = found(chain)
    assert one.size_kg == pytest.approx(20.0)
    parts = (0.36, 0.16, 0.24, 0.12, 0.12)
    assert one.sd_kg == pytest.approx(sum(p * p for p in parts) ** 0.5)


def test_a_supplier_of_a_trace_of_what_was_mixed_is_not_named():
    def suppliers(kg: float) -> set[str]:
        chain = Chain()
        for maker, part in (("maker", 100 - kg), ("other", kg)):
            chain.source(maker, line(maker, 100, Nd=part))
            chain.ship(maker, "user", line(maker, 100), uses=(use(CAR),), document=maker)
            chain.receive("user", maker, line(maker, 100), document=maker)
        chain.charge("user", "tank", line("maker", 100), line("other", 100))
        chain.draw("user", "tank", line("m", 10, Nd=50), uses=(use("military"),))
        return {one.parties[0] for one in found(chain)}

    least = 100 * use_limits().least_share
    assert suppliers(least * 1.1) == {"party:maker", "party:other"}
    assert suppliers(least * 0.9) == {"party:maker"}


def test_the_same_kilogram_is_found_where_measurement_is_good_enough_to_see_it():
    assert codes(pooled({CAR: 59, WIND: 41}, u=1e-4)) == ["use.realised_otherwise"]


def test_what_was_flushed_out_last_year_excuses_nothing_this_year():
    chain = Chain()
    chain.source("user", line("own", 100, Nd=50), hour=0)
    chain.source("maker", line("a", 100, Nd=100), hour=0)
    chain.ship("maker", "user", line("a", 100), uses=(use(CAR),), document="a", hour=1)
    chain.receive("user", "maker", line("a", 100), document="a", hour=2)
    chain.charge("user", "tank", line("own", 100), hour=3)
    chain.charge("user", "tank", line("a", 100), hour=4)
    chain.draw("user", "tank", line("m-1", 10, Nd=120), uses=(use(CAR),), hour=5)
    chain.draw("user", "tank", line("m-2", 10, Nd=30), uses=(use("military"),), hour=370 * DAY)
    # Of the thirty kilograms drawn this year ten lay under no use; last year's forty do not count.
    (one,) = found(chain, LATE)
    assert (one.problem.facts["told"], one.size_kg) == ("military", pytest.approx(20.0))


def test_goods_of_an_unknown_use_in_the_pool_excuse_others_and_are_not_accused():
    chain = Chain()
    for lot, code, kg in (("a", CAR, 60), ("b", OPEN, 40)):
        deliver(chain, use(code), lot=lot, Nd=kg)
        chain.charge("user", "tank", magnets(lot, 100), hour=5)
    chain.draw("user", "tank", line("m", 10, Nd=80), uses=(use("military"),), hour=6)
    (one,) = found(chain)
    # Forty of the eighty may be the goods of unknown use, eight of which proportion leaves in the tank.
    assert (one.problem.facts["use"], one.size_kg) == (CAR, pytest.approx(40.0))


def test_own_material_in_the_pool_may_have_gone_anywhere():
    chain = pooled({CAR: 40})
    chain.source("user", line("own", 100, Nd=30))
    chain.charge("user", "tank", line("own", 100))
    chain.draw("user", "tank", line("late", 10, Nd=25), uses=(use("military"),))
    assert codes(chain) == []
    chain.draw("user", "tank", line("later", 10, Nd=15), uses=(use("military"),))
    assert {one.problem.facts["told"] for one in found(chain)} == {"military"}
    assert sum(one.size_kg for one in found(chain)) == pytest.approx(10.0)


def test_a_lot_that_was_declared_for_two_uses_may_be_used_for_either_until_both_are_used_up():
    chain = delivered(use(CAR, "0.6"), use(WIND, "0.4"))
    build(chain, use(CAR), pieces=60)
    assert codes(chain) == []
    build(chain, use(WIND), pieces=40)
    assert codes(chain, LATE) == []
    chain = delivered(use(CAR, "0.6"), use(WIND, "0.4"))
    build(chain, use(WIND), pieces=100)
    (one,) = found(chain)
    assert (one.problem.facts["use"], one.size_kg) == (CAR, pytest.approx(6.0))


def two_lots() -> Chain:
    """Magnets with six kilograms for cars and magnets with four for wind, each lot for itself."""
    chain = delivered(use(CAR), lot="a", Nd=6)
    deliver(chain, use(WIND), lot="b", hour=3, Nd=4)
    return chain


def test_a_step_that_joins_lots_and_tells_both_uses_is_no_finding():
    chain = two_lots()
    both = [magnets("a", 100), magnets("b", 100)]
    chain.step("user", both, [magnets("motor", 1)], uses=(use(CAR, "0.6"), use(WIND, "0.4")), hour=9)
    assert codes(chain, LATE) == []
    chain = two_lots()
    chain.step("user", both, [magnets("motor", 1)], uses=(use(CAR),), hour=9)
    (one,) = found(chain)
    assert (one.problem.facts["use"], one.size_kg) == (WIND, pytest.approx(4.0))


def test_what_a_step_joined_without_a_word_may_be_used_for_either():
    chain = two_lots()
    chain.step("user", [magnets("a", 100), magnets("b", 100)], [magnets("rotor", 10)], hour=9)
    chain.step("user", [magnets("rotor", 6)], [magnets("motor", 1)], uses=(use(CAR),), hour=10)
    chain.step("user", [magnets("rotor", 4)], [magnets("turbine", 1)], uses=(use(WIND),), hour=11)
    assert codes(chain, LATE) == []
