"""Quantities: the weights of the pooled sum are those of the best linear test of a loss in proportion to the flows."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.linalg import solve

from ytterby.balance.quantity import (
    POOLED,
    TOTAL,
    element_quantity,
    pooled_quantity,
    quantity_named,
    total_quantity,
)
from ytterby.matter.element import ELEMENTS, POSITION

N = len(ELEMENTS)
kilograms = st.lists(st.floats(0.1, 1e4), min_size=N, max_size=N).map(np.array)
relative = st.lists(st.floats(1e-3, 0.1), min_size=N, max_size=N).map(np.array)


@st.composite
def measured(draw):
    """Draw masses with uncertainties of some lots."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        mass = draw(kilograms)
        found.append((mass, mass * draw(relative)))
    return found


def power(weights, mass, covariance):
    """Return the squared score, in its own standard deviations, of a loss of one part of the mass."""
    return float((weights @ mass) ** 2 / (weights @ covariance @ weights))


@settings(max_examples=200, deadline=None)
@given(measured())
def test_the_weights_are_those_of_generalised_least_squares(lots):
    mass = np.sum([one for one, _ in lots], axis=0)
    covariance = np.diag(np.sum([u**2 for _, u in lots], axis=0))
    # One unknown share of the mass is lost: its estimator weighs by V^-1 m.
    best = solve(covariance, mass, assume_a="pos")
    found = np.array(pooled_quantity(lots).weights)
    assert found / found.max() == pytest.approx(best / best.max(), rel=1e-9)


@settings(max_examples=200, deadline=None)
@given(measured(), st.lists(st.floats(-1, 1), min_size=N, max_size=N).map(np.array))
def test_no_other_weights_show_a_loss_better(lots, other):
    assume(np.abs(other).max() > 1e-3)
    mass = np.sum([one for one, _ in lots], axis=0)
    covariance = np.diag(np.sum([u**2 for _, u in lots], axis=0))
    pooled = np.array(pooled_quantity(lots).weights)
    best = power(pooled, mass, covariance)
    assert best >= power(other, mass, covariance) * (1 - 1e-9)
    for element in ELEMENTS:
        assert best >= power(np.array(element_quantity(element).weights), mass, covariance) * (1 - 1e-9)
    assert best >= power(np.array(total_quantity().weights), mass, covariance) * (1 - 1e-9)


@settings(max_examples=100, deadline=None)
@given(measured(), st.floats(1e-3, 1e3))
def test_the_unit_of_mass_changes_no_weight_and_the_whole_weighs_what_it_weighs(lots, unit):
    found = pooled_quantity(lots)
    assert found.name == POOLED
    assert found.weights == pytest.approx(pooled_quantity([(m * unit, u * unit) for m, u in lots]).weights, rel=1e-9)
    mass = np.sum([one for one, _ in lots], axis=0)
    assert found.of(mass) == pytest.approx(mass.sum(), rel=1e-9)


@settings(max_examples=100, deadline=None)
@given(measured(), st.sets(st.sampled_from(ELEMENTS), min_size=1, max_size=N - 1))
def test_an_exact_or_absent_element_has_no_weight(lots, exact):
    places = [POSITION[element] for element in exact]
    sharp = [(mass, np.where(np.isin(np.arange(N), places), 0.0, u)) for mass, u in lots]
    absent = [(np.where(np.isin(np.arange(N), places), 0.0, mass), u) for mass, u in lots]
    for changed in (sharp, absent):
        weights = np.array(pooled_quantity(changed).weights)
        assert (weights[places] == 0).all()
        assert (np.delete(weights, places) > 0).all()


@pytest.mark.parametrize("lots", [[], [(np.ones(N), np.zeros(N))], [(np.zeros(N), np.ones(N))]])
def test_where_nothing_is_uncertain_all_elements_weigh_alike_under_the_pooled_name(lots):
    assert pooled_quantity(lots) == (POOLED, (1.0,) * N)


@given(kilograms, relative)
def test_independent_errors_add_in_quadrature(mass, u):
    quantity = pooled_quantity([(mass, mass * u)])
    parts = [weight * sd for weight, sd in zip(quantity.weights, (mass * u).tolist(), strict=True)]
    assert quantity.of_random(mass * u) == pytest.approx(sum(part**2 for part in parts) ** 0.5)
    assert element_quantity("Dy").of_random(mass * u) == pytest.approx((mass * u)[POSITION["Dy"]])


def test_a_quantity_is_found_by_its_name():
    mass = np.arange(N, dtype=np.float64)
    assert quantity_named("Nd").of(mass) == POSITION["Nd"]
    assert quantity_named(TOTAL).of(mass) == mass.sum()
    with pytest.raises(KeyError):
        quantity_named("Fe")
