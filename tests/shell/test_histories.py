"""Whatever happens, and in whatever order: what is derived bit by bit is what the whole book says, byte for byte."""

import os
import random
import time

from shell.histories import AT, History, digest_of, start_again, whole_cells
from ytterby.chain.book import build_from_bundles
from ytterby.chain.excerpt import cells_of_book
from ytterby.shell.actions import capture as capture_module
from ytterby.shell.actions import enrol, register_product
from ytterby.shell.site.register import make_register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.derived.postings import bundles_of, counting
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import LogEntry

# 10,000 in `benchmarks/histories.py`; a few here.
COUNT = int(os.environ.get("YTTERBY_HISTORIES", "60"))
FIRST = int(os.environ.get("YTTERBY_FIRST_HISTORY", "0"))


def differs(register, seed: int) -> str | None:
    """Let a history happen; say where what is derived is not the whole book."""
    history, pick = History(seed), random.Random(seed)
    outcomes: list[str] = []
    for outcome in history.play(register, moves=pick.randint(4, 24)):
        outcomes.append(outcome)
        if pick.random() < 0.3:
            derive_to(register.size)
            if pick.random() < 0.4 and derived_digest(1) != digest_of(*whole_cells(register.size)):
                return f"seed {seed} after {len(outcomes)} moves"
    derive_to(register.size)
    if derived_digest(1) != digest_of(*whole_cells(register.size)):
        return f"seed {seed} at its end"
    # As known earlier: from the postings that counted then, and from the submitted bytes.
    sizes = sorted(set(LogEntry.objects.values_list("batch_end", flat=True)))
    for size in pick.sample(sizes, min(2, len(sizes))):
        rows = counting(1, size).values_list("digest", "submitter", "body")
        if cells_of_book(build_from_bundles(bundles_of(rows).values(), world_at(size))) != whole_cells(size):
            return f"seed {seed} as known at {size}"
    return None


def test_random_histories_derived_at_random_points_are_the_whole_book(tmp_path, monkeypatch):
    register = make_register(tmp_path / "data", origin="test.invalid/log", demo=True, at=AT)
    # The log's files hang on nothing here, and cost more than all the rest.
    for module in (capture_module, enrol, register_product):
        monkeypatch.setattr(module, "publish", lambda register: "")
    begun, wrong = time.perf_counter(), []
    for seed in range(FIRST, FIRST + COUNT):
        start_again(register)
        try:
            found = differs(register, seed)
        except Exception as error:
            found = f"seed {seed}: {error!r}"
        if found:
            wrong.append(found)
    print(f"{COUNT / (time.perf_counter() - begun):.1f} histories/s")
    assert wrong == []
