"""The newest record of each kind before a log size, and what is kept by it: worked out anew only where one came in.

Accounts, packs, lists, screenings and parties change rarely, and cases ask for all of them at each step. What a log
holds before a size never changes, so that whoever knows the newest record of a kind knows whether an answer that was
kept still stands. Nothing is kept of what a transaction has entered and not yet committed: it may be taken back.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import TypeVar

from django.db import connection

from ytterby.shell.site.register import current_register
from ytterby.shell.store.asking import rows_where
from ytterby.shell.store.log_tail import place_of
from ytterby.shell.store.models import EventRecord, LogEntry, LogHead, Registration
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.writing import is_settled

# Accepted events, beside the kinds of registrations.
EVENTS = ""
NONE = -1
# Where nothing is known of the newest records yet, they are not asked for beside: there may be very many.
NEVER = 2**62

Marks = Mapping[str, int]
T = TypeVar("T")

_KEPT_MAX, _REGISTERS_MAX = 64, 4
_kept = Kept[Marks](_KEPT_MAX)
# Of each register the log size asked for last: only what came since is looked at.
_newest = Kept[tuple[int, Marks]](_REGISTERS_MAX)
_accepted = Kept[str](_KEPT_MAX)


def place_of_register() -> Hashable:
    """Return what tells the open register from any other."""
    return place_of(current_register().id)


def last_of(kinds: Collection[str], size: int) -> int:
    """Return the number of the newest record of some kinds before a log size; -1 where there is none."""
    marks = marks_at(size)
    return max((marks.get(kind, NONE) for kind in kinds), default=NONE)


def kept_by(kept: Kept[T], kinds: Collection[str], size: int, make: Callable[[], T], *more: Hashable) -> T:
    """Return what is kept for the newest record of some kinds before a log size, made where there is nothing.

    `more` is what else the answer hangs on; nobody changes what is kept.
    """
    last = last_of(kinds, size)
    return kept.get((place_of_register(), last, *more), make) if is_settled(last + 1) else make()


def marks_at(size: int) -> Marks:
    """Return the numbers of the newest records before a log size by their kind, and of events by EVENTS."""
    register = place_of_register()

    def find() -> Marks:
        before = _newest.peek(register)
        if before is None or before[0] > size:
            return _all(size)
        return {**before[1], **_since(before[0], size)} if before[0] < size else before[1]

    if not is_settled(size):
        return find()
    found = _kept.get((register, size), find)
    _note(register, size, found)
    return found


def head_size() -> int:
    """Return the size of the log now, with the newest records since anybody asked, in one statement."""
    start = looked_from() or NEVER
    head = connection.ops.quote_name(LogHead._meta.db_table)
    newest = _asked("log_index >= %s")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 0, one.* FROM ({newest}) AS one UNION ALL"  # noqa: S608 -- our own tables
            f" SELECT 1, accepted_at, size FROM {head} WHERE id = 1",
            [start, start],
        )
        rows = cursor.fetchall()
    ((_, accepted, size),) = [row for row in rows if row[0]]
    note_marks(start, size, {kind: last for is_head, kind, last in rows if not is_head and last is not None})
    note_accepted(size, accepted)
    return int(size)


def looked_from() -> int:
    """Return the log size from which on `note_marks` wants to be told the newest records; 0 where none is known."""
    before = _newest.peek(place_of_register())
    return 0 if before is None else before[0]


def note_marks(start: int, size: int, since: Marks) -> None:
    """Keep what a statement that asked for more told too: the newest records from `start` (`looked_from`) to a size."""
    register = place_of_register()
    before = _newest.peek(register)
    if before is None or before[0] != start or size < start or not is_settled(size):
        return
    found = {**before[1], **since}
    _kept.put((register, size), found)
    _note(register, size, found)


def _note(register: Hashable, size: int, found: Marks) -> None:
    before = _newest.peek(register)
    if before is None or before[0] < size:
        _newest.put(register, (size, found))


def accepted_before(size: int) -> str:
    """Return when the last entry before a log size was accepted; empty for an empty log."""

    def find() -> str:
        rows = rows_where(LogEntry, ("accepted_at",), '"index" < %s', [size], 'ORDER BY "index" DESC LIMIT 1')
        return str(rows[0][0]) if rows else ""

    return _accepted.get((place_of_register(), size), find) if is_settled(size) else find()


def note_accepted(size: int, at: str) -> None:
    """Keep when the last entry before a log size was accepted, where whoever read the head knows it."""
    if is_settled(size):
        _accepted.put((place_of_register(), size), at)


def _since(start: int, end: int) -> dict[str, int]:
    """Return the newest records among some entries of the log."""
    return _newest_of(_asked("log_index >= %s AND log_index < %s"), [start, end] * 2)


def newest_since(where: str) -> str:
    """Return the statement of the newest registrations, by kind, among those of which a condition on `log_index` holds.

    The bound that bounds nothing keeps these few rows apart: else all kinds would be gone through by their index.
    """
    registrations = connection.ops.quote_name(Registration._meta.db_table)
    among = f"SELECT kind, log_index FROM {registrations} WHERE {where} LIMIT {NEVER}"  # noqa: S608 -- our own table
    return f"SELECT kind, MAX(log_index) AS last FROM ({among}) AS few GROUP BY kind"  # noqa: S608 -- the same


def _asked(where: str) -> str:
    events = connection.ops.quote_name(EventRecord._meta.db_table)
    return f"{newest_since(where)} UNION ALL SELECT '', MAX(log_index) FROM {events} WHERE {where}"  # noqa: S608


def _all(size: int) -> dict[str, int]:
    """Return the newest records of all kinds: from one kind to the next by the index, however many there are."""
    registrations, events = (connection.ops.quote_name(one._meta.db_table) for one in (Registration, EventRecord))
    statement = (
        f"WITH RECURSIVE kinds(kind) AS (SELECT MIN(kind) FROM {registrations} UNION ALL"  # noqa: S608 -- the same
        f" SELECT (SELECT MIN(kind) FROM {registrations} WHERE kind > kinds.kind) FROM kinds"
        " WHERE kinds.kind IS NOT NULL)"
        f" SELECT kind, (SELECT MAX(log_index) FROM {registrations} AS one"
        " WHERE one.kind = kinds.kind AND log_index < %s) FROM kinds WHERE kind IS NOT NULL"
        f" UNION ALL SELECT '', MAX(log_index) FROM {events} WHERE log_index < %s"
    )
    return _newest_of(statement, [size, size])


def _newest_of(statement: str, parameters: list[int]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {kind: last for kind, last in cursor.fetchall() if last is not None}
