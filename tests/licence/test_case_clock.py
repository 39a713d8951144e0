"""Clocks of a case: phases, stops, silence, whose turn; CN, Terra and the group; attacks that broke LITE."""

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.clock_story import ACCEPTED, clocks, cn, cn_story, day, due, instant, other, story
from licence.flipped_branches import unnoticed
from ytterby.law.clock import ClockState
from ytterby.law.clock_rule import DayRule, Effect, Reason
from ytterby.law.due import DueKind
from ytterby.law.procedure import CASE_KINDS
from ytterby.licence import case_clock as shipped
from ytterby.licence.case_clock import Moment, keep_time, read_case_clocks
from ytterby.shell.site.calendars import calendars, zone_of
from ytterby.shell.site.case_rules import KINDS

SAMPLE = 4  # of so many branches one is turned round where time is bounded
DECISION, COMPLETE, DELIVERY, PROVINCE = "CN-decision", "CN-completeness", "CN-delivery", "CN-lower-level-review"
TERRA, GROUP = ("terra", "TERRA-procedure"), ("group", "HOUSE-procedure")


LONG = (
    "2025-09-28T09:00 notify_missing", "2025-09-29T10:00 supply", "2025-09-29T11:00 pass_on",
    "2025-09-30T09:00 query q0", "2025-10-09T09:00 answer q0", "2025-10-09T10:00 accept",
    "2025-10-10T09:00 open_work w1 ministry",
    "2025-10-13T09:00 query q1", "2025-10-14T09:00 stop s1 identification", "2025-10-15T09:00 answer q1",
    "2025-10-17T09:00 resume s1", "2025-10-18T09:00 close_work w1", "2025-10-20T09:00 propose",
    "2025-10-20T09:00 grant", "2025-10-21T09:00 reopen", "2025-10-22T09:00 lift_limit l1 storm",
    "2025-10-23T09:00 grant", "2025-10-24T09:00 issue", "2025-10-27T09:00 ask_amendment", "2025-10-28T09:00 amend",
)  # fmt: skip
STORIES = [
    cn_story(*LONG), [], cn_story(),
    cn_story(ACCEPTED), cn_story("2025-10-10T23:59 notify_missing"), cn_story("2025-10-13T09:00 notify_missing"),
    cn_story("2025-10-13T09:00 not_accept"), cn_story("2025-10-11T00:00 withdraw"),
    cn_story(ACCEPTED, "2025-10-13T09:00 lift_limit l1 state_council"),
    cn_story(ACCEPTED, "2025-10-13T09:00 stop s1 expert_opinion", "2025-10-14T09:00 send_back",
             "2025-10-15T09:00 submit", "2025-10-15T10:00 accept", "2025-10-15T10:00 stop s2 storm"),
    cn_story(ACCEPTED, "2025-10-13T09:00 stop s1 identification", "2025-10-20T09:00 refuse", "2025-10-22T09:00 appeal",
             "2025-10-23T09:00 resume s1"),
    cn_story(ACCEPTED, "2025-10-09T09:00 query q1", "2025-10-10T09:00 open_work w1 m", "2025-10-11T09:00 send_back",
             "2025-10-13T09:00 submit"),
    cn_story(ACCEPTED, "2025-10-09T09:00 open_work w1 m", "2025-10-10T09:00 grant", "2025-10-10T10:00 issue"),
    cn_story("2026-02-20T09:00 accept", "2026-05-20T09:00 refuse"),
    cn_story("2025-10-13T09:00 notify_missing", "2025-10-14T09:00 supply"),
    cn_story(ACCEPTED, "2025-10-09T09:00 open_work w1 m", "2025-10-10T09:00 stop w1 identification",
             "2025-10-11T09:00 grant"),
]  # fmt: skip
INSTANTS = [
    instant(text, "+08:00")
    for text in (
        "2025-09-27T09:00", "2025-09-29T10:30", "2025-10-10T23:59", "2025-10-11T00:00", "2025-10-13T09:00",
        "2025-10-14T09:00", "2025-10-15T10:00", "2025-10-21T10:00", "2025-10-28T09:00", "2026-01-05T09:00",
        "2026-04-05T13:00", "2026-06-01T09:00",
    )
]  # fmt: skip


