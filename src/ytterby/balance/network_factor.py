"""Leak and party statistics of a network, for one or many right-hand sides with one covariance.

    leak  = (V^-1 r)_(p,t) / sqrt((V^-1)_((p,t),(p,t)))    party = f'V^-1 r / sqrt(f'V^-1 f)

with r and V of all rows of months up to t: the MUF of a plant, standardised given everything else that is known up to
then, and a factor by which a party's declarations to others would be wrong, over its standard deviation. Both are
N(0, 1) in control. One plant without links: leak is SITMUF. The covariance is factored once (`factor_network`);
`score_network` keeps no month longer than it needs it, for networks whose factors would not fit into memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack

from ytterby.balance.network import Network, PartySignatures
from ytterby.balance.network_month import MonthFactor, NoRandomPartError, factor_months, solve_lower
from ytterby.balance.network_plan import IndexArray, plan_network
from ytterby.matter.mass import FloatArray


class NetworkScores(NamedTuple):
    """`leak` and `party` (plants x months, or plants x months x runs); NaN: not testable, or no row."""

    leak: FloatArray
    party: FloatArray


class _Substitution:
    """Forward substitution of k right-hand sides (m x k, dense or sparse), month by month."""

    def __init__(self, columns: FloatArray | csr_array) -> None:
        self.columns = columns
        self.carried = np.zeros((0, columns.shape[1]))
        self.groups = np.zeros((0, columns.shape[1]))

    def of(self, rows: IndexArray) -> FloatArray:
        """Return rows of the right-hand sides, dense."""
        found = self.columns[rows, :]
        dense: FloatArray = found if isinstance(found, np.ndarray) else found.toarray()
        return dense

    def advance(self, month: MonthFactor) -> FloatArray:
        """Take in a month; return its core rows whitened with the shared groups held fixed (n x k)."""
        alone = self.of(month.alone)
        innovation = self.of(month.core) - month.alone_share @ alone - month.carried @ self.carried
        whitened = solve_lower(month.lower, innovation)
        carried = np.zeros((len(month.kept), alone.shape[1]))
        is_old = month.kept >= 0
        carried[is_old] = self.carried[month.kept[is_old]]
        self.carried = carried + month.gain.T @ whitened
        added = month.shared_alone.T @ (alone / month.alone_variance[:, np.newaxis]) + month.shared.T @ whitened
        self.groups = self.groups + added if self.groups.size else added
        return whitened

    def solve(self, month: MonthFactor, whitened: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return V^-1 r on the alone (a x k) and the core rows (n x k) of the month taken in last."""
        half = solve_lower(month.capacitance, self.groups)
        groups = solve_lower(month.capacitance, half, transposed=True)
        core = solve_lower(month.lower, whitened - month.shared @ groups, transposed=True)
        alone = (self.of(month.alone) - month.shared_alone @ groups) / month.alone_variance[:, np.newaxis]
        return alone - month.alone_share.T @ core, core


