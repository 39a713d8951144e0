"""Least and greatest share of an origin over all ways in which pools could have been drawn.

A rule (proportional, FIFO …) picks one allocation; the bounds hold for all that agree with the pool's mass
balance: at a draw of w kg from a pool of T kg in which at most hi and at least lo kg are of the origin, the draw
holds at most min(w, hi) and at least max(0, w - (T - lo)); afterwards the pool holds at most min(T - w, hi) and at
least max(0, lo - w). Applied draw by draw this is max = min(1, available / withdrawn) and
min = max(0, 1 - available of others / withdrawn). Where no pool lies upstream both equal the share.
"""

from typing import NamedTuple

import numpy as np

from ytterby.chain.attribution import Floats
from ytterby.chain.book import Book
from ytterby.chain.graph import Cone, weight_of
from ytterby.chain.node import Node, NodeKind
from ytterby.matter.element import POSITION


class Bounds(NamedTuple):
    """Least and greatest mass of each origin in each node, kg: arrays nodes x classes."""

    least_kg: Floats
    greatest_kg: Floats


class _Pool:
    """What a pool may hold of each origin."""

    def __init__(self, class_count: int) -> None:
        self.total = 0.0
        self.least = np.zeros(class_count)
        self.greatest = np.zeros(class_count)

    def add(self, mass_kg: float, least: Floats, greatest: Floats) -> None:
        self.total += mass_kg
        self.least = self.least + least
        self.greatest = self.greatest + greatest

    def draw(self, mass_kg: float) -> tuple[Floats, Floats]:
        mass_kg = min(mass_kg, self.total)
        others = self.total - self.least
        drawn = np.maximum(0.0, mass_kg - others), np.minimum(mass_kg, self.greatest)
        self.total -= mass_kg
        self.least = np.maximum(0.0, self.least - mass_kg)
        self.greatest = np.minimum(self.total, self.greatest)
        return drawn


def bound(book: Book, cone: Cone, element: str, own: Floats) -> Bounds:
    """Return the bounds of every node of a cone; `own` holds what starts in each, nodes x origins, kg.

    Charges and draws of the cone's pools that lie outside the cone count with their masses: they fill the pool with
    other material, and compete for it.
    """
    position = POSITION[element]
    least, greatest = own.copy(), own.copy()
    pools = {node.pool: _Pool(own.shape[1]) for node in cone.nodes if node.pool is not None}
    beside = [n for pool in pools for n in book.pool_nodes.get(pool or "", ()) if n.index not in cone.place]
    for node in sorted((*cone.nodes, *beside), key=lambda n: n.index):
        place = cone.place.get(node.index)
        pool = pools[node.pool] if node.pool is not None else None
        if pool is None:
            assert place is not None, "only nodes of pools come from beside the cone"
            _add_parents(book, cone, node, place, position, least, greatest)
        elif node.kind is NodeKind.TANK:
            if place is not None:
                _add_parents(book, cone, node, place, position, least, greatest)
            brought = _brought(book, node, position)
            if brought > 0:
                nothing = np.zeros(own.shape[1])
                of = (least[place], greatest[place]) if place is not None else (nothing, nothing)
                pool.add(brought, *of)
        else:
            low, high = pool.draw(_drawn(node, position))
            if place is not None:
                least[place] += low
                greatest[place] += high
    return Bounds(least, greatest)


def _add_parents(book: Book, cone: Cone, node: Node, place: int, element: int, least: Floats, greatest: Floats) -> None:
    """Add what the parents bring; a pool's earlier states carry over by themselves."""
    for parent, weight in zip(node.parents, node.weights, strict=True):
        before = book.nodes[parent]
        if parent in cone.place and not _is_same_pool(before, node):
            share = max(weight_of(weight, element), 0.0)
            least[place] += share * least[cone.place[parent]]
            greatest[place] += share * greatest[cone.place[parent]]


def _is_same_pool(before: Node, node: Node) -> bool:
    return before.kind is NodeKind.TANK and node.kind is NodeKind.TANK and before.pool == node.pool


def _brought(book: Book, node: Node, element: int) -> float:
    """Return the mass that came from outside the pool with this node, kg."""
    total = sum(float(part.content.mass_kg[element]) for part in node.sources)
    for parent, weight in zip(node.parents, node.weights, strict=True):
        before = book.nodes[parent]
        if not _is_same_pool(before, node):
            total += weight_of(weight, element) * float(before.mass_kg[element])
    return total


def _drawn(node: Node, element: int) -> float:
    own = sum(float(part.content.mass_kg[element]) for part in node.sources)
    return max(float(node.mass_kg[element]) - own, 0.0)
