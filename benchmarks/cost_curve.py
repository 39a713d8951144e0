"""The cost of a work over its size, drawn: `python -m benchmarks.cost_curve FILE.svg`, the network over its plants.

Both axes are logarithmic, so that a power of the size is a straight line; the peer of the same run stands beside it.
"""

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from math import floor, log10
from pathlib import Path
from typing import NamedTuple

from benchmarks.network import cost_points
from ytterby.shell.drawing.axis import Scale
from ytterby.shell.drawing.pen import SERIES, SHAPES, Pen
from ytterby.shell.drawing.picture import Key, Picture, draw_head, write_figure

LEFT, RIGHT, HEIGHT, FOOT, RADIUS = 56.0, 24.0, 260.0, 44.0, 4.0
STEPS = (1, 2, 5)
TITLE = "Network statistics of one element over 36 months"

Points = Sequence[tuple[float, float]]


class Axis(NamedTuple):
    """A logarithmic axis: where a value stands, and the values that are written."""

    scale: Scale
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Return where a value stands, pixels."""
        return self.scale.place(log10(value))


def draw_cost(series: Mapping[str, Points], *, title: str) -> str:
    """Return seconds over plants of each series, by its name, as an SVG file.

    Raises:
        ValueError: more series than can be told apart, none, or a point that is not above zero.
    """
    points = [point for one in series.values() for point in one]
    if not points or len(series) > len(SERIES) or any(min(point) <= 0 for point in points):
        raise ValueError("a cost needs points above zero, in as many series as can be told apart")
    return write_figure(partial(_picture, series), title=title, is_page=False)


def _picture(series: Mapping[str, Points], pen: Pen, width: float) -> Picture:
    keys = [Key(f"mark-{mark}", shape, name) for name, mark, shape in zip(series, SERIES, SHAPES, strict=False)]
    head = draw_head(pen, "seconds", keys, width)
    top = head.height + 6
    upright = _axis([y for one in series.values() for _, y in one], top + HEIGHT, top)
    level = _axis([x for one in series.values() for x, _ in one], LEFT, width - RIGHT)
    parts = [*head.parts, *_grid(pen, upright, level)]
    parts.append(pen.text("name", (LEFT + width - RIGHT) / 2, upright.scale.start + 36, "plants", "middle"))
    for (_name, one), mark, shape in zip(series.items(), SERIES, SHAPES, strict=False):
        at = [(level.place(x), upright.place(y)) for x, y in sorted(one)]
        parts.append(pen.polyline(f"line-{mark}", at))
        parts += [pen.mark(f"mark-{mark}", shape, x, y, RADIUS) for x, y in at]
    said = "; ".join(f"{name}: {one[0][1]:.2g} s to {one[-1][1]:.2g} s" for name, one in series.items())
    return Picture(width, upright.scale.start + FOOT, tuple(parts), said)


def _axis(values: Sequence[float], start: float, end: float) -> Axis:
    """Return the axis from the step at or below the least value to that at or above the greatest."""
    # A power of ten may be a hair off: one more on either side.
    low, high = floor(log10(min(values))) - 1, floor(log10(max(values))) + 1
    steps = [step * 10.0**power for power in range(low, high + 1) for step in STEPS]
    first = max(step for step in steps if step <= min(values))
    last = min(step for step in steps if step >= max(values))
    ticks = tuple(step for step in steps if first <= step <= last)
    return Axis(Scale(log10(first), log10(last), start, end), ticks)


def _grid(pen: Pen, upright: Axis, level: Axis) -> list[str]:
    found = []
    for value in upright.ticks:
        y = upright.place(value)
        found.append(pen.line("grid", LEFT, y, level.scale.end, y))
        found.append(pen.text("tick", LEFT - 6, y + 4, f"{value:g}", "end"))
    for value in level.ticks:
        x = level.place(value)
        found.append(pen.line("zero", x, upright.scale.start, x, upright.scale.start + 4))
        found.append(pen.text("tick", x, upright.scale.start + 16, f"{value:,.0f}", "middle"))
    return [*found, pen.line("zero", LEFT, upright.scale.start, level.scale.end, upright.scale.start)]


def main() -> None:
    """Measure and draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost_curve")
    parser.add_argument("file", type=Path)
    parser.add_argument("--size", choices=("small", "full"), default="full")
    args = parser.parse_args()
    series: dict[str, list[tuple[float, float]]] = {}
    for name, plants, seconds in cost_points(args.size):
        series.setdefault(name, []).append((plants, seconds))
        print(f"{plants:6,} plants {seconds:8.2f} s  {name}")
    args.file.write_text(draw_cost(series, title=TITLE), encoding="utf-8")


if __name__ == "__main__":
    main()
