"""What each method works out of runs of a nation: one score for each plant or link and month.

A run is the nation of a seed of its own over the same plan: true flows, losses and every error of measurement are drawn
anew, rounded and declared as in the documents (`arrays`). A run with an order has that one diversion, at a plant drawn
from the run's seed. The scores:

    sitmuf          MUF of a plant, whitened over its own months
    leak            MUF of a plant given all plants and links
    mirror          shipper minus receiver of a link, whitened
    loss_yield      declared loss beyond what the plant lost in its first 12 months, whitened
    muf_sigma       MUF over its standard deviation, each month alone
    muf_percent     MUF over what was declared received in that month
    mirror_percent  shipper minus receiver, without its sign, over the steady flow of the link

The last three are the rules that people use without statistics over time, for comparison. Each run is whitened with the
covariance of its own declarations, as the register does it. Only `leak` has one covariance for all runs, that of what
the nation of the plan's own seed declares: to factor it takes seconds (accountancy of this project, 2.3, has one for
all runs and methods). `leak_own` has each run's own, for few runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from ytterby.balance.loss_yield import loss_by_own_spread
from ytterby.balance.measurements import Measurements
from ytterby.balance.network import Network, RowLabel
from ytterby.balance.network_factor import NetworkFactor, factor_network
from ytterby.matter.mass import FloatArray
from ytterby.nation.arrays import PLANT, NationArrays, group_name, nation_arrays
from ytterby.nation.declared import LOSS_METHOD, STOCK_METHOD
from ytterby.nation.diversion import Diversion, place_diversions
from ytterby.nation.plan import KG_MG, IntArray, Plan
from ytterby.nation.scenario import DiversionOrder

SITMUF, LEAK, LEAK_OWN, MIRROR, LOSS_YIELD = "sitmuf", "leak", "leak_own", "mirror", "loss_yield"
MUF_SIGMA, MUF_PERCENT, MIRROR_PERCENT = "muf_sigma", "muf_percent", "mirror_percent"
HONEST, DIVERTED, NAMED = 1, 2, 3
# Seeds of runs lie above those that people choose, and apart for each purpose.
_SEEDS_OF_ONE, _SEEDS_OF_PURPOSE = 1_000_000, 100_000
Scores = Mapping[str, FloatArray]


class Run(NamedTuple):
    """A nation's declarations, and what was diverted: nothing, or one diversion."""

    arrays: NationArrays
    diversions: tuple[Diversion, ...]


class SeriesScores(NamedTuple):
    """Values, their standard deviations, kg, and the values whitened, of all series (plants, then links) x months."""

    value_kg: FloatArray
    sigma_kg: FloatArray
    z: FloatArray


@dataclass(frozen=True)
class NominalNation:
    """What all runs of a plan have in common: who there is, and the covariance of the network, factored.

    `month_spread`: relative standard deviation of a true loss from month to month, at least; where a plant's first
    months show more, that.
    """

    plan: Plan
    element: str
    network: NetworkFactor
    month_spread: float

    def run(self, seed: int, order: DiversionOrder | None = None) -> Run:
        """Return the run of a seed, with a diversion where one is ordered; errors as `place_diversions`."""
        drawn = replace(self.plan, scenario=replace(self.plan.scenario, seed=seed))
        placed = () if order is None else place_diversions(drawn, (order,))
        return Run(nation_arrays(drawn, placed, elements=(self.element,), by_lot=False)[self.element], placed)

    def scores(self, runs: Sequence[Run], loss_plants: Sequence[Sequence[int]]) -> Scores:
        """Return each score, plants x months x runs or links x months x runs; NaN: not testable.

        `loss_plants`: of which plants the loss is judged, for each run; it costs more than all other series together.
        """
        plants, between = len(self.plan.plants), self.plan.between
        series = [series_scores(run.arrays) for run in runs]
        value, sigma, z = (np.stack(part, axis=-1) for part in zip(*series, strict=True))
        received = np.stack([run.arrays.received_kg for run in runs], axis=-1)
        flow = self.plan.flow[:between, self.plan.scenario.elements.index(self.element)] / KG_MG
        return {
            SITMUF: z[:plants],
            LEAK: self.network.leak(np.stack([run.arrays.measurements.rows_kg for run in runs], axis=-1)),
            MIRROR: z[plants:],
            LOSS_YIELD: np.stack([self._losses(*one) for one in zip(runs, loss_plants, strict=True)], axis=-1),
            MUF_SIGMA: value[:plants] / sigma[:plants],
            MUF_PERCENT: value[:plants] / received,
            MIRROR_PERCENT: np.abs(value[plants:]) / flow[:, np.newaxis, np.newaxis],
        }

    def leak_own(self, run: Run) -> FloatArray:
        """Return the leak statistic (plants x months) with the covariance of the run's own declarations."""
        return factor_network(nation_network(self.plan, run.arrays)).leak(run.arrays.measurements.rows_kg)

    def _losses(self, run: Run, plants: Sequence[int]) -> FloatArray:
        found = np.full((run.arrays.plants, run.arrays.months), np.nan)
        for plant in plants:
            found[plant] = excess_loss(loss_measurements(self.plan, run.arrays, plant), self.month_spread)
        return found


