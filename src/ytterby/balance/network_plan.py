"""What of a month is worked out how: rows that stand alone, rows at the core, and errors that live over several months.

An *alone* row is a D row that shares no random error with another month or another alone row: within its month it can
be taken out by one division. All other rows are *core*. An *error* is one random item or one systematic group, scaled
to variance 1. Errors that touch alone rows are groups *shared* by many rows and are kept as unknowns of least squares.
Errors that touch core rows only are *carried*: they live from the first month that they touch to the last, and what is
known of them goes along as a covariance. An item in two adjacent months, in three, or in months far apart is the same
case.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack

from ytterby.balance.network import Network
from ytterby.matter.mass import FloatArray

IndexArray = npt.NDArray[np.intp]
# A row whose random part is a smaller share of its variance than this is not taken out by dividing by it.
RANDOM_SHARE_MIN = 1e-6


@dataclass(frozen=True)
class MonthRows:
    """Row numbers of one month."""

    alone: IndexArray
    core: IndexArray


@dataclass(frozen=True)
class NetworkPlan:
    """m rows, q carried errors with their first and last month (places in `months`), g shared groups.

    `carried` (m x q) and `shared` (m x g), kg for an error of one standard deviation; `random` (m x n), as in
    `Measurements.random_factor`; `scale` (m), the variance of each row, kg squared.
    """

    months: tuple[MonthRows, ...]
    random: csr_array
    carried: csr_array
    first: IndexArray
    last: IndexArray
    shared: csr_array
    scale: FloatArray

    @property
    def has_alone_rows(self) -> bool:
        """Whether any row is taken out by a division."""
        return any(len(month.alone) for month in self.months)


def plan_network(network: Network, *, has_alone_rows: bool = True) -> NetworkPlan:
    """Return the plan; rows without variance are in no month.

    `has_alone_rows` false: every row is core, every error is carried. Slower, and right for any covariance.
    """
    random, groups = network.measurements.random_factor, network.measurements.group_factor
    month = np.searchsorted(network.months, network.month_of)
    is_testable = network.variance > 0.0
    is_link = np.array([label.kind == "link" for label in network.labels], dtype=bool)
    is_alone = np.zeros_like(is_link)
    if has_alone_rows:
        is_alone = _alone_rows(random, month, is_link & is_testable, network.variance)
    is_core = is_testable & ~is_alone
    is_shared = _touches(groups, is_alone)
    carried = csr_array(hstack([groups[:, ~is_shared], random[:, _touches(random, is_core)]], format="csr"))
    first, last = _lives(carried, month, len(network.months))
    months = [np.flatnonzero(month == place) for place in range(len(network.months))]
    return NetworkPlan(
        months=tuple(MonthRows(rows[is_alone[rows]], _plants_first(rows[is_core[rows]], is_link)) for rows in months),
        random=random,
        carried=carried,
        first=first,
        last=last,
        shared=csr_array(groups[:, is_shared]),
        scale=network.variance,
    )


def _plants_first(rows: IndexArray, is_link: npt.NDArray[np.bool_]) -> IndexArray:
    # Of rows that depend on each other the last are left out; a plant's balance is the one to keep.
    found: IndexArray = np.concatenate([rows[~is_link[rows]], rows[is_link[rows]]])
    return found


def _alone_rows(
    random: csr_array, month: IndexArray, candidates: npt.NDArray[np.bool_], variance: FloatArray
) -> npt.NDArray[np.bool_]:
    entries = random.tocoo()
    held = entries.data != 0.0
    row, item = entries.row[held], entries.col[held]
    first, last = _lives(random, month, int(month.max(initial=0)) + 1)
    spans = first[item] < last[item]
    touched = np.bincount(item, weights=candidates[row], minlength=random.shape[1])
    joins = candidates[row] & (touched[item] > 1)
    found = candidates.copy()
    found[row[spans | joins]] = False
    own = np.bincount(row, weights=entries.data[held] ** 2, minlength=random.shape[0])
    return found & (own > RANDOM_SHARE_MIN * variance)


def _touches(factor: csr_array, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    entries = factor.tocoo()
    held = rows[entries.row] & (entries.data != 0.0)
    found: npt.NDArray[np.bool_] = np.bincount(entries.col[held], minlength=factor.shape[1]) > 0
    return found


def _lives(factor: csr_array, month: IndexArray, months: int) -> tuple[IndexArray, IndexArray]:
    """Return the first and last month that each column touches; a column of zeros lives in none."""
    entries = factor.tocoo()
    held = entries.data != 0.0
    first = np.full(factor.shape[1], months, dtype=np.intp)
    last = np.full(factor.shape[1], -1, dtype=np.intp)
    np.minimum.at(first, entries.col[held], month[entries.row[held]])
    np.maximum.at(last, entries.col[held], month[entries.row[held]])
    return first, last
