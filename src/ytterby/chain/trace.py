"""Where a lot came from and where it went: nodes and edges with masses of one element.

Back: every ancestor with the kilograms of it that ended in the lot. Forward: every descendant with the kilograms
of the lot that are in it. Steps and passages between sites are folded into edges between parcels; where that would
be more than FOLD_MAX edges, and for tanks, the node itself is shown.
"""

import math
from typing import NamedTuple

import numpy as np

from ytterby.chain.attribution import Floats, Graph, pull, push
from ytterby.chain.book import Book
from ytterby.chain.bounds import bound
from ytterby.chain.graph import Cone, ancestors, descendants, weight_of, with_element
from ytterby.chain.node import Node, NodeKind
from ytterby.matter.element import POSITION

FOLD_MAX = 10_000
# Bounds of single ancestors behind a pool are worked out for this many, the largest first.
BOUNDED_MAX = 200
WELL_MIXED = "well_mixed"


class TraceNode(NamedTuple):
    """One parcel of a trace: its kilograms that belong to the question, their share of the whole, and bounds."""

    node: Node
    mass_kg: float
    u_kg: float
    share: float
    min_share: float | None
    max_share: float | None


class TraceEdge(NamedTuple):
    """A flow between two nodes of a trace, by their places; `fraction` is of the mass of the first."""

    start: int
    end: int
    event_id: str | None
    digest: bytes
    mass_kg: float
    fraction: float


class LotTrace(NamedTuple):
    """A trace of one element. `muf_kg` is lost on the way (forward), or gained on the way with a minus sign (back).

    `untraced_kg` of it came through nodes that were not asked on about (`Book.cut`), so that all that lies
    behind them is short by as much together, and has no bounds. `is_whole` tells that there are none.
    """

    lot: str
    is_back: bool
    element: str
    total_kg: float
    rule: str
    nodes: tuple[TraceNode, ...]
    edges: tuple[TraceEdge, ...]
    unaccounted_kg: float
    muf_kg: float
    untraced_kg: float = 0.0
    is_whole: bool = True


def trace_lot(book: Book, lot: str, *, is_back: bool, element: str, holder: str | None = None) -> LotTrace:
    """Trace a lot, or one holder's parcels of it, for one element.

    Raises:
        KeyError: the book has no such lot.
    """
    targets = book.made(lot, holder)
    found = ancestors(book, targets) if is_back else descendants(book, targets)
    cone = with_element(found, element)
    position = POSITION[element]
    mass = np.array([float(node.mass_kg[position]) for node in cone.nodes])
    is_target = np.zeros(len(cone.nodes))
    for target in targets:
        is_target[cone.place[target.index]] = 1.0
    if is_back:
        per_kg = pull(cone.graph, is_target)
        flow = mass * per_kg
    else:
        flow = push(cone.graph, is_target * mass)
        per_kg = np.divide(flow, mass, out=np.zeros_like(flow), where=mass != 0)
    total = float(sum(mass[cone.place[t.index]] for t in targets))
    folded = _folded(cone)
    kept = [i for i in range(len(cone.nodes)) if not folded[i] and (flow[i] != 0.0 or is_target[i])]
    place = {old: new for new, old in enumerate(kept)}
    edges = _edges(cone, flow, per_kg, folded, is_back=is_back)
    cut = [cone.place[index] for index in sorted(book.cut & cone.place.keys())]
    untraced = math.fsum(_came_from_above(cone, position, per_kg, place) for place in cut)
    nodes = _nodes(book, cone, element, flow, per_kg, total, targets, is_back=is_back)
    return LotTrace(
        lot=lot,
        is_back=is_back,
        element=element,
        total_kg=total,
        rule=rule_of(cone),
        nodes=tuple(nodes[i] for i in kept),
        edges=tuple(edge._replace(start=place[edge.start], end=place[edge.end]) for edge in edges),
        unaccounted_kg=_unaccounted(cone, position, per_kg) if is_back else 0.0,
        muf_kg=_gained(cone, position, per_kg, total - untraced) if is_back else _lost(cone, position, flow),
        untraced_kg=untraced,
        is_whole=not cut,
    )


def rule_of(cone: Cone) -> str:
    """Return by which rules the answer was made: well mixed steps, and the pools that lie on the way."""
    rules = sorted({node.pool_rule for node in cone.nodes if node.pool_rule})
    return "+".join([WELL_MIXED, *rules])


def _nodes(
    book: Book,
    cone: Cone,
    element: str,
    flow: Floats,
    per_kg: Floats,
    total: float,
    targets: tuple[Node, ...],
    *,
    is_back: bool,
) -> tuple[TraceNode, ...]:
    position = POSITION[element]
    bounds = _bounds(book, cone, element, flow, total, targets, is_back=is_back) if total else {}
    result = []
    for place, node in enumerate(cone.nodes):
        share = float(flow[place]) / total if total else 0.0
        low, high = bounds.get(place, (share, share))
        u_kg = float(node.content.u_kg[position]) * abs(float(per_kg[place]))
        result.append(TraceNode(node, float(flow[place]), u_kg, share, low, high))
    return tuple(result)


