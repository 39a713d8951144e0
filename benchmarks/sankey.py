"""Layout of a Sankey picture: boxes and ribbons of a layered graph, eight stages, two links for each lot.

The limit measured beside it is the writing alone: formatting as many outlines of twelve coordinates.
"""

import random
from collections.abc import Iterator

from benchmarks.table import Line, best_of
from ytterby.shell.drawing import Link, Node, find_stages, lay_out

STAGES = 8
LOTS = {"small": (3_000,), "full": (3_000, 30_000)}


def run(size: str) -> Iterator[Line]:
    """Measure the layout of 3,000 lots (full: 30,000 too)."""
    for lots in LOTS[size]:
        nodes, links = layered_graph(lots)
        seconds = best_of(3, lambda nodes=nodes, links=links: lay_out(nodes, links))
        writing = best_of(3, lambda links=links: write_outlines(links))
        stages = len(set(find_stages(nodes, links)))
        target = "<= 0.3" if lots == 3_000 else ""
        note = f"{stages} stages, {len(links):,} links"
        yield Line(f"Sankey layout, {lots:,} lots", seconds, "s", target, "writing the outlines", writing, note)


def layered_graph(lots: int, seed: int = 1) -> tuple[list[Node], list[Link]]:
    """Return lots in equal stages, each fed by two lots of the stage before."""
    chance = random.Random(seed)
    nodes = [Node(f"LOT-{place:05}", "metal", "lot", 0.0) for place in range(lots)]
    width = lots // STAGES
    links = []
    for place in range(width, lots):
        before = (place // width - 1) * width
        for source in chance.sample(range(before, before + width), 2):
            links.append(Link(source, place, chance.uniform(0.1, 100.0), "lot"))
    return nodes, links


def write_outlines(links: list[Link]) -> list[str]:
    """Format one outline for each link and do nothing else."""
    x, y = 171.3, 97.5
    return [
        f"M{x:.1f},{y:.1f}C{x:.1f},{y:.1f} {x:.1f},{y:.1f} {x:.1f},{y:.1f}"
        f"V{y:.1f}C{x:.1f},{y:.1f} {x:.1f},{y:.1f} {x:.1f},{y:.1f}Z"
        for _ in links
    ]
