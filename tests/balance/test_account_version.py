"""What a stored month balance was made of, and when two versions say the same."""

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balance.test_items import accounts, day, two_months
from chain.chain_of import Chain, line
from chain.test_conservation import history, seeds
from ytterby.balance.account_version import TOLERANCE, changed_figures, inputs_digest, inputs_digests
from ytterby.balance.items import account_items
from ytterby.chain.book import build_from_bundles
from ytterby.chain.period import Month

JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)
figures = st.dictionaries(
    st.sampled_from(["muf_kg", "sigma_kg", "sitmuf", "page_up_05", "cumuf_kg", "threshold_05"]),
    st.none() | st.floats(-1e6, 1e6),
)


def digest(chain: Chain, month: Month = JANUARY, site: str = "plant") -> bytes:
    return inputs_digest(accounts(chain), site, month)


def test_what_counts_in_a_month_or_before_it_changes_the_digest_and_what_comes_later_does_not():
    before = digest(two_months())
    later = two_months()
    later.ship("plant", "maker", line("oxide", 2, Nd=2), document="d7", hour=day(2, 20))
    assert digest(later) == before
    assert digest(later, FEBRUARY) != digest(two_months(), FEBRUARY)
    late = two_months()
    late.ship("plant", "maker", line("oxide", 2, Nd=2), document="d7", hour=day(1, 25))
    assert digest(late) != before
    assert digest(late, FEBRUARY) != digest(two_months(), FEBRUARY)


@settings(max_examples=40, deadline=None)
@given(seeds, st.randoms())
def test_digests_of_many_months_are_those_of_each(seed, random):
    chain = history(seed)
    found = account_items(list(chain.bundles), chain.book(), lambda site: UTC)
    for site in found.sites:
        months = random.sample(found.months, len(found.months))
        assert inputs_digests(found, site, months) == {one: inputs_digest(found, site, one) for one in months}


def test_a_stock_that_ends_one_month_and_opens_the_next_counts_otherwise_in_each():
    found = accounts(two_months())
    both = inputs_digests(found, "plant", [FEBRUARY, JANUARY])
    assert both == {one: inputs_digest(found, "plant", one) for one in (JANUARY, FEBRUARY)}
    assert len(set(both.values())) == 2


def test_what_happens_at_another_plant_changes_nothing():
    other = two_months()
    other.ship("maker", "user", line("magnet", 2, Nd=1), document="d8", hour=day(1, 25))
    assert digest(other) == digest(two_months())
    assert digest(other, site="maker") != digest(two_months(), site="maker")


def test_months_are_named_not_numbered_so_that_an_earlier_month_elsewhere_changes_nothing():
    earlier = two_months()
    earlier.source("far", line("old", 5, Nd=1), hour=-24 * 200)
    assert accounts(earlier).months[0] < accounts(two_months()).months[0]
    assert digest(earlier) == digest(two_months())


def test_a_nil_stock_taking_changes_the_digest_though_it_has_no_items():
    """It makes a month testable."""
    chains = []
    for is_nil in (False, True):
        chain = Chain()
        chain.source("plant", line("a", 1, Nd=1), hour=day(1, 1, 1), origin="opening_stock")
        chain.ship("plant", "maker", line("a", 1, Nd=1), document="d", hour=day(1, 9))
        if is_nil:
            chain.count("plant", is_complete=True, pool="tank", hour=day(1, 31, 23))
        chains.append(digest(chain))
    assert chains[0] != chains[1]


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_order_of_arrival_changes_nothing(seed):
    """The account is a function of the set of accepted events."""
    chain = history(seed)
    known = chain.book().world
    found = [
        account_items(bundles, build_from_bundles(bundles, known), lambda site: UTC)
        for bundles in (list(chain.bundles), list(chain.bundles)[::-1])
    ]
    last = found[0].months[-1] if found[0].months else JANUARY
    for site in {row.site for row in found[0].rows}:
        assert inputs_digest(found[0], site, last) == inputs_digest(found[1], site, last)


@given(figures)
def test_a_version_does_not_differ_from_itself_nor_by_its_last_bits(stored):
    assert changed_figures(stored, stored) == ()
    nudged = {name: value if value is None else value * (1 + TOLERANCE / 4) for name, value in stored.items()}
    assert changed_figures(stored, nudged) == ()


@given(figures, st.data())
def test_each_figure_that_differs_is_named_and_no_other(stored, data):
    if not stored:
        return
    name = data.draw(st.sampled_from(sorted(stored)))
    sigma = abs(stored.get("sigma_kg") or 0.0)
    far = (stored[name] or 0.0) + 3.0 + 1e-6 * max(sigma, abs(stored[name] or 0.0))
    changed = {**stored, name: far}
    assert changed_figures(stored, changed) == changed_figures(changed, stored) == (name,)
    if stored[name] is not None:
        assert changed_figures(stored, {**stored, name: None}) == (name,)


def test_kilograms_are_compared_with_the_months_sigma_and_scores_with_one():
    """A MUF of nothing is a difference of tonnes: its last bits are those of the tonnes."""
    stored = {"muf_kg": 0.0, "sigma_kg": 1000.0, "sitmuf": 0.0}
    assert changed_figures(stored, {**stored, "muf_kg": 1e-7, "sitmuf": 1e-10}) == ()
    assert changed_figures(stored, {**stored, "muf_kg": 1e-5, "sitmuf": 1e-8}) == ("muf_kg", "sitmuf")


@pytest.mark.parametrize(("first", "second"), [(True, False), (True, 1.0), ("a", "b"), (None, False)])
def test_words_are_compared_as_they_are(first, second):
    assert changed_figures({"alarm": first}, {"alarm": second}) == ("alarm",)
    assert changed_figures({"alarm": first}, {"alarm": first}) == ()


def test_what_makes_up_a_variance_is_no_figure_of_its_own():
    assert changed_figures({"contributors": [1]}, {"contributors": []}) == ()
