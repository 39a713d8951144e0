"""Arrays and documents carry the same figures: equal rows and equal covariances to 1e-9, equal group names."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from nation.nation_book import directory_of, documents_of, entries_of, nation_tables
from ytterby.balance.measurements import Item, Measurements, measurements_of
from ytterby.chain.posting import Dispatch, Line, Loss, PoolOut, Posting, Receipt, Source, StockTake
from ytterby.chain.postings import postings_of
from ytterby.chain.product import ProductList
from ytterby.chain.world import World
from ytterby.matter.declared import element_mass
from ytterby.matter.element import POSITION
from ytterby.nation.arrays import LINK, PLANT, NationArrays, RowLabel, nation_arrays
from ytterby.nation.diversion import place_diversions
from ytterby.nation.plan import Plan, make_plan
from ytterby.nation.scenario import DiversionOrder, Scenario
from ytterby.shell.site.packs import matter_tables

ORDERS = tuple(
    DiversionOrder(kind, 0.05) for kind in ("protracted", "falsified_receipts", "collusion_loss", "collusion_uncovered")
)


def diverted_plan(late: float = 0.2, months: int = 5) -> Plan:
    scenario = Scenario(plants=40, months=months, clean=2, diversions=ORDERS, late_share=late, epoch_months=3)
    return make_plan(scenario, nation_tables())


class BooksOfDocuments:
    """Items of one element, put together from what the documents say and from nothing else."""

    def __init__(self, plan: Plan, arrays: NationArrays) -> None:
        self.plan, self.arrays = plan, arrays
        self.plant_of = {plant.site: plant.number for plant in plan.plants}
        self.link_of = {
            (plan.plants[x.sender].site, plan.plants[x.receiver].site, x.form): x.number
            for x in plan.links[: plan.between]
        }
        documents = documents_of(plan, place_diversions(plan, plan.scenario.diversions))
        entries, self.said = entries_of(plan, documents)
        world = World(directory_of(plan), ProductList(), matter_tables())
        self.postings = [posting for entry in entries for posting in postings_of(entry, world)[0]]
        drawn = [line for p in self.postings if isinstance(p, PoolOut) for line in p.lines]
        self.made: dict[str, Line] = {line.lot: line for line in drawn}
        self.arrived = {line.lot for p in self.postings if isinstance(p, Receipt) for line in p.lines}
        self.sent_in = {line.lot: self._month(p) for p in self.postings if isinstance(p, Dispatch) for line in p.lines}

    def _month(self, posting: Posting) -> int:
        local = posting.at + timedelta(hours=8)
        start = self.plan.scenario.start
        return (local.year - start.year) * 12 + local.month - start.month

    def measurements(self) -> Measurements:
        rows = self.arrays.months * (self.arrays.plants + self.arrays.links)
        return measurements_of(self._items(), rows)

    def _items(self) -> Iterator[Item]:
        for posting in self.postings:
            entries_for = {
                Source: self._source, Receipt: self._receipt, Dispatch: self._dispatch, Loss: self._loss,
                StockTake: self._count,
            }.get(type(posting))  # fmt: skip
            if entries_for is None or posting.site not in self.plant_of or getattr(posting, "is_departing", False):
                continue
            for line in posting.lines:  # type: ignore[attr-defined]  # those five have lines
                measured = line if line.assays else self.made[line.lot]
                assert measured.net_kg is not None
                content = element_mass(
                    measured.net_kg,
                    measured.mass_u,
                    measured.assays,
                    form=measured.form,
                    table=matter_tables().starting,
                )
                place = POSITION[self.arrays.element]
                groups = {name: float(sd[place]) for name, sd in content.groups.items() if sd[place]}
                yield Item(
                    line.lot, float(content.mass_kg[place]), float(content.random_kg[place]), groups,
                    tuple(entries_for(posting, measured)),
                )  # fmt: skip

    def _plant(self, posting: Posting, month: int, sign: int) -> Iterator[tuple[int, int]]:
        if 0 <= month < self.arrays.months:
            yield self.arrays.plant_row(self.plant_of[posting.site], month), sign

    def _source(self, posting: Posting, line: Line) -> Iterator[tuple[int, int]]:
        yield from self._plant(posting, self._month(posting), 1)

    def _receipt(self, posting: Receipt, line: Line) -> Iterator[tuple[int, int]]:
        yield from self._plant(posting, self._month(posting), 1)
        link = self.link_of[posting.from_site or "", posting.site, line.form or ""]
        yield self.arrays.link_row(link, self.sent_in[line.lot]), -1

    def _dispatch(self, posting: Dispatch, line: Line) -> Iterator[tuple[int, int]]:
        yield from self._plant(posting, self._month(posting), -1)
        if posting.to_site in self.plant_of and line.lot in self.arrived:
            link = self.link_of[posting.site, posting.to_site or "", line.form or ""]
            yield self.arrays.link_row(link, self._month(posting)), 1

    def _loss(self, posting: Posting, line: Line) -> Iterator[tuple[int, int]]:
        yield from self._plant(posting, self._month(posting), -1)

    def _count(self, posting: Posting, line: Line) -> Iterator[tuple[int, int]]:
        yield from self._plant(posting, self._month(posting), -1)
        yield from self._plant(posting, self._month(posting) + 1, 1)


@pytest.mark.parametrize("element", ["Nd", "Dy"])
def test_documents_and_arrays_give_the_same_balances_and_covariances(element):
    plan = diverted_plan()
    arrays = nation_arrays(plan, place_diversions(plan, plan.scenario.diversions), elements=[element])[element]
    books = BooksOfDocuments(plan, arrays)
    assert not books.said
    ours, theirs = arrays.measurements, books.measurements()
    assert len(ours.mass_kg) == len(theirs.mass_kg)
    scale = np.sqrt(theirs.covariance().diagonal())
    assert (scale > 0).all()
    assert np.abs(ours.rows_kg - theirs.rows_kg).max() <= 1e-9 * np.abs(theirs.mass_kg).max()
    assert np.abs((ours.covariance() - theirs.covariance()) / np.outer(scale, scale)).max() <= 1e-9
    assert set(ours.groups) == set(theirs.groups)


def test_lots_together_are_the_same_balances():
    plan = diverted_plan(months=4)
    diversions = place_diversions(plan, plan.scenario.diversions)
    single = nation_arrays(plan, diversions, elements=["Pr"])["Pr"].measurements
    whole = nation_arrays(plan, diversions, elements=["Pr"], by_lot=False)["Pr"].measurements
    assert len(whole.mass_kg) < len(single.mass_kg) / 2
    assert whole.rows_kg == pytest.approx(single.rows_kg, rel=1e-12, abs=1e-7)
    assert whole.covariance() == pytest.approx(single.covariance(), rel=1e-10, abs=1e-9)


def test_rows_are_labelled_month_after_month():
    plan = diverted_plan(months=3)
    arrays = nation_arrays(plan, elements=["Nd"])["Nd"]
    labels = arrays.labels
    assert len(labels) == len(arrays.measurements.rows_kg)
    assert labels[arrays.plant_row(7, 2)] == RowLabel(PLANT, 7, 2)
    assert labels[arrays.link_row(9, 1)] == RowLabel(LINK, 9, 1)
    assert [labels[row] for row in arrays.link_rows(4)] == [RowLabel(LINK, 4, month) for month in range(3)]


def test_an_element_that_the_scenario_lacks_is_no_element():
    with pytest.raises(ValueError, match="Tb"):
        nation_arrays(diverted_plan(months=3), elements=["Tb"])


def test_honest_balances_scatter_about_nothing_as_their_covariance_says():
    squares = []
    for seed in range(4):
        plan = make_plan(Scenario(plants=40, months=12, seed=seed), nation_tables())
        measured = nation_arrays(plan, elements=["Nd"], by_lot=False)["Nd"].measurements
        factor = np.linalg.cholesky(measured.covariance())
        whitened = np.linalg.solve(factor, measured.rows_kg)
        squares.append(whitened)
    z = np.concatenate(squares)
    # About 8,000 independent draws: four standard deviations of their mean and of their variance.
    assert abs(z.mean()) < 4 / np.sqrt(len(z))
    assert abs((z**2).mean() - 1) < 4 * np.sqrt(2 / len(z))
