"""What the door itself refuses (`entering`), whatever the guards say: versions, roles, words, days, names, ids."""

from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import msgspec

from licence.case_story import (
    AMENDED,
    APPLICATION,
    END_USER,
    EXPORTER,
    PEOPLE,
    SUBMIT,
    Story,
    approve,
    assign,
    decide_automatically,
    drafted_story,
    propose,
    query,
    ready_story,
    rules_of,
    story_in,
)
from ytterby.licence import step
from ytterby.licence.application import PartyOnCase
from ytterby.licence.case import Event
from ytterby.licence.office import Speaking
from ytterby.licence.step import TEXT_MAX

Door = tuple[str, Story, str, Any, dict[str, Any]]


def _named(exporter: str) -> Any:
    parties = (PartyOnCase("exporter", party=exporter),) if exporter else ()
    return msgspec.structs.replace(APPLICATION, parties=(*parties, APPLICATION.parties[1]))


def door_stories() -> Iterator[Door]:
    """Yield codes, story, speaker, step, and what else is told to the door."""
    yield from _beginnings()
    yield from _versions_and_roles()
    yield from _words()
    yield from _names()


def _beginnings() -> Iterator[Door]:
    begin, story = step.Begin, Story(rules_of("individual"))
    people = {
        **PEOPLE,
        "nobody": replace(PEOPLE["clerk"], party=""),
        "other": replace(PEOPLE["clerk"], party="urn:other"),
    }
    story = replace(story, people=people)
    yield "", story, "clerk", begin("individual", APPLICATION), {}
    yield "", story, "clerk", begin("individual", _named("")), {}
    yield "case.other_kind", story, "clerk", begin("open", APPLICATION), {}
    yield "case.not_yours_to_begin case.other_exporter", story, "pia", begin("individual", APPLICATION), {}
    yield "case.not_yours_to_begin", story, "pia", begin("individual", _named("")), {}
    yield "case.not_yours_to_begin case.other_exporter", story, "nobody", begin("individual", APPLICATION), {}
    yield "case.other_exporter", story, "other", begin("individual", APPLICATION), {}
    check = Story(rules_of("post_shipment_check"))
    yield "", check, "pia", begin("post_shipment_check", APPLICATION), {}
    yield "case.about_nobody", check, "pia", begin("post_shipment_check", _named("")), {}
    yield "case.not_yours_to_begin", check, "clerk", begin("post_shipment_check", APPLICATION), {}
    both = "case.not_yours_to_begin case.about_nobody"
    yield both, check, "clerk", begin("post_shipment_check", _named("")), {}
    # An amendment is of a licence that the applicant holds, a check may be of one, and nothing else is.
    yield "case.amends_nothing", story, "clerk", begin("individual", APPLICATION, amends="L-1"), {}
    amendment = Story(rules_of("amendment"))
    change = begin("amendment", APPLICATION, amends="L-1")
    yield "", amendment, "clerk", change, {}
    yield "", amendment, "clerk", begin("amendment", _named(""), amends="L-1"), {}
    yield "case.nothing_to_amend", amendment, "clerk", change, {"amended": None}
    yield "case.nothing_to_amend", amendment, "clerk", change, {"amended": {**AMENDED, "holder": "urn:other"}}
    yield "case.nothing_to_amend", amendment, "clerk", begin("amendment", APPLICATION), {"amended": None}
    looked_into = begin("post_shipment_check", APPLICATION, amends="L-1")
    yield "", check, "pia", looked_into, {}
    yield "case.nothing_to_amend", check, "pia", looked_into, {"amended": None}


