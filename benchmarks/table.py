"""One line of the table, and how to time."""

import time
from collections.abc import Callable
from typing import NamedTuple


class Line(NamedTuple):
    """What was measured, our figure, its unit, the target, and the peer's figure in the same run."""

    work: str
    ours: float
    unit: str
    target: str
    peer: str
    theirs: float | None
    note: str = ""

    @property
    def ratio(self) -> str:
        """Ours over theirs."""
        return "" if not self.theirs else f"{self.ours / self.theirs:.3g}"


def best_of(rounds: int, function: Callable[[], object]) -> float:
    """Return the least wall time of some rounds, s: the round that was disturbed least."""
    least = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        least = min(least, time.perf_counter() - start)
    return least


def cpu_of(rounds: int, function: Callable[[], object]) -> float:
    """Return the least processor time of some rounds, s: for work of one thread that waits for nothing."""
    least = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        function()
        least = min(least, time.process_time() - start)
    return least
