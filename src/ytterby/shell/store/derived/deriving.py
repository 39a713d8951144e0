"""Bring the cells up to the log: what changed since the watermark, recomputed forward until it comes out equal.

The dirty list is a question to the postings, so a crash loses none of it. A step reads as of a fixed log size without
any lock; what it wrote goes in under the lock, in one transaction with the watermark, unless another process was
faster.
"""

from collections.abc import Callable

from ytterby.chain.derivation import derive
from ytterby.shell.site.alone import alone
from ytterby.shell.site.register import current_register
from ytterby.shell.store.derived.collector import without_collector
from ytterby.shell.store.derived.registered import repost_registered, touched_by_registrations
from ytterby.shell.store.derived.shelf import StoredShelf
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import Edition, LogEntry, LogHead
from ytterby.shell.store.writing import write

# Entries of one step: a watermark that moves on, no transaction that holds the lock for long, and a part of the book
# that fits in some 200 MB. An edition that holds nothing is derived in one pass (`from_nothing`).
STEP_ENTRIES = 5_000
LOCK = ".deriving"

Progress = Callable[[int, int], None]  # done, of how many


def nothing_to_tell(done: int, of: int) -> None:
    """Tell nobody how far it is."""
    del done, of


def derive_to(
    size: int,
    edition: int | None = None,
    *,
    progress: Progress = nothing_to_tell,
    is_over: Callable[[], bool] = lambda: False,
) -> int:
    """Bring an edition's cells (the live one's) up to a log size that ends a submission; return the watermark.

    `is_over` is asked between steps: whoever waits for an answer may not want to wait for all of it.
    """
    while True:
        row = Edition.objects.get(is_live=True) if edition is None else Edition.objects.get(number=edition)
        if row.derived_to >= size or is_over():
            return row.derived_to
        progress(row.derived_to, size)
        derive_step(row.number, row.derived_to, next_size(row.derived_to, size))


def derive_alone(
    size: int, *, progress: Progress = nothing_to_tell, is_over: Callable[[], bool] = lambda: False
) -> int:
    """Bring the live edition's cells up to a log size unless another process of this machine is at it: a large step
    takes minutes and a gigabyte, and gives the same.

    Raises:
        NotAlone: another one is.
    """
    with alone(current_register().data / LOCK, is_waiting=False):
        return derive_to(size, progress=progress, is_over=is_over)


def derived_size() -> int:
    """Return the log size up to which the live edition's cells are derived."""
    return Edition.objects.values_list("derived_to", flat=True).get(is_live=True)


def post_to(size: int) -> None:
    """Let the postings of the live edition be those that count at a log size, without its cells: what the whole book is
    written from.
    """
    row = Edition.objects.get(is_live=True)
    if row.derived_to < size:
        repost_registered(row.number, row.derived_to, size)


def next_size(at: int, size: int) -> int:
    """Return the log size up to which one step goes: the end of a submission, some thousand entries on."""
    ends = LogEntry.objects.filter(batch_end__gt=at, batch_end__lte=size).values_list("batch_end", flat=True)
    within = ends.filter(batch_end__lte=at + STEP_ENTRIES).order_by("-batch_end").first()
    # A submission larger than a step goes whole.
    return within or ends.order_by("batch_end").first() or size


def derive_step(edition: int, at: int, size: int) -> None:
    """Bring an edition's cells from one log size to another."""
    repost_registered(edition, at, size)
    shelf = StoredShelf(edition, size)
    with without_collector():
        derive(shelf, world_at(size), shelf.dirty(at, touched_by_registrations(edition, at, size)))
        rows = shelf.rows()

    def enter(head: LogHead) -> None:
        del head
        row = Edition.objects.get(number=edition)
        if row.derived_to != at or row.is_retired:
            return  # Another process was faster; what it wrote is the same.
        shelf.flush(rows)
        row.derived_to = size
        row.save(update_fields=["derived_to"])

    write(enter)
