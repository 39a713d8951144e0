"""Random histories derived at random points against the whole book built from the submitted bytes: 10,000 at full size.

Each history is taken in through the door into one register that is emptied in between (`tests/shell/histories.py`),
a process for each core. A single history that differs ends the run.
"""

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.table import Line

COUNTS = {"small": 40, "full": 10_000}
TESTS = Path(__file__).resolve().parents[1] / "tests"


def run(size: str) -> list[Line]:
    """Measure histories a second, all of them right."""
    workers = os.cpu_count() or 1
    count = COUNTS[size]
    begun = time.perf_counter()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        wrong = [
            seed for found in pool.map(_differing, [(n, count, workers) for n in range(workers)]) for seed in found
        ]
    assert not wrong, wrong
    work = f"{count:,} random histories, derived bit by bit = the whole book"
    return [Line(work, count / (time.perf_counter() - begun), "histories/s", "all equal", "", None)]


def _differing(part: tuple[int, int, int]) -> list[str]:
    """Return which of every so many histories are not the whole book."""
    first, count, step = part
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ytterby.shell.site.settings")
    sys.path.insert(0, str(TESTS))
    import django

    django.setup()
    from shell.histories import AT
    from shell.test_histories import differing
    from ytterby.shell.site.register import make_register

    with tempfile.TemporaryDirectory(prefix="ytterby-bench-") as folder:
        register = make_register(Path(folder) / "data", origin="bench.invalid/log", demo=True, at=AT)
        return differing(register, range(first, count, step))
