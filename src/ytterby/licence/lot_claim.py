"""What cases and licences may take of lots, so that no kilogram is licensed twice (invariant I15, threat P6).

A *claim* is a quantity that one line of a case, or of the licence that it became, may take out of any of the lots that
it names, as far as one holder holds them. Claims fit where some way of taking all of them leaves no lot below nothing;
which lot a claim takes of is nobody's choice here, so that a claim on two lots never stands in the way of another that
needs one of them while the other lot would do. That is a flow from claims to lots; figures are exact kilograms.

Source: max-flow by shortest augmenting paths (Edmonds and Karp 1972), on exact decimals.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from ytterby.terms.quantity import CONTEXT, KILOGRAM, PIECES

NOTHING = Decimal(0)


class Claim(NamedTuple):
    """What may be taken: by whom (`id`), how much in kilograms, out of which lots."""

    id: str
    kg: Decimal
    lots: tuple[str, ...]


class Room(NamedTuple):
    """What a new claim may take at most, of which lot how much at most, and whether the claims before it fit at all."""

    kg: Decimal
    of_lot: Mapping[str, Decimal]
    fits: bool


class Held(NamedTuple):
    """What a holder has of a lot: in the unit that it is declared in, and its net mass; None where nobody knows it."""

    lot: str
    left: Decimal
    unit: str
    left_kg: Decimal | None

    @property
    def piece_kg(self) -> Decimal | None:
        """The mass of one piece, of a lot that is counted in pieces."""
        if self.unit != PIECES or self.left_kg is None or self.left <= 0:
            return None
        return CONTEXT.divide(self.left_kg, self.left)


def kilograms_of(amount: Decimal, unit: str, lots: Iterable[Held]) -> Decimal | None:
    """Return the mass of a claim in a base unit; None where nobody can tell it.

    Pieces weigh as much as those of the heaviest of the lots, so that no claim is smaller than what may leave.
    """
    if unit == KILOGRAM:
        return amount
    pieces = [one.piece_kg for one in lots]
    heaviest = max((one for one in pieces if one is not None), default=None)
    if unit != PIECES or heaviest is None or None in pieces:
        return None
    return CONTEXT.multiply(amount, heaviest)


def room_for(lots: Iterable[str], others: Iterable[Claim], held_kg: Mapping[str, Decimal]) -> Room:
    """Return what may be taken of lots beside what others may take of theirs; lots that nobody holds give nothing.

    Claims that share no lot with these, nor with one that does, are left out: they say nothing of these.
    """
    flow = _Flow({lot: max(kg, NOTHING) for lot, kg in held_kg.items()})
    fits = True
    wanted = tuple(dict.fromkeys(lots))
    for other in sorted(_beside(wanted, others)):
        fits = flow.take(other.id, other.kg, other.lots) == other.kg and fits
    most = sum((max(held_kg.get(lot, NOTHING), NOTHING) for lot in wanted), NOTHING)
    kg = flow.take(_NEW, most, wanted)
    return Room(kg, {lot: flow.taken.get((_NEW, lot), NOTHING) for lot in wanted}, fits)


def _beside(lots: Iterable[str], claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims that share a lot with some lots, or with another claim that does."""
    reached, waiting, found = set(lots), list(claims), list[Claim]()
    while True:
        near = [one for one in waiting if not reached.isdisjoint(one.lots)]
        if not near:
            return found
        found += near
        waiting = [one for one in waiting if one not in near]
        reached = reached.union(*(one.lots for one in near))


def allotted(claims: Iterable[Claim], held_kg: Mapping[str, Decimal]) -> Mapping[tuple[str, str], Decimal] | None:
    """Return how much each claim takes of each lot, in one way of taking all of them; None where there is none."""
    flow = _Flow({lot: max(kg, NOTHING) for lot, kg in held_kg.items()})
    for claim in sorted(claims):
        if flow.take(claim.id, claim.kg, claim.lots) < claim.kg:
            return None
    return {key: kg for key, kg in flow.taken.items() if kg > 0}


# Sorted before and after every identifier of a claim there is none like it: identifiers hold no NUL.
_NEW = "\x00new"


class _Flow:
    """What claims take of lots; one that comes later moves earlier ones to other lots, and never makes them less."""

    def __init__(self, held_kg: Mapping[str, Decimal]) -> None:
        self.free = dict(held_kg)
        self.taken: dict[tuple[str, str], Decimal] = {}
        self.lots_of: dict[str, tuple[str, ...]] = {}
        self.takers_of: dict[str, dict[str, None]] = {}

    def take(self, claim: str, kg: Decimal, lots: tuple[str, ...]) -> Decimal:
        """Take as much as there is for a claim, and return it."""
        self.lots_of[claim] = lots
        got = NOTHING
        while got < kg:
            path = self._path(claim)
            if path is None:
                break
            part = min(kg - got, self._width(path))
            self._push(path, part)
            got = CONTEXT.add(got, part)
        return got

    def _path(self, claim: str) -> list[tuple[str, str]] | None:
        """Return claims and lots in turn that lead from a claim to a lot of which something is free.

        Each pair is a claim and the lot that it takes more of; the next claim takes as much less of that lot.
        """
        came: dict[str, tuple[str, str] | None] = {claim: None}
        waiting = deque([claim])
        seen: set[str] = set()
        while waiting:
            one = waiting.popleft()
            for lot in self.lots_of[one]:
                if lot in seen or lot not in self.free:
                    continue
                seen.add(lot)
                if self.free[lot] > 0:
                    return self._back(came, one, lot)
                for other in self.takers_of.get(lot, ()):
                    if other not in came and self.taken[other, lot] > 0:
                        came[other] = (one, lot)
                        waiting.append(other)
        return None

    def _back(self, came: Mapping[str, tuple[str, str] | None], claim: str, lot: str) -> list[tuple[str, str]]:
        path = [(claim, lot)]
        before = came[claim]
        while before is not None:
            path.append(before)
            before = came[before[0]]
        return path[::-1]

    def _width(self, path: list[tuple[str, str]]) -> Decimal:
        moved = [self.taken[claim, lot] for (_, lot), (claim, _) in pairwise(path)]
        return min([self.free[path[-1][1]], *moved])

    def _push(self, path: list[tuple[str, str]], kg: Decimal) -> None:
        for claim, lot in path:
            self.taken[claim, lot] = CONTEXT.add(self.taken.get((claim, lot), NOTHING), kg)
            self.takers_of.setdefault(lot, {})[claim] = None
        for (_, lot), (claim, _) in pairwise(path):
            self.taken[claim, lot] = CONTEXT.subtract(self.taken[claim, lot], kg)
        last = path[-1][1]
        self.free[last] = CONTEXT.subtract(self.free[last], kg)