# Phases


def test_each_phase_runs_its_own_clock():
    told = cn_story(
        "2025-09-28T09:00 pass_on", ACCEPTED, "2025-11-03T09:00 propose", "2025-11-04T09:00 grant",
        "2025-11-06T09:00 issue", "2026-01-05T09:00 ask_amendment", "2026-01-12T09:00 amend",
    )  # fmt: skip
    found = clocks(told, "2026-03-01T09:00")
    assert [(one.clock, one.is_running) for one in found.runs] == [
        (COMPLETE, False), (PROVINCE, False), (DECISION, False), (DELIVERY, False), ("CN-amendment", False),
    ]  # fmt: skip
    assert [one.reading.state for one in found.runs] == [ClockState.DECIDED] * 5
    # A day counts at its end, and the day of the start does not count: review from 30 September to 3 November.
    assert [one.reading.day for one in found.runs] == [0, 0, 20, 1, 4]
    assert found.state == "delivered"


def test_the_day_that_is_due_is_that_of_the_vectors():
    """working_day_vectors.csv: CN, 2025-09-26, 45 working days: 2025-12-04."""
    found = clocks(cn_story("2025-09-26T11:00 accept"), "2025-10-01T09:00")
    assert due(found, DECISION) == date(2025, 12, 4)
    run = clocks(cn_story("2025-09-26T11:00 accept", "2025-10-09T09:00 grant"), "2025-10-20T09:00").last_run(DECISION)
    assert run.reading.due is None


def test_what_is_missing_is_told_and_the_papers_get_five_days_anew():
    told = cn_story("2025-09-28T09:00 notify_missing", "2025-10-15T16:00 supply")
    assert clocks(told, "2025-10-14T09:00").running == ()
    found = clocks(told, "2025-10-16T09:00")
    assert [one.clock for one in found.running] == [COMPLETE]
    assert due(found, COMPLETE) == date(2025, 10, 22)


def test_a_case_that_goes_back_has_no_clock_and_begins_anew():
    told = cn_story(ACCEPTED, "2025-10-09T09:00 send_back", "2025-12-01T10:00 submit", "2025-12-01T11:00 accept")
    assert clocks(told, "2025-11-01T09:00").running == ()
    assert clocks(told, "2025-11-01T09:00").state is None
    found = clocks(told, "2025-12-03T09:00")
    assert (len([one for one in found.runs if one.clock == DECISION]), day(found, DECISION)) == (2, 1)


def test_withdrawal_ends_every_clock():
    found = clocks(cn_story(ACCEPTED, "2025-10-09T09:00 withdraw"), "2026-01-01T09:00")
    assert found.running == ()
    assert day(found, DECISION) == 1


def test_a_grant_that_is_taken_back_gains_the_office_no_day():
    """An office that grants and reopens would start its 45 days anew; here the run goes on."""
    told = cn_story(ACCEPTED, "2025-10-20T09:00 grant", "2025-10-22T09:00 reopen")
    found = clocks(told, "2025-11-03T09:00")
    assert [one.clock for one in found.running] == [DECISION], "what is to be delivered is not decided any more"
    assert day(found, DECISION) == day(clocks(cn_story(ACCEPTED), "2025-11-03T09:00"), DECISION)


def test_an_appeal_is_a_run_of_its_own():
    found = clocks(cn_story(ACCEPTED, "2025-10-20T09:00 refuse", "2025-11-03T09:00 appeal"), "2025-11-05T09:00")
    first, second = (one for one in found.runs if one.clock == DECISION)
    assert (first.is_running, second.is_running, second.reading.day) == (False, True, 1)


