"""Derive an edition that holds no cells in one pass: postings in book order, each cell written once.

What a rebuild and the first derivation of a large log want. Memory grows with what is in stock and under way, since
the book forgets what nothing touches any more (`chain.stream`). Cells go in as they are finished, some thousand events
in a transaction; the edition's watermark is set at the end, so that a crash leaves an edition that is derived to
nothing, and the next pass begins by emptying it. From the watermark on `deriving.derive_to` goes by differences.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from django.db import connection

from ytterby.chain.order import Bundle, Ranked, rank_bundles
from ytterby.chain.posting_record import lots_made, subjects_of
from ytterby.chain.stream import BookStream
from ytterby.shell.store.derived.collector import without_collector
from ytterby.shell.store.derived.packing import packed
from ytterby.shell.store.derived.postings import bundles_of, counting, touching, unpacked_postings
from ytterby.shell.store.derived.registered import repost_registered
from ytterby.shell.store.derived.shelf import write_ranks
from ytterby.shell.store.derived.threads import thread_ids
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import Edition, EventCell, LogHead, LotCell, PostingRecord, Touch
from ytterby.shell.store.writing import write

EVENTS_READ = 2_000
COLUMNS = ("at", "digest", "submitter", "body", "rank")
Row = tuple[Any, ...]


def derive_from_nothing(edition: int, size: int, progress: Callable[[int], None] | None = None) -> int:
    """Derive an edition up to a log size that ends a submission; return the number of events.

    `progress` is told how many events were entered, every some thousand. Cells that the edition holds are dropped
    first. Nothing else may derive the same edition meanwhile.
    """
    repost_registered(edition, 0, size)
    write(lambda _: _empty(edition))  # the head is not needed
    entered = _Pass(edition, size).run(progress or (lambda _: None))

    def enter(head: LogHead) -> None:
        del head
        Edition.objects.filter(number=edition, derived_to=0).update(derived_to=size)

    write(enter)
    return entered


def _empty(edition: int) -> None:
    """Drop what an earlier pass left; the caller holds the lock."""
    LotCell.objects.filter(edition=edition).delete()
    EventCell.objects.filter(edition=edition).delete()
    Edition.objects.filter(number=edition).update(derived_to=0)


class _LotsMade:
    """All lots that an event makes, whenever: asked for one by one, which is seldom."""

    def __init__(self, edition: int, size: int) -> None:
        self.edition, self.size = edition, size

    def __contains__(self, lot: object) -> bool:
        assert isinstance(lot, str), "lots are identifiers"
        return any(
            lot in lots_made(posting)
            for rows in touching(self.edition, [lot], self.size)
            for body in rows.values_list("body", flat=True)
            for posting in unpacked_postings(body)
        )


class _Pass:
    """One pass over the postings of an edition that count at a log size."""

    def __init__(self, edition: int, size: int) -> None:
        self.edition, self.size = edition, size
        self.stream = BookStream(world_at(size), _LotsMade(edition, size))
        self.touches = self._count_touches()
        self.threads: dict[str, int] = {}
        self.pools: dict[bytes, str] = {}
        self.ranks: dict[bytes, int] = {}

    def run(self, progress: Callable[[int], None]) -> int:
        """Enter all events; return how many there are."""
        entered = 0
        for rows in self._pages():
            # Structures of a page die with it; hunting for cycles among millions of nodes takes a third of the time.
            with without_collector():
                entered += self._enter(rows)
            self._flush()
            progress(entered)
        self.stream.finish()
        self._flush()
        return entered

    def _count_touches(self) -> "np.ndarray[Any, np.dtype[np.int32]]":
        """Return how many events that count touch each thread, by its number."""
        touch, posting = Touch._meta.db_table, PostingRecord._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT MAX(thread_id) FROM {touch} WHERE edition = %s", [self.edition])  # noqa: S608
            (most,) = cursor.fetchone()
            counts = np.zeros((most or 0) + 1, dtype=np.int32)
            cursor.execute(
                f"SELECT t.thread_id, COUNT(*) FROM {touch} t JOIN {posting} p "  # noqa: S608 -- our own tables
                "ON p.edition = t.edition AND p.log_index = t.log_index "
                "WHERE t.edition = %s AND p.known_from <= %s AND p.known_to > %s GROUP BY t.thread_id",
                [self.edition, self.size, self.size],
            )
            while rows := cursor.fetchmany(10_000):
                threads, numbers = zip(*rows, strict=True)
                counts[list(threads)] = numbers
        return counts

    def _pages(self) -> Iterator[Sequence[Row]]:
        """Yield rows in order of their instants, never a part of an instant."""
        last = -(2**63)
        query = counting(self.edition, self.size).order_by("at").values_list(*COLUMNS)
        while rows := list(query.filter(at__gt=last)[:EVENTS_READ]):
            if len(rows) == EVENTS_READ:
                whole = [row for row in rows if row[0] != rows[-1][0]]
                rows = whole or list(query.filter(at=rows[-1][0]))
            last = rows[-1][0]
            yield rows

    def _enter(self, rows: Sequence[Row]) -> int:
        ranked, told = self._ranked(rows)
        subjects = [subjects_of(one.bundle.postings) for one in ranked]
        self._expect(set().union(*(s.threads for s in subjects)))
        for one, about in zip(ranked, subjects, strict=True):
            if about.pools:
                self.pools[one.bundle.digest] = min(about.pools)
            self.stream.enter(one, about, told[one.bundle.digest])
        return len(ranked)

    def _ranked(self, rows: Sequence[Row]) -> tuple[list[Ranked], dict[bytes, int]]:
        ranked: list[Ranked] = []
        told: dict[bytes, int] = {}
        for _, group in groupby(rows, key=lambda row: row[0]):
            instant = list(group)
            for row in instant:
                told[bytes(row[1])] = told.get(bytes(row[1]), 0) + 1
            if len(instant) == 1:
                digest = bytes(instant[0][1])
                ranked.append(Ranked(0, Bundle(digest, unpacked_postings(instant[0][3]))))
            else:
                ranked += rank_bundles(bundles_of(row[1:4] for row in instant).values())
            had = {bytes(row[1]): row[4] for row in instant}
            self.ranks |= {r.bundle.digest: r.rank for r in ranked[-len(had) :] if had[r.bundle.digest] != r.rank}
        return ranked, told

    def _expect(self, threads: set[str]) -> None:
        new = [thread for thread in threads if not self.stream.is_open(thread)]
        numbers = thread_ids(new)
        for thread in new:
            number = numbers[thread]
            assert self.touches[number], "a thread is touched no more often than it was counted"
            self.stream.expect(thread, int(self.touches[number]))
            self.touches[number] = 0
        self.threads |= numbers

    def _flush(self) -> None:
        """Write the cells that are finished."""
        lots, events = self.stream.lots, self.stream.events
        rows = sorted((self.edition, self.threads[lot], packed(body)) for lot, body in lots.items())
        made = [
            (self.edition, digest, self.threads.get(self.pools.pop(digest, "")), packed(body))
            for digest, body in sorted(events.items())
        ]

        def enter(head: LogHead) -> None:
            del head
            write_ranks(self.edition, self.ranks)
            insert_rows(LotCell, ("edition", "lot_id", "body"), rows)
            insert_rows(EventCell, ("edition", "digest", "pool_id", "body"), made)

        write(enter)
        for thread in self.stream.finished:
            self.threads.pop(thread, None)
        for kept in (lots, events, self.stream.finished, self.ranks):
            kept.clear()
