"""The whole book written as it goes: each lot's cell is handed over and forgotten after the last event that touches it.

`build_book` holds every node until the end. Here whoever brings the events, in book order, also says how many more
touch a lot, container or pool; what nothing touches any more is written at once, so that memory grows with what is in
stock and under way, not with what ever was. The cells are those of the whole book, byte for byte.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from ytterby.chain.book import is_made, readers
from ytterby.chain.cell import Cell, KeptNode, Links, Row, keep_node, links_of, mark_of, write_cell
from ytterby.chain.excerpt import is_product
from ytterby.chain.ledger import Ledger
from ytterby.chain.moves import Moves
from ytterby.chain.node import MADE_BY_EVENT, Node, NodeKind
from ytterby.chain.order import Ranked
from ytterby.chain.origin_row import row_of_node
from ytterby.chain.posting_record import Subjects
from ytterby.chain.shipment import Shipments
from ytterby.chain.tank import Tanks
from ytterby.chain.world import World

Marks = tuple[tuple[tuple[int, int, str, int], bytes], ...]


@dataclass(slots=True)
class _Group:
    """Lots, containers and pools that hang together: none of them is finished before all are."""

    members: set[str] = field(default_factory=set)
    waiting: int = 0  # members that some event will still touch


class BookStream:
    """A book in the making.

    `lots` and `events` are cells that are finished, `finished` the lots, containers and pools that are; whoever reads
    them clears them.
    """

    def __init__(self, world: World, lots_to_come: Container[str]) -> None:
        self.ledger = Ledger(world, lots_to_come)
        self.shipments, self.tanks = Shipments(self.ledger), Tanks(self.ledger)
        self._readers = readers(self.shipments, Moves(self.ledger), self.tanks)
        self._rows: dict[int, Row] = {}
        self._links: dict[int, Links] = {}
        self._nodes_of: dict[str, list[Node]] = {}
        self._pool_events: dict[str, dict[bytes, tuple[list[Node], Marks]]] = {}
        self._touches: dict[str, int] = {}
        self._groups: dict[str, _Group] = {}
        self._containers: set[str] = set()
        self.lots: dict[str, bytes] = {}
        self.events: dict[bytes, bytes] = {}
        self.finished: list[str] = []

    @property
    def open_count(self) -> int:
        """How many lots, containers and pools are not finished."""
        return len(self._touches)

    def is_open(self, thread: str) -> bool:
        """Tell whether a lot, container or pool was named and is not finished."""
        return thread in self._touches

    def expect(self, thread: str, touches: int) -> None:
        """Say how many events touch a lot, container or pool, before the first of them is entered."""
        self._touches[thread] = touches

    def enter(self, ranked: Ranked, subjects: Subjects, told: int = 1) -> None:
        """Enter the postings of the next event in book order; `told` is how many told it in the same words."""
        ledger = self.ledger
        first = len(ledger.nodes)
        for number, posting in enumerate(ranked.bundle.postings):
            ledger.begin(ranked.rank, number)
            self._readers[type(posting)](posting)
        self._settle(ranked.bundle.digest, ledger.nodes[first:], subjects)
        # Only a whole book is asked for these.
        ledger.shipments.clear()
        ledger.unmatched.clear()
        ledger.findings.clear()
        self._containers |= subjects.containers
        if subjects.containers:
            self._tie(subjects.lots | subjects.made | subjects.containers)
        for thread in subjects.threads:
            self._touches[thread] -= told
            if self._touches[thread] <= 0:
                self._finish(thread)

    def finish(self) -> None:
        """Write all that is left: what was said to be touched again and was not."""
        for group in {id(group): group for group in self._groups.values()}.values():
            group.waiting = 0
            self._write(group.members)
        self._write(list(self._touches))

    def _settle(self, digest: bytes, new: list[Node], subjects: Subjects) -> None:
        """Give new nodes their rows and links, and the event its cell as soon as it is whole."""
        nodes = self.ledger.nodes
        own: list[Node] = []
        marks = []
        for node in new:
            row = self._rows[node.index] = row_of_node(node, self._rows)
            links = self._links[node.index] = links_of(node, nodes)
            if node.kind in MADE_BY_EVENT:
                own.append(node)
                continue
            self._nodes_of.setdefault(node.lot, []).append(node)
            if node.kind is NodeKind.PARCEL:
                node.is_made = is_made(node, nodes)
                if is_product(node, nodes):
                    marks.append((node.place, mark_of(node, links, row)))
        if subjects.pools:
            # What a state of a tank still holds changes with later draws. An event names one pool.
            self._pool_events.setdefault(min(subjects.pools), {})[digest] = own, tuple(marks)
        else:
            self._write_event(digest, own, tuple(marks))

    def _write_event(self, digest: bytes, own: list[Node], marks: Marks) -> None:
        if own or marks:
            self.events[digest] = write_cell(Cell(tuple([self._kept(node) for node in own]), marks))
        self._forget(own)

    def _kept(self, node: Node) -> KeptNode:
        return keep_node(node, self._links[node.index], self._rows[node.index])

    def _forget(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            del self._rows[node.index], self._links[node.index]
            # Places in the list stay, so that indices go on counting.
            self.ledger.nodes[node.index] = None  # type: ignore[call-overload]

    # What is finished

    def _tie(self, threads: Iterable[str]) -> None:
        """Let lots that went by the same containers, and these, wait for each other."""
        largest = _Group()
        loose = []
        for thread in threads:
            group = self._groups.get(thread)
            if group is None:
                loose.append(thread)
            elif group is not largest:
                small, largest = sorted((group, largest), key=lambda g: len(g.members))
                largest.members |= small.members
                largest.waiting += small.waiting
                for member in small.members:
                    self._groups[member] = largest
        largest.members.update(loose)
        largest.waiting += len(loose)
        for thread in loose:
            self._groups[thread] = largest

    def _finish(self, thread: str) -> None:
        group = self._groups.get(thread)
        if group is None:
            self._write((thread,))
            return
        group.waiting -= 1
        if group.waiting == 0:
            self._write(group.members)

    def _write(self, threads: Iterable[str]) -> None:
        """Write and forget what nothing touches any more."""
        for thread in threads:
            self._touches.pop(thread, None)
            self._groups.pop(thread, None)
            self.finished.append(thread)
            if thread in self._containers:
                self._containers.discard(thread)
                self.shipments.forget_container(thread)
            if thread in self._pool_events:
                self._write_pool(thread)
            nodes = self._nodes_of.pop(thread, None)
            if nodes is not None:
                self.lots[thread] = write_cell(Cell(tuple([self._kept(node) for node in nodes])))
                self.shipments.forget(thread, (node for node in nodes if node.kind is NodeKind.TRANSIT))
                self.ledger.forget(thread, (node for node in nodes if node.kind is NodeKind.PARCEL))
                self._forget(nodes)

    def _write_pool(self, pool: str) -> None:
        events = self._pool_events.pop(pool)
        names = {node.pool for own, _ in events.values() for node in own if node.pool is not None}
        for digest, (own, marks) in events.items():
            self._write_event(digest, own, marks)
        self.tanks.forget(pool, names)
