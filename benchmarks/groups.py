"""Single events from 16 clients, committed in groups, beside bare inserts of the same rows in the same run.

On SQLite (synchronous=FULL), and on a private PostgreSQL where the system has one.
"""

import os
import shutil
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.sample_events import documents
from benchmarks.table import Line
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import DATABASE, Register, make_register

COUNTS = {"small": 3_200, "full": 32_000}
CLIENTS = 16
TABLES = (
    *("store_submission", "store_eventrecord", "store_visible", "store_logentry"),
    *("store_postingrecord", "store_touch"),
)


def run(size: str) -> list[Line]:
    """Measure documents of one event, each answered with both receipts."""
    raw = documents(COUNTS[size], 1)
    folder = Path(tempfile.mkdtemp(prefix="ytterby-bench-"))
    try:
        register = make_register(folder / "data", origin="bench.invalid/log", demo=True)
        ours, slowest = capture_all(register, raw)
        bare = _bare(folder, register, len(raw))
    finally:
        shutil.rmtree(folder)
    note = f"median wait {slowest * 1000:.0f} ms"
    lines = [
        Line(
            f"single events in groups, {CLIENTS} clients, SQLite FULL",
            len(raw) / ours,
            "events/s",
            ">= 1,500",
            "bare inserts, one commit an event",
            len(raw) / bare,
            note,
        )
    ]
    return lines + _on_postgresql(raw)


def capture_all(register: Register, raw: list[bytes]) -> tuple[float, float]:
    """Return how long all took, and the median of how long one client waited for an answer, s."""
    from django.db import connections

    from ytterby.shell.actions.capture_group import GroupCommitter
    from ytterby.shell.actions.enrol import import_directory

    import_directory(register, packaged_text("shell.site", "sample_directory.yaml"))
    waits: list[float] = []

    def client(share: list[bytes]) -> None:
        for document in share:
            begun = time.perf_counter()
            assert committer.capture(document, submitter="operator").outcome == "accepted"
            waits.append(time.perf_counter() - begun)
        connections.close_all()

    with GroupCommitter(register) as committer:
        clients = [threading.Thread(target=client, args=(raw[n::CLIENTS],)) for n in range(CLIENTS)]
        start = time.perf_counter()
        for one in clients:
            one.start()
        for one in clients:
            one.join()
        took = time.perf_counter() - start
    assert len(waits) == len(raw)
    return took, sorted(waits)[len(waits) // 2]


def _bare(folder: Path, register: Register, count: int) -> float:
    """Insert the same rows into empty tables of the same shape, one transaction an event."""
    source = sqlite3.connect(register.data / DATABASE)
    target = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    target.execute("pragma journal_mode=wal")
    target.execute("pragma synchronous=full")
    rows = {}
    for table in TABLES:
        for (statement,) in source.execute("select sql from sqlite_master where tbl_name=? and sql not null", (table,)):
            target.execute(statement)
        rows[table] = source.execute(f'select * from "{table}"').fetchall()
    start = time.perf_counter()
    for number in range(count):
        target.execute("begin immediate")
        for table, all_rows in rows.items():
            share = len(all_rows) / count
            part = all_rows[int(number * share) : int((number + 1) * share)]
            if part:
                marks = ",".join("?" * len(part[0]))
                target.executemany(f'insert into "{table}" values ({marks})', part)
        target.execute("commit")
    return time.perf_counter() - start


def _on_postgresql(raw: list[bytes]) -> list[Line]:
    from benchmarks.private_postgresql import private_postgresql

    with private_postgresql() as url:
        if url is None:
            return []
        folder = Path(tempfile.mkdtemp(prefix="ytterby-bench-"))
        before = os.environ.get("DATABASE_URL")
        os.environ["DATABASE_URL"] = url
        try:
            register = make_register(folder / "data", origin="bench.invalid/log", demo=True)
            ours, median = capture_all(register, raw)
        finally:
            from django.db import connections

            connections.close_all()
            os.environ.pop("DATABASE_URL")
            if before is not None:
                os.environ["DATABASE_URL"] = before
            shutil.rmtree(folder)
    work = f"single events in groups, {CLIENTS} clients, PostgreSQL"
    return [Line(work, len(raw) / ours, "events/s", ">= 1,500", "", None, f"median wait {median * 1000:.0f} ms")]
