"""What is kept of the book: one cell for each lot, and one for each step or move of a pool.

A lot's cell holds the nodes that carry the lot (parcels, goods under way, losses); an event's cell the step, or the
states of a tank, that the event made, and a mark of each parcel that came out, so that a change of what it makes is
seen. A node names its parents by event and place, never by a number of the store, so that equal histories give equal
cells byte for byte. Each node carries its row: kilograms by origin class and element. Of its arrays only the elements
that it holds are kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from itertools import count
from struct import Struct
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from ytterby.chain.event import DeclaredUse
from ytterby.chain.node import Node, NodeKind, OriginClass, SourcePart, Weight
from ytterby.chain.origin_row import NO_ROW, OriginRow
from ytterby.matter.assay import Assay
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass, FloatArray, MassUncertainty

Row = OriginRow
Reference = tuple[bytes, tuple[int, int, str, int]]
MARK_BYTES = 16
FLOAT = Struct("<d")


class KeptMass(msgspec.Struct, frozen=True, array_like=True):
    """Of element masses: the names of their groups, whether they are assumed; the masses are among the arrays."""

    groups: tuple[str, ...]
    assumed: bool


class KeptSource(msgspec.Struct, frozen=True, array_like=True):
    """A source of a node's own; its masses are among the arrays."""

    origin: OriginClass
    content: KeptMass
    line: int


class KeptNode(msgspec.Struct, frozen=True, array_like=True):
    """One node; what it is called by is event and place.

    `arrays` are float64 over the elements of `elements` (a bit each, in order of Z), one after the other: mass, random
    part and groups of the content; what is left; the weight of MUF; mass, random part and groups of what was consumed;
    weights that differ by element (None in `weights`); the same of each source as of the content; the row by class.
    """

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
    weights: tuple[float | None, ...]
    lines: tuple[int, ...]
    unknown_lines: tuple[int, ...]
    sources: tuple[KeptSource, ...]
    left: Decimal
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
    row: tuple[OriginClass, ...]
    elements: int
    arrays: bytes


class Cell(msgspec.Struct, frozen=True, array_like=True):
    """The nodes of a lot, or of an event; `marks` of an event: place and digest of each parcel that came out of it."""

    nodes: tuple[KeptNode, ...]
    marks: tuple[tuple[tuple[int, int, str, int], bytes], ...] = ()


FLAGS = ("is_known", "is_assayed", "is_made", "is_implied", "is_free", "inputs_unknown", "is_testable")
HAS_LEFT, HAS_MUF = 1 << len(FLAGS), 2 << len(FLAGS)

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


class Links(NamedTuple):
    """What a node points to, by event and place."""

    parents: tuple[Reference, ...]
    outputs: tuple[Reference, ...]
    pool_previous: Reference | None


def links_of(node: Node, nodes: Sequence[Node]) -> Links:
    """Return what a node points to; `nodes` are those that its indices point into."""
    return Links(
        parents=tuple([_reference(nodes[parent]) for parent in node.parents]),
        outputs=tuple([_reference(nodes[output]) for output in node.outputs]),
        pool_previous=None if node.pool_previous is None else _reference(nodes[node.pool_previous]),
    )


def cell_of(nodes: Sequence[Node], all_nodes: Sequence[Node], rows: Mapping[int, Row]) -> Cell:
    """Return the cell of a lot's nodes. `rows` are by index, `all_nodes` what parents' indices point into."""
    return Cell(tuple([keep_node(node, links_of(node, all_nodes), rows[node.index]) for node in nodes]))


def event_cell_of(
    nodes: Sequence[Node], made: Iterable[Node], all_nodes: Sequence[Node], rows: Mapping[int, Row]
) -> Cell:
    """Return the cell of an event's step or tank states, with marks of the parcels that came out."""
    marks = tuple([(one.place, mark_of(one, links_of(one, all_nodes), rows[one.index])) for one in made])
    return Cell(tuple([keep_node(node, links_of(node, all_nodes), rows[node.index]) for node in nodes]), marks)


def mark_of(node: Node, links: Links, row: Row) -> bytes:
    """Return a digest of what a parcel got from its maker: what its own later fate does not change."""
    arrays = [*_arrays_of(node.content), *(w for w in node.weights if not isinstance(w, float))]
    kept = (
        _keep_mass(node.content),
        row.classes,
        links.parents,
        [_keep_weight(weight) for weight in node.weights],
        node.owner,
        node.is_known,
        node.pool,
        node.pool_rule,
    )
    digest = sha256(_encoder.encode(kept))
    digest.update(np.concatenate((*arrays, row.mass_kg.ravel())).tobytes())
    return digest.digest()[:MARK_BYTES]


def keep_node(node: Node, links: Links, row: Row) -> KeptNode:
    """Return a node as it is kept."""
    flags = sum([1 << bit for bit, name in enumerate(FLAGS) if getattr(node, name)])
    consumed = None if node.consumed is node.content else node.consumed
    arrays = _arrays_of(node.content)
    if node.left_mass is not None:
        arrays.append(node.left_mass)
        flags |= HAS_LEFT
    if node.muf_weight is not None:
        arrays.append(node.muf_weight)
        flags |= HAS_MUF
    if consumed is not None:
        arrays += _arrays_of(consumed)
    arrays += [weight for weight in node.weights if not isinstance(weight, float)]
    for source in node.sources:
        arrays += _arrays_of(source.content)
    elements, packed = _packed(np.concatenate((np.array(arrays), row.mass_kg)))
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
        flags=flags,
        parents=links.parents,
        weights=tuple([_keep_weight(weight) for weight in node.weights]),
        lines=tuple(node.lines),
        unknown_lines=tuple(node.unknown_lines),
        sources=tuple([KeptSource(s.origin, _keep_mass(s.content), s.line) for s in node.sources]),
        left=node.left,
        takes_u_squared=node.takes_u_squared,
        consumed=None if consumed is None else _keep_mass(consumed),
        run=node.run,
        stage=node.stage,
        pool=node.pool,
        pool_rule=node.pool_rule,
        pool_previous=links.pool_previous,
        charged_at=node.charged_at,
        uses=node.uses,
        to_site=node.to_site,
        to_holder=node.to_holder,
        outputs=links.outputs,
        row=row.classes,
        elements=elements,
        arrays=packed,
    )


