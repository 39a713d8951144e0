"""What a case came to, read from its events: the values that statistics take of it (`case_record`).

A *first outcome* is the first of: granted, refused, no licence needed, not accepted or sent back, withdrawn. An appeal
is decided by the first outcome after it. What a licence allows of an element is what its lines ask of their lots, as
the evidence tells it, in the proportion in which they were granted; what was drawn likewise. Draws count as customs
confirmed them, without later corrections: a month that is over does not change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ytterby.law.clock import Clock
from ytterby.licence.case import Case, Event
from ytterby.licence.case_record import NO_TIER, OTHER, CaseRecord, Ended, Mass
from ytterby.licence.evidence import read_evidence
from ytterby.licence.step import Appeal, DecideAutomatically, Issue, NotifyMissing, Propose, Query, Rate, SendBack
from ytterby.terms.quantity import CONTEXT, plain_decimal

KINDS = frozenset({"individual", "open"})
TIERS = frozenset({"G", "S", "H"})
OUTCOME_OF_STATE = {
    "granted": "approved",
    "refused": "refused",
    "no_licence": "not_controlled",
    "returned": "returned",
    "not_accepted": "returned",
    "withdrawn": "withdrawn",
}
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn on a line of a licence, in its unit, and the day of the record."""

    licence: str
    line: str
    quantity: Decimal
    on: date


def first_outcome(case: Case) -> Event | None:
    """Return the event by which a case came to its first outcome; None where it has none."""
    pairs = zip(case.events, case.states, strict=True)
    return next((event for event, state in pairs if state in OUTCOME_OF_STATE), None)


def record_of(
    case: Case, clock: Clock | None, draws: Sequence[Drawn], today: date, audited: tuple[date, bool] | None = None
) -> CaseRecord | None:
    """Return what a case came to; None for one that was never handed in, or is no application for a licence.

    `clock` is that of the decision as it stood at the first outcome, None where none ran; `audited` when a decision by
    rule was looked at again first, and whether it was found wrong.
    """
    if case.kind not in KINDS or not case.submissions:
        return None
    decided = first_outcome(case)
    until = decided.version if decided is not None else case.version
    masses = _masses(case)
    return CaseRecord(
        case=case.number,
        party=case.applicant,
        received=_day(case.submissions[0]),
        is_complete=not any(isinstance(event.step, NotifyMissing | SendBack) for event in case.events),
        region=case.application.destination or OTHER,
        tier=_tier(case, until),
        decided=_day(decided) if decided is not None else None,
        outcome=_outcome(case, decided) if decided is not None else "",
        first_days=clock.day if clock is not None and decided is not None else None,
        is_within=clock is None or clock.reached is None,
        stopped_days=sum(stop.days for stop in clock.stops) if clock is not None else 0,
        queries=sum(1 for event, _ in case.of(Query) if event.version <= until),
        licensed=tuple(_licensed(case, masses)),
        drawn=tuple(_of_draws(draws, masses)),
        ended=tuple(_ended(case, draws, masses, today)),
        audited=audited[0] if audited is not None else None,
        has_hit=audited is not None and audited[1],
        appealed=_day(appeal) if (appeal := _appeal(case)) is not None else None,
        is_overturned=appeal is not None and case.states[appeal.version - 1] != "closed",
    )


def _day(event: Event) -> date:
    return date.fromisoformat(event.at[:10])


def _tier(case: Case, until: int) -> str:
    rated = [step.tier for event, step in case.of(Rate) if event.version <= until]
    return rated[-1] if rated and rated[-1] in TIERS else NO_TIER


def _outcome(case: Case, decided: Event) -> str:
    outcome = OUTCOME_OF_STATE[case.states[decided.version - 1]]
    drafts = [
        event.step
        for event in case.events
        if event.version <= decided.version and isinstance(event.step, Propose | DecideAutomatically)
    ]
    return "conditional" if outcome == "approved" and drafts and drafts[-1].conditions else outcome


def _appeal(case: Case) -> Event | None:
    """Return the event by which the last appeal was decided."""
    asked = case.last(Appeal)
    if asked is None:
        return None
    ends = {"granted", "no_licence", "closed"}
    after = (event for event in case.events[asked[0].version :] if case.states[event.version - 1] in ends)
    return next(after, None)


def _masses(case: Case) -> dict[tuple[str, str], dict[str, Decimal]]:
    """Return kg of each element in one unit of each line of licences that were issued, by (licence, line)."""
    if case.gathered is None:
        return {}
    evidence = read_evidence(case.gathered[1].evidence)
    asked = {line.line: line.amount for line in case.application.lines}
    per_unit: dict[str, dict[str, Decimal]] = {}
    for line in evidence.lots.lines:
        amount = asked.get(line.line, ZERO)
        if amount > ZERO:
            found = {element: plain_decimal(need.asked_kg) or ZERO for element, need in line.elements.items()}
            per_unit[f"L{line.line}"] = {one: CONTEXT.divide(kg, amount) for one, kg in found.items() if kg > ZERO}
    return {(licence, line): held for licence in case.licences for line, held in per_unit.items()}


def _lines(step: Issue) -> Iterator[tuple[str, Decimal]]:
    for line in step.content.get("lines", ()):
        yield str(line.get("line", "")), plain_decimal(str(line["quantity"])) or ZERO


def _licensed(case: Case, masses: Mapping[tuple[str, str], Mapping[str, Decimal]]) -> Iterator[Mass]:
    for event, step in case.of(Issue):
        for line, quantity in _lines(step):
            for element, kg in masses.get((step.licence, line), {}).items():
                yield Mass(element, _kilograms(kg, quantity), _day(event))


def _of_draws(draws: Sequence[Drawn], masses: Mapping[tuple[str, str], Mapping[str, Decimal]]) -> Iterator[Mass]:
    for one in draws:
        for element, kg in masses.get((one.licence, one.line), {}).items():
            yield Mass(element, _kilograms(kg, one.quantity), one.on)


def _ended(
    case: Case, draws: Sequence[Drawn], masses: Mapping[tuple[str, str], Mapping[str, Decimal]], today: date
) -> Iterator[Ended]:
    for _, step in case.of(Issue):
        last = date.fromisoformat(str(step.content["valid_to"]))
        if last >= today:
            continue
        used = unused = ZERO
        for line, quantity in _lines(step):
            whole = sum(masses.get((step.licence, line), {}).values(), ZERO)
            own = [one for one in draws if (one.licence, one.line) == (step.licence, line) and one.on <= last]
            taken = sum((one.quantity for one in own), ZERO)
            used += _kilograms(whole, min(taken, quantity))
            unused += _kilograms(whole, max(quantity - taken, ZERO))
        yield Ended(last, used, unused)


def _kilograms(per_unit: Decimal, quantity: Decimal) -> Decimal:
    """Return a mass to the milligram, so that sums are exact whatever their order."""
    return CONTEXT.multiply(per_unit, quantity).quantize(Decimal("0.000001"))
