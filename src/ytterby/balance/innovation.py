"""What a month says that the months before it did not: values of a series, whitened over time.

The values r (MUF of one plant, difference of one link, loss beyond what is expected) have the covariance V, because a
closing stock is the next opening stock and a laboratory errs alike in all months. With V = L L' (lower Cholesky) and
z = L^-1 r by forward substitution,

    ITMUF  e_t = r_t - V[t,<t] V[<t,<t]^-1 r[<t],   sd d_t = L_tt,
    SITMUF z_t = e_t / d_t, independent and N(0, 1) when nothing is missing and V is right,
    GEMUF  sum of z_i^2 for i <= t (chi-square with as many degrees of freedom as months were testable).

z_t needs the months up to t alone, so a new month adds a row. Each entry of L and z comes out of the same operations in
the same order however many months are added at once, so that earlier months keep their bytes.

A month is *not testable* when it has no value (NaN), no variance, or an innovation variance of at most 1e-12 of the
largest so far: earlier months determine it. It gets NaN and is left out of L; nothing is ever added to a diagonal.

Names: `Innovations`, `innovations`.
Sources: sequential form of the standardised independent transformed MUF as in near-real-time accountancy (Picard 1987;
Burr and Hamada 2013); Cholesky by columns, Golub and Van Loan, Matrix Computations, 4.2.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ytterby.matter.mass import FloatArray

SINGULAR_SHARE = 1e-12
# Rounding of a covariance that is one makes an innovation variance less negative than this share of the variance.
ROUNDING_SHARE = 1e-9


@dataclass(frozen=True)
class Innovations:
    """The factor of a series of m months and what came of it; nothing in it is ever changed.

    `values` (m), `factor` (m x m, lower; row and column of a month that is not testable are 0), `itmuf`, `itmuf_sd` in
    the unit of the values and `sitmuf` (m), NaN where not testable.
    """

    values: FloatArray
    factor: FloatArray
    itmuf: FloatArray
    itmuf_sd: FloatArray
    sitmuf: FloatArray

    @property
    def is_testable(self) -> npt.NDArray[np.bool_]:
        """Tell for each month (m) whether it has a statistic."""
        return ~np.isnan(self.itmuf_sd)

    @property
    def gemuf(self) -> FloatArray:
        """GEMUF-V1 (m): the sum of z^2 up to each month, those not testable left out."""
        total: FloatArray = np.cumsum(np.nan_to_num(self.sitmuf) ** 2)
        return total

    def extend(self, values: FloatArray, covariance_rows: FloatArray) -> "Innovations":
        """Return the series with s more months.

        `values` (s); `covariance_rows` (s x (m + s)): the new rows of V, of which the part up to its own month counts
        in each.

        Raises:
            ValueError: shapes that do not fit, figures that are not finite, or rows that no covariance has.
        """
        known, new = len(self.values), len(values)
        rows = _checked_rows(values, covariance_rows, known)
        factor = np.zeros((known + new, known + new))
        factor[:known, :known] = self.factor
        left = rows.copy()
        for column in range(known):
            if self.factor[column, column]:
                _eliminate(factor, left, column, known)
        largest = np.nanmax(self.itmuf_sd, initial=0.0) ** 2
        for month in range(known, known + new):
            row = month - known
            variance = left[row, month]
            scale = max(largest, rows[row, month])
            if variance < -ROUNDING_SHARE * scale:
                raise ValueError("these rows are no covariance: a variance comes out negative")
            if np.isnan(values[row]) or variance <= SINGULAR_SHARE * scale:
                continue
            factor[month, month] = np.sqrt(variance)
            largest = max(largest, factor[month, month] ** 2)
            _eliminate(factor, left, month, known)
        return _with_statistics(np.concatenate([self.values, values]), factor)

    def until(self, month: int) -> "Innovations":
        """Return the series of the months before a month (from 0)."""
        part = slice(0, month)
        return Innovations(
            self.values[part], self.factor[part, part], self.itmuf[part], self.itmuf_sd[part], self.sitmuf[part]
        )

    def from_month(self, month: int, values: FloatArray, covariance_rows: FloatArray) -> "Innovations":
        """Return the series with all from a month on put in anew: what a correction changes.

        A corrected closing stock counts in two months: `month` is the first whose value or covariance changes.
        """
        return self.until(month).extend(values, covariance_rows)

    def whiten(self, values: FloatArray) -> FloatArray:
        """Return z of other values with the same covariance: (m) or (m x runs); NaN where not testable."""
        return _forward(self.factor, values)[0]


def empty() -> Innovations:
    """Return the series of no months."""
    none = np.zeros(0)
    return Innovations(none, np.zeros((0, 0)), none, none, none)


def innovations_of(values: FloatArray, covariance: FloatArray) -> Innovations:
    """Return the series of m months with their covariance V (m x m); errors as `Innovations.extend`."""
    return empty().extend(values, covariance)


def innovations(muf: FloatArray, covariance: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return ITMUF, its standard deviation, and SITMUF (each m) of MUF (m) with covariance V (m x m).

    NaN where not testable; errors as `Innovations.extend`.
    """
    found = innovations_of(muf, covariance)
    return found.itmuf, found.itmuf_sd, found.sitmuf


def _checked_rows(values: FloatArray, covariance_rows: FloatArray, known: int) -> FloatArray:
    rows = np.array(covariance_rows, dtype=np.float64)
    if np.ndim(values) != 1 or rows.shape != (len(values), known + len(values)):
        raise ValueError(f"{len(values)} new months after {known} do not fit covariance rows of shape {rows.shape}")
    if np.isinf(values).any() or not np.isfinite(rows).all():
        raise ValueError("a value or a covariance is not finite")
    return rows


def _eliminate(factor: FloatArray, left: FloatArray, column: int, known: int) -> None:
    """Write one column of the factor and take its part off the covariance that is left of the later months."""
    below = max(column + 1, known)
    entries = left[below - known :, column] / factor[column, column]
    factor[below:, column] = entries
    left[below - known :, column + 1 :] -= entries[:, np.newaxis] * factor[column + 1 :, column]


def _with_statistics(values: FloatArray, factor: FloatArray) -> Innovations:
    sitmuf, itmuf = _forward(factor, values)
    sd = np.where(np.diagonal(factor) > 0, np.diagonal(factor), np.nan)
    return Innovations(values, factor, itmuf, sd, sitmuf)


def _forward(factor: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return z and e by forward substitution over the months that are testable."""
    left = np.array(values, dtype=np.float64)
    scores, differences = np.full_like(left, np.nan), np.full_like(left, np.nan)
    for month, sd in enumerate(np.diagonal(factor)):
        if not sd:
            continue
        differences[month] = left[month]
        scores[month] = left[month] / sd
        below = factor[month + 1 :, month].reshape(-1, *[1] * (left.ndim - 1))
        left[month + 1 :] -= below * scores[month]
    return scores, differences
