"""Events of a case as moments of its clocks, by the tables of the kinds."""

from licence.clock_story import clocks, day
from ytterby.licence.application import Application
from ytterby.licence.case import Case, Event
from ytterby.licence.case_moments import moments_of
from ytterby.licence.step import Accept, Answer, Begin, LiftLimit, OpenWork, PassOn, Query, Stop, Submit
from ytterby.shell.site.case_rules import transition_table

STEPS = (
    ("2025-09-25T01:00:00Z", Begin("individual", Application("CN-procedure", (), ())), "draft"),
    ("2025-09-26T02:00:00Z", Submit("A. Signer", True), "submitted"),
    ("2025-09-28T01:00:00Z", PassOn(), "pre_check"),
    ("2025-09-29T01:00:00Z", Accept(), "review"),
    ("2025-10-09T01:00:00Z", Query("q1", "/use", "For what?", "2025-10-20"), "review"),
    ("2025-10-10T01:00:00Z", OpenWork("w1", "other_departments", "advise"), "review"),
    ("2025-10-11T01:00:00Z", Answer("q1", "For rotors."), "review"),
    ("2025-10-13T01:00:00Z", Stop("s1", "identification", "A laboratory looks at it."), "review"),
    ("2025-10-14T01:00:00Z", LiftLimit("state_council", "It was put to the State Council."), "review"),
)


def case_of(steps=STEPS):
    found = Case("C-1")
    for version, (at, step, state) in enumerate(steps, 1):
        found = found.after(Event(version, at, "u1", "", "officer", step), state)
    return found


def test_each_event_is_a_moment_with_phase_holder_and_what_it_names():
    told = moments_of(case_of(), transition_table("individual"))
    assert [(one.verb, one.phase, one.holder, one.id, one.reason, one.body) for one in told] == [
        ("begin", "none", "applicant", "", "", ""),
        ("submit", "received", "officer", "", "", ""),
        ("pass_on", "pre_check", "province", "", "", ""),
        ("accept", "review", "officer", "", "", ""),
        ("query", "review", "officer", "q1", "", ""),
        ("open_work", "review", "officer", "w1", "", "other_departments"),
        ("answer", "review", "officer", "q1", "", ""),
        ("stop", "review", "officer", "s1", "identification", ""),
        ("lift_limit", "review", "officer", "", "state_council", ""),
    ]


def test_the_clocks_of_a_case_are_those_of_its_moments():
    told = list(moments_of(case_of(STEPS[:-1]), transition_table("individual")))
    found = clocks(told, "2025-10-20T09:00")
    assert [(one.holder, one.body) for one in found.turns] == [
        ("applicant", ""), ("officer", ""), ("province", ""), ("officer", ""), ("applicant", ""),
        ("department", "other_departments"),
    ]  # fmt: skip
    assert day(found, "CN-decision") == 4
    assert [one.id for one in found.last_run("CN-decision").reading.open_stops] == ["s1"]
