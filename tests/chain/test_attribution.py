"""Attribution on arrays: the same bytes with numba and without, and its transposes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.chain.attribution import Graph, Sources, attribute, make_graph, pull, push

numba = pytest.importorskip("numba", reason="the extra `analysis` is not installed")


def random_graph(size: int, seed: int, most: int = 5) -> Graph:
    """Return a graph in which each node has up to `most` earlier parents."""
    random = np.random.default_rng(seed)
    parents, weights = [], []
    for node in range(size):
        count = int(random.integers(0, min(most, node) + 1))
        chosen = sorted(random.choice(node, count, replace=False).tolist()) if count else []
        parents.append(chosen)
        weights.append(random.random(count).tolist())
    return make_graph(parents, weights)


def random_sources(size: int, classes: int, seed: int) -> Sources:
    random = np.random.default_rng(seed + 1)
    count = max(1, size // 5)
    return Sources(random.integers(0, size, count), random.integers(0, classes, count), random.random(count) * 1e3)


def by_definition(graph: Graph, sources: Sources, classes: int) -> np.ndarray:
    """Return rows one cell at a time: own source first, then parents in order."""
    rows = [[0.0] * classes for _ in range(graph.size)]
    for node, column, mass in zip(sources.nodes, sources.classes, sources.mass_kg, strict=True):
        rows[node][column] += float(mass)
    for node in range(graph.size):
        for edge in range(graph.indptr[node], graph.indptr[node + 1]):
            for column in range(classes):
                product = float(graph.weights[edge]) * rows[graph.parents[edge]][column]
                rows[node][column] = rows[node][column] + product
    return np.array(rows)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 120), st.integers(1, 7), st.integers(0, 10**6))
def test_numba_and_numpy_give_the_bytes_of_the_definition(size, classes, seed):
    graph, sources = random_graph(size, seed), random_sources(size, classes, seed)
    expected = by_definition(graph, sources, classes).tobytes()
    assert attribute(graph, sources, classes, compiled=False).tobytes() == expected
    assert attribute(graph, sources, classes, compiled=True).tobytes() == expected


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 80), st.integers(0, 10**6))
def test_pull_is_the_transpose_of_push(size, seed):
    graph = random_graph(size, seed)
    random = np.random.default_rng(seed + 2)
    start, target = np.zeros(size), np.zeros(size)
    start[random.integers(0, size)] = 3.0
    target[random.integers(0, size)] = 1.0
    forward = float(push(graph, start, compiled=False) @ target)
    backward = float(pull(graph, target, compiled=False) @ start)
    assert forward == pytest.approx(backward, rel=1e-12, abs=1e-300)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 80), st.integers(0, 10**6))
def test_compiled_pull_and_push_equal_the_plain_ones(size, seed):
    graph = random_graph(size, seed)
    values = np.zeros(size)
    values[size // 2] = 2.0
    assert pull(graph, values, compiled=True).tobytes() == pull(graph, values, compiled=False).tobytes()
    assert push(graph, values, compiled=True).tobytes() == push(graph, values, compiled=False).tobytes()


def test_a_long_chain_is_one_pass_and_not_a_recursion():
    size = 50_000
    graph = make_graph([[], *([n] for n in range(size - 1))], [[], *([1.0] for _ in range(size - 1))])
    start = np.zeros(size)
    start[0] = 1.0
    assert push(graph, start)[-1] == 1.0
    assert pull(graph, start[::-1].copy())[0] == 1.0


def test_a_parent_that_does_not_precede_is_a_programming_mistake():
    with pytest.raises(ValueError, match="must precede"):
        make_graph([[1], []], [[1.0], []])
