"""Signing in as a person, one's own account, passkeys, and signing approvals, in a register that is no demo."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from proof.authenticator import Authenticator
from shell.people import OFFICE, ORIEL, PLACE, RP_ID, key_of, passkey_of, quick_passwords, staffed_register
from shell.portal.reader import Page
from ytterby.proof.base64url import from_base64url, to_base64url
from ytterby.proof.one_time_code import STEP_SECONDS, code_at
from ytterby.shell.actions import attempts, clock, login
from ytterby.shell.actions.rights import confirm_right, withdraw_right
from ytterby.shell.portal import audience, sign
from ytterby.shell.portal.audience import Audience, seat_of
from ytterby.shell.portal.people import account, enter
from ytterby.shell.portal.people.secret_picture import enrolment_address
from ytterby.shell.site.people_limits import people_limits
from ytterby.shell.store.models import Account, Registration, WebSession
from ytterby.shell.store.rights import stored_rights

PASSWORD = "seven wet horses sing"
SECRET = b"s" * 20


class Clock:
    """The time of these tests, which goes on when it is told to."""

    def __init__(self):
        self.at = clock.now()

    def __call__(self):
        return self.at

    def pass_(self, **time):
        self.at += timedelta(**time)


@pytest.fixture(autouse=True)
def _quick():
    with quick_passwords():
        yield


@pytest.fixture
def real(tmp_path, tmp_path_factory):
    attempts.passwords.forget()
    attempts.codes.forget()
    return staffed_register(tmp_path / "real", tmp_path_factory)


@pytest.fixture
def time(monkeypatch, real):
    found = Clock()
    for module in (audience, enter, account, sign):
        monkeypatch.setattr(module, "now", found)
    return found


@pytest.fixture
def client(real, time):
    return window()


def window(**more):
    return Client(headers={"host": RP_ID}, **more)


def code_of(time, step=0):
    return code_at(SECRET, int(time.at.timestamp()) // STEP_SECONDS + step)


def give_login(time, name, *, code=True):
    assert not login.set_login(name, name=name, password=PASSWORD, at=time.at).problems
    if code:
        assert login.set_code_secret(name, SECRET, code_of(time), time.at)
        time.pass_(seconds=STEP_SECONDS)


def sign_in(client, time, name, *, code=True):
    """Sign somebody in who has a password, and codes or none."""
    give_login(time, name, code=code)
    answer = client.post("/en/sign-in/", {"name": name, "password": PASSWORD})
    assert answer.status_code == 302, Page(answer).text
    if code:
        assert answer.headers["Location"] == "/en/sign-in/code/"
        assert client.post("/en/sign-in/code/", {"code": code_of(time)}).status_code == 302
    assert client.get("/en/account/").status_code == 200
    return client


# Signing in


def test_an_officer_signs_in_with_password_and_code_and_with_neither_alone(client, time):
    give_login(time, "ivo")
    nothing = client.get("/en/no/such/page/").content
    answer = client.post("/en/sign-in/", {"name": "IVO ", "password": PASSWORD})
    assert answer.headers["Location"] == "/en/sign-in/code/"
    assert client.get("/en/lots/").content == nothing
    assert client.get("/en/sign-in/new-code/").headers["Location"] == "/en/sign-in/"
    assert client.post("/en/sign-in/code/", {"code": "000000"}).status_code == 401
    assert client.get("/en/lots/").content == nothing
    assert client.post("/en/sign-in/code/", {"code": code_of(time)}).headers["Location"] == "/en/cases/"
    assert client.get("/en/lots/").status_code == 200
    assert "Ivo Signed in" in Page(client.get("/en/account/")).text


def test_the_same_code_opens_no_second_session(client, time):
    """Threat X2: seen over a shoulder."""
    sign_in(client, time, "ivo")
    other = window()
    other.post("/en/sign-in/", {"name": "ivo", "password": PASSWORD})
    assert other.post("/en/sign-in/code/", {"code": code_of(time)}).status_code == 401
    time.pass_(seconds=STEP_SECONDS)
    assert other.post("/en/sign-in/code/", {"code": code_of(time)}).status_code == 302


def test_wrong_name_and_wrong_password_are_one_answer(client, time):
    give_login(time, "ivo")
    answers = [client.post("/en/sign-in/", {"name": n, "password": p}) for n, p in (("ivo", "x"), ("eve", PASSWORD))]
    assert [one.status_code for one in answers] == [401, 401]
    texts = [Page(one).text for one in answers]
    assert texts[0] == texts[1]


def test_who_must_have_codes_makes_them_before_anything_is_seen(client, time):
    give_login(time, "ivo", code=False)
    assert client.post("/en/sign-in/", {"name": "ivo", "password": PASSWORD}).headers["Location"].endswith("/new-code/")
    assert client.get("/en/lots/").status_code == 404
    page = Page(client.get("/en/sign-in/new-code/"))
    (picture,) = [a for a in page.all("path") if a.get("fill") == "#000000"]
    assert re.fullmatch(r"(M\d+ \d+h1v1h-1z)+", picture["d"])
    sealed = next(a["value"] for a in page.all("input") if a.get("name") == "secret")
    secret = login.open_secret(sealed)
    code = code_at(secret, int(time.at.timestamp()) // STEP_SECONDS)
    wrong = client.post("/en/sign-in/new-code/", {"secret": sealed, "code": "000000"})
    assert wrong.status_code == 401
    # The picture stays the same, so that nobody has to read it in twice.
    again = next(a["value"] for a in Page(wrong).all("input") if a.get("name") == "secret")
    assert login.open_secret(again) == secret
    assert client.post("/en/sign-in/new-code/", {"secret": "forged", "code": code}).status_code == 401
    assert client.post("/en/sign-in/new-code/", {"secret": sealed, "code": code}).headers["Location"] == "/en/cases/"
    assert client.get("/en/lots/").status_code == 200
    assert login.has_code("ivo")


def test_an_app_reads_name_and_secret_from_the_picture():
    told = enrolment_address(SECRET, issuer="log.example.org", name="A & B")
    secret = "ONZXG43TONZXG43TONZXG43TONZXG43T"
    assert told == f"otpauth://totp/log.example.org:A%20%26%20B?secret={secret}&issuer=log.example.org"


def test_an_exporters_clerk_signs_in_with_a_password_and_sees_what_its_party_sees(client, time, rf):
    sign_in(client, time, "cleo", code=False)
    assert client.get("/en/lots/").status_code == 200
    assert client.get("/en/closes/").status_code == 404


def test_guessing_costs_a_longer_and_longer_wait_and_others_wait_for_nothing(client, time):
    """Threat X2."""
    give_login(time, "ivo")
    give_login(time, "cleo", code=False)
    for _ in range(people_limits().failures_free):
        attempts.passwords.failed("ivo")
    refused = client.post("/en/sign-in/", {"name": "ivo", "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= people_limits().password_wait_seconds + 1
    assert client.post("/en/sign-in/", {"name": "cleo", "password": PASSWORD}).status_code == 302
    attempts.passwords.forget()
    assert client.post("/en/sign-in/", {"name": "ivo", "password": PASSWORD}).status_code == 302
    for _ in range(people_limits().failures_free):
        attempts.codes.failed("ivo")
    refused = client.post("/en/sign-in/code/", {"code": code_of(time)})
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)


def test_a_flood_of_sign_ins_leaves_threads_for_everybody_else(client, time):
    """Threat X2: so many passwords are hashed at once and no more; the next is told to come back."""
    give_login(time, "cleo", code=False)
    for _ in range(people_limits().hashes_at_once):
        assert attempts.hashing.acquire(blocking=False)
    refused = client.post("/en/sign-in/", {"name": "cleo", "password": PASSWORD})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert client.get("/en/sign-in/").status_code == 200
    for _ in range(people_limits().hashes_at_once):
        attempts.hashing.release()
    assert client.post("/en/sign-in/", {"name": "cleo", "password": PASSWORD}).status_code == 302


def test_an_invitation_is_a_page_once(client, time):
    made = login.set_login("ivo", name="ivo", invites=True, at=time.at)
    address = f"/en/invited/{made.invitation}/"
    assert client.get("/en/invited/guess/").content == client.get("/en/no/such/page/").content
    assert "ivo" in Page(client.get(address)).text
    short = client.post(address, {"password": "short"})
    assert short.status_code == 400
    assert "12 to 200 characters" in Page(short).text
    assert client.post(address, {"password": PASSWORD}).headers["Location"] == "/en/sign-in/"
    assert client.get(address).status_code == client.post(address, {"password": PASSWORD}).status_code == 404


# Sessions


def test_a_session_that_was_signed_out_is_over_for_whoever_copied_its_cookie(client, time):
    """Threat X10."""
    sign_in(client, time, "ivo")
    thief = window()
    thief.cookies = client.cookies
    assert thief.get("/en/account/").status_code == 200
    assert client.post("/en/sign-out/").status_code == 302
    stolen = window()
    stolen.cookies.load({name: morsel.value for name, morsel in thief.cookies.items()})
    assert stolen.get("/en/account/").status_code == 404
    assert not WebSession.objects.exists()


@pytest.mark.parametrize("how", ["disabled", "withdrawn", "row", "too old", "password"])
def test_whatever_ends_an_account_ends_its_session_at_the_next_request(client, time, real, how):
    """Threat X10."""
    sign_in(client, time, "ivo")
    match how:
        case "disabled":
            Account.objects.filter(id="ivo").update(is_disabled=True)
        case "withdrawn":
            withdraw_right(real, stored_rights(real).accounts()["ivo"].digest, by=key_of("ann"))
        case "row":
            Account.objects.filter(id="ivo").delete()
        case "too old":
            time.pass_(hours=people_limits().session_hours, seconds=1)
        case "password":
            login.set_login("ivo", password=PASSWORD + "!", at=time.at)
    assert client.get("/en/account/").content == client.get("/en/no/such/page/").content


def test_a_seat_is_what_the_log_says_at_the_request(client, time, real, rf):
    """Threats O3 and X10: the database's own word for the party gives nothing; a mandate that is gone is gone."""
    sign_in(client, time, "ivo")
    Account.objects.filter(id="ivo").update(party=ORIEL)
    seat = seat_of(request_of(rf, client))
    assert (seat.party, seat.role, seat.account) == (OFFICE, Audience.PARTY, "ivo")
    assert seat.roles == {Audience.PARTY, Audience.OFFICER}
    (right,) = stored_rights(real).rights()
    withdraw_right(real, right.digest, by=key_of("ann"))
    assert seat_of(request_of(rf, client)).roles == {Audience.PARTY, Audience.APPLICANT, Audience.END_USER}


