"""Loss yield: does a plant declare more process loss than its process loses?

Two plants that book what is missing as process loss pass every balance; only the loss itself shows it. With the loss
l_t and the throughput w_t that a plant declares, and an expected loss factor f,

    d_t = f w_t (ln(l_t / f w_t) - c), kg, to first order l_t - f w_t (c = 0),

is whitened over time and watched by a chart up. Where f comes from:

*Own history.* f = sum of l / sum of w over the baseline, the first 12 clean months, and c the mean of ln(l / f w)
    over it. f is itself measured, so that d_t has, to first order, the error (l_t - f w_t) - (w_t / W) sum over the
    baseline of (l_s - f w_s), W the baseline's throughput: one more vector in all months' errors, built from the same
    items, so that a loss method that is wrong alike before and after cancels exactly. Months up to the last of the
    baseline are not testable. It cannot see a loss that was inflated from the first month.
*Sector norm.* f is given with a relative systematic standard deviation (loss_norms.csv): one more group, f x sd x w_t.
    All months are testable, and a deviation must be large.

A loss is known to 10 % or worse, so that V does not take the declared loss for the true one: the errors of l_t, which
are relative, stand at the expected f w_t. Taken at l_t, the common error of a loss method would be a multiple of d
itself and explain a part of whatever is found (sd of z 0.89 in honest months instead of 1). A month with no declared
loss keeps its absolute error.

The errors of a loss multiply, so that it errs farther up than down; its logarithm errs nearly alike both ways. A chart
up over l_t - f w_t itself alarms one and a half times to twice as often as its table says. A month with next to no loss
counts as one with e^-2 of what is expected, since it would outweigh all others.

What a process loses is not the same each month: `month_spread` is the relative standard deviation of the true factor
from month to month; `month_spread_of` estimates it from the baseline. Estimated from n months it may as well be larger:
what comes next has the variance of Student's t with n - 1 degrees of freedom, (n - 1) / (n - 3) of the estimate.

The measurements have two rows for each of m months: first the m losses, then the m throughputs.

Names: `LossYield`, `LossNorm`, `parse_loss_norms`, `loss_from_history`, `loss_by_own_spread`, `loss_from_norm`,
`month_spread_of`.
Source: accountancy of this project, 0.4, 2.3 and 5.3; error of a ratio, GUM, JCGM 100:2008, 5.1.2; Student's t, the
same, G.3.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from ytterby.balance.measurements import Measurements
from ytterby.balance.page import BoolArray, Chart
from ytterby.balance.watched_series import WatchedSeries, watch
from ytterby.matter.mass import FloatArray

BASELINE_MONTHS = 12
# Of a loss that is expected: what a month with less counts as.
LEAST_SHARE = exp(-2.0)
# Standard deviation of what comes next, over that which the months of a baseline show.
NEXT_BY_ESTIMATE = sqrt((BASELINE_MONTHS - 1) / (BASELINE_MONTHS - 3))


@dataclass(frozen=True, slots=True)
class LossNorm:
    """What a process is expected to lose: `factor` of its throughput; spreads are relative standard deviations."""

    process: str
    factor: float
    relative_systematic: float
    relative_month: float
    source: str
    confidence: str


@dataclass(frozen=True)
class LossYield:
    """The watched excess of declared loss, kg, NaN in months that are not testable.

    `factor` is what was expected, with its standard deviation; NaN while there is no baseline. `baseline` are the
    months it was taken from, none for a norm. `excess_kg` (m): the mass itself, l - f w, of all months.
    """

    factor: float
    factor_sd: float
    baseline: tuple[int, ...]
    excess_kg: FloatArray
    series: WatchedSeries


class _Months(NamedTuple):
    """Declared loss and throughput (m), and their errors (m x sources), each source one standard deviation, kg."""

    loss_kg: FloatArray
    throughput_kg: FloatArray
    loss_errors: FloatArray
    throughput_errors: FloatArray

    def errors(self, factor: float, spread: float) -> FloatArray:
        """Return the errors of l - f w (m x sources), the process's own spread of each month among them."""
        expected = factor * self.throughput_kg
        is_scaled = (self.loss_kg > 0) & (expected > 0)
        scale = np.divide(expected, self.loss_kg, out=np.ones_like(expected), where=is_scaled)
        loss_errors = scale[:, np.newaxis] * self.loss_errors
        return np.hstack([loss_errors - factor * self.throughput_errors, np.diag(spread * expected)])

    def excess_kg(self, factor: float) -> FloatArray:
        """Return l - f w (m)."""
        return self.loss_kg - factor * self.throughput_kg

    def log_excess(self, factor: float, baseline: Sequence[int] = ()) -> FloatArray:
        """Return f w (ln(l / f w) - c) (m), to first order l - f w; c, about 0, lets the baseline add to 0."""
        expected = factor * self.throughput_kg
        share = np.divide(self.loss_kg, expected, out=np.ones_like(expected), where=expected > 0)
        logarithm = np.log(share.clip(LEAST_SHARE))
        chosen = list(baseline)
        middle = float(logarithm[chosen] @ expected[chosen] / expected[chosen].sum()) if chosen and factor > 0 else 0.0
        return np.where(expected > 0, expected * (logarithm - middle), self.loss_kg)


