"""A workbook becomes one EPCIS document, with the cell behind each part of it, or problems with their cells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ytterby.chain.spreadsheet.cell import NO_PLACES, Grid, Place, Places, once, placed
from ytterby.chain.spreadsheet.column import EVENTS, SheetTables
from ytterby.chain.spreadsheet.draft import Draft, write_document
from ytterby.chain.spreadsheet.lot_event import lot_events
from ytterby.chain.spreadsheet.moment import read_zone
from ytterby.chain.spreadsheet.monthly_return import return_events
from ytterby.chain.spreadsheet.number import COMMA, POINT
from ytterby.chain.spreadsheet.reader import RowReader
from ytterby.chain.spreadsheet.settings import Settings
from ytterby.chain.spreadsheet.table import is_ours, own_settings, read_table
from ytterby.matter.tables import MatterTables
from ytterby.terms.problem import Problem, is_refused, refuse
from ytterby.terms.quantity import UnitTable

_SIGNS = {".": POINT, "point": POINT, "点": POINT, ",": COMMA, "comma": COMMA, "逗号": COMMA, "，": COMMA}


@dataclass(frozen=True, slots=True)
class Conversion:
    """The document as JSON (empty where a problem refuses), places by pointer, problems, and which sheets it had."""

    document: bytes = b""
    places: Places = NO_PLACES
    problems: tuple[Problem, ...] = ()
    sheets: frozenset[str] = frozenset()


def convert(
    grids: Sequence[Grid], tables: SheetTables, units: UnitTable, matter: MatterTables, settings: Settings
) -> Conversion:
    """Return the EPCIS document that a workbook stands for. No workbook raises.

    Codes: those of `read_table`, `RowReader`, `lot_events` and `return_events`, and `sheet.none`, `sheet.zone`,
    `sheet.decimal_sign`.
    """
    settings, problems = _with_own(grids, tables, settings)
    reader = RowReader(tables, units, matter, settings)
    drafts: list[Draft] = []
    kinds: set[str] = set()
    for grid in grids:
        if is_ours(grid, tables):
            continue
        table, wrong = read_table(grid, tables, units, settings)
        problems += wrong
        if table is not None:
            kinds.add(table.kind)
            drafts += (lot_events if table.kind == EVENTS else return_events)(table, reader)
    # A cell may be read for several lots, elements or columns.
    problems += once(reader.problems)
    if not kinds:
        problems.append(refuse("sheet.none", "", ", ".join(grid.name for grid in grids)))
    document, places = (b"", {}) if is_refused(problems) else write_document(drafts, settings.party)
    return Conversion(document, Places(places), tuple(problems), frozenset(kinds))


def _with_own(grids: Sequence[Grid], tables: SheetTables, settings: Settings) -> tuple[Settings, list[Problem]]:
    """Return the settings with what the workbook's own sheet of settings says, which goes before."""
    problems: list[Problem] = []
    for grid in grids:
        if "settings" not in is_ours(grid, tables):
            continue
        said = own_settings(grid, tables)
        place = Place(grid.name, 0)
        if "zone" in said:
            zone = read_zone(said["zone"].text)
            if zone is None:
                problems.append(placed(refuse("sheet.zone", "", said["zone"].text), place))
            settings = replace(settings, zone=zone or settings.zone)
        if "decimal" in said:
            sign = _SIGNS.get(said["decimal"].text.strip().casefold())
            if sign is None:
                problems.append(placed(refuse("sheet.decimal_sign", "", said["decimal"].text), place))
            settings = replace(settings, decimal=sign or settings.decimal)
    return settings, problems
