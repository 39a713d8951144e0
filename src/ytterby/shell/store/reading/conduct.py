"""Conduct along the chain at a log size, judged by the law that the register went by then.

Who may read: auditors, tracing bodies and the register's operator, with the watch (`watching`), which keeps it. A party
reads none of it: it shows what others said.
"""

from datetime import date

from ytterby.balance.conduct import Ground, conduct_findings
from ytterby.balance.finding import Finding
from ytterby.chain.posting import Step
from ytterby.shell.store.models import LogEntry
from ytterby.shell.store.reading.book import book_of, bundles_of
from ytterby.shell.store.reading.flow_returns import entered_events, returns_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.quotas import positions_of, productions_of, registered_quotas
from ytterby.shell.store.reading.viewer import Viewer


def conduct_at(viewer: Viewer, known: Known) -> tuple[Finding, ...]:
    """Return the findings of conduct; nothing to parties. Indices, returns and law are those of the day on which the
    last entry of this log size was accepted, so that the same log gives the same findings whenever it is asked.
    """
    law, day = law_at(viewer, known), last_day(viewer, known)
    if not viewer.reads_all or not law.conduct or day is None:
        return ()
    return conduct_findings(law, ground_of(viewer, known, day), known=day)


def ground_of(viewer: Viewer, known: Known, day: date) -> Ground:
    """Return what conduct is judged by at a log size, beside the law: indices and returns as they stand on a day."""
    processes = {
        posting.digest: posting.process
        for bundle in bundles_of(viewer, known)
        for posting in bundle.postings
        if isinstance(posting, Step) and posting.process
    }
    # What draws on an index is not worked out where none is allotted.
    has_index = bool(registered_quotas(viewer, known))
    return Ground(
        movements=entered_events(viewer, known).reported.movements,
        directory=book_of(viewer, known).world.directory,
        processes=processes,
        positions=positions_of(viewer, known, day) if has_index else (),
        made=productions_of(viewer, known, day) if has_index else (),
        returns=returns_of(viewer, known, day),
    )


def last_day(viewer: Viewer, known: Known) -> date | None:
    """Return the day, UTC, on which the last entry of a log size was accepted; None for an empty log."""
    del viewer  # the size of the log, and when it grew, is public
    found = LogEntry.objects.filter(index__lt=known.size).order_by("-index").values_list("accepted_at", flat=True)
    text = found.first()
    return None if text is None else date.fromisoformat(text[:10])
