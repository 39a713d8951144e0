"""Work on a register in a process of its own: `python -m benchmarks.worker TASK FOLDER …` prints one JSON object.

So that memory and start are those of the work alone. DATABASE_URL says where the register lies.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import province

Json = dict[str, Any]


def main() -> None:
    """Do a task and print what it took: wall and processor seconds, the most memory in MB, and what it found."""
    task, folder, *rest = sys.argv[1:]
    found = TASKS[task](Path(folder), *map(int, rest))
    found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


def make(folder: Path) -> Json:
    """Make a register with the province's parties."""
    from ytterby.shell.site.register import make_register

    register = make_register(folder / "data", origin="bench.invalid/log", demo=True)
    from ytterby.shell.actions.enrol import import_directory

    assert not import_directory(register, province.directory()).problems
    return {"size": register.size}


def capture(folder: Path, start: int, events: int, document_events: int) -> Json:
    """Capture events of the province from the `start`-th on, in documents of a size; making them is not counted."""
    from ytterby.shell.site.register import open_register

    register = open_register(folder / "data")
    from ytterby.shell.actions.capture import capture as take_in

    reports = islice(province.Province(1).reports(), start, start + events)
    wall = cpu = 0.0
    while rows := [told for _, told in islice(reports, document_events)]:
        document = province.document(rows)
        began, worked = time.perf_counter(), time.process_time()
        assert take_in(register, document, submitter="operator").outcome == "accepted"
        wall += time.perf_counter() - began
        cpu += time.process_time() - worked
    return {"wall_s": wall, "cpu_s": cpu, "size": register.size}


def derive(folder: Path, by_differences: int) -> Json:
    """Derive all cells: in one pass, or what is new by differences."""
    from ytterby.shell.site.register import open_register

    register = open_register(folder / "data")
    from ytterby.shell.store.derived.deriving import derive_to
    from ytterby.shell.store.derived.from_nothing import derive_from_nothing
    from ytterby.shell.store.models import Edition

    live = Edition.objects.get(is_live=True)
    before = live.derived_to
    size = register.size

    def work() -> None:
        if by_differences:
            derive_to(size)
        else:
            derive_from_nothing(live.number, size)

    return {**_timed(work), "before": before, "size": size}


def rebuild(folder: Path) -> Json:
    """Write all that is derived anew from the submitted bytes, compare it, and let it take over."""
    from ytterby.shell.site.register import open_register

    register = open_register(folder / "data")
    from ytterby.shell.actions.rebuild import rebuild as rebuild_all

    found: list[Any] = []
    took = _timed(lambda: found.append(rebuild_all(register)))
    assert found[0].is_sound
    return {**took, "size": register.size}


def count(folder: Path) -> Json:
    """Return how many lots, parcels and nodes there are, and a component that was assembled late."""
    from ytterby.shell.site.register import open_register

    open_register(folder / "data")
    from ytterby.chain.cell import read_cell
    from ytterby.chain.node import NodeKind
    from ytterby.shell.store.derived.packing import unpacked
    from ytterby.shell.store.models import LotCell

    lots = parcels = nodes = 0
    for body in LotCell.objects.values_list("body", flat=True).iterator(chunk_size=2_000):
        kinds = [node.kind for node in read_cell(unpacked(body)).nodes]
        lots, nodes, parcels = lots + 1, nodes + len(kinds), parcels + kinds.count(NodeKind.PARCEL)
    return {"lots": lots, "parcels": parcels, "nodes": nodes}


def _timed(work: Callable[[], object]) -> Json:
    began, worked = time.perf_counter(), time.process_time()
    work()
    return {"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - worked}


TASKS: dict[str, Callable[..., Json]] = {
    "make": make,
    "capture": capture,
    "derive": derive,
    "rebuild": rebuild,
    "count": count,
}

if __name__ == "__main__":
    main()
