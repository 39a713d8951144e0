"""What each guard lets pass and what it refuses: one row a story, told for a person, a step and what was looked up.

The rows of decisions stand in `decision_stories.py`. `tests/licence/test_guards.py` judges them by the guards as they
are, `test_guard_mutations.py` by guards in which something is turned round.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import msgspec

from licence.case_story import (
    ALL_PHASES,
    APPLICATION,
    CANDIDATES,
    END_USER,
    EXPORTER,
    LACKING,
    OFFICE,
    PEOPLE,
    SUBMIT,
    TODAY,
    Story,
    advise,
    approve,
    assign,
    drafted_story,
    propose,
    query,
    ready_story,
    rules_of,
    story_in,
)
from ytterby.licence import step
from ytterby.licence.case import Case
from ytterby.licence.office import Office, Speaking


class Told(NamedTuple):
    """One story: which guard judges what in which case, and the codes that refuse it (none: it passes)."""

    guard: str
    what: str
    codes: tuple[str, ...]
    case: Case
    step: Any
    office: Office

    @property
    def name(self) -> str:
        """What the story is called."""
        return f"{self.guard}: {self.what}"


def told(guard: str, what: str, codes: str, story: Story, who: str, said: Any, **office: Any) -> Told:
    """Return a story; `codes` without their `case.`."""
    named = tuple(code if "." in code else f"case.{code}" for code in codes.split())
    return Told(guard, what, named, story.case, said, story.office(who, **office))


def as_speaker(story: Story, **more: Any) -> Story:
    """Return the story with a speaker nemo: an officer, but for what is told."""
    plain = {"account": "nemo", "party": OFFICE, "roles": frozenset({"officer"})}
    return replace(story, people={**PEOPLE, "nemo": Speaking(**plain | more)})


@cache
def review() -> Story:
    """Return a case under review in which nothing was done yet."""
    return story_in("individual", "review")


@cache
def ready() -> Story:
    """Return a case under review, ready for a draft."""
    return ready_story()


# Handing in, and reception


def handing_in() -> Iterator[Told]:
    draft = story_in("individual", "draft")
    yield told("complete", "nothing is missing", "", draft, "clerk", SUBMIT)
    yield told("complete", "something is missing", "incomplete", draft, "clerk", SUBMIT, gaps=("contract",))
    yield told("complete", "nobody looked", "not_judged", draft, "clerk", SUBMIT, gaps=None)
    yield told("declared", "somebody declares", "", draft, "clerk", SUBMIT)
    yield told("declared", "nobody declares", "not_declared", draft, "clerk", step.Submit("A. Clerk"))
    yield told("declared", "nobody signs", "not_declared", draft, "clerk", step.Submit(" ", declares=True))
    yield told("not_barred", "nothing bars", "", draft, "clerk", SUBMIT)
    yield told("not_barred", "two things bar", "barred barred", draft, "clerk", SUBMIT, barred=("a", "b"))
    yield told("not_barred", "nobody looked", "holder_not_judged", draft, "clerk", SUBMIT, barred=None)
    for phase in ("supplement", "not_accepted", "pre_check"):
        lacks = story_in("individual", "submitted", phases={"received": "x"})
        has = story_in("individual", "submitted")
        yield told(f"phase_{phase}", "the pack has it", "", has, "pia", LACKING)
        yield told(f"phase_{phase}", "the pack lacks it", "no_phase", lacks, "pia", LACKING)
    back = step.SendBack(("papers_disagree",))
    yield told("no_phase_supplement", "the pack lacks it", "", lacks, "pia", back)
    yield told("no_phase_supplement", "the pack has it", "has_phase", has, "pia", back)
    supplied = story_in("individual", "supplement").tell("clerk", step.Supply(APPLICATION))
    yield told("one_notice", "the first", "", has, "pia", LACKING)
    yield told("one_notice", "the second", "notified_already", supplied, "pia", LACKING)
    yield told("one_notice", "of nothing", "nothing_missing", has, "pia", step.NotifyMissing(()))
    for who, said in (("pia", LACKING), ("pia", back), ("pia", step.NotAccept(("not_competent",)))):
        yield told("before_silence", f"{said.__class__.__name__} in time", "", has, who, said)
        yield told("before_silence", f"{said.__class__.__name__} too late", "silent", has, who, said, silence="review")
        yield told(
            "before_silence", f"{said.__class__.__name__} unread", "clocks_not_read", has, who, said, silence=None
        )
    passed_on = story_in("individual", "pre_check")
    reported = passed_on.tell("provo", step.Report("approve", "Known for years."))
    again = replace(reported, case=reported.case.after(msgspec.structs.replace(
        reported.told[-2][1], version=reported.case.version + 1), "pre_check"))  # fmt: skip
    yield told("reported", "the province has spoken", "", reported, "pia", step.Accept())
    yield told("reported", "the province is silent", "not_reported", passed_on, "pia", step.Accept())
    yield told("reported", "it never went there", "not_reported", has, "pia", step.Accept())
    yield told("reported", "it spoke before it went there again", "not_reported", again, "pia", step.Accept())


def coded_reasons() -> Iterator[Told]:
    story = review()
    for guard, kind, good, make in (
        ("coded_return", "return", "papers_disagree", step.SendBack),
        ("coded_not_accepted", "not_accepted", "not_competent", step.NotAccept),
        ("coded_appeal", "appeal_ground", "wrong_facts", lambda codes: step.Appeal(codes, "So it is.")),
        ("coded_take_over", "take_over", "illness", lambda codes: step.TakeOver("nils", 0, "".join(codes), "Ill.")),
        ("coded_reopening", "reopening", "new_fact", lambda codes: step.Reopen("".join(codes), "New.")),
    ):
        free = replace(story, rules=replace(story.rules, reasons={}))
        other = replace(story, rules=replace(story.rules, reasons={kind: frozenset({"another"})}))
        yield told(guard, "a code of the pack", "", story, "pia", make((good,)))
        yield told(guard, "none", "no_reason", story, "pia", make(()))
        yield told(guard, "an empty one", "no_reason", story, "pia", make(("",)))
        yield told(guard, "a code that is none", "unknown_reason", story, "pia", make(("because",)))
        yield told(guard, "a code of another pack", "unknown_reason", other, "pia", make((good,)))
        yield told(guard, "the pack lists none, and one is given", "", free, "pia", make(("own_words",)))
        yield told(guard, "the pack lists none, and none is given", "no_reason", free, "pia", make(()))
    two = step.SendBack(("papers_disagree", "because"))
    yield told("coded_return", "one of two is none", "unknown_reason", story, "pia", two)
    case = ready().case
    for outcome, reasons, codes in (
        ("granted", (), ""),
        ("no_licence_required", (), ""),
        ("refused", ("end_use_doubtful",), ""),
        ("refused", (), "no_reason"),
        ("refused", ("papers_disagree",), "unknown_reason"),
        ("returned", ("papers_disagree",), ""),
        ("returned", (), "no_reason"),
        ("returned", ("end_use_doubtful",), "unknown_reason"),
    ):
        said = propose(case, outcome, reasons=reasons)
        yield told("coded_outcome", f"{outcome} for {reasons}", codes, ready(), "lena", said)


# Who


def people() -> Iterator[Told]:
    ask = step.TakeOver("nils", 0, "illness", "She is ill.")
    asked = ready().tell("lena", ask)
    at = asked.case.version
    second = "assignment.second_person"
    yield told("second_person", "another agrees", "", asked, "omar", step.Agree(at))
    yield told("second_person", "who asked and had it", second, asked, "lena", step.Agree(at))
    yield told("second_person", "who gets it", second, asked, "nils", step.Agree(at))
    taken = ready().tell("nils", ask)
    yield told("second_person", "who had it", second, taken, "lena", step.Agree(taken.case.version))
    given = ready().tell("pia", ask)
    yield told("second_person", "who asked", second, given, "pia", step.Agree(given.case.version))
    yield told("second_person", "no such event", "nothing_to_agree", asked, "omar", step.Agree(at + 1))
    yield told("second_person", "another event", "nothing_to_agree", asked, "omar", step.Agree(at - 1))
    drafted = drafted_story(outcome="refused").tell("lena", ask)
    at = drafted.case.version
    refused = drafted.tell("omar", approve(drafted.case))
    appeal = refused.tell("clerk", step.Appeal(("wrong_facts",), "It was proved."))
    yield told("second_person", "of this round", "", drafted, "sara", step.Agree(at))
    yield told("second_person", "of the round before", "nothing_to_agree", appeal, "sara", step.Agree(at))
    yield from _holders(ask, asked, drafted)
    yield from _conflicts()
    yield told("other_officers", "who decided nothing", "", appeal, "nils", propose(appeal.case))
    yield told("other_officers", "the author before", "decided_before", appeal, "lena", propose(appeal.case))
    yield told("other_officers", "the signer before", "decided_before", appeal, "omar", propose(appeal.case))
    yield told("other_officers", "in the first round", "", drafted, "lena", propose(drafted.case))


def _holders(ask: step.TakeOver, asked: Story, drafted: Story) -> Iterator[Told]:
    guard, agree, had = "may_hold", step.Agree(asked.case.version), "assignment.had_a_part"
    change = msgspec.structs.replace
    yield told(guard, "an officer who is there", "", ready(), "lena", ask)
    yield told(guard, "as it is agreed", "", asked, "omar", agree)
    yield told(guard, "nobody asked", "", asked, "omar", step.Agree(agree.version + 1))
    yield told(guard, "the roster was not read", "roster_not_read", ready(), "lena", ask, candidates=None)
    yield told(guard, "who has it", "assignment.has_it", ready(), "lena", change(ask, account="lena"))
    yield told(guard, "who is nobody", "assignment.unknown", ready(), "lena", change(ask, account="ghost"))
    yield told(guard, "no officer", "assignment.unknown", ready(), "lena", change(ask, account="clerk"))
    yield told(guard, "without a word", "assignment.text", ready(), "lena", change(ask, text=" "))
    left = tuple(replace(one, is_present=one.account != "nils") for one in CANDIDATES)
    yield told(guard, "who is away", "assignment.absent", ready(), "lena", ask, candidates=left)
    yield told(guard, "who went away since", "assignment.absent", asked, "omar", agree, candidates=left)
    for party in (EXPORTER, END_USER):
        friends = tuple(replace(one, conflicts=frozenset({party})) for one in CANDIDATES)
        yield told(guard, f"a friend of {party}", "assignment.conflict", ready(), "lena", ask, candidates=friends)
    yield told(guard, "no such signer", "no_order", ready(), "lena", change(ask, order=9))
    yield told(guard, "less than the officer", "no_order", ready(), "lena", change(ask, order=-1))
    signer = next(one for order, one in drafted.case.assigned.items() if order == 1)
    yield told(guard, "the signer as the officer", had, drafted, "lena", change(ask, account=signer))
    yield told(guard, "the author as the signer", had, drafted, "lena", change(ask, account="lena", order=1))
    yield told(guard, "another as the signer", "", drafted, "lena", change(ask, order=1))


def _conflicts() -> Iterator[Told]:
    said, story = step.Accept(), story_in("individual", "submitted")
    yield told("no_conflict", "nobody's friend", "", story, "pia", said)
    friend = as_speaker(story, conflicts=frozenset({END_USER}))
    yield told("no_conflict", "in conflict with a party", "conflict", friend, "nemo", said)
    yield told("no_conflict", "the register in conflict", "conflict", as_speaker(
        story, roles=frozenset({"system"}), conflicts=frozenset({END_USER})), "nemo", said)  # fmt: skip
    elsewhere = as_speaker(story, conflicts=frozenset({"urn:party:other"}))
    yield told("no_conflict", "in conflict with another", "", elsewhere, "nemo", said)
    own = story.tell("pia", step.DeclareConflict(END_USER, "My sister works there."))
    yield told("no_conflict", "declared it in the case", "conflict", own, "pia", said)
    yield told("no_conflict", "another declared it", "", own, "nils", said)
    for party in (EXPORTER, END_USER):
        yield told("no_conflict", f"acts for {party}", "own_party", as_speaker(story, party=party), "nemo", said)
    spoke = as_speaker(story, account="clerk")
    yield told("no_conflict", "spoke for the applicant", "own_party", spoke, "nemo", said)
    register = as_speaker(story, party=EXPORTER, roles=frozenset({"system"}))
    yield told("no_conflict", "the register of a group that exports", "", register, "nemo", said)
    # An application that names no exporter is of whoever began it.
    plain = msgspec.structs.replace(APPLICATION, parties=APPLICATION.parties[1:])
    begun = Story(rules_of("individual")).tell("clerk", step.Begin("individual", plain))
    exporter = as_speaker(begun, party=EXPORTER)
    yield told("no_conflict", "acts for who began it", "own_party", exporter, "nemo", said)


def draws() -> Iterator[Told]:
    guard, story = "fairly_drawn", ready()
    yield told(guard, "the only one", "", story, "register", assign("omar", 1))
    yield told(guard, "drawn anew for the same order", "", story, "register", assign("lena"))
    forced = step.Assign("nils", 1, "5e" * 32, (("omar", 1),))
    yield told(guard, "another than the drawn one", "assignment.forced", story, "register", forced)
    chosen = step.Assign("omar", 1, "", (("omar", 1),))
    yield told(guard, "without a seed", "assignment.no_draw", story, "register", chosen)
    yield told(guard, "the officer as signer", "has_a_part", story, "register", assign("lena", 1))
    yield told(guard, "who spoke for the applicant", "has_a_part", story, "register", assign("clerk", 1))
    drafted = drafted_story()
    handed = drafted.tell("lena", step.TakeOver("nils", 0, "illness", "Ill."))
    handed = handed.tell("sara", step.Agree(handed.case.version))
    yield told(guard, "the author, no officer any more", "has_a_part", handed, "register", assign("lena", 2))
    yield told(guard, "the author as officer again", "", handed, "register", assign("lena"))
    yield told(guard, "one who has no part", "", handed, "register", assign("pia", 2))
    own = story.tell("nils", step.DeclareConflict(END_USER, "My sister works there."))
    yield told(guard, "who declared a conflict", "has_a_part", own, "register", assign("nils", 1))
    appeal = story_in("individual", "appeal")
    yield told(guard, "the author of what is appealed", "has_a_part", appeal, "register", assign("lena"))
    yield told(guard, "the signer of what is appealed", "has_a_part", appeal, "register", assign("omar", 1))
    yield told(guard, "another one for the appeal", "", appeal, "register", assign("nils"))


# Questions, the clock, work, advice


def open_things() -> Iterator[Told]:
    story = ready()
    said = step.Answer("Q-1", "A motor of cars.")
    asked = story.tell("lena", query())
    answered = asked.tell("clerk", said)
    done = propose(story.case)
    yield told("open_query", "it is open", "", asked, "clerk", said)
    yield told("open_query", "it was answered", "no_such_query", answered, "clerk", said)
    yield told("open_query", "it was never asked", "no_such_query", story, "clerk", said)
    yield told("no_open_query", "none", "", story, "lena", done)
    yield told("no_open_query", "one", "query_open", asked, "lena", done)
    yield told("no_open_query", "it was answered", "", answered, "lena", done)
    stop, go = step.Stop("S-1", "expert_opinion", "Experts."), step.Resume("S-1")
    stopped = story.tell("lena", stop)
    going = stopped.tell("lena", go)
    yield told("open_stop", "it is open", "", stopped, "lena", go)
    yield told("open_stop", "it has ended", "no_such_stop", going, "lena", go)
    yield told("no_open_stop", "none", "", story, "lena", done)
    yield told("no_open_stop", "one", "stop_open", stopped, "lena", done)
    yield told("no_open_stop", "it has ended", "", going, "lena", done)
    yield told("named_stop", "a reason of the pack", "", story, "lena", stop)
    yield told("named_stop", "a question", "not_a_stop", story, "lena", step.Stop("S-1", "question", "We ask."))
    yield told("named_lift", "a reason of the pack", "", story, "lena", step.LiftLimit("national_security", "So."))
    yield told(
        "named_lift", "a reason that stops", "not_a_lift", story, "lena", step.LiftLimit("expert_opinion", "So.")
    )
    work, close = step.OpenWork("W-1", "experts", "Is it a motor magnet?"), step.CloseWork("W-1", "done")
    working = story.tell("lena", work)
    finished = working.tell("dora", close)
    guard, of_lena = "own_work", step.CloseWork("W-1", "not_needed", "The seller withdrew the doubt.")
    yield told(guard, "the body that was asked", "", working, "dora", close)
    yield told(guard, "it was closed", "", finished, "provo", close)
    yield told(guard, "the officer with a reason", "", working, "lena", of_lena)
    yield told(guard, "the officer without one", "no_text", working, "lena", close)
    yield told(guard, "another body with a reason", "work_of_others", working, "provo", of_lena)
    yield told(guard, "another officer with a reason", "work_of_others", working, "pia", of_lena)
    guard, advice = "answers_work", step.Advise("approve", "It is.", work="W-1")
    yield told(guard, "advice on nothing", "", working, "provo", step.Advise("approve", "It is."))
    yield told(guard, "the body that was asked", "", working, "dora", advice)
    yield told(guard, "another body", "work_of_others", working, "provo", advice)
    yield told(guard, "the officer", "work_of_others", working, "lena", advice)
    yield told(guard, "it was closed", "no_such_work", finished, "dora", advice)
    advised = working.tell("dora", advice)
    yield told(guard, "it was advised on", "no_such_work", advised, "dora", advice)
    yield told("work_done", "it was advised on", "", advised, "lena", done)
    yield told("open_work_item", "it is open", "", working, "dora", close)
    yield told("open_work_item", "it is done", "no_such_work", finished, "dora", close)
    yield told("work_done", "none", "", story, "lena", done)
    yield told("work_done", "one", "work_open", working, "lena", done)
    yield told("work_done", "it is done", "", finished, "lena", done)


def teams() -> Iterator[Told]:
    guard, first = "team_once", ready()
    second = first.tell("dora", advise("refuse", "No."))
    at = second.case.version
    visit = advise("proviso", "With a visit.")
    yield told(guard, "the first", "", first, "dora", visit)
    yield told(guard, "another team", "", second, "provo", step.Advise("approve", "Yes."))
    yield told(guard, "the same team", "licence.advice_stands", second, "dora", step.Advise("approve", "Yes."))
    anew = step.Advise("approve", "Now yes.", supersedes=at)
    third = second.tell("dora", anew)
    other = "licence.advice_not_own"
    yield told(guard, "it thinks again", "", second, "dora", anew)
    yield told(guard, "for another team", other, second, "provo", anew)
    yield told(guard, "over what was superseded", other, third, "dora", anew)
    yield told(guard, "over nothing", other, first, "dora", step.Advise("approve", "Yes.", supersedes=2))
    yield told(guard, "a verdict that is none", "verdict", first, "dora", step.Advise("perhaps", "Hm."))
    for verdict in ("approve", "no_licence_required"):
        yield told(guard, verdict, "", first, "dora", step.Advise(verdict, "So."))
    unfounded, bare = step.Advise("refuse", "So."), step.Advise("proviso", "So.")
    yield told(guard, "a refusal without a reason", "licence.advice_no_reason", first, "dora", unfounded)
    other_code = step.Advise("refuse", "So.", reasons=("mood",))
    yield told(guard, "a refusal for a reason that the pack lacks", "unknown_reason", first, "dora", other_code)
    yield told(guard, "a proviso without a condition", "licence.advice_conditions", first, "dora", bare)
    asking = step.Advise("approve", "So.", conditions=("visit",))
    yield told(guard, "a condition without a proviso", "licence.advice_conditions", first, "dora", asking)


# Appeals, and the end


def ends() -> Iterator[Told]:
    refused, issued = story_in("individual", "refused"), story_in("individual", "issued")
    appeal, close = step.Appeal(("wrong_facts",), "It was proved."), step.Close()
    before, after = date(2025, 6, 30), date(2025, 7, 2)
    for until, appeals, closes in (
        (before, "appeal_late", ""),
        (TODAY, "", "appeal_open"),
        (after, "", "appeal_open"),
        (None, "no_appeal", ""),
    ):
        yield told("within_appeal", f"until {until}", appeals, refused, "clerk", appeal, appeal_until=until)
        yield told("appeal_over", f"until {until}", closes, refused, "pia", close, appeal_until=until)
    yield told("licence_over", "it has ended", "", issued, "pia", close)
    yield told("licence_over", "it runs", "licence_runs", issued, "pia", close, is_licence_over=False)


# Choices: which row it is


class Chosen(NamedTuple):
    """Which of two rows a step goes by."""

    choice: str
    is_it: bool
    case: Case
    step: Any
    office: Office


def _chosen(choice: str, is_it: bool, story: Story, who: str, said: Any, **office: Any) -> Chosen:
    return Chosen(choice, is_it, story.case, said, story.office(who, **office))


def choices() -> Iterator[Chosen]:
    """Yield for each choice a step that goes by its row, and one that does not."""
    for phases, has in ((ALL_PHASES, True), ({"review": "x"}, False)):
        draft = story_in("individual", "draft", phases=phases)
        yield _chosen("phase_received", has, draft, "clerk", SUBMIT)
        yield _chosen("no_phase_received", not has, draft, "clerk", SUBMIT)
    standard, high, green = drafted_story(), drafted_story(tier="H"), drafted_story(tier="G")
    signed = high.tell("omar", approve(high.case))
    for story, order, is_last in (
        (standard, 1, True), (standard, 2, False), (high, 1, False), (high, 2, False), (signed, 2, True),
        (signed, 1, False), (green, 1, True), (green, 2, False), (drafted_story("classification"), 1, True),
    ):  # fmt: skip
        said = approve(story.case, order)
        yield _chosen("last_approval", is_last, story, "omar", said)
        yield _chosen("more_approvals", not is_last, story, "omar", said)
    named: Mapping[str, str] = {
        "granted": "outcome_granted",
        "refused": "outcome_refused",
        "no_licence_required": "outcome_no_licence",
        "returned": "outcome_returned",
    }
    for outcome in named:
        story = drafted_story(outcome=outcome)
        said = approve(story.case)
        for other, choice in named.items():
            yield _chosen(choice, other == outcome, story, "omar", said)
        yield _chosen("outcome_ruled", outcome != "returned", story, "omar", said)
    for choice in (*named.values(), "outcome_ruled"):
        yield _chosen(choice, False, review(), "omar", approve(review().case))
    check = story_in("post_shipment_check", "open")
    for outcome in ("open", "passed", "failed", "unclear"):
        said = step.Record("visit", outcome, "So it was.")
        for choice in ("passed", "failed"):
            yield _chosen(f"record_{choice}", outcome == choice, check, "pia", said)
        yield _chosen("record_open", outcome not in {"passed", "failed"}, check, "pia", said)


@cache
def told_choices() -> tuple[Chosen, ...]:
    """Return all of them."""
    return tuple(choices())
