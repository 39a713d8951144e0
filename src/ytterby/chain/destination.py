"""Destinations of a lot: where each gram of an element is now, with the use that was declared and the one that came.

The transpose of origin: D = (I - Phi')^-1 sink. Every gram of the lot appears once: held by its end user, in stock,
in a pool, under way, lost, or in MUF; a measured gain is a negative entry of the same sink, so that sources + gains
= destinations. A declared use travels with the goods; the latest declaration on the way holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from ytterby.chain.attribution import Floats, push
from ytterby.chain.book import Book
from ytterby.chain.event import DeclaredUse
from ytterby.chain.graph import Cone, descendants, weight_of, with_element
from ytterby.chain.node import Node, NodeKind
from ytterby.chain.trace import rule_of
from ytterby.matter.element import POSITION

NOT_YET_KNOWN = "not_yet_known"
Use = tuple[str, str, str]  # use code, end user, country
UNDECLARED: Use = ("", "", "")


class Destination(NamedTuple):
    """Kilograms that are in one place. `kind` is holder, stock, pool, loss, muf or transit; `id` the party, lot, pool,
    site or link it is called by.
    """

    kind: str
    id: str
    use: str | None
    mass_kg: float
    share: float
    lot: str
    site: str
    holder: str


@dataclass(slots=True)
class UseState:
    """A declared use of a lot beside what came of it, kg of the element."""

    use: str
    end_user: str
    country: str
    declared_kg: float = 0.0
    realised_kg: float = 0.0
    otherwise_kg: float = 0.0
    open_kg: float = 0.0


class LotDestination(NamedTuple):
    """Where one element of a lot went."""

    lot: str
    element: str
    mass_kg: float
    u_kg: float
    rule: str
    destinations: tuple[Destination, ...]
    uses: tuple[UseState, ...]


def destination_of_lot(book: Book, lot: str, *, element: str, holder: str | None = None) -> LotDestination:
    """Return where an element of a lot, or of one holder's parcels of it, is now.

    Raises:
        KeyError: the book has no such lot.
    """
    targets = book.made(lot, holder)
    cone = with_element(descendants(book, targets), element)
    position = POSITION[element]
    start = np.zeros(len(cone.nodes))
    for target in targets:
        start[cone.place[target.index]] = float(target.mass_kg[position])
    flow = push(cone.graph, start)
    total = float(start.sum())
    leaves = [
        leaf for place, node in enumerate(cone.nodes) for leaf in _leaves(node, position, float(flow[place]), place)
    ]
    return LotDestination(
        lot=lot,
        element=element,
        mass_kg=total,
        u_kg=float(np.sqrt(sum(float(target.content.u_kg[position]) ** 2 for target in targets))),
        rule=rule_of(cone),
        destinations=_merge(leaves, total),
        uses=_uses(cone, start, leaves),
    )


class _Leaf(NamedTuple):
    place: int
    node: Node
    kind: str
    mass_kg: float


def _leaves(node: Node, element: int, flow_kg: float, place: int) -> list[_Leaf]:
    """Return what stays at a node of the mass that flows through it."""
    found = []
    if node.muf_weight is not None:
        kind = "transit" if node.kind is NodeKind.TRANSIT else "muf"
        found.append(_Leaf(place, node, kind, flow_kg * weight_of(node.muf_weight, element)))
    if node.kind is not NodeKind.STEP:
        kept = flow_kg * weight_of(node.left_weight, element)
        found.append(_Leaf(place, node, _kind_of(node, kept), kept))
    return [leaf for leaf in found if leaf.mass_kg != 0.0]


def _kind_of(node: Node, kept: float) -> str:
    if node.kind is NodeKind.TANK:
        return "pool"
    if node.kind is NodeKind.TRANSIT:
        return "transit"
    if node.kind is NodeKind.LOSS:
        return "loss"
    if kept < 0:
        return "muf"
    return "holder" if node.uses else "stock"


def _merge(leaves: list[_Leaf], total: float) -> tuple[Destination, ...]:
    """Add up what lies in the same place, largest first, sinks last."""
    sums: dict[tuple[str, str, str | None, str, str, str], float] = {}
    for leaf in leaves:
        node = leaf.node
        use = node.uses[0].use_code if leaf.kind == "holder" else None
        key = (leaf.kind, _id_of(leaf), use, *_where(leaf))
        sums[key] = sums.get(key, 0.0) + leaf.mass_kg
    rank = {"holder": 0, "stock": 1, "pool": 2, "transit": 3, "loss": 4, "muf": 5}
    rows = [
        Destination(kind, id_, use, kg, kg / total if total else 0.0, lot, site, holder)
        for (kind, id_, use, lot, site, holder), kg in sums.items()
    ]
    return tuple(sorted(rows, key=lambda d: (rank[d.kind], -d.mass_kg, d.id, d.lot)))


def _id_of(leaf: _Leaf) -> str:
    node = leaf.node
    match leaf.kind:
        case "holder":
            return node.holder
        case "stock" | "loss":
            return node.lot
        case "pool":
            return node.pool or ""
        case "transit":
            return f"{node.site} > {node.to_site}"
        case _:
            return node.site


def _where(leaf: _Leaf) -> tuple[str, str, str]:
    """Return lot, site and holder of a leaf; a sink that gathers many lots names none."""
    node = leaf.node
    return ("", node.site, "") if leaf.kind in {"muf", "pool"} else (node.lot, node.site, node.holder)


def _uses(cone: Cone, start: Floats, leaves: list[_Leaf]) -> tuple[UseState, ...]:
    """Follow declared uses with the goods and set beside them what the last node says came true."""
    rows = _use_rows(cone, start)
    states: dict[Use, UseState] = {}
    for leaf in leaves:
        row = rows[leaf.place]
        whole = sum(row.values())
        if not whole or leaf.mass_kg <= 0:
            continue
        realised = leaf.node.uses[0].use_code if leaf.kind == "holder" else None
        for use, kg in row.items():
            if use == UNDECLARED and realised is None:
                continue
            part = leaf.mass_kg * kg / whole
            key = use if use != UNDECLARED else (realised or "", leaf.node.holder, "")
            state = states.setdefault(key, UseState(*key))
            if use != UNDECLARED:
                state.declared_kg += part
            if realised is None:
                state.open_kg += part if leaf.kind in {"stock", "transit", "pool"} else 0.0
            elif realised == key[0]:
                state.realised_kg += part
            else:
                state.otherwise_kg += part
    return tuple(states[key] for key in sorted(states))


def _use_rows(cone: Cone, start: Floats) -> list[dict[Use, float]]:
    """Return the kilograms of each node by the use last declared for them."""
    rows: list[dict[Use, float]] = []
    graph = cone.graph
    for place, node in enumerate(cone.nodes):
        row: dict[Use, float] = {UNDECLARED: float(start[place])} if start[place] else {}
        for edge in range(int(graph.indptr[place]), int(graph.indptr[place + 1])):
            for use, kg in rows[int(graph.parents[edge])].items():
                row[use] = row.get(use, 0.0) + float(graph.weights[edge]) * kg
        if node.kind is NodeKind.TRANSIT and node.uses:
            whole = sum(row.values())
            row = {use: float(share) * whole for use, share in shares_by_use(node.uses).items()}
        rows.append(row)
    return rows


def shares_by_use(uses: Iterable[DeclaredUse]) -> dict[Use, Fraction]:
    """Return the share of a shipment under each use declared for it, exact; what is left over is not yet known."""
    row: dict[Use, Fraction] = {}
    left = Fraction(1)
    for use in uses:
        key = (use.use_code, use.end_user or "", use.country or "")
        row[key] = row.get(key, Fraction(0)) + Fraction(use.share)
        left -= Fraction(use.share)
    if left > 0:
        key = (NOT_YET_KNOWN, "", "")
        row[key] = row.get(key, Fraction(0)) + left
    return row
