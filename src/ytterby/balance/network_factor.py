"""Leak and party statistics of a network, for one or many right-hand sides with one covariance.

    leak  = (V^-1 r)_(p,t) / sqrt((V^-1)_((p,t),(p,t)))    party = f'V^-1 r / sqrt(f'V^-1 f)

with r and V of all rows of months up to t: the MUF of a plant, standardised given everything else that is known up to
then, and a factor by which a party's declarations to others would be wrong, over its standard deviation. Both are
N(0, 1) in control. One plant without links: leak is SITMUF. The covariance is factored once (`factor_network`);
`score_network` keeps no month longer than it needs it, for networks whose factors would not fit into memory.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack

from ytterby.balance.network import IndexArray, Network, PartySignatures
from ytterby.balance.network_month import (
    AloneRows,
    MonthFactor,
    NoRandomPartError,
    column_squares,
    factor_months,
    solve_lower,
)
from ytterby.balance.network_plan import plan_network
from ytterby.matter.mass import FloatArray

Found = TypeVar("Found")


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

    def advance(self, month: MonthFactor) -> "_Whitened":
        """Take in a month; return its rows whitened, shared groups held fixed."""
        if not self.groups.size:
            self.groups = np.zeros((month.shared_now.shape[1], self.columns.shape[1]))
        innovation = self.of(month.core) - month.carried @ self.carried
        for alone in (month.beside, month.own):
            innovation -= alone.share @ self.of(alone.rows)
        now = later = solve_lower(month.lower_now, innovation)
        informed = by_now = self.groups + month.own.inform(self.of(month.own.rows))
        if len(month.late.rows):
            late = self.of(month.late.rows)
            later = solve_lower(month.lower, innovation - month.late.share @ late)
            informed = informed + month.late.inform(late)
        self.groups = informed + month.shared.T @ later
        self.carried = month.carry(self.carried, later)
        return _Whitened(month, now, later, by_now)

    def products(self, months: Iterable[MonthFactor]) -> Iterator[tuple[FloatArray, FloatArray, int]]:
        """Yield a, b (n x k each) and a sign, of which the products a'b add to F'V^-1 F over all months."""
        whitened = None
        for month in months:
            whitened = self.advance(month)
            yield whitened.later, whitened.later, 1
            for part in (month.own, month.late):
                alone = self.of(part.rows)
                yield alone, alone / part.variance[:, np.newaxis], 1
        if whitened is not None:
            yield whitened.groups, whitened.groups, -1


@dataclass(frozen=True)
class _Whitened:
    """Core rows of a month by what is declared now, and later (n x k); `informed`: what else tells of the groups."""

    month: MonthFactor
    now: FloatArray
    later: FloatArray
    informed: FloatArray

    @cached_property
    def groups(self) -> FloatArray:
        """The groups' part now (g x k)."""
        news = self.informed + self.month.shared_now.T @ self.now
        return solve_lower(self.month.capacitance, np.asfortranarray(news))


class _Party(NamedTuple):
    """Party columns whitened alike: this month, the month before, the groups, and the alone rows themselves."""

    now: FloatArray
    before: FloatArray | None
    groups: FloatArray
    columns: csc_array


