"""Items and the balances in which they count: what every statistic of this room is worked out from.

An item is one measured mass of one element: a receipt, a shipment, a stock at the end of a month. Its declared value is
x_k = m_k (1 + r_k + sum_g s_g): r_k drawn for each item, s_g one draw for all items of a systematic group (GUM, JCGM
100:2008, 5.2). A *row* is one balance: a plant in a month, or a link in a month. H holds +1 and -1; a closing stock is
one item with -1 in its month and +1 in the next. The rows r = H x have the covariance

    V = H diag(random^2) H' + (H L)(H L)',   L[k, g] = sd of group g in item k, kg, with the item's own sign.

First order: measured x stands in place of the true m.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from ytterby.matter.mass import FloatArray


class Item(NamedTuple):
    """One measured mass, kg; `random_kg` and `groups` are standard deviations, kg; `entries` are (row, sign)."""

    key: str
    mass_kg: float
    random_kg: float
    groups: Mapping[str, float]
    entries: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Measurements:
    """n items in m rows with g systematic groups.

    `mass_kg` (n), `random_kg` (n); `loading_kg` (n x g), one standard deviation of a group in each item; `incidence`
    (m x n), H.
    """

    mass_kg: FloatArray
    random_kg: FloatArray
    loading_kg: csr_array
    incidence: csr_array
    groups: tuple[str, ...]

    @cached_property
    def rows_kg(self) -> FloatArray:
        """H x (m), kg, summed item by item in order, so that equal items give equal bytes."""
        found = np.zeros(self.incidence.shape[0])
        entries = self.incidence.tocoo()
        np.add.at(found, entries.row, entries.data * self.mass_kg[entries.col])
        return found

    @cached_property
    def random_factor(self) -> csr_array:
        """H diag(random) (m x n), whose square is the random part of V."""
        return csr_array(self.incidence.multiply(self.random_kg[np.newaxis, :]))

    @cached_property
    def group_factor(self) -> csr_array:
        """H L (m x g), whose square is the systematic part of V."""
        return csr_array(self.incidence @ self.loading_kg)

    def covariance(self, rows: Sequence[int] | None = None) -> FloatArray:
        """Return V (m x m), kg squared, of all rows or of some."""
        random, systematic = self.random_factor, self.group_factor
        if rows is not None:
            random, systematic = random[rows, :], systematic[rows, :]
        whole: FloatArray = (random @ random.T).toarray() + (systematic @ systematic.T).toarray()
        return whole


def measurements_of(items: Iterable[Item], rows: int) -> Measurements:
    """Return the arrays of items in their order; groups stand in order of first use.

    Raises:
        ValueError: an item counts in a row that is not there.
    """
    listed = tuple(items)
    numbers: dict[str, int] = {}
    loading: list[tuple[int, int, float]] = []
    entries: list[tuple[int, int, int]] = []
    for k, item in enumerate(listed):
        loading += [(k, numbers.setdefault(group, len(numbers)), sd) for group, sd in item.groups.items()]
        entries += [(row, k, sign) for row, sign in item.entries]
    if any(not 0 <= row < rows for row, _, _ in entries):
        raise ValueError("an item counts in a row that is not there")
    n = len(listed)
    return Measurements(
        mass_kg=np.array([item.mass_kg for item in listed], dtype=np.float64),
        random_kg=np.array([item.random_kg for item in listed], dtype=np.float64),
        loading_kg=_sparse(loading, (n, len(numbers))),
        incidence=_sparse(entries, (rows, n)),
        groups=tuple(numbers),
    )


def _sparse(cells: list[tuple[int, int, float]] | list[tuple[int, int, int]], shape: tuple[int, int]) -> csr_array:
    rows = [cell[0] for cell in cells]
    columns = [cell[1] for cell in cells]
    values = np.array([cell[2] for cell in cells], dtype=np.float64)
    return csr_array((values, (rows, columns)), shape=shape)
