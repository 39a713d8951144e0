"""Kinds of case beside the individual licence, each from its beginning to its end, and an appeal; all of it replays."""

import json

import msgspec
import pytest

from shell.casework_story import EXPORTER, LICENCE, OFFICE, Work, sample_application
from shell.licensed import status
from shell.register_copy import copy_register
from shell.timed_command import give
from ytterby.licence.evidence import read_evidence
from ytterby.licence.finding import findings_of
from ytterby.licence.office_roster import Post, Presence
from ytterby.licence.step import (
    Accept,
    Adjudicate,
    Advise,
    Agree,
    Answer,
    Appeal,
    Close,
    CloseWork,
    Issue,
    Lacking,
    LineDecision,
    NotAccept,
    NotifyMissing,
    OpenWork,
    Propose,
    Query,
    Record,
    TakeOver,
)
from ytterby.shell.actions.casework import begin_case
from ytterby.shell.actions.change_licence import change_licence
from ytterby.shell.actions.doctor.cases import unsound_cases
from ytterby.shell.actions.doctor.licences import unsound_licences
from ytterby.shell.actions.say_of_office import say_of_office
from ytterby.shell.cli.outcome import WrongUse
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.store.reading.casework import Wanted, list_cases, show_case, team_of
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import LICENSING, OPERATOR_VIEWER, Viewer

BLOCKING = frozenset({"completeness", "classification", "screening", "lots", "flags", "end_user_level", "statements"})
OFFICER = Viewer(OFFICE, frozenset({LICENSING}))
WORDS = {"text": "See the reasons.", "settles": "No advice was asked."}


@pytest.fixture
def work(licensed_folder, tmp_path):
    return Work(copy_register(licensed_folder, tmp_path / "data"))


def now():
    return known_at(OPERATOR_VIEWER, None)


def holds(work, number):
    assert work.follows(number) == []
    assert [*unsound_cases(work.register), *unsound_licences(work.register)] == []


def asked_and_answered(work, number):
    """Let an officer ask the applicant, and the applicant answer."""
    work.take(number, Query("Q-1", "/text", "Which form?", "2025-07-20"), work.drawn(number))
    assert work.refused(number, Query("Q-1", "/text", "Again?", "2025-07-20"), work.drawn(number)) == ["case.id_taken"]
    work.take(number, Answer("Q-1", "Sintered blocks."), "clerk")


def test_a_classification_is_asked_answered_ruled_and_closed(work):
    number = work.begin("classification", sample_application(text="Which code?"))
    work.submit(number)
    asked_and_answered(work, number)
    ruling = (LineDecision(1, "900", "KGM", code="1C905.a"),)
    work.propose(number, "granted", lines=ruling, **WORDS)
    # What no card rates is approved as the strictest tier is.
    assert work.approve(number, 1).state == "proposed"
    assert work.approve(number, 2).state == "ruled"
    assert work.refused(number, Issue("", {}), work.drawn(number)) == ["case.not_now"]
    assert work.take(number, Close("told"), work.drawn(number)).state == "closed"
    holds(work, number)


def test_a_consultation_is_asked_answered_ruled_and_closed(work):
    number = work.begin("consultation", sample_application(text="May we deliver to them?"))
    work.submit(number)
    asked_and_answered(work, number)
    work.propose(number, "granted", **WORDS)
    work.approve(number, 1)
    assert work.approve(number, 2).state == "ruled"
    assert work.take(number, Close("told"), work.drawn(number)).state == "closed"
    holds(work, number)


def test_a_check_after_the_shipment_is_begun_by_the_office_recorded_and_ends(work):
    number = work.begin("post_shipment_check", sample_application(), login="officer", amends=LICENCE)
    work.take(number, Query("Q-1", "/lines/0", "Where are they?", "2025-07-20"), "officer")
    visit = Record("visit", "open", "The plant was seen.")
    work.take(number, visit, "second")
    passed = Record("papers", "passed", "The motors are there.")
    assert work.refused(number, passed, "second") == ["case.query_open"]
    work.take(number, Answer("Q-1", "In the motors."), "clerk")
    assert work.refused(number, passed, "clerk") == ["case.not_yours"]
    assert work.take(number, passed, "second").state == "passed"
    holds(work, number)