def _versions_and_roles() -> Iterator[Door]:
    draft, review = story_in("individual", "draft"), story_in("individual", "review")
    yield "", draft, "clerk", SUBMIT, {"expected": 1}
    yield "case.changed_meanwhile", draft, "clerk", SUBMIT, {"expected": 0}
    yield "case.changed_meanwhile", draft, "clerk", SUBMIT, {"expected": 2}
    yield "", draft, "clerk", SUBMIT, {"expected": None}
    # An applicant counts what it may read: begun, handed in, accepted, asked. What was done inside moves no number.
    asked, answer = ready_story().tell("lena", query()), step.Answer("Q-1", "A motor.")
    assert asked.case.version == 7
    yield "", asked, "clerk", answer, {"expected": 4}
    yield "case.changed_meanwhile", asked, "clerk", answer, {"expected": 7}
    yield "case.changed_meanwhile", asked, "clerk", answer, {"expected": 3}
    yield "", asked, "lena", step.Stop("S-1", "expert_opinion", "Experts."), {"expected": 7}
    yield "case.changed_meanwhile", asked, "lena", step.Stop("S-1", "expert_opinion", "Experts."), {"expected": 4}
    yield "case.not_now", draft, "pia", step.Accept(), {}
    yield "case.not_yours", draft, "pia", SUBMIT, {}
    # What others say is theirs wherever a case stands, and out of turn is what is one's own.
    for state in ("draft", "submitted", "review", "proposed", "refused"):
        story = story_in("individual", state)
        yield "case.not_yours", story, "clerk", step.Approve("0", 1, {}), {}
        yield "case.not_yours", story, "uma", step.Withdraw(), {}
        yield "case.not_now", story, "clerk", step.Record("visit", "passed", "So."), {}  # no step of this kind
    yield "case.not_now", review, "clerk", SUBMIT, {}
    yield "case.no_such_query", review, "clerk", step.Answer("Q-1", "So."), {}
    yield "case.no_such_query", story_in("individual", "proposed"), "clerk", step.Answer("Q-1", "So."), {}
    yield "case.incomplete case.barred", draft, "clerk", SUBMIT, {"gaps": ("a",), "barred": ("b",)}
    ready, drafted = ready_story(), drafted_story(tier="H")
    people = {**PEOPLE, "lena": replace(PEOPLE["lena"], roles=frozenset({"department"})),
              "omar": replace(PEOPLE["omar"], roles=frozenset({"department"}))}  # fmt: skip
    left, left_draft = replace(ready, people=people), replace(drafted, people=people)
    yield "", ready, "lena", propose(ready.case), {}
    yield "case.not_yours", ready, "nils", propose(ready.case), {}
    yield "case.not_yours", left, "lena", propose(ready.case), {}  # an officer who left the office
    yield "case.not_yours", review, "lena", propose(review.case), {}
    yield "", drafted, "lena", step.Retract(), {}
    yield "case.not_yours", drafted, "nils", step.Retract(), {}
    yield "case.not_yours", left_draft, "lena", step.Retract(), {}
    yield "", drafted, "omar", approve(drafted.case), {}
    yield "case.not_yours", drafted, "sara", approve(drafted.case), {}
    yield "case.not_yours", left_draft, "omar", approve(drafted.case), {}
    # Signer of an order is who was drawn for that order.
    yield "case.may_not_approve_order", drafted, "sara", approve(drafted.case, 2), {}
    yield "case.not_yours", drafted, "omar", approve(drafted.case, 2), {}
    # The officer is of order 0, and that is no order of approvals.
    yield "case.no_such_order", drafted, "lena", approve(drafted.case, 0), {}


def _words() -> Iterator[Door]:
    story, long = ready_story(), "x" * TEXT_MAX
    yield "", story, "nils", query(text=long), {}
    yield "case.too_long", story, "nils", query(text=long + "x"), {}
    yield "case.no_text", story, "nils", query(text=" "), {}
    yield "case.day", story, "nils", query(due=""), {}
    yield "case.day", story, "nils", query(due="tomorrow"), {}
    yield "case.day", story, "nils", query(due="20250715"), {}  # a day has one spelling
    yield "case.no_text case.day case.query_kind", story, "nils", query(text="", due="", kind="wish"), {}
    yield "", story, "nils", query(kind="change_form"), {}
    yield "case.query_kind", story, "nils", query(kind="wish"), {}
    yield "case.day", story, "nils", step.OpenWork("W-1", "experts", "Look.", due="soon"), {}
    yield "", story, "nils", step.OpenWork("W-1", "experts", "Look."), {}
    yield "case.too_long", story, "nils", step.OpenWork("W-1", "experts", long + "x"), {}
    case = story.case
    yield "case.too_long", story, "lena", propose(case, settles=long + "x"), {}
    yield "", story, "lena", propose(case, text=" "), {}
    yield "case.no_text", story, "lena", propose(case, "refused", text=" "), {}
    yield "case.day case.validity", story, "lena", propose(case, valid_to="soon"), {}
    green = ready_story(tier="G")
    yield "", green, "register", decide_automatically(green.case, text=""), {}
    passed_on = story_in("individual", "pre_check")
    yield "", passed_on, "provo", step.Report("refuse", "No."), {}
    yield "case.verdict", passed_on, "provo", step.Report("perhaps", "Hm."), {}
    draft = story_in("individual", "draft")
    yield "case.too_long", draft, "clerk", step.Submit(long + "x", declares=True), {}


