"""Whose duties differ by two books: which return a site of some kind and country owes, and whether it draws on a quota.

What a book says hangs on a site's kind and country alone, so that a nation of plants costs as many questions as there
are kinds and countries.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from ytterby.law.applies import DISPUTED
from ytterby.law.book import LawBook
from ytterby.law.flow_entry import FlowEntry, FlowReturnRule
from ytterby.law.flow_law import DRAWN, NOT_DRAWN, Duty, draws_of, duty_of
from ytterby.law.law_change import days_of_rule
from ytterby.law.reach import Law
from ytterby.law.ternary import Ternary

RETURN, QUOTA = "return", "quota"
# A yearly return of the year before may fall due from the day on that is asked about; so far one is looked back.
BACK_MONTHS, AHEAD_MONTHS = 24, 24
_YEAR = 12


class DutyChange(NamedTuple):
    """What changes for sites of a kind in a country, from the due day or day of production `since` on.

    `about` is a return (`name` empty) or a quota (`name` its kind). Of a return `every` and `due` tell each side's
    period and the due day of the first one that differs, None where nothing is due.
    """

    kind: str
    country: str
    about: str
    name: str
    since: date
    old: str
    new: str
    every: tuple[str | None, str | None] = (None, None)
    due: tuple[date | None, date | None] = (None, None)


def duty_changes(
    old: Law, new: Law, places: Collection[tuple[str, str]], *, on: date, until: date = date.max
) -> list[DutyChange]:
    """Return what changes of duties at places, pairs of a site's kind and its country, from a day on; the first
    difference of each, in order of place.
    """
    found: list[DutyChange] = []
    for kind, country in sorted(set(places)):
        if _differ(old.book.flow_returns, new.book.flow_returns, old, new):
            found += _return_change(old, new, kind, country, on, until)
        if _differ(old.book.quotas, new.book.quotas, old, new):
            found += _quota_changes(old, new, kind, country, on, until)
    return found


def _differ(old: object, new: object, before: Law, after: Law) -> bool:
    return old != new or before.book.disputes != after.book.disputes or before.known != after.known


def _return_change(old: Law, new: Law, kind: str, country: str, on: date, until: date) -> Iterator[DutyChange]:
    for year, month in _months(old.book, new.book, on, until):
        before = duty_of(old.book, kind, country, year, month, known=old.known)
        after = duty_of(new.book, kind, country, year, month, known=new.known)
        days = [one.due for one in (before, after) if one.due is not None]
        since = min(days, default=None)
        if since is None or max(days) < on or since > until or _said(before) == _said(after):
            continue
        every = _every(before), _every(after)
        words = before.word, after.word
        yield DutyChange(kind, country, RETURN, "", max(since, on), *words, every, (before.due, after.due))
        return


def _said(one: Duty) -> tuple[object, ...]:
    return one.word, one.period, one.due


def _every(one: Duty) -> str | None:
    return None if one.period is None else one.period.every


def _months(old: LawBook, new: LawBook, on: date, until: date) -> Iterator[tuple[int, int]]:
    days = [day for book in (old, new) for one in book.flow_returns.values() for day in _days_of(one)]
    last = min(max([on, *days]), until)
    first_number = on.year * _YEAR + on.month - 1 - BACK_MONTHS
    # Beyond the last day on which anything changes, all that follows is alike.
    for number in range(first_number, last.year * _YEAR + last.month + AHEAD_MONTHS):
        if date.min.year <= number // _YEAR <= date.max.year:
            yield number // _YEAR, number % _YEAR + 1


def _days_of(entry: FlowEntry) -> Iterator[date]:
    yield from days_of_rule(entry.dated)
    if isinstance(entry, FlowReturnRule):
        for one in entry.due:
            yield one.effective
            if one.until is not None:
                yield one.until


def _quota_changes(old: Law, new: Law, kind: str, country: str, on: date, until: date) -> Iterator[DutyChange]:
    entries = [one for law in (old, new) for one in law.book.quotas.values()]
    days = sorted({on, *(day for one in entries for day in _days_of(one) if on < day <= until)})
    told: set[str] = set()
    for day in days:
        before, after = (_draws(law, kind, country, day) for law in (old, new))
        for name in sorted(before.keys() | after.keys()):
            was, will = before.get(name, _NOTHING), after.get(name, _NOTHING)
            if was != will and name not in told:
                told.add(name)
                yield DutyChange(kind, country, QUOTA, name, day, was[0], will[0])


# What is drawn on, how sure, by which making.
_Drawn = tuple[str, frozenset[tuple[object, ...]]]
_NOTHING: _Drawn = (NOT_DRAWN, frozenset())


def _draws(law: Law, kind: str, country: str, on: date) -> dict[str, _Drawn]:
    found: dict[str, _Drawn] = {}
    for one, value in draws_of(law.book, kind, country, on, known=law.known):
        word, making = found.get(one.kind, (DRAWN, frozenset()))
        is_sure = value is Ternary.YES and word == DRAWN
        said = (one.made, one.entered, one.not_counted, value)
        found[one.kind] = (DRAWN if is_sure else DISPUTED, making | {said})
    return found
