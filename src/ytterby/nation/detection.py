"""How surely each method finds a diversion: limits set on honest runs, then the share of diversions that alarm in time.

A method alarms at a plant in a month: Page's charts on a whitened series, or a score above a limit where no statistic
over time is kept. Limits are chosen on honest runs alone, so that each method has the same number of alarms in a
plant-year, and are then applied to other runs, each with one diversion. A diversion is found when its plant (of a
collusion: either plant) alarms from its first month on within some months. A plant alarms by mirror when any of its
links does.

The limits of Page's charts of one method belong to one mean run length each would have alone, as in the threshold
table. Percent and sigma rules look for a loss only, which is what the diversions are: their best case.

Sources: accountancy of this project, 2.3; interval of Wilson, J. Am. Statist. Assoc. 22 (1927) 209.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtri

from ytterby.balance.operating_point import MONTHS_A_YEAR
from ytterby.balance.page import BoolArray, Chart, page_set
from ytterby.balance.page_quadrature import run_length_threshold
from ytterby.balance.page_threshold import Family, ThresholdTable
from ytterby.matter.mass import FloatArray
from ytterby.nation.detection_scores import (
    DIVERTED,
    HONEST,
    LEAK,
    LEAK_OWN,
    LOSS_YIELD,
    MIRROR,
    MIRROR_PERCENT,
    MUF_PERCENT,
    MUF_SIGMA,
    SITMUF,
    NominalNation,
    Scores,
    run_seeds,
)
from ytterby.nation.diversion import Diversion
from ytterby.nation.plan import Plan
from ytterby.nation.scenario import DiversionOrder

LEVEL = 0.95
WINDOW_MONTHS = 12
BATCH = 50
# Bisection of a limit, or of a run length in logarithms: after so many halvings no alarm lies between its ends.
HALVINGS = 24
RUN_LENGTHS, PAGE_LIMIT_MAX = (2.0, 1e7), 40.0
Tell = Callable[[int, int], None]


class Method(NamedTuple):
    """A method: the score it watches; the family of charts, none for a limit each month; `fixed`, a limit not set.

    `table_score` is the score that the threshold table is compared on, where that is another.
    """

    name: str
    score: str
    family: str = ""
    is_of_links: bool = False
    fixed: float | None = None
    table_score: str = ""


METHODS = (
    Method("sitmuf", SITMUF, "plant"),
    Method("leak", LEAK, "leak", table_score=LEAK_OWN),
    Method("mirror", MIRROR, "link", is_of_links=True),
    Method("loss_yield", LOSS_YIELD, "loss_yield"),
    Method("muf_three_sigma", MUF_SIGMA, fixed=3.0),
    Method("muf_sigma", MUF_SIGMA),
    Method("muf_percent", MUF_PERCENT),
    Method("mirror_percent", MIRROR_PERCENT, is_of_links=True),
)


class Row(NamedTuple):
    """Diversions of one kind and share that begin in month `start` (from 0), to be found within so many months."""

    kind: str
    share: float
    start: int
    within: tuple[int, ...] = (WINDOW_MONTHS,)


class Limit(NamedTuple):
    """A method's limits for a rate: h of each chart or the limit itself, and what it does on the honest runs.

    `rate` asked for, None for a fixed limit; `alarms` in `plant_years` that were testable; `chance` that a plant alarms
    within the 12 months after the clean ones.
    """

    method: str
    rate: float | None
    limits: tuple[float, ...]
    alarms: int
    plant_years: float
    chance: float

    @property
    def measured_rate(self) -> float:
        """False alarms in a plant-year, as measured."""
        return self.alarms / self.plant_years


class TableCheck(NamedTuple):
    """Alarms of honest runs at the threshold table's own limits, beside what the table expects from a start at 0."""

    method: str
    rate: float
    alarms: int
    expected: float


class Detection(NamedTuple):
    """How many of the diversions of a row a method found; `low` and `high` are the interval of Wilson, 95 %."""

    row: Row
    within: int
    method: str
    rate: float | None
    found: int
    runs: int
    low: float
    high: float

    @property
    def probability(self) -> float:
        """The share that was found."""
        return self.found / self.runs


