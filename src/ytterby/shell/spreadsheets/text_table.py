"""Comma-separated text (CSV, RFC 4180) into cells: encodings and delimiters as spreadsheet programs write them.

All cells are texts. Which encoding was used is said in a remark where it was not UTF-8, for a wrong one can read well
and mean something else.
"""

import csv
from io import StringIO
from pathlib import PurePath

from ytterby.chain.spreadsheet.cell import FORMULA, TEXT, Cell, Grid, Place, placed
from ytterby.shell.site.packs import Limits
from ytterby.shell.spreadsheets.neutral import restored
from ytterby.shell.spreadsheets.workbook_limits import over_limit
from ytterby.terms.problem import Problem, refuse, remark

DELIMITERS = (",", ";", "\t", "，", "；")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SAMPLE_CHARACTERS = 20_000


def read_text_table(raw: bytes, name: str, limits: Limits) -> tuple[list[Grid], list[Problem]]:
    """Return a text file as one sheet, named after the file, or what keeps it from being read. No bytes raise.

    Codes: `workbook.too_large`, `csv.encoding_unknown`, `csv.encoding` (remark), `csv.broken`,
    `workbook.too_many_rows`, `workbook.too_many_columns`, `workbook.too_many_cells`, `workbook.long_cell`.
    """
    if len(raw) > limits.sheet_bytes:
        return [], [refuse("workbook.too_large", "", f"{len(raw)} bytes", limit=limits.sheet_bytes)]
    text, encoding = _decoded(raw)
    if text is None:
        return [], [refuse("csv.encoding_unknown")]
    problems = [] if encoding.startswith("utf-8") else [remark("csv.encoding", "", encoding)]
    sheet = PurePath(name).name or "csv"
    rows: dict[int, dict[int, Cell]] = {}
    cells = 0
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        for found in reader:
            number = reader.line_num
            row = {}
            for column, written in enumerate(found, 1):
                value = written.strip()
                if not value:
                    continue
                cells += 1
                over = over_limit(value, limits, row=number, column=column, cells=cells)
                if over is not None:
                    return [], [placed(over, Place(sheet, number, column))]
                is_formula = value.startswith("=")
                row[column] = Cell(FORMULA if is_formula else TEXT, value if is_formula else restored(value))
            if row:
                rows[number] = row
    except csv.Error as error:
        return [], [refuse("csv.broken", "", str(error))]
    return [Grid(sheet, rows)], problems


def _decoded(raw: bytes) -> tuple[str | None, str]:
    """Return the text and its encoding: by its mark, as UTF-8, as UTF-16 by its zeros, as GB 18030."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _decode(raw, encoding), encoding
    text = None if b"\x00" in raw[:2000] else _decode(raw, "utf-8")
    if text is not None:
        return text, "utf-8"
    if b"\x00" in raw[:2000]:
        even, odd = raw[:2000:2].count(0), raw[1:2000:2].count(0)
        encoding = "utf-16-le" if odd > even else "utf-16-be"
        text = _decode(raw, encoding)
        return (None if text is None or "\x00" in text else text), encoding
    return _decode(raw, "gb18030"), "gb18030"


def _decode(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _delimiter(text: str) -> str:
    """Return the delimiter of the first line that has any, counted outside quotation marks."""
    for line in text[:_SAMPLE_CHARACTERS].splitlines():
        bare = "".join(line.split('"')[::2])
        counts = {mark: bare.count(mark) for mark in DELIMITERS}
        best = max(counts, key=lambda mark: counts[mark])
        if counts[best]:
            return best
    return ","
