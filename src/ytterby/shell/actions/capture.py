"""Capture: take a document in.

(1) The bytes are stored and an arrival receipt is signed before anything is parsed. (2) Outside any transaction the
document is decoded, checked and digested. (3) Under the lock of the log's head: the party's own earlier submissions
are looked up, and events, entries and rights are written at once. (4) After the commit the outcome receipt is signed
and the log's files are made, both of which can be made again at any time.

Whether a document is accepted never depends on what others submitted (threats C1, C2). A capture is idempotent by
(submitting party, event digest). Who may: a party for its own sites and by mandate; the register's operator for all.
"""

import json
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from ytterby.chain.correction_check import check_against_own, event_ids_asked
from ytterby.chain.door import ReadDocument, read_document
from ytterby.chain.event import Event
from ytterby.chain.speaker import check_speaker
from ytterby.chain.spreadsheet.settings import Settings
from ytterby.chain.world import World
from ytterby.proof.entry import SALT_BYTES
from ytterby.proof.receipt import sign_arrival, sign_outcome
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.columns import remember_columns
from ytterby.shell.actions.convert import converted, kept_settings
from ytterby.shell.actions.publish import publish
from ytterby.shell.site.packs import door_tables, limits
from ytterby.shell.site.register import Register
from ytterby.shell.spreadsheets.converted import problem_fields
from ytterby.shell.spreadsheets.readable import Readable
from ytterby.shell.store.derived.postings import ReadyPostings, ready_postings
from ytterby.shell.store.derived.world import registered_to, world_at
from ytterby.shell.store.models import LogHead, Submission
from ytterby.shell.store.outcome import stored_outcome, submission_entries
from ytterby.shell.store.records import NewEvent, insert_events, known_digests
from ytterby.shell.store.stored_original import own_submissions
from ytterby.shell.store.writing import EVENT, accepted_at, append, new_record, write
from ytterby.terms.instant import write_instant
from ytterby.terms.problem import Problem, is_refused

ACCEPTED, REFUSED, KNOWN, ARRIVED = "accepted", "refused", "known", "arrived"


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """What came of a document. `size` is the log's size afterwards; both receipts are signed."""

    outcome: str
    events: int
    problems: tuple[Problem, ...]
    arrival: dict[str, Any]
    outcome_receipt: dict[str, Any]
    entries: list[int] = field(default_factory=list)
    size: int = 0


def capture(
    register: Register,
    document: bytes,
    *,
    submitter: str,
    media_type: str = "application/json",
    level: str = "profile",
    name: str = "",
    at: datetime | None = None,
    settings: Settings | None = None,
) -> CaptureResult:
    """Take a document in for a party, and return both receipts. `at` is for a simulated clock.

    `settings` say how a spreadsheet is read; without them the party's remembered column names hold.
    """
    complete_left(register)
    moment = at or now()
    kept = kept_settings(register, submitter, media_type, settings)
    submission = _arrive(register, document, submitter, media_type, level, name, moment, kept)
    readable = converted(document, media_type, name, kept)
    problems = list(readable.problems)
    read = None
    if not readable.is_refused:
        read = read_document(readable.text, door_tables(), level=level, received_at=moment, own_event_ids=None)
        problems += readable.placed(read.all_problems)
    if read is None or is_refused(problems):
        _refuse(submission, problems, moment)
    else:
        problems = _accept(submission, read, readable, problems, moment)
    result = complete(register, submission, problems)
    if settings is not None and result.outcome != REFUSED:
        for sheet in sorted(readable.sheets & settings.own.keys()):
            remember_columns(register, submitter, sheet, settings.own[sheet], at=at)
    return result


def _arrive(
    register: Register,
    document: bytes,
    submitter: str,
    media_type: str,
    level: str,
    name: str,
    moment: datetime,
    kept: str | None,
) -> Submission:
    """Store the bytes with a signed receipt, before they are looked at."""
    digest = sha256(document).digest()
    # What is over the limit is refused unread; its digest and length are enough for the receipt.
    packed = zlib.compress(document, 6) if len(document) <= limits().document_bytes else b""
    receipt_id = secrets.token_hex(16)

    arrived_at = write_instant(moment)
    fields = {
        "id": receipt_id,
        "register": register.id,
        "origin": register.origin,
        "sha256": digest.hex(),
        "length": len(document),
        "media_type": media_type,
        "level": level,
        "name": name,
        "submitter": submitter,
        "at": arrived_at,
    }
    if kept is not None:
        fields["converter"] = kept
    receipt = json.dumps(sign_arrival(fields, register.receipt_key), ensure_ascii=False)

    def enter(head: LogHead) -> Submission:
        del head
        return Submission.objects.create(
            receipt_id=receipt_id,
            sha256=digest,
            document=packed,
            length=len(document),
            media_type=media_type,
            level=level,
            name=name,
            submitter=submitter,
            arrived_at=arrived_at,
            state=ARRIVED,
            arrival_receipt=receipt,
            converter=kept,
        )

    return write(enter)


def _problem_rows(problems: Sequence[Problem]) -> str:
    return json.dumps([problem_fields(problem) for problem in problems], ensure_ascii=False)


