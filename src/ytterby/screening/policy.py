"""The policy of screening: how long a clearance may hold, how old a screening may be, how many suppressed hits are
looked at again. Dated data (`policy.yaml`), each with its source; of several that hold on a day the latest counts.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds from `effective` on. `sampled_share` is a part of 1; `screened_hours_most` the greatest age of a
    party's screening, hours; `reasons` by verdict are the coded reasons of opinions.
    """

    id: str
    effective: date
    clearance_months: int
    sampled_share: Decimal
    screened_hours_most: int
    reasons: Mapping[str, tuple[str, ...]]
    source: str
    confidence: str


def read_policies(content: Mapping[str, Any]) -> tuple[Policy, ...]:
    """Return the policies of a decoded `policy.yaml`, in order of their first day.

    Raises:
        ValueError: there is none, one is no policy, or two begin on one day.
    """
    policies = sorted((_policy(row) for row in content["policies"]), key=lambda one: one.effective)
    if len({one.effective for one in policies}) < max(len(policies), 1):
        raise ValueError("no policy, or two that begin on one day")
    return tuple(policies)


def _policy(row: Mapping[str, Any]) -> Policy:
    share = Decimal(str(row["sampled_share"]))
    months, hours = int(row["clearance_months"]), int(row["screened_hours_most"])
    if not 0 <= share <= 1 or months < 1 or hours < 1:
        raise ValueError(f"{row['id']}: a share from 0 to 1, months and hours from 1 on")
    return Policy(
        id=str(row["id"]),
        effective=date.fromisoformat(str(row["effective"])),
        clearance_months=months,
        sampled_share=share,
        screened_hours_most=hours,
        reasons={str(verdict): tuple(map(str, found)) for verdict, found in row["reasons"].items()},
        source=str(row["source"]),
        confidence=str(row["confidence"]),
    )


def policy_on(policies: Sequence[Policy], day: date) -> Policy:
    """Return the policy that holds on a day; before the first one, that one."""
    held = [one for one in policies if one.effective <= day]
    return held[-1] if held else policies[0]


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, MONTHS_OF_A_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