@dataclass(frozen=True)
class NetworkFactor:
    """A network's covariance, factored month by month. Rows that follow from others in a month are left out."""

    network: Network
    months: tuple[MonthFactor, ...]

    def leak(self, rows_kg: FloatArray) -> FloatArray:
        """Return the leak statistics (plants x months [x runs]) of rows (m, or m x runs), kg."""
        return _score(self.network, self.months, rows_kg, None).leak

    def party(self, rows_kg: FloatArray, signatures: PartySignatures | None = None) -> FloatArray:
        """Return the party statistics (plants x months [x runs]) of rows (m, or m x runs), kg.

        Without `signatures` those of the declarations that the network was factored with.
        """
        return self.score(rows_kg, signatures).party

    def score(self, rows_kg: FloatArray, signatures: PartySignatures | None = None) -> NetworkScores:
        """Return both statistics in one pass."""
        chosen = signatures if signatures is not None else self.network.party_signatures()
        return _score(self.network, self.months, rows_kg, chosen)

    def inner_products(self, columns: FloatArray | csr_array) -> FloatArray:
        """Return F'V^-1 F (k x k) of columns (m x k), all months together."""
        work = _Substitution(columns)
        found = np.zeros((columns.shape[1], columns.shape[1]))
        for month in self.months:
            whitened, alone = work.advance(month), work.of(month.alone)
            found += whitened.T @ whitened + alone.T @ (alone / month.alone_variance[:, np.newaxis])
        if self.months:
            taken = solve_lower(self.months[-1].capacitance, work.groups)
            found -= taken.T @ taken
        return np.asarray((found + found.T) / 2.0)

    def squares_and_projections(self, columns: csr_array, rows_kg: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return f'V^-1 f and f'V^-1 r (k each) of columns (m x k) and rows (m), without products between columns."""
        work = _Substitution(csr_array(hstack([columns, rows_kg[:, np.newaxis]], format="csr")))
        squares, projections = np.zeros(columns.shape[1] + 1), np.zeros(columns.shape[1] + 1)
        for month in self.months:
            whitened, alone = work.advance(month), work.of(month.alone)
            scaled = alone / month.alone_variance[:, np.newaxis]
            squares += np.einsum("ij,ij->j", whitened, whitened) + np.einsum("ij,ij->j", alone, scaled)
            projections += whitened.T @ whitened[:, -1] + alone.T @ scaled[:, -1]
        if self.months:
            taken = solve_lower(self.months[-1].capacitance, work.groups)
            squares -= np.einsum("ij,ij->j", taken, taken)
            projections -= taken.T @ taken[:, -1]
        return squares[:-1], projections[:-1]


def factor_network(network: Network) -> NetworkFactor:
    """Return the covariance factored, to be used for any number of right-hand sides."""
    try:
        return NetworkFactor(network, tuple(factor_months(plan_network(network))))
    except NoRandomPartError:
        return NetworkFactor(network, tuple(factor_months(plan_network(network, has_alone_rows=False))))


def score_network(network: Network, rows_kg: FloatArray) -> NetworkScores:
    """Return both statistics of rows (m, or m x runs), kg, keeping one month's factors at a time."""
    signatures = network.party_signatures()
    try:
        return _score(network, factor_months(plan_network(network)), rows_kg, signatures)
    except NoRandomPartError:
        months = factor_months(plan_network(network, has_alone_rows=False))
        return _score(network, months, rows_kg, signatures)


def _score(
    network: Network, months: Iterable[MonthFactor], rows_kg: FloatArray, signatures: PartySignatures | None
) -> NetworkScores:
    whole = rows_kg.reshape(len(rows_kg), -1)
    plants = {place: number for number, place in enumerate(network.plants)}
    number_of = (plants[label.place] if label.kind == "plant" else -1 for label in network.labels)
    plant_of = np.fromiter(number_of, dtype=np.intp, count=len(network.labels))
    shape = (len(plants), len(network.months), whole.shape[1])
    leak, party = np.full(shape, np.nan), np.full(shape, np.nan)
    work = _Substitution(whole)
    for place, month in enumerate(months):
        alone, core = work.solve(month, work.advance(month))
        is_plant = plant_of[month.core] >= 0
        sd = np.sqrt(month.precision[is_plant])[:, np.newaxis]
        leak[plant_of[month.core[is_plant]], place] = core[is_plant] / sd
        if signatures is not None:
            chosen = [k for k, (_, when) in enumerate(signatures.of) if when == network.months[place]]
            columns = csc_array(signatures.columns[:, chosen])
            found = columns[month.alone].T @ alone + columns[month.core].T @ core
            precision = month.precision_of(columns)
            known = precision > 0.0
            who = np.array([plants[signatures.of[k][0]] for k in chosen], dtype=np.intp)
            party[who[known], place] = found[known] / np.sqrt(precision[known])[:, np.newaxis]
    runs = rows_kg.shape[1:]
    return NetworkScores(leak.reshape(shape[:2] + runs), party.reshape(shape[:2] + runs))
