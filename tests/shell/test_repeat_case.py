"""A repeat case of a validated end user is decided by rule, and by nothing less (invariant I14; threats D1, D6, O3)."""

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from shell.conftest import AT_FIRST, tell_until_the_magnets_leave
from shell.offered import LUMEN, OFFICE, ORIEL
from shell.register_copy import forget_answers
from shell.repeat_case import AT, hand_in, repeat_register, screen, speaker, validate
from ytterby.licence.office_roster import Conflict, Post
from ytterby.licence.step import DecideAutomatically, Issue, Rate
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.audit_decisions import draw_audit, enter_audit_result
from ytterby.shell.actions.demo_people import demo_people
from ytterby.shell.actions.doctor.audits import unsound_audits
from ytterby.shell.actions.doctor.cases import unsound_cases
from ytterby.shell.actions.doctor.filings import unsound_filings
from ytterby.shell.actions.file_statement import raise_alarm
from ytterby.shell.actions.rights import add_account
from ytterby.shell.actions.say_of_office import say_of_office
from ytterby.shell.actions.validate_end_user import confirm_validation, withdraw_validation
from ytterby.shell.site.register import make_register, open_register
from ytterby.shell.store.audits import RESULT, SAMPLE, stored_audits
from ytterby.shell.store.case_replay import replay_case
from ytterby.shell.store.case_speakers import Speaker
from ytterby.shell.store.cases import CASE_EVENT, stored_case
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.audits import list_audits
from ytterby.shell.store.reading.case_outcomes import case_outcomes
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.validations import list_validations
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

NUMBER = "C-REPEAT"
LISTED = 'W-9,Organization,Lumen Motors,,"1 Rotor Way, Lumen"\n'


@pytest.fixture(scope="module")
def repeat_folder(tmp_path_factory, sample) -> Path:
    data = tmp_path_factory.mktemp("repeat") / "data"
    register = make_register(data, origin="test.invalid/log", demo=True, at=AT_FIRST)
    tell_until_the_magnets_leave(register, sample)
    repeat_register(register, sample)
    return data


@pytest.fixture
def repeat(repeat_folder):
    """A register with a history, made once; what a test writes into it is taken back."""
    from django.db import transaction

    register = open_register(repeat_folder)
    with transaction.atomic():
        yield register
        transaction.set_rollback(True)
    forget_answers()


def people_of(register):
    return {one.login: one for one in demo_people(register.keys)}


def rated():
    case = stored_case(NUMBER)
    (_, rate) = case.last(Rate)
    return case, rate


def test_a_repeat_case_of_a_validated_end_user_is_decided_and_issued_by_rule(repeat):
    people = people_of(repeat)
    validate(repeat, people)
    change = hand_in(repeat, people)
    case, rate = rated()
    assert (change.state, rate.tier, rate.points) == ("issued", "G", "3")
    assert [type(event.step) for event in case.events[-2:]] == [DecideAutomatically, Issue]
    # It carries no person's signature, and says which flags nobody could judge.
    assert {event.by for event in case.events[-2:]} == {"system"}
    assert case.approvals == ()
    left = [row["id"] for row in rate.rows if row.get("let_be")]
    assert f"{LUMEN}#traction_motor_car#O1" in left
    assert all(row["standing"] == "unknown" for row in rate.rows if row.get("let_be"))
    found = replay_case(repeat, NUMBER)
    assert (found.flaws, found.is_automatic, found.is_void) == ([], True, False)
    assert set(found.pins) >= {"evidence", "cn-procedure"}
    assert [*unsound_cases(repeat), *unsound_filings(repeat)] == []


def without_validation(register, people):
    del register, people


def unconfirmed(register, people):
    """Threat D1: what one person entered alone, and confirmed by itself, is nothing."""
    one = validate(register, people, confirms=False)
    change = confirm_validation(register, one, speaker(register, people["officer"]), at=AT)
    assert [problem.code for problem in change.problems] == ["validation.same_person"]


def withdrawn(register, people):
    one = validate(register, people)
    assert not withdraw_validation(register, one, "sold", speaker(register, people["second"]), at=AT).problems


def too_old(register, people):
    validate(register, people, shown={"reconciliation": "2024-08-10"})


def in_part(register, people):
    validate(register, people, leaves_out="documents")


@pytest.mark.parametrize("what", [without_validation, unconfirmed, withdrawn, too_old, in_part])
def test_whoever_is_not_validated_goes_to_people(repeat, what):
    people = people_of(repeat)
    what(repeat, people)
    assert hand_in(repeat, people).state == "review"
    case, rate = rated()
    assert rate.tier == "S"
    assert {"open_flag", "not_validated"} <= {row["id"] for row in rate.rows}
    assert not any(row.get("let_be") for row in rate.rows)
    assert case.last(DecideAutomatically) is None
    assert replay_case(repeat, NUMBER).flaws == []