def _reference(node: Node) -> Reference:
    return node.digest, node.place


def _keep_weight(weight: Weight) -> float | None:
    return weight if isinstance(weight, float) else None


def _keep_mass(content: ElementMass) -> KeptMass:
    return KeptMass(tuple(content.groups), bool(content.assumed))


def _arrays_of(content: ElementMass) -> list[FloatArray]:
    return [content.mass_kg, content.random_kg, *content.groups.values()]


def _packed(arrays: FloatArray) -> tuple[int, bytes]:
    """Return the elements that any of these arrays (n x 17) holds, and the arrays over them.

    Held is what has a bit set: the sign of a zero is kept where the element is.
    """
    held = np.bitwise_or.reduce(arrays.view(np.uint64), axis=0) != 0
    elements, places = _elements_held(held.tobytes())
    return elements, arrays[:, places].tobytes()


@lru_cache(maxsize=4096)
def _elements_held(held: bytes) -> tuple[int, npt.NDArray[np.intp]]:
    places = np.flatnonzero(np.frombuffer(held, dtype=np.bool_))
    return sum(1 << int(place) for place in places), places


@lru_cache(maxsize=4096)
def _places_of(elements: int) -> npt.NDArray[np.intp]:
    return np.array([place for place in range(len(ELEMENTS)) if elements >> place & 1], dtype=np.intp)


def _arrays_in(kept: KeptNode) -> FloatArray:
    """Return the arrays of a kept node over all elements: n x 17."""
    places = _places_of(kept.elements)
    # Without any element nothing tells how many arrays there are; all are nothing.
    count = len(kept.arrays) // (8 * len(places)) if len(places) else _count_of(kept)
    arrays = np.zeros((count, len(ELEMENTS)))
    if len(places):
        arrays[:, places] = np.frombuffer(kept.arrays, dtype="<f8").reshape(count, len(places))
    return arrays


def _count_of(kept: KeptNode) -> int:
    contents = [kept.content, *((kept.consumed,) if kept.consumed else ()), *(s.content for s in kept.sources)]
    flags = bool(kept.flags & HAS_LEFT) + bool(kept.flags & HAS_MUF)
    return sum(2 + len(one.groups) for one in contents) + flags + kept.weights.count(None) + len(kept.row)


def mass_in(kept: KeptNode, element: int) -> float:
    """Return the mass of one element (its place in order of Z) in a kept node, kg."""
    return _figure_in(kept, element, 0)


def weights_in(kept: KeptNode, element: int) -> list[float]:
    """Return the weights of a kept node's parents for one element (its place in order of Z)."""
    if None not in kept.weights:
        return list(kept.weights)  # type: ignore[arg-type]  # none of them is None
    arrays = count(_arrays_before_weights(kept))
    return [_figure_in(kept, element, next(arrays)) if weight is None else weight for weight in kept.weights]


def _arrays_before_weights(kept: KeptNode) -> int:
    consumed = 2 + len(kept.consumed.groups) if kept.consumed else 0
    return 2 + len(kept.content.groups) + bool(kept.flags & HAS_LEFT) + bool(kept.flags & HAS_MUF) + consumed


def _figure_in(kept: KeptNode, element: int, array: int) -> float:
    """Return one figure of one of the arrays."""
    if not kept.elements >> element & 1:
        return 0.0
    before = (kept.elements & ((1 << element) - 1)).bit_count()
    figure: float = FLOAT.unpack_from(kept.arrays, 8 * (array * kept.elements.bit_count() + before))[0]
    return figure


def node_of(kept: KeptNode, index: int, rank: int) -> Node:
    """Return a node again; whoever joins it sets its parents, `pool_previous` and outputs by index."""
    arrays = iter(_arrays_in(kept))
    content = _mass_of(kept.content, arrays)
    left_mass = next(arrays) if kept.flags & HAS_LEFT else None
    muf_weight = next(arrays) if kept.flags & HAS_MUF else None
    consumed = content if kept.consumed is None else _mass_of(kept.consumed, arrays)
    weights: list[Weight] = [next(arrays) if weight is None else weight for weight in kept.weights]
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
        content=content,
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
        weights=weights,
        lines=list(kept.lines),
        unknown_lines=list(kept.unknown_lines),
        sources=[SourcePart(s.origin, _mass_of(s.content, arrays), s.line) for s in kept.sources],
        left=kept.left,
        left_mass=left_mass,
        muf_weight=muf_weight,
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
        node.consumed = consumed
    return node


def row_of(kept: KeptNode) -> Row:
    """Return the row of a kept node: kilograms by origin class, over the 17 elements."""
    return OriginRow(kept.row, _arrays_in(kept)[-len(kept.row) :]) if kept.row else NO_ROW


def _mass_of(kept: KeptMass, arrays: Iterator[FloatArray]) -> ElementMass:
    mass_kg, random_kg = next(arrays), next(arrays)
    return ElementMass(mass_kg, random_kg, {name: next(arrays) for name in kept.groups}, kept.assumed)
