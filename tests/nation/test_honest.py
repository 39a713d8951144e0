"""An honest nation: documents pass the door, the book asks only what chance must bring up, masses balance."""

import hashlib
from collections import Counter
from math import erfc, sqrt

import numpy as np
import pytest

from nation.nation_book import book_of, directory_of, documents_of
from ytterby.nation.declared import declared_months
from ytterby.nation.month import received, shipped, true_months
from ytterby.nation.plan import Plan, count_plants, make_plan
from ytterby.nation.scenario import Scenario
from ytterby.shell.cli.nation_plan import nation_tables
from ytterby.terms.gs1key import check_digit
from ytterby.terms.identifier import read_identifier

TABLES = nation_tables()
# Whoever compares with three standard uncertainties asks by chance so often, one side only.
BY_CHANCE = erfc(3 / sqrt(2)) / 2


def plan_of(plants: int = 12, months: int = 4, **fields: object) -> Plan:
    return make_plan(Scenario(plants=plants, months=months, **fields), TABLES)  # type: ignore[arg-type]


def test_the_default_nation_has_the_proportions_of_the_accountancy():
    plan = make_plan(Scenario(), TABLES)
    kinds = Counter(plant.kind.name for plant in plan.plants)
    assert kinds == {
        "mine": 20, "separation": 15, "metal": 25, "magnet": 60, "component": 60, "recycler": 10, "trader": 10
    }  # fmt: skip
    assert plan.between == 652
    assert sum(not plant.has_own_laboratory for plant in plan.plants) == 140
    assert len({p.laboratory for p in plan.plants if not p.has_own_laboratory}) == 40
    swarf = [link.number for link in plan.links if link.form == "swarf"]
    magnet = [plant.number for plant in plan.plants if plant.kind.name == "magnet"]
    assert plan.flow[swarf, 0].sum() == pytest.approx(0.25 * 0.99 * plan.throughput[magnet, 0].sum(), rel=1e-9)


@pytest.mark.parametrize("plants", [5, 6, 7, 8, 11, 12, 40, 133, 1000])
def test_a_nation_of_any_size_is_a_whole_chain(plants):
    counts = count_plants(plants, list(TABLES.kinds.values()))
    assert sum(counts.values()) == plants
    assert all(counts[kind.name] for kind in TABLES.kinds.values() if kind.is_needed)
    plan = plan_of(plants)
    sends, gets = {link.sender for link in plan.links}, {link.receiver for link in plan.links}
    assert sends == set(range(plants))
    assert {p.number for p in plan.plants if not p.kind.feed} <= gets
    assert {user.is_foreign for user in plan.end_users} == {True, False}
    assert (plan.throughput > 0).all()


def test_the_steady_flows_balance():
    plan = plan_of(40)
    into = plan.production.copy()
    np.add.at(into, plan.receiver[: plan.between], plan.flow[: plan.between])
    out = np.zeros_like(into)
    np.add.at(out, plan.sender, plan.flow)
    assert into == pytest.approx(plan.throughput, rel=1e-9)
    assert out + plan.loss == pytest.approx(into, rel=1e-9)


def test_every_identifier_has_its_check_digit():
    plan = plan_of(40)
    for uri in [*(p.party for p in plan.plants), *(p.site for p in plan.plants), *(u.site for u in plan.end_users)]:
        found, problems = read_identifier(uri)
        assert problems == []
        digits = uri.rsplit("/", 1)[1]
        assert found is not None
        assert check_digit(digits[:-1]) == digits[-1]


@pytest.mark.parametrize(("plants", "late"), [(5, 0.0), (12, 0.0), (12, 0.3), (40, 0.05)])
def test_true_masses_balance_exactly(plants, late):
    plan = plan_of(plants, 6, late_share=late)
    before = None
    ways = np.zeros((len(plan.links), 3), dtype=np.int64)
    for month in true_months(plan):
        arriving = month.arriving()
        came = received(plan, arriving) + month.produced.sum(axis=1)
        assert (month.opening + came - shipped(plan, month.lots) - month.lost == month.closing).all()
        assert before is None or (before == month.opening).all()
        # What was under way before and what is sent now has arrived or is under way.
        assert (ways + month.lots.sum(axis=1) == arriving + month.under_way()).all()
        before, ways = month.closing, month.under_way()


@pytest.mark.parametrize(("plants", "late"), [(5, 0.0), (12, 0.3), (40, 0.05)])
def test_documents_pass_the_door_and_the_book_asks_nothing_but_by_chance(plants, late):
    plan = plan_of(plants, late_share=late)
    documents = documents_of(plan)
    book, said = book_of(plan, documents)
    assert said == Counter()
    asked = Counter(finding.code for finding in book.findings)
    # A receiver finds more than 3u above what was sent: each lot may, in its mass and in each element.
    lots = len(book.shipments)
    expected = 4 * BY_CHANCE * lots
    assert set(asked) <= {"receipt.beyond_shipment"}
    assert asked["receipt.beyond_shipment"] <= expected + 4 * sqrt(expected) + 1
    assert book.unmatched == ()


def test_reports_come_one_party_each_out_of_order_and_end_users_report_too():
    plan = plan_of(12, 3)
    documents = documents_of(plan)
    assert [document.name for document in documents] == sorted(document.name for document in documents)
    keys = [document.report.key for document in documents]
    assert keys != sorted(keys)
    assert {document.report.party for document in documents} >= {user.party for user in plan.end_users[:1]}
    abroad = {user.party for user in plan.end_users if user.is_foreign}
    assert not abroad & {document.report.party for document in documents}
    assert abroad <= set(directory_of(plan).parties)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    def digest(seed: int) -> str:
        found = hashlib.sha256()
        for document in documents_of(plan_of(12, 3, seed=seed, mistakes=0.2, late_share=0.2)):
            found.update(document.name.encode() + document.raw)
        return found.hexdigest()

    assert digest(1) == digest(1)
    assert digest(1) != digest(2)


def test_declared_figures_scatter_as_they_claim():
    plan = plan_of(40, 30)
    usual = []
    for declared in declared_months(plan):
        true_kg = declared.month.lots[: plan.between] / 1e6
        for figures in (declared.got, declared.sent):
            mass = figures.mass_kg()[: plan.between]
            u = np.hypot(figures.random_kg(), figures.shared_kg())[: plan.between]
            usual.append((mass - true_kg) / u)
    z = np.concatenate(usual)
    # Biases are drawn once, so their sd scatters with the number of laboratories and forms.
    assert z.std() == pytest.approx(1.0, abs=0.12)
    assert abs(z.mean()) < 0.2
    within = z - z.mean(axis=0)
    assert within.std() < z.std()
