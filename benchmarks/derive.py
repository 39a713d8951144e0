"""Deriving the province: in one pass, in a rebuild, and what is new by differences; then what an event takes."""

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.capture import store_lines
from benchmarks.filled import BULK_EVENTS, filled_and_derived
from benchmarks.table import Line, best_of

HAS_MIDDLE = True
NEW_EVENTS = {"small": 200, "middle": 2_000, "full": 2_000}
# The row of a parcel as the design counts it.
ELEMENTS, CLASSES = 4, 20


def run(size: str) -> Iterator[Line]:
    """Measure one pass from stored postings, then a step by differences after it."""
    filled = filled_and_derived(size)
    whole = filled.do("derive", 0)
    counted = filled.do("count")
    rows = np.ones((counted["parcels"], ELEMENTS * CLASSES))
    copy_s = best_of(3, rows.copy)
    del rows
    yield Line(
        f"derive in one pass, {counted['parcels']:,} parcels of {counted['lots']:,} lots",
        counted["parcels"] / whole["wall_s"],
        "parcels/s",
        ">= 30,000",
        f"numpy copy of {ELEMENTS} x {CLASSES} floats each",
        counted["parcels"] / copy_s,
        f"{whole['cpu_s'] / filled.events * 1e6:.0f} us of processor an event; {whole['memory_mb']:.0f} MB",
    )
    rebuilt = filled.do("rebuild")
    yield Line(
        f"rebuild of {filled.events:,} events",
        rebuilt["wall_s"],
        "s",
        "<= 360 for 1,000,000",
        "its one pass over postings alone",
        whole["wall_s"],
        f"{rebuilt['cpu_s'] / filled.events * 1e6:.0f} us of processor an event; {rebuilt['memory_mb']:.0f} MB",
    )
    filled.capture(NEW_EVENTS[size], BULK_EVENTS[size])
    began = time.perf_counter()
    step = filled.do("derive", 1)
    yield Line(
        f"derive by differences, {NEW_EVENTS[size]:,} events after {filled.events - NEW_EVENTS[size]:,}",
        NEW_EVENTS[size] / step["wall_s"],
        "events/s",
        "",
        "",
        None,
        f"{step['cpu_s'] / NEW_EVENTS[size] * 1e6:.0f} us of processor an event; {step['memory_mb']:.0f} MB; "
        f"{time.perf_counter() - began:.1f} s with the start",
    )
    yield from store_lines(size)
