"""Rows of accepted events, written in the transaction that appends their entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from ytterby.chain.event import Event
from ytterby.chain.party import Directory
from ytterby.shell.store.models import EventRecord, Visible
from ytterby.shell.store.visibility import readers_of
from ytterby.shell.store.writing import NewEntry

CHUNK = 500  # parameters of one IN list


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that is about to be accepted: its place in the document, salt, and entry."""

    number: int
    event: Event
    salt: bytes
    entry: NewEntry


def known_digests(submitter: str, digests: Sequence[bytes]) -> set[bytes]:
    """Return which of these digests the party has submitted already; other parties' do not count (threat C1)."""
    found: set[bytes] = set()
    for start in range(0, len(digests), CHUNK):
        rows = EventRecord.objects.filter(submitter=submitter, digest__in=digests[start : start + CHUNK])
        found.update(bytes(digest) for digest in rows.values_list("digest", flat=True))
    return found


def insert_events(
    events: Sequence[NewEvent], *, first: int, submission: int, submitter: str, directory: Directory
) -> None:
    """Insert event rows and who may see them."""
    event_table, visible_table = EventRecord._meta.db_table, Visible._meta.db_table
    rows, readers = [], []
    for offset, new in enumerate(events):
        event, index = new.event, first + offset
        is_original = event.error is None
        rows.append((index, submission, new.number, submitter, event.digest, new.salt, event.event_id, is_original))
        readers += [(party, index, why) for party, why in sorted(readers_of(event, submitter, directory))]
    with connection.cursor() as cursor:
        cursor.executemany(
            f'INSERT INTO "{event_table}" (log_index, submission_id, number, submitter, digest, salt, event_id,'  # noqa: S608
            " is_original) VALUES (%s,%s,%s,%s,%s,%s,%s,%s)",
            rows,
        )
        cursor.executemany(
            f'INSERT INTO "{visible_table}" (party, event_id, why) VALUES (%s,%s,%s)',  # noqa: S608
            readers,
        )
