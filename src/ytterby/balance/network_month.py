"""One month of a network, factored: block forward substitution of V over months, with the systematic groups apart.

With the groups that many rows share held fixed, V is what is left of the random errors and of the groups carried from
month to month; its block Cholesky factor goes month by month, P = F C F' + own = L L' (C: what is known of the carried
errors). Alone rows are taken out before, by the Schur complement of a diagonal. The shared groups come back by
Woodbury's identity (Golub & Van Loan, Matrix Computations, 2.1.4), K = I + sum of W'W over the months so far:

    block of V^-1 of the newest month = L^-T (I - W K^-1 W') L^-1,   W = L^-1 (shared columns, substituted alike).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, blas, lapack
from scipy.sparse import csc_array, csr_array

from ytterby.balance.network import VARIANCE_FLOOR
from ytterby.balance.network_plan import RANDOM_SHARE_MIN, IndexArray, MonthRows, NetworkPlan
from ytterby.matter.mass import FloatArray

# Edge of the squares in which a triangle is mirrored, so that both sides stay in the processor's cache.
MIRROR_EDGE = 256


class NoRandomPartError(ArithmeticError):
    """With the shared groups held fixed a row has no variance left: alone rows cannot be taken out."""


@dataclass(frozen=True)
class MonthFactor:
    """The factors of a month: a alone rows, n core rows, s errors carried in, u carried on, g shared groups.

    `alone_variance` (a); `alone_share` (n x a), what a core row follows an alone row; `shared_alone` (a x g);
    `carried` (n x s); `lower` (n x n), L; `gain` (n x u); `kept` (u, places among those carried in, -1 for new ones);
    `shared` (n x g), W; `capacitance` (g x g), lower factor of K; `precision` (n), the diagonal of the block of V^-1.
    """

    alone: IndexArray
    core: IndexArray
    alone_variance: FloatArray
    alone_share: csr_array
    shared_alone: csr_array
    carried: csr_array
    lower: FloatArray
    gain: FloatArray
    kept: IndexArray
    shared: FloatArray
    capacitance: FloatArray
    precision: FloatArray
    _shared_precision: FloatArray
    _inverse_lower: FloatArray

    def precision_of(self, columns: csc_array) -> FloatArray:
        """Return f'V^-1 f (k) for columns (m x k) that are zero outside this month's rows."""
        alone, core = csr_array(columns[self.alone, :]), csr_array(columns[self.core, :])
        scaled = csr_array(alone.multiply(1.0 / self.alone_variance[:, np.newaxis]))
        rest = csr_array(core - self.alone_share @ alone)
        whitened = self._inverse_lower @ rest
        groups = np.asfortranarray((self.shared_alone.T @ scaled).toarray())
        taken = solve_lower(self.capacitance, groups) + self._shared_precision @ rest
        own = np.asarray(alone.multiply(scaled).sum(axis=0)).ravel()
        found: FloatArray = own + _column_squares(whitened) - _column_squares(taken)
        return found


class _Carried:
    """What is known of the carried errors before a month: covariance, and their answer to each shared group."""

    def __init__(self, shared: int) -> None:
        self.errors = np.empty(0, dtype=np.intp)
        self.covariance = np.zeros((0, 0), order="F")
        self.answers = np.zeros((0, shared), order="F")


def factor_months(plan: NetworkPlan) -> Iterator[MonthFactor]:
    """Yield the factor of each month in order.

    Raises:
        NoRandomPartError: the plan has alone rows and a core row without a random part; plan without alone rows.
    """
    shared = plan.shared.shape[1]
    known = _Carried(shared)
    information = np.eye(shared, order="F")
    for place, rows in enumerate(plan.months):
        yield _factor_month(plan, place, rows, known, information)


def _factor_month(
    plan: NetworkPlan, place: int, rows: MonthRows, known: _Carried, information: FloatArray
) -> MonthFactor:
    """Factor one month; `known` and `information` are moved on to the next."""
    alone_random = plan.random[rows.alone, :]
    alone_variance = np.asarray(alone_random.multiply(alone_random).sum(axis=1)).ravel()
    fresh = np.flatnonzero(plan.first == place)
    new = _columns(plan.carried, rows.core, fresh)
    old = _columns(plan.carried, rows.core, known.errors)
    cross = csr_array(plan.random[rows.core, :] @ alone_random.T)
    share = csr_array(cross.multiply(1.0 / alone_variance[np.newaxis, :]))
    before = old @ known.covariance
    own = (new @ new.T - share @ cross.T).toarray()
    predicted = own + (old @ np.ascontiguousarray(before.T)).T
    lower, stays = _factor_predicted(predicted, plan.scale[rows.core], has_alone_rows=plan.has_alone_rows)
    core, old, new, share = rows.core[stays], old[stays, :], new[stays, :], share[stays, :]
    shared_alone = csr_array(plan.shared[rows.alone, :])
    innovation = (plan.shared[core, :] - share @ shared_alone).toarray() - old @ known.answers
    shared = solve_lower(lower, innovation)
    kept_old = np.flatnonzero(plan.last[known.errors] > place)
    kept_new = np.flatnonzero(plan.last[fresh] > place)
    reach = np.concatenate([before[stays][:, kept_old], new[:, kept_new].toarray()], axis=1)
    gain = solve_lower(lower, reach)
    kept = np.concatenate([kept_old, np.full(len(kept_new), -1, dtype=np.intp)])
    _carry_on(known, kept, gain, shared)
    known.errors = np.concatenate([known.errors[kept_old], fresh[kept_new]])
    capacitance = _inform(information, shared, shared_alone, alone_variance)
    # The diagonal of an inverse is wanted here, so the inverse of the factor is what is asked for.
    inverse = solve_lower(lower, np.eye(len(core), order="F"))
    shared_precision = solve_lower(capacitance, np.asfortranarray(shared.T))
    if shared_precision.size:
        shared_precision = np.asarray(blas.dtrmm(1.0, inverse, shared_precision, side=1, lower=1))
    return MonthFactor(
        alone=rows.alone,
        core=core,
        alone_variance=alone_variance,
        alone_share=share,
        shared_alone=shared_alone,
        carried=old,
        lower=lower,
        gain=gain,
        kept=kept,
        shared=shared,
        capacitance=capacitance,
        precision=_column_squares(inverse) - _column_squares(shared_precision),
        _shared_precision=shared_precision,
        _inverse_lower=inverse,
    )


def _carry_on(known: _Carried, kept: IndexArray, gain: FloatArray, shared: FloatArray) -> None:
    """Move covariance and answers to after the month: C - Z'Z and B + Z'W, over the errors that live on."""
    is_old = kept >= 0
    old = kept[is_old]
    count, size = len(old), len(kept)
    covariance = np.eye(size, order="F")
    # Those that live longest mostly stand first: then nothing is gathered.
    is_front = np.array_equal(old, np.arange(count))
    covariance[:count, :count] = known.covariance[:count, :count] if is_front else known.covariance[np.ix_(old, old)]
    answers = np.zeros((size, known.answers.shape[1]), order="F")
    answers[:count] = known.answers[:count] if is_front else known.answers[old]
    if size and gain.shape[0]:
        covariance = blas.dsyrk(-1.0, gain, beta=1.0, c=covariance, trans=1, lower=1, overwrite_c=1)
        _mirror(covariance)
        if answers.shape[1]:
            answers = blas.dgemm(1.0, gain, shared, beta=1.0, c=answers, trans_a=1, overwrite_c=1)
    known.covariance, known.answers = covariance, answers


def _inform(
    information: FloatArray, shared: FloatArray, shared_alone: csr_array, alone_variance: FloatArray
) -> FloatArray:
    """Add a month to K (lower triangle, in place) and return its lower Cholesky factor."""
    scaled = shared_alone.multiply(1.0 / alone_variance[:, np.newaxis])
    added = (shared_alone.T @ scaled).tocoo()
    information[added.row, added.col] += added.data
    if shared.size:
        information[:] = blas.dsyrk(1.0, shared, beta=1.0, c=information, trans=1, lower=1)
    return cholesky(information)


def _factor_predicted(
    predicted: FloatArray, scale: FloatArray, *, has_alone_rows: bool
) -> tuple[FloatArray, IndexArray]:
    """Return L of the rows that do not follow from others, and which these are."""
    floor = (RANDOM_SHARE_MIN if has_alone_rows else VARIANCE_FLOOR) * scale
    try:
        lower = cholesky(predicted)
        is_sound = bool(np.all(np.diag(lower) ** 2 > floor))
    except LinAlgError:
        is_sound = False
    if is_sound:
        return lower, np.arange(len(scale))
    if has_alone_rows:
        raise NoRandomPartError("a core row has no random part with the shared groups held fixed")
    stays = _independent_rows(predicted, floor)
    return cholesky(predicted[np.ix_(stays, stays)]), stays


def _independent_rows(covariance: FloatArray, floor: FloatArray) -> IndexArray:
    """Return rows, in order, each with a variance above its floor given those before it."""
    left = covariance.copy()
    stays = []
    for row in range(len(floor)):
        pivot = left[row, row]
        if pivot > floor[row]:
            stays.append(row)
            column = left[row + 1 :, row].copy()
            left[row + 1 :, row + 1 :] -= np.outer(column, column) / pivot
    return np.array(stays, dtype=np.intp)


def cholesky(matrix: FloatArray) -> FloatArray:
    """Return the lower factor, zero above the diagonal, of a matrix of which only the lower triangle is read.

    Raises:
        LinAlgError: it is not positive definite.
    """
    if not len(matrix):
        return np.zeros((0, 0), order="F")
    lower, failed = lapack.dpotrf(matrix, lower=1, clean=1)
    if failed:
        raise LinAlgError(f"row {failed} leaves no variance")
    return np.asarray(lower)


def solve_lower(lower: FloatArray, right: FloatArray, *, transposed: bool = False) -> FloatArray:
    """Return L^-1 B, or L^-T B, for B (n x k)."""
    if not right.size:
        return np.zeros(right.shape, order="F")
    return np.asarray(blas.dtrsm(1.0, lower, right, lower=1, trans_a=int(transposed)))


def _columns(factor: csr_array, rows: IndexArray, columns: IndexArray) -> csr_array:
    """Return the rows and columns of a sparse matrix, columns in the order given."""
    place = np.full(factor.shape[1], -1, dtype=np.intp)
    place[columns] = np.arange(len(columns))
    entries = factor[rows, :].tocoo()
    held = place[entries.col] >= 0
    where = (entries.row[held], place[entries.col[held]])
    return csr_array((entries.data[held], where), shape=(len(rows), len(columns)))


def _mirror(matrix: FloatArray) -> None:
    size = len(matrix)
    for start in range(0, size, MIRROR_EDGE):
        stop = min(start + MIRROR_EDGE, size)
        square = matrix[start:stop, start:stop]
        above = np.triu_indices(stop - start, 1)
        square[above] = square.T[above]
        for below in range(stop, size, MIRROR_EDGE):
            matrix[start:stop, below : below + MIRROR_EDGE] = matrix[below : below + MIRROR_EDGE, start:stop].T


def _column_squares(matrix: FloatArray) -> FloatArray:
    found: FloatArray = np.einsum("ij,ij->j", matrix, matrix)
    return found
