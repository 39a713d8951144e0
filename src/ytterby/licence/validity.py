"""How long a licence may be valid at most, in civil days: the last day of a span that begins on a day.

A licence that begins on 1 July and is valid for one year is last valid on 30 June.
"""

from datetime import date, timedelta

from ytterby.law.span import Span
from ytterby.law.span_end import end_of


def last_valid_day(first: date, most: Span) -> date:
    """Return the last day of a span of months, years or calendar days.

    Raises:
        ValueError: a span of working days, which needs a calendar.
    """
    return end_of(first, most, None) - timedelta(days=1)
