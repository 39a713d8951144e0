"""Vectors of the kind `casework`, key `sla`: what a clock counts by both countings, and when it is due.

Contract: vectors/README.md of this project. A calendar of a case is its own: weekend Saturday and Sunday, the dates
that it lists, its zone.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from ytterby.law.calendar import Calendar, CalendarDay, DayKind
from ytterby.law.clock import Clock, ClockEvent, Happening, read_clock
from ytterby.law.clock_rule import ClockRule, DayRule

WEEKEND = frozenset({5, 6})

Json = Mapping[str, Any]


def compute_sla(case: Json, rule: ClockRule, zone_of: Callable[[str], tzinfo]) -> dict[str, Any]:
    """Return `at_cutoff`, `any_overlap` and `due45` of a case. `rule` is that of the vectors, without a case's zone.

    Raises:
        ValueError, TypeError, KeyError: a case that cannot be read.
    """
    own = case.get("calendar") or {}
    if not isinstance(own, Mapping):
        raise TypeError("the calendar of a case is an object")
    zone = zone_of(str(own.get("zone", rule.zone)))
    calendar = _calendar(own)
    as_of = _instant(case["as_of"])
    events = [_event(one) for one in case["events"]]
    clock = read_clock(events, rule=rule, calendar=calendar, zone=zone, as_of=as_of)
    return {by.value: clock.days_by[by] for by in DayRule} | {"due45": _due(clock, zone)}


def _due(clock: Clock, zone: tzinfo) -> str | None:
    """Return the due date; of one that is past the day of the instant, as the contract wants it."""
    if clock.due is None:
        return None
    return max(clock.due, clock.as_of.astimezone(zone).date()).isoformat()


def _calendar(own: Json) -> Calendar:
    days = {
        day: CalendarDay(day, kind)
        for name, kind in (("holidays", DayKind.HOLIDAY), ("extra_working", DayKind.MAKEUP_WORKDAY))
        for day in map(date.fromisoformat, own.get(name, ()))
    }
    return Calendar("vector", weekend=WEEKEND, days=days)


def _event(one: Json) -> ClockEvent:
    return ClockEvent(Happening(one["kind"]), _instant(one["at"]), str(one.get("id", "")), str(one.get("reason", "")))


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return at
