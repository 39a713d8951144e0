"""Findings of months: alarms of the watch in the shape of all findings, with size, likely causes and the paper to see.

The size is fitted in kilograms of the element of which the plant or link holds most. Who is named: the parties of the
likeliest class of causes, all of them where the data cannot tell which one it is. The paper is that of the measurement
that makes the balance most unsure, or of the delivery that differs most.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from ytterby.balance.account import Accounts, Counted, Row, What
from ytterby.balance.account_series import losses_of
from ytterby.balance.finding import EVENTS_MAX, Finding, Hypothesis, Phrase, figure, finding_id
from ytterby.balance.loss_yield import loss_from_history
from ytterby.balance.network_hypotheses import Cause, FittedCause, fit_cause
from ytterby.balance.quantity import POOLED, element_quantity
from ytterby.balance.watch import LINK, LOSS_YIELD, PLANT, Alarm, Watched, link_of
from ytterby.chain.book import Book
from ytterby.matter.element import ELEMENTS
from ytterby.terms.problem import Problem, finding

LINK_CAUSES = frozenset({"shipper_side", "receiver_side", "both_sides", "difference"})


class _Size(NamedTuple):
    """The element that a finding names, kg over its months with sd; the months by number."""

    element: str
    size_kg: float
    sd_kg: float
    since: int
    until: int


def month_findings(accounts: Accounts, watched: Watched, book: Book) -> tuple[Finding, ...]:
    """Return the alarms as findings, the most excessive first."""
    return tuple(_Reporter(accounts, watched, book).report(alarm) for alarm in watched.alarms)


class _Reporter:
    """What is looked up while alarms are written as findings."""

    def __init__(self, accounts: Accounts, watched: Watched, book: Book) -> None:
        self.accounts, self.watched, self.book = accounts, watched, book

    def report(self, alarm: Alarm) -> Finding:
        """Return one alarm as a finding."""
        size = self._size(alarm)
        site, other = self._ends(alarm)
        counted = self._counted(alarm, size)
        since, until = (str(self.accounts.months[month]) for month in (size.since, size.until))
        problem = _problem(alarm, site, other, size, (since, until))
        parties = tuple(dict.fromkeys(p for p in (self._operator(one, size) for one in (site, other)) if p))
        classes = self._classes(alarm, size) or (parties,)
        return Finding(
            id=finding_id(problem.code, alarm.place, since),
            problem=problem,
            parties=tuple(dict.fromkeys((*(p for group in classes for p in group), *parties))),
            lot="",
            site=site,
            element=size.element,
            size_kg=size.size_kg,
            sd_kg=size.sd_kg,
            statistic=alarm.excess,
            events=self._events(counted),
            months=(since, until),
            rate=alarm.rate_per_plant_year,
            hypotheses=self._hypotheses(alarm, size),
            paper=self._paper(alarm, counted),
            classes=classes,
        )

    # Where and who

    def _ends(self, alarm: Alarm) -> tuple[str, str]:
        """Return the plant that a finding is about, and the other side."""
        if alarm.family == LINK:
            shipper, receiver = link_of(alarm.place, self.accounts.links)
            return receiver, shipper
        named = [place for group in alarm.causes for cause in group for place in self._places(cause.cause)]
        site = named[0] if named and named[0] in self.accounts.sites else alarm.place
        other = next((place for place in (alarm.place, *named) if place != site), "")
        return site, other or self._partner(site)

    def _partner(self, site: str) -> str:
        """Return the plant with which another trades most."""
        flows: dict[str, float] = {}
        for link in self.accounts.links:
            if site in link:
                partner = link[0] if link[1] == site else link[1]
                rows = self.accounts.rows_between(link)
                flows[partner] = flows.get(partner, 0.0) + sum(
                    float(one.content.mass_kg.sum()) for one in self.accounts.counted_in(rows)
                )
        return max(flows, key=lambda partner: (flows[partner], partner), default="")

    def _places(self, cause: Cause) -> tuple[str, ...]:
        if cause.kind in LINK_CAUSES:
            return link_of(cause.place, self.accounts.links)
        return () if cause.kind == "group" else (cause.place,)

    def _operator(self, site: str, size: _Size) -> str:
        """Return who operates a plant at the end of a finding's months; empty where nobody is recorded."""
        return self.book.world.directory.operator_of(site, self.accounts.months[size.until].last_day) or ""

    def _classes(self, alarm: Alarm, size: _Size) -> tuple[tuple[str, ...], ...]:
        """Return the parties of each likely class of causes, one after another."""
        found: dict[tuple[str, ...], None] = {}
        for group in alarm.causes:
            places = (place for cause in group for place in self._places(cause.cause))
            parties = dict.fromkeys(self._operator(place, size) for place in places)
            names = tuple(party for party in parties if party)
            if names:
                found[names] = None
        return tuple(found)

    # How much

    def _element(self, alarm: Alarm) -> str:
        if alarm.quantity != POOLED:
            return alarm.quantity
        rows = self._rows(alarm, alarm.since, alarm.until)
        held = np.sum([np.abs(one.content.mass_kg) for one in self.accounts.counted_in(rows)], axis=0)
        return ELEMENTS[int(np.argmax(held))]

    def _rows(self, alarm: Alarm, since: int, until: int) -> list[Row]:
        if alarm.family == LINK:
            rows = self.accounts.rows_between(link_of(alarm.place, self.accounts.links))
        else:
            rows = self.accounts.rows_of(alarm.place)
        return [row for row in self.accounts.testable(rows) if since <= row.month <= until]

    def _size(self, alarm: Alarm) -> _Size:
        element = self._element(alarm)
        if alarm.family == LOSS_YIELD:
            return self._loss_size(alarm, element)
        fitted = self._fit(alarm, element)
        if fitted is not None:
            return _Size(element, fitted.size_kg, fitted.sd_kg, fitted.since, fitted.until)
        rows = self._rows(alarm, alarm.since, alarm.until)
        measured = self.accounts.measurements(element_quantity(element), rows)
        total, variance = float(measured.rows_kg.sum()), float(measured.covariance().sum())
        return _Size(element, total, variance**0.5, alarm.since, alarm.until)

    def _fit(self, alarm: Alarm, element: str) -> FittedCause | None:
        """Return the likeliest cause fitted in one element; None where that is a group of another element."""
        if not alarm.causes:
            return None
        first = alarm.causes[0][0]
        layer = self.watched.networks[element]
        until = first.until if first.until < layer.network.months[-1] else None
        return fit_cause(layer.factor, layer.network.measurements.rows_kg, first.cause, first.since, until)

    def _loss_size(self, alarm: Alarm, element: str) -> _Size:
        measured, is_stated = losses_of(self.accounts, alarm.place, element_quantity(element))
        rows = self._rows(alarm, 0, len(self.accounts.months))
        within = np.array([alarm.since <= row.month <= alarm.until for row in rows])
        found = loss_from_history(measured, (), month_spread=0.0, is_stated=is_stated)
        series = found.series.innovations
        chosen = within & ~np.isnan(series.itmuf_sd)
        # What is watched is a logarithm; what is named is the mass.
        total = float(found.excess_kg[chosen].sum())
        sd = float(np.linalg.norm(series.factor.T @ chosen.astype(np.float64)))
        return _Size(element, total, sd, alarm.since, alarm.until)

    # Why, and what would settle it

    def _hypotheses(self, alarm: Alarm, size: _Size) -> tuple[Hypothesis, ...]:
        if alarm.family == LOSS_YIELD:
            return (Hypothesis((_cause("loss_declared", alarm.place),), size.size_kg, size.sd_kg, alarm.excess),)
        return tuple(
            Hypothesis(tuple(self._cause(one) for one in group), group[0].size_kg, group[0].sd_kg, group[0].statistic)
            for group in alarm.causes
        )

    def _cause(self, fitted: FittedCause) -> Phrase:
        """Return a cause as a phrase with the names that it quotes."""
        kind, place = fitted.cause
        if kind == "leak":
            return _cause("leak" if fitted.size_kg > 0 else "gain", place)
        if kind in LINK_CAUSES:
            shipper, receiver = link_of(place, self.accounts.links)
            return Phrase("cause", kind, {"shipper": shipper, "receiver": receiver})
        return _cause(kind.removeprefix("hidden_"), place)

    def _counted(self, alarm: Alarm, size: _Size) -> list[Counted]:
        """Return what counts in the months of a finding, the most uncertain first."""
        rows = self._rows(alarm, size.since, size.until)
        quantity = element_quantity(size.element)
        found = [one for one in self.accounts.counted_in(rows) if quantity.of(one.content.mass_kg)]
        if alarm.family == LOSS_YIELD:
            found = [one for one in found if one.what is What.LOSS] or found
        return sorted(found, key=lambda one: (-quantity.of(one.u_kg), one.key))

    def _paper(self, alarm: Alarm, counted: Sequence[Counted]) -> Phrase | None:
        if not counted:
            return None
        first = counted[0]
        code = {What.STOCK: "stock", What.LOSS: "loss"}.get(
            first.what, "both_slips" if alarm.family == LINK else "slip"
        )
        return Phrase("paper", code, {"lot": first.lot, "day": first.at.date().isoformat()})

    def _events(self, counted: Iterable[Counted]) -> tuple[bytes, ...]:
        found = dict.fromkeys(event for one in counted for event in one.events)
        return tuple(found)[:EVENTS_MAX]


def _cause(code: str, place: str) -> Phrase:
    return Phrase("cause", code, {"place": place})


def _problem(alarm: Alarm, site: str, other: str, size: _Size, months: tuple[str, str]) -> Problem:
    since, until = months
    facts = {
        "site": site,
        "other": other,
        "element": size.element,
        "since": since,
        "until": until,
        "kg": figure(abs(size.size_kg), digits=3),
        "sd": figure(size.sd_kg, digits=3),
        # Phrases: whoever reads the finding fills them in, in his language.
        "causes": "",
        "paper": "",
    }
    is_up = alarm.direction > 0
    if alarm.family == LOSS_YIELD:
        return finding("month.loss_declared", "", site, **facts)
    if alarm.family == PLANT:
        return finding("month.loss", "", site, **facts) if is_up else finding("month.gain", "", site, **facts)
    if is_up:
        return finding("month.received_less", "", site, **facts)
    return finding("month.received_more", "", site, **facts)
