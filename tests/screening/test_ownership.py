"""Ownership by listed parties: fixpoints of direct stakes, never multiplication; readings; what always holds."""

import random
import time
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.owned import DAY, listed, owned, packaged, rule_set, stake
from ytterby.screening.ownership import (
    ListedParty,
    Stake,
    captured_rounds,
    captures_of,
    graph_of,
    latest_stakes,
    possible_parties,
)
from ytterby.screening.ownership_rule import UNIT, WHOLE, parse_ownership_rules
from ytterby.screening.ownership_verdict import Ownership, Verdict

CAPTURED, POSSIBLE, CLEAR, UNSTATED = Verdict.CAPTURED, Verdict.POSSIBLE, Verdict.CLEAR, Verdict.UNSTATED


def verdicts(found: Ownership) -> dict[str, Verdict]:
    return {one.party: one.verdict for one in found.all()}


# What the specification names


def test_twenty_and_thirty_percent_of_two_listed_firms_capture():
    found = owned([stake("A", "P", 20), stake("B", "P", 30), stake("clean", "P", 50)], "AB")
    assert found.of("P").verdict is CAPTURED
    assert [(link.stake.owner, link.is_listed) for link in found.chain("P", "own", most=9)] == [
        ("B", True),
        ("A", True),
    ]


def test_half_of_half_captures_and_is_never_multiplied():
    stakes = [stake("L", "P", 50), stake("P", "C", 50), stake("x", "P", 50), stake("y", "C", 50)]
    found = owned(stakes, "L")
    assert (found.of("P").verdict, found.of("C").verdict) == (CAPTURED, CAPTURED)
    assert found.multiplied_percent("C") == pytest.approx(25.0)
    told = found.chain("C", "own", most=9)
    assert [(link.depth, link.stake.owner, link.stake.owned) for link in told] == [(1, "P", "C"), (2, "L", "P")]


@pytest.mark.parametrize(
    ("lo", "inclusive", "verdict"),
    [("49.999999", True, CLEAR), ("50", True, CAPTURED), ("50", False, CLEAR), ("50.000001", False, CAPTURED)],
)
def test_the_threshold_is_exact_and_says_whether_it_counts_itself(lo, inclusive, verdict):
    rest = 100 - float(lo)
    found = owned([stake("L", "P", lo), stake("x", "P", f"{rest:.6f}")], "L", inclusive=inclusive)
    assert found.of("P").verdict is verdict


def test_what_nobody_declared_counts_as_possibly_listed():
    assert owned([stake("L", "P", 30), stake("x", "P", 45)], "L").of("P").verdict is POSSIBLE
    assert owned([stake("x", "P", 45)]).of("P").verdict is POSSIBLE
    assert owned([stake("x", "P", 51)]).of("P").verdict is CLEAR
    one = owned([stake("x", "P", 45)]).of("P")
    assert one.open_share == 55 * UNIT
    assert owned([stake("x", "P", 51)]).of("x").verdict is UNSTATED


def test_an_interval_that_reaches_the_threshold_is_possible():
    found = owned([stake("L", "P", 40, 60), stake("x", "P", 40, 60)], "L")
    assert found.of("P").verdict is POSSIBLE
    assert found.of("P").under[0].most == 60 * UNIT


def test_a_listed_minority_is_a_question():
    found = owned([stake("L", "P", 25), stake("x", "P", 75), stake("L", "Q", "24.9"), stake("x", "Q", "75.1")], "L")
    assert [(found.of(p).verdict, found.of(p).is_minority) for p in "PQ"] == [(CLEAR, True), (CLEAR, False)]


