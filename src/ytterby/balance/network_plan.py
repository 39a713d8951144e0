"""What of a month is worked out how: rows that stand alone, rows at the core, and errors that live over several months.

An *alone* row is a D row that shares no random error with another alone row, and with core rows of its own month and at
most one month beside it: it can be taken out by one division. It may touch the month before (goods that were under way
at the month's end: *late*, since that month is finished only with it) or the month after (*early*). All other rows are
*core*. An *error* is one random item or one systematic group, scaled to variance 1. Groups that touch alone rows are
*shared* by many rows and are kept as unknowns of least squares. Errors that touch core rows only are *carried*: they
live from the first month that they touch to the last, and what is known of them goes along as a covariance. An item in
two adjacent months, in three, or in months far apart is the same case.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, hstack

from ytterby.balance.network import IndexArray, Network, lifetimes, row_squares
from ytterby.matter.mass import FloatArray

MaskArray = npt.NDArray[np.bool_]
# A row whose random part is a smaller share of its variance than this is not taken out by dividing by it.
RANDOM_SHARE_MIN = 1e-6


@dataclass(frozen=True)
class MonthRows:
    """Row numbers of one month t.

    `core`; alone rows `own` of t that touch no month before, `arrived` of t that were late for t-1, `early` of t-1 that
    touch t, `late` of t+1 that touch t.
    """

    core: IndexArray
    own: IndexArray
    arrived: IndexArray
    early: IndexArray
    late: IndexArray


@dataclass(frozen=True)
class NetworkPlan:
    """m rows, q carried errors with their first and last month (places in `months`), g shared groups.

    `carried` (m x (q + m)) and `shared` (m x g), kg for an error of one standard deviation; the last m carried columns
    are the rows themselves, for what a row shares with the month before through alone rows. `random` (m x n), errors of
    items and of groups that reach no farther than one; `alone_variance` (m), the random part of alone rows, and `scale`
    (m), the variance of each row, kg squared.
    """

    months: tuple[MonthRows, ...]
    random: csr_array
    carried: csr_array
    first: IndexArray
    last: IndexArray
    shared: csr_array
    alone_variance: FloatArray
    scale: FloatArray

    @property
    def errors(self) -> int:
        """How many carried errors there are, q."""
        return len(self.first) - len(self.scale)

    @property
    def has_alone_rows(self) -> bool:
        """Whether any row is taken out by a division."""
        return any(len(month.own) or len(month.arrived) for month in self.months)


def plan_network(network: Network, *, has_alone_rows: bool = True) -> NetworkPlan:
    """Return the plan; rows without variance are in no month.

    `has_alone_rows` false: every row is core, every error is carried. Slower, and right for any covariance.
    """
    month = np.searchsorted(network.months, network.month_of)
    is_testable = network.variance > 0.0
    is_link = np.array([label.kind == "link" for label in network.labels], dtype=bool)
    random, groups = _errors(network, month, is_link)
    reach = _reach(random, month)
    is_alone = np.zeros_like(is_link)
    if has_alone_rows:
        is_alone = _alone_rows(random, reach, is_link & is_testable, network.variance)
    is_core = is_testable & ~is_alone
    is_shared = _touches(groups, is_alone)
    carried = csr_array(hstack([groups[:, ~is_shared], random[:, _touches(random, is_core)]], format="csr"))
    first, last = lifetimes(carried, month, is_core)
    size, months = len(network.labels), len(network.months)
    return NetworkPlan(
        months=_month_rows(month, reach, is_alone, is_core, is_link, months),
        random=random,
        carried=csr_array(hstack([carried, eye_array(size)], format="csr")),
        # A row is no error of its own: it is never new, and its column ends with its month.
        first=np.concatenate([first, np.full(size, months, dtype=np.intp)]),
        last=np.concatenate([last, month]),
        shared=csr_array(groups[:, is_shared]),
        alone_variance=np.where(is_alone, row_squares(random), 0.0),
        scale=network.variance,
    )


def _month_rows(
    month: IndexArray,
    reach: tuple[IndexArray, IndexArray],
    is_alone: MaskArray,
    is_core: MaskArray,
    is_link: MaskArray,
    months: int,
) -> tuple[MonthRows, ...]:
    is_late, is_early = is_alone & (reach[0] < month), is_alone & (reach[1] > month)
    return tuple(
        MonthRows(
            core=_plants_first(np.flatnonzero(is_core & (month == place)), is_link),
            own=np.flatnonzero(is_alone & ~is_late & (month == place)),
            arrived=np.flatnonzero(is_late & (month == place)),
            early=np.flatnonzero(is_early & (month == place - 1)),
            late=np.flatnonzero(is_late & (month == place + 1)),
        )
        for place in range(months)
    )


def _plants_first(rows: IndexArray, is_link: MaskArray) -> IndexArray:
    # Of rows that depend on each other the last are left out; a plant's balance is the one to keep.
    found: IndexArray = np.concatenate([rows[~is_link[rows]], rows[is_link[rows]]])
    return found


def _errors(network: Network, month: IndexArray, is_link: MaskArray) -> tuple[csr_array, csr_array]:
    """Return the errors that are worked out as items, and those that many rows share.

    A group of one delivery, such as an assay that shipper and receiver both quote, reaches no farther than an item.
    """
    random, groups = network.measurements.random_factor, network.measurements.group_factor
    first, last = lifetimes(groups, month)
    entries = groups.tocoo()
    links = np.bincount(entries.col, weights=is_link[entries.row] & (entries.data != 0.0), minlength=groups.shape[1])
    is_item = (links <= 1) & (last - first <= 1)
    return csr_array(hstack([random, groups[:, is_item]], format="csr")), csr_array(groups[:, ~is_item])


def _reach(random: csr_array, month: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Return the first and last month of the items of each row."""
    first, last = lifetimes(random, month)
    entries = random.tocoo()
    held = entries.data != 0.0
    row, item = entries.row[held], entries.col[held]
    lowest, highest = month.copy(), month.copy()
    np.minimum.at(lowest, row, first[item])
    np.maximum.at(highest, row, last[item])
    return lowest, highest


def _alone_rows(
    random: csr_array, reach: tuple[IndexArray, IndexArray], candidates: MaskArray, variance: FloatArray
) -> MaskArray:
    entries = random.tocoo()
    held = entries.data != 0.0
    row, item = entries.row[held], entries.col[held]
    touched = np.bincount(item, weights=candidates[row], minlength=random.shape[1])
    found = candidates & (reach[1] - reach[0] <= 1)
    found[row[candidates[row] & (touched[item] > 1)]] = False
    return found & (row_squares(random) > RANDOM_SHARE_MIN * variance)


def _touches(factor: csr_array, rows: MaskArray) -> MaskArray:
    entries = factor.tocoo()
    held = rows[entries.row] & (entries.data != 0.0)
    found: MaskArray = np.bincount(entries.col[held], minlength=factor.shape[1]) > 0
    return found
