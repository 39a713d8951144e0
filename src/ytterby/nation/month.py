"""True months without any diversion: what moves over each link, what is taken from the ground, lost and kept.

All masses are whole milligrams of an element, so that every balance is exact. A plant ships by its steady flow, a
little more when its stock is above the usual and less when it is below; what it receives follows from the others.
Every figure is drawn for the whole nation at once from (seed, month), so that nothing that one plant does shifts what
is drawn for another.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ytterby.matter.mass import FloatArray
from ytterby.nation.plan import BoolArray, IntArray, Plan

FLOW_SPREAD, LOT_SPREAD, PATTERN_SPREAD, LOSS_SPREAD = 0.1, 0.1, 0.01, 0.1
# Part of the deviation of a stock from the usual that next month's shipments take back; and how far they go.
CORRECTION, CORRECTION_RANGE = 0.5, (0.5, 1.5)
_MONTHS = 21


@dataclass(frozen=True)
class Month:
    """One month, mg. P plants, L links, K lots of a link, E elements.

    `lots` (L x K x E) leave in this month; the last one of a link that is `late` (L) arrives in the next. `before` are
    the lots of the month before, of which the last of `late_before` arrive now. `produced` (P x K x E) is taken from
    the ground, `lost` (P x E), `opening` and `closing` (P x E) are stocks.
    """

    number: int
    lots: IntArray
    late: BoolArray
    before: IntArray
    late_before: BoolArray
    produced: IntArray
    lost: IntArray
    opening: IntArray
    closing: IntArray

    def arriving(self) -> IntArray:
        """Return what arrives over each link in this month (L x E): prompt lots, and late ones of the month before."""
        found: IntArray = self.lots.sum(axis=1) - self.under_way()
        return found + np.where(self.late_before[:, np.newaxis], self.before[:, -1], 0)

    def under_way(self) -> IntArray:
        """Return what is under way over each link at the end of the month (L x E)."""
        found: IntArray = np.where(self.late[:, np.newaxis], self.lots[:, -1], 0)
        return found


def received(plan: Plan, arriving: IntArray) -> IntArray:
    """Return what plants receive (P x E) of what arrives over links (L x E)."""
    found = np.zeros((len(plan.plants), arriving.shape[1]), dtype=np.int64)
    np.add.at(found, plan.receiver[: plan.between], arriving[: plan.between])
    return found


def shipped(plan: Plan, lots: IntArray) -> IntArray:
    """Return what plants send (P x E) of lots (L x K x E)."""
    found = np.zeros((len(plan.plants), lots.shape[2]), dtype=np.int64)
    np.add.at(found, plan.sender, lots.sum(axis=1))
    return found


def true_months(plan: Plan) -> Iterator[Month]:
    """Yield the months of the nation, one after the other.

    Raises:
        ArithmeticError: a plant ships more than it has, which the spreads make all but impossible.
    """
    scenario = plan.scenario
    stock = np.rint(plan.stock).astype(np.int64)
    count, lots = len(plan.links), scenario.lots
    before = np.zeros((count, lots, len(scenario.elements)), dtype=np.int64)
    late_before = np.zeros(count, dtype=np.bool_)
    for number in range(scenario.months):
        month = _month(plan, number, stock, before, late_before)
        if (month.closing < 0).any():
            raise ArithmeticError(f"a plant ships more than it has in month {number}")
        yield month
        stock, before, late_before = month.closing, month.lots, month.late


def _month(plan: Plan, number: int, stock: IntArray, before: IntArray, late_before: BoolArray) -> Month:
    scenario = plan.scenario
    random = np.random.default_rng([scenario.seed, _MONTHS, number])
    links, plants, elements = len(plan.links), len(plan.plants), len(scenario.elements)
    usual = np.maximum(plan.stock, 1.0)
    wish = np.clip(1.0 + CORRECTION * (stock / usual - 1.0), *CORRECTION_RANGE)
    flow = plan.flow * wish[plan.sender] * np.exp(FLOW_SPREAD * random.standard_normal((links, 1)))
    lots = _divide(flow, scenario.lots, random)
    ground = plan.production * np.exp(FLOW_SPREAD * random.standard_normal((plants, 1)))
    produced = _divide(ground, scenario.lots, random)
    lost = np.rint(plan.loss * np.exp(LOSS_SPREAD * random.standard_normal((plants, 1)))).astype(np.int64)
    is_late = random.random(links) < scenario.late_share
    late = is_late & (np.arange(links) < plan.between)
    draft = Month(number, lots, late, before, late_before, produced, lost, stock, np.zeros_like(stock))
    closing = stock + received(plan, draft.arriving()) + produced.sum(axis=1) - shipped(plan, lots) - lost
    assert closing.shape == (plants, elements), "one stock for each plant and element"
    return replace(draft, closing=closing)


def _divide(whole: FloatArray, parts: int, random: np.random.Generator) -> IntArray:
    """Return masses (n x E) divided into lots (n x parts x E) of about equal size and pattern, whole milligrams."""
    size = np.exp(LOT_SPREAD * random.standard_normal((len(whole), parts, 1)))
    pattern = np.exp(PATTERN_SPREAD * random.standard_normal((len(whole), parts, whole.shape[1])))
    weight = size / size.sum(axis=1, keepdims=True) * pattern
    found: IntArray = np.rint(whole[:, np.newaxis, :] * weight).astype(np.int64)
    return found
