"""The book: every lot's parcels, every step, and what cannot be reconciled, from the whole set of accepted events.

The book is a function of the set of accepted entries and the world (directory, products, tables), never of the
order of arrival. Only postings are read. `build_book` reads them in book order and writes the graph; `attribution`,
`trace`, `origin` and `destination` read the graph.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ytterby.chain.correction import UNEQUAL, Ending, Unsettled, apply_corrections, unsettled_of
from ytterby.chain.event import Entry
from ytterby.chain.ledger import BookFinding, Ledger, Shipment
from ytterby.chain.moves import Moves
from ytterby.chain.node import Node, NodeKind
from ytterby.chain.order import Bundle, Ranked, rank_bundles
from ytterby.chain.posting import (
    Dispatch,
    Line,
    Loss,
    Pack,
    PoolIn,
    PoolOut,
    Receipt,
    Source,
    Step,
    StockTake,
    TitleTransfer,
    Transit,
    Unpack,
    Void,
)
from ytterby.chain.posting_record import lots_made
from ytterby.chain.postings import postings_of
from ytterby.chain.shipment import Shipments
from ytterby.chain.tank import Tanks
from ytterby.chain.world import World


@dataclass(frozen=True)
class Book:
    """The graph in book order, the links, the findings. Read it; never write into it.

    `cut` are the nodes, by index, whose parents were left out since too little came through them to ask on.
    """

    nodes: tuple[Node, ...]
    shipments: tuple[Shipment, ...]
    unmatched: tuple[tuple[Receipt, Line, Node], ...]
    findings: tuple[BookFinding, ...]
    endings: tuple[Ending, ...]
    unsettled: tuple[Unsettled, ...]
    world: World
    cut: frozenset[int] = frozenset()

    @cached_property
    def parcels_of(self) -> Mapping[str, tuple[Node, ...]]:
        """Parcels of each lot, in book order."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.kind is NodeKind.PARCEL:
                found.setdefault(node.lot, []).append(node)
        return {lot: tuple(parcels) for lot, parcels in found.items()}

    @cached_property
    def children_of(self) -> Mapping[int, tuple[int, ...]]:
        """The nodes that descend directly from each node, in book order, each once."""
        found: dict[int, dict[int, None]] = {}
        for node in self.nodes:
            for parent in node.parents:
                found.setdefault(parent, {})[node.index] = None
        return {parent: tuple(children) for parent, children in found.items()}

    @cached_property
    def event_ids(self) -> Mapping[bytes, str | None]:
        """The eventID of each event by its digest; None where it has none."""
        return {node.digest: node.event_id for node in self.nodes}

    @cached_property
    def steps(self) -> tuple[Node, ...]:
        """The process steps, in book order."""
        return tuple(node for node in self.nodes if node.kind is NodeKind.STEP)

    @cached_property
    def pool_nodes(self) -> Mapping[str, tuple[Node, ...]]:
        """States, charges and draws of each pool, in book order."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.pool is not None:
                found.setdefault(node.pool, []).append(node)
        return {pool: tuple(nodes) for pool, nodes in found.items()}

    def made(self, lot: str, holder: str | None = None) -> tuple[Node, ...]:
        """Return the parcels that stand for a lot: those that no parcel of the same lot precedes; with a holder, those
        of that holder that none of its own precedes, so that goods which came back or were divided count once.

        Raises:
            KeyError: the book has no such lot.
        """
        parcels = self.parcels_of[lot]
        if holder is None:
            return tuple(p for p in parcels if p.is_made)
        return tuple(p for p in parcels if p.holder == holder and not self._was_held(p, holder))

    def _was_held(self, parcel: Node, holder: str) -> bool:
        """Tell whether the holder had the goods before, as the same lot."""
        stack, seen = list(parcel.parents), set(parcel.parents)
        while stack:
            node = self.nodes[stack.pop()]
            if node.lot != parcel.lot:
                continue
            if node.holder == holder:
                return True
            stack += [p for p in node.parents if p not in seen]
            seen.update(node.parents)
        return False


def build_book(entries: Iterable[Entry], world: World) -> Book:
    """Return the book of a set of accepted entries."""
    effective = apply_corrections(entries)
    # What two parties reported in the same words is one event of the chain.
    events = {e.event.digest: e for e in sorted(effective.entries, key=lambda e: e.submitter, reverse=True)}
    bundles = [Bundle(digest, postings_of(entry, world)[0]) for digest, entry in events.items()]
    return build_from_bundles(bundles, world, effective.endings, unsettled_of(effective.conflicts))


def build_from_bundles(
    bundles: Iterable[Bundle],
    world: World,
    endings: tuple[Ending, ...] = (),
    unsettled: tuple[Unsettled, ...] = (),
) -> Book:
    """Return the book of postings from anywhere: events, spreadsheets, a simulated nation, vectors."""
    ranked = rank_bundles(bundles)
    ledger = Ledger(world, lots_to_come(ranked))
    write_ledger(ledger, ranked)
    _add_unsettled(ledger, unsettled)
    return book_of_ledger(ledger, endings, unsettled)


def book_of_ledger(ledger: Ledger, endings: tuple[Ending, ...] = (), unsettled: tuple[Unsettled, ...] = ()) -> Book:
    """Return the book of what was entered in a ledger, whose nodes it marks and renumbers."""
    mark_made(ledger.nodes)
    return Book(
        nodes=in_book_order(ledger.nodes),
        shipments=tuple(ledger.shipments),
        unmatched=tuple(ledger.unmatched),
        findings=tuple(ledger.findings[key] for key in sorted(ledger.findings)),
        endings=endings,
        unsettled=unsettled,
        world=ledger.world,
    )


def lots_to_come(ranked: Iterable[Ranked]) -> frozenset[str]:
    """Return every lot that some posting makes."""
    return frozenset(lot for _, bundle in ranked for posting in bundle.postings for lot in lots_made(posting))


def write_ledger(ledger: Ledger, ranked: Iterable[Ranked]) -> None:
    """Enter all postings of events in the order given, which is book order."""
    enter = readers(Shipments(ledger), Moves(ledger), Tanks(ledger))
    for rank, bundle in ranked:
        for number, posting in enumerate(bundle.postings):
            ledger.begin(rank, number)
            enter[type(posting)](posting)


def readers(shipments: Shipments, moves: Moves, tanks: Tanks) -> Mapping[type, Callable[..., None]]:
    """Return what each kind of posting does."""

    def count(posting: StockTake) -> None:
        (tanks if posting.pool is not None else moves).count(posting)

    return {
        Source: moves.enter,
        Step: moves.process_step,
        PoolIn: tanks.charge,
        PoolOut: tanks.draw,
        Dispatch: shipments.dispatch,
        Receipt: shipments.receive,
        Void: shipments.void,
        Transit: shipments.passage,
        Pack: shipments.pack,
        Unpack: shipments.unpack,
        StockTake: count,
        Loss: moves.lose,
        TitleTransfer: moves.transfer_title,
    }


def _add_unsettled(ledger: Ledger, unsettled: tuple[Unsettled, ...]) -> None:
    """An error declaration that differs from its original has no effect and is a finding; so is one whose corrective
    event has not come: what was declared wrong has ended, and nothing stands in its place.
    """
    for one in sorted(unsettled):
        events = (one.declaration, one.original)
        if one.why == UNEQUAL:
            ledger.find("correction.unequal", "", one.event_id, (one.submitter,), {}, events)
        else:
            ledger.find("correction.waiting", "", one.event_id, (one.submitter,), {}, events)


def in_book_order(nodes: list[Node]) -> tuple[Node, ...]:
    """Return the nodes in book order, renumbered: the order in which an event's were written says nothing.

    So a part of the book and the whole of it give the same answers word for word.
    """
    ordered = sorted(nodes, key=lambda node: node.order)
    number = [0] * len(nodes)
    for position, node in enumerate(ordered):
        number[node.index] = position
    for position, node in enumerate(ordered):
        node.index = position
        node.parents = [number[parent] for parent in node.parents]
        node.outputs = [number[output] for output in node.outputs]
        node.pool_previous = None if node.pool_previous is None else number[node.pool_previous]
    return tuple(ordered)


def mark_made(nodes: list[Node]) -> None:
    """Mark the parcels that no parcel of the same lot precedes: together they are the mass made of the lot."""
    for node in nodes:
        if node.kind is NodeKind.PARCEL:
            node.is_made = is_made(node, nodes)


def is_made(parcel: Node, nodes: Sequence[Node]) -> bool:
    """Tell whether no parcel of the same lot precedes a parcel."""
    before = (nodes[parent].lot for parent in parcel.parents)
    return all(lot != parcel.lot or not lot for lot in before)
