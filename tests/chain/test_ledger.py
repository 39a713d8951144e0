"""What a site holds of a lot, and how a use of it is served."""

from decimal import Decimal

import pytest

from chain.chain_of import Chain, findings, line, world
from ytterby.chain.book import Book
from ytterby.chain.event import DeclaredUse
from ytterby.chain.node import NodeKind
from ytterby.chain.origin import origin_of_lot
from ytterby.chain.posting import Transit
from ytterby.chain.product import Product, make_product_list


def origins(book: Book, lot: str, element: str = "Nd") -> dict[str, float]:
    """Return kilograms by `kind@site` of the origins of a lot."""
    found = origin_of_lot(book, lot, elements=[element])
    return {f"{s.origin.kind}@{s.origin.site}": s.mass_kg for one in found for s in one.origins}


def test_an_unknown_input_is_undeclared_until_its_declaration_comes():
    chain = Chain()
    chain.step("plant", [line("iron", 5)], [line("alloy", 5, Nd=1)], hour=9)
    assert findings(chain.book()) == [("lot.not_created", "iron", "plant")]
    assert origins(chain.book(), "alloy") == {"undeclared@plant": 1.0}
    chain.source("plant", line("iron", 5, Nd=1), hour=1)
    assert findings(chain.book()) == []
    assert origins(chain.book(), "alloy") == {"extraction@plant": 1.0}


def test_a_product_registered_free_of_rare_earths_is_no_finding_and_leaves_the_step_testable():
    chain = Chain()
    chain.source("plant", line("metal", 1, Nd=1, u=0.01))
    chain.step("plant", [line("metal", 1), line("iron", 5)], [line("alloy", 6, Nd=1, u=0.01)])
    iron = make_product_list([Product("iron", "party:mine", is_free_of_rare_earths=True)])
    book = chain.book(world("plant", "mine", products=iron))
    assert findings(book) == []
    assert not book.steps[0].inputs_unknown
    assert findings(chain.book(world("plant", "mine"))) == [("lot.not_created", "iron", "plant")]


def test_an_excess_over_unknown_inputs_is_undeclared_and_not_unaccounted():
    chain = Chain()
    chain.source("plant", line("metal", 1, Nd=1))
    chain.step("plant", [line("metal", 1), line("scrap", 5)], [line("alloy", 6, Nd=3)])
    assert origins(chain.book(), "alloy") == {"extraction@plant": 1.0, "undeclared@plant": 2.0}


def test_an_input_younger_than_its_use_counts_as_undeclared_and_is_a_finding():
    chain = Chain()
    chain.step("plant", [line("late", 1)], [line("early", 1, Nd=1)], hour=1)
    chain.source("plant", line("late", 1, Nd=1), hour=2)
    assert findings(chain.book()) == [("input.younger", "late", "plant")]


def test_more_used_than_held_is_unaccounted_when_it_is_no_measurement_error():
    chain = Chain()
    chain.source("plant", line("a", 100, Nd=50, u_kg=1))
    chain.step("plant", [line("a", 102, u_kg=1)], [line("b", 102, Nd=51)])
    assert findings(chain.book()) == []
    chain = Chain()
    chain.source("plant", line("a", 100, Nd=50, u_kg=1))
    chain.step("plant", [line("a", 140, u_kg=1)], [line("b", 140, Nd=70)])
    assert findings(chain.book()) == [("lot.used_beyond_held", "a", "plant")]
    assert origins(chain.book(), "b") == pytest.approx({"extraction@plant": 50.0, "unaccounted@plant": 20.0})


def test_the_take_that_crosses_the_line_carries_the_excess():
    chain = Chain()
    chain.source("plant", line("a", 10, unit="H87", Nd=10))
    chain.step("plant", [line("a", 8, unit="H87")], [line("b", 8, unit="H87", Nd=8)])
    chain.step("plant", [line("a", 5, unit="H87")], [line("c", 5, unit="H87", Nd=5)])
    book = chain.book()
    assert origins(book, "b") == {"extraction@plant": 8.0}
    assert origins(book, "c") == pytest.approx({"extraction@plant": 2.0, "unaccounted@plant": 3.0})


def test_a_use_elsewhere_without_papers_takes_exactly_that_from_the_maker():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10))
    chain.step("plant", [line("ore", 4)], [line("oxide", 4, Nd=4)])
    book = chain.book()
    assert findings(book) == [("lot.changed_site", "ore", "plant")]
    maker, implied = book.parcels_of["ore"]
    assert maker.left == Decimal(6)
    assert (implied.holder, implied.amount, implied.left, implied.is_made) == (
        "party:plant",
        Decimal(4),
        Decimal(0),
        False,
    )


