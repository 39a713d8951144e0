"""Capture into SQLite (synchronous=FULL), documents of 100, beside bare inserts of the same rows in the same run."""

import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

from benchmarks.sample_events import documents
from benchmarks.table import Line
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import DATABASE, Register, make_register

COUNTS = {"small": 50, "full": 1_000}  # documents of 100
TABLES = ("store_submission", "store_eventrecord", "store_visible", "store_logentry")


def run(size: str) -> list[Line]:
    """Measure the capture action whole: receipts, checks, rows, log, files."""
    folder = Path(tempfile.mkdtemp(prefix="ytterby-bench-"))
    try:
        register = make_register(folder / "data", origin="bench.invalid/log", demo=True)
        count = COUNTS[size]
        ours = _capture(register, documents(count, 100))
        bare = _bare(folder, register)
        kilobytes = sum(f.stat().st_size for f in register.data.glob(DATABASE + "*")) / (count * 100) / 1000
    finally:
        shutil.rmtree(folder)
    events = count * 100
    return [
        Line(
            f"capture to SQLite FULL, documents of 100, {events:,} events",
            events / ours,
            "events/s",
            ">= 3,000",
            "bare inserts of the same rows",
            events / bare,
        ),
        Line("store, rows and indexes", kilobytes, "kB/event", "<= 2.0", "", None, "receipts hold every salt"),
    ]


def _capture(register: Register, raw: list[bytes]) -> float:
    from ytterby.shell.actions.capture import capture
    from ytterby.shell.actions.enrol import import_directory

    import_directory(register, packaged_text("shell.site", "sample_directory.yaml"))
    start = time.perf_counter()
    for document in raw:
        assert capture(register, document, submitter="operator").outcome == "accepted"
    return time.perf_counter() - start


def _bare(folder: Path, register: Register) -> float:
    """Insert the same rows into empty tables of the same shape, one transaction a document."""
    source = sqlite3.connect(register.data / DATABASE)
    target = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    target.execute("pragma journal_mode=wal")
    target.execute("pragma synchronous=full")
    rows = {}
    for table in TABLES:
        for (statement,) in source.execute("select sql from sqlite_master where tbl_name=? and sql not null", (table,)):
            target.execute(statement)
        rows[table] = source.execute(f'select * from "{table}"').fetchall()
    submissions = [row[0] for row in source.execute("select id from store_submission order by id")]
    start = time.perf_counter()
    for number in range(len(submissions)):
        target.execute("begin immediate")
        for table, all_rows in rows.items():
            share = -(-len(all_rows) // len(submissions))
            part = all_rows[number * share : (number + 1) * share]
            if part:
                marks = ",".join("?" * len(part[0]))
                target.executemany(f'insert into "{table}" values ({marks})', part)
        target.execute("commit")
    return time.perf_counter() - start
