"""What applicants and buyers are told: one date and what moves it, and nothing of what the office knows (C7)."""

import dataclasses
import inspect
import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licence.clock_story import cn, instant, other
from licence.flipped_branches import unnoticed
from ytterby.licence import status as shipped
from ytterby.licence import step as steps
from ytterby.licence.application import Application
from ytterby.licence.case import Case, Event
from ytterby.licence.sight import applicant_history
from ytterby.licence.status import SEEN_VERBS, Audience, Status, read_status
from ytterby.licence.step import (
    Accept,
    Adjudicate,
    Advise,
    Agree,
    Answer,
    Appeal,
    Approve,
    Assign,
    Begin,
    CloseWork,
    DecideAutomatically,
    DeclareConflict,
    Gather,
    Issue,
    Lacking,
    LiftLimit,
    NotAccept,
    NotifyMissing,
    OpenWork,
    PassOn,
    Propose,
    Query,
    Rate,
    Reject,
    Reopen,
    Report,
    Resume,
    Retract,
    SendBack,
    Stop,
    Submit,
    Supply,
    TakeOver,
    Withdraw,
)
from ytterby.shell.site.case_rules import transition_table
from ytterby.shell.wording import LANGUAGES, word

EMPTY = Application("CN-procedure", (), ())
BEGIN = ("2025-09-25T01:00:00Z", Begin("individual", EMPTY), "draft")
SUBMIT = ("2025-09-26T02:00:00Z", Submit("A. Signer", True), "submitted")
ACCEPT = ("2025-09-29T01:00:00Z", Accept(), "review")
QUERY = ("2025-10-09T01:00:00Z", Query("q1", "/use", "For what?", "2025-10-20"), "review")
ANSWER = ("2025-10-13T01:00:00Z", Answer("q1", "For rotors."), "review")
STOP = ("2025-10-14T01:00:00Z", Stop("s1", "identification", "A laboratory looks at it.", 10), "review")
RESUME = ("2025-10-20T01:00:00Z", Resume("s1"), "review")


def proposed(outcome="refused", reasons=("refused_end_use",)):
    return Propose(outcome, (), "e" * 64, {}, reasons, text="Since it is so.")


def approve():
    return Approve("d" * 64, 1, {})


def told(*happened, kind="individual"):
    case = Case("C-1")
    for version, (at, step, state) in enumerate(sorted(happened, key=lambda one: one[0]), 1):
        case = case.after(Event(version, at, "u1", "", "officer", step), state)
    return case


def status(case, as_of="2025-10-21T09:00", audience=Audience.APPLICANT, keeping=None, offset="+08:00") -> Status:
    table = transition_table(case.kind or "individual")
    return read_status(case, table, keeping or cn(), as_of=instant(as_of, offset), audience=audience)


def drivers(found):
    return [(one.code, one.what, one.days) for one in found.drivers]


def test_one_date_with_who_has_it_and_since_when():
    found = status(told(BEGIN, SUBMIT, ACCEPT))
    assert (found.state, found.holder, found.since) == ("review", "mofcom", "2025-09-26T02:00:00.000Z")
    assert (found.clock, found.date, found.date_kind, found.is_overdue) == ("CN-decision", "2025-12-08", "firm", False)
    assert found.drivers == ()


def test_while_papers_are_missing_the_applicant_has_it_and_is_told_which():
    lacking = (Lacking("/documents/contract", "missing"),)
    case = told(BEGIN, SUBMIT, ("2025-09-28T01:00:00Z", NotifyMissing(lacking), "supplement"))
    found = status(case)
    assert (found.holder, found.date, drivers(found)) == ("applicant", "", [("papers_missing", "", None)])
    assert [(one.where, one.code) for one in found.missing] == [("/documents/contract", "missing")]
    supplied = told(*zip_of(case), ("2025-10-15T01:00:00Z", Supply(EMPTY), "submitted"))
    assert (status(supplied).missing, status(supplied).holder, status(supplied).date) == ((), "mofcom", "2025-10-22")


def zip_of(case):
    return [(event.at, event.step, state) for event, state in zip(case.events, case.states, strict=True)]


