"""The period that a return is of: a month, a quarter or a year of the calendar, and the day on which it falls due."""

import re
from datetime import date, timedelta
from typing import NamedTuple

MONTH, QUARTER, YEAR = "month", "quarter", "year"
EVERY = {MONTH: 1, QUARTER: 3, YEAR: 12}
_NAMES = {count: name for name, count in EVERY.items()}
_TEXT = re.compile(r"([12]\d{3})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?", re.ASCII)


class ReturnPeriod(NamedTuple):
    """A period by its last month, and of how many months it is: periods stand in order of their end."""

    year: int
    month: int
    months: int

    @property
    def every(self) -> str:
        """Return what kind of period it is."""
        return _NAMES[self.months]

    @property
    def last_day(self) -> date:
        """Return its last day."""
        return _month(self.year, self.month, 1) - timedelta(days=1)

    @property
    def first_day(self) -> date:
        """Return its first day."""
        return _month(self.year, self.month, 1 - self.months)

    def __str__(self) -> str:
        if self.months == EVERY[YEAR]:
            return f"{self.year:04d}"
        if self.months == EVERY[QUARTER]:
            return f"{self.year:04d}-Q{self.month // 3}"
        return f"{self.year:04d}-{self.month:02d}"


def period_with(year: int, month: int, every: str) -> ReturnPeriod:
    """Return the month, quarter or year that holds a month."""
    count = EVERY[every]
    return ReturnPeriod(year, -(-month // count) * count, count)


def read_period(text: str) -> ReturnPeriod | None:
    """Return a period written as 2026-05, 2026-Q2 or 2026; None where it is none."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    year, month, quarter = found.groups()
    if month is not None:
        return ReturnPeriod(int(year), int(month), EVERY[MONTH])
    if quarter is not None:
        return ReturnPeriod(int(year), 3 * int(quarter), EVERY[QUARTER])
    return ReturnPeriod(int(year), 12, EVERY[YEAR])


def day_after(period: ReturnPeriod, day: int, months_after: int) -> date:
    """Return a day of the n-th month after a period's last one; the last of a month that has no such day."""
    first = _month(period.year, period.month, months_after)
    last = _month(first.year, first.month, 1) - timedelta(days=1)
    return first.replace(day=min(day, last.day))


def _month(year: int, month: int, plus: int) -> date:
    number = year * 12 + month - 1 + plus
    return date(number // 12, number % 12 + 1, 1)
