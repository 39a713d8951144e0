"""Recompute everything that is stored from the submitted bytes, and name each thing that does not agree.

Every column of every table and every published file is either recomputed or covered by a signature: a flipped byte
anywhere is found. What is checked against what:

    submission   its bytes against SHA-256, both receipts against the register's key and against the row
    event        read again from the bytes: digest, eventID, place; salt and digest against the entry
    entry        leaf, tree of stored hashes, frontier, root, number, time, size at the end of its submission
    visible      read again from the event and the directory of that moment
    registration digest of its text against the entry
    files        tiles, bundles and checkpoint against the table
"""

import json
import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from ytterby.chain.door import LEVELS, read_document
from ytterby.chain.event import Event
from ytterby.chain.party import Directory
from ytterby.proof.checkpoint import Checkpoint, open_checkpoint
from ytterby.proof.entry import EntryKind, parse_entry, record_entry
from ytterby.proof.merkle import Frontier, leaf_hash
from ytterby.proof.note import NoteError
from ytterby.proof.receipt import verify_receipt
from ytterby.proof.tile import tiles_between
from ytterby.shell.actions.capture import ACCEPTED, ARRIVED, REFUSED, complete_left, outcome_fields
from ytterby.shell.actions.publish import CHECKPOINT, published_size, tile_bytes
from ytterby.shell.actions.verify_conversion import conversion_of
from ytterby.shell.site.packs import door_tables, limits
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import EventRecord, LogEntry, LogHead, Registration, StoredHash, Submission, Visible
from ytterby.shell.store.outcome import stored_outcome, whole_outcome
from ytterby.shell.store.reading.entries import directory
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import registration_digest
from ytterby.shell.store.visibility import readers_of
from ytterby.shell.store.writing import EVENT, PUBLIC, REGISTRATION, TILE_BITS, fold
from ytterby.terms.instant import read_instant

Failure = tuple[int | None, str]


class _Directories(dict[int, Directory]):
    """The directory of each log size that is asked for, read once."""

    def __missing__(self, size: int) -> Directory:
        """Read the directory as it was known when a submission was decided."""
        latest = (
            Registration.objects.filter(log_index__lt=size).order_by("-log_index").values_list("log_index", flat=True)
        )
        last = latest.first() or 0
        if last not in self:
            self[last] = directory(OPERATOR_VIEWER, Known(size))
        return self[last]


def failures_of(register: Register) -> Iterator[Failure]:
    """Yield (index in the log or None, what is wrong) for everything that does not agree."""
    complete_left(register)
    head = LogHead.objects.filter(id=1).first()
    if head is None or LogHead.objects.count() != 1:
        yield None, "the head of the log is missing or stands twice"
        return
    if head.register_id != register.id or head.origin != register.origin:
        yield None, "the head of the log belongs to another register"
    yield from _entries(head)
    yield from _registrations()
    batches: dict[int, tuple[int, str]] = {}
    directories = _Directories()
    for submission in Submission.objects.order_by("id").iterator(chunk_size=200):
        yield from _submission(register, submission, batches, directories)
    yield from _batches(head, batches)
    yield from _files(register, head)


