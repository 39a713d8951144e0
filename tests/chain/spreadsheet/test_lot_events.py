"""Rows of lot events: which are one event, what each column means, and what is wrong with them by cell."""

from datetime import datetime

import pytest

from chain.spreadsheet.cells_of import CONCENTRATE, KESTREL, NORRVIK, OXIDE, cell, codes, events_of, grid, read
from ytterby.chain.spreadsheet import Cell, Grid

HEADER = ("Step", "Date", "Site", "Product", "Lot", "Quantity [t]", "Form", "Nd2O3, %", "u(Nd) [mg/kg]", "Assay method")
DAY = datetime(2026, 3, 5, 10)


def test_a_row_is_an_event_with_its_units_and_its_assay_as_element():
    made = read(grid(HEADER, ("mined", DAY, KESTREL, "09520000000011", "A-1", "12,5", "ore", "1,25", 100, "ICP-OES")))
    (event,) = events_of(made).said
    assert (event.biz_step, event.at.isoformat(), event.offset) == (
        "commissioning",
        "2026-03-05T02:00:00+00:00",
        "+08:00",
    )
    (goods,) = event.quantities
    assert (goods.lot, goods.amount) == ("https://id.gs1.org/01/09520000000011/10/A-1", 12500)
    (lot,) = event.lot_data
    # Oracle: 1.25 % Nd2O3 holds 12500 x 288.484 / 336.481 mg/kg of neodymium (standard weights, O = 15.999).
    assert float(lot.assays[0].milligram_per_kilogram) == pytest.approx(12500 * 288.484 / 336.481, rel=1e-6)
    assert (lot.form, lot.assays[0].standard_uncertainty, lot.assays[0].method) == ("ore", 100, "ICP-OES")


def test_the_same_sheet_in_chinese_is_the_same_event():
    chinese = ("环节", "日期", "场所", "产品", "批号", "数量（吨）", "形态", "Nd2O3（%）", "u(Nd)【mg/kg】", "化验方法")
    row = ("mined", DAY, KESTREL, "09520000000011", "A-1", "12,5", "ore", "1,25", 100, "ICP-OES")
    in_chinese = (
        "开采",
        "2026年3月5日 10:00",
        "９５２００００１００１０"[:0] + KESTREL,
        "09520000000011",
        "A-1",
        "12，5",
        "矿石",
        *row[7:],
    )
    assert read(grid(HEADER, row)).document == read(grid(chinese, in_chinese)).document


RUN = ("Event", "Step", "Side", "Date", "Site", "Product", "Lot", "Quantity [kg]", "Form", "Nd [g/kg]", "Run")


def test_rows_with_one_number_are_one_run_however_the_cells_are_written():
    made = read(
        grid(
            RUN,
            (1, "processed", "in", DAY, NORRVIK, CONCENTRATE, "C", 100, "", "", "https://x.example/run/1"),
            (2, "lost", "", DAY, NORRVIK, CONCENTRATE, "D", 1, "", "", ""),
            (1, "加工", "out", "05.03.2026 10:00", NORRVIK, OXIDE, "O", 10, "oxide", 850, ""),
            (1, "", "产出", "", "", "09520000000172", "R", 80, "raffinate", 1, ""),
        )
    )
    run, loss = events_of(made).said
    assert [g.lot.rpartition("/")[2] for g in run.input_quantities] == ["C"]
    assert [(g.lot.rpartition("/")[2], g.amount) for g in run.output_quantities] == [("O", 10), ("R", 80)]
    assert [lot.assays[0].milligram_per_kilogram for lot in run.lot_data] == [850000, 1000]
    assert loss.biz_step == "destroying"


def test_without_a_number_rows_of_the_same_step_instant_and_document_are_one_event():
    header = ("Step", "Date", "Site", "Product", "Lot", "Quantity [kg]", "Delivery note", "To site")
    rows = [
        ("shipped", DAY, NORRVIK, OXIDE, lot, 1, note, KESTREL) for lot, note in (("a", "7"), ("b", "7"), ("c", "8"))
    ]
    first, second = events_of(read(grid(header, *rows))).said
    assert [len(event.quantities) for event in (first, second)] == [2, 1]
    assert first.transaction("desadv") == f"urn:epcglobal:cbv:bt:{NORRVIK}:7"
    assert first.source("location") == f"https://id.gs1.org/414/{NORRVIK}"