def test_a_clock_runs_for_the_kinds_of_case_that_the_pack_names():
    """O792 art. 14 sets no days for a consultation, and nothing is due in a check after the shipment."""
    told = story("2025-09-26T11:00 accept")
    for kind in CASE_KINDS:
        run = clocks(told, "2025-10-20T09:00", cn(kind)).last_run(DECISION)
        assert (run is not None) is (kind in {"individual", "open"})
    assert set(CASE_KINDS) == set(KINDS)


# Stops


def test_only_a_reason_that_the_pack_names_stops_its_clock():
    named = cn_story(ACCEPTED, "2025-10-13T09:00 stop s1 identification", "2025-10-17T09:00 resume s1")
    unnamed = cn_story(ACCEPTED, "2025-10-13T09:00 stop s1 lunch", "2025-10-17T09:00 resume s1")
    plain = clocks(cn_story(ACCEPTED), "2025-10-24T09:00")
    assert day(clocks(named, "2025-10-24T09:00"), DECISION) == day(plain, DECISION) - 4
    found = clocks(unnamed, "2025-10-24T09:00")
    assert day(found, DECISION) == day(plain, DECISION)
    assert [one.code for one in found.last_run(DECISION).reading.remarks] == ["clock.unknown_reason"]


def test_while_it_is_stopped_there_is_no_due_day():
    found = clocks(cn_story(ACCEPTED, "2025-10-13T09:00 stop s1 expert_opinion"), "2025-12-24T09:00")
    run = found.last_run(DECISION)
    assert (run.reading.state, run.reading.due, [one.id for one in run.reading.open_stops]) == (
        ClockState.STOPPED,
        None,
        ["s1"],
    )


def test_a_question_to_the_applicant_does_not_stop_the_clock_of_cn():
    asked = cn_story(ACCEPTED, "2025-10-13T09:00 query q1", "2025-11-13T09:00 answer q1")
    for as_of in ("2025-10-20T09:00", "2025-12-20T09:00"):
        found, plain = clocks(asked, as_of), clocks(cn_story(ACCEPTED), as_of)
        assert found.last_run(DECISION).reading == plain.last_run(DECISION).reading
    assert clocks(asked, "2025-10-20T09:00").has_it.holder == "applicant"
    assert clocks(asked, "2025-12-20T09:00").spent_apart["applicant"].days == 23 + 1, "and one before it was submitted"


def test_where_a_pack_names_it_a_question_stops_the_clock():
    base = cn()
    rule = base.rules[DECISION]
    stopping = dataclasses.replace(rule, reasons={**rule.reasons, "query": Reason("query", Effect.STOPS)})
    keeping = keep_time(base.procedure, base.phases, calendars(), zone_of, {DECISION: stopping}, kind="open")
    asked = cn_story(ACCEPTED, "2025-10-13T09:00 query q1", "2025-10-17T09:00 answer q1")
    assert (
        day(clocks(asked, "2025-10-24T09:00", keeping), DECISION)
        == day(clocks(asked, "2025-10-24T09:00"), DECISION) - 4
    )


def test_what_goes_to_the_state_council_has_no_limit_and_warns_of_none():
    found = clocks(cn_story(ACCEPTED, "2025-10-13T09:00 lift_limit l1 state_council"), "2026-03-13T09:00")
    run = found.last_run(DECISION)
    assert (run.reading.due_kind, run.reading.due, run.warned, run.reading.is_overdue) == (
        DueKind.NO_LIMIT,
        None,
        (),
        False,
    )


def test_a_stop_of_an_earlier_run_is_none_of_a_later():
    told = cn_story(
        ACCEPTED, "2025-10-13T09:00 stop s1 identification", "2025-10-14T09:00 send_back", "2025-11-03T09:00 submit",
        "2025-11-03T10:00 accept",
    )  # fmt: skip
    assert day(clocks(told, "2025-11-06T09:00"), DECISION) == 2


