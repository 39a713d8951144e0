"""Axis of a figure: round tick values, and where a value stands.

Ticks are whole multiples of 1, 2 or 5 times a power of ten, so that they are short to read and 0 is one of them
wherever the axis passes it.
"""

from collections.abc import Iterable
from math import floor, isfinite, log10
from typing import NamedTuple

from ytterby.shell.drawing.label import DUST_KG, SIGN_MINUS

TICKS_MOST = 8
_STEPS = (1, 2, 5)
# Half of what an axis covers about one value, as a share of it.
_ALONE = 0.5


class Scale(NamedTuple):
    """A straight axis: `low` stands at the pixel `start`, `high` at `end`; either may be the greater pixel."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


class Ticks(NamedTuple):
    """Tick values in order, and how many decimals they are written with."""

    values: tuple[float, ...]
    decimals: int

    def write(self, value: float) -> str:
        """Return a tick as text, thousands apart, with a minus sign that is one."""
        return f"{value:,.{self.decimals}f}".replace("-", SIGN_MINUS)


def choose_ticks(values: Iterable[float], most: int = TICKS_MOST) -> Ticks:
    """Return at most `most` + 1 ticks that reach around all values; around 0 where there are none.

    Values that differ by dust alone count as one, with room on either side.

    Raises:
        ValueError: a value is not finite, or `most` is below 2.

    Example:
        >>> choose_ticks([-3.2, 11.0]).values
        (-4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0)
    """
    found = list(values)
    if most < 2 or not all(isfinite(value) for value in found):
        raise ValueError("an axis has two ticks or more, and finite values")
    low, high = min(found, default=0.0), max(found, default=0.0)
    if high - low < DUST_KG:
        around = abs(low) * _ALONE if abs(low) >= DUST_KG else 1.0
        low, high = low - around, high + around
    power = floor(log10((high - low) / most))
    while True:
        for step in _STEPS:
            first, last = _multiples(low, high, step, power)
            if last - first <= most:
                return Ticks(tuple(_times(n * step, power) for n in range(first, last + 1)), max(0, -power))
        power += 1


def _multiples(low: float, high: float, step: int, power: int) -> tuple[int, int]:
    """Return the multiples of a step that enclose low and high, and no more of them than that takes."""
    size = _times(step, power)
    return floor(low / size), -floor(-high / size)


def _times(count: int, power: int) -> float:
    """Return count * 10**power, rounded once."""
    return float(count * 10**power) if power >= 0 else count / 10**-power