def test_a_question_is_told_and_the_date_stays_where_law_does_not_stop_the_clock():
    plain, asked = status(told(BEGIN, SUBMIT, ACCEPT)), status(told(BEGIN, SUBMIT, ACCEPT, QUERY))
    assert (asked.date, asked.holder) == (plain.date, "applicant")
    assert [(one.id, one.field, one.due) for one in asked.questions] == [("q1", "/use", "2025-10-20")]
    assert drivers(asked) == [("question_open", "", None)]
    assert status(told(BEGIN, SUBMIT, ACCEPT, QUERY, ANSWER)).questions == ()


def test_a_stop_is_told_with_its_reason_and_what_it_cost():
    stopped = status(told(BEGIN, SUBMIT, ACCEPT, STOP), "2025-10-16T09:00")
    assert (stopped.date, drivers(stopped)) == ("", [("stopped", "identification", 10)])
    resumed = status(told(BEGIN, SUBMIT, ACCEPT, STOP, RESUME))
    assert (resumed.date, drivers(resumed)) == ("2025-12-12", [("was_stopped", "identification", 4)])


def test_silence_is_told_as_acceptance():
    found = status(told(BEGIN, SUBMIT), "2025-10-12T09:00")
    assert (found.state, found.date, drivers(found)) == (
        "review",
        "2025-12-04",
        [("by_silence", "CN-completeness", None)],
    )


def test_what_is_over_its_limit_is_told_so():
    found = status(told(BEGIN, SUBMIT, ACCEPT), "2025-12-09T09:00")
    assert (found.is_overdue, found.date, drivers(found)) == (True, "2025-12-08", [("overdue", "", None)])


def test_a_date_over_a_year_without_notice_is_provisional_with_where_it_may_lie():
    found = status(
        told(*((f"2026-11{at[7:]}", step, state) for at, step, state in (BEGIN, SUBMIT, ACCEPT))), "2026-12-01T09:00"
    )
    assert found.date_kind == "provisional"
    assert found.earliest <= found.date
    assert found.latest
    assert drivers(found) == [("calendar_provisional", "", None)]


def test_that_no_limit_holds_is_told_and_not_why():
    """One of the reasons is a list; the applicant is not told whom it names."""
    cases = [
        told(BEGIN, SUBMIT, ACCEPT, ("2025-10-14T01:00:00Z", LiftLimit(reason, "Since it is so."), "review"))
        for reason in ("watch_list", "state_council")
    ]
    one, two = (msgspec.json.encode(status(case)) for case in cases)
    assert one == two
    assert drivers(status(cases[0])) == [("no_limit", "", None)]
    assert b"watch" not in one


LIFTS = st.lists(
    st.sampled_from(["watch_list", "state_council", "central_military_commission"]), min_size=1, max_size=2
)


@settings(max_examples=30)
@given(LIFTS, LIFTS, st.text(max_size=9), st.sampled_from(Audience))
def test_whatever_lifted_the_limit_reads_alike_in_status_and_history(here, there, text, audience):
    """Threat C7: not even the words; of as many steps as the applicant counts."""
    here = here[: len(there)] + here[-1:] * (len(there) - len(here))

    def lifted(reasons):
        steps = (LiftLimit(one, text + one) for one in reasons)
        return told(BEGIN, SUBMIT, ACCEPT, *(("2025-10-14T01:00:00Z", step, "review") for step in steps))

    one, two = lifted(here), lifted(there)
    assert msgspec.json.encode(status(one, audience=audience)) == msgspec.json.encode(status(two, audience=audience))
    assert applicant_history(one) == applicant_history(two)
    reasons = cn().procedure.reasons.values()
    assert not any(reason.is_told for reason in reasons), "told beside one that is not, it would tell that one"


