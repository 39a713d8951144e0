"""Attribution and traces on a graph of a million lots, beside rustworkx and networkx where they are installed.

The graph: a tenth sources, one to six earlier parents each, recent ones preferred; weights so that no parent gives
more than it has.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.table import Line, best_of
from ytterby.chain.attribution import Graph, Sources, attribute, compiler, pull

SIZES = {"small": 100_000, "full": 1_000_000}
CLASSES = 50
PEERS = Path(__file__).with_name("peers")


def make(size: int, seed: int = 7) -> tuple[Graph, Sources]:
    """Return a random graph of lots and its sources."""
    random = np.random.default_rng(seed)
    degree = random.integers(1, 7, size)
    degree[random.random(size) < 0.1] = 0
    degree[:10] = 0
    indptr = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(degree, out=indptr[1:])
    child = np.repeat(np.arange(size), degree)
    reach = np.minimum(random.geometric(1 / (size / 60), len(child)), child)
    far = random.random(len(child)) < 0.02
    reach[far] = (random.random(int(far.sum())) * child[far]).astype(np.int64) + 1
    parents = np.maximum(child - np.minimum(reach, child), 0)
    order = np.lexsort((parents, child))
    parents = parents[order]
    uses = np.bincount(parents, minlength=size)
    graph = Graph(indptr, parents, 0.98 / uses[parents])
    roots = np.flatnonzero(degree == 0)
    return graph, Sources(roots, random.integers(0, CLASSES, len(roots)), random.random(len(roots)) * 1000)


def trace_target(graph: Graph, wanted: int) -> int:
    """Return a node with about so many ancestors."""
    best, best_miss = 0, float("inf")
    for place in np.linspace(graph.size // 200, graph.size - 1, 60).astype(int):
        start = np.zeros(graph.size)
        start[place] = 1.0
        miss = abs(np.count_nonzero(pull(graph, start)) - wanted)
        if miss < best_miss:
            best, best_miss = int(place), miss
    return best


def run(size: str) -> list[Line]:
    """Measure attribution and traces."""
    graph, sources = make(SIZES[size])
    edges = f"{graph.size:.0e} lots, {len(graph.parents):.1e} edges x {CLASSES} classes"
    plain_rows: list[bytes] = []

    def plain() -> None:
        plain_rows[:] = [attribute(graph, sources, CLASSES, compiled=False).tobytes()]

    slow = best_of(1, plain)
    lines = [Line(f"attribution without numba, {edges}", slow, "s", "<= 15 at full", "scipy, recorded", None)]
    if compiler() is not None:
        attribute(*make(1_000), CLASSES, compiled=True)
        rows = attribute(graph, sources, CLASSES, compiled=True)
        quick = best_of(3, lambda: attribute(graph, sources, CLASSES, compiled=True))
        same = "same bytes" if rows.tobytes() == plain_rows[0] else "BYTES DIFFER"
        lines.append(Line("attribution with numba", quick, "s", "<= 1 at full", "without numba", slow, same))
    lines += traces(graph)
    return lines


def traces(graph: Graph) -> list[Line]:
    """Measure one trace with quantities, few and many ancestors, beside the peers' ancestor sets."""
    targets = {"<= 5 ms": trace_target(graph, int(0.017 * graph.size))}
    targets["<= 150 ms"] = trace_target(graph, int(0.64 * graph.size))
    peers = peer_times(graph, list(targets.values()))
    lines = []
    for target, node in targets.items():
        start = np.zeros(graph.size)
        start[node] = 1.0
        reached = int(np.count_nonzero(pull(graph, start)))
        ours = best_of(5, lambda start=start: pull(graph, start)) * 1e3
        for peer, times in peers.items():
            theirs = times.get(str(node))
            note = "peer: set only, no quantities" if theirs else f"peer not installed: make bench-peers ({peer})"
            lines.append(Line(f"one trace, {reached:,} ancestors", ours, "ms", target, peer, theirs, note))
    return lines


def peer_times(graph: Graph, nodes: list[int]) -> dict[str, dict[str, float]]:
    """Return what rustworkx and networkx need, from an environment of their own; empty where it was not made."""
    python = PEERS / ".graph" / "bin" / "python"
    if not python.exists():
        return {"rustworkx": {}, "networkx": {}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.npz"
        np.savez(path, indptr=graph.indptr, parents=graph.parents)
        command = [python, PEERS / "graph_peer.py", path, *map(str, nodes)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, dict[str, float]] = json.loads(answer.stdout)
    return found
