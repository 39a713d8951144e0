"""Whatever happens, and in whatever order: what is derived bit by bit is what the whole book says, byte for byte."""

import os
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np

from shell.histories import AT, History, digest_of, start_again, whole_cells
from short_run import fewer
from ytterby.chain.attribution import attribute
from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.excerpt import cells_of_book, rows_of
from ytterby.chain.graph import descendants, sources_of, with_element
from ytterby.matter.element import POSITION
from ytterby.shell.actions import enrol, register_product, settle
from ytterby.shell.site.register import Register, make_register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.derived.postings import bundles_of, counting
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import LogEntry

# 10,000 in `python -m benchmarks --size full histories`; some here.
COUNT = int(os.environ.get("YTTERBY_HISTORIES", fewer(40, 12)))
FIRST = int(os.environ.get("YTTERBY_FIRST_HISTORY", "0"))
ELEMENTS = ("Nd", "Dy")


def differing(register: Register, seeds: Iterable[int]) -> list[str]:
    """Let histories happen one after another; say of each that is not the whole book where."""
    wrong = []
    with _without_files():
        for seed in seeds:
            start_again(register)
            try:
                found = _differs(register, seed)
            except Exception as error:
                found = f"{type(error).__name__}: {error}"
            if found:
                wrong.append(f"seed {seed}: {found}")
    return wrong


@contextmanager
def _without_files() -> Iterator[None]:
    """Leave out the log's files: nothing here hangs on them, and they cost more than all the rest."""

    def publish(register: Register) -> str:
        del register
        return ""

    with (
        patch.object(settle, "publish_or_leave", publish),
        patch.object(enrol, "publish_or_leave", publish),
        patch.object(register_product, "publish_or_leave", publish),
    ):
        yield


def _differs(register: Register, seed: int) -> str | None:
    history, pick = History(seed), random.Random(seed)
    for number, _ in enumerate(history.play(register, moves=pick.randint(4, 24))):
        if pick.random() < 0.3:
            derive_to(register.size)
            if pick.random() < 0.4 and derived_digest(1) != digest_of(*whole_cells(register.size)):
                return f"after {number + 1} moves"
    derive_to(register.size)
    if derived_digest(1) != digest_of(*whole_cells(register.size)):
        return "at its end"
    # As known earlier: from the postings that counted then, and from the submitted bytes.
    sizes = sorted(set(LogEntry.objects.values_list("batch_end", flat=True)))
    for size in pick.sample(sizes, min(2, len(sizes))):
        book = _known_at(size)
        if cells_of_book(book) != whole_cells(size):
            return f"as known at {size}"
    return _attributed(_known_at(register.size))


def _known_at(size: int) -> Book:
    rows = counting(1, size).values_list("digest", "submitter", "body")
    return build_from_bundles(bundles_of(rows).values(), world_at(size))


def _attributed(book: Book) -> str | None:
    """Compare the rows that are kept with attribution, compiled and not: the same bytes three times."""
    kept = rows_of(book.nodes, {})
    for element in ELEMENTS:
        cone = with_element(descendants(book, book.nodes), element)
        sources, classes = sources_of(cone, element)
        plain = attribute(cone.graph, sources, len(classes), compiled=False)
        if plain.tobytes() != attribute(cone.graph, sources, len(classes), compiled=True).tobytes():
            return f"{element}: with numba and without"
        rows = np.zeros_like(plain)
        for place, node in enumerate(cone.nodes):
            for number, origin in enumerate(classes):
                if origin in kept[node.index]:
                    rows[place, number] = kept[node.index][origin][POSITION[element]]
        # A zero with a sign is a zero.
        if (rows + 0.0).tobytes() != (plain + 0.0).tobytes():
            return f"{element}: kept and attributed"
    return None


def test_random_histories_derived_at_random_points_are_the_whole_book(tmp_path):
    register = make_register(tmp_path / "data", origin="test.invalid/log", demo=True, at=AT)
    assert differing(register, range(FIRST, FIRST + COUNT)) == []