def test_a_pack_may_let_a_lift_be_told_to_the_applicant_and_never_to_a_buyer():
    """One reason that may not be told beside it keeps both untold."""
    keeping = other("terra", "TERRA-procedure")
    lift, storm = (("2026-02-01T01:00:00Z", LiftLimit(name, "So."), "review") for name in ("senate", "storm"))
    case = told(BEGIN, SUBMIT, ACCEPT, lift)
    (last,) = [one for one in applicant_history(case, ["senate"]) if one["event"] == "lift_limit"]
    assert (last["reason"], last["text"]) == ("senate", "So.")
    assert not {"reason", "text"} & applicant_history(case)[-1].keys()
    as_of = instant("2026-02-02T01:00", "+00:00")
    table = transition_table("individual")
    for told_case, audience, what in (
        (case, Audience.APPLICANT, "senate"),
        (case, Audience.BUYER, ""),
        (told(BEGIN, SUBMIT, ACCEPT, lift, storm), Audience.APPLICANT, ""),
    ):
        found = read_status(told_case, table, keeping, as_of=as_of, audience=audience)
        assert [one.what for one in found.drivers if one.code == "no_limit"] == [what]


def test_a_buyer_is_told_date_and_holder_and_neither_question_nor_reason():
    case = told(BEGIN, SUBMIT, ACCEPT, QUERY, STOP)
    found = status(case, audience=Audience.BUYER)
    assert drivers(found) == [("waits_for_applicant", "", None), ("stopped", "", None)]
    assert (found.questions, found.missing, found.reasons, found.licences) == ((), (), (), ())
    whole = status(case)
    assert (found.date, found.holder, found.phase) == (whole.date, whole.holder, whole.phase)


@pytest.mark.parametrize(
    ("step", "state"),
    [(NotAccept(("r1",)), "not_accepted"), (SendBack(("r1",)), "returned")],
)
def test_reasons_of_a_return_are_told_with_it(step, state):
    case = told(BEGIN, SUBMIT, ("2025-09-28T01:00:00Z", step, state))
    assert status(case).reasons == ("r1",)
    assert status(case, audience=Audience.BUYER).reasons == ()
    assert status(case, "2025-09-27T09:00").reasons == ()


def test_the_reasons_of_a_draft_are_told_when_it_is_the_decision_and_not_before():
    draft = ("2025-10-15T01:00:00Z", proposed(), "proposed")
    before = told(BEGIN, SUBMIT, ACCEPT, draft)
    first = ("2025-10-16T01:00:00Z", approve(), "proposed")
    last = ("2025-10-17T01:00:00Z", approve(), "refused")
    assert (status(before).reasons, status(before).outcome) == ((), "")
    assert msgspec.json.encode(status(told(*zip_of(before), first))) == msgspec.json.encode(
        status(told(BEGIN, SUBMIT, ACCEPT))
    )
    found = status(told(*zip_of(before), first, last))
    assert (found.outcome, found.reasons, found.phase, found.holder, found.date) == (
        "refused", ("refused_end_use",), "refused", "applicant", "",
    )  # fmt: skip
    gone = ("2025-10-17T01:00:00Z", Withdraw(), "withdrawn")
    assert status(told(*zip_of(before), gone)).reasons == ()


def test_an_outcome_is_forgotten_while_it_is_decided_again():
    draft = ("2025-10-15T01:00:00Z", proposed("granted", ()), "proposed")
    granted = ("2025-10-16T01:00:00Z", approve(), "granted")
    case = told(BEGIN, SUBMIT, ACCEPT, draft, granted)
    assert (status(case).outcome, status(case).clock) == ("granted", "CN-delivery")
    reopened = told(*zip_of(case), ("2025-10-17T01:00:00Z", Reopen("error", "A slip."), "review"))
    assert (status(reopened).outcome, status(reopened).clock, status(reopened).date) == (
        "",
        "CN-decision",
        "2025-12-08",
    )
    issued = told(*zip_of(case), ("2025-10-17T01:00:00Z", Issue("L-1", {}), "issued"))
    assert (status(issued).outcome, status(issued).licences, status(issued).date) == ("granted", ("L-1",), "")


def test_a_decision_by_rule_reads_as_any_other():
    """The tier is not told: a case of tier G and one decided by two people read alike but for their dates."""
    rule = DecideAutomatically("granted", (), "e" * 64, {}, "G")
    by_rule = told(BEGIN, SUBMIT, ACCEPT, ("2025-10-16T01:00:00Z", rule, "granted"))
    by_two = told(
        BEGIN, SUBMIT, ACCEPT, ("2025-10-15T01:00:00Z", proposed("granted", ()), "proposed"),
        ("2025-10-16T01:00:00Z", approve(), "granted"),
    )  # fmt: skip
    assert msgspec.json.encode(status(by_rule)) == msgspec.json.encode(status(by_two))


