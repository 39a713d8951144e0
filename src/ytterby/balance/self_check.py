"""Are the uncertainties that a plant declares about right? Its own z tell: their mean square is 1 when they are.

n z^2 has the chi-square distribution with n degrees of freedom, n the testable months. Above 1.3 the declared
uncertainties are too small: its charts will alarm too often. Below 0.6 its figures are too good to be true: copied from
the other side or worked back from the balance. Few months say little: the mean of 12 honest z^2 is above 1.3 once in
five plants. So a flag needs both: the mean beyond its limit, and so far beyond 1 that an honest plant with as many
months gets there with a chance of at most 5 %. With fewer than 12 months there is no verdict. `months_for` tells from
how many months the limit itself decides: 68 for 1.3 and 28 for 0.6 at 5 %.

A loss raises the mean square too; only months before a diversion say something of the uncertainties. `mean` shows it.

Names: `SelfCheck`, `SelfCheckLimits`, `parse_self_check_limits`, `check_declared`, `months_for`.
Source: interval of a variance from normal deviates, any textbook; limits: accountancy of this project, 2.3.
"""

import csv
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtr, chdtrc, chdtri

from ytterby.matter.mass import FloatArray

TOO_FEW, AS_DECLARED, TOO_SMALL, TOO_GOOD = "too_few_months", "as_declared", "too_small", "too_good_to_be_true"
INTERVAL = 0.95
MONTHS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class SelfCheckLimits:
    """Mean z^2 above `too_small` or below `too_good` is flagged when chance does it with at most `chance`."""

    too_small: float
    too_good: float
    chance: float
    least_months: int


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """Mean z^2 of n testable months, with the 95 % interval of the variance ratio (true over declared).

    `chance` is that of an honest plant to be as far out on that side; `mean` of z is near 0 when nothing drifts. NaN
    where no month is testable.
    """

    verdict: str
    months: int
    mean_square: float
    low: float
    high: float
    chance: float
    mean: float


def parse_self_check_limits(csv_text: str) -> SelfCheckLimits:
    """Return the limits that self_check_limits.csv holds.

    Raises:
        KeyError: a limit is missing.
        ValueError: limits that are not on their sides of 1, or a chance outside (0, 0.5).
    """
    values = {row["limit"]: float(row["value"]) for row in csv.DictReader(csv_text.splitlines())}
    limits = SelfCheckLimits(values["too_small"], values["too_good"], values["chance"], int(values["least_months"]))
    if not 0 < limits.too_good < 1 < limits.too_small or not 0 < limits.chance < 0.5:
        raise ValueError("limits of the self-check are not on their sides of 1")
    return limits


def check_declared(z: FloatArray, limits: SelfCheckLimits) -> SelfCheck:
    """Return what z (m, NaN where not testable) says of the declared uncertainties."""
    scores = np.asarray(z)[~np.isnan(z)]
    n = len(scores)
    if not n:
        return SelfCheck(TOO_FEW, 0, np.nan, np.nan, np.nan, np.nan, np.nan)
    total = float(scores @ scores)
    mean_square, tail = total / n, (1 - INTERVAL) / 2
    chance = float(chdtrc(n, total) if mean_square > 1 else chdtr(n, total))
    return SelfCheck(
        verdict=_verdict(n, mean_square, chance, limits),
        months=n,
        mean_square=mean_square,
        low=total / float(chdtri(n, tail)),
        high=total / float(chdtri(n, 1 - tail)),
        chance=chance,
        mean=float(scores.mean()),
    )


def months_for(limit: float, chance: float) -> int:
    """Return the least number of months from which an honest plant is beyond a limit with at most this chance.

    Raises:
        ValueError: a limit of 1 or below 0, a chance outside (0, 0.5), or more than 100,000 months.
    """
    if limit < 0 or limit == 1 or not 0 < chance < 0.5:
        raise ValueError(f"no number of months for a limit of {limit} at a chance of {chance}")
    n = np.arange(1, MONTHS_MAX + 1)
    beyond = chdtrc(n, n * limit) if limit > 1 else chdtr(n, n * limit)
    rare = np.flatnonzero(beyond > chance)
    least = int(n[rare[-1]]) + 1 if len(rare) else 1
    if least > MONTHS_MAX:
        raise ValueError(f"a limit of {limit} needs more than {MONTHS_MAX} months")
    return least


def _verdict(n: int, mean_square: float, chance: float, limits: SelfCheckLimits) -> str:
    if n < limits.least_months:
        return TOO_FEW
    if chance > limits.chance:
        return AS_DECLARED
    if mean_square > limits.too_small:
        return TOO_SMALL
    return TOO_GOOD if mean_square < limits.too_good else AS_DECLARED