def test_a_case_changes_hands_when_a_second_person_agrees(work):
    """Threat D3: whoever gets it could have been drawn, and neither asks, had it, nor gets it who agrees."""
    number = work.begin("individual", sample_application())
    work.submit(number)
    work.take(number, Accept(), "officer")
    holder = work.drawn(number)
    new, other, last = sorted({"officer", "second", "third", "fourth"} - {holder})
    account = next(account for account, login in work.logins.items() if login == new)
    ask = TakeOver(account, 0, "take_over_absence", "On leave until August.")
    clerk = next(account for account, login in work.logins.items() if login == "clerk")
    assert work.refused(number, msgspec.structs.replace(ask, account=clerk), new) == ["assignment.unknown"]
    assert work.refused(number, msgspec.structs.replace(ask, order=7), new) == ["case.no_order"]
    say_of_office(work.register, Presence(account, is_present=False), at=work.later())
    assert work.refused(number, ask, other) == ["assignment.absent"]
    say_of_office(work.register, Presence(account, is_present=True), at=work.later())
    work.take(number, ask, other)
    agree = Agree(work.case(number).version)
    for login in (new, other, holder):
        assert work.refused(number, agree, login) == ["assignment.second_person"]
    work.take(number, agree, last)
    assert work.drawn(number) == new
    assert work.refused(number, agree, last) == ["assignment.has_it"]
    work.propose(number)
    holds(work, number)


def reviewed(work, kind, quantity="300"):
    """Let an application be handed in and accepted."""
    number = work.begin(kind, sample_application(quantity))
    work.submit(number)
    if work.case(number).state == "submitted":
        work.take(number, Accept(), "officer")
    assert work.case(number).state == "review"
    return number


def settle(work, number):
    """Let the officer say of each finding that words settle that it is settled."""
    case = work.case(number)
    for one in findings_of(read_evidence(case.gathered[1].evidence), BLOCKING):
        if one.blocks and one.settles == "officer":
            work.take(number, Adjudicate(one.key, "settled", "seen", "Looked at."), work.drawn(number))


def decide(work, number, outcome, **more):
    """Let a draft be written and approved by as many as its tier wants."""
    settle(work, number)
    state = work.propose(number, outcome, **{**WORDS, **more}).state
    order = 0
    while state in {"proposed", "appeal_proposed"}:
        order += 1
        state = work.approve(number, order).state
    return state


@pytest.mark.parametrize("kind", ["open", "general_registration"])
def test_an_open_licence_and_a_registration_are_issued_and_closed(work, kind):
    number = reviewed(work, kind)
    assert decide(work, number, "granted") == "granted"
    licence = work.issue(number).licence
    assert work.refused(number, Close("done"), work.drawn(number)) == ["case.licence_runs"]
    given_back = change_licence(
        work.register, licence, "surrender", work.speaker("clerk"), reason="surrendered_not_needed", at=work.later()
    )
    assert given_back.status == "surrendered", given_back.problems
    assert work.take(number, Close("done"), work.drawn(number)).state == "closed"
    holds(work, number)