def test_a_use_of_a_lot_of_several_makers_elsewhere_is_undeclared():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10))
    chain.source("maker", line("ore", 10, Nd=10))
    chain.step("plant", [line("ore", 4)], [line("oxide", 4, Nd=4)])
    book = chain.book()
    assert ("lot.made_twice", "ore", "maker") in findings(book)
    assert origins(book, "oxide") == {"undeclared@plant": 4.0}
    assert [p.holder for p in book.made("ore")][:2] == ["party:mine", "party:maker"]


def test_an_open_shipment_is_received_whole_by_its_first_use():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10))
    chain.ship("mine", "plant", line("ore", 6), document="d1")
    chain.ship("mine", "plant", line("ore", 4), document="d2")
    chain.step("plant", [line("ore", 2)], [line("oxide", 2, Nd=2)])
    book = chain.book()
    assert findings(book) == [("receipt.implied", "ore", "plant")]
    received = [p for p in book.parcels_of["ore"] if p.site == "plant"]
    assert [(p.amount, p.left) for p in received] == [(Decimal(6), Decimal(4))]
    chain.step("plant", [line("ore", 7)], [line("more", 7, Nd=7)])
    received = [p for p in chain.book().parcels_of["ore"] if p.site == "plant"]
    assert [(p.amount, p.left) for p in received] == [(Decimal(6), Decimal(0)), (Decimal(4), Decimal(1))]


def test_an_implied_receipt_disappears_when_the_receipt_is_reported():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10), hour=1)
    chain.ship("mine", "plant", line("ore", 10), document="d1", hour=2)
    chain.step("plant", [line("ore", 10)], [line("oxide", 10, Nd=10)], hour=9)
    assert findings(chain.book()) == [("receipt.implied", "ore", "plant")]
    chain.receive("plant", "mine", line("ore", 10), document="d1", hour=3)
    assert findings(chain.book()) == []


def test_a_receipt_dated_after_the_use_makes_one_parcel_and_not_two():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10), hour=1)
    chain.ship("mine", "plant", line("ore", 10), document="d1", hour=2)
    chain.step("plant", [line("ore", 10)], [line("oxide", 10, Nd=10)], hour=5)
    chain.receive("plant", "mine", line("ore", 10), document="d1", hour=6)
    book = chain.book()
    assert findings(book) == [("receipt.after_use", "ore", "plant")]
    assert len([p for p in book.parcels_of["ore"] if p.site == "plant"]) == 1


def test_a_shipment_dated_after_its_receipt_moves_the_goods_once():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10), hour=1)
    chain.receive("plant", "mine", line("ore", 10), document="d1", hour=2)
    assert findings(chain.book()) == [("receipt.without_shipment", "ore", "plant")]
    chain.ship("mine", "plant", line("ore", 10), document="d1", hour=3)
    book = chain.book()
    assert ("receipt.before_shipment", "ore", "plant") in findings(book)
    assert sum(p.left for p in book.parcels_of["ore"]) == Decimal(10)


def test_departing_after_shipping_of_the_same_goods_is_one_dispatch():
    chain = Chain()
    chain.source("maker", line("magnet", 10, unit="H87", Nd=10))
    chain.ship("maker", "user", line("magnet", 10, unit="H87"), document="d1")
    chain.ship("maker", "user", line("magnet", 10, unit="H87"), document="d1", is_departing=True)
    chain.add(Transit, "customs", lines=(line("magnet", 10, unit="H87"),), containers=())
    book = chain.book()
    assert len(book.shipments) == 1
    assert findings(book) == []


def test_two_shippings_under_one_document_are_two_dispatches():
    chain = Chain()
    chain.source("maker", line("magnet", 10, unit="H87", Nd=10))
    chain.ship("maker", "user", line("magnet", 5, unit="H87"), document="d1")
    chain.ship("maker", "user", line("magnet", 5, unit="H87"), document="d1")
    assert len(chain.book().shipments) == 2


