"""Registers filled with the province, each in a folder of its own, one of each kind for all benchmarks of a run."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.table import Line

ROOT = Path(__file__).resolve().parents[1]
# Events stored before the first and before the second measurement.
STORED = {"small": (2_000, 6_000), "middle": (10_000, 100_000), "full": (100_000, 1_000_000)}
BULK_EVENTS = {"small": 1_000, "middle": 10_000, "full": 10_000}


class Filled:
    """A register and how many events of the province it holds."""

    def __init__(self, name: str, url: str = "") -> None:
        self.name = name
        self.folder = Path(tempfile.mkdtemp(prefix="ytterby-bench-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        if not url:
            del self.environment["DATABASE_URL"]
        # As installed: the first start compiles, the next ones do not.
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.environment["PYTHONPYCACHEPREFIX"] = str(self.folder / "compiled")
        self.events = 0
        self.do("make")

    @property
    def data(self) -> Path:
        """The register's folder."""
        return self.folder / "data"

    def do(self, task: str, *numbers: int) -> dict[str, Any]:
        """Do a task in a process of its own and return what it says."""
        command = [sys.executable, "-m", "benchmarks.worker", task, str(self.folder), *map(str, numbers)]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def capture(self, events: int, document_events: int) -> dict[str, Any]:
        """Capture the next events of the province in documents of a size."""
        found = self.do("capture", self.events, events, document_events)
        self.events += events
        return found


@lru_cache(maxsize=1)
def sqlite() -> Filled:
    """Return the register in SQLite, empty at first; what comes later finds what came before in it."""
    return Filled("SQLite FULL")


@lru_cache(maxsize=1)
def postgresql() -> "Filled | Line":
    """Return the register in a private PostgreSQL, or the line that says why there is none."""
    sys.path.insert(0, str(ROOT / "tests"))
    from postgres import Cluster, find_binary

    if find_binary("postgres") is None:
        return Line("capture to PostgreSQL", float("nan"), "events/s", ">= 3,000", "", None, "skipped: not installed")
    cluster = Cluster()
    atexit.register(cluster.stop)
    return Filled("PostgreSQL", cluster.create("bench"))


def filled_and_derived(size: str) -> Filled:
    """Return the register in SQLite with as many events as the size asks for, and its cells."""
    filled = sqlite()
    missing = STORED[size][1] - filled.events
    if missing > 0:
        filled.capture(missing, BULK_EVENTS[size])
    return filled
