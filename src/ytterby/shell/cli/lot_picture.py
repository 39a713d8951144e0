"""Pictures of traces as SVG files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ytterby.shell.cli.outcome import CouldNotRun
from ytterby.shell.cli.screen import Screen
from ytterby.shell.drawing import add_stock, draw_sankey
from ytterby.shell.wording import word
from ytterby.terms.identifier import tail

Json = dict[str, Any]


def draw_trace(screen: Screen, trace: Json, stays: Sequence[Json] = ()) -> str:
    """Return the picture of a trace, with what stays where it is when the destinations are given."""
    key = "picture.back" if trace["direction"] == "back" else "picture.forward"
    element = word("element", trace["element"], screen.language)
    title = screen.texts(key, lot=tail(trace["lot"]), element=element)
    return draw_sankey(add_stock(trace, stays) if stays else trace, title=title, language=screen.language)


def write_picture(path: Path, svg: str) -> None:
    """Write a picture.

    Raises:
        CouldNotRun: the file cannot be written.
    """
    try:
        path.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=path, why=error.strerror or error) from None
