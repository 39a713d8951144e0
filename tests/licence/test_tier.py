"""Tiers: a card adds up, no risk makes a case lighter, and no card opens what the kernel keeps closed (I14, D6)."""

from decimal import Decimal
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licence.case_card import GOOD, at_least, card, refuses, row, rules, tier
from licence.flipped_branches import unnoticed
from ytterby.law.casework_fact import CASE_FACTS, FACT_WORDS, FactShape, Worse
from ytterby.licence import fact_test
from ytterby.licence import tier as shipped
from ytterby.licence.fact_test import Money, holds
from ytterby.licence.tier import Kept, Standing, score, tier_of, why_not_automatic
from ytterby.matter.element import ELEMENTS
from ytterby.shell.site.law_packs import packaged_law

CN = packaged_law().procedures["CN-procedure"].casework
DECIMALS = st.decimals("0", "20", places=1)
VALUES = {
    FactShape.WORDS: st.frozensets(st.sampled_from(ELEMENTS), max_size=4),
    FactShape.NUMBER: DECIMALS,
    FactShape.AMOUNT: st.builds(Money, st.decimals("0", "2e7", places=0), st.sampled_from(("CNY", "EUR"))),
    FactShape.TRUTH: st.booleans(),
}
PLACES = ("DE", "US", "JP", "individual", "general", "oxide")


def value_of(name):
    shape = CASE_FACTS[name].shape
    return st.sampled_from(FACT_WORDS.get(name, PLACES)) if shape is FactShape.WORD else VALUES[shape]


FACTS = st.fixed_dictionaries({}, optional={name: value_of(name) for name in CASE_FACTS})


# The packaged card


def test_a_case_that_nothing_is_against_is_green_and_decided_by_the_register():
    found = score(CN, GOOD)
    assert (found.tier, found.total, found.why) == ("G", 0, ())
    assert why_not_automatic(CN, GOOD, is_in_audit=True) == ()


@pytest.mark.parametrize(
    ("change", "tier", "why"),
    [
        ({"screening": "candidate"}, "S", ("candidate",)),
        ({"screening": "not_checked"}, "S", ("candidate",)),
        ({"open_flags": Decimal(1)}, "S", ("open_flag",)),
        ({"open_findings": Decimal(1)}, "S", ("open_finding",)),
        ({"end_user_validated": False}, "S", ("not_validated",)),
        ({"watch_listed": True}, "H", ("watch_listed",)),
        ({"control_listed": True}, "H", ("control_listed",)),
        ({"elements": frozenset({"Dy"})}, "G", ("heavy",)),
        ({"elements": frozenset({"Dy", "Sm"})}, "G", ("heavy", "medium")),
        ({"elements": frozenset({"Dy"}), "destination": "US"}, "S", ("heavy", "destination_ban")),
        ({"need_share": Decimal("1.1")}, "S", ("near_need", "beyond_need")),
        ({"need_share": Decimal("1.09")}, "G", ("near_need",)),
        ({"penalties": Decimal(1)}, "S", ("penalty",)),
        ({"exporter_years": Decimal("1.9")}, "G", ("short_record",)),
        (
            {"forms": frozenset({"technology"}), "penalties": Decimal(2), "deviation": Decimal(3)},
            "S",
            ("technology", "deviation", "penalty"),
        ),
        (
            {
                "forms": frozenset({"technology"}),
                "penalties": Decimal(2),
                "chain_reconciled": False,
                "destination": "JP",
            },
            "H",
            ("technology", "destination_ban", "chain_open", "penalty"),
        ),
        ({"value": Money(Decimal("10000000"), "CNY")}, "G", ("large_value",)),
        ({"value": Money(Decimal("10000000"), "EUR")}, "G", ()),
        ({"end_user_level": "claimed"}, "G", ("level_claimed",)),
    ],
)
def test_what_speaks_against_a_case_makes_it_stricter_and_is_named(change, tier, why):
    found = score(CN, {**GOOD, **change})
    assert (found.tier, found.why) == (tier, why)


def test_a_case_of_which_nothing_is_known_is_high():
    found = score(CN, {})
    assert found.tier == "H"
    assert {one.standing for one in found.rows} == {Standing.UNKNOWN}


@pytest.mark.parametrize("level", ["address", "claimed"])
def test_a_first_order_of_magnets_with_dysprosium_is_standard(level):
    """Of exporter and end user nothing is recorded yet; screening and flags are clear."""
    goods = {"elements": frozenset({"Nd", "Pr", "Dy"}), "forms": frozenset({"magnet"}), "destination": "XA"}
    clear = {"screening": "clear", "open_flags": Decimal(0), "watch_listed": False, "control_listed": False}
    assert score(CN, {**goods, **clear, "licence_kind": "individual", "end_user_level": level}).tier == "S"


