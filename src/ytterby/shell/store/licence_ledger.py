"""The ledger of lines of licences in the store: what a declaration has on a line, and entries added to it.

Read and written under the lock of the log's head, in the transaction of the record that an entry stands for. Sums are
whole millionths of the line's unit. The database's triggers add an entry to its line (`store.ledger_triggers`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from ytterby.licence.draw_down import CONFLICT, OK, Change, Entry, Kind, Share
from ytterby.licence.exit import DRAWN, DRAWN_IN_PART, NOT_DRAWN, OVER_DRAW, Exit, Outcome
from ytterby.licence.licence import scaled, unscaled
from ytterby.shell.store.asking import rows_where
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import LicenceEntryRow, LicenceLineRow

if TYPE_CHECKING:
    from ytterby.shell.store.licence_replay import EntryOnLine

COLUMNS = (
    *("line_id", "place", "log_index", "kind", "declaration", "declaration_line", "seq", "day"),
    *("asked", "unit", "code", "reason", "quantity", "tolerance", "drawn", "reserved", "unlicensed", "back"),
    *("drawn_after", "reserved_after", "is_exhausted_after"),
)
_SHARE = ("declaration", "reserved", "drawn", "unlicensed", "back")


class NewEntry(NamedTuple):
    """An entry that is about to be added, in millionths."""

    log_index: int
    kind: str
    declaration: str
    declaration_line: int
    seq: int
    day: str
    asked: int
    unit: str
    code: str
    reason: str = ""
    quantity: int = 0
    tolerance: int = 0
    drawn: int = 0
    reserved: int = 0
    unlicensed: int = 0
    back: int = 0
    is_exhausted: bool = False


def known_entry(line: LicenceLineRow, entry: Entry) -> LicenceEntryRow | None:
    """Return what was entered under the key of an entry."""
    columns = [field.column for field in LicenceEntryRow._meta.concrete_fields]
    where = "line_id = %s AND declaration = %s AND declaration_line = %s AND seq = %s"
    for row in rows_where(LicenceEntryRow, columns, where, [line.pk, *entry.key]):
        return LicenceEntryRow.from_db(connection.alias, columns, row)
    return None


def answer_of(row: LicenceEntryRow, entry: Entry) -> str:
    """Return how an entry under a key that is taken is answered: as the first time, or that it says something else."""
    return row.code if said_by(row) == entry else CONFLICT


def said_by(row: LicenceEntryRow) -> Entry:
    """Return the entry that a row stands for."""
    return Entry(
        kind=Kind(row.kind),
        declaration=row.declaration,
        seq=row.seq,
        on=row.day,
        quantity=unscaled(row.asked),
        unit=row.unit,
        line=row.declaration_line,
    )


def exit_of(row: "LicenceEntryRow | EntryOnLine") -> Exit | None:
    """Return what came of an exit, as it was judged when it was entered; None for another entry, or one refused."""
    if row.kind != Kind.EXIT.value or row.code != OK:
        return None
    verdict = DRAWN if not row.unlicensed else DRAWN_IN_PART if row.drawn else NOT_DRAWN
    reason = row.reason if row.unlicensed else ""
    flag = row.reason if row.drawn and row.reason != OVER_DRAW else ""
    return Exit(verdict, reason, unscaled(row.drawn), unscaled(row.unlicensed), flag)


def share_on(line: LicenceLineRow, declaration: str) -> Share:
    """Return what a declaration has on a line."""
    rows = rows_where(LicenceEntryRow, _SHARE, "line_id = %s AND declaration = %s", [line.pk, declaration])
    return _shares(rows).get(declaration, Share())


def shares_on(lines: Sequence[LicenceLineRow]) -> dict[str, Share]:
    """Return what each declaration has on the lines of a licence together, in the order of their first entries."""
    rows: list[tuple[int, tuple[object, ...]]] = []
    for line in lines:
        found = rows_where(LicenceEntryRow, ("log_index", *_SHARE), "line_id = %s AND declaration <> ''", [line.pk])
        rows += [(row[0], row[1:]) for row in found]
    return _shares([row for _, row in sorted(rows, key=lambda one: one[0])])


def _shares(rows: Sequence[tuple[object, ...]]) -> dict[str, Share]:
    sums: dict[str, list[int]] = {}
    for declaration, *amounts in rows:
        held = sums.setdefault(str(declaration), [0] * len(amounts))
        for n, amount in enumerate(amounts):
            assert isinstance(amount, int), "the columns are whole numbers"
            held[n] += amount
    return {name: Share(*map(unscaled, amounts)) for name, amounts in sums.items()}


def enter_outcome(line: LicenceLineRow, entry: Entry, outcome: Outcome, index: int) -> LicenceEntryRow:
    """Add what came of an entry to its line; return the row."""
    change = outcome.posted.change
    asked = scaled(entry.quantity)
    assert asked is not None, "a quantity is checked before it is entered"
    return add_entry(
        line,
        NewEntry(
            log_index=index,
            kind=entry.kind.value,
            declaration=entry.declaration,
            declaration_line=entry.line,
            seq=entry.seq,
            day=entry.on,
            asked=asked,
            unit=entry.unit,
            code=outcome.code,
            reason=outcome.reason,
            is_exhausted=outcome.posted.is_exhausted,
            **_millionths(change),
        ),
    )


def _millionths(change: Change) -> dict[str, int]:
    found = {}
    for name in ("drawn", "reserved", "unlicensed", "back"):
        amount = scaled(getattr(change, name))
        assert amount is not None, "sums of what fits, within what fits"
        found[name] = amount
    return found


def add_entry(line: LicenceLineRow, new: NewEntry) -> LicenceEntryRow:
    """Add an entry to a line that was read under the lock; return the row, and bring the line up to it.

    Raises:
        IntegrityError: the balance would not hold, or the key is taken.
    """
    (row,) = add_entries([(line, new)])
    return row


def add_entries(entries: Sequence[tuple[LicenceLineRow, NewEntry]]) -> list[LicenceEntryRow]:
    """Add entries to lines that were read under the lock, one to each; return the rows, and bring the lines up to them.

    The caller holds the lock.

    Raises:
        IntegrityError: a balance would not hold, or a key is taken.
    """
    rows = [
        LicenceEntryRow(
            line=line,
            place=line.entries + 1,
            drawn_after=line.drawn + new.drawn,
            reserved_after=line.reserved + new.reserved,
            is_exhausted_after=new.is_exhausted,
            **{name: value for name, value in new._asdict().items() if name != "is_exhausted"},
        )
        for line, new in entries
    ]
    insert_rows(LicenceEntryRow, COLUMNS, [tuple(getattr(row, column) for column in COLUMNS) for row in rows])
    for row, (line, new) in zip(rows, entries, strict=True):
        # As the trigger has done it.
        line.quantity += new.quantity
        line.tolerance += new.tolerance
        line.drawn, line.reserved = row.drawn_after, row.reserved_after
        line.unlicensed += new.unlicensed
        line.free += new.quantity + new.tolerance - new.drawn - new.reserved
        line.entries, line.is_exhausted = row.place, new.is_exhausted
    return rows
