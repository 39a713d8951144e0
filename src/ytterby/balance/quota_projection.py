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
    mean = sum(masses) / len(masses)
    by_mean = 0.0 if left <= 0 else left / mean if mean * MONTHS_MAX >= left else inf
    half = _half_width(masses, u_left, level)
    if half is None:
        return by_mean, 0.0, inf

    def reach(months: float, sign: float) -> float:
        return mean * months + sign * half(months) - left

    return by_mean, _first_zero(lambda m: reach(m, 1.0)), _first_zero(lambda m: reach(m, -1.0))


def project_sums(
    masses: Sequence[float], made: float, u_made: float, level: float, count: int
) -> tuple[tuple[float, float | None, float | None], ...]:
    """Return what will have been made in all after each of the next `count` months: by the mean, and the ends of the
    same interval; one month alone gives none.
    """
    mean = sum(masses) / len(masses)
    half = _half_width(masses, u_made, level)
    sums = [(months, made + mean * months) for months in range(1, count + 1)]
    if half is None:
        return tuple((total, None, None) for _, total in sums)
    return tuple((total, total - half(months), total + half(months)) for months, total in sums)


def _half_width(masses: Sequence[float], u: float, level: float) -> Callable[[float], float] | None:
    """Return half the width of the interval after a number of months; None where one month gives no spread."""
    n = len(masses)
    if n < 2:
        return None
    # Only who projects waits for scipy; the rules of quotas and returns are asked for more often.
    from scipy.special import stdtrit

    mean = sum(masses) / n
    variance = sum((mass - mean) ** 2 for mass in masses) / (n - 1)
    t = float(stdtrit(n - 1, 0.5 + level / 2))
    return lambda months: t * sqrt(variance * (months + months * months / n) + u * u)


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
