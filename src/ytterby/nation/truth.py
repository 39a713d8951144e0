"""What truly happened, beside what was declared: the file that the register never sees.

For each diversion: kind, plants, link, the element masses of each month in kilograms, and the events whose words are
bent or whose goods are concerned. For each mistake: kind, event, and what would have been right. It grows with the
diversions and mistakes and not with the nation.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ytterby.matter.mass import FloatArray
from ytterby.nation.diversion import COLLUSIONS, Diversion
from ytterby.nation.documents import Report, ReportedMonth
from ytterby.nation.mistake import LATE, Mistake
from ytterby.nation.plan import KG_MG, IntArray, Plan

Json = dict[str, Any]
# Events of the plant whose books bear it, and of a collusion's link, that a diversion bends.
BENT: Mapping[str, tuple[str, ...]] = {
    "abrupt": ("stock_taking",),
    "protracted": ("stock_taking",),
    "falsified_receipts": ("receiving",),
    "collusion_uncovered": ("stock_taking",),
    "collusion_loss": ("destroying",),
    "use_swap": (),
}


class TruthLog:
    """Gathers the truth month by month."""

    def __init__(self, plan: Plan, diversions: Sequence[Diversion]) -> None:
        self.plan = plan
        self.diversions = tuple(diversions)
        self.months: list[list[Json]] = [[] for _ in diversions]
        self.mistakes: list[Json] = []

    def add(self, month: ReportedMonth) -> None:
        """Add a month."""
        by_key = {report.key: report for report in month.reports}
        number = month.declared.month.number
        for one, rows in zip(self.diversions, self.months, strict=True):
            if one.is_active(number):
                rows.append(self._month(one, month, by_key))
        for report in by_key.values():
            if report.mistake is not None:
                self.mistakes.append(self._mistake(report, report.mistake))

    def _month(self, one: Diversion, month: ReportedMonth, reports: Mapping[int, Report]) -> Json:
        declared = month.declared
        if one.kind == "use_swap":
            _, count = declared.bend.swapped[one.link]
            mass = declared.month.lots[one.link, -count:].sum(axis=0)
        else:
            mass = declared.bend.taken[one.plant]
        return {
            "month": f"{self.plan.scenario.first_day(declared.month.number):%Y-%m}",
            "kg": self._kilograms(mass),
            "events": self._events(one, reports),
        }

    def _kilograms(self, mass_mg: IntArray | FloatArray) -> dict[str, float]:
        return {e: float(mg) / KG_MG for e, mg in zip(self.plan.scenario.elements, mass_mg.tolist(), strict=True)}

    def _events(self, one: Diversion, reports: Mapping[int, Report]) -> list[str]:
        """Return the events that a diversion bends or concerns."""
        plan = self.plan
        bearer = reports[plan.plants[one.bearer].key]
        found = [told.event_id for told in bearer.events if told.about[0] in BENT[one.kind]]
        concerned = {one.plant, one.bearer} if one.kind in COLLUSIONS or one.kind == "use_swap" else set()
        keys = [plan.plants[plant].key for plant in sorted(concerned)]
        keys += [plan.end_users[one.instead].key] if one.instead >= 0 else []
        for report in (reports[key] for key in keys if key in reports):
            found += [told.event_id for told in report.events if told.about[1] == one.link]
        return found

    def _mistake(self, report: Report, mistake: Mistake) -> Json:
        plan = self.plan
        row: Json = {
            "kind": mistake.kind,
            "month": f"{plan.scenario.first_day(mistake.month):%Y-%m}",
            "plant": self._plant(mistake.plant),
        }
        if mistake.kind == LATE:
            return {**row, "months_late": mistake.delay}
        about = ("receiving", mistake.link)
        event = next((told.event_id for told in report.events if told.about == about), None)
        return {**row, "link": self._link(mistake.link), "lot": mistake.lot + 1 if event else None, "event": event}

    def _plant(self, number: int) -> Json:
        plant = self.plan.plants[number]
        return {
            "number": number,
            "name": plant.name,
            "kind": plant.kind.name,
            "party": plant.party,
            "site": plant.site,
            "throughput_kg": self._kilograms(np.rint(self.plan.throughput[number])),
        }

    def _link(self, number: int) -> Json:
        link = self.plan.links[number]
        plants, users = self.plan.plants, self.plan.end_users
        receiver = plants[link.receiver] if link.receiver >= 0 else users[link.end_user]
        return {
            "number": number,
            "form": link.form,
            "from": plants[link.sender].site,
            "to": receiver.site,
        }

    def as_json(self) -> Json:
        """Return the truth; numbers of plants and links are those of the plan, which the seed gives again."""
        scenario = self.plan.scenario
        return {
            "seed": scenario.seed,
            "plants": scenario.plants,
            "months": scenario.months,
            "start": scenario.start.isoformat(),
            "elements": list(scenario.elements),
            "links": self.plan.between,
            "deliveries": len(self.plan.links) - self.plan.between,
            "diversions": [self._diversion(one, rows) for one, rows in zip(self.diversions, self.months, strict=True)],
            "mistakes": self.mistakes,
        }

    def _diversion(self, one: Diversion, rows: list[Json]) -> Json:
        plan = self.plan
        found: Json = {
            "kind": one.kind,
            "share": one.share,
            "start": f"{plan.scenario.first_day(one.start):%Y-%m}",
            "plant": self._plant(one.plant),
            "partner": self._plant(one.bearer) if one.bearer != one.plant else None,
            "link": self._link(one.link) if one.link >= 0 else None,
        }
        if one.kind == "use_swap":
            user, instead = plan.end_users[plan.links[one.link].end_user], plan.end_users[one.instead]
            found["declared"] = {"end_user": user.party, "use": user.use.code}
            found["realised"] = {"end_user": instead.party, "use": instead.use.code}
        return {**found, "months": rows}
