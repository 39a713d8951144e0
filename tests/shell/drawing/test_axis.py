"""Axes: ticks that are short to read and reach around every value, months that are named at most twelve times."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shell.drawing.month_rows import month_text
from ytterby.shell.drawing.axis import Scale, choose_ticks
from ytterby.shell.drawing.label import write_signed
from ytterby.shell.drawing.month_axis import MonthAxis, month_axis, month_number

MASSES = st.floats(-1e9, 1e9).map(lambda value: round(value, 6))
MONTHS = st.integers(1990 * 12, 2100 * 12)


@given(st.lists(MASSES, max_size=20), st.integers(2, 12))
def test_ticks_reach_around_every_value_and_are_few(values, most):
    ticks = choose_ticks(values, most).values
    assert 2 <= len(ticks) <= most + 1
    assert all(ticks[0] <= value <= ticks[-1] for value in values)


@given(st.lists(MASSES, min_size=1, max_size=20))
def test_ticks_are_as_far_apart_as_they_have_to_be_and_written_exactly(values):
    ticks = choose_ticks([0.0, *values])
    written = [float(ticks.write(tick).replace("−", "-").replace(",", "")) for tick in ticks.values]
    assert written == pytest.approx(list(ticks.values), rel=1e-9, abs=1e-12)
    assert len(set(map(ticks.write, ticks.values))) == len(ticks.values)
    assert 0.0 in ticks.values


@pytest.mark.parametrize(
    ("values", "expected", "texts"),
    [
        ([-3.2, 4.1], [-4, -2, 0, 2, 4, 6], ["−4", "−2", "0", "2", "4", "6"]),
        ([0.0, 0.031], [0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035], None),
        ([0.0, 12_000.0], [0, 2000, 4000, 6000, 8000, 10_000, 12_000], ["0", "2,000", "4,000", "6,000", "8,000", "10,000", "12,000"]),  # noqa: E501
        ([], [-1, -0.5, 0, 0.5, 1], ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
    ],
)  # fmt: skip
def test_ticks_by_hand(values, expected, texts):
    ticks = choose_ticks(values, 8 if values else 5)
    assert list(ticks.values) == pytest.approx(expected)
    assert texts is None or [ticks.write(tick) for tick in ticks.values] == texts


@pytest.mark.parametrize(("values", "most"), [([float("nan")], 6), ([float("inf")], 6), ([1.0], 1)])
def test_an_axis_of_nothing_finite_is_a_programmers_mistake(values, most):
    with pytest.raises(ValueError, match="finite"):
        choose_ticks(values, most)


def test_a_scale_may_run_upwards():
    scale = Scale(-10, 10, 200, 0)
    assert [scale.place(value) for value in (-10, 0, 10)] == [200, 100, 0]


@given(MONTHS, st.integers(1, 600), st.sampled_from([6, 12]), st.sampled_from(["en", "zh-hans"]))
def test_months_are_named_at_most_so_often_and_each_year_once(first, count, most, language):
    labels = month_axis(first, first + count - 1, 40, 900).labels(language, most)
    assert 1 <= len(labels) <= most
    strides = {b.number - a.number for a, b in pairwise(labels)}
    assert len(strides) <= 1
    years = [line for label in labels for line in label.lines if any(sign.isdigit() for sign in line) and len(line) > 3]
    assert len(years) == len(set(years))


@pytest.mark.parametrize(
    ("first", "count", "expected"),
    [
        ("2026-03", 1, ["Mar 2026"]),
        ("2025-11", 4, ["Nov 2025", "Dec", "Jan 2026", "Feb"]),
        ("2024-01", 36, ["Jan 2024", "Apr", "Jul", "Oct", "Jan 2025", "Apr", "Jul", "Oct", "Jan 2026", "Apr", "Jul", "Oct"]),  # noqa: E501
        ("2024-02", 120, ["2025", "2026", "2027", "2028", "2029", "2030", "2031", "2032", "2033", "2034"]),
        ("2000-01", 480, ["2000", "2004", "2008", "2012", "2016", "2020", "2024", "2028", "2032", "2036"]),
    ],
)  # fmt: skip
def test_months_that_are_named_are_those_that_readers_know(first, count, expected):
    start = month_number(first)
    assert [" ".join(label.lines) for label in MonthAxis(start, start + count - 1, 0, 10).labels("en")] == expected


def test_chinese_months_have_their_names():
    start = month_number("2025-12")
    labels = MonthAxis(start, start + 1, 0, 10).labels("zh-hans")
    assert [label.lines for label in labels] == [("12月", "2025年"), ("1月", "2026年")]


@given(MONTHS)
def test_a_month_is_read_as_it_is_written(number):
    assert month_number(month_text(number)) == number


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-00", "x-01", "", "2026-3-1"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="no month"):
        month_number(text)


def test_a_difference_has_a_sign_and_nothing_has_none():
    assert [write_signed(value) for value in (1.25, -0.5, 0.0, -1e-12)] == ["+1.25", "−0.500", "0", "0"]
