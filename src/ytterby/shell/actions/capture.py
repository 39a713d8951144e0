"""Capture: take a document in.

(1) The bytes are stored and an arrival receipt is signed before anything is parsed (`arrive`). (2) Outside any
transaction the document is converted where it is a spreadsheet (`convert`), decoded, checked and digested. (3) Under
the lock of the log's head: the party's own earlier submissions are looked up, and events, entries and rights are
written at once (`decide`). (4) After the commit the outcome receipt is signed and the log's files are made, both of
which can be made again at any time (`settle`).

Whether a document is accepted never depends on what others submitted (threats C1, C2). A capture is idempotent by
(submitting party, event digest). Who may: a party for its own sites and by mandate; the register's operator for all.

`capture` does it all in one answer. A door that will not wait for a long document lets it `arrive`, answers with the
receipt, and leaves the rest to `settle`, here or in another process (`work`). Many small documents at once go
through `capture_group`.
"""

from datetime import datetime

from ytterby.chain.spreadsheet.settings import Settings
from ytterby.shell.actions.arrive import Incoming, arrive
from ytterby.shell.actions.settle import (
    CaptureResult,
    NotSettled,
    complete_left,
    outcome_fields,
    settle_submission,
)
from ytterby.shell.site.register import Register
from ytterby.shell.spreadsheets.format import JSON_TYPE
from ytterby.shell.store.models.submission import ACCEPTED, ARRIVED, KNOWN, REFUSED


def capture(
    register: Register,
    document: bytes,
    *,
    submitter: str,
    media_type: str = JSON_TYPE,
    level: str = "profile",
    name: str = "",
    at: datetime | None = None,
    settings: Settings | None = None,
) -> CaptureResult:
    """Take a document in for a party, and return both receipts. `at` is for a simulated clock.

    `settings` say how a spreadsheet is read; without them the party's remembered column names hold.

    Raises:
        DatabaseError: the document could not even be stored; nothing of it is there.
        NotSettled: it has arrived, and could not be decided now; `work` takes it up.
    """
    return capture_incoming(register, Incoming(document, submitter, media_type, level, name, settings), at=at)


def capture_incoming(register: Register, incoming: Incoming, *, at: datetime | None = None) -> CaptureResult:
    """Do what `capture` does with a document that is at hand with how it is to be read."""
    complete_left(register)
    submission = arrive(register, incoming, at=at)
    # What is long is read from the stored bytes, as the worker would that takes it up after a kill.
    return settle_submission(register, submission, incoming.document if incoming.is_settled_at_once else None, at=at)


__all__ = [
    "ACCEPTED",
    "ARRIVED",
    "KNOWN",
    "REFUSED",
    "CaptureResult",
    "NotSettled",
    "capture",
    "capture_incoming",
    "complete_left",
    "outcome_fields",
]
