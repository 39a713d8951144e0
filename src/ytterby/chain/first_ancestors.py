"""The first of what precedes a lot: the nodes through which nearly all of one element in it came, and no more.

Behind a component lie all the blends and tanks of its makers' makers, most of them with a hair's breadth of it. Nodes
are asked on about in rounds: those through which most came, until what came through the others is within the share that
may stay untraced. What arrived at a node is handed on to its parents, latest nodes first, as in `attribution.pull`; it
says only which cells to bring. The figures are those that `trace` works out on the book of what was brought.
"""

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import NamedTuple

from ytterby.chain.book import Book
from ytterby.chain.cell import Reference, mass_in, weights_in
from ytterby.chain.found_cells import Found
from ytterby.chain.node import NodeKind
from ytterby.chain.world import World
from ytterby.matter.element import POSITION

# Of what may stay untraced, the part that a round leaves aside: less is brought in more rounds the nearer it is to 1.
LEFT_ASIDE = 0.5
PASSAGES = frozenset({int(NodeKind.STEP), int(NodeKind.TRANSIT)})


class Enough(NamedTuple):
    """What is enough of what precedes a lot: all of it if that is at most so many nodes, else the first by mass.

    `share` of the mass of `element` in the lot (in one holder's parcels of it) is traced to where it entered.
    """

    nodes: int
    share: float
    element: str
    holder: str | None = None


def book_of_first_ancestors(found: Found, world: World, lot: str, enough: Enough) -> Book | None:
    """Return a book of the first of what precedes a lot whose cell was brought; `Book.cut` are the nodes that were not
    asked on about. None where there is nothing to go by: the lot holds nothing of the element.
    """
    own = list(found.references_of_lots({lot}))
    book = found.book(world, own)
    targets = book.made(lot, enough.holder) if lot in book.parcels_of else ()
    flow = _Flow(found, POSITION[enough.element])
    for target in targets:
        flow.arrive(target.key, 1.0)
    open_kg = (1.0 - enough.share) * sum(flow.mass_of(target.key) for target in targets)
    if open_kg <= 0.0:
        return None
    # All of the lot itself, which says whose parcels of it came first.
    for reference in own:
        flow.arrive(reference, 0.0)
    chosen = own
    while chosen:
        found.bring_nodes({parent for reference in chosen for parent in found.nodes[reference].parents})
        flow.ask_on(chosen)
        chosen = flow.waiting_passages() or _largest(flow.waiting(), open_kg)
    return found.book(world, list(flow.reached), {reference for _, reference in flow.waiting()})


def _largest(waiting: list[tuple[float, Reference]], open_kg: float) -> list[Reference]:
    """Return those through which most came, so many that the others have at most half of what may stay open.

    None where all together have no more than that.
    """
    left = sum(kg for kg, _ in waiting)
    if left <= open_kg:
        return []
    chosen = []
    for kg, reference in sorted(waiting, reverse=True):
        if left <= LEFT_ASIDE * open_kg:
            break
        chosen.append(reference)
        left -= kg
    return chosen


class _Flow:
    """How much of a kilogram in each node ends in the targets, as far as was asked on."""

    def __init__(self, found: Found, element: int) -> None:
        self.found = found
        self.element = element
        self.reached: dict[Reference, None] = {}
        self._arrived: dict[Reference, float] = {}  # and not handed on
        self._asked: dict[Reference, list[tuple[Reference, float]]] = {}
        self._todo: list[tuple[float, Reference]] = []

    def mass_of(self, reference: Reference) -> float:
        """Return the mass of the element in a node, kg."""
        return mass_in(self.found.nodes[reference], self.element)

    def arrive(self, reference: Reference, share: float) -> None:
        """Let a share of a node's kilograms be known to end in the targets."""
        self.reached[reference] = None
        if reference in self._asked and reference not in self._arrived:
            heappush(self._todo, (-self.found.nodes[reference].at.timestamp(), reference))
        self._arrived[reference] = self._arrived.get(reference, 0.0) + share

    def waiting(self) -> list[tuple[float, Reference]]:
        """Return the nodes that have parents and were not asked on about, with the mass that came through each, kg."""
        nodes = self.found.nodes
        return [
            (abs(share * self.mass_of(reference)), reference)
            for reference, share in self._arrived.items()
            if nodes[reference].parents
        ]

    def waiting_passages(self) -> list[Reference]:
        """Return the steps and deliveries that were not asked on about: nobody wants to be left between two lots."""
        nodes = self.found.nodes
        return [one for one in self._arrived if nodes[one].kind in PASSAGES and one not in self._asked]

    def ask_on(self, references: Iterable[Reference]) -> None:
        """Hand what arrived at these nodes on to their parents, whose cells were brought, and so on."""
        nodes = self.found.nodes
        for reference in references:
            node = nodes[reference]
            pairs = zip(node.parents, weights_in(node, self.element), strict=True)
            self._asked[reference] = [(parent, weight) for parent, weight in pairs if parent in nodes]
            heappush(self._todo, (-node.at.timestamp(), reference))
        while self._todo:
            _, reference = heappop(self._todo)
            share = self._arrived.pop(reference)
            for parent, weight in self._asked[reference]:
                self.arrive(parent, share * weight)