def test_circles_end_and_do_not_capture_by_themselves():
    ring = [stake("A", "B", 100), stake("B", "C", 100), stake("C", "A", 100)]
    assert verdicts(owned(ring)) == dict.fromkeys("ABC", POSSIBLE)
    assert verdicts(owned([stake("A", "B", 60), stake("B", "A", 40), stake("x", "A", 60), stake("y", "B", 40)])) == {
        "A": CLEAR, "B": CLEAR, "x": UNSTATED, "y": UNSTATED,
    }  # fmt: skip
    found = owned([*ring[:2], stake("C", "A", 50), stake("L", "A", 50)], "L")
    assert [found.of(p).verdict for p in "ABC"] == [CAPTURED] * 3
    assert len(found.chain("C", "own", most=50)) == 3


def test_the_last_statement_of_a_stake_counts_and_a_later_one_does_not_yet():
    stakes = [
        stake("L", "P", 60, on=date(2026, 1, 1)), stake("L", "P", 10, on=date(2026, 6, 1)),
        stake("x", "P", 80, on=date(2026, 1, 2)),
    ]  # fmt: skip
    assert owned(stakes, "L").of("P").verdict is CLEAR
    assert owned(stakes[:1], "L", on=date(2025, 12, 31)).listed
    before = Ownership(stakes, listed("L"), rule_set(), on=date(2026, 5, 31), known=DAY)
    assert before.of("P").verdict is CAPTURED


def test_two_sources_of_one_day_span_both():
    both = [stake("L", "P", 40, source="a"), stake("L", "P", 60, source="b"), stake("x", "P", 40)]
    assert owned(both, "L").of("P").verdict is POSSIBLE


def test_a_listing_counts_from_its_day_to_before_its_end():
    stakes = [stake("L", "P", 60), stake("x", "P", 40)]
    row = ListedParty("L", "own", date(2026, 3, 1), date(2026, 4, 1))
    held = {d: Ownership(stakes, [row], rule_set(), on=DAY, known=DAY) for d in (DAY,)}
    assert held[DAY].of("P").verdict is CLEAR
    inside = Ownership(
        [s._replace(on=date(2026, 1, 1)) for s in stakes], [row], rule_set(), on=date(2026, 3, 31), known=DAY
    )
    assert inside.of("P").verdict is CAPTURED


# How stakes add up


def test_owners_that_are_not_added_count_each_with_what_it_captures():
    stakes = [
        stake("A", "P", 20), stake("B", "P", 30), stake("x", "P", 50),
        stake("A", "M", 60), stake("x", "M", 40), stake("A", "N", 60), stake("x", "N", 40),
        stake("M", "Q", 25), stake("N", "Q", 25), stake("x", "Q", 50),
    ]  # fmt: skip
    found = owned(stakes, "AB", aggregates="no")
    assert (found.of("P").verdict, found.of("Q").verdict) == (CLEAR, CAPTURED)
    assert found.of("P").is_minority


def test_where_it_is_unknown_whether_stakes_add_up_the_answer_is_disputed():
    one = owned([stake("A", "P", 20), stake("B", "P", 30), stake("x", "P", 50)], "AB", aggregates="unknown").of("P")
    assert (one.verdict, one.is_disputed) == (POSSIBLE, True)
    alone = owned([stake("A", "P", 50), stake("x", "P", 50)], "AB", aggregates="unknown").of("P")
    assert (alone.verdict, alone.is_disputed) == (CAPTURED, False)


def test_a_disputed_rule_makes_possible_and_a_suspended_one_changes_nothing():
    stakes, period = [stake("L", "P", 60), stake("x", "P", 40)], {"source": "made up", "confidence": "practice"}
    away = {"suspended": [{"from": "2026-01-01", "to": "2026-12-31", **period}]}
    one = owned(stakes, "L", **away).of("P")
    assert (one.verdict, one.under[0].verdict, one.under[0].counts) == (CLEAR, CAPTURED, False)
    readings = [
        {"dispute": "end", "id": "over"},
        {"dispute": "end", "id": "on", "suspended": [{"from": "2026-01-01", "to": None, **period}]},
    ]
    one = owned(stakes, "L", readings=readings).of("P")
    assert (one.verdict, one.is_disputed) == (POSSIBLE, True)


