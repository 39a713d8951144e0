"""How long a licence may be valid at most, in civil days: the last day of a span that begins on a day.

A licence that begins on 1 July and is valid for one year is last valid on 30 June. A month without that day ends on its
last one.
"""

from calendar import monthrange
from datetime import date, timedelta

from ytterby.law.span import Span

MONTHS = {"month": 1, "year": 12}


def last_valid_day(first: date, most: Span) -> date:
    """Return the last day of a span of months, years or calendar days.

    Raises:
        ValueError: a span of working days, which needs a calendar.
    """
    if most.unit == "calendar_day":
        return first + timedelta(days=most.count - 1)
    if most.unit not in MONTHS:
        raise ValueError(f"the validity of a licence is not told in {most.unit}")
    months = first.year * 12 + first.month - 1 + most.count * MONTHS[most.unit]
    year, month = divmod(months, 12)
    day = min(first.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)
