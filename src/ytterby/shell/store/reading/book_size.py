"""The log size that the book hangs on: what cases say grows the log and changes no book, balance or flag.

So what was worked out for a case is at hand for the next one, though records of cases came in between. Who may ask:
everybody; the size of the log is public.
"""

from ytterby.shell.store.asking import rows_where
from ytterby.shell.store.models import EventRecord, LogEntry, Registration
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
_kept = Kept[int](_KEPT_MAX)
# Of each register the log size asked for last and the size that its book hung on: only what came since is looked at.
_last: dict[str, tuple[int, int]] = {}


def book_known(viewer: Viewer, known: Known) -> Known:
    """Return the log size after the last submission that any book could hang on, no later than the one asked for."""
    register = register_id(viewer)

    def find() -> int:
        size, before = _last.get(register, (0, 0))
        if size > known.size:
            size, before = 0, 0
        found = _last_between(size, known.size) or before
        if known.size >= size:
            _last[register] = (known.size, found)
        return found

    return Known(_kept.get((register, known.size), find), known.asked, known.day)


def _last_between(start: int, end: int) -> int:
    """Return the end of the last such submission among some entries of the log; 0 where there is none."""
    among, parameters = "log_index >= %s AND log_index < %s", [start, end]
    then = "ORDER BY log_index DESC LIMIT 1"
    rest = ", ".join(["%s"] * len(OF_CASES))
    rows = [
        *rows_where(EventRecord, ("log_index",), among, parameters, then),
        *rows_where(Registration, ("log_index",), f"{among} AND kind NOT IN ({rest})", [*parameters, *OF_CASES], then),
    ]
    if not rows:
        return 0
    ((ended,),) = rows_where(LogEntry, ("batch_end",), f'"index" = {max(rows)[0]}')
    return int(ended)
