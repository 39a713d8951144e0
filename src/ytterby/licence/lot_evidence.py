"""Whether the lots that an application offers suffice: by net mass and by element, beside what others may take (I15).

A line asks for a quantity. In kilograms of goods it must fit beside the claims of all other cases and licences on the
same lots, and beside the other lines. By element, what it asks for (its declared composition) must be in what is left
for it: goods declared richer than their lots would license mass that is not there. A shortage is one beyond the
uncertainty of what the lots hold (k = 2); what has no mass or no composition is unknown, and never enough.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from ytterby.licence.evidence import (
    DONE,
    NO,
    NOT_CHECKED,
    UNKNOWN,
    YES,
    ElementNeed,
    LineLots,
    LotOffered,
    LotsSection,
    Mass,
    kilograms,
    plain,
)
from ytterby.licence.lot_claim import Claim, Held, Room, kilograms_of, room_for
from ytterby.terms.quantity import CONTEXT

COVERAGE = 2  # standard uncertainties
PERCENT = Decimal(100)
MILLIGRAM = Decimal("0.000001")


class Content(NamedTuple):
    """Kilograms of an element, with the standard uncertainty."""

    kg: Decimal
    u_kg: Decimal


class LotStanding(NamedTuple):
    """A lot as the applicant holds it: what is left, by element, and how it stands; `held` None: it holds none."""

    lot: str
    held: Held | None
    elements: Mapping[str, Content] = {}
    form: str = ""
    balance: str = NOT_CHECKED
    trace: str = NOT_CHECKED
    mirror: str = NOT_CHECKED


class LineAsked(NamedTuple):
    """A line: how much, in a base unit, out of which lots, and the declared composition in wt% (empty: not stated)."""

    line: int
    amount: Decimal
    unit: str
    lots: tuple[str, ...]
    composition: Mapping[str, Decimal] = {}


class OtherClaim(NamedTuple):
    """What another case or licence may take: in a base unit, out of which lots of the same holder."""

    id: str
    amount: Decimal
    unit: str
    lots: tuple[str, ...]


def lots_section(
    lines: Sequence[LineAsked], standings: Mapping[str, LotStanding], others: Iterable[OtherClaim], holder: str
) -> LotsSection:
    """Return the section of the evidence: each lot of each line, and whether each line has enough."""
    if not any(line.lots for line in lines):
        return LotsSection(why="no_lots")
    known = list(others)
    lots = tuple(
        _lot(line.line, standings.get(lot, LotStanding(lot, None)), known, standings, holder)
        for line in lines
        for lot in line.lots
    )
    return LotsSection(DONE, "", lots, tuple(_line(line, lines, standings, known) for line in lines))


def _lot(
    line: int, one: LotStanding, others: Iterable[OtherClaim], standings: Mapping[str, LotStanding], holder: str
) -> LotOffered:
    if one.held is None or one.held.left <= 0:
        return LotOffered(one.lot, line)
    return LotOffered(
        lot=one.lot,
        line=line,
        holder=holder,
        unit=one.held.unit,
        left=plain(one.held.left),
        left_kg="" if one.held.left_kg is None else plain(one.held.left_kg),
        reserved_kg=_reserved(one.lot, others, standings),
        elements={name: Mass(kilograms(each.kg), kilograms(each.u_kg)) for name, each in sorted(one.elements.items())},
        balance=one.balance,
        trace=one.trace,
        mirror=one.mirror,
        form=one.form,
    )


def _reserved(lot: str, others: Iterable[OtherClaim], standings: Mapping[str, LotStanding]) -> str:
    """Return what others may take of a lot at most; empty where nobody can tell their mass."""
    total = Decimal(0)
    for one in others:
        if lot in one.lots:
            kg = kilograms_of(one.amount, one.unit, _held(one.lots, standings))
            if kg is None:
                return ""
            total = CONTEXT.add(total, kg)
    return plain(total)


def _held(lots: Collection[str], standings: Mapping[str, LotStanding]) -> list[Held]:
    found = (standings[lot].held for lot in lots if lot in standings)
    return [held for held in found if held is not None]


def _line(
    line: LineAsked, lines: Sequence[LineAsked], standings: Mapping[str, LotStanding], others: Sequence[OtherClaim]
) -> LineLots:
    if not line.lots:
        return LineLots(line.line, why="no_lots")
    asked = kilograms_of(line.amount, line.unit, _held(line.lots, standings))
    held_kg = {lot: held.left_kg for lot in standings for held in _held((lot,), standings) if held.left_kg is not None}
    if asked is None or any(lot not in held_kg for lot in line.lots if _held((lot,), standings)):
        return LineLots(line.line, why="mass_unknown")
    rivals = _claims(line, lines, others, standings)
    if rivals is None:
        return LineLots(line.line, asked_kg=plain(asked), why="claims_unknown")
    room = room_for(line.lots, rivals, held_kg)
    enough = YES if room.kg >= asked and room.fits else NO
    elements = _elements(line, asked, room, standings)
    if enough == YES and any(one.is_enough != YES for one in elements.values()):
        enough = NO if any(one.is_enough == NO for one in elements.values()) else UNKNOWN
    why = "composition_unknown" if enough == UNKNOWN else "" if room.fits else "claims_exceed_lots"
    return LineLots(line.line, plain(asked), plain(room.kg), enough, why, elements)


def _claims(
    line: LineAsked, lines: Sequence[LineAsked], others: Sequence[OtherClaim], standings: Mapping[str, LotStanding]
) -> list[Claim] | None:
    """Return what others, and the other lines, may take; None where the mass of one on the same lots is unknown."""
    own = (OtherClaim(f"line {one.line}", *one[1:4]) for one in lines if one.line != line.line)
    found = []
    for one in (*others, *own):
        kg = kilograms_of(one.amount, one.unit, _held(one.lots, standings))
        if kg is None and set(one.lots) & set(line.lots):
            return None
        if kg is not None:
            found.append(Claim(one.id, kg, one.lots))
    return found


def _elements(
    line: LineAsked, asked_kg: Decimal, room: Room, standings: Mapping[str, LotStanding]
) -> dict[str, ElementNeed]:
    """Return by element what is asked beside what is left for the line in its lots."""
    there: dict[str, Content] = {}
    for lot, kg in room.of_lot.items():
        standing = standings.get(lot)
        if standing is None or standing.held is None or not standing.held.left_kg or kg <= 0:
            continue
        share = CONTEXT.divide(kg, standing.held.left_kg)
        for element, content in standing.elements.items():
            before = there.get(element, Content(Decimal(0), Decimal(0)))
            # Lots of one laboratory err together: their uncertainties are added up, which is never too little.
            there[element] = Content(before.kg + share * content.kg, before.u_kg + share * content.u_kg)
    wanted = {
        element: CONTEXT.multiply(asked_kg, percent / PERCENT) for element, percent in line.composition.items()
    } or {element: CONTEXT.divide(one.kg * asked_kg, room.kg) for element, one in there.items() if room.kg > 0}
    return {
        element: _need(kg, there.get(element), is_known=bool(there)) for element, kg in sorted(wanted.items()) if kg > 0
    }


def _need(asked: Decimal, there: Content | None, *, is_known: bool) -> ElementNeed:
    if not is_known:
        return ElementNeed(kilograms(asked), "", "", UNKNOWN)
    found = there or Content(Decimal(0), Decimal(0))
    # Masses of lots are floats of the book: a milligram is neither enough nor too little.
    is_enough = asked <= found.kg + COVERAGE * found.u_kg + MILLIGRAM
    return ElementNeed(kilograms(asked), kilograms(found.kg), kilograms(found.u_kg), YES if is_enough else NO)
