"""A figure put together: its head with name and keys, for a page or as a file with a title.

A page holds a wide and a narrow drawing of one figure, of which the stylesheet shows the one that fits; so letters keep
their size on a phone.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ytterby.shell.drawing.label import measure
from ytterby.shell.drawing.pen import NAME_SIZE, SHAPES, TICK_SIZE, Pen
from ytterby.shell.drawing.svg import HEADING_SIZE, MARGIN, text_of, write_document

WIDE, NARROW = 960.0, 340.0
TITLE_HEIGHT = 44.0
ROW_HEIGHT = 18.0
KEY_WIDTH, KEY_GAP, KEY_SPACE = 16.0, 6.0, 18.0
LINE, AREA, GAP = "line", "area", "gap"


class Key(NamedTuple):
    """An entry of the legend: kind of mark, its shape (one of `SHAPES`, or `LINE`, `AREA`, `GAP`), what it means."""

    kind: str
    shape: str
    text: str


class Head(NamedTuple):
    """What stands above a figure, and how high it is, pixels."""

    parts: tuple[str, ...]
    height: float


class Picture(NamedTuple):
    """A drawn figure, pixels; `about` says what a sighted reader sees."""

    width: float
    height: float
    parts: tuple[str, ...]
    about: str


def draw_head(pen: Pen, name: str, keys: Sequence[Key], width: float) -> Head:
    """Return the name of the vertical axis and the keys: on one row where they fit, else the keys below it."""
    parts = [pen.text("name", 0, 13, name)]
    rows = _rows(keys, width)
    is_beside = len(rows) == 1 and measure(name, NAME_SIZE) + 2 * KEY_SPACE + _width(rows[0]) <= width
    y = 13.0 if is_beside else 13.0 + ROW_HEIGHT
    for row in rows:
        x = width - _width(row) if is_beside else 0.0
        for key in row:
            parts += [_swatch(pen, key, x, y - 4), pen.text("key", x + KEY_WIDTH + KEY_GAP, y, key.text)]
            x += _key_width(key) + KEY_SPACE
        y += ROW_HEIGHT
    return Head(tuple(parts), y)


def write_figure(draw: Callable[[Pen, float], Picture], *, title: str, is_page: bool, is_narrow: bool = False) -> str:
    """Return what `draw` draws with a pen, so wide: for a page in one of its two widths, or as a file with a title."""
    picture = draw(Pen(is_page), NARROW if is_narrow else WIDE)
    return _write_page(picture, is_narrow=is_narrow) if is_page else write_file([picture], title)


def _write_page(picture: Picture, *, is_narrow: bool) -> str:
    size = f'viewBox="0 0 {picture.width:.0f} {picture.height:.0f}" width="{picture.width:.0f}"'
    names = "chart narrow" if is_narrow else "chart"
    return (
        f'<svg class="{names}" {size} height="{picture.height:.0f}" role="img" aria-label="{text_of(picture.about)}">'
        f"{''.join(picture.parts)}</svg>"
    )


def write_file(pictures: Sequence[Picture], title: str) -> str:
    """Return figures below one another as one file."""
    width = max(picture.width for picture in pictures)
    y, groups = MARGIN + TITLE_HEIGHT, []
    for picture in pictures:
        groups.append(f'<g transform="translate({MARGIN:.0f} {y:.0f})">{"".join(picture.parts)}</g>')
        y += picture.height + MARGIN
    about = " ".join(picture.about for picture in pictures)
    return write_document(
        width + 2 * MARGIN, y, "".join(groups), title=title, title_y=MARGIN + HEADING_SIZE, about=about
    )


def say_nothing(pen: Pen, text: str, width: float) -> Picture:
    """Return a figure of nothing, which says so."""
    return Picture(width, 40, (pen.text("key", 0, 24, text),), text)


def _rows(keys: Sequence[Key], width: float) -> list[list[Key]]:
    rows: list[list[Key]] = []
    for key in keys:
        if rows and _width([*rows[-1], key]) <= width:
            rows[-1].append(key)
        else:
            rows.append([key])
    return rows


def _width(keys: Sequence[Key]) -> float:
    return sum(_key_width(key) for key in keys) + KEY_SPACE * (len(keys) - 1)


def _key_width(key: Key) -> float:
    return KEY_WIDTH + KEY_GAP + measure(key.text, TICK_SIZE)


def _swatch(pen: Pen, key: Key, x: float, y: float) -> str:
    middle = x + KEY_WIDTH / 2
    if key.shape == LINE:
        return pen.line(key.kind, x, y, x + KEY_WIDTH, y)
    if key.shape in SHAPES:
        return pen.mark(key.kind, key.shape, middle, y, 4)
    box = pen.rect(key.kind, x, y - 5, KEY_WIDTH, 10)
    return box + pen.cross(middle, y, 2.5) if key.shape == GAP else box
