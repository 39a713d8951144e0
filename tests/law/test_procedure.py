"""Procedures as data: what the packaged one says, what is refused, and that clocks are read from it."""

import copy
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from law.law_case import codes_of, content_of, pack_of
from law.test_pack import VALUES, pack_with, places
from ytterby.law.book import calendar_problems, make_book
from ytterby.law.calendar import Counting
from ytterby.law.clock import ClockEvent, Happening, read_clock
from ytterby.law.clock_rule import parse_clock_rules
from ytterby.law.due import DueKind
from ytterby.law.pack_diff import diff_packs
from ytterby.law.pack_reader import read_pack
from ytterby.law.procedure import clock_rules_of
from ytterby.law.span import Span
from ytterby.law.trust import Confidence
from ytterby.shell.site.calendars import calendars, clock_rules, zone_of
from ytterby.shell.site.law_packs import law_of, packaged_law, packaged_packs
from ytterby.shell.site.packs import packaged_text

PACKAGED = "cn-procedure"


def words(text):
    return {"en": text, "zh": text}


def entry(name, **fields):
    return {"id": name, "title": words(name), "source": "gazette", "confidence": "read", **fields}


def clock(**fields):
    return entry(
        "OWN-decision",
        **{
            "days": 30,
            "counting": "calendar_days",
            "first_day": "not_counted",
            "day_rule": "at_cutoff",
            "cutoff": "24:00",
            "zone": "UTC",
            "starts": "open",
            "ends": ["closed"],
            **fields,
        },
    )


def procedure(**sections):
    return entry(
        "OWN-procedure",
        **{
            "published": "2026-01-01",
            "effective": "2026-02-01",
            "governs": "application",
            "bodies": [entry("office", role="decides")],
            "states": [entry("open", holder="office"), entry("closed", holder="office", is_last=True)],
            "steps": [entry("close", **{"from": ["open"], "to": "closed", "by": "office"})],
            **sections,
        },
    )


def kind(**fields):
    return entry("single", end_users="one", exports="one", valid_most=None, documents=[], **fields)


def refused(**sections):
    return codes_of(pack_with(procedure=procedure(**sections)))


# The packaged one


@pytest.fixture(scope="module")
def packaged():
    return packaged_law().procedures["CN-procedure"]


def test_the_packaged_procedure_says_what_its_sources_say(packaged):
    """Source: procedure.yaml of this project."""
    days = {name: one.days for name, one in packaged.clocks.items()}
    assert days == {
        "CN-completeness": 5,
        "CN-lower-level-review": 20,
        "CN-decision": 45,
        "CN-amendment": 20,
        "CN-delivery": 10,
    }
    assert {one.calendar for one in packaged.clocks.values()} == {"CN"}
    kinds = {name: (one.end_users, one.exports, one.valid_most) for name, one in packaged.licence_kinds.items()}
    assert kinds == {
        "individual": ("one", "one", Span(1, "year")),
        "general": ("several", "several", Span(3, "year")),
        "registration": ("one", "one", None),
    }
    assert packaged.records["export_records"].at_least == Span(5, "year")
    assert packaged.deadlines["humanitarian_report"].within == Span(10, "working_day")


def test_what_was_recalled_or_is_practice_keeps_its_mark(packaged):
    factors = [one for one in packaged.provisions.values() if one.kind == "factor"]
    sure = [one.trust.confidence for one in factors]
    assert sure == [Confidence.READ] * 4 + [Confidence.RECALLED] * 4
    practice = [one for one in packaged.provisions.values() if one.kind == "practice"]
    assert {one.trust.confidence for one in practice} == {Confidence.PRACTICE}
    assert sum(not one.is_asked for one in practice) == 7
    assert all(one.trust.source for one in packaged.provisions.values())


def test_what_hangs_on_a_suspended_rule_names_it(packaged):
    under = {one.id: one.under for one in (*packaged.deadlines.values(), *packaged.provisions.values()) if one.under}
    assert under == {"humanitarian_report": "CN-61.1", "fifty_percent": "CN-61.1"}


