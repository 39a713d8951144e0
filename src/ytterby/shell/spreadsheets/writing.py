"""Sheets written as XLSX or CSV: texts typed as texts, nothing that a spreadsheet program would compute (threat X7)."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ytterby.chain.spreadsheet.cell import NUMBER
from ytterby.chain.spreadsheet.column import SheetTables
from ytterby.chain.spreadsheet.out_table import OutTable, open_digits, value_cell
from ytterby.shell.spreadsheets.neutral import neutral

_WIDTH_MIN, _WIDTH_MAX = 9, 40
_VALIDATED_ROWS = 2000
_LIST_CHARACTERS_MAX = 250  # of a list written into a validation


def write_csv(table: OutTable, tables: SheetTables, language: str) -> bytes:
    """Return a table as CSV in UTF-8 with its mark, as spreadsheet programs open it right."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([neutral(header) for header in table.headers(tables, language)])
    for row in table.rows:
        cells = (value_cell(row[key]) if key in row else None for key in table.keys)
        writer.writerow(
            "" if cell is None else open_digits(cell.text) if cell.kind == NUMBER else neutral(cell.text)
            for cell in cells
        )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def write_xlsx(
    sheets: Sequence[OutTable],
    tables: SheetTables,
    language: str,
    *,
    lists: Mapping[str, Sequence[str]] | None = None,
    notes: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> bytes:
    """Return tables as a workbook. `lists` are the words that a column's cells choose from; `notes` further sheets of
    text, by name, the first row of each its header.
    """
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for table in sheets:
        sheet = book.create_sheet(tables.word("sheet", table.kind, language))
        _put_row(sheet, 1, table.headers(tables, language))
        for number, row in enumerate(table.rows, 2):
            for column, key in enumerate(table.keys, 1):
                if key in row:
                    cell = value_cell(row[key])
                    _put(sheet, number, column, float(row[key]) if cell.kind == NUMBER else cell.text)
        _finish(sheet, len(table.keys))
        _add_lists(sheet, table, lists or {})
    for name, rows in (notes or {}).items():
        sheet = book.create_sheet(name)
        for number, texts in enumerate(rows, 1):
            _put_row(sheet, number, texts)
        _finish(sheet, max((len(row) for row in rows), default=1))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _put_row(sheet: Any, number: int, texts: Iterable[str]) -> None:
    for column, text in enumerate(texts, 1):
        _put(sheet, number, column, text)


def _put(sheet: Any, row: int, column: int, value: str | float) -> None:
    """Write one cell: a number as a number, everything else typed as a text."""
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, float):
        cell.value = int(value) if value.is_integer() and abs(value) < 2**53 else value
        return
    cell.value = neutral(value)
    cell.data_type = "s"
    cell.number_format = "@"


def _finish(sheet: Any, columns: int) -> None:
    """Let the header stand out and stay, and columns be as wide as what is in them."""
    sheet.freeze_panes = "A2"
    for column in range(1, columns + 1):
        head = sheet.cell(row=1, column=column)
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="top")
        widest = max((len(str(row[0].value or "")) for row in sheet.iter_rows(1, 60, column, column)), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(max(widest + 2, _WIDTH_MIN), _WIDTH_MAX)


def _add_lists(sheet: Any, table: OutTable, lists: Mapping[str, Sequence[str]]) -> None:
    """Let cells of columns with a closed list choose from it."""
    for column, key in enumerate(table.keys, 1):
        words = ",".join(word for word in lists.get(key, ()) if "," not in word)
        if not words or len(words) > _LIST_CHARACTERS_MAX:
            continue
        letter = get_column_letter(column)
        validation = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=False)
        validation.add(f"{letter}2:{letter}{_VALIDATED_ROWS}")
        sheet.add_data_validation(validation)
