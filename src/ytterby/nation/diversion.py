"""Diversions: where material is taken, whose figures are bent to hide it, and by how much in each month.

What a diversion takes leaves the flows that everybody else sees as they are. A plant's stock falls by what is taken
from it; where that would eat more than half of the usual stock, the plant begins with as much more.

    protracted            the plant loses a share of its throughput every month, its books claim nothing
    abrupt                the same once
    falsified_receipts    the plant takes a share and weighs its receipts down by as much: its own books close
    collusion_uncovered   a shipper keeps a share of what both sides declare as delivered; the receiver's stock lacks it
    collusion_loss        the same, and the receiver declares what it lacks as process loss
    use_swap              goods declared for one end user's use go to another's; every mass is declared as it is

The share is of the monthly throughput of the plant whose books bear it: of the receiver where two collude.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ytterby.matter.mass import FloatArray
from ytterby.nation.month import Month
from ytterby.nation.plan import COMPONENT, IntArray, Link, Plan
from ytterby.nation.scenario import DiversionOrder

LEAKS = frozenset(["abrupt", "protracted", "falsified_receipts"])
COLLUSIONS = frozenset(["collusion_uncovered", "collusion_loss"])
SUITABLE = frozenset(["separation", "metal", "magnet", "component", "recycler"])
# No more than this part of a link's flow can be missing from it, and of a stock.
LINK_PART, STOCK_PART = 0.5, 0.5
_PLACES = 31


class NoPlace(ValueError):  # noqa: N818 -- said as what it is
    """A diversion that fits nowhere: `order` as asked for, and why."""

    def __init__(self, order: DiversionOrder, why: str) -> None:
        super().__init__(f"{order.kind}={order.share:g}: {why}")
        self.order, self.why = order, why


@dataclass(frozen=True, slots=True)
class Diversion:
    """One diversion. `plant` takes; `bearer` is whose books must bear it (the receiver of a collusion, else the same).

    `link` is the link of a collusion, or the delivery whose goods a use swap sends elsewhere; -1 without. `instead`
    is the end user to whom they go, -1 else. `start` counts from 0; `once` ends it after that month.
    """

    kind: str
    share: float
    start: int
    plant: int
    bearer: int
    link: int = -1
    instead: int = -1

    def is_active(self, month: int) -> bool:
        """Tell whether something is taken in a month."""
        return month == self.start if self.kind == "abrupt" else month >= self.start


@dataclass(frozen=True)
class Bend:
    """What diversions change in a month, mg: P plants, L links, E elements.

    `taken` (P x E) is material that leaves the accounts at a plant; `lacking` (P x E) what is missing from a plant's
    stock by the end of the month since the beginning, `lacking_before` by its beginning. `light` (L x E) is what was
    declared as sent over a link and did not move, `light_later` the part of it in lots that arrive next month; `cut`
    (L) is the part by which a link's receiver weighs down what arrives. `feigned` (P x E) is declared as lost and was
    not. `swapped` gives for a delivery the end user to whom its last lots go instead, and how many do.
    """

    taken: IntArray
    lacking_before: IntArray
    lacking: IntArray
    light: IntArray
    light_later: IntArray
    cut: FloatArray
    feigned: IntArray
    swapped: dict[int, tuple[int, int]]


def place_diversions(plan: Plan, orders: Sequence[DiversionOrder]) -> tuple[Diversion, ...]:
    """Return the diversions of orders, each at a plant of its own where none is named.

    Raises:
        NoPlace: no plant is left, or the plant that is named cannot do such a thing.
    """
    used: set[int] = set()
    found = []
    for number, order in enumerate(orders):
        random = np.random.default_rng([plan.scenario.seed, _PLACES, number])
        start = plan.scenario.clean if order.month is None else order.month
        if start >= plan.scenario.months:
            raise NoPlace(order, f"it would begin in month {start + 1} of {plan.scenario.months}")
        choices = [one for one in _choices(plan, order, start) if not {one.plant, one.bearer} & used]
        if order.plant is not None:
            choices = [one for one in choices if one.plant == order.plant]
        if not choices:
            raise NoPlace(order, "no plant is suitable")
        plants = sorted({one.plant for one in choices})
        plant = plants[int(random.integers(len(plants)))]
        mine = [one for one in choices if one.plant == plant]
        chosen = mine[int(random.integers(len(mine)))]
        used |= {chosen.plant, chosen.bearer}
        found.append(chosen)
    return tuple(found)


def _choices(plan: Plan, order: DiversionOrder, start: int) -> list[Diversion]:
    if order.kind in LEAKS:
        plants = [plant.number for plant in plan.plants if plant.kind.name in SUITABLE]
        return [Diversion(order.kind, order.share, start, plant, plant) for plant in plants]
    if order.kind in COLLUSIONS:
        links = (link for link in plan.links[: plan.between] if _may_collude(plan, link, order.share))
        return [Diversion(order.kind, order.share, start, link.sender, link.receiver, link.number) for link in links]
    return list(_swaps(plan, order, start))


def _may_collude(plan: Plan, link: Link, share: float) -> bool:
    kinds = {plan.plants[link.sender].kind.name, plan.plants[link.receiver].kind.name}
    wanted = share * plan.throughput[link.receiver, 0]
    return kinds <= SUITABLE and bool(wanted <= LINK_PART * plan.flow[link.number, 0])


def _swaps(plan: Plan, order: DiversionOrder, start: int) -> Iterable[Diversion]:
    """Yield deliveries of at least the share to an end user, and another at home to whom the goods can go."""
    for link in plan.links[plan.between :]:
        if plan.plants[link.sender].kind.name != COMPONENT:
            continue
        if plan.flow[link.number, 0] < order.share * plan.throughput[link.sender, 0]:
            continue
        mine = plan.end_users[link.end_user].use.code
        for user in plan.end_users:
            if not user.is_foreign and user.use.code != mine:
                yield Diversion(order.kind, order.share, start, link.sender, link.sender, link.number, user.number)


class Diverting:
    """Follows diversions month by month; `added` (P x E) is what plants hold more at the beginning, mg."""

    def __init__(self, plan: Plan, diversions: Sequence[Diversion]) -> None:
        self.plan, self.diversions = plan, tuple(diversions)
        shape = (len(plan.plants), len(plan.scenario.elements))
        self.lacking = np.zeros(shape, dtype=np.int64)
        planned = np.zeros(shape)
        for one in diversions:
            if one.kind != "use_swap":
                months = 1 if one.kind == "abrupt" else plan.scenario.months - one.start
                planned[one.bearer] += one.share * months * plan.throughput[one.bearer]
        # Of goods that are under way over the month's end: what will be missing, be feigned as lost, be taken.
        self.coming = _Coming(*(np.zeros(shape, dtype=np.int64) for _ in range(3)))
        self.added: IntArray = np.rint(np.maximum(planned - STOCK_PART * plan.stock, 0.0)).astype(np.int64)

    def bend(self, month: Month) -> Bend:
        """Return what the diversions change in the next month."""
        plan = self.plan
        now, self.coming = self.coming, _Coming(*(np.zeros_like(self.lacking) for _ in range(3)))
        light, later = (np.zeros((len(plan.links), len(plan.scenario.elements)), dtype=np.int64) for _ in range(2))
        cut = np.zeros(len(plan.links))
        swapped: dict[int, tuple[int, int]] = {}
        for one in self.diversions:
            if not one.is_active(month.number):
                continue
            if one.kind == "use_swap":
                swapped[one.link] = (one.instead, self._lots(one, month))
            elif one.kind in COLLUSIONS:
                self._collude(one, month, now, (light, later))
            elif one.kind == "falsified_receipts":
                self._falsify(one, month, now, cut)
            else:
                mass = np.rint(one.share * plan.throughput[one.plant]).astype(np.int64)
                now.taken[one.plant] += mass
                now.missing[one.plant] += mass
        before, self.lacking = self.lacking, self.lacking + now.missing
        return Bend(now.taken, before, self.lacking, light, later, cut, now.feigned, swapped)

    def _collude(self, one: Diversion, month: Month, now: "_Coming", light: tuple[IntArray, IntArray]) -> None:
        """Take a part of what moves over the link at its sender; it is missing where and when the rest arrives."""
        lots = month.lots[one.link]
        wanted = one.share * self.plan.throughput[one.bearer, 0]
        part = min(float(wanted / lots[:, 0].sum()), LINK_PART)
        whole, last = _part(lots.sum(axis=0), part), _part(month.under_way()[one.link], part)
        now.taken[one.plant] += whole
        light[0][one.link] += whole
        light[1][one.link] += last
        for when, mass in ((now, whole - last), (self.coming, last)):
            when.missing[one.bearer] += mass
            if one.kind == "collusion_loss":
                when.feigned[one.bearer] += mass

    def _falsify(self, one: Diversion, month: Month, now: "_Coming", cut: FloatArray) -> None:
        """Take from what arrives as much as the plant weighs it down by."""
        mine = np.flatnonzero(self.plan.receiver[: self.plan.between] == one.plant)
        come = month.lots[mine].sum(axis=(0, 1))
        part = min(float(one.share * self.plan.throughput[one.plant, 0] / come[0]), LINK_PART)
        cut[mine] = part
        whole, last = _part(come, part), _part(month.under_way()[mine].sum(axis=0), part)
        for when, mass in ((now, whole - last), (self.coming, last)):
            when.taken[one.plant] += mass
            when.missing[one.plant] += mass

    def _lots(self, one: Diversion, month: Month) -> int:
        """Return how many lots of a delivery make up the share that is swapped, at least one."""
        wanted = one.share * self.plan.throughput[one.plant, 0]
        lot = month.lots[one.link, :, 0].mean()
        return int(min(max(np.ceil(wanted / lot), 1), month.lots.shape[1]))


class _Coming(NamedTuple):
    """Masses of a month, mg (P x E)."""

    missing: IntArray
    feigned: IntArray
    taken: IntArray


def _part(mass: IntArray, part: float) -> IntArray:
    found: IntArray = np.rint(part * mass).astype(np.int64)
    return found
