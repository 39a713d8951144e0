"""Figures of an evaluation are what they say, and hold on the development set."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.screening.evaluation import Judged, area_under, curve, evaluate, interval, is_odd, set_threshold
from ytterby.screening.group import Group
from ytterby.screening.invented_firm import invent_firms
from ytterby.screening.name_index import build_index
from ytterby.screening.screener import Screener
from ytterby.shell.cli.name_files import read_queries, read_targets
from ytterby.shell.cli.party_evaluate import invented_queries, judge
from ytterby.shell.site.screening_tables import firm_parts, name_tables, scoring

DATA = Path(os.environ.get("YTTERBY_SHARED_DATA", "")) / "screening" / "dev"
SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@given(SCORES, st.sampled_from([0.01, 0.05, 0.3]))
def test_no_more_than_the_stated_share_lies_above_a_threshold(scores, rate):
    threshold = set_threshold(scores, rate)
    assert sum(score > threshold for score in scores) <= rate * len(scores)


@given(SCORES, SCORES)
def test_the_area_is_the_chance_that_a_positive_is_above(positive, negative):
    pairs = [(a > b) + 0.5 * (a == b) for a in positive for b in negative]
    assert area_under(positive, negative) == pytest.approx(np.mean(pairs))


def test_only_the_right_entry_counts_and_sisters_set_no_threshold():
    def one(cls, best, own=None, is_positive=False):
        return Judged(f"{cls}{best}", cls, is_positive, Group.BODY, best, own)

    judged = [
        one("neg_org_swap", 0.3),
        one("neg_sibling", 0.9),
        one("typo", 0.8, 0.8, True),
        one("typo", 0.7, None, True),
    ]
    judged.append(one("alias_far", 0.9, 0.9, True))
    row = evaluate(judged, 0.01)
    assert row.thresholds[Group.BODY] == 0.3
    assert (row.positives, row.found) == (2, 1)
    assert {each.cls: each.alerts for each in row.rows} == {
        "alias_far": 1,
        "neg_org_swap": 0,
        "neg_sibling": 1,
        "typo": 1,
    }
    assert curve(judged, [0.01]) == {Group.BODY: [(0.01, 0.5, 2)]}


def test_an_interval_holds_its_share():
    for found, count in ((0, 10), (5, 10), (10, 10)):
        low, high = interval(found, count)
        assert 0 <= low <= found / count <= high + 1e-12 <= 1 + 1e-9
    assert interval(0, 0) == (0.0, 1.0)


def test_invented_firms_are_different_and_come_again_with_their_seed():
    firms = invent_firms(firm_parts(), 500, 3)
    assert firms == invent_firms(firm_parts(), 500, 3) != invent_firms(firm_parts(), 500, 4)
    assert len({firm.han for firm in firms}) == 500


@pytest.mark.skipif(not DATA.exists(), reason="the development set of screening is not here (YTTERBY_SHARED_DATA)")
def test_the_figures_hold_on_every_fifth_query_of_the_odd_half():
    """The whole table is `party evaluate`; this holds what must not be lost, on a sample."""
    bearers, problems = read_targets(DATA / "targets.csv")
    assert not problems
    index, rarity = build_index(bearers, name_tables())
    screener = Screener(index, name_tables(), rarity, scoring())
    queries, problems = read_queries(DATA / "queries.csv")
    assert not problems
    sample = [one for one in queries if is_odd(one.id)][::5] + invented_queries(2_000, screener)[::8]
    judged = judge(sample, screener)
    assert evaluate(judged, 0.01).recall >= 0.82
    at_five = evaluate(judged, 0.05)
    assert at_five.recall >= 0.91
    sisters = [one for one in evaluate(judged, 0.01).rows if one.cls.startswith("neg_sibling")]
    assert sum(one.alerts for one in sisters) <= 0.1 * sum(one.count for one in sisters)
    variants = [one for one in evaluate(judged, 0.01).rows if one.cls == "zh_listed_variant"]
    assert all(one.share >= 0.92 for one in variants)
