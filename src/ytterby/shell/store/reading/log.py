"""The log as it can be read: head, entries, and the proof of one event.

Who may read: head, checkpoint and entries everybody; which event an entry stands for, its time, salt and proof whoever
may read the event as submitted. To all others an entry is a record and no more (threat C4).
"""

import json
from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from ytterby.chain.door import read_document
from ytterby.proof.checkpoint import Checkpoint, sign_checkpoint
from ytterby.proof.event_proof import EventProof
from ytterby.proof.merkle import inclusion_proof, subtree_root
from ytterby.shell.site.packs import door_tables
from ytterby.shell.site.register import current_register
from ytterby.shell.store.models import EventRecord, LogEntry, LogHead, Registration, Submission
from ytterby.shell.store.outcome import whole_outcome
from ytterby.shell.store.reading.entries import directory, readable_events
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.submitted_text import text_of
from ytterby.shell.store.writing import EVENT, PUBLIC, read_hash
from ytterby.terms.identifier import tail

RECORD = "record"
Json = dict[str, Any]


def register_id(viewer: Viewer) -> str:
    """Return the register's own identifier."""
    del viewer
    return current_register().id


def log_head(viewer: Viewer) -> Json:
    """Return origin, size, root and the signed checkpoint; nobody else has signed it yet."""
    del viewer
    head = LogHead.objects.get(id=1)
    return {
        "origin": head.origin,
        "size": head.size,
        "root": b64encode(bytes(head.root)).decode(),
        "witnessed": 0,
        "checkpoint": signed_checkpoint(Checkpoint(head.origin, head.size, bytes(head.root))),
        "as_of_size": head.size,
    }


def signed_checkpoint(checkpoint: Checkpoint) -> str:
    """Return a checkpoint signed with the log's key; the same text each time, since Ed25519 draws nothing."""
    return sign_checkpoint(checkpoint, current_register().log_key)


def list_entries(viewer: Viewer, start: int, count: int) -> Json:
    """Return entries from `start` on, with the event behind each that the viewer may read."""
    end = start + max(count, 0)
    rows = LogEntry.objects.filter(index__gte=start, index__lt=end).order_by("index")
    events = {e.log_index: e for e in readable_events(viewer).filter(log_index__gte=start, log_index__lt=end)}
    registered = dict(
        Registration.objects.filter(log_index__gte=start, log_index__lt=end).values_list("log_index", "kind")
    )
    size = LogHead.objects.get(id=1).size
    parties = directory(viewer, Known(size)).parties
    entries = []
    for row in rows:
        event = events.get(row.index)
        submitter = event.submitter if event else None
        party = parties.get(submitter or "")
        is_known = viewer.reads_all or event is not None or row.record == PUBLIC
        entries.append(
            {
                "index": row.index,
                "kind": registered.get(row.index, row.record) if is_known else RECORD,
                "entry": bytes(row.entry)[2:].hex(),
                "at": row.accepted_at if is_known else None,
                "submitter": submitter,
                "submitter_name": party.name if party else tail(submitter) if submitter else None,
                "event_id": event.event_id if event else None,
                "digest": bytes(event.digest).hex() if event else None,
                "link": (event.event_id or bytes(event.digest).hex()) if event else None,
                "ends_submission": row.batch_end == row.index + 1,
                "size": row.batch_end,
            }
        )
    return {"as_of_size": size, "size": size, "entries": entries}


def find_event(viewer: Viewer, which: str | int, known: Known) -> EventRecord:
    """Return an event by eventID, digest (hexadecimal) or number in the log; of several, the latest.

    Raises:
        KeyError: the viewer may read no such event.
    """
    rows = readable_events(viewer).filter(log_index__lt=known.size).order_by("-log_index")
    if isinstance(which, int):
        found = rows.filter(log_index=which).first()
    else:
        found = rows.filter(event_id=which).first()
        if found is None and len(which) == 64 and all(c in "0123456789abcdef" for c in which):
            found = rows.filter(digest=bytes.fromhex(which)).first()
    if found is None:
        raise KeyError(which)
    record: EventRecord = found
    return record


def readable_among(viewer: Viewer, names: Iterable[str], *, known: Known) -> set[str]:
    """Return those of these eventIDs and digests that name an event which the viewer may read as submitted."""
    found = set()
    for name in dict.fromkeys(names):
        try:
            find_event(viewer, name, known)
        except KeyError:
            continue
        found.add(name)
    return found


def prove(viewer: Viewer, which: str | int, known: Known) -> EventProof:
    """Return the proof of an event under the signed head at a log size.

    Raises:
        KeyError: the viewer may read no such event.
    """
    event = find_event(viewer, which, known)
    root = subtree_root(0, known.size, read_hash)
    path = inclusion_proof(event.log_index, known.size, read_hash)
    checkpoint = signed_checkpoint(Checkpoint(current_register().origin, known.size, root))
    return EventProof(event.log_index, bytes(event.salt), bytes(event.digest), tuple(path), checkpoint)


def event_proof(viewer: Viewer, which: str, *, known: Known) -> Json:
    """Return an event as submitted, its receipts, and its proof.

    Raises:
        KeyError: the viewer may read no such event.
    """
    event = find_event(viewer, which, known)
    proof = prove(viewer, event.log_index, known)
    submission = Submission.objects.get(id=event.submission_id)
    text = text_of(submission)
    (read,) = read_document(text, door_tables(), level=submission.level, numbers={event.number}).events
    fields = proof.to_json()
    may_see_receipt = viewer.reads_all or viewer.party == event.submitter
    return {
        **fields,
        "event": json.loads(read.raw),
        "size": known.size,
        "path": fields["proof"],
        "submitter": event.submitter,
        "arrival": json.loads(submission.arrival_receipt) if may_see_receipt else None,
        "outcome": whole_outcome(submission) if may_see_receipt else None,
        "record": EVENT,
        "as_of_size": known.size,
    }
