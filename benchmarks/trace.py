"""`lot trace` from a cold process, beside recursive SQL over the edges of the same book in SQLite."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.filled import Filled, filled_and_derived
from benchmarks.table import Line
from ytterby.chain.cell import read_cell
from ytterby.shell.site.register import DATABASE
from ytterby.shell.store.derived.packing import unpacked

HAS_MIDDLE = True
ROUNDS = 3
TIMEOUT_S = 600
CLI = "from ytterby.shell.cli import main; main()"
ANCESTORS = """
with recursive cone(node) as (
  select node from parcel where lot = ?
  union select edge.parent from edge join cone on edge.node = cone.node
) select count(*) from cone
"""


def run(size: str) -> Iterator[Line]:
    """Trace a component that was assembled late, whose ancestors are many."""
    filled = filled_and_derived(size)
    if not sqlite3.connect(filled.data / DATABASE).execute("select count(*) from store_lotcell").fetchone()[0]:
        filled.do("derive", 0)
    lots, edges = _edges(filled)
    lot, ancestors, peer_s = _peer(edges, lots)
    ours_s, note = _trace(filled, lot)
    yield Line(
        f"lot trace from a cold process, {filled.events:,} events, {ancestors:,} ancestors",
        ours_s,
        "s",
        "<= 1.5",
        "recursive SQL over its edges, the set alone",
        peer_s,
        note,
    )


def _edges(filled: Filled) -> tuple[list[str], sqlite3.Connection]:
    """Return late components, and a database of parcels and edges made from the cells."""
    source = sqlite3.connect(filled.data / DATABASE)
    edges = sqlite3.connect(filled.folder / "edges.sqlite3")
    edges.executescript(
        "pragma journal_mode=off; pragma synchronous=off; drop table if exists edge; drop table if exists parcel;"
        "create table edge (node integer, parent integer); create table parcel (lot text, node integer);"
    )
    numbers: dict[int, int] = {}

    def number_of(digest: bytes, place: tuple[int, int, str, int]) -> int:
        # A short key: a book of millions of nodes is numbered in memory.
        return numbers.setdefault(hash((digest, place)), len(numbers))

    for table in ("store_lotcell", "store_eventcell"):
        for (body,) in source.execute(f"select body from {table}"):
            for node in read_cell(unpacked(body)).nodes:
                number = number_of(node.digest, node.place)
                edges.executemany(
                    "insert into edge values (?, ?)", [(number, number_of(*parent)) for parent in node.parents]
                )
                if table == "store_lotcell":
                    edges.execute("insert into parcel values (?, ?)", (node.lot, number))
    edges.executescript("create index edge_node on edge (node, parent); create index parcel_lot on parcel (lot);")
    late = source.execute(
        "select text from store_thread t join store_lotcell c on c.lot_id = t.id where text like ? "
        "order by id desc limit 60",
        ("https://id.gs1.org/01/09520000000318/10/%",),
    ).fetchall()
    return [text for (text,) in late], edges


def _peer(edges: sqlite3.Connection, lots: list[str]) -> tuple[str, int, float]:
    """Return the lot with the most ancestors among these, how many, and the least time that SQL takes, s."""
    counts = {lot: edges.execute(ANCESTORS, (lot,)).fetchone()[0] for lot in lots}
    lot = max(counts, key=lambda one: (counts[one], one))
    least = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        edges.execute(ANCESTORS, (lot,)).fetchone()
        least = min(least, time.perf_counter() - began)
    return lot, counts[lot], least


def _trace(filled: Filled, lot: str) -> tuple[float, str]:
    command = [sys.executable, "-c", CLI, "lot", "trace", lot, "--json", "--data", str(filled.data)]
    least, note = float("inf"), ""
    for _ in range(ROUNDS):
        began = time.perf_counter()
        try:
            done = subprocess.run(
                command, env=filled.environment, check=True, stdout=subprocess.PIPE, timeout=TIMEOUT_S
            )
        except subprocess.TimeoutExpired:
            return float("inf"), f"stopped after {TIMEOUT_S} s"
        least = min(least, time.perf_counter() - began)
        told = json.loads(done.stdout)
        note = f"{len(told['nodes']):,} nodes told, {told['traced_share']:.1%} of the mass"
        if least > 20:
            break
    return least, note
