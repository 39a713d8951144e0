"""Thresholds of Page's test by quadrature: how often chance alone brings S above h.

z is N(delta, 1) and independent. The distribution of S_t, with no alarm so far, is an atom at 0 and a density on
(0, h]; one month turns them into

    atom'       = Phi(k - delta) atom + integral p(x) Phi(k - delta - x) dx
    density'(y) = phi(y + k - delta) atom + integral p(x) phi(y - x + k - delta) dx,

and what is lost to y > h is the probability of an alarm. With Gauss-Legendre nodes on (0, h] both are sums; the
integrands are smooth, so that 96 nodes, or 3 for each sd of h, give all digits. The average run length from S = 0
solves the same equation backwards, N = 1 + K N (Fredholm, second kind). Long-run rate of alarms with reset to 0: one
per N months.

Within some months of a start from 0 there are fewer: a renewal process, whose months between alarms have the first
alarm's distribution.

Names: `survival`, `alarm_probability`, `horizon_threshold`, `average_run_length`, `run_length_threshold`,
`expected_renewals`.
Sources: Page (1954); Goel and Wu, Determination of A.R.L. and a contour nomogram for CUSUM charts, Technometrics 13
(1971) 221 (integral equation and its quadrature); Kemp, J. R. Stat. Soc. B 23 (1961) 149; Feller, An introduction to
probability theory 1, XIII (recurrent events).
"""

from collections.abc import Callable
from math import ceil, inf

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from ytterby.matter.mass import FloatArray

NODES_MIN, NODES_PER_SD = 96, 3
# Tolerance of h, in standard deviations of z.
H_TOLERANCE = 1e-10
H_MAX = 200.0
MONTHS_MAX = 12_000
# The linear system loses as many digits as the run length has.
RUN_LENGTH_MAX = 1e9


def survival(months: int, k: float, h: float, *, is_first_without_k: bool = False) -> FloatArray:
    """Return P(no alarm in the first t months) in control for t = 0 … months (months + 1).

    Raises:
        ValueError: a threshold outside 0 to 200, or months outside 1 to 12,000.
    """
    if not 1 <= months <= MONTHS_MAX:
        raise ValueError(f"{months} months are not 1 to {MONTHS_MAX}")
    nodes, weights = _nodes(h)
    first = 0.0 if is_first_without_k else k
    atom, density = float(ndtr(first)), normal_density(nodes + first)
    kernel = normal_density(nodes[:, np.newaxis] - nodes[np.newaxis, :] + k) * weights
    into_atom, from_atom = weights * ndtr(k - nodes), normal_density(nodes + k)
    alive = np.ones(months + 1)
    for month in range(1, months + 1):
        alive[month] = atom + weights @ density
        atom, density = float(ndtr(k) * atom + into_atom @ density), from_atom * atom + kernel @ density
    return alive


def alarm_probability(months: int, k: float, h: float, *, is_first_without_k: bool = False) -> float:
    """Return P(S_t > h for some t <= months) in control, without reset; errors as `survival`."""
    return 1.0 - float(survival(months, k, h, is_first_without_k=is_first_without_k)[-1])


def expected_renewals(alive: FloatArray) -> float:
    """Return the expected number of alarms within the months of a survival, each followed by a start from 0."""
    first = -np.diff(alive)
    rate = np.zeros(len(first))
    for month in range(len(first)):
        rate[month] = first[month] + first[:month] @ rate[:month][::-1]
    return float(rate.sum())


def horizon_threshold(months: int, alpha: float, k: float, *, is_first_without_k: bool = False) -> float:
    """Return h so that chance alarms within some months with probability alpha.

    Raises:
        ValueError: no threshold from 0 to 200 does it, months outside 1 to 12,000, or alpha outside (0, 1).
    """
    if not 0 < alpha < 1:
        raise ValueError(f"no threshold has the probability {alpha}")
    return _root(lambda h: alarm_probability(months, k, h, is_first_without_k=is_first_without_k) - alpha)


def average_run_length(k: float, h: float, delta: float = 0.0) -> float:
    """Return the mean number of months to an alarm from S = 0, of z with mean delta.

    Raises:
        ValueError: a threshold outside 0 to 200, or a mean of more than 1e9 months.
    """
    length = _run_length(k, h, delta)
    if length > RUN_LENGTH_MAX:
        raise ValueError(f"more than {RUN_LENGTH_MAX:g} months to an alarm at h = {h:g}")
    return length


def _run_length(k: float, h: float, delta: float) -> float:
    """Return the average run length, infinite where no digit of it is left."""
    nodes, weights = _nodes(h)
    shift = k - delta
    points = np.concatenate([[0.0], nodes])
    kernel = np.empty((len(points), len(points)))
    kernel[:, 0] = ndtr(shift - points)
    kernel[:, 1:] = normal_density(nodes[np.newaxis, :] - points[:, np.newaxis] + shift) * weights
    length = float(np.linalg.solve(np.eye(len(points)) - kernel, np.ones(len(points)))[0])
    return length if 0 < length < RUN_LENGTH_MAX**1.5 else inf


def run_length_threshold(k: float, months: float) -> float:
    """Return h of which the average run length in control is some months.

    Raises:
        ValueError: no threshold from 0 to 200 does it, or more than 1e9 months.
    """
    if not 1 <= months <= RUN_LENGTH_MAX:
        raise ValueError(f"a run length of {months:g} months is not 1 to {RUN_LENGTH_MAX:g}")
    # In logarithms the run length is nearly linear in h; beyond any wanted length one that is too large will do.
    return _root(lambda h: float(np.log(months) - np.log(min(_run_length(k, h, 0.0), RUN_LENGTH_MAX**2))))


def legendre(low: float, high: float, count: int) -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Legendre nodes and weights on an interval."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    half = (high - low) / 2
    return low + half * (nodes + 1), half * weights


def normal_density(x: FloatArray) -> FloatArray:
    """Return the density of N(0, 1)."""
    found: FloatArray = np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
    return found


def _nodes(h: float) -> tuple[FloatArray, FloatArray]:
    if not 0 <= h <= H_MAX:
        raise ValueError(f"a threshold of {h:g} is not 0 to {H_MAX:g}")
    return legendre(0.0, h, max(NODES_MIN, ceil(NODES_PER_SD * h)))


def _root(excess: Callable[[float], float]) -> float:
    """Return where a falling function of h crosses 0."""
    low, high = 0.0, 1.0
    if excess(low) < 0:
        raise ValueError("already h = 0 alarms less often than that")
    while excess(high) > 0:
        low, high = high, 2 * high
        if high > H_MAX:
            raise ValueError(f"no threshold up to {H_MAX:g} alarms as seldom as that")
    return float(brentq(excess, low, high, xtol=H_TOLERANCE))