def test_a_container_alone_stands_for_what_was_last_packed():
    chain = Chain()
    chain.source("maker", line("magnet", 10, unit="H87", Nd=10))
    chain.pack("maker", "box", line("magnet", 4, unit="H87"))
    chain.ship("maker", "user", document="d1", containers=("box",))
    chain.receive("user", "maker", document="d1", containers=("box",))
    book = chain.book()
    assert findings(book) == []
    assert [(p.site, p.left) for p in book.parcels_of["magnet"]] == [("maker", Decimal(6)), ("user", Decimal(4))]


def test_a_lot_that_was_received_packed_may_be_used_without_unpacking():
    chain = Chain()
    chain.source("maker", line("magnet", 4, unit="H87", Nd=4))
    chain.pack("maker", "box", line("magnet", 4, unit="H87"))
    chain.ship("maker", "user", line("magnet", 4, unit="H87"), document="d1", containers=("box",))
    chain.receive("user", "maker", line("magnet", 4, unit="H87"), document="d1", containers=("box",))
    chain.step("user", [line("magnet", 4, unit="H87")], [line("motor", 1, unit="H87")])
    assert findings(chain.book()) == []


def test_a_void_shipping_brings_the_goods_back():
    chain = Chain()
    chain.source("maker", line("magnet", 4, unit="H87", Nd=4))
    chain.ship("maker", "user", line("magnet", 4, unit="H87"), document="d1")
    chain.void("maker", line("magnet", 4, unit="H87"), document="d1")
    chain.step("maker", [line("magnet", 4, unit="H87")], [line("scrap", 1)])
    assert findings(chain.book()) == []


def test_two_part_deliveries_come_from_one_shipment():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10))
    chain.ship("mine", "plant", line("ore", 10), document="d1")
    chain.receive("plant", "mine", line("ore", 6), document="d1")
    chain.receive("plant", "mine", line("ore", 4), document="d1")
    book = chain.book()
    assert findings(book) == []
    assert [p.left for p in book.parcels_of["ore"] if p.site == "plant"] == [Decimal(6), Decimal(4)]


def test_more_received_than_shipped_beyond_noise_is_unaccounted_at_the_receiver():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10))
    chain.ship("mine", "plant", line("ore", 10), document="d1")
    chain.receive("plant", "mine", line("ore", 15), document="d1")
    chain.step("plant", [line("ore", 15)], [line("oxide", 15, Nd=15)])
    book = chain.book()
    assert findings(book) == [("receipt.beyond_shipment", "ore", "plant")]
    assert origins(book, "oxide") == pytest.approx({"extraction@mine": 10.0, "unaccounted@plant": 5.0})


def test_an_import_of_a_lot_that_nobody_here_made_is_foreign():
    chain = Chain()
    chain.receive("plant", None, line("conc", 10, Nd=3), regime="import", origin_country="XC")
    found = origin_of_lot(chain.book(), "conc")[0].origins[0].origin
    assert (found.kind, found.country) == ("foreign", "XC")


def test_the_owner_changes_at_the_receipt_and_by_title_transfer_and_products_follow_their_inputs():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=10))
    chain.ship("mine", "plant", line("ore", 10), document="d1", to_owner="party:client")
    chain.receive("plant", "mine", line("ore", 10), document="d1", owner="party:client")
    chain.step("plant", [line("ore", 10)], [line("oxide", 10, Nd=10)])
    chain.sell("plant", "party:trader", line("oxide", 4))
    book = chain.book()
    made, sold = book.parcels_of["oxide"]
    assert (made.holder, made.owner, made.left) == ("party:plant", "party:client", Decimal(6))
    assert (sold.holder, sold.owner, sold.left) == ("party:plant", "party:trader", Decimal(4))


def test_a_count_below_the_book_is_muf_and_above_it_unaccounted():
    chain = Chain()
    chain.source("plant", line("a", 10, unit="H87", Nd=10))
    chain.count("plant", line("a", 7, unit="H87"))
    book = chain.book()
    assert findings(book) == [("stock.differs", "a", "plant")]
    assert book.parcels_of["a"][0].left == Decimal(7)
    chain.count("plant", line("a", 9, unit="H87"))
    chain.step("plant", [line("a", 9, unit="H87")], [line("b", 9, unit="H87", Nd=9)])
    assert origins(chain.book(), "b") == pytest.approx({"extraction@plant": 7.0, "unaccounted@plant": 2.0})


def test_what_a_complete_stock_taking_does_not_name_is_a_question():
    chain = Chain()
    chain.source("plant", line("a", 10, Nd=1), line("b", 5, Nd=1))
    chain.count("plant", line("a", 10), is_complete=True)
    assert findings(chain.book()) == [("stock.not_counted", "b", "plant")]


