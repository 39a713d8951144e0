"""Leak and party statistics of a network: against their definition, by vectors, and their laws."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.linalg import cholesky, solve_triangular
from scipy.sparse import csr_array

from balance.random_network import dense_scores, is_well_conditioned, random_network
from ytterby.balance.measurements import Item, measurements_of
from ytterby.balance.network import Network, RowLabel
from ytterby.balance.network_factor import NetworkFactor, factor_network, score_network
from ytterby.balance.network_month import NoRandomPartError, factor_months
from ytterby.balance.network_plan import plan_network
from ytterby.balance.network_vector import compute_network

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
SEEDS = st.integers(0, 2**32 - 1)
PLANTS, LINKS, MONTHS = st.integers(1, 5), st.integers(0, 6), st.integers(1, 5)
RUNS = 4000


def assert_are(network: Network, values: np.ndarray, wanted: dict, tolerance: float = 1e-9) -> None:
    """Assert that what is known is equal and that nothing else is known."""
    known = by_place(network, values)
    assert known.keys() == wanted.keys()
    for key, value in wanted.items():
        assert known[key] == pytest.approx(value, rel=tolerance, abs=tolerance), key


def by_place(network: Network, values: np.ndarray) -> dict:
    cells = np.argwhere(~np.isnan(values))
    return {(network.plants[p], network.months[t]): float(values[p, t]) for p, t in cells}


def plant_row(month: int, place: str = "p") -> RowLabel:
    return RowLabel("plant", place, month)


def test_the_vector_of_five_plants_agrees():
    document = json.loads((VECTORS / "netfilter_clean.json").read_text())
    computed = compute_network(document)
    np.testing.assert_allclose(computed["diff"], document["expected"]["diff"], rtol=1e-12, atol=1e-12)
    for key in ("muf", "leak", "party"):
        for plant, values in document["expected"][key].items():
            np.testing.assert_allclose(computed[key][plant], values, rtol=1e-10, atol=1e-12)


@settings(max_examples=120, deadline=None)
@given(SEEDS, PLANTS, LINKS, MONTHS, st.booleans())
def test_the_definition_with_dense_matrices_gives_the_same(seed, plants, links, months, odd):
    network = random_network(seed, plants, links, months, odd=odd)
    assume(network.labels and is_well_conditioned(network))
    rows = network.measurements.rows_kg
    leak, party = dense_scores(network, rows)
    scores = score_network(network, rows)
    assert_are(network, scores.leak, leak)
    assert_are(network, scores.party, party)


def test_goods_under_way_at_the_end_of_a_month_leave_their_rows_alone():
    network = random_network(8, 5, 8, 6, odd=False, has_missing=False)
    plan = plan_network(network)
    for which in ("own", "arrived", "early", "late"):
        assert any(len(getattr(month, which)) for month in plan.months), which
    alone = {int(row) for month in plan.months for row in (*month.own, *month.arrived)}
    is_link = [label.kind == "link" for label in network.labels]
    assert len(alone) > 0.8 * sum(is_link)


@settings(max_examples=60, deadline=None)
@given(SEEDS, PLANTS, LINKS, MONTHS)
def test_taking_rows_out_alone_or_carrying_all_gives_the_same(seed, plants, links, months):
    network = random_network(seed, plants, links, months, odd=False)
    assume(network.labels)
    rows = network.measurements.rows_kg
    whole = NetworkFactor(network, tuple(factor_months(plan_network(network, has_alone_rows=False))))
    assert not any(len(month.own.rows) for month in whole.months)
    for one, other in zip(score_network(network, rows), whole.score(rows), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(SEEDS, PLANTS, LINKS, MONTHS)
def test_many_runs_at_once_are_each_run_alone(seed, plants, links, months):
    network = random_network(seed, plants, links, months)
    assume(network.labels)
    factor = factor_network(network)
    runs = np.random.default_rng(seed).normal(size=(len(network.labels), 3))
    together = factor.score(runs)
    for k in range(3):
        alone = factor.score(runs[:, k])
        np.testing.assert_allclose(together.leak[:, :, k], alone.leak, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(together.party[:, :, k], alone.party, rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(alone.leak, factor.leak(runs[:, k]))
        np.testing.assert_array_equal(alone.party, factor.party(runs[:, k]))


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 8))
def test_one_plant_without_links_has_its_sitmuf(seed, months):
    network = random_network(seed, 1, 0, months, has_missing=False)
    rows = network.measurements.rows_kg
    sitmuf = solve_triangular(cholesky(network.measurements.covariance(), lower=True), rows, lower=True)
    np.testing.assert_allclose(score_network(network, rows).leak, [sitmuf], rtol=1e-10, atol=1e-10)


@settings(max_examples=40, deadline=None)
@given(SEEDS, PLANTS, LINKS, MONTHS)
def test_rows_and_items_in_any_order_give_each_place_its_statistic(seed, plants, links, months):
    network = random_network(seed, plants, links, months)
    assume(network.labels and is_well_conditioned(network))
    rng = np.random.default_rng(seed)
    rows, items = rng.permutation(len(network.labels)), rng.permutation(len(network.measurements.mass_kg))
    before = network.measurements
    after = type(before)(
        mass_kg=before.mass_kg[items],
        random_kg=before.random_kg[items],
        loading_kg=csr_array(before.loading_kg[items, :]),
        incidence=csr_array(before.incidence[rows, :][:, items]),
        groups=before.groups,
    )
    shuffled = Network(after, tuple(network.labels[k] for k in rows))
    one, other = score_network(network, before.rows_kg), score_network(shuffled, after.rows_kg)
    assert_are(shuffled, other.leak, by_place(network, one.leak))
    assert_are(shuffled, other.party, by_place(network, one.party))


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.floats(1e-6, 1e6))
def test_the_unit_of_mass_does_not_matter(seed, scale):
    network, scaled = random_network(seed, 4, 5, 4), random_network(seed, 4, 5, 4, scale=scale)
    assume(is_well_conditioned(network))
    one = score_network(network, network.measurements.rows_kg)
    other = score_network(scaled, scaled.measurements.rows_kg)
    np.testing.assert_allclose(other.leak, one.leak, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(other.party, one.party, rtol=1e-8, atol=1e-8)


def test_an_exact_item_moves_the_balance_and_nothing_of_its_covariance():
    items = [
        Item("opening", 50.0, 0.5, {"tank": 0.3}, ((0, 1),)),
        Item("closing", 52.0, 0.5, {"tank": 0.3}, ((0, -1), (1, 1))),
        Item("last", 49.0, 0.5, {"tank": 0.3}, ((1, -1),)),
    ]
    exact = Item("exact", 7.0, 0.0, {}, ((0, 1), (1, -1)))
    labels = (plant_row(0), plant_row(1))
    without, with_it = (Network(measurements_of(held, 2), labels) for held in (items, [*items, exact]))
    np.testing.assert_array_equal(with_it.measurements.rows_kg - without.measurements.rows_kg, [7.0, -7.0])
    rows = without.measurements.rows_kg
    np.testing.assert_array_equal(score_network(without, rows).leak, score_network(with_it, rows).leak)


def test_a_month_without_variance_is_not_testable_and_does_not_disturb_the_others():
    items = [
        Item("opening", 50.0, 0.5, {}, ((0, 1),)),
        Item("closing", 52.0, 0.5, {}, ((0, -1), (2, 1))),
        Item("last", 49.0, 0.5, {}, ((2, -1),)),
    ]
    labels = (plant_row(0), plant_row(1), plant_row(2))
    network = Network(measurements_of(items, 3), labels)
    (leak,) = score_network(network, network.measurements.rows_kg).leak
    assert np.isnan(leak[1])
    variance = np.array([[0.5, -0.25], [-0.25, 0.5]])
    wanted = solve_triangular(cholesky(variance, lower=True), [-2.0, 3.0], lower=True)
    np.testing.assert_allclose(leak[[0, 2]], wanted, rtol=1e-12)


def test_a_link_row_that_follows_from_its_plants_is_left_out():
    # What A sends and B gets is all that either measures: M_A + D + M_B is known without any error.
    items = [
        Item("made", 10.0, 0.0, {}, ((0, 1),)),
        Item("sent", 10.2, 0.1, {}, ((0, -1), (2, 1))),
        Item("got", 9.9, 0.2, {}, ((1, 1), (2, -1))),
    ]
    labels = (plant_row(0, "A"), plant_row(0, "B"), RowLabel("link", "AB", 0, "A", "B"))
    network = Network(measurements_of(items, 3), labels)
    factor = factor_network(network)
    scores = factor.score(network.measurements.rows_kg)
    np.testing.assert_allclose(scores.leak.ravel(), [-0.2 / 0.1, 9.9 / 0.2], rtol=1e-12)
    assert factor.months[0].core.tolist() == [0, 1]
    assert np.isnan(scores.party).all()


def test_a_laboratory_that_errs_as_a_whole_and_never_at_random_is_taken_too():
    items = [
        Item("in", 100.0, 0.0, {"lab": 1.0}, ((0, 1), (2, -1))),
        Item("sent", 98.0, 0.0, {"other": 0.5}, ((1, -1), (2, 1))),
        Item("more in", 30.0, 0.2, {"lab": 0.3}, ((0, 1), (3, -1))),
        Item("more sent", 31.0, 0.2, {"other": 0.3}, ((1, -1), (3, 1))),
        Item("stock A", 1.0, 0.3, {}, ((1, 1),)),
    ]
    links = tuple(RowLabel("link", name, 0, "A", "B") for name in ("first", "second"))
    network = Network(measurements_of(items, 4), (plant_row(0, "B"), plant_row(0, "A"), *links))
    with pytest.raises(NoRandomPartError):
        list(factor_months(plan_network(network)))
    rows = network.measurements.rows_kg
    leak, party = dense_scores(network, rows)
    for scores in (score_network(network, rows), factor_network(network).score(rows)):
        assert_are(network, scores.leak, leak)
        assert_are(network, scores.party, party)


def test_honest_declarations_have_standard_deviation_one_and_do_not_repeat():
    network = random_network(11, 5, 8, 6, has_missing=False)
    rng = np.random.default_rng(5)
    random, groups = network.measurements.random_factor, network.measurements.group_factor
    rows = random @ rng.normal(size=(random.shape[1], RUNS)) + groups @ rng.normal(size=(groups.shape[1], RUNS))
    scores = factor_network(network).score(rows)
    for values in scores:
        assert np.nanstd(values) == pytest.approx(1.0, abs=0.01)
        known = values[~np.isnan(values).any(axis=2)]
        assert np.max(np.abs(known.std(axis=1) - 1.0)) < 0.05
    for plant in scores.leak:
        assert np.max(np.abs(np.corrcoef(plant) - np.eye(len(plant)))) < 0.07


@settings(max_examples=40, deadline=None)
@given(SEEDS, PLANTS, LINKS, MONTHS)
def test_inner_products_are_those_of_the_whole_inverse(seed, plants, links, months):
    network = random_network(seed, plants, links, months)
    assume(network.labels and is_well_conditioned(network))
    covariance = network.measurements.covariance()
    held = np.diag(covariance) > 0
    columns = np.random.default_rng(seed).normal(size=(len(network.labels), 3))
    rows = network.measurements.rows_kg
    factor = factor_network(network)
    whole = np.column_stack([columns, rows])[held]
    wanted = whole.T @ np.linalg.solve(covariance[np.ix_(held, held)], whole)
    scale = np.abs(wanted).max()
    np.testing.assert_allclose(factor.inner_products(columns), wanted[:-1, :-1], rtol=1e-8, atol=1e-10 * scale)
    squares, projections = factor.squares_and_projections(csr_array(columns), rows)
    np.testing.assert_allclose(squares, np.diag(wanted)[:-1], rtol=1e-8, atol=1e-10 * scale)
    np.testing.assert_allclose(projections, wanted[:-1, -1], rtol=1e-8, atol=1e-10 * scale)


def test_labels_are_one_a_row_and_none_twice():
    measurements = measurements_of([], 2)
    with pytest.raises(ValueError, match="labels"):
        Network(measurements, (plant_row(0),))
    with pytest.raises(ValueError, match="two rows"):
        Network(measurements, (plant_row(0), plant_row(0)))


@pytest.mark.parametrize(
    "change",
    [{"t": 9}, {"t": -1}, {"kind": "recv", "link": 3}, {"kind": "gift"}, {"plant": "nobody"}, {"groups": ["none"]}],
)
def test_an_item_that_is_nowhere_is_refused(change):
    item = {"kind": "prod", "plant": "a", "t": 0, "mass": "5", "sd_rel": "0.01", "groups": []} | change
    document = {"plants": ["a"], "links": [["a", "a"]], "months": 2, "groups": {}, "items": [item]}
    with pytest.raises((ValueError, KeyError)):
        compute_network(document)