def _names() -> Iterator[Door]:
    story = ready_story()
    asked = story.tell("lena", query())
    answered = asked.tell("clerk", step.Answer("Q-1", "A motor."))
    for held in (asked, answered):
        yield "case.id_taken", held, "lena", query(), {}
        yield "case.id_taken", held, "lena", step.OpenWork("Q-1", "experts", "Look."), {}
        yield "case.id_taken", held, "lena", step.Stop("Q-1", "expert_opinion", "Experts."), {}
        yield "", held, "lena", query("Q-2"), {}
    yield "case.id_taken", story, "lena", query(" "), {}
    form = story.tell("lena", query(kind="change_form"))
    changed = msgspec.structs.replace(APPLICATION, order="PO-8")
    yield "", form, "clerk", step.Answer("Q-1", "So.", application=changed), {}
    yield "case.not_to_be_changed", asked, "clerk", step.Answer("Q-1", "So.", application=changed), {}
    yield "", asked, "clerk", step.Answer("Q-1", "So."), {}
    yield "case.no_such_query", asked, "clerk", step.Answer("Q-9", "So.", application=changed), {}
    draft, supplement = story_in("individual", "draft"), story_in("individual", "supplement")
    other = msgspec.structs.replace(APPLICATION, procedure="XX-procedure")
    for held, who, make in (
        (draft, "clerk", step.Edit),
        (supplement, "clerk", step.Supply),
        (form, "clerk", lambda one: step.Answer("Q-1", "So.", application=one)),
    ):
        yield "", held, who, make(changed), {}
        yield "", held, who, make(_named("")), {}
        yield "", held, who, make(_named(EXPORTER)), {}
        yield "case.other_exporter", held, who, make(_named(END_USER)), {}
        yield "case.other_procedure", held, who, make(other), {}


def check_door(module: ModuleType) -> None:
    """Hold a module of the door against all stories, and against what its events say."""
    for codes, story, who, said, more in door_stories():
        found = replace(story, entering=module).codes(who, said, **more)
        assert found == codes.split(), (story.case.state, said, found)
    _check_events(module)
    _check_no_way(module)
    _check_what_is_told(module)


def _check_events(module: ModuleType) -> None:
    story = replace(Story(rules_of("individual")), entering=module)
    begun = story.tell("clerk", step.Begin("individual", APPLICATION))
    assert (begun.case.state, begun.case.kind, begun.case.version) == ("draft", "individual", 1)
    handed = begun.tell("clerk", SUBMIT)
    assert handed.case.state == "submitted"
    ready = replace(ready_story(), entering=module)
    ready = ready.tell("lena", propose(ready.case))
    assert (ready.case.state, ready.case.events[-1].role, ready.case.events[-1].team) == (
        "proposed",
        "officer",
        "review",
    )
    withdrawn = begun.tell("clerk", step.Withdraw()).case
    assert withdrawn.events[-1].role == "applicant"
    # Who has two roles speaks in the first of them that the row names.
    two = replace(begun, people={**PEOPLE, "two": Speaking("two", EXPORTER, frozenset({"customs", "applicant"}))})
    assert two.tell("two", SUBMIT).case.events[-1].role == "applicant"
    for found, state in ((handed.told[-1][1], "withdrawn"), (begun.told[0][1], "draft")):
        _cannot_fold(module, replace(withdrawn, state=state), found, story)


def _cannot_fold(module: ModuleType, case: Any, event: Event, story: Story) -> None:
    try:
        module.after(case, event, story.rules.table, story.office("pia"))
    except ValueError:
        return
    raise AssertionError(f"{event.verb} was folded in {case.state}")


def _check_no_way(module: ModuleType) -> None:
    """A draft that no guard let in, of an outcome that its table has no row for, is decided by nobody."""
    ready = ready_story("general_registration")
    event = ready.told[-1][1]
    forged = Event(
        event.version + 1, event.at, "lena", event.party, "officer", propose(ready.case, "no_licence_required")
    )
    story = replace(ready, case=ready.case.after(forged, "proposed"), entering=module)
    story = story.tell("register", assign("omar", 1))
    assert story.codes("omar", approve(story.case)) == ["case.no_way"]


def _check_what_is_told(module: ModuleType) -> None:
    """Outside the office a refusal tells the phase and one's own commands; inside, the state."""
    facts = {}
    for state in ("draft", "review", "proposed", "issued"):
        story = replace(story_in("individual", state), entering=module)
        for who in ("clerk", "pia", "provo", "dora", "register", "uma"):
            facts[state, who] = dict(story.ask(who, step.Begin("individual", APPLICATION))[0].facts)
    assert facts["proposed", "clerk"] == {"state": "review", "may": "answer, withdraw"}
    assert facts["review", "clerk"] == {"state": "review", "may": "answer, withdraw"}
    assert facts["proposed", "uma"] == {"state": "review", "may": "-"}
    assert facts["issued", "clerk"] == {"state": "issued", "may": "-"}
    assert facts["draft", "clerk"] == {"state": "draft", "may": "edit, submit, withdraw"}
    for who in ("pia", "provo", "dora", "register"):
        assert facts["proposed", who]["state"] == "proposed"
    assert facts["issued", "pia"] == {"state": "issued", "may": "close"}
    proposed = replace(story_in("individual", "proposed"), entering=module)
    assert proposed.ask("clerk", approve(proposed.case))[0].facts == {"state": "review"}
    lost = replace(proposed, case=replace(proposed.case, state="limbo"))
    assert lost.ask("clerk", SUBMIT)[0].facts == {"state": "limbo", "may": "-"}