@pytest.mark.parametrize("kind", ["individual", "general_registration"])
def test_a_refusal_is_appealed_within_its_days_and_decided_by_others(work, kind):
    """Invariant I6: who decided before has no part in the appeal."""
    number = reviewed(work, kind)
    assert decide(work, number, "refused", reasons=("refused_kind",)) == "refused"
    first = {work.drawn(number, order) for order in work.case(number).assigned}
    appeal = Appeal(("appeal_facts",), "The plant was visited.")
    assert work.refused(number, appeal, "officer") == ["case.not_yours"]
    assert work.refused(number, Appeal(("because",), "No."), "clerk") == ["case.unknown_reason"]
    assert work.take(number, appeal, "clerk").state == "appeal"
    assert work.drawn(number) not in first
    for login in first:
        draft = Propose("granted", "", {}, **WORDS)
        assert "case.not_yours" in work.refused(number, draft, login)
    assert decide(work, number, "granted") == "granted"
    assert {work.drawn(number, order) for order in work.case(number).assigned}.isdisjoint(first)
    assert work.issue(number).state == "issued"
    holds(work, number)


def test_an_appeal_after_its_last_day_is_refused_and_the_case_closes(work):
    number = reviewed(work, "individual")
    decide(work, number, "refused", reasons=("refused_kind",))
    assert work.refused(number, Close("over"), work.drawn(number)) == ["case.appeal_open"]
    work.later(days=61)
    late = work.try_step(number, Appeal(("appeal_facts",), "Late."), "clerk")
    assert [(one.code, one.facts["until"]) for one in late.problems] == [("case.appeal_late", "2025-08-30")]
    assert work.take(number, Close("over"), work.drawn(number)).state == "closed"
    holds(work, number)


def test_a_second_refusal_ends_the_case(work):
    number = reviewed(work, "individual")
    decide(work, number, "refused", reasons=("refused_kind",))
    work.take(number, Appeal(("appeal_law",), "By which article?"), "clerk")
    assert decide(work, number, "refused", reasons=("refused_kind",)) == "closed"
    assert work.refused(number, Appeal(("appeal_law",), "Again."), "clerk") == ["case.not_now"]
    holds(work, number)


LACKS = NotifyMissing((Lacking("/documents", "contract"),))
TURNED_AWAY = NotAccept(("not_accepted_not_competent",))


def test_who_is_silent_for_five_working_days_has_accepted(work):
    """ALL article 32: what comes later does not undo it; the officer sees it, and accepts."""
    number = work.begin("individual", sample_application("300"))
    work.submit(number)
    work.later(days=7)  # Tuesday 1 July to Tuesday 8 July, the fifth day after it
    assert show_case(OFFICER, number, work.at, now(), "en")["by_silence"] is None
    in_time = work.begin("individual", sample_application("200"))
    work.submit(in_time)
    work.take(in_time, LACKS, "officer")
    work.later(days=1)
    for step in (LACKS, TURNED_AWAY):
        assert work.refused(number, step, "officer") == ["case.silent"]
    told = show_case(OFFICER, number, work.at, now(), "en")["by_silence"]
    assert (told["state"], told["since"]) == ("review", work.case(number).submissions[0].at)
    assert work.take(number, Accept(), "officer").state == "review"
    holds(work, number)
    holds(work, in_time)


def test_work_is_closed_by_who_was_asked_or_by_the_officer_who_says_why(work):
    number = reviewed(work, "individual")
    lead = work.drawn(number)
    other = next(one for one in ("officer", "second") if one != lead)
    work.take(number, OpenWork("W-1", "other_departments", "advise"), lead)
    draft = Propose("granted", "", {}, **WORDS)
    assert "case.work_open" in work.refused(number, draft, lead)
    done = CloseWork("W-1", "not_needed", "It is known from before.")
    assert work.refused(number, done, other) == ["case.work_of_others"]
    assert work.refused(number, Advise("approve", "Yes.", work="W-1"), lead) == ["case.work_of_others"]
    assert work.refused(number, CloseWork("W-1", "not_needed"), lead) == ["case.no_text"]
    work.take(number, done, lead)
    work.take(number, OpenWork("W-2", "mofcom", "advise"), lead)
    work.take(number, Advise("approve", "The plant is known.", work="W-2"), other)
    assert not work.case(number).open_work
    left_out = Propose("granted", "", {}, lines=(), **WORDS)
    assert work.take(number, left_out, lead).state == "proposed"  # no lines: all of them, as applied for
    holds(work, number)


