"""False alarms beside what was to be expected: intervals against published and exact values, and nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ytterby.balance.false_alarm_statistics import (
    Exposure,
    Judged,
    false_alarm_statistics,
    jeffreys_rate,
    jeffreys_share,
)
from ytterby.balance.finding_state import Judgement


@pytest.mark.parametrize(
    ("events", "tests", "least", "most"),
    # Brown, Cai, DasGupta, Statist. Sci. 16 (2001) 101, table 5, n = 7 and 10, at 95 %.
    [(0, 7, 0.0, 0.292), (1, 7, 0.016, 0.501), (3, 7, 0.139, 0.766), (0, 10, 0.0, 0.217), (5, 10, 0.224, 0.776)],
)
def test_the_interval_of_a_share_is_the_published_one(events, tests, least, most):
    assert jeffreys_share(events, tests) == (pytest.approx(least, abs=6e-4), pytest.approx(most, abs=6e-4))


@given(st.integers(0, 60), st.integers(1, 200))
def test_a_share_lies_in_its_interval_and_mirrors(events, more):
    tests = events + more
    least, most = jeffreys_share(events, tests)
    assert least <= events / tests <= most
    other = jeffreys_share(tests - events, tests)
    assert (1 - other[1], 1 - other[0]) == (pytest.approx(least, abs=1e-12), pytest.approx(most, abs=1e-12))


@given(st.integers(1, 60), st.floats(0.1, 1000))
def test_a_rate_in_time_is_the_quantile_of_its_gamma(events, years):
    least, most = jeffreys_rate(events, years)
    gamma = stats.gamma(events + 0.5, scale=1 / years)
    assert (gamma.cdf(least), gamma.cdf(most)) == (pytest.approx(0.025), pytest.approx(0.975))


@pytest.mark.parametrize(("events", "tests"), [(-1, 3), (4, 3), (0, 0)])
def test_what_cannot_have_happened_has_no_interval(events, tests):
    with pytest.raises(ValueError):
        jeffreys_share(events, tests)
    with pytest.raises(ValueError):
        jeffreys_rate(min(events, -1), 1.0)


judgements = st.sampled_from([*Judgement, None])


@given(st.lists(st.tuples(st.sampled_from("abc"), judgements), max_size=40))
def test_no_finding_is_lost_and_what_waits_widens_the_interval_upwards_only(rows):
    exposures = {"a": Exposure(50, 0.0027), "b": Exposure(12.5, 0.05, is_in_time=True)}
    found = false_alarm_statistics((Judged(*row) for row in rows), exposures)
    assert [one.kind for one in found] == sorted({kind for kind, _ in rows} | {"a", "b"})
    counted = sum(one.real + one.explained + one.false_alarms + one.no_verdict + one.waiting for one in found)
    assert counted == len(rows)
    judged = {one.kind: one for one in false_alarm_statistics((Judged(*r) for r in rows if r[1]), exposures)}
    for one in found:
        if one.exposure is None:
            assert (one.rate, one.least, one.most, one.judgement) == (None, None, None, "unknown")
            continue
        assert one.least <= one.rate <= one.most
        assert one.least == judged[one.kind].least
        assert one.most >= judged[one.kind].most


@pytest.mark.parametrize(
    ("false_alarms", "waiting", "said"),
    [(3, 0, "as_expected"), (30, 0, "more"), (0, 0, "fewer"), (0, 5, "as_expected")],
)
def test_the_rate_is_set_beside_the_expected_one(false_alarms, waiting, said):
    rows = [Judged("a", Judgement.FALSE_ALARM)] * false_alarms + [Judged("a", None)] * waiting
    (one,) = false_alarm_statistics(rows, {"a": Exposure(1000, 0.004)})
    assert (one.judgement, one.expected, one.exposure) == (said, 0.004, 1000)
