"""The figure of detection: methods told apart without colour, intervals, and probabilities that are some."""

import re
from xml.etree import ElementTree

import pytest

from ytterby.shell.drawing import draw_detection
from ytterby.shell.drawing.pen import PAINT, SERIES


def method(name, *points):
    return {"method": name, "points": [dict(zip(("x", "probability", "low", "high"), p, strict=True)) for p in points]}


TWO = [
    method("network", (0.01, 0.5, 0.4, 0.6), (0.05, 1.0, 0.97, 1.0)),
    method("pairs", (0.05, 0.8, 0.7, 0.9), (0.01, 0.2, 0.1, 0.3)),
]


def page_of(methods, language="en", **more):
    return ElementTree.fromstring(draw_detection(methods, title="T", language=language, is_page=True, **more))


def of(tree, kind):
    return [one for one in tree.iter() if one.get("class") == kind]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("is_narrow", [True, False])
def test_a_page_holds_classes_alone(language, is_narrow):
    """Threat X1."""
    text = draw_detection(TWO, title="T", language=language, is_page=True, is_narrow=is_narrow)
    assert not re.search(r"style=|<script|href|#[0-9a-f]{3,6}\b", text)
    tree = ElementTree.fromstring(text)
    assert {one.get("class") for one in tree.iter() if one is not tree} - {None} <= set(PAINT)


def test_each_method_has_its_line_its_shape_and_its_intervals():
    tree = page_of(TWO)
    for series in ("a", "b"):
        assert len(of(tree, f"line-{series}")) == 1
        # An interval is a bar with two caps.
        assert len(of(tree, f"range-{series}")) == 3 * 2
        # A mark for each point and one in the legend.
        assert len(of(tree, f"mark-{series}")) == 2 + 1
    assert {one.tag for one in of(tree, "mark-a")} == {"circle"}
    assert {one.tag for one in of(tree, "mark-b")} == {"path"}
    assert [one.text for one in of(tree, "key")] == ["network", "pairs"]


def test_a_point_stands_where_it_says_and_its_interval_around_it():
    (line,) = of(page_of([TWO[1]]), "line-a")
    points = [tuple(map(float, pair)) for pair in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", line.get("d"))]
    assert points[0][0] < points[1][0], "in order of x"
    ticks = {one.text: float(one.get("y")) - 4 for one in of(page_of([TWO[1]]), "tick")}
    assert [y for _, y in points] == pytest.approx([ticks["20 %"], ticks["80 %"]], abs=0.1)


def test_words_say_where_each_method_begins_and_ends():
    assert page_of(TWO).get("aria-label") == (
        "Probability of detection. network: 50 % at 1 % diverted, 100 % at 5 %; "
        "pairs: 20 % at 1 % diverted, 80 % at 5 %."
    )
    months = [method("network", (1, 0.1, 0.0, 0.2), (12, 0.9, 0.8, 1.0))]
    assert "10 % within 1 months, 90 % within 12" in page_of(months, x="months").get("aria-label")


def test_no_methods_are_said():
    for methods in ([], [method("network")]):
        assert page_of(methods).get("aria-label") == "No probability of detection has been worked out."
    assert "尚未计算检出概率" in page_of([], "zh-hans").get("aria-label")


@pytest.mark.parametrize("point", [(0.1, 1.2, 0, 1), (0.1, 0.5, -0.1, 1), (0.1, float("nan"), 0, 1), (float("inf"), 0.5, 0, 1)])  # noqa: E501  # fmt: skip
def test_what_is_no_probability_is_a_programmers_mistake(point):
    with pytest.raises(ValueError, match="probability"):
        page_of([method("network", point)])


def test_more_methods_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="told apart"):
        page_of([method(f"m{n}", (0.1, 0.5, 0.4, 0.6)) for n in range(len(SERIES) + 1)])
    with pytest.raises(ValueError, match="is none of"):
        page_of(TWO, x="kg")


def test_names_of_methods_stay_text():
    """Threat X1."""
    text = draw_detection([method("<script>", (0.1, 0.5, 0.4, 0.6))], title="<b>", language="en", is_page=False)
    assert "<script" not in text
    ElementTree.fromstring(text.encode())