@dataclass(frozen=True)
class HonestRuns:
    """Scores of n honest runs of a nation, and which links are a plant's (P x L, of 0 and 1)."""

    plan: Plan
    scores: Scores
    links_of: csr_array
    families: Mapping[str, Family] = field(repr=False)

    def limit(self, method: Method, rate: float) -> Limit:
        """Return the limits at which a method alarms at most `rate` times a plant-year, as near to it as can be.

        Raises:
            ValueError: not one month is testable.
        """
        score = self.scores[method.score]
        years = self._plant_years(method)
        if method.fixed is not None:
            return self._told(method, None, (method.fixed,), years)
        low, high = self._bracket(method, score)
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            alarms = int(self._alarms(method, self._limits(method, middle)).sum())
            low, high = (middle, high) if alarms > rate * years else (low, middle)
        return self._told(method, rate, self._limits(method, high), years)

    def check_table(self, method: Method, table: ThresholdTable, rate: float) -> TableCheck:
        """Return the alarms at the table's thresholds for a rate, each series (plant or link) by itself."""
        score = self.scores[method.table_score or method.score]
        alarms = _chart_alarms(score, table.charts(method.family, rate))
        months, series = np.unique(np.isfinite(score).sum(axis=1), return_counts=True)
        expected = sum(
            int(count) * table.expected_alarms(method.family, rate, int(month))
            for month, count in zip(months, series, strict=True)
            if month
        )
        return TableCheck(method.name, rate, int(alarms.sum()), expected)

    def score_spread(self, name: str) -> tuple[float, int]:
        """Return the standard deviation of a score about 0 over all that is testable, and how many values that is."""
        values = self.scores[name]
        known = values[np.isfinite(values)]
        return float(np.sqrt(np.mean(known**2))), len(known)

    def _bracket(self, method: Method, score: FloatArray) -> tuple[float, float]:
        """Return what limits are sought between: logarithms of a run length where a method has several."""
        if not method.family:
            return 0.0, float(np.nanmax(score))
        return (0.0, PAGE_LIMIT_MAX) if self._is_single(method) else (log(RUN_LENGTHS[0]), log(RUN_LENGTHS[1]))

    def _limits(self, method: Method, strictness: float) -> tuple[float, ...]:
        if not method.family or self._is_single(method):
            return (strictness,)
        values = self.families[method.family].reference_values
        return tuple(run_length_threshold(k, exp(strictness)) for k in values)

    def _is_single(self, method: Method) -> bool:
        return len(self.families[method.family].reference_values) == 1

    def _alarms(self, method: Method, limits: tuple[float, ...]) -> BoolArray:
        return plant_alarms(method, self.scores, limits, self.families, self.links_of)

    def _testable(self, method: Method) -> BoolArray:
        """Tell which months of plants (P x T x n) can be judged."""
        testable: BoolArray = np.isfinite(self.scores[method.score])
        return _any_of(self.links_of, testable) if method.is_of_links else testable

    def _plant_years(self, method: Method) -> float:
        months = int(self._testable(method).sum())
        if not months:
            raise ValueError(f"no month is testable by {method.name}")
        return months / MONTHS_A_YEAR

    def _told(self, method: Method, rate: float | None, limits: tuple[float, ...], years: float) -> Limit:
        alarms = self._alarms(method, limits)
        clean = self.plan.scenario.clean
        window = slice(clean, clean + WINDOW_MONTHS)
        is_judged: BoolArray = np.any(self._testable(method)[:, window], axis=1)
        has_alarm: BoolArray = np.any(alarms[:, window], axis=1)
        chance = float(np.mean(has_alarm[is_judged])) if np.any(is_judged) else float("nan")
        return Limit(method.name, rate, limits, int(alarms.sum()), years, chance)


def honest_runs(
    nominal: NominalNation, count: int, table: ThresholdTable, tell: Tell, *, of_losses: int, of_leak_own: int
) -> HonestRuns:
    """Return the scores of honest runs; `tell` hears how many are done, of how many.

    Losses are judged in the first `of_losses` runs, leaks by their own covariance in the first `of_leak_own`.

    Raises:
        ValueError: no run is asked for.
    """
    if count < 1:
        raise ValueError("limits need honest runs")
    everybody = range(len(nominal.plan.plants))
    parts: list[Scores] = []
    own = []
    for place, seeds in enumerate(_batches(run_seeds(nominal.plan.scenario.seed, HONEST, count))):
        runs = [nominal.run(seed) for seed in seeds]
        numbers = range(place * BATCH, place * BATCH + len(seeds))
        parts.append(nominal.scores(runs, [everybody if number < of_losses else () for number in numbers]))
        own += [nominal.leak_own(run) for number, run in zip(numbers, runs, strict=True) if number < of_leak_own]
        tell(numbers[-1] + 1, count)
    scores = {name: np.concatenate([part[name] for part in parts], axis=2) for name in parts[0]}
    if own:
        scores[LEAK_OWN] = np.stack(own, axis=-1)
    return HonestRuns(nominal.plan, scores, links_of_plants(nominal.plan), table.families)


