"""The log size that the book hangs on: what cases say grows the log and changes no book, balance or flag.

So what was worked out for a case is at hand for the next one, though records of cases came in between. Who may ask:
everybody; the size of the log is public.
"""

from ytterby.shell.store.asking import rows_where
from ytterby.shell.store.log_marks import NONE, marks_at
from ytterby.shell.store.models import LogEntry
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.viewer import Viewer

# Kinds of record that say something of cases and licences, and nothing of goods, parties or lists.
OF_CASES = (
    *("case_event", "licence", "licence_status", "draw_down", "customs_message", "customs_answer"),
    *("invitation", "use_profile", "end_use_statement", "trade_order", "delivery_report", "repudiation"),
    *("not_controlled", "not_controlled_challenge", "not_controlled_exit"),
    *("end_user_validation", "validation_confirmation", "validation_withdrawal", "audit_sample", "audit_result"),
)
_KEPT_MAX = 64
_ends = Kept[int](_KEPT_MAX)


def book_known(viewer: Viewer, known: Known) -> Known:
    """Return the log size after the last submission that any book could hang on, no later than the one asked for."""
    last = max((number for kind, number in marks_at(known.size).items() if kind not in OF_CASES), default=NONE)
    size = 0 if last == NONE else _ends.get((register_id(viewer), last), lambda: _end_of(last))
    return Known(size, known.asked, known.day)


def _end_of(number: int) -> int:
    """Return the log size at the end of the submission that an entry is of."""
    ((ended,),) = rows_where(LogEntry, ("batch_end",), '"index" = %s', [number])
    return int(ended)
