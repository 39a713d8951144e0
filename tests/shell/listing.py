"""Lists as tests import them: invented firms in the columns of an own list, read in this process."""

from datetime import UTC, datetime, timedelta

import pytest

from screening.listed_files import text_file
from ytterby.screening.lists.reading import read_list
from ytterby.shell.actions.import_list import import_list
from ytterby.shell.lists.tables import list_tables
from ytterby.shell.site.register import Register
from ytterby.shell.store.screening_lists import stored_list_states

AT = datetime(2026, 6, 1, tzinfo=UTC)
HOUSE = "own-house"


def house(*numbers: int, changed: tuple[int, ...] = (), nameless: tuple[int, ...] = ()):
    """Return the file of an own list of these firms."""
    rows = [
        f"{n},Organization,{'' if n in nameless else f'Example Works {n}'},SE,{'moved' if n in changed else 'here'}\n"
        for n in numbers
    ]
    return text_file("house.csv", "id,schema,name,country,address\n" + "".join(rows))


def bring(register: Register, *numbers: int, hours: float = 0, by=None, list_id: str = HOUSE, **how):
    """Import that list."""
    at = AT + timedelta(hours=hours)
    return import_list(register, [house(*numbers, **how)], list_id=list_id, by=by, at=at)


def state(register: Register, list_id: str = HOUSE):
    return stored_list_states(register).by_list[list_id]


@pytest.fixture
def read_here(monkeypatch):
    """Read files in this process, where the child is not what is tested."""

    def read_files(files, **how):
        return read_list(files, tables=list_tables(), **how)

    monkeypatch.setattr("ytterby.shell.actions.import_list.read_files", read_files)
