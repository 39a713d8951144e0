"""The one way to write: take the lock, then read, then append to the log, then commit.

Every action (1) decodes, checks, digests and signs outside a transaction; (2) opens one and first locks the single
row of the log's head; (3) only then reads what may decide; (4) commits. Log numbers come from the head, never from a
database sequence. A busy database is tried again here and nowhere else.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction

from ytterby.proof.entry import public_entry, record_entry
from ytterby.proof.merkle import Frontier, leaf_hash, node_hash
from ytterby.shell.store.asking import rows_where
from ytterby.shell.store.inserting import insert_rows, update_rows
from ytterby.shell.store.log_tail import note_appended, place_of
from ytterby.shell.store.models import LogEntry, LogHead, StoredHash
from ytterby.terms.instant import read_instant, write_instant

TRIES = 4
WAIT_SECONDS = 0.05
PASSING_STATES = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
TILE_BITS = 8
EVENT, REGISTRATION, PUBLIC = "event", "registration", "public"

T = TypeVar("T")

_turn = threading.RLock()
_begun = threading.local()


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be appended, with its leaf hash, both made before the lock is taken."""

    record: str
    entry: bytes
    leaf: bytes


def new_record(record: str, salt: bytes, digest: bytes) -> NewEntry:
    """Return the entry of an event or a registration."""
    entry = record_entry(salt, digest)
    return NewEntry(record, entry, leaf_hash(entry))


def new_public(canonical_json: bytes) -> NewEntry:
    """Return the entry of what is public."""
    entry = public_entry(canonical_json)
    return NewEntry(PUBLIC, entry, leaf_hash(entry))


def write(action: Callable[[LogHead], T]) -> T:
    """Run an action in a transaction that holds the lock; it gets the head of the log.

    Raises:
        OperationalError: the database was still busy after several tries.
    """
    for attempt in range(TRIES):
        try:
            with _one_thread(), transaction.atomic():
                head = _locked_head()
                with _entering(head.size):
                    return action(head)
        except OperationalError as error:
            if not is_passing(error) or attempt == TRIES - 1:
                raise
            # Jitter keeps two writers from meeting again; nothing secret hangs on it.
            time.sleep(WAIT_SECONDS * (attempt + 1) * (0.5 + random.random()))  # noqa: S311
    raise AssertionError("the last try returns or raises")


def _locked_head() -> LogHead:
    """Return the head of the log, locked until the transaction ends; SQLite's has locked everything already."""
    columns = [field.column for field in LogHead._meta.concrete_fields]
    lock = "FOR UPDATE" if connection.vendor == "postgresql" else ""
    for row in rows_where(LogHead, columns, "id = 1", then=lock):
        return LogHead.from_db(connection.alias, columns, row)
    raise LogHead.DoesNotExist("the log has no head")


def save_head(head: LogHead, *columns: str) -> None:
    """Store what has changed in the head of the log; the caller holds its lock."""
    update_rows(LogHead, columns, [(*(getattr(head, column) for column in columns), head.pk)])


@contextmanager
def _entering(size: int) -> Iterator[None]:
    """Remember at which size of the log the outermost transaction of this thread began."""
    if hasattr(_begun, "size"):
        yield
        return
    _begun.size = size
    try:
        yield
    finally:
        del _begun.size


def is_settled(size: int) -> bool:
    """Tell whether the log up to a size stays as it is: no transaction of this thread can take any of it back."""
    return size <= getattr(_begun, "size", size)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let the threads of a process take turns: SQLite's own wait asks again after sleeping, PostgreSQL queues."""
    if connection.vendor == "postgresql":
        yield
        return
    with _turn:
        yield


def is_passing(error: DatabaseError) -> bool:
    """Tell whether the same transaction may succeed when it is tried again: a busy SQLite, a deadlock, a conflict."""
    if connection.vendor == "postgresql":
        return getattr(error.__cause__, "sqlstate", None) in PASSING_STATES
    return "locked" in str(error) or "busy" in str(error)


