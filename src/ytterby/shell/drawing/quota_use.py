"""The figure of a quota: what was produced since the year began against what may be, and where it is heading.

Sums stand at the ends of their months, so that a day of the year has its place between them. The band is the
prediction interval of the months to come; it is cut off at the upper edge of the plane. Tonnes of rare-earth oxide.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from ytterby.shell.drawing import month_words
from ytterby.shell.drawing.label import write_mass
from ytterby.shell.drawing.month_axis import MONTHS_IN_YEAR, month_number
from ytterby.shell.drawing.month_plane import MonthPlane, figure_of, month_plane
from ytterby.shell.drawing.month_words import say
from ytterby.shell.drawing.pen import Pen
from ytterby.shell.drawing.picture import AREA, GAP, LINE, Key, Picture, draw_head, write_figure
from ytterby.shell.wording import word

Row = Mapping[str, Any]
Point = tuple[float, float]
# How far beyond all that is drawn of figures the band may reach before it is cut off.
HEADROOM = 1.15


def draw_quota(position: Row, *, title: str, language: str, is_page: bool, is_narrow: bool = False) -> str:
    """Return a position of a quota (the keys of `quota_positions`), t REO, as SVG for a page or as a file.

    Raises:
        ValueError: a month or day cannot be read.
    """
    draw = partial(quota_picture, position, language)
    return write_figure(draw, title=title, is_page=is_page, is_narrow=is_narrow)


def quota_picture(position: Row, language: str, pen: Pen, width: float) -> Picture:
    """Return the figure of a quota, so wide.

    Raises:
        ValueError: a month or day cannot be read.
    """
    rows = year_rows(position)
    quota = None if position["quota_t_reo"] is None else float(position["quota_t_reo"])
    reach = [row["sum"] + (row["u"] or 0.0) for row in rows if row["sum"] is not None]
    reach += [row["ahead"] for row in rows if row["ahead"] is not None]
    reach += [] if quota is None else [HEADROOM * quota]
    head = draw_head(pen, say("quota_axis", language), _keys(position, rows, language), width)
    plane = month_plane(rows, reach, head, width)
    marks = [*_heading(plane, pen), *_quota_line(plane, quota, pen), *_sums(plane, pen), *_end(plane, position, pen)]
    tips = [_tip(row, language) for row in rows]
    return plane.finish(pen, marks, tips, _about(position, language), language=language)


def year_rows(position: Row) -> list[dict[str, Any]]:
    """Return the twelve months of a position's year: their sums and what is to come, None where there is none.

    A month before the last one entered, of which nothing was entered, is a gap.

    Raises:
        ValueError: a month cannot be read.
    """
    told = {row["month"]: row for row in position["months"]}
    ahead = {row["month"]: row for row in position["projected"]}
    last = max((month_number(month) for month in told), default=0)
    rows = []
    for number in range(1, MONTHS_IN_YEAR + 1):
        month = f"{position['year']:04d}-{number:02d}"
        own, to_come = told.get(month, {}), ahead.get(month, {})
        rows.append(
            {
                "month": month,
                "testable": month in told or month_number(month) > last,
                "made": figure_of(own, "t_reo"),
                "sum": figure_of(own, "sum_t_reo"),
                "u": figure_of(own, "sum_u_t_reo"),
                "is_whole": bool(own.get("is_whole")),
                "ahead": figure_of(to_come, "sum_t_reo"),
                "low": figure_of(to_come, "low"),
                "high": figure_of(to_come, "high"),
            }
        )
    return rows


def _keys(position: Row, rows: Sequence[Row], language: str) -> list[Key]:
    found = [Key("dot", "disc", say("quota_made", language))]
    if any(row["sum"] is not None and not row["is_whole"] for row in rows):
        found.append(Key("outside", "disc", say("quota_open", language)))
    if position["quota_t_reo"] is not None:
        found.append(Key("line-e", LINE, say("quota_line", language)))
    if any(row["ahead"] is not None for row in rows):
        found.append(Key("line-b", LINE, say("quota_ahead", language)))
    if any(row["high"] is not None for row in rows):
        found.append(Key("band-2", AREA, say("quota_band", language)))
    if _day_of_year(position) is not None:
        found.append(Key(_end_kind(position), "diamond", say("quota_end", language)))
    if not all(row["testable"] for row in rows):
        found.append(Key("gap", GAP, say("quota_gap", language)))
    return found


def _ends(plane: MonthPlane, key: str) -> list[Point]:
    """Return the points of a value at the ends of its months, within the plane."""
    top = plane.scale.high
    return [
        (plane.axis.start(number + 1), plane.scale.place(min(max(row[key], 0.0), top)))
        for number, row in zip(plane.numbers, plane.rows, strict=True)
        if row[key] is not None
    ]


def _heading(plane: MonthPlane, pen: Pen) -> list[str]:
    """Return the band and the line of what is to come, from the last whole month on."""
    ahead = _ends(plane, "ahead")
    if not ahead:
        return []
    whole = [(n, row) for n, row in zip(plane.numbers, plane.rows, strict=True) if row["is_whole"]]
    number, row = whole[-1]
    start = (plane.axis.start(number + 1), plane.scale.place(row["sum"]))
    high, low = _ends(plane, "high"), _ends(plane, "low")
    band = [pen.area("band-2", [start, *high, *reversed(low)])] if high else []
    return [*band, pen.polyline("line-b", [start, *ahead])]


def _quota_line(plane: MonthPlane, quota: float | None, pen: Pen) -> list[str]:
    if quota is None:
        return []
    y = plane.scale.place(quota)
    return [pen.line("line-e", plane.axis.left, y, plane.axis.start(plane.axis.last + 1), y)]


def _sums(plane: MonthPlane, pen: Pen) -> list[str]:
    """Return the sums with one standard uncertainty, from nothing at the year's beginning."""
    points = _ends(plane, "sum")
    found = [pen.polyline("path", [(plane.axis.left, plane.scale.place(0.0)), *points])]
    told = [row for row in plane.rows if row["sum"] is not None]
    for row, (x, y) in zip(told, points, strict=True):
        if row["u"] is not None:
            bars = (plane.scale.place(row["sum"] + sign * row["u"]) for sign in (-1, 1))
            found.append(pen.line("range-a", x, next(bars), x, next(bars)))
        found.append(pen.mark("dot" if row["is_whole"] else "outside", "disc", x, y, plane.dot))
    return found


