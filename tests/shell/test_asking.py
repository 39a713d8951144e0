"""Many values are asked for in one statement, or in as many as they need, with the same answer."""

import pytest

from ytterby.shell.store import asking
from ytterby.shell.store.asking import delete_among, rows_among
from ytterby.shell.store.derived.threads import named_threads, thread_ids, thread_texts
from ytterby.shell.store.models import LotCell, Thread
from ytterby.shell.store.writing import write

TEXTS = [f"lot {number}" for number in range(7)]


@pytest.fixture(params=(2, 4_000))
def most(request, monkeypatch):
    monkeypatch.setattr(asking, "VALUES_MAX", request.param)


def test_all_that_are_there_come_once_and_the_others_not_at_all(empty_register, most):
    numbers = write(lambda _: named_threads(TEXTS))
    assert thread_ids([*TEXTS, "another", "it's 100 %"]) == numbers
    assert thread_texts(numbers.values()) == {number: text for text, number in numbers.items()}
    assert thread_ids([]) == {}
    found = rows_among(Thread, ("text",), "text", TEXTS, "id > %s", [numbers["lot 3"]])
    assert sorted(text for (text,) in found) == sorted(t for t in TEXTS if numbers[t] > numbers["lot 3"])


def test_threads_are_numbered_once_whoever_names_them_again(empty_register, most):
    first = write(lambda _: named_threads(TEXTS[:3]))
    again = write(lambda _: named_threads(TEXTS))
    assert {text: again[text] for text in TEXTS[:3]} == first
    assert len(set(again.values())) == len(TEXTS)
    assert write(lambda _: named_threads(TEXTS)) == again == thread_ids(TEXTS)


def test_rows_among_values_are_deleted_and_no_others(empty_register, most):
    LotCell.objects.bulk_create(LotCell(edition=e, lot_id=n, body=b"x") for e in (1, 2) for n in range(1, 6))
    write(lambda _: delete_among(LotCell, "lot_id", [1, 2, 3, 99], "edition = %s", [1]))
    assert set(LotCell.objects.values_list("edition", "lot_id")) == {(1, 4), (1, 5), *((2, n) for n in range(1, 6))}
