"""Provenance vectors: small chains with exact answers, run through the same book as everything else.

A vector says in a few words what entered, what became of it and who has it in the end (`source`, `transform`,
`pool_in`, `pool_out`, `ship`), with fractions and shares instead of documents. It is turned into postings once for
each element, so that every lot has one fraction and one share: an amount of 1 for each lot, its content in kg, one
site, each event its own instant one second apart. Fractions and shares are kept exact; a loss is declared as what no
output takes, so that it is not the small difference of two floats.

`compute_provenance` answers, for every lot and element, its mass, origin shares and source lots, and for every
source lot where it went. Entries below 1e-12 of their row's sum are binary residue and are left out. A vector that
cannot be read raises ValueError, naming the event.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from ytterby.chain.attribution import Floats, Graph, Sources, attribute, make_graph, push
from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.event import KILOGRAM
from ytterby.chain.graph import weight_of
from ytterby.chain.node import Node, NodeKind
from ytterby.chain.order import Bundle
from ytterby.chain.party import Directory
from ytterby.chain.posting import Line, Loss, PoolIn, PoolOut, Posting, Source, Step
from ytterby.chain.product import ProductList
from ytterby.chain.tank import CURRENT_MIX, PROPORTIONAL
from ytterby.chain.world import World
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass
from ytterby.matter.tables import MatterTables

Json = dict[str, Any]

EVENT_TYPES = frozenset({"source", "transform", "pool_in", "pool_out", "ship"})
FIFO = "fifo"
POLICIES = frozenset({PROPORTIONAL, FIFO})
RESIDUE = 1e-12  # of a row's sum
START = datetime(2000, 1, 1, tzinfo=UTC)
SITE = "site"
# Each run has one element; where its mass stands among the 17 makes no difference.
PLACE = 0
# So many classes are attributed at once, which bounds the memory of a vector with many sources.
CLASSES_AT_ONCE = 256
_ORIGIN, _LOSS = "origin ", "loss "


def is_provenance_vector(document: object) -> bool:
    """Tell whether a JSON document is of this kind: a list `events` of the five types and nothing else."""
    events = document.get("events") if isinstance(document, dict) else None
    return isinstance(events, list) and all(isinstance(e, dict) and e.get("type") in EVENT_TYPES for e in events)


def compute_provenance(document: Mapping[str, Any], matter: MatterTables) -> Json:
    """Return `lots` and `destinations` of a vector.

    Raises:
        ValueError: an event cannot be read; the message names its number from 0.
    """
    events = document["events"]
    elements = _elements(events)
    lots: Json = {lot: {} for lot in _lots(events)}
    destinations: Json = {}
    if not elements:
        _Run("", events)  # nothing to compute, and every event is read all the same
    for element in elements:
        run = _Run(element, events)
        book = build_from_bundles(run.bundles, World(Directory(), ProductList(), matter))
        answer = _Answer(book, run)
        for lot, row in answer.lots():
            lots[lot][element] = row
        for lot, row in answer.destinations():
            destinations.setdefault(lot, {})[element] = row
    return {"lots": lots, "destinations": destinations}


# Reading a vector


def _elements(events: Sequence[Json]) -> list[str]:
    """Return the elements that some source brings or some draw takes, in order of first mention."""
    found: dict[str, None] = {}
    for number, event in enumerate(events):
        named = event.get({"source": "mass", "pool_out": "take"}.get(event["type"], ""), {})
        if not isinstance(named, dict):
            raise ValueError(f"event {number}: masses are given by element")
        found.update(dict.fromkeys(named))
    return list(found)


def _lots(events: Sequence[Json]) -> list[str]:
    """Return the lots that are made, in order."""
    found: dict[str, None] = {}
    for number, event in enumerate(events):
        match event["type"]:
            case "source" | "pool_out":
                found[_text(event, "lot", number)] = None
            case "transform":
                found.update((_text(out, "lot", number), None) for out in _rows(event, "out", number))
    return list(found)


def _rows(event: Json, key: str, number: int) -> list[Json]:
    rows = event.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"event {number}: {key!r} is a list of objects")
    return rows


def _text(row: Json, key: str, number: int) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"event {number}: {key!r} is a text")
    return value


def _exact(value: object, number: int) -> Fraction:
    """Return a number of the vector exactly, as a JSON number or a decimal string."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError(f"event {number}: {value!r} is no number")
    try:
        exact = Fraction(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise ValueError(f"event {number}: {value!r} is no number") from error
    if exact < 0:
        raise ValueError(f"event {number}: {value!r} is below zero")
    return exact


def _of_element(value: object, element: str, number: int) -> Fraction:
    """Return a number for all elements, or the one of this element; missing is 0."""
    if isinstance(value, dict):
        return _exact(value.get(element, 0), number)
    return _exact(value, number)


def _decimal(exact: Fraction) -> Decimal:
    """Return a fraction as a decimal, to 34 digits where it does not end."""
    with localcontext() as context:
        context.prec = 34
        return Decimal(exact.numerator) / Decimal(exact.denominator)


# One element: postings


@dataclass
class _Run:
    """The postings of a vector for one element."""

    element: str
    events: Sequence[Json]
    bundles: list[Bundle] = field(default_factory=list)
    mass: dict[str, Fraction] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)  # every lot made so far, also without this element
    sources: list[str] = field(default_factory=list)
    shipped: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rules = _rules(self.events)
        enter = {
            "source": self._source,
            "transform": self._transform,
            "pool_in": self._pool_in,
            "pool_out": self._pool_out,
            "ship": self._ship,
        }
        for number, event in enumerate(self.events):
            postings = tuple(enter[event["type"]](number, event))
            if postings:
                self.bundles.append(Bundle(postings[0].digest, postings))

    def _head(self, number: int) -> Json:
        return {
            "digest": number.to_bytes(32, "big"),
            "event_id": None,
            "at": START + timedelta(seconds=number),
            "site": SITE,
            "holder": SITE,
            "owner": SITE,
            "submitter": SITE,
        }

    def _make(self, lot: str, mass: Fraction, number: int) -> Line | None:
        """Return the line of a new lot; None when it holds nothing of the element."""
        if lot in self.known:
            raise ValueError(f"event {number}: the lot {lot!r} is made a second time")
        self.known.add(lot)
        if not mass:
            return None
        self.mass[lot] = mass
        return _line(lot, Decimal(1), mass)

    def _need(self, lot: str, number: int) -> None:
        if lot not in self.known:
            raise ValueError(f"event {number}: no earlier event makes the lot {lot!r}")

    def _source(self, number: int, event: Json) -> Iterator[Posting]:
        lot, origin = _text(event, "lot", number), _text(event, "origin", number)
        masses = event.get("mass")
        if not isinstance(masses, dict):
            raise ValueError(f"event {number}: 'mass' is given by element")
        line = self._make(lot, _of_element(masses, self.element, number), number)
        if line is not None:
            self.sources.append(lot)
            yield Source(**self._head(number), lines=(line,), origin=_ORIGIN + origin)

    def _transform(self, number: int, event: Json) -> Iterator[Posting]:
        consumed = Fraction(0)
        inputs = []
        for row in _rows(event, "in", number):
            lot = _text(row, "lot", number)
            self._need(lot, number)
            fraction = _of_element(row.get("fraction"), self.element, number)
            if fraction and lot in self.mass:
                consumed += fraction * self.mass[lot]
                inputs.append(_line(lot, _decimal(fraction)))
        shares = [
            (_text(row, "lot", number), _of_element(row.get("share"), self.element, number))
            for row in _rows(event, "out", number)
        ]
        made = [self._make(lot, share * consumed, number) for lot, share in shares]
        outputs = [line for line in made if line is not None]
        if not inputs:
            return
        lost = consumed * (1 - sum((share for _, share in shares), Fraction(0)))
        if lost > 0:
            outputs.append(_line(f"{_LOSS}{number}", Decimal(1), lost))
        yield Step(**self._head(number), inputs=tuple(inputs), outputs=tuple(outputs))
        if lost > 0:
            yield Loss(**self._head(number), lines=(_line(f"{_LOSS}{number}", None),))

    def _pool_in(self, number: int, event: Json) -> Iterator[Posting]:
        pool, lot = _text(event, "pool", number), _text(event, "lot", number)
        self._need(lot, number)
        if lot in self.mass:
            rule = self.rules.get(pool, PROPORTIONAL)
            yield PoolIn(**self._head(number), pool=pool, rule=rule, lines=(_line(lot, None),))

    def _pool_out(self, number: int, event: Json) -> Iterator[Posting]:
        pool, lot = _text(event, "pool", number), _text(event, "lot", number)
        take = event.get("take")
        if not isinstance(take, dict):
            raise ValueError(f"event {number}: 'take' is given by element")
        line = self._make(lot, _of_element(take, self.element, number), number)
        if line is not None:
            is_mixed = event.get("policy") != FIFO and self.rules[pool] == FIFO
            rule = CURRENT_MIX if is_mixed else self.rules[pool]
            yield PoolOut(**self._head(number), pool=pool, rule=rule, lines=(line,))

    def _ship(self, number: int, event: Json) -> Iterator[Posting]:
        """Note who receives what is left of a lot at the end of the file; it moves nothing before."""
        lot = _text(event, "lot", number)
        self._need(lot, number)
        self.shipped[lot] = _text(event, "to", number)
        yield from ()


