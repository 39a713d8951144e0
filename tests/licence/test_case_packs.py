"""One kernel under three laws: cases are decided by the packs of a state, of a land of nobody and of a company."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from licence.case_story import APPLICATION as PLAIN
from licence.case_story import (
    NOT_CHECKED,
    OFFICE,
    SUBMIT,
    Story,
    approve,
    assign,
    gather,
    issue,
    propose,
    rate,
)
from ytterby.licence import step
from ytterby.licence.evidence import read_evidence
from ytterby.licence.office import Speaking
from ytterby.shell.site.case_rules import case_rules
from ytterby.shell.site.law_packs import law_of, packaged_law

PACKS = Path(__file__).resolve().parents[1] / "law" / "packs"


def books():
    yield "packaged", packaged_law()
    for name in ("terra", "group"):
        book, problems = law_of(PACKS / name)
        assert problems == []
        yield name, book


PROCEDURES = [(name, one) for name, book in books() for one in book.procedures.values()]
TIERED = [
    pytest.param(procedure, kind, tier, id=f"{procedure.id}-{kind}-{tier}")
    for _, procedure in PROCEDURES
    for kind in ("individual", "open", "general_registration")
    for tier in case_rules(procedure, kind).tiers or ("",)
]


def received(procedure, kind):
    """Return a case of a procedure, accepted for review through every phase that the procedure has."""
    story = Story(case_rules(procedure, kind))
    plain = msgspec.structs.replace(PLAIN, procedure=procedure.id)
    story = story.tell("clerk", step.Begin(kind, plain)).tell("clerk", SUBMIT)
    if story.case.state == "submitted" and "supplement" in story.rules.phases:
        lacks = step.NotifyMissing((step.Lacking("/documents", "contract"),))
        story = story.tell("pia", lacks).tell("clerk", step.Supply(plain))
    if story.case.state == "submitted" and "pre_check" in story.rules.phases:
        story = story.tell("pia", step.PassOn()).tell("provo", step.Report("approve", "Known for years."))
    return story if story.case.state == "review" else story.tell("pia", step.Accept())


def weighed(story, tier):
    """Return it with officer, evidence and tier."""
    story = story.tell("register", assign("lena"))
    story = story.tell("register", gather(story.case))
    if not tier:
        return story
    known = {"end_users": [{"level": "organisation"}]}
    return story.tell("register", msgspec.structs.replace(rate(story.case, tier), beside=known))


def left_out(rules):
    """Return the checks that a pack could list and does not."""
    listed = (*("completeness", "classification", "screening", "lots"), *NOT_CHECKED)
    return tuple(check for check in listed if check not in rules.blocking)


def decided(story, tier, outcome, **more):
    """Return it decided by as many people, of such bodies, as the pack wants in the tier."""
    kind = next(iter(story.rules.licence_kinds), "")
    told = {"licence_kind": kind, "valid_to": "2025-07-01", "not_checked": left_out(story.rules)}
    draft = propose(story.case, outcome, **told | more)
    story = story.tell("lena", draft)
    wanted = story.rules.tier(tier)
    for order in range(1, max(1, wanted.approvals) + 1):
        name = f"signer{order}"
        bodies = frozenset({wanted.body_of(order)})
        people = {**story.people, name: Speaking(name, OFFICE, frozenset({"officer"}), bodies, "heads")}
        story = replace(story, people=people).tell("register", assign(name, order))
        assert story.case.state == "proposed"
        story = story.tell(name, approve(story.case, order))
    return story


@pytest.mark.parametrize(("procedure", "kind", "tier"), TIERED)
def test_a_case_is_granted_and_issued_under_every_pack_and_tier(procedure, kind, tier):
    story = decided(weighed(received(procedure, kind), tier), tier, "granted")
    assert story.case.state == "granted"
    assert story.tell("register", issue(story.case)).case.state == "issued"


@pytest.mark.parametrize(("procedure", "kind", "tier"), TIERED)
def test_a_case_is_refused_for_a_reason_of_the_pack_and_no_other(procedure, kind, tier):
    story = weighed(received(procedure, kind), tier)
    known = story.rules.reasons.get("refusal", frozenset())
    reason = min(known, default="own_words")
    assert decided(story, tier, "refused", reasons=(reason,)).case.state == "refused"
    if known:
        other = propose(story.case, "refused", reasons=("because",), not_checked=left_out(story.rules))
        assert story.codes("lena", other) == ["case.unknown_reason"]


@pytest.mark.parametrize(("name", "procedure"), PROCEDURES, ids=lambda one: getattr(one, "id", ""))
def test_a_pack_that_has_casework_has_the_codes_that_its_steps_ask_for(name, procedure):
    """A kind of reason of which a pack lists none is given in words of one's own; the packaged pack leaves none so."""
    rules = case_rules(procedure, "individual")
    wanted = {"take_over", "reopening"} if procedure.casework is not None else set()
    if name == "packaged":
        wanted |= {"return", "refusal", "not_accepted", "appeal_ground"}
    assert {kind for kind in wanted if not rules.reasons.get(kind)} == set()


@pytest.mark.parametrize(("_", "procedure"), PROCEDURES, ids=lambda one: getattr(one, "id", ""))
def test_no_pack_lifts_a_check_that_it_lists(_, procedure):
    """Each blocking check that did not run blocks every outcome under every pack, in every tier."""
    rules = case_rules(procedure, "individual")
    story = received(procedure, "individual")
    story = story.tell("register", assign("lena"))
    whole = read_evidence(gather(story.case).evidence)
    for check in sorted(rules.blocking):
        section = {"classification": "law", "end_user_level": "end_users"}.get(check, check)
        empty = type(getattr(whole, section))()
        told = story.tell("register", gather(story.case, **{section: empty}))
        for tier in rules.tiers:
            rated = told.tell("register", rate(told.case, tier))
            for outcome in ("granted", "refused", "no_licence_required", "returned"):
                assert "case.check_blocks" in rated.codes("lena", propose(rated.case, outcome)), (check, tier, outcome)


def test_there_are_packs_with_every_phase_and_with_almost_none():
    phases = [set(case_rules(one, "individual").phases) for _, one in PROCEDURES]
    assert any("supplement" in held and "pre_check" in held for held in phases)
    assert any("supplement" not in held for held in phases)