def test_never_with_a_candidate_of_screening(repeat):
    """Invariant I14: whoever resembles somebody listed is looked at by people, whatever the card says."""
    people = people_of(repeat)
    validate(repeat, people)
    screen(repeat, at=AT, listed=LISTED)
    assert hand_in(repeat, people).state == "review"
    case, rate = rated()
    assert rate.tier != "G"
    assert {"id": "candidate", "standing": "holds", "at_least": "S"} in rate.rows
    assert case.last(DecideAutomatically) is None


def tamper(step, change):
    """Change what the log's row of a step of the case says, behind the register's back."""
    for row in Registration.objects.filter(kind=CASE_EVENT, key=NUMBER):
        fields = json.loads(row.document)
        if fields["step"]["verb"] == step:
            change(fields["step"])
            Registration.objects.filter(pk=row.pk).update(document=json.dumps(fields))


def another_pack(step):
    step["packs"]["cn-procedure"] = "0" * 64


def other_evidence(step):
    step["evidence"] = "0" * 64


def more(step):
    step["lines"][0]["quantity"] = "900"


def other_points(step):
    step["points"] = "0"


def a_longer_record(step):
    step["beside"]["exporter"]["exporter_years"] = "9"


def lighter_evidence(step):
    step["evidence"]["consumption"]["end_users"][0]["ratio"] = "0.1"


@pytest.mark.parametrize(
    ("step", "change"),
    [
        ("decide_automatically", another_pack),
        ("decide_automatically", other_evidence),
        ("decide_automatically", more),
        ("rate", other_points),
        ("rate", a_longer_record),
        ("gather", lighter_evidence),
    ],
)
def test_a_decision_by_rule_is_void_where_a_pin_is_another(repeat, step, change):
    """Threat O3: no person stands for it, so that nothing is left of it."""
    people = people_of(repeat)
    validate(repeat, people)
    hand_in(repeat, people)
    tamper(step, change)
    found = replay_case(repeat, NUMBER)
    assert found.flaws
    assert found.is_void


# What the register decided by itself is looked at again

OVER, MONTH = AT + timedelta(days=32), "2025-09"


@pytest.fixture
def decided(repeat):
    """A case that was decided by rule, and a third person of the office, who had no part in it."""
    people = people_of(repeat)
    validate(repeat, people)
    assert hand_in(repeat, people).state == "issued"
    key = PrivateKey.from_seed(KeyUse.OFFICER, "third", b"3" * 32)
    add_account(repeat, key, name="Third", party=people["officer"].party, at=AT)
    say_of_office(repeat, Post("third", "licensing"), at=AT)
    return repeat, Speaker("third", people["officer"].party, "key", key), people


def codes(change):
    return [problem.code for problem in change.problems]


def look(register, who, verdict="confirmed", text="the books agree", case=NUMBER):
    return codes(enter_audit_result(register, case, verdict, text, who, at=OVER))


def test_every_decision_by_rule_is_in_the_frame_of_its_month_and_one_of_each_tier_is_drawn(decided):
    register, _, _ = decided
    assert codes(draw_audit(register, MONTH, at=AT)) == ["audit.month_not_over"]
    assert codes(draw_audit(register, "soon", at=OVER)) == ["audit.month"]
    sample = draw_audit(register, MONTH, at=OVER).sample
    assert [(one.case, one.tier, one.has_finding) for one in sample.frame] == [(NUMBER, "CN-procedure G", False)]
    assert (dict(sample.shares), [one.case for one in sample.drawn]) == ({"CN-procedure G": "0.05"}, [NUMBER])
    # A month is drawn once; one in which nothing was decided draws nothing.
    size = register.size
    assert draw_audit(register, MONTH, at=OVER + timedelta(days=9)).sample == sample
    assert register.size == size
    assert draw_audit(register, "2025-08", at=OVER).sample.frame == ()
    assert list(unsound_audits(register)) == []


def test_a_result_is_by_somebody_of_the_office_who_had_no_part_in_the_case(decided):
    """Threats D1, D3: nobody confirms what he had a hand in, and nobody doubts himself."""
    register, third, people = decided
    assert look(register, third) == ["audit.not_drawn"]
    draw_audit(register, MONTH, at=OVER)
    assert look(register, speaker(register, people["officer"])) == ["audit.own_case"]
    assert look(register, speaker(register, people["clerk"])) == ["audit.not_an_officer"]
    assert look(register, third, "fine") == ["audit.verdict"]
    assert look(register, third, text=" ") == ["audit.no_text"]
    forged = PrivateKey.from_seed(KeyUse.OFFICER, "third", b"4" * 32)
    assert look(register, Speaker("third", third.party, "key", forged)) == ["case.no_account"]
    assert look(register, third) == []
    assert look(register, third, "wrong") == ["audit.looked_before"]
    assert list(unsound_audits(register)) == []
    (month,) = list_audits(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))
    assert [(one["case"], one["verdict"]) for one in month["drawn"]] == [(NUMBER, "confirmed")]
    for party in (LUMEN, ORIEL, None):
        assert list_audits(Viewer(party), known_at(OPERATOR_VIEWER, None)) == []


