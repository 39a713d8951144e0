"""What the guards of decisions let pass and what they refuse: evidence, findings, advice, drafts, approvals, issue."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import msgspec

from licence.case_story import (
    AMENDED,
    APPLICATION,
    BLOCKING,
    FREED,
    TIERS,
    Story,
    approve,
    assign,
    content,
    decide_automatically,
    drafted_story,
    gather,
    issue,
    lines_of,
    propose,
    query,
    rate,
    ready_story,
    rules_of,
    story_in,
)
from licence.guard_stories import (
    Told,
    as_speaker,
    coded_reasons,
    draws,
    ends,
    handing_in,
    open_things,
    people,
    ready,
    review,
    teams,
    told,
)
from ytterby.law.licence_kind import LicenceKind
from ytterby.licence import step
from ytterby.licence.evidence import CompletenessSection, GapFound, ScreeningHit, ScreeningSection, Section

HIT = ScreeningHit("H-1", "urn:party:user", "un", "e7", "0.97")
LACKS = CompletenessSection("done", "", "no", "single", (GapFound("missing", "absent", "contract"),))
LACKS_MORE = CompletenessSection("done", "", "no", "single", (GapFound("missing", "absent", "certificate"),))
SCREENED = {
    "passed": ScreeningSection("done", "", "passed"),
    "alert": ScreeningSection("done", "", "alerts", alerts=(HIT,)),
    "review": ScreeningSection("done", "", "passed", reviews=(HIT,)),
    "missing list": ScreeningSection("done", "", "not_checked"),
    "not run": ScreeningSection(),
}


def with_evidence(**sections: Section) -> Story:
    """Return a case under review with such evidence, in the tier S."""
    story = review().tell("register", assign("lena"))
    story = story.tell("register", gather(story.case, **sections))
    return story.tell("register", rate(story.case))


def said_of(story: Story, verdict: str) -> Story:
    """Return the story with a word on its first finding that an officer can settle."""
    found = next(one for one in story.office("lena").findings or () if one.settles == "officer")
    return story.tell("lena", step.Adjudicate(found.key, verdict, "checked", "The contract was seen at the visit."))


# Evidence


def evidence() -> Iterator[Told]:
    guard, story = "evidence_current", ready()
    ask = story.tell("lena", query(kind="change_form"))
    changed = msgspec.structs.replace(APPLICATION, order="PO-8")
    moved = ask.tell("clerk", step.Answer("Q-1", "Another order.", application=changed))
    worded = ask.tell("clerk", step.Answer("Q-1", "The same order."))
    yield told(guard, "it is of now", "", story, "lena", propose(story.case))
    yield told(guard, "an answer in words changes nothing", "", worded, "lena", propose(worded.case))
    yield told(guard, "none was gathered", "evidence_old", review(), "lena", propose(review().case))
    yield told(guard, "the application has changed", "evidence_old", moved, "lena", propose(moved.case))
    yield told(guard, "other evidence", "other_evidence", story, "lena", propose(story.case, evidence="0"))
    yield told(guard, "other packs", "other_packs", story, "lena", propose(story.case, packs={}))
    both = propose(story.case, evidence="0", packs={"CN-procedure": "other"})
    yield told(guard, "both", "other_evidence other_packs", story, "lena", both)
    appeal = story_in("individual", "appeal")
    yield told(guard, "of the round before", "evidence_old", appeal, "nils", propose(appeal.case))
    guard, case = "evidence_sound", story.case
    sound = gather(case)
    yield told(guard, "of this case", "", story, "register", sound)
    forged = msgspec.structs.replace(sound, digest="0" * 64)
    yield told(guard, "another digest", "other_evidence", story, "register", forged)
    other = gather(replace(case, number="C-2"))
    yield told(guard, "of another case", "evidence_of_another", story, "register", other)
    yield told(guard, "of an older application", "evidence_of_another", moved, "register", sound)


def checks() -> Iterator[Told]:
    guard = "checks_run"
    for name, codes in (
        ("passed", ""),
        ("review", ""),
        ("alert", "check_blocks"),
        ("missing list", "check_blocks"),
        ("not run", "check_blocks"),
    ):
        story = with_evidence(screening=SCREENED[name])
        yield told(guard, f"screening: {name}", codes, story, "lena", propose(story.case))
        free = replace(story, rules=replace(story.rules, blocking=frozenset({"lots"})))
        yield told(guard, f"screening, which the pack does not list: {name}", "", free, "lena", propose(story.case))
    yield told(guard, "nothing gathered", "evidence_old", review(), "lena", propose(review().case))
    unknown = propose(ready().case)
    yield told(guard, "nobody worked findings out", "findings_not_judged", ready(), "lena", unknown, findings=None)
    lacks = with_evidence(completeness=LACKS)
    yield told(guard, "what words settle is no check that did not run", "", lacks, "lena", propose(lacks.case))
    strange = replace(ready(), rules=replace(ready().rules, blocking=frozenset({"astrology"})))
    yield told(guard, "a check that nobody knows", "check_blocks", strange, "lena", propose(ready().case))


def tiers() -> Iterator[Told]:
    guard, story = "rated", ready()
    yield told(guard, "in a tier", "", story, "lena", propose(story.case))
    gathered = review().tell("register", gather(review().case))
    yield told(guard, "in none", "not_rated", gathered, "lena", propose(gathered.case))
    odd = story.tell("register", rate(story.case, "Z"))
    yield told(guard, "in one that the pack has not", "not_rated", odd, "lena", propose(story.case))
    anew = story.tell("register", gather(story.case, completeness=LACKS))
    yield told(guard, "by older evidence", "not_rated", anew, "lena", propose(anew.case))
    free = replace(gathered, rules=replace(gathered.rules, tiers={}))
    yield told(guard, "the pack has no tiers", "", free, "lena", propose(gathered.case))


def levels() -> Iterator[Told]:
    guard = "end_user_known"
    tiers = {"S": replace(TIERS["S"], end_user_level="address"), "H": TIERS["H"]}
    asks = replace(ready(), rules=replace(ready().rules, tiers=tiers, blocking=BLOCKING | {"end_user_level"}))
    for held, codes in (
        (("address",), ""),
        (("organisation", "address"), ""),
        (("organisation",), ""),
        (("claimed",), "end_user_level"),
        (("organisation", "claimed"), "end_user_level"),
        (("rumoured",), "end_user_level"),
        ((), "end_user_level"),
    ):
        beside = {"end_users": [{"level": level} for level in held]}
        rated = msgspec.structs.replace(rate(asks.case), beside=beside)
        story = asks.tell("register", rated)
        what = ", ".join(held) or "nobody"
        yield told(guard, what, codes, story, "lena", propose(story.case))
        yield told(guard, f"{what}, refused", "", story, "lena", propose(story.case, "refused"))
        free = replace(story, rules=replace(story.rules, blocking=BLOCKING))
        yield told(guard, f"{what}, where the pack does not list it", "", free, "lena", propose(story.case))
        high = replace(story, rules=replace(story.rules, tiers=TIERS))
        yield told(guard, f"{what}, in a tier that wants none", "", high, "lena", propose(story.case))
        by_rule = decide_automatically(story.case)
        yield told(guard, f"{what}, by rule", codes, story, "register", by_rule)
    gathered = review().tell("register", gather(review().case))
    unrated = replace(asks, case=gathered.case)
    yield told(guard, "nobody is rated", "", unrated, "lena", propose(unrated.case))
    else_wants = replace(unrated, rules=replace(unrated.rules, tier_else=tiers["S"]))
    yield told(
        guard, "rated by none, where a level is wanted", "end_user_level", else_wants, "lena", propose(asks.case)
    )


def findings() -> Iterator[Told]:
    guard, lacks = "standing_finding", with_evidence(completeness=LACKS)
    key = next(one.key for one in lacks.office("lena").findings or () if one.settles == "officer")
    alert = with_evidence(screening=SCREENED["alert"])
    hit = next(one.key for one in alert.office("lena").findings or () if one.settles == "screening")
    for said, codes in (
        (step.Adjudicate(key, "settled", "", "Seen."), ""),
        (step.Adjudicate(key, "stands", "", "Not seen."), ""),
        (step.Adjudicate("lots-0", "settled", "", "Seen."), "no_such_finding"),
        (step.Adjudicate(key, "ignore", "", "Seen."), "verdict"),
        (step.Adjudicate(key, "settled", "", " "), "no_text"),
        (step.Adjudicate("lots-0", "ignore", "", ""), "no_such_finding verdict no_text"),
    ):
        yield told(guard, f"{said.finding} {said.verdict} {said.text}", codes, lacks, "lena", said)
    settle = step.Adjudicate(hit, "settled", "", "Another person of that name.")
    yield told(guard, "a hit", "not_settled_by_words", alert, "lena", settle)
    yield told(guard, "not worked out", "no_such_finding", lacks, "lena", settle, findings=None)
    guard = "findings_settled"
    settled, stands = said_of(lacks, "settled"), said_of(lacks, "stands")
    anew = settled.tell("register", gather(settled.case, completeness=LACKS_MORE))
    yield told(guard, "none", "", ready(), "lena", propose(ready().case))
    yield told(guard, "nobody spoke", "finding_open", lacks, "lena", propose(lacks.case))
    yield told(guard, "nobody spoke, and it is refused", "finding_open", lacks, "lena", propose(lacks.case, "refused"))
    yield told(guard, "it is settled", "", settled, "lena", propose(settled.case))
    yield told(guard, "another one than that of which somebody spoke", "finding_open", anew, "lena", propose(anew.case))
    yield told(guard, "it stands", "finding_stands", stands, "lena", propose(stands.case))
    free = propose(stands.case, "no_licence_required")
    yield told(guard, "it stands, and no licence is needed", "finding_stands", stands, "lena", free)
    yield told(guard, "it stands, and it is refused", "", stands, "lena", propose(stands.case, "refused"))
    by_rule = decide_automatically(stands.case)
    yield told(guard, "it stands, and a rule decides", "finding_stands", stands, "register", by_rule)
    loose = replace(lacks, rules=replace(lacks.rules, blocking=frozenset({"lots"})))
    yield told(guard, "of a check that does not block", "", loose, "lena", propose(lacks.case))
    yield told(guard, "a hit, which is judged elsewhere", "", alert, "lena", propose(alert.case))


# Advice


def advised(*verdicts: tuple[str, tuple[str, ...]]) -> Story:
    """Return a case with advice of as many teams."""
    story = ready()
    for who, (verdict, conditions) in zip(("dora", "provo", "nils"), verdicts, strict=False):
        story = story.tell(who, step.Advise(verdict, "So.", conditions=conditions))
    return story


def advice() -> Iterator[Told]:
    guard, why = "advice_settled", "The department did not know of the visit."
    rows = (
        ((), "granted", (), ""),
        ((), "refused", (), ""),
        ((("approve", ()),), "granted", (), ""),
        ((("approve", ()),), "refused", (), "advice_open"),
        ((("approve", ("ignored",)),), "granted", (), ""),
        ((("proviso", ("visit",)),), "granted", ("visit",), ""),
        ((("proviso", ("visit",)),), "granted", ("visit", "more"), ""),
        ((("proviso", ("visit",)),), "granted", (), "proviso_left_out"),
        ((("proviso", ("visit",)),), "refused", (), "advice_open"),
        ((("approve", ()), ("proviso", ("visit",))), "granted", ("visit",), ""),
        ((("refuse", ()),), "granted", (), "advice_open"),
        ((("refuse", ()),), "refused", (), ""),
        ((("refuse", ()),), "returned", (), ""),
        ((("no_licence_required", ()),), "no_licence_required", (), ""),
        ((("no_licence_required", ()),), "granted", (), "advice_open"),
        ((("approve", ()), ("refuse", ())), "granted", (), "advice_open"),
        ((("approve", ()), ("refuse", ())), "refused", (), "advice_open"),
        ((("proviso", ("visit",)), ("refuse", ())), "granted", (), "advice_open proviso_left_out"),
    )
    for verdicts, outcome, conditions, codes in rows:
        story = advised(*verdicts)
        said = propose(story.case, outcome, conditions=conditions)
        what = f"{verdicts}, {outcome}, {conditions}"
        yield told(guard, what, codes, story, "lena", said)
        settled = msgspec.structs.replace(said, settles=why)
        yield told(guard, f"{what}, with a reason", "", story, "lena", settled)
        blank = msgspec.structs.replace(said, settles=" ")
        yield told(guard, f"{what}, with a blank reason", codes, story, "lena", blank)
    first = advised(("refuse", ()))
    anew = first.tell("dora", step.Advise("approve", "Now yes.", supersedes=first.case.version))
    yield told(guard, "what was superseded does not count", "", anew, "lena", propose(anew.case))


# The draft


def drafts() -> Iterator[Told]:
    guard, story = "outcome_fits", ready()
    case = story.case
    one, two = lines_of(case)
    line = msgspec.structs.replace
    yield told(guard, "refused", "", story, "lena", propose(case, "refused", lines=()))
    yield told(guard, "no outcome", "outcome", story, "lena", propose(case, "perhaps"))
    appeal, listed = story_in("individual", "appeal"), ready_story("general_registration")
    yield told(guard, "an appeal sent back", "outcome", appeal, "nils", propose(appeal.case, "returned", lines=()))
    freed = propose(listed.case, "no_licence_required")
    yield told(guard, "a registration that needs none", "outcome", listed, "lena", freed)
    refused = msgspec.structs.replace(two, outcome="refused", quantity="")
    free = msgspec.structs.replace(two, quantity="", **FREED)
    for lines, codes in (
        ((one, two), ""),
        ((one,), ""),
        ((one, refused), ""),
        ((refused,), "nothing_granted"),
        ((), "nothing_granted"),
        ((one, free), ""),
        ((one, line(free, freeing=None)), "not_freed"),
        ((one, line(two, outcome="perhaps")), "outcome"),
        ((one, one), "line_twice"),
        ((one, line(two, line=3)), "no_such_line"),
        ((line(one, unit="GRM"), two), "other_unit"),
        ((line(one, quantity="900.000000"), two), ""),
        ((line(one, quantity="899.999999"), two), ""),
        ((line(one, quantity="900.000001"), two), "more_than_applied"),
        ((line(one, quantity="0"), two), "more_than_applied"),
        ((line(one, quantity="0.000001"), two), ""),
        ((line(one, quantity="-1"), two), "more_than_applied"),
        ((line(one, quantity="9e2"), two), "more_than_applied"),
        ((line(one, quantity="many"), two), "more_than_applied"),
        # The one does not lend to the other.
        ((one, line(two, quantity="21")), "more_than_applied"),
    ):
        what = " ".join(f"{one.line}:{one.outcome}:{one.quantity}{one.unit}{one.freeing or ''}" for one in lines)
        yield told(guard, what, codes, story, "lena", propose(case, lines=lines))
        by_rule = decide_automatically(case, lines=lines)
        yield told(guard, f"{what}, by rule", codes, story, "register", by_rule)
    yield from _days(story)
    yield from _freed(story)


def _days(story: Story) -> Iterator[Told]:
    guard, case = "outcome_fits", story.case
    for first, last, codes in (
        ("2025-07-01", "2025-07-01", ""),
        ("2025-07-01", "2026-06-30", ""),
        ("2025-07-01", "2026-07-01", "valid_too_long"),
        ("2025-07-02", "2025-07-01", "validity"),
        ("", "2025-07-01", "validity"),
        ("2025-07-01", "", "validity"),
        ("2025-07-01", "soon", "validity"),
    ):
        said = propose(case, valid_from=first, valid_to=last)
        yield told(guard, f"valid from {first} to {last}", codes, story, "lena", said)
    other = propose(case, licence_kind="general")
    yield told(guard, "no such kind of licence", "licence_kind", story, "lena", other)
    none = replace(story, rules=replace(story.rules, licence_kinds={}))
    yield told(guard, "a kind where there are none", "licence_kind", none, "lena", propose(case))
    yield told(guard, "no kind where there are none", "", none, "lena", propose(case, licence_kind=""))
    yield told(guard, "no kind where there are some", "licence_kind", story, "lena", propose(case, licence_kind=""))
    kind: LicenceKind = replace(story.rules.licence_kinds["single"], valid_most=None)
    endless = replace(story, rules=replace(story.rules, licence_kinds={"single": kind}))
    yield told(guard, "a kind without an end", "", endless, "lena", propose(case, valid_to="2099-12-31"))


def _freed(story: Story) -> Iterator[Told]:
    guard, outcome = "outcome_fits", "no_licence_required"
    one, two = lines_of(story.case, **FREED)
    line = msgspec.structs.replace
    for lines, codes in (
        ((one, two), ""),
        ((one,), "not_freed"),
        ((one, line(two, freeing=None)), "not_freed"),
        ((one, line(two, outcome="granted")), "not_freed"),
        ((), "not_freed not_freed"),
    ):
        what = f"freed: {[(each.line, each.outcome, bool(each.freeing)) for each in lines]}"
        yield told(guard, what, codes, story, "lena", propose(story.case, outcome, lines=lines))


def rulings() -> Iterator[Told]:
    guard, story = "ruling_fits", ready_story("classification")
    case = story.case
    one, two = lines_of(case)
    bare = msgspec.structs.replace(two, code="")
    for lines, outcome, codes in (
        ((one, two), "granted", ""),
        ((one, msgspec.structs.replace(bare, freeing={"parameter": "Dy"})), "granted", ""),
        ((one, bare), "granted", "not_ruled"),
        ((), "granted", "not_ruled not_ruled"),
        ((), "returned", ""),
        ((one, two), "perhaps", "outcome"),
    ):
        what = f"{outcome} {[(each.line, each.code, bool(each.freeing)) for each in lines]}"
        yield told(guard, what, codes, story, "lena", propose(case, outcome, lines=lines))
    guard = "answer_given"
    yield told(guard, "in words", "", story, "lena", propose(case))
    yield told(guard, "in blanks", "no_text", story, "lena", propose(case, text=" "))
    yield told(guard, "no outcome", "outcome", story, "lena", propose(case, "perhaps"))
    guard = "asked"
    for lines, text, codes in (
        (APPLICATION.lines, "", ""),
        ((), "Which codes?", ""),
        ((), " ", "nothing_asked"),
        (APPLICATION.lines, "Which codes?", ""),
    ):
        asks = msgspec.structs.replace(APPLICATION, lines=lines, text=text)
        begun = Story(rules_of("consultation")).tell("clerk", step.Begin("consultation", asks))
        yield told(guard, f"{len(lines)} lines, {text!r}", codes, begun, "clerk", step.Submit("A", declares=True))


def amendments() -> Iterator[Told]:
    guard, story = "amendable", story_in("amendment", "draft")
    said = step.Submit("A", declares=True)
    yield told(guard, "nothing key", "", story, "clerk", said)
    yield told(guard, "no licence", "nothing_to_amend", story, "clerk", said, amended=None)
    named = {**AMENDED, "lines": [{"name": "a"}, {"product": "urn:product:n35"}]}
    for held, codes in (
        ({**AMENDED, "destination": "DE"}, "key_element"),
        ({**AMENDED, "end_users": []}, "key_element"),
        ({**AMENDED, "use": {"code": "loudspeaker"}}, "key_element"),
        ({**AMENDED, "lines": AMENDED["lines"][:1]}, "key_element"),
        (named, "key_element"),
        ({}, "key_element key_element key_element key_element"),
    ):
        yield told(guard, f"of {held}", codes, story, "clerk", said, amended=held)
    # What the pack calls amendable may change, and where it calls nothing so nothing may.
    yield told(guard, "another consignee", "", story, "clerk", said, amended={**AMENDED, "consignees": ["urn:party:x"]})
    fixed = story_in("amendment", "draft", amendable=frozenset())
    other = {**AMENDED, "kind": "several"}
    yield told(guard, "nothing amendable", "key_element key_element", fixed, "clerk", said, amended=other)
    # Who is not in the register goes by name, and so does what is no registered product.
    first = APPLICATION.lines[0]
    plain = msgspec.structs.replace(
        APPLICATION,
        lines=(msgspec.structs.replace(first, product="", name="a"), APPLICATION.lines[1]),
        parties=(APPLICATION.parties[0], msgspec.structs.replace(APPLICATION.parties[1], party="", name="Uma Motors")),
    )
    begun = Story(rules_of("amendment")).tell("clerk", step.Begin("amendment", plain, amends="L-1"))
    held = {**named, "end_users": ["Uma Motors"]}
    yield told(guard, "by name", "", begun, "clerk", said, amended=held)
    yield told(guard, "by other names", "key_element key_element", begun, "clerk", said, amended=AMENDED)


# Approvals, and decisions by rule


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
        heard = green.tell("dora", step.Advise(verdict, "So.", conditions=("visit",)))
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


@cache
def told_stories() -> tuple[Told, ...]:
    """Return the stories of all guards."""
    sources = (
        handing_in, coded_reasons, people, draws, open_things, teams, ends, evidence, checks, tiers, levels, findings,
        advice, drafts, rulings, amendments, approvals, by_rule, issues,
    )  # fmt: skip
    return tuple(one for source in sources for one in source())


# Story -> where its first refusal points to, what was written there, and facts that its sentence quotes.
QUOTED = {
    "declared: nobody declares": ("/declares", "A. Clerk", {}),
    "declared: nobody signs": ("/signer", " ", {}),
    "complete: something is missing": ("", "1", {"gaps": "contract"}),
    "screened_now: ''": ("", "not_checked", {}),
    "screened_now: 'alerts'": ("", "alerts", {}),
    "open_query: it was never asked": ("/query", "Q-1", {"open": "-"}),
    "no_open_query: one": ("", "1", {"open": "Q-1"}),
    "named_stop: a question": ("/reason", "question", {"allowed": "expert_opinion"}),
    "coded_return: none": ("/reasons", "", {"allowed": "papers_disagree"}),
    "coded_return: the pack lists none, and none is given": ("/reasons", "", {"allowed": "-"}),
    "rated: in one that the pack has not": ("", "Z", {}),
    "rated: in none": ("", "", {}),
    "outcome_fits: no such kind of licence": ("/licence_kind", "general", {"allowed": "single"}),
    "outcome_fits: a kind where there are none": ("/licence_kind", "single", {"allowed": "-"}),
    "outcome_fits: an appeal sent back": (
        "/outcome",
        "returned",
        {"allowed": "granted, refused, no_licence_required"},
    ),
    "outcome_fits: valid from 2025-07-01 to 2026-07-01": ("/valid_to", "2026-07-01", {"latest": "2026-06-30"}),
    "may_approve: of another body": ("/order", "1", {"body": "ministry"}),
    "may_approve: the author": ("", "lena", {}),
}


@cache
def quoted_stories() -> tuple[tuple[Told, tuple[str, str, dict[str, str]]], ...]:
    """Return the stories whose refusal is read to the letter."""
    named = {one.name: one for one in told_stories()}
    return tuple((named[name], quoted) for name, quoted in QUOTED.items())