def test_the_clocks_of_the_register_are_those_of_the_procedure_and_of_no_table(packaged):
    in_tables, problems = parse_clock_rules(
        packaged_text("law", "calendars/clock_rules.csv"), packaged_text("law", "calendars/clock_reasons.csv")
    )
    assert problems == []
    assert not in_tables.keys() & packaged.clocks.keys()
    assert {name: clock_rules()[name] for name in packaged.clocks} == clock_rules_of(packaged)
    assert calendar_problems(packaged_law(), calendars()) == []


def test_a_clock_of_the_procedure_runs(packaged):
    rule, calendar = clock_rules_of(packaged)["CN-decision"], calendars()["CN"]
    accepted = ClockEvent(Happening.ACCEPTED, datetime(2026, 3, 2, 2, tzinfo=UTC))
    asked = {"rule": rule, "calendar": calendar, "zone": zone_of(rule.zone), "as_of": datetime(2026, 3, 20, tzinfo=UTC)}
    assert read_clock([accepted], **asked).certainty.kind is DueKind.FIRM
    put = ClockEvent(Happening.NO_LIMIT, datetime(2026, 3, 3, 2, tzinfo=UTC), reason="state_council")
    assert read_clock([accepted, put], **asked).due_kind is DueKind.NO_LIMIT


# What is refused


def test_a_small_procedure_is_good():
    assert refused() == []
    assert refused(clocks=[clock()], licence_kinds=[kind()]) == []


@pytest.mark.parametrize(
    ("sections", "code", "where"),
    [
        ({"clocks": [clock(counting="working_days")]}, "procedure.no_calendar", "/procedure/clocks/0"),
        ({"clocks": [clock(starts="nowhere")]}, "pack.unknown_reference", "/procedure/clocks/0/starts"),
        ({"clocks": [clock(ends=["closed", "nowhere"])]}, "pack.unknown_reference", "/procedure/clocks/0/ends/1"),
        ({"clocks": [clock(stops=["visit"])]}, "pack.unknown_reference", "/procedure/clocks/0/stops/0"),
        (
            {"clocks": [clock(silence=words("granted"), silence_state="nowhere", silence_since="start")]},
            "pack.unknown_reference",
            "/procedure/clocks/0/silence_state",
        ),
        ({"clocks": [clock(silence_state="closed")]}, "pack.missing_field", "/procedure/clocks/0"),
        ({"clocks": [clock(silence_since="start")]}, "pack.missing_field", "/procedure/clocks/0"),
        ({"clocks": [clock(cutoff="24:01")]}, "pack.kind", "/procedure/clocks/0/cutoff"),
        ({"clocks": [clock(days=0)]}, "pack.kind", "/procedure/clocks/0/days"),
        ({"clocks": [clock(), clock()]}, "pack.twice", "/procedure/clocks/1/id"),
        (
            {"clocks": [clock(stops=["visit"], no_limit=["visit"])], "reasons": [entry("visit")]},
            "pack.contradiction",
            "/procedure/clocks/0/no_limit",
        ),
        ({"clocks": [clock()], "reasons": [entry("visit")]}, "procedure.unused_reason", "/procedure/reasons/0"),
        ({"documents": [entry("form", basis="law")]}, "procedure.unasked_document", "/procedure/documents/0"),
        (
            {"licence_kinds": [kind() | {"documents": ["form"]}]},
            "pack.unknown_reference",
            "/procedure/licence_kinds/0/documents/0",
        ),
        ({"states": []}, "pack.kind", "/procedure/states"),
        ({"states": [entry("open", holder="office")], "steps": []}, "procedure.dead_end", "/procedure/states/0"),
        ({"effective": "2025-12-31"}, "pack.dates_reversed", "/procedure/effective"),
        ({"governs": "mood"}, "pack.choice", "/procedure/governs"),
        ({"bodies": [entry("office", role="prays")]}, "pack.choice", "/procedure/bodies/0/role"),
        ({"bodies": []}, "pack.unknown_reference", "/procedure/states/0/holder"),
        (
            {"provisions": [entry("x", kind="change", clock="none")]},
            "pack.unknown_reference",
            "/procedure/provisions/0/clock",
        ),
        (
            {"deadlines": [entry("r", within={"count": 3, "unit": "working_day"}, after=words("export"), by="office")]},
            "procedure.no_calendar",
            "/procedure/deadlines/0",
        ),
    ],
)
def test_a_procedure_that_cannot_be_true_is_refused_with_its_place(sections, code, where):
    assert (code, where) in refused(**sections)


