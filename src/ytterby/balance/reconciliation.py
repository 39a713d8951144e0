"""Reconciliation: the values nearest to what was measured that satisfy the balances, and the tests of the misfit.

Measured y with covariance S, constraints A x + B u = c, u the unmeasured streams. B is projected out: rows of P span
its left null space, so P A x = P c. Then, with A for PA and r = A y - c, V = A S A':

    x = y - S A'V^-1 r,   Cov(x) = S - S A'V^-1 A S,   global test r'V^-1 r ~ chi-square(rows)
    nodal test r_i / sqrt(V_ii),   measurement test (A'V^-1 r)_j / sqrt((A'V^-1 A)_jj), of maximum power

(Crowe, Garcia Campos & Hrymak, AIChE J. 29 (1983) 881, for the projection; Mah & Tamhane, AIChE J. 28 (1982) 828, for
the measurement test).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.linalg import LinAlgError, cholesky, solve_triangular

from ytterby.balance.generalised_likelihood import WhitenedSignatures
from ytterby.matter.mass import FloatArray

# Singular values below this share of the largest count as zero.
RANK_SHARE = 1e-10
# f'V^-1 f at or below this: the signature does not show.
DETECTABLE_MIN = 1e-14
# A pivot below this share of its row's variance says that a constraint follows from the others.
VARIANCE_FLOOR = 1e-12
# A variance below this share of what the balances could have at most is what rounding left of none.
ROUNDING = 1e-24


@dataclass(frozen=True)
class Reconciliation:
    """n measured and k unmeasured streams, m constraints, d of them left after projection.

    `x` (n) and `covariance` (n x n); `total`, the global statistic; `measurement_test` (n), 0 where it has no variance;
    `nodal_test` (m), None with unmeasured streams; `unmeasured` and `unmeasured_sd` (k), NaN where not observable;
    `not_redundant`: measured streams that no constraint touches; `unobservable`: unmeasured ones that none fixes.
    `signatures`: bias of each measurement, then a leak at each constraint.
    """

    x: FloatArray
    covariance: FloatArray
    adjustment: FloatArray
    total: float
    dof: int
    measurement_test: FloatArray
    nodal_test: FloatArray | None
    unmeasured: FloatArray
    unmeasured_sd: FloatArray
    not_redundant: tuple[int, ...]
    unobservable: tuple[int, ...]
    signatures: WhitenedSignatures

    @cached_property
    def p_value(self) -> float:
        """Chance of a global statistic at least this large without errors."""
        return self.signatures.p_value


def reconcile(
    balances: FloatArray,
    measured: FloatArray,
    covariance: FloatArray,
    unmeasured: FloatArray | None = None,
    constants: FloatArray | None = None,
) -> Reconciliation:
    """Reconcile y (n) with covariance (n x n) to balances A (m x n), unmeasured B (m x k) and constants c (m).

    Raises:
        ValueError: shapes do not fit, S is not symmetric, or a constraint follows from the others.
    """
    m, n = _check_shapes(balances, measured, covariance, unmeasured, constants)
    wanted = np.zeros(m) if constants is None else constants
    projection, inverse, unobservable = _project(unmeasured, m)
    projected = projection @ balances
    residual = projection @ (balances @ measured - wanted)
    largest = _largest(balances) ** 2 * float(np.diag(covariance).max(initial=0.0))
    lower = _factor(projected @ covariance @ projected.T, ROUNDING * largest)
    spread = solve_triangular(lower, projected @ covariance, lower=True)
    white = solve_triangular(lower, residual, lower=True)
    signatures = _signatures(lower, white, projected, projection)
    x = measured - spread.T @ white
    cov = covariance - spread.T @ spread
    carried = inverse @ balances
    hidden = inverse @ (wanted - balances @ x)
    hidden_sd = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", carried, cov, carried), 0.0))
    hidden[list(unobservable)], hidden_sd[list(unobservable)] = np.nan, np.nan
    reach = np.linalg.norm(projected, axis=0)
    return Reconciliation(
        x=x,
        covariance=cov,
        adjustment=measured - x,
        total=signatures.total,
        dof=len(residual),
        measurement_test=_standardised(signatures)[:n],
        nodal_test=residual / np.sqrt(np.sum(lower**2, axis=1)) if unmeasured is None else None,
        unmeasured=hidden,
        unmeasured_sd=hidden_sd,
        not_redundant=tuple(int(j) for j in np.flatnonzero(reach <= RANK_SHARE * _largest(balances))),
        unobservable=unobservable,
        signatures=signatures,
    )


def _check_shapes(
    balances: FloatArray,
    measured: FloatArray,
    covariance: FloatArray,
    unmeasured: FloatArray | None,
    constants: FloatArray | None,
) -> tuple[int, int]:
    if balances.ndim != 2 or measured.shape != (balances.shape[1],):
        raise ValueError(f"balances {balances.shape} for measurements {measured.shape}")
    m, n = balances.shape
    if covariance.shape != (n, n) or not np.allclose(covariance, covariance.T, rtol=1e-12, atol=0.0):
        raise ValueError("the covariance is not square of the measurements, or not symmetric")
    if unmeasured is not None and (unmeasured.ndim != 2 or len(unmeasured) != m):
        raise ValueError(f"unmeasured streams {unmeasured.shape} for {m} balances")
    if constants is not None and constants.shape != (m,):
        raise ValueError(f"constants {constants.shape} for {m} balances")
    return m, n


def _project(unmeasured: FloatArray | None, m: int) -> tuple[FloatArray, FloatArray, tuple[int, ...]]:
    """Return P (d x m), the pseudo-inverse of B (k x m), and which streams of B are not observable."""
    if unmeasured is None or not unmeasured.shape[1]:
        return np.eye(m), np.zeros((0, m)), ()
    left, values, right = np.linalg.svd(unmeasured, full_matrices=True)
    held = int(np.sum(values > RANK_SHARE * values[0])) if values[0] > 0.0 else 0
    inverse = right[:held].T @ (left[:, :held].T / values[:held, np.newaxis])
    free = np.linalg.norm(right[held:], axis=0) > RANK_SHARE
    return left[:, held:].T, inverse, tuple(int(k) for k in np.flatnonzero(free))


def _factor(variance: FloatArray, floor: float) -> FloatArray:
    if not len(variance):
        return np.zeros((0, 0))
    try:
        lower: FloatArray = cholesky(variance, lower=True)
    except LinAlgError:
        raise ValueError("a constraint follows from the others, or from what is exact") from None
    if np.any(np.diag(lower) ** 2 <= np.maximum(VARIANCE_FLOOR * np.diag(variance), floor)):
        raise ValueError("a constraint follows from the others, or from what is exact")
    return lower


def _signatures(
    lower: FloatArray, white: FloatArray, projected: FloatArray, projection: FloatArray
) -> WhitenedSignatures:
    columns = np.concatenate([projected, projection], axis=1)
    whitened = solve_triangular(lower, columns, lower=True)
    biases = tuple(f"bias:{j}" for j in range(projected.shape[1]))
    return WhitenedSignatures(
        names=(*biases, *(f"leak:{i}" for i in range(projection.shape[1]))),
        products=whitened.T @ whitened,
        projections=whitened.T @ white,
        total=float(white @ white),
        dof=len(white),
        floor=np.full(columns.shape[1], DETECTABLE_MIN),
    )


def _standardised(signatures: WhitenedSignatures) -> FloatArray:
    is_known: npt.NDArray[np.bool_] = signatures.is_detectable
    scale = np.sqrt(np.where(is_known, signatures.squares, 1.0))
    return np.where(is_known, signatures.projections / scale, 0.0)


def _largest(matrix: FloatArray) -> float:
    return float(np.linalg.norm(matrix, axis=0).max(initial=0.0))
