"""Arrival: the bytes of a document are stored under a signed receipt before anything in them is looked at.

The receipt proves that a deadline was met (threat P4: it is for these exact bytes), whatever becomes of the document
later and whoever decides it: everything that depends on time is judged by the time of arrival, and how a spreadsheet
is converted is settled then. Clocks that are set
back do not set arrivals back: none is earlier than those that were committed when the document came.
"""

import json
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import cast

from django.db import DatabaseError

from ytterby.chain.spreadsheet.settings import Settings
from ytterby.proof.receipt import sign_arrival
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.convert import kept_settings
from ytterby.shell.site.packs import limits
from ytterby.shell.site.register import Register
from ytterby.shell.spreadsheets.format import JSON_TYPE, SPREADSHEET_TYPES
from ytterby.shell.store.asking import rows_among, rows_where
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import LogHead, Submission
from ytterby.shell.store.models.submission import ARRIVED
from ytterby.shell.store.writing import not_before, save_head, write
from ytterby.terms.instant import read_instant

# What a door may know of the database: that it takes nothing.
StoreError = DatabaseError
COLUMNS = (
    *("receipt_id", "sha256", "document", "length", "media_type", "level", "name", "submitter"),
    *("arrived_at", "state", "problems", "count", "converter", "arrival_receipt"),
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document as it comes in, who submits it, and how it is to be read.

    `settings` say how a spreadsheet is read; without them the party's remembered column names hold.
    """

    document: bytes
    submitter: str
    media_type: str = JSON_TYPE
    level: str = "profile"
    name: str = ""
    settings: Settings | None = None

    @property
    def is_settled_at_once(self) -> bool:
        """Tell whether both receipts come in one answer; a longer document is a job."""
        return len(self.document) <= limits().settle_at_once_bytes or len(self.document) > limits().document_bytes

    @property
    def is_spreadsheet(self) -> bool:
        """Tell whether a child process has to convert it, which takes seconds."""
        return self.media_type in SPREADSHEET_TYPES


def arrive(register: Register, incoming: Incoming, *, at: datetime | None = None) -> Submission:
    """Store a document and its signed arrival receipt; what becomes of it is decided later. `at`: a simulated clock."""
    submission = receive(register, incoming, at, latest_arrival())
    write(lambda head: enter_arrivals(head, [submission]))
    return submission


def latest_arrival() -> str | None:
    """Return the latest time at which a document arrived, before which none arrives any more."""
    ((latest,),) = rows_where(LogHead, ("arrived_at",), "id = 1")
    return cast(str | None, latest)


def receive(register: Register, incoming: Incoming, at: datetime | None, floor: str | None) -> Submission:
    """Return a submission with its arrival receipt, signed, not stored yet. It arrives not before the floor."""
    document = incoming.document
    digest = sha256(document).digest()
    # What is over the limit is refused unread; its digest and length are enough for the receipt.
    packed = zlib.compress(document, 6) if len(document) <= limits().document_bytes else b""
    arrived_at = not_before(floor, at or now())
    receipt_id = secrets.token_hex(16)
    kept = kept_settings(register, incoming.submitter, incoming.media_type, incoming.settings)
    fields = {
        "id": receipt_id,
        "register": register.id,
        "origin": register.origin,
        "sha256": digest.hex(),
        "length": len(document),
        "media_type": incoming.media_type,
        "level": incoming.level,
        "name": incoming.name,
        "submitter": incoming.submitter,
        "at": arrived_at,
    }
    if kept is not None:
        fields["converter"] = kept
    return Submission(
        receipt_id=receipt_id,
        sha256=digest,
        document=packed,
        length=len(document),
        media_type=incoming.media_type,
        level=incoming.level,
        name=incoming.name,
        submitter=incoming.submitter,
        arrived_at=arrived_at,
        state=ARRIVED,
        converter=kept,
        arrival_receipt=json.dumps(sign_arrival(fields, register.receipt_key), ensure_ascii=False),
    )


def enter_arrivals(head: LogHead, submissions: Sequence[Submission]) -> None:
    """Insert submissions in the order in which they came, and give them their numbers; the caller holds the lock.

    None of them arrived before the one in front of it.
    """
    insert_rows(Submission, COLUMNS, [tuple(getattr(one, column) for column in COLUMNS) for one in submissions])
    ids = dict(rows_among(Submission, ("receipt_id", "id"), "receipt_id", [one.receipt_id for one in submissions]))
    for one in submissions:
        one.id = ids[one.receipt_id]
    last = submissions[-1].arrived_at
    if head.arrived_at is None or _instant(last) > _instant(head.arrived_at):
        head.arrived_at = last
        save_head(head, "arrived_at")


def arrived(submission: Submission) -> datetime:
    """Return the instant at which a document arrived."""
    return _instant(submission.arrived_at)


def _instant(text: str) -> datetime:
    at, _ = read_instant(text)
    assert at is not None, "the register writes instants that it can read"
    return at
