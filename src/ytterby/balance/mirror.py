"""Mirror flows: does the receiver say what the shipper says?

D = (y_s - y_r) / sqrt(u_s^2 + u_r^2 - 2 cov), the covariance from shared scales and laboratories: what both
measured on the same instrument may differ less. Element masses are compared where both sides assayed, declared
amounts otherwise. A count is exact: any difference of pieces differs. "Overdue" is said at question time and is
never stored.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from math import inf, sqrt
from typing import NamedTuple

import numpy as np

from ytterby.chain.amount import net_mass_kg
from ytterby.chain.book import Book
from ytterby.chain.event import KILOGRAM
from ytterby.chain.mirror import Half, Pair, pair_halves
from ytterby.chain.posting import EXACT
from ytterby.matter.declared import element_mass
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass, MassUncertainty, combine
from ytterby.matter.uncertainty import StartingUncertainty

D_LIMIT = 3.0
MATCHED, DIFFERS, IN_TRANSIT = "matched", "differs", "in_transit"
IMPLIED, RECEIVER_ONLY = "implied", "receiver_only"


class MirrorState(NamedTuple):
    """What can be said of one delivery. `d` is None where there is nothing to compare, infinite for unequal counts;
    `element` names the element of the largest |D| where element masses were compared.
    """

    pair: Pair
    state: str
    compared: str | None  # element, declared
    element: str | None
    sent: Decimal | None
    received: Decimal | None
    unit: str
    difference: float | None
    u: float | None
    d: float | None

    @property
    def tests(self) -> int:
        """How many differences were compared: one of each element that either side found, or the amounts."""
        if self.d is None:
            return 0
        if self.compared != "element" or self.pair.sent is None:
            return 1
        return max(len(self.pair.sent.line.assays), 1)

    def is_overdue(self, at: datetime, limit_days: int) -> bool:
        """Tell whether goods still under way are later than a transit limit, in days, at an instant."""
        if self.state != IN_TRANSIT or self.pair.sent is None:
            return False
        return at - self.pair.sent.at > timedelta(days=limit_days)


def judge_pairs(book: Book) -> tuple[MirrorState, ...]:
    """Return the state of every delivery of a book."""
    return tuple(judge_pair(pair, book.world.matter.starting) for pair in pair_halves(book))


def judge_pair(pair: Pair, starting: StartingUncertainty) -> MirrorState:
    """Return the state of one delivery."""
    sent = pair.sent.line.amount if pair.sent is not None else None
    unit = pair.sent.line.unit if pair.sent is not None else pair.received[0].line.unit
    received = _total(pair.received, unit)

    def state(word: str) -> MirrorState:
        return MirrorState(pair, word, None, None, sent, received, unit, None, None, None)

    if pair.is_implied:
        return state(IMPLIED)
    if pair.sent is None:
        return state(RECEIVER_ONLY)
    if not pair.received:
        return state(IN_TRANSIT)
    if pair.sent.line.assays and all(half.line.assays for half in pair.received):
        return _compare_elements(pair, pair.sent, sent, received, unit, starting)
    if sent is None or received is None:
        return state(MATCHED)
    return _compare_amounts(pair, pair.sent, sent, received, unit)


def _compare_amounts(pair: Pair, ours: Half, sent: Decimal, received: Decimal, unit: str) -> MirrorState:
    difference = float(sent - received)
    u = (
        _u([(1.0, ours.line.mass_u), *((-1.0, half.line.mass_u) for half in pair.received)])
        if unit == KILOGRAM
        else 0.0
    )
    d = _score(difference, u)
    word = DIFFERS if abs(d) > D_LIMIT else MATCHED
    return MirrorState(pair, word, "declared", None, sent, received, unit, difference, u, d)


def _compare_elements(
    pair: Pair,
    ours: Half,
    sent: Decimal | None,
    received: Decimal | None,
    unit: str,
    starting: StartingUncertainty,
) -> MirrorState:
    """Compare element masses and report the element that disagrees most."""
    terms = [(1.0, _content(ours, starting)), *((-1.0, _content(half, starting)) for half in pair.received)]
    difference = combine(terms)
    scores = np.array([_score(float(m), float(u)) for m, u in zip(difference.mass_kg, difference.u_kg, strict=True)])
    worst = int(np.argmax(np.abs(scores)))
    d = float(scores[worst])
    word = DIFFERS if abs(d) > D_LIMIT else MATCHED
    mass, u = float(difference.mass_kg[worst]), float(difference.u_kg[worst])
    return MirrorState(pair, word, "element", ELEMENTS[worst], sent, received, unit, mass, u, d)


def _content(half: Half, starting: StartingUncertainty) -> ElementMass:
    line = half.line
    net_kg = line.net_kg if line.net_kg is not None else Decimal(0)
    return element_mass(net_kg, line.mass_u or EXACT, line.assays, form=line.form, table=starting)


def _score(difference: float, u: float) -> float:
    if u:
        return difference / u
    return 0.0 if difference == 0 else inf if difference > 0 else -inf


def _u(terms: Iterable[tuple[float, MassUncertainty]]) -> float:
    """Return u of a signed sum of masses: random parts in quadrature, a shared group linearly."""
    random = 0.0
    groups: dict[str, float] = {}
    for sign, mass_u in terms:
        random += mass_u.random_kg**2
        for group, sd in mass_u.groups.items():
            groups[group] = groups.get(group, 0.0) + sign * sd
    return sqrt(random + sum(sd * sd for sd in groups.values()))


def _total(halves: tuple[Half, ...], unit: str) -> Decimal | None:
    """Return the sum received, in the shipper's unit; None when it cannot be said."""
    total = Decimal(0)
    for half in halves:
        line = half.line
        if line.amount is None:
            return None
        if line.unit == unit:
            total += line.amount
            continue
        mass = net_mass_kg(line.amount, line.unit, line.piece_mass_kg)
        if unit != KILOGRAM or mass is None:
            return None
        total += mass
    return total if halves else None