def test_all_steps_make_the_events_that_the_book_reads():
    header = ("Event", "Step", "Side", "Date", "Site", "Product", "Lot", "Quantity [kg]", "Tank", "Container", "To party", "From party", "Complete")  # fmt: skip  # noqa: E501
    tank, box = f"https://id.gs1.org/414/{NORRVIK}/254/T1", "095200000000000011"
    steps = [
        ("mined", "", ""), ("commissioned", "", ""), ("class_created", "", ""), ("charged", tank, ""), ("drawn", tank, ""),  # noqa: E501
        ("shipped", "", box), ("departed", "", box), ("arrived", "", box), ("received", "", box), ("counted", "", ""),
        ("cycle counted", "", ""), ("lost", "", ""), ("packed", "", box), ("unpacked", "", box), ("shipment voided", "", ""),  # noqa: E501
        ("title passed", "", ""),
    ]  # fmt: skip
    rows = [
        (n, step, "", DAY, NORRVIK, OXIDE, "L", 5, pool, container, KESTREL, NORRVIK, "")
        for n, (step, pool, container) in enumerate(steps, 1)
    ]
    found = [(e.kind.removesuffix("Event"), e.action, e.biz_step) for e in events_of(read(grid(header, *rows))).said]
    from ytterby.chain.postings import POSTINGS

    for kind, action, word in found:
        assert {(f"{kind}Event", word, action or ""), (f"{kind}Event", "*", "*")} & POSTINGS.keys()
    assert len(found) == len(steps)


def test_gross_less_tare_is_the_net_and_must_agree_with_it():
    header = ("Step", "Date", "Site", "Product", "Lot", "Quantity [kg]", "Gross mass [kg]", "Tare [kg]")
    row = ("received", DAY, NORRVIK, OXIDE, "a")
    (event,) = events_of(read(grid(header, (*row, "", "1,250.5", 50.25)))).said
    assert event.quantities[0].amount == 1200.25
    assert codes(read(grid(header, (*row, 1200, "1,250.5", 50.25)))) == [("sheet.net_disagrees", "events!F2")]


def test_moisture_turns_an_assay_of_the_dry_mass_into_one_of_the_net_mass():
    header = ("Step", "Date", "Site", "Product", "Lot", "Quantity [kg]", "Nd, %", "Moisture [%]")
    (event,) = events_of(read(grid(header, ("mined", DAY, NORRVIK, OXIDE, "a", 1, 10, 5)))).said
    assert event.lot_data[0].assays[0].milligram_per_kilogram == 95000


def test_a_problem_of_the_door_is_told_at_its_cell():
    """The derived document goes through the same door, and its pointers lead back to cells."""
    header = ("Step", "Date", "Site", "Product", "Lot", "Quantity [kg]", "Form", "Nd, %", "Dy, %", "Country of origin")
    row = ("mined", DAY, KESTREL, "09520000000012", "A", 5, "oxide", 99, -1, "Utopia")
    made = read(grid(header, row))
    from ytterby.chain.door import read_document
    from ytterby.shell.site.packs import door_tables

    found = made.places.all_placed(read_document(made.document, door_tables()).all_problems)
    places = {(p.code, f"{p.where.column}{p.where.row}") for p in found}
    assert ("identifier.check_digit", "E2") in places
    assert ("assay.over_stoichiometry", "H2") in places
    assert ("assay.negative", "I2") in places
    assert ("profile.country", "J2") in places
    assert all(p.where.sheet == "events" and p.where.pointer == "" for p in found)


