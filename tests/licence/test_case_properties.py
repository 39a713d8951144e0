"""Whatever is tried, no case reaches a decision but by the book (casework page, 5.2: I5 to I11, I14, I17)."""

import json
from collections import Counter
from dataclasses import FrozenInstanceError
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licence.case_story import (
    APPLICATION,
    KINDS,
    advise,
    approve,
    decide_automatically,
    drafted_story,
    gather,
    issue,
    lines_of,
    propose,
    query,
    ready_story,
    story_in,
    table_of,
)
from licence.case_witness import digest_of_draft, witness_of
from licence.evidence_stories import SCREENED, with_evidence
from licence.random_case import CROWD, folded, next_step, tell_history
from ytterby.licence import step
from ytterby.licence.case import Case, Event, event_fields, read_event
from ytterby.shell.wording import LANGUAGES, sentence

# Kinds whose drafts grant, refuse or rule; a check after shipment decides nothing that is signed.
DECIDED_KINDS = tuple(kind for kind in KINDS if kind != "post_shipment_check")
histories = st.lists(st.integers(0, 30_000), min_size=20, max_size=50)


def coded(problems):
    """I11: whatever is refused says why, by a code that has a sentence in both languages."""
    assert problems
    for one in problems:
        for language in LANGUAGES:
            text, cure = sentence(one, language)
            assert text
            assert cure
            assert text != one.code


@settings(max_examples=12, deadline=None)
@given(histories)
@pytest.mark.parametrize("kind", DECIDED_KINDS)
def test_no_history_reaches_a_decision_without_its_guards(kind, chances):
    witness_of(tell_history(kind, chances, coded))


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(DECIDED_KINDS), histories)
def test_the_events_fold_to_the_same_case_again_and_again(kind, chances):
    story = tell_history(kind, chances, coded)
    assert folded(story) == folded(story) == story.case
    for (before, event, after, _), state in zip(story.told, story.case.states, strict=True):
        assert after.events[: before.version] == before.events  # nothing that was said is said otherwise later
        assert after.state == state
        text = json.dumps(event_fields("C-1", event))
        assert json.dumps(event_fields("C-1", read_event(json.loads(text)))) == text


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(DECIDED_KINDS), histories, st.integers(0, 999), st.integers(0, 999))
def test_of_two_steps_on_one_version_one_is_refused(kind, chances, first, second):
    """I10: a double finalising, or two amendments at once, make one event and one refusal."""
    story = tell_history(kind, chances, coded)
    version = story.case.version
    one, other = next_step(story, first), next_step(story, second)
    if version == 0 or not isinstance(story.ask(*one, expected=version), Event):
        return
    assert isinstance(story.ask(*other, expected=version), Event | list)
    later = story.tell(*one, expected=version)
    found = later.ask(*other, expected=version)
    assert [(said.code, said.value, said.facts["now"]) for said in found] == [
        ("case.changed_meanwhile", str(version), str(version + 1))
    ]


def test_the_histories_tried_do_reach_decisions_of_every_sort():
    """The properties above would hold of histories that never decide anything; these do."""
    chance = Random(20250701)
    seen = Counter()
    for number in range(90):
        kind = DECIDED_KINDS[number % len(DECIDED_KINDS)]
        chances = [chance.randrange(30_000) for _ in range(50)]
        seen.update(witness_of(tell_history(kind, chances, coded)).decisions)
    assert seen["proposed granted"] > 5
    assert seen["proposed refused"] > 5
    assert seen["proposed ruled"] > 5
    assert seen["by rule"] > 1
    assert sum(count for said, count in seen.items() if said.startswith("appeal_proposed")) > 1


# Each invariant once more by hand, so that its breach is found whatever is drawn


def test_events_and_cases_cannot_be_changed():
    story = story_in("individual", "submitted")
    with pytest.raises(AttributeError):
        story.case.events[0].at = "2020-01-01T00:00:00Z"
    with pytest.raises(FrozenInstanceError):
        story.case.state = "granted"
    with pytest.raises(AttributeError):
        story.case.events[0].step.kind = "open"


CHANGES = {
    "outcome": "refused",
    "lines": (),
    "evidence": "0" * 64,
    "packs": {},
    "reasons": ("end_use_doubtful",),
    "conditions": ("visit",),
    "text": "Another text.",
    "valid_from": "2025-07-02",
    "valid_to": "2026-06-29",
    "settles": "So.",
    "licence_kind": "general",
    "not_checked": (),
}


def test_every_field_of_a_draft_is_tried():
    assert set(CHANGES) == set(step.Propose.__struct_fields__)


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_of_a_draft_takes_its_approvals_away(name):
    """I7: the approval is of the digest, and the digest is of all that the draft says."""
    story = drafted_story(tier="H")
    signed = story.tell("omar", approve(story.case))
    assert len(signed.case.approvals) == 1
    event = signed.case.draft[0]
    assert signed.case.draft_digest == digest_of_draft("C-1", event)
    other = msgspec.structs.replace(event, step=msgspec.structs.replace(event.step, **{name: CHANGES[name]}))
    events = tuple(other if one.version == event.version else one for one in signed.case.events)
    forged = Case("C-1", signed.case.kind, signed.case.state, events)
    assert forged.draft_digest != signed.case.draft_digest
    assert forged.approvals == ()


@pytest.mark.parametrize("what", ["by", "version", "number"])
def test_a_draft_of_another_author_version_or_case_is_another_draft(what):
    case = drafted_story().case
    event = case.draft[0]
    if what == "number":
        other = digest_of_draft("C-2", event)
    else:
        other = digest_of_draft("C-1", msgspec.structs.replace(event, **{what: {"by": "nils", "version": 99}[what]}))
    assert other != case.draft_digest


