"""The ceilings that a licence takes over from its pack, and what one unit of a line holds, so that each exit counts.

Ceilings of which the pack fixes the value go with the licence. One without a value is fixed by what the licence is
granted for, which its ledger holds already. What a unit holds is what was gathered for the decision: mass of elements
and of goods, pieces; the value is the application's. What is not known stays empty, and then nothing fits under a
ceiling that counts it (`ceiling`).

Source: section 1 of the issue on the licence office.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation

import msgspec

from ytterby.law.licence_kind import LicenceKind, Measure, Per
from ytterby.licence.application import Line
from ytterby.licence.ceiling import EXACT, CountedExit
from ytterby.licence.evidence import LineLots
from ytterby.licence.fact_test import Money
from ytterby.terms.quantity import KILOGRAM, PIECES, plain_decimal


class CeilingTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ceiling as the pack had it when the licence was issued."""

    id: str
    measure: Measure
    per: Per
    element: str
    value: Decimal
    unit: str


class LineContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one unit of a line holds; None: not known. Elements that are not named are not in it."""

    element_kg: Mapping[str, Decimal] | None = None
    product_kg: Decimal | None = None
    pieces: Decimal | None = None
    value: Decimal | None = None
    currency: str = ""


NOT_KNOWN = LineContent()
# Of one unit so many places, of what counts to a milligram or a millionth: so sums are exact, and what is granted whole
# comes to the whole again.
ZERO = Decimal(0)
_WIDE = Context(prec=120, rounding=ROUND_HALF_EVEN, traps=[DivisionByZero, InvalidOperation])
_PLACES, _SMALLEST = Decimal("1E-12"), Decimal("0.000001")


def terms_of(kind: LicenceKind | None) -> tuple[CeilingTerm, ...]:
    """Return the ceilings of a kind of which the pack fixes the value."""
    return tuple(
        CeilingTerm(one.id, one.measure, one.per, one.element, one.value, one.unit)
        for one in (() if kind is None else kind.ceilings)
        if one.value is not None
    )


def content_of(line: Line, lots: LineLots) -> LineContent:
    """Return what one unit of a line holds, by its application and by what the lots section found of it."""
    amount = line.amount
    if amount <= 0:
        return NOT_KNOWN
    found = {name: _each(need.asked_kg, amount) for name, need in lots.elements.items()}
    known = {name: kg for name, kg in found.items() if kg is not None}
    return LineContent(
        element_kg=known if known and len(known) == len(found) else None,
        product_kg=Decimal(1) if line.unit == KILOGRAM else _each(lots.asked_kg, amount),
        pieces=Decimal(1) if line.unit == PIECES else None,
        value=_each(line.value, amount) if line.currency else None,
        currency=line.currency,
    )


def _each(text: str, amount: Decimal) -> Decimal | None:
    found = plain_decimal(text)
    return None if found is None else _WIDE.quantize(_WIDE.divide(found, amount), _PLACES)


def counted(on: date, quantity: Decimal, content: LineContent) -> CountedExit:
    """Return what a quantity of a line counts for on a day."""

    def whole(each: Decimal) -> Decimal:
        return _WIDE.quantize(_WIDE.multiply(each, quantity), _SMALLEST)

    held, mass, pieces, value = content.element_kg, content.product_kg, content.pieces, content.value
    return CountedExit(
        on=on,
        element_kg=None if held is None else {name: whole(kg) for name, kg in held.items()},
        product_kg=None if mass is None else whole(mass),
        pieces=None if pieces is None else whole(pieces),
        value=None if value is None else Money(whole(value), content.currency),
    )


def together(exits: Sequence[CountedExit], on: date) -> CountedExit:
    """Return exits of one day as one; what is not known of one of them is not known of all."""
    elements: dict[str, Decimal] | None = {}
    for one in exits:
        if one.element_kg is None or elements is None:
            elements = None
            continue
        for name, kg in one.element_kg.items():
            elements[name] = EXACT.add(elements.get(name, ZERO), kg)
    currencies = {one.value.currency for one in exits if one.value is not None}
    amounts = [one.value.amount for one in exits if one.value is not None]
    is_one = len(currencies) == 1 and len(amounts) == len(exits)
    return CountedExit(
        on=on,
        element_kg=elements,
        product_kg=_added([one.product_kg for one in exits]),
        pieces=_added([one.pieces for one in exits]),
        value=Money(sum(amounts, ZERO), currencies.pop()) if is_one else None,
    )


def _added(parts: Sequence[Decimal | None]) -> Decimal | None:
    known = [one for one in parts if one is not None]
    return sum(known, ZERO) if len(known) == len(parts) else None
