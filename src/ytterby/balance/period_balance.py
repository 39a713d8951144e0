"""Months of one plant and element: what went missing by the books, and how much of that is error of measurement.

The rows of the measurements are the months in order. MUF_t = (H x)_t, what went in less what came out less the growth
of the stock; V its covariance; sigma_t = sqrt(V_tt), of which the random part adds in quadrature over items, the
systematic part linearly over the net signed mass of each group. CUMUF_t is the sum of MUF to month t; its variance
1'V[..t,..t]1 is not the sum of the V_ii, since a stock's error leaves one month and enters the next.

Names: `PeriodBalance`, `period_balance`, `Contributor`, `contributors`, `item_shares`.
Sources: IAEA Safeguards Glossary (2022 edition), material unaccounted for; GUM, JCGM 100:2008, eq. 13; Burr and Hamada
(2013), covariance of MUF.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from ytterby.balance.innovation import Innovations, innovations_of
from ytterby.balance.measurements import Measurements
from ytterby.matter.mass import FloatArray

RANDOM, SYSTEMATIC = "random", "systematic"


@dataclass(frozen=True)
class PeriodBalance:
    """m months: masses and standard deviations, kg (m each), and `covariance_kg2` (m x m), V."""

    muf_kg: FloatArray
    covariance_kg2: FloatArray
    sigma_kg: FloatArray
    sigma_random_kg: FloatArray
    sigma_systematic_kg: FloatArray
    cumuf_kg: FloatArray
    sigma_cumuf_kg: FloatArray

    @cached_property
    def innovations(self) -> Innovations:
        """ITMUF, its sd, SITMUF and GEMUF of the months."""
        return innovations_of(self.muf_kg, self.covariance_kg2)


class Contributor(NamedTuple):
    """A part of a month's variance: the random error of one item, or the common error of one systematic group.

    `kind` is random or systematic; `number` the item's or the group's place in the measurements; `share` of the
    month's variance; `sd_kg` what this part alone would leave of sigma.
    """

    kind: str
    number: int
    share: float
    sd_kg: float


def period_balance(measurements: Measurements) -> PeriodBalance:
    """Return the balances of the months that are the rows of the measurements, in order of time."""
    random = measurements.random_factor.toarray()
    systematic = measurements.group_factor.toarray()
    random_variance, systematic_variance = _squares(random), _squares(systematic)
    # A square of sums stays at least 0 where the errors of stocks cancel; a sum over V need not.
    cumulative_variance = _squares(np.cumsum(random, axis=0)) + _squares(np.cumsum(systematic, axis=0))
    return PeriodBalance(
        muf_kg=measurements.rows_kg,
        covariance_kg2=measurements.covariance(),
        sigma_kg=np.sqrt(random_variance + systematic_variance),
        sigma_random_kg=np.sqrt(random_variance),
        sigma_systematic_kg=np.sqrt(systematic_variance),
        cumuf_kg=np.cumsum(measurements.rows_kg),
        sigma_cumuf_kg=np.sqrt(cumulative_variance),
    )


def contributors(measurements: Measurements, month: int) -> tuple[Contributor, ...]:
    """Return what makes up a month's variance, largest share first; the shares add to 1. None without variance."""
    parts = [
        (kind, int(number), float(sd * sd))
        for kind, factor in ((RANDOM, measurements.random_factor), (SYSTEMATIC, measurements.group_factor))
        for number, sd in _entries(_row(factor, month))
    ]
    total = sum(variance for _, _, variance in parts)
    found = [Contributor(kind, number, part / total, part**0.5) for kind, number, part in parts] if total else []
    return tuple(sorted(found, key=lambda one: (-one.share, one.kind, one.number)))


def item_shares(measurements: Measurements, month: int) -> FloatArray:
    """Return each item's share (n) of a month's variance, its random error and its part in its groups together.

    Cov(error of the item in MUF, MUF) / V_tt: the shares add to 1. A share is negative for an item whose error is
    outweighed by others of its group; NaN where the month has no variance.
    """
    sign = _row(measurements.incidence, month)
    random = (sign * measurements.random_kg) ** 2
    groups = _row(measurements.group_factor, month)
    covariance: FloatArray = random + sign * (measurements.loading_kg @ groups)
    total = float(random.sum() + groups @ groups)
    return covariance / total if total else np.full_like(covariance, np.nan)


def _squares(factor: FloatArray) -> FloatArray:
    found: FloatArray = np.sum(factor * factor, axis=1)
    return found


def _row(factor: csr_array, month: int) -> FloatArray:
    found: FloatArray = factor[[month], :].toarray()[0]
    return found


def _entries(row: FloatArray) -> list[tuple[int, float]]:
    return [(int(number), float(row[number])) for number in np.flatnonzero(row)]
