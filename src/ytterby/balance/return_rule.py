"""Who owes a monthly flow return, and until when: dated rules, read from the rows that the shell hands in.

A rule governs a return by its due day: the first return that a new day holds for is the first that falls due under it.
The return is in time when it arrives before that day ends on the clock of the site that it speaks of. Kinds of
enterprise are kinds of site, since one enterprise may run a mine and a magnet works.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

from ytterby.chain.party import Site
from ytterby.chain.period import Month

LAW = "law"


class DueRule(NamedTuple):
    """The day of a later month on which a return falls due, governing due days in [effective, until)."""

    day: int
    months_after: int
    effective: date
    until: date | None
    basis: str
    source: str
    confidence: str

    def candidate(self, month: Month) -> date:
        """Return the due day that this rule gives a month; the last of a month that has no such day."""
        later = month.plus(self.months_after)
        return later.first_day.replace(day=min(self.day, later.last_day.day))


class KindRule(NamedTuple):
    """That sites of a kind report, in [effective, until); `countries` empty means everywhere."""

    kind: str
    effective: date
    until: date | None
    countries: frozenset[str]
    basis: str
    article: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class ReturnRules:
    """All rules, in the order of their file."""

    due: tuple[DueRule, ...]
    kinds: tuple[KindRule, ...]

    def due_day(self, month: Month) -> date | None:
        """Return the last day on which the return of a month is in time; None where no rule governs it."""
        found = [
            (rule.effective, day)
            for rule in self.due
            if holds(rule.effective, rule.until, day := rule.candidate(month))
        ]
        return max(found)[1] if found else None

    def deadline(self, month: Month, zone: tzinfo) -> datetime | None:
        """Return the instant before which the return of a month must have arrived: the end of its due day, UTC."""
        day = self.due_day(month)
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)

    def is_owed(self, site: Site, month: Month) -> bool:
        """Tell whether a site of this kind owes a return of a month by law, on the day it falls due."""
        day = self.due_day(month)
        return day is not None and any(
            rule.basis == LAW
            and rule.kind == site.kind
            and (not rule.countries or site.country in rule.countries)
            and holds(rule.effective, rule.until, day)
            for rule in self.kinds
        )


def holds(effective: date, until: date | None, day: date) -> bool:
    """Tell whether a dated rule governs a day."""
    return effective <= day and (until is None or day < until)


def parse_return_rules(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> ReturnRules:
    """Return the rules of a file's rows (`return_rules.yaml`).

    Raises:
        KeyError: a row lacks a field.
        ValueError: a day no month can have, or a due day counted otherwise than in calendar days.
    """
    due = []
    for row in rows["due"]:
        if not 1 <= row["day"] <= 31 or row["months_after"] < 0 or row["counts"] != "calendar_days":
            raise ValueError(f"no due day can be told from {dict(row)}")
        names = ("day", "months_after", "effective", "until", "basis", "source", "confidence")
        due.append(DueRule(*(row[name] for name in names)))
    kinds = [
        KindRule(
            kind=row["kind"],
            effective=row["effective"],
            until=row["until"],
            countries=frozenset(row["countries"]),
            basis=row["basis"],
            article=row["article"],
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in rows["kinds"]
    ]
    return ReturnRules(tuple(due), tuple(kinds))
