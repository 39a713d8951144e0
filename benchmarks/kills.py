"""Kills survived: processes killed at random and at chosen moments of capture, job and derivation.

The scenarios and what is checked after each kill are those of the tests; here there are more of them.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.private_postgresql import TESTS, private_postgresql
from benchmarks.sample_events import sample
from benchmarks.table import Line
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register

# For each scenario. Small: as many as the tests have not.
COUNTS = {"small": {"SQLite": 10, "PostgreSQL": 5}, "full": {"SQLite": 180, "PostgreSQL": 30}}
URL = "DATABASE_URL"


def run(size: str) -> list[Line]:
    """Kill, open again and check, on both databases where there are two."""
    sys.path.insert(0, str(TESTS))
    lines = [_lines("SQLite", COUNTS[size]["SQLite"])]
    with private_postgresql("kills") as url:
        if url is not None:
            os.environ[URL] = url
            try:
                lines.append(_lines("PostgreSQL", COUNTS[size]["PostgreSQL"]))
            finally:
                from django.db import connections

                connections.close_all()
                os.environ.pop(URL)
    return lines


def _lines(database: str, count: int) -> Line:
    """Return one line: kills survived in all scenarios, one register for all of them."""
    chain = sample()
    folder = Path(tempfile.mkdtemp(prefix="ytterby-kills-"))
    start, survived = time.perf_counter(), 0
    try:
        register = make_register(folder / "data", origin="bench.invalid/log", demo=True)
        # Models can be imported once a register has been opened.
        from shell.kills import EVENTS, SCENARIOS, Kills, Nursery
        from shell.shipments import shipments
        from ytterby.shell.actions.enrol import import_directory

        import_directory(register, packaged_text("shell.site", "sample_directory.yaml"))
        with Nursery() as nursery:
            for number, name in enumerate(SCENARIOS):

                def documents(attempt: int, first: int = number * 1_000_000) -> list[bytes]:
                    return shipments(chain, 30, size=EVENTS, start=first + attempt * 1000)

                kills = Kills(register, name, documents, nursery, folder)
                kills.run(count)
                survived += kills.survived
                register = kills.register
    finally:
        shutil.rmtree(folder)
    seconds = time.perf_counter() - start
    note = f"{len(SCENARIOS)} scenarios, {seconds:.0f} s; one that is not survived stops the run"
    return Line(f"kills survived, {database}", survived, "kills", f"all {count * len(SCENARIOS)}", "", None, note)
