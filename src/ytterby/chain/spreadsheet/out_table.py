"""Rows on their way out: values by column, and the cells that read back as the same values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ytterby.chain.spreadsheet.cell import NUMBER, TEXT, Cell, Grid
from ytterby.chain.spreadsheet.column import SheetTables
from ytterby.chain.spreadsheet.number import is_open

Value = str | Decimal
OutRow = Mapping[str, Value]
# A key of an assay's column is one of these and the element's symbol.
CONTENT, ERROR, SHARED = "assay:", "assay_u:", "assay_us:"


@dataclass(frozen=True, slots=True)
class OutTable:
    """One sheet: its kind, keys of its columns in order, rows by key."""

    kind: str
    keys: tuple[str, ...]
    rows: tuple[OutRow, ...]

    def headers(self, tables: SheetTables, language: str) -> list[str]:
        """Return the header of each column, with its unit; where each row names its unit, the quantity's has none."""
        is_named = bool(self.rows) and all("unit" in row for row in self.rows if "quantity" in row)
        return [
            tables.columns[key].names[language] if key == "quantity" and is_named else header_of(key, tables, language)
            for key in self.keys
        ]


def header_of(key: str, tables: SheetTables, language: str) -> str:
    """Return the header of a column; assays are in mg/kg as element."""
    if key.startswith(CONTENT):
        return f"{key[len(CONTENT) :]} [mg/kg]"
    if key.startswith(ERROR):
        return f"u({key[len(ERROR) :]}) [mg/kg]"
    if key.startswith(SHARED):
        return f"us({key[len(SHARED) :]}) [mg/kg]"
    return tables.columns[key].header(language)


def make_out_table(kind: str, rows: Sequence[OutRow], tables: SheetTables) -> OutTable:
    """Return a table of the columns that any row uses, in the order of the column table, assays last in their own."""
    used = {key for row in rows for key in row}
    keys = [column.key for column in tables.of_sheet(kind) if column.key in used]
    elements = dict.fromkeys(key[len(CONTENT) :] for row in rows for key in row if key.startswith(CONTENT))
    for element in elements:
        keys += [key for key in (CONTENT + element, ERROR + element, SHARED + element) if key in used]
    return OutTable(kind, tuple(keys), tuple(rows))


def value_cell(value: Value) -> Cell:
    """Return the cell of a value: a number where its digits come back, else a text."""
    if not isinstance(value, Decimal):
        return Cell(TEXT, value)
    digits = format(value, "f")
    if plain_digits(value) == digits:
        return Cell(NUMBER, digits, value)
    return Cell(TEXT, open_digits(digits))


def plain_digits(value: Decimal) -> str:
    """Return the digits that a spreadsheet's number keeps of a value."""
    kept = Decimal(repr(float(value)))
    kept = kept.to_integral_value() if kept == kept.to_integral_value() else kept.normalize()
    return format(kept, "f")


def open_digits(digits: str) -> str:
    """Return the text of a number that can be read in one way only: what stays open gets an exponent of 0."""
    return f"{digits}E0" if is_open(digits) else digits


def grid_of(table: OutTable, tables: SheetTables) -> Grid:
    """Return a table as the cells that are read when it comes back."""
    rows: dict[int, dict[int, Cell]] = {
        1: {i: Cell(TEXT, header) for i, header in enumerate(table.headers(tables, "en"), 1)}
    }
    for number, row in enumerate(table.rows, 2):
        rows[number] = {i: value_cell(row[key]) for i, key in enumerate(table.keys, 1) if key in row}
    return Grid(table.kind, rows)
