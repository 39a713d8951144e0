"""What is kept of the book: one cell for each lot, and one for each step or move of a pool.

A lot's cell holds the nodes that carry the lot (parcels, goods under way, losses); an event's cell the step, or the
states of a tank, that the event made, and a mark of each parcel that came out, so that a change of what it makes is
seen. A node names its parents by event and place, never by a number of the store, so that equal histories give equal
cells byte for byte. Each node carries its row: kilograms by origin class and element.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np

from ytterby.chain.event import DeclaredUse
from ytterby.chain.node import Node, NodeKind, OriginClass, SourcePart, Weight
from ytterby.matter.assay import Assay
from ytterby.matter.mass import ElementMass, FloatArray, MassUncertainty

Row = dict[OriginClass, FloatArray]
Reference = tuple[bytes, tuple[int, int, str, int]]
Array = bytes  # 17 float64, little endian
MARK_BYTES = 16


class KeptMass(msgspec.Struct, frozen=True, array_like=True):
    """Element masses with their errors."""

    mass_kg: Array
    random_kg: Array
    groups: tuple[tuple[str, Array], ...]
    assumed: bool


class KeptSource(msgspec.Struct, frozen=True, array_like=True):
    """A source of a node's own."""

    origin: OriginClass
    content: KeptMass
    line: int


class KeptNode(msgspec.Struct, frozen=True, array_like=True):
    """One node; what it is called by is event and place."""

    digest: bytes
    place: tuple[int, int, str, int]
    kind: int
    at: datetime
    lot: str
    site: str
    holder: str
    owner: str
    event_id: str | None
    content: KeptMass
    amount: Decimal
    unit: str
    net_kg: Decimal | None
    mass_u: MassUncertainty | None
    piece_mass_kg: Decimal | None
    form: str | None
    grade: str | None
    assays: tuple[Assay, ...]
    flags: int
    parents: tuple[Reference, ...]
    weights: tuple[float | Array, ...]
    lines: tuple[int, ...]
    unknown_lines: tuple[int, ...]
    sources: tuple[KeptSource, ...]
    left: Decimal
    left_mass: Array | None
    muf_weight: Array | None
    takes_u_squared: float
    consumed: KeptMass | None
    run: str | None
    stage: str | None
    pool: str | None
    pool_rule: str | None
    pool_previous: Reference | None
    charged_at: datetime | None
    uses: tuple[DeclaredUse, ...]
    to_site: str
    to_holder: str
    outputs: tuple[Reference, ...]
    row: tuple[tuple[OriginClass, Array], ...]


class Cell(msgspec.Struct, frozen=True, array_like=True):
    """The nodes of a lot, or of an event; `marks` of an event: place and digest of each parcel that came out of it."""

    nodes: tuple[KeptNode, ...]
    marks: tuple[tuple[tuple[int, int, str, int], bytes], ...] = ()


FLAGS = ("is_known", "is_assayed", "is_made", "is_implied", "is_free", "inputs_unknown", "is_testable")

_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(Cell)


def write_cell(cell: Cell) -> bytes:
    """Return a cell as bytes, the same for equal cells."""
    return _encoder.encode(cell)


def read_cell(body: bytes) -> Cell:
    """Return the cell of these bytes.

    Raises:
        msgspec.ValidationError: they are not a cell that this version wrote.
    """
    return _decoder.decode(body)


def cell_of(nodes: Sequence[Node], all_nodes: Sequence[Node], rows: Mapping[int, Row]) -> Cell:
    """Return the cell of a lot's nodes. `rows` are by index, `all_nodes` what parents' indices point into."""
    return Cell(tuple(_keep(node, all_nodes, rows[node.index]) for node in nodes))


def event_cell_of(
    nodes: Sequence[Node], made: Iterable[Node], all_nodes: Sequence[Node], rows: Mapping[int, Row]
) -> Cell:
    """Return the cell of an event's step or tank states, with marks of the parcels that came out."""
    marks = tuple((node.place, _mark(node, all_nodes, rows[node.index])) for node in made)
    return Cell(tuple(_keep(node, all_nodes, rows[node.index]) for node in nodes), marks)


def _mark(node: Node, all_nodes: Sequence[Node], row: Row) -> bytes:
    """Return a digest of what a parcel got from its maker: what its own later fate does not change."""
    kept = (
        _keep_mass(node.content),
        _keep_row(row),
        [_reference(all_nodes[parent]) for parent in node.parents],
        [_keep_weight(weight) for weight in node.weights],
        node.owner,
        node.is_known,
        node.pool,
        node.pool_rule,
    )
    return sha256(_encoder.encode(kept)).digest()[:MARK_BYTES]