# The packaged rules


HALVES = [stake("L", "P", 50, on=date(2000, 1, 1)), stake("x", "P", 50, on=date(2000, 1, 1))]
TWO = [stake(o, "P", lo, on=date(2000, 1, 1)) for o, lo in (("L", 20), ("M", 30), ("x", 50))]


@pytest.mark.parametrize(
    ("of", "on", "stakes", "verdict"),
    [
        ("us-ofac-sdn", date(2014, 8, 12), TWO, POSSIBLE),
        ("us-ofac-sdn", date(2014, 8, 13), TWO, CAPTURED),
        ("us-entity", date(2025, 9, 28), HALVES, CLEAR),
        ("us-entity", date(2025, 9, 29), HALVES, CAPTURED),
        ("us-entity", date(2025, 11, 10), HALVES, CLEAR),
        ("us-entity", date(2026, 11, 26), HALVES, POSSIBLE),
        ("cn-export-control", date(2025, 10, 20), HALVES, CAPTURED),
        ("cn-export-control", date(2025, 10, 20), TWO, POSSIBLE),
        ("cn-export-control", date(2026, 5, 1), HALVES, CLEAR),
        ("cn-watch", date(2026, 11, 26), HALVES, POSSIBLE),
        ("eu-fsf", date(2024, 7, 2), HALVES, CLEAR),
        ("eu-fsf", date(2024, 7, 3), HALVES, CAPTURED),
        ("eu-fsf", date(2024, 7, 3), TWO, CAPTURED),
        ("uk-sanctions", date(2026, 1, 1), HALVES, CLEAR),
        ("uk-sanctions", date(2026, 1, 1), TWO, CLEAR),
    ],
)
def test_the_packaged_rules_of_a_day(of, on, stakes, verdict):
    rows = [ListedParty(name, of) for name in "LM"]
    assert packaged(stakes, rows, on=on).of("P").verdict is verdict


def test_what_could_not_be_known_does_not_count():
    rows = [ListedParty("L", "us-entity")]
    found = packaged(HALVES, rows, on=date(2025, 12, 1), known=date(2025, 10, 1))
    assert found.of("P").verdict is CAPTURED
    assert packaged(HALVES, rows, on=date(2025, 12, 1)).of("P").verdict is CLEAR


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["rules"].append(c["rules"][0]),
        lambda c: c["rules"][0].update(aggregates="perhaps"),
        lambda c: c["rules"][0].update(threshold_percent="0"),
        lambda c: c["rules"][0].update(threshold_percent="101"),
        lambda c: c["rules"][0].update(readings=[{"dispute": "d", "id": "none"}]),
    ],
)
def test_rules_that_say_nothing_sensible_are_not_taken(spoil):
    row = {
        "id": "r", "jurisdiction": "XA", "title": {}, "lists": [], "threshold_percent": "50", "is_inclusive": True,
        "aggregates": "yes", "published": "2020-01-01", "effective": "2020-01-01", "source": "", "confidence": "read",
    }  # fmt: skip
    content = {
        "minority": {"percent": "25", "source": "", "confidence": "read"},
        "disputes": [{"id": "d", "text": {}, "settled_by": {}, "readings": []}],
        "rules": [row],
    }
    parse_ownership_rules(content)
    spoil(content)
    with pytest.raises(ValueError, match=r"."):
        parse_ownership_rules(content)


# What holds of every graph

NAMES = "abcdefgh"


@st.composite
def graphs(draw) -> list[Stake]:
    """Draw stakes whose lower bounds never come to more than the whole of any party."""
    left = dict.fromkeys(NAMES, WHOLE)
    found = []
    pairs = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20, unique=True))
    for owner, party in pairs:
        if owner == party:
            continue
        # Round figures meet thresholds often.
        lo = min(draw(st.sampled_from([0, 1, 10, 20, 25, 30, 49, 50, 51, 70, 100])) * UNIT, left[party])
        left[party] -= lo
        hi = draw(st.one_of(st.just(lo), st.integers(lo, WHOLE)))
        found.append(Stake(owner, party, lo, hi, DAY, "s"))
    return found


