"""The dictionary of threads: lots, containers, pools and sites, each identifier written once."""

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

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
    found: dict[str, int] = {}
    for part in chunks(texts):
        found.update(Thread.objects.filter(text__in=part).values_list("text", "id"))
    return found


def thread_texts(ids: Iterable[int]) -> dict[int, str]:
    """Return the identifiers of threads by number."""
    found: dict[int, str] = {}
    for part in chunks(set(ids)):
        found.update(Thread.objects.filter(id__in=part).values_list("id", "text"))
    return found


def named_threads(texts: Collection[str]) -> dict[str, int]:
    """Return the numbers of these threads, new ones written; the caller holds the lock of the log's head."""
    found = thread_ids(texts)
    new = sorted(set(texts) - found.keys())
    if new:
        insert_rows(Thread, ("text",), [(text,) for text in new])
        found |= thread_ids(new)
    return found
