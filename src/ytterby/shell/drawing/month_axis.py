"""Months along a figure: where each stands, and which of them are named.

At most twelve are named, at months that a reader knows: each, each second, each quarter, each half year, each January.
"""

from typing import NamedTuple

from ytterby.shell.wording import fill, word

MONTHS_IN_YEAR = 12
LABELS_MOST = 12
# Between the months that are named; beyond these whole years, doubled until few enough are left.
_STRIDES = (1, 2, 3, 6, 12)
# A figure of few months does not stretch them over its whole width.
SLOT_MOST = 96.0


class MonthLabel(NamedTuple):
    """A named month: its number, and one or two lines of text."""

    number: int
    lines: tuple[str, ...]


class MonthAxis(NamedTuple):
    """Months `first` to `last` (year * 12 + month - 1), each a slot of equal width from `left` on, pixels."""

    first: int
    last: int
    left: float
    slot: float

    @property
    def numbers(self) -> range:
        """All months of the axis."""
        return range(self.first, self.last + 1)

    def start(self, number: int) -> float:
        """Return where the slot of a month begins."""
        return self.left + (number - self.first) * self.slot

    def middle(self, number: int) -> float:
        """Return the middle of a month's slot."""
        return self.start(number) + self.slot / 2

    def labels(self, language: str, most: int = LABELS_MOST) -> list[MonthLabel]:
        """Return the months that are named: the month and, where it begins or changes, the year below it."""
        stride = _stride(self.first, self.last, most)
        named = [number for number in self.numbers if number % stride == 0]
        if stride >= MONTHS_IN_YEAR:
            return [MonthLabel(number, (_year(number, language),)) for number in named]
        found = []
        for place, number in enumerate(named):
            lines: tuple[str, ...] = (word("month", number % MONTHS_IN_YEAR + 1, language),)
            if place == 0 or number // MONTHS_IN_YEAR != named[place - 1] // MONTHS_IN_YEAR:
                lines = (*lines, _year(number, language))
            found.append(MonthLabel(number, lines))
        return found


def month_axis(first: int, last: int, left: float, right: float) -> MonthAxis:
    """Return the axis of the months first to last between two pixels."""
    return MonthAxis(first, last, left, min((right - left) / (last - first + 1), SLOT_MOST))


def month_number(text: str) -> int:
    """Return year * 12 + month - 1 of a month written as 2026-03.

    Raises:
        ValueError: it is no month.
    """
    year, _, month = text.partition("-")
    if not (year.isdigit() and month.isdigit() and 1 <= int(month) <= MONTHS_IN_YEAR):
        raise ValueError(f"{text!r} is no month; write 2026-03")
    return int(year) * MONTHS_IN_YEAR + int(month) - 1


def _stride(first: int, last: int, most: int) -> int:
    for stride in _STRIDES:
        if last // stride - (first - 1) // stride <= most:
            return stride
    stride = 2 * MONTHS_IN_YEAR
    while last // stride - (first - 1) // stride > most:
        stride *= 2
    return stride


def _year(number: int, language: str) -> str:
    return fill(word("figure", "year", language), {"year": f"{number // MONTHS_IN_YEAR:04d}"})