def detections(
    nominal: NominalNation, row: Row, count: int, limits: Sequence[Limit], families: Mapping[str, Family], tell: Tell
) -> tuple[Detection, ...]:
    """Return what each limit's method finds of so many diversions, for each number of months of the row.

    Raises:
        NoPlace: no plant is suitable.
        ValueError: no run is asked for, or one of the scenario's numbers is outside its range.
    """
    plan, order = nominal.plan, DiversionOrder(row.kind, row.share, month=row.start)
    links_of = links_of_plants(plan)
    methods = {method.name: method for method in METHODS}
    found = np.zeros((len(limits), len(row.within)), dtype=np.int64)
    done = 0
    for seeds in _batches(run_seeds(plan.scenario.seed, DIVERTED, count)):
        runs = [nominal.run(seed, order) for seed in seeds]
        placed = [one for run in runs for one in run.diversions]
        scores = nominal.scores(runs, [sorted({one.plant, one.bearer}) for one in placed])
        for place, limit in enumerate(limits):
            alarms = plant_alarms(methods[limit.method], scores, limit.limits, families, links_of)
            found[place] += [
                sum(is_found(alarms[..., run], one, within) for run, one in enumerate(placed)) for within in row.within
            ]
        done += len(seeds)
        tell(done, count)
    return tuple(
        Detection(row, within, limit.method, limit.rate, int(hits), count, *wilson(int(hits), count))
        for limit, of_limit in zip(limits, found, strict=True)
        for within, hits in zip(row.within, of_limit, strict=True)
    )


def is_found(alarms: BoolArray, diversion: Diversion, within: int) -> bool:
    """Tell whether alarms (P x T) come at the plant, or its partner, in the first months of a diversion."""
    months = slice(diversion.start, diversion.start + within)
    return bool(alarms[[diversion.plant, diversion.bearer], months].any())


def plant_alarms(
    method: Method, scores: Scores, limits: Sequence[float], families: Mapping[str, Family], links_of: csr_array
) -> BoolArray:
    """Return whether a plant alarms in a month (P x T x n); limits for each reference value of the family, or one."""
    score = scores[method.score]
    if method.family:
        family = families[method.family]
        charts = tuple(
            Chart(direction, k, h)
            for direction in family.directions
            for k, h in zip(family.reference_values, limits, strict=True)
        )
        alarms = _chart_alarms(score, charts)
    else:
        (limit,) = limits
        alarms = score > limit
    return _any_of(links_of, alarms) if method.is_of_links else alarms


def links_of_plants(plan: Plan) -> csr_array:
    """Return which links between plants lead to or from each plant (P x L, of 0 and 1)."""
    numbers = np.arange(plan.between)
    ends = np.concatenate([plan.sender[: plan.between], plan.receiver[: plan.between]])
    shape = (len(plan.plants), plan.between)
    return csr_array((np.ones(len(ends)), (ends, np.concatenate([numbers, numbers]))), shape=shape)


def wilson(events: int, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of Wilson for a share.

    Raises:
        ValueError: more events than trials, or none of either.
    """
    if not 0 <= events <= trials or trials < 1:
        raise ValueError(f"{events} events in {trials} trials")
    z = float(ndtri((1.0 + level) / 2.0))
    share, weight = events / trials, z * z / trials
    middle = (share + weight / 2.0) / (1.0 + weight)
    half = z * sqrt(share * (1.0 - share) / trials + weight / (4.0 * trials)) / (1.0 + weight)
    # Rounding must not push an end past a share of 0 or 1.
    return (0.0 if events == 0 else middle - half), (1.0 if events == trials else middle + half)


def _chart_alarms(score: FloatArray, charts: Sequence[Chart]) -> BoolArray:
    """Return whether each series alarms in a month, by charts that start anew after an alarm."""
    _, alarms = page_set(np.ascontiguousarray(np.moveaxis(score, 1, 0)), charts)
    by_month: BoolArray = np.any(alarms, axis=0)
    return np.moveaxis(by_month, 0, 1)


def _any_of(links_of: csr_array, alarms: BoolArray) -> BoolArray:
    flat = alarms.reshape(len(alarms), -1).astype(np.float64)
    found: BoolArray = (links_of @ flat > 0).reshape(-1, *alarms.shape[1:])
    return found


def _batches(seeds: Sequence[int]) -> Iterable[Sequence[int]]:
    return (seeds[first : first + BATCH] for first in range(0, len(seeds), BATCH))
