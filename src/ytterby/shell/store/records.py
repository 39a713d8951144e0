"""Rows of accepted events, written in the transaction that appends their entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ytterby.chain.event import Event
from ytterby.chain.party import Directory
from ytterby.licence.exit_event import names_a_licence
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.derived.postings import ReadyPostings, Submitted, live_edition, post_submissions
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import EventRecord, LicensedEvent, Visible
from ytterby.shell.store.visibility import Readers, reader_ids
from ytterby.shell.store.writing import NewEntry

# Events whose rows are made at once: a document of ten thousand is never held as rows as well.
ROWS = 1_000
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


@dataclass(frozen=True, slots=True)
class NewEvents:
    """The events of one submission with what they do to the book; the first of them is entry `first` of the log."""

    submission: int
    submitter: str
    first: int
    events: Sequence[NewEvent]
    postings: Sequence[ReadyPostings]

    @property
    def size(self) -> int:
        """The log size at which the submission ends."""
        return self.first + len(self.events)

    @property
    def declares(self) -> bool:
        """Tell whether any of them declares another event wrong."""
        return any(one.event.error is not None for one in self.events)


def known_digests(said: Sequence[tuple[str, bytes]]) -> set[tuple[str, bytes]]:
    """Return which of these (party, digest) are submitted already; other parties' do not count (threat C1)."""
    by_party: dict[str, list[bytes]] = {}
    for party, digest in said:
        by_party.setdefault(party, []).append(digest)
    return {
        (party, bytes(digest))
        for party, digests in by_party.items()
        for (digest,) in rows_among(EventRecord, ("digest",), "digest", digests, "submitter = %s", [party])
    }


def insert_events(submissions: Sequence[NewEvents], directory: Directory) -> None:
    """Insert event rows, who may see them, and what they do to the book; the caller holds the lock.

    Submissions are taken in their order. Those that declare something wrong are taken alone, so that they end what
    came before them and nothing that came after.
    """
    run: list[NewEvents] = []
    for one in submissions:
        if one.declares:
            _insert_run(run, directory)
            _insert_run([one], directory)
            run = []
        else:
            run.append(one)
    _insert_run(run, directory)


def _insert_run(run: Sequence[NewEvents], directory: Directory) -> None:
    """Insert the events of some submissions at once; the caller holds the lock."""
    if not run:
        return
    readers = Readers(directory)
    numbered = ((index, one, new) for one in run for index, new in enumerate(one.events, one.first))
    while part := list(islice(numbered, ROWS)):
        _insert_part(part, readers)
    _insert_postings(run)


def _insert_part(part: Sequence[tuple[int, NewEvents, NewEvent]], readers: Readers) -> None:
    """Insert rows and rights of some events, with their numbers in the log; the caller holds the lock."""
    rows: list[tuple[object, ...]] = []
    seen: list[tuple[int, dict[str, int]]] = []
    for index, one, new in part:
        event = new.event
        is_original = event.error is None
        original = None if is_original else event.original
        digest, event_id = event.digest, event.event_id
        rows.append(
            (index, one.submission, new.number, one.submitter, digest, new.salt, event_id, is_original, original)
        )
        seen.append((index, readers.of(event, one.submitter)))
    insert_rows(EventRecord, COLUMNS, rows)
    named = [(index, new.event.licence) for index, _, new in part if names_a_licence(new.event)]
    insert_rows(LicensedEvent, ("log_index", "licence", "why"), [(*one, "") for one in named])
    ids = reader_ids(set().union(*(parties for _, parties in seen)))
    insert_rows(
        Visible,
        ("reader_id", "event_id", "why"),
        [(ids[party], index, why) for index, parties in seen for party, why in parties.items()],
    )


def _insert_postings(run: Sequence[NewEvents]) -> None:
    """Insert what the events of some submissions do to the book; the caller holds the lock."""
    submissions = [Submitted(one.submitter, one.size, list(enumerate(one.postings, one.first))) for one in run]
    post_submissions(live_edition().number, submissions)
