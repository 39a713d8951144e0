"""What statistics take of a case is what its events say, each on the day of its entry."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import msgspec
import pytest

from licence import case_story
from licence.case_story import SUBMIT, gather, issue, query, rate, ready_story, story_in
from ytterby.licence import step
from ytterby.licence.case_outcome import Drawn, first_outcome, record_of
from ytterby.licence.case_record import facts_of
from ytterby.licence.evidence import ElementNeed, LineLots, LotsSection

TODAY = date(2025, 9, 1)
OF_LINE_ONE = {"Nd": ElementNeed("180", "500", "1", "yes"), "Dy": ElementNeed("45", "50", "1", "yes")}
LOTS = LotsSection(
    status="done",
    lines=(LineLots(1, "900", "1000", "yes", elements=OF_LINE_ONE), LineLots(2, "20.5", "100", "yes")),
)


def record(case, clock=None, draws=(), today=TODAY):
    return record_of(case, clock, draws, today)


OUTCOMES = [
    ("review", ""),
    ("granted", "approved"),
    ("issued", "approved"),
    ("refused", "refused"),
    ("closed", "refused"),
    ("no_licence", "not_controlled"),
    ("returned", "returned"),
    ("not_accepted", "returned"),
]


@pytest.mark.parametrize(("state", "outcome"), OUTCOMES)
def test_the_first_outcome_by_the_state_that_a_case_came_to(state, outcome):
    told = record(story_in("individual", state).case)
    assert (told.outcome, told.decided is not None) == (outcome, bool(outcome))
    assert told.received == date(2025, 7, 1)


def test_what_was_never_handed_in_and_what_is_no_application_count_nowhere():
    assert record(story_in("individual", "draft").case) is None
    assert record(story_in("individual", "withdrawn").case) is None
    assert record(story_in("consultation", "ruled").case) is None
    withdrawn = story_in("individual", "review").tell("clerk", step.Withdraw())
    assert record(withdrawn.case).outcome == "withdrawn"


def test_who_applied_where_to_and_whether_it_was_complete():
    case = story_in("individual", "granted").case
    told = record(case)
    assert (told.party, told.region, told.case) == (case.applicant, case.application.destination, case.number)
    assert told.is_complete
    assert not record(story_in("individual", "supplement").case).is_complete


def test_the_tier_is_the_one_before_the_outcome_and_questions_are_those_before_it():
    assert record(story_in("individual", "submitted").case).tier == "none"
    assert record(ready_story(tier="H").case).tier == "H"
    asked = ready_story().tell("lena", query())
    assert record(asked.case).queries == 1
    granted = story_in("individual", "granted").case
    assert (record(granted).tier, record(granted).queries) == ("S", 0)


def test_days_are_those_of_the_clock_at_the_outcome():
    granted = story_in("individual", "granted").case
    stops = (SimpleNamespace(days=3), SimpleNamespace(days=2))
    told = record(granted, SimpleNamespace(day=17, reached=None, stops=stops))
    assert (told.first_days, told.is_within, told.stopped_days) == (17, True, 5)
    late = record(granted, SimpleNamespace(day=50, reached=date(2025, 8, 1), stops=()))
    assert not late.is_within
    open_ = record(story_in("individual", "review").case, SimpleNamespace(day=3, reached=None, stops=()))
    assert open_.first_days is None


def issued_story():
    """Return a case with a licence of half of what was asked, and kilograms of elements in its evidence."""
    story = story_in("individual", "review").tell("register", case_story.assign("lena"))
    story = story.tell("register", gather(story.case, lots=LOTS))
    story = story.tell("register", rate(story.case))
    first, second = case_story.lines_of(story.case)
    half = str(story.case.application.lines[0].amount / 2)
    granted = (msgspec.structs.replace(first, quantity=half), second)
    story = story.tell("lena", case_story.propose(story.case, lines=granted, conditions=("one consignee",)))
    story = story.tell("register", case_story.assign("omar", 1))
    story = story.tell("omar", case_story.approve(story.case))
    lines = [{"line": f"L{one.line}", "quantity": one.quantity, "unit": one.unit} for one in granted]
    return story.tell("register", issue(story.case, lines=lines))


def test_element_masses_are_those_of_the_evidence_in_the_proportion_that_was_granted_and_drawn():
    case = issued_story().case
    (number,) = case.licences
    quarter = case.application.lines[0].amount / 4
    draws = [Drawn(number, "L1", quarter, date(2025, 8, 2)), Drawn("another", "L1", quarter, date(2025, 8, 2))]
    told = record(case, draws=draws, today=date(2025, 8, 15))
    assert told.outcome == "conditional"
    assert {one.element: one.kg for one in told.licensed} == {"Nd": Decimal(90), "Dy": Decimal("22.5")}
    assert {(one.element, one.kg, one.on) for one in told.drawn} == {
        ("Nd", Decimal(45), date(2025, 8, 2)),
        ("Dy", Decimal("11.25"), date(2025, 8, 2)),
    }
    assert told.ended == ()
    last = date.fromisoformat(case.last(step.Issue)[1].content["valid_to"])
    late = Drawn(number, "L1", quarter, date.fromordinal(last.toordinal() + 1))
    (ended,) = record(case, draws=[*draws, late], today=date.fromordinal(last.toordinal() + 30)).ended
    assert (ended.on, ended.used_kg, ended.unused_kg) == (last, Decimal("56.25"), Decimal("56.25"))
    assert record(case, today=last).ended == ()
    assert len(facts_of([told], ())) == 6


def test_an_appeal_counts_when_it_is_decided_and_says_whether_it_changed_the_decision():
    asked = story_in("individual", "appeal_proposed")
    assert record(asked.case).appealed is None
    changed = asked.tell("pia", case_story.approve(asked.case))
    told = record(changed.case)
    assert (told.outcome, told.appealed is not None, told.is_overturned) == ("refused", True, True)


def test_the_first_outcome_stays_the_first():
    story = story_in("individual", "returned")
    again = (
        story.tell("clerk", step.Edit(story.case.application))
        if "edit" in story.rules.table.commands_of("returned")
        else story
    )
    again = again.tell("clerk", SUBMIT)
    assert record(again.case).outcome == "returned"
    assert first_outcome(again.case) == first_outcome(story.case)
    assert datetime.fromisoformat(first_outcome(story.case).at).tzinfo is UTC
