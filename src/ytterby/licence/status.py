"""What applicants and buyers are told of a case: where it stands, who has it, one date, and what moves that date.

It is computed from what they may see and from nothing else. First the events are cut down to what was said to the
applicant or by him (`seen_of`, a whitelist: verbs, and of each the fields that are named here); then the status is
worked out of that alone (`status_of`). So two cases that differ in a screening candidate, a red flag, advice, a tier or
an assignment give equal bytes until the decision (threat C7). An event that is on no list is told by the phase that the
case came to by it, and not at all where the phase stayed.

What a stop is for is told to the applicant, since law has it told in writing, and not to a buyer. Why no limit holds
any more is told to the applicant alone, and where the pack lets that reason be told, since one of them may be a list.
Questions and what is missing are the applicant's.

Texts are keys: the words of a phase, a body and a reason are the pack's, those of a driver the shell's.

Sources: casework page of this project, sections 0.8, 2.8 and 5.2 (I16); threats page, C7; regulation page, F10 to F12.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from ytterby.law.due import DueKind
from ytterby.licence.case import Case
from ytterby.licence.case_clock import APPLICANT, OFFICE, CaseClocks, Moment, Run, Timekeeping, read_case_clocks
from ytterby.licence.step import (
    Answer,
    Approve,
    DecideAutomatically,
    LiftLimit,
    NotAccept,
    NotifyMissing,
    Propose,
    Query,
    SendBack,
    Stop,
)
from ytterby.licence.transition import TransitionTable
from ytterby.terms.instant import write_instant

# What was said to the applicant or by him; all else is told by the phase that it led to.
SEEN_VERBS = frozenset(
    {"begin", "edit", "submit", "supply", "answer", "withdraw", "appeal", "notify_missing", "accept", "not_accept"}
    | {"send_back", "pass_on", "query", "stop", "resume", "lift_limit", "issue", "reopen", "close"}
)
MOVED = "moved"
SUPPLEMENT = "supplement"
_AGAIN = frozenset({"submit", "appeal", "reopen"})
_TURNED_DOWN = frozenset({"refused", "none", "ended"})


class Audience(StrEnum):
    """Who is told."""

    APPLICANT = "applicant"
    BUYER = "buyer"


class Question(msgspec.Struct, frozen=True):
    """A question that waits for the applicant: on which field, what, until which day; as he is asked."""

    id: str
    field: str
    text: str
    due: str
    kind: str


class Missing(msgspec.Struct, frozen=True):
    """One thing that the applicant was told is missing."""

    where: str
    code: str


class Driver(msgspec.Struct, frozen=True):
    """What moves the date, or keeps it from being one: a code, since which instant, and what it is about.

    `days`: how long it may take by what was told in writing, or how many days it has cost; None where neither is known.
    """

    code: str
    since: str = ""
    what: str = ""
    days: int | None = None


class Status(msgspec.Struct, frozen=True):
    """What is told of a case at an instant. `date` ends the clock that `clock` names; `holder` is a body of the
    procedure or `applicant`; `state` is of the procedure, `phase` of the kernel; `decided` is the instant of `outcome`.
    """

    number: str
    kind: str
    phase: str
    state: str
    holder: str
    since: str
    clock: str
    date: str
    date_kind: str
    earliest: str
    latest: str
    is_overdue: bool
    drivers: tuple[Driver, ...]
    outcome: str = ""
    decided: str = ""
    reasons: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    missing: tuple[Missing, ...] = ()


class Seen(NamedTuple):
    """A case as far as its applicant saw it: moments, and what was said to him with them."""

    number: str
    kind: str
    moments: tuple[Moment, ...]
    phase: str
    outcome: str
    decided: str
    reasons: tuple[str, ...]
    licences: tuple[str, ...]
    questions: tuple[Question, ...]
    missing: tuple[Missing, ...]
    days_told: dict[str, int]


def read_status(
    case: Case, table: TransitionTable, keeping: Timekeeping, *, as_of: datetime, audience: Audience
) -> Status:
    """Return what an audience is told of a case at an instant; what happened later is not seen.

    Raises:
        ValueError: an instant without a zone.
    """
    if as_of.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {as_of!r}")
    return status_of(seen_of(_until(case, as_of), table), keeping, as_of=as_of, audience=audience)


def seen_of(case: Case, table: TransitionTable) -> Seen:
    """Return what the applicant of a case saw of it, by the table of its kind."""
    moments: list[Moment] = []
    phase = ""
    for event, name in zip(case.events, case.states, strict=True):
        state = table.states[name]
        if event.verb in SEEN_VERBS or state.phase != phase:
            step = event.step
            named = step.query if isinstance(step, Answer) else getattr(step, "id", "")
            moments.append(
                Moment(
                    verb=event.verb if event.verb in SEEN_VERBS else MOVED,
                    at=datetime.fromisoformat(event.at),
                    phase=state.phase,
                    holder=state.holder if state.holder in {APPLICANT, "province"} else OFFICE,
                    id=str(named),
                    reason=step.reason if isinstance(step, Stop | LiftLimit) else "",
                )
            )
        phase = state.phase
    return Seen(
        case.number, case.kind, tuple(moments), phase, *_outcome(case, table), _reasons(case, table), case.licences,
        _questions(case), _missing(case, phase),
        {step.id: step.expected_days for _, step in case.of(Stop) if step.expected_days is not None},
    )  # fmt: skip


def status_of(seen: Seen, keeping: Timekeeping, *, as_of: datetime, audience: Audience) -> Status:
    """Return what an audience is told at an instant, out of what the applicant saw up to it.

    Raises:
        ValueError: an instant without a zone.
    """
    clocks = read_case_clocks(seen.moments, keeping, as_of=as_of)
    run = _telling_run(clocks, keeping)
    is_applicant = audience is Audience.APPLICANT
    turn = clocks.has_it
    certainty = run.reading.certainty if run is not None else None
    drivers = tuple(_drivers(seen, clocks, run, keeping, is_applicant=is_applicant))
    return Status(
        number=seen.number,
        kind=seen.kind,
        phase=seen.phase,
        state=clocks.state or "",
        holder=_holder(clocks, keeping),
        since=write_instant(turn.since) if turn is not None else "",
        clock=run.clock if run is not None else "",
        date=run.reading.due.isoformat() if run is not None and run.reading.due is not None else "",
        date_kind=(run.reading.due_kind if run is not None else DueKind.NONE).value,
        earliest=certainty.earliest.isoformat() if certainty is not None and certainty.earliest is not None else "",
        latest=certainty.latest.isoformat() if certainty is not None and certainty.latest is not None else "",
        is_overdue=run is not None and run.reading.is_overdue,
        drivers=drivers,
        outcome=seen.outcome,
        decided=seen.decided,
        reasons=seen.reasons if is_applicant else (),
        licences=seen.licences if is_applicant else (),
        questions=seen.questions if is_applicant else (),
        missing=seen.missing if is_applicant else (),
    )


# What was said to the applicant


def _until(case: Case, as_of: datetime) -> Case:
    """Return a case as it was at an instant."""
    count = sum(datetime.fromisoformat(event.at) <= as_of for event in case.events)
    states = case.states[:count]
    return Case(case.number, case.kind if count else "", "".join(states[-1:]), case.events[:count], states)


def _outcome(case: Case, table: TransitionTable) -> tuple[str, str]:
    """Return what was decided and when; empty before the decision, and while it is decided again."""
    found = "", ""
    draft: Propose | DecideAutomatically | None = None
    phase = ""
    for event, name in zip(case.events, case.states, strict=True):
        step = event.step
        draft = step if isinstance(step, Propose | DecideAutomatically) else draft
        is_moved = table.states[name].phase != phase
        phase = table.states[name].phase
        if is_moved and draft is not None and isinstance(step, Approve | DecideAutomatically):
            found = draft.outcome, event.at
        elif event.verb in _AGAIN:
            found = "", ""
    return found


def _reasons(case: Case, table: TransitionTable) -> tuple[str, ...]:
    """Return the coded reasons by which the case came to its phase; those of a draft once it is the decision."""
    phases = [table.states[name].phase for name in case.states]
    came = next((n for n in range(len(phases) - 1, 0, -1) if phases[n] != phases[n - 1]), None)
    if came is None:
        return ()
    step = case.events[came].step
    if isinstance(step, NotAccept | SendBack):
        return step.reasons
    if isinstance(step, Approve) and phases[came] in _TURNED_DOWN:
        drafts = (event.step for event in reversed(case.events[:came]) if isinstance(event.step, Propose))
        return next(drafts).reasons
    return ()


def _questions(case: Case) -> tuple[Question, ...]:
    steps = (event.step for event in case.open_queries.values())
    return tuple(Question(s.id, s.field, s.text, s.due, s.kind) for s in steps if isinstance(s, Query))


def _missing(case: Case, phase: str) -> tuple[Missing, ...]:
    told = case.last(NotifyMissing)
    if phase != SUPPLEMENT or told is None:
        return ()
    return tuple(Missing(one.where, one.code) for one in told[1].lacking)


# The date, who has it, and what moves it


def _telling_run(clocks: CaseClocks, keeping: Timekeeping) -> Run | None:
    """Return the run whose end is the date: that of the state in which the case is, else the one that began last."""
    own = (one for one in reversed(clocks.running) if keeping.procedure.clocks[one.clock].starts == clocks.state)
    return next(own, next(reversed(clocks.running), None))


def _holder(clocks: CaseClocks, keeping: Timekeeping) -> str:
    """Return whose turn it is: the applicant, or the body of the procedure that holds the state."""
    turn = clocks.has_it
    if turn is None or turn.holder == APPLICANT or clocks.state is None:
        return APPLICANT
    return keeping.procedure.states[clocks.state].holder


def _told_lift(seen: Seen, keeping: Timekeeping) -> str:
    """Return why no limit holds any more, where every reason that was given may be told."""
    reasons = [one.reason for one in seen.moments if one.verb == "lift_limit"]
    known = keeping.procedure.reasons
    return reasons[-1] if reasons and all(name in known and known[name].is_told for name in reasons) else ""


def _drivers(
    seen: Seen, clocks: CaseClocks, run: Run | None, keeping: Timekeeping, *, is_applicant: bool
) -> Iterator[Driver]:
    for silence in clocks.silences:
        yield Driver("by_silence", write_instant(silence.since), silence.clock)
    if seen.phase == SUPPLEMENT or seen.questions:
        code = "waits_for_applicant" if not is_applicant else "papers_missing" if seen.missing else "question_open"
        yield Driver(code, write_instant(clocks.turns[-1].since))
    if run is None:
        return
    for stop in run.reading.stops:
        if stop.is_counted:
            what = stop.reason if is_applicant else ""
            days = (seen.days_told.get(stop.id) if is_applicant else None) if stop.is_open else stop.days
            yield Driver("stopped" if stop.is_open else "was_stopped", write_instant(stop.began), what, days)
    if run.reading.due_kind is DueKind.NO_LIMIT:
        yield Driver("no_limit", what=_told_lift(seen, keeping) if is_applicant else "")
    if run.reading.due_kind is DueKind.PROVISIONAL:
        yield Driver("calendar_provisional")
    if run.reading.is_overdue:
        yield Driver("overdue")
