"""The book's graph for one element, and the cone of what precedes some nodes."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ytterby.chain.attribution import Graph, Sources, make_graph
from ytterby.chain.book import Book
from ytterby.chain.node import Node, OriginClass, Weight
from ytterby.matter.element import POSITION


class Cone(NamedTuple):
    """Some nodes of a book in book order, with the edges among them for one element."""

    nodes: tuple[Node, ...]
    place: dict[int, int]  # index in the book -> place in the cone
    graph: Graph


def weight_of(weight: Weight, element: int) -> float:
    """Return an edge's weight for one element."""
    return weight if isinstance(weight, float) else float(weight[element])


def ancestors(book: Book, targets: Iterable[Node]) -> Cone:
    """Return the targets and all that precedes them; call `with_element` for an element's weights."""
    seen = {node.index for node in targets}
    stack = list(seen)
    while stack:
        for parent in book.nodes[stack.pop()].parents:
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return _cone(book, seen)


def descendants(book: Book, starts: Iterable[Node]) -> Cone:
    """Return the starts and all that descends from them."""
    children = book.children_of
    seen = {node.index for node in starts}
    stack = list(seen)
    while stack:
        for child in children.get(stack.pop(), ()):
            if child not in seen:
                seen.add(child)
                stack.append(child)
    return _cone(book, seen)


def _cone(book: Book, indices: set[int]) -> Cone:
    ordered = sorted(indices)
    place = {index: position for position, index in enumerate(ordered)}
    return Cone(tuple(book.nodes[i] for i in ordered), place, make_graph([], []))


def with_element(cone: Cone, element: str) -> Cone:
    """Return the cone with the edges among its nodes, weighted for one element."""
    position = POSITION[element]
    parents: list[list[int]] = []
    weights: list[list[float]] = []
    for node in cone.nodes:
        edges = [
            (cone.place[p], weight_of(w, position))
            for p, w in zip(node.parents, node.weights, strict=True)
            if p in cone.place
        ]
        parents.append([p for p, _ in edges])
        weights.append([w for _, w in edges])
    return cone._replace(graph=make_graph(parents, weights))


def sources_of(cone: Cone, element: str) -> tuple[Sources, tuple[OriginClass, ...]]:
    """Return the own sources of a cone's nodes for one element, and their classes in order of name."""
    position = POSITION[element]
    rows = [
        (place, part.origin, float(part.content.mass_kg[position]))
        for place, node in enumerate(cone.nodes)
        for part in node.sources
    ]
    rows = [row for row in rows if row[2] != 0.0]
    classes = tuple(sorted({origin for _, origin, _ in rows}))
    number = {origin: i for i, origin in enumerate(classes)}
    return (
        Sources(
            np.array([place for place, _, _ in rows], dtype=np.int64),
            np.array([number[origin] for _, origin, _ in rows], dtype=np.int64),
            np.array([mass for _, _, mass in rows], dtype=np.float64),
        ),
        classes,
    )
