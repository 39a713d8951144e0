"""What the guards of approvals, of decisions by rule and of issue let pass and what they refuse."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from licence.case_story import (
    APPLICATION,
    advise,
    approve,
    content,
    decide_automatically,
    drafted_story,
    gather,
    issue,
    lines_of,
    propose,
    ready_story,
    story_in,
)
from licence.evidence_stories import SCREENED, with_evidence
from licence.guard_stories import Told, as_speaker, ready, review, told
from ytterby.licence import step


def approvals() -> Iterator[Told]:
    guard, drafted = "may_approve", drafted_story()
    case = drafted.case
    yield told(guard, "the signer", "", drafted, "omar", approve(case))
    rejects = step.Reject(case.draft_digest, 1, "Not so.")
    yield told(guard, "the signer rejects", "", drafted, "omar", rejects)
    yield told(guard, "another draft", "other_draft", drafted, "omar", approve(case, draft="0" * 64))
    yield told(guard, "no draft", "other_draft", ready(), "omar", approve(ready().case, draft="0" * 64))
    yield told(guard, "order 0", "no_such_order", drafted, "omar", approve(case, 0))
    yield told(guard, "order 2 of 1", "no_such_order", drafted, "omar", approve(case, 2))
    yield told(guard, "the author", "may_not_approve_author", drafted, "lena", approve(case))
    spoke = as_speaker(drafted, account="clerk", bodies=frozenset({"ministry"}))
    yield told(guard, "who spoke for the applicant", "may_not_approve_applicant", spoke, "nemo", approve(case))
    yield told(guard, "of another body", "other_body", drafted, "sara", approve(case))
    free = replace(drafted, rules=replace(drafted.rules, tiers={}))
    yield told(guard, "of any body", "", free, "sara", approve(case))
    advised = ready().tell("omar", step.Advise("approve", "Yes."))
    standard = advised.tell("lena", propose(advised.case))
    yield told(guard, "an assessor in S", "", standard, "omar", approve(standard.case))
    high = ready_story(tier="H").tell("omar", step.Advise("approve", "Yes."))
    high = high.tell("lena", propose(high.case))
    yield told(guard, "an assessor in H", "may_not_approve_assessor", high, "omar", approve(high.case))
    two = drafted_story(tier="H")
    signed = two.tell("omar", approve(two.case))
    yield told(guard, "the second before the first", "may_not_approve_order", two, "sara", approve(two.case, 2))
    yield told(guard, "the second", "", signed, "sara", approve(signed.case, 2))
    yield told(guard, "the first again", "order_taken", signed, "nils", approve(signed.case))
    same = as_speaker(signed, account="omar", bodies=frozenset({"senior"}))
    yield told(guard, "one person twice", "may_not_approve_already_signed", same, "nemo", approve(signed.case, 2))
    all_at_once = as_speaker(signed, account="omar", bodies=frozenset())
    codes = "order_taken may_not_approve_already_signed other_body"
    yield told(guard, "the same again", codes, all_at_once, "nemo", approve(signed.case))
    back = signed.tell("lena", step.Retract())
    again = back.tell("lena", propose(back.case, text="Anew."))
    yield told(guard, "an approval of the draft before (I7)", "other_draft", again, "sara", approve(signed.case, 2))
    yield told(guard, "anew from the first", "", again, "omar", approve(again.case))
    yield told(guard, "anew from the second", "may_not_approve_order", again, "sara", approve(again.case, 2))
    ruling = drafted_story("classification")
    yield told(guard, "of a ruling, which is in no tier", "", ruling, "omar", approve(ruling.case))
    green = drafted_story(tier="G")
    yield told(guard, "by a person where a rule could", "", green, "omar", approve(green.case))


def by_rule() -> Iterator[Told]:
    guard, green = "automatic_tier", ready_story(tier="G")
    yield told(guard, "in the tier", "", green, "register", decide_automatically(green.case))
    yield told(guard, "told another", "not_automatic", green, "register", decide_automatically(green.case, tier="S"))
    standard = decide_automatically(ready().case)
    yield told(guard, "in another", "not_automatic", ready(), "register", standard)
    honest = decide_automatically(ready().case, tier="S")
    yield told(guard, "in one that wants people", "not_automatic", ready(), "register", honest)
    gathered = review().tell("register", gather(review().case))
    yield told(guard, "in none", "not_automatic", gathered, "register", decide_automatically(gathered.case))
    refuses = decide_automatically(green.case, outcome="refused")
    yield told(guard, "refuses", "only_grants", green, "register", refuses)
    for verdict, codes in (("approve", ""), ("proviso", "advised_otherwise"), ("refuse", "advised_otherwise")):
        heard = green.tell("dora", advise(verdict))
        yield told(guard, f"{verdict} is advised", codes, heard, "register", decide_automatically(heard.case))
    guard = "no_candidate"
    for name, screened in SCREENED.items():
        story = with_evidence(screening=screened)
        codes = "" if name == "passed" else "candidate"
        yield told(guard, name, codes, story, "register", decide_automatically(story.case))
    yield told(guard, "nothing gathered", "candidate", review(), "register", decide_automatically(review().case))


# Issue


def issues() -> Iterator[Told]:
    granted = story_in("individual", "granted")
    case, said = granted.case, issue(granted.case)
    for answer, codes in (("passed", ""), ("", "screening_now"), ("alerts", "screening_now")):
        yield told("screened_now", f"{answer!r}", codes, granted, "register", said, screening_now=answer)
        free = replace(granted, rules=replace(granted.rules, blocking=frozenset({"lots"})))
        yield told("screened_now", f"not listed: {answer!r}", "", free, "register", said, screening_now=answer)
    yield told("customs_can_read", "all of it", "", granted, "register", said)
    flaws = ("unit_unknown", "line_too_long")
    yield told("customs_can_read", "not", "customs_cannot_read " * 2, granted, "register", said, customs_flaws=flaws)
    yield told("customs_can_read", "untried", "customs_not_tried", granted, "register", said, customs_flaws=None)
    yield told("within_ceilings", "all of it", "", granted, "register", said)
    beyond = ("worth", "dysprosium Dy")
    yield told("within_ceilings", "not", "beyond_ceiling " * 2, granted, "register", said, beyond_ceilings=beyond)
    yield told(
        "within_ceilings", "not added up", "ceilings_not_added_up", granted, "register", said, beyond_ceilings=None
    )
    guard, drafted = "decision_stands", drafted_story()
    yield told(guard, "it was granted", "", granted, "register", said)
    yield told(guard, "it is a draft", "no_decision", drafted, "register", said)
    changed = granted.told[-1][1].__class__(
        case.version + 1, "2025-07-01T09:00:00Z", "clerk", "urn:party:exporter", "applicant", step.Edit(APPLICATION)
    )
    moved = replace(granted, case=case.after(changed, "granted"))
    yield told(guard, "the application has changed since", "no_decision", moved, "register", said)
    guard = "licence_fits"
    yield told(guard, "as it was decided", "", granted, "register", said)
    for name in ("case", "holder", "procedure", "destination", "valid_from", "valid_to", "kind"):
        other = step.Issue("L-1", content(case, **{name: "other"}))
        yield told(guard, f"another {name}", "licence_differs", granted, "register", other)
        lacks = step.Issue("L-1", {key: value for key, value in content(case).items() if key != name})
        yield told(guard, f"no {name}", "licence_differs", granted, "register", lacks)
    rows = content(case)["lines"]
    for lines in ([], rows[:1], [rows[1], rows[0]], [rows[0], {**rows[1], "quantity": "21"}],
                  [rows[0], {**rows[1], "unit": "GRM"}], [1, 2], 7, None, "ab"):  # fmt: skip
        other = step.Issue("L-1", content(case, lines=lines))
        yield told(guard, f"lines {lines}", "licence_differs", granted, "register", other)
    yield told(guard, "nothing was decided", "", drafted, "register", said)
    one, two = lines_of(ready().case)
    part = (one, msgspec.structs.replace(two, outcome="refused"))
    some = drafted_story(lines=part)
    some = some.tell("omar", approve(some.case))
    yield told(guard, "the line that was granted", "", some, "register", issue(some.case))
    yield told(guard, "the line that was not", "licence_differs", some, "register", said)
