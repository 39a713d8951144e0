"""Numbers, days, times and zones as people write them: read right, or left open, never guessed."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.chain.spreadsheet.cell import Cell, letters
from ytterby.chain.spreadsheet.moment import Moment, day_order, read_clock, read_moment, read_month, read_zone
from ytterby.chain.spreadsheet.number import COMMA, POINT, decimal_sign, is_open, read_number


def text(value: str) -> Cell:
    return Cell("text", value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        # Digits are kept as written: trailing zeros are what a laboratory means by them.
        ("12500.0", "12500.0"),
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        (",5", "0.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234\u202f567", "1234567"),
        ("1'234.5", "1234.5"),
        ("1 234.567", "1234.567"),
        ("12345.678", "12345.678"),
        ("1.5E3", "1.5E+3"),
        ("1.234E0", "1.234"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("１２，５", "12.5"),
        ("１２３", "123"),
        ("5 %", "5"),
        ("007", "7"),
    ],
)
def test_a_number_that_can_be_read_in_one_way_is(written, value):
    """Oracle: the conventions of English, German, French and Swiss number formats (CLDR 44)."""
    read = read_number(text(written), "")
    assert isinstance(read, Decimal)
    assert str(read) == str(Decimal(value))


@pytest.mark.parametrize("written", ["1.234", "1,234", "12.345", "123,456", "１．２３４"])
def test_a_number_that_can_be_two_stays_open_until_its_column_tells(written):
    assert is_open(written)
    assert read_number(text(written), "") == written
    digits = written.replace("．", ".").replace("１", "1").replace("２", "2").replace("３", "3").replace("４", "4")
    as_decimal = Decimal(digits.replace(",", "."))
    as_thousands = Decimal(digits.replace(",", "").replace(".", ""))
    mine = POINT if "." in digits else COMMA
    other = COMMA if mine == POINT else POINT
    assert read_number(text(written), mine) == as_decimal
    assert read_number(text(written), other) == as_thousands


@pytest.mark.parametrize("written", ["", "abc", "1.2.3", "1,23,456.5", "1..2", "--1", "1,5,", "5 kg", "1.234,56,7", "1e9999"])  # fmt: skip  # noqa: E501
def test_what_is_no_number_is_none(written):
    assert read_number(text(written), "") is None


@pytest.mark.parametrize("written", ["NaN", "inf", "9" * 61])
def test_what_is_no_finite_number_is_none(written):
    assert read_number(text(written), "") is None


def test_one_cell_settles_its_column():
    assert decimal_sign([text("1.234"), text("2,5")]) == COMMA
    assert decimal_sign([text("1.234"), text("2.5")]) == POINT
    assert decimal_sign([text("1.234"), text("x")]) == ""
    assert decimal_sign([text("1,5"), text("1.5")]) == ""
    assert decimal_sign([text("1.234.567")]) == COMMA


def test_a_number_against_a_declared_sign_is_no_number():
    assert read_number(text("2.5"), COMMA) is None
    assert read_number(text("1.234.567"), POINT) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=3))
def test_whatever_the_language_a_number_comes_back(value):
    english = f"{value:,}"
    german = english.replace(",", " ").replace(".", ",")
    for written, sign in ((english, POINT), (german, COMMA)):
        assert read_number(text(written), sign) == value


@given(st.text(max_size=40), st.sampled_from(["", POINT, COMMA]))
def test_no_text_makes_a_reader_raise(written, sign):
    """Threat X5."""
    cell = text(written)
    read_number(cell, sign)
    read_moment(cell, "")
    read_month(cell)
    read_clock(cell)
    read_zone(written)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.03.05",
        "5.3.2026",
        "05.03.2026",
        "20260305",
        "2026年3月5日",
        "２０２６年３月５日",
    ],
)
def test_a_day_is_read_in_each_way_that_has_one_meaning(written):
    assert read_moment(text(written), "") == Moment(date(2026, 3, 5))


@pytest.mark.parametrize(
    ("serial", "epoch_1904", "moment"),
    [
        # Oracle: ISO/IEC 29500-1, 18.17.4.1: serial 1 is 1 January 1900 and 1900 counts as a leap year.
        ("36526", False, Moment(date(2000, 1, 1))),
        ("46086", False, Moment(date(2026, 3, 5))),
        ("46086.5", False, Moment(date(2026, 3, 5), time(12))),
        ("44624", True, Moment(date(2026, 3, 5))),
        ("46086.999988426", False, Moment(date(2026, 3, 5), time(23, 59, 59))),
    ],
)
def test_numbers_of_days_are_read_as_spreadsheets_count(serial, epoch_1904, moment):
    assert read_moment(Cell("number", serial, Decimal(serial)), "", epoch_1904=epoch_1904) == moment


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-05 14:30", Moment(date(2026, 3, 5), time(14, 30))),
        ("2026-03-05T14:30:15", Moment(date(2026, 3, 5), time(14, 30, 15))),
        ("5.3.2026 14:30:15.25", Moment(date(2026, 3, 5), time(14, 30, 15, 250000))),
        ("2026-03-05T14:30:00+08:00", Moment(date(2026, 3, 5), time(14, 30), "+08:00")),
        ("2026-03-05T14:30:00Z", Moment(date(2026, 3, 5), time(14, 30), "+00:00")),
        ("2026年3月5日 14时30分", Moment(date(2026, 3, 5), time(14, 30))),
    ],
)
def test_a_day_with_its_time_is_read(written, moment):
    assert read_moment(text(written), "") == moment


def test_a_day_that_can_be_two_stays_open_until_its_column_tells():
    assert read_moment(text("05/03/2026"), "") == "05/03/2026"
    assert day_order([text("05/03/2026"), text("25/03/2026")]) == "day"
    assert day_order([text("05/03/2026"), text("03/25/2026")]) == "month"
    assert day_order([text("13/03/2026"), text("03/25/2026")]) == ""
    assert read_moment(text("05/03/2026"), "day") == Moment(date(2026, 3, 5))
    assert read_moment(text("05/03/2026"), "month") == Moment(date(2026, 5, 3))
    assert read_moment(text("04/04/2026"), "") == Moment(date(2026, 4, 4))


@pytest.mark.parametrize(
    "written", ["", "yesterday", "2026-02-30", "32.1.2026", "2026-03-05 25:00", "1", "12:30", "2026-3"]
)
def test_what_is_no_day_is_none(written):
    assert read_moment(text(written), "") is None


@pytest.mark.parametrize("written", ["2026-03", "03/2026", "2026年3月", "2026/3", "202603", "5.3.2026"])
def test_a_month_is_read(written):
    assert read_month(text(written)) == (2026, 3)
    assert read_month(Cell("instant", "", instant=datetime(2026, 3, 1))) == (2026, 3)
    assert read_month(Cell("number", "202603", Decimal(202603))) == (2026, 3)


@pytest.mark.parametrize(
    ("written", "zone"),
    [("+08:00", "+08:00"), ("+8", "+08:00"), ("UTC+8", "+08:00"), ("utc -03:30", "-03:30"), ("Z", "+00:00"), ("UTC", "+00:00"), ("+0800", "+08:00")],  # noqa: E501
)  # fmt: skip
def test_a_zone_is_read(written, zone):
    assert read_zone(written) == zone


@pytest.mark.parametrize("written", ["Berlin", "+25:00", "8", "+08:75"])
def test_what_is_no_zone_is_none(written):
    assert read_zone(written) is None


def test_columns_have_letters():
    assert [letters(n) for n in (0, 1, 26, 27, 702, 703, 16384)] == ["", "A", "Z", "AA", "ZZ", "AAA", "XFD"]
