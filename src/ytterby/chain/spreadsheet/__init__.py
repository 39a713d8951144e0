"""Spreadsheets: cells become EPCIS events, and events become rows again.

What this package knows. The columns of lot events and of the monthly return (`columns.csv`, `words.csv`), how people
write numbers, days and units, which rows are one event, and what a return of a month stands for. It gets cells and
returns an EPCIS document as JSON with the cell behind each part of it; the document then goes through the same door as
any other, and each problem of the door is told at its cell.

What it never does. No file, no process, no clock: the shell reads workbooks and hands in cells. It never guesses
silently: what could be read two ways is a problem with its cure.

Terms. *Grid*: the cells of a sheet. *Heading*: what a column means. *Draft*: an event while it is being written.
*Settings*: all that the outcome depends on beside the cells; kept with the submission.

Invariants. The same cells and settings give the same bytes (`CONVERTER` names the version). What goes out and comes in
again is the same event, byte for byte in canonical form. A return's figures are the masses of the book.

Sources. GS1 EPCIS and CBV 2.0 (2022); ISO/IEC 29500 (days and numbers of workbooks); RFC 4180 (CSV).
"""

from ytterby.chain.spreadsheet.cell import Cell, Grid, Place, Places, letters, placed
from ytterby.chain.spreadsheet.column import EVENTS, LANGUAGES, RETURN, SHEETS, SheetTables, read_sheet_tables
from ytterby.chain.spreadsheet.conversion import Conversion, convert
from ytterby.chain.spreadsheet.settings import CONVERTER, Settings, settings_of

__all__ = [
    "CONVERTER",
    "EVENTS",
    "LANGUAGES",
    "RETURN",
    "SHEETS",
    "Cell",
    "Conversion",
    "Grid",
    "Place",
    "Places",
    "Settings",
    "SheetTables",
    "convert",
    "letters",
    "placed",
    "read_sheet_tables",
    "settings_of",
]