def test_an_officers_dated_entry_chooses_the_other_counting():
    base = cn()
    other_rule = dataclasses.replace(base.rules[DECISION], day_rule=DayRule.ANY_OVERLAP)
    keeping = keep_time(base.procedure, base.phases, calendars(), zone_of, {DECISION: other_rule}, kind="open")
    told = cn_story(ACCEPTED, "2025-10-13T09:00 stop s1 identification", "2025-10-13T10:00 resume s1")
    assert (
        day(clocks(told, "2025-10-24T09:00"), DECISION) == day(clocks(told, "2025-10-24T09:00", keeping), DECISION) + 1
    )


@pytest.mark.parametrize(("as_of", "warned"), [
    ("2025-11-04T23:59", ()), ("2025-11-05T00:00", (50,)), ("2025-11-19T23:59", (50,)), ("2025-11-20T00:00", (50, 75)),
    ("2025-11-28T23:59", (50, 75)), ("2025-11-29T00:00", (50, 75, 90)), ("2026-01-20T00:00", (50, 75, 90)),
])  # fmt: skip
def test_warnings_come_at_half_three_quarters_and_nine_tenths(as_of, warned):
    """Of 45 days from 26 September: day 23 is 4 November, day 34 is 19 November, day 41 is 28 November 2025."""
    assert clocks(cn_story("2025-09-26T11:00 accept"), as_of).last_run(DECISION).warned == warned


# Silence


def test_silence_of_five_working_days_is_acceptance_on_the_day_of_receipt():
    """ALL art. 32. Working days after Friday 26 September: 28, 29, 30, 9 and 10 October."""
    before, after = clocks(cn_story(), "2025-10-10T23:59"), clocks(cn_story(), "2025-10-11T00:00")
    assert (before.silences, before.last_run(DECISION), before.state) == ((), None, "completeness")
    assert (before.silence, after.silence) == (None, after.silences[0])
    (silence,) = after.silences
    assert (silence.state, silence.since) == ("review", instant("2025-09-26T10:00", "+08:00"))
    run = after.last_run(DECISION)
    assert (run.by_silence, run.started, run.reading.day, due(after, DECISION)) == (
        COMPLETE,
        silence.since,
        5,
        date(2025, 12, 4),
    )
    assert after.state == "review"


@pytest.mark.parametrize("late", ["notify_missing", "not_accept", "pass_on", "accept"])
def test_what_comes_after_silence_comes_too_late(late):
    """An office that forgot a file cannot give itself its days back."""
    told = cn_story(f"2025-10-13T09:00 {late}")
    found = clocks(told, "2025-10-14T09:00")
    run = found.last_run(DECISION)
    assert run.started == instant("2025-09-26T10:00", "+08:00")
    assert found.state == "review"
    assert run.is_running is (late != "not_accept")


def test_who_spoke_in_time_was_not_silent():
    for verb in ("notify_missing", "pass_on", "accept", "not_accept", "withdraw"):
        found = clocks(cn_story(f"2025-10-10T23:59 {verb}"), "2025-12-01T09:00")
        assert found.silences == ()


def test_silence_after_a_supplement_is_acceptance_on_its_receipt():
    told = cn_story("2025-09-28T09:00 notify_missing", "2025-10-15T16:00 supply")
    (silence,) = clocks(told, "2025-10-23T00:00").silences
    assert silence.since == instant("2025-10-15T16:00", "+08:00")


def test_of_a_clock_without_silence_in_the_pack_nothing_follows():
    found = clocks(cn_story(ACCEPTED), "2026-03-02T09:00")
    assert (found.silences, found.last_run(DECISION).reading.is_overdue, found.state) == ((), True, "review")


# Days


def test_over_the_end_of_a_month_a_day_of_the_same_number_counts():
    """LITE skipped a case that was counted on the same day of another month (casework page, 0.5)."""
    told = story("2026-01-14T09:00 submit", "2026-01-14T10:00 accept", offset="+08:00")
    a, b = (day(clocks(told, as_of), DECISION) for as_of in ("2026-04-14T23:00", "2026-04-15T00:00"))
    assert b == a + 1