def _bounds(
    book: Book,
    cone: Cone,
    element: str,
    flow: Floats,
    total: float,
    targets: tuple[Node, ...],
    *,
    is_back: bool,
) -> dict[int, tuple[float | None, float | None]]:
    """Return least and greatest share by place, for the nodes whose figure depends on a pool's rule."""
    pools = [place for place, node in enumerate(cone.nodes) if node.pool is not None]
    if book.cut:
        # What else filled the pools was not read, nor all ways that lead through a node.
        return dict.fromkeys(range(len(cone.nodes)), (None, None))
    if not pools:
        return {}
    position = POSITION[element]
    if not is_back:
        own = np.zeros((len(cone.nodes), 1))
        for target in targets:
            own[cone.place[target.index], 0] = float(target.mass_kg[position])
        found = bound(book, cone, element, own)
        return {
            place: (float(found.least_kg[place, 0]) / total, float(found.greatest_kg[place, 0]) / total)
            for place in range(len(cone.nodes))
        }
    behind = [place for place in range(max(pools)) if cone.nodes[place].kind is NodeKind.PARCEL]
    chosen = sorted(behind, key=lambda place: (-flow[place], place))[:BOUNDED_MAX]
    own = np.zeros((len(cone.nodes), len(chosen)))
    for column, place in enumerate(chosen):
        own[place, column] = float(cone.nodes[place].mass_kg[position])
    found = bound(book, cone, element, own)
    places = [cone.place[target.index] for target in targets]
    result: dict[int, tuple[float | None, float | None]] = dict.fromkeys(behind, (None, None))
    for column, place in enumerate(chosen):
        least = sum(float(found.least_kg[p, column]) for p in places)
        greatest = sum(float(found.greatest_kg[p, column]) for p in places)
        result[place] = (least / total, greatest / total)
    return result


def _links(graph: Graph) -> tuple[list[list[tuple[int, float]]], list[int]]:
    """Return the edges out of each node, and how many lead into it."""
    out: list[list[tuple[int, float]]] = [[] for _ in range(graph.size)]
    for child in range(graph.size):
        for edge in range(int(graph.indptr[child]), int(graph.indptr[child + 1])):
            out[int(graph.parents[edge])].append((child, float(graph.weights[edge])))
    return out, np.diff(graph.indptr).tolist()


def _folded(cone: Cone) -> list[bool]:
    """Tell which nodes become edges between their neighbours."""
    out, ins = _links(cone.graph)
    return [_is_folded(node, ins[i], len(out[i])) for i, node in enumerate(cone.nodes)]


def _edges(cone: Cone, flow: Floats, per_kg: Floats, folded: list[bool], *, is_back: bool) -> list[TraceEdge]:
    """Return the flows between the nodes that are shown."""
    out, _ = _links(cone.graph)

    def mass_of(start: int, end: int, fraction: float) -> float:
        moved = fraction * float(flow[start])
        if is_back:
            here = float(per_kg[start])
            return moved * float(per_kg[end]) / here if here else 0.0
        return moved

    edges: dict[tuple[int, int, bytes], TraceEdge] = {}
    for start in range(len(cone.nodes)):
        if folded[start]:
            continue
        for end, fraction, via in _follow(start, out, folded):
            mass_kg = mass_of(start, end, fraction)
            if mass_kg == 0.0:
                continue
            by = _event_of(cone, via, end)
            known = edges.get((start, end, by.digest))
            had = known or TraceEdge(start, end, by.event_id, by.digest, 0.0, 0.0)
            edges[start, end, by.digest] = had._replace(mass_kg=had.mass_kg + mass_kg, fraction=had.fraction + fraction)
    return list(edges.values())


def _follow(start: int, out: list[list[tuple[int, float]]], folded: list[bool]) -> list[tuple[int, float, list[int]]]:
    """Return where the mass of a node goes, through folded nodes, with the fraction that goes there."""
    found = []
    stack: list[tuple[int, float, list[int]]] = [(start, 1.0, [])]
    while stack:
        node, fraction, via = stack.pop()
        for child, weight in out[node]:
            if folded[child]:
                stack.append((child, fraction * weight, [*via, child]))
            else:
                found.append((child, fraction * weight, via))
    return found


def _is_folded(node: Node, ins: int, outs: int) -> bool:
    return node.kind in {NodeKind.STEP, NodeKind.TRANSIT} and ins > 0 and outs > 0 and ins * outs <= FOLD_MAX


def _event_of(cone: Cone, via: list[int], end: int) -> Node:
    """Return the node whose event made the flow: the step where there is one, else the receipt."""
    for place in reversed(via):
        if cone.nodes[place].kind is NodeKind.STEP:
            return cone.nodes[place]
    return cone.nodes[end]


def _came_from_above(cone: Cone, element: int, per_kg: Floats, place: int) -> float:
    """Return what came through a node and is not its own, kg."""
    node = cone.nodes[place]
    own = sum(float(part.content.mass_kg[element]) for part in node.sources)
    return (float(node.mass_kg[element]) - own) * float(per_kg[place])


def _unaccounted(cone: Cone, element: int, per_kg: Floats) -> float:
    return math.fsum(
        float(part.content.mass_kg[element]) * float(per_kg[place])
        for place, node in enumerate(cone.nodes)
        for part in node.sources
        if part.origin.kind == "unaccounted"
    )


def _gained(cone: Cone, element: int, per_kg: Floats, total: float) -> float:
    """Return what the sources have over the lot; below zero where measured gains made up for it."""
    came = math.fsum(
        float(part.content.mass_kg[element]) * float(per_kg[place])
        for place, node in enumerate(cone.nodes)
        for part in node.sources
    )
    return came - total


def _lost(cone: Cone, element: int, flow: Floats) -> float:
    return math.fsum(
        weight_of(node.muf_weight, element) * float(flow[place])
        for place, node in enumerate(cone.nodes)
        if node.muf_weight is not None
    )
