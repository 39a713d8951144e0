"""The day a year before a day, for periods of twelve months that end on any day.

Of 29 February it is 28 February, so that a period that ends on it holds 366 days.
"""

from datetime import date


def year_before(day: date) -> date:
    """Return the day of the year before; the period of twelve months that ends on a day begins after it."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