def test_a_first_count_of_unknown_goods_is_opening_stock():
    chain = Chain()
    chain.count("plant", line("old", 10, Nd=3))
    chain.step("plant", [line("old", 10)], [line("new", 10, Nd=3)])
    book = chain.book()
    assert findings(book) == []
    assert origins(book, "new") == {"opening_stock@plant": 3.0}


def test_a_product_without_an_assay_inherits_by_piece_and_is_not_testable():
    chain = Chain()
    chain.source("maker", line("magnet", 9, unit="H87", Nd=9))
    outputs = [line(f"motor{n}", 1, unit="H87") for n in range(3)]
    chain.step("maker", [line("magnet", 9, unit="H87")], outputs)
    book = chain.book()
    assert not book.steps[0].is_testable
    assert [float(p.mass_kg[5]) for lot in ("motor0", "motor1", "motor2") for p in book.parcels_of[lot]] == [3.0] * 3


def test_a_quantity_in_pieces_is_taken_from_a_lot_in_kilograms_by_piece_mass():
    chain = Chain()
    chain.source("maker", line("magnet", 9, Nd=9))
    pieces = line("magnet", 3, unit="H87")
    chain.step("maker", [pieces], [line("motor", 1, unit="H87")])
    assert ("lot.unit_differs", "magnet", "maker") in findings(chain.book())


def test_a_loss_leaves_the_accounts():
    chain = Chain()
    chain.source("maker", line("dust", 9, Nd=9))
    chain.lose("maker", line("dust", 4))
    book = chain.book()
    assert book.parcels_of["dust"][0].left == Decimal(5)
    assert [float(n.mass_kg[5]) for n in book.nodes if n.kind is NodeKind.LOSS] == [4.0]


def test_uses_are_kept_with_the_goods_on_the_way():
    chain = Chain()
    chain.source("maker", line("magnet", 4, unit="H87", Nd=4))
    use = DeclaredUse(Decimal(1), "hdd", "party:user")
    chain.ship("maker", "user", line("magnet", 4, unit="H87"), uses=[use])
    assert chain.book().shipments[0].node.uses == (use,)


def test_two_shipments_of_one_lot_under_one_document_are_received_apart():
    chain = Chain()
    chain.source("maker", line("magnet", 10, unit="H87", Nd=10))
    for _ in range(2):
        chain.ship("maker", "user", line("magnet", 5, unit="H87"), document="d1")
    for _ in range(2):
        chain.receive("user", "maker", line("magnet", 5, unit="H87"), document="d1")
    book = chain.book()
    assert findings(book) == []
    assert [len(s.receipts) for s in book.shipments] == [1, 1]


def test_a_second_part_of_a_delivery_goes_to_the_shipment_that_began_to_arrive():
    chain = Chain()
    chain.source("maker", line("magnet", 10, unit="H87", Nd=10))
    for _ in range(2):
        chain.ship("maker", "user", line("magnet", 5, unit="H87"), document="d1")
    for part in (3, 2, 5):
        chain.receive("user", "maker", line("magnet", part, unit="H87"), document="d1")
    book = chain.book()
    assert findings(book) == []
    assert [sum(r[1].amount for r in s.receipts) for s in book.shipments] == [5, 5]


def test_goods_that_leave_one_customs_place_after_another_are_one_dispatch_with_the_use_last_declared():
    chain = Chain()
    chain.source("maker", line("magnet", 10, unit="H87", Nd=10))
    use = DeclaredUse(Decimal(1), "hdd", "party:user")
    goods = line("magnet", 10, unit="H87")
    chain.ship("maker", "user", goods, document="d1")
    chain.ship("maker", "user", goods, document="d1", is_departing=True, customs_site="port:1", uses=[use])
    chain.ship("maker", "user", goods, document="d1", is_departing=True, customs_site="port:2")
    (shipment,) = chain.book().shipments
    assert len(shipment.passages) == 2
    assert shipment.node.uses == (use,)


def test_two_parts_that_leave_under_one_invoice_are_two_dispatches():
    chain = Chain()
    chain.source("maker", line("magnet", 10, unit="H87", Nd=10))
    for amount in (4, 6):
        chain.ship(
            "maker", "user", line("magnet", amount, unit="H87"), document="i1", is_departing=True, customs_site="p"
        )
    assert [s.node.amount for s in chain.book().shipments] == [4, 6]
