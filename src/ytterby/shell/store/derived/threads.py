"""The dictionary of threads: lots, containers, pools and sites, each identifier written once."""

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from django.db.models import Max

from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import Thread

CHUNK = 500  # parameters of one IN list

T = TypeVar("T")


def chunks(values: Collection[T]) -> Iterator[list[T]]:
    """Yield the values in lists short enough for one IN."""
    rows = list(values)
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def thread_ids(texts: Collection[str]) -> dict[str, int]:
    """Return the numbers of those threads that are known."""
    return dict(rows_among(Thread, ("text", "id"), "text", texts))


def thread_texts(ids: Iterable[int]) -> dict[int, str]:
    """Return the identifiers of threads by number."""
    return dict(rows_among(Thread, ("id", "text"), "id", set(ids)))


def named_threads(texts: Collection[str]) -> dict[str, int]:
    """Return the numbers of these threads, new ones written; the caller holds the lock of the log's head."""
    found = thread_ids(texts)
    new = sorted(set(texts) - found.keys())
    if new:
        # Numbered here, under the lock, so that they need not be looked up again.
        last = Thread.objects.aggregate(last=Max("id"))["last"] or 0
        numbered = {text: last + number for number, text in enumerate(new, 1)}
        insert_rows(Thread, ("id", "text"), [(number, text) for text, number in numbered.items()])
        found |= numbered
    return found
