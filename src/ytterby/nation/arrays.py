"""The same months as arrays: one element's items and rows for the statistics, without writing a document.

Rows are balances: first of all plants, then of all links between plants, month after month, so that the months up to
one are the first rows. In a plant's row stand opening stock, receipts and what a mine takes from the ground (+1),
shipments, the declared loss and closing stock (-1); in a link's row what the sender declares (+1) and what the receiver
declares (-1) of the lots that arrive in that month. A lot under way at the end of the last month counts for its sender
alone. Masses and standard deviations are those of the documents' figures, worked out as in `matter.declared`; groups
bear the names that it gives.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from ytterby.balance.measurements import Measurements
from ytterby.matter.assay import Assay
from ytterby.matter.declared import laboratory_group
from ytterby.matter.mass import FloatArray
from ytterby.nation.declared import LOSS_METHOD, STOCK_METHOD, Declared, Figures, declared_months
from ytterby.nation.diversion import Diversion
from ytterby.nation.plan import BoolArray, IntArray, Plan

PLANT, LINK = "plant", "link"
NOWHERE = -1


class RowLabel(NamedTuple):
    """Whose balance a row is: a plant or a link by its number in the plan, in a month counted from 0."""

    kind: str
    number: int
    month: int


@dataclass(frozen=True)
class NationArrays:
    """One element of a nation. P plants, L links between plants, T months.

    `received_kg` and `lost_kg` (P x T) are what plants declare to receive (of mines: to take from the ground) and to
    lose.
    """

    element: str
    plants: int
    links: int
    months: int
    measurements: Measurements
    received_kg: FloatArray
    lost_kg: FloatArray

    def plant_row(self, plant: int, month: int) -> int:
        """Return the row of a plant in a month."""
        return month * (self.plants + self.links) + plant

    def link_row(self, link: int, month: int) -> int:
        """Return the row of a link in a month."""
        return month * (self.plants + self.links) + self.plants + link

    def plant_rows(self, plant: int) -> IntArray:
        """Return the rows of a plant, by month."""
        return np.arange(self.months, dtype=np.int64) * (self.plants + self.links) + plant

    def link_rows(self, link: int) -> IntArray:
        """Return the rows of a link, by month."""
        return self.plant_rows(self.plants + link)

    @property
    def labels(self) -> tuple[RowLabel, ...]:
        """Whose balance each row is."""
        return tuple(
            RowLabel(kind, number, month)
            for month in range(self.months)
            for kind, count in ((PLANT, self.plants), (LINK, self.links))
            for number in range(count)
        )


class _Items(NamedTuple):
    """Items of one kind: masses and sds, kg; group numbers; rows in which they count +1 and -1 (NOWHERE: none)."""

    mass_kg: FloatArray
    random_kg: FloatArray
    shared_kg: FloatArray
    group: IntArray
    plus: IntArray
    minus: IntArray


def nation_arrays(
    plan: Plan, diversions: Sequence[Diversion] = (), *, elements: Iterable[str] | None = None, by_lot: bool = True
) -> dict[str, NationArrays]:
    """Return the arrays of elements, those of the scenario unless named. Without `by_lot` the lots of a link and month
    are one item, which changes neither rows nor covariance.

    Raises:
        ValueError: an element that the scenario does not have.
    """
    known = plan.scenario.elements
    asked = known if elements is None else tuple(elements)
    if strange := sorted(set(asked) - set(known)):
        raise ValueError(f"the scenario has no {' '.join(strange)}")
    wanted = {element: known.index(element) for element in asked}
    makers = {element: _Maker(plan, place, by_lot=by_lot) for element, place in wanted.items()}
    for declared in declared_months(plan, diversions):
        for maker in makers.values():
            maker.add(declared)
    return {element: maker.finish(element) for element, maker in makers.items()}


class _Maker:
    """Gathers the items of one element month by month."""

    def __init__(self, plan: Plan, place: int, *, by_lot: bool) -> None:
        self.plan, self.place, self.by_lot = plan, place, by_lot
        self.months = plan.scenario.months
        self.is_mine = np.array([bool(plant.kind.feed) for plant in plan.plants])
        self.blocks: list[_Items] = []
        self.received_kg = np.zeros((len(plan.plants), self.months))
        self.lost_kg = np.zeros((len(plan.plants), self.months))

    def _row(self, month: int, number: IntArray) -> IntArray:
        if not 0 <= month < self.months:
            return np.full(number.shape, NOWHERE)
        return month * (len(self.plan.plants) + self.plan.between) + number

    def _group(self, laboratory: IntArray, form: IntArray, month: int) -> IntArray:
        epoch = self.plan.scenario.epoch(month)
        found: IntArray = (epoch * len(self.plan.laboratories) + laboratory) * len(self.plan.form_of) + form
        return found

    def _own_group(self, which: int) -> IntArray:
        """Return the numbers of groups of plants' own methods, below 0: stock (0) and loss (1)."""
        plants = len(self.plan.plants)
        return -1 - (which * plants + np.arange(plants, dtype=np.int64))

    def add(self, declared: Declared) -> None:
        """Add the items of a month."""
        plan, month = self.plan, declared.month.number
        plants = np.arange(len(plan.plants), dtype=np.int64)
        late = np.zeros((len(plan.links), plan.scenario.lots), dtype=np.bool_)
        late[:, -1] = declared.month.late
        for is_late in (False, True) if late.any() else (False,):
            self._deliveries(declared, late == is_late, month + is_late)
        self._mined(declared, plants)
        lost = self._of(declared.lost)
        self.lost_kg[:, month] = lost[0]
        nowhere = np.full(plants.shape, NOWHERE)
        self.blocks.append(_Items(*lost, self._own_group(1), nowhere, self._row(month, plants)))
        if declared.opening is not None:
            opening = self._of(declared.opening)
            self.blocks.append(_Items(*opening, self._own_group(0), self._row(0, plants), nowhere))
        stock = self._of(declared.stock)
        self.blocks.append(_Items(*stock, self._own_group(0), self._row(month + 1, plants), self._row(month, plants)))

    def _of(self, figures: Figures) -> tuple[FloatArray, FloatArray, FloatArray]:
        place = self.place
        return figures.mass_kg()[..., place], figures.random_kg()[..., place], figures.shared_kg()[..., place]

    def _lots(self, figures: Figures, which: BoolArray) -> tuple[tuple[FloatArray, FloatArray, FloatArray], IntArray]:
        """Return masses and sds of some lots (n x K), and of which line each is: lot by lot, or together."""
        mass, random, shared = self._of(figures)
        if self.by_lot:
            line = np.nonzero(which)[0].astype(np.int64)
            return (mass[which], random[which], shared[which]), line
        line = np.flatnonzero(which.any(axis=1)).astype(np.int64)
        kept = which[line]
        together = (
            np.where(kept, mass[line], 0.0).sum(axis=1),
            np.sqrt(np.where(kept, random[line] ** 2, 0.0).sum(axis=1)),
            np.where(kept, shared[line], 0.0).sum(axis=1),
        )
        return together, line

    def _deliveries(self, declared: Declared, which: BoolArray, arrival: int) -> None:
        """Add both sides of lots that arrive in a month."""
        plan, month = self.plan, declared.month.number
        first_link = len(plan.plants)
        sent, line = self._lots(declared.sent, which)
        is_paired = (line < plan.between) & (arrival < self.months)
        group = self._group(plan.laboratory_of[plan.sender[line]], plan.link_form[line], month)
        plus = np.where(is_paired, self._row(arrival, first_link + line), NOWHERE)
        self.blocks.append(_Items(*sent, group, plus, self._row(month, plan.sender[line])))
        if arrival >= self.months:
            return
        got, line = self._lots(declared.got, which[: plan.between])
        receiver = plan.receiver[line]
        group = self._group(plan.laboratory_of[receiver], plan.link_form[line], month)
        np.add.at(self.received_kg[:, arrival], receiver, got[0])
        self.blocks.append(_Items(*got, group, self._row(arrival, receiver), self._row(arrival, first_link + line)))

    def _mined(self, declared: Declared, plants: IntArray) -> None:
        which = np.repeat(self.is_mine[:, np.newaxis], self.plan.scenario.lots, axis=1)
        mined, line = self._lots(declared.mined, which)
        month = declared.month.number
        group = self._group(self.plan.laboratory_of[line], self.plan.feed_form[line], month)
        np.add.at(self.received_kg[:, month], line, mined[0])
        nowhere = np.full(line.shape, NOWHERE)
        self.blocks.append(_Items(*mined, group, self._row(month, plants[line]), nowhere))

    def finish(self, element: str) -> NationArrays:
        """Return the arrays."""
        whole = _Items(*(np.concatenate(column) for column in zip(*self.blocks, strict=True)))
        count = len(whole.mass_kg)
        rows = self.months * (len(self.plan.plants) + self.plan.between)
        numbers, column = np.unique(whole.group, return_inverse=True)
        item = np.arange(count)
        plus, minus = whole.plus != NOWHERE, whole.minus != NOWHERE
        signs = np.concatenate([np.ones(plus.sum()), -np.ones(minus.sum())])
        where = (
            np.concatenate([whole.plus[plus], whole.minus[minus]]),
            np.concatenate([item[plus], item[minus]]),
        )
        measurements = Measurements(
            mass_kg=whole.mass_kg,
            random_kg=whole.random_kg,
            loading_kg=csr_array((whole.shared_kg, (item, column)), shape=(count, len(numbers))),
            incidence=csr_array((signs, where), shape=(rows, count)),
            groups=tuple(self._name(int(number), element) for number in numbers),
        )
        return NationArrays(
            element,
            len(self.plan.plants),
            self.plan.between,
            self.months,
            measurements,
            self.received_kg,
            self.lost_kg,
        )

    def _name(self, number: int, element: str) -> str:
        """Return the name of a group, as the documents' assays have it."""
        plan, forms = self.plan, tuple(self.plan.tables.forms)
        if number < 0:
            which, plant_number = divmod(-1 - number, len(plan.plants))
            plant = plan.plants[plant_number]
            form = plant.kind.loss_form if which else plant.kind.stock_form
            return group_name(element, plant.site, LOSS_METHOD if which else STOCK_METHOD, "0", form)
        rest, form_number = divmod(number, len(forms))
        epoch, laboratory = divmod(rest, len(plan.laboratories))
        form = forms[form_number]
        return group_name(element, plan.laboratories[laboratory], plan.tables.forms[form].method, str(epoch), form)


def group_name(element: str, laboratory: str, method: str, epoch: str, form: str) -> str:
    """Return the name of the group in which a laboratory's assays of a form by a method err alike."""
    name = laboratory_group(Assay(element, Decimal(0), method=method, laboratory=laboratory, epoch=epoch), form)
    assert name is not None, "a laboratory is named"
    return name
