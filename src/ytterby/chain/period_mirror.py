"""Deliveries of which one side speaks by lot and the other by month, or both by month: paired as what they are.

A monthly return names no lots, so its half of a delivery and the other party's lots never meet in the book. They are
the same goods where product, shipper's site and receiver's site are the same, and the delivery note is, or, without
one on both sides, the month. Then all lots together are the one half and the month's quantity the other.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import sqrt

from ytterby.chain.mirror_pair import Half, Pair
from ytterby.chain.period import is_period_lot
from ytterby.chain.posting import Line
from ytterby.matter.mass import MassUncertainty
from ytterby.terms.identifier import product_class

Key = tuple[str, ...]


def join_periods(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Return the pairs, halves of a month's delivery that found no other side joined with what the other side said."""
    pairs = tuple(pairs)
    open_ones = [pair for pair in pairs if (pair.sent is None) != (not pair.received) and not pair.is_implied]
    joined: list[Pair] = []
    taken: set[int] = set()
    for by_document in (True, False):
        groups: dict[Key, list[Pair]] = {}
        for pair in open_ones:
            key = _key(pair, by_document=by_document) if id(pair) not in taken else None
            if key is not None:
                groups.setdefault(key, []).append(pair)
        for group in groups.values():
            found = _joined(group)
            if found is not None:
                joined.append(found)
                taken.update(id(one) for one in group)
    return (*(pair for pair in pairs if id(pair) not in taken), *joined) if taken else pairs


def _key(pair: Pair, *, by_document: bool) -> Key | None:
    """Return under what halves of one delivery meet."""
    link = (product_class(pair.lot), pair.from_site, pair.to_site)
    if by_document:
        return (*link, pair.document) if pair.document else None
    at = pair.sent.at if pair.sent is not None else pair.received[0].at
    return (*link, f"{at:%Y-%m}")


def _joined(group: Sequence[Pair]) -> Pair | None:
    """Return one pair of what both sides said; None where only one spoke, or none speaks of a month."""
    sent = [pair for pair in group if pair.sent is not None]
    received = [pair for pair in group if pair.sent is None]
    if not sent or not received:
        return None
    months = [pair for pair in group if is_period_lot(pair.lot)]
    halves = [pair.sent for pair in sent if pair.sent is not None]
    units = {half.line.unit for half in (*halves, *(half for pair in received for half in pair.received))}
    if not months or len(units) > 1:
        return None
    first = sent[0]
    return Pair(
        lot=months[0].lot,
        document=next((pair.document for pair in group if pair.document), None),
        from_site=first.from_site,
        from_holder=first.from_holder,
        to_site=first.to_site,
        to_holder=received[0].to_holder,
        sent=_sum(halves, months[0].lot),
        received=tuple(half for pair in received for half in pair.received),
        is_implied=False,
        node=first.node,
        sent_lots=tuple(halves),
    )


def _sum(halves: Sequence[Half], lot: str) -> Half:
    """Return several lines as one: amounts added, random errors in quadrature, systematic groups linearly."""
    if len(halves) == 1:
        return halves[0]
    groups: dict[str, float] = {}
    for half in halves:
        for group, sd in half.line.mass_u.groups.items():
            groups[group] = groups.get(group, 0.0) + sd
    amounts = [half.line.amount for half in halves]
    amount = None if None in amounts else sum((a for a in amounts if a is not None), Decimal(0))
    random_kg = sqrt(sum(half.line.mass_u.random_kg**2 for half in halves))
    is_assumed = any(half.line.mass_u.assumed for half in halves)
    last = max(halves, key=lambda half: (half.at, half.digest))
    line = Line(
        lot=lot,
        amount=amount,
        unit=last.line.unit,
        net_kg=amount if all(half.line.net_kg == half.line.amount for half in halves) else None,
        mass_u=MassUncertainty(random_kg=random_kg, groups=groups, assumed=is_assumed),
    )
    return Half(line, last.at, last.digest, last.event_id)
