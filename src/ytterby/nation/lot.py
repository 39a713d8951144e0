"""Lots of the nation: their names, and what one side declares of them."""

from collections.abc import Sequence
from typing import Any

from ytterby.nation import identity
from ytterby.nation.declared import Figures
from ytterby.nation.event_text import Assayed, Lot
from ytterby.nation.plan import Link, Plan, Plant


class Lots:
    """Names of lots, and what is declared of those of a month."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def uri(self, plant: int, form: str, month: int, name: str) -> str:
        """Return the identifier of a plant's lot of a month."""
        product = identity.product_uri(plant * identity.FORMS_MAX + self.plan.form_of[form])
        return f"{product}/10/{self.plan.scenario.first_day(month):%y%m}-{name}"

    def of_link(self, link: Link, month: int, figures: Figures, plant: Plant) -> list[Lot]:
        """Return the lots of a link of a month, with the figures of one side and that side's laboratory."""
        rows = _rows(figures, link.number)
        return self._each(link.sender, link.form, month, f"{link.number:05d}-", rows, plant.laboratory)

    def assayed(
        self, form: str, laboratory: str, month: int, rows: Sequence[Sequence[int]], method: str = ""
    ) -> Assayed:
        """Return an assay; an inventory's and a loss's method are the plant's own and know no epoch."""
        epoch = "0" if method else str(self.plan.scenario.epoch(month))
        return Assayed(form, laboratory, method or self.plan.tables.forms[form].method, epoch, *rows)

    def single(self, plant: Plant, form: str, month: int, name: str, figures: Figures, method: str) -> Lot:
        """Return the one lot of a plant of which the plant itself says what it holds."""
        net, s_dev, *rows = _rows(figures, plant.number)
        found = self.assayed(form, plant.site, month, rows, method)
        return Lot(self.uri(plant.number, form, month, name), net, s_dev, found)

    def mined(self, plant: Plant, month: int, figures: Figures) -> list[Lot]:
        """Return the lots that a mine takes from the ground."""
        return self._each(plant.number, plant.kind.feed, month, "M", _rows(figures, plant.number), plant.laboratory)

    def _each(
        self, plant: int, form: str, month: int, name: str, rows: Sequence[list[Any]], laboratory: str
    ) -> list[Lot]:
        """Return a plant's lots of a month, numbered from 1 behind a name; each row of figures holds one for each."""
        return [
            Lot(self.uri(plant, form, month, f"{name}{k}"), net, s_dev, self.assayed(form, laboratory, month, found))
            for k, (net, s_dev, *found) in enumerate(zip(*rows, strict=True), 1)
        ]


def _rows(figures: Figures, number: int) -> list[Any]:
    """Return what figures say of a link or plant: net masses and their sds, contents, u and shared u."""
    columns = (figures.net_g, figures.s_dev_g, figures.content, figures.u, figures.shared)
    return [column[number].tolist() for column in columns]


def arrival_day(plan: Plan, link: Link) -> int:
    """Return the day of the month on which a prompt delivery arrives."""
    after = plan.plants[link.sender].kind.ship_day + 1
    return max(plan.plants[link.receiver].kind.receive_day, after) if link.receiver >= 0 else after


def note_of(plan: Plan, link: Link, month: int, part: str = "") -> str:
    """Return the number of a delivery note, which both sides quote."""
    sender = plan.plants[link.sender]
    return f"https://desadv.example/{sender.key}/{plan.scenario.first_day(month):%y%m}-{link.number:05d}{part}"
