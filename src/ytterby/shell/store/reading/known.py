"""As known when: a log size at the end of a submission, the only sizes at which the register can be asked.

Who may ask: everybody; the size of the log is public.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ytterby.shell.store.log_marks import head_size
from ytterby.shell.store.models import LogEntry
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.instant import write_instant


@dataclass(frozen=True, slots=True)
class Known:
    """A log size at the end of a submission, and what was asked for (None: the head).

    `day` is the day whose end was asked for, whose knowledge of the law is used; None where a size was.
    """

    size: int
    asked: int | None = None
    day: date | None = None

    def law_day(self, on: date) -> date:
        """Return the day whose knowledge of the law judges a day: the one asked for, else the judged day itself."""
        return on if self.day is None else self.day


def known_at(viewer: Viewer, size: int | None) -> Known:
    """Return the log size at or below the one asked for that ends a submission; the head for None."""
    del viewer
    if size is None:
        return Known(head_size())
    found = LogEntry.objects.filter(batch_end__lte=size).order_by("-batch_end").values_list("batch_end", flat=True)
    return Known(found.first() or 0, size)


def known_on(viewer: Viewer, day: date) -> Known:
    """Return the size of the log at the end of a day, UTC."""
    del viewer
    end = datetime.combine(day, time.min, tzinfo=UTC) + timedelta(days=1)
    # Instants are text; up to the second, without what follows it, the order of texts is the order of time.
    before = write_instant(end)[:19]
    found = LogEntry.objects.filter(accepted_at__lt=before).order_by("-index").values_list("batch_end", flat=True)
    return Known(found.first() or 0, day=day)
