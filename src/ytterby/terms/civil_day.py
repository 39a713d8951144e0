"""Days and months as people write them: 2026-11-24, 2026-11 (ISO 8601, calendar dates)."""

from calendar import monthrange
from datetime import date


def is_day(text: str) -> bool:
    """Tell whether a text is a day as ISO 8601 writes it, and as it would be written again."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def last_day(month: str) -> date | None:
    """Return the last day of a month as 2026-11; None where it is none."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    return first.replace(day=monthrange(first.year, first.month)[1])
