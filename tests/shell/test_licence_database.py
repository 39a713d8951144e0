"""The database itself holds the balance of a licence: what SQL by hand cannot do, on both databases (I1 to I3)."""

import pytest
from django.db import DatabaseError, connection, transaction

from shell.licensed import balance, issue, licence, office, say
from ytterby.shell.store.licence_ledger import NewEntry, add_entry
from ytterby.shell.store.models import LicenceEntryRow, LicenceLineRow

LINES, ENTRIES = "store_licencelinerow", "store_licenceentryrow"
MILLION = 10**6


@pytest.fixture
def licensed(register):
    office(register)
    assert issue(licence()) == []
    assert say(register, "reserve", "3").code == "ok"
    assert say(register, "draw", "2", decl="d2").code == "ok"
    return register


def new(**changes):
    fields = {
        "log_index": 1, "kind": "draw", "declaration": "x", "declaration_line": 1, "seq": 1, "day": "2026-06-01",
        "asked": MILLION, "unit": "KGM", "code": "ok",
    }  # fmt: skip
    return NewEntry(**{**fields, **changes})


STATEMENTS = (
    f"UPDATE {LINES} SET drawn = drawn + 1, free = free - 1",
    f"UPDATE {LINES} SET drawn = 0, free = free + drawn",
    f"UPDATE {LINES} SET quantity = quantity + 1000000, free = free + 1000000",
    f"UPDATE {LINES} SET entries = entries + 1",
    f"UPDATE {LINES} SET entries = entries - 1",
    f"UPDATE {LINES} SET is_exhausted = NOT is_exhausted",
    f"UPDATE {LINES} SET line = 'L2'",
    f"UPDATE {LINES} SET unit = 'TNE'",
    f"UPDATE {LINES} SET unlicensed = unlicensed + 1",
    f"DELETE FROM {LINES}",
    f"UPDATE {ENTRIES} SET drawn = 0",
    f"UPDATE {ENTRIES} SET code = 'ok'",
    f"DELETE FROM {ENTRIES}",
    f"DELETE FROM {ENTRIES} WHERE declaration = 'd2'",
    f"INSERT INTO {LINES} (number, line, unit, quantity, tolerance, drawn, reserved, free, unlicensed, entries, "
    "is_exhausted) VALUES ('N', 'L9', 'KGM', 5, 0, 0, 0, 5, 0, 0, false)",
)


def test_no_statement_gives_a_line_another_balance(licensed):
    """Threat O3: an edited row."""
    before = list(LicenceLineRow.objects.values()), list(LicenceEntryRow.objects.values())
    for statement in STATEMENTS:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert (list(LicenceLineRow.objects.values()), list(LicenceEntryRow.objects.values())) == before


WRONG = (
    {"drawn": 6 * MILLION},  # 5 are free
    {"drawn": -3 * MILLION},  # 2 are drawn
    {"reserved": -4 * MILLION},  # 3 are reserved
    {"reserved": 6 * MILLION},
    {"quantity": -6 * MILLION},
    {"unlicensed": -1},
    {"tolerance": -1},
    {"declaration": "d2"},  # the key is taken
)


def test_no_entry_makes_anything_negative_or_takes_a_key_twice(licensed):
    """Invariants I1 and I3, even where the room were wrong."""
    for changes in WRONG:
        line = LicenceLineRow.objects.get(line="L1")
        with pytest.raises(DatabaseError), transaction.atomic():
            add_entry(line, new(**changes))
    assert balance() == (2, 3, 5, 0)


def test_an_entry_that_says_other_sums_than_it_makes_is_refused(licensed):
    for column, value in {"place": 9, "drawn_after": 1, "reserved_after": 0}.items():
        refuse_entry(column, value)
    assert balance() == (2, 3, 5, 0)


def refuse_entry(column, value):
    line = LicenceLineRow.objects.get(line="L1")
    entry = LicenceEntryRow(
        line=line, place=line.entries + 1, drawn_after=line.drawn, reserved_after=line.reserved,
        is_exhausted_after=False, **{name: one for name, one in new()._asdict().items() if name != "is_exhausted"},
    )  # fmt: skip
    setattr(entry, column, value)
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()


def test_sums_of_columns_are_those_of_the_entries(licensed):
    line = LicenceLineRow.objects.get(line="L1")
    for name in ("quantity", "tolerance", "drawn", "reserved", "unlicensed"):
        assert getattr(line, name) == sum(LicenceEntryRow.objects.values_list(name, flat=True))
    assert line.entries == LicenceEntryRow.objects.count() == 3
