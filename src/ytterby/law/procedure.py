"""A procedure as a pack tells it: states and steps, who acts, documents, clocks, kinds of licence, what follows.

It is data, and decides nothing by itself: the kernel of cases follows it. A *step* leads from states to a state and is
taken by a *body*. A *clock* runs from a state to others, by a calendar; *reasons* stop it, or lift its limit, and no
others do. A *kind* of licence (`licence_kind`) asks for documents. A *deadline* runs from an event, a *return* comes
back each period, a *record* is kept for a time. A *provision* is what else the procedure says: who applies, what is
weighed, duties, remedies, penalties, what a certificate holds, what is asked for in practice. How an office works on it
is its `casework` (`casework_rule`); one without is law to read, and no case can be opened on it.

An entry that is *under* a rule holds only while that rule is in force.

Sources: each entry names its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date

from ytterby.law.calendar import Counting
from ytterby.law.casework_rule import CaseworkRules
from ytterby.law.clock_rule import ClockRule, DayRule, Effect, FirstDay, Reason, minutes_of
from ytterby.law.licence_kind import LicenceKind
from ytterby.law.span import Span
from ytterby.law.trust import Trust, Words

ROLES = ("applicant", "certifies", "receives", "examines", "decides", "consulted", "enforces")
PROVISIONS = (
    *("applicant", "factor", "change", "duty", "list", "customs", "remedy", "penalty"),
    *("certificate_field", "commitment", "practice"),
)
SILENCE_SINCE = ("start", "end")
CASE_KINDS = (
    *("individual", "open", "general_registration", "classification", "consultation"),
    *("amendment", "post_shipment_check"),
)


@dataclass(frozen=True, slots=True)
class Body:
    """Who acts: `role` as in ROLES; with a veto it alone can keep a licence from being granted."""

    id: str
    title: Words
    role: str
    has_veto: bool
    trust: Trust


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands, and whose turn it is (`holder`, a body); nothing follows the last ones."""

    id: str
    title: Words
    holder: str
    is_last: bool
    trust: Trust


@dataclass(frozen=True, slots=True)
class Step:
    """A way from any of some states to one, who takes it, and the documents that it asks for."""

    id: str
    title: Words
    origins: tuple[str, ...]
    target: str
    by: str
    documents: tuple[str, ...]
    trust: Trust


@dataclass(frozen=True, slots=True)
class AskedDocument:
    """A document that is handed in; `basis` says whether law asks for it, guidance or practice alone."""

    id: str
    title: Words
    basis: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class StopReason:
    """A reason that may stop a clock or lift its limit. `is_told`: where it lifts the limit, the applicant is told that
    it does; a pack that tells all but one of them tells that one too.
    """

    id: str
    title: Words
    trust: Trust
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class ProcedureClock:
    """How long something may take: from which state it runs to which; `silence` is what follows when it runs out.

    What follows is that the case is in `silence_state` from its start on, or from its end (`silence_since`). It runs
    for cases of `kinds`, for every kind where none is named.
    """

    id: str
    title: Words
    days: int
    counting: Counting
    calendar: str
    first_day: FirstDay
    day_rule: DayRule
    cutoff: str
    zone: str
    starts: str
    ends: tuple[str, ...]
    stops: tuple[str, ...]
    no_limit: tuple[str, ...]
    silence: Words | None
    silence_state: str
    silence_since: str
    kinds: tuple[str, ...]
    trust: Trust


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that is owed a time after an event."""

    id: str
    title: Words
    within: Span
    calendar: str
    after: Words
    by: str
    under: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class ReturnOwed:
    """A return for each period, due on a calendar day of a month after its end (1: the month after it)."""

    id: str
    title: Words
    every: str
    due_day: int
    due_month: int
    by: str
    under: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """Records that are kept, and for how long at least."""

    id: str
    title: Words
    at_least: Span
    since: Words
    by: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Provision:
    """What else the procedure says, by kind; `clock` is the one it runs by, `under` a rule that it hangs on."""

    id: str
    kind: str
    title: Words
    text: Words | None
    clock: str
    under: str
    is_asked: bool
    trust: Trust


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure. Its first state is where a case begins."""

    id: str
    pack: str
    title: Words
    published: date
    effective: date
    governs: str
    bodies: Mapping[str, Body]
    states: Mapping[str, CaseState]
    steps: Mapping[str, Step]
    documents: Mapping[str, AskedDocument]
    reasons: Mapping[str, StopReason]
    clocks: Mapping[str, ProcedureClock]
    licence_kinds: Mapping[str, LicenceKind]
    deadlines: Mapping[str, Deadline]
    returns: Mapping[str, ReturnOwed]
    records: Mapping[str, KeptRecord]
    provisions: Mapping[str, Provision]
    trust: Trust
    casework: CaseworkRules | None = None


def entries_of(procedure: Procedure) -> Iterator[str]:
    """Yield the identifier of every entry of every section, those of casework too."""
    parts = (procedure,) if procedure.casework is None else (procedure, procedure.casework)
    for held in (getattr(part, one.name) for part in parts for one in fields(part)):
        if isinstance(held, Mapping):
            yield from (name for name, entry in held.items() if hasattr(entry, "trust"))


def clock_rules_of(procedure: Procedure) -> dict[str, ClockRule]:
    """Return the rule of each clock of a procedure, by its id, as `clock.read_clock` takes it."""
    return {name: _clock_rule(procedure, clock) for name, clock in procedure.clocks.items()}


def _clock_rule(procedure: Procedure, clock: ProcedureClock) -> ClockRule:
    effects = [(name, Effect.STOPS) for name in clock.stops] + [(name, Effect.NO_LIMIT) for name in clock.no_limit]
    minutes = minutes_of(clock.cutoff)
    assert minutes is not None, "the shape of a pack lets no other cutoff pass"
    return ClockRule(
        id=clock.id,
        days=clock.days,
        cutoff_minutes=minutes,
        zone=clock.zone,
        day_rule=clock.day_rule,
        is_first_counted=clock.first_day is FirstDay.COUNTED,
        reasons={name: _reason(procedure.reasons[name], effect) for name, effect in effects},
        calendar=clock.calendar,
        source=_with_note(clock.trust),
        confidence=clock.trust.confidence.value,
    )


def _reason(reason: StopReason, effect: Effect) -> Reason:
    return Reason(reason.id, effect, reason.title["en"], _with_note(reason.trust), reason.trust.confidence.value)


def _with_note(trust: Trust) -> str:
    return "; ".join(filter(None, (trust.source, trust.note)))