def _refuse(submission: Submission, problems: Sequence[Problem], moment: datetime) -> None:
    def enter(head: LogHead) -> None:
        submission.state = REFUSED
        submission.decided_at = accepted_at(head, moment)
        submission.size_after = head.size
        submission.problems = _problem_rows(problems)
        submission.save()

    write(enter)


def _accept(
    submission: Submission, read: ReadDocument, readable: Readable, problems: list[Problem], moment: datetime
) -> list[Problem]:
    """Enter the events of a document that is good in itself, or refuse it for its speaker or its own corrections."""
    reads = [one for one in read.events if one.event is not None]
    events = [one.event for one in reads if one.event is not None]
    ready = [_ready(one.number, event) for one, event in zip(reads, events, strict=True)]
    asked = event_ids_asked(reads)
    derived = zlib.compress(readable.derived, 6) if readable.derived is not None else None
    submitter = submission.submitter
    # What the events do to the book is worked out before the lock, and again under it only where somebody registered
    # a party, site or product in between.
    prepared = _prepare(ready, submitter, LogHead.objects.get(id=1).size)

    def enter(head: LogHead) -> list[Problem]:
        found = list(problems)
        known = prepared if prepared.size == registered_to(head.size) else _prepare(ready, submitter, head.size)
        parties = known.world.directory
        spoken = check_speaker(events, submitter, parties, pointers=[one.pointer for one in reads])
        found += readable.placed([*spoken, *check_against_own(reads, own_submissions(submitter, asked))])
        if is_refused(found):
            submission.state, submission.decided_at = REFUSED, accepted_at(head, moment)
            submission.size_after, submission.problems = head.size, _problem_rows(found)
            submission.save()
            return found
        new = _unknown(ready, known_digests(submitter, [one.event.digest for one in ready]))
        found += readable.placed(
            remark.at(read.pointer)
            for read in reads
            if read.digest in known.postings
            for remark in known.postings[read.digest].remarks
        )
        at = accepted_at(head, moment)
        first = append(head, [one.entry for one in new], at)
        insert_events(
            new,
            [known.postings[one.event.digest] for one in new],
            first=first,
            submission=submission.id,
            submitter=submitter,
            directory=parties,
        )
        submission.state = ACCEPTED if new else KNOWN
        submission.decided_at, submission.problems = at, _problem_rows(found)
        submission.first_index, submission.count = (first if new else None), len(new)
        submission.size_after = head.size
        submission.derived = derived
        submission.save()
        return found

    return write(enter)


class _Prepared(NamedTuple):
    """What the events of a document do to the book, in the world as registered up to a log size."""

    size: int
    world: World
    postings: dict[bytes, ReadyPostings]


def _prepare(ready: list[NewEvent], submitter: str, size: int) -> _Prepared:
    world = world_at(size)
    postings = {one.event.digest: ready_postings(one.event, submitter, world) for one in ready}
    return _Prepared(registered_to(size), world, postings)


def _ready(number: int, event: Event) -> NewEvent:
    salt = secrets.token_bytes(SALT_BYTES)
    return NewEvent(number, event, salt, new_record(EVENT, salt, event.digest))


def _unknown(ready: list[NewEvent], known: set[bytes]) -> list[NewEvent]:
    """Return the events that this party has not submitted, each digest once."""
    seen = set(known)
    new = []
    for one in ready:
        if one.event.digest not in seen:
            seen.add(one.event.digest)
            new.append(one)
    return new


def complete_left(register: Register) -> None:
    """Sign the outcomes of what was decided before a crash."""
    for submission in Submission.objects.filter(outcome_receipt__isnull=True).exclude(state=ARRIVED):
        complete(register, submission, ())


def complete(register: Register, submission: Submission, problems: Sequence[Problem]) -> CaptureResult:
    """Sign the outcome and make the log's files; both come out the same whenever they are made."""
    entries = submission_entries(submission)
    receipt = sign_outcome(outcome_fields(register, submission, entries), register.receipt_key)

    def enter(head: LogHead) -> None:
        del head
        submission.outcome_receipt = stored_outcome(receipt)
        submission.save(update_fields=["outcome_receipt"])

    write(enter)
    if submission.state == ACCEPTED:
        publish(register)
    return CaptureResult(
        outcome=submission.state,
        events=submission.count,
        problems=tuple(problems),
        arrival=json.loads(submission.arrival_receipt),
        outcome_receipt=receipt,
        entries=[entry["index"] for entry in entries],
        size=submission.size_after or 0,
    )


def outcome_fields(register: Register, submission: Submission, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what an outcome receipt says."""
    return {
        "id": submission.receipt_id,
        "register": register.id,
        "origin": register.origin,
        "outcome": submission.state,
        "at": submission.decided_at,
        "size": submission.size_after,
        "entries": entries,
        **_conversion(submission),
        "problems_sha256": sha256(submission.problems.encode()).hexdigest(),
        # Entries are in the tree that this receipt names: the promise of inclusion is due at once.
        "included_by": submission.decided_at,
    }


def _conversion(submission: Submission) -> dict[str, Any]:
    """Return what an outcome receipt says of a spreadsheet beside: the digest of what was derived from it."""
    if submission.converter is None:
        return {}
    derived = None if submission.derived is None else zlib.decompress(submission.derived)
    return {"derived_sha256": None if derived is None else sha256(derived).hexdigest()}
