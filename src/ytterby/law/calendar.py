"""Which days count in a period, by jurisdiction: days of the week, dated holidays, make-up working days.

A calendar is data. It says which days of the week do not work, which dates are holidays, and which dates work although
their day of the week does not (*make-up days*). Some jurisdictions count calendar days: then every day counts. For each
year it says how sure its days are: *noticed* (the official notice of the year is loaded), *by rule* (the law fixes the
days, no notice is awaited), *provisional* (statutory days only). Of a year that is not listed no holiday is known.

Arithmetic costs the logarithm of the number of exceptions, over any span of years: the counted days up to a day are
those of its week's pattern, less holidays, plus make-up days before it.

Days are `datetime.date` of the jurisdiction's own zone. Nothing here reads a clock.

Sources stand on each row of the data (law/calendars), with how sure they are.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

WEEK = 7
_LAST = date.max.toordinal()


class Counting(StrEnum):
    """What a period is counted in."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class DayKind(StrEnum):
    """Why a date departs from its day of the week."""

    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"


class YearStatus(StrEnum):
    """How sure the days of a year are."""

    NOTICED = "noticed"
    BY_RULE = "by_rule"
    PROVISIONAL = "provisional"
    UNLISTED = "unlisted"

    @property
    def is_firm(self) -> bool:
        """No notice is awaited that could change a day."""
        return self in {YearStatus.NOTICED, YearStatus.BY_RULE}


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A date that departs from its day of the week, with its source and how sure that is."""

    day: date
    kind: DayKind
    name: str = ""
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """What the days of a year rest on."""

    year: int
    status: YearStatus
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far due dates of such years were from the true ones: stated less true, in calendar days.

    Measured for periods of `days_from` to `days_to`; `within_1_day` and `within_3_days` are shares of `starts`.
    """

    status: YearStatus
    days_from: int
    days_to: int
    low_days: int
    high_days: int
    within_1_day: float
    within_3_days: float
    starts: int
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True)
class Calendar:
    """The days of one jurisdiction. `weekend` holds days of the week that do not work, Monday is 0; `zone` is a name.

    Raises:
        ValueError: no day of the week works.
    """

    id: str
    zone: str = "UTC"
    weekend: frozenset[int] = frozenset()
    counting: Counting = Counting.WORKING_DAYS
    days: Mapping[date, CalendarDay] = field(default_factory=dict)
    years: Mapping[int, CalendarYear] = field(default_factory=dict)
    spreads: tuple[Spread, ...] = ()

    def __post_init__(self) -> None:
        if self.counting is Counting.WORKING_DAYS and self.weekend >= frozenset(range(WEEK)):
            raise ValueError(f"in calendar {self.id} no day of the week works")

    # What is known of a year

    def year(self, year: int) -> CalendarYear:
        """Return what the days of a year rest on; where days are not told apart every year is by rule."""
        if self.counting is Counting.CALENDAR_DAYS:
            return CalendarYear(year, YearStatus.BY_RULE)
        return self.years.get(year, CalendarYear(year, YearStatus.UNLISTED))

    def spread(self, status: YearStatus, days: int) -> Spread | None:
        """Return the spread measured for such years and periods of so many days, by the narrowest row; None: never."""
        rows = [one for one in self.spreads if one.status is status and one.days_from <= days <= one.days_to]
        return min(rows, key=lambda one: one.days_to - one.days_from, default=None)

    def with_newer(self, newer: "Calendar") -> "Calendar":
        """Return this calendar with the years that a newer one lists in place of its own, and the newer one's days."""
        kept = {day: one for day, one in self.days.items() if day.year not in newer.years}
        return replace(
            self,
            days={**kept, **newer.days},
            years={**self.years, **newer.years},
            spreads=newer.spreads or self.spreads,
        )

    # Arithmetic

    def counts(self, day: date) -> bool:
        """Tell whether a day counts: it works, or every day does."""
        weekday = day.weekday()
        if weekday in self._idle:
            return day.toordinal() in self._made_up_days
        return day.toordinal() not in self._holiday_days

    def index(self, day: date) -> int:
        """Return how many days count from the first of year 1 to a day, itself included."""
        return self._index(day.toordinal())

    def day_at(self, index: int) -> date:
        """Return the first day whose `index` is this one.

        Raises:
            ValueError: it lies outside the years 1 to 9999.
        """
        working = self._in_week[WEEK]
        # Every holiday pushes the day at most one working day on, every make-up day at most one back.
        low = max(1, (index - len(self._made_up)) // working * WEEK - WEEK)
        high = min(_LAST, ((index + len(self._holidays)) // working + 2) * WEEK)
        if index < 1 or low > _LAST or self._index(high) < index:
            raise ValueError(f"no day of calendar {self.id} has the number {index}")
        return date.fromordinal(bisect_left(range(high + 1), index, low, high, key=self._index))

    def nth_day_after(self, start: date, days: int, *, is_first_counted: bool = False) -> date:
        """Return the day on which a period of so many counted days ends.

        The first counted day is the first after `start`; with `is_first_counted` it is `start` itself, if that counts.

        Raises:
            ValueError: less than one day, or an end beyond the year 9999.
        """
        if days < 1:
            raise ValueError(f"{days} days are no period")
        before = self.index(start) - (1 if is_first_counted and self.counts(start) else 0)
        return self.day_at(before + days)

    def days_between(self, start: date, end: date) -> int:
        """Return how many days count after `start` up to and with `end`; negative where `end` comes first."""
        return self.index(end) - self.index(start)

    def _index(self, ordinal: int) -> int:
        # Day 1 of year 1 is a Monday, so that the rest of the division is the place in the week.
        weeks, rest = divmod(ordinal, WEEK)
        by_week = weeks * self._in_week[WEEK] + self._in_week[rest]
        return by_week - bisect_right(self._holidays, ordinal) + bisect_right(self._made_up, ordinal)

    @cached_property
    def _idle(self) -> frozenset[int]:
        return frozenset() if self.counting is Counting.CALENDAR_DAYS else self.weekend

    @cached_property
    def _in_week(self) -> tuple[int, ...]:
        """Working days among the first 0 to 7 days of a week."""
        return tuple(sum(1 for day in range(n) if day not in self._idle) for n in range(WEEK + 1))

    @cached_property
    def _holidays(self) -> list[int]:
        """Ordinals of holidays on days of the week that work."""
        return self._ordinals(DayKind.HOLIDAY, is_idle=False)

    @cached_property
    def _made_up(self) -> list[int]:
        """Ordinals of make-up days on days of the week that do not work."""
        return self._ordinals(DayKind.MAKEUP_WORKDAY, is_idle=True)

    @cached_property
    def _holiday_days(self) -> frozenset[int]:
        return frozenset(self._holidays)

    @cached_property
    def _made_up_days(self) -> frozenset[int]:
        return frozenset(self._made_up)

    def _ordinals(self, kind: DayKind, *, is_idle: bool) -> list[int]:
        if self.counting is Counting.CALENDAR_DAYS:
            return []
        return sorted(
            one.day.toordinal()
            for one in self.days.values()
            if one.kind is kind and (one.day.weekday() in self._idle) is is_idle
        )


def calendar_days_elapsed(start: date, end: date) -> int:
    """Return how many days passed from one day to another, the first not counted."""
    return (end - start) // timedelta(days=1)
