"""One month of a network, factored: block forward substitution of V over months, with the systematic groups apart.

With the groups that many rows share held fixed, V is what is left of the random errors and of the groups carried from
month to month; its block Cholesky factor goes month by month, P = F C F' + own = L L' (C: what is known of the carried
errors). Alone rows are taken out before, by the Schur complement of a diagonal. The shared groups come back by
Woodbury's identity (Golub & Van Loan, Matrix Computations, 2.1.4), K = I + sum of W'W over the months so far:

    block of V^-1 of the newest month = L^-T (I - W K^-1 W') L^-1,   W = L^-1 (shared columns, substituted alike).

A month is factored twice where goods were under way at its end: *now*, for the statistics of that month, with what is
declared by then; and *later*, with the late rows of the next month taken out first, for all months that follow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, blas, lapack
from scipy.sparse import csr_array

from ytterby.balance.network import VARIANCE_FLOOR, IndexArray
from ytterby.balance.network_plan import RANDOM_SHARE_MIN, MonthRows, NetworkPlan
from ytterby.matter.mass import FloatArray

# Edge of the squares in which a triangle is mirrored, so that both sides stay in the processor's cache.
MIRROR_EDGE = 256
# Columns that begin at nearly the same row are multiplied together.
BLOCK_EDGE = 256

# Z in parts: errors kept, new ones, and what the next month's rows share with this one.
Gain = tuple[FloatArray, FloatArray, FloatArray]


class NoRandomPartError(ArithmeticError):
    """With the shared groups held fixed a row has no variance left: alone rows cannot be taken out."""


@dataclass(frozen=True)
class AloneRows:
    """k alone rows: numbers, random `variance` (k), `share` (n x k), what a core row follows each, `shared` (k x g)."""

    rows: IndexArray
    variance: FloatArray
    share: csr_array
    shared: csr_array

    def inform(self, columns: FloatArray) -> FloatArray:
        """Return what these rows of right-hand sides (k x c) say of the shared groups (g x c)."""
        found: FloatArray = self.shared.T @ (columns / self.variance[:, np.newaxis])
        return found


@dataclass(frozen=True)
class MonthFactor:
    """The factors of a month: n core rows, s errors carried in, u carried on, g shared groups.

    `core` (n), row numbers. `beside`: alone rows known by now that were taken in before, `own`: those taken in now,
    `late`: those of the next month. `carried` (n x s). Now: `lower_now` (n x n), L; `shared_now` (n x g), W;
    `capacitance` (g x g), lower factor of K; `precision` (n), the diagonal of the block of V^-1. Later: `lower`,
    `shared`, `gain` (n x u, in three parts), and `kept` (u): places among those carried in, -1 for new ones.
    """

    core: IndexArray
    beside: AloneRows
    own: AloneRows
    late: AloneRows
    carried: csr_array
    lower_now: FloatArray
    shared_now: FloatArray
    capacitance: FloatArray
    precision: FloatArray
    lower: FloatArray
    shared: FloatArray
    gain: Gain
    kept: IndexArray
    _shared_precision: FloatArray
    _inverse_lower: FloatArray

    def carry(self, carried: FloatArray, whitened: FloatArray) -> FloatArray:
        """Return what is expected of the carried errors after the month (u x k)."""
        found = np.zeros((len(self.kept), whitened.shape[1]))
        is_old = self.kept >= 0
        found[is_old] = carried[self.kept[is_old]]
        return found + self.answer(whitened)

    def answer(self, whitened: FloatArray) -> FloatArray:
        """Return what whitened core rows (n x k) say of the errors carried on (u x k), Z'x."""
        return np.concatenate([part.T @ whitened for part in self.gain])

    def whiten_now(self, rest: FloatArray | csr_array, informed: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return L^-1 x and lower(K)^-1 (y + W'L^-1 x) for core rows x (n x k) and news y of the groups (g x k)."""
        taken = solve_lower(self.capacitance, np.asfortranarray(informed))
        return np.asarray(self._inverse_lower @ rest), taken + self._shared_precision @ rest


class _Carried:
    """What is known of u carried errors before a month: covariance (u x u), and their answers to the g shared groups,
    as a transpose (g x u). Both column by column: rows of the transposes are then at hand for sparse products.
    """

    def __init__(self, shared: int) -> None:
        self.errors = np.empty(0, dtype=np.intp)
        self.covariance = np.zeros((0, 0), order="F")
        self.answers = np.zeros((shared, 0), order="F")


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
    fresh = np.flatnonzero(plan.first == place)
    new, old = _columns(plan.carried, rows.core, fresh), _columns(plan.carried, rows.core, known.errors)
    before = old @ known.covariance.T
    alone = [_alone(plan, rows.core, which) for which in (np.union1d(rows.arrived, rows.early), rows.own, rows.late)]
    own = new @ new.T - _follows(alone[0]) - _follows(alone[1])
    predicted = own.toarray() + (old @ np.ascontiguousarray(before.T)).T
    lower_now, stays = _factor_predicted(predicted, plan.scale[rows.core], has_alone_rows=plan.has_alone_rows)
    core, old, new = rows.core[stays], old[stays, :], new[stays, :]
    beside, own_rows, late = (_restrict(part, stays) for part in alone)
    innovation = (plan.shared[core, :] - beside.share @ beside.shared - own_rows.share @ own_rows.shared).toarray()
    innovation -= old @ known.answers.T
    shared_now = solve_lower(lower_now, innovation)
    _inform(information, own_rows)
    informed = _with_squares(information, shared_now)
    capacitance = cholesky(informed)
    lower, shared = lower_now, shared_now
    if len(late.rows):
        later = predicted - _follows(late).toarray()
        lower = _factor_predicted(later, plan.scale[core], has_alone_rows=True)[0]
        shared = solve_lower(lower, innovation - (late.share @ late.shared).toarray())
        _inform(information, late)
        informed = _with_squares(information, shared)
    information[:] = informed
    inverse, shared_precision = _precision(lower_now, shared_now, capacitance)
    factored = _Factored(lower, shared, inverse if lower is lower_now else inverse_of(lower))
    kept, gain = _carry_on(plan, place, rows, known, factored, (before[stays], fresh, new, core))
    return MonthFactor(
        core=core,
        beside=beside,
        own=own_rows,
        late=late,
        carried=old,
        lower_now=lower_now,
        shared_now=shared_now,
        capacitance=capacitance,
        precision=column_squares(inverse) - column_squares(shared_precision),
        lower=lower,
        shared=shared,
        gain=gain,
        kept=kept,
        _shared_precision=shared_precision,
        _inverse_lower=inverse,
    )


def _alone(plan: NetworkPlan, core: IndexArray, which: IndexArray) -> AloneRows:
    """Return alone rows with what the core rows follow them."""
    variance = plan.alone_variance[which]
    cross = csr_array(plan.random[core, :] @ plan.random[which, :].T)
    return AloneRows(which, variance, csr_array(cross.multiply(1.0 / variance[np.newaxis, :])), plan.shared[which, :])


def _restrict(alone: AloneRows, stays: IndexArray) -> AloneRows:
    return replace(alone, share=csr_array(alone.share[stays, :]))


def _follows(alone: AloneRows) -> csr_array:
    """Return what knowing the alone rows takes off the covariance of the core rows."""
    return csr_array(alone.share.multiply(alone.variance[np.newaxis, :]) @ alone.share.T)


class _Factored(NamedTuple):
    """L (n x n), W (n x g) and L^-1 of a month, as the months that follow need them."""

    lower: FloatArray
    shared: FloatArray
    inverse: FloatArray


def _carry_on(
    plan: NetworkPlan,
    place: int,
    rows: MonthRows,
    known: _Carried,
    factored: _Factored,
    month: tuple[FloatArray, IndexArray, csr_array, IndexArray],
) -> tuple[IndexArray, Gain]:
    """Move what is known to after the month: C - Z'Z and B + Z'W, over the errors that live on; return them and Z."""
    before, fresh, new, core = month
    kept_old = np.flatnonzero(plan.last[known.errors] > place)
    kept_new, starts = _by_life(np.flatnonzero(plan.last[fresh] > place), plan.last[fresh], new)
    following, bridge = _bridge(plan, place, rows, core)
    gain = (
        solve_lower(factored.lower, np.take(before, kept_old, axis=1)),
        (new[:, kept_new].T @ factored.inverse.T).T,
        solve_lower(factored.lower, bridge),
    )
    blocks = [*_staircase(gain[1], starts), *_staircase(gain[2], np.zeros(gain[2].shape[1], dtype=np.intp))]
    # What rows share through alone rows has no variance of its own here: that of the row itself holds it.
    own_variance = np.concatenate([np.ones(len(kept_new)), np.zeros(len(following))])
    known.covariance = _covariance_after(known.covariance, kept_old, gain[0], blocks, own_variance)
    known.answers = _answers_after(known.answers, kept_old, gain[0], blocks, factored.shared)
    known.errors = np.concatenate([known.errors[kept_old], fresh[kept_new], plan.errors + following])
    return np.concatenate([kept_old, np.full(len(own_variance), -1, dtype=np.intp)]), gain


def _by_life(kept: IndexArray, last: IndexArray, columns: csr_array) -> tuple[IndexArray, IndexArray]:
    """Return errors, those that live longest first so that they keep their places, and the first row that each touches;
    of equal lives in order of these rows.
    """
    entries = columns.tocoo()
    first = np.full(columns.shape[1], columns.shape[0], dtype=np.intp)
    np.minimum.at(first, entries.col, entries.row)
    ordered = kept[np.lexsort((first[kept], -last[kept]))]
    return ordered, first[ordered]


class _Block(NamedTuple):
    """Columns of Z that are zero above a row: `below`, what is left of them."""

    start: int
    below: FloatArray


def _staircase(columns: FloatArray, starts: IndexArray) -> list[_Block]:
    """Return columns of Z (n x k) in blocks: L^-1 leaves what is zero above a row zero above it."""
    edges = range(0, columns.shape[1], BLOCK_EDGE)
    firsts = [int(starts[edge : edge + BLOCK_EDGE].min()) for edge in edges]
    return [
        _Block(first, np.asfortranarray(columns[first:, edge : edge + BLOCK_EDGE]))
        for first, edge in zip(firsts, edges, strict=True)
    ]


def _covariance_after(
    known: FloatArray, kept: IndexArray, gain: FloatArray, blocks: Sequence[_Block], own_variance: FloatArray
) -> FloatArray:
    """Return C - Z'Z (u x u): of old errors kept with their `gain` (n x k), then of new ones, in `blocks`."""
    count = len(kept)
    left = np.array(known[:count, :count] if _is_front(kept) else known[np.ix_(kept, kept)], order="F")
    if gain.size:
        left = blas.dsyrk(-1.0, gain.T, beta=1.0, c=left, lower=1, overwrite_c=1)
    size = count + len(own_variance)
    found = known if known.shape == (size, size) else np.empty((size, size), order="F")
    found[:count, :count] = left
    first = count
    for number, block in enumerate(blocks):
        last = first + block.below.shape[1]
        if count:
            found[first:last, :count] = blas.dgemm(-1.0, block.below, gain.T[:, block.start :], trans_a=1, trans_b=1)
        column = count
        for other in blocks[: number + 1]:
            begin = max(block.start, other.start)
            here, there = block.below[begin - block.start :], other.below[begin - other.start :]
            found[first:last, column : column + there.shape[1]] = blas.dgemm(-1.0, here, there, trans_a=1)
            column += there.shape[1]
        first = last
    own = range(count, size)
    found[own, own] += own_variance
    _mirror(found)
    return found


def _answers_after(
    known: FloatArray, kept: IndexArray, gain: FloatArray, blocks: Sequence[_Block], shared: FloatArray
) -> FloatArray:
    """Return (B + Z'W)' (g x u), of errors as in `_covariance_after`."""
    count, groups = len(kept), len(known)
    shape = groups, count + sum(block.below.shape[1] for block in blocks)
    found = known if known.shape == shape and _is_front(kept) else np.empty(shape, order="F")
    if not groups:
        return found
    if count:
        if found is not known:
            found[:, :count] = known[:, kept]
        # Whole columns lie together, so that they are added to where they are.
        blas.dgemm(1.0, shared.T, gain.T, beta=1.0, c=found[:, :count], trans_b=1, overwrite_c=1)
    first = count
    for block in blocks:
        last = first + block.below.shape[1]
        found[:, first:last] = blas.dgemm(1.0, shared.T[:, block.start :], block.below)
        first = last
    return found


def _is_front(kept: IndexArray) -> bool:
    """Tell whether those kept stand first, as those that live longest mostly do: then nothing is gathered."""
    return np.array_equal(kept, np.arange(len(kept)))


def _bridge(plan: NetworkPlan, place: int, rows: MonthRows, core: IndexArray) -> tuple[IndexArray, FloatArray]:
    """Return core rows of the next month that share alone rows with this one, and the covariance (n x their number)."""
    if place + 1 == len(plan.months):
        return np.empty(0, dtype=np.intp), np.zeros((len(core), 0))
    both = np.union1d(rows.late, plan.months[place + 1].early)
    here, there = _alone(plan, core, both), _alone(plan, plan.months[place + 1].core, both)
    shared = csr_array(here.share.multiply(here.variance[np.newaxis, :]) @ there.share.T).tocsc()
    held = np.flatnonzero(np.diff(shared.indptr))
    return plan.months[place + 1].core[held], -shared[:, held].toarray()


def _inform(information: FloatArray, alone: AloneRows) -> None:
    """Add alone rows to K, in place."""
    scaled = alone.shared.multiply(1.0 / alone.variance[:, np.newaxis])
    added = (alone.shared.T @ scaled).tocoo()
    information[added.row, added.col] += added.data


def _with_squares(information: FloatArray, shared: FloatArray) -> FloatArray:
    """Return the lower triangle of K + W'W."""
    if not shared.size:
        return information
    return np.asarray(blas.dsyrk(1.0, shared.T, beta=1.0, c=information, lower=1))


def _precision(lower: FloatArray, shared: FloatArray, capacitance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return L^-1 and lower(K)^-1 W'L^-1: the block of V^-1 is the square of the first less that of the second."""
    inverse, found = inverse_of(lower), solve_lower(capacitance, shared.T)
    if found.size:
        found = np.asarray(blas.dtrmm(1.0, inverse, found, side=1, lower=1, overwrite_b=1))
    return inverse, found


def inverse_of(lower: FloatArray) -> FloatArray:
    """Return L^-1: the diagonal of an inverse is wanted here, so the inverse of the factor is what is asked for."""
    if not len(lower):
        return np.zeros((0, 0), order="F")
    return np.asarray(lapack.dtrtri(lower, lower=1)[0])


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
    """Return L^-1 B, or L^-T B, for B (n x k), laid out as B is: what lies row by row is solved as its transpose."""
    if not right.size:
        return np.zeros(right.shape, order="F")
    if right.flags.f_contiguous:
        return np.asarray(blas.dtrsm(1.0, lower, right, lower=1, trans_a=int(transposed)))
    return np.asarray(blas.dtrsm(1.0, lower, right.T, side=1, lower=1, trans_a=int(not transposed)).T)


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


def column_squares(matrix: FloatArray) -> FloatArray:
    """Return the sum of squares of each column."""
    found: FloatArray = np.einsum("ij,ij->j", matrix, matrix)
    return found
