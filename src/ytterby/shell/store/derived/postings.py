"""Postings in the store: written with their event, ended by an error declaration, replaced when a registration changes
what an event stands for.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection

from ytterby.chain.event import Entry, Event
from ytterby.chain.order import Bundle
from ytterby.chain.posting import Posting
from ytterby.chain.posting_record import Subjects, read_postings, subjects_of, write_postings
from ytterby.chain.postings import postings_of
from ytterby.chain.world import World
from ytterby.shell.store.asking import rows_among, rows_where
from ytterby.shell.store.derived.packing import packed_with_words, unpacked_with_words
from ytterby.shell.store.derived.threads import chunks, named_threads, thread_ids
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import Edition, EventRecord, PostingRecord, Touch
from ytterby.shell.store.models.derived import FOR_EVER
from ytterby.terms.identifier import site_of
from ytterby.terms.problem import Problem

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Events whose rows are made at once.
ROWS = 1_000
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ReadyPostings:
    """The postings of an event about to be accepted, as they will be stored; `remarks` are for its submitter."""

    event: Event
    body: bytes
    subjects: Subjects
    remarks: tuple[Problem, ...]


def ready_postings(event: Event, submitter: str, world: World) -> ReadyPostings:
    """Return what an event does to the book; an error declaration does nothing itself, it ends another."""
    if event.error is not None:
        return ReadyPostings(event, b"", subjects_of(()), ())
    postings, remarks = postings_of(Entry(event, submitter, 0), world)
    if not postings:
        return ReadyPostings(event, b"", subjects_of(()), remarks)
    subjects = subjects_of(postings)
    # Whose a place is, and whether customs', may decide what the event stands for, wherever the event names it.
    subjects = subjects._replace(sites=subjects.sites | _places(event))
    return ReadyPostings(event, packed_with_words(write_postings(postings)), subjects, remarks)


def _places(event: Event) -> frozenset[str]:
    named = (event.biz_location, event.read_point, event.source("location"), event.destination("location"))
    return frozenset(site_of(place) for place in named if place)


def microseconds(at: datetime) -> int:
    """Return an instant as microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def unpacked_postings(body: "bytes | memoryview[int]") -> tuple[Posting, ...]:
    """Return the postings of a stored body."""
    return read_postings(unpacked_with_words(body))


