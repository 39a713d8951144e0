"""A return of a month becomes events whose book has the masses of the return."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chain.spreadsheet.cells_of import (
    CONCENTRATE,
    KESTREL,
    NORRVIK,
    OXIDE,
    PARTY,
    TAMARACK,
    codes,
    entries_of,
    grid,
    read,
)
from ytterby.balance.mirror import judge_pairs
from ytterby.chain.book import build_book
from ytterby.chain.event import Entry
from ytterby.chain.mirror import pair_halves
from ytterby.chain.origin import origin_of_lot
from ytterby.chain.party import Operation, Party, Site, make_directory
from ytterby.chain.period import Month, is_period_lot, period_lot, period_of, period_pool, process_pool, product_of
from ytterby.chain.product import Product, make_product_list
from ytterby.chain.world import World
from ytterby.matter.assay import Assay
from ytterby.shell.site.packs import matter_tables

SITE = f"https://id.gs1.org/414/{NORRVIK}"
MINE = f"https://id.gs1.org/414/{KESTREL}"
MINER = f"https://id.gs1.org/417/{KESTREL}"
P1, P2 = f"https://id.gs1.org/01/{CONCENTRATE}", f"https://id.gs1.org/01/{OXIDE}"
HEADER = (
    "Month", "Site", "Product", "Counterparty", "Counterparty's site", "First return", "Opening [t]", "Received [t]",
    "Made [t]", "Used [t]", "Shipped [t]", "Lost [t]", "Closing [t]", "Delivery note", "Process",
)  # fmt: skip


def world(*, content: bool = True) -> World:
    """Norrvik, Kestrel and Tamarack; the concentrate holds 100 g/kg of neodymium, the oxide 800."""
    parties = [Party(f"https://id.gs1.org/417/{n}", n, country="XA") for n in (NORRVIK, KESTREL, TAMARACK)]
    kinds = {NORRVIK: "separation", KESTREL: "mine", TAMARACK: "metal"}
    sites = [
        Site(f"https://id.gs1.org/414/{n}", n, kinds[n], "XA", (Operation(f"https://id.gs1.org/417/{n}"),))
        for n in kinds
    ]
    products = [
        Product(P1, MINER, "concentrate", assays=(Assay("Nd", Decimal(100_000), Decimal(100)),)),
        Product(P2, PARTY, "oxide", assays=(Assay("Nd", Decimal(800_000), Decimal(800)),)),
    ]
    return World(make_directory(parties, sites), make_product_list(products if content else []), matter_tables())


def month(
    text: str = "2026-03",
    opening: object = 5,
    closing: object = 2,
    received: object = 11,
    used: object = 14,
    first: str = "",
    note: object = "",
) -> Sequence[Sequence[object]]:
    """5 t of concentrate, 11 come, 14 are used and 2 left; 1.75 t of oxide made of them, 1 shipped, 0.05 lost."""
    return (
        HEADER,
        (text, NORRVIK, CONCENTRATE, KESTREL, KESTREL, first, opening, received, "", used, "", "", closing, note),
        (text, NORRVIK, OXIDE, TAMARACK, TAMARACK, "", "", "", "1,75", "", 1, "0,05", "0,7", "", ""),
    )


def march(**rest: object) -> list[Entry]:
    return entries_of(read(grid(*month(**rest), name="return")))  # type: ignore[arg-type]


def test_the_book_of_a_return_has_the_masses_of_the_return():
    book = build_book(march(), world())
    made = {n.lot: n for n in book.nodes if n.lot and n.at == datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)}
    mass = {what: sum(n.amount for n in book.nodes if n.lot == period_lot(p, SITE, Month(2026, 3), what) and n.is_made)
            for p, what in ((P1, "U"), (P1, "C"), (P2, "M"), (P2, "R"), (P2, "L"), (P2, "C"))}  # fmt: skip
    # Two products have a closing lot; the later of the two in this dictionary is the oxide's.
    assert mass == {"U": 14000, "C": 700, "M": 1750, "R": 1000, "L": 50}
    concentrate = next(n for n in book.nodes if n.lot == period_lot(P1, SITE, Month(2026, 3), "C") and n.is_made)
    assert (concentrate.amount, concentrate.left) == (2000, 2000)
    neodymium = made[period_lot(P2, SITE, Month(2026, 3), "R")].content.mass_kg[5]
    assert neodymium == pytest.approx(800)
    # Nothing is a fault of the return: no finding speaks of it but that nobody else has spoken yet.
    assert [f.code for f in book.findings] == []


def test_what_the_figures_leave_is_the_months_difference():
    """16 t are there and 14 + 1.5 t are accounted for: half a ton is the month's MUF, and no stock of any pool."""
    book = build_book(march(closing="1,5"), world())
    pool = period_pool(P1, SITE, Month(2026, 3))
    tank = [n for n in book.nodes if n.pool == pool and n.kind.name == "TANK"][-1]
    assert tank.muf_weight is not None
    assert float(tank.muf_weight[5]) * tank.mass_kg[5] == pytest.approx(50)
    assert tank.left_mass is not None
    assert tank.left_mass[5] == pytest.approx(0)