def request_of(rf, client):
    """Return a request that bears a client's session."""
    request = rf.get("/en/account/", headers={"host": RP_ID})
    request.session = client.session
    return request


@pytest.fixture
def rf():
    from django.test import RequestFactory

    return RequestFactory()


def test_who_owes_a_factor_since_a_mandate_came_is_asked_for_it(client, time, real):
    from ytterby.shell.actions.enrol import import_directory

    sign_in(client, time, "cleo", code=False)
    import_directory(real, f"bodies: [{{party: '{ORIEL}', as: audit}}]", by=key_of("ann"), at=time.at)
    confirm_right(real, stored_rights(real).rights()[-1].digest, by=key_of("bo"))
    assert client.get("/en/account/").status_code == 404
    assert client.get("/en/sign-in/new-code/").status_code == 200


def test_cookies_go_over_https_alone_and_forms_need_their_token(client, time, real):
    """Threat X10."""
    give_login(time, "ivo")
    strict = window(enforce_csrf_checks=True)
    assert strict.post("/en/sign-in/", {"name": "ivo", "password": PASSWORD}).status_code == 403
    answer = client.post("/en/sign-in/", {"name": "ivo", "password": PASSWORD})
    cookie = answer.cookies["sessionid"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert Client(headers={"host": "evil.example"}).get("/en/sign-in/").status_code == 400


# Passkeys


def make(client, device, *, name="telephone", bend=None, **bent):
    options = client.post("/en/account/passkeys/challenge/").json()
    public = options["publicKey"]
    assert public["challenge"] == options["nonce"]
    assert public["authenticatorSelection"]["userVerification"] == "required"
    told, said = device.make(from_base64url(public["challenge"]), **bent)
    sent = {"nonce": options["nonce"], "attestation": to_base64url(told), "client_data": to_base64url(said)}
    return client.post("/en/account/passkeys/", {**sent, "name": name, **(bend or {})})


def test_a_passkey_is_made_waits_for_a_second_person_and_is_ended_by_its_owner(client, time, real):
    sign_in(client, time, "ivo")
    device = Authenticator(rp_id=PLACE.rp_id, origin=PLACE.origin)
    assert make(client, device).headers["Location"] == "/en/account/"
    (one,) = stored_rights(real).passkeys()
    assert (one.id, one.account, one.state) == (device.name, "ivo", "proposed")
    shown = Page(client.get("/en/account/")).text
    assert "telephone" in shown
    assert "waits for a second person" in shown
    confirm_right(real, one.digest, by=key_of("bo"))
    assert "in force" in Page(client.get("/en/account/")).text
    assert client.post("/en/account/passkeys/withdrawal/", {"passkey": "another"}).status_code == 400
    assert client.post("/en/account/passkeys/withdrawal/", {"passkey": device.name}).status_code == 302
    assert stored_rights(real).passkeys()[0].state == "withdrawn"


@pytest.mark.parametrize(
    ("bent", "bend", "said"),
    [
        ({"flags": 0x41}, {}, "the person was not verified"),
        ({"origin": "https://evil.example"}, {}, "made at another address"),
        ({"rp_id": "evil.example"}, {}, "belongs to another register"),
        ({"kind": "webauthn.get"}, {}, "of another kind"),
        ({}, {"nonce": "A" * 43}, "This challenge was used"),
        ({}, {"attestation": "?"}, "cannot be read"),
    ],
)
def test_a_passkey_that_was_not_made_here_by_its_person_is_not_entered(client, time, real, bent, bend, said):
    """Threat D2."""
    sign_in(client, time, "ivo")
    answer = make(client, Authenticator(rp_id=PLACE.rp_id, origin=PLACE.origin), bend=bend, **bent)
    assert answer.status_code == 400
    assert said in Page(answer).text
    assert not Registration.objects.filter(kind="credential").exists()


def test_keys_are_changed_only_shortly_after_every_factor_was_given(client, time):
    """Threat X10: an old tab, a stolen session."""
    sign_in(client, time, "ivo")
    time.pass_(minutes=people_limits().proof_minutes, seconds=1)
    for path in ("passkeys/challenge/", "passkeys/", "passkeys/withdrawal/", "codes/"):
        answer = client.post(f"/en/account/{path}")
        assert answer.headers["Location"] == "/en/account/again/?next=%2Fen%2Faccount%2F"
    again = "/en/account/again/"
    assert client.get(again).status_code == 200
    for wrong in (
        {"password": PASSWORD},
        {"password": "x", "code": code_of(time)},
        {"password": PASSWORD, "code": "1"},
    ):
        assert client.post(again, wrong).status_code == 401
    time.pass_(seconds=STEP_SECONDS)
    right = {"password": PASSWORD, "code": code_of(time), "next": "//evil.example/"}
    assert client.post(again, right).headers["Location"] == "/en/account/"
    assert client.post("/en/account/passkeys/challenge/").status_code == 200


def test_new_codes_take_the_place_of_old_ones_and_end_other_sessions(client, time):
    sign_in(client, time, "ivo")
    other = window()
    other.post("/en/sign-in/", {"name": "ivo", "password": PASSWORD})
    sealed = next(a["value"] for a in Page(client.get("/en/account/codes/")).all("input") if a.get("name") == "secret")
    secret = login.open_secret(sealed)
    code = code_at(secret, int(time.at.timestamp()) // STEP_SECONDS)
    assert client.post("/en/account/codes/", {"secret": sealed, "code": code}).status_code == 302
    assert client.get("/en/account/").status_code == 200
    assert WebSession.objects.count() == 1
    time.pass_(seconds=STEP_SECONDS)
    assert not login.check_code("ivo", code_of(time), time.at)


def test_who_has_no_account_has_none_of_these_pages(client, time):
    nothing = client.get("/en/no/such/page/").content
    for path in ("account/", "account/again/", "account/codes/", "account/passkeys/", "approvals/challenge/"):
        for answer in (client.get(f"/en/{path}"), client.post(f"/en/{path}")):
            assert (answer.status_code, answer.content) == (404, nothing)


# Approvals

SUBJECT = sign.Subject("C-00000001", 7, "d" * 64, 1)
TOLD = {"sign_case": "C-00000001", "sign_version": "7", "sign_draft": "d" * 64, "sign_order": "1"}


def signed(client, device, told=TOLD, **bent):
    """Return the fields that a browser sends."""
    options = client.post("/en/approvals/challenge/", told).json()
    public = options["publicKey"]
    assert public["userVerification"] == "required"
    said = device.answer(from_base64url(public["challenge"]), **bent)
    return {
        "sign_nonce": options["nonce"],
        "sign_key": device.name,
        "sign_signature": to_base64url(said.signature),
        "sign_authenticator_data": to_base64url(said.authenticator_data),
        "sign_client_data": to_base64url(said.client_data),
    }


def read(rf, client, time, fields, subject=SUBJECT):
    request = rf.post("/en/cases/", fields, headers={"host": RP_ID})
    request.session = client.session
    return sign.read_approval(request, seat_of(request), subject, time.at)


def codes(problems):
    return [one.facts.get("why") or one.code for one in problems]


def test_an_approval_is_signed_by_the_officers_own_passkey(client, time, real, rf):
    device = passkey_of(real, "ivo")
    sign_in(client, time, "ivo")
    signature, problems = read(rf, client, time, signed(client, device))
    assert problems == []
    assert (signature.suite, signature.account, signature.key) == ("webauthn", "ivo", device.name)


def test_what_does_not_come_from_the_officers_device_for_this_draft_does_not_count(client, time, real, rf):
    """Threat D2: replayed, of another draft, not verified, elsewhere, another's key, nothing but the session."""
    device, other = passkey_of(real, "ivo"), passkey_of(real, "uma")
    sign_in(client, time, "ivo")
    once = signed(client, device)
    assert read(rf, client, time, once)[1] == []
    cases = [
        (once, "people.nonce"),
        (signed(client, device, {**TOLD, "sign_draft": "e" * 64}), "other_challenge"),
        (signed(client, device, {**TOLD, "sign_version": "6"}), "other_challenge"),
        (signed(client, device, flags=1), "not_verified"),
        (signed(client, device, origin="https://evil.example"), "other_origin"),
        (signed(client, device, rp_id="evil.example"), "other_name"),
        (signed(client, device, counter=1), "counter"),
        (signed(client, other), "anothers_key"),
        ({**signed(client, device), "sign_key": other.name}, "anothers_key"),
        ({}, "people.nonce"),
        ({"sign_by": "demo-key"}, "unknown_key"),
    ]
    for fields, why in cases:
        signature, problems = read(rf, client, time, fields)
        assert (signature, codes(problems)) == (None, [why])
    late = signed(client, device)
    time.pass_(minutes=people_limits().nonce_minutes, seconds=1)
    assert codes(read(rf, client, time, late)[1]) == ["people.nonce"]


def test_a_challenge_is_of_a_case_and_nothing_else(client, time, real):
    passkey_of(real, "ivo")
    sign_in(client, time, "ivo")
    assert client.get("/en/approvals/challenge/").status_code == 405
    for bad in ({}, {**TOLD, "sign_version": "-1"}, {**TOLD, "sign_order": "٣"}, {**TOLD, "sign_order": "1" * 10}):
        assert client.post("/en/approvals/challenge/", bad).status_code == 404


def test_the_part_of_the_page_says_who_can_sign(client, time, real, rf):
    from django.template.loader import render_to_string

    sign_in(client, time, "ivo")
    request = request_of(rf, client)
    part = render_to_string("portal/sign.html", sign.sign_context(request, seat_of(request), SUBJECT), request)
    assert "You have no passkey that is confirmed" in part
    passkey_of(real, "ivo")
    part = render_to_string("portal/sign.html", sign.sign_context(request, seat_of(request), SUBJECT), request)
    assert "data-by-passkey" in part
    assert "demo" not in part
    assert "<script src=" in part