# By commands


def command(work, *argv):
    """Run `ytterby case …` by somebody's key at the clock of the story; return how it ended and what it said."""
    data = ("--data", work.register.data, "--keys", work.register.keys)
    outcome, said = give(("case", *argv, *data), work.later(), is_json=True)
    return int(outcome), json.loads(said)


def key(work, login):
    return "--by", work.register.keys / "people" / f"{login}.key"


def test_an_applicant_is_told_the_version_that_it_counts_whatever_the_office_does(work):
    """Threat C7: how many words officers had among themselves is told by no number; `--seen` takes the one told."""
    told = []
    for said in ((), ("approve", "refuse")):
        number = work.begin("individual", sample_application())
        work.submit(number)
        work.take(number, Accept(), "officer")
        code, answer = command(work, "answer", number, "--query", "Q-0", "--text", "So.", *key(work, "clerk"))
        assert (code, answer["version"]) == (1, None)
        for verdict in said:
            before = work.case(number).advice
            reasons = ("refused_security",) if verdict == "refuse" else ()
            supersedes = before[0][0].version if before else None
            work.take(number, Advise(verdict, "So.", reasons, supersedes=supersedes), work.drawn(number))
        seen = show_case(Viewer(EXPORTER), number, work.later(), now())["version"]
        assert command(work, "withdraw", number, "--seen", seen + 1, *key(work, "clerk"))[0] == 1
        code, answer = command(work, "withdraw", number, "--seen", seen, *key(work, "clerk"))
        assert (code, answer["problems"]) == (0, [])
        told.append((answer["version"], answer["state"]))
        assert answer["version"] == seen + 1 < work.case(number).version
    assert told[0] == told[1]


def test_a_consultation_and_a_check_go_by_commands(work, tmp_path):
    file = tmp_path / "application.json"
    fields = json.loads(packaged_text("shell.site", "sample_licence/application.json"))
    file.write_text(json.dumps({**fields, "text": "May we deliver?"}), encoding="utf-8")
    code, begun = command(work, "begin", "consultation", file, *key(work, "clerk"))
    assert code == 0
    number = begun["case"]
    assert command(work, "submit", number, "--signer", "M. Quill", "--declare", *key(work, "clerk"))[0] == 0
    lead = work.drawn(number)
    asked = ("--field", "/text", "--text", "To whom?", "--due", "2025-07-20", "--id", "Q-1")
    assert command(work, "query", number, *asked, *key(work, lead))[0] == 0
    code, answer = command(work, "decide", number, "--outcome", "granted", "--text", "Yes.", *key(work, lead))
    assert (code, [one["code"] for one in answer["problems"]]) == (1, ["case.query_open"])
    assert command(work, "answer", number, "--query", "Q-1", "--text", "Lumen.", *key(work, "clerk"))[0] == 0
    said = ("--outcome", "granted", "--text", "Yes.", "--settles", "No advice was asked.")
    assert command(work, "decide", number, *said, *key(work, lead))[0] == 0
    for order in (1, 2):
        signer = key(work, work.drawn(number, order))
        assert command(work, "approve", number, "--order", order, *signer)[0] == 0
    assert command(work, "close", number, *key(work, lead))[1]["state"] == "closed"
    assert command(work, "replay", number)[1]["follows"]
    code, begun = command(work, "begin", "post_shipment_check", file, "--amends", LICENCE, *key(work, "officer"))
    assert code == 0
    record = ("--what", "visit", "--outcome", "failed", "--text", "Nothing is there.")
    assert command(work, "record", begun["case"], *record, *key(work, "officer"))[1]["state"] == "failed"
    assert command(work, "replay", begun["case"])[1]["follows"]