def test_more_than_was_there_is_unaccounted_and_a_finding():
    book = build_book(march(closing=9), world())
    assert {f.code for f in book.findings} == {"pool.overdrawn"}


def test_the_closing_stock_is_the_next_months_opening_stock():
    april = read(grid(*month("2026-04", opening=2, closing=3, received=8, used=7), name="return"))
    book = build_book([*march(first="yes"), *entries_of(april)], world())
    assert [f.code for f in book.findings if "stock" in f.code or "not_created" in f.code] == []
    lot = period_lot(P1, SITE, Month(2026, 3), "C")
    carried = [n for n in book.nodes if n.lot == lot]
    # It was made once, by the closing of March, and April took all of it.
    assert [n.is_made for n in carried] == [True]
    assert carried[0].left == 0


def test_an_opening_stock_that_differs_from_the_closing_stock_is_a_finding_not_a_refusal():
    april = read(grid(*month("2026-04", opening=4, closing=3, received=8, used=9), name="return"))
    book = build_book([*march(), *entries_of(april)], world())
    assert "stock.differs" in {f.code for f in book.findings}


def test_the_first_return_brings_its_opening_stock_into_the_books():
    book = build_book(march(first="yes"), world())
    (answer,) = origin_of_lot(book, period_lot(P2, SITE, Month(2026, 3), "R"))
    kinds = {(s.origin.kind, s.origin.site) for s in answer.origins if s.mass_kg > 1e-9}
    assert ("opening_stock", SITE) in kinds


def test_coarser_evidence_shows_in_wider_bounds():
    (answer,) = origin_of_lot(build_book(march(first="yes"), world()), period_lot(P2, SITE, Month(2026, 3), "R"))
    assert all(source.least < source.mass_kg / answer.mass_kg < source.greatest + 1e-12 for source in answer.origins)


def kestrel_return(shipped: object = 11, note: object = "") -> list[Entry]:
    rows = (HEADER, ("2026-03", KESTREL, CONCENTRATE, NORRVIK, NORRVIK, "yes", 20, "", "", "", shipped, "", 9, note))
    return entries_of(read(grid(*rows, name="return")), submitter=MINER)


def test_two_returns_speak_of_one_delivery_without_asking_each_other():
    book = build_book([*kestrel_return(), *march()], world())
    (pair,) = [p for p in pair_halves(book) if p.from_site == MINE]
    assert (pair.sent.line.amount, [half.line.amount for half in pair.received]) == (11000, [11000])
    assert period_of(pair.lot) == ("R", Month(2026, 3))
    # What Norrvik ships descends from Kestrel's stock.
    (answer,) = origin_of_lot(book, period_lot(P2, SITE, Month(2026, 3), "R"))
    assert any(s.origin.site == MINE and s.mass_kg > 0 for s in answer.origins)


