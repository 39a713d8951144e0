"""What the guards of drafts let pass and what they refuse: advice, outcomes, lines, days, rulings, amendments; and all
stories of guards together.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import msgspec

from licence.approval_stories import approvals, by_rule, issues
from licence.case_story import (
    AMENDED,
    APPLICATION,
    FREED,
    Story,
    advise,
    approve,
    decide_automatically,
    drafted_story,
    lines_of,
    propose,
    ready_story,
    rules_of,
    story_in,
)
from licence.evidence_stories import checks, evidence, findings, levels, tiers
from licence.guard_stories import (
    Told,
    coded_reasons,
    draws,
    ends,
    handing_in,
    open_things,
    people,
    ready,
    teams,
    told,
)
from ytterby.law.licence_kind import LicenceKind
from ytterby.licence import step

# Advice


def advised(*verdicts: tuple[str, tuple[str, ...]]) -> Story:
    """Return a case with advice of as many teams."""
    story = ready()
    for who, (verdict, conditions) in zip(("dora", "provo", "nils"), verdicts, strict=False):
        story = story.tell(who, advise(verdict, conditions=conditions))
    return story


def advice() -> Iterator[Told]:
    guard, why = "advice_settled", "The department did not know of the visit."
    rows = (
        ((), "granted", (), ""),
        ((), "refused", (), ""),
        ((("approve", ()),), "granted", (), ""),
        ((("approve", ()),), "refused", (), "advice_open"),
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
        ((one,), "line_left_out"),
        ((one, refused), ""),
        ((refused,), "nothing_granted line_left_out"),
        ((), "nothing_granted line_left_out line_left_out"),
        ((one, free), ""),
        ((one, line(free, freeing=None)), "not_freed"),
        ((one, line(two, outcome="perhaps")), "outcome"),
        ((one, one), "line_twice line_left_out"),
        ((one, line(two, line=3)), "line_left_out no_such_line"),
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


def silence() -> Iterator[Told]:
    """ALL article 32, and a pack by which silence grants: what comes after it does not undo it."""
    guard, story = "no_grant_by_silence", ready()
    states = {state for phase, state in story.rules.phases.items() if phase in {"granted", "delivered"}}
    assert len(states) == 2
    for outcome, is_barred in (
        ("granted", False),
        ("no_licence_required", False),
        ("refused", True),
        ("returned", True),
    ):
        drafted = drafted_story(outcome=outcome)
        for where, who, said in (
            (story, "lena", propose(story.case, outcome)), (drafted, "omar", approve(drafted.case)),
        ):  # fmt: skip
            what = f"{said.__class__.__name__} of {outcome}"
            yield told(guard, f"{what} in time", "", where, who, said)
            # By silence an application is accepted too, which decides nothing.
            yield told(guard, f"{what} once accepted by silence", "", where, who, said, silence="review")
            codes = "clocks_not_read" if is_barred else ""
            yield told(guard, f"{what} unread", codes, where, who, said, silence=None)
            for state in sorted(states):
                codes = "granted_by_silence" if is_barred else ""
                yield told(guard, f"{what} when it is {state}", codes, where, who, said, silence=state)
    yield told(guard, "an approval of nothing", "", story, "omar", step.Approve("ab" * 32, 1, {}), silence=None)


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


@cache
def told_stories() -> tuple[Told, ...]:
    """Return the stories of all guards."""
    sources = (
        handing_in, coded_reasons, people, draws, open_things, teams, ends, evidence, checks, tiers, levels, findings,
        advice, drafts, silence, rulings, amendments, approvals, by_rule, issues,
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
    "end_user_known: claimed": ("", "claimed", {"wanted": "address"}),
    "end_user_known: nobody": ("", "-", {"wanted": "address"}),
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