def _keep(node: Node, nodes: Sequence[Node], row: Row) -> KeptNode:
    return KeptNode(
        digest=node.digest,
        place=node.place,
        kind=int(node.kind),
        at=node.at,
        lot=node.lot,
        site=node.site,
        holder=node.holder,
        owner=node.owner,
        event_id=node.event_id,
        content=_keep_mass(node.content),
        amount=node.amount,
        unit=node.unit,
        net_kg=node.net_kg,
        mass_u=node.mass_u,
        piece_mass_kg=node.piece_mass_kg,
        form=node.form,
        grade=node.grade,
        assays=node.assays,
        flags=sum(1 << bit for bit, name in enumerate(FLAGS) if getattr(node, name)),
        parents=tuple(_reference(nodes[parent]) for parent in node.parents),
        weights=tuple(_keep_weight(weight) for weight in node.weights),
        lines=tuple(node.lines),
        unknown_lines=tuple(node.unknown_lines),
        sources=tuple(KeptSource(s.origin, _keep_mass(s.content), s.line) for s in node.sources),
        left=node.left,
        left_mass=None if node.left_mass is None else node.left_mass.tobytes(),
        muf_weight=None if node.muf_weight is None else node.muf_weight.tobytes(),
        takes_u_squared=node.takes_u_squared,
        consumed=None if node.consumed is None or node.consumed is node.content else _keep_mass(node.consumed),
        run=node.run,
        stage=node.stage,
        pool=node.pool,
        pool_rule=node.pool_rule,
        pool_previous=None if node.pool_previous is None else _reference(nodes[node.pool_previous]),
        charged_at=node.charged_at,
        uses=node.uses,
        to_site=node.to_site,
        to_holder=node.to_holder,
        outputs=tuple(_reference(nodes[output]) for output in node.outputs),
        row=_keep_row(row),
    )


def _reference(node: Node) -> Reference:
    return node.digest, node.place


def _keep_weight(weight: Weight) -> float | Array:
    return float(weight) if isinstance(weight, float) else weight.tobytes()


def _keep_mass(content: ElementMass) -> KeptMass:
    groups = tuple((name, content.groups[name].tobytes()) for name in content.groups)
    return KeptMass(content.mass_kg.tobytes(), content.random_kg.tobytes(), groups, bool(content.assumed))


def _keep_row(row: Row) -> tuple[tuple[OriginClass, Array], ...]:
    return tuple((origin, row[origin].tobytes()) for origin in sorted(row))


def node_of(kept: KeptNode, index: int, rank: int) -> Node:
    """Return a node again; whoever joins it sets its parents, `pool_previous` and outputs by index."""
    node = Node(
        index=index,
        kind=NodeKind(kept.kind),
        lot=kept.lot,
        site=kept.site,
        holder=kept.holder,
        owner=kept.owner,
        at=kept.at,
        digest=kept.digest,
        event_id=kept.event_id,
        content=_mass_of(kept.content),
        rank=rank,
        place=kept.place,
        amount=kept.amount,
        unit=kept.unit,
        net_kg=kept.net_kg,
        mass_u=kept.mass_u,
        piece_mass_kg=kept.piece_mass_kg,
        form=kept.form,
        grade=kept.grade,
        assays=kept.assays,
        weights=[_weight_of(weight) for weight in kept.weights],
        lines=list(kept.lines),
        unknown_lines=list(kept.unknown_lines),
        sources=[SourcePart(s.origin, _mass_of(s.content), s.line) for s in kept.sources],
        left=kept.left,
        left_mass=None if kept.left_mass is None else _array_of(kept.left_mass),
        muf_weight=None if kept.muf_weight is None else _array_of(kept.muf_weight),
        takes_u_squared=kept.takes_u_squared,
        run=kept.run,
        stage=kept.stage,
        pool=kept.pool,
        pool_rule=kept.pool_rule,
        charged_at=kept.charged_at,
        uses=kept.uses,
        to_site=kept.to_site,
        to_holder=kept.to_holder,
    )
    for bit, name in enumerate(FLAGS):
        setattr(node, name, bool(kept.flags >> bit & 1))
    if node.kind is NodeKind.STEP:
        node.consumed = node.content if kept.consumed is None else _mass_of(kept.consumed)
    return node


def row_of(kept: KeptNode) -> Row:
    """Return the row of a kept node: kilograms by origin class, over the 17 elements."""
    return {origin: _array_of(mass) for origin, mass in kept.row}


def _array_of(kept: Array) -> FloatArray:
    array: FloatArray = np.frombuffer(kept, dtype="<f8")
    return array


def _weight_of(kept: float | Array) -> Weight:
    return kept if isinstance(kept, float) else _array_of(kept)


def _mass_of(kept: KeptMass) -> ElementMass:
    groups: dict[str, Any] = {name: _array_of(sd) for name, sd in kept.groups}
    return ElementMass(_array_of(kept.mass_kg), _array_of(kept.random_kg), groups, kept.assumed)