def test_of_every_risk_that_is_gone_the_points_are_gone_too():
    """A card adds up: its rows' points are the total, each at most what the pack says, and none is hidden."""
    found = score(CN, {})
    assert [one.id for one in found.rows] == [one.id for one in CN.score_card.rows]
    assert found.total == sum(one.points for one in found.rows) == sum(one.unknown for one in CN.score_card.rows)


# Whatever the facts


@settings(deadline=None, max_examples=100)
@given(FACTS)
def test_a_card_adds_up(facts):
    found = score(CN, facts)
    assert found.total == sum(one.points for one in found.rows)
    assert all(0 <= one.points <= one.most for one in found.rows)
    assert all(one.standing is not Standing.FAILS or one.points == 0 for one in found.rows)
    bounds = [(0, "G"), *((points, name) for name, points in CN.score_card.bounds.items())]
    assert found.by_points == [name for points, name in sorted(bounds) if points <= found.total][-1]
    assert CN.rank(found.tier) >= CN.rank(found.by_points)
    assert all(CN.rank(found.tier) >= CN.rank(one.at_least) for one in found.raised)
    assert tier_of(CN, facts).id == found.tier


@settings(deadline=None, max_examples=100)
@given(FACTS, st.data())
def test_a_fact_that_gets_worse_never_makes_a_case_lighter(facts, data):
    """Adding a risk never lowers the tier: neither more of what is worse, nor an element, form or code more."""
    name = data.draw(st.sampled_from([one for one in facts if one in CASE_FACTS] or ["screening"]))
    if name not in facts:
        return
    worse = {**facts, name: _worse(name, facts[name], data)}
    assert CN.rank(score(CN, worse).tier) >= CN.rank(score(CN, facts).tier)
    assert score(CN, worse).total >= score(CN, facts).total


def _worse(name, value, data):
    fact = CASE_FACTS[name]
    more = data.draw(DECIMALS)
    if fact.shape is FactShape.WORDS:
        return value | data.draw(VALUES[FactShape.WORDS])
    if fact.shape is FactShape.TRUTH:
        return fact.worse is Worse.TRUE
    if fact.shape is FactShape.AMOUNT:
        return Money(value.amount + more, value.currency)
    if fact.shape is FactShape.NUMBER:
        return value + more if fact.worse is Worse.MORE else max(value - more, Decimal(0))
    if name == "screening":
        return "candidate"
    if name == "end_user_level":
        return "claimed"
    return value


@settings(deadline=None, max_examples=100)
@given(FACTS, st.data())
def test_a_fact_that_is_forgotten_never_makes_a_rule_decide_alone(facts, data):
    """What is not known is not good (threat D6)."""
    gone = data.draw(st.sampled_from(("screening", "open_flags", "end_user_validated", "watch_listed")))
    assert not tier_of(CN, {name: value for name, value in facts.items() if name != gone}).is_automatic


@settings(deadline=None, max_examples=100)
@given(FACTS, st.sampled_from(("candidate", "not_checked", None)))
def test_no_candidate_is_ever_decided_by_a_rule_whatever_a_pack_says(facts, screened):
    """Invariant I14: the card here has no hard rule at all, and lets everything through."""
    lax = rules(
        tier("G", automatic=True, share="1"),
        tier("S"),
        card=card([row("x", at_least("penalties", "1"), 1, 0)], {"S": 9}),
    )
    facts = {name: value for name, value in facts.items() if name != "screening"}
    facts |= {} if screened is None else {"screening": screened}
    for held in (CN, lax):
        assert not tier_of(held, facts).is_automatic
        assert Kept.NOT_CLEAR in why_not_automatic(held, facts, is_in_audit=True)


# A card of nobody, and every branch


