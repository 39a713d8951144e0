"""Officer and second signer are drawn, by a seed that anybody can draw with again (threat D3)."""

from collections import Counter
from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.licence.assignment import (
    Candidate,
    Draw,
    HandOver,
    bar_of,
    draw,
    draw_officer,
    eligible,
    hand_over_problems,
    second_person_problems,
    wrong_with_draw,
)
from ytterby.licence.office_roster import Conflict, Post, Presence, Roster, roster_of, said_problems

OFFICE = "https://party.example/office"
APPLICANT = "https://party.example/applicant"
SEED = bytes(range(32))


def officer(account, **changes):
    return Candidate(**{"account": account, "party": OFFICE, "team": "north", "is_present": True, **changes})


FOUR = [officer("a"), officer("b", load=1), officer("c", load=3), officer("d", load=3)]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (officer("a", is_present=False), "assignment.absent"),
        (officer("a", able=frozenset({"open"})), "assignment.not_able"),
        (officer("a", able=frozenset({"heavy"}), party=APPLICANT), "assignment.party"),
        (officer("a", able=frozenset({"heavy"}), conflicts=frozenset({APPLICANT})), "assignment.conflict"),
        (officer("x", able=frozenset({"heavy"})), "assignment.had_a_part"),
        (officer("a", able=frozenset({"heavy", "open"}), conflicts=frozenset({OFFICE})), None),
    ],
)
def test_who_cannot_be_drawn_and_why(who, code):
    how = {"excluded": {"x"}, "needs": {"heavy"}, "parties": {APPLICANT}}
    bar = bar_of(who, **how)
    assert (bar.code if bar else None) == code
    assert (eligible([who], **how) == []) is (code is not None)


def test_the_draw_is_by_tickets_over_many_cases():
    """Threat D3, the distribution: whoever has fewer cases is drawn more often, nobody never, by four sigma."""
    cases = 6000
    drawn = Counter(draw_officer(FOUR, SEED, f"case {n}", 0, ()) for n in range(cases))
    tickets = {"a": 4, "b": 3, "c": 1, "d": 1}
    for account, count in tickets.items():
        share = count / 9
        assert abs(drawn[account] - cases * share) < 4 * sqrt(cases * share * (1 - share)), (account, drawn)


def test_seed_case_and_order_each_make_another_draw_and_the_same_ones_the_same():
    def drawn(seed=SEED, order=0):
        return [draw_officer(FOUR, seed, f"case {n}", order, ()) for n in range(60)]

    assert drawn() == drawn()
    assert drawn() != drawn(order=1)
    assert drawn() != drawn(seed=SEED[::-1])
    assert draw_officer(list(reversed(FOUR)), SEED, "x", 0, ()) == draw_officer(FOUR, SEED, "x", 0, ())


def test_a_second_is_never_the_first_and_where_nobody_is_left_nobody_is_drawn():
    for n in range(50):
        first = draw_officer(FOUR, SEED, str(n), 0, ())
        second = draw_officer(FOUR, SEED, str(n), 1, {first})
        assert second not in {None, first}
    assert draw_officer(FOUR, SEED, "x", 1, {"a", "b", "c", "d"}) is None
    assert draw_officer([], SEED, "x", 0, ()) is None


def test_a_forced_choice_is_seen():
    """Threat D3: who records names his friend, leaves others out, or writes a seed that fits a smaller pool."""
    made = draw(FOUR, SEED, "case", 0)
    assert wrong_with_draw(made, "case", FOUR) == []
    friend = next(one.account for one in FOUR if one.account != made.account)

    def wrong(recorded, case="case", pool=FOUR):
        return [problem.code for problem in wrong_with_draw(recorded, case, pool)]

    assert wrong(replace(made, account=friend)) == ["assignment.forced"]
    assert wrong(replace(made, pool=((friend, 1),), account=friend)) == ["assignment.other_pool"]
    assert wrong(replace(made, pool=((friend, 1),), account=friend), pool=None) == []
    assert wrong(replace(made, seed="")) == wrong(replace(made, pool=())) == ["assignment.no_draw"]
    assert wrong(replace(made, seed="zz")) == wrong(replace(made, pool=made.pool[::-1])) == ["assignment.no_draw"]
    assert wrong(made, pool=[officer(friend)]) == ["assignment.other_pool"]
    assert wrong(made, pool=[]) == ["assignment.other_pool"]
    assert {tuple(wrong(made, case=f"case {n}")) for n in range(40)} == {(), ("assignment.forced",)}
    doubled = Draw(made.account, 0, made.seed, (made.pool[0], made.pool[0], *made.pool[1:]))
    assert wrong(doubled) == ["assignment.no_draw"]


