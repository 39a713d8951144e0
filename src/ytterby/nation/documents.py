"""The nation's documents in the order in which they arrive: one party's report of a month each, out of order, late.

A month's reports come at its end in an order of their own; a late one comes with those of a later month. Nothing is
kept but the month before and the reports that are late, so that memory does not grow with the months.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ytterby.nation import event_text as text
from ytterby.nation.declared import Declared, declared_months
from ytterby.nation.diversion import Diversion
from ytterby.nation.end_user_report import EndUserReport
from ytterby.nation.identity import gln
from ytterby.nation.lot import Lots
from ytterby.nation.mistake import Mistake, mistakes_of
from ytterby.nation.plan import Plan
from ytterby.nation.plant_report import PlantBooks, PlantReport, Told

_ARRIVALS = 61


@dataclass(frozen=True, slots=True)
class Report:
    """One party's report of a month: `key` and `party` say whose, `month` which; `mistake` what is wrong with it."""

    key: int
    party: str
    month: int
    events: tuple[Told, ...]
    mistake: Mistake | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it arrives: file name, whose number is the order of arrival, when it was written, and report."""

    name: str
    at: str
    report: Report

    @property
    def raw(self) -> bytes:
        """Its bytes, put together when they are asked for: a month of a large country is held once and not twice."""
        return text.document((told.text for told in self.report.events), sender=self.report.party, at=self.at)


@dataclass(frozen=True)
class ReportedMonth:
    """A month: its declared figures, the reports that tell of it, and the documents that arrive, in their order."""

    declared: Declared
    reports: tuple[Report, ...]
    documents: tuple[Document, ...]


def reported_months(plan: Plan, diversions: Sequence[Diversion] = ()) -> Iterator[ReportedMonth]:
    """Yield the months with the documents that arrive in each; what is late arrives with the last month at the latest.

    Equal plans and diversions give equal bytes.
    """
    lots, books = Lots(plan), PlantBooks(plan)
    users = EndUserReport(plan, lots)
    waiting: dict[int, list[Report]] = {}
    before: Declared | None = None
    number = 0
    for declared in declared_months(plan, diversions):
        month = declared.month.number
        reports = tuple(_reports(plan, books, lots, users, declared, before))
        for report in reports:
            delay = report.mistake.delay if report.mistake else 0
            waiting.setdefault(min(month + delay, plan.scenario.months - 1), []).append(report)
        arriving = waiting.pop(month, [])
        order = np.random.default_rng([plan.scenario.seed, _ARRIVALS, month]).permutation(len(arriving))
        documents = []
        for i in order.tolist():
            number += 1
            documents.append(_document(plan, number, arriving[i], month))
        yield ReportedMonth(declared, reports, tuple(documents))
        before = declared


def _reports(
    plan: Plan, books: PlantBooks, lots: Lots, users: EndUserReport, declared: Declared, before: Declared | None
) -> Iterator[Report]:
    """Yield the reports of a month, plants first."""
    month = declared.month.number
    mistakes = mistakes_of(plan, month)
    for plant in plan.plants:
        report = PlantReport(books, lots, plant, declared)
        mistake = mistakes.get(plant.number)
        events = report.events(before, mistake)
        if month == 0:
            events.insert(0, report.opening())
        yield Report(plant.key, plant.party, month, tuple(events), mistake)
    for user in plan.end_users:
        told = users.events(user, declared)
        if told:
            yield Report(user.key, user.party, month, tuple(told))


def _document(plan: Plan, number: int, report: Report, month: int) -> Document:
    """Return a report as a document, written on the first day after the month with which it comes."""
    at = text.instant(plan.scenario.first_day(month + 1), number % 1440, plan.scenario.offset)
    return Document(f"{number:07d}-{gln(report.key)}.json", at, report)