def test_an_approval_of_an_older_draft_does_not_count():
    story = drafted_story(tier="H")
    signed = story.tell("omar", approve(story.case))
    back = signed.tell("lena", step.Retract())
    again = back.tell("lena", propose(back.case))  # the same words, another version
    assert again.case.approvals == ()
    assert again.codes("omar", approve(signed.case)) == ["case.other_draft"]
    assert again.codes("sara", approve(signed.case, 2)) == ["case.other_draft"]


def test_a_rejected_draft_counts_no_more_whoever_signed_it():
    story = drafted_story(tier="H")
    signed = story.tell("omar", approve(story.case))
    back = signed.tell("sara", step.Reject(signed.case.draft_digest, 2, "The use is open."))
    assert (back.case.state, back.case.draft, back.case.approvals) == ("review", None, ())


def test_the_same_officer_never_signs_twice_and_never_for_himself():
    """I6; in LITE one officer gave final advice and both countersignatures."""
    story = drafted_story(tier="H")
    signed = story.tell("omar", approve(story.case))
    assert signed.codes("omar", approve(signed.case, 2)) == ["case.not_yours"]
    assert signed.codes("lena", approve(signed.case, 2)) == ["case.not_yours"]


def test_an_officer_who_changes_team_changes_nothing_that_is_recorded():
    """The team is stamped on the event: advice stays that of the team for which it was given."""
    story = ready_story().tell("nils", advise("refuse", "No."))
    moved = {**CROWD, "nils": msgspec_free(CROWD["nils"], team="heads")}
    story = type(story)(**{**vars(story), "people": moved})
    assert story.case.advice[0][0].team == "review"
    assert story.codes("nils", step.Advise("approve", "Yes.")) == []
    assert story.codes("pia", step.Advise("approve", "Yes.")) == []


def msgspec_free(speaking, **more):
    return type(speaking)(**{name: getattr(speaking, name) for name in speaking.__slots__} | more)


@pytest.mark.parametrize("name", [name for name in SCREENED if name not in {"passed", "review"}])
@pytest.mark.parametrize("outcome", ["granted", "refused", "no_licence_required", "returned"])
def test_no_outcome_passes_a_blocking_check_that_did_not_run_or_stands(name, outcome):
    """I17, threat D6: there is no override."""
    story = with_evidence(screening=SCREENED[name])
    assert "case.check_blocks" in story.codes("lena", propose(story.case, outcome))
    assert "case.check_blocks" in story.codes("register", decide_automatically(story.case))


@pytest.mark.parametrize("answer", ["", "not_checked", "alerts", "Passed", "passed "])
def test_nothing_is_issued_unless_screening_passes_at_that_moment(answer):
    story = story_in("individual", "granted")
    assert story.codes("register", issue(story.case), screening_now=answer) == ["case.screening_now"]


def test_no_decision_with_an_open_question_and_no_issue_from_submitted():
    """I8; LITE issued a licence with a query still open, straight from `submitted`."""
    story = ready_story().tell("lena", query())
    assert story.codes("lena", propose(story.case)) == ["case.query_open"]
    early = story_in("individual", "submitted").tell("pia", query())
    assert early.codes("register", issue(early.case)) == ["case.not_now"]


def test_no_more_is_licensed_than_was_applied_for():
    """I5, at the door and once more in the licence."""
    story = ready_story()
    more = tuple(msgspec.structs.replace(one, quantity="1000") for one in lines_of(story.case))
    assert story.codes("lena", propose(story.case, lines=more)) == ["case.more_than_applied"] * 2
    granted = story_in("individual", "granted")
    rows = [{"quantity": "1000", "unit": "KGM"}, {"quantity": "20.5", "unit": "KGM"}]
    said = issue(granted.case, lines=rows)
    assert granted.codes("register", said) == ["case.licence_differs"]


def test_a_question_that_was_answered_lends_its_id_to_no_other():
    """Else the second question would count as answered, and the case could be decided over it."""
    story = ready_story().tell("lena", query()).tell("clerk", step.Answer("Q-1", "A motor."))
    assert story.codes("lena", query(text="And how many?")) == ["case.id_taken"]


def test_the_evidence_of_one_case_serves_no_other():
    story = ready_story()
    other = story_in("individual", "review")
    other = type(other)(**{**vars(other), "case": Case("C-2", *(getattr(other.case, n) for n in REST))})
    assert other.codes("register", gather(story.case)) == ["case.evidence_of_another"]


REST = ("kind", "state", "events", "states")


def test_the_holder_of_a_licence_is_who_began_the_case():
    """An application edited to another exporter would have that one screened and this one licensed."""
    story = story_in("individual", "draft")
    parties = (msgspec.structs.replace(APPLICATION.parties[0], party="urn:party:clean"), APPLICATION.parties[1])
    other = msgspec.structs.replace(APPLICATION, parties=parties)
    assert story.codes("clerk", step.Edit(other)) == ["case.other_exporter"]


def test_every_decision_is_made_where_the_clock_ends():
    """Rows that decide stop the days; no other row does."""
    for kind in KINDS:
        table = table_of(kind)
        for state, row, after in table.steps():
            moved = table.states[state].phase != table.states[after].phase
            ends = after in {"granted", "refused", "no_licence", "ruled", "withdrawn", "passed", "failed"}
            if row.command in {"approve", "decide_automatically"} and after != state:
                assert row.clock == "decide", (kind, state, row.command)
            assert row.clock != "decide" or ends or (moved and row.command == "approve") or after == "closed"
