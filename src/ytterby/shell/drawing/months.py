"""The three figures of a plant's months below one another, as one file that stands alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from ytterby.shell.drawing.muf import CUMUF, MUF, difference_picture
from ytterby.shell.drawing.page_levels import levels_picture
from ytterby.shell.drawing.pen import Pen
from ytterby.shell.drawing.picture import WIDE, write_file


def draw_months(rows: Sequence[Mapping[str, Any]], title: str, language: str) -> str:
    """Return MUF, CUMUF and the levels of Page's test of a plant and element (the keys of `month_rows`) as SVG.

    Raises:
        ValueError: a month cannot be read.
    """
    pen = Pen(is_page=False)
    pictures = [difference_picture(which, rows, language, pen, WIDE) for which in (MUF, CUMUF)]
    return write_file([*pictures, levels_picture(rows, language, pen, WIDE)], title)
