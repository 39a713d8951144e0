"""Two people dispose of a hit, the second blind; a clearance ends, and holds for two versions alone (threat D6)."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import ytterby.screening as room
from ytterby.screening.disposition import Disposition, Opinion, Outcome, Verdict, opinion_problems
from ytterby.screening.policy import months_after, policy_on, read_policies

ON = date(2026, 3, 2)
LAST = date(2026, 9, 1)
POLICIES = read_policies(yaml.safe_load((Path(room.__file__).parent / "policy.yaml").read_text()))
POLICY = POLICIES[0]
NO, YES, UNSURE = Verdict.NO_MATCH, Verdict.MATCH, Verdict.CANNOT_TELL
REASON = {NO: "other_name", YES: "same_identifier", UNSURE: "facts_missing"}


def opinion(verdict: Verdict, by: str, on: date = ON, until: date = LAST) -> Opinion:
    return Opinion(verdict, REASON[verdict], "seen", by, on, until=until if verdict is NO else None)


def said(*verdicts: Verdict) -> Disposition:
    return Disposition(tuple(opinion(verdict, f"p{place}") for place, verdict in enumerate(verdicts)))


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        ((), Outcome.OPEN),
        ((NO,), Outcome.SECOND_WANTED),
        ((YES,), Outcome.SECOND_WANTED),
        ((NO, NO), Outcome.CLEARED),
        ((YES, YES), Outcome.MATCH),
        ((NO, YES), Outcome.FURTHER_WANTED),
        ((NO, UNSURE), Outcome.FURTHER_WANTED),
        ((UNSURE, UNSURE), Outcome.FURTHER_WANTED),
        ((NO, YES, NO), Outcome.FURTHER_WANTED),
        ((NO, UNSURE, NO), Outcome.CLEARED),
        ((NO, YES, NO, NO), Outcome.CLEARED),
        ((NO, NO, NO, YES, YES), Outcome.FURTHER_WANTED),
        ((YES, NO, YES), Outcome.MATCH),
    ],
)
def test_what_comes_of_opinions(verdicts, outcome):
    assert said(*verdicts).outcome(ON) is outcome


def test_one_person_never_clears_however_often():
    once = opinion(NO, "p0")
    assert Disposition((once, once, replace(once, text="again"))).outcome(ON) is Outcome.SECOND_WANTED


def test_an_opinion_that_was_changed_after_others_were_seen_does_not_help_to_clear():
    changed = Disposition((opinion(YES, "p0"), opinion(NO, "p1"), opinion(NO, "p0")))
    assert changed.outcome(ON) is Outcome.FURTHER_WANTED
    third = Disposition((*changed.opinions, opinion(NO, "p2")))
    assert third.outcome(ON) is Outcome.CLEARED


def test_the_second_person_is_blind_to_the_first():
    one = said(YES)
    assert one.seen_by("p1") == ()
    assert one.seen_by("p0") == one.opinions
    assert one.given(ON) == 1


def test_a_clearance_ends_on_the_first_of_the_days_named_and_what_follows_begins_from_nothing():
    both = Disposition((opinion(NO, "p0"), opinion(NO, "p1", until=ON + timedelta(days=30))))
    last = ON + timedelta(days=30)
    assert (both.outcome(last), both.cleared_until(last)) == (Outcome.CLEARED, last)
    after = last + timedelta(days=1)
    assert (both.outcome(after), both.cleared_until(after), both.given(after)) == (Outcome.LAPSED, None, 0)
    again = Disposition((*both.opinions, opinion(NO, "p0", on=after)))
    assert again.outcome(after) is Outcome.SECOND_WANTED
    assert again.seen_by("p1") == ()
    cleared = Disposition((*again.opinions, opinion(NO, "p1", on=after)))
    assert cleared.outcome(after) is Outcome.CLEARED


@given(st.lists(st.tuples(st.sampled_from(list(Verdict)), st.integers(0, 4)), max_size=8))
def test_nothing_clears_without_two_people_who_said_no_match_once(rows):
    found = Disposition(tuple(opinion(verdict, f"p{who}") for verdict, who in rows))
    people = [who for _, who in rows]
    fresh = {who for verdict, who in rows if verdict is NO and people.count(who) == 1}
    if found.outcome(ON) is Outcome.CLEARED:
        assert len(fresh) >= 2
        assert sum({who: verdict for verdict, who in rows}[who] is YES for who in set(people)) < len(fresh)


@given(st.lists(st.sampled_from(list(Verdict)), max_size=6))
def test_one_more_who_says_match_never_clears(verdicts):
    before, after = said(*verdicts).outcome(ON), said(*verdicts, YES).outcome(ON)
    assert after is not Outcome.CLEARED or before is Outcome.CLEARED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "same_identifier"}, "screening.reason"),
        ({"text": " "}, "screening.no_text"),
        ({"text": "a" * 4001}, "screening.text_too_long"),
        ({"documents": ("A" * 64,)}, "screening.no_digest"),
        ({"documents": ("0" * 64,) * 51}, "screening.too_much_evidence"),
        ({"until": None}, "screening.until"),
        ({"until": ON - timedelta(days=1)}, "screening.until"),
        ({"until": date(2027, 3, 3)}, "screening.until"),
        ({"verdict": UNSURE, "reason": "facts_missing"}, "screening.until_not_cleared"),
    ],
)
def test_what_refuses_an_opinion(change, code):
    assert [one.code for one in opinion_problems(replace(opinion(NO, "p0"), **change), POLICY.reasons, POLICY)] == [
        code
    ]


def test_a_clearance_of_the_longest_allowed_is_taken():
    assert opinion_problems(opinion(NO, "p0", until=date(2027, 3, 2)), POLICY.reasons, POLICY) == []


def test_every_verdict_has_its_reasons():
    assert set(POLICY.reasons) == {one.value for one in Verdict}
    assert all(POLICY.reasons.values())


def test_months_end_where_a_month_has_no_such_day():
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_after(date(2026, 12, 15), 1) == date(2027, 1, 15)


def test_the_latest_policy_counts_and_bad_ones_are_told():
    content = {"policies": [{**row(), "id": "a"}, {**row(), "id": "b", "effective": "2026-01-01"}]}
    found = read_policies(content)
    assert [policy_on(found, day).id for day in (date(2020, 1, 1), date(2025, 12, 31), ON)] == ["a", "a", "b"]
    for bad in ({"sampled_share": "1.1"}, {"clearance_months": 0}, {"screened_hours_most": 0}):
        with pytest.raises(ValueError, match="share"):
            read_policies({"policies": [{**row(), **bad}]})
    for rows in ([], [row(), row()]):
        with pytest.raises(ValueError, match="no policy"):
            read_policies({"policies": rows})


def row():
    return {
        "id": "x",
        "effective": "2025-01-01",
        "clearance_months": 12,
        "sampled_share": "0.02",
        "screened_hours_most": 24,
        "reasons": {one.value: ["r"] for one in Verdict},
        "source": "s",
        "confidence": "practice",
    }
