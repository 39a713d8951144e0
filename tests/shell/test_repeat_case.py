"""A repeat case of a validated end user is decided by rule, and by nothing less (invariant I14; threats D1, D6, O3)."""

import json
from pathlib import Path

import pytest

from postgres import ON_POSTGRESQL
from shell.conftest import AT_FIRST, forget_answers, tell_until_the_magnets_leave
from shell.offered import LUMEN, ORIEL
from shell.repeat_case import AT, hand_in, repeat_register, screen, speaker, validate
from ytterby.licence.step import DecideAutomatically, Issue, Rate
from ytterby.shell.actions.demo_people import demo_people
from ytterby.shell.actions.doctor.cases import unsound_cases
from ytterby.shell.actions.doctor.filings import unsound_filings
from ytterby.shell.actions.validate_end_user import confirm_validation, withdraw_validation
from ytterby.shell.site.register import make_register, open_register
from ytterby.shell.store.case_replay import replay_case
from ytterby.shell.store.cases import CASE_EVENT, stored_case
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.validations import list_validations
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer

NUMBER = "C-REPEAT"
LISTED = 'W-9,Organization,Lumen Motors,,"1 Rotor Way, Lumen"\n'


@pytest.fixture(scope="module")
def repeat_folder(tmp_path_factory, sample) -> Path | None:
    if ON_POSTGRESQL:
        return None
    data = tmp_path_factory.mktemp("repeat") / "data"
    register = make_register(data, origin="test.invalid/log", demo=True, at=AT_FIRST)
    tell_until_the_magnets_leave(register, sample)
    repeat_register(register, sample)
    return data


@pytest.fixture
def repeat(repeat_folder, request, sample):
    """A register with a history, made once; what a test writes into it is taken back."""
    from django.db import transaction

    if repeat_folder is None:
        register = request.getfixturevalue("told_chain")
        repeat_register(register, sample)
        yield register
        return
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


@pytest.mark.parametrize("party", [LUMEN, ORIEL, None])
def test_parties_are_not_told_whether_a_case_may_be_decided_by_rule(repeat, party):
    validate(repeat, people_of(repeat))
    known = known_at(OPERATOR_VIEWER, None)
    (row,) = list_validations(OPERATOR_VIEWER, known)
    assert (row["state"], row["party"], row["shown"]["visits"]) == ("confirmed", LUMEN, "2025-07-30")
    assert list_validations(Viewer(party), known) == []