ROW = ("mined", DAY, KESTREL, "09520000000011", "A", 5)
SHORT = ("Step", "Date", "Site", "Product", "Lot", "Quantity [kg]")


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (SHORT, ("melted", *ROW[1:]), ("sheet.word_unknown", "events!A2")),
        (SHORT, ("", *ROW[1:]), ("sheet.cell_missing", "events!A2")),
        (SHORT, ("mined", "", *ROW[2:]), ("sheet.cell_missing", "events!B2")),
        (SHORT, ("mined", "soon", *ROW[2:]), ("sheet.not_a_date", "events!B2")),
        (SHORT, ("mined", "05/03/2026", *ROW[2:]), ("sheet.date_open", "events!B2")),
        (SHORT, ("mined", DAY, "", *ROW[3:]), ("sheet.cell_missing", "events!C2")),
        (SHORT, ("mined", DAY, "Kestrel", *ROW[3:]), ("sheet.not_a_gln", "events!C2")),
        (SHORT, (*ROW[:3], "", "A", 5), ("sheet.lot_without_product", "events!E2")),
        (SHORT, (*ROW[:4], "", 5), ("sheet.cell_missing", "events!E2")),
        (SHORT, (*ROW[:5], "1,234"), ("sheet.number_open", "events!F2")),
        (SHORT, (*ROW[:5], "five"), ("sheet.not_a_number", "events!F2")),
        (SHORT, (*ROW[:5], Cell("percent", "5%", None)), ("sheet.percent_cell", "events!F2")),
        ((*SHORT[:5], "Quantity"), ROW, ("sheet.unit_missing", "events!F2")),
        ((*SHORT[:5], "Quantity [furlong]"), ROW, ("sheet.column_unknown", "events!F1")),
        ((*SHORT, "Menge"), (*ROW, 5), ("sheet.column_unknown", "events!G1")),
        ((*SHORT, "Lot number"), (*ROW, "B"), ("sheet.column_twice", "events!G1")),
        ((*SHORT, "Unit"), (*ROW, "furlong"), ("sheet.unit_unknown", "events!G2")),
        ((*SHORT, "Nd"), (*ROW, 5), ("sheet.unit_missing", "events!G1")),
        ((*SHORT, "u(Nd) [mg/kg]"), (*ROW, 5), ("sheet.uncertainty_alone", "events!G2")),
        ((*SHORT, "Pm2O3 [%]"), (*ROW, 5), ("sheet.no_oxide_factor", "events!G2")),
        ((*SHORT, "Moisture [%]", "Nd [%]"), (*ROW, 100, 5), ("sheet.moisture", "events!G2")),
        ((*SHORT, "Time zone"), (*ROW, "Berlin"), ("sheet.zone", "events!G2")),
        ((*SHORT, "Time"), ("mined", "2026-03-05", *ROW[2:], "noon"), ("sheet.not_a_time", "events!G2")),
        ((*SHORT, "Complete"), (*ROW, "perhaps"), ("sheet.yes_or_no", "events!G2")),
        ((*SHORT, "Run"), (*ROW, "17"), ("sheet.not_an_identifier", "events!G2")),
        ((*SHORT, "Place"), ("mined", DAY, "", *ROW[3:], "PIT"), ("sheet.place_without_site", "events!G2")),
        ((*SHORT, "Delivery note"), ("mined", DAY, "", *ROW[3:], "5"), ("sheet.document_without_site", "events!G2")),
        (SHORT, (*ROW, "beside"), ("sheet.column_without_header", "events!G2")),
        (SHORT, (*ROW[:4], Cell("formula", "=A1"), 5), ("sheet.formula", "events!E2")),
        (SHORT, (*ROW[:4], Cell("error", "#REF!"), 5), ("sheet.error_value", "events!E2")),
        (("Lot", "Quantity [kg]", "Site"), ("A", 5, KESTREL), ("sheet.column_missing", "events!1")),
    ],
)  # fmt: skip
def test_each_mistake_is_named_by_sheet_row_and_column(header, row, expected):
    made = read(grid(header, row))
    assert expected in codes(made)
    assert made.document == b""


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ((*SHORT, "Moisture [%]", "Nd [%]", "Dy [%]", "Tb [%]"), (*ROW, "wet", 5, 1, 1), ("sheet.not_a_number", "events!G2")),  # noqa: E501
        (("Step", "Date", "Site", "Product", "Lot", "Gross mass [kg]", "Tare [kg]", "Quantity"), (*ROW[:5], 9, 4, 5), ("sheet.unit_missing", "events!H2")),  # noqa: E501
        ((*SHORT, "Tank"), ("charged", *ROW[1:], "T 1"), ("sheet.not_an_identifier", "events!G2")),
    ],
)  # fmt: skip
def test_a_mistake_is_told_once_however_often_its_cell_is_read(header, row, expected):
    assert codes(read(grid(header, row))) == [expected]


