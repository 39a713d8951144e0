"""What broke the open systems of other states, tried on ours through the interface: decisions and who makes them.

Casework 5.7; threats D1, D2, D3, D6. Each refusal leaves the case as it was.
"""

import pytest

from proof.authenticator import PRESENT
from shell.api.office import SAMPLE, key_of, listed_by_alias, passkey_of, passkey_signed
from ytterby.licence.office_roster import Post
from ytterby.proof.key import KeyUse, PrivateKey
from ytterby.shell.actions.doctor.examine import examine
from ytterby.shell.actions.rights import withdraw_right
from ytterby.shell.actions.say_of_office import say_of_office
from ytterby.shell.store.models import ApprovalRow, CaseEventRow, CaseRow
from ytterby.shell.store.rights import stored_rights


def refused(world, answer, *codes, status=422):
    """Hold a refusal to its codes, and the case to where it was."""
    assert (answer.status, answer.codes) == (status, list(codes)), answer.text[:300]
    return answer


def stands(world):
    return world.get("ada", f"/cases/{world.case}").version


# Approvals


@pytest.mark.stage("drafted")
def test_the_author_of_a_draft_does_not_approve_it_nor_does_anybody_who_was_not_drawn(world):
    """Threats D1, D3: same officer, and a friend."""
    before, lead, signer = stands(world), world.officer(world.case), world.signer(world.case)
    for who in {"ivo", "uma", "pia"} - {signer}:
        body = world.signed(who, world.case)
        refused(world, world.step(who, world.case, "approve", **body), "case.not_yours")
    assert lead != signer
    for who in ("clerk", "lena", "ada", "rex", "otto"):
        assert world.challenge(who, world.case).status == 404
    assert stands(world) == before


@pytest.mark.stage("drafted")
def test_the_same_officer_does_not_approve_twice_and_no_order_beyond_those_asked_for(world):
    """Threat D1."""
    signer = world.signer(world.case)
    body = world.signed(signer, world.case, order=2)
    assert world.step(signer, world.case, "approve", **body).status == 422
    once = world.signed(signer, world.case)
    world.do(signer, world.case, "approve", **once)
    assert world.step(signer, world.case, "approve", **once).status == 422
    assert ApprovalRow.objects.count() == 1


@pytest.mark.stage("drafted")
@pytest.mark.parametrize(
    "field", ["by", "approved_by", "party", "account", "at", "role", "team", "via", "countersigned_user"]
)
def test_no_field_of_a_body_says_who_approves(world, field):
    """Threat D1: forged approver in the body."""
    signer, other = world.signer(world.case), world.officer(world.case)
    body = world.signed(other, world.case)
    answer = world.step(other, world.case, "approve", **body, **{field: signer})
    refused(world, answer, "api.unknown_field", status=400)
    assert answer.places == [f"/{field}"]
    inside = {**body, "signature": {**body["signature"], field + "_": signer}}
    refused(world, world.step(other, world.case, "approve", **inside), "api.unknown_field", status=400)


@pytest.mark.stage("drafted")
def test_a_signature_in_anothers_name_or_by_anothers_key_does_not_count(world):
    """Threat D2: the signer's token with a signature of the author's, told as whose it is and as whose it is not."""
    signer, author = world.signer(world.case), world.officer(world.case)
    body = world.signed(signer, world.case, key=key_of(author))
    assert world.step(signer, world.case, "approve", **body).status == 422
    body["signature"] |= {"account": signer}
    assert world.step(signer, world.case, "approve", **body).status == 422
    body["signature"] |= {"key": key_of(signer).public.text()}
    assert world.step(signer, world.case, "approve", **body).status == 422
    stranger = PrivateKey.from_seed(KeyUse.OFFICER, signer, b"z" * 32)
    assert world.step(signer, world.case, "approve", **world.signed(signer, world.case, key=stranger)).status == 422
    assert ApprovalRow.objects.count() == 0


@pytest.mark.stage("drafted")
def test_a_bearer_token_alone_approves_nothing(world):
    """Threat D2."""
    signer = world.signer(world.case)
    body = world.signed(signer, world.case)
    without = {name: value for name, value in body.items() if name != "signature"}
    refused(world, world.step(signer, world.case, "approve", **without), "api.field_missing", status=400)
    for bent in ({}, {"suite": "token"}, None, "yes"):
        assert world.step(signer, world.case, "approve", **{**without, "signature": bent}).status == 400
    empty = {**body["signature"], "signature": ""}
    assert world.step(signer, world.case, "approve", **{**without, "signature": empty}).status == 422
    assert ApprovalRow.objects.count() == 0


