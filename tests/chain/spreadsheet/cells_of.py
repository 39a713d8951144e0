"""Sheets for tests, in a few words each, and what becomes of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from ytterby.chain.door import ReadDocument, read_document
from ytterby.chain.event import Entry
from ytterby.chain.spreadsheet import Cell, Conversion, Grid, Settings, convert
from ytterby.shell.site.packs import door_tables, sheet_tables

NORRVIK = "9520000010027"
KESTREL = "9520000010010"
TAMARACK = "9520000010034"
PARTY = "https://id.gs1.org/417/9520000010027"
CONCENTRATE = "09520000000028"
OXIDE = "09520000000134"


def cell(value: object) -> Cell:
    """Return a text, a number or a date as a cell."""
    if isinstance(value, Cell):
        return value
    if isinstance(value, datetime):
        return Cell("instant", value.isoformat(" "), instant=value)
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        return Cell("number", format(number, "f"), number)
    return Cell("text", str(value))


def grid(*rows: Sequence[object], name: str = "events") -> Grid:
    """Return a sheet of these rows; an empty text is no cell."""
    cells = {i: {j: cell(x) for j, x in enumerate(row, 1) if x != ""} for i, row in enumerate(rows, 1)}
    return Grid(name, cells)


def read(
    *grids: Grid, zone: str = "+08:00", own: Mapping[str, Mapping[str, str]] | None = None, decimal: str = ""
) -> Conversion:
    """Convert sheets for a party."""
    tables = door_tables()
    settings = Settings(PARTY, "https://log.example.org", own or {}, zone, decimal)
    return convert(grids, sheet_tables(), tables.units, tables.matter, settings)


def codes(made: Conversion) -> list[tuple[str, str]]:
    """Return code and place of each problem, as `sheet!C4`."""
    return [(p.code, f"{p.where.sheet}!{p.where.column}{p.where.row or ''}") for p in made.problems]


def events_of(made: Conversion) -> ReadDocument:
    """Return what the door makes of a derived document; it has no problem."""
    document = read_document(made.document, door_tables())
    assert document.all_problems == (), made.places.all_placed(document.all_problems)
    return document


def entries_of(*made: Conversion, submitter: str = PARTY) -> list[Entry]:
    """Return the events of conversions as accepted entries."""
    said = [event for one in made for event in events_of(one).said]
    return [Entry(event, submitter, index) for index, event in enumerate(said)]
