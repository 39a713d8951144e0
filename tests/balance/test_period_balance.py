"""MUF, V, sigma and CUMUF, and what makes up a month's variance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balance.months_of import plants, steady_plant
from ytterby.balance.measurements import Item, Measurements, measurements_of
from ytterby.balance.period_balance import RANDOM, SYSTEMATIC, contributors, item_shares, period_balance


def dense_covariance(measurements):
    incidence = measurements.incidence.toarray()
    loading = measurements.loading_kg.toarray()
    return incidence @ (np.diag(measurements.random_kg**2) + loading @ loading.T) @ incidence.T


@given(plants())
def test_the_figures_are_those_of_the_definition(measurements):
    found, v = period_balance(measurements), dense_covariance(measurements)
    months = len(v)
    largest = np.max(np.abs(v))
    np.testing.assert_allclose(found.covariance_kg2, v, atol=1e-12 * largest)
    np.testing.assert_allclose(found.muf_kg, measurements.incidence @ measurements.mass_kg, atol=1e-9)
    np.testing.assert_allclose(found.sigma_kg**2, np.diag(v), rtol=1e-12)
    np.testing.assert_allclose(found.sigma_random_kg**2 + found.sigma_systematic_kg**2, found.sigma_kg**2, rtol=1e-12)
    sums = [np.ones(t + 1) @ v[: t + 1, : t + 1] @ np.ones(t + 1) for t in range(months)]
    np.testing.assert_allclose(found.sigma_cumuf_kg**2, sums, atol=1e-11 * largest)
    assert found.cumuf_kg[-1] == pytest.approx(found.muf_kg.sum(), abs=1e-9)


@given(plants(max_months=6), st.randoms(use_true_random=False))
def test_the_order_of_items_changes_nothing_beyond_rounding(measurements, shuffler):
    order = list(range(len(measurements.mass_kg)))
    shuffler.shuffle(order)
    shuffled = Measurements(
        mass_kg=measurements.mass_kg[order],
        random_kg=measurements.random_kg[order],
        loading_kg=measurements.loading_kg[order],
        incidence=measurements.incidence[:, order],
        groups=measurements.groups,
    )
    here, there = period_balance(measurements), period_balance(shuffled)
    mass = np.sum(np.abs(measurements.mass_kg))
    np.testing.assert_allclose(there.muf_kg, here.muf_kg, atol=1e-12 * mass)
    np.testing.assert_allclose(there.cumuf_kg, here.cumuf_kg, atol=1e-12 * mass)
    np.testing.assert_allclose(there.covariance_kg2, here.covariance_kg2, atol=1e-12 * np.max(here.covariance_kg2))
    np.testing.assert_allclose(there.sigma_kg, here.sigma_kg, rtol=1e-12)
    np.testing.assert_allclose(there.sigma_cumuf_kg, here.sigma_cumuf_kg, rtol=1e-10)


@given(plants(), st.data())
def test_the_shares_of_a_month_add_to_one_largest_first(measurements, data):
    month = data.draw(st.integers(0, measurements.incidence.shape[0] - 1))
    found = contributors(measurements, month)
    variance = period_balance(measurements).sigma_kg[month] ** 2
    assert sum(one.share for one in found) == pytest.approx(1.0, abs=1e-12)
    assert sum(one.sd_kg**2 for one in found) == pytest.approx(variance, rel=1e-12)
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    assert {one.kind for one in found} <= {RANDOM, SYSTEMATIC}
    assert np.sum(item_shares(measurements, month)) == pytest.approx(1.0, abs=1e-10)


def test_contributors_by_hand():
    items = [
        Item("in", 100.0, 3.0, {"lab": 2.0}, ((0, 1),)),
        Item("out", 90.0, 1.0, {"lab": 1.8, "scale": 0.4}, ((0, -1),)),
    ]
    found = contributors(measurements_of(items, 1), 0)
    # 3^2 + 1^2 + (2 - 1.8)^2 + 0.4^2 = 10.2
    assert [(one.kind, one.number) for one in found] == [(RANDOM, 0), (RANDOM, 1), (SYSTEMATIC, 1), (SYSTEMATIC, 0)]
    assert [one.share for one in found] == pytest.approx([9 / 10.2, 1 / 10.2, 0.16 / 10.2, 0.04 / 10.2])
    # in: 9 + 2 x 0.2; out: 1 - 1.8 x 0.2 + 0.4 x 0.4
    assert item_shares(measurements_of(items, 1), 0) == pytest.approx([9.4 / 10.2, 0.8 / 10.2])


def test_a_month_without_variance_has_no_contributor():
    exact = measurements_of([Item("in", 5.0, 0.0, {}, ((0, 1),))], 1)
    assert contributors(exact, 0) == ()
    assert np.isnan(item_shares(exact, 0)).all()


@given(plants(), st.floats(0.01, 0.1))
def test_one_laboratory_on_both_sides_makes_a_tighter_balance_than_two(measurements, sd):
    months = measurements.incidence.shape[0]

    def sigma(receiving, shipping):
        items = [
            item
            for t in range(months)
            for item in (
                Item("in", measurements.mass_kg[2 * t], 0.1, {receiving: measurements.mass_kg[2 * t] * sd}, ((t, 1),)),
                Item("out", measurements.mass_kg[2 * t], 0.1, {shipping: measurements.mass_kg[2 * t] * sd}, ((t, -1),)),
            )
        ]
        return period_balance(measurements_of(items, months)).sigma_kg

    assert np.all(sigma("a", "a") < sigma("a", "b"))
    assert sigma("a", "a") == pytest.approx(np.full(months, np.sqrt(2) * 0.1))


def test_cumuf_of_many_months_is_less_uncertain_than_the_sum_of_its_months():
    found = period_balance(steady_plant(24, seed=1))
    alone = np.sqrt(np.cumsum(found.sigma_random_kg**2) + np.cumsum(found.sigma_systematic_kg) ** 2)
    assert np.all(found.sigma_cumuf_kg[1:] < alone[1:])