LOT_HEADER = (
    "Step",
    "Date",
    "Time zone",
    "Site",
    "Product",
    "Lot",
    "Quantity [t]",
    "Form",
    "Nd [mg/kg]",
    "Delivery note",
    "To site",
)


def kestrel_lots(*tons: float, note: str = "") -> list[Entry]:
    rows = [LOT_HEADER]
    for number, quantity in enumerate(tons, 1):
        day, lot = f"2026-03-{number:02d} 08:00", f"K-{number}"
        rows += [
            ("mined", day, "+08:00", KESTREL, CONCENTRATE, lot, quantity, "concentrate", 100_000, "", ""),
            (
                "shipped",
                day.replace("08:00", "12:00"),
                "+08:00",
                KESTREL,
                CONCENTRATE,
                lot,
                quantity,
                "",
                "",
                note,
                NORRVIK,
            ),
        ]
    return entries_of(read(grid(*rows)), submitter=MINER)


@pytest.mark.parametrize("note", ["", "553"])
def test_a_return_meets_what_the_other_party_reports_by_lot(note):
    """By delivery note where both name one, else by product, sites and month."""
    book = build_book([*kestrel_lots(6, 5, note=note), *march(note=note)], world())
    states = [s for s in judge_pairs(book) if s.pair.from_site == MINE]
    assert [(s.state, s.sent, s.received) for s in states] == [("matched", 11000, 11000)]
    assert is_period_lot(states[0].pair.lot)


def test_a_return_that_says_less_than_the_other_party_ships_differs():
    book = build_book([*kestrel_lots(6, 8), *march()], world())
    (state,) = [s for s in judge_pairs(book) if s.pair.from_site == MINE]
    assert (state.state, state.sent, state.received) == ("differs", 14000, 11000)


def test_a_delivery_that_names_its_lot_is_traced_through_the_lot():
    rows = list(month())
    rows[0] = (*HEADER, "Lot")
    rows[1] = (*rows[1], "", "K-1")
    entries = entries_of(read(grid(*rows, name="return")))
    book = build_book([*kestrel_lots(11), *entries], world())
    (pair,) = [p for p in pair_halves(book) if p.from_site == MINE]
    assert pair.lot == f"{P1}/10/K-1"
    assert len(pair.received) == 1
    (answer,) = origin_of_lot(book, period_lot(P2, SITE, Month(2026, 3), "R"))
    assert any((s.origin.kind, s.origin.site) == ("extraction", MINE) for s in answer.origins)


def test_the_same_return_has_the_same_events_and_a_changed_figure_the_same_names():
    """So that the same month twice is known, and a changed one is refused until the first is declared wrong."""
    one, other = march(), march(closing="1,9")
    assert [e.event.digest for e in one] == [e.event.digest for e in march()]
    assert [e.event.event_id for e in one] == [e.event.event_id for e in other]
    assert [e.event.digest for e in one] != [e.event.digest for e in other]
    assert len({e.event.event_id for e in one}) == len(one)


def test_a_revision_has_names_of_its_own():
    rows = list(month())
    rows[0] = (*HEADER, "Revision")
    rows[1] = (*rows[1], "", "2")
    revised = {e.event.event_id for e in entries_of(read(grid(*rows, name="return")))}
    both = revised & {e.event.event_id for e in march()}
    # The oxide's events are as they were.
    assert both == {e.event.event_id for e in march() if OXIDE in str(e.event)} != set()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [("2026-03", NORRVIK, OXIDE, "", "", "", 1, "", "", "", 1, "", 0)],
            ("sheet.counterparty_missing", "return!D2"),
        ),
        ([("2026-03", NORRVIK, OXIDE, "", "", "", 1)], ("sheet.closing_missing", "return!M2")),
        ([("2026-03", NORRVIK, OXIDE, "", "", "", 1, "", 5, 5, "", "", 1)], ("sheet.process_loop", "return!J2")),
        ([("2026-13", NORRVIK, OXIDE, "", "", "", 1, "", "", "", "", "", 1)], ("sheet.not_a_month", "return!A2")),
        ([("2026-03", "", OXIDE, "", "", "", 1, "", "", "", "", "", 1)], ("sheet.cell_missing", "return!B2")),
        ([("2026-03", NORRVIK, OXIDE, "", "", "", -1, "", "", "", "", "", 1)], ("quantity.negative", "return!G2")),
        (
            [
                ("2026-03", NORRVIK, OXIDE, "", "", "", 1, "", "", "", "", "", 1),
                ("2026-03", NORRVIK, OXIDE, KESTREL, "", "", 1, 2, "", "", "", "", ""),
            ],
            ("sheet.said_twice", "return!G3"),
        ),
        ([("2026-03", NORRVIK, OXIDE, "", "", "", 1, "", "", "", "", "", 1)] * 2, ("sheet.row_twice", "return!3")),
    ],
)
def test_what_a_month_cannot_mean_is_named_by_sheet_row_and_column(rows, expected):
    assert expected in codes(read(grid(HEADER, *rows, name="return")))


