"""The people of a demo: they sign in with the password of the run, and sign with keys that are checked like any."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory

from proof.authenticator import Authenticator
from shell.people import AT, staffed_register
from shell.portal.reader import Page
from ytterby.proof.approval import signature_flaw
from ytterby.shell.actions import attempts, clock
from ytterby.shell.actions.demo_people import demo_key, demo_people, enrol_demo_people
from ytterby.shell.actions.demo_user import make_demo_password
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.passkey import signing_keys
from ytterby.shell.actions.rights import withdraw_right
from ytterby.shell.portal import sign
from ytterby.shell.portal.audience import Audience, seat_of
from ytterby.shell.portal.sign_in import forget_failures
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.people_limits import people_limits
from ytterby.shell.store.rights import stored_rights, unsound_rights

SUBJECT = sign.Subject("C-00000001", 7, "d" * 64, 1)


@pytest.fixture
def people(register):
    attempts.codes.forget()
    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=AT).problems
    return {one.login: one for one in enrol_demo_people(register, AT)}


@pytest.fixture
def sign_in(register, people):
    password = make_demo_password(register.keys)

    def client_of(name, secret=password):
        forget_failures()
        client = Client(headers={"host": "localhost"})
        return client, client.post("/en/sign-in/", {"name": name, "password": secret}).status_code

    client_of.password = password
    return client_of


def request_of(client, fields=None):
    request = RequestFactory().post("/en/x/", fields or {}, headers={"host": "localhost"})
    request.session = client.session
    return request


def test_everybody_has_an_account_of_the_log_with_a_key_of_its_own(register, people):
    assert set(people) == {"clerk", "officer", "second", "customs", "enduser"}
    accounts = stored_rights(register).accounts()
    keys = [demo_key(register, one.account) for one in people.values()]
    assert len({key.public.text() for key in keys}) == len(people)
    assert all(accounts[one.account].party == one.party for one in people.values())
    for path in [*(register.keys / "people").iterdir(), register.keys / "demo-people.yaml"]:
        assert path.stat().st_mode & 0o777 == 0o600
    size = register.size
    assert enrol_demo_people(register, AT) == list(people.values()) == demo_people(register.keys)
    assert register.size == size
    assert list(unsound_rights(register)) == []
    assert verify_log(register)["failures"] == []


@pytest.mark.parametrize(
    ("login", "roles"),
    [
        ("clerk", {Audience.PARTY, Audience.APPLICANT, Audience.END_USER}),
        ("officer", {Audience.PARTY, Audience.OFFICER}),
        ("customs", {Audience.PARTY, Audience.CUSTOMS}),
    ],
)
def test_a_person_signs_in_with_the_password_of_the_run_and_is_what_its_party_is(sign_in, people, login, roles):
    """Threat O4."""
    client, status = sign_in(login)
    assert status == 302
    seat = seat_of(request_of(client))
    assert (seat.account, seat.party, seat.roles) == (people[login].account, people[login].party, roles)
    assert people[login].name in Page(client.get("/en/account/")).text
    assert sign_in(login, "wrong")[1] == 401


def test_an_approval_in_a_demo_is_a_signature_of_that_persons_key(sign_in, people, register):
    """Threat D2: checked like any other, by the log alone."""
    client, _ = sign_in("officer")
    request = request_of(client, {"sign_by": "demo-key"})
    seat = seat_of(request)
    signature, problems = sign.read_approval(request, seat, SUBJECT, clock.now())
    assert problems == []
    assert signature.account == people["officer"].account
    challenge = SUBJECT.challenge(signature.nonce)
    assert signature_flaw(signature, challenge, signing_keys(register)) is None
    assert signature_flaw(signature, SUBJECT._replace(draft="e").challenge(signature.nonce), signing_keys(register))
    again, _ = sign.read_approval(request, seat, SUBJECT, clock.now())
    assert again.nonce != signature.nonce


def test_no_demo_signs_for_a_key_that_is_gone_for_nobody_or_long_after_the_password(sign_in, people, register):
    """Threats D2, X10: a demo lifts no check."""
    client, _ = sign_in("officer")
    request = request_of(client, {"sign_by": "demo-key"})
    seat = seat_of(request)
    late = clock.now() + timedelta(minutes=people_limits().proof_minutes, seconds=5)
    assert [one.code for one in sign.read_approval(request, seat, SUBJECT, late)[1]] == ["people.not_fresh"]
    withdraw_right(register, stored_rights(register).accounts()[seat.account].digest, by=None, at=AT)
    signature, problems = sign.read_approval(request, seat, SUBJECT, clock.now())
    assert (signature, [one.facts["why"] for one in problems]) == (None, ["unknown_key"])
    assert seat_of(request) is None
    for name in ("demo", "Oriel Magnets"):
        client, _ = sign_in(name)
        request = request_of(client, {"sign_by": "demo-key"})
        signature, problems = sign.read_approval(request, seat_of(request), SUBJECT, clock.now())
        assert (signature, [one.facts["why"] for one in problems]) == (None, ["unknown_key"])
        assert client.get("/en/account/").status_code == 404


def test_a_person_of_a_demo_gives_the_password_again_and_makes_a_passkey(sign_in, register):
    client, _ = sign_in("officer")
    assert client.post("/en/account/again/", {"password": "wrong"}).status_code == 401
    assert client.post("/en/account/again/", {"password": sign_in.password}).status_code == 302
    assert client.get("/en/account/codes/").status_code == 404
    assert client.get("/en/sign-in/code/").status_code == 302
    options = client.post("/en/account/passkeys/challenge/").json()
    device = Authenticator(rp_id="localhost", origin="http://localhost")
    from ytterby.proof.base64url import from_base64url, to_base64url

    told, said = device.make(from_base64url(options["nonce"]))
    fields = {"nonce": options["nonce"], "attestation": to_base64url(told), "client_data": to_base64url(said)}
    assert client.post("/en/account/passkeys/", {**fields, "name": "key ring"}).status_code == 302
    assert "in force" in Page(client.get("/en/account/")).text
    assert device.name in signing_keys(register).passkeys


def test_keys_of_people_lie_beside_a_register_only_where_it_is_a_demo(tmp_path, tmp_path_factory):
    """Threat O4."""
    real = staffed_register(tmp_path / "real", tmp_path_factory)
    with pytest.raises(ValueError, match="only where it is a demo"):
        enrol_demo_people(real, AT)
    assert not (real.keys / "people").exists()
    (real.keys / "demo-people.yaml").write_text("- {login: x, name: X, party: p, account: ivo}\n")
    assert demo_key(real, "ivo") is None
