"""The dictionary of threads: lots, containers, pools and sites, each identifier written once."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeVar

from django.db.models import Q

from ytterby.shell.store.asking import rows_among, rows_where
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import Thread
from ytterby.terms.identifier import tail

CHUNK = 500  # parameters of one IN list
LIKE_LENGTH = 3  # characters in which a mistyped name is held to be right

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
        last = max((id_ for (id_,) in rows_where(Thread, ("id",), "true", then="ORDER BY id DESC LIMIT 1")), default=0)
        numbered = {text: last + number for number, text in enumerate(new, 1)}
        insert_rows(Thread, ("id", "text", "tail"), [(number, text, tail(text)) for text, number in numbered.items()])
        found |= numbered
    return found


# Candidates that a search looks at: more than anybody reads, and few enough to be looked at.
SEARCHED_MAX = 2_000


def threads_named(text: str) -> list[str]:
    """Return the thread of this identifier, if there is one."""
    return list(Thread.objects.filter(text=text).values_list("text", flat=True))


def threads_with_tail(text: str) -> list[str]:
    """Return the threads that people call so."""
    return _first(Thread.objects.filter(tail=text))


def threads_ending(text: str) -> list[str]:
    """Return the threads whose identifier, or what people call it, ends so."""
    found = _first(Thread.objects.filter(Q(text__endswith=text) | Q(tail__endswith=text)))
    # SQLite's LIKE takes capitals for small letters.
    return [one for one in found if one.endswith(text) or tail(one).endswith(text)]


def threads_like(text: str) -> list[str]:
    """Return threads that may be meant by a text which names none: they begin alike, or there are few in all."""
    if Thread.objects.count() <= SEARCHED_MAX:
        return _first(Thread.objects.all())
    begins = text[:LIKE_LENGTH]
    return _first(Thread.objects.filter(tail__gte=begins, tail__lt=begins + "\U0010ffff"))


def _first(rows: Any) -> list[str]:
    return list(rows.order_by("text").values_list("text", flat=True)[:SEARCHED_MAX])
