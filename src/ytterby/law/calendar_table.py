"""Calendars read from their tables: what jurisdictions there are, their years, their days, how sure due dates are.

`calendars`: one row a jurisdiction, with the days of the week that do not work and what it counts in. `years`: what the
days of a year rest on. `days`: every date that departs from its day of the week. `spreads`: how far due dates were from
the true ones where a year's notice was not known. All problems of all tables come out at once, and with one of them
nothing is read: a calendar with a wrong day is worse than none.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from ytterby.law.calendar import Calendar, CalendarDay, CalendarYear, Counting, DayKind, Spread, YearStatus
from ytterby.law.calendar_row import Row, read_rows
from ytterby.terms.problem import Problem, refuse

CALENDAR_COLUMNS = ("calendar", "counting", "weekend", "zone", "source", "confidence")
YEAR_COLUMNS = ("calendar", "year", "status", "source", "confidence")
DAY_COLUMNS = ("calendar", "date", "kind", "name", "source", "confidence")
SPREAD_COLUMNS = (
    "calendar", "status", "days_from", "days_to", "low_days", "high_days", "within_1_day", "within_3_days", "starts",
    "source", "confidence",
)  # fmt: skip
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LISTED = (YearStatus.NOTICED, YearStatus.BY_RULE, YearStatus.PROVISIONAL)
UNSURE = (YearStatus.PROVISIONAL, YearStatus.UNLISTED)
# Beyond these no year was ever noticed, and no due date is asked for.
YEAR_FIRST, YEAR_LAST = 1900, 2999
DAYS_MOST, APART_MOST, STARTS_MOST = 10_000, 366, 999_999
NO_SPREADS = ",".join(SPREAD_COLUMNS) + "\n"


class CalendarTexts(NamedTuple):
    """The four tables as text."""

    calendars: str
    years: str
    days: str
    spreads: str = NO_SPREADS


def parse_calendars(texts: CalendarTexts) -> tuple[Mapping[str, Calendar], list[Problem]]:
    """Return the calendars by id in the order of their table; none, and all problems, where a row is wrong.

    Codes: `calendar.no_table`, `no_columns`, `no_row`, `too_long` (no table of this kind); `empty_cell`, `no_word`,
    `no_day`, `no_number` (a cell); `unknown`, `twice`, `no_year`, `works_anyway`, `all_idle`, `reversed` (rows that
    contradict each other).
    """
    problems: list[Problem] = []
    bare = _calendars(texts.calendars, problems)
    years = _years(texts.years, bare, problems)
    days = _days(texts.days, bare, years, problems)
    spreads = _spreads(texts.spreads, bare, problems)
    if problems:
        return {}, problems
    return {
        name: Calendar(name, one.zone, one.weekend, one.counting, days[name], years[name], tuple(spreads[name]))
        for name, one in bare.items()
    }, []


def _calendars(text: str, problems: list[Problem]) -> dict[str, Calendar]:
    found: dict[str, Calendar] = {}
    for row in read_rows("calendars", text, CALENDAR_COLUMNS, problems):
        name, zone = row.text("calendar"), row.text("zone")
        counting = row.word("counting", Counting)
        weekend = _weekend(row)
        row.sourced()
        if name in found:
            row.note(refuse("calendar.twice", "", name), "calendar")
        elif len(weekend) == len(WEEKDAYS) and counting is not Counting.CALENDAR_DAYS:
            row.note(refuse("calendar.all_idle", "", row.cells["weekend"]), "weekend")
        elif name:
            found[name] = Calendar(name, zone, weekend, counting or Counting.WORKING_DAYS)
    return found


def _weekend(row: Row) -> frozenset[int]:
    """Return the days of the week that do not work, written as `Sat Sun`; an empty cell means that all work."""
    said = row.cells["weekend"].split()
    for word in said:
        if word not in WEEKDAYS:
            row.note(refuse("calendar.no_word", "", word, words=", ".join(WEEKDAYS)), "weekend")
    return frozenset(WEEKDAYS.index(word) for word in said if word in WEEKDAYS)


def _known(row: Row, bare: Mapping[str, Calendar]) -> str | None:
    name = row.cells["calendar"].strip()
    if name in bare:
        return name
    row.note(refuse("calendar.unknown", "", name, known=", ".join(bare)), "calendar")
    return None


def _years(text: str, bare: Mapping[str, Calendar], problems: list[Problem]) -> dict[str, dict[int, CalendarYear]]:
    found: dict[str, dict[int, CalendarYear]] = {name: {} for name in bare}
    for row in read_rows("years", text, YEAR_COLUMNS, problems):
        name, year = _known(row, bare), row.whole("year", YEAR_FIRST, YEAR_LAST)
        status = row.word("status", YearStatus, LISTED)
        source, confidence = row.sourced()
        if name is None or year is None or status is None:
            continue
        if year in found[name]:
            row.note(refuse("calendar.twice", "", f"{name} {year}"), "year")
        found[name][year] = CalendarYear(year, status, source, confidence)
    return found


def _days(
    text: str,
    bare: Mapping[str, Calendar],
    years: Mapping[str, Mapping[int, CalendarYear]],
    problems: list[Problem],
) -> dict[str, dict[date, CalendarDay]]:
    found: dict[str, dict[date, CalendarDay]] = {name: {} for name in bare}
    for row in read_rows("days", text, DAY_COLUMNS, problems):
        name, day, kind = _known(row, bare), row.day("date"), row.word("kind", DayKind)
        called = row.text("name")
        source, confidence = row.sourced()
        if name is None or day is None or kind is None:
            continue
        # The notice of a year may also move the last days of the year before.
        if not {day.year, day.year + 1} & years[name].keys():
            row.note(refuse("calendar.no_year", "", day.isoformat(), year=day.year), "date")
        if kind is DayKind.MAKEUP_WORKDAY and day.weekday() not in bare[name].weekend:
            row.note(refuse("calendar.works_anyway", "", day.isoformat(), weekday=WEEKDAYS[day.weekday()]), "date")
        if day in found[name]:
            row.note(refuse("calendar.twice", "", f"{name} {day.isoformat()}"), "date")
        found[name][day] = CalendarDay(day, kind, called, source, confidence)
    return found


def _spreads(text: str, bare: Mapping[str, Calendar], problems: list[Problem]) -> dict[str, list[Spread]]:
    found: dict[str, list[Spread]] = {name: [] for name in bare}
    for row in read_rows("spreads", text, SPREAD_COLUMNS, problems):
        name, status = _known(row, bare), row.word("status", YearStatus, UNSURE)
        first, last = (row.whole(column, 1, DAYS_MOST) for column in ("days_from", "days_to"))
        low, high = (row.whole(column, -APART_MOST, APART_MOST) for column in ("low_days", "high_days"))
        one, three = row.share("within_1_day"), row.share("within_3_days")
        starts = row.whole("starts", 1, STARTS_MOST)
        source, confidence = row.sourced()
        if name is None or status is None or one is None or three is None or starts is None:
            continue
        if first is None or last is None or low is None or high is None:
            continue
        if first > last:
            row.note(refuse("calendar.reversed", "", first, other=last), "days_from")
        if low > high:
            row.note(refuse("calendar.reversed", "", low, other=high), "low_days")
        if one > three:
            row.note(refuse("calendar.reversed", "", one, other=three), "within_1_day")
        found[name].append(Spread(status, first, last, low, high, one, three, starts, source, confidence))
    return found
