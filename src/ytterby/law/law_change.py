"""Which rules stand or read differently in two books, from which day on, and on which days books change at all."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ytterby.law.book import LawBook
from ytterby.law.dated_rule import Period, Rule, every_period, readings_known
from ytterby.law.pack_diff import ADDED, CHANGED, REMOVED
from ytterby.law.reach import Law, reach_of
from ytterby.law.standing import Standing, standing_of

ONE_DAY = timedelta(days=1)


class RuleChange(NamedTuple):
    """A rule that was added, removed or changed; how it stands by both books on `since`, the first day on or after the
    one that is asked about on which that differs (None: it stands alike on every day; its words, conditions or items
    differ).
    """

    rule: str
    kind: str
    since: date | None
    old: Standing | None
    new: Standing | None


def boundaries(*books: LawBook) -> list[date]:
    """Return the days from which on some rule or guidance of these books stands otherwise than on the day before."""
    found = {day for book in books for rule in book.rules.values() for day in days_of_rule(rule)}
    found |= {one.effective for book in books for one in book.guidance if one.effective is not None}
    return sorted(found)


def days_of_rule(rule: Rule) -> Iterator[date]:
    """Yield the days on which a rule begins, is suspended, or holds again, by any reading."""
    for version in rule.versions:
        yield from (day for day in (version.effective, version.not_before) if day is not None)
    for period in every_period(rule):
        yield from _ends_of(period)


def _ends_of(period: Period) -> Iterator[date]:
    yield period.first
    if period.last is not None and period.last < date.max:
        yield period.last + ONE_DAY if period.is_last_included else period.last


def rule_changes(old: Law, new: Law, *, on: date, until: date = date.max) -> list[RuleChange]:
    """Return every rule that is not the same in both books, or whose items, guidance or limits are not, in order of its
    identifier.
    """
    days = [on, *(day for day in boundaries(old.book, new.book) if on < day <= until)]
    lists = reach_of(old, new, on).rules
    found = []
    for name in sorted(old.book.rules.keys() | new.book.rules.keys()):
        before, after = old.book.rules.get(name), new.book.rules.get(name)
        if before == after and _readings(old, before) == _readings(new, after) and name not in lists:
            continue
        kind = ADDED if before is None else REMOVED if after is None else CHANGED
        # Day by day, no further than the first that tells.
        pairs = ((day, _standing(old, before, day), _standing(new, after, day)) for day in days)
        told = next((pair for pair in pairs if _word(pair[1]) != _word(pair[2])), None)
        since, was, becomes = told or (None, _standing(old, before, on), _standing(new, after, on))
        found.append(RuleChange(name, kind, since, was, becomes))
    return found


def _readings(law: Law, rule: Rule | None) -> dict[str, tuple[str, ...]]:
    return {} if rule is None else readings_known([rule], law.book.disputes, law.known)


def _standing(law: Law, rule: Rule | None, on: date) -> Standing | None:
    return None if rule is None else standing_of(rule, law.book.disputes, on=on, known=law.known)


def _word(standing: Standing | None) -> str:
    return "" if standing is None else standing.word
