"""Accepted events read again from the submitted bytes, in order of the log, whatever was done to the rows."""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from ytterby.chain.door import LEVELS, read_document
from ytterby.chain.event import Event
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.models import EventRecord, Submission
from ytterby.shell.store.submitted_text import text_of

DOCUMENTS = 20  # held at a time


class Submitted(NamedTuple):
    """The events that a submission brought, by their numbers in the log, and the log sizes before and after it."""

    submitter: str
    first: int
    size_after: int
    events: tuple[tuple[int, Event], ...]


def submitted_events(size: int) -> Iterator[Submitted]:
    """Yield what was accepted up to a log size. What cannot be read is left out: it is named with the log."""
    rows = Submission.objects.filter(first_index__gte=0, first_index__lt=size, size_after__lte=size)
    # Sorted by numbers alone; the documents follow some at a time.
    ids = list(rows.order_by("first_index").values_list("id", flat=True))
    for start in range(0, len(ids), DOCUMENTS):
        some = ids[start : start + DOCUMENTS]
        found = Submission.objects.in_bulk(some)
        yield from (read for number in some if (read := _read(found[number])) is not None)


def _read(row: Submission) -> Submitted | None:
    try:
        text = text_of(row)
    except (zlib.error, OSError, EOFError):
        return None
    level = row.level if row.level in LEVELS else LEVELS[-1]
    events = {one.number: one.event for one in read_document(text, door_tables(), level=level).events}
    records = EventRecord.objects.filter(submission=row).order_by("log_index").values_list("log_index", "number")
    pairs = [(index, event) for index, number in records if (event := events.get(number)) is not None]
    return Submitted(row.submitter, row.first_index or 0, row.size_after or 0, tuple(pairs))
