"""Time rustworkx and networkx on ancestor sets; runs in an environment of its own (graph.txt).

Usage: python graph_peer.py GRAPH.npz NODE…   prints {"rustworkx": {node: ms}, "networkx": {…}} as JSON.
"""

import importlib
import json
import sys
import time

import numpy as np


def best_ms(function, rounds: int) -> float:
    """Return the least wall time of some rounds, ms."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


def main() -> None:
    """Measure both libraries where they are installed."""
    loaded = np.load(sys.argv[1])
    nodes = [int(n) for n in sys.argv[2:]]
    size = len(loaded["indptr"]) - 1
    child = np.repeat(np.arange(size), np.diff(loaded["indptr"]))
    edges = list(zip(loaded["parents"].tolist(), child.tolist(), strict=True))
    found = {}
    rustworkx = importlib.import_module("rustworkx")
    graph = rustworkx.PyDiGraph(check_cycle=False)
    graph.add_nodes_from(range(size))
    graph.extend_from_edge_list(edges)
    found["rustworkx"] = {n: best_ms(lambda n=n: rustworkx.ancestors(graph, n), 3) for n in nodes}
    networkx = importlib.import_module("networkx")
    slow = networkx.DiGraph()
    slow.add_nodes_from(range(size))
    slow.add_edges_from(edges)
    found["networkx"] = {n: best_ms(lambda n=n: networkx.ancestors(slow, n), 1) for n in nodes}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