def _entries(head: LogHead) -> Iterator[Failure]:
    """Check entries, leaves, stored hashes, frontier and root."""
    frontier, leaves, expected, last = Frontier(), [], 0, ""
    for row in LogEntry.objects.order_by("index").iterator(chunk_size=2000):
        if row.index != expected:
            yield expected, f"entry {expected} is missing; the next is {row.index}"
            expected = row.index
        expected += 1
        entry, leaf = bytes(row.entry), bytes(row.leaf)
        if leaf_hash(entry) != leaf:
            yield row.index, "the stored leaf is not the hash of the entry"
        try:
            kind = parse_entry(entry).kind
        except ValueError as error:
            yield row.index, f"the entry cannot be read: {error}"
        else:
            if (kind is EntryKind.PUBLIC) != (row.record == PUBLIC) or row.record not in {EVENT, REGISTRATION, PUBLIC}:
                yield row.index, f"the entry is said to be of {row.record!r}, and is of kind {kind.name.lower()}"
        if read_instant(row.accepted_at)[0] is None or _later(last, row.accepted_at):
            yield row.index, "the time of acceptance cannot be read, or lies before that of an earlier entry"
        last = row.accepted_at
        if not row.index < row.batch_end <= head.size:
            yield row.index, "the entry ends at a log size that it cannot end at"
        leaves.append(leaf)
    frontier = frontier.append(leaves)
    if head.size != expected:
        yield None, f"the head says {head.size} entries, {expected} are stored"
    if bytes(head.root) != frontier.root():
        yield None, "the root of the head is not the root over the stored entries"
    if bytes(head.frontier) != frontier.to_bytes():
        yield None, "the frontier of the head is not that of the stored entries"
    if head.accepted_at != last:
        yield None, "the head's time of acceptance is not that of the last entry"
    yield from _hashes(leaves)


def _later(first: str, second: str) -> bool:
    a, b = read_instant(first)[0] if first else None, read_instant(second)[0]
    return a is not None and b is not None and a > b


