"""Attribution on arrays: how mass flows through a graph of nodes for one element.

The graph is given by the edges into each node, parents first (CSR). The origin matrix is
O = (I - Phi)^-1 source, one forward substitution: the row of a node is its own source, then for each parent in
order weight x parent's row, one multiplication and one addition for each parent and cell, in IEEE double. No
other order, no fused operation, no BLAS: the same bytes come out with numba and without.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# Below this many edges importing numba and compiling cost more than they save: for rows of many classes, and for one
# number a node, which plain lists do in some tenths of a second.
COMPILE_FROM_EDGES = 100_000
COMPILE_LISTS_FROM_EDGES = 5_000_000


class Graph(NamedTuple):
    """Edges into node i are indptr[i]:indptr[i+1]; every parent is less than its node."""

    indptr: Integers
    parents: Integers
    weights: Floats

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.indptr) - 1


class Sources(NamedTuple):
    """Own sources: mass_kg of class `classes` enters at node `nodes`."""

    nodes: Integers
    classes: Integers
    mass_kg: Floats


def make_graph(parents: Sequence[Sequence[int]], weights: Sequence[Sequence[float]]) -> Graph:
    """Return the graph of these edges, given for each node.

    Raises:
        ValueError: a parent does not precede its node.
    """
    indptr = np.zeros(len(parents) + 1, dtype=np.int64)
    np.cumsum([len(p) for p in parents], out=indptr[1:])
    flat = np.array([p for row in parents for p in row], dtype=np.int64)
    node = np.repeat(np.arange(len(parents)), np.diff(indptr))
    if (flat >= node).any() or (flat < 0).any():
        raise ValueError("a parent must precede its node in book order")
    return Graph(indptr, flat, np.array([w for row in weights for w in row], dtype=np.float64))


def attribute(graph: Graph, sources: Sources, class_count: int, *, compiled: bool | None = None) -> Floats:
    """Return the mass of each origin class in each node, kg: array nodes x classes.

    `compiled` forces numba on or off; by default it is used where installed and worth its start.
    """
    rows = np.zeros((graph.size, class_count))
    np.add.at(rows, (sources.nodes, sources.classes), sources.mass_kg)
    if _is_compiled(graph, compiled, COMPILE_FROM_EDGES):
        _loop("attribute", _attribute)(graph.indptr, graph.parents, graph.weights, rows)
    else:
        _attribute_by_level(graph, rows)
    return rows


def pull(graph: Graph, targets: Floats, *, compiled: bool | None = None) -> Floats:
    """Return for each node how much of a kilogram in it ends in the targets (their own value is given).

    The transpose of attribution, one backward substitution; mass in a node times this is its contribution.
    """
    values = targets.copy()
    occupied = np.flatnonzero(values)
    if len(occupied):
        run = _loop("pull", _pull) if _is_compiled(graph, compiled, COMPILE_LISTS_FROM_EDGES) else _pull_lists
        run(graph.indptr, graph.parents, graph.weights, values, int(occupied[-1]))
    return values


def push(graph: Graph, starts: Floats, *, compiled: bool | None = None) -> Floats:
    """Return for each node how much of what starts in some nodes is in it, kg."""
    values = starts.copy()
    occupied = np.flatnonzero(values)
    if len(occupied):
        run = _loop("push", _push) if _is_compiled(graph, compiled, COMPILE_LISTS_FROM_EDGES) else _push_lists
        run(graph.indptr, graph.parents, graph.weights, values, int(occupied[0]))
    return values


def levels(graph: Graph) -> Integers:
    """Return the length of the longest path into each node."""
    result = [0] * graph.size
    indptr, parents = graph.indptr.tolist(), graph.parents.tolist()
    for node in range(graph.size):
        level = -1
        for edge in range(indptr[node], indptr[node + 1]):
            level = max(level, result[parents[edge]])
        result[node] = level + 1
    return np.array(result, dtype=np.int64)


@cache
def compiler() -> Any:
    """Return numba, which is not imported before it is needed; None where the extra `analysis` is not installed."""
    try:
        import numba
    except ImportError:  # numpy gives the same bytes
        return None
    return numba


def _is_compiled(graph: Graph, wanted: bool | None, from_edges: int) -> bool:
    if wanted and compiler() is None:
        raise ValueError("numba is not installed; install the extra `analysis`")
    if wanted is not None:
        return wanted
    return len(graph.parents) >= from_edges and compiler() is not None


def _attribute_by_level(graph: Graph, rows: Floats) -> None:
    """Add parents level by level: the k-th parent of all nodes of a level at once, k in order."""
    level = levels(graph)
    degree = np.diff(graph.indptr)
    order = np.argsort(level, kind="stable")
    bounds = np.searchsorted(level[order], np.arange(1, (level.max(initial=0)) + 2))
    start = bounds[0] if len(bounds) else 0
    for end in bounds[1:]:
        nodes = order[start:end]
        start = end
        for position in range(int(degree[nodes].max(initial=0))):
            having = nodes[degree[nodes] > position]
            edges = graph.indptr[having] + position
            rows[having] += graph.weights[edges, None] * rows[graph.parents[edges]]


def _attribute(indptr: Integers, parents: Integers, weights: Floats, rows: Floats) -> None:
    for node in range(len(indptr) - 1):
        for edge in range(indptr[node], indptr[node + 1]):
            parent = parents[edge]
            weight = weights[edge]
            for column in range(rows.shape[1]):
                rows[node, column] = rows[node, column] + weight * rows[parent, column]


def _pull(indptr: Integers, parents: Integers, weights: Floats, values: Floats, last: int) -> None:
    for node in range(last, -1, -1):
        value = values[node]
        if value != 0.0:
            for edge in range(indptr[node], indptr[node + 1]):
                values[parents[edge]] += weights[edge] * value


def _push(indptr: Integers, parents: Integers, weights: Floats, values: Floats, first: int) -> None:
    for node in range(first, len(indptr) - 1):
        value = values[node]
        for edge in range(indptr[node], indptr[node + 1]):
            value = value + weights[edge] * values[parents[edge]]
        values[node] = value


def _pull_lists(indptr: Integers, parents: Integers, weights: Floats, values: Floats, last: int) -> None:
    """Do the same on Python lists, which are quicker than single cells of arrays."""
    ends, above, share, result = indptr.tolist(), parents.tolist(), weights.tolist(), values.tolist()
    _pull(ends, above, share, result, last)
    values[:] = result


def _push_lists(indptr: Integers, parents: Integers, weights: Floats, values: Floats, first: int) -> None:
    ends, above, share, result = indptr.tolist(), parents.tolist(), weights.tolist(), values.tolist()
    _push(ends, above, share, result, first)
    values[:] = result


_COMPILED: dict[str, Callable[..., None]] = {}


def _loop(name: str, function: Callable[..., None]) -> Callable[..., Any]:
    """Return the compiled form of a loop, compiled once."""
    if name not in _COMPILED:
        _COMPILED[name] = compiler().njit(nogil=True, fastmath=False)(function)
    return _COMPILED[name]
