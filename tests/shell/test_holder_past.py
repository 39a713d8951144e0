"""What is kept of a party's past says what the tables say, at whatever size of the log and in whatever order asked."""

from datetime import date
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from shell.licensed import AT, EXPORTER, issue, licence, office, say, size
from shell.register_copy import forget_answers
from shell.strangers import LUMEN
from ytterby.shell.store import holder_past
from ytterby.shell.store.holder_past import PastExits, past_exits, past_licences
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.writing import write

DAYS = [f"2026-06-{day:02}" for day in range(1, 8)]
EXITS = st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(DAYS)), max_size=12)


@given(EXITS, st.lists(st.integers(0, 13), max_size=4))
def test_exits_taken_in_piece_by_piece_are_those_of_all_of_them(exits, cuts):
    told = [(index, licence, day) for index, (licence, day) in enumerate(exits)]
    kept = PastExits()
    for start, end in pairwise([0, *sorted(cuts), len(told)]):
        kept = kept.after(max(end, start), told[start:end])
    for below in range(len(told) + 2):
        before = told[:below]
        days = [date.fromisoformat(day) for _, _, day in before]
        assert kept.used(below) == len({name for _, name, _ in before})
        assert kept.first_day(below) == min(days, default=None)


@pytest.fixture
def sizes(register):
    """The sizes of a log in which a party is licensed and exports, and another as well."""
    office(register)
    found = [size()]
    for n, holder in enumerate((EXPORTER, LUMEN, EXPORTER, EXPORTER)):
        number = f"N-{n}"
        assert issue(licence(number, holder=holder, valid_from=f"202{5 + n % 2}-0{n + 1}-01")) == []
        found.append(size())
        reserved = say(register, "reserve", "4", by=holder, how={"number": number}, decl=f"d{n}")
        left = say(register, "exit", "4", seq=2, how={"number": number, "owner": holder}, decl=f"d{n}")
        assert not reserved.problems
        assert not left.problems
        found.append(size())
    return found


def past(at):
    """Return what is known of the exporter at a size."""
    exits, known = past_exits(EXPORTER, Known(at)), Known(at)
    licences = past_licences(EXPORTER, "2025-06-01", known), past_licences(EXPORTER, "2026-03-01", known)
    return exits.used(at), exits.first_day(at), licences


@pytest.mark.parametrize("order", ["forward", "backward"])
def test_what_is_kept_is_what_the_tables_say_at_every_size(sizes, order):
    fresh = {}
    for at in sizes:
        forget_answers()
        fresh[at] = past(at)
    assert [used for used, _, _ in fresh.values()] == [0, 0, 1, 1, 1, 1, 2, 2, 3]
    forget_answers()
    asked = sizes if order == "forward" else sizes[::-1]
    assert {at: past(at) for at in asked} == fresh


def test_the_latest_licences_alone_count_where_there_are_many(sizes, monkeypatch):
    monkeypatch.setattr(holder_past, "LICENCES_MOST", 1)
    for at, most in zip(sizes, (0, 1, 1, 1, 1, 1, 1, 1, 1), strict=True):
        kept = past_licences(EXPORTER, "2020-01-01", Known(at))
        assert [one.index < at for one in kept] == [True] * most
    assert kept[0].index == sizes[-3]


def test_nothing_is_kept_of_a_transaction_that_may_be_taken_back(sizes, register):
    before = past(sizes[-1])

    def entered(_head):
        assert issue(licence("N-9", valid_from="2026-05-01"), at=AT) == []
        inside = past(size())
        raise ZeroDivisionError(inside)

    with pytest.raises(ZeroDivisionError) as raised, transaction.atomic():
        write(entered)
    assert len(raised.value.args[0][2][1]) == len(before[2][1]) + 1
    assert past(sizes[-1]) == before
    # Another takes the place of what was taken back.
    assert issue(licence("N-8", valid_from="2026-05-01", end_users=(EXPORTER,))) == []
    assert {one.end_users for one in past(size())[2][1][:1]} == {frozenset({EXPORTER})}
