"""A passkey in Chromium: made by a virtual authenticator, confirmed by a second person, and signing what is shown."""

import json

import pytest

from journeys.window import Watched, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-passkeys")]

# Signs as a page of a case will: the part of `portal/sign.html` in a form, with the script that the portal serves.
SIGNS = """
async ([href, token]) => {
  const form = document.createElement("form");
  form.method = "post"; form.action = "/en/no/such/page/"; form.dataset.sign = href;
  const fields = {csrfmiddlewaretoken: token, sign_case: "C-00000001", sign_version: "7", sign_draft: "d".repeat(64),
    sign_order: "1", sign_nonce: "", sign_key: "", sign_signature: "", sign_authenticator_data: "",
    sign_client_data: ""};
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input"); input.name = name; input.value = value; form.append(input);
  }
  const failed = document.createElement("p"); failed.dataset.failed = ""; failed.hidden = true;
  const button = document.createElement("button"); button.setAttribute("data-by-passkey", "");
  form.append(failed, button); document.querySelector("main").append(form);
  const script = document.createElement("script"); script.src = "/static/portal/sign.js?again"; script.type = "module";
  const loaded = new Promise((done) => script.addEventListener("load", done));
  document.head.append(script); await loaded;
  const sent = new Promise((done) => { form.submit = () => done(Object.fromEntries(new FormData(form))); });
  const wrong = new Promise((done) => new MutationObserver(() => failed.hidden || done(null))
    .observe(failed, {attributes: true}));
  button.click();
  return Promise.race([sent, wrong]);
}
"""


@pytest.fixture(scope="module")
def made(served_people):
    return served_people


@pytest.fixture
def officer(chromium, made):
    served, _ = made
    window = Watched(chromium, served, "light", name="officer")
    window.go("/en/account/")
    yield window
    window.context.close()


def authenticator(window, *, verifies=True):
    """Give a window a device that holds passkeys; without a finger on it where it does not verify."""
    session = window.context.new_cdp_session(window.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    found = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, found["authenticatorId"]


def token_of(window):
    return window.page.locator("input[name=csrfmiddlewaretoken]").first.input_value()


def make_passkey(window):
    window.page.fill("form[data-passkey] [name=name]", "key ring")
    window.page.click("form[data-passkey] [data-by-passkey]")
    window.page.wait_for_selector("td:has-text('key ring')")


def test_a_passkey_is_made_and_signs_with_the_person_verified(officer, made):
    """Threat D2: in a real browser, under the portal's content security policy."""
    _, told = made
    authenticator(officer)
    make_passkey(officer)
    assert "in force" in officer.page.inner_text("table")
    assert violations(officer.page) == []
    sent = officer.page.evaluate(SIGNS, ["/en/approvals/challenge/", token_of(officer)])
    assert sent is not None
    from shell.served_people import flaw_of

    assert json.loads(flaw_of(told["data"], sent, "officer"))["flaw"] is None
    assert json.loads(flaw_of(told["data"], {**sent, "sign_draft": "e" * 64}, "officer"))["flaw"] == "other_challenge"
    officer.page.click("form[action$='withdrawal/'] button")
    officer.page.wait_for_selector("td:has-text('withdrawn')")
    assert json.loads(flaw_of(told["data"], sent, "officer"))["flaw"] == "unknown_key"
    assert officer.strays == []
    assert officer.complaints == []


def test_a_device_that_does_not_verify_its_person_makes_nothing_and_says_so(officer):
    """Threat D2."""
    session, device = authenticator(officer, verifies=False)
    officer.page.fill("form[data-passkey] [name=name]", "key ring")
    officer.page.click("form[data-passkey] [data-by-passkey]")
    officer.page.wait_for_selector("form[data-passkey] [data-failed]:not([hidden])")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    make_passkey(officer)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    assert officer.page.evaluate(SIGNS, ["/en/approvals/challenge/", token_of(officer)]) is None


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_of_an_account_looks_right(chromium, made, screenshots, look, language):
    served, _ = made
    window = Watched(chromium, served, look, name="second")
    window.check(f"/{language}/account/", screenshots / f"account-{look}-{language}.png")
    window.check(f"/{language}/account/again/", screenshots / f"again-{look}-{language}.png")
    window.context.close()
