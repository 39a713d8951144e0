"""The figure of Page's test: four levels month by month, their limits, and the alarms.

Levels of the charts *up* (loss) stand above 0, those of *down* (unexplained gain) below it; k = 0.5 finds what goes on,
k = 1.0 what comes at once. An alarm is a level beyond its limit, a red diamond.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from ytterby.shell.drawing import month_words
from ytterby.shell.drawing.month_plane import MonthPlane, figure_of, month_plane
from ytterby.shell.drawing.pen import Pen
from ytterby.shell.drawing.picture import GAP, LINE, Key, Picture, draw_head, say_nothing, write_figure

Row = Mapping[str, Any]


class Level(NamedTuple):
    """One level: its key in a row, that of its limit, k as text, +1 above the axis or -1 below, and its series."""

    key: str
    limit_key: str
    k: str
    side: int
    series: str


LEVELS = (
    Level("page_up_05", "threshold_05", "0.5", 1, "a"),
    Level("page_down_05", "threshold_05", "0.5", -1, "a"),
    Level("page_up_10", "threshold_10", "1.0", 1, "b"),
    Level("page_down_10", "threshold_10", "1.0", -1, "b"),
)


def draw_page(rows: Sequence[Row], *, title: str, language: str, is_page: bool, is_narrow: bool = False) -> str:
    """Return the levels of Page's test (the keys of `month_rows`), standard deviations, as SVG for a page or a file.

    Raises:
        ValueError: a month cannot be read.
    """
    draw = partial(levels_picture, rows, language)
    return write_figure(draw, title=title, is_page=is_page, is_narrow=is_narrow)


def levels_picture(rows: Sequence[Row], language: str, pen: Pen, width: float) -> Picture:
    """Return the figure of the levels, so wide.

    Raises:
        ValueError: a month cannot be read.
    """
    if not rows:
        return say_nothing(pen, month_words.say("nothing", language), width)
    levels = {level: _signed(rows, level) for level in LEVELS}
    limits = {level: _limit(rows, level) for level in LEVELS}
    head = draw_head(pen, month_words.say("page_axis", language), _keys(rows, language), width)
    reach = [value for values in levels.values() for value in values if value is not None]
    reach += [limit for limit in limits.values() if limit is not None]
    plane = month_plane(rows, reach, head, width)
    marks = [
        pen.line(f"limit-{level.series}", plane.axis.left, y, plane.axis.start(plane.axis.last + 1), y)
        for level, limit in limits.items()
        if limit is not None
        for y in (plane.scale.place(limit),)
    ]
    for level, values in levels.items():
        marks += _level(plane, level, values, pen)
    marks += _alarms(plane, levels, limits, pen)
    tips = [_tip(row, language) for row in rows]
    return plane.finish(pen, marks, tips, _about(rows, language), language=language)


def _signed(rows: Sequence[Row], level: Level) -> list[float | None]:
    """Return a level of each month, turned over where it stands below the axis; none where nothing was tested."""
    found = [figure_of(row, level.key) if row["testable"] else None for row in rows]
    return [None if value is None else level.side * value for value in found]


def _limit(rows: Sequence[Row], level: Level) -> float | None:
    """Return the limit of a level on its side; the newest month's, all having one table."""
    limit = figure_of(rows[-1], level.limit_key)
    return None if limit is None else level.side * limit


def _keys(rows: Sequence[Row], language: str) -> list[Key]:
    found = []
    for level in LEVELS[::2]:
        found.append(Key(f"line-{level.series}", LINE, month_words.say("level", language, k=level.k)))
        limit = figure_of(rows[-1], level.limit_key)
        if limit is not None:
            said = month_words.say("limit", language, limit=f"{limit:.2f}")
            found.append(Key(f"limit-{level.series}", LINE, said))
    found.append(Key("alarm", "diamond", month_words.say("alarm", language)))
    if not all(row["testable"] for row in rows):
        found.append(Key("gap", GAP, month_words.say("untested", language)))
    return found


def _level(plane: MonthPlane, level: Level, values: Sequence[float | None], pen: Pen) -> list[str]:
    """Return a level as lines between neighbouring months, none along 0; a month that stands alone as a mark."""
    found = []
    zero = plane.scale.place(0.0)
    for run in plane.points(values):
        if len(run) == 1:
            found.append(pen.mark(f"mark-{level.series}", "disc", *run[0], plane.dot * 0.8))
            continue
        found += [pen.polyline(f"line-{level.series}", piece) for piece in _off_zero(run, zero)]
    return found


def _off_zero(run: Sequence[tuple[float, float]], zero: float) -> list[list[tuple[float, float]]]:
    """Return the pieces of a line that leave 0, each with the points where it begins and ends."""
    pieces: list[list[tuple[float, float]]] = [[run[0]]]
    for before, point in pairwise(run):
        if before[1] == zero == point[1]:
            pieces.append([point])
        else:
            pieces[-1].append(point)
    return pieces


def _alarms(
    plane: MonthPlane,
    levels: Mapping[Level, Sequence[float | None]],
    limits: Mapping[Level, float | None],
    pen: Pen,
) -> list[str]:
    found = []
    for place, (number, row) in enumerate(zip(plane.numbers, plane.rows, strict=True)):
        if not row["alarm"]:
            continue
        for level, values in levels.items():
            value, limit = values[place], limits[level]
            if value is not None and limit is not None and abs(value) > abs(limit):
                x, y = plane.axis.middle(number), plane.scale.place(value)
                found.append(pen.mark("alarm", "diamond", x, y, max(plane.dot, 3.0)))
    return found


def _tip(row: Row, language: str) -> str:
    if not row["testable"]:
        return f"{row['month']}: {month_words.tip_gap(row, language)}"
    facts = {level.key: _figure(row, level.key) for level in LEVELS}
    said = month_words.say("tip_page", language, **facts)
    alarm = f"{month_words.say('tip_alarm', language)} " if row["alarm"] else ""
    return f"{row['month']}: {alarm}{said}"


def _figure(row: Row, key: str) -> str:
    value = figure_of(row, key)
    return "?" if value is None else f"{value:.2f}"


def _about(rows: Sequence[Row], language: str) -> str:
    tested = [row for row in rows if row["testable"]]
    gaps = month_words.gaps(rows, language)
    span = month_words.span(rows, language)
    if not tested:
        said = month_words.say("about_none", language, span=span, name=month_words.say("page", language))
        return month_words.sentences([said, gaps], language)
    alarms = [row["month"] for row in rows if row["alarm"]]
    facts = {
        "span": span,
        "up": _highest(tested, 1),
        "down": _highest(tested, -1),
        "alarms": month_words.say("about_alarms", language, months=month_words.months(alarms, language))
        if alarms
        else month_words.say("about_no_alarm", language),
    }
    return month_words.sentences([month_words.say("about_page", language, **facts), gaps], language)


def _highest(rows: Sequence[Row], side: int) -> str:
    found = [figure_of(row, level.key) for level in LEVELS if level.side == side for row in rows]
    return f"{max((value for value in found if value is not None), default=0.0):.2f}"
