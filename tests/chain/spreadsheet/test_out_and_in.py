"""What goes in comes out, and goes in again as the same events: random months, the sample chain, returns."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chain.spreadsheet.cells_of import CONCENTRATE, KESTREL, NORRVIK, OXIDE, PARTY, TAMARACK, grid, read
from ytterby.chain.door import read_document
from ytterby.chain.spreadsheet import Conversion, Settings
from ytterby.chain.spreadsheet.out_table import OutTable, grid_of, open_digits, value_cell
from ytterby.chain.spreadsheet.writing_out import StoredEvent, Written, events_as_rows, return_as_rows
from ytterby.shell.site.packs import door_tables, packaged_text, sheet_tables


def stored(document: bytes) -> list[StoredEvent]:
    events = read_document(document, door_tables()).events
    return [StoredEvent(one.raw, one.prefixes, one.digest or b"", str(one.number)) for one in events]


def out(events: Sequence[StoredEvent]) -> Written:
    return events_as_rows(events, sheet_tables(), door_tables())


def back(table: OutTable, **rest: str) -> Conversion:
    return read(grid_of(table, sheet_tables()), **rest)


def digests(events: Sequence[StoredEvent]) -> list[bytes]:
    return [event.digest for event in events]


HEADER = (
    "Event", "Step", "Side", "Date", "Time zone", "Site", "Place", "Product", "Lot", "Quantity [kg]", "u of the mass [kg]",  # noqa: E501
    "Scale", "Form", "Tank", "Delivery note", "From site", "To site", "Complete", "Grade", "Nd [mg/kg]", "u(Nd) [mg/kg]",  # noqa: E501
    "Dy, %", "Use code", "Share of use", "Purpose", "Run", "us(Nd) [mg/kg]",
)  # fmt: skip
names = st.text("ABCxyz0123456789-./=+@ '矿", min_size=1, max_size=14).map(str.strip).filter(bool)
masses = st.decimals("0.001", 10**6, places=3)
TANK = f"https://id.gs1.org/414/{NORRVIK}/254/T"


@st.composite
def months(draw: st.DrawFn) -> list[tuple[object, ...]]:
    """Rows of a random month: some typed as numbers, some as texts."""
    rows: list[tuple[object, ...]] = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        step = draw(
            st.sampled_from(["mined", "processed", "charged", "drawn", "shipped", "received", "counted", "lost"])
        )
        at = datetime(2026, 3, 1) + timedelta(seconds=draw(st.integers(0, 2_600_000)))
        for line in range(draw(st.integers(1, 3))):
            mass = draw(masses)
            side = draw(st.sampled_from(["in", "out"])) if step == "processed" else ""
            makes = step in ("mined", "drawn") or side == "out"
            rows.append(
                (
                    number, step, side, at, "+01:00", NORRVIK,
                    "", draw(st.sampled_from([CONCENTRATE, OXIDE])), f"{draw(names)}{number}{line}",
                    mass if draw(st.booleans()) else f"{mass:f}E0", draw(masses) if draw(st.booleans()) else "", "",
                    "oxide" if makes else "", TANK if step in ("charged", "drawn") else "",
                    draw(names).replace("'", "") if step in ("shipped", "received") and line == 0 else "",
                    KESTREL if step == "received" else "", TAMARACK if step == "shipped" else "", "yes" if step == "counted" else "",  # noqa: E501
                    draw(names) if makes else "", draw(st.integers(0, 800_000)) if makes else "", draw(st.integers(100, 999)) if makes else "", draw(st.decimals(0, 9, places=2)) if makes else "",  # noqa: E501
                    "", "", "recycling" if step == "shipped" else "", "https://x.example/r" if step == "processed" else "",  # noqa: E501
                    draw(st.sampled_from(["", 0, 99])) if makes else "",
                )
            )  # fmt: skip
    return rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(months())
def test_a_random_month_out_and_in_again_gives_the_same_events(rows):
    made = read(grid(HEADER, *rows))
    refused = [problem for problem in made.problems if problem.severity == "refuse"]
    assert refused == []
    events = stored(made.document)
    written = out(events)
    assert written.left_out == ()
    assert digests(stored(back(written.table).document)) == digests(events)


def test_lines_that_weigh_the_same_come_back_where_only_the_later_was_weighed():
    def charged(lot: str, kg: str, u: object) -> tuple[object, ...]:
        told = {"Event": 1, "Step": "charged", "Date": datetime(2026, 3, 1), "Time zone": "+01:00", "Site": NORRVIK}
        told |= {"Product": OXIDE, "Lot": lot, "Quantity [kg]": kg, "u of the mass [kg]": u, "Tank": TANK}
        return tuple(told.get(name, "") for name in HEADER)

    lines = charged("a", "0.002", ""), charged("b", "0.001", Decimal("0.001")), charged("c", "0.002", Decimal("0.001"))
    events = stored(read(grid(HEADER, *lines)).document)
    written = out(events)
    assert written.left_out == ()
    assert digests(stored(back(written.table).document)) == digests(events)


def test_the_sample_chain_comes_back_save_what_rows_cannot_say():
    events = stored(packaged_text("chain", "sample/example-chain.json").encode())
    written = out(events)
    # One run says of its products without naming them, which no row does.
    assert [event.name for event in written.left_out] == ["18"] or len(written.left_out) == 1
    again = digests(stored(back(written.table).document))
    assert again == [event.digest for event in events if event not in written.left_out]


def test_an_event_that_no_row_can_say_is_left_out_and_hurts_no_other():
    text = packaged_text("chain", "sample/example-chain.json").encode()
    events = stored(text)
    odd = StoredEvent(
        events[0].raw.replace(b'"ree:deposit"', b'"https://other.example/deposit"'), events[0].prefixes, b"x" * 32
    )
    bell = StoredEvent(events[0].raw.replace(b"Kestrel Ridge", b"Kestrel\\u0007Ridge"), events[0].prefixes, b"y" * 32)
    written = out([odd, bell, *events[1:4], StoredEvent(b"{}", {}, b"z" * 32), StoredEvent(b"[", {}, b"z" * 32)])
    assert len(written.left_out) == 4
    assert written.event_count == 3


@given(
    st.decimals(-(10**9), 10**9, places=4) | st.decimals(0, 2000, places=3) | st.integers(-(10**6), 10**6).map(Decimal)
)
def test_the_digits_of_every_number_come_back(value):
    from ytterby.chain.spreadsheet.number import read_number

    assert str(read_number(value_cell(value), "")) == format(value, "f")
    text = value_cell(format(value, "f"))._replace(text=open_digits(format(value, "f")))
    assert read_number(text, "") == value


RETURN = (
    "Month", "Site", "Product", "Counterparty", "Counterparty's site", "First return", "Opening [t]", "Received [t]",
    "Made [t]", "Used [t]", "Shipped [t]", "Lost [t]", "Closing [t]", "Delivery note", "Process", "Form", "Nd [g/kg]", "Revision",  # noqa: E501
)  # fmt: skip


def test_a_return_comes_out_as_the_return_and_in_again_as_the_same_events():
    rows = (
        ("2026-03", NORRVIK, CONCENTRATE, KESTREL, KESTREL, "yes", 5, "", "", 14, "", "", "1.5", "", "SX", "concentrate", 85.5, ""),  # noqa: E501
        ("2026-03", NORRVIK, CONCENTRATE, KESTREL, KESTREL, "", "", 7, "", "", "", "", "", "553", "", "", "", ""),
        ("2026-03", NORRVIK, CONCENTRATE, "", TAMARACK, "", "", 4, "", "", "", "", "", "", "", "", "", ""),
        ("2026-03", NORRVIK, OXIDE, TAMARACK, TAMARACK, "", "", "", "1,75", "", 1, "0,05", "0,7", "", "SX", "oxide", 800, "2"),  # noqa: E501
        ("2026-04", NORRVIK, CONCENTRATE, KESTREL, KESTREL, "", "1.5", 3, "", 2, "", "", 2.5, "", "SX", "", "", ""),
    )  # fmt: skip
    made = read(grid(RETURN, *rows, name="return"))
    assert [p.code for p in made.problems] == []
    events = stored(made.document)
    settings_of_party = Settings(PARTY, "https://log.example.org")
    written = return_as_rows(events, sheet_tables(), door_tables(), settings_of_party)
    assert written.left_out == ()
    assert sorted(digests(stored(back(written.table).document))) == sorted(digests(events))
    sums: dict[tuple[str, str], Decimal] = {}
    for row in written.table.rows:
        for flow in ("opening", "received", "made", "used", "shipped", "lost", "closing"):
            if flow in row:
                key = (str(row["month"]), flow)
                sums[key] = sums.get(key, Decimal(0)) + Decimal(row[flow])
    assert sums["2026-03", "received"] == 11000
    assert (sums["2026-03", "closing"], sums["2026-04", "opening"]) == (2200, 1500)
    # The same events can be written as rows of lot events as well.
    as_events = out(events)
    assert as_events.left_out == ()
    assert digests(stored(back(as_events.table).document)) == digests(events)


def out_of_return(events: Sequence[StoredEvent], base: str = "https://log.example.org") -> Written:
    return return_as_rows(events, sheet_tables(), door_tables(), Settings(PARTY, base))


LOTS = ("Month", "Site", "Product", "Counterparty", "First return", "Opening [kg]", "Made [kg]", "Shipped [kg]", "Closing [kg]", "Lot")  # fmt: skip  # noqa: E501
MARCH = ("2026-03", NORRVIK, "NdFeB-1")
STOCK = ("", "yes", 100, 50, "", 150, "")


def test_a_return_of_a_product_without_a_gtin_comes_out_as_the_return():
    rows = ((*MARCH, *STOCK),)
    events = stored(read(grid(LOTS, *rows, name="return")).document)
    written = out_of_return(events)
    assert (len(events), written.left_out) == (5, ())
    (row,) = written.table.rows
    assert row["return_product"] == "https://log.example.org/product/NdFeB-1"
    assert sorted(digests(stored(back(written.table).document))) == sorted(digests(events))


@pytest.mark.parametrize("product", [OXIDE, "NdFeB-1", "https://a.example/catalogue/7"])
def test_a_lot_that_a_return_names_stands_under_its_product(product):
    rows = (
        ("2026-03", NORRVIK, product, *STOCK),
        ("2026-03", NORRVIK, product, KESTREL, "", "", "", 20, "", "K-1"),
    )
    events = stored(read(grid(LOTS, *rows, name="return")).document)
    written = out_of_return(events)
    assert written.left_out == ()
    assert sorted(digests(stored(back(written.table).document))) == sorted(digests(events))


def test_a_lot_that_a_return_names_may_be_a_serial_number_but_must_tell_its_product():
    serial = f"https://id.gs1.org/01/{OXIDE}/21/S-1"
    for lot, is_told in ((serial, True), ("https://other.example/goods/1", False), ("urn:x-goods:1", False)):
        rows = (
            ("2026-03", NORRVIK, OXIDE, *STOCK),
            ("2026-03", NORRVIK, OXIDE, KESTREL, "", "", "", 20, "", lot),
        )
        events = stored(read(grid(LOTS, *rows, name="return")).document)
        written = out_of_return(events)
        left_out = [event.raw.partition(b"monthly_return/")[2].partition(b'"')[0] for event in written.left_out]
        assert left_out == ([] if is_told else [b"pool_out", b"shipped"]), lot


@pytest.mark.parametrize("what", ["lost", "count", "pool_out"])
def test_an_event_without_a_quantity_that_calls_itself_one_of_a_return_is_left_out(what):
    """The door takes goods without a quantity, and a party names any purpose in an event of its own."""
    document = json.loads(read(grid(LOTS, (*MARCH, *STOCK), name="return")).document)
    events = document["epcisBody"]["eventList"]
    told = next(
        event for event in events if event["ree:purpose"] == f"monthly_return/{what.replace('lost', 'opening')}"
    )
    field = "outputQuantityList" if what == "pool_out" else "quantityList"
    (lot,) = (line["epcClass"] for line in told[field])
    odd = {**told, "eventID": "urn:x-event:1", "ree:purpose": f"monthly_return/{what}", field: [{"epcClass": lot}]}
    events.append(odd)
    *mine, theirs = stored(json.dumps(document).encode())
    assert out_of_return([theirs, *mine]).left_out == (theirs,)


def test_events_that_come_from_no_return_are_left_out_of_one():
    events = stored(packaged_text("chain", "sample/example-chain.json").encode())
    written = return_as_rows(events, sheet_tables(), door_tables(), Settings(PARTY))
    assert (len(written.left_out), written.table.rows) == (20, ())
