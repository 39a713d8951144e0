"""Calendars to count on in tests: the packaged ones, made-up ones, and counting day by day, which shares no code."""

from datetime import date, timedelta

from hypothesis import strategies as st

from ytterby.law.calendar import Calendar, CalendarDay, DayKind

SATURDAY, SUNDAY = 5, 6
WEEKEND = frozenset({SATURDAY, SUNDAY})


def calendar_of(holidays=(), made_up=(), weekend=WEEKEND, **more) -> Calendar:
    days = {day: CalendarDay(day, DayKind.HOLIDAY) for day in holidays}
    days |= {day: CalendarDay(day, DayKind.MAKEUP_WORKDAY) for day in made_up}
    return Calendar("test", weekend=weekend, days=days, **more)


def works(day: date, holidays, made_up, weekend=WEEKEND) -> bool:
    return day in made_up if day.weekday() in weekend else day not in holidays


def count_day_by_day(start: date, days: int, holidays, made_up, weekend=WEEKEND, *, is_first_counted=False) -> date:
    """Return the day a period ends on, going from day to day."""
    day, left = start, days
    if is_first_counted and works(day, holidays, made_up, weekend):
        left -= 1
    while left:
        day += timedelta(days=1)
        left -= works(day, holidays, made_up, weekend)
    return day


def dates(first=date(2019, 1, 1), last=date(2032, 12, 31)):
    return st.dates(min_value=first, max_value=last)


def weekends():
    """Return sets of days of the week that do not work, never all seven."""
    return st.sets(st.integers(0, 6), max_size=6).map(frozenset)
