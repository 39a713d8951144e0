"""Families of charts: their joint rate, the packaged table, operating points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.balance import page_pair
from ytterby.balance.operating_point import (
    ASK_FOR_PAPER,
    OPEN_INQUIRY,
    chance_of_alarm,
    expected_false_alarms,
    parse_operating_points,
)
from ytterby.balance.page import DOWN, UP, Chart, page_set
from ytterby.balance.page_pair import pair_run_length, pair_survival, pair_thresholds
from ytterby.balance.page_quadrature import average_run_length, survival
from ytterby.balance.page_threshold import (
    Family,
    charts,
    expected_alarms,
    parse_families,
    parse_threshold_table,
    threshold,
    threshold_rows,
    thresholds,
)
from ytterby.shell.site.balance_packs import operating_points, threshold_table
from ytterby.shell.site.packs import packaged_text

pytestmark = pytest.mark.long

RATES = (0.05, 0.1, 0.2)
# Those of the watch too, which shares them out among its tests.
TABLE_RATES = (0.0025, 0.01, 0.04, *RATES)
ONE = Family("one", (UP,), (0.5,))
BOTH = Family("both", (UP, DOWN), (0.5,))


def lengths_between_alarms(watching, months, runs, seed):
    """Return months per month with an alarm, after the first 300, with its relative standard error."""
    z = np.random.default_rng(seed).standard_normal((months, runs))
    _, alarms = page_set(z, watching)
    count = np.count_nonzero(alarms[:, 300:].any(axis=0))
    return (months - 300) * runs / count, count**-0.5


@pytest.mark.parametrize(("h", "other_h"), [(3.0, 1.6), (3.68, 1.96), (2.5, 2.4)])
def test_two_charts_alarm_as_often_as_the_quadrature_says(h, other_h):
    watching = (Chart(UP, 0.5, h), Chart(UP, 1.0, other_h))
    found, error = lengths_between_alarms(watching, 1_300, 2_000, seed=21)
    assert error < 0.01
    assert pair_run_length(0.5, h, 1.0, other_h) == pytest.approx(found, rel=4 * error)


def test_a_second_chart_that_never_alarms_changes_nothing():
    # S - R grows by 0.5 a month, so that just below h the second chart is hardly ever the first.
    assert pair_run_length(0.5, 3.0, 1.0, 3.0 - 1e-7) == pytest.approx(average_run_length(0.5, 3.0), rel=1e-6)


@pytest.mark.long
@settings(max_examples=12, deadline=None)
@given(st.floats(1.0, 5.0), st.floats(0.2, 0.9))
def test_two_charts_alarm_more_often_than_either_and_less_often_than_both_apart(h, share):
    other_h = share * h
    alone = 1 / average_run_length(0.5, h), 1 / average_run_length(1.0, other_h)
    joint = 1 / pair_run_length(0.5, h, 1.0, other_h)
    assert max(alone) * (1 - 1e-9) <= joint <= sum(alone)


def test_more_nodes_change_nothing(monkeypatch):
    before = pair_run_length(0.5, 4.2, 1.0, 2.3)
    page_pair._excursions.cache_clear()
    monkeypatch.setattr(page_pair, "PANEL_NODES", 14)
    monkeypatch.setattr(page_pair, "EXCURSION_NODES", 48)
    after = pair_run_length(0.5, 4.2, 1.0, 2.3)
    page_pair._excursions.cache_clear()
    assert after != before
    assert after == pytest.approx(before, rel=1e-10)


def test_thresholds_of_a_pair_have_the_joint_length_and_equal_single_ones():
    h, other_h = pair_thresholds(0.5, 1.0, 60.0)
    assert pair_run_length(0.5, h, 1.0, other_h) == pytest.approx(60.0, rel=1e-6)
    assert average_run_length(0.5, h) == pytest.approx(average_run_length(1.0, other_h), rel=1e-6)


@pytest.mark.parametrize(("k", "h", "other_k", "other_h"), [(1.0, 3.0, 0.5, 2.0), (0.5, 2.0, 1.0, 2.0)])
def test_a_pair_in_the_wrong_order_is_refused(k, h, other_k, other_h):
    with pytest.raises(ValueError):
        pair_run_length(k, h, other_k, other_h)


@pytest.mark.long
def test_the_packaged_table_is_what_the_quadrature_gives():
    table = threshold_table()
    assert set(table.known) == {(family, rate) for family in table.families for rate in TABLE_RATES}
    for (name, rate), limits in table.known.items():
        family = table.families[name]
        months = 12 * len(family.directions) / rate
        alone = [average_run_length(k, h) for k, h in zip(family.reference_values, limits, strict=True)]
        if len(limits) == 1:
            assert alone[0] == pytest.approx(months, rel=1e-7)
        else:
            (k, other_k), (h, other_h) = family.reference_values, limits
            assert pair_run_length(k, h, other_k, other_h) == pytest.approx(months, rel=1e-7)
            assert alone[0] == pytest.approx(alone[1], rel=1e-7)


@pytest.mark.long
@pytest.mark.parametrize(("family", "rates"), [("link", RATES), ("leak", RATES), ("plant", (0.2,))])
def test_the_lines_of_the_packaged_table_can_be_written_again(family, rates):
    families = packaged_text("balance", "page_families.csv")
    lines = threshold_rows([threshold_table().families[family]], rates)
    written = parse_threshold_table(families, "\n".join(lines))
    assert set(written.known) == {(family, rate) for rate in rates}
    for key, limits in written.known.items():
        assert limits == pytest.approx(threshold_table().known[key], abs=5e-8)


def test_every_operating_point_has_its_thresholds_in_the_table():
    for point in operating_points().values():
        for family in threshold_table().families:
            assert (family, point.rate_per_plant_year) in threshold_table().known


@pytest.mark.parametrize("family", ["plant", "link", "loss_yield"])
@pytest.mark.parametrize("rate", [0.05, 0.2])
def test_false_alarms_of_a_family_in_the_long_run(family, rate):
    found, error = lengths_between_alarms(threshold_table().charts(family, rate), 2_300, 1_000, seed=22)
    assert 12 / found == pytest.approx(rate, rel=max(0.02, 4 * error))


@pytest.mark.parametrize("family", ["plant", "link", "loss_yield"])
def test_false_alarms_of_the_first_three_years_are_within_15_percent_of_the_table(family):
    z = np.random.default_rng(23).standard_normal((36, 20_000))
    _, alarms = page_set(z, threshold_table().charts(family, 0.1))
    found = np.count_nonzero(alarms.any(axis=0)) / 20_000
    expected = expected_false_alarms([0.1], 36)
    assert 0.85 * expected <= found <= 1.02 * expected
    error = (found / 20_000) ** 0.5
    assert threshold_table().expected_alarms(family, 0.1, 36) == pytest.approx(found, abs=4 * error)


@pytest.mark.parametrize("watching", [(Chart(UP, 0.5, 2.0), Chart(UP, 1.0, 1.2)), (Chart(UP, 0.5, 2.0),)])
def test_survival_month_by_month(watching):
    z = np.random.default_rng(25).standard_normal((12, 200_000))
    _, alarms = page_set(z, watching)
    found = 1 - np.maximum.accumulate(alarms.any(axis=0), axis=0).mean(axis=1)
    limits = [number for chart in watching for number in (chart.k, chart.h)]
    alive = pair_survival(12, *limits) if len(watching) == 2 else survival(12, *limits)
    assert alive[0] == 1.0
    np.testing.assert_allclose(alive[1:], found, atol=0.005)


@given(st.floats(1.0, 5.0), st.floats(0.2, 0.9))
@settings(max_examples=8, deadline=None)
def test_survival_adds_to_the_run_length(h, share):
    h, other_h = min(h, 2.5), share * min(h, 2.5)
    alive = pair_survival(1_500, 0.5, h, 1.0, other_h)
    assert alive.sum() == pytest.approx(pair_run_length(0.5, h, 1.0, other_h), rel=1e-9)
    assert np.all(np.diff(alive) <= 1e-12)


def test_in_the_long_run_expected_alarms_are_the_rate():
    # The first alarm comes a little later than the others; from year to year the rate is that of the table.
    late = threshold_table().expected_alarms("plant", 0.2, 372) - threshold_table().expected_alarms("plant", 0.2, 360)
    assert late == pytest.approx(0.2, rel=1e-6)


def test_expected_alarms_of_several_series_add():
    table, both = threshold_table(), expected_alarms(BOTH, thresholds(BOTH, 0.2, 5), 36)
    assert table.expected_alarms("link", 0.2, 36, series=5) == pytest.approx(5 * both)
    assert expected_alarms(BOTH, (2.0,), 1) == pytest.approx(2 * 0.006209665, rel=1e-6)  # 2 P(z > 2.5)


def test_the_links_of_a_plant_share_its_rate():
    links, months = 5, 2_000
    z = np.random.default_rng(24).standard_normal((months, links * 400))
    _, alarms = page_set(z, charts(BOTH, 0.2, series=links))
    found = 12 * np.count_nonzero(alarms[:, 300:].any(axis=0)) / ((months - 300) * 400)
    assert found == pytest.approx(0.2, rel=0.06)


@pytest.mark.long
@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 2.0), st.integers(1, 30))
def test_more_series_or_sides_or_fewer_alarms_need_a_higher_threshold(rate, series):
    assert threshold(ONE, rate, series + 1) > threshold(ONE, rate, series)
    assert threshold(BOTH, rate, series) == pytest.approx(threshold(ONE, rate / 2, series), abs=1e-8)
    assert threshold(ONE, rate / series) == pytest.approx(threshold(ONE, rate, series), abs=1e-8)


def test_a_threshold_is_that_of_its_run_length():
    # ARL 240 months at k = 0.5: h = 3.67681 (the oracle's h_for_arl).
    assert threshold(ONE, 0.05) == pytest.approx(3.67681, abs=1e-5)
    assert threshold_table().threshold("loss_yield", 0.05) == pytest.approx(3.67681, abs=1e-5)
    assert [(c.direction, c.k) for c in threshold_table().charts("plant", 0.05)] == [
        (UP, 0.5),
        (UP, 1.0),
        (DOWN, 0.5),
        (DOWN, 1.0),
    ]


def test_what_the_table_does_not_hold_is_computed():
    assert threshold_table().threshold("link", 0.05, series=3) == threshold(BOTH, 0.05, 3)


@pytest.mark.parametrize(("rate", "series"), [(0.0, 1), (-1.0, 1), (float("nan"), 1), (0.1, 0), (12.0, 1)])
def test_a_rate_that_is_none_is_refused(rate, series):
    with pytest.raises(ValueError):
        thresholds(ONE, rate, series)


def test_a_family_of_two_reference_values_has_no_single_threshold():
    with pytest.raises(ValueError, match="plant"):
        threshold_table().threshold("plant", 0.05)
    with pytest.raises(KeyError):
        threshold_table().threshold("nobody", 0.05)


HEAD = "family,directions,k,source\n"


@pytest.mark.parametrize(
    "text",
    [
        "family,k\na,1\n",
        HEAD + "a,sideways,1,x\n",
        HEAD + "a,up,1;0.5,x\n",
        HEAD + "a,up,0,x\n",
        HEAD + "a,up,0.2;0.5;1,x\n",
        HEAD + "a,up,1,x\na,up,1,x\n",
    ],
)
def test_a_table_of_families_out_of_order_is_refused(text):
    with pytest.raises(ValueError):
        parse_families(text)


@pytest.mark.parametrize("rows", ["b,0.1,1,2\n", "a,0.1,0.5,2\n", "a,0.1,1,2\na,0.1,1,2\n"])
def test_thresholds_of_other_charts_are_refused(rows):
    with pytest.raises(ValueError):
        parse_threshold_table(HEAD + "a,up,1,x\n", "family,rate_per_plant_year,k,h\n" + rows)


def test_operating_points_and_what_to_expect_of_them():
    points = operating_points()
    assert points[OPEN_INQUIRY].rate_per_plant_year == 0.05
    assert points[ASK_FOR_PAPER].rate_per_plant_year == 0.2
    assert all(point.source and point.confidence for point in points.values())
    # 200 plants over two years, two families of tests.
    assert expected_false_alarms([0.05, 0.2], 200 * 24) == pytest.approx(100.0)
    # One false alarm a plant-year: two honest plants of three have one within the year.
    assert chance_of_alarm([1.0], 12) == pytest.approx(0.632, abs=0.001)


@pytest.mark.parametrize("rates", [(0.2, 0.1), (0.0, 0.1), (0.1, 0.1)])
def test_operating_points_out_of_order_are_refused(rates):
    rows = "".join(f"p{place},{rate},s,c\n" for place, rate in enumerate(rates))
    with pytest.raises(ValueError):
        parse_operating_points("name,rate_per_plant_year,source,confidence\n" + rows)