def check_semantics(module: ModuleType) -> None:
    light, grave = tier("light", automatic=True, level="address", share="0.1"), tier("grave")
    odd = card(
        [row("fined", at_least("penalties", "2"), 3), row("many", at_least("deviation", "4"), 2, 1)],
        {"grave": 5},
        [("found", at_least("open_findings", "1"), "grave")],
    )
    held = rules(light, grave, card=odd)
    fine = {"penalties": Decimal(1), "deviation": Decimal(3), "open_findings": Decimal(0)}
    fine |= {"screening": "clear", "open_flags": Decimal(0), "end_user_level": "address"}

    def judged(**change):
        found = module.score(held, {**fine, **change})
        return found.total, found.by_points, found.tier, found.why

    assert judged() == (0, "light", "light", ())
    assert judged(penalties=Decimal(2)) == (3, "light", "light", ("fined",))
    assert judged(penalties=Decimal(2), deviation=Decimal(4)) == (5, "grave", "grave", ("fined", "many"))
    assert judged(open_findings=Decimal(1)) == (0, "light", "grave", ("found",))
    assert judged(screening="candidate") == (0, "light", "grave", ("screening_not_clear",))
    assert judged(open_flags=Decimal(1)) == (0, "light", "grave", ("flag_open",))
    unknown = module.score(held, {name: value for name, value in fine.items() if name != "deviation"})
    assert [(one.standing.value, one.points, one.most) for one in unknown.rows] == [("fails", 0, 3), ("unknown", 1, 2)]
    forgotten = module.score(held, {name: value for name, value in fine.items() if name != "open_findings"})
    assert [(one.id, one.standing.value) for one in forgotten.raised] == [("found", "unknown")]
    # What the points alone make strict is kept by nobody.
    assert (
        module.score(held, {**fine, "penalties": Decimal(2), "deviation": Decimal(4), "open_flags": Decimal(1)}).kept
        == ()
    )

    def kept(of, /, *, is_in_audit=True, **change):
        return [one.value for one in module.why_not_automatic(of, {**fine, **change}, is_in_audit=is_in_audit)]

    assert kept(held) == []
    assert kept(held, end_user_level="organisation") == []
    assert kept(held, end_user_level="claimed") == ["end_user_level"]
    assert kept(held, end_user_level="rumour") == ["end_user_level"]
    assert kept(held, is_in_audit=False) == ["not_in_the_audit"]
    assert kept(rules(tier("only", automatic=True, level="address"))) == ["not_in_the_audit"]
    assert kept(held, open_findings=Decimal(1)) == ["tier_not_automatic", "not_in_the_audit"]
    assert kept(held, open_flags=Decimal(2)) == ["flag_open", "tier_not_automatic", "not_in_the_audit"]
    strict = rules(light, grave, card=odd, validated=True)
    assert kept(strict) == ["end_user_not_validated", "tier_not_automatic", "not_in_the_audit"]
    assert kept(strict, end_user_validated=True) == []
    assert module.tier_of(strict, {**fine, "end_user_validated": False}) is grave
    # Without anybody to hand it to it stays where it is, and is decided by nobody.
    alone = rules(light)
    assert module.score(alone, {**fine, "open_flags": Decimal(1)}).tier == "light"
    assert kept(alone, open_flags=Decimal(1)) == ["flag_open"]
    # One tier needs no card.
    assert module.score(rules(grave), {}).tier == "grave"
    assert refuses(module.score, held, {"mood": True})


def test_tiers_mean_what_they_say():
    check_semantics(shipped)


def test_every_branch_of_tiers_turned_round_is_noticed():
    assert unnoticed(shipped, check_semantics) == []


def check_answers(module: ModuleType) -> None:
    from ytterby.law.casework_fact import CaseTest, Op

    few = CaseTest("visits_passed", Op.BELOW, figure=Decimal(2))
    assert [module.holds(few, {"visits_passed": Decimal(n)}) for n in (1, 2, 3)] == [True, False, False]
    many = CaseTest("penalties", Op.AT_LEAST, figure=Decimal(2))
    assert [module.holds(many, {"penalties": Decimal(n)}) for n in (1, 2, 3)] == [False, True, True]
    # Nought is a figure, and no figure is none.
    assert module.holds(many, {"penalties": Decimal(0)}) is False
    assert module.holds(many, {}) is None
    any_of = CaseTest("elements", Op.ANY_OF, frozenset({"Dy", "Tb"}))
    assert module.holds(any_of, {"elements": frozenset({"Dy", "Nd"})}) is True
    assert module.holds(any_of, {"elements": frozenset()}) is False
    none_of = CaseTest("destination", Op.NONE_OF, frozenset({"XT"}))
    assert [module.holds(none_of, {"destination": where}) for where in ("XT", "XM")] == [False, True]
    truth, lie = CaseTest("watch_listed", Op.IS_TRUE), CaseTest("chain_reconciled", Op.IS_FALSE)
    assert [module.holds(truth, {"watch_listed": so}) for so in (True, False)] == [True, False]
    assert [module.holds(lie, {"chain_reconciled": so}) for so in (True, False)] == [False, True]
    worth = CaseTest("value", Op.AT_LEAST, figure=Decimal(5), unit="XTS")
    assert module.holds(worth, {"value": module.Money(Decimal(5), "XTS")}) is True
    assert module.holds(worth, {"value": module.Money(Decimal(4), "XTS")}) is False
    assert module.holds(worth, {"value": module.Money(Decimal(5), "CNY")}) is None
    module.check_facts({"penalties": Decimal(1), "watch_listed": False, "destination": "XT"})
    for bad in ({"mood": "good"}, {"penalties": 1}, {"penalties": Decimal("NaN")}, {"elements": "Dy"}):
        assert refuses(module.check_facts, bad), bad


def test_questions_to_facts_mean_what_they_say():
    check_answers(fact_test)
    assert unnoticed(fact_test, check_answers) == []


def test_a_truth_is_no_number_and_a_number_no_truth():
    """Of Python's own True is 1; here neither passes for the other."""
    with pytest.raises(ValueError, match="penalties"):
        score(CN, {"penalties": True})
    assert holds(at_least("penalties", "1"), {"penalties": Decimal(1)}) is True
