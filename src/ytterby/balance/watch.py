"""The watch over a nation's accounts: which plants, links and losses alarm, each with what would explain it.

Every plant's balance is judged given all that plants and links say up to its month, every link by what its two sides
say over time, every plant's loss by what it used to lose. The strongest alarm comes first; what explains it best is
taken off all rows before the next is looked for (serial compensation), so that neighbours of a diversion are not named
for it. Then each element is watched apart, less what was found already.

Source: accountancy of this project, 2.1 (serial compensation), 2.2, 2.3; Narasimhan and Mah (1987) for compensation.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ytterby.balance.account import Accounts, Link
from ytterby.balance.account_series import losses_of, network_of, place_of
from ytterby.balance.episode import Episode, episodes
from ytterby.balance.generalised_likelihood import APART
from ytterby.balance.innovation import Innovations, innovations_of
from ytterby.balance.loss_yield import loss_by_own_spread
from ytterby.balance.network import Network
from ytterby.balance.network_factor import NetworkFactor, factor_network
from ytterby.balance.network_hypotheses import (
    Cause,
    FittedCause,
    NetworkHypothesis,
    Suspect,
    Trial,
    fit_cause,
    fit_causes,
    hypotheses_for_alarm,
)
from ytterby.balance.page import Chart, page_set
from ytterby.balance.page_threshold import ThresholdTable
from ytterby.balance.quantity import Quantity, element_quantity, pooled_quantity
from ytterby.balance.watch_rate import WatchRates
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import FloatArray

PLANT, LINK, LOSS_YIELD = "plant", "link", "loss_yield"
# A cause may have begun so many months before its chart rose. So many beginnings are tried, and then those between.
BEFORE_MONTHS = 2
STARTS = 8
# A laboratory or method that would have to err by more of its own standard deviations explains nothing.
GROUP_STEP_MAX = 3.5
SHOWN = 3
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class WatchTables:
    """What the watch goes by: thresholds, rates, and the operating point at which it names something."""

    thresholds: ThresholdTable
    rates: WatchRates
    point: str
    month_spread: float  # of a process loss from month to month, relative, at least


class Alarm(NamedTuple):
    """One episode: which test of which quantity, at a plant or link, months by number in the accounts.

    `causes` explain it best, at most three classes, fitted in the quantity; `is_clear`: the first is well ahead.
    """

    family: str
    place: str
    quantity: str
    direction: int
    since: int
    until: int
    excess: float
    rate_per_plant_year: float
    causes: tuple[tuple[FittedCause, ...], ...] = ()
    is_clear: bool = False


@dataclass(frozen=True)
class Watched:
    """All alarms, the most excessive first, and how many false ones to expect among as many honest plants."""

    alarms: tuple[Alarm, ...]
    expected_false_alarms: float
    networks: Mapping[str, "Layer"] = field(repr=False)


def quiet(done: int, of: int) -> None:
    """Tell nobody how far it is."""
    del done, of


def watch_accounts(accounts: Accounts, tables: WatchTables, *, tell: Tell = quiet) -> Watched:
    """Return what alarms in the accounts; `tell` hears how many of the quantities are done."""
    if not accounts.testable(accounts.rows):
        return Watched((), 0.0, {})
    pooled = pooled_quantity((one.content.mass_kg, one.u_kg) for one in accounts.counted)
    held = np.sum([one.content.mass_kg for one in accounts.counted], axis=0)
    quantities = [pooled, *(element_quantity(e) for e, kg in zip(ELEMENTS, held, strict=True) if kg > 0)]
    layers: dict[str, Layer] = {}
    alarms: list[Alarm] = []
    expected = 0.0
    for number, quantity in enumerate(quantities):
        tell(number, len(quantities))
        layer = Layer(accounts, quantity, tables)
        layers[quantity.name] = layer
        for alarm in alarms:
            layer.take_off(cause for group in alarm.causes[:1] for cause in group[:1])
        alarms += layer.alarms(known=alarms)
        expected += layer.expected
    tell(len(quantities), len(quantities))
    return Watched(tuple(sorted(alarms, key=lambda one: -one.excess)), expected, layers)


class Layer:
    """One quantity of the accounts: its network, factored, and the rows that are not explained yet."""

    def __init__(self, accounts: Accounts, quantity: Quantity, tables: WatchTables) -> None:
        self.accounts, self.quantity, self.tables = accounts, quantity, tables
        self.network: Network = network_of(accounts, quantity)
        self.factor: NetworkFactor = factor_network(self.network)
        self.rows_kg: FloatArray = np.array(self.network.measurements.rows_kg)
        links = sorted(self.network.links.items(), key=lambda one: one[1])
        self._link_series = {place: self._series(place) for place, _ in links}
        self._loss_months: dict[str, int] = {}  # whose loss is tested, of each plant
        self.plant_months = _plant_months(self.network)

    # What is watched, and how often it may alarm

    def _rate(self, family: str) -> float:
        return self.tables.rates.of(self.tables.point, family, self.quantity.name)

    def _charts(self, family: str, rate: float) -> tuple[Chart, ...]:
        return self.tables.thresholds.charts(family, rate)

    def _link_rate(self) -> float:
        """Return the rate of each link: all together alarm as often as the plants' rate allows, none oftener."""
        months = sum(len(series.values) for series in self._link_series.values())
        return self._rate(LINK) * min(1.0, self.plant_months / months) if months else self._rate(LINK)

    @property
    def expected(self) -> float:
        """How many false alarms to expect if all are honest, each series begun at 0 and run as long as it was."""
        plants = [len(self.network.rows_of["plant", plant]) for plant in self.network.plants]
        links = [len(series.values) for series in self._link_series.values()]
        expected = self.tables.thresholds.expected_alarms
        return (
            sum(expected(PLANT, self._rate(PLANT), months) for months in plants)
            + sum(expected(LINK, self._link_rate(), months) for months in links)
            + sum(
                expected(LOSS_YIELD, self._rate(LOSS_YIELD), months) for months in self._loss_months.values() if months
            )
        )

    def _series(self, place: str) -> Innovations:
        rows = self.network.rows_of["link", place]
        return innovations_of(self.rows_kg[rows], self.network.measurements.covariance(rows))

    # Alarms

    def take_off(self, causes: Iterable[FittedCause]) -> None:
        """Take off the rows what causes that were found in another quantity explain of this one."""
        for known in causes:
            fitted = fit_cause(self.factor, self.rows_kg, known.cause, known.since, _end(known, self.network))
            if fitted is not None:
                self.rows_kg = self.rows_kg - fitted.rows_kg

    def alarms(self, known: Sequence[Alarm]) -> list[Alarm]:
        """Return the alarms of this quantity that are not known from another."""
        found = list(self._network_alarms(known))
        return [*found, *self._loss_alarms([*known, *found])]

    def _network_alarms(self, known: Sequence[Alarm]) -> Iterator[Alarm]:
        done = {(one.family, one.place, one.direction) for one in known}
        while True:
            waiting = [one for one in self._standing() if (one.family, one.place, one.direction) not in done]
            if not waiting:
                return
            strongest = max(waiting, key=lambda one: one.excess)
            done.add((strongest.family, strongest.place, strongest.direction))
            explained = self._explained(strongest)
            if explained.causes:
                self.rows_kg = self.rows_kg - explained.causes[0][0].rows_kg
            yield explained

    def _standing(self) -> list[Alarm]:
        """Return all plants and links that alarm on the rows as they are now."""
        found: list[Alarm] = []
        rate = self._rate(PLANT)
        charts = self._charts(PLANT, rate)
        for plant, scores in zip(self.network.plants, self.factor.leak(self.rows_kg), strict=True):
            found += self._episodes(PLANT, plant, scores, charts, self.network.months, rate)
        rate = self._link_rate()
        charts = self._charts(LINK, rate)
        for place, series in self._link_series.items():
            rows = list(self.network.rows_of["link", place])
            months = tuple(int(month) for month in self.network.month_of[rows])
            found += self._episodes(LINK, place, series.whiten(self.rows_kg[rows]), charts, months, rate)
        return found

    def _episodes(
        self, family: str, place: str, z: FloatArray, charts: Sequence[Chart], months: Sequence[int], rate: float
    ) -> list[Alarm]:
        return [self._alarm(family, place, one, months, rate) for one in episodes(*page_set(z, charts), charts)]

    def _alarm(self, family: str, place: str, one: Episode, months: Sequence[int], rate: float) -> Alarm:
        since, until = months[one.since], months[one.until]
        return Alarm(family, place, self.quantity.name, one.direction, since, until, one.excess, rate)

    def _explained(self, alarm: Alarm) -> Alarm:
        """Return the alarm with what would explain it."""
        months = self.network.months
        window = _spread([month for month in months if alarm.since - BEFORE_MONTHS <= month <= alarm.until])
        suspect = Suspect("leak" if alarm.family == PLANT else "mirror", alarm.place)
        found = hypotheses_for_alarm(self.factor, self.rows_kg, self.quantity.name, suspect, window)
        likely = [one for one in found.ranked if _is_likely(one) and self._concerns(one, alarm)]
        classes = [group for group in (self._fitted(one, months) for one in likely[:SHOWN]) if group]
        pulses = self._pulses(alarm, [month for month in months if alarm.since <= month <= alarm.until])
        ranked = sorted([*classes, *([pulses] if pulses else [])], key=lambda group: -_weight(group[0], alarm))
        return alarm._replace(causes=tuple(ranked[:SHOWN]), is_clear=_is_clear(ranked))

    def _concerns(self, one: NetworkHypothesis, alarm: Alarm) -> bool:
        """What two sides of a link say apart is explained by what either says, and not by what goes on elsewhere."""
        if alarm.family == PLANT or one.causes[0].kind == "group":
            return True
        own = {alarm.place, *self.network.links[alarm.place]}
        return any(cause.place in own and cause.kind not in {"leak", "both_sides"} for cause in one.causes)

    def _fitted(self, one: NetworkHypothesis, months: Sequence[int]) -> tuple[FittedCause, ...]:
        """Return the causes of a class, begun in the month that explains most near the one that was tried."""
        near = [month for month in months if abs(month - one.since) <= len(months) // STARTS]
        first = fit_causes(self.factor, self.rows_kg, [Trial(one.causes[0], month) for month in near])
        best = max((fit for fit in first if fit is not None), key=lambda fit: fit.statistic, default=None)
        if best is None:
            return ()
        others = fit_causes(self.factor, self.rows_kg, [Trial(cause, best.since) for cause in one.causes[1:]])
        return (best, *(cause for cause in others if cause is not None))

    def _pulses(self, alarm: Alarm, window: Sequence[int]) -> tuple[FittedCause, ...]:
        """Return a loss in one month alone, where that explains a plant's alarm."""
        if alarm.family != PLANT:
            return ()
        cause = Cause("leak", alarm.place)
        held = set(self.network.month_of[list(self.network.rows_of["plant", alarm.place])].tolist())
        trials = [Trial(cause, month, month) for month in window if month in held]
        fitted = fit_causes(self.factor, self.rows_kg, trials)
        best = max((one for one in fitted if one is not None), key=lambda one: one.statistic, default=None)
        return () if best is None else (best,)

    # Losses

    def _loss_alarms(self, known: Sequence[Alarm]) -> list[Alarm]:
        rate = self._rate(LOSS_YIELD)
        charts = self._charts(LOSS_YIELD, rate)
        done = {one.place for one in known if one.family == LOSS_YIELD}
        found = []
        for plant in self.network.plants:
            if plant in done:
                continue
            months = [row.month for row in self.accounts.testable(self.accounts.rows_of(plant))]
            for one in self._loss_episodes(plant, charts):
                found.append(self._alarm(LOSS_YIELD, plant, one, months, rate))
        return found

    def _loss_episodes(self, plant: str, charts: Sequence[Chart]) -> tuple[Episode, ...]:
        measured, is_stated = losses_of(self.accounts, plant, self.quantity)
        least = self.tables.month_spread
        series = loss_by_own_spread(measured, charts, least_spread=least, is_stated=is_stated).series
        self._loss_months[plant] = int(series.innovations.is_testable.sum())
        return episodes(series.levels, series.alarms, charts)


def _plant_months(network: Network) -> int:
    """Return the months of all plants in which something of them is tested: a balance or a link."""
    ends = (
        (place, label.month)
        for label in network.labels
        for place in ((label.place,) if label.kind == "plant" else (label.shipper, label.receiver))
    )
    return len(set(ends))


def _weight(fitted: FittedCause, alarm: Alarm) -> float:
    """Return the statistic by which causes are ranked: of two that explain as much, a loss where the alarm is comes
    first, since it needs nobody else.
    """
    is_own = alarm.family == PLANT and fitted.cause == Cause("leak", alarm.place)
    return fitted.statistic + (APART if is_own else 0.0)


def _spread(months: list[int]) -> list[int]:
    """Return at most `STARTS` months, evenly apart, the first among them."""
    return months[:: max(1, -(-len(months) // STARTS))]


def _is_clear(ranked: Sequence[tuple[FittedCause, ...]]) -> bool:
    """Tell whether no other cause explains nearly as much as the first, whenever either began."""
    first = ranked[0][0] if ranked else None
    return first is not None and all(
        first.statistic - group[0].statistic >= APART for group in ranked[1:] if group[0].cause != first.cause
    )


def _is_likely(one: NetworkHypothesis) -> bool:
    return one.causes[0].kind != "group" or abs(one.step) <= GROUP_STEP_MAX


def _end(known: FittedCause, network: Network) -> int | None:
    """Return the last month of a cause that has ended, None for one that goes on."""
    return known.until if known.until < network.months[-1] else None


def link_of(place: str, links: Iterable[Link]) -> Link:
    """Return the link of a place in a network.

    Raises:
        KeyError: there is none.
    """
    for link in links:
        if place_of(link) == place:
            return link
    raise KeyError(place)