@dataclass(frozen=True)
class NetworkFactor:
    """A network's covariance, factored month by month. Rows that follow from others in a month are left out."""

    network: Network
    months: tuple[MonthFactor, ...]

    def leak(self, rows_kg: FloatArray) -> FloatArray:
        """Return the leak statistics (plants x months [x runs]) of rows (m, or m x runs), kg."""
        return _score(self.network, self.months, rows_kg, None).leak

    def party(self, rows_kg: FloatArray) -> FloatArray:
        """Return the party statistics (plants x months [x runs]) of rows (m, or m x runs), kg.

        The signatures are those of the declarations that the network was factored with.
        """
        return self.score(rows_kg).party

    def score(self, rows_kg: FloatArray) -> NetworkScores:
        """Return both statistics in one pass."""
        return _score(self.network, self.months, rows_kg, self.network.party_signatures)

    def inner_products(self, columns: FloatArray | csr_array) -> FloatArray:
        """Return F'V^-1 F (k x k) of columns (m x k), all months together."""
        found = np.zeros((columns.shape[1], columns.shape[1]))
        for left, right, sign in _Substitution(columns).products(self.months):
            found += sign * (left.T @ right)
        return np.asarray((found + found.T) / 2.0)

    def squares_and_projections(self, columns: csr_array, rows_kg: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return f'V^-1 f and f'V^-1 r (k each) of columns (m x k) and rows (m), without products between columns."""
        whole = csr_array(hstack([columns, rows_kg[:, np.newaxis]], format="csr"))
        squares, projections = np.zeros(whole.shape[1]), np.zeros(whole.shape[1])
        for left, right, sign in _Substitution(whole).products(self.months):
            squares += sign * np.einsum("ij,ij->j", left, right)
            projections += sign * (left.T @ right[:, -1])
        return squares[:-1], projections[:-1]


def factor_network(network: Network) -> NetworkFactor:
    """Return the covariance factored, to be used for any number of right-hand sides."""
    return NetworkFactor(network, _over_months(network, tuple))


def score_network(network: Network, rows_kg: FloatArray) -> NetworkScores:
    """Return both statistics of rows (m, or m x runs), kg, keeping one month's factors at a time."""
    signatures = network.party_signatures
    return _over_months(network, lambda months: _score(network, months, rows_kg, signatures))


def _over_months(network: Network, take: Callable[[Iterator[MonthFactor]], Found]) -> Found:
    """Return what is taken from the months as they are factored, without alone rows where these cannot be had."""
    try:
        return take(factor_months(plan_network(network)))
    except NoRandomPartError:
        return take(factor_months(plan_network(network, has_alone_rows=False)))


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
    when = np.array([month for _, month in signatures.of] if signatures is not None else [], dtype=np.intp)
    previous: _Whitened | None = None
    for place, month in enumerate(months):
        whitened = work.advance(month)
        is_plant = plant_of[month.core] >= 0
        groups = solve_lower(month.capacitance, whitened.groups, transposed=True)
        solved = solve_lower(month.lower_now, whitened.now - month.shared_now @ groups, transposed=True)
        sd = np.sqrt(month.precision[is_plant])[:, np.newaxis]
        leak[plant_of[month.core[is_plant]], place] = solved[is_plant] / sd
        if signatures is not None:
            chosen = np.flatnonzero(when == network.months[place])
            columns = _whiten_party(
                month, previous.month if previous else None, csc_array(signatures.columns[:, chosen])
            )
            found, precision = _project_party(columns, work, whitened, previous)
            known = precision > 0.0
            who = np.array([plants[signatures.of[k][0]] for k in chosen], dtype=np.intp)
            party[who[known], place] = found[known] / np.sqrt(precision[known])[:, np.newaxis]
        previous = whitened
    runs = rows_kg.shape[1:]
    return NetworkScores(leak.reshape(shape[:2] + runs), party.reshape(shape[:2] + runs))


def _whiten_party(month: MonthFactor, previous: MonthFactor | None, columns: csc_array) -> _Party:
    """Whiten columns (m x k) that are zero outside the rows of one month."""
    rest = csr_array(columns[month.core, :] - sum(a.share @ columns[a.rows, :] for a in (month.beside, month.own)))
    informed = (month.own.shared.T @ _scaled(month.own, columns)).toarray()
    if previous is None or not columns[previous.late.rows, :].count_nonzero():
        now, groups = month.whiten_now(rest, informed)
        return _Party(now, None, groups, columns)
    # Late rows were taken out with the month before: there the column begins.
    before = solve_lower(previous.lower, -(previous.late.share @ columns[previous.late.rows, :]).toarray())
    informed += (previous.late.shared.T @ _scaled(previous.late, columns)).toarray() + previous.shared.T @ before
    carried = previous.answer(before)
    now, groups = month.whiten_now(rest.toarray() - month.carried @ carried, informed)
    return _Party(now, before, groups, columns)


def _scaled(alone: AloneRows, columns: csc_array) -> csr_array:
    return csr_array(csr_array(columns[alone.rows, :]).multiply(1.0 / alone.variance[:, np.newaxis]))


def _project_party(
    party: _Party, work: _Substitution, whitened: _Whitened, previous: _Whitened | None
) -> tuple[FloatArray, FloatArray]:
    """Return f'V^-1 r (k x runs) and f'V^-1 f (k)."""
    found = party.now.T @ whitened.now - party.groups.T @ whitened.groups
    precision = column_squares(party.now) - column_squares(party.groups)
    if party.before is not None and previous is not None:
        found += party.before.T @ previous.later
        precision += column_squares(party.before)
    for alone in (whitened.month.own, whitened.month.beside):
        scaled = _scaled(alone, party.columns)
        found += scaled.T @ work.of(alone.rows)
        precision += np.asarray(scaled.multiply(party.columns[alone.rows, :]).sum(axis=0)).ravel()
    return found, precision