@pytest.mark.stage("drafted")
@pytest.mark.parametrize(
    "bent", [{"draft": "0" * 64}, {"case": "C-0"}, {"version": 3}, {"order": 2}, {"register": "x"}]
)
def test_a_signature_over_anything_else_does_not_count(world, bent):
    """Threat D2: assertion of another draft, case, version, order, register."""
    signer = world.signer(world.case)
    body = world.signed(signer, world.case, bent=bent)
    told = {**body, "draft": world.challenge(signer, world.case).json["draft"], "order": 1}
    assert world.step(signer, world.case, "approve", **told).status == 422
    assert ApprovalRow.objects.count() == 0


@pytest.mark.stage("drafted")
def test_an_approval_of_an_older_draft_does_not_count_for_a_newer_one(world):
    """Invariant I7."""
    lead, signer = world.officer(world.case), world.signer(world.case)
    old = world.signed(signer, world.case)
    world.do(lead, world.case, "retract", text="A condition is missing.")
    world.do(lead, world.case, "propose", outcome="granted", conditions=["Report the arrival."])
    signer = world.signer(world.case)
    answer = world.step(signer, world.case, "approve", **old)
    assert answer.status == 422
    assert world.get("ada", f"/cases/{world.case}").json["draft"]["approvals"] == []
    seen = world.post(signer, f"/cases/{world.case}/steps", {"verb": "approve", **old}, If_Match='"3"')
    assert (seen.status, seen.codes) == (412, ["case.changed_meanwhile"])


@pytest.mark.stage("drafted")
def test_an_approval_is_not_replayed_after_the_case_is_decided_again(world):
    """Threat D2: replayed assertion."""
    lead, signer = world.officer(world.case), world.signer(world.case)
    body = world.signed(signer, world.case)
    world.do(signer, world.case, "approve", **body)
    world.do(lead, world.case, "reopen", reason="reopening_check_failed", text="The lot was measured again.")
    answer = world.step(signer, world.case, "approve", **body)
    assert answer.status == 422
    assert world.get("ada", f"/cases/{world.case}").json["state"] == "review"


@pytest.mark.stage("drafted")
def test_an_officer_whose_account_was_withdrawn_before_signing_approves_nothing(world):
    """Threat D2: key revoked before signing."""
    signer = world.signer(world.case)
    body = world.signed(signer, world.case)
    held = next(one for one in stored_rights(world.register).granted.values() if one.id == signer)
    assert withdraw_right(world.register, held.digest, by=key_of("ann"), at=world.clock.at).problems == ()
    assert world.step(signer, world.case, "approve", **body).status == 404
    assert ApprovalRow.objects.count() == 0


@pytest.mark.stage("drafted")
def test_a_passkey_approves_once_and_only_with_its_person_verified_and_for_this_draft(world):
    """Threat D2: assertion without user verification, replayed, of another draft, of another's passkey."""
    signer, other = world.signer(world.case), world.officer(world.case)
    device, others = (passkey_of(world, name) for name in (signer, other))
    told = world.challenge(signer, world.case).json

    def approve(body):
        return world.step(signer, world.case, "approve", draft=told["draft"], order=1, signature=body)

    assert approve(passkey_signed(device, signer, told, flags=PRESENT)).status == 422
    assert approve(passkey_signed(others, other, told)).status == 422
    assert approve(passkey_signed(others, signer, told)).status == 422
    assert approve(passkey_signed(device, signer, {**told, "draft": "0" * 64})).status == 422
    assert approve(passkey_signed(device, signer, told, origin="https://elsewhere.example")).status == 422
    right = passkey_signed(device, signer, told)
    assert approve(right).json["state"] == "granted"
    assert approve(right).status == 422
    assert ApprovalRow.objects.count() == 1
    assert world.get("ada", f"/cases/{world.case}/replay").json["follows"] is True


