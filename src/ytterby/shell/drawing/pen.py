"""Marks of a figure, in two looks: classes for a page, presentation attributes for a file that stands alone.

`PAINT` names every kind of mark with how it looks in a file; the stylesheet of the portal holds the same names under
`.chart`, for either ground. What is written is escaped (threat X1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ytterby.shell.drawing.svg import INK, INK_2, PAPER, text_of
from ytterby.shell.drawing.svg import PAINT as BOXES

TICK_SIZE, NAME_SIZE = 11.0, 12.0
_LINE = "#e2e2dc"
# Colours are those of the boxes of a trace, as they are on a page.
_LOT, _EXPORT, _LOOP, _BAD, _FOCUS, _LOSS = (BOXES[k][0] for k in ("lot", "export", "loop", "bad", "focus", "loss"))
_SERIES = {"a": _LOT, "b": _EXPORT, "c": _LOOP, "d": _BAD, "e": _FOCUS, "f": _LOSS}
_DASHES = {"a": "", "b": "6 3", "c": "2 3", "d": "9 3 2 3", "e": "", "f": "6 3"}

# Kind of mark -> how it looks in a file.
PAINT = MappingProxyType(
    {
        "grid": f'stroke="{_LINE}"',
        "zero": f'stroke="{INK_2}"',
        "tick": f'font-size="{TICK_SIZE:g}" fill="{INK_2}"',
        "name": f'font-size="{NAME_SIZE:g}" font-weight="560" fill="{INK}"',
        "key": f'font-size="{TICK_SIZE:g}" fill="{INK_2}"',
        "band-1": 'fill="#c9c3e6"',
        "band-2": 'fill="#e6e3f3"',
        "gap": 'fill="#ececea"',
        "cross": 'stroke="#5f6472" stroke-width="1.3" fill="none"',
        "stem": f'stroke="{_LOT}" stroke-width="1.5"',
        "path": f'stroke="{_LOT}" stroke-width="1.5" fill="none"',
        "dot": f'fill="{_LOT}" stroke="{PAPER}"',
        "outside": f'fill="{PAPER}" stroke="{_LOT}" stroke-width="1.5"',
        "alarm": f'fill="{_BAD}" stroke="{PAPER}"',
        "limit-a": f'stroke="{_LOT}" stroke-dasharray="1 3"',
        "limit-b": f'stroke="{_EXPORT}" stroke-dasharray="6 3 1 3"',
        "hit": f'fill="{PAPER}" fill-opacity="0"',
        **{
            f"line-{name}": f'stroke="{colour}" stroke-width="1.8" fill="none"'
            + (f' stroke-dasharray="{_DASHES[name]}"' if _DASHES[name] else "")
            for name, colour in _SERIES.items()
        },
        **{f"range-{name}": f'stroke="{colour}" stroke-width="1.2" fill="none"' for name, colour in _SERIES.items()},
        **{f"mark-{name}": f'fill="{colour}" stroke="{PAPER}"' for name, colour in _SERIES.items()},
    }
)
SERIES = tuple(_SERIES)
# Which shape a series has, so that it is told apart without its colour.
SHAPES = ("disc", "square", "up", "diamond", "down", "bar")


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes marks for a page or for a file."""

    is_page: bool

    def look(self, kind: str) -> str:
        """Return the attributes of a kind of mark.

        Raises:
            KeyError: there is no such kind.
        """
        attributes = PAINT[kind]
        return f'class="{kind}"' if self.is_page else attributes

    def line(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
        """Return a straight line."""
        return f'<path {self.look(kind)} d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'

    def rect(self, kind: str, x: float, y: float, width: float, height: float, title: str = "") -> str:
        """Return a rectangle, with a tip where it has a title."""
        box = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.0):.1f}" height="{max(height, 0.0):.1f}"'
        return f"<rect {self.look(kind)} {box}>{_tip(title)}</rect>" if title else f"<rect {self.look(kind)} {box}/>"

    def polyline(self, kind: str, points: Sequence[tuple[float, float]]) -> str:
        """Return a line through points; nothing through fewer than two."""
        if len(points) < 2:
            return ""
        return f'<path {self.look(kind)} d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}"/>'

    def area(self, kind: str, points: Sequence[tuple[float, float]]) -> str:
        """Return a closed area."""
        return f'<path {self.look(kind)} d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}Z"/>'

    def mark(self, kind: str, shape: str, x: float, y: float, radius: float) -> str:
        """Return a mark of one of `SHAPES` about a point, all of about the same area.

        Raises:
            KeyError: there is no such shape or kind.
        """
        r = radius
        if shape == "disc":
            return f'<circle {self.look(kind)} cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'
        corners = {
            "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
            "diamond": ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
            "up": ((0, -1.3), (1.2, 0.9), (-1.2, 0.9)),
            "down": ((0, 1.3), (1.2, -0.9), (-1.2, -0.9)),
            "bar": ((-0.5, -1.5), (0.5, -1.5), (0.5, 1.5), (-0.5, 1.5)),
        }[shape]
        return self.area(kind, [(x + dx * r, y + dy * r) for dx, dy in corners])

    def cross(self, x: float, y: float, radius: float) -> str:
        """Return the sign of a month without figures."""
        r = radius
        path = f"M{x - r:.1f} {y - r:.1f}L{x + r:.1f} {y + r:.1f}M{x + r:.1f} {y - r:.1f}L{x - r:.1f} {y + r:.1f}"
        return f'<path {self.look("cross")} d="{path}"/>'

    def text(self, kind: str, x: float, y: float, text: str, anchor: str = "start") -> str:
        """Return a text; `anchor` is start, middle or end."""
        aligned = "" if anchor == "start" else f' text-anchor="{anchor}"'
        return f'<text {self.look(kind)} x="{x:.1f}" y="{y:.1f}"{aligned}>{text_of(text)}</text>'


def _tip(title: str) -> str:
    return f"<title>{text_of(title)}</title>"
