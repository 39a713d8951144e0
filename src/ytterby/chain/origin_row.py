"""The row of a node: how many kilograms of each element in it came from each origin class.

Row rule: own source, then for each parent in book order weight x parent's row, one multiplication and one addition for
each class and element, in IEEE double; the same bytes as `attribution.attribute`. A row is one array over its classes,
so that the rule costs a few operations a parent however many classes there are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ytterby.chain.node import Node, OriginClass
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import FloatArray

Classes = tuple[OriginClass, ...]


@dataclass(frozen=True, slots=True, eq=False)
class OriginRow(Mapping[OriginClass, FloatArray]):
    """Kilograms by origin class (sorted) and element: array classes x 17. No class of it is nothing throughout."""

    classes: Classes
    mass_kg: FloatArray

    def __getitem__(self, origin: OriginClass) -> FloatArray:
        try:
            mass: FloatArray = self.mass_kg[self.classes.index(origin)]
        except ValueError:
            raise KeyError(origin) from None
        return mass

    def __iter__(self) -> Iterator[OriginClass]:
        return iter(self.classes)

    def __len__(self) -> int:
        return len(self.classes)


NO_ROW = OriginRow((), np.zeros((0, len(ELEMENTS))))


def row_of_node(node: Node, rows: "Mapping[int, OriginRow]") -> OriginRow:
    """Return the row of a node; `rows` are those of its parents, by index."""
    if not node.sources and len(node.parents) == 1:
        above = rows[node.parents[0]]
        return _occupied(above.classes, node.weights[0] * above.mass_kg)
    terms: list[tuple[Classes, FloatArray]] = [
        ((part.origin,), part.content.mass_kg.reshape(1, -1)) for part in node.sources
    ]
    for parent, weight in zip(node.parents, node.weights, strict=True):
        above = rows[parent]
        terms.append((above.classes, weight * above.mass_kg))
    return _sum(terms)


def _sum(terms: Iterable[tuple[Classes, FloatArray]]) -> OriginRow:
    """Add terms in the order given."""
    classes: Classes = ()
    total = NO_ROW.mass_kg
    is_own = False  # an array of this sum's own may be added to in place
    for more, mass in terms:
        if more == classes:
            if is_own:
                total += mass
            else:
                total, is_own = total + mass, True
        elif not classes:
            classes, total, is_own = more, mass, False
        else:
            classes, total = _merged(classes, total, more, mass)
            is_own = True
    return _occupied(classes, total)


def _merged(classes: Classes, total: FloatArray, more: Classes, mass: FloatArray) -> tuple[Classes, FloatArray]:
    union = tuple(sorted({*classes, *more}))
    place = {origin: number for number, origin in enumerate(union)}
    merged = np.zeros((len(union), len(ELEMENTS)))
    merged[[place[origin] for origin in classes]] = total
    known = set(classes)
    # What is new is entered as it is, and not added to nothing, which would take the sign of a zero.
    new = [number for number, origin in enumerate(more) if origin not in known]
    old = [number for number, origin in enumerate(more) if origin in known]
    merged[[place[more[number]] for number in new]] = mass[new]
    if old:
        merged[[place[more[number]] for number in old]] += mass[old]
    return union, merged


def _occupied(classes: Classes, mass_kg: FloatArray) -> OriginRow:
    """Return a row without the classes of which nothing is there."""
    is_there = np.logical_or.reduce(mass_kg, axis=1)
    if is_there.all():
        return OriginRow(classes, mass_kg)
    kept = np.flatnonzero(is_there)
    return OriginRow(tuple([classes[number] for number in kept]), mass_kg[kept])
