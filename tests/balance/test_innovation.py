"""ITMUF and SITMUF: L^-1 MUF, appended to without touching what was said before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import cholesky, solve_triangular

from balance.months_of import honest_rows, plants, steady_plant
from ytterby.balance.innovation import Innovations, empty, innovations, innovations_of
from ytterby.balance.period_balance import period_balance


def series_of(measurements):
    balance = period_balance(measurements)
    return balance.muf_kg, balance.covariance_kg2


def same_bytes(here: Innovations, there: Innovations):
    for name in ("values", "factor", "itmuf", "itmuf_sd", "sitmuf"):
        assert getattr(here, name).tobytes() == getattr(there, name).tobytes(), name


@given(plants())
def test_sitmuf_is_the_inverse_factor_times_muf(measurements):
    muf, v = series_of(measurements)
    found = innovations_of(muf, v)
    lower = cholesky(v, lower=True)
    wanted = solve_triangular(lower, muf, lower=True)
    scale = 1e-9 * max(1.0, np.max(np.abs(wanted)))
    np.testing.assert_allclose(found.sitmuf, wanted, atol=scale)
    np.testing.assert_allclose(found.factor, lower, atol=1e-10 * np.max(lower))
    np.testing.assert_allclose(found.gemuf[-1], muf @ np.linalg.solve(v, muf), rtol=1e-7)


@given(plants())
def test_itmuf_is_what_the_months_before_do_not_explain(measurements):
    muf, v = series_of(measurements)
    itmuf, sd, z = innovations(muf, v)
    t = len(muf) - 1
    weights = np.linalg.solve(v[:t, :t], v[:t, t])
    assert itmuf[t] == pytest.approx(muf[t] - weights @ muf[:t], abs=1e-8 * np.max(np.abs(muf)))
    assert sd[t] ** 2 == pytest.approx(v[t, t] - weights @ v[:t, t], rel=1e-8)
    assert z[t] == itmuf[t] / sd[t]


@given(plants(), st.data())
def test_appending_months_leaves_the_bytes_of_those_before(measurements, data):
    muf, v = series_of(measurements)
    whole = innovations_of(muf, v)
    grown, known = empty(), 0
    while known < len(muf):
        more = data.draw(st.integers(1, len(muf) - known))
        before = grown
        grown = grown.extend(muf[known : known + more], v[known : known + more, : known + more])
        same_bytes(grown.until(known), before)
        known += more
    same_bytes(grown, whole)


@given(plants(min_months=3), st.data())
def test_a_correction_leaves_the_months_before_it(measurements, data):
    muf, v = series_of(measurements)
    month = data.draw(st.integers(0, len(muf) - 1))
    whole = innovations_of(muf, v)
    changed = muf.copy()
    changed[month] += 1.0
    mended = whole.from_month(month, changed[month:], v[month:])
    same_bytes(mended.until(month), whole.until(month))
    same_bytes(mended, innovations_of(changed, v))
    assert mended.sitmuf[month] != whole.sitmuf[month]


@given(plants())
def test_the_other_sign_of_everything_negates_z(measurements):
    muf, v = series_of(measurements)
    assert innovations(-muf, v)[2].tobytes() == (-innovations(muf, v)[2]).tobytes()


@given(plants(), st.floats(1e-3, 1e3))
def test_z_has_no_unit(measurements, scale):
    muf, v = series_of(measurements)
    np.testing.assert_allclose(innovations(scale * muf, scale**2 * v)[2], innovations(muf, v)[2], rtol=1e-7, atol=1e-7)


@given(plants(min_months=3), st.data())
def test_a_singular_month_is_left_out_and_disturbs_no_other(measurements, data):
    muf, v = series_of(measurements)
    place = data.draw(st.integers(0, len(muf)))
    kind = data.draw(st.sampled_from(["exact", "no value", "determined"]))
    weights = np.zeros(len(muf))
    if kind == "determined":
        if place == 0:
            place = 1
        weights[:place] = 1.0
    wide = np.insert(np.eye(len(muf)), place, weights, axis=0)
    values = np.insert(muf, place, np.nan if kind == "no value" else weights @ muf)
    covariance = wide @ v @ wide.T
    if kind == "no value":
        covariance[place, place] += 1.0
    found = innovations_of(values, covariance)
    assert not found.is_testable[place]
    assert np.isnan(found.itmuf[place])
    np.testing.assert_allclose(np.delete(found.sitmuf, place), innovations(muf, v)[2], rtol=1e-7, atol=1e-7)
    assert found.gemuf[place] == (found.gemuf[place - 1] if place else 0.0)


def test_a_small_month_followed_by_a_large_one_that_it_determines_is_not_testable():
    whole = np.outer([1e-3, 1e3], [1e-3, 1e3])
    assert innovations_of(np.array([1e-3, 1e3]), whole).is_testable.tolist() == [True, False]


def test_an_innovation_variance_is_measured_by_the_largest_so_far():
    assert innovations_of(np.ones(2), np.diag([1.0, 1.1e-12])).is_testable.tolist() == [True, True]
    assert innovations_of(np.ones(2), np.diag([1.0, 0.9e-12])).is_testable.tolist() == [True, False]
    assert innovations_of(np.ones(2), np.diag([0.9e-12, 1.0])).is_testable.tolist() == [True, True]


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ([1.0], [[1.0, 2.0]]),
        ([[1.0]], [[1.0]]),
        ([np.inf], [[1.0]]),
        ([1.0], [[np.nan]]),
        ([1.0], [[-1.0]]),
        ([1.0, 1.0], [[1.0, 2.0], [2.0, 1.0]]),
    ],
)
def test_what_is_no_series_is_refused(values, rows):
    with pytest.raises(ValueError):
        innovations_of(np.array(values), np.array(rows))


def test_honest_months_have_sd_one_and_no_memory():
    measurements = steady_plant(24, seed=3)
    found = period_balance(measurements).innovations
    z = found.whiten(honest_rows(measurements, runs=2_000, seed=4))
    assert z.size >= 20_000
    assert np.std(z) == pytest.approx(1.0, abs=0.02)
    assert np.mean(z) == pytest.approx(0.0, abs=0.02)
    assert np.max(np.abs(np.corrcoef(z) - np.eye(24))) < 0.1


def test_whitening_the_own_values_gives_the_own_bytes():
    found = period_balance(steady_plant(12, seed=5)).innovations
    assert found.whiten(found.values).tobytes() == found.sitmuf.tobytes()
    assert found.whiten(np.stack([found.values] * 3, axis=1))[:, 1].tobytes() == found.sitmuf.tobytes()