def test_the_refusal_of_an_appeal_is_told_with_its_reasons():
    refused = (
        BEGIN, SUBMIT, ACCEPT, ("2025-10-13T01:00:00Z", proposed(), "proposed"),
        ("2025-10-14T01:00:00Z", approve(), "refused"), ("2025-10-15T01:00:00Z", Appeal(("law",), "No."), "appeal"),
    )  # fmt: skip
    assert (status(told(*refused)).reasons, status(told(*refused)).outcome) == ((), "")
    again = (
        ("2025-10-16T01:00:00Z", proposed(reasons=("r2",)), "appeal_proposed"),
        ("2025-10-17T01:00:00Z", approve(), "closed"),
    )
    assert status(told(*refused, *again)).reasons == ("r2",)


def test_before_it_began_nothing_is_told():
    found = status(told(BEGIN, SUBMIT), "2025-09-01T09:00")
    assert (found.phase, found.holder, found.since, found.date, found.drivers) == ("", "applicant", "", "", ())


def test_an_instant_without_a_zone_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="zone"):
        read_status(
            told(BEGIN), transition_table("individual"), cn(), as_of=datetime(2025, 10, 1), audience=Audience.BUYER
        )


def test_terra_and_the_group_tell_their_own_bodies():
    begin = ("2026-01-09T20:00:00Z", Begin("individual", EMPTY), "draft")
    case = told(begin, ("2026-01-09T20:00:00Z", Submit("S", True), "review"))
    terra = status(case, "2026-02-01T09:00", keeping=other("terra", "TERRA-procedure"))
    assert (terra.state, terra.holder, terra.clock, terra.date) == (
        "before_three",
        "trade",
        "TERRA-decision",
        "2026-04-09",
    )
    house = status(case, "2026-01-12T09:00", keeping=other("group", "HOUSE-procedure"))
    assert (house.state, house.holder, house.clock) == ("asked", "supplier", "HOUSE-answer")


def test_each_driver_has_its_words():
    source = inspect.getsource(shipped)
    codes = set(re.findall(r'Driver\(\s*"(\w+)"', source))
    codes |= {"papers_missing", "question_open", "waits_for_applicant", "stopped", "was_stopped"}
    assert all(
        code in source and word("status_driver", code, language) != code.replace("_", " ")
        for code in codes
        for language in LANGUAGES
    )


# Threat C7

HIDDEN_VERBS = frozenset(steps.VERBS) - SEEN_VERBS
OFFICE_STEPS = {
    "report": lambda n: Report("refuse" if n % 2 else "approve", "The province says so."),
    "assign": lambda n: Assign(f"u{n}", n % 3, "5eed", ("u1", "u2")),
    "take_over": lambda n: TakeOver(f"u{n}", 0, "ill", "He is ill."),
    "agree": Agree,
    "declare_conflict": lambda n: DeclareConflict(f"p{n}", "My cousin."),
    "gather": lambda n: Gather({"screening": {"hits": [f"candidate {n}"]}, "flags": [f"red {n}"]}, f"{n:064}"),
    "rate": lambda n: Rate("GSH"[n % 3], str(n), ({"row": "candidate"},), f"{n:064}", n),
    "adjudicate": lambda n: Adjudicate(f"screening:{n}", "stands", "same_name", "It is he."),
    "open_work": lambda n: OpenWork(f"w{n}", "other_departments", "advise"),
    "close_work": lambda n: CloseWork(f"w{n}", "done"),
    "advise": lambda n: Advise("refuse" if n % 2 else "approve", "So we say.", ("r1",)),
    "propose": lambda n: Propose("refused", (), f"{n:064}", {}, (f"r{n}",), text="No."),
    "reject": lambda n: Reject(f"{n:064}", 1, "Not so."),
    "retract": lambda n: Retract(),
}
AWAY = {"propose": "proposed"}


