"""The list of licences: every one that a reader may know of once, page by page, as the log had it at a size."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shell.licensed import (
    AT,
    CUSTOMS,
    EXPORTER,
    FOREIGN,
    FOREIGN_PORT,
    OFFICE,
    PORT,
    STRANGER,
    answer,
    issue,
    licence,
    office,
    size,
    tell_customs,
)
from shell.register_copy import forget_answers
from shell.strangers import LUMEN
from ytterby.shell.store.reading import licence_list
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.licence_list import WantedLicences, list_licences
from ytterby.shell.store.reading.viewer import AUDIT, LICENSING, OPERATOR_VIEWER, Viewer
from ytterby.shell.store.reading.viewer import CUSTOMS as AT_CUSTOMS

ON = date(2026, 6, 1)
NUMBERS = [f"XA-{n:02}" for n in range(7)]
CLERK, SECOND = Viewer(EXPORTER), Viewer(LUMEN)
OFFICER, AUDITOR = Viewer(OFFICE, frozenset({LICENSING})), Viewer(STRANGER, frozenset({AUDIT}))


@pytest.fixture
def listed(register):
    """Seven licences: the last of another holder and country; the first is active, then issued anew; sizes between."""
    office(register)
    sizes = [size()]
    for number in NUMBERS[:-1]:
        assert issue(licence(number)) == []
        sizes.append(size())
    assert issue(licence(NUMBERS[-1], holder=LUMEN, country="XB", consignees=(EXPORTER,))) == []
    sizes.append(size())
    tell_customs(licence("XA-99", needs_acknowledgement=True))
    sizes.append(size())
    answer("XA-99", at=AT)
    sizes.append(size())
    assert issue(licence(NUMBERS[0], version=2, destination="XC", valid_to="2026-05-01")) == []
    sizes.append(size())
    return sizes


def whole(viewer, *, on=ON, known=None, limit=2, **wanted):
    """Return what the pages of a list hold, one after the other."""
    found, after = [], ""
    while after is not None:
        known = known or known_at(OPERATOR_VIEWER, None)
        page = list_licences(viewer, known=known, on=on, wanted=WantedLicences(after=after, limit=limit, **wanted))
        assert len(page["licences"]) <= limit
        assert page["as_of_size"] == known.size
        found += page["licences"]
        after = page["next"]
    return found


def numbers(rows):
    return [row["licence"] for row in rows]


@pytest.mark.parametrize("limit", [1, 2, 3, 8, 500])
def test_the_pages_hold_each_licence_once_in_order(listed, limit):
    assert numbers(whole(OFFICER, limit=limit)) == [*NUMBERS, "XA-99"]


@pytest.mark.parametrize("limit", [1, 50])
def test_each_reader_is_told_its_own_and_no_other(listed, limit):
    everything = [*NUMBERS, "XA-99"]
    readers = {
        AUDITOR: everything,
        OPERATOR_VIEWER: everything,
        CLERK: [*NUMBERS[:-1], "XA-99"],
        SECOND: NUMBERS[-1:],
        Viewer(CUSTOMS, frozenset({AT_CUSTOMS}), places=frozenset({PORT})): [*NUMBERS[:-1], "XA-99"],
        Viewer(FOREIGN, frozenset({AT_CUSTOMS}), places=frozenset({FOREIGN_PORT})): NUMBERS[-1:],
        Viewer(STRANGER): [],
        Viewer(""): [],
    }
    for viewer, told in readers.items():
        assert numbers(whole(viewer, limit=limit)) == told, viewer


def test_those_with_a_part_of_a_number_or_a_status_are_told(listed):
    assert numbers(whole(OFFICER, number="xa-0")) == NUMBERS
    assert numbers(whole(OFFICER, number="99")) == ["XA-99"]
    assert numbers(whole(OFFICER, number="%")) == []
    assert numbers(whole(OFFICER, status="active")) == [*NUMBERS[1:], "XA-99"]
    # The second version ended before this day, whatever its row says.
    assert numbers(whole(OFFICER, status="expired")) == NUMBERS[:1]
    assert numbers(whole(OFFICER, status="expired", on=date(2026, 4, 30))) == []
    assert numbers(whole(OFFICER, status="nonsense")) == []


def test_an_earlier_size_is_told_as_it_was_then(listed, register):
    told = {}
    for at in listed:
        told[at] = whole(OFFICER, known=Known(at))
    assert [len(rows) for rows in told.values()] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8]
    by_number = {at: {row["licence"]: row for row in rows} for at, rows in told.items()}
    first, before, now = by_number[listed[1]]["XA-00"], by_number[listed[-2]]["XA-00"], by_number[listed[-1]]["XA-00"]
    assert (first["version"], before["version"], now["version"], now["destination"]) == (1, 1, 2, "XC")
    standing = [by_number[at]["XA-99"]["status"] for at in listed[-3:]]
    assert standing == ["issued", "active", "active"]


def test_the_tables_and_the_records_tell_the_same(listed, monkeypatch):
    told = whole(OFFICER)
    forget_answers()
    monkeypatch.setattr(licence_list, "head_size", lambda: 10**9)
    assert whole(OFFICER, known=Known(listed[-1])) == told


def test_no_licence_costs_a_statement_of_its_own(listed):
    asked = {}
    for limit in (1, 8):
        with CaptureQueriesContext(connection) as told:
            list_licences(OFFICER, known=Known(listed[-1]), on=ON, wanted=WantedLicences(limit=limit))
        asked[limit] = len(told)
    assert asked[8] <= asked[1] <= 4
