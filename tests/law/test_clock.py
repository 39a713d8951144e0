"""The clock of a case: both countings, stops, zones, due dates; any instant can be asked for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from law.calendar_days import WEEKEND, calendar_of
from ytterby.law.calendar import Calendar, CalendarDay, CalendarYear, Counting, DayKind, YearStatus
from ytterby.law.clock import ClockEvent, ClockState, Happening, days_elapsed, read_clock
from ytterby.law.clock_rule import ClockRule, DayRule, Effect, Reason, parse_clock_rules
from ytterby.law.clock_vector import compute_sla
from ytterby.law.due import DueKind
from ytterby.shell.site.calendars import calendars, clock_rules, zone_of
from ytterby.shell.wording import sentence

ACCEPTED, STOP, RESUME, DECIDED, NO_LIMIT = (
    Happening.ACCEPTED, Happening.STOP, Happening.RESUME, Happening.DECIDED, Happening.NO_LIMIT,
)  # fmt: skip
AT_CUTOFF, ANY_OVERLAP = DayRule.AT_CUTOFF, DayRule.ANY_OVERLAP
ANY = {"*": Reason("*", Effect.STOPS)}
RULE = ClockRule("test", 45, 18 * 60, "Europe/London", reasons=ANY)
LONDON, SHANGHAI = ZoneInfo("Europe/London"), ZoneInfo("Asia/Shanghai")
PLAIN = calendar_of()


def at(text):
    return datetime.fromisoformat(text)


def event(kind, text, name="", reason=""):
    return ClockEvent(kind, at(text), name, reason)


def clock(*events, as_of, rule=RULE, calendar=PLAIN, zone=LONDON):
    return read_clock(events, rule=rule, calendar=calendar, zone=zone, as_of=at(as_of))


# Oracles: domain/vectors/casework.json, key sla

ACCEPT = {"kind": "accepted", "at": "2026-03-02T10:00+00:00"}


def stop(began, ended=None):
    found = [{"kind": "stop", "at": began, "id": "q"}]
    return found + ([{"kind": "resume", "at": ended, "id": "q"}] if ended else [])


SLA = {
    "plain week": ([ACCEPT], "2026-03-09T19:00+00:00", {"at_cutoff": 5, "any_overlap": 5}),
    "stop opened and answered the same morning": (
        [ACCEPT, *stop("2026-03-04T09:00+00:00", "2026-03-04T11:00+00:00")],
        "2026-03-06T19:00+00:00",
        {"at_cutoff": 4, "any_overlap": 3},
    ),
    "summer time change inside": (
        [{"kind": "accepted", "at": "2026-03-26T10:00+00:00"}],
        "2026-03-30T18:30+01:00",
        {"at_cutoff": 2, "any_overlap": 2},
    ),
    "stop opened on Saturday, answered on Sunday": (
        [ACCEPT, *stop("2026-03-07T09:00+00:00", "2026-03-08T09:00+00:00")],
        "2026-03-09T19:00+00:00",
        {"at_cutoff": 5, "any_overlap": 4},
    ),
    "decided stops the count": (
        [ACCEPT, {"kind": "decided", "at": "2026-03-05T12:00+00:00"}],
        "2026-06-01T19:00+00:00",
        {"at_cutoff": 2, "any_overlap": 2, "due45": None},
    ),
    "open stop: no due date": (
        [ACCEPT, *stop("2026-03-03T09:00+00:00")],
        "2026-03-06T19:00+00:00",
        {"at_cutoff": 0, "due45": None},
    ),
    "due date, no stop": ([ACCEPT], "2026-03-09T19:00+00:00", {"at_cutoff": 5, "due45": "2026-05-04"}),
    # Own, by vectors/README.md: never before the day of the instant; the case's own days and zone.
    "reached long ago": ([ACCEPT], "2026-07-01T19:00+00:00", {"at_cutoff": 87, "due45": "2026-07-01"}),
    "not accepted": ([], "2026-07-01T19:00+00:00", {"at_cutoff": 0, "any_overlap": 0, "due45": None}),
}


@pytest.mark.parametrize("name", SLA)
def test_the_vectors_agree(name):
    events, as_of, expect = SLA[name]
    found = compute_sla({"events": events, "as_of": as_of}, clock_rules()["conform"], zone_of)
    assert {key: found[key] for key in expect} == expect


def test_a_vector_may_bring_its_own_days_and_zone():
    own = {"zone": "Asia/Shanghai", "holidays": ["2026-03-04"], "extra_working": ["2026-03-07"]}
    case = {"events": [ACCEPT], "as_of": "2026-03-09T10:00+00:00", "calendar": own}
    found = compute_sla(case, clock_rules()["conform"], zone_of)
    assert found["at_cutoff"] == 5  # 3, 5, 6, the made-up 7th, and the 9th, on whose cutoff it stands


@pytest.mark.parametrize(
    "spoilt",
    [
        {"as_of": "2026-03-09T19:00"},
        {"as_of": "then"},
        {"events": [{"kind": "paused", "at": "2026-03-02T10:00+00:00"}]},
        {"events": [{"kind": "accepted", "at": "2026-03-02T10:00"}]},
        {"calendar": {"zone": "Nowhere/At_all"}},
        {"calendar": {"holidays": ["2026-02-30"]}},
    ],
)
def test_a_vector_that_cannot_be_read_says_so(spoilt):
    case = {"events": [ACCEPT], "as_of": "2026-03-09T19:00+00:00"} | spoilt
    with pytest.raises(ValueError):
        compute_sla(case, clock_rules()["conform"], zone_of)


# A clock that shares no code: every civil day is looked at, every stop at every day.


def slow_counts(accepted, decided, stops, calendar, rule, zone, as_of):
    """Return both counts after the words of vectors/README.md."""
    end = min(as_of, decided or as_of)
    cutoff = {}
    day = accepted.astimezone(zone).date() - timedelta(days=20)
    while day <= end.astimezone(zone).date() + timedelta(days=1):
        if calendar.counts(day):
            cutoff[day] = rule.cutoff(day, zone)
        day += timedelta(days=1)
    days = sorted(cutoff)
    counts = dict.fromkeys(DayRule, 0)
    for previous, day in pairwise(days):
        if day <= accepted.astimezone(zone).date() or cutoff[day] > end:
            continue
        before, until = cutoff[previous], cutoff[day]
        spans = [(a, b) for a, b in stops if b is None or a < b]
        counts[AT_CUTOFF] += not any(a <= until and (b is None or until < b) for a, b in spans)
        counts[ANY_OVERLAP] += not any(a <= until and (b is None or b > before) for a, b in spans)
    return counts


instants = st.datetimes(datetime(2026, 2, 20), datetime(2026, 4, 30), timezones=st.just(UTC)).map(
    lambda t: t.replace(minute=t.minute // 30 * 30, second=0, microsecond=0)
)
zones = st.sampled_from(["Europe/London", "Asia/Shanghai", "America/New_York", "Pacific/Apia", "UTC"]).map(ZoneInfo)
cutoffs = st.sampled_from([60, 150, 12 * 60, 18 * 60, 24 * 60])
stops_of = st.lists(st.tuples(instants, st.none() | instants), max_size=5)
holidays = st.sets(st.dates(date(2026, 2, 15), date(2026, 6, 1)), max_size=15)


def events_of(accepted, stops, decided=None):
    found = [ClockEvent(ACCEPTED, accepted)] + ([ClockEvent(DECIDED, decided)] if decided else [])
    for number, (began, ended) in enumerate(stops):
        found.append(ClockEvent(STOP, began, str(number)))
        if ended is not None and ended >= began:
            found.append(ClockEvent(RESUME, ended, str(number)))
    return found


@given(instants, st.none() | instants, stops_of, holidays, zones, cutoffs, instants)
def test_both_counts_are_those_of_looking_at_every_day(accepted, decided, stops, free, zone, cutoff, as_of):
    accepted, as_of = min(accepted, as_of), max(accepted, as_of)
    decided = decided if decided is not None and accepted <= decided <= as_of else None
    stops = [(a, b if b is not None and b >= a else None) for a, b in stops]
    rule, calendar = replace(RULE, cutoff_minutes=cutoff), calendar_of(free)
    found = read_clock(events_of(accepted, stops, decided), rule=rule, calendar=calendar, zone=zone, as_of=as_of)
    seen = [(a, b if b is not None and b <= as_of else None) for a, b in stops if a <= as_of]
    assert dict(found.days_by) == slow_counts(accepted, decided, seen, calendar, rule, zone, as_of)
    assert found.days_by[ANY_OVERLAP] <= found.days_by[AT_CUTOFF]


@given(instants, stops_of, holidays, zones, cutoffs, instants, st.integers(1, 40), st.sampled_from(DayRule))
def test_the_due_date_is_the_day_on_which_the_count_reaches_the_limit(
    accepted, stops, free, zone, cutoff, as_of, days, by
):
    as_of = max(accepted, as_of)
    stops = [(a, b) for a, b in stops if b is not None and a <= b <= as_of]
    rule, calendar = replace(RULE, cutoff_minutes=cutoff, days=days, day_rule=by), calendar_of(free)

    def ask(instant):
        return read_clock(events_of(accepted, stops), rule=rule, calendar=calendar, zone=zone, as_of=instant)

    due = ask(as_of).due
    # If nothing more happens the count is one short just before the cutoff of that day, and full on it.
    end = rule.cutoff(due, zone)
    assert ask(end).day == days
    assert ask(end - timedelta(microseconds=1)).day == days - 1 or end <= as_of


@given(instants, stops_of, holidays, st.lists(instants, min_size=2, max_size=6))
def test_the_count_never_falls(accepted, stops, free, asked):
    counts = [
        read_clock(events_of(accepted, stops), rule=RULE, calendar=calendar_of(free), zone=LONDON, as_of=instant)
        for instant in sorted(asked)
    ]
    for by in DayRule:
        days = [one.days_by[by] for one in counts]
        assert days == sorted(days)


@given(instants, stops_of, instants, instants, st.sampled_from(DayRule), st.randoms())
def test_a_stop_that_ends_as_it_begins_changes_nothing_and_the_order_of_telling_neither(
    accepted, stops, moment, as_of, by, chance
):
    rule = replace(RULE, day_rule=by)
    before = events_of(accepted, stops)
    told = [*before, ClockEvent(STOP, moment, "momentary"), ClockEvent(RESUME, moment, "momentary")]
    chance.shuffle(told)
    plain = read_clock(before, rule=rule, calendar=PLAIN, zone=LONDON, as_of=as_of)
    found = read_clock(told, rule=rule, calendar=PLAIN, zone=LONDON, as_of=as_of)
    assert (found.days_by, found.due, found.state) == (plain.days_by, plain.due, plain.state)
    assert [one for one in found.stops if one.id != "momentary"] == list(plain.stops)
    assert all(one.days == 0 for one in found.stops if one.id == "momentary")


@given(instants, stops_of, instants, st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_the_same_whatever_offset_it_is_told_in(accepted, stops, as_of, minutes):
    told = events_of(accepted, stops)
    zone = timezone(timedelta(minutes=minutes))
    moved = [replace(one, at=one.at.astimezone(zone)) for one in told]
    plain = read_clock(told, rule=RULE, calendar=PLAIN, zone=LONDON, as_of=as_of)
    assert read_clock(moved, rule=RULE, calendar=PLAIN, zone=LONDON, as_of=as_of.astimezone(zone)) == plain


# Stops


def test_a_stop_is_open_from_its_instant_to_its_resume_exclusive():
    """At 18:00 exactly: a stop that begins costs the day, one that ends does not (at cutoff)."""
    begins = clock(
        event(ACCEPTED, "2026-03-02T10:00+00:00"), event(STOP, "2026-03-03T18:00+00:00"),
        event(RESUME, "2026-03-03T18:01+00:00"), as_of="2026-03-03T19:00+00:00",
    )  # fmt: skip
    ends = clock(
        event(ACCEPTED, "2026-03-02T10:00+00:00"), event(STOP, "2026-03-03T17:00+00:00"),
        event(RESUME, "2026-03-03T18:00+00:00"), as_of="2026-03-04T19:00+00:00",
    )  # fmt: skip
    assert (begins.days_by[AT_CUTOFF], begins.days_by[ANY_OVERLAP]) == (0, 0)
    # The resume at the cutoff itself leaves no instant of the next day stopped.
    assert (ends.days_by[AT_CUTOFF], ends.days_by[ANY_OVERLAP]) == (2, 1)


def test_each_stop_says_what_it_took_and_two_at_once_take_their_days_once():
    found = clock(
        event(ACCEPTED, "2026-03-02T10:00+00:00"),
        event(STOP, "2026-03-03T09:00+00:00", "a"), event(RESUME, "2026-03-06T09:00+00:00", "a"),
        event(STOP, "2026-03-05T09:00+00:00", "b"), event(RESUME, "2026-03-10T09:00+00:00", "b"),
        as_of="2026-03-13T19:00+00:00",
    )  # fmt: skip
    assert [(one.id, one.days) for one in found.stops] == [("a", 3), ("b", 3)]
    assert found.day == 9 - 5
    assert found.due == PLAIN.nth_day_after(date(2026, 3, 2), 45 + 5)


def test_only_a_reason_that_the_law_names_stops_the_clock():
    rule, calendar = clock_rules()["CN-decision"], calendars()["CN"]
    told = [event(ACCEPTED, "2026-03-02T02:00Z")]
    asked = [*told, event(STOP, "2026-03-03T02:00Z", "q", "question_to_applicant")]
    found = clock(*asked, as_of="2026-03-10T02:00Z", rule=rule, calendar=calendar, zone=SHANGHAI)
    plain = clock(*told, as_of="2026-03-10T02:00Z", rule=rule, calendar=calendar, zone=SHANGHAI)
    assert (found.state, found.day, found.due) == (ClockState.RUNNING, plain.day, plain.due)
    assert (found.open_stops, found.stops[0].is_counted, found.stops[0].days) == ((), False, 0)
    assert [one.code for one in found.remarks] == ["clock.unknown_reason"]
    visit = [*told, event(STOP, "2026-03-03T02:00Z", "v", "on_site_verification")]
    found = clock(*visit, as_of="2026-03-10T02:00Z", rule=rule, calendar=calendar, zone=SHANGHAI)
    assert (found.state, found.day, found.due_kind, found.due) == (ClockState.STOPPED, 0, DueKind.NONE, None)
    assert [(one.reason, one.days) for one in found.open_stops] == [("on_site_verification", 5)]


@pytest.mark.parametrize("reason", ["state_council", "central_military_commission", "watch_list"])
def test_a_case_without_limit_has_a_count_and_no_due_date(reason):
    rule, calendar = clock_rules()["CN-decision"], calendars()["CN"]
    told = [event(ACCEPTED, "2026-03-02T02:00Z"), event(NO_LIMIT, "2026-03-05T02:00Z", "", reason)]
    before = clock(*told, as_of="2026-03-04T20:00Z", rule=rule, calendar=calendar, zone=SHANGHAI)
    after = clock(*told, as_of="2026-09-05T02:00Z", rule=rule, calendar=calendar, zone=SHANGHAI)
    assert before.due_kind is DueKind.FIRM
    assert (after.due_kind, after.due, after.is_overdue) == (DueKind.NO_LIMIT, None, False)
    assert after.day > 45


def test_a_reason_that_lifts_no_limit_is_told():
    rule, calendar = clock_rules()["CN-decision"], calendars()["CN"]
    told = [event(ACCEPTED, "2026-03-02T02:00Z"), event(NO_LIMIT, "2026-03-05T02:00Z", "", "busy")]
    found = clock(*told, as_of="2026-03-06T02:00Z", rule=rule, calendar=calendar, zone=SHANGHAI)
    assert found.due_kind is DueKind.FIRM
    assert [(one.code, one.value) for one in found.remarks] == [("clock.unknown_reason", "busy")]


def test_what_contradicts_itself_has_no_effect_and_is_told():
    told = [
        event(ACCEPTED, "2026-03-02T10:00+00:00"), event(ACCEPTED, "2026-03-09T10:00+00:00"),
        event(RESUME, "2026-03-03T10:00+00:00", "a"),
        event(STOP, "2026-03-04T10:00+00:00", "b"), event(STOP, "2026-03-05T10:00+00:00", "b"),
        event(RESUME, "2026-03-06T10:00+00:00", "b"),
    ]  # fmt: skip
    found = clock(*told, as_of="2026-03-11T19:00+00:00")
    assert found.accepted_on == date(2026, 3, 2)
    assert [one.code for one in found.remarks] == [
        "clock.happened_again", "clock.nothing_to_resume", "clock.stopped_already",
    ]  # fmt: skip
    assert [(one.id, one.days) for one in found.stops] == [("b", 2)]
    early = clock(*told[:1], event(DECIDED, "2026-03-01T10:00+00:00"), as_of="2026-03-11T19:00+00:00")
    assert [one.code for one in early.remarks] == ["clock.decided_before_acceptance"]
    assert (early.state, early.day) == (ClockState.DECIDED, 0)
    for remark in found.remarks + early.remarks:
        assert "?" not in sentence(remark)[0]


def test_a_stop_that_ends_and_begins_again_at_one_instant_goes_on():
    told = [
        event(ACCEPTED, "2026-03-02T10:00+00:00"), event(STOP, "2026-03-03T10:00+00:00", "a"),
        event(STOP, "2026-03-05T10:00+00:00", "a"), event(RESUME, "2026-03-05T10:00+00:00", "a"),
    ]  # fmt: skip
    found = clock(*told, as_of="2026-03-09T19:00+00:00")
    assert (found.state, found.day, len(found.stops), found.remarks) == (ClockState.STOPPED, 0, 2, ())


def test_a_clock_whose_limit_is_used_up_is_overdue_until_it_is_decided():
    told = [event(ACCEPTED, "2026-03-02T10:00+00:00")]
    assert not clock(*told, as_of="2026-05-04T16:59+00:00").is_overdue
    late = clock(*told, as_of="2026-05-04T17:00+00:00")
    assert (late.is_overdue, late.day, late.due) == (True, 45, date(2026, 5, 4))
    assert not clock(*told, event(DECIDED, "2026-05-08T12:00+00:00"), as_of="2026-06-01T12:00+00:00").is_overdue


# Zones and cutoffs


def test_the_day_of_acceptance_is_that_of_the_zone():
    """23:30 UTC on a Sunday is Monday in Shanghai."""
    rule = replace(RULE, cutoff_minutes=24 * 60)
    told = [event(ACCEPTED, "2026-03-01T23:30Z")]
    assert clock(*told, as_of="2026-03-02T12:00Z", rule=rule, zone=SHANGHAI).accepted_on == date(2026, 3, 2)
    assert clock(*told, as_of="2026-03-03T15:59Z", rule=rule, zone=SHANGHAI).day == 0
    assert clock(*told, as_of="2026-03-03T16:00Z", rule=rule, zone=SHANGHAI).day == 1


@pytest.mark.parametrize(
    ("as_of", "count"),
    # Cutoff 18:00 London is 18:00 UTC in winter and 17:00 UTC from Monday 30 March 2026 on.
    [("2026-03-27T17:59:59Z", 0), ("2026-03-27T18:00Z", 1), ("2026-03-30T16:59:59Z", 1), ("2026-03-30T17:00Z", 2)],
)
def test_the_cutoff_moves_with_summer_time(as_of, count):
    assert clock(event(ACCEPTED, "2026-03-26T10:00Z"), as_of=as_of).day == count


@pytest.mark.parametrize(("zone", "day"), [("Africa/Cairo", "2026-04-24"), ("America/New_York", "2026-03-08")])
def test_a_cutoff_that_the_change_of_clocks_leaves_out_still_comes_once(zone, day):
    """Cairo leaves out the hour after midnight, New York the one from 2:00."""
    found = ZoneInfo(zone)
    rules = [replace(RULE, cutoff_minutes=minutes) for minutes in (30, 150, 24 * 60)]
    for rule in rules:
        ends = [rule.cutoff(date.fromisoformat(day) + timedelta(days=n), found) for n in range(-2, 3)]
        assert ends == sorted(set(ends))
        assert all(timedelta(hours=23) <= b - a <= timedelta(hours=25) for a, b in pairwise(ends))


def test_an_hour_that_is_told_twice_is_no_tie():
    """1:30 London comes twice on 25 October 2026; the cutoff is the first of them."""
    rule = replace(RULE, cutoff_minutes=90, day_rule=AT_CUTOFF)
    calendar = calendar_of(weekend=frozenset())
    accepted = ClockEvent(ACCEPTED, datetime(2026, 10, 24, 12, tzinfo=LONDON))
    ask = [
        read_clock([accepted], rule=rule, calendar=calendar, zone=LONDON, as_of=instant).day
        for instant in (
            datetime(2026, 10, 25, 1, 29, tzinfo=LONDON),
            datetime(2026, 10, 25, 1, 30, tzinfo=LONDON),
            datetime(2026, 10, 25, 1, 29, tzinfo=LONDON, fold=1),
        )
    ]
    assert ask == [0, 1, 1]


def test_an_instant_without_a_zone_is_a_programmers_mistake():
    with pytest.raises(ValueError):
        ClockEvent(ACCEPTED, datetime(2026, 3, 2))
    with pytest.raises(ValueError):
        read_clock([], rule=RULE, calendar=PLAIN, zone=LONDON, as_of=datetime(2026, 3, 2))


# Years, day one, calendar days


def test_a_due_date_in_a_year_without_notice_is_provisional_until_the_notice_comes():
    """F11: the same clock with the newer calendar."""
    rule, china = clock_rules()["CN-decision"], calendars()["CN"]
    told = [event(ACCEPTED, "2026-11-24T02:00Z")]
    found = clock(*told, as_of="2026-11-25T02:00Z", rule=rule, calendar=china, zone=SHANGHAI)
    assert (found.due, found.due_kind) == (date(2027, 1, 27), DueKind.PROVISIONAL)
    assert (found.certainty.earliest, found.certainty.latest) == (date(2027, 1, 20), date(2027, 1, 31))
    free = date(2027, 1, 4)
    notice = Calendar(
        "CN", weekend=WEEKEND, days={free: CalendarDay(free, DayKind.HOLIDAY)},
        years={2027: CalendarYear(2027, YearStatus.NOTICED)},
    )  # fmt: skip
    newer = clock(*told, as_of="2026-11-25T02:00Z", rule=rule, calendar=china.with_newer(notice), zone=SHANGHAI)
    assert (newer.due, newer.due_kind) == (date(2027, 1, 27), DueKind.FIRM)  # 4 Jan in the place of 1 Jan


def test_day_one_may_be_the_day_of_acceptance_where_it_works():
    rule = replace(RULE, is_first_counted=True)
    monday = clock(event(ACCEPTED, "2026-03-02T10:00Z"), as_of="2026-03-02T18:00Z", rule=rule)
    sunday = clock(event(ACCEPTED, "2026-03-01T10:00Z"), as_of="2026-03-02T18:00Z", rule=rule)
    assert monday.day == sunday.day == 1
    assert monday.due == sunday.due == PLAIN.nth_day_after(date(2026, 3, 1), 45)


def test_a_clock_may_count_calendar_days():
    calendar = Calendar("T", counting=Counting.CALENDAR_DAYS)
    found = clock(event(ACCEPTED, "2026-03-02T10:00Z"), as_of="2026-03-09T18:00Z", calendar=calendar)
    assert (found.day, found.due, found.due_kind) == (7, date(2026, 4, 16), DueKind.FIRM)


# Rules as data

RULE_HEADING = "rule,calendar,days,first_day,counting,cutoff,zone,source,confidence\n"
RULES = RULE_HEADING + "R,X,45,not_counted,at_cutoff,24:00,UTC,law,read\n"
REASONS = "rule,reason,effect,name,source,confidence\nR,visit,stops,a visit,law,read\n"


def test_the_packaged_rule_is_that_of_the_procedure():
    """Source: procedure.yaml of this project, clocks: decision, decision_stops, no_limit."""
    rule = clock_rules()["CN-decision"]
    assert (rule.days, rule.cutoff_minutes, rule.zone) == (45, 24 * 60, "Asia/Shanghai")
    assert (rule.day_rule, rule.is_first_counted) == (AT_CUTOFF, False)
    stops = {code for code, one in rule.reasons.items() if one.effect is Effect.STOPS}
    assert stops == {"identification", "expert_opinion", "on_site_verification"}
    assert all(one.source for one in rule.reasons.values())
    for one in clock_rules().values():
        assert one.calendar in {"", *calendars()}
        assert zone_of(one.zone)


@pytest.mark.parametrize(
    ("is_rule", "old", "new", "code", "column"),
    [
        (True, "24:00", "24:01", "calendar.no_time", "cutoff"),
        (True, "24:00", "00:00", "calendar.no_time", "cutoff"),
        (True, "24:00", "6 pm", "calendar.no_time", "cutoff"),
        (True, ",45,", ",0,", "calendar.no_number", "days"),
        (True, "at_cutoff", "by_feeling", "calendar.no_word", "counting"),
        (True, "not_counted", "perhaps", "calendar.no_word", "first_day"),
        (False, "R,visit", "S,visit", "calendar.unknown", "rule"),
        (False, "stops", "pauses", "calendar.no_word", "effect"),
        (False, "law", "", "calendar.empty_cell", "source"),
    ],
)
def test_a_bad_rule_is_refused_with_row_and_column(is_rule, old, new, code, column):
    texts = [RULES, REASONS]
    texts[not is_rule] = texts[not is_rule].replace(old, new, 1)
    assert texts != [RULES, REASONS]
    found, problems = parse_clock_rules(*texts)
    assert found == {}
    assert (code, 2, column) in [(one.code, one.where.row, one.where.column) for one in problems]


def test_two_rules_or_reasons_of_one_name_are_refused():
    for texts in [(RULES + RULES.splitlines()[1], REASONS), (RULES, REASONS + REASONS.splitlines()[1])]:
        assert [one.code for one in parse_clock_rules(*texts)[1]] == ["calendar.twice"]


@given(st.booleans(), st.text(max_size=200), st.integers(0, 130), st.integers(0, 30))
def test_no_text_makes_the_parser_of_rules_fail(is_rule, scrap, place, cut):
    texts = [RULES, REASONS]
    text = texts[not is_rule]
    texts[not is_rule] = text[:place] + scrap + text[place + cut :]
    found, problems = parse_clock_rules(*texts)
    assert not (found and problems)


def test_the_day_on_which_the_limit_was_used_up_stays_known():
    """45 days from 2 March 2026 are used up on Monday 4 May, whatever is decided or stopped after it."""
    accepted = event(ACCEPTED, "2026-03-02T10:00+00:00")
    before = clock(accepted, as_of="2026-05-04T17:59+01:00")
    assert (before.due, before.reached) == (date(2026, 5, 4), None)
    decided = event(DECIDED, "2026-05-20T10:00+01:00")
    stopped = event(STOP, "2026-05-05T10:00+01:00", "q")
    for more in ((), (decided,), (stopped,)):
        assert clock(accepted, *more, as_of="2026-05-21T10:00+01:00").reached == date(2026, 5, 4)
    assert clock(accepted, event(DECIDED, "2026-05-04T17:59+01:00"), as_of="2026-06-01T10:00+01:00").reached is None


@given(st.lists(st.integers(0, 3_000), min_size=3, max_size=6))
def test_days_of_times_that_follow_each_other_add_up(hours):
    start = at("2026-02-27T00:30+00:00")
    marks = [start + timedelta(hours=n) for n in sorted(hours)]
    parts = [days_elapsed(a, b, rule=RULE, calendar=PLAIN, zone=LONDON) for a, b in pairwise(marks)]
    assert sum(parts) == days_elapsed(marks[0], marks[-1], rule=RULE, calendar=PLAIN, zone=LONDON)
    assert all(part >= 0 for part in parts)
