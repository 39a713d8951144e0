"""Origins of a lot: for each element the classes it came from, with shares and bounds.

O = (I - Phi)^-1 source, one forward pass in book order over what precedes the lot.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ytterby.chain.attribution import attribute
from ytterby.chain.book import Book
from ytterby.chain.bounds import bound
from ytterby.chain.graph import ancestors, sources_of, with_element
from ytterby.chain.node import OriginClass
from ytterby.chain.trace import rule_of
from ytterby.matter.element import ELEMENTS, POSITION


class OriginShare(NamedTuple):
    """Kilograms from one origin class, its share, and the bounds over all allocations of the pools on the way."""

    origin: OriginClass
    mass_kg: float
    share: float
    least: float
    greatest: float


class ElementOrigin(NamedTuple):
    """Where one element of a lot came from, largest share first."""

    element: str
    mass_kg: float
    u_kg: float
    rule: str
    origins: tuple[OriginShare, ...]


def origin_of_lot(
    book: Book, lot: str, *, holder: str | None = None, elements: Iterable[str] | None = None
) -> tuple[ElementOrigin, ...]:
    """Return the origins of a lot, or of one holder's parcels of it, for each element it holds.

    Raises:
        KeyError: the book has no such lot.
    """
    targets = book.made(lot, holder)
    found = ancestors(book, targets)
    places = [found.place[target.index] for target in targets]
    result = []
    for element in elements or ELEMENTS:
        position = POSITION[element]
        mass = sum(float(target.mass_kg[position]) for target in targets)
        if mass <= 0:
            continue
        u_kg = float(np.sqrt(sum(float(target.content.u_kg[position]) ** 2 for target in targets)))
        cone = with_element(found, element)
        sources, classes = sources_of(cone, element)
        rows = attribute(cone.graph, sources, len(classes))
        own = np.zeros_like(rows)
        np.add.at(own, (sources.nodes, sources.classes), sources.mass_kg)
        limits = bound(book, cone, element, own) if any(node.pool for node in cone.nodes) else None
        shares = []
        for column, origin in enumerate(classes):
            kg = sum(float(rows[place, column]) for place in places)
            low = high = kg
            if limits is not None:
                low = sum(float(limits.least_kg[place, column]) for place in places)
                high = sum(float(limits.greatest_kg[place, column]) for place in places)
            if high > 0:
                shares.append(OriginShare(origin, kg, kg / mass, min(low / mass, 1.0), min(high / mass, 1.0)))
        shares.sort(key=lambda s: (-s.mass_kg, s.origin))
        result.append(ElementOrigin(element, mass, u_kg, rule_of(cone), tuple(shares)))
    return tuple(result)
