"""Page's test: the recursion, charts that watch together, and thresholds by quadrature."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.balance.page import DOWN, UP, Chart, page, page_chart, page_set
from ytterby.balance.page_quadrature import (
    alarm_probability,
    average_run_length,
    horizon_threshold,
    run_length_threshold,
)

ORACLE = json.loads((Path(__file__).parents[1] / "vectors" / "page_thresholds.json").read_text())
scores = st.lists(st.floats(-6, 6) | st.just(float("nan")), min_size=1, max_size=40).map(np.array)


def test_the_recursion_by_hand():
    z = np.array([1.0, -2.0, 2.0, np.nan, 2.0, 0.0])
    assert page(z, 0.5).tolist() == [0.5, 0.0, 1.5, 1.5, 3.0, 2.5]
    assert page(z, 0.5, is_first_without_k=True).tolist() == [1.0, 0.0, 1.5, 1.5, 3.0, 2.5]


def test_a_chart_starts_anew_after_its_alarm():
    levels, alarms = page_chart(np.array([2.0, 2.0, 2.0, 1.0]), 0.5, 2.5)
    assert levels.tolist() == [1.5, 3.0, 1.5, 2.0]
    assert alarms.tolist() == [False, True, False, False]


def test_charts_of_a_set_start_anew_together():
    charts = (Chart(UP, 0.5, 10.0), Chart(UP, 1.0, 1.5), Chart(DOWN, 0.5, 1.0))
    levels, alarms = page_set(np.array([1.0, 3.0, 1.0, -2.0]), charts)
    assert levels.tolist() == [[0.5, 3.0, 0.5, 0.0], [0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.5]]
    assert alarms.any(axis=0).tolist() == [False, True, False, True]


@given(scores, st.floats(0.1, 1.5))
def test_without_alarms_a_chart_is_the_plain_recursion(z, k):
    levels, alarms = page_chart(z, k, np.inf)
    assert levels.tobytes() == page(z, k).tobytes()
    assert not alarms.any()


@given(scores, st.floats(0.1, 1.5), st.floats(0.5, 5.0))
def test_down_is_up_of_the_other_sign(z, k, h):
    up, down = page_set(z, (Chart(UP, k, h),)), page_set(-z, (Chart(DOWN, k, h),))
    assert up[0].tobytes() == down[0].tobytes()
    assert up[1].tobytes() == down[1].tobytes()


@given(scores, st.floats(0.1, 1.5), st.floats(0.5, 5.0))
def test_many_runs_at_once_are_each_run_alone(z, k, h):
    runs = np.stack([z, -z], axis=1)
    levels, alarms = page_chart(runs, k, h)
    for run in range(2):
        alone = page_chart(runs[:, run], k, h)
        assert levels[:, run].tobytes() == alone[0].tobytes()
        assert alarms[:, run].tobytes() == alone[1].tobytes()


@given(scores, st.floats(0.1, 1.5), st.floats(0.5, 5.0))
def test_where_one_side_alarms_the_other_stands_at_zero(z, k, h):
    levels, alarms = page_set(z, (Chart(UP, k, h), Chart(DOWN, k, h)))
    assert not levels[1][alarms[0]].any()
    assert not levels[0][alarms[1]].any()


@given(scores, st.floats(0.1, 1.5), st.integers(0, 40))
def test_a_month_that_is_not_testable_leaves_the_others_as_they_are(z, k, place):
    place = min(place, len(z))
    with_gap = np.insert(z, place, np.nan)
    levels, alarms = page_chart(with_gap, k, 3.0)
    alone = page_chart(z, k, 3.0)
    assert np.delete(levels, place).tobytes() == alone[0].tobytes()
    assert np.delete(alarms, place).tobytes() == alone[1].tobytes()
    assert not alarms[place]


@pytest.mark.parametrize("row", ORACLE["horizon"])
def test_thresholds_for_a_horizon(row):
    months, alpha, k = row["n"], row["alpha"], row["k"]
    assert horizon_threshold(months, alpha, k) == pytest.approx(row["h"], abs=1e-5)
    without = horizon_threshold(months, alpha, k, is_first_without_k=True)
    assert without == pytest.approx(row["h_first_without_k"], abs=1e-5)


@pytest.mark.parametrize("row", ORACLE["arl"])
def test_average_run_lengths(row):
    assert average_run_length(row["k"], row["h"], row["delta"]) == pytest.approx(row["arl"], abs=1e-4)


@pytest.mark.parametrize("row", ORACLE["h_for_arl"])
def test_thresholds_for_a_run_length(row):
    assert run_length_threshold(row["k"], row["arl"]) == pytest.approx(row["h"], abs=1e-5)


def test_one_month_is_the_normal_distribution():
    # S_1 > h is z > h + k; P(z > 1.6448536269514722) = 0.05.
    assert alarm_probability(1, 0.5, 1.1448536269514722) == pytest.approx(0.05, abs=1e-12)
    assert average_run_length(0.5, 0.0) == pytest.approx(1 / 0.3085375387259869, rel=1e-12)


@pytest.mark.parametrize(("months", "alpha"), [(0, 0.05), (12_001, 0.05), (12, 0.0), (12, 1.0), (2, 0.9)])
def test_what_no_threshold_does_is_refused(months, alpha):
    with pytest.raises(ValueError):
        horizon_threshold(months, alpha, 0.5)


@given(st.floats(1.0, 8.9), st.sampled_from([0.25, 0.5, 1.0, 1.5]))
@settings(max_examples=30, deadline=None)
def test_a_threshold_has_the_run_length_it_was_made_for(digits, k):
    months = max(10.0**digits, 20.0)
    assert average_run_length(k, run_length_threshold(k, months)) == pytest.approx(months, rel=1e-6)


@pytest.mark.parametrize("months", [2.0, 2e9])
def test_a_run_length_that_no_threshold_has_is_refused(months):
    with pytest.raises(ValueError):
        run_length_threshold(0.5, months)


@pytest.mark.parametrize("h", [-1.0, 60.0, 201.0, float("nan")])
def test_what_cannot_be_worked_out_to_its_digits_is_refused(h):
    with pytest.raises(ValueError):
        average_run_length(0.5, h)


def test_a_high_threshold_has_nodes_enough():
    # With drift mu = delta - k > 0 the run to h takes nearly (h + overshoot + start) / mu months (Wald).
    assert average_run_length(0.5, 150.0, 1.5) - average_run_length(0.5, 100.0, 1.5) == pytest.approx(50.0, rel=1e-9)


@pytest.mark.parametrize("k", [0.5, 1.0])
def test_false_alarms_of_a_long_run_are_those_of_the_quadrature(k):
    z = np.random.default_rng(11).standard_normal((2_400, 400))
    _, alarms = page_chart(z, k, run_length_threshold(k, 240.0))
    assert alarms[400:].mean() * 240.0 == pytest.approx(1.0, abs=0.05)


def test_alarms_within_a_year_are_those_of_the_quadrature():
    z = np.random.default_rng(12).standard_normal((12, 100_000))
    assert np.mean(page(z, 0.5).max(axis=0) > horizon_threshold(12, 0.05, 0.5)) == pytest.approx(0.05, abs=0.003)
