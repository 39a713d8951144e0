"""Dated rules of lists: which lists there are, for whom each is in force, how old it may be, what holds an import back.

Rows come from `list_rules.yaml`. A row governs days in [effective, until). An operator's own list bears an id that
begins with `own-` and needs no row; it is in force as long as it is there, and is never missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

OWN = "own-"


class ListRule(NamedTuple):
    """A list. `is_required`: without it, or with one that is stale, nobody is cleared. Hours count from the import,
    days from the day that the file states; None: no limit.
    """

    list: str
    jurisdiction: str
    title: Mapping[str, str]
    formats: tuple[str, ...]
    is_required: bool
    stale_after_hours: int | None
    stale_after_days: int | None
    effective: date
    until: date | None
    licence: str
    source: str
    confidence: str


class HoldLimits(NamedTuple):
    """Shares above which an import waits for a person: of entries removed, of entries changed."""

    removed_share: float
    changed_share: float
    effective: date
    until: date | None
    source: str


@dataclass(frozen=True, slots=True)
class ListRules:
    """All rows, in the order of their file."""

    lists: tuple[ListRule, ...]
    limits: tuple[HoldLimits, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all lists, each once."""
        return tuple(dict.fromkeys(rule.list for rule in self.lists))

    def knows(self, list_id: str) -> bool:
        """Tell whether a list may be imported under this id."""
        is_own = list_id.startswith(OWN) and len(list_id) > len(OWN)
        return list_id in self.ids or (is_own and all(c.isascii() and (c.isalnum() or c in "-_") for c in list_id))

    def of(self, list_id: str, on: date) -> ListRule | None:
        """Return the row that governs a list on a day; None where none does."""
        return next((rule for rule in self.on(on) if rule.list == list_id), None)

    def on(self, on: date) -> list[ListRule]:
        """Return the rows that govern a day."""
        return [rule for rule in self.lists if _holds(rule.effective, rule.until, on)]

    def limits_on(self, on: date) -> HoldLimits:
        """Return the limits of a day; where no row governs it, nothing may change unseen."""
        found = [one for one in self.limits if _holds(one.effective, one.until, on)]
        return found[-1] if found else HoldLimits(0.0, 0.0, on, None, "")


def _holds(effective: date, until: date | None, on: date) -> bool:
    return effective <= on and (until is None or on < until)


def parse_list_rules(rows: Mapping[str, Any]) -> ListRules:
    """Return the rules of the file's rows.

    Raises:
        ValueError, KeyError: a row cannot be read, or two govern one list on one day.
    """
    rules = ListRules(tuple(map(_list, rows["lists"])), tuple(map(_limits, rows["hold"])))
    for rule in rules.lists:
        again = [
            one for one in rules.lists if one.list == rule.list and _holds(one.effective, one.until, rule.effective)
        ]
        if len(again) != 1:
            raise ValueError(f"{rule.list} has two rows on {rule.effective}")
    return rules


def _list(row: Mapping[str, Any]) -> ListRule:
    stale = row["stale_after"]
    return ListRule(
        list=row["list"],
        jurisdiction=row["jurisdiction"],
        title={"en": row["title"]["en"], "zh": row["title"]["zh"]},
        formats=tuple(row["formats"]),
        is_required=bool(row["required"]),
        stale_after_hours=stale.get("hours"),
        stale_after_days=stale.get("days"),
        effective=row["effective"],
        until=row["until"],
        licence=row["licence"],
        source=row["source"],
        confidence=row["confidence"],
    )


def _limits(row: Mapping[str, Any]) -> HoldLimits:
    return HoldLimits(
        float(row["removed_share"]), float(row["changed_share"]), row["effective"], row["until"], row["source"]
    )


def hold_reasons(
    limits: HoldLimits, *, before: int, removed: int, changed: int, is_older: bool, has_findings: bool, is_untried: bool
) -> Iterable[str]:
    """Yield why an import waits for a person: removed, changed, older, findings, untried. Nothing: it is in force.

    `before` counts the entries in force; of a first import there are none, and no share of them. `is_untried`: its
    importer never ran on a real file, and nobody has released what it makes of this list yet.
    """
    if before and removed > limits.removed_share * before:
        yield "removed"
    if before and changed > limits.changed_share * before:
        yield "changed"
    if is_older:
        yield "older"
    if has_findings:
        yield "findings"
    if is_untried:
        yield "untried"