def test_whoever_declared_a_conflict_looks_at_no_case_of_that_party(decided):
    register, third, _ = decided
    draw_audit(register, MONTH, at=OVER)
    conflict = Conflict("third", LUMEN, "a brother works there")
    assert not say_of_office(register, conflict, by=third.key, at=OVER).problems
    assert look(register, third) == ["audit.conflict"]


def test_what_was_found_wrong_takes_exporter_and_end_user_out_of_the_tier(decided):
    register, third, people = decided
    draw_audit(register, MONTH, at=OVER)
    screen(register, at=OVER)
    assert look(register, third, "wrong", "the certificate is another plant's") == []
    assert hand_in(register, people, "C-NEXT", at=OVER).state == "review"
    rate = stored_case("C-NEXT").last(Rate)[1]
    assert rate.tier == "S"
    assert {"id": "audited_wrong", "standing": "holds", "at_least": "S"} in rate.rows
    assert replay_case(register, "C-NEXT").flaws == []
    # The case itself follows as before from what was known then.
    assert replay_case(register, NUMBER).flaws == []
    records = {one.case: one for one in case_outcomes(OFFICE, known_at(OPERATOR_VIEWER, None), OVER)}
    assert (records[NUMBER].audited, records[NUMBER].has_hit) == (OVER.date(), True)
    assert (records["C-NEXT"].audited, records["C-NEXT"].has_hit) == (None, False)


def test_a_case_about_which_something_was_found_since_is_marked_so(decided):
    register, _, people = decided
    (statement,) = stored_case(NUMBER).gathered[1].evidence["statements"]["rows"]
    office = speaker(register, people["officer"])
    change = raise_alarm(register, "forged", "the seal", office, statement=statement["subject"], at=AT)
    assert codes(change) == []
    sample = draw_audit(register, MONTH, at=OVER).sample
    assert [(one.case, one.has_finding) for one in sample.frame] == [(NUMBER, True)]
    assert list(unsound_audits(register)) == []


def forged_frame(fields):
    fields["sample"] |= {"frame": [], "drawn": []}


def forged_share(fields):
    fields["sample"]["shares"] = {"CN-procedure G": "1"}


def forged_draw(fields):
    fields["sample"]["drawn"] = []


def early(fields):
    fields["registered_at"] = "2025-09-30T12:00:00.000Z"


@pytest.mark.parametrize("forge", [forged_frame, forged_share, forged_draw, early])
def test_a_sample_that_is_not_what_the_log_gives_is_named(decided, forge):
    """Threat O3: who leaves a decision out of the frame, or out of the draw, is found out."""
    register, _, _ = decided
    draw_audit(register, MONTH, at=OVER)
    (row,) = Registration.objects.filter(kind=SAMPLE)
    fields = json.loads(row.document)
    forge(fields)
    Registration.objects.filter(pk=row.pk).update(document=json.dumps(fields), digest=b"0" * 32)
    assert [one.problem.code for one in unsound_audits(register)] == ["audit.replay"]


def test_a_result_in_another_name_has_no_effect(decided):
    """Threats D3, O3."""
    register, third, people = decided
    draw_audit(register, MONTH, at=OVER)
    assert look(register, third, "wrong") == []
    assert stored_audits(register).wrong_pairs() == {(ORIEL, LUMEN)}
    (row,) = Registration.objects.filter(kind=RESULT)
    for changed in ({"by": people["second"].account}, {"party": ORIEL}, {"signature": "AA=="}, {"result": {}}):
        text = json.dumps({**json.loads(row.document), **changed})
        Registration.objects.filter(pk=row.pk).update(document=text, digest=sha256(text.encode()).digest())
        assert stored_audits(register).wrong_pairs() == frozenset(), changed
        assert [one.problem.code for one in unsound_audits(register)] == ["audit.replay"]


@pytest.mark.parametrize("party", [LUMEN, ORIEL, None])
def test_parties_are_not_told_whether_a_case_may_be_decided_by_rule(repeat, party):
    validate(repeat, people_of(repeat))
    known = known_at(OPERATOR_VIEWER, None)
    (row,) = list_validations(OPERATOR_VIEWER, known)
    assert (row["state"], row["party"], row["shown"]["visits"]) == ("confirmed", LUMEN, "2025-07-30")
    assert list_validations(Viewer(party), known) == []
