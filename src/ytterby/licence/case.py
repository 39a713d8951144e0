"""A case, folded from its events and from nothing else; what every reader of it asks is a property of the events.

An event is a step that was recorded: by which account, for which party, in which role and of which team (officers
change teams, and the event keeps the team of its day), at which instant. Its number in the case is the version of the
case afterwards. A *round* begins with the case, with an appeal, and when a grant is decided again: assignment, advice
and drafts are of their round.

Digests: SHA-256 over JSON with sorted keys, without blanks, in UTF-8, after a name for what is digested.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec

from ytterby.licence.application import Application
from ytterby.licence.step import (
    Adjudicate,
    Advise,
    Agree,
    Answer,
    Appeal,
    Approve,
    Assign,
    Begin,
    CloseWork,
    DecideAutomatically,
    DeclareConflict,
    Gather,
    Issue,
    OpenWork,
    PassOn,
    Propose,
    Query,
    Rate,
    Reject,
    Reopen,
    Report,
    Resume,
    Retract,
    Step,
    Stop,
    Submit,
    TakeOver,
    step_fields,
    verb_of,
)
from ytterby.terms.record_text import named_digest

OFFICER, SYSTEM = 0, "system"
DRAFT_DOMAIN, APPLICATION_DOMAIN, EVENT_DOMAIN = "ytterby/draft/v1", "ytterby/application/v1", "ytterby/case-event/v1"
S = TypeVar("S")


class Event(msgspec.Struct, frozen=True):
    """One event of a case. `at` is RFC 3339 in UTC; `team` is the body or team of the account on that day."""

    version: int
    at: str
    by: str
    party: str
    role: str
    step: Step
    team: str = ""

    @property
    def verb(self) -> str:
        """The command."""
        return verb_of(self.step)


def application_digest(application: Application) -> str:
    """Return the digest of an application."""
    return named_digest(APPLICATION_DOMAIN, msgspec.to_builtins(application))


def draft_digest(number: str, event: Event) -> str:
    """Return the digest of a draft: of the case, its version, who wrote it, and all that it says (invariant I7)."""
    return named_digest(
        DRAFT_DOMAIN, {"case": number, "version": event.version, "by": event.by, "step": step_fields(event.step)}
    )


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work: who was asked what, since when, and when and how it ended: it was closed, or advised on."""

    opened: Event
    closed: Event | None

    @property
    def asked(self) -> OpenWork:
        """What was asked."""
        assert isinstance(self.opened.step, OpenWork)
        return self.opened.step


_BEGINS_ROUND = (Begin, Appeal, Reopen)


