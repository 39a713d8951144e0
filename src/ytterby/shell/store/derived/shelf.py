"""The shelf that `chain.derivation` works on: cells and postings of one edition, as of one log size.

Postings carry the log sizes between which they counted, so that reading as of a size needs no lock while captures go
on; what rounds write is held back and kept in one transaction.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection

from ytterby.chain.derivation import Dirty, Part
from ytterby.chain.order import Bundle, Ranked, rank_bundles
from ytterby.chain.posting_record import subjects_of
from ytterby.shell.store.asking import delete_among, rows_among
from ytterby.shell.store.derived.packing import packed, unpacked
from ytterby.shell.store.derived.postings import COUNTING, bundles_of, counting, unpacked_postings
from ytterby.shell.store.derived.threads import chunks, thread_ids
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import EventCell, LotCell, PostingRecord, Thread, Touch

COUNTING_IN = f"edition = %s AND {COUNTING}"


class Rows(NamedTuple):
    """Cells as they are to be written: lots by number and events by digest whose kept cells go, and the new ones."""

    lots_gone: Sequence[int]
    lots: Sequence[tuple[int, int, bytes]]
    events_gone: Sequence[bytes]
    events: Sequence[tuple[int, bytes, int | None, bytes]]


class StoredShelf:
    """Cells and postings of an edition: cells as of its watermark, postings as of the log size that is derived to."""

    def __init__(self, edition: int, size: int) -> None:
        self.edition = edition
        self.size = size
        self.lots: dict[str, bytes | None] = {}
        self.made: dict[bytes, bytes | None] = {}
        self.new_ranks: dict[bytes, int] = {}
        self._bundles: dict[bytes, Bundle] = {}
        self._ranks: dict[bytes, int] = {}
        self._digests: dict[int, bytes] = {}

    # What `chain.derivation` asks for

    def events(self, threads: Collection[str]) -> Sequence[Ranked]:
        """Return all events that count and touch one of these lots, containers or pools."""
        numbers = thread_ids(threads).values()
        touched = rows_among(Touch, ("log_index",), "thread_id", numbers, "edition = %s", [self.edition])
        indices = {index for (index,) in touched}
        new = [index for index in indices if index not in self._digests]
        self._read(list(self._counting(("log_index", "digest", "submitter", "body", "rank"), "log_index", new)))
        digests = {self._digests.get(index) for index in indices}
        return [Ranked(self._ranks[digest], self._bundles[digest]) for digest in digests if digest is not None]

    def _read(self, rows: Sequence[tuple[Any, ...]]) -> None:
        fresh = bundles_of((digest, submitter, body) for _, digest, submitter, body, _ in rows)
        # What was read before was said by two; the one whose name comes first tells it, wherever it was read.
        doubled = [digest for digest in fresh if digest in self._bundles]
        self._bundles |= fresh
        for index, digest, _, _, rank in rows:
            key = bytes(digest)
            self._digests[index] = key
            self._ranks[key] = self.new_ranks.get(key, rank)
        if doubled:
            self._bundles |= bundles_of(self._counting(("digest", "submitter", "body"), "digest", doubled))

    def _counting(self, columns: Sequence[str], column: str, values: Collection[Any]) -> Iterator[tuple[Any, ...]]:
        """Yield columns of the postings that count and whose `column` is one of these values."""
        counts = [self.edition, self.size, self.size]
        return rows_among(PostingRecord, columns, column, values, COUNTING_IN, counts)

    def ranks_of(self, digests: Collection[bytes]) -> Mapping[bytes, int]:
        """Return the places of events among those of their instant."""
        asked = [digest for digest in digests if digest not in self._ranks]
        for digest, rank in self._counting(("digest", "rank"), "digest", asked):
            self._ranks[bytes(digest)] = self.new_ranks.get(bytes(digest), rank)
        return {digest: self._ranks.get(digest, 0) for digest in digests}

    def lot_cells(self, lots: Collection[str]) -> Mapping[str, bytes]:
        """Return the kept cells of lots, as bytes."""
        found = {lot: self.lots[lot] for lot in lots if lot in self.lots}
        ids = {number: text for text, number in thread_ids([lot for lot in lots if lot not in found]).items()}
        for lot, body in rows_among(LotCell, ("lot_id", "body"), "lot_id", ids, "edition = %s", [self.edition]):
            found[ids[lot]] = unpacked(body)
        return {lot: body for lot, body in found.items() if body is not None}

    def event_cells(self, digests: Collection[bytes]) -> Mapping[bytes, bytes]:
        """Return the kept cells of events, as bytes."""
        found = {digest: self.made[digest] for digest in digests if digest in self.made}
        asked = [digest for digest in digests if digest not in found]
        for digest, body in rows_among(EventCell, ("digest", "body"), "digest", asked, "edition = %s", [self.edition]):
            found[bytes(digest)] = unpacked(body)
        return {digest: body for digest, body in found.items() if body is not None}

    def keep(self, part: Part) -> None:
        """Hold back what a round wrote."""
        self.lots |= part.lots
        self.made |= part.events

    # What changed

    def dirty(self, derived_to: int, registered: Dirty) -> Dirty:
        """Return what changed since a log size; `registered` is what registrations touch besides."""
        rows = PostingRecord.objects.filter(edition=self.edition)
        columns = ("digest", "body", "at", "known_from", "known_to")
        began = rows.filter(known_from__gt=derived_to, known_from__lte=self.size).values_list(*columns)
        # Said as the index of what ended has it, or SQLite would go through all that began before.
        were = rows.extra(where=["known_to < 9223372036854775807", "+known_from <= %s"], params=[derived_to])
        ended = were.filter(known_to__gt=derived_to, known_to__lte=self.size)
        changed = [row for row in began if row[4] > self.size] + list(ended.values_list(*columns))
        moved = self._rank(sorted({row[2] for row in changed}), derived_to)
        subjects = [subjects_of(unpacked_postings(row[1])) for row in changed]
        subjects += [subjects_of(bundle.postings) for bundle in moved]
        gone = {bytes(row[0]) for row in changed if row[4] <= self.size}
        return Dirty(
            lots=registered.lots.union(*(s.lots | s.made for s in subjects)),
            containers=registered.containers.union(*(s.containers for s in subjects)),
            pools=registered.pools.union(*(s.pools for s in subjects)),
            ended=frozenset(gone - self._still(gone)),
        )

    def _still(self, digests: Collection[bytes]) -> set[bytes]:
        """Return those that count all the same: said by two parties, or with other postings."""
        return {bytes(digest) for (digest,) in self._counting(("digest",), "digest", digests)}

    def _rank(self, instants: Collection[int], derived_to: int) -> list[Bundle]:
        """Rank the events of these instants anew; return those that another of their instant passed."""
        moved: list[Bundle] = []
        for part in chunks(instants):
            rows = counting(self.edition, self.size).filter(at__in=part).order_by("at")
            columns = rows.values_list("at", "digest", "submitter", "body", "rank", "known_from")
            for _, group in groupby(columns, key=lambda row: row[0]):
                moved += self._rank_instant(list(group), derived_to)
        return moved

    def _rank_instant(self, rows: list[tuple[Any, ...]], derived_to: int) -> list[Bundle]:
        bundles = bundles_of(row[1:4] for row in rows)
        ranks = {r.bundle.digest: r.rank for r in rank_bundles(bundles.values())}
        # What two parties said has two rows, one of which may be new.
        self.new_ranks |= {bytes(row[1]): ranks[bytes(row[1])] for row in rows if row[4] != ranks[bytes(row[1])]}
        before = {bytes(row[1]): row[4] for row in rows if row[5] <= derived_to}
        passed = zip(sorted(before, key=lambda d: before[d]), sorted(before, key=lambda d: ranks[d]), strict=True)
        return [bundles[now] for was, now in passed if was != now]

    # What is written

    def rows(self) -> Rows:
        """Return what was held back as rows, for `flush`: packed and numbered before the lock is taken.

        Nothing under the lock decides it: the threads are written with the postings that name them.
        """
        lots = thread_ids(list(self.lots))
        pool_of = {digest: pool for digest in self.made if (pool := self._pool_of(digest)) is not None}
        pools = thread_ids(set(pool_of.values()))
        return Rows(
            lots_gone=list(lots.values()),
            lots=[(self.edition, lots[lot], packed(body)) for lot, body in self.lots.items() if body is not None],
            events_gone=list(self.made),
            events=[
                (self.edition, digest, pools[pool_of[digest]] if digest in pool_of else None, packed(body))
                for digest, body in self.made.items()
                if body is not None
            ],
        )

    def flush(self, rows: Rows) -> None:
        """Write what was held back; the caller holds the lock."""
        write_ranks(self.edition, self.new_ranks)
        delete_among(LotCell, "lot_id", rows.lots_gone, "edition = %s", [self.edition])
        insert_rows(LotCell, ("edition", "lot_id", "body"), rows.lots)
        delete_among(EventCell, "digest", rows.events_gone, "edition = %s", [self.edition])
        insert_rows(EventCell, ("edition", "digest", "pool_id", "body"), rows.events)

    def _pool_of(self, digest: bytes) -> str | None:
        """Return the pool that an event moves, of several the first by name; None where it moves none."""
        bundle = self._bundles.get(digest)
        return None if bundle is None else min(subjects_of(bundle.postings).pools, default=None)


def write_ranks(edition: int, ranks: Mapping[bytes, int]) -> None:
    """Write the places of events among those of their instant; the caller holds the lock."""
    table = PostingRecord._meta.db_table
    statement = f"UPDATE {table} SET rank = %s WHERE edition = %s AND digest = %s"  # noqa: S608 -- our own table
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(rank, edition, digest) for digest, rank in ranks.items()])


def lots_named(prefix: str) -> set[str]:
    """Return the lots whose identifier begins with a product's."""
    # Up to the last character of Unicode: a range, so that the index serves on both databases.
    rows = Thread.objects.filter(text__gte=prefix, text__lt=prefix + "\U0010ffff")
    return set(rows.values_list("text", flat=True))