@pytest.mark.stage("drafted")
def test_an_approval_that_was_written_into_the_database_is_named_and_decides_nothing(world):
    """Threats D2, O3: row inserted by SQL; replay and doctor name it, and the licence is not issued by it."""
    signer = world.signer(world.case)
    event = CaseEventRow.objects.filter(case_id=world.case).order_by("-version").first()
    draft = world.challenge(signer, world.case).json["draft"]
    fields = {"draft": draft, "order": 1, "by": signer, "author": "nobody", "nonce": "n" * 43}
    ApprovalRow.objects.create(case_id=world.case, log_index=event.log_index, **fields)
    CaseRow.objects.filter(number=world.case).update(state="granted")
    assert world.step(world.officer(world.case), world.case, "issue").status == 422
    named = examine(world.register)["unsound"]
    assert {one["invariant"] for one in named} & {"case.rows", "case.replay"}
    assert any(world.case in f"{one['where']}{one['what']}{one['text']}" for one in named)
    replayed = world.get("ada", f"/cases/{world.case}/replay").json
    assert replayed["decision"] is None


# Steps out of turn


@pytest.mark.stage("review")
def test_nothing_is_decided_while_a_question_is_open(world):
    """Invariant I8: issue with open query."""
    lead = world.officer(world.case)
    world.do(lead, world.case, "advise", verdict="approve", text="The books of the lot agree.")
    world.do(lead, world.case, "query", field="/use/model", text="Which motor?", due="2025-07-20")
    answer = world.step(lead, world.case, "propose", outcome="granted")
    assert answer.status == 422
    assert "case.query_open" in answer.codes
    refused(world, world.step(lead, world.case, "issue"), "case.not_now")
    (asked,) = world.get("clerk", f"/cases/{world.case}").json["queries"]
    world.do("clerk", world.case, "answer", query=asked["id"], text="The LM-120.")
    world.do(lead, world.case, "propose", outcome="granted")


def test_nothing_is_issued_from_what_was_only_handed_in(world):
    """Casework section 0, 4: 29 of 34 states could be set from `submitted`."""
    case = world.handed_in()
    for verb, more in (("issue", {}), ("propose", {"outcome": "granted"}), ("close", {})):
        for who in ("ivo", "clerk"):
            answer = world.step(who, case, verb, **more)
            assert answer.status == 422
            assert set(answer.codes) <= {"case.not_now", "case.not_yours"}
    assert world.get("ada", f"/cases/{case}").json["state"] == "submitted"


@pytest.mark.stage("drafted")
def test_an_officer_who_changes_team_stays_the_same_person_and_the_event_keeps_the_team_of_its_day(world):
    """Casework 5.7: officer changes team mid-case."""
    lead = world.officer(world.case)
    moved = say_of_office(world.register, Post(lead, "heads"), by=key_of("ann"), at=world.clock.at)
    assert moved.problems == ()
    body = world.signed(lead, world.case)
    refused(world, world.step(lead, world.case, "approve", **body), "case.not_yours")
    world.do(lead, world.case, "retract", text="Once more.")
    history = world.get("ada", f"/cases/{world.case}").json["history"]
    teams = [one["team"] for one in history if one["by"] == lead and one["event"] in {"advise", "propose", "retract"}]
    assert teams == ["licensing", "licensing", "heads"]


# Screening


def test_a_party_that_is_listed_by_an_alias_alone_stops_the_decision(world):
    """Casework section 0, 6; threat D6: sanctioned party under a name that is no primary one."""
    world.to_review(un_consolidated=listed_by_alias("Lumen Motors"))
    lead = world.officer(world.case)
    world.do(lead, world.case, "advise", verdict="approve", text="The books of the lot agree.")
    told = world.get(lead, f"/cases/{world.case}").json
    assert any(one["check"] == "screening" and one["blocks"] for one in told["findings"])
    assert world.step(lead, world.case, "propose", outcome="granted").status == 422
    # Who says that it is settled does not settle it: screening is settled by opinions on the hit.
    finding = next(one["key"] for one in told["findings"] if one["check"] == "screening")
    said = {"finding": finding, "verdict": "settled", "reason": "looked_at", "text": "Another firm."}
    world.step(lead, world.case, "adjudicate", **said)
    assert world.step(lead, world.case, "propose", outcome="granted").status == 422


def test_an_application_keeps_its_documents_by_what_they_hold(world):
    """Casework 5.7: shared document deleted. Of two cases with the same documents none takes them from the other."""
    first, second = world.handed_in(), world.begin()
    world.do("clerk", second, "withdraw")
    told = world.get("clerk", f"/cases/{first}").json
    assert told["application"]["documents"] == SAMPLE["documents"]
