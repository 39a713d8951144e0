"""Events as they were submitted, with the prefixes of their documents, to be written out again.

Who may read: an event as submitted its party, auditors, tracing bodies and the register's operator.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ytterby.chain.door import ReadEvent, read_document
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.reading.entries import readable_events
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.submitted_text import submitted_text


class SubmittedEvent(NamedTuple):
    """An event as read from the document in which it came, who submitted it, and its number in the log."""

    read: ReadEvent
    submitter: str
    log_index: int


def submitted_events(
    viewer: Viewer,
    known: Known,
    *,
    view_of: Viewer | None = None,
    submitter: str | None = None,
    month: str | None = None,
) -> Iterator[SubmittedEvent]:
    """Yield the events that the viewer may read whole, in log order.

    Of those only what somebody else may read too, of one submitter, of one month in UTC (`2026-03`).
    """
    rows = readable_events(viewer).filter(log_index__lt=known.size)
    if view_of is not None:
        rows = rows.filter(log_index__in=readable_events(view_of).values("log_index"))
    if submitter is not None:
        rows = rows.filter(submitter=submitter)
    current, reads = -1, {}
    for index, submission, number, who in rows.order_by("log_index").values_list(
        "log_index", "submission_id", "number", "submitter"
    ):
        if submission != current:
            text, level = submitted_text(submission)
            current = submission
            reads = {one.number: one for one in read_document(text, door_tables(), level=level).events}
        read = reads[number]
        if read.event is not None and (month is None or read.event.at.isoformat().startswith(month)):
            yield SubmittedEvent(read, who, index)
