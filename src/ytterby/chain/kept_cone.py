"""What a question about one lot needs of the kept cells, and no more: its ancestors, or its descendants.

Cells are brought in a few rounds, as edges lead to them. A pool on the way is brought whole, for what it gave to others
bounds what it can have given here; of lots that were charged beside the question's own, the cell alone. Where very much
precedes a lot, the first of it by mass may do (`first_ancestors`).
"""

from collections.abc import Collection, Mapping
from math import inf
from typing import NamedTuple

from ytterby.chain.book import Book
from ytterby.chain.cell import Reference, row_of
from ytterby.chain.first_ancestors import Enough, book_of_first_ancestors
from ytterby.chain.found_cells import Cells, Found
from ytterby.chain.node import NodeKey, NodeKind
from ytterby.chain.origin_row import OriginRow
from ytterby.chain.world import World


def book_of_lot(cells: Cells, world: World, lot: str) -> Book:
    """Return a book of a lot alone, without what precedes it. It is empty without the lot."""
    found = Found(cells)
    found.bring({lot}, ())
    return found.book(world)


class Making(NamedTuple):
    """Some lots with the steps that made them, and of each node of the lots the row by origin class as it is kept."""

    book: Book
    rows: Mapping[NodeKey, OriginRow]


def making_of_lots(cells: Cells, world: World, lots: Collection[str]) -> Making:
    """Return a book of some lots and of the steps that made them, each with all that went in and all that came out.

    What is further away is missing; a step closes in it as in the whole book.
    """
    found = Found(cells)
    found.bring(set(lots), ())
    own = set(found.references_of_lots(set(lots)))
    makers = {parent for reference in own for parent in found.nodes[reference].parents}
    found.bring_nodes(makers)
    steps = [found.nodes[one] for one in makers if one in found.nodes and found.nodes[one].kind == NodeKind.STEP]
    found.bring_nodes({reference for step in steps for reference in (*step.parents, *step.outputs)})
    return Making(found.book(world), {reference: row_of(found.nodes[reference]) for reference in own})


def book_of_ancestors(cells: Cells, world: World, lot: str, enough: Enough | None = None) -> Book:
    """Return a book in which a lot and all that precedes it stand as in the whole book. It is empty without the lot.

    With `enough` it may hold less (`Book.cut`): nodes stand as in the whole book, but not all that lies between them.
    """
    found = Found(cells)
    found.bring({lot}, ())
    most = enough.nodes if enough is not None else inf
    reached = _ancestors(found, lot, most)
    pools = found.events_of_pools(reached) if reached is not None else ()
    if enough is not None and (reached is None or len(pools) > most):
        first = book_of_first_ancestors(found, world, lot, enough)
        if first is not None:
            return first
        reached = _ancestors(found, lot, inf)
        assert reached is not None, "without a bound all is reached"
        pools = found.events_of_pools(reached)
    found.bring_pools(pools)
    return found.book(world)


def _ancestors(found: Found, lot: str, most: float) -> set[Reference] | None:
    """Bring a lot's ancestors and return them; None where there are more than so many."""
    todo = set(found.references_of_lots({lot}))
    reached = set(todo)
    while todo:
        if len(reached) > most:
            return None
        parents = {parent for reference in todo for parent in found.nodes[reference].parents} - reached
        found.bring_nodes(parents)
        todo = {parent for parent in parents if parent in found.nodes}
        reached |= todo
    return reached


def book_of_descendants(cells: Cells, world: World, lot: str) -> Book:
    """Return a book in which a lot and all that descends from it stand as in the whole book."""
    found = Found(cells)
    todo, seen = {lot}, {lot}
    while todo:
        found.bring(todo, ())
        events = set(cells.events_of(todo))
        found.bring((), events)
        found.bring_pools(found.events_of_pools([one for one in found.nodes if one[0] in events]))
        made = set(found.lots_made_of(todo))
        todo = made - seen
        seen |= todo
    return found.book(world)