def test_an_amendment_and_a_classification_go_by_commands(work, tmp_path):
    file = tmp_path / "application.json"
    text = packaged_text("shell.site", "sample_licence/application.json").replace('"900"', '"800"')
    file.write_text(text, encoding="utf-8")
    _, begun = command(work, "begin", "amendment", file, "--amends", LICENCE, *key(work, "clerk"))
    number = begun["case"]
    command(work, "submit", number, "--signer", "M. Quill", "--declare", *key(work, "clerk"))
    assert status(LICENCE) == "amending"
    lead = key(work, work.drawn(number))
    assert command(work, "gather", number, *lead)[0] == 0
    said = ("--outcome", "granted", "--settles", "No advice was asked.")
    assert command(work, "decide", number, *said, *lead)[0] == 0
    assert command(work, "approve", number, *key(work, work.drawn(number, 1)))[1]["state"] == "granted"
    assert command(work, "issue", number, *lead)[1]["licence"] == LICENCE
    assert command(work, "replay", number)[1]["follows"]
    _, begun = command(work, "begin", "classification", file, *key(work, "clerk"))
    command(work, "submit", begun["case"], "--signer", "M. Quill", "--declare", *key(work, "clerk"))
    lead, lines = key(work, work.drawn(begun["case"])), tmp_path / "lines.json"
    lines.write_text(json.dumps([{"line": 1, "quantity": "800", "unit": "KGM", "code": "1C905.a"}]), encoding="utf-8")
    draft = ("--outcome", "granted", "--lines", lines, "--text", "By its coercivity.", "--settles", "Nobody was asked.")
    assert command(work, "decide", begun["case"], *draft, *lead)[0] == 0
    for order in (1, 2):
        last = command(work, "approve", begun["case"], "--order", order, *key(work, work.drawn(begun["case"], order)))
    assert last[1]["state"] == "ruled"
    assert command(work, "replay", begun["case"])[1]["follows"]


def test_an_earlier_case_is_applied_for_again_by_whoever_applied_for_it_and_nobody_else(work, tmp_path):
    first = work.begin("individual", sample_application("300"))
    for speaker, number in (("clerk", "C-NONE"), ("clerk", ""), ("enduser", first), ("officer", first)):
        change = begin_case(work.register, "individual", None, work.speaker(speaker), copy_of=number, at=work.later())
        assert [(one.code, one.value) for one in change.problems] == [("case.nothing_to_copy", number)]
    # To name another's case beside an application of one's own tells nothing of it either.
    change = begin_case(
        work.register, "individual", sample_application(), work.speaker("enduser"), copy_of=first, at=work.later()
    )
    assert [one.code for one in change.problems] == ["case.nothing_to_copy"]
    code, told = command(work, "begin", "individual", "--copy-of", first, *key(work, "clerk"))
    assert code == 0
    again = work.case(told["case"])
    assert (again.application, again.begun.copy_of) == (work.case(first).application, first)
    work.submit(again.number)
    holds(work, again.number)
    with pytest.raises(WrongUse):
        command(work, "begin", "individual", *key(work, "clerk"))


def test_the_cases_of_a_team_are_those_of_its_officers_as_it_stands_now(work):
    number = work.begin("individual", sample_application("300"))
    work.submit(number)
    work.take(number, Accept(), "officer")
    holder = work.case(number).assigned[0]

    def found(team, viewer=OFFICER):
        return [row["case"] for row in list_cases(viewer, Wanted(team=team))["cases"]]

    assert (number in found("licensing"), found("visits"), found("")) == (True, [], [])
    say_of_office(work.register, Post(holder, "visits"), at=work.later())
    assert number in found("visits")
    assert number not in found("licensing")
    assert (team_of(OFFICER, holder), team_of(Viewer(EXPORTER), holder)) == ("visits", "")
    # Whoever is not of the office lists its own, whatever it asks for.
    assert number in found("nobody", Viewer(EXPORTER))