LISTED = st.sets(st.sampled_from(NAMES), max_size=3)
HOW = st.sampled_from(["yes", "no", "unknown"])
GRAVE = {Verdict.LISTED: 3, CAPTURED: 3, POSSIBLE: 2, CLEAR: 1, UNSTATED: 0}


def answers(stakes, names, **terms):
    found = Ownership(stakes, listed(*sorted(names)), rule_set(**terms), on=DAY, known=DAY, parties=NAMES)
    return {one.party: one for one in found.all()}


@given(graphs(), LISTED, HOW, st.booleans(), st.randoms())
def test_the_order_of_statements_says_nothing(stakes, names, how, inclusive, rng):
    other = list(stakes)
    rng.shuffle(other)
    first, second = (answers(rows, names, aggregates=how, inclusive=inclusive) for rows in (stakes, other))
    for name in NAMES:
        assert replace(first[name], under=()) == replace(second[name], under=())
        assert [u[1:] for u in first[name].under] == [u[1:] for u in second[name].under]


@given(graphs(), LISTED, st.sampled_from(NAMES), HOW)
def test_another_listed_party_frees_nobody(stakes, names, more, how):
    first, second = answers(stakes, names, aggregates=how), answers(stakes, names | {more}, aggregates=how)
    for name in NAMES:
        # Of a disputed answer either reading may be the graver one.
        assert GRAVE[second[name].verdict] >= GRAVE[first[name].verdict], name


@given(graphs(), LISTED, HOW, st.data())
def test_a_larger_stake_of_a_listed_party_frees_nobody(stakes, names, how, data):
    held = [n for n, one in enumerate(stakes) if one.owner in names]
    if not held:
        return
    at = data.draw(st.sampled_from(held))
    total = sum(one.lo for one in stakes if one.owned == stakes[at].owned)
    lo = stakes[at].lo + data.draw(st.integers(0, WHOLE - total))
    more = list(stakes)
    more[at] = more[at]._replace(lo=lo, hi=max(lo, more[at].hi))
    first, second = answers(stakes, names, aggregates=how), answers(more, names, aggregates=how)
    assert all(GRAVE[second[name].verdict] >= GRAVE[first[name].verdict] for name in NAMES)


@given(graphs(), LISTED, HOW, st.data())
def test_a_wider_interval_never_makes_possible_clear_nor_clear_captured(stakes, names, how, data):
    wider = [
        one._replace(lo=data.draw(st.integers(0, one.lo)), hi=data.draw(st.integers(max(one.hi, 1), WHOLE)))
        for one in stakes
    ]
    # A stake of at most nothing is none, and a party of which nothing is stated has no verdict to keep.
    stakes = [one._replace(hi=max(one.hi, 1)) for one in stakes]
    first, second = answers(stakes, names, aggregates=how), answers(wider, names, aggregates=how)
    for name in NAMES:
        before, after = first[name].verdict, second[name].verdict
        if before is POSSIBLE:
            assert after is POSSIBLE
        if before is CLEAR:
            assert after in {CLEAR, POSSIBLE}


