"""What the guards of evidence, checks, tiers and findings let pass and what they refuse."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from licence.case_story import (
    APPLICATION,
    BLOCKING,
    NOT_CHECKED,
    TIERS,
    Story,
    assign,
    decide_automatically,
    gather,
    propose,
    query,
    rate,
    story_in,
)
from licence.guard_stories import Told, ready, review, told
from ytterby.licence import step
from ytterby.licence.evidence import CompletenessSection, GapFound, ScreeningHit, ScreeningSection, Section

LISTED = ("completeness", "classification", "screening", "lots")
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
        only_lots = propose(story.case, not_checked=(*LISTED[:3], *NOT_CHECKED))
        yield told(guard, f"screening, which the pack does not list: {name}", "", free, "lena", only_lots)
    yield told(guard, "nothing gathered", "evidence_old", review(), "lena", propose(review().case))
    unknown = propose(ready().case)
    yield told(guard, "nobody worked findings out", "findings_not_judged", ready(), "lena", unknown, findings=None)
    lacks = with_evidence(completeness=LACKS)
    yield told(guard, "what words settle is no check that did not run", "", lacks, "lena", propose(lacks.case))
    strange = replace(ready(), rules=replace(ready().rules, blocking=frozenset({"astrology"})))
    none = propose(ready().case, not_checked=(*LISTED, *NOT_CHECKED))
    yield told(guard, "a check that nobody knows", "check_blocks", strange, "lena", none)
    story, other = ready(), "other_checks"
    for named in ((), NOT_CHECKED[:2], (*NOT_CHECKED, "screening"), NOT_CHECKED[::-1]):
        yield told(guard, f"named as not made: {named}", other, story, "lena", propose(story.case, not_checked=named))
        by_rule = decide_automatically(story.case, not_checked=named)
        yield told(guard, f"named by rule as not made: {named}", other, story, "register", by_rule)
    yield told(guard, "by rule", "", story, "register", decide_automatically(story.case))
    yield told(guard, "an approval names none", "", story, "omar", step.Approve("", 1, {}))


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