def parse_loss_norms(csv_text: str) -> Mapping[str, LossNorm]:
    """Return the norms by process that loss_norms.csv holds.

    Raises:
        ValueError: a factor outside (0, 1), or a spread below 0.
    """
    found = {}
    for row in csv.DictReader(csv_text.splitlines()):
        factor, systematic, month = (float(row[name]) for name in ("factor", "relative_systematic", "relative_month"))
        if not 0 < factor < 1 or min(systematic, month) < 0:
            raise ValueError(f"the norm of {row['process']} is none")
        found[row["process"]] = LossNorm(row["process"], factor, systematic, month, row["source"], row["confidence"])
    return MappingProxyType(found)


def loss_from_history(
    measurements: Measurements,
    charts: Sequence[Chart],
    *,
    month_spread: float,
    is_clean: BoolArray | None = None,
    is_stated: BoolArray | None = None,
    baseline_months: int = BASELINE_MONTHS,
) -> LossYield:
    """Return the excess over what the plant lost in its first clean months.

    `is_stated` (m): a loss was declared, 0 kg too; the others are not testable. `is_clean` (m): months that may serve
    as baseline; by default all that are stated. Months without throughput never do.

    Raises:
        ValueError: an odd number of rows, or masks of another length.
    """
    months = _months_of(measurements)
    stated = _mask(is_stated, len(months.loss_kg))
    baseline = _baseline(months, stated & _mask(is_clean, len(stated)), baseline_months)
    return _against_baseline(months, baseline, stated, month_spread, charts)


def loss_by_own_spread(
    measurements: Measurements, charts: Sequence[Chart], *, least_spread: float, is_stated: BoolArray | None = None
) -> LossYield:
    """Return `loss_from_history` with the spread that the baseline lets expect, where that is more than the least.

    A plant that lost nothing in its baseline has no spread of its own.
    """
    months = _months_of(measurements)
    stated = _mask(is_stated, len(months.loss_kg))
    baseline = _baseline(months, stated, BASELINE_MONTHS)
    own = _spread(months, baseline) if baseline and _factor(months, baseline)[0] > 0 else 0.0
    return _against_baseline(months, baseline, stated, max(least_spread, own * NEXT_BY_ESTIMATE), charts)


def loss_from_norm(
    measurements: Measurements, charts: Sequence[Chart], norm: LossNorm, *, is_stated: BoolArray | None = None
) -> LossYield:
    """Return the excess over a sector norm; arguments and errors as `loss_from_history`."""
    months = _months_of(measurements)
    stated = _mask(is_stated, len(months.loss_kg))
    excess, errors = months.log_excess(norm.factor), months.errors(norm.factor, norm.relative_month)
    factor_sd = norm.factor * norm.relative_systematic
    errors = np.hstack([errors, (factor_sd * months.throughput_kg)[:, np.newaxis]])
    series = _watch(excess, errors, stated, charts)
    return LossYield(norm.factor, factor_sd, (), months.excess_kg(norm.factor), series)


