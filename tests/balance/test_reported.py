"""What enterprises reported: a hand-worked month by lots and by return, tolling, imports, and sums that are exact."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balance.test_items import histories
from chain.chain_of import START, Chain, content, line, world
from chain.spreadsheet.cells_of import (
    CONCENTRATE,
    KESTREL,
    NORRVIK,
    OXIDE,
    PARTY,
    TAMARACK,
    entries_of,
    grid,
    read,
)
from chain.spreadsheet.test_monthly_return import HEADER, P1, P2, month
from chain.spreadsheet.test_monthly_return import world as sheet_world
from chain.test_conservation import SITES
from ytterby.balance.flow_return import flow_lines, flow_totals
from ytterby.balance.reported import (
    Key,
    Move,
    Reported,
    enterprise_of,
    exact_sum,
    months_of_postings,
    reo_of,
    reported_movements,
)
from ytterby.chain.book import build_from_bundles
from ytterby.chain.order import Bundle
from ytterby.chain.period import Month
from ytterby.chain.postings import postings_of
from ytterby.shell.site.packs import matter_tables

FACTORS = matter_tables().factors
MARCH = Month(2026, 3)
MINER = f"https://id.gs1.org/417/{KESTREL}"
METALS = f"https://id.gs1.org/417/{TAMARACK}"


def at(month: int, day: int, hour: int = 12) -> float:
    """Return the hour after START of a day of a month of 2026."""
    return (datetime(2026, month, day, hour, tzinfo=UTC) - START) / timedelta(hours=1)


def of_entries(entries, *, zone=UTC):
    bundles = [Bundle(e.event.digest, postings_of(e, sheet_world())[0]) for e in entries]
    book = build_from_bundles(bundles, sheet_world())
    return reported_movements(bundles, book, lambda site: zone)


def of_chain(chain: Chain, *, zone=UTC) -> Reported:
    return reported_movements(chain.bundles, chain.book(), lambda site: zone)


def figures(reported, party=PARTY, month=MARCH):
    """Return kilograms by product, move and counterparty."""
    own = [one for one in reported.movements if (one.key.party, one.key.month) == (party, month)]
    return {(row.product, row.move.value, row.counterparty): row.amount for row in flow_lines(own, FACTORS)}


def reo(reported, party=PARTY, month=MARCH):
    own = [one for one in reported.movements if (one.key.party, one.key.month) == (party, month)]
    return {(row.product, row.move.value): row.reo.tonnes for row in flow_totals(own, FACTORS)}


LOTS = ("Step", "Date", "Time zone", "Site", "Product", "Lot", "Quantity [kg]", "Side", "Event", "Tank", "From party",
        "From site", "To party", "To site", "Complete", "Form")  # fmt: skip


def by_lots():
    """The month of `test_monthly_return.month` told by lots: 5 t of concentrate lie there, 11 come, 14 are charged and
    2 left; 1.75 t of oxide are drawn, 1 shipped, 0.05 lost and 0.7 left.
    """
    tank = f"https://id.gs1.org/414/{NORRVIK}/254/SX"

    def row(step, day, product, lot, kg, **rest):
        cells = {"Step": step, "Date": day, "Time zone": "+01:00", "Site": NORRVIK, "Product": product, "Lot": lot}
        cells |= {"Quantity [kg]": kg, **{name.replace("_", " "): value for name, value in rest.items()}}
        return [cells.get(name, "") for name in LOTS]

    concentrate, oxide = CONCENTRATE, OXIDE
    return entries_of(
        read(
            grid(
                LOTS,
                row("counted", "2026-02-28 20:00", concentrate, "C0", 5000, Complete="yes", Event=1),
                row("received", "2026-03-02 09:00", concentrate, "C1", 4000, From_party=KESTREL, From_site=KESTREL),
                row("received", "2026-03-09 09:00", concentrate, "C2", 7000, From_party=KESTREL, From_site=KESTREL),
                row("charged", "2026-03-10 09:00", concentrate, "C0", 5000, Tank=tank),
                row("charged", "2026-03-11 09:00", concentrate, "C1", 4000, Tank=tank),
                row("charged", "2026-03-12 09:00", concentrate, "C2", 5000, Tank=tank),
                row("drawn", "2026-03-20 09:00", oxide, "O1", 1750, Tank=tank, Form="oxide"),
                row("shipped", "2026-03-21 09:00", oxide, "O1", 1000, To_party=TAMARACK, To_site=TAMARACK),
                row("lost", "2026-03-22 09:00", oxide, "O1", 50),
                row("counted", "2026-03-31 20:00", concentrate, "C2", 2000, Complete="yes", Event=99),
                row("counted", "2026-03-31 20:00", oxide, "O1", 700, Complete="yes", Event=99),
            )
        )
    )


BY_HAND = {
    (P1, "received", MINER): Decimal(11000),
    (P1, "used", ""): Decimal(14000),
    (P1, "closing", ""): Decimal(2000),
    (P2, "made", ""): Decimal(1750),
    (P2, "shipped", METALS): Decimal(1000),
    (P2, "lost", ""): Decimal(50),
    (P2, "closing", ""): Decimal(700),
}


def by_return(**rest):
    return entries_of(read(grid(*month(**rest), name="return")))


def test_a_month_by_lots_and_by_return_is_the_month_worked_by_hand():
    lots, whole = of_entries(by_lots()), of_entries(by_return())
    assert figures(lots) == BY_HAND
    assert figures(whole) == BY_HAND
    # 100 g/kg and 800 g/kg of neodymium as Nd2O3.
    share = {P1: 0.1, P2: 0.8}
    expected = {(p, m): float(kg) * share[p] / float(FACTORS["Nd"]) / 1000 for (p, m, _), kg in BY_HAND.items()}
    assert reo(lots) == pytest.approx(expected)
    assert reo(whole) == pytest.approx(expected)


@pytest.mark.parametrize("hours", [-11, 0, 8, 14])
def test_a_return_speaks_of_its_month_wherever_the_plant_lies(hours):
    found = of_entries(by_return(), zone=timezone(timedelta(hours=hours)))
    assert {one.key.month for one in found.movements} == {MARCH}
    assert {one.key.month for one in found.spoken} == {MARCH}


def test_a_return_that_names_a_lot_of_its_own_speaks_of_its_month_too():
    header = (*HEADER, "Lot")
    row = ("2026-03", NORRVIK, CONCENTRATE, KESTREL, KESTREL, "yes", 5, 11, "", 14, "", "", 2, "", "", "K-7")
    found = of_entries(entries_of(read(grid(header, row, name="return"))), zone=timezone(timedelta(hours=8)))
    assert [one.lot for one in found.movements if one.move is Move.RECEIVED] == [f"{P1}/10/K-7"]
    assert {one.key.month for one in found.movements} == {MARCH}


def test_lot_events_count_in_the_month_of_the_sites_own_clock():
    chain = Chain()
    chain.source("mine", line("ore", 3, Nd=1), hour=at(3, 31, 17))
    (one,) = of_chain(chain).movements
    assert one.key == Key("party:mine", "mine", MARCH)
    (one,) = of_chain(chain, zone=timezone(timedelta(hours=8))).movements
    assert one.key.month == Month(2026, 4)


def test_a_stock_taking_after_midnight_speaks_of_the_month_it_ends():
    chain = Chain()
    chain.count("plant", line("a", 7, Nd=1), is_complete=True, hour=at(4, 1, 6))
    found = of_chain(chain)
    assert [(one.move, one.amount, one.key.month) for one in found.movements] == [(Move.CLOSING, 7, MARCH)]
    assert [one.key.month for one in found.spoken] == [MARCH]


def test_what_is_called_back_told_twice_or_packed_is_shipped_once_or_not():
    chain = Chain()
    chain.source("mine", line("a", 10, Nd=1), line("b", 10, Nd=1), line("c", 10, Nd=1))
    chain.ship("mine", "plant", line("a", 4), document="d1")
    chain.void("mine", line("a", 4), document="d1")
    chain.ship("mine", "plant", line("b", 5), document="d2")
    chain.ship("mine", "plant", line("b", 5), document="d2", is_departing=True)
    chain.pack("mine", "https://id.gs1.org/00/1", line("c", 6))
    chain.ship("mine", "maker", document="d3", containers=("https://id.gs1.org/00/1",))
    shipped = [(o.lot, o.amount, o.counterparty) for o in of_chain(chain).movements if o.move is Move.SHIPPED]
    assert shipped == [("b", 5, "party:plant"), ("c", 6, "party:maker")]


def test_what_comes_from_abroad_or_as_scrap_is_received_and_what_lay_there_is_opening():
    chain = Chain()
    chain.source("plant", line("i", 1, Nd=1), origin="foreign", country="XB", exporter="party:abroad")
    chain.source("plant", line("s", 2, Nd=1), origin="scrap")
    chain.source("plant", line("o", 3, Nd=1), origin="opening_stock")
    chain.source("plant", line("m", 4, Nd=1), origin="extraction")
    found = [(one.move.value, one.amount, one.counterparty) for one in of_chain(chain).movements]
    assert found == [("received", 1, "party:abroad"), ("received", 2, ""), ("opening", 3, ""), ("made", 4, "")]


def test_what_a_step_takes_of_a_lot_holds_its_share():
    chain = Chain()
    chain.source("plant", line("a", 10, Nd=6, u=0.1))
    chain.step("plant", [line("a", 4)], [line("x", 3, Nd=2, u=0.1)])
    chain.step("plant", [line("a", None)], [line("y", 3, Nd=3, u=0.1)])
    used = [one for one in of_chain(chain).movements if one.move is Move.USED]
    assert [one.amount for one in used] == [4, None]
    assert [float(one.content.mass_kg[5]) for one in used] == pytest.approx([2.4, 3.6])


def test_who_works_on_anothers_goods_reports_them():
    """Tolling: the client is named as holder and said nothing; the plant did."""
    chain = Chain()
    chain.source("plant", line("a", 10, Nd=6), holder="party:user")
    (_, (posting,)) = chain.bundles[0]
    assert enterprise_of(posting, chain.book().world.directory) == "party:plant"
    own = msgspec.structs.replace(posting, submitter="party:user")
    assert enterprise_of(own, chain.book().world.directory) == "party:user"
    nobodys = msgspec.structs.replace(posting, site="elsewhere", submitter="party:x")
    assert enterprise_of(nobodys, chain.book().world.directory) == "party:x"


def test_an_amount_that_nobody_said_makes_the_sum_unknown_and_not_zero():
    assert exact_sum([Decimal(1), None]) is None
    assert exact_sum([]) == 0


def test_a_content_as_oxide_is_each_element_over_its_factor():
    found = reo_of(content(0.02, Nd=857.35, Dy=871.32), FACTORS)
    parts = (857.35 / float(FACTORS["Nd"]) / 1000, 871.32 / float(FACTORS["Dy"]) / 1000)
    assert found.tonnes == pytest.approx(sum(parts))
    assert found.u_tonnes == pytest.approx(0.02 * (parts[0] ** 2 + parts[1] ** 2) ** 0.5)
    assert reo_of(content(Pm=1), FACTORS) is None


def test_an_event_speaks_of_the_same_months_whether_it_counts_or_not():
    entries = by_return()
    found = of_entries(entries)
    keys = {e.event.digest: months_of_postings(postings_of(e, sheet_world())[0], sheet_world().directory, lambda s: UTC)
            for e in entries}  # fmt: skip
    assert {(one.digest, one.key) for one in found.spoken} == {(d, k) for d, ks in keys.items() for k in ks}


# Laws

amounts = st.decimals(0, 10**12, places=9, allow_nan=False)


@given(st.lists(amounts, max_size=40), st.randoms())
def test_sums_of_declared_amounts_are_exact_in_any_order(values, random):
    from fractions import Fraction

    shuffled = list(values)
    random.shuffle(shuffled)
    assert exact_sum(values) == exact_sum(shuffled)
    assert Fraction(exact_sum(values)) == sum(map(Fraction, values))


def of_bundles(bundles):
    return reported_movements(bundles, build_from_bundles(bundles, world(*SITES)), lambda site: UTC)


@settings(max_examples=100, deadline=None)
@given(histories)
def test_sums_over_counterparties_and_sites_are_the_totals(bundles):
    movements = of_bundles(bundles).movements
    parts: dict[tuple, list] = {}
    for row in flow_lines(movements, FACTORS):
        parts.setdefault((row.product, row.move, row.unit), []).append(row)
    totals = {(row.product, row.move, row.unit): row for row in flow_totals(movements, FACTORS)}
    assert parts.keys() == totals.keys()
    for key, rows in parts.items():
        assert exact_sum(row.amount for row in rows) == totals[key].amount
        if totals[key].reo is not None:
            assert sum(row.reo.tonnes for row in rows) == pytest.approx(totals[key].reo.tonnes, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(histories)
def test_every_line_of_every_move_inside_a_plant_is_reported_once(bundles):
    found = of_bundles(bundles).movements
    inside = [one for one in found if one.move in {Move.USED, Move.LOST, Move.MADE, Move.OPENING}]
    wanted = sum(
        len(getattr(p, "inputs", ())) + len(getattr(p, "outputs", ())) + len(getattr(p, "lines", ()))
        for _, postings in bundles
        for p in postings
        if type(p).__name__ in {"Step", "PoolIn", "PoolOut", "Source", "Loss"}
    )
    assert len(inside) == wanted


@settings(max_examples=60, deadline=None)
@given(histories, st.randoms())
def test_the_order_of_arrival_changes_no_line(bundles, random):
    shuffled = list(bundles)
    random.shuffle(shuffled)
    one, other = (flow_lines(of_bundles(b).movements, FACTORS) for b in (bundles, shuffled))
    assert one == other
