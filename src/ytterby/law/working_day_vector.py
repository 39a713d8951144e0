"""Vectors of the kind `working days`: due dates by both conventions, one row each.

Contract: vectors/README.md of this project.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ytterby.law.calendar import Calendar
from ytterby.law.due import due_after

INPUTS = ("calendar", "received", "working_days")
OUTPUTS = ("due_receipt_day_not_counted", "due_receipt_day_counted", "calendar_days_elapsed")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[0-9]{1,6}")

Fields = dict[str, Any]


def compute_working_days(rows: Sequence[Mapping[str, str]], calendars: Mapping[str, Calendar]) -> list[Fields]:
    """Return for each row its columns as far as they are known, days as ISO texts, numbers of days as integers.

    Raises:
        ValueError: an unknown calendar, no day, or no number of days.
    """
    return [_computed(row, calendars, number) for number, row in enumerate(rows, 2)]


def expected_working_days(rows: Sequence[Mapping[str, str]]) -> list[Fields]:
    """Return what the rows say of the columns that are computed, in the same types; empty where they say nothing."""
    if not any(set(OUTPUTS) & row.keys() for row in rows):
        return []
    return [
        {name: int(cell) if _WHOLE.fullmatch(cell) else cell for name, cell in row.items() if name in INPUTS + OUTPUTS}
        for row in rows
    ]


def _computed(row: Mapping[str, str], calendars: Mapping[str, Calendar], number: int) -> Fields:
    name, received, days = (row[column].strip() for column in INPUTS)
    if name not in calendars:
        raise ValueError(f"row {number}: there is no calendar {name!r}, only {', '.join(calendars)}")
    if not _DAY.fullmatch(received):
        raise ValueError(f"row {number}: {received!r} is no day")
    if not _WHOLE.fullmatch(days):
        raise ValueError(f"row {number}: {days!r} is no number of days")
    start, count = date.fromisoformat(received), int(days)
    due = due_after(calendars[name], start, count)
    counted = due_after(calendars[name], start, count, is_first_counted=True)
    found = {
        "calendar": name,
        "received": received,
        "working_days": count,
        "due_receipt_day_not_counted": due.day.isoformat(),
        "due_receipt_day_counted": counted.day.isoformat(),
        "calendar_days_elapsed": due.calendar_days,
    }
    return {column: found[column] for column in row if column in found} | found