def _hashes(leaves: list[bytes]) -> Iterator[Failure]:
    stored = {(h.level, h.position): bytes(h.hash) for h in StoredHash.objects.all()}
    level, below, width = 0, leaves, 1 << TILE_BITS
    while len(below) >= width:
        level += 1
        below = [fold(below[i * width : (i + 1) * width]) for i in range(len(below) // width)]
        for position, root in enumerate(below):
            if stored.pop((level, position), None) != root:
                yield None, f"the stored hash of subtree {position} at level {level} is missing or changed"
    for level, position in stored:
        yield None, f"a stored hash of subtree {position} at level {level} belongs to no complete subtree"


def _registrations() -> Iterator[Failure]:
    entries = dict(LogEntry.objects.filter(record=REGISTRATION).values_list("index", "entry"))
    for row in Registration.objects.all():
        entry = entries.pop(row.log_index, None)
        digest = registration_digest(row.kind, row.document)
        if bytes(row.digest) != digest:
            yield row.log_index, "the digest of the registration is not that of its text"
        elif entry is None or not _commits(bytes(row.salt), digest, bytes(entry)):
            yield row.log_index, "the entry does not commit to the registration"
        fields = _json(row.document)
        key = _key_of(row.kind, fields)
        if row.key != key:
            yield row.log_index, "the registration stands under another key than its text says"
        owner = fields.get({"product": "maker", "columns": "party"}.get(row.kind, ""))
        if row.submitter not in {"operator", owner}:
            yield row.log_index, "the registration comes from somebody who could not make it"
    for index in entries:
        yield index, "the registration behind the entry is gone"


def _key_of(kind: str, fields: dict[str, Any]) -> object:
    """Return under which key a registration stands."""
    if kind in {"mandate", "columns"}:
        return f"{fields.get('party')} {fields.get('site' if kind == 'mandate' else 'sheet')}"
    return fields.get("id")


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _commits(salt: bytes, digest: bytes, entry: bytes) -> bool:
    try:
        return record_entry(salt, digest) == entry
    except ValueError:
        return False


def _submission(
    register: Register, row: Submission, batches: dict[int, tuple[int, str]], directories: "_Directories"
) -> Iterator[Failure]:
    """Check one submission and its events."""
    at = row.first_index
    if row.state == REFUSED and not row.document and row.length > limits().document_bytes:
        yield from _receipts(register, row, bytes(row.sha256))
        return
    try:
        document = zlib.decompress(bytes(row.document))
    except zlib.error:
        yield at, f"the document of receipt {row.receipt_id} cannot be unpacked"
        return
    digest = sha256(document).digest()
    if digest != bytes(row.sha256) or len(document) != row.length:
        yield at, f"the document of receipt {row.receipt_id} is not the one that was submitted"
        return
    yield from _receipts(register, row, digest)
    if row.state != ACCEPTED and (row.count or row.first_index is not None):
        yield at, f"the submission of receipt {row.receipt_id} is {row.state} and claims entries"
    if row.state in {ARRIVED, REFUSED}:
        if row.eventrecord_set.exists():
            yield at, f"the submission of receipt {row.receipt_id} is {row.state} and has events"
        return
    text, failures = conversion_of(row, document)
    yield from ((at, failure) for failure in failures)
    yield from _events(row, text, batches, directories)


def _receipts(register: Register, row: Submission, digest: bytes) -> Iterator[Failure]:
    """Check both receipts: signed by this register, and saying what the row says."""
    key = register.receipt_key.public
    arrival = _json(row.arrival_receipt)
    said = {
        "id": row.receipt_id,
        "register": register.id,
        "origin": register.origin,
        "sha256": digest.hex(),
        "length": row.length,
        "media_type": row.media_type,
        "level": row.level,
        "name": row.name,
        "submitter": row.submitter,
        "at": row.arrived_at,
        "converter": row.converter,
    }
    if not verify_receipt(arrival, key) or any(arrival.get(name) != value for name, value in said.items()):
        yield row.first_index, f"the arrival receipt {row.receipt_id} does not hold, or the row differs from it"
    if json.dumps(arrival, ensure_ascii=False) != row.arrival_receipt:
        yield row.first_index, f"the arrival receipt {row.receipt_id} was rewritten"
    if row.outcome_receipt is None:
        if row.state != ARRIVED:
            yield row.first_index, f"the submission of receipt {row.receipt_id} is in no state, or lost its receipt"
        elif row.decided_at is not None or row.count or row.size_after is not None or row.problems != "[]":
            yield row.first_index, f"the submission of receipt {row.receipt_id} has an outcome without a receipt"
        return
    try:
        outcome = whole_outcome(row) or {}
    except ValueError:
        yield row.first_index, f"the outcome receipt {row.receipt_id} cannot be read"
        return
    promised = outcome_fields(register, row, outcome["entries"])
    if not verify_receipt(outcome, key) or any(outcome.get(name) != value for name, value in promised.items()):
        yield row.first_index, f"the outcome receipt {row.receipt_id} does not hold, or what is stored differs from it"
    if stored_outcome(outcome) != row.outcome_receipt:
        yield row.first_index, f"the outcome receipt {row.receipt_id} was rewritten"


def _events(
    row: Submission, text: bytes, batches: dict[int, tuple[int, str]], directories: "_Directories"
) -> Iterator[Failure]:
    # A level that cannot be read was named with the receipt; the events are compared all the same.
    level = row.level if row.level in LEVELS else LEVELS[-1]
    read = {one.number: one.event for one in read_document(text, door_tables(), level=level).events}
    records = list(row.eventrecord_set.order_by("log_index"))
    first = row.first_index if row.first_index is not None else -1
    if (
        len(records) != row.count
        or [r.log_index for r in records] != list(range(first, first + row.count))[: len(records)]
    ):
        yield row.first_index, f"the submission of receipt {row.receipt_id} has {len(records)} of {row.count} events"
    indices = [record.log_index for record in records]
    stored = _Stored(indices)
    for record in records:
        batches[record.log_index] = (row.size_after or 0, row.decided_at or "")
        event = read.get(record.number)
        yield from _event(record, event, row.submitter, directories[row.first_index or 0], stored)


class _Stored:
    """Entries and rights of the events of one submission, read at once."""

    def __init__(self, indices: list[int]) -> None:
        span = {"gte": min(indices, default=0), "lte": max(indices, default=-1)}
        entries = LogEntry.objects.filter(**{f"index__{k}": v for k, v in span.items()})
        self.entries = {i: (bytes(e), record) for i, e, record in entries.values_list("index", "entry", "record")}
        self.readers: dict[int, set[tuple[str, str]]] = {}
        rights = Visible.objects.filter(**{f"event_id__{k}": v for k, v in span.items()})
        for index, party, why in rights.values_list("event_id", "party", "why"):
            self.readers.setdefault(index, set()).add((party, why))


def _event(
    record: EventRecord, event: Event | None, submitter: str, parties: Directory, stored: _Stored
) -> Iterator[Failure]:
    index = record.log_index
    entry = stored.entries.get(index)
    if event is None:
        yield index, "the submitted document holds no such event"
        return
    if bytes(record.digest) != event.digest:
        yield index, "the stored digest is not that of the submitted event"
    elif entry is None or entry[1] != EVENT or not _commits(bytes(record.salt), event.digest, entry[0]):
        yield index, "the entry does not commit to the submitted event"
    original = None if event.error is None else event.original
    facts = (event.event_id, event.error is None, submitter, original)
    ended = None if record.original is None else bytes(record.original)
    if (record.event_id, record.is_original, record.submitter, ended) != facts:
        yield index, "the event's row does not say what the submitted event says"
    readers = readers_of(event, submitter, parties)
    if stored.readers.get(index, set()) != readers:
        yield index, "who may see the event is not what the event and the directory say"


def _batches(head: LogHead, batches: dict[int, tuple[int, str]]) -> Iterator[Failure]:
    """Check that every event entry has its event, and every entry its time and its size at the end of its batch.

    Entries of one transaction share both; the time is the one of their own record, or the last one's if that is later.
    """
    rows = LogEntry.objects.order_by("index").values_list("index", "record", "batch_end", "accepted_at", "entry")
    said = {row.log_index: _json(row.document).get("registered_at") for row in Registration.objects.all()}
    end, at, before = 0, "", ""
    for index, record, batch_end, accepted, entry in rows:
        if index >= end:
            end, before, at = batch_end, at, accepted
        elif (batch_end, accepted) != (end, at):
            yield index, "the entry's time or log size is not that of the entries it came with"
        if record == EVENT:
            if batches.get(index, (batch_end, accepted)) != (batch_end, accepted):
                yield index, "the entry's time or log size is not that of its submission"
            if index not in batches:
                yield index, "the event behind the entry is gone"
            continue
        own = (
            said.get(index) if record == REGISTRATION else _json(bytes(entry)[2:].decode("utf-8", "replace")).get("at")
        )
        if not isinstance(own, str) or accepted != (before if _later(before, own) else own):
            yield index, "the entry's time is not that of its record"
    if end != head.size:
        yield None, "the last entries end at another size than the log"


def _files(register: Register, head: LogHead) -> Iterator[Failure]:
    """Check the published files against the table; files that are behind are made at the next capture."""
    path = register.data / CHECKPOINT
    if not path.exists():
        return
    size = published_size(register)
    try:
        text = path.read_text(encoding="utf-8")
        checkpoint = open_checkpoint(text, register.origin, [register.log_key.public])
    except (NoteError, UnicodeDecodeError) as error:
        yield None, f"the published checkpoint does not hold: {error}"
        return
    if checkpoint.size > head.size:
        yield None, f"the published checkpoint has {checkpoint.size} entries, the log {head.size}: entries are gone"
        return
    leaves = LogEntry.objects.filter(index__lt=size).order_by("index").values_list("leaf", flat=True)
    if checkpoint != Checkpoint(register.origin, size, Frontier().append(map(bytes, leaves)).root()):
        yield None, "the published checkpoint is not of this log"
        return
    for tile in tiles_between(0, size):
        file = register.data / tile.path
        try:
            expected = tile_bytes(tile)
        except IndexError:
            continue  # a stored hash is gone, which was said already
        if not file.exists() or file.read_bytes() != expected:
            yield tile.start if tile.level is None else None, f"the file {tile.path} is missing or changed"
