"""Recompute everything that is stored from the submitted bytes, and name each thing that does not agree.

Every column of every table and every published file is either recomputed or covered by a signature: a flipped byte
anywhere is found. What is checked against what:

    submission   its bytes against SHA-256, both receipts against the register's key and against the row
    event        read again from the bytes: digest, eventID, place; salt and digest against the entry
    entry        leaf, tree of stored hashes, frontier, root, number, time, size at the end of its submission
    visible      read again from the event and the directory of that moment
    registration digest of its text against the entry
    files        tiles, bundles and checkpoint against the table

Entries are walked by `verify_entries`, files by `verify_files`; here are submissions, events and rights. Memory holds
one submission at a time.
"""

import json
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

from django.db.models import Count

from ytterby.chain.door import LEVELS, ReadDocument, read_document
from ytterby.chain.event import Event
from ytterby.chain.party import Directory
from ytterby.proof.receipt import verify_receipt
from ytterby.shell.actions.capture import ACCEPTED, ARRIVED, KNOWN, REFUSED, outcome_fields
from ytterby.shell.actions.lapse import lapse_fields
from ytterby.shell.actions.verify_conversion import conversion_of, unpacks
from ytterby.shell.actions.verify_entries import EntryWalk, commits, is_later, json_object
from ytterby.shell.actions.verify_failure import Failure
from ytterby.shell.actions.verify_files import PublishedLog
from ytterby.shell.site.packs import door_tables, limits
from ytterby.shell.site.register import Register
from ytterby.shell.store.compartment import Compartment
from ytterby.shell.store.derived.world import registered_to
from ytterby.shell.store.models import EventRecord, LogEntry, LogHead, Reader, Submission, Visible
from ytterby.shell.store.outcome import stored_outcome, whole_outcome
from ytterby.shell.store.records import known_digests
from ytterby.shell.store.registrations import registered_directory
from ytterby.shell.store.visibility import Readers
from ytterby.shell.store.writing import EVENT
from ytterby.terms.instant import read_instant
from ytterby.terms.problem import finding

Tell = Callable[[str, int], None]


def nothing_told(part: str, number: int) -> None:
    """Tell nobody how far it went."""


def log_failures(register: Register, published: PublishedLog, tell: Tell = nothing_told) -> Iterator[Failure]:
    """Yield everything that does not agree; `tell` hears how far it went. Nothing is written."""
    head = LogHead.objects.filter(id=1).first()
    if head is None or LogHead.objects.count() != 1:
        yield Failure(None, "the head of the log is missing or stands twice", finding("log.one_head"))
        return
    if head.register_id != register.id or head.origin != register.origin:
        yield Failure(None, "the head of the log belongs to another register", finding("log.one_head"))
    walk = EntryWalk(head, published.size)
    yield from walk.failures()
    tell("entries", walk.expected)
    directories = _Directories()
    latest: str | None = None
    for number, submission in enumerate(Submission.objects.order_by("id").iterator(chunk_size=200)):
        if number % 100 == 0:
            tell("submissions", number)
        if submission.size_after is None or submission.size_after <= head.size:
            yield from _submission(register, submission, directories)
        else:
            what = f"the receipt {submission.receipt_id} promises a log of {submission.size_after} entries"
            yield Failure(submission.first_index, what, finding("log.nothing_gone"))
        latest = submission.arrived_at if latest is None or is_later(submission.arrived_at, latest) else latest
    if head.arrived_at != latest:
        what = "the head's time of the latest arrival is not that of any submission"
        yield Failure(None, what, finding("log.times"))
    yield from _orphans()
    yield from _doubles()
    yield from published.failures(head, walk.root_at)


def _orphans() -> Iterator[Failure]:
    """Name events without a submission, and rights to events that are not there."""
    lost = EventRecord.objects.exclude(submission_id__in=Submission.objects.values("id"))
    for index in lost.values_list("log_index", flat=True).iterator():
        yield Failure(index, "the submission of the event is gone", finding("submission.whole"))
    blind = Visible.objects.exclude(event_id__in=EventRecord.objects.values("log_index"))
    for index in blind.values_list("event_id", flat=True).distinct().iterator():
        yield Failure(index, "somebody may see an event that is not there", finding("rights.visible"))
    nameless = Visible.objects.exclude(reader_id__in=Reader.objects.values("id"))
    for index in nameless.values_list("event_id", flat=True).distinct().iterator():
        yield Failure(index, "a party that has no name may see the event", finding("rights.visible"))


def _doubles() -> Iterator[Failure]:
    """Name events that a party submitted twice, and eventIDs that name two originals of a party."""
    rows = EventRecord.objects.order_by()
    same = rows.values("submitter", "digest").annotate(count=Count("log_index")).filter(count__gt=1)
    for submitter, digest, _ in same.values_list("submitter", "digest", "count").iterator():
        what = f"{submitter} has the event {bytes(digest).hex()} twice"
        yield Failure(None, what, finding("events.once"))
    named = rows.filter(is_original=True, event_id__isnull=False).values("submitter", "event_id")
    twice = named.annotate(count=Count("log_index")).filter(count__gt=1)
    for submitter, event_id, _ in twice.values_list("submitter", "event_id", "count").iterator():
        yield Failure(None, f"{submitter} has two originals {event_id}", finding("events.once"))


