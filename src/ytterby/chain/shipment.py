"""Goods under way: dispatch, passage, receipt, void.

A dispatch takes lots from a site and makes a node under way; a receipt makes the receiver's parcel from it with the
receiver's own measured mass, and the difference stays in the transit account of the link. A departing after a
shipping of the same goods is one dispatch, not two.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

import numpy as np

from ytterby.chain.amount import net_mass_kg, replace_amount
from ytterby.chain.ledger import Ledger, Obtained, Shipment, Taken
from ytterby.chain.node import Node, NodeKind, OriginClass, SourcePart, weighted
from ytterby.chain.period import is_period_lot
from ytterby.chain.posting import Dispatch, Line, Pack, Receipt, Transit, Unpack, Void
from ytterby.chain.row_rule import excess_content, share_out
from ytterby.matter.declared import element_mass
from ytterby.matter.mass import ElementMass
from ytterby.terms.quantity import divide


class Shipments:
    """The links between sites, and which dispatch a receipt belongs to."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        # By lot and document or container.
        self.by_name: dict[tuple[str, str, str], list[Shipment]] = {}
        self.by_link: dict[tuple[str, str, str], list[Shipment]] = {}
        self.in_box: dict[str, list[Shipment]] = {}
        # By the same: those that receipts implied, of which a dispatch may still tell.
        self.undated: dict[tuple[str, str, str], list[Shipment]] = {}

    def forget(self, lot: str, nodes: Iterable[Node]) -> None:
        """Drop what was under way of a lot that no posting touches any more; `nodes` are its goods under way."""
        for node in nodes:
            for shipment in self.ledger.ways.pop((lot, node.to_site), ()):
                self.by_link.pop((lot, shipment.from_site, shipment.to_site), None)
                for name in _names(shipment.document, shipment.containers):
                    self.by_name.pop((lot, *name), None)
                    self.undated.pop((lot, *name), None)

    def forget_container(self, container: str) -> None:
        """Drop a container that no posting names any more."""
        self.in_box.pop(container, None)
        self.ledger.boxes.pop(container, None)

    # Containers

    def pack(self, posting: Pack) -> None:
        """Note what a container holds; nothing moves."""
        box = self.ledger.boxes.setdefault(posting.container, [])
        box.extend(posting.lines)
        for inner in posting.inner:
            box.extend(self.ledger.boxes.get(inner, ()))

    def unpack(self, posting: Unpack) -> None:
        """Note what was taken out of a container, all of it when nothing is named."""
        if not posting.lines:
            self.ledger.boxes.pop(posting.container, None)
            return
        out = {line.lot for line in posting.lines}
        box = self.ledger.boxes.get(posting.container, [])
        self.ledger.boxes[posting.container] = [line for line in box if line.lot not in out]

    def _contents(self, posting: Dispatch) -> tuple[Line, ...]:
        """Return the lines of a dispatch; containers alone stand for what was last packed in them."""
        if posting.lines:
            return posting.lines
        return tuple(line for box in posting.containers for line in self.ledger.boxes.get(box, ()))

    # Dispatch

    def dispatch(self, posting: Dispatch) -> None:
        """Take the lots from the site and set them under way, unless they already are."""
        for number, line in enumerate(self._contents(posting)):
            if not self.ledger.is_wanted(line.lot):
                continue
            # What is in a box has no line of its own.
            self.ledger.at_line(number if posting.lines else 0)
            under_way = self._same_goods(posting, line)
            if under_way is None:
                self._send(posting, line)
            elif under_way.dispatch is None:
                self._own_late(under_way, posting)
            else:
                self._pass(under_way, posting)

    def _pass(self, shipment: Shipment, posting: Dispatch) -> None:
        """Note that goods under way left a place; what it says of their use holds where nothing was said before."""
        shipment.passages.append(posting)
        if posting.uses and not shipment.node.uses:
            shipment.node.uses = posting.uses

    def _same_goods(self, posting: Dispatch, line: Line) -> Shipment | None:
        """Return the shipment that this dispatch tells of again: one implied by a receipt that came first, or, for a
        departing, goods that are under way already.

        A departing after a shipping of the same goods is one dispatch. So is a departing after a departing in the same
        container, or of the same quantity from another customs place; else it is another part under one document.
        """
        if not posting.is_departing:
            return next((s for s in self._undated(posting, line) if s.from_site == posting.site), None)
        for shipment in self._candidates(line.lot, posting.document, posting.containers):
            if shipment.is_void:
                continue
            if shipment.dispatch is None:
                if shipment.from_site == posting.site:
                    return shipment
            elif shipment.is_open and is_same_move(
                shipment.dispatch, posting, is_equal=line.amount == shipment.node.amount
            ):
                return shipment
        return None

    def _undated(self, posting: Dispatch, line: Line) -> Iterator[Shipment]:
        """Yield the shipments that receipts implied, of the same document or container, in the order of candidates."""
        for name in _names(posting.document, posting.containers):
            yield from self.undated.get((line.lot, *name), ())

    def _own_late(self, shipment: Shipment, posting: Dispatch) -> None:
        """Recognise a dispatch that is dated after the receipt it belongs to."""
        shipment.dispatch = posting
        for name in _names(shipment.document, shipment.containers):
            self.undated[shipment.lot, *name].remove(shipment)
        receipt = shipment.receipts[0][0]
        events = (posting.digest, receipt.digest)
        parties = (posting.holder, receipt.holder)
        self.ledger.find("receipt.before_shipment", shipment.lot, receipt.site, parties, {}, events)

    def _send(self, posting: Dispatch, line: Line) -> Shipment:
        ledger = self.ledger
        got = ledger.obtain(line, posting)
        node = self._under_way(posting, line, got)
        shipment = Shipment(
            lot=line.lot,
            from_site=posting.site,
            to_site=posting.to_site or "",
            line=line,
            node=node,
            dispatch=posting,
            document=posting.document,
            containers=posting.containers,
        )
        self._enter(shipment)
        return shipment

    def _under_way(self, posting: Dispatch | Receipt, line: Line, got: Obtained) -> Node:
        ledger = self.ledger
        node = ledger.add_node(NodeKind.TRANSIT, posting, lot=line.lot)
        ledger.join(node, got.parts, got.sources)
        node.content = ledger.row_content(node)
        first = ledger.nodes[node.parents[0]] if node.parents else None
        if not posting.owner and first is not None:
            node.owner = first.owner
        amount = line.amount
        if amount is None:
            amount = sum((t.node.amount * Decimal(str(t.weight)) for t in got.parts), Decimal(0))
        node.amount = node.left = amount
        node.unit, node.mass_u = line.unit, line.mass_u
        if first is not None:
            node.form, node.grade, node.piece_mass_kg = first.form, first.grade, first.piece_mass_kg
            node.assays, node.is_known, node.is_free = first.assays, first.is_known, first.is_free
        node.net_kg = net_mass_kg(amount, node.unit, node.piece_mass_kg)
        if isinstance(posting, Dispatch):
            node.uses = posting.uses
            node.to_site, node.to_holder = posting.to_site or "", posting.to_holder or ""
        return node

    def _enter(self, shipment: Shipment) -> None:
        self.ledger.shipments.append(shipment)
        self.ledger.ways.setdefault((shipment.lot, shipment.to_site), []).append(shipment)
        self.by_link.setdefault((shipment.lot, shipment.from_site, shipment.to_site), []).append(shipment)
        for box in shipment.containers:
            self.in_box.setdefault(box, []).append(shipment)
        for name in _names(shipment.document, shipment.containers):
            self.by_name.setdefault((shipment.lot, *name), []).append(shipment)
            if shipment.dispatch is None:
                self.undated.setdefault((shipment.lot, *name), []).append(shipment)

    def _candidates(self, lot: str, document: str | None, boxes: tuple[str, ...]) -> list[Shipment]:
        """Return the shipments of a lot with this document, then those with these containers, each once."""
        names = _names(document, boxes)
        return list(dict.fromkeys(s for name in names for s in self.by_name.get((lot, *name), ())))

    # Passage and void

    def passage(self, posting: Transit) -> None:
        """Note a place that goods under way passed; nothing is taken or made."""
        lots = {line.lot for line in posting.lines}
        for box in posting.containers:
            for shipment in self.in_box.get(box, ()):
                if (not lots or shipment.lot in lots) and not shipment.is_void:
                    shipment.passages.append(posting)

    def void(self, posting: Void) -> None:
        """End a dispatch: what is still under way lies at the shipper's site again."""
        lots = {line.lot for line in posting.lines}
        if not lots:
            lots = {s.lot for box in posting.containers for s in self.in_box.get(box, ())}
        for lot in sorted(filter(self.ledger.is_wanted, lots)):
            for shipment in self._candidates(lot, posting.document, posting.containers):
                if shipment.from_site == posting.site and shipment.is_open:
                    shipment.is_void = True
                    node = shipment.node
                    parcel = self.ledger.derive_parcel(node, posting, site=node.site)
                    self.ledger.join(parcel, [Taken(node, 1.0)])
                    node.left = Decimal(0)

    # Receipt

    def receive(self, posting: Receipt) -> None:
        """Make the receiver's parcels."""
        lines = posting.lines or tuple(
            s.line for box in posting.containers for s in self.in_box.get(box, ()) if s.is_open
        )
        for number, line in enumerate(lines):
            if not self.ledger.is_wanted(line.lot):
                continue
            self.ledger.at_line(number if posting.lines else 0)
            shipment = self._shipment_of(posting, line)
            if shipment is None:
                self._receive_unsent(posting, line)
            elif shipment.implied is not None:
                self._receive_late(shipment, posting, line)
            else:
                parcel = self._arrive(shipment, posting, line)
                shipment.receipts.append((posting, line, parcel))

    def _shipment_of(self, posting: Receipt, line: Line) -> Shipment | None:
        """Return the shipment a receipt belongs to: same document or container and lot; else lot, shipper and
        receiver, the oldest open one.
        """
        named = [
            shipment
            for shipment in self._candidates(line.lot, posting.document, posting.containers)
            if not shipment.is_void and shipment.dispatch is not None
        ]
        if named:
            # Several lines of one lot under one document: what is left of one tells which; else one that began to
            # arrive, else one that did not.
            return min(
                named, key=lambda s: (s.node.left != line.amount, not (s.receipts and s.node.left > 0), not s.is_open)
            )
        for shipment in self.by_link.get((line.lot, posting.from_site or "", posting.site), ()):
            if shipment.is_open or shipment.implied is not None:
                return shipment
        return None

    def _receive_late(self, shipment: Shipment, posting: Receipt, line: Line) -> None:
        """The goods were used before the day on which they are said to have come: one parcel, not two."""
        shipment.receipts.append((posting, line, None))
        self.ledger.findings.pop(("receipt.implied", shipment.lot, shipment.to_site), None)
        parties = (shipment.node.holder, posting.holder)
        events = (posting.digest, shipment.node.digest)
        self.ledger.find("receipt.after_use", shipment.lot, posting.site, parties, {}, events)

    def _arrive(self, shipment: Shipment, posting: Receipt, line: Line) -> Node:
        ledger, node = self.ledger, shipment.node
        if line.amount is None or line.unit != node.unit:
            line = replace_amount(_in_unit(line, node), node.left)
        amount = line.amount if line.amount is not None else node.left
        weight, beyond = ledger.take_under_way(node, line, amount)
        content, is_assayed = self._received_content(posting, line, node)
        parcel = ledger.derive_parcel(node, posting, site=posting.site)
        parcel.amount = parcel.left = amount
        parcel.mass_u, parcel.content = line.mass_u, content
        parcel.net_kg = net_mass_kg(amount, line.unit, parcel.piece_mass_kg)
        if is_assayed:
            parcel.assays, parcel.is_assayed, parcel.is_known = line.assays, True, True
            self._settle(parcel, Taken(node, weight))
        else:
            sources = [self._excess(parcel, weighted(content, divide(beyond, amount)))] if beyond > 0 else []
            ledger.join(parcel, [Taken(node, weight)], sources)
        return parcel

    def _excess(self, parcel: Node, content: ElementMass) -> SourcePart:
        country = self.ledger.world.directory.country_of(parcel.site)
        facts = {"received": str(parcel.amount), "unit": parcel.unit}
        parties, events = (parcel.holder,), (parcel.digest,)
        self.ledger.find("receipt.beyond_shipment", parcel.lot, parcel.site, parties, facts, events)
        return SourcePart(OriginClass("unaccounted", parcel.site, country), content)

    def _received_content(self, posting: Receipt, line: Line, node: Node) -> tuple[ElementMass, bool]:
        """Return what the receiver has: by its own assay, else by the lot's, on its own weighing."""
        table = self.ledger.world.matter.starting
        if line.assays and line.net_kg is not None:
            return element_mass(line.net_kg, line.mass_u, line.assays, form=line.form, table=table), True
        amount = line.amount if line.amount is not None else node.amount
        net_kg = net_mass_kg(amount, line.unit, node.piece_mass_kg)
        if node.assays and net_kg is not None:
            return element_mass(net_kg, line.mass_u, node.assays, form=node.form, table=table), False
        return weighted(node.content, divide(amount, node.amount) if node.amount else 1.0), False

    def _settle(self, parcel: Node, taken: Taken) -> None:
        """Join an assayed parcel to what was under way; what is more than 3u above it is unaccounted."""
        node = taken.node
        shares = share_out(weighted(node.content, taken.weight), [parcel.content])
        sources = [self._excess(parcel, excess_content(shares.excess_kg))] if shares.excess_kg.any() else []
        # With an excess the parcel holds all that was under way, and the excess as a source of its own.
        is_excess = shares.excess_kg > 0
        weight = np.where(is_excess, taken.weight, taken.weight * shares.outputs[0])
        self.ledger.join(parcel, [Taken(node, weight)], sources)
        lost = taken.weight - weight
        node.muf_weight = lost if node.muf_weight is None else node.muf_weight + lost

    def _receive_unsent(self, posting: Receipt, line: Line) -> None:
        """A receipt without a shipment: from the shipper's or the maker's stock, from abroad, or from nowhere."""
        ledger = self.ledger
        shipper = posting.from_site
        parties = tuple(p for p in (posting.from_holder, posting.holder) if p)
        makers = ledger.makers.get(line.lot)
        amount = line.amount if line.amount is not None else Decimal(0)
        if not makers and not ledger.held.get((line.lot, shipper or "")):
            self._receive_unknown(posting, line)
            return
        sites = {m.site for m in makers or ()}
        if shipper is None or not ledger.held.get((line.lot, shipper)):
            shipper = next(iter(sites)) if len(sites) == 1 else None
        if shipper is None or shipper == posting.site:
            self._receive_unknown(posting, line)
            return
        line = replace_amount(line, amount)
        got = ledger.obtain(line, posting, site=shipper)
        node = self._under_way(posting, line, got)
        node.site = shipper
        # Where all of it is beyond what the shipper held, no parcel of his precedes.
        had = ledger.nodes[node.parents[0]] if node.parents else ledger.held[line.lot, shipper][-1]
        node.holder = posting.from_holder or had.holder
        node.to_site, node.to_holder = posting.site, posting.holder
        shipment = Shipment(line.lot, shipper, posting.site, line, node, None, posting.document, posting.containers)
        self._enter(shipment)
        shipment.receipts.append((posting, line, self._arrive(shipment, posting, line)))
        facts = {"amount": str(amount), "unit": line.unit, "from": shipper}
        ledger.find("receipt.without_shipment", line.lot, posting.site, parties, facts, (posting.digest,))

    def _receive_unknown(self, posting: Receipt, line: Line) -> None:
        """Goods of a lot that nobody here made: an import, or undeclared."""
        ledger = self.ledger
        content, is_known = ledger.content_of(line, posting)
        parcel = ledger.add_parcel(line, posting, content, is_made=True)
        parcel.is_known = is_known
        home = ledger.world.directory.country_of(posting.site)
        abroad = posting.origin_country or (
            ledger.world.directory.country_of(posting.from_site) if posting.from_site else ""
        )
        if posting.regime == "import" or (abroad and home and abroad != home):
            origin = OriginClass("foreign", posting.from_site or posting.site, abroad, posting.from_holder or "")
        else:
            origin = OriginClass("undeclared", posting.site, home)
            facts = {"amount": str(line.amount), "unit": line.unit}
            # A month's lot is made by nobody where the other side speaks by lot: coarser evidence, not a fault.
            if not is_period_lot(line.lot):
                ledger.find("lot.not_created", line.lot, posting.site, (posting.holder,), facts, (posting.digest,))
        ledger.join(parcel, (), [SourcePart(origin, content)])
        ledger.unmatched.append((posting, line, parcel))


def _names(document: str | None, containers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what a shipment is known by."""
    if document:
        yield "document", document
    for container in dict.fromkeys(containers):
        yield "container", container


def _in_unit(line: Line, node: Node) -> Line:
    """Return the line in the unit of what is under way."""
    return Line(
        lot=line.lot,
        amount=node.left,
        unit=node.unit,
        net_kg=line.net_kg,
        mass_u=line.mass_u,
        assays=line.assays,
        form=line.form,
        piece_mass_kg=line.piece_mass_kg or node.piece_mass_kg,
        grade=line.grade,
    )


def is_same_move(first: Dispatch, later: Dispatch, *, is_equal: bool) -> bool:
    """Tell whether a departing is a move that an earlier dispatch of the lot began, and not another part of it;
    `is_equal` tells whether both are of one quantity.
    """
    if not first.is_departing or set(first.containers) & set(later.containers):
        return True
    return is_equal and first.customs_site != later.customs_site
