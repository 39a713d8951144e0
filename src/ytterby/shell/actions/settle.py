"""Settling: a document that arrived is decided, from the stored bytes, by whoever takes it up.

A kill at any moment leaves a state that the next worker goes on from: `arrived` without a decision is decided, decided
without an outcome receipt is signed, and the log's files are made from the table. Each step comes out the same
whenever and by whomever it is done, and the decision is taken once, under the lock.
"""

import json
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import DatabaseError

from ytterby.licence.exit_event import names_a_licence
from ytterby.proof.receipt import sign_outcome
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.convert import remember_given
from ytterby.shell.actions.decide import Decision, KnownWorld, decide, read_submission
from ytterby.shell.actions.follow_exports import follow_left
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.site.register import Register
from ytterby.shell.store.derived.collector import without_collector
from ytterby.shell.store.inserting import update_rows
from ytterby.shell.store.models import LogHead, Submission
from ytterby.shell.store.models.submission import ACCEPTED, ARRIVED, REFUSED
from ytterby.shell.store.outcome import stored_outcome, submission_entries, whole_outcome
from ytterby.shell.store.stored_problems import read_problems
from ytterby.shell.store.writing import write
from ytterby.terms.problem import Problem

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """What came of a document. `size` is the log's size afterwards; both receipts are signed.

    `unpublished` says why the log's files could not be brought up to it now; that is made good at the next chance.
    """

    outcome: str
    events: int
    problems: tuple[Problem, ...]
    arrival: Json
    outcome_receipt: Json
    entries: list[int] = field(default_factory=list)
    size: int = 0
    unpublished: str = ""


class NotSettled(Exception):  # noqa: N818 -- what it says reads as a word
    """A document has arrived, and could not be decided now; whoever works next takes it up. Holds its receipt."""

    def __init__(self, arrival: Json, why: str) -> None:
        super().__init__(why)
        self.arrival = arrival
        self.why = why


def settle(register: Register, receipt_id: str, *, at: datetime | None = None) -> CaptureResult:
    """Decide what arrived under a receipt, sign the outcome, make the log's files; return what came of it.

    What was decided already is answered from what is stored. `at` is a simulated clock.

    Raises:
        Submission.DoesNotExist: nothing arrived under this receipt.
        NotSettled: the database takes nothing now.
    """
    submission = Submission.objects.get(receipt_id=receipt_id)
    return settle_submission(register, submission, at=at)


def settle_submission(
    register: Register, submission: Submission, document: bytes | None = None, *, at: datetime | None = None
) -> CaptureResult:
    """Do what `settle` does with a submission that is at hand; `document` spares reading its bytes again."""
    try:
        if submission.state != ARRIVED:
            return result_of(register, submission)
        known = KnownWorld.at(register.size)
        with without_collector():
            # The bytes are not held any longer than they are read.
            read = read_submission(submission, stored_bytes(submission) if document is None else document, at or now())
            if not read.is_refused:
                read.prepare(known)
            (decision,) = write(lambda head: decide(head, [read]))
        if decision is None:
            submission.refresh_from_db()
            return result_of(register, submission)
        apply(submission, decision)
        result = complete(register, submission, decision.problems, decision.entries)
    except DatabaseError as error:
        raise NotSettled(json.loads(submission.arrival_receipt), str(error)) from error
    if result.outcome != REFUSED:
        # What was decided stands; names that cannot be remembered now can be given with the next document.
        with suppress(DatabaseError):
            remember_given(register, submission, read.readable.sheets, at=at)
        if any(names_a_licence(one.event) for one in read.ready):
            # What licences say to it comes after: it is accepted whatever that is.
            follow_left(register, at=at)
    return result


def stored_bytes(submission: Submission) -> bytes:
    """Return the bytes of a submission as they came; none of one over the limit, which is refused by its length."""
    if not submission.document:
        return b""
    return zlib.decompress(bytes(submission.document))


def apply(submission: Submission, decision: Decision) -> None:
    """Say in a submission what its row says since the decision was committed."""
    submission.state, submission.decided_at = decision.state, decision.decided_at
    submission.problems = decision.problems_text
    submission.first_index, submission.count = decision.first_index, decision.count
    submission.size_after, submission.derived = decision.size_after, decision.derived


def complete_left(register: Register) -> int:
    """Sign the outcomes of what was decided before a crash; return how many."""
    left = list(Submission.objects.filter(outcome_receipt__isnull=True).exclude(state=ARRIVED).order_by("id"))
    for submission in left:
        complete(register, submission, read_problems(submission.problems))
    return len(left)


def complete(
    register: Register,
    submission: Submission,
    problems: Sequence[Problem],
    entries: Sequence[Json] | None = None,
) -> CaptureResult:
    """Sign the outcome and make the log's files; both come out the same whenever they are made."""
    receipt = outcome_of(register, submission, entries)
    rows = [(stored_outcome(receipt), submission.id)]
    write(lambda head: enter_outcomes(head, rows))
    unpublished = publish_or_leave(register) if submission.state == ACCEPTED else ""
    return answer(submission, problems, receipt, unpublished)


def outcome_of(register: Register, submission: Submission, entries: Sequence[Json] | None = None) -> Json:
    """Return the signed outcome receipt of what was decided; `entries` spares reading them again."""
    found = submission_entries(submission) if entries is None else list(entries)
    return sign_outcome(outcome_fields(register, submission, found), register.receipt_key)


def enter_outcomes(head: LogHead, rows: Sequence[tuple[str, int]]) -> None:
    """Store outcome receipts, each with the number of its submission; the caller holds the lock."""
    del head
    update_rows(Submission, ("outcome_receipt",), rows)


def result_of(register: Register, submission: Submission) -> CaptureResult:
    """Return what came of a submission that is decided, its outcome signed where that was left."""
    problems = read_problems(submission.problems)
    receipt = whole_outcome(submission)
    return complete(register, submission, problems) if receipt is None else answer(submission, problems, receipt)


def answer(submission: Submission, problems: Sequence[Problem], receipt: Json, unpublished: str = "") -> CaptureResult:
    """Return what is answered to whoever submitted."""
    return CaptureResult(
        outcome=submission.state,
        events=submission.count,
        problems=tuple(problems),
        arrival=json.loads(submission.arrival_receipt),
        outcome_receipt=receipt,
        entries=[entry["index"] for entry in receipt["entries"]],
        size=submission.size_after or 0,
        unpublished=unpublished,
    )


def outcome_fields(register: Register, submission: Submission, entries: list[Json]) -> Json:
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


def _conversion(submission: Submission) -> Json:
    """Return what an outcome receipt says of a spreadsheet beside: the digest of what was derived from it."""
    if submission.converter is None:
        return {}
    derived = None if submission.derived is None else zlib.decompress(bytes(submission.derived))
    return {"derived_sha256": None if derived is None else sha256(derived).hexdigest()}
