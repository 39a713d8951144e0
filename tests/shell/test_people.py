"""Passkeys, logins, sessions and tokens: what the log gives alone counts, and each secret works once or not at all."""

import json
from datetime import timedelta

import pytest

from shell.people import AT, PLACE, RP_ID, key_of, passkey_of, quick_passwords, staffed_register
from ytterby.proof.approval import ApprovalSignature, approval_challenge, sign_approval, signature_flaw
from ytterby.proof.assertion import read_new_passkey
from ytterby.proof.base64url import to_base64url
from ytterby.proof.one_time_code import STEP_SECONDS, code_at
from ytterby.shell.actions import login
from ytterby.shell.actions.attempts import Attempts
from ytterby.shell.actions.doctor.people import unsound_people
from ytterby.shell.actions.issued_nonce import Purpose, issue_nonce, use_nonce
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.passkey import check_approval, note_use, propose_passkey, signing_keys, withdraw_own_passkey
from ytterby.shell.actions.rights import RefusedRight, confirm_right, withdraw_right
from ytterby.shell.actions.token import bearer_of, issue_token, list_tokens, revoke_token
from ytterby.shell.actions.web_session import end_session, open_session, session_of
from ytterby.shell.site.people_limits import people_limits
from ytterby.shell.store.models import Account, Login, Registration, Token, WebSession
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights, unsound_rights
from ytterby.shell.store.writing import write

NONCE = to_base64url(b"n" * 32)
PASSWORD = "seven wet horses sing"


@pytest.fixture(autouse=True)
def _quick():
    with quick_passwords():
        yield


@pytest.fixture
def staffed(tmp_path, tmp_path_factory):
    return staffed_register(tmp_path / "real", tmp_path_factory)


def codes(problems):
    return [one.code for one in problems]


def challenge_of(register, draft="d" * 64, nonce=NONCE):
    return approval_challenge(draft, "C-00000001", 7, 1, nonce, register.id)


def signed_by(device, account, challenge, nonce=NONCE, **bent):
    said = device.answer(challenge, **bent)
    return ApprovalSignature(
        "webauthn",
        account,
        device.name,
        nonce,
        to_base64url(said.signature),
        to_base64url(said.authenticator_data),
        to_base64url(said.client_data),
    )


def whys(problems):
    return [one.facts.get("why") for one in problems]


# Passkeys


def test_a_passkey_counts_once_a_second_person_has_confirmed_it(staffed):
    """Threats D2 and O3: the account's session proposes, an account of the operator confirms with its own key."""
    device = passkey_of(staffed, "ivo", confirmed=False)
    challenge = challenge_of(staffed)
    signature = signed_by(device, "ivo", challenge)
    assert whys(check_approval(staffed, signature, challenge, account="ivo")) == ["unknown_key"]
    (one,) = stored_rights(staffed).passkeys()
    assert codes(confirm_right(staffed, one.digest, by=key_of("ivo"), at=AT).problems) == ["rights.not_an_account"]
    assert confirm_right(staffed, one.digest, by=key_of("bo"), at=AT).state == "in_force"
    assert check_approval(staffed, signature, challenge, account="ivo") == []
    assert verify_log(staffed)["failures"] == []
    assert list(unsound_rights(staffed)) == []


def test_an_operator_does_not_confirm_a_passkey_of_its_own(staffed):
    """Threat O3."""
    passkey_of(staffed, "ann", confirmed=False)
    (one,) = stored_rights(staffed).passkeys()
    assert codes(confirm_right(staffed, one.digest, by=key_of("ann"), at=AT).problems) == ["rights.same_person"]


@pytest.mark.parametrize("who", ["owner", "operator", "account"])
def test_a_passkey_that_was_withdrawn_before_it_signed_does_not_count_and_what_it_signed_before_does(staffed, who):
    """Threat D2: an officer's key revoked before signing."""
    device = passkey_of(staffed, "ivo")
    challenge, size = challenge_of(staffed), staffed.size
    signature = signed_by(device, "ivo", challenge)
    assert check_approval(staffed, signature, challenge, account="ivo") == []
    rights = stored_rights(staffed)
    if who == "owner":
        assert not withdraw_own_passkey(staffed, "ivo", device.name, at=AT).problems
    elif who == "operator":
        withdraw_right(staffed, rights.passkeys()[0].digest, by=key_of("ann"), at=AT)
    else:
        withdraw_right(staffed, rights.accounts()["ivo"].digest, by=key_of("ann"), at=AT)
    assert len(check_approval(staffed, signature, challenge, account="ivo")) == 1
    assert signature_flaw(signature, challenge, signing_keys(staffed)) == "unknown_key"
    assert signature_flaw(signature, challenge, signing_keys(staffed, before=size)) is None
    assert list(unsound_rights(staffed)) == []


