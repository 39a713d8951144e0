"""Episodes: what rose to an alarm is told once, from the month in which it began to its last alarm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.balance.episode import GAP_MONTHS, Episode, episodes
from ytterby.balance.page import DOWN, UP, Chart, page_set

BOTH = (Chart(UP, 0.5, 3.0), Chart(DOWN, 0.5, 3.0))
FOUR = (*BOTH, Chart(UP, 1.0, 2.0), Chart(DOWN, 1.0, 2.0))


def found(z, charts=BOTH):
    return episodes(*page_set(np.array(z, dtype=np.float64), charts), charts)


def test_an_episode_begins_where_its_chart_left_zero_and_ends_with_its_alarm():
    # S: 0, 0.5, 2.0, 3.5 > 3; before it a rise that fell back to 0 is none of it.
    (one,) = found([1.0, -2.0, 1.0, 2.0, 2.0, -1.0])
    assert one == Episode(UP, 2, 4, pytest.approx(3.5 / 3.0), 0.5)


def test_a_quiet_series_has_no_episode():
    assert found([0.4, -0.4, 0.5, -0.5]) == ()
    assert found([]) == ()


def test_a_fall_is_an_episode_down():
    (one,) = found([0.0, -2.5, -2.5])
    assert (one.direction, one.since, one.until) == (DOWN, 1, 2)


def test_an_alarm_in_the_first_month_begins_there():
    (one,) = found([4.0])
    assert (one.since, one.until, one.excess) == (0, 0, pytest.approx(3.5 / 3.0))


@pytest.mark.parametrize(("quiet", "episodes_found"), [(GAP_MONTHS - 1, 1), (GAP_MONTHS, 2)])
def test_alarms_that_follow_closely_are_one_episode(quiet, episodes_found):
    # The second begins in the month after the quiet ones, so `quiet` + 1 months after the first ended.
    assert len(found([4.0, *([-1.0] * quiet), 5.0])) == episodes_found


def test_joined_alarms_keep_the_largest_excess_and_its_chart():
    (one,) = found([4.0, 5.5, 4.2])
    assert (one.since, one.until, one.excess) == (0, 2, pytest.approx(5.0 / 3.0))
    # At once and large: the chart of abrupt losses is further over its threshold.
    (large,) = found([6.0], FOUR)
    assert (large.k, large.excess) == (1.0, pytest.approx(2.5))


def test_directions_are_told_apart_and_the_most_excessive_comes_first():
    first, second = found([4.0, -6.0])
    assert (first.direction, second.direction) == (DOWN, UP)
    assert first.excess > second.excess


def test_charts_of_one_direction_make_one_episode_from_where_the_chart_that_alarmed_left_zero():
    # k = 1 left 0 in month 1 and alarms there, though k = 0.5 rose from month 0; month 3 alarms anew.
    charts = (Chart(UP, 0.5, 3.4), Chart(UP, 1.0, 1.5))
    levels, alarms = page_set(np.array([1.0, 2.9, 1.0, 3.6]), charts)
    assert alarms.any(axis=0).tolist() == [False, True, False, True]
    (joined,) = episodes(levels, alarms, charts)
    assert (joined.since, joined.until) == (1, 3)


scores = st.lists(st.one_of(st.floats(-6, 6), st.just(float("nan"))), min_size=1, max_size=60)


@settings(max_examples=300, deadline=None)
@given(scores, st.sampled_from([BOTH, FOUR]))
def test_every_alarm_lies_in_exactly_one_episode_of_its_direction(z, charts):
    levels, alarms = page_set(np.array(z), charts)
    told = episodes(levels, alarms, charts)
    for place, chart in enumerate(charts):
        for month in np.flatnonzero(alarms[place]):
            holding = [one for one in told if one.direction == chart.direction and one.since <= month <= one.until]
            assert len(holding) == 1
            assert holding[0].excess >= levels[place, month] / chart.h
    for one in told:
        mine = [place for place, chart in enumerate(charts) if chart.direction == one.direction]
        # It ends with an alarm, begins with a rise, and exceeds its threshold.
        assert alarms[mine, one.until].any()
        assert one.direction * z[one.since] > 0
        assert one.excess > 1
    assert [one.excess for one in told] == sorted((one.excess for one in told), reverse=True)


@settings(max_examples=100, deadline=None)
@given(scores)
def test_mirrored_scores_have_mirrored_episodes(z):
    there, back = found(z, FOUR), found([-score for score in z], FOUR)
    assert sorted(there) == sorted(one._replace(direction=-one.direction) for one in back)
