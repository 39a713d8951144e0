"""Rows of accepted events, written in the transaction that appends their entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from ytterby.chain.event import Event
from ytterby.chain.party import Directory
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.derived.postings import (
    ReadyPostings,
    declared_wrong,
    end_postings,
    insert_postings,
    live_edition,
)
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import EventRecord, Visible
from ytterby.shell.store.visibility import readers_of
from ytterby.shell.store.writing import NewEntry

COLUMNS = (
    "log_index",
    "submission_id",
    "number",
    "submitter",
    "digest",
    "salt",
    "event_id",
    "is_original",
    "original",
)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that is about to be accepted: its place in the document, salt, and entry."""

    number: int
    event: Event
    salt: bytes
    entry: NewEntry


def known_digests(submitter: str, digests: Sequence[bytes]) -> set[bytes]:
    """Return which of these digests the party has submitted already; other parties' do not count (threat C1)."""
    rows = rows_among(EventRecord, ("digest",), "digest", digests, "submitter = %s", [submitter])
    return {bytes(digest) for (digest,) in rows}


def insert_events(
    events: Sequence[NewEvent],
    postings: Sequence[ReadyPostings],
    *,
    first: int,
    submission: int,
    submitter: str,
    directory: Directory,
) -> None:
    """Insert event rows, who may see them, and what they do to the book."""
    rows, readers = [], []
    for offset, new in enumerate(events):
        event, index = new.event, first + offset
        is_original = event.error is None
        original = None if is_original else event.original
        rows.append(
            (index, submission, new.number, submitter, event.digest, new.salt, event.event_id, is_original, original)
        )
        readers += [(party, index, why) for party, why in sorted(readers_of(event, submitter, directory))]
    insert_rows(EventRecord, COLUMNS, rows)
    insert_rows(Visible, ("party", "event_id", "why"), readers)
    _insert_postings(events, postings, first, submitter)


def _insert_postings(events: Sequence[NewEvent], postings: Sequence[ReadyPostings], first: int, submitter: str) -> None:
    new = [one.event for one in events]
    size = first + len(new)
    edition = live_edition().number
    insert_postings(
        edition,
        [(first + offset, one) for offset, one in enumerate(postings)],
        submitter=submitter,
        known_from=size,
        born_ended=declared_wrong(submitter, new),
    )
    end_postings(edition, submitter, [event for event in new if event.error is not None], size)
