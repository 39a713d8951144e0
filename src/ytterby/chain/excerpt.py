"""A part of the book, written alone: some lots and pools with all that happened to them, the rest as it is kept.

What becomes of a lot hangs on the events that name it and on what its maker gave it; so a part can be written anew
when its events change, with the takes of other lots read from their cells. Parts are written round after round,
makers' changes handed on to what they made, until nothing changes any more: the kept cells are then those of the
whole book, byte for byte.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ytterby.chain.book import Book, book_of_ledger, lots_to_come, mark_made, write_ledger
from ytterby.chain.cell import Cell, KeptNode, Reference, Row, cell_of, event_cell_of, node_of, row_of, write_cell
from ytterby.chain.ledger import Ledger, Obtained, Taken
from ytterby.chain.node import MADE_BY_EVENT, Node, NodeKey, NodeKind
from ytterby.chain.order import Ranked
from ytterby.chain.origin_row import row_of_node
from ytterby.chain.posting import Line, PoolIn, Posting, Step
from ytterby.chain.world import World

Ranks = Mapping[bytes, int]


class CellMissing(LookupError):  # noqa: N818 -- what it says reads as a word
    """What a part of the book needs of the rest is not kept."""


class KeptBoundary:
    """Takes of lots outside the part, as they are kept: the step's or tank's node, and the parcels it took from."""

    def __init__(self, kept: Mapping[NodeKey, KeptNode], ranks: Ranks) -> None:
        self.kept = kept
        self.ranks = ranks
        self.known: dict[NodeKey, Node] = {}
        self.rows: dict[int, Row] = {}
        self._makers: dict[NodeKey, Node] = {}

    def obtained(self, ledger: Ledger, line: Line, posting: Posting) -> Obtained:
        """Return what a line of a step or charge came to when it was last written.

        Raises:
            CellMissing: it was never written.
        """
        number, at_line = ledger.position
        is_step = isinstance(posting, Step)
        # A charge's own node comes right after what was obtained for it (`tank.Tanks.charge`).
        place = (number, len(posting.inputs) if isinstance(posting, Step) else at_line + 1, "", 0)
        maker = self.kept.get((posting.digest, place))
        if maker is None:
            raise CellMissing(f"{posting.digest.hex()} {place}")
        wanted_line = at_line if is_step else 0
        parts = []
        restored = self._makers.get((posting.digest, place))
        if restored is None:  # a step of many inputs is asked for each of them
            restored = self._makers[posting.digest, place] = node_of(maker, -1, 0)
        for reference, weight, own_line in zip(maker.parents, restored.weights, restored.lines, strict=True):
            if own_line == wanted_line:
                parts.append(Taken(self._node(ledger, reference), weight))
        sources = [s for s in restored.sources if s.line == (wanted_line if is_step else -1)]
        return Obtained(parts, sources, wanted_line in restored.unknown_lines)

    def _node(self, ledger: Ledger, reference: Reference) -> Node:
        node = self.known.get(reference)
        if node is None:
            kept = self.kept.get(reference)
            if kept is None:
                raise CellMissing(f"{reference[0].hex()} {reference[1]}")
            node = node_of(kept, len(ledger.nodes), self.ranks[kept.digest])
            ledger.nodes.append(node)
            self.known[reference] = node
            self.rows[node.index] = row_of(kept)
        return node


class NoBoundary:
    """Takes of lots outside the part come to nothing: for questions whose answer does not hang on them."""

    def obtained(self, ledger: Ledger, line: Line, posting: Posting) -> Obtained:
        """Return nothing."""
        del ledger, line, posting
        return Obtained([], [])


@dataclass(frozen=True)
class Excerpt:
    """A part of the book as it was written: those cells of it that are whole."""

    lots: Mapping[str, Cell]
    events: Mapping[bytes, Cell]


def write_excerpt(
    ranked: Sequence[Ranked],
    world: World,
    *,
    wanted: frozenset[str],
    boundary: KeptBoundary,
) -> Excerpt:
    """Write the part of the book that some lots make. `ranked` are all events that touch them, in book order.

    Raises:
        CellMissing: what it needs of the rest of the book is not kept.
    """
    ledger = Ledger(world, lots_to_come(ranked), wanted, boundary)
    write_ledger(ledger, ranked)
    mark_made(ledger.nodes)
    stubs = {node.index for node in boundary.known.values()}
    rows = rows_of(ledger.nodes, boundary.rows)
    nodes = ledger.nodes
    by_lot, by_event, made = _grouped((node for node in nodes if node.index not in stubs), nodes)
    lots = {lot: cell_of(own, nodes, rows) for lot, own in by_lot.items() if lot in wanted}
    events = {
        digest: event_cell_of(by_event.get(digest, ()), made.get(digest, ()), nodes, rows) for digest in by_event | made
    }
    return Excerpt(lots, events)


def write_book_part(ranked: Sequence[Ranked], world: World, *, wanted: frozenset[str]) -> Book:
    """Return the part of the book that some lots make, where nothing that is asked for hangs on takes of other lots.

    `ranked` are all events that touch the lots, in book order.
    """
    ledger = Ledger(world, lots_to_come(ranked), wanted, NoBoundary())
    write_ledger(ledger, ranked)
    return book_of_ledger(ledger)


def is_product(node: Node, nodes: Sequence[Node]) -> bool:
    """Tell whether a step or a tank made a parcel; what a pool gave without holding it counts too."""
    return node.pool is not None or any(nodes[parent].kind is NodeKind.STEP for parent in node.parents)


def rows_of(nodes: Sequence[Node], known: Mapping[int, Row]) -> dict[int, Row]:
    """Return the row of each node by index: own source first, then parents in book order, one multiplication and one
    addition each, in IEEE double; the same bytes as `attribution.attribute`.

    `known` are the rows of nodes that other parts of the book wrote.
    """
    rows: dict[int, Row] = dict(known)
    for node in nodes:
        if node.index not in known:
            rows[node.index] = row_of_node(node, rows)
    return rows


def cells_of_book(book: Book) -> tuple[dict[str, bytes], dict[bytes, bytes]]:
    """Return all cells of a whole book, as bytes: what rounds of excerpts must come to."""
    rows = rows_of(book.nodes, {})
    nodes = book.nodes
    by_lot, by_event, made = _grouped(nodes, nodes)
    lots = {lot: write_cell(cell_of(own, nodes, rows)) for lot, own in by_lot.items()}
    events = {
        digest: write_cell(event_cell_of(by_event.get(digest, ()), made.get(digest, ()), nodes, rows))
        for digest in by_event | made
    }
    return lots, events


def _grouped(
    own: Iterable[Node], nodes: Sequence[Node]
) -> tuple[dict[str, list[Node]], dict[bytes, list[Node]], dict[bytes, list[Node]]]:
    """Return nodes by the cell that they belong to, a lot's or an event's, and by event the parcels that came out of a
    step or a tank. `nodes` are those that indices point into.
    """
    by_lot: dict[str, list[Node]] = {}
    by_event: dict[bytes, list[Node]] = {}
    made: dict[bytes, list[Node]] = {}
    for node in own:
        if node.kind in MADE_BY_EVENT:
            by_event.setdefault(node.digest, []).append(node)
        else:
            by_lot.setdefault(node.lot, []).append(node)
        if node.kind is NodeKind.PARCEL and is_product(node, nodes):
            made.setdefault(node.digest, []).append(node)
    return by_lot, by_event, made


def book_of_nodes(
    kept: Iterable[KeptNode], world: World, ranks: Ranks, cut: Collection[Reference] = frozenset()
) -> Book:
    """Return a book of kept nodes. `ranks` may leave out events of which no other here has the same instant.

    Parents that are not among them are left out, whoever follows edges brings them; of the nodes in `cut` all are.
    """
    ordered = sorted(kept, key=lambda node: (node.at, ranks.get(node.digest, 0), node.digest, node.place))
    index = {(node.digest, node.place): number for number, node in enumerate(ordered)}
    nodes = []
    for number, one in enumerate(ordered):
        node = node_of(one, number, ranks.get(one.digest, 0))
        node.parents = [index.get(reference, -1) for reference in one.parents]
        if cut and (one.digest, one.place) in cut:
            node.parents, node.weights, node.lines = [], [], []
        elif -1 in node.parents:
            present = [i for i, parent in enumerate(node.parents) if parent >= 0]
            node.parents = [node.parents[i] for i in present]
            node.weights = [node.weights[i] for i in present]
            node.lines = [node.lines[i] for i in present]
        node.outputs = [index[reference] for reference in one.outputs if reference in index]
        node.pool_previous = index.get(one.pool_previous) if one.pool_previous is not None else None
        nodes.append(node)
    return Book(tuple(nodes), (), (), (), (), (), world, frozenset(index[reference] for reference in cut))


def needs_of(posting: Posting, wanted: frozenset[str]) -> frozenset[str]:
    """Return the lots outside a part of the book whose takes a posting of it needs."""
    if isinstance(posting, Step):
        return frozenset(line.lot for line in posting.inputs) - wanted
    if isinstance(posting, PoolIn):
        return frozenset(line.lot for line in posting.lines) - wanted
    return frozenset()