def live_edition() -> Edition:
    """Return the edition that answers.

    Raises:
        Edition.DoesNotExist: nothing was ever derived.
    """
    columns = [field.column for field in Edition._meta.concrete_fields]
    for row in rows_where(Edition, columns, "is_live"):
        return Edition.from_db(connection.alias, columns, row)
    raise Edition.DoesNotExist("no edition is live")


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission brought, by number in the log; `size` is the log size at which it ends."""

    submitter: str
    size: int
    ready: Sequence[tuple[int, ReadyPostings]]

    @property
    def declarations(self) -> list[tuple[int, Event]]:
        """The error declarations among its events."""
        return [(index, one.event) for index, one in self.ready if one.event.error is not None]


def post_submissions(edition: int, submissions: Sequence[Submitted]) -> None:
    """Insert the postings of submissions, in order of the log, and end what they declare wrong.

    One that declares something wrong is given alone, so that it ends what came before it and nothing that came after.
    What was declared wrong before it came counts at no log size. The caller holds the lock.
    """
    said = [(one.submitter, new.event) for one in submissions for _, new in one.ready]
    wrong = declared_wrong(said, submissions[-1].size)
    doing = ((one, index, new) for one in submissions for index, new in one.ready if new.body)
    while part := list(islice(doing, ROWS)):
        rows = [
            _row(
                edition,
                index,
                one.submitter,
                new,
                one.size,
                one.size if (one.submitter, new.event.digest) in wrong else FOR_EVER,
            )
            for one, index, new in part
        ]
        insert_rows(PostingRecord, COLUMNS, rows)
        touches = _touches(edition, [(index, new) for _, index, new in part])
        insert_rows(Touch, ("edition", "thread_id", "log_index"), touches)
    for one in submissions:
        if one.declarations:
            end_postings(edition, one.submitter, [event for _, event in one.declarations], one.size)


COLUMNS = ("edition", "log_index", "digest", "submitter", "at", "rank", "known_from", "known_to", "body")


def _row(
    edition: int, index: int, submitter: str, one: ReadyPostings, known_from: int, known_to: int
) -> tuple[Any, ...]:
    at = microseconds(one.event.at)
    return edition, index, one.event.digest, submitter, at, 0, known_from, known_to, one.body


def _touches(edition: int, ready: Sequence[tuple[int, ReadyPostings]]) -> list[tuple[int, int, int]]:
    named = [(index, one.subjects.threads | one.subjects.sites) for index, one in ready]
    threads = named_threads(set().union(*(texts for _, texts in named)))
    return [(edition, threads[text], index) for index, texts in named for text in sorted(texts)]


def insert_versions(edition: int, changed: Sequence[tuple[int, str, ReadyPostings]], known_from: int) -> None:
    """Give events, by number in the log and submitter, other postings from a log size on; the caller holds the lock.

    A version that an error declaration ended stays ended.
    """
    for index, submitter, one in changed:
        versions = PostingRecord.objects.filter(edition=edition, log_index=index)
        row = versions.filter(known_from__lt=known_from, known_to__gt=known_from).get()
        ended, row.known_to = row.known_to, known_from
        row.save(update_fields=["known_to"])
        if one.body:
            insert_rows(PostingRecord, COLUMNS, [_row(edition, index, submitter, one, known_from, ended)])
            touches = _touches(edition, [(index, one)])
            known = Touch.objects.filter(edition=edition, log_index=index, thread_id__in=[t for _, t, _ in touches])
            had = set(known.values_list("thread_id", flat=True))
            insert_rows(Touch, ("edition", "thread_id", "log_index"), [t for t in touches if t[1] not in had])


def end_postings(edition: int, submitter: str, declarations: Iterable[Event], known_to: int) -> None:
    """End the postings of events that their submitter declares wrong; those of unequal events go on.

    The caller holds the lock.
    """
    wanted = {(e.event_id, e.original) for e in declarations if e.event_id is not None}
    for part in chunks(sorted({event_id for event_id, _ in wanted if event_id})):
        originals = EventRecord.objects.filter(submitter=submitter, event_id__in=part, is_original=True)
        ended = [
            index
            for index, event_id, digest in originals.values_list("log_index", "event_id", "digest")
            if (event_id, bytes(digest)) in wanted
        ]
        PostingRecord.objects.filter(edition=edition, log_index__in=ended, known_to=FOR_EVER).update(known_to=known_to)


def declared_wrong(said: Iterable[tuple[str, Event]], size: int) -> set[tuple[str, bytes]]:
    """Return (party, digest) of those of these events that their own party declared wrong before a log size."""
    by_party: dict[str, dict[str, bytes]] = {}
    for party, event in said:
        if event.event_id is not None and event.error is None:
            by_party.setdefault(party, {})[event.event_id] = event.digest
    found: set[tuple[str, bytes]] = set()
    for party, by_id in by_party.items():
        # As the partial index of declarations has it: NOT is_original.
        condition = "NOT is_original AND submitter = %s AND log_index < %s"
        rows = rows_among(EventRecord, ("event_id", "original"), "event_id", by_id, condition, [party, size])
        for event_id, original in rows:
            if original is not None and by_id.get(event_id or "") == bytes(original):
                found.add((party, bytes(original)))
    return found


def bundles_of(rows: Iterable[tuple[Any, ...]]) -> dict[bytes, Bundle]:
    """Return events by digest, of rows (digest, submitter, body).

    What two parties reported in the same words is one event of the chain: the one whose name comes first tells it.
    """
    chosen: dict[bytes, tuple[str, Any]] = {}
    for digest, submitter, body in rows:
        key = bytes(digest)
        if key not in chosen or submitter < chosen[key][0]:
            chosen[key] = (submitter, body)
    return {digest: Bundle(digest, unpacked_postings(body)) for digest, (_, body) in chosen.items()}


# What counts at a log size. The signs keep SQLite, which does not know what columns hold, from going through all that
# began before it, which is nearly everything.
COUNTING = "+known_from <= %s AND +known_to > %s"


def counting(edition: int, size: int) -> Any:
    """Return the query of postings that count at a log size."""
    rows = PostingRecord.objects.filter(edition=edition)
    return rows.extra(where=[COUNTING], params=[size, size])  # noqa: S610 -- no text of anybody's


def touching(edition: int, threads: Collection[str], size: int) -> Iterator[Any]:
    """Yield queries of the postings that count at a log size and touch one of these threads."""
    for part in chunks(list(thread_ids(threads).values())):
        events = Touch.objects.filter(edition=edition, thread_id__in=part).values("log_index")
        yield counting(edition, size).filter(log_index__in=events)
