"""Logins, passkeys and tokens from the command line."""

import io
import json
import sys

import pytest

from shell.cli.conftest import run
from shell.people import AT, make_staffed, passkey_of, quick_passwords, staffed_register
from ytterby.shell.actions import login
from ytterby.shell.actions.doctor.people import unsound_people
from ytterby.shell.actions.token import bearer_of
from ytterby.shell.site.register import current_register
from ytterby.shell.store.models import Token

PASSWORD = "seven wet horses sing"


@pytest.fixture
def ask(tmp_path, tmp_path_factory):
    register = staffed_register(tmp_path / "data", tmp_path_factory)
    passkey_of(register, "ivo", confirmed=False)
    with quick_passwords():
        yield lambda *argv: run("party", *argv, "--data", tmp_path / "data")


@pytest.fixture
def typed(monkeypatch):
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_person_is_given_a_password_or_an_invitation(ask, typed):
    typed(PASSWORD + "\nmore\n")
    assert ask("user", "ivo", "--login", "ivo", "--password-stdin").code == 0
    assert login.check_login("ivo", PASSWORD) == "ivo"
    typed("short\n")
    refused = ask("user", "ivo", "--password-stdin", "--json")
    assert (refused.code, refused.json["problems"][0]["code"]) == (1, "people.password_length")
    invited = ask("user", "Ivo", "--invite")
    path = next(line.strip() for line in invited.out.splitlines() if "/invited/" in line)
    assert login.check_login("ivo", PASSWORD) is None
    token = path.split("/")[-2]
    assert login.accept_invitation(token, PASSWORD + "!", login.Login.objects.get().invited_until).name == "ivo"
    assert (
        ask("user", "nobody", "--login", "x", "--invite", "--json").json["problems"][0]["code"] == "people.no_account"
    )
    assert ask("user", "ivo", "--login", "ivo").code == 2


def test_passkeys_are_listed_with_what_confirms_them(ask, tmp_path):
    listed = ask("passkeys")
    assert "waits for a second person" in listed.out
    assert "ytterby party confirm" in listed.out + listed.err
    (one,) = ask("passkeys", "ivo", "--json").json["passkeys"]
    assert (one["account"], one["name"], one["state"], one["used_at"]) == ("ivo", "telephone", "proposed", None)
    assert ask("passkeys", "uma", "--json").json == {"passkeys": []}
    assert one["id"] not in ask("rights").out


def test_a_token_is_told_once_listed_and_ended(ask):
    """Threat D2: it says itself that it signs nothing."""
    assert ask("token").code == 2
    wrong = ask("token", "cleo", "--json")
    assert (wrong.code, wrong.json["problems"][0]["code"]) == (1, "people.token_scope")
    made = ask("token", "cleo", "--scope", "read", "--scope", "casework", "--name", "ERP", "--json").json
    assert bearer_of(current_register(), made["token"], Token.objects.get().made_at).account == "cleo"
    said = ask("token", "cleo", "--scope", "read")
    assert "signs nothing" in said.out + said.err
    listed = ask("token", "--list")
    assert made["id"] in listed.out
    assert made["token"] not in listed.out
    assert len(ask("token", "cleo", "--list", "--json").json["tokens"]) == 2
    assert ask("token", "--revoke", made["id"]).code == 0
    assert ask("token", "--revoke", made["id"]).code == 1
    assert json.dumps(ask("token", "--list", "--json").json).count('"revoked": true') == 1
    assert list(unsound_people(current_register())) == []


def test_the_register_of_these_tests_is_made_as_a_register_is(tmp_path):
    assert not make_staffed(tmp_path / "made").is_demo
    assert AT.tzinfo is not None
