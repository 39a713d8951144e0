"""What a clock goes by: how many days, how they are counted, in which zone, and which reasons stop it.

Rules are data: a pack's procedure holds its clocks (`procedure.clock_rules_of`), the tables clock_rules.csv and
clock_reasons.csv of law/calendars those of no procedure. An officer's dated entry may choose another counting. Only a
reason that the rule names stops its clock; the reason `*` lets every stop count.

*At cutoff*: a day counts when no stop is open at its cutoff. *Any overlap*: a day counts when no stop was open at any
instant after the cutoff of the working day before it up to its own.

Sources: on each row; vectors/README.md of this project (kind casework, sla) for the two countings.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from ytterby.law.calendar_row import Row, read_rows
from ytterby.terms.problem import Problem, refuse

RULE_COLUMNS = ("rule", "calendar", "days", "first_day", "counting", "cutoff", "zone", "source", "confidence")
REASON_COLUMNS = ("rule", "reason", "effect", "name", "source", "confidence")
ANY_REASON = "*"
DAYS_MOST = 10_000
MINUTES_IN_HOUR = timedelta(hours=1) // timedelta(minutes=1)
MINUTES_IN_DAY = timedelta(days=1) // timedelta(minutes=1)
_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")


class DayRule(StrEnum):
    """When a working day counts beside a stop."""

    AT_CUTOFF = "at_cutoff"
    ANY_OVERLAP = "any_overlap"


class FirstDay(StrEnum):
    """Whether the day of acceptance is day 1."""

    NOT_COUNTED = "not_counted"
    COUNTED = "counted"


class Effect(StrEnum):
    """What a reason does: it stops the clock, or the law sets no limit any more."""

    STOPS = "stops"
    NO_LIMIT = "no_limit"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that the law names, with its effect, where it stands and how sure that is."""

    code: str
    effect: Effect
    name: str = ""
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock. `cutoff_minutes` after midnight of the civil day, up to 24 h; `zone` and `calendar` are names."""

    id: str
    days: int
    cutoff_minutes: int
    zone: str
    day_rule: DayRule = DayRule.AT_CUTOFF
    is_first_counted: bool = False
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    calendar: str = ""
    source: str = ""
    confidence: str = ""

    def has_effect(self, code: str, effect: Effect) -> bool:
        """Tell whether a reason has an effect by this rule."""
        found = self.reasons.get(code) or self.reasons.get(ANY_REASON)
        return found is not None and found.effect is effect

    def cutoff(self, day: date, zone: tzinfo) -> datetime:
        """Return the instant at which a civil day of a zone ends for this clock, in UTC.

        Of a time that a change of the clocks repeats it is the first; one that it leaves out is as far beyond the
        change as it would have been beyond the hour before it.
        """
        whole, rest = divmod(self.cutoff_minutes, MINUTES_IN_DAY)
        civil = datetime.combine(day + timedelta(days=whole), time(*divmod(rest, MINUTES_IN_HOUR)))
        return civil.replace(tzinfo=zone).astimezone(UTC)


def parse_clock_rules(rules_csv: str, reasons_csv: str) -> tuple[Mapping[str, ClockRule], list[Problem]]:
    """Return the rules by id; none, and all problems, where a row is wrong (codes as `parse_calendars`)."""
    problems: list[Problem] = []
    found: dict[str, ClockRule] = {}
    reasons: dict[str, dict[str, Reason]] = {}
    for row in read_rows("clock_rules", rules_csv, RULE_COLUMNS, problems):
        rule = _rule(row, reasons)
        if rule is not None and rule.id in found:
            row.note(refuse("calendar.twice", "", rule.id), "rule")
        elif rule is not None:
            found[rule.id] = rule
    for row in read_rows("clock_reasons", reasons_csv, REASON_COLUMNS, problems):
        _note_reason(row, reasons, known=", ".join(found))
    return ({}, problems) if problems else (found, [])


def _rule(row: Row, reasons: dict[str, dict[str, Reason]]) -> ClockRule | None:
    name, zone = row.text("rule"), row.text("zone")
    days = row.whole("days", 1, DAYS_MOST)
    first, counting = row.word("first_day", FirstDay), row.word("counting", DayRule)
    cutoff = _minutes(row)
    source, confidence = row.sourced()
    if not name or days is None or first is None or counting is None or cutoff is None:
        return None
    return ClockRule(
        id=name,
        days=days,
        cutoff_minutes=cutoff,
        zone=zone,
        day_rule=counting,
        is_first_counted=first is FirstDay.COUNTED,
        reasons=reasons.setdefault(name, {}),
        calendar=row.cells["calendar"].strip(),
        source=source,
        confidence=confidence,
    )


def _minutes(row: Row) -> int | None:
    said = row.cells["cutoff"].strip()
    minutes = minutes_of(said)
    if minutes is None:
        row.note(refuse("calendar.no_time", "", said), "cutoff")
    return minutes


def minutes_of(cutoff: str) -> int | None:
    """Return a cutoff from 00:01 to 24:00 in minutes after midnight; None where it is none."""
    found = _TIME.fullmatch(cutoff)
    minutes = int(found[1]) * MINUTES_IN_HOUR + int(found[2]) if found else 0
    return minutes if 0 < minutes <= MINUTES_IN_DAY else None


def _note_reason(row: Row, reasons: dict[str, dict[str, Reason]], *, known: str) -> None:
    rule, code, effect = row.text("rule"), row.text("reason"), row.word("effect", Effect)
    name = row.text("name")
    source, confidence = row.sourced()
    if rule not in reasons:
        row.note(refuse("calendar.unknown", "", rule, known=known), "rule")
    elif code in reasons[rule]:
        row.note(refuse("calendar.twice", "", f"{rule} {code}"), "reason")
    elif effect is not None:
        reasons[rule][code] = Reason(code, effect, name, source, confidence)
