"""What a case came to, as statistics take it: plain values, each with the day on which the log came to hold it.

A day is never the day that something is about, always that of its entry: so a month that is over never changes, and
what is published of it stays true. What came late counts in the month in which it came.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

YES, NO, NO_TIER, OTHER = "yes", "no", "none", "other"
ONE = Decimal(1)


class Mass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mass of an element, in kg, and the day of its entry."""

    element: str
    kg: Decimal
    on: date


class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A licence whose validity ended: the element mass, in kg, that was drawn on it, and that was not."""

    on: date
    used_kg: Decimal
    unused_kg: Decimal


class CaseRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One case. `party` is the applicant, whose contribution to a cell is looked at; `region` is where the goods go.

    `first_days` are the days to the first outcome as the procedure's clock counts them, `is_within` whether they are
    within its limit; `stopped_days` the days for which it stood still. `appealed` is the day on which an appeal was
    decided, `audited` that on which an automatic decision was looked at again.
    """

    case: str
    party: str
    received: date
    is_complete: bool
    region: str = OTHER
    tier: str = NO_TIER
    decided: date | None = None
    outcome: str = ""
    first_days: int | None = None
    is_within: bool = True
    stopped_days: int = 0
    queries: int = 0
    licensed: tuple[Mass, ...] = ()
    drawn: tuple[Mass, ...] = ()
    ended: tuple[Ended, ...] = ()
    audited: date | None = None
    has_hit: bool = False
    appealed: date | None = None
    is_overturned: bool = False


class Fact(NamedTuple):
    """What one case brings to a measure in a month (`month_number`), with a code for each dimension of the measure."""

    measure: str
    month: int
    codes: tuple[str, ...]
    party: str
    value: Decimal


def month_number(day: date) -> int:
    """Return the number of a day's month: months since the year 0."""
    return day.year * 12 + day.month - 1


def month_text(number: int) -> str:
    """Return `2026-01` for a month's number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def facts_of(records: Iterable[CaseRecord], regions: Collection[str]) -> list[Fact]:
    """Return what cases bring to all measures; regions that are not listed count as `other`.

    Raises:
        ValueError: a negative mass or count.
    """
    facts = [fact for record in records for fact in _facts(record, regions)]
    if any(fact.value < 0 for fact in facts):
        raise ValueError("what a case brings to statistics is never below zero")
    return [fact for fact in facts if fact.value]


def _facts(record: CaseRecord, regions: Collection[str]) -> Iterator[Fact]:
    party, region = record.party, record.region if record.region in regions else OTHER
    yield Fact("received", month_number(record.received), (_word(record.is_complete),), party, ONE)
    if record.decided is not None:
        month = month_number(record.decided)
        codes = (record.tier, record.outcome, _word(record.is_within))
        yield Fact("decided", month, codes, party, ONE)
        yield Fact("stopped_days", month, (record.tier,), party, Decimal(record.stopped_days))
        yield Fact("queries", month, (record.tier,), party, Decimal(record.queries))
    for measure, masses in (("licensed_kg", record.licensed), ("drawn_kg", record.drawn)):
        for mass in masses:
            yield Fact(measure, month_number(mass.on), (mass.element, region), party, mass.kg)
    for ended in record.ended:
        month = month_number(ended.on)
        yield Fact("expired_kg", month, (YES,), party, ended.used_kg)
        yield Fact("expired_kg", month, (NO,), party, ended.unused_kg)
    if record.audited is not None:
        yield Fact("audits", month_number(record.audited), (_word(record.has_hit),), party, ONE)
    if record.appealed is not None:
        yield Fact("appeals", month_number(record.appealed), (_word(record.is_overturned),), party, ONE)


def _word(is_so: bool) -> str:
    return YES if is_so else NO
