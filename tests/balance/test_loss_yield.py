"""The loss-yield test: declared loss against a plant's own history or a sector norm."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.balance.loss_yield import (
    LEAST_SHARE,
    LossNorm,
    loss_by_own_spread,
    loss_from_history,
    loss_from_norm,
    month_spread_of,
    parse_loss_norms,
)
from ytterby.balance.measurements import Item, measurements_of
from ytterby.shell.site.balance_packs import loss_norms, threshold_table

FACTOR = 0.04
LOSS_RANDOM, LOSS_SYSTEMATIC, IN_RANDOM, IN_SYSTEMATIC = 0.1, 0.1, 0.01, 0.006
CHARTS = threshold_table().charts("loss_yield", 0.05)
NORM = LossNorm("test", FACTOR, 0.1, 0.1, "test", "test")


def plant(losses, throughputs, *, loss_groups=("loss method",), in_groups=("laboratory",)):
    """Return the measurements of a loss and a throughput item a month; a month without throughput has neither."""
    months, items = len(losses), []
    for t, (loss, through) in enumerate(zip(losses, throughputs, strict=True)):
        if not through:
            continue
        own = dict.fromkeys(loss_groups, LOSS_SYSTEMATIC * loss)
        items.append(Item(f"loss {t}", loss, LOSS_RANDOM * loss, own, ((t, 1),)))
        shared = dict.fromkeys(in_groups, IN_SYSTEMATIC * through)
        items.append(Item(f"in {t}", through, IN_RANDOM * through, shared, ((months + t, 1),)))
    return measurements_of(items, 2 * months)


def declared(generator, months, *, spread=0.0, added=0.0, start=0):
    """Return declared losses and throughputs; from `start` on, `added` of the throughput is booked as loss."""
    through = 100.0 * generator.uniform(0.9, 1.1, months)
    # The errors of a loss multiply.
    loss = FACTOR * through * np.exp(spread * generator.standard_normal(months))
    bias = np.exp(LOSS_SYSTEMATIC * generator.standard_normal())
    loss = loss * bias * np.exp(LOSS_RANDOM * generator.standard_normal(months))
    loss[start:] += added * through[start:]
    shown = through * (1 + IN_SYSTEMATIC * generator.standard_normal() + IN_RANDOM * generator.standard_normal(months))
    return loss, shown


def test_the_factor_is_the_loss_of_the_baseline_by_its_throughput():
    losses, through = [4.0] * 6 + [5.0] * 6 + [9.0], [100.0] * 13
    found = loss_from_history(plant(losses, through), CHARTS, month_spread=0.0)
    assert found.baseline == tuple(range(12))
    assert found.factor == pytest.approx(0.045)
    assert found.series.innovations.is_testable.tolist() == [False] * 12 + [True]
    # f w (ln(l / f w) - c): 9 kg are twice the 4.5 kg expected; c is the mean logarithm of 4 and 5 kg over 4.5 kg.
    middle = (log(4 / 4.5) + log(5 / 4.5)) / 2
    assert found.series.innovations.values[12] == pytest.approx(4.5 * (log(2) - middle))


def test_a_month_with_next_to_no_loss_counts_as_one_with_little_of_what_is_expected():
    found = [
        loss_from_history(plant([4.0] * 12 + [kg, 4.0], [100.0] * 14), CHARTS, month_spread=0.1)
        for kg in (0.0, 0.1, 4.0 * LEAST_SHARE)
    ]
    assert [one.series.innovations.values[12] for one in found] == [pytest.approx(-8.0)] * 3


def test_the_error_of_the_factor_by_hand():
    # One baseline month: d = l1 - (l0 / w0) w1, so u^2 = u(l1)^2 + f^2 u(w1)^2 + (w1 / w0)^2 (u(l0)^2 + f^2 u(w0)^2).
    measurements = plant([4.0, 6.0], [100.0, 120.0], loss_groups=(), in_groups=())
    found = loss_from_history(measurements, CHARTS, month_spread=0.0, baseline_months=1)
    first = (LOSS_RANDOM * 4.0) ** 2 + (FACTOR * IN_RANDOM * 100.0) ** 2
    # The error of a loss stands at the loss that is expected, 4.8 kg of 120 kg.
    second = (LOSS_RANDOM * 4.8) ** 2 + (FACTOR * IN_RANDOM * 120.0) ** 2
    assert found.series.sigma_kg[1] ** 2 == pytest.approx(second + 1.2**2 * first)
    assert found.factor_sd == pytest.approx(np.sqrt(first) / 100.0)


def test_a_loss_method_that_is_wrong_alike_before_and_after_cancels():
    through = [100.0] * 14
    with_group = loss_from_history(plant([4.0] * 14, through), CHARTS, month_spread=0.0)
    without = loss_from_history(plant([4.0] * 14, through, loss_groups=(), in_groups=()), CHARTS, month_spread=0.0)
    np.testing.assert_allclose(with_group.series.sigma_kg, without.series.sigma_kg, rtol=1e-9)
    assert with_group.factor_sd > 2 * without.factor_sd


def test_the_covariance_is_that_of_simulated_errors():
    generator = np.random.default_rng(51)
    losses, through = FACTOR * np.linspace(90, 120, 6), np.linspace(90, 120, 6)
    measurements = plant(losses, through)
    sources = np.hstack([measurements.random_factor.toarray(), measurements.group_factor.toarray()])
    # Small errors, since the covariance is of first order.
    rows = measurements.rows_kg[:, np.newaxis] + 0.01 * sources @ generator.standard_normal((sources.shape[1], 200_000))
    factor = rows[:3].sum(axis=0) / rows[6:9].sum(axis=0)
    simulated = np.cov(rows[3:6] - factor * rows[9:12]) / 0.01**2
    found = loss_from_history(measurements, CHARTS, month_spread=0.0, baseline_months=3)
    lower = found.series.innovations.factor[3:, 3:]
    np.testing.assert_allclose(lower @ lower.T, simulated, atol=0.02 * np.max(simulated))


def test_months_that_are_not_clean_or_not_at_work_are_no_baseline():
    losses, through = [4.0] * 20, [100.0] * 20
    through[3] = 0.0
    clean = np.ones(20, dtype=bool)
    clean[5] = False
    found = loss_from_history(plant(losses, through), CHARTS, month_spread=0.0, is_clean=clean)
    assert found.baseline == (0, 1, 2, 4, 6, 7, 8, 9, 10, 11, 12, 13)
    assert found.series.innovations.is_testable.tolist() == [False] * 14 + [True] * 6


def test_a_month_without_a_declared_loss_is_not_testable():
    stated = np.ones(16, dtype=bool)
    stated[[2, 14]] = False
    measurements = plant([4.0] * 16, [100.0] * 16)
    found = loss_from_history(measurements, CHARTS, month_spread=0.0, is_stated=stated)
    assert found.series.innovations.is_testable.tolist() == [False] * 13 + [True, False, True]
    normed = loss_from_norm(measurements, CHARTS, NORM, is_stated=stated)
    assert np.array_equal(normed.series.innovations.is_testable, stated)


def test_before_the_baseline_is_complete_nothing_is_said():
    found = loss_from_history(plant([4.0] * 11, [100.0] * 11), CHARTS, month_spread=0.0)
    assert found.baseline == ()
    assert np.isnan(found.factor)
    assert not found.series.innovations.is_testable.any()
    assert not found.series.is_alarm.any()


@given(st.integers(13, 24), st.integers(0, 1_000))
def test_a_new_month_leaves_what_was_said_before(months, seed):
    losses, through = declared(np.random.default_rng(seed), months + 1)
    before = loss_from_history(plant(losses[:-1], through[:-1]), CHARTS, month_spread=0.1)
    after = loss_from_history(plant(losses, through), CHARTS, month_spread=0.1)
    assert after.factor == before.factor
    np.testing.assert_allclose(
        after.series.innovations.sitmuf[:months], before.series.innovations.sitmuf, rtol=1e-9, atol=1e-12
    )


def test_honest_losses_have_sd_one_whichever_way_they_are_judged():
    generator = np.random.default_rng(52)
    scores = {"history": [], "norm": []}
    for _ in range(900):
        measurements = plant(*declared(generator, 36, spread=0.1))
        history = loss_from_history(measurements, CHARTS, month_spread=0.1)
        scores["history"].append(history.series.innovations.sitmuf[12:])
        # The true factor is drawn about the norm, as its systematic standard deviation says.
        norm = NORM.__class__("drawn", FACTOR / (1 + 0.1 * generator.standard_normal()), 0.1, 0.1, "", "")
        scores["norm"].append(loss_from_norm(measurements, CHARTS, norm).series.innovations.sitmuf)
    for name, found in scores.items():
        z = np.array(found)
        assert z.size >= 20_000
        assert np.std(z) == pytest.approx(1.0, abs=0.02), name


@pytest.mark.parametrize(("added", "least", "most"), [(0.02, 0.95, 1.0), (0.0, 0.0, 0.12)])
def test_a_difference_booked_as_loss_is_found(added, least, most):
    generator = np.random.default_rng(53)
    found = [
        loss_from_history(plant(*declared(generator, 24, added=added, start=12)), CHARTS, month_spread=0.0)
        .series.is_alarm[12:]
        .any()
        for _ in range(200)
    ]
    assert least <= np.mean(found) <= most


def test_a_loss_inflated_from_the_first_month_needs_the_norm():
    generator = np.random.default_rng(54)
    plants = [plant(*declared(generator, 24, added=0.04)) for _ in range(60)]
    history = [loss_from_history(one, CHARTS, month_spread=0.0).series.is_alarm.any() for one in plants]
    norm = [loss_from_norm(one, CHARTS, NORM).series.is_alarm.any() for one in plants]
    assert np.mean(history) <= 0.15
    assert np.mean(norm) >= 0.9


@pytest.mark.parametrize("spread", [0.0, 0.2, 0.4])
def test_the_spread_of_the_process_is_estimated_from_the_baseline(spread):
    generator = np.random.default_rng(55)
    found = [month_spread_of(plant(*declared(generator, 12, spread=spread)), range(12)) for _ in range(400)]
    assert np.sqrt(np.mean(np.square(found))) == pytest.approx(spread, abs=0.06)


def test_a_spread_needs_months_with_loss_and_throughput():
    with pytest.raises(ValueError):
        month_spread_of(plant([4.0], [100.0]), range(1))
    with pytest.raises(ValueError):
        month_spread_of(plant([4.0, 4.0], [100.0, 0.0]), range(2))
    with pytest.raises(ValueError):
        month_spread_of(plant([0.0, 0.0], [100.0, 100.0]), range(2))


@pytest.mark.parametrize("share", [0.0, 0.9, 2.0])
def test_the_spread_that_the_baseline_lets_expect_counts_where_it_is_more_than_the_least(share):
    measurements = plant(*declared(np.random.default_rng(56), 20, spread=0.4))
    own = month_spread_of(measurements, range(12))
    found = loss_by_own_spread(measurements, CHARTS, least_spread=share * own)
    wanted = loss_from_history(measurements, CHARTS, month_spread=max(share, sqrt(11 / 9)) * own)
    assert found.series.innovations.sitmuf.tobytes() == wanted.series.innovations.sitmuf.tobytes()


def test_a_plant_that_lost_nothing_in_its_baseline_has_no_spread_of_its_own():
    found = loss_by_own_spread(plant([0.0] * 13 + [4.0], [100.0] * 14), CHARTS, least_spread=0.1)
    assert (found.factor, len(found.baseline)) == (0.0, 12)
    # A month without loss has no error either: nothing can be said of it.
    assert found.series.innovations.is_testable.tolist() == [False] * 13 + [True]
    assert found.series.is_alarm[13]


def test_rows_or_masks_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="3 rows"):
        loss_from_norm(measurements_of([], 3), CHARTS, NORM)
    with pytest.raises(ValueError, match="mask"):
        loss_from_norm(measurements_of([], 4), CHARTS, NORM, is_stated=np.ones(3, dtype=bool))


def test_the_packaged_norms_are_in_order():
    assert loss_norms()["mixed_to_single"].factor == 0.04
    assert all(norm.source and norm.confidence for norm in loss_norms().values())
    head = "process,factor,relative_systematic,relative_month,source,confidence\n"
    for row in ("a,0,0.1,0.1,s,c", "a,1,0.1,0.1,s,c", "a,0.1,-0.1,0.1,s,c"):
        with pytest.raises(ValueError):
            parse_loss_norms(head + row)