def test_over_the_end_of_a_year_with_its_make_up_day():
    """Received on Monday 29 December 2025: 30, 31, then Sunday 4 January 2026 works, 5, 6."""
    found = clocks(story("2025-12-29T15:00 submit"), "2025-12-30T09:00")
    assert due(found, COMPLETE) == date(2026, 1, 6)


def test_over_summer_time_the_cutoff_stays_at_six_of_the_civil_day():
    """14 working days from 20 March 2026 in Berlin, without 3 and 6 April: 13 April, at 18:00 summer time."""
    told = story("2026-03-20T09:00 accept", offset="+01:00")
    keeping = other(*GROUP)
    before = clocks(told, "2026-04-13T15:59", keeping, "+00:00")
    after = clocks(told, "2026-04-13T16:00", keeping, "+00:00")
    assert due(before, "HOUSE-answer") == date(2026, 4, 13)
    assert (day(before, "HOUSE-answer"), day(after, "HOUSE-answer")) == (13, 14)
    assert (before.last_run("HOUSE-answer").reading.is_overdue, after.last_run("HOUSE-answer").reading.is_overdue) == (
        False,
        True,
    )


def test_a_job_that_was_missed_is_no_loss_since_there_is_none():
    """Any instant can be asked in any order, and what comes later changes nothing told before."""
    told = cn_story(
        ACCEPTED, "2025-10-13T09:00 stop s1 identification", "2025-10-17T09:00 resume s1", "2025-11-20T09:00 grant"
    )
    asked = [f"2025-{month}-{number:02}T12:00" for month in ("10", "11") for number in range(1, 31)]
    forth = [clocks(told, as_of) for as_of in asked]
    back = [clocks(told, as_of) for as_of in reversed(asked)]
    assert forth == back[::-1]
    assert forth == [clocks([one for one in told if one.at <= instant(as_of, "+08:00")], as_of) for as_of in asked]


# Other packs


def test_terra_counts_every_day_and_any_overlap():
    """90 calendar days, the first counted, from 10 January 2026: 9 April. A storm of an hour at noon costs one day."""
    keeping = other(*TERRA)
    plain = story("2026-01-10T09:00 accept", offset="+13:00")
    stormy = [*plain, *story("2026-02-01T12:00 stop s1 storm", "2026-02-01T13:00 resume s1", offset="+13:00")]
    stormy = [dataclasses.replace(one, phase="review", holder="officer") for one in stormy]
    as_of = "2026-02-20T12:00"
    assert due(clocks(plain, as_of, keeping, "+13:00"), "TERRA-decision") == date(2026, 4, 9)
    assert due(clocks(stormy, as_of, keeping, "+13:00"), "TERRA-decision") == date(2026, 4, 10)
    assert day(clocks(plain, "2026-01-10T17:00", keeping, "+13:00"), "TERRA-decision") == 1


def test_terra_grants_by_silence_at_the_end_and_a_late_veto_is_none():
    keeping = other(*TERRA)
    told = story("2026-01-10T09:00 accept", "2026-05-01T09:00 refuse", offset="+13:00")
    found = clocks(told, "2026-06-01T09:00", keeping, "+13:00")
    (silence,) = found.silences
    assert (silence.state, silence.since) == ("programme", instant("2026-04-09T17:00", "+13:00"))
    run = found.last_run("TERRA-decision")
    assert (run.ended, run.reading.day, run.is_running, found.state) == (silence.since, 90, False, "programme")
    vetoed = story("2026-01-10T09:00 accept", "2026-04-09T16:59 refuse", offset="+13:00")
    assert clocks(vetoed, "2026-06-01T09:00", keeping, "+13:00").silences == ()


def test_terra_has_no_phase_of_completeness_and_its_grant_is_its_delivery():
    keeping = other(*TERRA)
    told = story("2026-01-09T09:00 submit", "2026-01-10T09:00 accept", "2026-01-20T09:00 grant", offset="+13:00")
    found = clocks(told, "2026-01-30T09:00", keeping, "+13:00")
    assert [(one.clock, one.is_running) for one in found.runs] == [("TERRA-decision", False)]
    assert found.state == "programme"