@pytest.mark.parametrize(
    ("product", "header", "last", "expected"),
    [
        (OXIDE, "Nd [g/kg]", "much", ("sheet.not_a_number", "return!P2")),
        ("A" * 99, "Lot", "K-1", ("sheet.not_a_product", "return!C2")),
    ],
)
def test_a_mistake_of_a_return_is_told_once_however_often_its_cell_is_read(product, header, last, expected):
    row = ("2026-03", NORRVIK, product, KESTREL, "", "yes", 5, "", 5, "", 4, 1, 5, "", "", last)
    assert codes(read(grid((*HEADER, header), row, name="return"))) == [expected]


def test_a_chain_of_processes_is_no_loop():
    rows = (
        HEADER,
        ("2026-03", NORRVIK, CONCENTRATE, "", "", "yes", 10, "", "", 8, "", "", 2, "", "SX"),
        ("2026-03", NORRVIK, OXIDE, "", "", "", "", "", 1, "", "", "", "", "", "SX"),
        ("2026-03", NORRVIK, OXIDE, "", "", "", "", "", "", 1, "", "", 0, "", "metal"),
        ("2026-03", NORRVIK, "09520000000219", "", "", "", "", "", "0,8", "", "", "", "0,8", "", "metal"),
    )
    book = build_book(entries_of(read(grid(*rows, name="return"))), world())
    assert {f.code for f in book.findings} == set()
    metal = process_pool(SITE, "metal")
    assert metal != process_pool(SITE, "SX") != process_pool(SITE, "")


def test_pieces_are_counted():
    rows = (
        (*HEADER, "Unit"),
        ("2026-03", NORRVIK, OXIDE, TAMARACK, TAMARACK, "yes", 500, "", "", "", 200, "", 300, "", "", "pieces"),
    )
    entries = entries_of(read(grid(*rows, name="return")))
    goods = [g for e in entries for g in e.event.quantities if e.event.biz_step == "shipping"]
    assert [(g.amount, g.unit) for g in goods] == [(200, "H87")]


def test_names_of_lots_and_pools_fit_gs1s_keys():
    lot = period_lot(P1, SITE, Month(2026, 3), "R")
    assert lot == f"{P1}/10/R2603-{NORRVIK}"
    assert len(lot.rpartition("/")[2]) <= 20
    assert period_pool(P1, SITE, Month(2026, 3)) == f"{SITE}/254/P2603-{CONCENTRATE}"
    minted = period_lot("https://x.example/product/A", "https://x.example/site/B", Month(2026, 3), "C")
    assert minted.startswith("https://x.example/lot/A/C2603-")
    assert period_of(minted) == ("C", Month(2026, 3))
    for product in (P1, "https://x.example/product/A", "https://x.example/r/product/A%2FB", "https://x.example/A"):
        assert product_of(period_lot(product, SITE, Month(2026, 3), "C")) == product
    assert not is_period_lot(f"{P1}/10/R-2603")
    assert str(Month(2026, 1).before()) == "2025-12"
