"""Capture of the province beside bare inserts of the same rows: documents of 100 at two sizes of the store, bulk,
the worker's memory, and what an event takes on the disk.
"""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.filled import BULK_EVENTS, STORED, Filled, filled_and_derived, postgresql, sqlite
from benchmarks.table import Line
from ytterby.shell.site.register import DATABASE

HAS_MIDDLE = True
DOCUMENTS = {"small": 10, "middle": 50, "full": 50}
DOCUMENT_EVENTS = 100
# What a capture writes, and the column that tells which submission a row came with.
TABLES = {
    "store_submission": "id",
    "store_eventrecord": "log_index",
    "store_visible": "event_id",
    "store_logentry": "index",
    "store_postingrecord": "log_index",
    "store_touch": "log_index",
}


def run(size: str) -> Iterator[Line]:
    """Measure SQLite, then PostgreSQL where it is installed."""
    yield from _measure(sqlite(), size)
    other = postgresql()
    if isinstance(other, Line):
        yield other
    else:
        yield from _measure(other, size)


def _measure(filled: Filled, size: str) -> Iterator[Line]:
    for stored in STORED[size]:
        bulk = filled.capture(stored - filled.events, BULK_EVENTS[size])
        events = DOCUMENTS[size] * DOCUMENT_EVENTS
        last = filled.events
        found = filled.capture(events, DOCUMENT_EVENTS)
        bare = _bare(filled, last) if filled.name.startswith("SQLite") else None
        yield Line(
            f"capture to {filled.name}, documents of {DOCUMENT_EVENTS}, after {last:,} events",
            events / found["wall_s"],
            "events/s",
            ">= 3,000",
            "bare inserts of the same rows" if bare else "",
            events / bare if bare else None,
            f"{found['cpu_s'] / events * 1e6:.0f} us of processor an event; {found['memory_mb']:.0f} MB",
        )
    stored = filled.events - STORED[size][0] - 2 * events
    yield Line(
        f"bulk capture to {filled.name}, documents of {BULK_EVENTS[size]:,}",
        stored / bulk["wall_s"],
        "events/s",
        ">= 8,000",
        "",
        None,
        f"{bulk['cpu_s'] / stored * 1e6:.0f} us of processor an event",
    )
    yield Line(
        f"memory of a bulk capture worker, {filled.name}", bulk["memory_mb"], "MB", "<= 300", "", None, "ru_maxrss"
    )


def _bare(filled: Filled, last: int) -> float:
    """Insert the rows of the events that came last into empty tables of the same shape, one transaction a document."""
    source = sqlite3.connect(filled.data / DATABASE)
    path = Path(filled.folder) / "bare.sqlite3"
    path.unlink(missing_ok=True)
    target = sqlite3.connect(path, isolation_level=None)
    target.execute("pragma journal_mode=wal")
    target.execute("pragma synchronous=full")
    (first,) = source.execute("select max(first_index + count) from store_submission").fetchone()
    (first,) = source.execute(
        "select min(first_index) from store_submission where first_index >= ?", (first - (filled.events - last),)
    ).fetchone()
    (submission,) = source.execute("select id from store_submission where first_index = ?", (first,)).fetchone()
    rows = {}
    for table, column in TABLES.items():
        for (sql,) in source.execute("select sql from sqlite_master where tbl_name=? and sql not null", (table,)):
            target.execute(sql)
        since = submission if table == "store_submission" else first
        found = source.execute(f'select * from "{table}" where "{column}" >= ?', (since,)).fetchall()
        rows[table] = found
    count = (filled.events - last) // DOCUMENT_EVENTS
    start = time.perf_counter()
    for number in range(count):
        target.execute("begin immediate")
        for table, all_rows in rows.items():
            share = -(-len(all_rows) // count)
            part = all_rows[number * share : (number + 1) * share]
            if part:
                marks = ",".join("?" * len(part[0]))
                target.executemany(f'insert into "{table}" values ({marks})', part)
        target.execute("commit")
    return time.perf_counter() - start


def store_lines(size: str) -> Iterator[Line]:
    """Say what an event takes on the disk with its cells, by table and its indexes (SQLite)."""
    filled = filled_and_derived(size)
    source = sqlite3.connect(filled.data / DATABASE)
    owner = dict(source.execute("select name, tbl_name from sqlite_master"))
    pages = source.execute("select name, sum(pgsize) from dbstat group by name").fetchall()
    by_table: dict[str, float] = {}
    for name, size_bytes in pages:
        table = owner.get(name, name).removeprefix("store_")
        by_table[table] = by_table.get(table, 0.0) + size_bytes / filled.events
    parts = sorted(by_table.items(), key=lambda part: -part[1])
    told = ", ".join(f"{table} {bytes_:,.0f}" for table, bytes_ in parts if bytes_ >= 10)
    yield Line("store, rows, indexes and cells", sum(by_table.values()) / 1000, "kB/event", "<= 2.0", "", None, told)
