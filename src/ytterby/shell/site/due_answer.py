"""When a period ends, with the keys of the contract: for the command and for the page.

`spread_days` is how far such dates were from the true ones, stated less true, as measured; so the true date lies from
`earliest` (stated less the high end) to `latest` (stated less the low end).
"""

from datetime import date
from typing import Any

from ytterby.law.calendar import Calendar, CalendarYear, Spread
from ytterby.law.due import due_after

Json = dict[str, Any]


def due_json(calendar: Calendar, start: date, days: int, *, is_first_counted: bool) -> Json:
    """Return when a period ends, by the convention that is asked for and beside it by the other.

    Raises:
        ValueError: less than one day, or an end beyond the year 9999.
    """
    plain, counted = (due_after(calendar, start, days, is_first_counted=first) for first in (False, True))
    due = counted if is_first_counted else plain
    certainty = due.certainty
    spread = certainty.spread
    return {
        "calendar": calendar.id,
        "from": due.start.isoformat(),
        "days": due.days,
        "counting": calendar.counting.value,
        "first_day_counts": is_first_counted,
        "due": due.day.isoformat(),
        "due_if_first_day_counts": counted.day.isoformat(),
        "provisional": bool(certainty.open_years),
        "spread_days": [spread.low_days, spread.high_days] if spread else None,
        "spread": _spread(spread) if spread else None,
        "earliest": _day(certainty.earliest),
        "latest": _day(certainty.latest),
        "calendar_days": due.calendar_days,
        "years": [_year(one) for one in certainty.years],
    }


def _spread(spread: Spread) -> Json:
    return {
        "is": "stated less true, calendar days",
        "within_1_day": spread.within_1_day,
        "within_3_days": spread.within_3_days,
        "starts": spread.starts,
        "source": spread.source,
        "confidence": spread.confidence,
    }


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _year(one: CalendarYear) -> Json:
    return {
        "year": one.year,
        "status": one.status.value,
        "source": one.source or None,
        "confidence": one.confidence or None,
    }
