"""Signing in to a demo register."""

import pytest

from shell.portal.reader import Page


def sign_in(client, name, password):
    return client.post("/en/sign-in/", {"name": name, "password": password})


def test_the_password_of_the_run_opens_a_session(stranger, password, answers):
    assert sign_in(stranger, "demo", password).status_code == 302
    assert stranger.get("/en/lots/").status_code == 200


def test_a_password_may_be_pasted_with_blanks_about_it(stranger, password, answers):
    assert sign_in(stranger, " demo ", f" {password}\n").status_code == 302


@pytest.mark.parametrize(("name", "secret"), [("demo", "wrong"), ("demo", ""), ("operator", None), ("", None)])
def test_wrong_name_or_password_says_so_and_not_which(stranger, password, name, secret):
    response = sign_in(stranger, name, password if secret is None else secret)
    assert response.status_code == 401
    assert "Name and password do not belong together" in Page(response).text
    assert stranger.get("/en/lots/").status_code == 404


def test_guessing_is_slowed_and_said_when_to_try_again(stranger, password):
    """Threat X2."""
    from ytterby.shell.portal.sign_in import FAILURES_MAX, forget_failures

    for _ in range(FAILURES_MAX):
        assert sign_in(stranger, "demo", "guess").status_code == 401
    refused = sign_in(stranger, "demo", password)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    forget_failures()
    assert sign_in(stranger, "demo", password).status_code == 302


def test_a_new_run_ends_the_sessions_of_the_run_before(browser, register):
    """Threat O4, threat X10."""
    from ytterby.shell.actions.demo_user import make_demo_password

    assert browser.get("/en/lots/").status_code == 200
    make_demo_password(register.keys)
    assert browser.get("/en/lots/").status_code == 404


def test_where_the_register_is_no_demo_neither_password_nor_session_of_a_demo_opens_anything(
    browser, password, settings_of
):
    """Threat O4: the page of a demo is not there, and nobody it knows can sign in."""
    from ytterby.shell.actions.attempts import passwords

    shown = Page(browser.get("/en/sign-in/")).text
    settings_of(YTTERBY_DEMO=False)
    nothing = browser.get("/en/no/such/page/")
    assert browser.get("/en/lots/").content == nothing.content
    assert "demo" in shown
    assert "demo" not in Page(browser.get("/en/sign-in/")).text
    for name in ("demo", "clerk", "Kestrel Ridge Mining"):
        assert sign_in(browser, name, password).status_code == 401
        assert browser.get("/en/lots/").content == nothing.content
    passwords.forget()


def test_a_session_that_was_made_up_opens_nothing(stranger, answers):
    from django.conf import settings

    stranger.cookies[settings.SESSION_COOKIE_NAME] = "seat:forged:signature"
    assert stranger.get("/en/lots/").status_code == 404


def test_the_front_door_leads_to_the_lots_or_to_the_sign_in(stranger, password, answers):
    assert stranger.get("/zh-hans/").headers["Location"] == "/zh-hans/sign-in/"
    sign_in(stranger, "demo", password)
    assert stranger.get("/zh-hans/").headers["Location"] == "/zh-hans/lots/"
    assert stranger.get("/", headers={"accept-language": "zh-CN"}).headers["Location"] == "/zh-hans/lots/"


def test_the_form_needs_its_token(register, password):
    """Threat X10."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    response = client.post("/zh-hans/sign-in/", {"name": "demo", "password": password})
    assert response.status_code == 403
    assert "表单已过期" in Page(response).text


@pytest.fixture
def settings_of():
    """Return a function that changes Django's settings for one test."""
    from django.test import override_settings

    changed = []

    def change(**values):
        override = override_settings(**values)
        override.enable()
        changed.append(override)

    yield change
    for override in reversed(changed):
        override.disable()