def test_a_withdrawn_passkey_does_not_come_back_and_nobody_ends_anothers(staffed):
    device = passkey_of(staffed, "ivo")
    assert codes(withdraw_own_passkey(staffed, "uma", device.name, at=AT).problems) == ["people.passkey_unknown"]
    assert not withdraw_own_passkey(staffed, "ivo", device.name, at=AT).problems
    assert codes(withdraw_own_passkey(staffed, "ivo", device.name, at=AT).problems) == ["people.passkey_unknown"]
    told, client = device.make(b"c" * 32)
    made = read_new_passkey(told, client, challenge=b"c" * 32, origin=PLACE.origin, rp_id=RP_ID)
    again = propose_passkey(staffed, "ivo", made, PLACE, name="", at=AT)
    assert codes(again.problems) == ["people.passkey_known"]
    assert codes(propose_passkey(staffed, "nobody", made, PLACE, name="", at=AT).problems) == ["people.no_account"]


def test_an_account_has_so_many_passkeys_and_no_more(staffed):
    for number in range(people_limits().passkeys_most):
        device = passkey_of(staffed, "ivo", confirmed=False, seed=f"ivo {number}")
    with pytest.raises(AssertionError, match="passkeys_many"):
        passkey_of(staffed, "ivo", confirmed=False, seed="one more")
    withdraw_own_passkey(staffed, "ivo", device.name, at=AT)
    passkey_of(staffed, "ivo", confirmed=False, seed="one more")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("credential", {"account": "uma", "by": "ivo"}),
        ("credential", {"account": "ghost", "by": "ghost"}),
        ("credential", {"account": "ivo", "by": "ann"}),
        ("credential", {"account": "ivo", "by": ""}),
        ("withdrawal", {"by": "uma"}),
        ("withdrawal", {"by": "ann"}),
    ],
)
def test_records_past_the_actions_give_no_passkey_and_take_none(staffed, kind, fields):
    """Threats D2 and O3: rows written into the log by whoever holds the server have no effect, and are named."""
    passkey_of(staffed, "ivo")
    (one,) = stored_rights(staffed).passkeys()
    subject = {"of": one.digest} if kind == "withdrawal" else {"key": one.key, "rp_id": RP_ID, "origin": PLACE.origin}
    size = staffed.size
    register_documents([Registrable(kind, "x", {"id": "x", **subject, **fields})], "operator", AT)
    keys = signing_keys(staffed)
    assert list(keys.passkeys) == [one.id]
    assert f"entry {size}" in {where for where, _, _ in unsound_rights(staffed)}


def test_a_proposal_by_sql_is_nothing_without_a_confirmation_that_is_signed(staffed):
    """Threat D2: the server can write a proposal for anybody, and no more than that."""
    device = passkey_of(staffed, "ivo", confirmed=False)
    (one,) = stored_rights(staffed).passkeys()
    fake = {"id": f"{one.digest} bo", "of": one.digest, "by": "bo", "signature": "AAAA"}
    register_documents([Registrable("confirmation", fake["id"], fake)], "operator", AT)
    challenge = challenge_of(staffed)
    signature = signed_by(device, "ivo", challenge)
    assert whys(check_approval(staffed, signature, challenge, account="ivo")) == ["unknown_key"]


# Approvals


