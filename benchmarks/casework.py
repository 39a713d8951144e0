"""Casework: six steps of a case, a worklist of many cases, decisions that the register takes by itself.

The peer is uktrade/lite-api (an office of a state, its source is open). It cannot be run here: it needs modules that
are private. Its figures were taken once, with inert stand-ins for them (no routing, no flags, no PDF, no e-mail, no
search, no screening), so that they are a lower bound of its cost; they are printed as what they are, recorded and not
run. Ours go through everything that a case goes through: rights from the log, law in force, evidence with screening of
every party, a signed approval, the licence with its message to customs, the log published after each step.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.private_postgresql import private_postgresql
from benchmarks.table import Line

ROOT = Path(__file__).resolve().parents[1]
RECORDED = "recorded, not run: casework.md section 6, quiet machine"
# lite-api at d65f56ac with PostgreSQL 15, in process: step -> (ms, statements), with 1 line and with 10.
LITE = {
    1: {
        "submit": (155, 155), "open": (147, 79), "advise": (34, 39),
        "decide": (34, 42), "draft": (74, 83), "issue": (114, 128),
    },
    10: {
        "submit": (266, 218), "open": (139, 79), "advise": (118, 129),
        "decide": (109, 132), "draft": (167, 151), "issue": (138, 128),
    },
}  # fmt: skip
LITE_SUM = {1: (557, 526), 10: (938, 837)}
SQL_MOST, MS_MOST, LIST_MS_MOST, AUTOMATIC_LEAST = 60, 40, 100, 25
SIZES = {
    # cases of the six steps, rows of the worklist, pages asked for, decisions by the register
    "small": (20, 20_000, 40, 40),
    "full": (200, 1_000_000, 200, 10_000),
}

Json = dict[str, Any]


def run(size: str) -> list[Line]:
    """Measure on PostgreSQL and on SQLite."""
    lines = []
    with private_postgresql("casework") as url:
        if url is None:
            note = "PostgreSQL is not installed"
            lines.append(Line("casework, PostgreSQL", 0.0, "", "", "", None, note))
        else:
            lines += list(_lines("PostgreSQL", url, size))
    lines += list(_lines("SQLite", "", size))
    return lines


def _lines(name: str, url: str, size: str) -> Iterator[Line]:
    cases, rows, asked, decided = SIZES[size]
    for count in LITE:
        yield from _six(name, _do("six", url, cases, count), count)
    for who, found in _do("worklist", url, rows, asked).items():
        work = f"worklist of the {who}, {rows:,} cases, p95, {name}"
        yield Line(work, found["p95_ms"], "ms", f"<= {LIST_MS_MOST}", "", None, f"median {found['median_ms']:.1f} ms")
    found = _do("automatic", url, decided)
    why = f"none is: {', '.join(found['kept'])}" if "kept" in found else ""
    work, target = f"decided by rule and issued, {name}", f">= {AUTOMATIC_LEAST}"
    yield Line(work, found.get("cases_s", 0.0), "cases/s", target, "", None, why)


def _six(name: str, found: Json, lines: int) -> Iterator[Line]:
    kind = f"{lines} line{'s' if lines > 1 else ''}, {name}"
    for step, (ms, sql) in LITE[lines].items():
        yield Line(f"{step}, {kind}", found["ms"][step], "ms", "", "lite-api", ms, RECORDED)
        yield Line(f"{step}, {kind}", found["sql"][step], "SQL", "", "lite-api", sql, RECORDED)
    ms, sql = LITE_SUM[lines]
    is_bound = lines == 1 and name == "PostgreSQL"
    yield Line(
        f"six steps, {kind}", found["sum_ms"], "ms", f"<= {MS_MOST}" if is_bound else "", "lite-api", ms, RECORDED
    )
    yield Line(
        f"six steps, {kind}", found["sum_sql"], "SQL", f"<= {SQL_MOST}" if is_bound else "", "lite-api", sql, RECORDED
    )


def _do(task: str, url: str, *numbers: int) -> Json:
    """Do a task in a process of its own, on a database of its own, and return what it says."""
    with _folder() as folder, _database(url, task, numbers) as address:
        environment = {**os.environ, "DATABASE_URL": address, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        if not address:
            del environment["DATABASE_URL"]
        command = [sys.executable, "-m", "benchmarks.casework_worker", task, str(folder), *map(str, numbers)]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    found: Json = json.loads(done.stdout)
    return found


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ytterby-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(url: str, task: str, numbers: tuple[int, ...]) -> Iterator[str]:
    """Give the address of an empty database beside one; nothing for SQLite, which lies in the register's folder."""
    if not url:
        yield ""
        return
    import psycopg

    name = "_".join(("casework", task, *map(str, numbers)))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield url.replace("/casework?", f"/{name}?")
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
