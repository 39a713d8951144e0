"""A party's own names of columns: remembered as records of the log, because what a spreadsheet says depends on them.

Who may: the party for itself; the register's operator for all.
"""

from collections.abc import Mapping
from datetime import datetime

from ytterby.chain.spreadsheet.column import PASSED_OVER, SHEETS, folded
from ytterby.chain.spreadsheet.header import read_heading
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.site.packs import door_tables, sheet_tables
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import LogHead
from ytterby.shell.store.reading.columns import columns_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.terms.problem import Problem, refuse

COLUMNS = "columns"
NAMES_MAX = 400
NAME_LENGTH_MAX = 200


def own_columns(party: str) -> Mapping[str, Mapping[str, str]]:
    """Return a party's own names and the header that each stands for, by kind of sheet."""
    return columns_of(Viewer(party), party, known=Known(LogHead.objects.get(id=1).size))


def check_columns(names: Mapping[str, str], sheet: str) -> list[Problem]:
    """Return what is wrong with names that are to be remembered for a kind of sheet."""
    problems = []
    if len(names) > NAMES_MAX:
        problems.append(refuse("columns.too_many", "", len(names), limit=NAMES_MAX))
    for name, meant in names.items():
        if not folded(name) or len(name) > NAME_LENGTH_MAX or len(meant) > NAME_LENGTH_MAX:
            problems.append(refuse("columns.name", "", name, limit=NAME_LENGTH_MAX))
        elif meant != PASSED_OVER and read_heading(1, meant, sheet, {}, sheet_tables(), door_tables().units) is None:
            problems.append(refuse("columns.unknown", "", meant, name=name))
    return problems


def remember_columns(
    register: Register, party: str, sheet: str, names: Mapping[str, str], *, at: datetime | None = None
) -> list[Problem]:
    """Set a party's own names of columns for a kind of sheet; the same again is nothing new. Empty forgets them.

    Raises:
        ValueError: there is no such kind of sheet.
    """
    if sheet not in SHEETS:
        raise ValueError(f"a sheet is one of {SHEETS}, not {sheet!r}")
    problems = check_columns(names, sheet)
    if problems or dict(names) == dict(own_columns(party).get(sheet, {})):
        return problems
    fields = {"party": party, "sheet": sheet, "names": dict(sorted(names.items()))}
    register_documents([Registrable(COLUMNS, f"{party} {sheet}", fields)], party, at or now())
    publish_or_leave(register)
    return []
