"""The ledger while the book is being written: what each site holds of each lot, and how a lot is obtained.

Takes are served in book order. A lot that a site uses and does not hold comes, in this order, from its open
shipments to that site (an implied receipt, each shipment whole), from its maker's site (an implied shipment and
receipt of exactly the quantity used), or from nowhere (`undeclared`). What is taken beyond a parcel's declared
quantity and beyond three standard uncertainties has the origin `unaccounted(site)`; it is never renormalised away,
since that is how undeclared material gets a clean origin.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import sqrt
from typing import NamedTuple, Protocol

from ytterby.chain.amount import (
    in_unit_of,
    mass_u_kg,
    net_mass_kg,
    out_of_unit,
    parcel_u,
    replace_amount,
    take_u_squared,
)
from ytterby.chain.event import KILOGRAM, PIECE
from ytterby.chain.node import Node, NodeKind, OriginClass, SourcePart, Weight, nothing, weighted
from ytterby.chain.posting import Dispatch, Line, Posting, Receipt, Transit
from ytterby.chain.world import World
from ytterby.matter.declared import element_mass
from ytterby.matter.mass import ElementMass, combine
from ytterby.terms.identifier import product_class
from ytterby.terms.quantity import divide

TOLERANCE = 3.0  # standard uncertainties


@dataclass(frozen=True, slots=True)
class BookFinding:
    """What the book cannot reconcile: one for each code, lot and site; `facts` are figures the sentence quotes."""

    code: str
    lot: str
    site: str
    parties: tuple[str, ...]
    facts: dict[str, str]
    events: tuple[bytes, ...]


class Taken(NamedTuple):
    """A part of a parcel that was taken, and by which line of a step."""

    node: Node
    weight: Weight
    line: int = 0


class Obtained(NamedTuple):
    """What a take came to: parts of parcels, and material without a declared source."""

    parts: list[Taken]
    sources: list[SourcePart]
    is_unknown: bool = False


@dataclass(slots=True, eq=False)
class Shipment:
    """One lot line under way: its dispatch (None when only implied), its node, and what arrived of it."""

    lot: str
    from_site: str
    to_site: str
    line: Line
    node: Node
    dispatch: Dispatch | None
    document: str | None
    containers: tuple[str, ...]
    receipts: list[tuple[Receipt, Line, Node | None]] = field(default_factory=list)
    implied: Node | None = None
    is_void: bool = False
    passages: list[Transit | Dispatch] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Nothing of it has arrived, and it was not called back."""
        return not self.receipts and self.implied is None and not self.is_void


class Boundary(Protocol):
    """What a part of the book takes from the rest of it."""

    def obtained(self, ledger: "Ledger", line: Line, posting: Posting) -> Obtained:
        """Return what a take of a lot outside the part came to."""


