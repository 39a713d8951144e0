"""Events as sheets: which of them can be written as rows, judged by reading the rows back."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ytterby.chain.door import DoorTables, read_document
from ytterby.chain.spreadsheet.column import EVENTS, RETURN, SheetTables
from ytterby.chain.spreadsheet.conversion import convert
from ytterby.chain.spreadsheet.event_rows import Row, event_rows
from ytterby.chain.spreadsheet.out_table import OutTable, Value, grid_of, make_out_table
from ytterby.chain.spreadsheet.return_rows import is_of_return, return_rows
from ytterby.chain.spreadsheet.settings import Settings
from ytterby.terms.jsontext import decode

_EVENTS_MAX = 10**9
# A longer text is refused on the way in.
CHARACTERS_MAX = 2000
# Characters that a workbook's XML cannot hold or does not keep, and an escape that its readers undo.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")


class StoredEvent(NamedTuple):
    """One event: its bytes, the prefixes of its document, its digest."""

    raw: bytes
    prefixes: Mapping[str, str]
    digest: bytes
    name: str = ""


class Written(NamedTuple):
    """A sheet, and the events that no row of it can say."""

    table: OutTable
    left_out: tuple[StoredEvent, ...]
    event_count: int = 0  # of the events that its rows say


def events_as_rows(events: Sequence[StoredEvent], tables: SheetTables, door: DoorTables) -> Written:
    """Return events as rows of lot events, each event with a number of its own.

    An event whose rows do not read back as the same event, by its digest, is left out.
    """
    found: list[tuple[StoredEvent, list[Row]]] = []
    left_out: list[StoredEvent] = []
    for event in events:
        tree, _ = decode(event.raw)
        rows = event_rows(tree, event.prefixes) if isinstance(tree, dict) and "eventID" in tree else None
        if rows and all(_is_writable(value) for row in rows for value in row.values()):
            found.append((event, rows))
        else:
            left_out.append(event)
    good = [
        (event, rows)
        for (event, rows), digest in zip(found, _digests([rows for _, rows in found], tables, door), strict=True)
        if digest == event.digest
    ]
    kept = {event.digest for event, _ in good}
    left_out += [event for event, _ in found if event.digest not in kept]
    return Written(make_out_table(EVENTS, _numbered([rows for _, rows in good]), tables), tuple(left_out), len(good))


def _is_writable(value: Value) -> bool:
    """Tell whether a sheet keeps a value as it is."""
    return not isinstance(value, str) or (len(value) <= CHARACTERS_MAX and not _UNWRITABLE.search(value))


def _numbered(rows: Sequence[list[Row]]) -> list[Row]:
    return [{"event": str(number), **row} for number, lines in enumerate(rows, 1) for row in lines]


def _digests(rows: Sequence[list[Row]], tables: SheetTables, door: DoorTables) -> list[bytes | None]:
    """Return the digest of the event that each list of rows reads back as; None where it is refused.

    All are read at once; where one is refused, which nobody else shall suffer, each alone.
    """
    together = _read_back(_numbered(rows), EVENTS, tables, door, Settings())
    if len(together) == len(rows):
        return list(together)
    if len(rows) <= 1:
        return [None] * len(rows)
    middle = len(rows) // 2
    return [*_digests(rows[:middle], tables, door), *_digests(rows[middle:], tables, door)]


def _read_back(
    rows: Sequence[Row], kind: str, tables: SheetTables, door: DoorTables, settings: Settings
) -> list[bytes]:
    """Return the digests of the events that rows read back as; none where they are refused."""
    if not rows:
        return []
    grid = grid_of(make_out_table(kind, rows, tables), tables)
    made = convert([grid], tables, door.units, door.matter, settings)
    if not made.document:
        return []
    read = read_document(made.document, door, level="gs1", bytes_max=_EVENTS_MAX, events_max=_EVENTS_MAX)
    return [event.digest for event in read.events if event.digest is not None]


def return_as_rows(events: Sequence[StoredEvent], tables: SheetTables, door: DoorTables, settings: Settings) -> Written:
    """Return the rows of the monthly returns that events were made from; other events are left out.

    `settings` name the party whose returns they are.
    """
    trees = []
    mine = []
    left_out = []
    for event in events:
        tree, _ = decode(event.raw)
        if isinstance(tree, dict) and is_of_return(tree):
            trees.append((tree, event.prefixes))
            mine.append(event)
        else:
            left_out.append(event)
    rows = return_rows(trees)
    if not all(_is_writable(value) for row in rows for value in row.values()):
        rows = []
    kept = set(_read_back(rows, RETURN, tables, door, settings))
    left_out += [event for event in mine if event.digest not in kept]
    return Written(make_out_table(RETURN, rows, tables), tuple(left_out), len(events) - len(left_out))
