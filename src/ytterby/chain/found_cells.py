"""Kept cells as a question brings them: in a few rounds, as edges lead to them, each once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from ytterby.chain.book import Book
from ytterby.chain.cell import Cell, KeptNode, Reference, read_cell
from ytterby.chain.excerpt import book_of_nodes
from ytterby.chain.node import NodeKind
from ytterby.chain.world import World

TANK = int(NodeKind.TANK)
# Stands for what has no cell; it is not asked for again.
NO_CELL = Cell(())


class Cells(Protocol):
    """Where cells are kept."""

    def lot_cells(self, lots: Collection[str]) -> Mapping[str, bytes]:
        """Return the kept cells of lots, as bytes."""

    def event_cells(self, digests: Collection[bytes]) -> Mapping[bytes, bytes]:
        """Return the kept cells of events, as bytes."""

    def events_of(self, lots: Collection[str]) -> Collection[bytes]:
        """Return the digests of events that touch lots; those without a cell may be among them."""

    def events_of_pools_in(self, digests: Collection[bytes]) -> Collection[bytes]:
        """Return the digests of all events with a cell that move the pools which these events move."""

    def ranks_of(self, digests: Collection[bytes]) -> Mapping[bytes, int]:
        """Return the places of events among those of their instant."""


class Found:
    """Cells that were brought, and their nodes by reference."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.lots: dict[str, Cell] = {}
        self.events: dict[bytes, Cell] = {}
        self.nodes: dict[Reference, KeptNode] = {}
        self.pools: set[str] = set()

    def bring(self, lots: Iterable[str], digests: Iterable[bytes]) -> None:
        """Bring cells that are not here yet."""
        lots_new = [one for one in lots if one not in self.lots]
        events_new = [one for one in digests if one not in self.events]
        self.lots |= dict.fromkeys(lots_new, NO_CELL)
        self.events |= dict.fromkeys(events_new, NO_CELL)
        for lot, body in self.cells.lot_cells(lots_new).items() if lots_new else ():
            self.lots[lot] = self._read(body)
        for digest, body in self.cells.event_cells(events_new).items() if events_new else ():
            self.events[digest] = self._read(body)

    def _read(self, body: bytes) -> Cell:
        cell = read_cell(body)
        for node in cell.nodes:
            self.nodes[node.digest, node.place] = node
        return cell

    def bring_nodes(self, references: Iterable[Reference]) -> None:
        """Bring the cells that hold these nodes: a lot's, or that of the event which made a step or a tank's state."""
        missing = [reference for reference in references if reference not in self.nodes]
        lots = {place[2] for _, place in missing if place[2]}
        self.bring(lots, {digest for digest, place in missing if not place[2]})

    def events_of_pools(self, references: Iterable[Reference]) -> Collection[bytes]:
        """Return the events that move the pools which some nodes belong to, of those that are not here yet."""
        there = (self.nodes[reference] for reference in references)
        moved = {node.digest for node in there if node.pool is not None and node.pool not in self.pools}
        return self.cells.events_of_pools_in(moved) if moved else ()

    def bring_pools(self, digests: Collection[bytes]) -> None:
        """Bring the whole of the pools that these events move: states, what was drawn, what was charged."""
        self.bring((), digests)
        cells = [self.events[digest] for digest in digests]
        states = [node for cell in cells for node in cell.nodes if node.kind == TANK]
        self.pools |= {node.pool for node in states if node.pool is not None}
        drawn = {place[2] for cell in cells for place, _ in cell.marks}
        self.bring(drawn, ())
        self.bring_nodes({parent for node in states for parent in node.parents})

    def references_of_lots(self, lots: Iterable[str]) -> Iterable[Reference]:
        """Yield the nodes of lots that were brought."""
        for lot in lots:
            for node in self.lots[lot].nodes:
                yield node.digest, node.place

    def lots_made_of(self, lots: Collection[str]) -> Iterable[str]:
        """Yield the lots that steps, and pools from a charge on, made of these lots."""
        charged: dict[str, datetime] = {}
        for cell in self.events.values():
            for node in cell.nodes:
                if not any(place[2] in lots for _, place in node.parents):
                    continue
                if node.kind != TANK:
                    yield from (place[2] for _, place in node.outputs)
                elif node.pool is not None:
                    charged[node.pool] = min(charged.get(node.pool, node.at), node.at)
        for digest, cell in self.events.items() if charged else ():
            for place, _ in cell.marks:
                parcel = self.nodes.get((digest, place))
                if parcel is not None and parcel.pool in charged and parcel.at >= charged[parcel.pool]:
                    yield place[2]

    def book(self, world: World, among: Collection[Reference] | None = None, cut: Collection[Reference] = ()) -> Book:
        """Return the book of all nodes that were brought, or of some; those in `cut` without their parents."""
        kept = self.nodes.values() if among is None else [self.nodes[reference] for reference in among]
        digests: dict[datetime, set[bytes]] = {}
        for node in kept:
            digests.setdefault(node.at, set()).add(node.digest)
        # Places are told apart among events of one instant; most have theirs for themselves.
        shared = set().union(*(together for together in digests.values() if len(together) > 1))
        return book_of_nodes(kept, world, self.cells.ranks_of(shared) if shared else {}, frozenset(cut))
