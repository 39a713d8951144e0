"""When what is left of a quota will be used up: by the mean of the months so far, with an interval.

With n >= 2 whole months reported, mean m and standard deviation s, the next T months bring m T with the
error s sqrt(T + T^2 / n) of a sum of T new months whose mean is itself estimated (prediction interval of a normal
sample, Student's t with n - 1 degrees of freedom); with u of what was produced so far,

    |R - m T| <= t sqrt(s^2 (T + T^2 / n) + u^2),   R = what is left,

gives the earliest and the latest T by bisection; the latest is unbounded where the pace is not sure to be above zero.

The lower bound, once squared, is a quadratic in T, which has one root beyond R / m where m > t s / sqrt(n), else none.
Source: prediction interval for the sum of further draws of a normal sample.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from math import inf, sqrt

MONTH_DAYS = 365.2425 / 12
MONTHS_MAX = 1200.0  # beyond a century no day is told


def day_after(start: date, months: float) -> date | None:
    """Return the day a number of months after another; None for one that is too far to be told."""
    if not months <= MONTHS_MAX:
        return None
    return start + timedelta(days=int(months * MONTH_DAYS))


def project_months(masses: Sequence[float], left: float, u_left: float, level: float) -> tuple[float, float, float]:
    """Return after how many months what is left is used up: by the mean, the earliest and the latest (infinite: never
    for certain).

    `masses` are whole months, `left` and `u_left` in the same unit. One month alone gives no interval: the earliest is
    at once and the latest never.
    """
    n = len(masses)
    mean = sum(masses) / n
    by_mean = 0.0 if left <= 0 else left / mean if mean * MONTHS_MAX >= left else inf
    if n < 2:
        return by_mean, 0.0, inf
    # Only who projects waits for scipy; the rules of quotas and returns are asked for more often.
    from scipy.special import stdtrit

    variance = sum((mass - mean) ** 2 for mass in masses) / (n - 1)
    t = float(stdtrit(n - 1, 0.5 + level / 2))

    def reach(months: float, sign: float) -> float:
        return mean * months + sign * t * sqrt(variance * (months + months * months / n) + u_left * u_left) - left

    return by_mean, _first_zero(lambda m: reach(m, 1.0)), _first_zero(lambda m: reach(m, -1.0))


def _first_zero(function: Callable[[float], float]) -> float:
    """Return where a function that begins below zero reaches it, by doubling and halving; infinite: never."""
    if function(0.0) >= 0:
        return 0.0
    high = 1.0
    while function(high) < 0:
        if high == MONTHS_MAX:
            return inf
        high = min(2 * high, MONTHS_MAX)
    low = 0.0
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return high
