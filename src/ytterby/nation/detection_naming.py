"""Who is named first: of diversions by falsified receipts, how often the right plant or class stands at the top.

Nobody says where to look: the suspect is what stands highest in the whole nation within 12 months of the start. Two
ways are judged. *Party*: the plant whose party statistic has the highest chart. *Hypotheses*: the link whose mirror has
the highest chart gives the alarm, and the causes that would explain it are ranked (`balance.network_hypotheses`); right
is a first class that holds the plant's own receipts, by itself (`plant`) or as one of the causes that no data can tell
apart (`class`: the class holds a cause on a link into the plant).

Names: `Naming`, `name_diversions`.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ytterby.balance.network_hypotheses import RECEIVER_KINDS, Cause, Suspect, hypotheses_for_alarm
from ytterby.balance.page import Chart, page_set
from ytterby.balance.page_threshold import ThresholdTable
from ytterby.matter.mass import FloatArray
from ytterby.nation.detection import WINDOW_MONTHS, Tell
from ytterby.nation.detection_scores import NAMED, NominalNation, nominal_nation, run_seeds, series_scores
from ytterby.nation.diversion import Diversion
from ytterby.nation.plan import Plan
from ytterby.nation.scenario import DiversionOrder

KIND = "falsified_receipts"


class Naming(NamedTuple):
    """Of so many diversions: right plant first by party; suspect link at the plant; right plant, or class, first."""

    share: float
    runs: int
    by_party: int
    link_is_the_plants: int
    by_plant: int
    by_class: int


def name_diversions(plan: Plan, element: str, share: float, count: int, table: ThresholdTable, tell: Tell) -> Naming:
    """Return how often the right plant or class comes first, with what is known 12 months after the start.

    Raises:
        NoPlace: no plant is suitable.
        ValueError: a share outside its range.
    """
    start = plan.scenario.clean
    short = replace(plan, scenario=replace(plan.scenario, months=start + WINDOW_MONTHS))
    nominal = nominal_nation(short, element, 0.0)
    order = DiversionOrder(KIND, share, month=start)
    found = np.zeros(4, dtype=np.int64)
    for done, seed in enumerate(run_seeds(plan.scenario.seed, NAMED, count), 1):
        run = nominal.run(seed, order)
        (diversion,) = run.diversions
        rows = run.arrays.measurements.rows_kg
        party = _highest(nominal.network.party(rows), table, "party", start)
        z = series_scores(run.arrays).z[run.arrays.plants :]
        link = _highest(z, table, "link", start)
        causes = _first_class(nominal, rows, element, link)
        found += (
            party == diversion.plant,
            diversion.plant in (plan.sender[link], plan.receiver[link]),
            _is_plant(causes, diversion),
            _is_plant(causes, diversion) or _is_link_into(plan, causes, diversion),
        )
        tell(done, count)
    return Naming(share, count, *(int(count_of) for count_of in found))


def _highest(z: FloatArray, table: ThresholdTable, family: str, start: int) -> int:
    """Return the series (of S x T) whose charts stand highest in a month from the start on."""
    charts = [
        Chart(direction, k, np.inf)
        for direction in table.families[family].directions
        for k in table.families[family].reference_values
    ]
    levels, _ = page_set(z.T, charts)
    return int(np.argmax(levels[:, start:].max(axis=(0, 1))))


def _first_class(nominal: NominalNation, rows_kg: FloatArray, element: str, link: int) -> tuple[Cause, ...]:
    suspect = Suspect("mirror", str(link))
    return hypotheses_for_alarm(nominal.network, rows_kg, element, suspect).ranked[0].causes


def _is_plant(causes: tuple[Cause, ...], diversion: Diversion) -> bool:
    return any(one.kind in RECEIVER_KINDS and one.place == str(diversion.plant) for one in causes)


def _is_link_into(plan: Plan, causes: tuple[Cause, ...], diversion: Diversion) -> bool:
    into = {str(link.number) for link in plan.links[: plan.between] if link.receiver == diversion.plant}
    return any(one.kind in ("receiver_side", "difference") and one.place in into for one in causes)