def nominal_nation(plan: Plan, element: str, month_spread: float) -> NominalNation:
    """Return what all runs of a plan have in common.

    Raises:
        ValueError: an element that the scenario does not have.
    """
    arrays = nation_arrays(plan, elements=(element,), by_lot=False)[element]
    return NominalNation(plan, element, factor_network(nation_network(plan, arrays)), month_spread)


def run_seeds(seed: int, purpose: int, count: int) -> tuple[int, ...]:
    """Return the seeds of runs: of HONEST, DIVERTED or NAMED runs of a nation's seed.

    Raises:
        ValueError: more runs than there are seeds for.
    """
    if not 0 <= count <= _SEEDS_OF_PURPOSE:
        raise ValueError(f"{count} runs; 0 to {_SEEDS_OF_PURPOSE} have seeds")
    first = seed * _SEEDS_OF_ONE + purpose * _SEEDS_OF_PURPOSE
    return tuple(range(first, first + count))


def series_scores(arrays: NationArrays) -> SeriesScores:
    """Return MUF of all plants and differences of all links, whitened each over its own months: z = L^-1 r.

    All series at once; each is what `balance.innovation` gives for it alone.

    Raises:
        numpy.linalg.LinAlgError: a month that follows from others, which a nation's arrays do not have.
    """
    series, months = arrays.plants + arrays.links, arrays.months
    value: FloatArray = arrays.measurements.rows_kg.reshape(months, series).T
    covariance = _series_covariances(arrays)
    z = np.linalg.solve(np.linalg.cholesky(covariance), value[:, :, np.newaxis])[:, :, 0]
    return SeriesScores(value, np.sqrt(np.einsum("stt->st", covariance)), z)


def _series_covariances(arrays: NationArrays) -> FloatArray:
    """Return V of each series (series x months x months)."""
    series, months = arrays.plants + arrays.links, arrays.months
    random = (arrays.measurements.random_factor @ arrays.measurements.random_factor.T).tocoo()
    own = random.row % series == random.col % series
    found = np.zeros((series, months, months))
    row, column = random.row[own], random.col[own]
    found[row % series, row // series, column // series] = random.data[own]
    groups = arrays.measurements.group_factor.tocoo()
    # Few groups touch a series: they are numbered within it.
    pairs, place = np.unique((groups.row % series).astype(np.int64) * groups.shape[1] + groups.col, return_inverse=True)
    owner = pairs // groups.shape[1]
    slot = np.arange(len(pairs)) - np.searchsorted(owner, owner)
    loading = np.zeros((series, months, int(slot.max()) + 1))
    loading[groups.row % series, groups.row // series, slot[place]] = groups.data
    return found + loading @ loading.transpose(0, 2, 1)


def excess_loss(measured: Measurements, month_spread: float) -> FloatArray:
    """Return the whitened excess of declared loss (T), as the watch of a register has it.

    Raises:
        ValueError: fewer months than a loss needs for its baseline.
    """
    found = loss_by_own_spread(measured, (), least_spread=month_spread)
    if not found.baseline:
        raise ValueError("too few months for the baseline of a loss")
    return found.series.innovations.sitmuf


def loss_measurements(plan: Plan, arrays: NationArrays, plant: int) -> Measurements:
    """Return the loss (first T rows) and the receipts (last T rows) that a plant declares, of a mine what it takes."""
    measured, who = arrays.measurements, plan.plants[plant]
    balances = csr_array(measured.incidence[arrays.plant_rows(plant), :])
    items = np.unique(balances.indices)
    entries = balances[:, items].tocoo()
    group = _group_of_items(measured)[items[entries.col]]
    own = ((LOSS_METHOD, who.kind.loss_form), (STOCK_METHOD, who.kind.stock_form))
    lost, stock = (
        group == measured.groups.index(group_name(arrays.element, who.site, method, "0", form)) for method, form in own
    )
    received = (entries.data > 0) & ~stock
    row = np.concatenate([entries.row[lost], arrays.months + entries.row[received]])
    column = np.concatenate([entries.col[lost], entries.col[received]])
    loading = csr_array(measured.loading_kg[items, :])
    groups = np.unique(loading.indices)
    return Measurements(
        mass_kg=measured.mass_kg[items],
        random_kg=measured.random_kg[items],
        loading_kg=csr_array(loading[:, groups]),
        incidence=csr_array((np.ones(len(row)), (row, column)), shape=(2 * arrays.months, len(items))),
        groups=tuple(measured.groups[number] for number in groups),
    )


def nation_network(plan: Plan, arrays: NationArrays) -> Network:
    """Return the rows of a nation with their labels; plants and links by their numbers in the plan."""
    ends = [(str(link.sender), str(link.receiver)) for link in plan.links[: arrays.links]]
    labels = (
        RowLabel("plant", str(label.number), label.month)
        if label.kind == PLANT
        else RowLabel("link", str(label.number), label.month, *ends[label.number])
        for label in arrays.labels
    )
    return Network(arrays.measurements, tuple(labels))


def _group_of_items(measured: Measurements) -> IntArray:
    # Each item of a nation's arrays has one group; an item of no mass has it too, with a standard deviation of 0.
    assert (np.diff(measured.loading_kg.indptr) == 1).all(), "one group for each item"
    return np.asarray(measured.loading_kg.indices, dtype=np.int64)
