"""Declared uncertainties against what a plant's own z say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from ytterby.balance.self_check import (
    AS_DECLARED,
    TOO_FEW,
    TOO_GOOD,
    TOO_SMALL,
    check_declared,
    months_for,
    parse_self_check_limits,
)
from ytterby.shell.site.balance_packs import self_check_limits

LIMITS = self_check_limits()


def alternating(square, months):
    return np.sqrt(square) * np.array([1.0, -1.0] * (months // 2))


@pytest.mark.parametrize(
    ("square", "months", "verdict"),
    [
        (1.0, 24, AS_DECLARED),
        (2.0, 24, TOO_SMALL),
        (1.35, 24, AS_DECLARED),  # beyond the limit, but chance does it in one plant of eight
        (1.35, 120, TOO_SMALL),
        (1.25, 1000, AS_DECLARED),  # surely not 1, but not beyond the limit
        (0.3, 24, TOO_GOOD),
        (0.55, 12, AS_DECLARED),
        (0.55, 48, TOO_GOOD),
        (0.7, 1000, AS_DECLARED),
        (9.0, 10, TOO_FEW),
        (0.0, 12, TOO_GOOD),
    ],
)
def test_verdicts(square, months, verdict):
    found = check_declared(alternating(square, months), LIMITS)
    assert (found.verdict, found.months) == (verdict, months)
    assert found.mean_square == pytest.approx(square)
    assert found.mean == pytest.approx(0.0, abs=1e-12)


def test_months_that_are_not_testable_do_not_count():
    z = np.concatenate([alternating(2.0, 24), [np.nan] * 5])
    assert check_declared(z, LIMITS) == check_declared(alternating(2.0, 24), LIMITS)
    none = check_declared(np.array([np.nan]), LIMITS)
    assert (none.verdict, none.months) == (TOO_FEW, 0)


@given(st.floats(0.1, 5.0), st.integers(1, 100))
def test_the_interval_is_that_of_a_variance(square, half):
    found = check_declared(alternating(square, 2 * half), LIMITS)
    n = 2 * half
    assert found.low == pytest.approx(n * square / chi2.ppf(0.975, n), rel=1e-9)
    assert found.high == pytest.approx(n * square / chi2.ppf(0.025, n), rel=1e-9)
    assert found.low < found.mean_square < found.high


def test_the_interval_holds_the_truth_in_95_of_100_plants():
    z = 1.2 * np.random.default_rng(41).standard_normal((4_000, 24))
    held = [found.low <= 1.44 <= found.high for found in (check_declared(row, LIMITS) for row in z)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(("sd", "least", "most"), [(1.0, 0.0, 0.1), (1.42, 0.5, 1.0), (0.5, 0.9, 1.0)])
def test_how_often_plants_of_a_year_are_flagged(sd, least, most):
    z = sd * np.random.default_rng(42).standard_normal((4_000, 12))
    flagged = np.mean([check_declared(row, LIMITS).verdict in {TOO_SMALL, TOO_GOOD} for row in z])
    assert least <= flagged <= most


def test_how_many_months_the_limits_need():
    assert (months_for(1.3, 0.05), months_for(0.6, 0.05)) == (68, 28)
    for limit, months in ((1.3, 68), (0.6, 28)):
        tail = chi2.sf if limit > 1 else chi2.cdf
        assert tail(months * limit, months) <= 0.05 < tail((months - 1) * limit, months - 1)


@pytest.mark.parametrize(("limit", "chance"), [(1.0, 0.05), (-1.0, 0.05), (1.3, 0.0), (1.3, 0.6), (1.001, 0.05)])
def test_a_limit_that_no_number_of_months_meets_is_refused(limit, chance):
    with pytest.raises(ValueError):
        months_for(limit, chance)


@pytest.mark.parametrize("change", [("too_small,1.3", "too_small,0.9"), ("too_good,0.6", "too_good,1.1")])
def test_limits_on_the_wrong_side_are_refused(change):
    text = "limit,value\ntoo_small,1.3\ntoo_good,0.6\nchance,0.05\nleast_months,12\n"
    assert parse_self_check_limits(text) == LIMITS
    with pytest.raises(ValueError):
        parse_self_check_limits(text.replace(*change))