def _end(plane: MonthPlane, position: Row, pen: Pen) -> list[str]:
    """Return the mark of the day on which the quota is used up, where it lies in the year."""
    day = _day_of_year(position)
    if day is None:
        return []
    following = date(day.year + day.month // MONTHS_IN_YEAR, day.month % MONTHS_IN_YEAR + 1, 1)
    share = day.day / (following - day.replace(day=1)).days
    x = plane.axis.start(day.year * MONTHS_IN_YEAR + day.month - 1) + plane.axis.slot * share
    y = plane.scale.place(float(position["quota_t_reo"]))
    return [pen.mark(_end_kind(position), "diamond", x, y, plane.dot + 1)]


def _day_of_year(position: Row) -> date | None:
    """Return the day on which a quota is used up; None where that is another year's, or none is told."""
    ends = position["used_up"]
    if ends is None or ends["day"] is None or position["quota_t_reo"] is None:
        return None
    day = date.fromisoformat(ends["day"])
    return day if day.year == position["year"] else None


def _end_kind(position: Row) -> str:
    return "alarm" if position["is_exceeded"] else "outside"


def _tip(row: Row, language: str) -> str:
    parts = []
    if row["sum"] is not None:
        made = "?" if row["made"] is None else write_mass(row["made"])
        u = "?" if row["u"] is None else write_mass(row["u"], 2)
        parts.append(say("quota_tip", language, made=made, sum=write_mass(row["sum"]), u=u))
    if row["ahead"] is not None:
        parts.append(_tip_ahead(row, language))
    if not row["testable"]:
        parts.append(say("quota_gap", language))
    return f"{row['month']}: {month_words.clauses(parts, language)}" if parts else str(row["month"])


def _tip_ahead(row: Row, language: str) -> str:
    if row["low"] is None or row["high"] is None:
        return say("quota_tip_ahead", language, sum=write_mass(row["ahead"]))
    facts = {"low": write_mass(max(row["low"], 0.0)), "high": write_mass(row["high"])}
    return say("quota_tip_between", language, sum=write_mass(row["ahead"]), **facts)


def _about(position: Row, language: str) -> str:
    made = figure_of(position, "produced_t_reo")
    facts = {
        "year": position["year"],
        "kind": word("quota", position["kind"], language),
        "made": "?" if made is None else write_mass(made),
    }
    if position["quota_t_reo"] is None:
        return say("about_no_quota", language, **facts)
    said = [say("about_quota", language, quota=write_mass(float(position["quota_t_reo"])), **facts)]
    ends = position["used_up"]
    if position["is_exceeded"] and ends is not None:
        said.append(say("about_quota_passed", language, day=ends["day"] or "?"))
    elif ends is not None and ends["day"] is not None:
        between = {"earliest": ends["earliest"] or "?", "latest": ends["latest"] or say("quota_never", language)}
        said.append(say("about_quota_end", language, day=ends["day"], **between))
    return month_words.sentences(said, language)
