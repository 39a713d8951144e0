"""The plane of a figure of months: grid, ticks, month labels, gaps of months that cannot be tested, and tips.

Every month is a slot; a tip over the whole height of it says its figures in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ytterby.shell.drawing.axis import Scale, Ticks, choose_ticks
from ytterby.shell.drawing.label import measure
from ytterby.shell.drawing.month_axis import LABELS_MOST, MonthAxis, month_axis, month_number
from ytterby.shell.drawing.pen import TICK_SIZE, Pen
from ytterby.shell.drawing.picture import NARROW, Head, Picture

Row = Mapping[str, Any]
PLOT_HEIGHT = 180.0
# Figures of the same months below one another have their months below one another.
LEFT_MIN, RIGHT, FOOT = 44.0, 20.0, 36.0
LABELS_MOST_NARROW = 6
# Crosses stand in slots that are wide enough to tell them apart.
CROSS, CROSS_SLOT_MIN = 3.0, 8.0
DOT_MAX, DOT_MIN = 4.0, 1.6
_DOT_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class MonthPlane:
    """Where months and values stand, pixels; `numbers` are those of the rows, in their order."""

    rows: Sequence[Row]
    numbers: Sequence[int]
    axis: MonthAxis
    scale: Scale
    ticks: Ticks
    head: Head
    width: float

    @property
    def dot(self) -> float:
        """Radius of a dot that leaves room to its neighbours."""
        return min(DOT_MAX, max(DOT_MIN, _DOT_SHARE * self.axis.slot))

    def points(self, values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
        """Return runs of points of neighbouring months that have a value."""
        return [[(self.axis.middle(n), self.scale.place(value)) for n, value in run] for run in self._runs(values)]

    def band(self, half: Sequence[float | None]) -> list[list[tuple[float, float]]]:
        """Return the outlines of a band of so much above and below 0, in steps of a month."""
        return [self._outline(run) for run in self._runs(half)]

    def _runs(self, values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
        """Return the months that have a value, each run of neighbours by itself."""
        runs: list[list[tuple[int, float]]] = []
        for number, value in zip(self.numbers, values, strict=True):
            if value is None:
                continue
            if not runs or number != runs[-1][-1][0] + 1:
                runs.append([])
            runs[-1].append((number, value))
        return runs

    def _outline(self, run: Sequence[tuple[int, float]]) -> list[tuple[float, float]]:
        upper, lower = [], []
        for number, value in run:
            for x in (self.axis.start(number), self.axis.start(number + 1)):
                upper.append((x, self.scale.place(value)))
                lower.append((x, self.scale.place(-value)))
        return [*upper, *reversed(lower)]

    def finish(self, pen: Pen, marks: Sequence[str], tips: Sequence[str], about: str, *, language: str) -> Picture:
        """Return the figure: ground, marks, and above all the tips, one a row."""
        parts = [*self.head.parts, *self._gaps(pen), *self._grid(pen), *marks, *self._labels(pen, language)]
        top, bottom = self.scale.end, self.scale.start
        for number, tip in zip(self.numbers, tips, strict=True):
            parts.append(pen.rect("hit", self.axis.start(number), top, self.axis.slot, bottom - top, tip))
        return Picture(self.width, bottom + FOOT, tuple(parts), about)

    def _gaps(self, pen: Pen) -> list[str]:
        found = []
        top, bottom = self.scale.end, self.scale.start
        for number, row in zip(self.numbers, self.rows, strict=True):
            if row["testable"]:
                continue
            found.append(pen.rect("gap", self.axis.start(number), top, self.axis.slot, bottom - top))
            if self.axis.slot >= CROSS_SLOT_MIN:
                found.append(pen.cross(self.axis.middle(number), bottom - 2.5 * CROSS, CROSS))
        return found

    def _grid(self, pen: Pen) -> list[str]:
        found = []
        for tick in self.ticks.values:
            y = self.scale.place(tick)
            kind = "zero" if tick == 0 else "grid"
            found.append(pen.line(kind, self.axis.left, y, self.width - RIGHT, y))
            found.append(pen.text("tick", self.axis.left - 6, y + 4, self.ticks.write(tick), "end"))
        return found

    def _labels(self, pen: Pen, language: str) -> list[str]:
        bottom, found = self.scale.start, []
        most = LABELS_MOST_NARROW if self.width <= NARROW else LABELS_MOST
        for label in self.axis.labels(language, most):
            x = self.axis.middle(label.number)
            found.append(pen.line("zero", x, bottom, x, bottom + 4))
            found += [pen.text("tick", x, bottom + 16 + 14 * n, line, "middle") for n, line in enumerate(label.lines)]
        return found


def month_plane(rows: Sequence[Row], values: Sequence[float], head: Head, width: float) -> MonthPlane:
    """Return the plane of these rows, one or more, on which all values stand.

    Raises:
        ValueError: there is no row, a month cannot be read, or a value is not finite.
    """
    numbers = [month_number(row["month"]) for row in rows]
    if not numbers:
        raise ValueError("a plane has one month or more")
    ticks = choose_ticks([0.0, *values])
    left = max(LEFT_MIN, 8 + max(measure(ticks.write(tick), TICK_SIZE) for tick in ticks.values))
    top = head.height + 4
    scale = Scale(ticks.values[0], ticks.values[-1], top + PLOT_HEIGHT, top)
    axis = month_axis(min(numbers), max(numbers), left, width - RIGHT)
    return MonthPlane(rows, numbers, axis, scale, ticks, head, width)


def figure_of(row: Row, key: str) -> float | None:
    """Return a figure of a row; None where it is unknown, or no finite number."""
    value = row.get(key)
    return float(value) if isinstance(value, int | float) and isfinite(value) else None
