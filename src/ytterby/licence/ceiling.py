"""What a ceiling leaves: of an element, of the product, of pieces or of value, for a licence, a year, or any year.

Amounts are exact decimals: masses in kilograms, pieces in pieces, value in the currency of the ceiling. Of a *rolling
year* every period of twelve months counts that holds the day which is asked about, also those that end later, where
something that left later was told before. A ceiling without an element counts each one for itself. What cannot be told
(an exit in another currency, goods whose mass is not known) makes the rest unknown, and nothing fits into it.

Source: section 1 of the issue on the licence office; section 5.4 (c) of the project's notes on casework.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation
from typing import Protocol

from ytterby.law.licence_kind import Measure, Per
from ytterby.licence.fact_test import Money
from ytterby.licence.year import year_before

# Sums are exact or refused: no limit of law is held against a rounded one.
EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[Inexact, InvalidOperation])
NOTHING = Decimal(0)


class Ceiling(Protocol):
    """A ceiling, of a pack (`law.licence_kind`) or of a licence that took it over; without a value it is fixed in the
    licence.
    """

    @property
    def id(self) -> str:
        """What it is called."""

    @property
    def measure(self) -> Measure:
        """What it counts."""

    @property
    def per(self) -> Per:
        """Over what time."""

    @property
    def element(self) -> str:
        """Of which element; empty: of each for itself."""

    @property
    def value(self) -> Decimal | None:
        """How much at most."""

    @property
    def unit(self) -> str:
        """In which unit or currency."""


@dataclass(frozen=True, slots=True)
class CountedExit:
    """What left, or is to leave, on a day; `None`: not known. Elements that are not named are not in it."""

    on: date
    element_kg: Mapping[str, Decimal] | None = None
    product_kg: Decimal | None = None
    pieces: Decimal | None = None
    value: Money | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """What a ceiling leaves on a day: `limit` less what counts, in `unit`; None where it is not known, or not fixed.

    `left` falls below nothing where more left than the ceiling allows. `since` and `to` are the days that count, both
    within; None: without an end.
    """

    ceiling: str
    measure: Measure
    element: str
    unit: str
    limit: Decimal | None
    used: Decimal | None
    left: Decimal | None
    since: date | None
    to: date | None


# Of a ceiling whose value is fixed in each licence: ceiling, element ("" where it is of none) -> value.
Fixed = Mapping[tuple[str, str], Decimal]


def room_of(
    ceiling: Ceiling, fixed: Fixed, exits: Sequence[CountedExit], on: date, also: Iterable[str] = ()
) -> tuple[Room, ...]:
    """Return what a ceiling leaves on a day, element by element where it counts those; `also` are elements to tell."""
    elements = {element for one in exits for element in one.element_kg or ()} | set(also)
    limits = _limits(ceiling, fixed, elements)
    return tuple(_room(ceiling, element, limit, exits, on) for element, limit in sorted(limits.items()))


def beyond(
    ceilings: Iterable[Ceiling], fixed: Fixed, exits: Sequence[CountedExit], new: CountedExit
) -> tuple[Room, ...]:
    """Return the ceilings that an exit does not fit under, as they stand before it; nothing where it fits."""
    return tuple(
        room
        for ceiling in ceilings
        for room in room_of(ceiling, fixed, exits, new.on, new.element_kg or ())
        if not _fits(_amount(new, ceiling, room.element), room)
    )


def _fits(amount: Decimal | None, room: Room) -> bool:
    return amount is not None and (amount == NOTHING or (room.left is not None and amount <= room.left))


def allowed(quantity: Decimal, tolerance: Decimal) -> Decimal:
    """Return the largest quantity that counts as within a licensed one.

    Raises:
        ValueError: a tolerance that is no share of it.
    """
    if not 0 <= tolerance <= 1:
        raise ValueError(f"{tolerance} is no share")
    return EXACT.multiply(quantity, EXACT.add(Decimal(1), tolerance))


def _limits(ceiling: Ceiling, fixed: Fixed, elements: Iterable[str]) -> dict[str, Decimal | None]:
    """Return the limit of each element that a ceiling counts; of "" where it counts none, or where none is fixed yet.

    Of a ceiling on each element that is fixed in the licence only those count which the licence names.
    """
    of_licence = {element: value for (name, element), value in fixed.items() if name == ceiling.id}
    if ceiling.measure is not Measure.ELEMENT_MASS or ceiling.element:
        return {ceiling.element: of_licence.get(ceiling.element, ceiling.value)}
    if ceiling.value is None:
        return dict(of_licence) or {"": None}
    return {element: of_licence.get(element, ceiling.value) for element in {*elements, *of_licence}}


def _room(ceiling: Ceiling, element: str, limit: Decimal | None, exits: Sequence[CountedExit], on: date) -> Room:
    periods = [_period(ceiling.per, last) for last in _last_days(ceiling.per, exits, on)]
    sums = [_sum(exits, ceiling, element, since, to) for since, to in periods]
    known = [one for one in sums if one is not None]
    used = max(known) if known == sums else None
    since, to = periods[sums.index(used)]
    left = None if limit is None or used is None else EXACT.subtract(limit, used)
    return Room(ceiling.id, ceiling.measure, element, ceiling.unit, limit, used, left, since, to)


def _period(per: Per, on: date) -> tuple[date | None, date | None]:
    """Return the first and the last day that count beside a day."""
    if per is Per.LICENCE:
        return None, None
    if per is Per.CALENDAR_YEAR:
        return date(on.year, 1, 1), date(on.year, 12, 31)
    return date.fromordinal(year_before(on).toordinal() + 1), on


def _last_days(per: Per, exits: Iterable[CountedExit], on: date) -> list[date]:
    """Return the last days of the periods that hold a day; of twelve months also later ones that end with an exit."""
    later = (max(one.on, on) for one in exits if year_before(one.on) < on)
    return sorted({on, *later}) if per is Per.ROLLING_YEAR else [on]


def _sum(
    exits: Iterable[CountedExit], ceiling: Ceiling, element: str, since: date | None, to: date | None
) -> Decimal | None:
    total = NOTHING
    for one in exits:
        if (since is not None and one.on < since) or (to is not None and one.on > to):
            continue
        amount = _amount(one, ceiling, element)
        if amount is None:
            return None
        total = EXACT.add(total, amount)
    return total


def _amount(one: CountedExit, ceiling: Ceiling, element: str) -> Decimal | None:
    """Return what of an exit a ceiling counts; None where that is not known."""
    if ceiling.measure is Measure.ELEMENT_MASS:
        # Of no element: the licence fixes none, and nothing can be held against that.
        return one.element_kg.get(element, NOTHING) if element and one.element_kg is not None else None
    if ceiling.measure is Measure.PRODUCT_MASS:
        return one.product_kg
    if ceiling.measure is Measure.PIECES:
        return one.pieces
    return one.value.amount if one.value is not None and one.value.currency == ceiling.unit else None
