"""The log's own rows: entries, leaves, stored hashes, frontier, root, times, and the record behind each entry.

One pass in order of the log, beside it the events and registrations that the entries stand for; nothing is kept but
the frontier and one row of hashes for each level, so that a log of any length is verified in the same memory.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ytterby.licence.filed import KINDS as FILINGS
from ytterby.proof.entry import EntryKind, parse_entry, record_entry
from ytterby.proof.merkle import Frontier, leaf_hash
from ytterby.proof.registration import registration_digest
from ytterby.shell.actions.verify_failure import Failure
from ytterby.shell.store.models import EventRecord, LogEntry, LogHead, Registration, StoredHash
from ytterby.shell.store.writing import EVENT, PUBLIC, REGISTRATION, TILE_BITS, fold
from ytterby.terms.instant import read_instant
from ytterby.terms.problem import finding

CHUNK = 2000
EVENT_COLUMNS = ("log_index", "submission__size_after", "submission__decided_at")


@dataclass
class EntryWalk:
    """What a pass over the entries has seen so far; `root_at` is the root at the published size, once passed."""

    head: LogHead
    published: int = -1
    root_at: bytes | None = None
    frontier: Frontier = field(default_factory=Frontier)
    expected: int = 0
    last: str = ""
    end: int = 0
    at: str = ""
    before: str = ""
    rows: list[list[bytes]] = field(default_factory=lambda: [[]])
    positions: list[int] = field(default_factory=lambda: [0])

    def failures(self) -> Iterator[Failure]:
        """Check all entries, and what stands in the head."""
        if self.published == 0:
            self.root_at = self.frontier.root()
        events = _Beside(EventRecord.objects.order_by("log_index").values_list(*EVENT_COLUMNS))
        registered = _Beside(Registration.objects.order_by("log_index").values_list("log_index", *REGISTRATION_COLUMNS))
        for row in LogEntry.objects.filter(index__lt=self.head.size).order_by("index").iterator(chunk_size=CHUNK):
            yield from self._number(row)
            yield from self._entry(row)
            yield from self._times(row)
            event, registration = events.at(row.index), registered.at(row.index)
            yield from self._record(row, event, registration)
            yield from self._hashes(bytes(row.leaf))
            if self.expected == self.published:
                self.root_at = self.frontier.root()
        for index in registered.passed(self.head.size):
            yield Failure(index, "the registration has no entry", finding("log.registrations"))
        yield from self._head()

    def _number(self, row: LogEntry) -> Iterator[Failure]:
        if row.index != self.expected:
            what = f"entry {self.expected} is missing; the next is {row.index}"
            yield Failure(self.expected, what, finding("log.no_gaps"))
        self.expected = row.index + 1

    def _entry(self, row: LogEntry) -> Iterator[Failure]:
        entry, leaf = bytes(row.entry), bytes(row.leaf)
        if leaf_hash(entry) != leaf:
            yield Failure(row.index, "the stored leaf is not the hash of the entry", finding("log.leaves"))
        try:
            kind = parse_entry(entry).kind
        except ValueError as error:
            yield Failure(row.index, f"the entry cannot be read: {error}", finding("log.leaves"))
        else:
            if (kind is EntryKind.PUBLIC) != (row.record == PUBLIC) or row.record not in {EVENT, REGISTRATION, PUBLIC}:
                what = f"the entry is said to be of {row.record!r}, and is of kind {kind.name.lower()}"
                yield Failure(row.index, what, finding("log.leaves"))

    def _times(self, row: LogEntry) -> Iterator[Failure]:
        if read_instant(row.accepted_at)[0] is None or is_later(self.last, row.accepted_at):
            what = "the time of acceptance cannot be read, or lies before that of an earlier entry"
            yield Failure(row.index, what, finding("log.times"))
        self.last = row.accepted_at
        if not row.index < row.batch_end <= self.head.size:
            yield Failure(row.index, "the entry ends at a log size that it cannot end at", finding("log.batches"))
        if row.index >= self.end:
            self.end, self.before, self.at = row.batch_end, self.at, row.accepted_at
        elif (row.batch_end, row.accepted_at) != (self.end, self.at):
            what = "the entry's time or log size is not that of the entries it came with"
            yield Failure(row.index, what, finding("log.batches"))

    def _record(
        self, row: LogEntry, event: tuple[Any, ...] | None, registration: tuple[Any, ...] | None
    ) -> Iterator[Failure]:
        """Check the record behind an entry. Its time is the record's own, or the last entry's if that is later."""
        if row.record == EVENT:
            if event is None:
                yield Failure(row.index, "the event behind the entry is gone", finding("log.commitments"))
            elif (event[1] or 0, event[2] or "") != (row.batch_end, row.accepted_at):
                what = "the entry's time or log size is not that of its submission"
                yield Failure(row.index, what, finding("log.batches"))
            return
        own: Any = row.accepted_at
        if row.record == REGISTRATION:
            if registration is None:
                yield Failure(row.index, "the registration behind the entry is gone", finding("log.registrations"))
            else:
                yield from _registration(registration, bytes(row.entry))
                own = json_object(registration[3]).get("registered_at")
        else:
            own = json_object(bytes(row.entry)[2:].decode("utf-8", "replace")).get("at")
        if not isinstance(own, str) or row.accepted_at != (self.before if is_later(self.before, own) else own):
            yield Failure(row.index, "the entry's time is not that of its record", finding("log.times"))

    def _hashes(self, leaf: bytes) -> Iterator[Failure]:
        """Add a leaf to frontier and subtrees; compare each subtree that it completes with the stored root."""
        self.frontier = self.frontier.append([leaf])
        level, made = 0, leaf
        while True:
            self.rows[level].append(made)
            if len(self.rows[level]) < 1 << TILE_BITS:
                return
            made, position = fold(self.rows[level]), self.positions[level]
            self.rows[level], self.positions[level] = [], position + 1
            level += 1
            if level == len(self.rows):
                self.rows.append([])
                self.positions.append(0)
            stored = StoredHash.objects.filter(level=level, position=position).values_list("hash", flat=True).first()
            if stored is None or bytes(stored) != made:
                what = f"the stored hash of subtree {position} at level {level} is missing or changed"
                yield Failure(None, what, finding("log.subtrees"))

    def _head(self) -> Iterator[Failure]:
        head = self.head
        if head.size != self.expected:
            what = f"the head says {head.size} entries, {self.expected} are stored"
            yield Failure(None, what, finding("log.nothing_gone"))
        elif LogEntry.objects.filter(index__gte=head.size).exists():
            yield Failure(head.size, "entries stand beyond the head", finding("log.root"))
        if bytes(head.root) != self.frontier.root():
            yield Failure(None, "the root of the head is not the root over the stored entries", finding("log.root"))
        if bytes(head.frontier) != self.frontier.to_bytes():
            yield Failure(None, "the frontier of the head is not that of the stored entries", finding("log.root"))
        if head.accepted_at != self.last:
            what = "the head's time of acceptance is not that of the last entry"
            yield Failure(None, what, finding("log.times"))
        if self.end != head.size:
            yield Failure(None, "the last entries end at another size than the log", finding("log.batches"))
        for level, position in StoredHash.objects.values_list("level", "position").iterator(chunk_size=CHUNK):
            complete = self.positions[level - 1] if 0 < level <= len(self.positions) else 0
            if not 0 <= position < complete:
                what = f"a stored hash of subtree {position} at level {level} belongs to no complete subtree"
                yield Failure(None, what, finding("log.subtrees"))


class _Beside:
    """Rows in order of the log, read along with the entries; the first column is the number in the log."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows.iterator(chunk_size=CHUNK)
        self._row = next(self._rows, None)
        self._passed: list[int] = []

    def at(self, index: int) -> tuple[Any, ...] | None:
        """Return the row of an entry; None where there is none."""
        while self._row is not None and self._row[0] < index:
            self._passed.append(self._row[0])
            self._row = next(self._rows, None)
        if self._row is None or self._row[0] != index:
            return None
        found: tuple[Any, ...] = self._row
        self._row = next(self._rows, None)
        return found

    def passed(self, size: int) -> Iterator[int]:
        """Yield the numbers of rows that no entry stands for."""
        yield from self._passed
        while self._row is not None:
            if self._row[0] < size:
                yield self._row[0]
            self._row = next(self._rows, None)