def test_a_state_that_no_step_reaches_and_a_last_one_that_is_left_are_refused():
    states = procedure()["states"]
    assert ("procedure.unreached_state", "/procedure/states/2") in refused(
        states=[*states, entry("lost", holder="office", is_last=True)]
    )
    back = entry("reopen", **{"from": ["closed"], "to": "open", "by": "office"})
    assert ("pack.contradiction", "/procedure/states/1/is_last") in refused(steps=[*procedure()["steps"], back])
    # Two states that lead to each other alone are still an island.
    island = [entry(name, holder="office") for name in ("a", "b")]
    ways = [entry(f"{a}{b}", **{"from": [a], "to": b, "by": "office"}) for a, b in ("ab", "ba")]
    found = refused(states=[*states, *island], steps=[*procedure()["steps"], *ways])
    assert [code for code, _ in found] == ["procedure.unreached_state"] * 2


def test_what_hangs_on_a_rule_that_no_pack_holds_is_refused():
    own = pack_of(pack_with(procedure=procedure(provisions=[entry("x", kind="duty", under="NONE")])))
    _, problems = make_book([*packaged_packs(), own])
    assert [(one.code, one.where.pointer) for one in problems] == [
        ("pack.unknown_reference", "own#/procedure/provisions/0/under")
    ]


def test_two_packs_may_not_hold_clocks_of_one_name():
    own = pack_of(pack_with(procedure=procedure(clocks=[clock() | {"id": "CN-decision"}])))
    assert [one.code for one in make_book([*packaged_packs(), own])[1]] == ["pack.in_two_packs"]


@pytest.mark.parametrize(
    ("fields", "code", "where"),
    [
        ({"counting": "working_days", "calendar": "Mars"}, "calendar.unknown", "/procedure/clocks/0/calendar"),
        ({"zone": "Mars/Olympus"}, "procedure.no_zone", "/procedure/clocks/0/zone"),
    ],
)
def test_a_clock_by_a_calendar_or_zone_that_nobody_has_is_refused_on_loading(tmp_path, fields, code, where):
    content = pack_with(procedure=procedure(clocks=[clock(**fields)]))
    (tmp_path / "own.yaml").write_text(json.dumps(content), encoding="utf-8")
    _, problems = law_of(tmp_path)
    assert [(one.code, one.where.pointer) for one in problems] == [(code, where)]
    assert problems[0].where.file.endswith(": own")


@settings(deadline=None, max_examples=200)
@given(st.data(), VALUES)
def test_a_procedure_with_one_value_spoilt_loads_or_says_why(data, value):
    content = copy.deepcopy(content_of(PACKAGED))
    way = data.draw(st.sampled_from([way for way in places(content) if len(way) > 1 and way[0] == "procedure"]))
    holder = content
    for key in way[:-1]:
        holder = holder[key]
    holder[way[-1]] = value
    pack, problems = read_pack(content)
    assert (pack is None) == bool(problems)
    if pack is not None:
        book, _ = make_book([*packaged_packs(), pack])
        assert all(rule.id for rule in book.clock_rules.values())


def test_the_difference_of_procedures_names_the_entry():
    content = content_of(PACKAGED)
    content["procedure"]["clocks"][2]["days"] = 60
    packs = ({PACKAGED: pack_of(content_of(PACKAGED))}, {PACKAGED: pack_of(content)})
    (change,) = diff_packs(*packs)
    assert (change.place, change.old, change.new) == (("procedure", "clocks", "CN-decision", "days"), 45, 60)


def test_a_clock_may_count_calendar_days_without_a_calendar():
    pack = pack_of(pack_with(procedure=procedure(clocks=[clock()])))
    (rule,) = clock_rules_of(pack.procedure).values()
    assert (rule.calendar, pack.procedure.clocks["OWN-decision"].counting) == ("", Counting.CALENDAR_DAYS)
