"""A second edition of all that is derived, written from the submitted bytes beside the live one.

Postings are read in log order, submission by submission; each transaction moves `posted_to` on, so that a rebuild that
was killed goes on where it was. Captures go on meanwhile, into the live edition; what they brought is caught up, at
the end under the lock, and then the editions change places in one transaction. The old edition's rows are dropped
afterwards, a part at a time.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from ytterby.chain.cell import read_cell
from ytterby.chain.door import read_document
from ytterby.chain.event import Event
from ytterby.chain.posting_record import DERIVATION
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.derived.collector import without_collector
from ytterby.shell.store.derived.deriving import Progress, derive_to, nothing_to_tell
from ytterby.shell.store.derived.from_nothing import derive_from_nothing
from ytterby.shell.store.derived.packing import unpacked
from ytterby.shell.store.derived.postings import Submitted, post_submissions, ready_postings
from ytterby.shell.store.derived.threads import thread_texts
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import (
    Edition,
    EventCell,
    EventRecord,
    LogHead,
    LotCell,
    PostingRecord,
    Submission,
    Touch,
)
from ytterby.shell.store.submitted_text import text_of
from ytterby.shell.store.writing import write

# Events whose postings one transaction writes: the lock is held for some milliseconds.
EVENTS_A_TRANSACTION = 500
# What is left to catch up when the lock is taken for good.
ENTRIES_UNDER_LOCK = 200
ROWS_A_DELETION = 5_000
# What belongs to an edition.
ROWS: tuple[Any, ...] = (PostingRecord, Touch, LotCell, EventCell)
EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Changes:
    """What an edition holds otherwise than the one before it. `lots` are the first of those that differ, by name.

    `unread` says that the old cells are in a form this version does not read, so that each counts as changed.
    """

    lot_count: int
    event_count: int
    lots: tuple[str, ...]
    unread: bool = False


def begin_edition(*, anew: bool = False) -> Edition:
    """Return the edition that a rebuild writes: the one that was begun and not finished, else a new one."""

    def enter(head: LogHead) -> Edition:
        del head
        begun = Edition.objects.filter(is_live=False, is_retired=False)
        if not anew:
            found = begun.filter(derivation=DERIVATION).order_by("-number").first()
            if found is not None:
                return found
        begun.update(is_retired=True)
        last = Edition.objects.order_by("-number").first()
        return Edition.objects.create(number=last.number + 1 if last else 1, derivation=DERIVATION)

    return write(enter)


def post_events(edition: int, size: int, progress: Progress = nothing_to_tell) -> None:
    """Write the postings of all events up to a log size into an edition that is not live."""
    while True:
        at = Edition.objects.get(number=edition).posted_to
        if at >= size:
            return
        progress(at, size)
        _post_some(edition, at, size)


def _post_some(edition: int, at: int, size: int) -> None:
    """Post some submissions, or pass over entries that are no events."""
    submissions = _some_submissions(at, size)
    # Entries that are no events, registrations and keys, are passed over.
    ends = submissions[-1].size_after if submissions else size
    assert ends is not None, "an accepted submission ends at a log size"
    # What a submission brought stands for what it did then: nothing that is still to come decides it.
    with without_collector():
        ready = [_read(row) for row in submissions]

    def enter(head: LogHead) -> None:
        del head
        edition_row = Edition.objects.get(number=edition)
        if edition_row.posted_to != at:
            return
        for one in ready:
            _post(edition, one)
        edition_row.posted_to = ends
        edition_row.save(update_fields=["posted_to"])

    write(enter)


def _submissions(at: int, size: int) -> QuerySet[Submission]:
    """Return the submissions with events of a range of the log, in its order."""
    return Submission.objects.filter(first_index__gte=at, size_after__lte=size).order_by("first_index")


def _some_submissions(at: int, size: int) -> list[Submission]:
    """Return the next of them, as many as one transaction takes."""
    found, events = [], 0
    for row in _submissions(at, size)[:EVENTS_A_TRANSACTION]:
        found.append(row)
        events += row.count
        if events >= EVENTS_A_TRANSACTION:
            break
    return found


def _read(row: Submission) -> Submitted:
    """Return what a submission brought, from its bytes."""
    assert row.first_index is not None, "only submissions with events are posted"
    assert row.size_after is not None, "and they end at a log size"
    world = world_at(row.first_index)
    ready = [(index, ready_postings(event, row.submitter, world)) for index, event in _accepted(row)]
    return Submitted(row.submitter, row.size_after, ready)


def _accepted(row: Submission) -> Iterator[tuple[int, Event]]:
    """Yield number in the log and event of each event that a submission brought, from its bytes."""
    numbers = dict(row.eventrecord_set.values_list("number", "log_index"))
    for one in read_document(text_of(row), door_tables(), level=row.level).events:
        if one.number in numbers and one.event is not None:
            yield numbers[one.number], one.event


def _post(edition: int, submitted: Submitted) -> None:
    """Post the events of one submission as they were posted when it came; the caller holds the lock."""
    post_submissions(edition, [submitted])
    for index, event in submitted.declarations:
        # Registers of before did not note what a declaration ends.
        EventRecord.objects.filter(log_index=index, original__isnull=True).update(original=event.original)


def catch_up(edition: int, progress: Progress = nothing_to_tell) -> int:
    """Bring an edition that is not live up to the head of the log, as near as goes without the lock."""
    while True:
        size = LogHead.objects.get(id=1).size
        post_events(edition, size, progress)
        derive_edition(edition, size, progress)
        if LogHead.objects.get(id=1).size - size <= ENTRIES_UNDER_LOCK:
            return size


def derive_edition(edition: int, size: int, progress: Progress = nothing_to_tell) -> None:
    """Derive an edition that is not live up to a log size: the first time in one pass, then by differences."""
    if Edition.objects.get(number=edition).derived_to == 0:
        derive_from_nothing(edition, size, lambda entered: progress(entered, size))
    derive_to(size, edition, progress=progress)


def swap(edition: int) -> None:
    """Let an edition that has caught up become the live one, and retire the one that it replaces.

    Raises:
        ValueError: the edition is retired, or live already.
    """

    def enter(head: LogHead) -> None:
        row = Edition.objects.get(number=edition)
        if row.is_live or row.is_retired:
            raise ValueError(f"edition {edition} is not one that waits to become live")
        at = row.posted_to
        for submission in _submissions(at, head.size).iterator(chunk_size=100):
            _post(edition, _read(submission))
        Edition.objects.filter(is_live=True).update(is_live=False, is_retired=True)
        Edition.objects.filter(number=edition).update(is_live=True, posted_to=head.size)

    write(enter)


def compare_editions(new: int, old: int, size: int) -> Changes | None:
    """Return what an edition's cells say otherwise than another's; None where they are not of one log size.

    Each count is one statement, so that a derivation that goes on meanwhile cannot mix two states.
    """
    lots = _differing("store_lotcell", "lot_id", new, old, size)
    events = _differing("store_eventcell", "digest", new, old, size)
    if lots is None or events is None:
        return None
    named = sorted(thread_texts(lots[:ROWS_A_DELETION]).values())
    return Changes(len(lots), len(events), tuple(named[:EXAMPLES]), not _is_readable(old))


def _differing(table: str, key: str, new: int, old: int, size: int) -> list[int] | None:
    """Return the keys whose cells differ or stand in one edition only; None where a watermark is not at the size."""
    # Names of tables and columns are ours; the values are parameters.
    statement = f"""
        SELECT a.{key} FROM {table} a LEFT JOIN {table} b ON b.edition = %s AND b.{key} = a.{key}
        WHERE a.edition = %s AND (b.{key} IS NULL OR b.body <> a.body)
        UNION ALL
        SELECT b.{key} FROM {table} b LEFT JOIN {table} a ON a.edition = %s AND a.{key} = b.{key}
        WHERE b.edition = %s AND a.{key} IS NULL
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [old, new, new, old])
        found = [row[0] for row in cursor.fetchall()]
    at = dict(Edition.objects.filter(number__in=(new, old)).values_list("number", "derived_to"))
    return found if at.get(new) == at.get(old) == size else None