# Kind of registration -> the field that names who beside the operator may have made it.
OWNERS = {
    "product": "maker",
    **dict.fromkeys(
        ("columns", "inquiry", "draw_down", "licence_status", "customs_answer", "audit_result", *FILINGS), "party"
    ),
}
REGISTRATION_COLUMNS = ("kind", "key", "document", "digest", "salt", "submitter")


def _registration(row: tuple[Any, ...], entry: bytes) -> Iterator[Failure]:
    index, kind, key, document, stored, salt, submitter = row
    digest = registration_digest(kind, document)
    if bytes(stored) != digest:
        what = "the digest of the registration is not that of its text"
        yield Failure(index, what, finding("log.registrations"))
    elif not commits(bytes(salt), digest, entry):
        yield Failure(index, "the entry does not commit to the registration", finding("log.registrations"))
    fields = json_object(document)
    if key != _key(kind, fields):
        what = "the registration stands under another key than its text says"
        yield Failure(index, what, finding("log.registrations"))
    owner = fields.get(OWNERS.get(kind, ""))
    if submitter not in {"operator", owner}:
        what = "the registration comes from somebody who could not make it"
        yield Failure(index, what, finding("log.registrations"))


def _key(kind: Any, fields: dict[str, Any]) -> object:
    """Return under which key a registration stands."""
    if kind in {"mandate", "columns"}:
        return f"{fields.get('party')} {fields.get('site' if kind == 'mandate' else 'sheet')}"
    return fields.get("id")


def is_later(first: str, second: str) -> bool:
    """Tell whether one instant, as text, lies after another; not where either cannot be read."""
    a, b = read_instant(first)[0] if first else None, read_instant(second)[0]
    return a is not None and b is not None and a > b


def json_object(text: str) -> dict[str, Any]:
    """Return a text as a JSON object; an empty one where it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def commits(salt: bytes, digest: bytes, entry: bytes) -> bool:
    """Tell whether an entry commits to a digest under a salt."""
    try:
        return record_entry(salt, digest) == entry
    except ValueError:
        return False