def _rules(events: Sequence[Json]) -> dict[str, str]:
    """Return the rule of each pool: layers are kept where any draw wants them."""
    rules: dict[str, str] = {}
    for number, event in enumerate(events):
        if event["type"] == "pool_out":
            pool, policy = _text(event, "pool", number), event.get("policy", PROPORTIONAL)
            if policy not in POLICIES:
                raise ValueError(f"event {number}: no rule of a pool is called {policy!r}")
            rules[pool] = FIFO if FIFO in {policy, rules.get(pool)} else PROPORTIONAL
    return rules


def _line(lot: str, amount: Decimal | None, mass: Fraction | None = None) -> Line:
    content = None
    if mass is not None:
        mass_kg, none_kg = np.zeros(len(ELEMENTS)), np.zeros(len(ELEMENTS))
        mass_kg[PLACE] = float(mass)
        content = ElementMass(mass_kg=mass_kg, random_kg=none_kg, groups={}, assumed=False)
    return Line(lot=lot, amount=amount, unit=KILOGRAM, content=content)


# One element: answers


class _Made(NamedTuple):
    lot: str
    place: int
    mass_kg: float


class _Answer:
    """What the book of one element answers."""

    def __init__(self, book: Book, run: _Run) -> None:
        self.book, self.run = book, run
        self.graph = _graph_of(book)
        self.made = [_Made(lot, book.made(lot)[0].index, float(book.made(lot)[0].mass_kg[PLACE])) for lot in run.mass]

    def lots(self) -> Iterator[tuple[str, Json]]:
        """Yield for each lot its mass, origin shares and source lots."""
        origin_of = self._rows_by(lambda node, kind: kind.removeprefix(_ORIGIN))
        source_of = self._rows_by(lambda node, kind: node.lot if kind.startswith(_ORIGIN) else kind)
        for one in self.made:
            origins = without_residue(origin_of[one.lot])
            yield (
                one.lot,
                {
                    "mass": one.mass_kg,
                    "origin_share": {origin: kg / one.mass_kg for origin, kg in origins.items()},
                    "source_lots": without_residue(source_of[one.lot]),
                },
            )

    def _rows_by(self, name: Any) -> dict[str, dict[str, float]]:
        """Return the kilograms of each lot by the name that a source's node and kind give it."""
        entries = [
            (node.index, name(node, part.origin.kind), float(part.content.mass_kg[PLACE]))
            for node in self.book.nodes
            for part in node.sources
            if part.content.mass_kg[PLACE]
        ]
        names = list(dict.fromkeys(called for _, called, _ in entries))
        rows: dict[str, dict[str, float]] = {one.lot: {} for one in self.made}
        for start in range(0, len(names), CLASSES_AT_ONCE):
            chosen = {called: column for column, called in enumerate(names[start : start + CLASSES_AT_ONCE])}
            part = [(node, chosen[called], kg) for node, called, kg in entries if called in chosen]
            found = attribute(self.graph, _sources(part), len(chosen))
            for one in self.made:
                cells = found[one.place]
                rows[one.lot].update((called, float(cells[c])) for called, c in chosen.items() if cells[c])
        return rows

    def destinations(self) -> Iterator[tuple[str, Json]]:
        """Yield for each source lot where its kilograms are at the end of the file."""
        place_of = {one.lot: one for one in self.made}
        for lot in self.run.sources:
            starts = np.zeros(self.graph.size)
            starts[place_of[lot].place] = place_of[lot].mass_kg
            yield lot, without_residue(self._leaves(push(self.graph, starts)))

    def _leaves(self, flow: Floats) -> dict[str, float]:
        """Add up what stays of a flow in each node."""
        found: dict[str, float] = {}
        for node in self.book.nodes:
            here = float(flow[node.index])
            if not here:
                continue
            if node.muf_weight is not None:
                found["loss"] = found.get("loss", 0.0) + here * float(node.muf_weight[PLACE])
            if node.kind is not NodeKind.STEP:
                key = self._key(node)
                found[key] = found.get(key, 0.0) + here * weight_of(node.left_weight, PLACE)
        return found

    def _key(self, node: Node) -> str:
        if node.kind is NodeKind.TANK:
            return f"pool:{node.pool}"
        if node.kind is NodeKind.LOSS or node.lot.startswith(_LOSS):
            return "loss"
        return self.run.shipped.get(node.lot) or f"stock:{node.lot}"


def without_residue(row: Mapping[str, float]) -> dict[str, float]:
    """Return a row without what is below 1e-12 of its sum: binary residue is no origin."""
    least = RESIDUE * sum(row.values())
    return {key: kg for key, kg in row.items() if kg and kg >= least}


def _graph_of(book: Book) -> Graph:
    return make_graph(
        [node.parents for node in book.nodes],
        [[weight_of(weight, PLACE) for weight in node.weights] for node in book.nodes],
    )


def _sources(entries: Sequence[tuple[int, int, float]]) -> Sources:
    return Sources(
        np.array([node for node, _, _ in entries], dtype=np.int64),
        np.array([column for _, column, _ in entries], dtype=np.int64),
        np.array([kg for _, _, kg in entries], dtype=np.float64),
    )
