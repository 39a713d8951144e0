"""What a case leaves for other cases to find: the lots that it reserves, what its end users are to get, and, once it is
decided, a precedent.

All of it is a function of the case, so that tables of it can be written anew from the log. A case reserves from the day
on which it is handed in until it is refused, withdrawn or closed; from its decision on what was decided, and no more.
Its licence goes on reserving what it has left, until the case is closed. An amendment reserves nothing: the licence
that it amends does. What end users are to get is what was gathered for the case.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from ytterby.licence.application import END_USER, Application, Line
from ytterby.licence.case import Case
from ytterby.licence.evidence import CONSUMPTION, Evidence, read_evidence
from ytterby.licence.law_evidence import LineGoods
from ytterby.licence.lot_evidence import LineAsked
from ytterby.licence.precedent import Asked, Composition, Precedent
from ytterby.matter.element import POSITION
from ytterby.terms.problem import Problem
from ytterby.terms.quantity import KILOGRAM, PIECES, UnitTable, plain_decimal

RESERVING_KINDS = frozenset({"individual", "open"})
RESERVING_PHASES = frozenset({"received", "supplement", "pre_check", "review", "granted", "delivered"})
OUTCOMES = frozenset({"granted", "refused", "no_licence_required"})
GRANTED = "granted"
_BASES = {"mass": KILOGRAM, "count": PIECES}


class LineClaim(NamedTuple):
    """What a line of a case may take of lots that its applicant holds, in a base unit.

    `licence_line` is the line of the licence that it became (L1: the first that was granted), empty before a decision.
    """

    line: int
    amount: Decimal
    unit: str
    lots: tuple[str, ...]
    licence_line: str = ""


class Ask(NamedTuple):
    """What an end user is to get of an element by a case, kg as text."""

    party: str
    element: str
    kg: str


class CaseMark(NamedTuple):
    """What a case leaves: claims with whose lots they are and the licence that they became; asks; a precedent."""

    holder: str = ""
    licence: str = ""
    claims: tuple[LineClaim, ...] = ()
    asks: tuple[Ask, ...] = ()
    precedent: Precedent | None = None


def mark_of(case: Case, phase: str, units: UnitTable) -> CaseMark:
    """Return what a case in a state of a phase of the kernel leaves."""
    reserves = case.kind in RESERVING_KINDS and phase in RESERVING_PHASES and case.state != "no_licence"
    claims = tuple(_claims(case, units)) if reserves else ()
    return CaseMark(
        holder=case.applicant if claims else "",
        licence=next(reversed(case.licences), "") if claims else "",
        claims=claims,
        asks=tuple(_asks(case)) if reserves else (),
        precedent=precedent_of(case),
    )


def _claims(case: Case, units: UnitTable) -> Iterator[LineClaim]:
    decided = case.decided
    if decided is None or decided[1].outcome != GRANTED:
        for line in case.application.lines:
            found = line_claim(line, line.quantity, line.unit, units)
            if found is not None:
                yield found
        return
    applied = {line.line: line for line in case.application.lines}
    granted = [one for one in decided[1].lines if one.outcome == GRANTED and one.line in applied]
    for place, one in enumerate(granted, 1):
        found = line_claim(applied[one.line], one.quantity, one.unit, units)
        if found is not None:
            yield found._replace(licence_line=f"L{place}")


def line_claim(line: Line, quantity: str, unit: str, units: UnitTable) -> LineClaim | None:
    """Return what a line may take of its lots; None of a line without lots, or in a unit that has no base."""
    amount = plain_decimal(quantity)
    if not line.lots or amount is None or amount <= 0:
        return None
    base = units.base(amount, unit)
    if isinstance(base, Problem) or base[1] not in _BASES:
        return None
    return LineClaim(line.line, base[0], _BASES[base[1]], tuple(sorted(set(line.lots))))


def _asks(case: Case) -> Iterator[Ask]:
    gathered = case.gathered
    if gathered is None:
        return
    evidence = read_evidence(gathered[1].evidence)
    if evidence.section(CONSUMPTION).is_done:
        for one in evidence.consumption.end_users:
            yield Ask(one.party, one.element, one.asked_kg)


def asked_of(case: Case, evidence: Evidence) -> Asked:
    """Return what is compared of a case with others: goods as law saw them, end users, use."""
    application = case.application
    goods = (
        Composition(one.form, {symbol: Decimal(figure) for symbol, figure in one.composition.items()})
        for one in evidence.law.lines
    )
    return Asked(tuple(goods), frozenset(end_users_of(application)), str(application.use.get("code", "")))


def precedent_of(case: Case) -> Precedent | None:
    """Return the decision as later cases find it; None of a case that is not decided, or was without evidence."""
    decided, gathered = case.decided, case.gathered
    if decided is None or gathered is None or decided[1].outcome not in OUTCOMES or not case.decided_at:
        return None
    asked = asked_of(case, read_evidence(gathered[1].evidence))
    said = decided[1]
    return Precedent(case.number, asked, said.outcome, case.decided_at[:10], said.conditions, case.applicant)


def end_users_of(application: Application) -> tuple[str, ...]:
    """Return the end users that the register holds, each once."""
    return tuple(dict.fromkeys(one.party for one in application.of_role(END_USER) if one.party))


def lines_asked(application: Application, described: Sequence[LineGoods], units: UnitTable) -> tuple[LineAsked, ...]:
    """Return the lines as lots are held against them: amounts in base units, declared contents of rare earths."""
    goods = {one.line: one.described[0].goods for one in described if one.described}
    found = []
    for line in application.lines:
        claim = line_claim(line, line.quantity, line.unit, units)
        elements = goods[line.line].elements if line.line in goods else {}
        rare = {symbol: part for symbol, part in elements.items() if symbol in POSITION}
        if claim is None:
            found.append(LineAsked(line.line, line.amount, line.unit, (), rare))
        else:
            found.append(LineAsked(line.line, claim.amount, claim.unit, claim.lots, rare))
    return tuple(found)
