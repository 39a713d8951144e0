"""Figures of what is missing: MUF month by month, and CUMUF since the first month, each on its band.

The band is what errors of measurement explain: one and two standard deviations about 0. A month beyond two is an
open diamond, as one in twenty is by chance; one that cannot be tested is a grey slot with a cross.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ytterby.shell.drawing import month_words
from ytterby.shell.drawing.label import write_signed
from ytterby.shell.drawing.month_plane import MonthPlane, figure_of, month_plane
from ytterby.shell.drawing.pen import Pen
from ytterby.shell.drawing.picture import AREA, GAP, Key, Picture, draw_head, say_nothing, write_figure

Row = Mapping[str, Any]
# Beyond so many standard deviations a month is marked.
MARKED_BEYOND = 2.0


class Difference(NamedTuple):
    """Which difference is drawn: its name among the words, the keys of its value and standard deviation, both kg."""

    name: str
    value_key: str
    sigma_key: str
    is_line: bool


MUF = Difference("muf", "muf_kg", "sigma_kg", is_line=False)
CUMUF = Difference("cumuf", "cumuf_kg", "sigma_cumuf_kg", is_line=True)


def draw_muf(rows: Sequence[Row], *, title: str, language: str, is_page: bool, is_narrow: bool = False) -> str:
    """Return MUF of each month (the keys of `month_rows`), kg, as SVG for a page or as a file.

    Raises:
        ValueError: a month cannot be read.
    """
    draw = partial(difference_picture, MUF, rows, language)
    return write_figure(draw, title=title, is_page=is_page, is_narrow=is_narrow)


def draw_cumuf(rows: Sequence[Row], *, title: str, language: str, is_page: bool, is_narrow: bool = False) -> str:
    """Return CUMUF since the first month, kg, as SVG for a page or as a file.

    Raises:
        ValueError: a month cannot be read.
    """
    draw = partial(difference_picture, CUMUF, rows, language)
    return write_figure(draw, title=title, is_page=is_page, is_narrow=is_narrow)


def difference_picture(which: Difference, rows: Sequence[Row], language: str, pen: Pen, width: float) -> Picture:
    """Return the figure of a difference, so wide.

    Raises:
        ValueError: a month cannot be read.
    """
    if not rows:
        return say_nothing(pen, month_words.say("nothing", language), width)
    values = [figure_of(row, which.value_key) for row in rows]
    sigmas = [figure_of(row, which.sigma_key) for row in rows]
    name = month_words.say(which.name, language)
    head = draw_head(pen, month_words.say(f"{which.name}_axis", language), _keys(rows, language), width)
    reach = [value for value in values if value is not None]
    reach += [sign * MARKED_BEYOND * sigma for sigma in sigmas if sigma is not None for sign in (-1, 1)]
    plane = month_plane(rows, reach, head, width)
    tips = [month_words.tip_kg(row, name, which.value_key, which.sigma_key, language) for row in rows]
    marks = [*_bands(plane, sigmas, pen), *_marks(plane, which, values, sigmas, pen)]
    return plane.finish(pen, marks, tips, _about(which, rows, values, sigmas, language), language=language)


def is_beyond(value: float | None, sigma: float | None) -> bool:
    """Tell whether a difference is more than twice its standard deviation; what is unknown is not."""
    return value is not None and sigma is not None and abs(value) > MARKED_BEYOND * sigma


def _keys(rows: Sequence[Row], language: str) -> list[Key]:
    found = [
        Key("band-1", AREA, month_words.say("one_sd", language)),
        Key("band-2", AREA, month_words.say("two_sd", language)),
        Key("outside", "diamond", month_words.say("beyond", language)),
    ]
    if not all(row["testable"] for row in rows):
        found.append(Key("gap", GAP, month_words.say("untested", language)))
    return found


def _bands(plane: MonthPlane, sigmas: Sequence[float | None], pen: Pen) -> list[str]:
    found = []
    for kind, times in (("band-2", 2.0), ("band-1", 1.0)):
        half = [None if sigma is None else times * sigma for sigma in sigmas]
        found += [pen.area(kind, outline) for outline in plane.band(half)]
    return found


def _marks(
    plane: MonthPlane,
    which: Difference,
    values: Sequence[float | None],
    sigmas: Sequence[float | None],
    pen: Pen,
) -> list[str]:
    found = [pen.polyline("path", run) for run in plane.points(values)] if which.is_line else []
    zero = plane.scale.place(0.0)
    for number, value, sigma in zip(plane.numbers, values, sigmas, strict=True):
        if value is None:
            continue
        x, y = plane.axis.middle(number), plane.scale.place(value)
        if not which.is_line:
            found.append(pen.line("stem", x, zero, x, y))
        kind, shape = ("outside", "diamond") if is_beyond(value, sigma) else ("dot", "disc")
        found.append(pen.mark(kind, shape, x, y, plane.dot))
    return found


def _about(
    which: Difference,
    rows: Sequence[Row],
    values: Sequence[float | None],
    sigmas: Sequence[float | None],
    language: str,
) -> str:
    known = [value for value in values if value is not None]
    gaps = month_words.gaps(rows, language)
    facts: dict[str, object] = {"span": month_words.span(rows, language), "name": month_words.say(which.name, language)}
    if not known:
        return month_words.sentences([month_words.say("about_none", language, **facts), gaps], language)
    beyond = [row["month"] for row, v, s in zip(rows, values, sigmas, strict=True) if is_beyond(v, s)]
    said = (
        month_words.say("about_beyond", language, months=month_words.months(beyond, language))
        if beyond
        else month_words.say("about_within", language)
    )
    facts |= {"low": write_signed(min(known)), "high": write_signed(max(known)), "said": said}
    code = "about_kg" if len(known) > 1 else "about_one_kg"
    return month_words.sentences([month_words.say(code, language, **facts), gaps], language)
