"""Workbooks (XLSX) into cells: sparse, bounded, without computing anything.

Only cells that are there are read, whatever a sheet says of its size. A formula is told as such and its kept value is
not used, for nobody declared it. Source: ISO/IEC 29500-1, sections 18.3 (sheets) and 18.17.4 (days).
"""

import warnings
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import WorkSheetParser

from ytterby.chain.spreadsheet.cell import (
    BOOLEAN,
    ERROR,
    FORMULA,
    INSTANT,
    NUMBER,
    PERCENT,
    TEXT,
    TIME,
    Cell,
    Grid,
    Place,
    placed,
)
from ytterby.shell.site.packs import Limits
from ytterby.shell.spreadsheets.neutral import restored
from ytterby.shell.spreadsheets.workbook_limits import check_workbook, over_limit
from ytterby.terms.problem import Problem, refuse, remark

_HUNDRED = Decimal(100)


class _OverLimitError(Exception):
    """A limit of a sheet was reached while it was read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def read_workbook(raw: bytes, limits: Limits) -> tuple[list[Grid], list[Problem]]:
    """Return the sheets of a workbook, or what keeps it from being read. No bytes raise.

    Codes: those of `check_workbook`, `workbook.too_many_sheets`, `workbook.too_many_rows`,
    `workbook.too_many_columns`, `workbook.too_many_cells`, `workbook.long_cell`,
    `workbook.hidden_sheet` (remark).
    """
    problems = check_workbook(raw, limits)
    if problems:
        return [], problems
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features that play no part here
            book = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=False, keep_links=False)
            try:
                reader = _Reader(book, limits)
                return reader.grids(), reader.remarks
            finally:
                book.close()
    except _OverLimitError as error:
        return [], [error.problem]
    except MemoryError:
        raise
    except Exception:
        return [], [refuse("workbook.broken")]


class _Reader:
    """Reads all sheets of a workbook under one count of cells."""

    def __init__(self, book: Any, limits: Limits) -> None:
        self.book, self.limits = book, limits
        self.cells = 0
        self.remarks: list[Problem] = []

    def grids(self) -> list[Grid]:
        sheets = [sheet for sheet in self.book.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
        if len(sheets) > self.limits.sheet_sheets:
            limit = self.limits.sheet_sheets
            raise _OverLimitError(refuse("workbook.too_many_sheets", "", len(sheets), limit=limit))
        for sheet in sheets:
            if sheet.sheet_state != "visible":
                self.remarks.append(placed(remark("workbook.hidden_sheet", "", sheet.title), Place(sheet.title, 0)))
        return [self._grid(sheet) for sheet in sheets if sheet.sheet_state == "visible"]

    def _grid(self, sheet: Any) -> Grid:
        rows: dict[int, dict[int, Cell]] = {}
        with sheet._get_source() as source:  # openpyxl's own way pads rows and columns that are not there
            parser = WorkSheetParser(
                source,
                sheet._shared_strings,
                data_only=False,
                epoch=self.book.epoch,
                date_formats=self.book._date_formats,
                timedelta_formats=self.book._timedelta_formats,
            )
            for _, found in parser.parse():
                for number, column, cell in self._row(sheet.title, found):
                    if rows.setdefault(number, {}).setdefault(column, cell) is not cell:
                        raise _OverLimitError(placed(refuse("workbook.broken"), Place(sheet.title, number, column)))
            ranges = getattr(getattr(parser, "merged_cells", None), "mergeCell", None) or ()
            merged = tuple((str(one.ref), *_corner(str(one.ref))) for one in ranges)
        return Grid(sheet.title, rows, merged, epoch_1904=self.book.epoch == CALENDAR_MAC_1904)

    def _row(self, sheet: str, found: list[dict[str, Any]]) -> Iterator[tuple[int, int, Cell]]:
        for one in found:
            cell = self._cell(one)
            if cell is None:
                continue
            number, column = int(one["row"]), int(one["column"])
            self._count(sheet, number, column, cell)
            yield number, column, cell

    def _count(self, sheet: str, number: int, column: int, cell: Cell) -> None:
        self.cells += 1
        problem = over_limit(cell.text, self.limits, row=number, column=column, cells=self.cells)
        if problem is not None:
            raise _OverLimitError(placed(problem, Place(sheet, number, column)))

    def _cell(self, one: dict[str, Any]) -> Cell | None:
        """Return a cell as it is meant: by its type, and a number by its format."""
        value, kind = one["value"], one["data_type"]
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if kind == "f":
            return Cell(FORMULA, str(getattr(value, "text", None) or value))
        if kind == "e":
            return Cell(ERROR, str(value))
        if kind == "b" or isinstance(value, bool):
            return Cell(BOOLEAN, "true" if value else "false")
        if isinstance(value, datetime):
            return Cell(INSTANT, value.isoformat(" "), instant=_to_millisecond(value))
        if isinstance(value, time):
            return Cell(TIME, value.isoformat(), clock=value)
        if isinstance(value, timedelta):
            return Cell(ERROR, str(value))
        if isinstance(value, int | float):
            return _number(value, is_percent=self._is_percent(one.get("style_id", 0)))
        return Cell(TEXT, restored(str(value)))

    def _is_percent(self, style: int) -> bool:
        styles = self.book._cell_styles
        if not 0 <= style < len(styles):
            return False
        number = styles[style].numFmtId
        if number in (9, 10):
            return True
        formats = self.book._number_formats
        own = number - 164
        return 0 <= own < len(formats) and "%" in str(formats[own])


def _number(value: int | float, *, is_percent: bool) -> Cell | None:
    """Return a number with the fewest digits that tell it from every other, which is what was typed."""
    number = Decimal(repr(value))
    if not number.is_finite():
        return Cell(ERROR, str(value))
    if is_percent:
        number *= _HUNDRED
    number = number.to_integral_value() if number == number.to_integral_value() else number.normalize()
    number = Decimal(format(number, "f"))
    return Cell(PERCENT if is_percent else NUMBER, format(number, "f") + ("%" if is_percent else ""), number)


def _to_millisecond(value: datetime) -> datetime:
    """Return a day's instant to the millisecond: a sheet's numbers hold no more."""
    rounded = value + timedelta(microseconds=500)
    return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)


def _corner(name: str) -> tuple[int, int]:
    """Return row and column of the upper left cell of a range."""
    column, row, _, _ = range_boundaries(name)
    return int(row or 1), int(column or 1)