def test_an_instant_without_a_zone_is_a_mistake_of_the_program():
    naive = datetime(2025, 10, 1)
    with pytest.raises(ValueError, match="zone"):
        read_case_clocks([], cn(), as_of=naive)
    with pytest.raises(ValueError, match="zone"):
        Moment("submit", naive, "received", "officer")


def answers(module) -> Iterator[str]:
    """What the module says of many stories at many instants; compared with what the shipped one says of them."""
    base, terra, group = cn(), other(*TERRA), other(*GROUP)
    for kind in ("individual", "consultation"):
        yield repr(sorted(module.keep_time(base.procedure, base.phases, calendars(), zone_of, kind=kind).rules))
    rule = base.rules[DECISION]
    asking = dataclasses.replace(
        rule, reasons={**rule.reasons, "query": Reason("query", Effect.STOPS)}, cutoff_minutes=18 * 60
    )
    endless = dataclasses.replace(group.procedure.clocks["HOUSE-answer"], ends=())
    weekless = dataclasses.replace(terra.rules["TERRA-decision"], calendar="")
    keepings = [
        (base, base.procedure, base.rules), (base, base.procedure, {**base.rules, DECISION: asking}),
        (terra, terra.procedure, terra.rules), (terra, terra.procedure, {"TERRA-decision": weekless}),
        (group, dataclasses.replace(group.procedure, clocks={endless.id: endless}), group.rules),
        (group, dataclasses.replace(group.procedure, clocks={}), {}),
    ]  # fmt: skip
    made = [
        module.Timekeeping(procedure, one.phases, one.calendars, one.zone_of, rules)
        for one, procedure, rules in keepings
    ]
    for told in STORIES:
        moments = [module.Moment(*(getattr(one, name) for name in Moment.__slots__)) for one in told]
        for keeping in made:
            for at in INSTANTS[::-1]:
                read = module.read_case_clocks(moments, keeping, as_of=at)
                told_apart = read.running, read.spent_apart, read.has_it, read.silence
                yield repr((read, told_apart, [read.last_run(name) for name in keeping.rules]))


def left_unnoticed(every: int) -> list[str]:
    """The stories are told by the tests above; what each says of them must not survive a branch turned round."""
    expected = list(answers(shipped))

    def check(module):
        for naive in (
            lambda: module.read_case_clocks([], cn(), as_of=datetime(2025, 10, 1)),
            lambda: module.Moment("submit", datetime(2025, 10, 1), "", ""),
        ):
            with pytest.raises(ValueError, match="zone"):
                naive()
        assert all(got == wanted for got, wanted in zip(answers(module), expected, strict=True))

    return unnoticed(shipped, check, every=every)


def test_of_the_branches_turned_round_a_sample_changes_an_answer():
    assert left_unnoticed(SAMPLE) == []


@pytest.mark.long
def test_every_branch_turned_round_changes_an_answer():
    assert left_unnoticed(1) == []


verbs = st.sampled_from((
    "submit", "notify_missing", "supply", "accept", "pass_on", "query q", "answer q", "open_work w m", "close_work w",
    "stop s identification", "resume s", "grant", "reopen", "issue", "refuse", "send_back", "withdraw",
))  # fmt: skip
days = st.integers(0, 200)


@given(st.lists(st.tuples(days, verbs), max_size=10), days, days)
def test_what_happens_later_changes_nothing_that_was_told_before(happened, until, more):
    first = date(2025, 9, 1)
    told = story(*(f"{first + timedelta(days=n)}T10:00 {verb}" for n, verb in sorted(happened, key=lambda one: one[0])))
    as_of = instant(f"{first + timedelta(days=until)}T12:00", "+08:00")
    seen = [one for one in told if one.at <= as_of]
    assert read_case_clocks(told, cn(), as_of=as_of) == read_case_clocks(seen, cn(), as_of=as_of)
