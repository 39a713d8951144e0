"""Figures of months: what they show, what they say in words, and what they never let through."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shell.drawing.month_rows import H_05, H_10, REASONS, month_rows, month_text
from ytterby.shell.drawing import draw_cumuf, draw_months, draw_muf, draw_page
from ytterby.shell.drawing.muf import CUMUF, MUF, difference_picture, is_beyond
from ytterby.shell.drawing.page_levels import levels_picture
from ytterby.shell.drawing.pen import PAINT, SERIES, SHAPES, Pen
from ytterby.shell.drawing.picture import NARROW, WIDE
from ytterby.shell.wording import word

CSS = Path(__file__).resolve().parents[3] / "src/ytterby/shell/portal/static/portal/ytterby.css"
DRAWINGS = [draw_muf, draw_cumuf, draw_page]
LANGUAGES = ["en", "zh-hans"]


def page_of(draw, rows, language="en", **more):
    return ElementTree.fromstring(draw(rows, title="T", language=language, is_page=True, **more))


def marks(tree, kind):
    """Return the marks of a kind, without the one of the legend, which stands above the plane."""
    top = min(float(hit.get("y")) for hit in tree.iter("rect") if hit.get("class") == "hit")
    return [one for one in tree.iter() if one.get("class") == kind and place(one)[1] >= top - 6]


def place(mark):
    if mark.tag == "circle":
        return float(mark.get("cx")), float(mark.get("cy"))
    if mark.tag in {"rect", "text"}:
        return float(mark.get("x")), float(mark.get("y"))
    return tuple(float(part) for part in re.match(r"M([-\d.]+) ([-\d.]+)", mark.get("d")).groups())


def texts(tree, kind):
    return [one.text for one in tree.iter("text") if one.get("class") == kind]


def tips(tree):
    return [one.find("title").text for one in tree.iter("rect") if one.get("class") == "hit"]


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [0, 1, 2, 36, 120])
@pytest.mark.parametrize("is_narrow", [False, True])
def test_a_page_holds_classes_alone(draw, language, count, is_narrow):
    """Threat X1: no style, no script, nothing from elsewhere, under `default-src 'self'`."""
    gaps = {place: REASONS[place % 4] for place in range(1, count, 7)}
    text = draw(month_rows(count, gaps=gaps), title="T", language=language, is_page=True, is_narrow=is_narrow)
    tree = ElementTree.fromstring(text)
    assert not re.search(r"style=|<style|<script|\son\w+=|href|url\(|#[0-9a-f]{3,6}\b", text)
    assert tree.get("role") == "img"
    assert tree.get("aria-label")
    assert {one.get("class") for one in tree.iter() if one is not tree} - {None} <= set(PAINT)


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_stands_alone(draw, language):
    text = draw(month_rows(36, gaps={3: REASONS[0]}), title="Nd at Norrvik", language=language, is_page=False)
    tree = ElementTree.fromstring(text)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert "class=" not in text
    assert tree.find("{http://www.w3.org/2000/svg}title").text == "Nd at Norrvik"
    assert len(tree.find("{http://www.w3.org/2000/svg}desc").text) > 40


def test_every_kind_of_mark_is_styled_for_a_page_and_no_other():
    styled = set(re.findall(r"\.chart \.([\w-]+)", CSS.read_text(encoding="utf-8")))
    assert styled == set(PAINT) | {"hit"}
    assert len(SERIES) == len(SHAPES)


@pytest.mark.parametrize("draw", DRAWINGS)
def test_every_month_has_a_slot_of_its_own_and_a_tip(draw):
    rows = month_rows(36, gaps={3: "no_stock_taking"})
    tree = page_of(draw, rows)
    assert [tip[:7] for tip in tips(tree)] == [row["month"] for row in rows]
    starts = [place(hit)[0] for hit in marks(tree, "hit")]
    assert starts == sorted(set(starts))


def test_a_month_that_cannot_be_tested_is_a_gap_with_its_reason():
    tree = page_of(draw_muf, month_rows(6, gaps={2: "no_stock_taking", 3: "content_unknown"}))
    assert tips(tree)[2] == "2024-03: not testable, no stock-taking"
    assert (len(marks(tree, "gap")), len(marks(tree, "cross"))) == (2, 2)
    assert len(marks(tree, "dot")) + len(marks(tree, "outside")) == 4
    assert tree.get("aria-label").endswith(
        "Months that cannot be tested: 2 (no stock-taking: 2024-03; content unknown: 2024-04)."
    )


def test_a_month_without_variance_shows_its_difference_and_is_a_gap():
    rows = month_rows(3)
    rows[1] |= {"sigma_kg": 0.0, "testable": False, "reason": "no_variance", "sitmuf": None, "muf_kg": 2.0}
    tree = page_of(draw_muf, rows)
    assert len(marks(tree, "gap")) == 1
    assert tips(tree)[1].startswith("2024-02: MUF +2.00 kg, standard deviation 0 kg; not testable, ")
    assert len(marks(page_of(draw_page, rows), "line-a")) == 0, "alone between gaps, no line"


def test_the_band_is_one_and_two_standard_deviations_about_zero():
    rows = month_rows(4)
    for row in rows:
        row |= {"muf_kg": 0.0, "sigma_kg": 5.0}
    tree = page_of(draw_muf, rows)
    ticks = {one.text: place(one)[1] - 4 for one in tree.iter("text") if one.get("class") == "tick"}
    for kind, reach in (("band-1", "5"), ("band-2", "10")):
        (band,) = marks(tree, kind)
        heights = sorted({float(y) for y in re.findall(r"[ML][-\d.]+ ([-\d.]+)", band.get("d"))})
        assert heights == pytest.approx([ticks[reach], ticks[f"−{reach}"]], abs=0.1)


def test_the_band_breaks_where_a_month_has_none():
    assert len(marks(page_of(draw_muf, month_rows(9, gaps={4: "no_stock_taking"})), "band-2")) == 2
    assert len(marks(page_of(draw_cumuf, month_rows(9, gaps={4: "no_stock_taking"})), "path")) == 2


@pytest.mark.parametrize(
    ("value", "sigma", "expected"),
    [(2.1, 1.0, True), (-2.1, 1.0, True), (2.0, 1.0, False), (9.0, None, False), (None, 1.0, False), (0.1, 0.0, True)],
)
def test_beyond_is_more_than_twice_the_standard_deviation(value, sigma, expected):
    assert is_beyond(value, sigma) is expected


def test_a_month_beyond_the_band_is_an_open_diamond_and_named():
    rows = month_rows(5)
    for row, muf in zip(rows, (0.0, 1.0, -7.0, 0.5, 0.2), strict=True):
        row |= {"muf_kg": muf, "sigma_kg": 3.0}
    tree = page_of(draw_muf, rows)
    assert len(marks(tree, "outside")) == 1
    assert tree.get("aria-label") == (
        "2024-01 to 2024-05, 5 months: MUF from −7.00 to +1.00 kg, beyond 2 standard deviations in 2024-03."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_unit_stands_at_the_axis(language):
    unit = {"en": "kg", "zh-hans": "千克"}[language]
    for draw in (draw_muf, draw_cumuf):
        assert texts(page_of(draw, month_rows(3), language), "name")[0].endswith(unit)
    assert word("figure", "page_axis", language) in texts(page_of(draw_page, month_rows(3), language), "name")


def test_loss_stands_above_the_axis_and_gain_below():
    tree = page_of(draw_page, month_rows(12, loss_sd=3.0))
    zero = place(next(one for one in tree.iter("path") if one.get("class") == "zero"))[1]
    assert all(place(mark)[1] < zero for mark in marks(tree, "alarm"))
    down = page_of(draw_page, month_rows(12, loss_sd=-3.0))
    assert all(place(mark)[1] > zero for mark in marks(down, "alarm"))
    assert len(marks(tree, "alarm")) >= 2
    assert len(marks(down, "alarm")) >= 2


def test_limits_are_lines_on_both_sides():
    tree = page_of(draw_page, month_rows(12))
    assert (len(marks(tree, "limit-a")), len(marks(tree, "limit-b"))) == (2, 2)
    assert {f"its limit {H_05:.2f}", f"its limit {H_10:.2f}"} <= set(texts(tree, "key"))


def test_alarms_are_named_and_counted():
    rows = month_rows(12, loss_sd=3.0, loss_from=6)
    alarms = [row["month"] for row in rows if row["alarm"]]
    assert len(alarms) > 1
    tree = page_of(draw_page, rows)
    assert f"alarm in {alarms[0]}" in tree.get("aria-label")
    assert [tip[:7] for tip in tips(tree) if "alarm;" in tip] == alarms
    assert "without alarm" in page_of(draw_page, month_rows(2, seed=3)).get("aria-label")


def test_months_in_words_are_stretches_and_few():
    gaps = dict.fromkeys((0, 1, 2, 5, 8, 9, 12, 15), "no_stock_taking")
    said = page_of(draw_muf, month_rows(20, gaps=gaps)).get("aria-label")
    assert said.endswith("2024-01 to 2024-03, 2024-06, 2024-09 to 2024-10 and 2 more).")


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_month_and_no_tested_month_are_said(draw, language):
    nothing = page_of(draw, [], language)
    assert nothing.get("aria-label") == word("figure", "nothing", language)
    untested = month_rows(3, gaps=dict.fromkeys(range(3), "no_stock_taking"))
    said = page_of(draw, untested, language).get("aria-label")
    assert word("untestable", "no_stock_taking", language) in said
    assert "{" not in said
    assert "?" not in said


def test_three_figures_stand_below_one_another_in_one_file():
    rows = month_rows(36, gaps={5: "no_stock_taking"})
    tree = ElementTree.fromstring(draw_months(rows, "Nd at <Norrvik> & Co", "en"))
    groups = tree.findall("{http://www.w3.org/2000/svg}g")
    tops = [float(re.search(r" ([\d.]+)\)", group.get("transform")).group(1)) for group in groups]
    assert len(groups) == 3
    assert tops == sorted(set(tops))
    assert tree.find("{http://www.w3.org/2000/svg}title").text == "Nd at <Norrvik> & Co"
    said = tree.find("{http://www.w3.org/2000/svg}desc").text
    assert [name in said for name in ("MUF from", "CUMUF from", "Page's test")] == [True] * 3


HOSTILE = "</title><script>alert(1)</script>\x00\x1b\ud800"


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("is_page", [True, False])
def test_what_others_named_stays_text(draw, is_page):
    """Threat X1: a reason, or a title with a name in it, that is full of markup."""
    rows = month_rows(4, gaps={1: HOSTILE})
    text = draw(rows, title=HOSTILE, language="en", is_page=is_page)
    assert "<script" not in text
    ElementTree.fromstring(text.encode("utf-8"))


masses = st.one_of(st.none(), st.floats(-1e9, 1e9))
sigmas = st.one_of(st.none(), st.floats(0, 1e8))


@st.composite
def strange_months(draw):
    """Draw months in which anything may be unknown."""
    rows = []
    number = draw(st.integers(2000 * 12, 2050 * 12))
    for _ in range(draw(st.integers(1, 24))):
        number += draw(st.integers(1, 3))
        testable = draw(st.booleans())
        levels = {key: draw(st.one_of(st.none(), st.floats(0, 50))) for key in
                  ("page_up_05", "page_down_05", "page_up_10", "page_down_10")}  # fmt: skip
        rows.append(
            {
                "month": month_text(number),
                "muf_kg": draw(masses), "sigma_kg": draw(sigmas), "cumuf_kg": draw(masses),
                "sigma_cumuf_kg": draw(sigmas), **levels, "threshold_05": draw(st.sampled_from([None, H_05])),
                "threshold_10": draw(st.sampled_from([None, H_10])), "alarm": draw(st.booleans()),
                "testable": testable, "reason": None if testable else draw(st.sampled_from(REASONS)),
            }
        )  # fmt: skip
    return rows


@settings(max_examples=60, deadline=None)
@given(strange_months(), st.sampled_from(LANGUAGES), st.sampled_from([WIDE, NARROW]))
def test_whatever_is_unknown_everything_stands_inside_the_figure(rows, language, width):
    pen = Pen(is_page=True)
    for picture in (
        difference_picture(MUF, rows, language, pen, width),
        difference_picture(CUMUF, rows, language, pen, width),
        levels_picture(rows, language, pen, width),
    ):
        tree = ElementTree.fromstring(f"<svg>{''.join(picture.parts)}</svg>")
        for one in tree.iter():
            if one.get("class") and one.tag != "text":
                x, y = place(one)
                assert -1 <= x <= picture.width + 1
                assert 0 <= y <= picture.height
        assert "{" not in picture.about
        assert picture.width == width