@dataclass(frozen=True, slots=True)
class Case:
    """A case: its number, kind and state, its events in order, and the state after each of them."""

    number: str
    kind: str = ""
    state: str = ""
    events: tuple[Event, ...] = ()
    states: tuple[str, ...] = ()

    def after(self, event: Event, state: str) -> "Case":
        """Return the case with one event more, in a state."""
        kind = event.step.kind if isinstance(event.step, Begin) else self.kind
        events, states = (*self.events, event), (*self.states, state)
        return replace(self, kind=kind, state=state, events=events, states=states)

    @property
    def version(self) -> int:
        """How many events it has."""
        return len(self.events)

    # What is applied for

    @property
    def begun(self) -> Begin:
        """How it began."""
        step = self.events[0].step
        assert isinstance(step, Begin)
        return step

    @property
    def applicant(self) -> str:
        """The party that applies, or that a check is about: the exporter of the application, else who began the
        case.
        """
        return self.begun.application.exporter or self.events[0].party

    @property
    def procedure(self) -> str:
        """The procedure that it goes by."""
        return self.begun.application.procedure

    @property
    def application(self) -> Application:
        """What is applied for as it stands."""
        return self._applied[1]

    @property
    def application_version(self) -> int:
        """The version at which the application last changed."""
        return self._applied[0]

    @property
    def _applied(self) -> tuple[int, Application]:
        for event in reversed(self.events):
            found = getattr(event.step, "application", None)
            if isinstance(found, Application):
                return event.version, found
        raise ValueError(f"the case {self.number} has not begun")

    @property
    def submissions(self) -> tuple[Event, ...]:
        """The events by which it was handed in."""
        return tuple(event for event in self.events if isinstance(event.step, Submit))

    # Rounds

    @property
    def round_from(self) -> int:
        """The version at which the round began."""
        for event in reversed(self.events):
            if isinstance(event.step, _BEGINS_ROUND):
                return event.version
        return 0

    def of(self, kind: type[S], *, in_round: bool = False) -> Iterator[tuple[Event, S]]:
        """Yield the events of a kind of step with their steps, in order; those of the round alone where that is
        asked.
        """
        begin = self.round_from if in_round else 0
        for event in self.events:
            if isinstance(event.step, kind) and event.version >= begin:
                yield event, event.step

    def last(self, kind: type[S], *, in_round: bool = False) -> tuple[Event, S] | None:
        """Return the last event of a kind of step; None where there is none."""
        begin = self.round_from if in_round else 0
        for event in reversed(self.events):
            if isinstance(event.step, kind) and event.version >= begin:
                return event, event.step
        return None

    # Questions, stops, work

    @property
    def open_queries(self) -> dict[str, Event]:
        """The questions that wait for an answer, by their id."""
        answered = {step.query for _, step in self.of(Answer)}
        return {step.id: event for event, step in self.of(Query) if step.id not in answered}

    @property
    def open_stops(self) -> dict[str, Event]:
        """The stops of the clock that did not end, by their id."""
        ended = {step.id for _, step in self.of(Resume)}
        return {step.id: event for event, step in self.of(Stop) if step.id not in ended}

    @property
    def work(self) -> tuple[Work, ...]:
        """All pieces of work, in the order in which they were opened."""
        closed = {step.id: event for event, step in self.of(CloseWork)}
        closed |= {step.work: event for event, step in self.of(Advise) if step.work}
        return tuple(Work(event, closed.get(step.id)) for event, step in self.of(OpenWork))

    @property
    def open_work(self) -> dict[str, Work]:
        """The pieces of work that are not done, by their id."""
        return {one.asked.id: one for one in self.work if one.closed is None}

    @property
    def is_reported(self) -> bool:
        """Tell whether the body that examines first has said what it says, since the case was last passed on."""
        passed, said = self.last(PassOn), self.last(Report)
        return passed is not None and said is not None and said[0].version > passed[0].version

    # Who

    @property
    def assigned(self) -> dict[int, str]:
        """The accounts that the round is assigned to: the officer (0), and the signer of each order."""
        found: dict[int, str] = {}
        for event in self.events:
            step = event.step
            if event.version < self.round_from:
                continue
            if isinstance(step, Assign):
                found[step.order] = step.account
            elif isinstance(step, Agree) and (asked := self.handing_over(step)) is not None:
                found[asked[1].order] = asked[1].account
        return found

    def handing_over(self, step: TakeOver | Agree) -> tuple[str, TakeOver] | None:
        """Return who asked for the handing over that a step is about, and what for: empty and the step itself where it
        asks; None where it agrees to what nobody asked for in this round.
        """
        if isinstance(step, TakeOver):
            return "", step
        held = self.of(TakeOver, in_round=True)
        return next(((event.by, asked) for event, asked in held if event.version == step.version), None)

    def with_a_part(self, order: int) -> frozenset[str]:
        """The accounts that cannot be the officer (0) or the signer of an order, for what they did (invariant I6)."""
        out = {*self.applicant_users, *self.conflicted, *self.deciders_before}
        out |= {account for held, account in self.assigned.items() if held != order}
        if order and self.draft is not None:
            out |= {self.draft[0].by, *self.assessors, *(event.by for event, _ in self.approvals)}
        return frozenset(out)

    @property
    def conflicted(self) -> frozenset[str]:
        """The accounts that declared a conflict with a party of the case."""
        return frozenset(event.by for event, _ in self.of(DeclareConflict))

    @property
    def parties(self) -> frozenset[str]:
        """The parties of the case: those that its application names, and who applied."""
        return frozenset({*self.application.party_ids, self.applicant})

    @property
    def applicant_users(self) -> tuple[str, ...]:
        """The accounts that spoke for the applicant."""
        return tuple(dict.fromkeys(event.by for event in self.events if event.role == "applicant"))

    @property
    def assessors(self) -> tuple[str, ...]:
        """The accounts that assessed in this round: adjudicated findings, or advised."""
        found = (e.by for e in self.events if isinstance(e.step, Adjudicate | Advise) and e.version >= self.round_from)
        return tuple(dict.fromkeys(found))

    @property
    def deciders_before(self) -> frozenset[str]:
        """The accounts that wrote, approved or assessed in rounds before this one."""
        kinds = Propose | Approve | Reject | Adjudicate
        return frozenset(e.by for e in self.events if isinstance(e.step, kinds) and e.version < self.round_from)

    # Evidence

    @property
    def gathered(self) -> tuple[Event, Gather] | None:
        """What was gathered last in this round."""
        return self.last(Gather, in_round=True)

    @property
    def rated(self) -> Rate | None:
        """The tier by the evidence that was gathered last."""
        found, gathered = self.last(Rate, in_round=True), self.gathered
        return found[1] if found and gathered and found[1].evidence == gathered[1].digest else None

    @property
    def is_evidence_current(self) -> bool:
        """Tell whether the evidence was gathered after the application last changed."""
        gathered = self.gathered
        return gathered is not None and gathered[0].version > self.application_version

    @property
    def adjudicated(self) -> dict[str, Adjudicate]:
        """What officers last said of each finding in this round, by its key."""
        return {step.finding: step for _, step in self.of(Adjudicate, in_round=True)}

    @property
    def advice(self) -> tuple[tuple[Event, Advise], ...]:
        """The advice of this round that nothing superseded."""
        given = tuple(self.of(Advise, in_round=True))
        gone = {step.supersedes for _, step in given}
        return tuple((event, step) for event, step in given if event.version not in gone)

    # The decision

    @property
    def draft(self) -> tuple[Event, Propose] | None:
        """The draft of this round that was not sent back."""
        found = self.last(Propose, in_round=True)
        if found is None:
            return None
        ends = (self.last(Reject, in_round=True), self.last(Retract, in_round=True))
        return None if any(end is not None and end[0].version > found[0].version for end in ends) else found

    @property
    def draft_digest(self) -> str:
        """The digest of the draft; empty where there is none."""
        return draft_digest(self.number, self.draft[0]) if self.draft is not None else ""

    @property
    def approvals(self) -> tuple[tuple[Event, Approve], ...]:
        """The approvals of the draft as it stands; those of another digest do not count (invariant I7)."""
        digest = self.draft_digest
        return tuple((event, step) for event, step in self.of(Approve) if digest and step.draft == digest)

    @property
    def decided(self) -> tuple[Event, Propose | DecideAutomatically] | None:
        """The draft that a decision rests on, and the event that wrote it; None where nothing is decided yet."""
        if self.state not in {"granted", "refused", "no_licence", "issued", "closed", "returned", "ruled"}:
            return None
        automatic = self.last(DecideAutomatically, in_round=True)
        return automatic if automatic is not None else self.draft

    @property
    def decided_at(self) -> str:
        """The instant of the decision of this round; empty where there is none."""
        if self.decided is None:
            return ""
        automatic = self.last(DecideAutomatically, in_round=True)
        if automatic is not None:
            return automatic[0].at
        return self.approvals[-1][0].at if self.approvals else ""

    @property
    def licences(self) -> tuple[str, ...]:
        """The numbers of the licences that were issued in it."""
        return tuple(step.licence for _, step in self.of(Issue))


def event_fields(number: str, event: Event) -> Mapping[str, Any]:
    """Return an event as the record of the log holds it, before it is signed."""
    return {
        "id": number,
        "version": event.version,
        "at": event.at,
        "by": event.by,
        "party": event.party,
        "role": event.role,
        "team": event.team,
        "step": step_fields(event.step),
    }


def read_event(fields: Mapping[str, Any]) -> Event:
    """Return the event of such fields.

    Raises:
        KeyError, msgspec.ValidationError: they are not those of an event.
    """
    names = ("version", "at", "by", "party", "role", "step", "team")
    return msgspec.convert({name: fields[name] for name in names}, Event)
