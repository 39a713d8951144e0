"""The logic of three values: knowing more never turns an answer round, and decides as two values would."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import asked, content_of, with_pack
from ytterby.law.condition import ALL, ANY, AT_LEAST, MORE_THAN, NOT, Branch, Leaf, judge
from ytterby.law.ternary import Ternary, all_of, any_of, negation

NAMES = ("a", "b", "c", "share")
PLACES = ("P", "Q", "R")
WORD_LEAF = st.builds(
    lambda name, values: Leaf(name, frozenset(values)), st.sampled_from(NAMES[:3]), st.sets(st.sampled_from(PLACES))
)
FIGURE_LEAF = st.builds(
    lambda relation, limit: Leaf("share", relation=relation, limit=limit, u="share_u", k=Decimal(2)),
    st.sampled_from((AT_LEAST, MORE_THAN)),
    st.decimals(0, 1, places=2),
)
CONDITIONS = st.recursive(
    WORD_LEAF | FIGURE_LEAF,
    lambda inner: (
        st.builds(
            lambda kind, parts: Branch(kind, tuple(parts)), st.sampled_from((ALL, ANY)), st.lists(inner, min_size=1)
        )
        | st.builds(lambda part: Branch(NOT, (part,)), inner)
    ),
    max_leaves=8,
)
FACTS = st.fixed_dictionaries(
    {name: st.lists(st.sampled_from(PLACES), min_size=1, max_size=2).map(tuple) for name in NAMES[:3]}
    | {"share": st.decimals(0, 1, places=2)}
)


@settings(deadline=None, max_examples=400)
@given(CONDITIONS, FACTS, st.sets(st.sampled_from(NAMES)))
def test_learning_a_fact_never_turns_an_answer_round(condition, facts, hidden):
    known = {name: value for name, value in facts.items() if name not in hidden}
    before, after = judge(condition, known), judge(condition, facts)
    assert after.value is not Ternary.UNKNOWN
    assert before.value in {Ternary.UNKNOWN, after.value}
    # The facts that are named as missing are those that are, and there are some where it is unknown.
    assert set(before.missing) <= hidden
    assert bool(before.missing) == (before.value is Ternary.UNKNOWN)


@settings(deadline=None, max_examples=200)
@given(CONDITIONS, FACTS, st.decimals(0, 1, places=2), st.decimals(0, 1, places=2))
def test_a_worse_figure_never_turns_an_answer_round(condition, facts, u, more):
    sharp = judge(condition, facts | {"share_u": u}).value
    blunt = judge(condition, facts | {"share_u": u + more}).value
    assert blunt in {Ternary.UNKNOWN, sharp}


@pytest.mark.parametrize(("a", "b"), list(product(Ternary, Ternary)))
def test_and_or_not_are_each_others_mirror(a, b):
    assert negation(all_of((a, b))) is any_of((negation(a), negation(b)))
    two = {Ternary.YES: [True], Ternary.NO: [False], Ternary.UNKNOWN: [True, False]}
    outcomes = {x and y for x in two[a] for y in two[b]}
    expected = Ternary.UNKNOWN if len(outcomes) == 2 else (Ternary.YES if outcomes == {True} else Ternary.NO)
    assert all_of((a, b)) is expected


# Facts that no rule presumes, of every rule that asks for any.
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "to": st.sampled_from(("US", "JP", "DE")),
        # That a user is listed is the one fact that is taken as not so where nobody says it.
        "user": st.sampled_from(("military", "civil")),
        "use": st.sampled_from(("military", "hdd")),
        "listed_on": st.sampled_from(("control", "watch")),
        "magnet": st.sampled_from(("NdFeB", "SmCo", "other")),
        "value_share": st.sampled_from(("0", "0.0005", "0.5")),
        **{name: st.sampled_from(("CN", "DE")) for name in ("mined_in", "refined_in", "separated_in", "melted_in")},
    },
)
RULES = ("CN-dual-use", "CN-46-2024", "CN-1-2026", "CN-61.1", "US-DFARS-7052", "EU-CRMA-29")
ON = ("2025-10-15", "2026-05-01", "2026-11-20", "2027-01-05", "2028-01-01")


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(RULES), st.sampled_from(ON), GIVEN, st.data())
def test_more_facts_narrow_an_answer_and_never_turn_it_round(rule, on, facts, data):
    fewer = {name: facts[name] for name in data.draw(st.sets(st.sampled_from(sorted(facts))))} if facts else {}
    before, after = asked(rule, on, **fewer), asked(rule, on, **facts)
    assert before.answer in {"unknown", after.answer}
    assert bool(after.missing) <= (after.answer == "unknown")


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(RULES), st.sampled_from(ON), GIVEN)
def test_suspending_and_lifting_on_the_same_day_changes_no_answer(rule, on, facts):
    for pack in ("cn-bans", "us-dfars-7052"):
        content = content_of(pack)
        for row in content["rules"]:
            trust = {"source": "a test", "confidence": "read"}
            row["suspended"] = [{"from": on, "to": on, "is_last_included": False, **trust}]
        book = with_pack(content)
        assert asked(rule, on, "", book, **facts).answer == asked(rule, on, **facts).answer
