"""The picture of a benchmark's cost: both axes logarithmic, every point on it, nothing drawn of what cannot be."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.cost_curve import draw_cost

SERIES = {"ours": [(25, 0.02), (200, 0.8), (1000, 18.0)], "a < b & c": [(25, 0.01), (200, 0.5), (1000, 8.0)]}


def test_a_power_of_the_size_is_a_straight_line():
    svg = draw_cost({"cube": [(n, 1e-7 * n**3) for n in (10, 100, 1000)]}, title="Cost")
    (line,) = [path for path in re.findall(r' d="M([^"Z]+)"', svg) if path.count("L") == 2]
    (x0, y0), (x1, y1), (x2, y2) = (map(float, point.split()) for point in line.split("L"))
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
    assert y1 - y0 == pytest.approx(y2 - y1, abs=0.2)


def test_names_are_escaped_and_all_series_are_there():
    tree = ElementTree.fromstring(draw_cost(SERIES, title="Cost <of> it"))
    texts = [element.text for element in tree.iter() if element.text]
    assert {"ours", "a < b & c", "plants", "seconds", "1,000"} <= set(texts)
    lines = [one.get("d") for one in tree.iter() if one.tag.endswith("path") and "Z" not in one.get("d")]
    assert len([line for line in lines if line.count("L") == 2]) == len(SERIES)


@pytest.mark.parametrize("series", [{}, {"a": [(1, 0.0)]}, {"a": [(0, 1.0)]}, {str(n): [(1, 1)] for n in range(20)}])
def test_what_cannot_be_drawn_is_refused(series):
    with pytest.raises(ValueError, match="above zero"):
        draw_cost(series, title="Cost")