class _Directories(dict[int, Directory]):
    """The directory of each log size that is asked for, read once; the latest few are kept."""

    def __missing__(self, size: int) -> Directory:
        """Read the directory as known when a submission was decided: anew, since its rows are what is checked."""
        last = registered_to(size)
        if last not in self:
            if len(self) >= 4:
                self.clear()
            self[last] = registered_directory(size)
        return self[last]


def _submission(register: Register, row: Submission, directories: "_Directories") -> Iterator[Failure]:
    """Check one submission and its events."""
    at = row.first_index
    if not unpacks(row.derived):
        what = f"what was derived from the document of receipt {row.receipt_id} cannot be unpacked"
        yield Failure(at, what, finding("submission.conversion"))
        yield from _unread(row)
        return
    if row.lapse_receipt is not None:
        yield from _lapse(register, row)
    is_over = row.state in {ARRIVED, REFUSED} and row.length > limits().document_bytes
    if not row.document and (is_over or row.lapse_receipt is not None):
        yield from _receipts(register, row, bytes(row.sha256))
        return
    try:
        document = zlib.decompress(bytes(row.document))
    except zlib.error:
        what = f"the document of receipt {row.receipt_id} cannot be unpacked"
        yield Failure(at, what, finding("submission.bytes"))
        yield from _unread(row)
        return
    digest = sha256(document).digest()
    if digest != bytes(row.sha256) or len(document) != row.length:
        what = f"the document of receipt {row.receipt_id} is not the one that was submitted"
        yield Failure(at, what, finding("submission.bytes"))
        yield from _unread(row)
        return
    yield from _receipts(register, row, digest)
    if row.state not in {ARRIVED, REFUSED, ACCEPTED, KNOWN}:
        what = f"the submission of receipt {row.receipt_id} is in no state"
        yield Failure(at, what, finding("submission.receipts"))
    if row.state != ACCEPTED and (row.count or row.first_index is not None):
        what = f"the submission of receipt {row.receipt_id} is {row.state} and claims entries"
        yield Failure(at, what, finding("submission.no_effect"))
    if row.state in {ARRIVED, REFUSED}:
        if row.derived is not None:
            what = f"the submission of receipt {row.receipt_id} is {row.state} and has a document derived from it"
            yield Failure(at, what, finding("submission.no_effect"))
        if row.eventrecord_set.exists():
            what = f"the submission of receipt {row.receipt_id} is {row.state} and has events"
            yield Failure(at, what, finding("submission.no_effect"))
        return
    text, failures = conversion_of(row, document)
    for what in failures:
        yield Failure(at, what, finding("submission.conversion"))
    yield from _events(row, text, directories)


def _lapse(register: Register, row: Submission) -> Iterator[Failure]:
    """Check that the bytes of a refused document were destroyed, and that the receipt of that says so."""
    lapse = json_object(row.lapse_receipt or "")
    said = lapse_fields(register, row, str(lapse.get("at")))
    at, decided = read_instant(str(lapse.get("at")))[0], read_instant(row.decided_at or "")[0]
    if not verify_receipt(lapse, register.receipt_key.public) or any(lapse.get(n) != v for n, v in said.items()):
        what = f"the lapse receipt {row.receipt_id} does not hold, or the row differs from it"
        yield Failure(None, what, finding("submission.receipts"))
    elif (
        row.state != REFUSED or row.document or row.derived is not None or at is None or decided is None or at < decided
    ):
        what = f"the submission of receipt {row.receipt_id} cannot have lapsed as its receipt says"
        yield Failure(None, what, finding("submission.receipts"))
    if json.dumps(lapse, ensure_ascii=False) != row.lapse_receipt:
        yield Failure(None, f"the lapse receipt {row.receipt_id} was rewritten", finding("submission.receipts"))


def _unread(row: Submission) -> Iterator[Failure]:
    """Name the entries whose events can no longer be read from what was submitted."""
    for index in row.eventrecord_set.order_by("log_index").values_list("log_index", flat=True).iterator():
        what = "the event behind the entry cannot be read from its document any more"
        yield Failure(index, what, finding("log.commitments"))