def test_every_verb_is_either_told_or_known_to_be_hidden():
    """A new command is hidden until somebody decides that applicants may see it, and has to be put on a list here."""
    told_by_phase = {"approve", "decide_automatically", "record"}
    assert OFFICE_STEPS.keys() | told_by_phase == HIDDEN_VERBS


seconds = st.integers(0, 40 * 24 * 3600)


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from([QUERY, ANSWER, STOP, RESUME]), unique_by=id),
    st.lists(st.tuples(seconds, st.sampled_from(sorted(OFFICE_STEPS)), st.integers(0, 9)), max_size=12),
    st.lists(st.tuples(seconds, st.sampled_from(sorted(OFFICE_STEPS)), st.integers(0, 9)), max_size=12),
    st.integers(0, 90),
    st.sampled_from(Audience),
)
def test_cases_that_differ_in_what_the_office_knows_read_alike(seen, here, there, day, audience):
    """C7: candidates, red flags, advice, tiers, assignment, drafts: equal bytes until the decision."""
    accepted = datetime(2025, 9, 29, 1, 0, 1, tzinfo=UTC)

    def hidden(found):
        return [
            (
                (accepted + timedelta(seconds=n)).isoformat().replace("+00:00", "Z"),
                OFFICE_STEPS[verb](k),
                AWAY.get(verb, "review"),
            )
            for n, verb, k in found
        ]

    one, two = (told(BEGIN, SUBMIT, ACCEPT, *seen, *hidden(more)) for more in (here, there))
    as_of = f"{datetime(2025, 9, 24, tzinfo=UTC).date() + timedelta(days=day)}T09:00"
    first, second = (msgspec.json.encode(status(case, as_of, audience)) for case in (one, two))
    assert first == second


def test_the_same_holds_before_acceptance():
    """Assignments and reports before acceptance, too: the province's word is not told."""
    passed = ("2025-09-27T01:00:00Z", PassOn(), "pre_check")
    plain = told(BEGIN, SUBMIT, passed)
    knowing = told(
        BEGIN, SUBMIT, passed, ("2025-09-28T01:00:00Z", OFFICE_STEPS["report"](1), "pre_check"),
        ("2025-09-28T02:00:00Z", OFFICE_STEPS["declare_conflict"](1), "pre_check"),
    )  # fmt: skip
    assert msgspec.json.encode(status(plain)) == msgspec.json.encode(status(knowing))
    assert (status(plain).holder, status(plain).clock) == ("province", "CN-lower-level-review")