def test_what_a_passkey_signed_counts_for_its_account_its_draft_and_once(staffed):
    """Threat D2: assertion of another draft, cloned passkey, key of another account, no user verification."""
    device, other = passkey_of(staffed, "ivo"), passkey_of(staffed, "uma")
    challenge = challenge_of(staffed)
    signature = signed_by(device, "ivo", challenge)
    assert check_approval(staffed, signature, challenge, account="ivo") == []
    write(lambda head: note_use(signature, AT))
    for wrong, by, why in [
        (signature, "ivo", "counter"),
        (signed_by(device, "ivo", challenge_of(staffed, "e" * 64)), "ivo", "other_challenge"),
        (signed_by(device, "ivo", challenge, flags=1), "ivo", "not_verified"),
        (signed_by(device, "ivo", challenge, rp_id="evil.example"), "ivo", "other_name"),
        (signed_by(device, "ivo", challenge, origin="https://evil.example"), "ivo", "other_origin"),
        (signed_by(other, "ivo", challenge), "ivo", "anothers_key"),
        (signed_by(other, "uma", challenge), "ivo", "anothers_key"),
        (sign_approval(key_of("eve"), challenge, NONCE), "eve", "unknown_key"),
    ]:
        assert whys(check_approval(staffed, wrong, challenge, account=by)) == [why]
    assert check_approval(staffed, signed_by(device, "ivo", challenge), challenge, account="ivo") == []


def test_a_key_file_signs_for_its_account_and_a_disabled_account_for_nothing(staffed):
    challenge = challenge_of(staffed)
    signature = sign_approval(key_of("ivo"), challenge, NONCE)
    assert check_approval(staffed, signature, challenge, account="ivo") == []
    write(lambda head: note_use(signature, AT))
    assert whys(check_approval(staffed, signature, challenge, account="uma")) == ["anothers_key"]
    Account.objects.filter(id="ivo").update(is_disabled=True)
    assert codes(check_approval(staffed, signature, challenge, account="ivo")) == ["people.signature"]


def test_a_nonce_is_for_one_account_one_purpose_some_minutes_and_one_use(staffed):
    """Threat D2: a replayed challenge."""
    nonce = issue_nonce("ivo", Purpose.APPROVAL, AT)
    late = AT + timedelta(minutes=people_limits().nonce_minutes, seconds=1)
    assert not use_nonce(nonce, "uma", Purpose.APPROVAL, AT)
    assert not use_nonce(nonce, "ivo", Purpose.PASSKEY, AT)
    assert not use_nonce(nonce, "ivo", Purpose.APPROVAL, late)
    assert use_nonce(nonce, "ivo", Purpose.APPROVAL, AT)
    assert not use_nonce(nonce, "ivo", Purpose.APPROVAL, AT)
    assert len({issue_nonce("ivo", Purpose.APPROVAL, AT) for _ in range(20)}) == 20


# Logins and sessions


def test_an_invitation_lets_its_person_choose_a_password_once(staffed):
    made = login.set_login("ivo", name=" Ivo ", invites=True, at=AT)
    assert made.name == "ivo"
    assert made.invitation
    assert not Login.objects.filter(invitation=made.invitation).exists()
    assert login.check_login("ivo", "") is None
    assert login.invited_account(made.invitation, AT) == ("ivo", "ivo")
    assert login.invited_account("", AT) is None
    assert codes(login.accept_invitation(made.invitation, "short", AT).problems) == ["people.password_length"]
    over = AT + timedelta(days=people_limits().invitation_days, seconds=1)
    assert codes(login.accept_invitation(made.invitation, PASSWORD, over).problems) == ["people.invitation_over"]
    assert not login.accept_invitation(made.invitation, PASSWORD, AT).problems
    assert codes(login.accept_invitation(made.invitation, PASSWORD, AT).problems) == ["people.invitation_over"]
    assert login.check_login("IVO", PASSWORD) == "ivo"
    assert login.check_login("ivo", PASSWORD + "x") is None
    assert login.check_login("nobody", PASSWORD) is None
    assert login.check_own_password("ivo", PASSWORD)
    assert not login.check_own_password("uma", PASSWORD)


def test_passwords_are_hashed_by_scrypt():
    from django.contrib.auth.hashers import make_password
    from django.test import override_settings

    from ytterby.shell.site import settings

    with override_settings(PASSWORD_HASHERS=settings.PASSWORD_HASHERS):
        assert make_password(PASSWORD).startswith("scrypt$16384$")