class Ledger:
    """State of the book while postings are read in book order.

    Where only a part of the book is written, `wanted` are its lots; takes of others come from the `boundary`, and
    nothing is held, found or set under way of them.
    """

    def __init__(
        self,
        world: World,
        lots_to_come: Container[str],
        wanted: Container[str] | None = None,
        boundary: Boundary | None = None,
    ) -> None:
        self.world = world
        self.lots_to_come = lots_to_come  # every lot that some posting makes, now or later
        self.wanted = wanted
        self.boundary = boundary
        self._rank = self._number = self._line = 0
        self._made_here: dict[tuple[int, str], int] = {}
        self.nodes: list[Node] = []
        self.held: dict[tuple[str, str], list[Node]] = {}
        self.lots_at: dict[str, dict[str, None]] = {}
        self.first_free: dict[tuple[str, str], int] = {}
        self.makers: dict[str, list[Node]] = {}
        self.ways: dict[tuple[str, str], list[Shipment]] = {}
        self.shipments: list[Shipment] = []
        self.unmatched: list[tuple[Receipt, Line, Node]] = []
        self.findings: dict[tuple[str, str, str], BookFinding] = {}
        self.boxes: dict[str, list[Line]] = {}

    def begin(self, rank: int, number: int) -> None:
        """Turn to the `number`-th posting of an event that is `rank`-th of its instant."""
        self._rank, self._number, self._line = rank, number, 0
        self._made_here = {}

    def at_line(self, line: int) -> None:
        """Turn to a line of the posting: what is made from now on belongs to it."""
        self._line = line

    @property
    def position(self) -> tuple[int, int]:
        """The number of the posting in its event, and the line."""
        return self._number, self._line

    def is_wanted(self, lot: str) -> bool:
        """Tell whether a lot belongs to the part of the book that is written."""
        return self.wanted is None or lot in self.wanted

    def forget(self, lot: str, parcels: Iterable[Node]) -> None:
        """Drop a lot that no posting touches any more; `parcels` are all of it."""
        self.makers.pop(lot, None)
        for parcel in parcels:
            self.held.pop((lot, parcel.site), None)
            self.first_free.pop((lot, parcel.site), None)
            self.lots_at.get(parcel.site, {}).pop(lot, None)

    # Nodes

    def add_node(self, kind: NodeKind, posting: Posting, *, lot: str = "", content: ElementMass | None = None) -> Node:
        """Append a node made by a posting and return it."""
        nth = self._made_here.get((self._line, lot), 0)
        self._made_here[self._line, lot] = nth + 1
        node = Node(
            rank=self._rank,
            place=(self._number, self._line, lot, nth),
            index=len(self.nodes),
            kind=kind,
            lot=lot,
            site=posting.site,
            holder=posting.holder,
            owner=posting.owner or posting.holder,
            at=posting.at,
            digest=posting.digest,
            event_id=posting.event_id,
            content=content or nothing(),
        )
        self.nodes.append(node)
        return node

    def add_parcel(self, line: Line, posting: Posting, content: ElementMass, *, is_made: bool) -> Node:
        """Append a parcel that is held at the posting's site from now on."""
        node = self.add_node(NodeKind.PARCEL, posting, lot=line.lot, content=content)
        node.amount = node.left = line.amount if line.amount is not None else Decimal(0)
        node.unit, node.net_kg, node.mass_u = line.unit, line.net_kg, line.mass_u
        node.piece_mass_kg, node.form, node.grade = line.piece_mass_kg, line.form, line.grade
        node.assays, node.is_assayed = line.assays, bool(line.assays)
        if self.is_wanted(line.lot):
            self.hold(node)
            if is_made:
                self._note_maker(node)
        return node

    def hold(self, node: Node) -> None:
        """Enter a parcel among those its site holds."""
        self.held.setdefault((node.lot, node.site), []).append(node)
        self.lots_at.setdefault(node.site, {})[node.lot] = None

    def _note_maker(self, node: Node) -> None:
        makers = self.makers.setdefault(node.lot, [])
        node.is_made = True
        self._note_reuse(makers, node)
        others = sorted({m.holder for m in makers if m.holder != node.holder})
        makers.append(node)
        if others:
            parties = (*others, node.holder)
            events = (*(m.digest for m in makers[:8]),)
            self.find("lot.made_twice", node.lot, node.site, parties, {"makers": str(len(parties))}, events)

    def _note_reuse(self, makers: list[Node], node: Node) -> None:
        """A maker that makes a lot again after so long has given its number twice: two makings, the oldest goes first.

        Portions of one lot drawn on several days are no question.
        """
        days = self.world.lot_reuse_days
        before = next((m for m in reversed(makers) if m.holder == node.holder), None)
        if days is not None and before is not None and (node.at - before.at).days >= days:
            facts = {"before": before.at.date().isoformat(), "again": node.at.date().isoformat()}
            events = (before.digest, node.digest)
            self.find("lot.number_reused", node.lot, node.site, (node.holder,), facts, events)

    def join(self, node: Node, parts: Iterable[Taken], sources: Iterable[SourcePart] = ()) -> None:
        """Give a node its parents, in book order, and its own sources."""
        parts = list(parts)
        for taken in sorted(parts, key=lambda t: t.node.order) if len(parts) > 1 else parts:
            node.parents.append(taken.node.index)
            node.weights.append(taken.weight)
            node.lines.append(taken.line)
        node.sources.extend(sources)

    def find(
        self,
        code: str,
        lot: str,
        site: str,
        parties: tuple[str, ...],
        facts: dict[str, str],
        events: tuple[bytes, ...],
    ) -> None:
        """Enter a finding once for each code, lot and site; later events of the same are added to it."""
        if not self.is_wanted(lot):
            return
        key = (code, lot, site)
        known = self.findings.get(key)
        if known is None:
            self.findings[key] = BookFinding(code, lot, site, parties, facts, events)
        elif len(known.events) < 16:
            added = tuple(e for e in events if e not in known.events)
            self.findings[key] = replace(known, events=known.events + added)

    def content_of(self, line: Line, posting: Posting) -> tuple[ElementMass, bool]:
        """Return what a line holds by its own assays or its registered product, and whether that is known."""
        if line.content is not None:
            return line.content, True
        if line.net_kg is not None and line.assays:
            table = self.world.matter.starting
            return element_mass(line.net_kg, line.mass_u, line.assays, form=line.form, table=table), True
        product = self.world.products.on(product_class(line.lot), posting.at.date())
        if product is None:
            return nothing(), False
        if product.is_free_of_rare_earths:
            return nothing(), True
        if product.assays and line.net_kg is not None:
            table = self.world.matter.starting
            return (
                element_mass(line.net_kg, line.mass_u, product.assays, form=product.form, table=table),
                True,
            )
        return nothing(), False

    # Takes

    def obtain(
        self, line: Line, posting: Posting, *, site: str | None = None, unknown_as: str = "undeclared"
    ) -> Obtained:
        """Take a quantity of a lot at a site, implying receipts where it was never received.

        `unknown_as` is the origin of what nobody declared: `undeclared`, or `opening_stock` at a stock-taking.
        """
        if self.boundary is not None and not self.is_wanted(line.lot):
            return self.boundary.obtained(self, line, posting)
        at_site = site or posting.site
        parcels = self._free(line.lot, at_site, posting.holder)
        parts, need = self._serve(parcels, line, posting)
        if need is None or need <= 0:
            return Obtained(parts, [])
        for shipment in self.ways.get((line.lot, at_site), ()):
            if need <= 0:
                break
            if shipment.is_open:
                parcel = self._imply_receipt(shipment, posting)
                more, need = self._serve([parcel], replace_amount(line, need), posting)
                parts += more
                assert need is not None
        if need <= 0:
            return Obtained(parts, [])
        return self._beyond(line, posting, at_site, parts, need, unknown_as)

    def _beyond(
        self, line: Line, posting: Posting, site: str, parts: list[Taken], need: Decimal, unknown_as: str
    ) -> Obtained:
        """Find a source for what is taken and not held."""
        held = self.held.get((line.lot, site))
        if held:
            return self._overdraw(held[-1], line, posting, parts, need)
        makers = [m for m in self.makers.get(line.lot, ()) if m.site != site]
        sites = {m.site for m in makers}
        if len(sites) == 1:
            parcel = self._imply_shipment(makers[0], replace_amount(line, need), posting, site)
            return Obtained([*parts, Taken(parcel, 1.0)], [])
        parcel = self._undeclared(replace_amount(line, need), posting, site, unknown_as)
        return Obtained([*parts, Taken(parcel, 1.0)], [], is_unknown=not parcel.is_known)

    def _free(self, lot: str, site: str, holder: str) -> list[Node]:
        """Return the parcels of a lot at a site with something left, the holder's own first, oldest first."""
        key = (lot, site)
        parcels = self.held.get(key)
        if not parcels:
            return []
        start = self.first_free.get(key, 0)
        while start < len(parcels) and parcels[start].left <= 0:
            start += 1
        self.first_free[key] = start
        free = [p for p in parcels[start:] if p.left > 0]
        if any(p.holder != free[0].holder for p in free):
            free.sort(key=lambda p: p.holder != holder)
        return free

    def _serve(self, parcels: list[Node], line: Line, posting: Posting) -> tuple[list[Taken], Decimal | None]:
        """Take from these parcels in turn; return the parts and what is still wanted (None: all was asked for)."""
        parts: list[Taken] = []
        need = line.amount
        for parcel in parcels:
            if need is not None and need <= 0:
                break
            wanted = parcel.left if need is None else in_unit_of(parcel, need, line)
            if wanted is None:
                self._unit_differs(line, parcel, posting)
                continue
            taken = min(wanted, parcel.left)
            parts.append(Taken(parcel, divide(taken, parcel.amount)))
            parcel.left -= taken
            parcel.takes_u_squared += take_u_squared(line, taken, wanted)
            if need is not None:
                need = Decimal(0) if taken == wanted else out_of_unit(parcel, wanted - taken, line)
        return parts, need

    def _overdraw(self, parcel: Node, line: Line, posting: Posting, parts: list[Taken], need: Decimal) -> Obtained:
        """More is taken than was there: noise within 3u, else the excess is unaccounted."""
        over = in_unit_of(parcel, need, line)
        if over is None:
            return Obtained(parts, [], is_unknown=True)
        weight = divide(over, parcel.amount) if parcel.amount else 0.0
        beyond = over - parcel.left
        served = 1.0 - divide(need, line.amount) if line.amount else 0.0
        u_take_squared = take_u_squared(line, Decimal(1), Decimal(1))
        u_takes_squared = parcel.takes_u_squared + u_take_squared * (1.0 - served * served)
        limit = TOLERANCE * sqrt(parcel_u(parcel) ** 2 + u_takes_squared)
        if float(beyond) <= limit:
            parcel.left -= over
            parcel.takes_u_squared = u_takes_squared
            merged = [t for t in parts if t.node is not parcel]
            had = sum(float(t.weight) for t in parts if t.node is parcel and isinstance(t.weight, float))
            return Obtained([*merged, Taken(parcel, had + weight)], [])
        origin = OriginClass("unaccounted", posting.site, self.world.directory.country_of(posting.site))
        facts = {
            "used": str(line.amount),
            "excess": str(over),
            "unit": parcel.unit,
            "held": str(parcel.amount),
        }
        events = (posting.digest, parcel.digest)
        self.find("lot.used_beyond_held", line.lot, posting.site, (posting.holder,), facts, events)
        return Obtained(parts, [SourcePart(origin, weighted(parcel.content, weight))])

    def take_under_way(self, node: Node, line: Line, amount: Decimal) -> tuple[float, Decimal]:
        """Take an arriving amount from what was sent; return its fraction and the amount beyond 3u."""
        node_u, line_u = parcel_u(node), mass_u_kg(line.mass_u) if line.unit == KILOGRAM else 0.0
        beyond = amount - node.left
        node.takes_u_squared += line_u**2
        if beyond <= 0 or float(beyond) <= TOLERANCE * sqrt(node_u**2 + node.takes_u_squared):
            node.left -= amount
            return divide(amount, node.amount) if node.amount else 1.0, Decimal(0)
        left = max(node.left, Decimal(0))
        node.left -= left
        return divide(left, node.amount) if node.amount else 0.0, amount - left

    def _unit_differs(self, line: Line, parcel: Node, posting: Posting) -> None:
        facts = {"unit": line.unit or PIECE, "declared": parcel.unit or PIECE}
        events = (posting.digest, parcel.digest)
        self.find("lot.unit_differs", line.lot, posting.site, (posting.holder,), facts, events)

    # What is implied

    def _imply_receipt(self, shipment: Shipment, posting: Posting) -> Node:
        """Enter the receipt that nobody reported: the whole shipment, at the instant of its first use."""
        node = shipment.node
        parcel = self.derive_parcel(node, posting, site=shipment.to_site)
        dispatch = shipment.dispatch
        if dispatch is not None and dispatch.to_owner:
            parcel.owner = dispatch.to_owner
        parcel.is_implied = True
        self.join(parcel, [Taken(node, divide(node.left, node.amount) if node.amount else 1.0)])
        parcel.amount = parcel.left = node.left
        node.left = Decimal(0)
        shipment.implied = parcel
        parties = (node.holder, posting.holder)
        facts = {"amount": str(parcel.amount), "unit": parcel.unit, "document": shipment.document or ""}
        self.find("receipt.implied", node.lot, shipment.to_site, parties, facts, (node.digest, posting.digest))
        return parcel

    def _imply_shipment(self, maker: Node, line: Line, posting: Posting, site: str) -> Node:
        """Enter the shipment and receipt that nobody reported: exactly what was used, from the maker's site."""
        there = self.obtain(line, posting, site=maker.site)
        parcel = self.derive_parcel(maker, posting, site=site)
        parcel.amount = line.amount if line.amount is not None else maker.amount
        parcel.left = Decimal(0)
        parcel.unit = line.unit
        parcel.is_implied = True
        parcel.net_kg = net_mass_kg(parcel.amount, parcel.unit, parcel.piece_mass_kg)
        self.join(parcel, there.parts, there.sources)
        parcel.content = self.row_content(parcel)
        parties = (maker.holder, posting.holder)
        facts = {"amount": str(parcel.amount), "unit": parcel.unit, "from": maker.site}
        self.find("lot.changed_site", maker.lot, site, parties, facts, (maker.digest, posting.digest))
        return parcel

    def derive_parcel(self, origin: Node, posting: Posting, *, site: str) -> Node:
        """Append a parcel of the same lot elsewhere, with the same composition; held at `site`, nothing taken yet."""
        parcel = self.add_node(NodeKind.PARCEL, posting, lot=origin.lot, content=origin.content)
        parcel.site = site
        if not posting.owner:
            parcel.owner = origin.owner
        parcel.amount = parcel.left = origin.amount
        for name in (
            "unit",
            "net_kg",
            "mass_u",
            "piece_mass_kg",
            "form",
            "grade",
            "assays",
            "is_known",
            "is_free",
        ):
            setattr(parcel, name, getattr(origin, name))
        self.hold(parcel)
        return parcel

    def _undeclared(self, line: Line, posting: Posting, site: str, kind: str) -> Node:
        """Enter a parcel that no event made."""
        content, is_known = self.content_of(line, posting)
        product = self.world.products.on(product_class(line.lot), posting.at.date())
        node = self.add_node(NodeKind.PARCEL, posting, lot=line.lot, content=content)
        node.site, node.unit, node.form = site, line.unit, line.form or (product.form if product else None)
        node.amount = line.amount if line.amount is not None else Decimal(0)
        node.net_kg, node.piece_mass_kg, node.assays = line.net_kg, line.piece_mass_kg, line.assays
        node.mass_u = line.mass_u
        node.is_known, node.is_implied = is_known, True
        node.is_free = product is not None and product.is_free_of_rare_earths
        origin = OriginClass(kind, site, self.world.directory.country_of(site))
        self.join(node, (), [SourcePart(origin, content)])
        if not node.is_free and kind == "undeclared":
            code = "input.younger" if line.lot in self.lots_to_come else "lot.not_created"
            facts = {"amount": str(node.amount), "unit": node.unit}
            self.find(code, line.lot, site, (posting.holder,), facts, (posting.digest,))
        return node

    def row_content(self, node: Node) -> ElementMass:
        """Return what a node's sources and parents bring it: own source first, then parents in book order."""
        terms = [(1.0, part.content) for part in node.sources]
        terms += [
            (1.0, weighted(self.nodes[parent].content, weight))
            for parent, weight in zip(node.parents, node.weights, strict=True)
        ]
        if len(terms) == 1:
            return terms[0][1]
        return combine(terms) if terms else nothing()