PROPOSED = ("2025-10-15T01:00:00Z", proposed(), "proposed")
RULED = ("2025-10-16T01:00:00Z", DecideAutomatically("granted", (), "e" * 64, {}, "G"), "granted")
LACKING = ("2025-09-28T01:00:00Z", NotifyMissing((Lacking("/documents", "missing"),)), "supplement")
STORIES = (
    (), (BEGIN,), (BEGIN, SUBMIT), (BEGIN, SUBMIT, ACCEPT), (BEGIN, SUBMIT, ACCEPT, QUERY, STOP),
    (BEGIN, SUBMIT, LACKING), (BEGIN, SUBMIT, LACKING, ("2025-10-13T01:00:00Z", Supply(EMPTY), "submitted")),
    (BEGIN, SUBMIT, ACCEPT, QUERY, ANSWER, STOP, RESUME), (BEGIN, SUBMIT, ACCEPT, RULED),
    (BEGIN, SUBMIT, ACCEPT, RULED, ("2025-10-17T01:00:00Z", Reopen("error", "A slip."), "review")),
    (BEGIN, SUBMIT, ACCEPT, ("2025-10-13T01:00:00Z", OpenWork("w1", "other_departments", "advise"), "review")),
    (BEGIN, SUBMIT, ACCEPT, PROPOSED, ("2025-10-16T01:00:00Z", QUERY[1], "proposed")),
    (BEGIN, SUBMIT, ACCEPT, PROPOSED),
    (BEGIN, SUBMIT, ACCEPT, PROPOSED, ("2025-10-16T01:00:00Z", approve(), "refused")),
    (BEGIN, SUBMIT, ACCEPT, PROPOSED, ("2025-10-16T01:00:00Z", approve(), "proposed")),
    (BEGIN, SUBMIT, ACCEPT, PROPOSED, ("2025-10-16T01:00:00Z", Withdraw(), "withdrawn")),
    (BEGIN, SUBMIT, ACCEPT, ("2025-10-14T01:00:00Z", LiftLimit("watch_list", "So."), "review")),
    (BEGIN, SUBMIT, ("2025-09-28T01:00:00Z", NotAccept(("r1",)), "not_accepted")),
    (BEGIN, SUBMIT, ("2025-09-27T01:00:00Z", PassOn(), "pre_check")),
    (BEGIN, SUBMIT, ACCEPT, ("2025-10-13T01:00:00Z", Stop("s2", "lunch", "We eat.", 1), "review")),
    (BEGIN, SUBMIT, ACCEPT, ("2025-10-15T01:00:00Z", proposed("granted", ("r2",)), "proposed"),
     ("2025-10-16T01:00:00Z", approve(), "granted"), ("2025-10-17T01:00:00Z", Issue("L-1", {}), "issued")),
)  # fmt: skip
# Of these reasons Terra lets one be told; "nobody's" is in no pack.
LIFTED = tuple(
    (BEGIN, SUBMIT, ACCEPT, *(("2025-10-14T01:00:00Z", LiftLimit(name, "So."), "review") for name in names))
    for names in (("senate",), ("storm",), ("senate", "storm"), ("storm", "senate"), ("nobody's",))
)
LATE = tuple((f"2026-11{at[7:]}", step, state) for at, step, state in (BEGIN, SUBMIT, ACCEPT))


def answers(module):
    table = transition_table("individual")
    base = cn().procedure
    whole = dataclasses.replace(base.clocks["CN-completeness"], ends=("delivered",), silence_state="")
    later = dataclasses.replace(base.clocks["CN-lower-level-review"], starts="supplement", ends=("granted",))
    two = dataclasses.replace(cn(), procedure=dataclasses.replace(base, clocks={one.id: one for one in (whole, later)}))
    terra = other("terra", "TERRA-procedure")
    for story in (*STORIES, *LIFTED, LATE):
        yield repr(module.seen_of(told(*story), table))
        for as_of in (
            "2025-09-27T09:00",
            "2025-10-15T09:00",
            "2025-10-21T09:00",
            "2025-12-12T09:00",
            "2026-12-01T09:00",
        ):
            for audience in module.Audience:
                at = instant(as_of, "+08:00")
                for keeping in (cn(), two, terra) if story in LIFTED else (cn(), two):
                    yield repr(module.read_status(told(*story), table, keeping, as_of=at, audience=audience))


def left_unnoticed(every: int) -> list[str]:
    expected = list(answers(shipped))

    def check(module):
        with pytest.raises(ValueError, match="zone"):
            module.read_status(
                told(BEGIN), transition_table("individual"), cn(), as_of=datetime(2025, 10, 1), audience="buyer"
            )
        assert all(got == wanted for got, wanted in zip(answers(module), expected, strict=True))

    return unnoticed(shipped, check, every=every)


def test_of_the_branches_turned_round_a_sample_changes_what_is_told():
    assert left_unnoticed(4) == []


@pytest.mark.long
def test_every_branch_turned_round_changes_what_is_told():
    assert left_unnoticed(1) == []


OFFICE_WORDS = (
    "tier",
    "advice",
    "finding",
    "candidate",
    "screening",
    "flag",
    "officer",
    "assessor",
    "approval",
    "team",
    "score",
)


def test_no_field_of_what_is_told_is_named_like_what_the_office_knows():
    schema = msgspec.json.encode(msgspec.json.schema(Status)).decode()
    names = set(msgspec.json.decode(schema)["$defs"]["Status"]["properties"])
    for part in ("Driver", "Question", "Missing"):
        names |= set(msgspec.json.decode(schema)["$defs"][part]["properties"])
    assert [name for name in names for word in OFFICE_WORDS if word in name] == []