@pytest.mark.parametrize(
    ("who", "name", "password", "code"),
    [
        ("ghost", "ghost", PASSWORD, "people.no_account"),
        ("ivo", "", PASSWORD, "people.name_missing"),
        ("ivo", "a\nb", PASSWORD, "people.name_missing"),
        ("ivo", "UMA", PASSWORD, "people.name_taken"),
        ("ivo", "ivo", "elevenchars", "people.password_length"),
        ("ivo", "ivo", "x" * 201, "people.password_length"),
        ("ivo", "ivo", "123456789012", "people.password_common"),
        ("ivo", "ivo", "1q2w3e4r5t6y", "people.password_common"),
    ],
)
def test_a_login_that_cannot_be_is_refused_and_nothing_is_kept(staffed, who, name, password, code):
    login.set_login("uma", name="uma", password=PASSWORD, at=AT)
    assert codes(login.set_login(who, name=name, password=password, at=AT).problems) == [code]
    assert Login.objects.count() == 1


def test_a_code_counts_once_and_its_secret_is_not_in_the_database(staffed):
    """Threat X2."""
    login.set_login("ivo", name="ivo", password=PASSWORD, at=AT)
    secret, step = login.new_code_secret(), int(AT.timestamp()) // STEP_SECONDS
    assert not login.has_code("ivo")
    assert not login.set_code_secret("ivo", secret, code_at(secret, step + 9), AT)
    assert login.set_code_secret("ivo", secret, code_at(secret, step), AT)
    assert login.has_code("ivo")
    assert not login.check_code("ivo", code_at(secret, step), AT)
    later = AT + timedelta(seconds=STEP_SECONDS)
    code = code_at(secret, step + 1)
    assert not login.check_code("uma", code, later)
    assert login.check_code("ivo", f"{code[:3]} {code[3:]}", later)
    assert not login.check_code("ivo", code, later)
    (row,) = Login.objects.all()
    assert to_base64url(secret) not in row.code_secret
    assert login.open_secret(row.code_secret) == secret
    assert login.open_secret(row.code_secret[:-4] + "AAAA") is None


def test_a_session_ends_where_it_should(staffed):
    """Threat X10: signed out, too old, replaced, a new password, a disabled account; an owed factor."""
    login.set_login("ivo", name="ivo", password=PASSWORD, at=AT)
    owed = open_session("ivo", AT, is_proved=False)
    assert session_of(owed, AT).proved_at is None
    assert session_of(owed, AT + timedelta(minutes=people_limits().step_minutes, seconds=1)) is None
    number = open_session("ivo", AT, is_proved=True, instead_of=owed)
    assert session_of(owed, AT) is None
    found = session_of(number, AT)
    assert found.account == "ivo"
    assert found.is_fresh(AT)
    assert not found.is_fresh(AT + timedelta(minutes=people_limits().proof_minutes, seconds=1))
    assert session_of(number, AT + timedelta(hours=people_limits().session_hours, seconds=1)) is None
    assert session_of("", AT) is None
    assert not WebSession.objects.filter(digest=number).exists()
    Account.objects.filter(id="ivo").update(is_disabled=True)
    assert session_of(number, AT) is None
    Account.objects.filter(id="ivo").update(is_disabled=False)
    end_session(number)
    assert session_of(number, AT) is None
    number = open_session("ivo", AT, is_proved=True)
    login.set_login("ivo", password=PASSWORD + "!", at=AT)
    assert session_of(number, AT) is None


def test_each_failure_costs_a_longer_wait_and_none_locks_anybody_out():
    """Threat X2: others wait for nothing, and whoever succeeds starts anew."""
    time = [0.0]
    attempts = Attempts(lambda: 60, lambda: time[0])
    waits = []
    for _ in range(people_limits().failures_free + 8):
        waits.append(attempts.seconds_to_wait("Ivo"))
        time[0] += waits[-1]
        assert attempts.seconds_to_wait("ivo") == 0
        attempts.failed("ivo ")
    assert waits[: people_limits().failures_free] == [0] * people_limits().failures_free
    assert waits == sorted(waits)
    assert 50 < waits[-1] <= 61
    assert attempts.seconds_to_wait("ivo") > 0
    assert attempts.seconds_to_wait("uma") == 0
    attempts.succeeded("ivo")
    assert attempts.seconds_to_wait("ivo") == 0


def test_no_more_names_are_watched_than_there_is_room_for():
    attempts = Attempts(lambda: 60, lambda: 0.0)
    for number in range(people_limits().names_watched + 50):
        attempts.failed(f"name {number}")
    assert len(attempts._failed) == people_limits().names_watched


