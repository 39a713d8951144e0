"""The figure of a quota: what stands where, what it says in words, and what it never lets through."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shell.portal.sample_reports import POSITIONS, end, months_of, position
from ytterby.shell.drawing import draw_quota
from ytterby.shell.drawing.pen import PAINT, Pen
from ytterby.shell.drawing.picture import NARROW, WIDE
from ytterby.shell.drawing.quota_use import quota_picture, year_rows

RUNS_OUT, _, EXCEEDED, UNLIMITED, UNKNOWN = POSITIONS
HOSTILE = '"><script>alert(1)</script>'


def tree_of(one, language="en", **more):
    return ElementTree.fromstring(draw_quota(one, title="T", language=language, is_page=True, **more))


def of_class(tree, kind):
    return [one for one in tree.iter() if one.get("class") == kind]


def numbers(mark):
    found = [float(part) for part in re.findall(r"-?\d+\.\d+", mark.get("d"))]
    return list(zip(found[::2], found[1::2], strict=True))


def tips(tree):
    return [one.find("title").text for one in of_class(tree, "hit")]


@pytest.mark.parametrize("one", POSITIONS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("is_narrow", [False, True])
def test_a_page_holds_classes_alone(one, language, is_narrow):
    """Threat X1: no style, no script, nothing from elsewhere."""
    text = draw_quota(one, title="T", language=language, is_page=True, is_narrow=is_narrow)
    tree = ElementTree.fromstring(text)
    assert not re.search(r"style=|<style|<script|\son\w+=|href|url\(|#[0-9a-f]{3,6}\b", text)
    assert (tree.get("role"), len(tips(tree))) == ("img", 12)
    assert tree.get("aria-label")
    assert {mark.get("class") for mark in tree.iter() if mark is not tree} - {None} <= set(PAINT)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_file_stands_alone(language):
    text = draw_quota(RUNS_OUT, title=HOSTILE, language=language, is_page=False)
    tree = ElementTree.fromstring(text)
    assert "class=" not in text
    assert "<script" not in text
    assert tree.find("{http://www.w3.org/2000/svg}title").text == HOSTILE
    assert len(tree.find("{http://www.w3.org/2000/svg}desc").text) > 30


def test_the_line_begins_with_nothing_and_stands_at_the_ends_of_the_months():
    path = numbers(of_class(tree_of(RUNS_OUT), "path")[0])
    assert len(path) == 4
    steps = [later[0] - earlier[0] for earlier, later in pairwise(path)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.11)
    heights = [path[0][1] - y for _, y in path]
    assert heights[2] / heights[3] == pytest.approx(6.5 / 9.3, abs=0.02)


def test_the_pace_goes_on_from_the_last_whole_month_to_december():
    tree = tree_of(RUNS_OUT)
    pace = numbers(of_class(tree, "line-b")[-1])
    assert len(pace) == 10
    assert pace[0] == numbers(of_class(tree, "path")[0])[-1]
    band = numbers(of_class(tree, "band-2")[-1])
    assert len(band) == 19
    # A month alone gives a pace and no band.
    alone = tree_of(UNLIMITED)
    assert len(numbers(of_class(alone, "line-b")[-1])) == 12
    assert of_class(alone, "band-2") == []


def test_a_month_that_is_not_over_is_hollow_and_the_pace_begins_before_it():
    one = position("10", "mining", "30", [3.0, 3.0, 1.0], end("2026-11-01", "2026-10-01", "2026-12-01", 2))
    one |= {"months": months_of(2026, [3.0, 3.0, 1.0], open_month=True)}
    one |= {"projected": [{"month": "2026-03", "sum_t_reo": 9.0, "low": 8.0, "high": 10.0}]}
    tree = tree_of(one)
    hollow = [mark for mark in of_class(tree, "outside") if mark.tag == "circle"]
    assert len(hollow) == 2  # one in the legend
    assert numbers(of_class(tree, "line-b")[-1])[0] == numbers(of_class(tree, "path")[0])[2]
    assert "at the pace so far 9.000 t, between 8.000 and 10.00" in tips(tree)[2]


def test_the_day_lies_between_the_ends_of_its_months():
    tree = tree_of(EXCEEDED)
    _, mark = of_class(tree, "alarm")  # the first is the legend's
    x = sum(x for x, _ in numbers(mark)) / 4
    months = numbers(of_class(tree, "path")[0])
    # The 28th of March, after nine tenths of it.
    assert (x - months[2][0]) / (months[3][0] - months[2][0]) == pytest.approx(28 / 31, abs=0.01)
    next_year = {**RUNS_OUT, "used_up": end("2027-01-01", "2026-12-01", None, 3)}
    assert [mark for mark in of_class(tree_of(next_year), "outside") if mark.tag == "path"] == []


def test_a_month_of_which_nothing_was_entered_is_a_gap_and_those_to_come_are_none():
    one = {**RUNS_OUT, "months": [row for row in RUNS_OUT["months"] if row["month"] != "2026-02"]}
    assert [row["month"] for row in year_rows(one) if not row["testable"]] == ["2026-02"]
    assert tips(tree_of(one))[1] == "2026-02: nothing entered"


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (RUNS_OUT, "used up on 2026-11-01, between 2026-09-20 and no day that can be told."),
        (EXCEEDED, "9.500 t REO produced of a quota of 9.000 t. Passed on 2026-03-28."),
        (UNLIMITED, "1.500 t REO produced; no quota is registered."),
        (UNKNOWN, "? t REO produced of a quota of 5.000 t."),
    ],
)
def test_what_stands_for_the_figure_says_what_is_seen(one, said):
    assert said in tree_of(one).get("aria-label")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 1e6), max_size=12),
    st.one_of(st.none(), st.floats(0, 1e7).map(lambda x: f"{x:.6f}")),
    st.sampled_from([WIDE, NARROW]),
)
def test_nothing_leaves_the_plane(masses, quota, width):
    one = position("10", "mining", quota, masses)
    picture = quota_picture(one, "en", Pen(is_page=True), width)
    text = "".join(picture.parts)
    assert "nan" not in text
    top = min(float(y) for y in re.findall(r'class="hit" x="[^"]*" y="([^"]*)"', text))
    for kind in ("band-2", "line-b", "path", "line-e"):
        for path in re.findall(rf'<path class="{kind}" d="([^"]*)"', text):
            ys = [float(part) for part in re.findall(r"[ML][-\d.]+ ([-\d.]+)", path)]
            # Keys of the legend stand above the plane.
            assert max(ys) <= picture.height
            assert len(ys) == 2 or min(ys) >= top - 0.1