@given(graphs(), LISTED, st.booleans(), st.booleans())
def test_both_fixpoints_are_fixpoints_and_the_least_and_the_greatest(stakes, names, inclusive, adds):
    graph = graph_of(latest_stakes(stakes, DAY), NAMES)
    terms = rule_set(inclusive=inclusive).rules[0].terms[0]
    seeds = {graph.number[name] for name in names}
    rounds, possible = captured_rounds(graph, seeds, terms), possible_parties(graph, seeds, terms)

    def reaches_low(party, held):
        return party in seeds or terms.reaches(sum(lo for owner, lo, _ in graph.owners[party] if owner in held))

    def reaches_high(party, held):
        clean = sum(lo for owner, lo, _ in graph.owners[party] if owner not in held)
        return party in seeds or (bool(graph.owners[party]) and terms.reaches(WHOLE - clean))

    everybody = set(range(len(graph.parties)))
    least, greatest = set(), everybody
    for _ in everybody | {-1}:
        least = {p for p in everybody if reaches_low(p, least)}
        greatest = {p for p in everybody if reaches_high(p, greatest)}
    assert (set(rounds), {p for p in everybody if possible[p]}) == (least, greatest)
    ways = captures_of(graph, seeds, terms, adds=adds)
    assert set(ways.rounds) <= least
    assert {p for p in everybody if ways.possible[p]} <= greatest
    assert all(ways.possible[p] for p in ways.rounds)


@given(graphs(), LISTED, st.booleans())
def test_alone_is_what_each_listed_party_makes_by_itself(stakes, names, inclusive):
    """Taken alone, each with whoever nobody declared being that one: worked out here over the whole graph."""
    graph = graph_of(latest_stakes(stakes, DAY), NAMES)
    terms = rule_set(inclusive=inclusive).rules[0].terms[0]
    seeds = {graph.number[name] for name in names}
    alone = captures_of(graph, seeds, terms, adds=False)
    captured, possible = set(seeds), {p for p, could in enumerate(possible_parties(graph, (), terms)) if could} | seeds
    for seed in seeds:
        captured |= set(captured_rounds(graph, (seed,), terms))
        possible |= {p for p, could in enumerate(possible_parties(graph, (seed,), terms)) if could}
    assert set(alone.rounds) == captured
    assert {p for p, could in enumerate(alone.possible) if could} == possible


@given(graphs(), LISTED)
def test_a_chain_leads_from_what_was_captured_to_listed_parties(stakes, names):
    found = Ownership(stakes, listed(*sorted(names)), rule_set(), on=DAY, known=DAY, parties=NAMES)
    for one in found.all():
        if one.verdict is not CAPTURED:
            continue
        links = found.chain(one.party, "own", most=1000)
        direct = sum(link.stake.lo for link in links if link.depth == 1)
        assert direct >= 50 * UNIT
        assert any(link.is_listed for link in links)
        ends = Counter(link.stake.owned for link in links)
        for link in links:
            assert link.is_listed or ends[link.stake.owner]


# Size


@pytest.mark.parametrize("how", [pytest.param("yes", marks=pytest.mark.long), "no"])
def test_a_graph_of_a_hundred_thousand_parties_is_answered_in_seconds(how):
    rng = random.Random(7)
    count = 100_000
    stakes, left = [], [WHOLE] * count
    for n in range(1, count):
        for _ in range(rng.choice([1, 2, 3])):
            lo = min(rng.choice([10, 25, 30, 50, 60]) * UNIT, left[n])
            left[n] -= lo
            stakes.append(Stake(f"p{rng.randrange(n)}", f"p{n}", lo, lo, DAY, "s"))
    names = [f"p{n}" for n in range(0, count, 500)]
    start = time.process_time()
    found = owned(stakes, names, aggregates=how)
    counts = Counter(one.verdict for one in found.all())
    # On an idle core about 1.5 s; the bound tells a linear algorithm from a quadratic one.
    assert time.process_time() - start < 15
    assert counts[CAPTURED] > 100


@pytest.mark.long
def test_a_chain_of_a_hundred_thousand_ends():
    count = 100_000
    stakes = [Stake(f"p{n}", f"p{n + 1}", WHOLE, WHOLE, DAY, "s") for n in range(count)]
    for how in ("yes", "no"):
        found = owned(stakes, ["p0", "p7", "p70000"], aggregates=how)
        assert found.of(f"p{count}").verdict is CAPTURED
        assert len(found.chain(f"p{count}", "own", most=24)) == 24