def month_spread_of(measurements: Measurements, baseline: Sequence[int]) -> float:
    """Return the relative standard deviation of the true loss factor from month to month, estimated from a baseline.

    The squares of the baseline's excess beyond what its measurements explain, over those of f w; 0 when nothing is
    left. From 12 months it is good to a quarter of itself at best.

    Raises:
        ValueError: an odd number of rows, fewer than two months, or months without throughput or loss.
    """
    months = _months_of(measurements)
    chosen = list(baseline)
    if len(chosen) < 2 or not (months.throughput_kg[chosen] > 0).all():
        raise ValueError("a spread needs two months with throughput")
    if not _factor(months, chosen)[0] > 0:
        raise ValueError("a spread needs months with a loss")
    return _spread(months, chosen)


def _against_baseline(
    months: _Months, baseline: tuple[int, ...], stated: BoolArray, month_spread: float, charts: Sequence[Chart]
) -> LossYield:
    if not baseline:
        series = _watch(months.loss_kg, months.loss_errors, np.zeros_like(stated), charts)
        return LossYield(np.nan, np.nan, (), months.excess_kg(np.nan), series)
    factor, total = _factor(months, baseline)
    excess, errors = months.log_excess(factor, baseline), months.errors(factor, month_spread)
    factor_errors = errors[list(baseline)].sum(axis=0) / total
    after = stated & (np.arange(len(stated)) > baseline[-1])
    errors = errors - months.throughput_kg[:, np.newaxis] * factor_errors
    series, factor_sd = _watch(excess, errors, after, charts), float(np.linalg.norm(factor_errors))
    return LossYield(factor, factor_sd, baseline, months.excess_kg(factor), series)


def _spread(months: _Months, baseline: Sequence[int]) -> float:
    chosen = list(baseline)
    factor, total = _factor(months, chosen)
    # Taking f from the same months leaves a part of each error out: P = I - w 1' / W.
    left_out = np.eye(len(chosen)) - np.outer(months.throughput_kg[chosen], np.ones(len(chosen))) / total
    excess, measured = months.excess_kg(factor), months.errors(factor, 0.0)
    explained = np.sum((left_out @ measured[chosen]) ** 2)
    unit = np.sum((left_out * (factor * months.throughput_kg[chosen])) ** 2)
    return float(np.sqrt(max(0.0, (np.sum(excess[chosen] ** 2) - explained) / unit)))


def _months_of(measurements: Measurements) -> _Months:
    rows = measurements.incidence.shape[0]
    if rows % 2:
        raise ValueError(f"{rows} rows are not a loss and a throughput for each month")
    m = rows // 2
    errors = np.hstack([measurements.random_factor.toarray(), measurements.group_factor.toarray()])
    return _Months(measurements.rows_kg[:m], measurements.rows_kg[m:], errors[:m], errors[m:])


def _mask(mask: BoolArray | None, months: int) -> BoolArray:
    found = np.ones(months, dtype=np.bool_) if mask is None else np.asarray(mask, dtype=np.bool_)
    if found.shape != (months,):
        raise ValueError(f"a mask of shape {found.shape} for {months} months")
    return found


def _baseline(months: _Months, usable: BoolArray, wanted: int) -> tuple[int, ...]:
    """Return the first usable months with throughput; none while they are too few."""
    found = np.flatnonzero(usable & (months.throughput_kg > 0))[:wanted]
    return tuple(int(month) for month in found) if len(found) == wanted else ()


def _factor(months: _Months, baseline: Sequence[int]) -> tuple[float, float]:
    """Return the loss factor of a baseline and its throughput, kg."""
    chosen = list(baseline)
    total = float(months.throughput_kg[chosen].sum())
    return float(months.loss_kg[chosen].sum()) / total, total


def _watch(excess: FloatArray, errors: FloatArray, testable: BoolArray, charts: Sequence[Chart]) -> WatchedSeries:
    counted = np.where(testable[:, np.newaxis], errors, 0.0)
    return watch(np.where(testable, excess, np.nan), counted @ counted.T, charts)