@given(st.lists(st.tuples(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 9)), unique_by=lambda r: r[0]))
def test_whoever_is_drawn_could_be_and_the_record_bears_it_out(rows):
    pool = [officer(account, load=load) for account, load in rows]
    made = draw(pool, SEED, "case", 2)
    assert (made is None) is (not pool)
    if made is not None:
        assert made.account in dict(rows)
        assert min(count for _, count in made.pool) == 1
        assert wrong_with_draw(made, "case", pool) == []


def test_a_seed_that_is_none_and_an_account_that_stands_twice_are_mistakes_of_the_program():
    with pytest.raises(ValueError, match="32 bytes"):
        draw(FOUR, b"short", "x", 0)
    with pytest.raises(ValueError, match="twice"):
        draw([FOUR[0], FOUR[0]], SEED, "x", 0)


ASKED = HandOver("b", "a", 0, "on leave until May", "a")


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"text": " "}, ["assignment.text"]),
        ({"text": "x" * 1000}, []),
        ({"text": "x" * 1001}, ["assignment.text"]),
        ({"account": "z"}, ["assignment.unknown"]),
        ({"account": "a"}, ["assignment.has_it"]),
        ({"account": "e"}, ["assignment.absent"]),
        ({"account": "d"}, ["assignment.had_a_part"]),
        ({"account": "f"}, ["assignment.conflict"]),
    ],
)
def test_whoever_gets_a_case_could_have_been_drawn(changes, codes):
    """Threat D3."""
    conflicted = officer("f", conflicts=frozenset({APPLICANT}))
    candidates = [*FOUR, officer("e", is_present=False), conflicted]
    said = hand_over_problems(replace(ASKED, **changes), candidates, {"d"}, parties={APPLICANT})
    assert [problem.code for problem in said] == codes


@pytest.mark.parametrize(("by", "agrees"), [("a", False), ("b", False), ("c", False), ("d", True)])
def test_taking_over_needs_a_second_person(by, agrees):
    """Threat D3: who asks, who had it and who gets it are none."""
    asked = replace(ASKED, asked_by="c")
    assert [one.code for one in second_person_problems(asked, by)] == ([] if agrees else ["assignment.second_person"])


# The roster


def codes(said, by, *, is_operator=False, roster=None):
    return [one.code for one in said_problems(said, by, is_operator=is_operator, roster=roster or Roster())]


def test_each_says_of_himself_what_could_steer_a_draw_and_of_others_what_could_too():
    """Threat D3: who calls all others away, gives himself the one ability, or lifts his own conflict picks his case."""
    assert codes(Presence("a", False), "a") == []
    assert codes(Presence("a", False), "b") == ["office.presence_of_another"]
    assert codes(Presence("a", False), "op", is_operator=True) == []
    assert codes(Post("a", "north", ("heavy",)), "b") == []
    assert codes(Post("a", "north", ("heavy",)), "a") == ["office.own_post"]
    assert codes(Post("a", ""), "b") == codes(Post("a", "n", ("",)), "b") == ["office.word"]
    assert codes(Conflict("a", APPLICANT, "brother"), "a") == []
    assert codes(Conflict("a", APPLICANT, "brother"), "b") == ["office.conflict_of_another"]
    declared = roster_of([(Conflict("a", APPLICANT, "brother"), OFFICE)])
    over = Conflict("a", APPLICANT, "left the firm", is_over=True)
    assert codes(over, "b", roster=declared) == []
    assert codes(over, "a", roster=declared) == ["office.conflict_ends_by_another"]
    assert codes(over, "b") == ["office.no_conflict"]
    assert codes(Conflict("a", APPLICANT, " "), "a") == ["assignment.text"]


def test_who_changes_team_takes_nothing_along():
    """Attack of casework 5.7: an officer who changes team; what was stamped stays, the next event is of the new one."""
    before = roster_of([(Post("a", "north", ("heavy",)), OFFICE), (Presence("a", True), OFFICE)])
    after = before.after(Post("a", "south"), OFFICE)
    assert (before.team_of("a"), after.team_of("a"), after.team_of("nobody")) == ("north", "south", "")
    (one,) = after.candidates({"a": OFFICE}, {"a": 2})
    assert one == Candidate("a", OFFICE, "south", True, frozenset(), frozenset(), 2)


def test_who_acts_for_another_party_begins_anew_and_keeps_his_conflicts():
    roster = roster_of([
        (Post("a", "north"), OFFICE), (Presence("a", True), OFFICE), (Conflict("a", APPLICANT, "brother"), OFFICE),
    ])  # fmt: skip
    assert roster.candidates({"a": "other"}, {}) == roster.candidates({}, {}) == []
    moved = roster.after(Presence("a", True), "other")
    assert moved.members["a"].conflicts == {APPLICANT}
    assert moved.candidates({"a": "other"}, {}) == []
    assert not roster.after(Conflict("a", APPLICANT, "left", is_over=True), OFFICE).members["a"].conflicts
