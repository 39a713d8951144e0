"""The day on which a length of time ends that the law states: working days by a calendar, all else by the civil one.

The first day after the start is day one. A month without the day of the start ends on its last day.
"""

from calendar import monthrange
from datetime import date, timedelta

from ytterby.law.calendar import Calendar
from ytterby.law.span import Span

_MONTHS = {"month": 1, "year": 12}


def end_of(start: date, span: Span, calendar: Calendar | None) -> date:
    """Return the last day of a span that began on a day.

    Raises:
        ValueError: working days without a calendar.
    """
    if span.unit == "working_day":
        if calendar is None:
            raise ValueError(f"{span.count} working days need a calendar")
        return calendar.nth_day_after(start, span.count)
    if span.unit == "calendar_day":
        return start + timedelta(days=span.count)
    year, month = divmod(start.year * 12 + start.month - 1 + span.count * _MONTHS[span.unit], 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
