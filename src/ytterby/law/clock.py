"""The clock of a case: what day it is on, what stopped it, and when it is due. A pure function of what happened.

Out of events up to an instant, a rule, a calendar and a zone comes the state of the clock at that instant; any instant
can be asked for, later and in any order. No count is kept and no nightly job makes one.

*Candidate days* are the working days after the day of acceptance (with it, where the rule says so) whose cutoff is not
after the instant, and not after the decision. A stop is open from its instant, inclusive, to its resume, exclusive. It
costs candidate days by one of two rules (`clock_rule.DayRule`); both counts are always told, the rule's own is the day
of the clock. Days are taken as numbers on the calendar (`Calendar.index`), so that a stop is a run of numbers: with
i(x) the number of the first working day whose cutoff is at x or after it, the stop from s to e costs i(s) to i(e) - 1
at cutoff, and i(s) to i(e) by any overlap.

A stop whose reason the rule does not name stops nothing; it is told with a remark. What contradicts itself (a resume of
what is not stopped, a second acceptance) has no effect and is remarked too.

Instants are aware datetimes and are kept in UTC. Day boundaries are those of the zone, changes of its clocks included.

Sources: vectors/README.md of this project (kind casework, sla); casework page of this project, sections 0.5 and 5.3.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from ytterby.law.calendar import Calendar
from ytterby.law.clock_rule import ClockRule, DayRule, Effect
from ytterby.law.due import Certainty, DueKind, certainty_of
from ytterby.terms.instant import write_instant
from ytterby.terms.problem import Problem, remark

_DAY = timedelta(days=1)


class Happening(StrEnum):
    """What an event of a clock does."""

    ACCEPTED = "accepted"
    STOP = "stop"
    RESUME = "resume"
    NO_LIMIT = "no_limit"
    DECIDED = "decided"


class ClockState(StrEnum):
    """Where a clock stands."""

    NOT_ACCEPTED = "not_accepted"
    RUNNING = "running"
    STOPPED = "stopped"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something that happened to a clock. A stop and its resume share an `id`; `reason` is a code of the rule.

    Raises:
        ValueError: an instant without a zone.
    """

    kind: Happening
    at: datetime
    id: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {self.at!r}")
        # Two instants of one zone are compared by their wall clocks, which an hour told twice would confuse.
        object.__setattr__(self, "at", self.at.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop up to the instant asked for; `ended` is None while it is open.

    `days` are the working days that it took, by the rule's own counting, of those that would have counted; `days_by` by
    each. A stop that does not count took none. Days that two stops took at once stand in both.
    """

    id: str
    reason: str
    began: datetime
    ended: datetime | None
    is_counted: bool
    days: int
    days_by: Mapping[DayRule, int]

    @property
    def is_open(self) -> bool:
        """It was not resumed."""
        return self.ended is None


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock at an instant.

    `day` is the count by the rule, `days_by` by each counting. `due` is the day on whose cutoff the count reaches the
    limit if nothing more happens, or did reach it; None unless `due_kind` is firm or provisional: without acceptance,
    while a stop is open, and after the decision there is none; with `no_limit` the law sets none. `reached` is the day
    on whose cutoff the limit was used up, whatever came after it; None before, and where there is no limit.
    """

    as_of: datetime
    state: ClockState
    accepted_on: date | None
    day: int
    days_by: Mapping[DayRule, int]
    limit_days: int
    due_kind: DueKind
    due: date | None
    certainty: Certainty | None
    stops: tuple[Stop, ...]
    remarks: tuple[Problem, ...]
    reached: date | None = None

    @property
    def open_stops(self) -> tuple[Stop, ...]:
        """The stops that keep the clock from running."""
        return tuple(one for one in self.stops if one.is_open and one.is_counted)

    @property
    def is_overdue(self) -> bool:
        """The limit is used up, and nothing is decided."""
        is_waiting = self.state in {ClockState.RUNNING, ClockState.STOPPED}
        return is_waiting and self.due_kind is not DueKind.NO_LIMIT and self.day >= self.limit_days


def read_clock(
    events: Iterable[ClockEvent], *, rule: ClockRule, calendar: Calendar, zone: tzinfo, as_of: datetime
) -> Clock:
    """Return the clock as it stands at an instant; events after it are not seen, their order does not matter.

    Raises:
        ValueError: an instant without a zone.
    """
    if as_of.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {as_of!r}")
    as_of = as_of.astimezone(UTC)
    story = _tell(sorted((one for one in events if one.at <= as_of), key=_order), rule)
    face = _Face(rule, calendar, zone)
    if story.accepted is None:
        return Clock(
            as_of, ClockState.NOT_ACCEPTED, None, 0, dict.fromkeys(DayRule, 0), rule.days, DueKind.NONE, None, None,
            tuple(one.as_stop(rule, dict.fromkeys(DayRule, 0)) for one in story.stops), tuple(story.remarks),
        )  # fmt: skip
    accepted_on = face.civil_day(story.accepted)
    first = face.first_index(accepted_on)
    last = face.last_index(min(as_of, story.decided or as_of))
    lost = {by: _merged(face.lost(one, by) for one in story.stops if one.is_counted) for by in DayRule}
    days_by = {by: max(0, last - first + 1) - _within(lost[by], first, last) for by in DayRule}
    stops = tuple(_as_stop(one, rule, face, first, last) for one in story.stops)
    state = _state(story)
    due, certainty = None, None
    if state is ClockState.RUNNING and not story.has_no_limit:
        due, certainty = face.due(accepted_on, first, lost[rule.day_rule])
    is_used_up = days_by[rule.day_rule] >= rule.days and not story.has_no_limit
    kind = DueKind.NO_LIMIT if story.has_no_limit and story.decided is None else DueKind.NONE
    return Clock(
        as_of=as_of,
        state=state,
        accepted_on=accepted_on,
        day=days_by[rule.day_rule],
        days_by=days_by,
        limit_days=rule.days,
        due_kind=certainty.kind if certainty is not None else kind,
        due=due,
        certainty=certainty,
        stops=stops,
        remarks=tuple(story.remarks),
        reached=face.due(accepted_on, first, lost[rule.day_rule])[0] if is_used_up else None,
    )


def days_elapsed(began: datetime, ended: datetime, *, rule: ClockRule, calendar: Calendar, zone: tzinfo) -> int:
    """Return how many counted days have their cutoff after one instant and not after another.

    Of times that follow each other without a gap the days add up: none is lost and none counted twice.
    """
    face = _Face(rule, calendar, zone)
    return face.last_index(ended) - face.last_index(began)


# What happened


class _Run(NamedTuple):
    """A stop as it happened."""

    id: str
    reason: str
    began: datetime
    ended: datetime | None
    is_counted: bool

    def as_stop(self, rule: ClockRule, days_by: Mapping[DayRule, int]) -> Stop:
        return Stop(*self, days=days_by[rule.day_rule], days_by=days_by)


@dataclass(slots=True)
class _Story:
    accepted: datetime | None
    decided: datetime | None
    has_no_limit: bool
    stops: list[_Run]
    remarks: list[Problem]


def _order(event: ClockEvent) -> tuple[datetime, str, str, str]:
    return event.at, event.id, event.kind, event.reason


def _tell(events: Sequence[ClockEvent], rule: ClockRule) -> _Story:
    story = _Story(None, None, False, [], [])
    story.accepted = _first(events, Happening.ACCEPTED, story)
    story.decided = _first(events, Happening.DECIDED, story)
    if story.decided is not None and (story.accepted is None or story.decided < story.accepted):
        story.remarks.append(remark("clock.decided_before_acceptance", "", write_instant(story.decided)))
    for event in events:
        if event.kind is Happening.NO_LIMIT:
            if rule.has_effect(event.reason, Effect.NO_LIMIT):
                story.has_no_limit = True
            else:
                story.remarks.append(_unknown(event, rule, Effect.NO_LIMIT))
    by_id = sorted((e for e in events if e.kind in {Happening.STOP, Happening.RESUME}), key=lambda e: e.id)
    for _, of_one in groupby(by_id, key=lambda e: e.id):
        story.stops += _runs(list(of_one), rule, story)
    story.stops.sort(key=lambda one: (one.began, one.id))
    return story


def _first(events: Sequence[ClockEvent], kind: Happening, story: _Story) -> datetime | None:
    """Return when something happened that happens once; each further time is remarked and has no effect."""
    found = [event for event in events if event.kind is kind]
    for again in found[1:]:
        first = write_instant(found[0].at)
        story.remarks.append(remark("clock.happened_again", "", write_instant(again.at), what=kind, first=first))
    return found[0].at if found else None


def _runs(events: Sequence[ClockEvent], rule: ClockRule, story: _Story) -> Iterator[_Run]:
    """Yield the stops of one id. Of a stop and a resume at one instant the one comes first that can."""
    began: ClockEvent | None = None
    for _, group in groupby(events, key=lambda e: e.at):
        at_once = list(group)
        for event in sorted(at_once, key=lambda e: (e.kind is Happening.STOP) is (began is not None)):
            if event.kind is Happening.STOP and began is None:
                began = event
            elif event.kind is Happening.STOP:
                story.remarks.append(remark("clock.stopped_already", "", event.id, at=write_instant(event.at)))
            elif began is None:
                story.remarks.append(remark("clock.nothing_to_resume", "", event.id, at=write_instant(event.at)))
            else:
                yield _run(began, event.at, rule, story)
                began = None
    if began is not None:
        yield _run(began, None, rule, story)


def _run(began: ClockEvent, ended: datetime | None, rule: ClockRule, story: _Story) -> _Run:
    is_counted = rule.has_effect(began.reason, Effect.STOPS)
    if not is_counted:
        story.remarks.append(_unknown(began, rule, Effect.STOPS))
    return _Run(began.id, began.reason, began.at, ended, is_counted)


def _unknown(event: ClockEvent, rule: ClockRule, effect: Effect) -> Problem:
    known = ", ".join(sorted(code for code, one in rule.reasons.items() if one.effect is effect))
    return remark("clock.unknown_reason", "", event.reason, what=event.kind, known=known, at=write_instant(event.at))


def _state(story: _Story) -> ClockState:
    if story.decided is not None:
        return ClockState.DECIDED
    is_stopped = any(one.ended is None and one.is_counted for one in story.stops)
    return ClockState.STOPPED if is_stopped else ClockState.RUNNING


# Days as numbers on the calendar

Span = tuple[int, int]  # first and last number, both included
_ENDLESS = 2**62


class _Face(NamedTuple):
    """Instants read as numbers of counted days."""

    rule: ClockRule
    calendar: Calendar
    zone: tzinfo

    def civil_day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def first_index(self, accepted_on: date) -> int:
        """Return the number of the first candidate day."""
        is_day_one = self.rule.is_first_counted and self.calendar.counts(accepted_on)
        return self.calendar.index(accepted_on) + (0 if is_day_one else 1)

    def last_index(self, at: datetime) -> int:
        """Return the number of the last working day whose cutoff is not after an instant."""
        day = self.civil_day(at)
        while self.rule.cutoff(day, self.zone) > at:
            day -= _DAY
        return self.calendar.index(day)

    def reached_index(self, at: datetime) -> int:
        """Return the number of the first working day whose cutoff is at an instant or after it."""
        day = self.civil_day(at)
        while self.rule.cutoff(day - _DAY, self.zone) >= at:
            day -= _DAY
        while self.rule.cutoff(day, self.zone) < at:
            day += _DAY
        return self.calendar.index(day - _DAY) + 1

    def lost(self, stop: _Run, by: DayRule) -> Span:
        """Return the numbers of the days that a stop costs; the last before the first where it costs none."""
        began = self.reached_index(stop.began)
        if stop.ended is None:
            return began, _ENDLESS
        if stop.ended <= stop.began:
            return began, began - 1
        ended = self.reached_index(stop.ended)
        return began, ended if by is DayRule.ANY_OVERLAP else ended - 1

    def due(self, accepted_on: date, first: int, lost: Sequence[Span]) -> tuple[date, Certainty]:
        """Return the day on which the count reaches the limit, past the days that stops cost."""
        due = first + self.rule.days - 1
        for low, high in lost:
            if low > due:
                break
            due += max(0, high - max(low, first) + 1)
        day = self.calendar.day_at(due)
        start = min(day, accepted_on if self.rule.is_first_counted else accepted_on + _DAY)
        return day, certainty_of(self.calendar, start, day, due - first + 1)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans without those that are empty, in order, none overlapping another."""
    found: list[Span] = []
    for low, high in sorted(span for span in spans if span[0] <= span[1]):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def _within(spans: Iterable[Span], first: int, last: int) -> int:
    return sum(max(0, min(high, last) - max(low, first) + 1) for low, high in spans)


def _as_stop(one: _Run, rule: ClockRule, face: _Face, first: int, last: int) -> Stop:
    days_by = {by: _within([face.lost(one, by)], first, last) if one.is_counted else 0 for by in DayRule}
    return one.as_stop(rule, days_by)
