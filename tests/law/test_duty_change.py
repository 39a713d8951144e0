"""Whose return and quota differ by two books, from which day on: the first difference, and none where nothing does."""

from dataclasses import replace
from datetime import date

import pytest

from ytterby.law.book import LawBook
from ytterby.law.duty_change import DutyChange, duty_changes
from ytterby.law.flow_law import duty_of
from ytterby.law.reach import Law
from ytterby.shell.site.law_packs import packaged_law

KNOWN = date(2026, 11, 24)
ON = date(2026, 11, 24)
PLACES = [(kind, "CN") for kind in ("mine", "separation", "metal", "magnet", "recycler", "trader")]


def law(book: LawBook) -> Law:
    return Law(book, KNOWN)


def without(section: str, *names: str) -> LawBook:
    """Return the packaged law without some entries about returns or quotas."""
    book = packaged_law()
    packs = {}
    for id_, pack in book.packs.items():
        left = {name: one for name, one in getattr(pack, section).items() if name not in names}
        packs[id_] = replace(pack, **{section: left})
    return LawBook(packs)


def of_mines(book: LawBook) -> str:
    """Return the entry by which mines owe a return."""
    return next(name for name, one in book.flow_returns.items() if "mine" in one.kinds and "CN" in one.countries)


def test_two_books_that_say_the_same_change_nothing():
    assert duty_changes(law(packaged_law()), law(LawBook(dict(packaged_law().packs))), PLACES, on=ON) == []


def test_a_return_that_is_no_longer_owed_is_told_for_the_kinds_that_owed_it():
    book = packaged_law()
    name, entry = next(
        (name, one) for name, one in book.flow_returns.items() if "mine" in one.kinds and "CN" in one.countries
    )
    found = duty_changes(law(book), law(without("flow_returns", name)), PLACES, on=ON)
    assert {one.kind for one in found} == entry.kinds & {kind for kind, _ in PLACES}
    assert all((one.about, one.old, one.new) == ("return", "owed", "not_owed") for one in found)
    # The month before falls due next, and is the first that differs.
    assert {(one.since, one.due, one.every) for one in found} == {
        (date(2026, 12, 10), (date(2026, 12, 10), None), ("month", None))
    }


def test_the_same_backwards_is_a_duty_that_comes():
    book = packaged_law()
    name = of_mines(book)
    there = duty_changes(law(book), law(without("flow_returns", name)), PLACES, on=ON)
    back = duty_changes(law(without("flow_returns", name)), law(book), PLACES, on=ON)
    turned = [one._replace(old=one.new, new=one.old, every=one.every[::-1], due=one.due[::-1]) for one in there]
    assert back == turned


def test_what_ends_later_is_told_from_that_day_on():
    book = packaged_law()
    name = of_mines(book)
    entry, pack = book.flow_returns[name], book.packs[book.flow_returns[name].pack]
    due = tuple(replace(one, until=date(2027, 6, 1)) for one in entry.due)
    ending = replace(pack, flow_returns={**pack.flow_returns, name: replace(entry, due=due)})
    other = law(LawBook({**book.packs, pack.id: ending}))
    (found,) = duty_changes(law(book), other, [("mine", "CN")], on=ON)
    assert (found.since, found.old, found.new) == (date(2027, 6, 10), "owed", "not_owed")
    assert duty_changes(law(book), other, [("mine", "CN")], on=ON, until=date(2027, 6, 9)) == []


def test_places_of_other_countries_are_left_alone():
    book = packaged_law()
    name = of_mines(book)
    assert duty_changes(law(book), law(without("flow_returns", name)), [("mine", "DE")], on=ON) == []


def test_what_no_longer_draws_on_a_quota_is_told():
    book = packaged_law()
    name, entry = next((name, one) for name, one in book.quotas.items() if "CN" in one.countries)
    kind = sorted(entry.sites)[0]
    assert duty_changes(law(book), law(without("quotas", name)), [(kind, "CN"), ("trader", "CN")], on=ON) == [
        DutyChange(kind, "CN", "quota", entry.kind, ON, "drawn", "not_drawn")
    ]


@pytest.mark.parametrize("kind", ["mine", "separation", "metal", "magnet"])
def test_the_first_difference_is_the_first_month_that_the_books_judge_otherwise(kind):
    """Beside the plain way: every month asked of both books."""
    book = packaged_law()
    names = [name for name, one in book.flow_returns.items() if kind in one.kinds]
    other = without("flow_returns", *names)
    found = duty_changes(law(book), law(other), [(kind, "CN")], on=ON)
    plain = []
    for number in range(2024 * 12, 2029 * 12):
        year, month = number // 12, number % 12 + 1
        before, after = (duty_of(one, kind, "CN", year, month, known=KNOWN) for one in (book, other))
        days = [one.due for one in (before, after) if one.due]
        if days and max(days) >= ON and (before.word, before.due) != (after.word, after.due):
            plain.append((min(days), before.word, after.word))
    assert [(one.since, one.old, one.new) for one in found] == plain[:1]
