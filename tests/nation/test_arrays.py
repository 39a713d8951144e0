"""Arrays and documents carry the same figures: equal rows and equal covariances to 1e-9, equal group names."""

import numpy as np
import pytest

from nation.nation_watch import accounts_of, book_as_kept
from ytterby.balance.account import Accounts, Row
from ytterby.balance.quantity import element_quantity
from ytterby.nation.arrays import LINK, PLANT, RowLabel, nation_arrays
from ytterby.nation.diversion import place_diversions
from ytterby.nation.plan import Plan, make_plan
from ytterby.nation.scenario import DiversionOrder, Scenario
from ytterby.shell.cli.nation_plan import nation_tables

ORDERS = tuple(
    DiversionOrder(kind, 0.05) for kind in ("protracted", "falsified_receipts", "collusion_loss", "collusion_uncovered")
)


def diverted_plan(late: float = 0.2, months: int = 4, plants: int = 24) -> Plan:
    scenario = Scenario(plants=plants, months=months, clean=2, diversions=ORDERS, late_share=late, epoch_months=3)
    return make_plan(scenario, nation_tables())


@pytest.fixture(scope="module")
def told() -> tuple[Plan, Accounts]:
    """A nation, and its accounts as the register works them out from the documents."""
    plan = diverted_plan()
    return plan, accounts_of(*book_as_kept(plan, place_diversions(plan, ORDERS)))


@pytest.mark.parametrize("element", ["Nd", "Dy"])
def test_documents_and_arrays_give_the_same_balances_and_covariances(told, element):
    plan, accounts = told
    arrays = nation_arrays(plan, place_diversions(plan, ORDERS), elements=[element])[element]
    # The accounts begin with the month of the opening inventory.
    first = 1
    sites = [plant.site for plant in plan.plants]
    pairs = [(sites[link.sender], sites[link.receiver]) for link in plan.links[: plan.between]]
    rows = []
    for label in arrays.labels:
        link = pairs[label.number] if label.kind == LINK else None
        rows.append(Row("" if link else sites[label.number], link, label.month + first))
    assert set(rows) <= set(accounts.rows)
    theirs = accounts.measurements(element_quantity(element), rows)
    ours = arrays.measurements
    scale = np.sqrt(theirs.covariance().diagonal())
    assert (scale > 0).all()
    assert np.abs(ours.rows_kg - theirs.rows_kg).max() <= 1e-9 * np.abs(theirs.mass_kg).max()
    assert np.abs((ours.covariance() - theirs.covariance()) / np.outer(scale, scale)).max() <= 1e-9
    # The register also has a group for each single assay, since one assay may stand for several weighings.
    assert set(ours.groups) == {group for group in theirs.groups if group.startswith("laboratory ")}


def test_no_plant_of_the_accounts_lacks_a_balance(told):
    plan, accounts = told
    sites = {plant.site for plant in plan.plants}
    assert {row.site for row in accounts.untestable if row.month >= 1} & sites == set()


def test_lots_together_are_the_same_balances():
    plan = diverted_plan()
    diversions = place_diversions(plan, ORDERS)
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
    whitened = []
    for seed in range(4):
        plan = make_plan(Scenario(plants=40, months=12, seed=seed), nation_tables())
        measured = nation_arrays(plan, elements=["Nd"], by_lot=False)["Nd"].measurements
        factor = np.linalg.cholesky(measured.covariance())
        whitened.append(np.linalg.solve(factor, measured.rows_kg))
    z = np.concatenate(whitened)
    # About 8,000 independent draws: four standard deviations of their mean and of their variance.
    assert abs(z.mean()) < 4 / np.sqrt(len(z))
    assert abs((z**2).mean() - 1) < 4 * np.sqrt(2 / len(z))
