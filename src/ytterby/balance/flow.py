"""What crosses the bounds of plants: material that enters, is shipped, is received, is lost, each once.

Deliveries are read from the book, which knows which receipt belongs to which shipment, what was never reported as
received, and what is under way; what enters and what is lost from the postings themselves.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from ytterby.balance.account import What
from ytterby.balance.content import lot_content, own_content, shipped_content
from ytterby.chain.book import Book
from ytterby.chain.ledger import Shipment
from ytterby.chain.node import Node, NodeKind
from ytterby.chain.posting import Dispatch, Line, Loss, Posting, Receipt, Source, Void
from ytterby.matter.mass import ElementMass

OPENING = "opening_stock"
Place = tuple[bytes, str]  # of a line: its event and its lot


class End(NamedTuple):
    """A plant to which a flow adds (+1) or from which it takes (-1); of a monthly return the lot tells the month."""

    site: str
    at: datetime
    sign: int
    lot: str


class Flow(NamedTuple):
    """One measured mass that crossed the bounds of one plant, or, where nobody reported the receipt, of two."""

    key: str
    what: What
    lot: str
    at: datetime
    events: tuple[bytes, ...]
    content: ElementMass
    is_known: bool
    ends: tuple[End, ...]


def is_counted_flow(posting: Posting) -> bool:
    """Tell whether a posting is one that crosses the bounds of a plant."""
    return isinstance(posting, Source | Loss | Dispatch | Receipt)


class Flows:
    """All flows of a book, in the order in which they were read."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.starting = book.world.matter.starting
        self.all: list[Flow] = []
        self._of: dict[Place, list[Flow]] = {}
        self._parcels: dict[Place, list[Node]] = {}
        self._losses: dict[Place, list[Node]] = {}
        self._void = {p.dispatch.digest for p in book.shipments if p.is_void and p.dispatch is not None}
        for node in book.nodes:
            kept = {NodeKind.PARCEL: self._parcels, NodeKind.LOSS: self._losses}.get(node.kind)
            if kept is not None:
                kept.setdefault((node.digest, node.lot), []).append(node)

    def of(self, digest: bytes, lot: str, what: What) -> tuple[Flow, ...]:
        """Return the flows of a kind that an event tells of a lot."""
        return tuple(flow for flow in self._of.get((digest, lot), ()) if flow.what is what)

    def why_not(self, posting: Posting) -> str:
        """Return the reason why a posting that should be counted is not."""
        if isinstance(posting, Dispatch):
            return "called_back" if posting.digest in self._void else "told_again"
        return "called_back" if isinstance(posting, Void) else "nothing_told"

    def read(self, postings: Iterable[Posting]) -> None:
        """Read all flows: what enters and is lost, then deliveries, then what moved without being told."""
        for posting in postings:
            if isinstance(posting, Source):
                self._enter(posting)
            elif isinstance(posting, Loss):
                self._lose(posting)
        for shipment in self.book.shipments:
            if not shipment.is_void:
                self._deliver(shipment)
        for receipt, line, parcel in self.book.unmatched:
            self._receive(receipt, line, parcel, parcel)
        self._move_untold()

    def _add(
        self, what: What, event: bytes, lot: str, content: ElementMass, ends: tuple[End, ...], *, is_known: bool
    ) -> None:
        told = self._of.setdefault((event, lot), [])
        # Several lines of one lot in one event are told apart by their number.
        key = f"{what.value} {event.hex()} {lot}" + (f" {len(told)}" if told else "")
        flow = Flow(key, what, lot, ends[0].at, (event,), content, is_known, ends)
        told.append(flow)
        self.all.append(flow)

    # Inside one plant

    def _enter(self, posting: Source) -> None:
        used: dict[str, int] = {}
        for line in posting.lines:
            node = self._parcels[posting.digest, line.lot][used.get(line.lot, 0)]
            used[line.lot] = used.get(line.lot, 0) + 1
            what = What.STOCK if posting.origin == OPENING else What.PRODUCTION
            content = lot_content(node, line, line.net_kg, self.starting)
            end = End(posting.site, posting.at, +1, line.lot)
            self._add(what, posting.digest, line.lot, content, (end,), is_known=node.is_known or node.is_free)

    def _lose(self, posting: Loss) -> None:
        used: dict[str, int] = {}
        for line in posting.lines:
            nodes = self._losses.get((posting.digest, line.lot), [])
            place = used.get(line.lot, 0)
            used[line.lot] = place + 1
            if place >= len(nodes):
                continue
            parent = self._parent(nodes[place])
            own = own_content(line, self.starting)
            if own is None and parent is not None and parent.assays:
                own = lot_content(parent, line, line.net_kg, self.starting)
            content = own if own is not None else nodes[place].content
            is_known = bool(line.assays) or parent is None or parent.is_known or parent.is_free
            end = End(posting.site, posting.at, -1, line.lot)
            self._add(What.LOSS, posting.digest, line.lot, content, (end,), is_known=is_known)

    def _parent(self, node: Node) -> Node | None:
        parents = [self.book.nodes[index] for index in node.parents]
        return next((p for p in parents if p.lot == node.lot), parents[0] if parents else None)

    # Between plants

    def _deliver(self, shipment: Shipment) -> None:
        node, dispatch = shipment.node, shipment.dispatch
        if shipment.implied is not None and not shipment.receipts:
            self._imply(shipment, shipment.implied)
            return
        if dispatch is not None:
            content = shipped_content(shipment, self.starting)
            is_known = node.is_known or node.is_free or bool(shipment.line.assays)
            end = End(shipment.from_site, dispatch.at, -1, shipment.lot)
            self._add(What.SHIPMENT, dispatch.digest, shipment.lot, content, (end,), is_known=is_known)
        for receipt, line, parcel in shipment.receipts:
            self._receive(receipt, line, node, parcel)

    def _receive(self, receipt: Receipt, line: Line, node: Node, parcel: Node | None) -> None:
        """Enter a receipt: as its speaker assayed it, else by the lot's assay on his own weighing."""
        content = own_content(line, self.starting)
        is_known = content is not None or node.is_known or node.is_free
        if content is None:
            net_kg = line.net_kg if line.net_kg is not None else parcel.net_kg if parcel is not None else node.net_kg
            content = lot_content(node, line, net_kg, self.starting)
        end = End(receipt.site, receipt.at, +1, line.lot)
        self._add(What.RECEIPT, receipt.digest, line.lot, content, (end,), is_known=is_known)

    def _imply(self, shipment: Shipment, parcel: Node) -> None:
        """What was shipped and used, and reported received by nobody, is one figure at both ends."""
        node = shipment.node
        sent_at = shipment.dispatch.at if shipment.dispatch is not None else node.at
        ends = (End(shipment.to_site, parcel.at, +1, node.lot), End(shipment.from_site, sent_at, -1, node.lot))
        content = shipped_content(shipment, self.starting)
        self._add(What.IMPLIED, node.digest, node.lot, content, ends, is_known=node.is_known or node.is_free)

    def _move_untold(self) -> None:
        """Enter what was used at a plant without having come there from where it was made.

        What nobody made came from nowhere known: it is no receipt, and stands out as a gain of the plant that used it.
        """
        told = {id(shipment.implied) for shipment in self.book.shipments if shipment.implied is not None}
        for node in self.book.nodes:
            if node.kind is not NodeKind.PARCEL or not node.is_implied or id(node) in told:
                continue
            parent = self._parent(node)
            if parent is None or parent.site == node.site:
                continue
            ends = (End(node.site, node.at, +1, node.lot), End(parent.site, node.at, -1, node.lot))
            is_known = node.is_known or node.is_free
            self._add(What.IMPLIED, node.digest, node.lot, node.content, ends, is_known=is_known)
