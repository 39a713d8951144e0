"""The months of one plant and quantity as people read them: what is missing, how sure, what makes it unsure.

A month that cannot be tested stands among the others with its reason and without figures: an unknown is never 0. The
statistics run over the months that can be tested.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ytterby.balance.account import Accounts, Row, Untestable
from ytterby.balance.measurements import Item, measurements_of
from ytterby.balance.page import BoolArray, Chart, page_set
from ytterby.balance.period_balance import SYSTEMATIC, Contributor, PeriodBalance, contributors, period_balance
from ytterby.balance.quantity import Quantity
from ytterby.chain.period import Month
from ytterby.matter.mass import FloatArray

CONTRIBUTORS_MAX = 5


class MonthBalance(NamedTuple):
    """One month, kg. Figures are None where it cannot be tested; `levels` are Page's S, one of each chart."""

    month: Month
    untestable: Untestable | None
    muf_kg: float | None = None
    sigma_kg: float | None = None
    sigma_random_kg: float | None = None
    sigma_systematic_kg: float | None = None
    cumuf_kg: float | None = None
    sigma_cumuf_kg: float | None = None
    itmuf_kg: float | None = None
    sitmuf: float | None = None
    levels: tuple[float, ...] = ()
    alarms: tuple[bool, ...] = ()
    contributors: tuple[Contributor, ...] = ()


class PlantMonths(NamedTuple):
    """All months of a plant and quantity; `items` and `groups` are what the contributors number."""

    months: tuple[MonthBalance, ...]
    items: tuple[Item, ...]
    groups: tuple[str, ...]

    def name_of(self, part: Contributor) -> str:
        """Return the key of the item, or the name of the group, that makes up a part of a variance."""
        return self.groups[part.number] if part.kind == SYSTEMATIC else self.items[part.number].key


def plant_months(accounts: Accounts, site: str, quantity: Quantity, charts: Sequence[Chart]) -> PlantMonths:
    """Return the months of a plant, in order of time, with the levels of these charts, run together."""
    rows = accounts.testable(accounts.rows_of(site))
    items = accounts.items(quantity, rows)
    measured = measurements_of(items, len(rows))
    balance = period_balance(measured)
    levels, alarms = page_set(balance.innovations.sitmuf, charts)
    months = {
        row: _month(accounts.months[row.month], place, balance, levels, alarms)._replace(
            contributors=contributors(measured, place)[:CONTRIBUTORS_MAX]
        )
        for place, row in enumerate(rows)
    }
    untested = {row: reason for row, reason in accounts.untestable.items() if row.site == site and row.link is None}
    months |= {row: MonthBalance(accounts.months[row.month], reason) for row, reason in untested.items()}
    return PlantMonths(tuple(months[row] for row in sorted(months, key=_month_number)), items, measured.groups)


def _month_number(row: Row) -> int:
    return row.month


def _month(month: Month, place: int, balance: PeriodBalance, levels: FloatArray, alarms: BoolArray) -> MonthBalance:
    series = balance.innovations
    is_singular = np.isnan(series.itmuf_sd[place])
    reason = Untestable("no_variance") if is_singular else None
    return MonthBalance(
        month=month,
        untestable=reason,
        muf_kg=float(balance.muf_kg[place]),
        sigma_kg=float(balance.sigma_kg[place]),
        sigma_random_kg=float(balance.sigma_random_kg[place]),
        sigma_systematic_kg=float(balance.sigma_systematic_kg[place]),
        cumuf_kg=float(balance.cumuf_kg[place]),
        sigma_cumuf_kg=float(balance.sigma_cumuf_kg[place]),
        itmuf_kg=None if is_singular else float(series.itmuf[place]),
        sitmuf=None if is_singular else float(series.sitmuf[place]),
        levels=tuple(float(level) for level in levels[:, place]),
        alarms=tuple(bool(alarm) for alarm in alarms[:, place]),
    )
