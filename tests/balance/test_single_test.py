"""Single tests: the score from which one is a finding rises with their number, and what chance brings is said."""

from math import erfc, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.chain_of import Chain, line
from ytterby.balance.finding import listed_findings
from ytterby.balance.single_test import LEAST_SCORE, plant_years, single_tests

counts = st.integers(0, 10**7)
allowances = st.one_of(st.none(), st.floats(1e-6, 1e4))


def both_tails(score: float) -> float:
    """Return the chance of a standard normal beyond a score of either sign (complementary error function)."""
    return erfc(score / sqrt(2))


@given(counts, allowances)
def test_the_limit_is_never_below_three_and_the_number_expected_is_tests_by_tail(tests, allowed):
    found = single_tests(tests, allowed)
    assert found.limit >= LEAST_SCORE == 3.0
    assert found.expected_false_alarms == pytest.approx(tests * both_tails(found.limit), rel=1e-6)


@given(st.integers(1, 10**7), st.floats(1e-6, 1e4))
def test_no_more_false_alarms_are_expected_than_allowed(tests, allowed):
    found = single_tests(tests, allowed)
    assert found.expected_false_alarms <= allowed * (1 + 1e-6)
    # And the limit is no higher than that needs.
    if found.limit > LEAST_SCORE:
        assert found.expected_false_alarms == pytest.approx(allowed, rel=1e-6)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.floats(1e-4, 10), st.floats(1e-4, 10))
def test_more_tests_or_less_allowed_never_lower_the_limit(tests, more, allowed, less):
    assert single_tests(tests + more, allowed).limit >= single_tests(tests, allowed).limit
    assert single_tests(tests, min(allowed, less)).limit >= single_tests(tests, max(allowed, less)).limit


@pytest.mark.parametrize(
    ("tests", "allowed", "limit"),
    [
        (0, 0.1, 3.0),
        (10, 1.0, 3.0),
        (1000, None, 3.0),
        # Two-sided quantiles of the normal distribution: 1e-4, 1e-6.
        (1000, 0.1, 3.8906),
        (10**6, 1.0, 4.8916),
    ],
)
def test_limits_by_the_table_of_the_normal_distribution(tests, allowed, limit):
    assert single_tests(tests, allowed).limit == pytest.approx(limit, abs=5e-5)


def differing(score: float, others: int = 0) -> Chain:
    """Return a delivery that differs by so many standard uncertainties, among others that agree."""
    chain = Chain()
    chain.source("mine", line("ore", 100_000), hour=0)
    for number in range(others + 1):
        sent, got = 100.0, 100.0 - (score * 2**0.5 if number == 0 else 0.0)
        chain.ship("mine", "plant", line("ore", sent, u_kg=1.0), document=f"d{number}", hour=24 * number + 1)
        chain.receive("plant", "mine", line("ore", got, u_kg=1.0), document=f"d{number}", hour=24 * number + 2)
    return chain


def kinds(chain: Chain, rate: float | None) -> list[str]:
    return [one.problem.code for one in listed_findings(chain.book(), rate=rate).findings]


@pytest.mark.parametrize(("score", "rate", "found"), [(3.3, None, 1), (2.9, None, 0), (3.3, 0.001, 0), (5.5, 0.001, 1)])
def test_a_delivery_is_a_finding_beyond_the_limit_of_all_of_them(score, rate, found):
    assert kinds(differing(score, others=20), rate).count("mirror.differs") == found


def test_what_chance_alone_brings_is_told_beside_the_list():
    book = differing(3.3, others=20).book()
    assert listed_findings(book).expected_false_alarms == pytest.approx(21 * both_tails(3.0))
    allowed = 0.001 * plant_years(book)
    assert listed_findings(book, rate=0.001).expected_false_alarms == pytest.approx(allowed, rel=1e-6)


def test_plant_years_run_for_each_site_from_its_first_posting_to_its_last():
    chain = Chain()
    chain.source("mine", line("a", 1), hour=0)
    chain.source("mine", line("b", 1), hour=24 * 365.25)
    chain.source("plant", line("c", 1), hour=0)
    chain.source("plant", line("d", 1), hour=12 * 365.25)
    assert plant_years(chain.book()) == pytest.approx(1.5)
    assert plant_years(Chain().book()) == 0.0


def test_a_site_that_spoke_once_spoke_of_a_month():
    chain = Chain()
    chain.source("mine", line("a", 1), hour=0)
    assert plant_years(chain.book()) == pytest.approx(1 / 12)


def test_what_differs_shows_on_the_first_day_too():
    """A book of two hours: were its plant-years next to none, no difference would be large enough."""
    assert kinds(differing(3.3), 0.02) == ["mirror.differs"]


def test_where_no_false_alarm_is_allowed_three_is_the_limit():
    assert single_tests(5, 0.0).limit == LEAST_SCORE
