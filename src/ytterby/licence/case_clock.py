"""The clocks of a case: which run, on what day each is, when it is due, what silence has made true, who has the case.

All of it is computed from what happened, for any instant, in any order; nothing is kept and no nightly job counts. A
clock of the pack runs while the case is in the state of the procedure from which it starts, until it reaches one at
which it ends, or leaves the procedure. Each time it is entered anew is a run of its own; only a decision that is taken
back (`reopen`) goes on with the run that it had ended, so that nobody gains days by it.

*Stops* are those whose reason the clock of the pack names. A question to the applicant is a stop for the reason
`query`: it stops a clock only where the pack names that (in CN it does not), and the time waited is told apart.

*Silence*: where the pack says that a clock which runs out puts the case in a state, it is in that state from the
clock's start or its end on, and whatever is recorded after that comes too late to undo it (ALL art. 32: not told within
five working days what is missing, the application is accepted on the day of receipt). This is seen from the cutoff of
the last day on, and not a moment before.

*Who has it*: the applicant while it is his turn or a question to him is open, another department while work of its is
open, whoever holds the case's state otherwise. All of them add up to the time in which the case was not over
(`spent`); `spent_apart` tells it in three: the office, other departments, the applicant. A case is over while nothing
is left to be done in it: it is refused, ended, or with the applicant after a grant. An appeal or a reopening goes on
with it.

Sources: casework page of this project, sections 0.5, 2.2, 5.2 (I12) and 5.3; regulation page, section 4 (F10).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import NamedTuple

from ytterby.law.calendar import Calendar, Counting
from ytterby.law.clock import Clock, ClockEvent, Happening, days_elapsed, read_clock
from ytterby.law.clock_rule import ClockRule, Effect
from ytterby.law.due import DueKind
from ytterby.law.procedure import Procedure, ProcedureClock, clock_rules_of

# Shares of a clock, in percent, at which it is told that it runs down. Source: casework page, section 5.3.
WARN_AT = (50, 75, 90)
QUERY = "query"  # what a pack calls the reason, if it lets a question to the applicant stop a clock
APPLICANT, DEPARTMENT, OFFICE = "applicant", "department", "officer"
# Who speaks for the office that decides; whoever else holds a case is another department.
_OF_THE_OFFICE = frozenset({OFFICE, "signer", "system"})
# Phases after which no clock of a case runs, whatever a pack calls them.
LAST_PHASES = frozenset({"not_accepted", "refused", "ended"})
OUTSIDE = frozenset({"", "none"})
# Phases in which nothing is left to be done once the applicant has the case.
_GRANTED = frozenset({"granted", "delivered"})
# A grant and its delivery are one where a pack has only one of them.
_BESIDE = {"granted": "delivered", "delivered": "granted"}
_TAKES_BACK = frozenset({"reopen"})
_STARTS = "start"


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of a case as far as clocks go: `phase` and `holder` are those of the case after it.

    `id` is of the stop, question or piece of work, `reason` that of a stop, `body` whose work it is.

    Raises:
        ValueError: an instant without a zone.
    """

    verb: str
    at: datetime
    phase: str
    holder: str
    id: str = ""
    reason: str = ""
    body: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {self.at!r}")
        object.__setattr__(self, "at", self.at.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Silence:
    """That a clock ran out and nobody spoke: the state of the procedure in which the case is, and since when."""

    clock: str
    state: str
    since: datetime
    known_from: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a clock. `warned` are the shares of WARN_AT that it has reached; `by_silence` names the clock whose
    running out started it.
    """

    clock: str
    started: datetime
    ended: datetime | None
    by_silence: str
    reading: Clock
    warned: tuple[int, ...]
    silence: Silence | None

    @property
    def is_running(self) -> bool:
        """It has not ended: it counts, or is stopped."""
        return self.ended is None


@dataclass(frozen=True, slots=True)
class Turn:
    """Who had the case, from an instant on up to another (None: has it now); `body` where a department had it; whether
    it was over meanwhile.
    """

    holder: str
    body: str
    since: datetime
    until: datetime | None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """How long somebody had the case: exact time, and counted days of the case's calendar."""

    time: timedelta
    days: int


@dataclass(frozen=True, slots=True)
class CaseClocks:
    """All that is known of a case's time at an instant. `turns` do not overlap and leave no gap; `state` is that of the
    procedure, by what was recorded or by silence, None outside it.
    """

    as_of: datetime
    runs: tuple[Run, ...]
    turns: tuple[Turn, ...]
    spent: Mapping[str, Spent]
    silences: tuple[Silence, ...]
    state: str | None

    @property
    def running(self) -> tuple[Run, ...]:
        """The runs that go on."""
        return tuple(one for one in self.runs if one.is_running)

    @property
    def has_it(self) -> Turn | None:
        """Who has the case now, and since when; None before the first event."""
        return self.turns[-1] if self.turns else None

    @property
    def spent_apart(self) -> dict[str, Spent]:
        """How long the office, other departments and the applicant had it."""
        found = dict.fromkeys((OFFICE, DEPARTMENT, APPLICANT), Spent(timedelta(0), 0))
        for holder, one in self.spent.items():
            name = OFFICE if holder in _OF_THE_OFFICE else APPLICANT if holder == APPLICANT else DEPARTMENT
            found[name] = Spent(found[name].time + one.time, found[name].days + one.days)
        return found

    @property
    def silence(self) -> Silence | None:
        """Return what silence has made of the case, where it is in that state by nothing else."""
        return next((one for one in self.silences if one.state == self.state), None)

    def last_run(self, clock: str) -> Run | None:
        """Return the latest run of a clock."""
        return next((one for one in reversed(self.runs) if one.clock == clock), None)


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """What time is told by: a procedure, which of its states a phase is, calendars by id, zones by name, rules by clock
    (`keep_time` makes it).
    """

    procedure: Procedure
    phases: Mapping[str, str]
    calendars: Mapping[str, Calendar]
    zone_of: Callable[[str], tzinfo]
    rules: Mapping[str, ClockRule]

    def calendar(self, rule: ClockRule) -> Calendar:
        """Return the calendar of a rule; without a name every day counts."""
        return self.calendars[rule.calendar] if rule.calendar else Calendar("", counting=Counting.CALENDAR_DAYS)

    def state_of(self, phase: str) -> str | None:
        """Return the state of the procedure that a phase is; None where the pack has none for it."""
        return self.phases.get(phase) or self.phases.get(_BESIDE.get(phase, ""))

    def ends(self, clock: ProcedureClock, phase: str) -> bool:
        """Tell whether a clock ends when the case comes to a phase."""
        state = self.state_of(phase)
        if phase in OUTSIDE | LAST_PHASES or state in clock.ends:
            return True
        return state is not None and self.procedure.states[state].is_last


def keep_time(
    procedure: Procedure,
    phases: Mapping[str, str],
    calendars: Mapping[str, Calendar],
    zone_of: Callable[[str], tzinfo],
    rules: Mapping[str, ClockRule] = MappingProxyType({}),
    *,
    kind: str,
) -> Timekeeping:
    """Return what the clocks of a procedure go by in a kind of case; `rules` stand in place of its own (an officer's
    dated entry).
    """
    clocks = {name: one for name, one in procedure.clocks.items() if not one.kinds or kind in one.kinds}
    own = replace(procedure, clocks=clocks)
    return Timekeeping(own, phases, calendars, zone_of, {**clock_rules_of(own), **rules})


def read_case_clocks(moments: Iterable[Moment], keeping: Timekeeping, *, as_of: datetime) -> CaseClocks:
    """Return the clocks of a case at an instant, and whose turn it was when; what happened later is not seen.

    Moments of one instant are taken in the order in which they are given.

    Raises:
        ValueError: an instant without a zone.
    """
    if as_of.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {as_of!r}")
    as_of = as_of.astimezone(UTC)
    seen = sorted((one for one in moments if one.at <= as_of), key=lambda one: one.at)
    runs: list[Run] = []
    silences: list[Silence] = []
    # A clock that runs out may start another one: those with a silence come first, in the order of the pack.
    for clock in sorted(keeping.procedure.clocks.values(), key=lambda one: not one.silence_state):
        for stretch in _stretches(clock, seen, silences, keeping):
            run = _read(clock, stretch, seen, keeping, as_of)
            runs.append(run)
            if run.silence is not None:
                silences.append(run.silence)
    runs.sort(key=lambda one: one.started)
    turns = tuple(_turns(seen))
    spent = _spent(turns, runs, keeping, as_of)
    state = _state(seen, silences, keeping)
    return CaseClocks(as_of, tuple(runs), turns, spent, tuple(silences), state)


# Runs


class _Stretch(NamedTuple):
    """From when to when a clock runs, and by whose silence it was started."""

    started: datetime
    ended: datetime | None
    by_silence: str


def _stretches(
    clock: ProcedureClock, seen: Sequence[Moment], silences: Sequence[Silence], keeping: Timekeeping
) -> list[_Stretch]:
    """Return the runs of a clock in order, by the phases of the case and what silence made of them."""
    found: list[_Stretch] = []
    silent = {one.since: one for one in silences if one.state == clock.starts}
    marks = [*((one.at, None, one) for one in seen), *((at, one, None) for at, one in silent.items())]
    marks.sort(key=lambda mark: mark[0])
    for at, silence, moment in marks:
        is_on = bool(found) and found[-1].ended is None
        if silence is not None:
            found += [] if is_on else [_Stretch(at, None, silence.clock)]
        elif moment is not None and is_on and _ends(clock, moment, keeping):
            found[-1] = found[-1]._replace(ended=at)
        elif moment is not None and not is_on and keeping.state_of(moment.phase) == clock.starts:
            if found and moment.verb in _TAKES_BACK:
                found[-1] = found[-1]._replace(ended=None)
            else:
                found.append(_Stretch(at, None, ""))
    return found


def _ends(clock: ProcedureClock, moment: Moment, keeping: Timekeeping) -> bool:
    # What ran since a decision has no ground any more when the decision is taken back.
    is_taken_back = moment.verb in _TAKES_BACK and keeping.state_of(moment.phase) != clock.starts
    return is_taken_back or keeping.ends(clock, moment.phase)


def _read(
    clock: ProcedureClock, stretch: _Stretch, seen: Sequence[Moment], keeping: Timekeeping, as_of: datetime
) -> Run:
    rule = keeping.rules[clock.id]
    zone = keeping.zone_of(rule.zone)
    events = [ClockEvent(Happening.ACCEPTED, stretch.started), *_events(rule, stretch, seen)]
    if stretch.ended is not None:
        events.append(ClockEvent(Happening.DECIDED, stretch.ended))
    reading = read_clock(events, rule=rule, calendar=keeping.calendar(rule), zone=zone, as_of=as_of)
    silence = _silence(clock, stretch, reading, rule, zone)
    if silence is not None and silence.state in clock.ends:
        # What silence has decided is decided, whatever is recorded after it.
        at = max(stretch.started, silence.known_from)
        events = [one for one in events if one.kind is not Happening.DECIDED] + [ClockEvent(Happening.DECIDED, at)]
        reading = read_clock(events, rule=rule, calendar=keeping.calendar(rule), zone=zone, as_of=as_of)
        stretch = stretch._replace(ended=at)
    warned = tuple(share for share in WARN_AT if reading.day * 100 >= rule.days * share)
    has_limit = reading.due_kind is not DueKind.NO_LIMIT
    return Run(
        clock.id, stretch.started, stretch.ended, stretch.by_silence, reading, warned if has_limit else (), silence
    )


def _events(rule: ClockRule, stretch: _Stretch, seen: Sequence[Moment]) -> Iterator[ClockEvent]:
    """Yield what stopped and resumed a clock while it ran, and what lifted its limit."""
    queries_stop = rule.has_effect(QUERY, Effect.STOPS)
    for one in seen:
        if one.at < stretch.started or (stretch.ended is not None and one.at > stretch.ended):
            continue
        if one.verb == "stop":
            yield ClockEvent(Happening.STOP, one.at, one.id, one.reason)
        elif one.verb == "resume":
            yield ClockEvent(Happening.RESUME, one.at, one.id)
        elif one.verb == "lift_limit":
            yield ClockEvent(Happening.NO_LIMIT, one.at, one.id, one.reason)
        elif queries_stop and one.verb == "query":
            yield ClockEvent(Happening.STOP, one.at, f"{QUERY}:{one.id}", QUERY)
        elif queries_stop and one.verb == "answer":
            yield ClockEvent(Happening.RESUME, one.at, f"{QUERY}:{one.id}")


def _silence(clock: ProcedureClock, stretch: _Stretch, reading: Clock, rule: ClockRule, zone: tzinfo) -> Silence | None:
    """Return what follows from the limit having been used up before anybody spoke."""
    if not clock.silence_state or reading.reached is None:
        return None
    known_from = rule.cutoff(reading.reached, zone)
    since = stretch.started if clock.silence_since == _STARTS else known_from
    return Silence(clock.id, clock.silence_state, since, known_from)


def _state(seen: Sequence[Moment], silences: Sequence[Silence], keeping: Timekeeping) -> str | None:
    """Return the state of the procedure in which a case is: the last recorded that the pack knows, or by silence."""
    if not seen or seen[-1].phase in OUTSIDE:
        return None
    recorded = next((state for one in reversed(seen) if (state := keeping.state_of(one.phase)) is not None), None)
    for silence in silences:
        clock = keeping.procedure.clocks[silence.clock]
        # What is recorded of the clock that ran out comes too late.
        if recorded in {clock.starts, *clock.ends}:
            return silence.state
    return recorded


# Turns


def _turns(seen: Sequence[Moment]) -> Iterator[Turn]:
    """Yield who had the case, one after the other."""
    asked: dict[str, None] = {}
    at_work: dict[str, str] = {}
    now: Turn | None = None
    for one in seen:
        _follow(one, asked, at_work)
        then = Turn(*_has_it(one, asked, at_work), one.at, None, is_over=_is_over(one))
        if now is not None and (now.holder, now.body, now.is_over) != (then.holder, then.body, then.is_over):
            if one.at > now.since:
                yield replace(now, until=one.at)
            now = then
        now = now or then
    if now is not None:
        yield now


def _follow(one: Moment, asked: dict[str, None], at_work: dict[str, str]) -> None:
    """Keep the open questions and the open work."""
    if one.phase in OUTSIDE | LAST_PHASES:
        asked.clear()
        at_work.clear()
    elif one.verb == "query":
        asked[one.id] = None
    elif one.verb == "answer":
        asked.pop(one.id, None)
    elif one.verb == "open_work":
        at_work[one.id] = one.body
    elif one.verb in {"close_work", "advise"}:
        at_work.pop(one.id, None)


def _has_it(one: Moment, asked: Mapping[str, None], at_work: Mapping[str, str]) -> tuple[str, str]:
    if asked:
        return APPLICANT, ""
    if at_work and one.holder != APPLICANT:
        return DEPARTMENT, next(iter(at_work.values()))
    return one.holder, ""


def _is_over(one: Moment) -> bool:
    """Tell whether nothing is left to be done in a case after a moment."""
    return one.phase in LAST_PHASES or (one.phase in _GRANTED and one.holder == APPLICANT)


def _spent(turns: Sequence[Turn], runs: Sequence[Run], keeping: Timekeeping, as_of: datetime) -> dict[str, Spent]:
    """Return how long each had it while it was not over; days are counted as the clock that ran last counts them,
    without its stops.
    """
    clocks = list(keeping.procedure.clocks)
    rule = keeping.rules[runs[-1].clock if runs else clocks[0]] if clocks else None
    found: dict[str, Spent] = {}
    for turn in turns:
        if turn.is_over:
            continue
        until = turn.until or as_of
        days = 0
        if rule is not None:
            zone = keeping.zone_of(rule.zone)
            days = days_elapsed(turn.since, until, rule=rule, calendar=keeping.calendar(rule), zone=zone)
        before = found.get(turn.holder, Spent(timedelta(0), 0))
        found[turn.holder] = Spent(before.time + (until - turn.since), before.days + days)
    return found
