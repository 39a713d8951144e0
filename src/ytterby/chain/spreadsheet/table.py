"""A sheet as rows under known columns: where its header is, what each column means, and what cannot be read there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ytterby.chain.spreadsheet.cell import BOOLEAN, ERROR, FORMULA, TEXT, Cell, Grid, Place, placed
from ytterby.chain.spreadsheet.column import EVENTS, PASSED_OVER, RETURN, SHEETS, SheetTables
from ytterby.chain.spreadsheet.header import OF_ASSAYS, Heading, nearest, read_heading
from ytterby.chain.spreadsheet.moment import day_order
from ytterby.chain.spreadsheet.number import decimal_sign
from ytterby.chain.spreadsheet.settings import Settings
from ytterby.terms.problem import Problem, refuse, remark
from ytterby.terms.quantity import UnitTable

# A header stands in one of so many first rows; what stands above it is a title.
HEADER_ROWS_MAX = 20
REQUIRED: Mapping[str, tuple[str, ...]] = {EVENTS: ("step", "date"), RETURN: ("month", "return_product")}
_KNOWN_MIN = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by key, and those of its assays with their headings."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]
    assays: tuple[tuple[Heading, Cell], ...]
    table: "Table"

    def place(self, key: str = "") -> Place:
        """Return the place of a cell, of the whole row where the sheet has no such column."""
        heading = self.table.headings.get(key)
        return Place(self.sheet, self.number, heading.column if heading else 0)


@dataclass(slots=True)
class Table:
    """A sheet that was understood: which kind, its columns by key, and how numbers and days of each are written."""

    name: str
    kind: str
    headings: dict[str, Heading]
    assays: list[Heading]
    epoch_1904: bool
    zone: str
    rows: list[Row] = field(default_factory=list)
    signs: dict[int, str] = field(default_factory=dict)
    orders: dict[int, str] = field(default_factory=dict)


def read_table(
    grid: Grid, tables: SheetTables, units: UnitTable, settings: Settings
) -> tuple[Table | None, list[Problem]]:
    """Return the rows of a sheet under its columns; None when it has no header of ours.

    Codes: `sheet.passed_over` (remark), `sheet.column_missing`, `sheet.column_unknown`, `sheet.unit_unknown`,
    `sheet.unit_missing`, `sheet.column_twice`, `sheet.column_without_header`, `sheet.formula`, `sheet.error_value`,
    `sheet.merged`, `sheet.empty` (remark).
    """
    found = _find_header(grid, tables, units, settings)
    if found is None:
        return None, [placed(remark("sheet.passed_over", "", grid.name), Place(grid.name, 0))]
    number, kind, headings = found
    problems = _check_headings(grid, number, kind, headings, tables)
    known: dict[str, Heading] = {}
    assays = []
    for heading in headings.values():
        if heading is None or heading.key == PASSED_OVER:
            continue
        if heading.key in OF_ASSAYS:
            assays.append(heading)
        else:
            known.setdefault(heading.key, heading)
    table = Table(grid.name, kind, known, assays, grid.epoch_1904, settings.zone)
    if not all(key in known for key in REQUIRED[kind]):
        return table, problems
    problems += _read_rows(grid, number, headings, table)
    problems += [
        placed(refuse("sheet.merged", "", name), Place(grid.name, row, column))
        for name, row, column in grid.merged
        if row > number
    ]
    _settle(table, settings.decimal)
    if not table.rows:
        problems.append(placed(remark("sheet.empty", "", grid.name), Place(grid.name, number)))
    return table, problems


Headings = dict[int, Heading | None]


def _find_header(
    grid: Grid, tables: SheetTables, units: UnitTable, settings: Settings
) -> tuple[int, str, Headings] | None:
    """Return the row of the header, which kind of sheet it makes, and its headings."""
    best: tuple[int, int, str, Headings] | None = None
    for number in sorted(grid.rows)[:HEADER_ROWS_MAX]:
        for kind in SHEETS:
            own = settings.own.get(kind, {})
            headings: Headings = {
                column: read_heading(column, cell.text, kind, own, tables, units)
                for column, cell in sorted(grid.rows[number].items())
                if cell.kind == TEXT
            }
            keys = {heading.key for heading in headings.values() if heading is not None}
            if all(key in keys for key in REQUIRED[kind]):
                return number, kind, headings
            score = len(keys & set(tables.columns))
            if score >= _KNOWN_MIN and (best is None or score > best[0]):
                best = (score, number, kind, headings)
    return best[1:] if best else None


def _check_headings(grid: Grid, number: int, kind: str, headings: Headings, tables: SheetTables) -> list[Problem]:
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for column, heading in headings.items():
        place = Place(grid.name, number, column)
        if heading is None:
            text = grid.rows[number][column].text
            problems.append(placed(_unknown(text, kind, tables), place))
            continue
        if heading.key == PASSED_OVER:
            continue
        if heading.key in OF_ASSAYS and not heading.per_milligram:
            problems.append(placed(refuse("sheet.unit_missing", "", heading.header, example="Nd [mg/kg]"), place))
        if seen.setdefault((heading.key, heading.element), column) != column:
            problems.append(placed(refuse("sheet.column_twice", "", heading.header, key=heading.key), place))
    keys = {key for key, _ in seen}
    for key in REQUIRED[kind]:
        if key not in keys:
            names = tables.columns[key].names
            fact = f"{names['en']} / {names['zh']}"
            problems.append(placed(refuse("sheet.column_missing", "", fact), Place(grid.name, number)))
    return problems


def _unknown(text: str, kind: str, tables: SheetTables) -> Problem:
    near = nearest(text, kind, tables)
    example = near[0] if near else tables.columns["quantity" if kind == EVENTS else "closing"].header("en")
    return refuse("sheet.column_unknown", "", text, near=" · ".join(near) or "-", example=f"{text}={example}")


def _read_rows(grid: Grid, header: int, headings: Headings, table: Table) -> list[Problem]:
    problems: list[Problem] = []
    strange: set[int] = set()
    for number in sorted(row for row in grid.rows if row > header):
        cells: dict[str, Cell] = {}
        assays: list[tuple[Heading, Cell]] = []
        for column, cell in sorted(grid.rows[number].items()):
            place = Place(grid.name, number, column)
            if column not in headings:
                if column not in strange:
                    strange.add(column)
                    problems.append(placed(refuse("sheet.column_without_header", "", cell.text), place))
                continue
            heading = headings[column]
            if heading is None or heading.key == PASSED_OVER:
                continue
            wrong = _unreadable(cell, place)
            if wrong is not None:
                problems.append(wrong)
            elif heading.key in OF_ASSAYS:
                assays.append((heading, cell))
            elif table.headings.get(heading.key) is heading:
                cells[heading.key] = cell
        if cells or assays:
            table.rows.append(Row(grid.name, number, cells, tuple(assays), table))
    return problems


def _unreadable(cell: Cell, place: Place) -> Problem | None:
    """Return the problem of a cell that holds a formula, an error or a truth value."""
    if cell.kind == FORMULA:
        return placed(refuse("sheet.formula", "", cell.text), place)
    if cell.kind == ERROR:
        return placed(refuse("sheet.error_value", "", cell.text), place)
    return None


def _settle(table: Table, decimal: str) -> None:
    """Find out for each column how its numbers and its days are written."""
    by_column: dict[int, list[Cell]] = {}
    for row in table.rows:
        for key, cell in row.cells.items():
            by_column.setdefault(table.headings[key].column, []).append(cell)
        for heading, cell in row.assays:
            by_column.setdefault(heading.column, []).append(cell)
    for column, cells in by_column.items():
        table.signs[column] = decimal or decimal_sign(cells)
        table.orders[column] = day_order(cells)


def is_true(cell: Cell, tables: SheetTables) -> bool | None:
    """Return what a yes or no says; None when it says neither."""
    if cell.kind == BOOLEAN:
        return cell.text == "true"
    code = tables.code("yes", cell.text)
    return None if code is None else code == "yes"


def own_settings(grid: Grid, tables: SheetTables) -> dict[str, Cell]:
    """Return what a sheet of settings says: the code of each name in its first column, with the cell beside it."""
    found: dict[str, Cell] = {}
    for cells in grid.rows.values():
        name = cells.get(1)
        code = tables.code("setting", name.text) if name is not None else None
        if code is not None and 2 in cells:
            found.setdefault(code, cells[2])
    return found


def is_ours(grid: Grid, tables: SheetTables) -> Sequence[str]:
    """Return the codes of sheets of ours that are no data, when the sheet's name is one of them."""
    code = tables.code("sheet", grid.name)
    return [code] if code is not None and code not in SHEETS else []