def _is_readable(edition: int) -> bool:
    body = LotCell.objects.filter(edition=edition).values_list("body", flat=True).first()
    if body is None:
        return True
    try:
        read_cell(unpacked(body))
    except (ValueError, zlib.error):
        return False
    return True


def drop_retired(progress: Progress = nothing_to_tell) -> None:
    """Drop the rows of editions that are retired, and of those that somebody took away, a part at a time."""
    gone = 0
    for number in _retired():
        for model in ROWS:
            while True:
                dropped = write(lambda head, m=model, n=number: _drop_some(head, m, n))  # type: ignore[misc]
                gone += dropped
                progress(gone, gone)
                if not dropped:
                    break
        write(lambda head, n=number: _drop_edition(head, n))  # type: ignore[misc]


def _retired() -> Iterator[int]:
    """Yield the editions whose rows nobody needs."""
    yield from list(Edition.objects.filter(is_retired=True).values_list("number", flat=True))
    kept = set(Edition.objects.values_list("number", flat=True))
    for model in ROWS:
        while (
            stranger := model.objects.exclude(edition__in=kept).values_list("edition", flat=True).first()
        ) is not None:
            yield stranger


def _drop_some(head: LogHead, model: type, number: int) -> int:
    del head
    table = connection.ops.quote_name(model._meta.db_table)  # type: ignore[attr-defined]
    row = "ctid" if connection.vendor == "postgresql" else "rowid"
    statement = f"DELETE FROM {table} WHERE {row} IN (SELECT {row} FROM {table} WHERE edition = %s LIMIT %s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [number, ROWS_A_DELETION])
        return int(cursor.rowcount)


def _drop_edition(head: LogHead, number: int) -> None:
    """Drop an edition whose rows are gone; the caller holds the lock."""
    del head
    Edition.objects.filter(number=number, is_retired=True).delete()
