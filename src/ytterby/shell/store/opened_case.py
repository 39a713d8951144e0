"""What a step of a case begins with, asked in one statement: the head of the log, the case, what else came in.

A case that was folded is kept with the log size up to which it was; only its records since then are read and folded.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from ytterby.licence.case import Case
from ytterby.shell.store.asking import rows_where
from ytterby.shell.store.cases import CASE_EVENT, CaseRecord, read_record
from ytterby.shell.store.log_marks import (
    EVENTS,
    NEVER,
    looked_from,
    newest_since,
    note_accepted,
    note_marks,
    place_of_register,
)
from ytterby.shell.store.models import Account, EventRecord, LogHead, Registration
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.writing import is_settled

CASES_KEPT = 512
_kept = Kept[tuple[int, Case]](CASES_KEPT)
_RECORD, _HEAD, _DISABLED, _NEWEST, _EVENT = range(5)


class OpenedCase(NamedTuple):
    """The size of the log, the case as its records tell it then (None: there is none), and whether the account that
    speaks was disabled.
    """

    size: int
    case: Case | None
    is_disabled: bool


def open_case(number: str, account: str) -> OpenedCase:
    """Return a case as the log has it now, for an account that is about to take a step in it."""
    start, (folded_to, case) = looked_from() or NEVER, _folded(number, None)
    found: dict[int, list[Any]] = {which: [] for which in range(5)}
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [CASE_EVENT, number, folded_to, account, start, start])
        for which, index, kind, text, digest in cursor.fetchall():
            found[which].append((index, kind, text, digest))
    ((size, _, accepted, _),) = found[_HEAD]
    newest = {kind: index for index, kind, _, _ in (*found[_NEWEST], *found[_EVENT]) if index is not None}
    note_marks(start, size, newest)
    note_accepted(size, accepted)
    records = sorted(found[_RECORD])
    case = _after(number, case, [read_record(index, digest, text) for index, _, text, digest in records])
    _keep(number, size, case)
    return OpenedCase(size, case, bool(found[_DISABLED][0][0]))


def kept_case(number: str, size: int) -> Case | None:
    """Return a case as its records up to a log size tell it; None where there is none."""
    folded_to, case = _folded(number, size)
    if folded_to < size:
        where = "kind = %s AND key = %s AND +log_index >= %s AND +log_index < %s"
        columns = ("log_index", "digest", "document")
        rows = rows_where(Registration, columns, where, [CASE_EVENT, number, folded_to, size], "ORDER BY log_index")
        case = _after(number, case, [read_record(*row) for row in rows])
        _keep(number, size, case)
    return case


def _folded(number: str, size: int | None) -> tuple[int, Case | None]:
    """Return what is kept of a case and up to which log size; nothing where that is later than what is asked for."""
    found = _kept.peek((place_of_register(), number))
    return found if found is not None and (size is None or found[0] <= size) else (0, None)


def _after(number: str, case: Case | None, records: Sequence[CaseRecord]) -> Case | None:
    for record in records:
        case = (case or Case(number)).after(record.event, record.state)
    return case


def _keep(number: str, size: int, case: Case | None) -> None:
    before = _kept.peek((place_of_register(), number))
    if case is not None and is_settled(size) and (before is None or before[0] < size):
        _kept.put((place_of_register(), number), (size, case))


def _statement() -> str:
    """Return the statement; with a sign by the number of a record, so that it is looked up by its case."""
    head, account, registration, event = (
        connection.ops.quote_name(one._meta.db_table) for one in (LogHead, Account, Registration, EventRecord)
    )
    return (
        f"SELECT {_RECORD}, log_index, '', document, digest FROM {registration}"  # noqa: S608 -- our own tables
        " WHERE kind = %s AND key = %s AND +log_index >= %s"
        f" UNION ALL SELECT {_HEAD}, size, '', accepted_at, NULL FROM {head} WHERE id = 1"
        f" UNION ALL SELECT {_DISABLED}, COUNT(*), '', '', NULL FROM {account} WHERE id = %s AND is_disabled"
        f" UNION ALL SELECT {_NEWEST}, newest.last, newest.kind, '', NULL"
        f" FROM ({newest_since('log_index >= %s')}) AS newest"
        f" UNION ALL SELECT {_EVENT}, MAX(log_index), '{EVENTS}', '', NULL FROM {event} WHERE log_index >= %s"
    )