def test_rows_of_one_event_may_not_contradict_each_other():
    made = read(grid(("Event", *SHORT), (1, *ROW), (1, "mined", DAY, NORRVIK, *ROW[3:])))
    assert codes(made) == [("sheet.rows_disagree", "events!D3")]
    assert made.problems[0].facts["row"] == "2"


def test_a_day_alone_is_noon_and_said_once():
    rows = [("mined", "2026-03-05", *ROW[2:4], f"L{n}", 5) for n in range(3)]
    made = read(grid(SHORT, *rows))
    assert codes(made) == [("sheet.day_only", "events!B2")]
    assert {event.at.hour for event in events_of(made).said} == {4}


def test_without_a_zone_no_instant_is_known():
    assert codes(read(grid(SHORT, ROW), zone="")) == [("sheet.zone_missing", "events!B2")]


def test_the_sheet_of_settings_says_zone_and_decimal_sign():
    said = grid(("Time zone", "UTC-3"), ("Decimal sign", "comma"), name="settings")
    made = read(grid(SHORT, (*ROW[:5], "1,234")), said, zone="+08:00")
    (event,) = events_of(made).said
    assert (event.offset, str(event.quantities[0].amount)) == ("-03:00", "1.234")
    wrong = grid(("Time zone", "Mars"), ("Decimal sign", "dot?"), name="设置")
    assert {code for code, _ in codes(read(grid(SHORT, ROW), wrong))} == {"sheet.zone", "sheet.decimal_sign"}


def test_a_column_as_a_whole_settles_how_its_numbers_are_written():
    rows = [(*ROW[:4], lot, value) for lot, value in (("a", "1,234"), ("b", "2,5"))]
    (event,) = events_of(read(grid(SHORT, *rows))).said
    assert [str(goods.amount) for goods in event.quantities] == ["1.234", "2.5"]


def test_own_names_stand_for_headers_and_are_passed_over():
    header = ("Was", "Wann", "Werk", "Artikel", "Charge", "Menge (to)", "Bemerkung", "Neodym")
    own = {"Was": "Step", "Wann": "Date", "Werk": "site", "Artikel": "Product", "Charge": "Lot", "Menge (to)": "Quantity [t]", "Bemerkung": "-", "Neodym": "Nd, wt%"}  # fmt: skip  # noqa: E501
    made = read(grid(header, (*ROW, Cell("formula", "=1"), 12)), own={"events": own})
    (event,) = events_of(made).said
    assert (event.quantities[0].amount, event.lot_data[0].assays[0].milligram_per_kilogram) == (5000, 120000)


def test_an_unknown_column_names_the_nearest_and_how_to_map_it():
    (problem,) = read(grid((*SHORT, "Delivry note"), (*ROW, "5"))).problems
    assert problem.facts["near"].startswith("Delivery note")
    assert problem.facts["example"] == "Delivry note=Delivery note"


def test_titles_above_the_header_and_other_sheets_are_passed_over():
    titled = grid(("Norrvik, March",), (), SHORT, ROW)
    made = read(titled, grid(("Remarks",), ("nice weather",), name="notes"))
    assert codes(made) == [("sheet.passed_over", "notes!")]
    assert len(events_of(made).said) == 1


def test_nothing_to_read_is_refused():
    assert codes(read(grid(("Remarks",), name="notes")))[-1] == ("sheet.none", "!")
    assert codes(read(Grid("x", {}))) == [("sheet.passed_over", "x!"), ("sheet.none", "!")]


def test_without_an_identifier_the_same_row_is_the_same_event_and_two_numbers_are_two():
    one, two = (read(grid(("Event", *SHORT), *rows)) for rows in (((1, *ROW),), ((1, *ROW), (2, *ROW))))
    first = events_of(one).said[0]
    assert events_of(read(grid(("Event", *SHORT), (1, *ROW)))).said[0].digest == first.digest
    assert len({event.event_id for event in events_of(two).said}) == 2


def test_a_lot_of_somebody_without_gs1_keys_is_minted_under_the_registers_base():
    made = read(grid(SHORT, ("mined", DAY, "https://p.example/site/1", "NdPr oxide", "L 1", 5)))
    (event,) = events_of(made).said
    assert event.quantities[0].lot == "https://log.example.org/lot/NdPr%20oxide/L%201"


def test_a_cell_is_a_text_a_number_or_a_date():
    assert [cell(x).kind for x in ("a", 1.5, DAY)] == ["text", "number", "instant"]