# Tokens


def test_a_token_speaks_for_its_account_within_its_time_and_scopes(staffed):
    made = issue_token(staffed, "cleo", ["read", "casework"], name="ERP", days=30, at=AT)
    assert made.text.startswith("ytt_")
    bearer = bearer_of(staffed, made.text, AT)
    assert (bearer.account, bearer.scopes) == ("cleo", {"read", "casework"})
    assert bearer.party == stored_rights(staffed).accounts()["cleo"].party
    assert not Token.objects.filter(digest__contains=made.text[4:]).exists()
    (row,) = list_tokens("cleo")
    assert (row.number, row.name, row.used_at) == (made.number, "ERP", AT)
    assert bearer_of(staffed, made.text, AT + timedelta(minutes=1)) == bearer
    assert list_tokens()[0].used_at == AT
    for wrong in ("", "ytt_", made.text[:-1], made.text[4:], f"Bearer {made.text}"):
        assert bearer_of(staffed, wrong, AT) is None
    assert bearer_of(staffed, made.text, AT + timedelta(days=30)) is None
    assert codes(revoke_token(made.number[:7])) == ["people.token_unknown"]
    assert revoke_token(made.number) == ()
    assert codes(revoke_token(made.number)) == ["people.token_unknown"]
    assert bearer_of(staffed, made.text, AT) is None


def test_a_token_of_an_account_that_is_gone_is_nothing(staffed):
    """Threat X10."""
    made = issue_token(staffed, "cleo", ["read"], days=30, at=AT)
    Account.objects.filter(id="cleo").update(is_disabled=True)
    assert bearer_of(staffed, made.text, AT) is None
    Account.objects.filter(id="cleo").update(is_disabled=False)
    withdraw_right(staffed, stored_rights(staffed).accounts()["cleo"].digest, by=key_of("ann"), at=AT)
    assert bearer_of(staffed, made.text, AT) is None
    assert codes(issue_token(staffed, "cleo", ["read"], days=30, at=AT).problems) == ["people.no_account"]


def test_a_token_signs_nothing(staffed):
    """Threat D2: a bearer token alone never approves."""
    made = issue_token(staffed, "ivo", ["casework"], days=30, at=AT)
    challenge = challenge_of(staffed)
    for text in (made.text, made.text[4:], to_base64url(made.text.encode())):
        bare = ApprovalSignature("ed25519", "ivo", key_of("ivo").public.text(), NONCE, text)
        assert codes(check_approval(staffed, bare, challenge, account="ivo")) == ["people.signature"]


@pytest.mark.parametrize(
    ("scopes", "days", "wanted"),
    [
        ([], 1, ["token_scope"]),
        (["all"], 1, ["token_scope"]),
        (["read"], 0, ["token_days"]),
        (["read"], 367, ["token_days"]),
    ],
)
def test_a_token_for_anything_or_for_ever_is_refused(staffed, scopes, days, wanted):
    made = issue_token(staffed, "cleo", scopes, days=days, at=AT)
    assert codes(made.problems) == [f"people.{one}" for one in wanted]
    assert not Token.objects.exists()


# What the doctor says


def test_who_could_sign_in_without_an_account_of_the_log_is_named(staffed):
    """Threat O3."""
    assert list(unsound_people(staffed)) == []
    Login.objects.create(account="ghost", name="ghost", password="x")
    Token.objects.create(digest="0", account="spook", name="", scopes="read", made_at=AT, ends_at=AT)
    assert {one.where for one in unsound_people(staffed)} == {"account ghost", "account spook"}


def test_names_of_people_and_of_their_passkeys_stay_out_of_the_log(staffed):
    """Threat L6."""
    passkey_of(staffed, "ivo")
    login.set_login("ivo", name="ivo.of.the.office", password=PASSWORD, at=AT)
    text = " ".join(Registration.objects.values_list("document", flat=True))
    assert "telephone" not in text
    assert "ivo.of.the.office" not in text
    (row,) = Registration.objects.filter(kind="credential")
    assert set(json.loads(row.document)) == {"id", "account", "key", "rp_id", "origin", "by", "registered_at"}
    assert issubclass(RefusedRight, Exception)