def _receipts(register: Register, row: Submission, digest: bytes) -> Iterator[Failure]:
    """Check both receipts: signed by this register, and saying what the row says."""
    key = register.receipt_key.public
    arrival = json_object(row.arrival_receipt)
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
        what = f"the arrival receipt {row.receipt_id} does not hold, or the row differs from it"
        yield Failure(row.first_index, what, finding("submission.receipts"))
    if json.dumps(arrival, ensure_ascii=False) != row.arrival_receipt:
        what = f"the arrival receipt {row.receipt_id} was rewritten"
        yield Failure(row.first_index, what, finding("submission.receipts"))
    if row.outcome_receipt is None:
        yield from _undecided(row)
        return
    try:
        outcome = whole_outcome(row) or {}
    except ValueError:
        what = f"the outcome receipt {row.receipt_id} cannot be read"
        yield Failure(row.first_index, what, finding("submission.receipts"))
        return
    promised = outcome_fields(register, row, outcome["entries"])
    if not verify_receipt(outcome, key) or any(outcome.get(name) != value for name, value in promised.items()):
        what = f"the outcome receipt {row.receipt_id} does not hold, or what is stored differs from it"
        yield Failure(row.first_index, what, finding("submission.receipts"))
    if stored_outcome(outcome) != row.outcome_receipt:
        what = f"the outcome receipt {row.receipt_id} was rewritten"
        yield Failure(row.first_index, what, finding("submission.receipts"))


def _undecided(row: Submission) -> Iterator[Failure]:
    """Check what has no outcome receipt: it arrived, or was decided and is signed at the next capture."""
    if row.state == ARRIVED:
        if row.decided_at is not None or row.count or row.size_after is not None or row.problems != "[]":
            what = f"the submission of receipt {row.receipt_id} has an outcome without a receipt"
            yield Failure(row.first_index, what, finding("submission.receipts"))
    elif row.decided_at is None or row.size_after is None:
        what = f"the submission of receipt {row.receipt_id} is in no state, or lost its receipt"
        yield Failure(row.first_index, what, finding("submission.receipts"))


def _events(row: Submission, text: bytes, directories: "_Directories") -> Iterator[Failure]:
    # A level that cannot be read was named with the receipt; the events are compared all the same.
    level = row.level if row.level in LEVELS else LEVELS[-1]
    read = read_document(text, door_tables(), level=level)
    events = {one.number: one.event for one in read.events}
    records = list(row.eventrecord_set.order_by("log_index"))
    first = row.first_index if row.first_index is not None else -1
    if (
        len(records) != row.count
        or [r.log_index for r in records] != list(range(first, first + row.count))[: len(records)]
    ):
        what = f"the submission of receipt {row.receipt_id} has {len(records)} of {row.count} events"
        yield Failure(row.first_index, what, finding("submission.whole"))
    yield from _half(row, read, records)
    stored = _Stored([record.log_index for record in records])
    readers = Readers(directories[row.first_index or 0])
    for record in records:
        yield from _event(record, events.get(record.number), row.submitter, readers, stored)


def _half(row: Submission, read: ReadDocument, records: list[EventRecord]) -> Iterator[Failure]:
    """Check that each event of a document is there, or was known."""
    there = {bytes(record.digest) for record in records}
    wanted = [one.digest for one in read.events if one.digest is not None and one.digest not in there]
    gone = {(row.submitter, digest) for digest in wanted}
    gone -= known_digests(sorted(gone))
    if gone:
        what = f"{len(gone)} events of the document of receipt {row.receipt_id} are nowhere"
        yield Failure(row.first_index, what, finding("submission.whole"))


class _Stored:
    """Entries and rights of the events of one submission, read at once."""

    def __init__(self, indices: list[int]) -> None:
        span = {"gte": min(indices, default=0), "lte": max(indices, default=-1)}
        entries = LogEntry.objects.filter(**{f"index__{k}": v for k, v in span.items()})
        self.entries = {i: (bytes(e), record) for i, e, record in entries.values_list("index", "entry", "record")}
        self.readers: dict[int, set[tuple[Any, ...]]] = {}
        rights = Visible.objects.filter(**{f"event_id__{k}": v for k, v in span.items()})
        for index, *right in rights.values_list("event_id", "reader__party", "why", "compartment"):
            self.readers.setdefault(index, set()).add(tuple(right))


def _event(
    record: EventRecord, event: Event | None, submitter: str, readers: Readers, stored: _Stored
) -> Iterator[Failure]:
    index = record.log_index
    entry = stored.entries.get(index)
    if event is None:
        yield Failure(index, "the submitted document holds no such event", finding("submission.whole"))
        return
    if bytes(record.digest) != event.digest:
        yield Failure(index, "the stored digest is not that of the submitted event", finding("events.rows"))
    elif entry is None or entry[1] != EVENT or not commits(bytes(record.salt), event.digest, entry[0]):
        yield Failure(index, "the entry does not commit to the submitted event", finding("log.commitments"))
    original = None if event.error is None else event.original
    facts = (event.event_id, event.error is None, submitter, original)
    ended = None if record.original is None else bytes(record.original)
    if (record.event_id, record.is_original, record.submitter, ended) != facts:
        yield Failure(index, "the event's row does not say what the submitted event says", finding("events.rows"))
    seen_by = readers.of(event, submitter)
    if record.compartment != Compartment.TRACING:
        what = "the event stands in another compartment than tracing"
        yield Failure(index, what, finding("rights.visible"))
    if stored.readers.get(index, set()) != {(party, why, Compartment.TRACING) for party, why in seen_by.items()}:
        what = "who may see the event is not what the event and the directory say"
        yield Failure(index, what, finding("rights.visible"))
