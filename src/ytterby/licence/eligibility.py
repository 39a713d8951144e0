"""Who may hold a kind of licence: from what it exported and held before, what it was penalised for, and what is stated.

A kind asks for some things, each of which must be shown; what nobody knows is not shown, and said apart. Whom a
provision bars may not hold it, whatever else is shown. Years are whole years that have passed; a year of licences is
the twelve months that end on the day of asking, and the twelve before them.

Source: the pack names the rule of each; section 4 of the project's notes on casework for what such rules ask.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from ytterby.law.licence_kind import LicenceKind
from ytterby.law.trust import Confidence, Trust, Words
from ytterby.licence.fact_test import Facts, holds
from ytterby.licence.year import year_before

_NEVER = Decimal("Infinity")
_YEARS_ASKED = 2


class PastLicence(NamedTuple):
    """A licence that was issued: the day, and the codes of what it was for; used: something left by it."""

    issued: date
    codes: tuple[str, ...]
    is_used: bool


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a party: its body in the procedure, when it first exported such goods, licences, days of
    penalties; provisions that bar it; what it states, or was found. None: not known.
    """

    body: str
    first_export: date | None = None
    licences: tuple[PastLicence, ...] = ()
    penalties: tuple[date, ...] | None = None
    barred_by: tuple[str, ...] = ()
    compliance_programme: bool | None = None
    fixed_channels: bool | None = None
    watch_listed: bool | None = None


class Shown(StrEnum):
    """Whether something that is asked for is so."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EligibilityRow:
    """One thing that a kind asks for, and whether it is shown."""

    id: str
    title: Words
    shown: Shown
    trust: Trust


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a party may hold a kind of licence: all rows, the provisions that bar it, whether its body may at all."""

    rows: tuple[EligibilityRow, ...]
    barred_by: tuple[str, ...]
    is_of_body: bool

    @property
    def answer(self) -> Shown:
        """No where something is against it, unknown where something is not shown, else yes."""
        shown = {one.shown for one in self.rows}
        if self.barred_by or not self.is_of_body or Shown.NO in shown:
            return Shown.NO
        return Shown.UNKNOWN if Shown.UNKNOWN in shown else Shown.YES


def eligibility(kind: LicenceKind, history: History, on: date, more: Facts | None = None) -> Eligibility:
    """Return whether a party may hold a kind of licence on a day; `more` are facts beside those of its history."""
    facts = {**(more or {}), **history_facts(history, on)}
    holder = kind.holder
    rows = []
    for rule in kind.eligibility:
        found = [holds(test, facts) for test in rule.tests]
        shown = Shown.YES if True in found else Shown.UNKNOWN if None in found else Shown.NO
        rows.append(EligibilityRow(rule.id, rule.title, shown, rule.trust))
    barred = () if holder is None else tuple(name for name in holder.barred_by if name in history.barred_by)
    return Eligibility(tuple(rows), barred, holder is None or history.body in holder.bodies)


def barring(found: Eligibility) -> tuple[str, ...]:
    """Return what keeps a party from applying at all: provisions, its body, and what law asks for and is not so.

    What practice asks for is shown to the officer and keeps nobody out: only law can be required.
    """
    body = () if found.is_of_body else ("body",)
    rows = (one for one in found.rows if one.shown is Shown.NO and one.trust.confidence is not Confidence.PRACTICE)
    return (*found.barred_by, *body, *(one.id for one in rows))


def history_facts(history: History, on: date) -> dict[str, Decimal | bool]:
    """Return the facts about a party that its history tells on a day; what lies after the day is not known on it."""
    return dict(_history_facts(history, on))


def _history_facts(history: History, on: date) -> Iterator[tuple[str, Decimal | bool]]:
    first = history.first_export
    yield "exporter_years", Decimal(0 if first is None else max(years_between(first, on), 0))
    held = [one for one in history.licences if one.issued <= on]
    yield "licences_used", Decimal(sum(one.is_used for one in held))
    years = _by_year(held, on)
    yield "licences_yearly", Decimal(min(map(len, years)))
    codes = {code for one in held for code in one.codes}
    of_one = (min(sum(code in one.codes for one in year) for year in years) for code in codes)
    yield "licences_yearly_of_one_code", Decimal(max(of_one, default=0))
    if history.penalties is not None:
        penalties = [day for day in history.penalties if day <= on]
        yield "penalties", Decimal(len(penalties))
        yield "years_without_penalty", Decimal(years_between(max(penalties), on)) if penalties else _NEVER
    stated: Mapping[str, bool | None] = {
        "compliance_programme": history.compliance_programme,
        "fixed_channels": history.fixed_channels,
        "watch_listed": history.watch_listed,
    }
    yield from ((name, value) for name, value in stated.items() if value is not None)


def _by_year(licences: list[PastLicence], on: date) -> list[list[PastLicence]]:
    """Return the licences of the last twelve months, and of the twelve before them."""
    end, found = on, []
    for _ in range(_YEARS_ASKED):
        begin = year_before(end)
        found.append([one for one in licences if begin < one.issued <= end])
        end = begin
    return found


def years_between(first: date, last: date) -> int:
    """Return how many whole years have passed."""
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))
