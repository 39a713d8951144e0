"""The mirror test of a link over time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.balance.innovation import innovations
from ytterby.balance.link import link_test, plant_alarms
from ytterby.balance.measurements import Item, measurements_of
from ytterby.balance.page import DOWN, UP, Chart
from ytterby.shell.site.balance_packs import threshold_table

FLOW, RANDOM, SYSTEMATIC = 100.0, 0.008, 0.006


def link_items(shipped, received, laboratories=("lab a", "lab b")):
    """Return the items of one delivery a month; NaN: that side said nothing of the month."""
    items = []
    for month, masses in enumerate(zip(shipped, received, strict=True)):
        for side, (mass, laboratory) in enumerate(zip(masses, laboratories, strict=True)):
            groups = {laboratory: SYSTEMATIC * mass}
            items.append(Item(f"{side} {month}", mass, RANDOM * mass, groups, ((month, 1 - 2 * side),)))
    return items


def declared(generator, months, *, falsified=0.0, start=0):
    true = FLOW * generator.uniform(0.9, 1.1, months)
    bias = SYSTEMATIC * generator.standard_normal(2)
    sides = [true * (1 + bias[side] + RANDOM * generator.standard_normal(months)) for side in range(2)]
    sides[1][start:] *= 1 - falsified
    return sides


def test_a_difference_is_shipper_less_receiver():
    measurements = measurements_of(link_items([100.0, 90.0], [99.0, 91.0]), 2)
    found = link_test(measurements, threshold_table().charts("link", 0.05))
    assert found.innovations.values.tolist() == [1.0, -1.0]
    assert [(chart.direction, chart.k) for chart in found.charts] == [(UP, 0.5), (DOWN, 0.5)]
    # u^2 = (r^2 + s^2) (100^2 + 99^2) with two laboratories.
    assert found.sigma_kg[0] == pytest.approx(np.sqrt((RANDOM**2 + SYSTEMATIC**2) * (100**2 + 99**2)))


@given(st.lists(st.tuples(st.floats(50, 150), st.floats(50, 150)), min_size=1, max_size=12))
def test_one_laboratory_on_both_sides_may_differ_less(pairs):
    shipped, received = zip(*pairs, strict=True)
    apart = link_test(measurements_of(link_items(shipped, received), len(pairs)), ())
    shared = link_test(measurements_of(link_items(shipped, received, ("lab", "lab")), len(pairs)), ())
    assert np.all(shared.sigma_kg < apart.sigma_kg)
    wanted = RANDOM**2 * (np.square(shipped) + np.square(received)) + SYSTEMATIC**2 * np.square(
        np.subtract(shipped, received)
    )
    np.testing.assert_allclose(shared.sigma_kg**2, wanted, rtol=1e-9)


def test_the_sides_exchanged_negate_z():
    generator = np.random.default_rng(31)
    shipped, received = declared(generator, 12)
    here = link_test(measurements_of(link_items(shipped, received), 12), ())
    there = link_test(measurements_of(link_items(received, shipped, ("lab b", "lab a")), 12), ())
    np.testing.assert_allclose(there.innovations.sitmuf, -here.innovations.sitmuf, rtol=1e-9)


def test_a_month_without_delivery_is_not_testable():
    items = [item for item in link_items([100.0] * 4, [99.0] * 4) if item.entries[0][0] != 2]
    found = link_test(measurements_of(items, 4), threshold_table().charts("link", 0.05))
    assert found.innovations.is_testable.tolist() == [True, True, False, True]
    assert found.levels[0][2] == found.levels[0][1]
    assert not found.is_alarm[2]


def test_falsified_receipts_are_found_and_honest_ones_are_not():
    generator = np.random.default_rng(32)
    charts = threshold_table().charts("link", 0.05, series=6)
    found = [
        link_test(measurements_of(link_items(*declared(generator, 24, falsified=0.05, start=12)), 24), charts)
        for _ in range(100)
    ]
    alarms = np.array([one.is_alarm for one in found])
    assert np.count_nonzero(alarms[:, 12:].any(axis=1)) >= 95
    assert np.count_nonzero(alarms[:, :12].any(axis=1)) <= 5
    # Less was received than sent: the upper chart says it.
    assert np.count_nonzero([one.alarms[0, 12:].any() for one in found]) >= 95


def test_different_laboratories_alone_do_not_alarm_more_than_chance():
    generator = np.random.default_rng(33)
    charts = threshold_table().charts("link", 0.2)
    alarms = sum(
        np.count_nonzero(link_test(measurements_of(link_items(*declared(generator, 36)), 36), charts).is_alarm)
        for _ in range(500)
    )
    # 500 links, three years, 0.2 a year in the long run, an eighth fewer at first.
    assert 210 <= alarms <= 330


def test_a_plant_alarms_when_any_of_its_links_does():
    high = link_test(measurements_of(link_items([100.0] * 3, [100.0, 80.0, 100.0]), 3), (Chart(UP, 0.5, 2.0),))
    still = link_test(measurements_of(link_items([100.0] * 3, [100.0] * 3), 3), (Chart(UP, 0.5, 2.0),))
    assert high.is_alarm.tolist() == [False, True, False]
    assert plant_alarms([still, high]).tolist() == [False, True, False]
    with pytest.raises(ValueError):
        plant_alarms([])
    with pytest.raises(ValueError):
        plant_alarms([still, link_test(measurements_of([], 2), ())])


def test_z_of_a_link_is_the_innovation_of_its_differences():
    measurements = measurements_of(link_items(*declared(np.random.default_rng(34), 10)), 10)
    wanted = innovations(measurements.rows_kg, measurements.covariance())[2]
    assert link_test(measurements, ()).innovations.sitmuf.tobytes() == wanted.tobytes()
