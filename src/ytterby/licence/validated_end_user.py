"""Whether an end user is a validated one on a day: what the pack asks of it, and what of that is shown and still holds.

Source: section 5.4 (c) of the project's notes on casework: consent to visits, yearly reconciliation, sealed documents
renewed each year.
"""

from dataclasses import dataclass
from datetime import date

from ytterby.law.casework_fact import LEVELS
from ytterby.law.casework_rule import Need, ValidationRule
from ytterby.licence.validity import last_valid_day


@dataclass(frozen=True, slots=True)
class EndUserRecord:
    """What an end user has shown: the days on which it consented to visits, on which what it got and used was
    reconciled, and on which its sealed documents were renewed; how well it is known; findings open against it.
    None: never, or not known.
    """

    level: str = ""
    consented_on: date | None = None
    reconciled_on: date | None = None
    documents_on: date | None = None
    open_findings: int | None = None


@dataclass(frozen=True, slots=True)
class Validation:
    """What is lacking, and until which day all of it holds; None where something is lacking, or where nothing ends."""

    lacking: tuple[Need, ...]
    until: date | None

    @property
    def is_valid(self) -> bool:
        """Nothing is lacking."""
        return not self.lacking


def validate(rule: ValidationRule, record: EndUserRecord, on: date) -> Validation:
    """Return what an end user lacks on a day, and until when it will be a validated one as things stand."""
    days = {
        Need.VISITS: record.consented_on,
        Need.RECONCILIATION: record.reconciled_on,
        Need.DOCUMENTS: record.documents_on,
    }
    shown = {
        Need.ORGANISATION: record.level == LEVELS[-1],
        Need.NO_FINDING: record.open_findings == 0,
        **{need: _is_held(rule, day, on) for need, day in days.items()},
    }
    lacking = tuple(need for need in rule.needs if not shown[need])
    ends = [last_valid_day(day, rule.holds_for) for need in rule.needs if (day := days.get(need)) is not None]
    return Validation(lacking, None if lacking else min(ends, default=None))


def _is_held(rule: ValidationRule, day: date | None, on: date) -> bool:
    return day is not None and day <= on <= last_valid_day(day, rule.holds_for)
