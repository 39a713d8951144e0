"""When a period ends, and how sure that is.

The first counted day is the first after the start, or the start itself where it counts: which of the two is the pack's
word, so both are asked for. A due date that runs into a year whose notice is not loaded is *provisional*: it stands
with the spread that was measured for such dates, and becomes firm when the same question is asked of the calendar with
the notice in it.

A spread is *stated less true*. So the true date of a provisional one lies between the stated less the spread's high end
and the stated less its low end; never before the first day that is not sure, since all before that is counted.

Source: regulation of this project, section 2 (spread) and 5.6 (the two conventions of day one).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ytterby.law.calendar import Calendar, CalendarYear, Spread, YearStatus, calendar_days_elapsed


class DueKind(StrEnum):
    """How sure a due date is. NONE: there is none at present; NO_LIMIT: the law sets none."""

    FIRM = "firm"
    PROVISIONAL = "provisional"
    NONE = "none"
    NO_LIMIT = "no_limit"


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure a due date is: what its years rest on, and where the true one lies as far as that was measured.

    `earliest` and `latest` are the due date itself where it is firm, None where nothing was measured.
    """

    kind: DueKind
    years: tuple[CalendarYear, ...]
    spread: Spread | None
    earliest: date | None
    latest: date | None

    @property
    def open_years(self) -> tuple[CalendarYear, ...]:
        """The years whose days may still change."""
        return tuple(one for one in self.years if not one.status.is_firm)


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a period of `days` counted days from a day on."""

    start: date
    days: int
    day: date
    certainty: Certainty

    @property
    def calendar_days(self) -> int:
        """Days passed from the start to the end."""
        return calendar_days_elapsed(self.start, self.day)


def due_after(calendar: Calendar, start: date, days: int, *, is_first_counted: bool = False) -> Due:
    """Return when a period of so many counted days ends.

    Raises:
        ValueError: less than one day, or an end beyond the year 9999.
    """
    day = calendar.nth_day_after(start, days, is_first_counted=is_first_counted)
    first = start if is_first_counted else start + timedelta(days=1)
    return Due(start, days, day, certainty_of(calendar, min(first, day), day, days))


def certainty_of(calendar: Calendar, first: date, due: date, days: int) -> Certainty:
    """Return how sure a due date is whose period of so many counted days began on `first`."""
    years = tuple(calendar.year(year) for year in range(first.year, due.year + 1))
    unsure = [one for one in years if not one.status.is_firm]
    if not unsure:
        return Certainty(DueKind.FIRM, years, None, due, due)
    statuses = {one.status for one in unsure}
    # Where of some year nothing is known, the spread of that is the wider one.
    status = YearStatus.UNLISTED if YearStatus.UNLISTED in statuses else YearStatus.PROVISIONAL
    spread = calendar.spread(status, days)
    if spread is None:
        return Certainty(DueKind.PROVISIONAL, years, None, None, None)
    sure_before = max(first, date(unsure[0].year, 1, 1))
    earliest = min(due, max(sure_before, _moved(due, -spread.high_days)))
    return Certainty(DueKind.PROVISIONAL, years, spread, earliest, _moved(due, -spread.low_days))


def _moved(day: date, days: int) -> date:
    """Return the day so many days on; the calendar's own first and last day where it would run over them."""
    ordinal = min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(ordinal)