def accepted_at(head: LogHead, at: datetime) -> str:
    """Return the instant of acceptance as text: never before the one of the last entry (a clock set back)."""
    return not_before(head.accepted_at, at)


def not_before(earlier: str | None, at: datetime) -> str:
    """Return an instant as text, or the earlier one where that is the later of the two."""
    last = read_instant(earlier)[0] if earlier else None
    return write_instant(max(at, last) if last is not None else at)


def append(head: LogHead, entries: Sequence[NewEntry], at: str) -> int:
    """Append entries in order and update the head; return the index of the first. They end at one log size."""
    return append_batches(head, [Batch(entries, at)])


class Batch(NamedTuple):
    """The entries of one submission, and when they were accepted: a log size at which the register can be asked."""

    entries: Sequence[NewEntry]
    at: str


def append_batches(head: LogHead, batches: Sequence[Batch]) -> int:
    """Append the entries of several submissions, each ending at a log size of its own; return the first index."""
    first = size = head.size
    rows: list[tuple[object, ...]] = []
    for entries, at in batches:
        end = size + len(entries)
        rows += [(size + i, e.record, e.entry, e.leaf, at, end) for i, e in enumerate(entries)]
        size = end
    if not rows:
        return first
    insert_rows(LogEntry, ("index", "record", "entry", "leaf", "accepted_at", "batch_end"), rows)
    leaves = [entry.leaf for batch in batches for entry in batch.entries]
    frontier = Frontier.from_bytes(bytes(head.frontier)).append(leaves)
    _store_hashes(first, leaves)
    head.size, head.frontier, head.root, head.accepted_at = size, frontier.to_bytes(), frontier.root(), batches[-1].at
    save_head(head, "size", "frontier", "root", "accepted_at")
    pairs = [(entry.entry, entry.leaf) for batch in batches for entry in batch.entries]
    transaction.on_commit(partial(note_appended, place_of(head.register_id), first, pairs, head.root))
    return first


def _store_hashes(first: int, leaves: list[bytes]) -> None:
    """Store the roots of the complete subtrees of 256, 65,536 … leaves that these leaves complete."""
    level, start, below = 0, first, leaves
    while below:
        width = 1 << TILE_BITS
        begin = start - start % width
        if start - begin + len(below) < width:
            return
        if begin != start:
            below = stored_hashes(level, begin, start) + below
        whole = len(below) // width
        roots = [fold(below[i * width : (i + 1) * width]) for i in range(whole)]
        level, start, below = level + 1, begin // width, roots
        insert_rows(
            StoredHash, ("level", "position", "hash"), [(level, start + i, root) for i, root in enumerate(roots)]
        )


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of complete subtrees."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def stored_hashes(level: int, begin: int, end: int) -> list[bytes]:
    """Return the stored roots of complete subtrees of 256^level leaves, positions begin to end."""
    if level == 0:
        leaves = rows_where(LogEntry, ("leaf",), '"index" >= %s AND "index" < %s', [begin, end], 'ORDER BY "index"')
        return [bytes(leaf) for (leaf,) in leaves]
    where = "level = %s AND position >= %s AND position < %s"
    hashes = rows_where(StoredHash, ("hash",), where, [level, begin, end], "ORDER BY position")
    return [bytes(root) for (root,) in hashes]


def read_hash(level: int, index: int) -> bytes:
    """Return the root of the 2^level leaves from index * 2^level on, from what is stored.

    Raises:
        IndexError: that subtree is not complete.
    """
    base = level // TILE_BITS
    count = 1 << (level - base * TILE_BITS)
    rows = stored_hashes(base, index * count, (index + 1) * count)
    if len(rows) != count:
        raise IndexError(f"subtree {index} of 2^{level} leaves is not complete")
    return fold(rows)
