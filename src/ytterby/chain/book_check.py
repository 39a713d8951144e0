"""What must hold of every book, whatever was reported: checked node by node, and for each element as a whole.

    book.conservation   sources + gains = destinations, for each element
    book.row_sums       the origins of a node sum to its mass
    book.fractions      what is taken of a parcel or tank, what is left of it and what went to MUF make one
    book.shares         what a step gives to its outputs and to MUF makes one
    book.order          nothing descends from what came later
    book.containers     no container is a parcel

Rows are floats, so all but the last two hold within 1e-9 of the mass.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ytterby.chain.book import Book
from ytterby.chain.cell import Row
from ytterby.chain.node import Node, NodeKind, Weight
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import FloatArray
from ytterby.terms.identifier import is_container
from ytterby.terms.problem import Problem, finding

TOLERANCE = 1e-9


class BookFault(NamedTuple):
    """A node at which an invariant does not hold (None: of the whole book), and what does not."""

    problem: Problem
    node: Node | None
    what: str


def faults_of_book(book: Book, rows: Mapping[int, Row]) -> Iterator[BookFault]:
    """Yield what does not hold of a whole book; `rows` are by index (`excerpt.rows_of`)."""
    taken = taken_of(book.nodes)
    sources, stays = np.zeros(len(ELEMENTS)), np.zeros(len(ELEMENTS))
    for node in book.nodes:
        yield from faults_of_node(node, rows[node.index])
        yield from _order(node, book.nodes)
        yield from _all_of_it(node, taken[node.index])
        for part in node.sources:
            sources += part.content.mass_kg
        stays += node.mass_kg * _kept(node)
    for position in np.flatnonzero(np.abs(sources - stays) > TOLERANCE * np.maximum(1.0, np.abs(sources))):
        what = f"{list(ELEMENTS)[position]}: {sources[position]!r} kg entered, {stays[position]!r} kg are somewhere"
        yield BookFault(finding("book.conservation"), None, what)


def faults_of_node(node: Node, row: Row) -> Iterator[BookFault]:
    """Yield what does not hold of a node by itself."""
    total = np.zeros(len(ELEMENTS))
    for mass_kg in row.values():
        total = total + mass_kg
    if not _is_close(total, node.mass_kg):
        size = float(np.abs(total - node.mass_kg).max())
        yield BookFault(finding("book.row_sums"), node, f"its origins sum to {size:.3g} kg more or less than its mass")
    if node.kind is NodeKind.PARCEL and is_container(node.lot):
        yield BookFault(finding("book.containers"), node, "a container stands as a parcel")


def taken_of(nodes: Iterable[Node]) -> list[FloatArray]:
    """Return which part of each node its children took, by element."""
    found: list[FloatArray] = []
    for node in nodes:
        found.append(np.zeros(len(ELEMENTS)))
        for parent, weight in zip(node.parents, node.weights, strict=True):
            if parent < len(found):
                found[parent] += weight
    return found


def _kept(node: Node) -> Weight:
    """Return which part of a node stays there, or went to MUF or transit."""
    kept: Weight = 0.0 if node.kind is NodeKind.STEP else node.left_weight
    return kept if node.muf_weight is None else kept + node.muf_weight


def _all_of_it(node: Node, taken: FloatArray) -> Iterator[BookFault]:
    total = taken + _kept(node)
    off = (np.abs(total - 1.0) > TOLERANCE) & (node.mass_kg != 0)
    if off.any():
        position = int(np.flatnonzero(off)[0])
        what = f"{list(ELEMENTS)[position]}: taken, left and MUF make {total[position]!r}, not 1"
        is_step = node.kind is NodeKind.STEP
        yield BookFault(finding("book.shares") if is_step else finding("book.fractions"), node, what)


def _order(node: Node, nodes: tuple[Node, ...]) -> Iterator[BookFault]:
    if any(parent >= node.index or nodes[parent].at > node.at for parent in node.parents):
        yield BookFault(finding("book.order"), node, "it descends from what came later")


def _is_close(one: FloatArray, other: FloatArray) -> bool:
    return bool((np.abs(one - other) <= TOLERANCE * np.maximum(1.0, np.abs(other))).all())
