"""Whose turn it is in a case, and how long each had it: all time in which it is not over adds up."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from licence.clock_story import ACCEPTED, clocks, cn, cn_story, instant, story
from ytterby.licence.case_clock import DEPARTMENT, OFFICE, read_case_clocks


def test_who_has_it_now_and_since_when():
    told = cn_story(
        ACCEPTED, "2025-10-09T09:00 open_work w1 ministry", "2025-10-10T09:00 query q1",
        "2025-10-11T09:00 open_work w2 army",
        "2025-10-13T09:00 answer q1", "2025-10-14T09:00 close_work w1", "2025-10-15T09:00 close_work w2",
        "2025-10-16T09:00 propose",
    )  # fmt: skip
    found = clocks(told, "2025-10-20T09:00")
    assert [(one.holder, one.body, one.since.day) for one in found.turns] == [
        ("applicant", "", 25), ("officer", "", 26), (DEPARTMENT, "ministry", 9), ("applicant", "", 10),
        (DEPARTMENT, "ministry", 13), (DEPARTMENT, "army", 14), ("officer", "", 15), ("signer", "", 16),
    ]  # fmt: skip
    assert (found.has_it.holder, found.has_it.until) == ("signer", None)
    assert found.spent["signer"].time == timedelta(days=4)
    apart = found.spent_apart
    assert apart[DEPARTMENT].time == timedelta(days=3)
    assert apart[OFFICE].time == found.spent["officer"].time + found.spent["signer"].time
    assert (apart[DEPARTMENT].days, found.spent["signer"].days) == (3, 2)


def test_the_province_is_another_department_than_the_office():
    found = clocks(cn_story("2025-09-28T09:00 pass_on"), "2025-09-30T09:00")
    assert found.spent_apart[DEPARTMENT].time == timedelta(days=2)


def test_work_that_is_open_is_not_the_departments_while_the_applicant_has_the_case():
    told = cn_story(
        ACCEPTED, "2025-10-09T09:00 open_work w1 ministry", "2025-10-10T09:00 grant", "2025-10-10T10:00 issue"
    )
    assert clocks(told, "2025-10-20T09:00").has_it.holder == "applicant"


def test_nobody_has_a_case_that_is_over_until_it_goes_on():
    """Casework page, 2.2: what an office is measured by is not what passes after its licence is delivered."""
    told = cn_story(ACCEPTED, "2025-10-10T09:00 grant", "2025-10-11T09:00 issue")
    soon, later = clocks(told, "2025-10-11T09:00"), clocks(told, "2026-10-11T09:00")
    assert soon.spent_apart == later.spent_apart
    assert (later.has_it.holder, later.has_it.until) == ("applicant", None)
    # Who was refused has nothing to do either; with the appeal the office has it again.
    told = cn_story(ACCEPTED, "2025-10-10T09:00 refuse", "2025-11-10T09:00 appeal")
    before, after = clocks(told, "2025-11-10T09:00"), clocks(told, "2025-11-12T09:00")
    assert before.spent_apart[OFFICE].time + timedelta(days=2) == after.spent_apart[OFFICE].time
    assert before.spent_apart["applicant"] == after.spent_apart["applicant"]


def test_what_is_over_leaves_no_question_open():
    told = cn_story(
        ACCEPTED, "2025-10-09T09:00 query q1", "2025-10-10T09:00 open_work w1 m", "2025-10-11T09:00 send_back",
        "2025-10-13T09:00 submit",
    )  # fmt: skip
    assert clocks(told, "2025-10-20T09:00").has_it.holder == "officer"


def test_before_anything_happened_there_is_nothing():
    found = clocks([], "2025-10-20T09:00")
    assert (found.runs, found.turns, found.spent, found.has_it, found.state) == ((), (), {}, None, None)


verbs = st.sampled_from((
    "submit", "notify_missing", "supply", "accept", "pass_on", "query q", "answer q", "open_work w m", "close_work w",
    "stop s identification", "resume s", "grant", "reopen", "issue", "refuse", "send_back", "withdraw",
))  # fmt: skip
days = st.integers(0, 200)


def over_time(told, as_of):
    """Return for how long a case was over, minute by minute of its moments."""
    seen = sorted((one for one in told if one.at <= as_of), key=lambda one: one.at)
    ends = [*(one.at for one in seen[1:]), as_of]
    last = {"not_accepted", "refused", "ended"}
    return sum(
        (
            end - one.at
            for one, end in zip(seen, ends, strict=True)
            if one.phase in last or (one.phase in {"granted", "delivered"} and one.holder == "applicant")
        ),
        timedelta(0),
    )


@given(st.lists(st.tuples(days, verbs), max_size=12), days, st.integers(0, 23))
def test_turns_leave_no_gap_and_all_time_adds_up(happened, until, hour):
    first = date(2025, 9, 1)
    told = story(*(f"{first + timedelta(days=n)}T10:00 {verb}" for n, verb in sorted(happened, key=lambda one: one[0])))
    as_of = instant(f"{first + timedelta(days=until)}T{hour:02}:00", "+08:00")
    found = read_case_clocks(told, cn(), as_of=as_of)
    for one, following in zip(found.turns, found.turns[1:], strict=False):
        assert one.until == following.since > one.since
    if found.turns:
        over = over_time(told, as_of)
        whole = as_of - found.turns[0].since - over
        assert sum((one.time for one in found.spent.values()), timedelta(0)) == whole
        assert sum((one.time for one in found.spent_apart.values()), timedelta(0)) == whole
    for run in found.runs:
        assert run.started <= (run.ended or as_of) <= as_of
        assert run.is_running is (run.ended is None)
