"""Where a licence stands, changed on its page: two of the office suspend it, its holder hands it back or amends it."""

import pytest

from shell.portal.office import CLERK, CUSTOMS, OFFICER, SECOND, USER, Desk
from shell.portal.reader import Page
from ytterby.shell.actions.doctor.examine import examine

pytestmark = pytest.mark.xdist_group("licence-standing")
SUSPEND = {"command": "suspend", "reason": "suspended_factors", "text": "The plant moved."}


@pytest.fixture
def desk(issued, tmp_path, monkeypatch):
    return Desk(issued, tmp_path / "office", monkeypatch)


def stands(desk):
    return desk(OFFICER).get(f"/en/licences/{desk.licence}/licence.json").json()["status"]


def commands(desk, name):
    """Return the commands that somebody's page of the licence offers, and whether it offers an amendment."""
    page = desk.page(name, f"licences/{desk.licence}/")
    offered = [tag["value"] for tag in page.all("input") if tag.get("name") == "command"]
    return offered, f"/en/licences/{desk.licence}/amendments/" in [tag.get("action") for tag in page.all("form")]


def test_each_is_offered_what_it_may_do(desk):
    assert commands(desk, OFFICER) == (["suspend", "revoke"], False)
    assert commands(desk, CLERK) == (["surrender"], True)
    assert commands(desk, CUSTOMS) == ([], False)


def test_an_officer_proposes_and_another_confirms_on_their_pages(desk):
    """Threat D1: one person alone changes nothing."""
    where = f"/en/licences/{desk.licence}/"
    for name, sent in ((CLERK, SUSPEND), (OFFICER, {**SUSPEND, "reason": "because"}), (OFFICER, {"command": "amend"})):
        answer = desk(name).post(f"{where}status/", sent)
        assert (answer.status_code, stands(desk)) == (400, "active"), name
    for name in (USER, CUSTOMS, "demo", "Oriel Magnets", "Kestrel Ridge Mining"):
        assert desk(name).post(f"{where}status/", SUSPEND).status_code == 404, name
    assert desk(OFFICER).post(f"{where}status/", SUSPEND).status_code == 302
    assert stands(desk) == "active"
    own, other = (desk.page(name, f"licences/{desk.licence}/") for name in (OFFICER, SECOND))
    assert "waits for another person" in own.text
    assert "The plant moved." in other.text
    (button,) = [tag for tag in other.all("button") if tag.get("name") == "proposal"]
    assert "Proposed" not in desk.page(CLERK, f"licences/{desk.licence}/").text
    sent = {"proposal": button["value"]}
    assert desk(OFFICER).post(f"{where}confirmations/", sent).status_code == 400
    for name in (CLERK, USER, CUSTOMS):
        assert desk(name).post(f"{where}confirmations/", sent).status_code == 404, name
    assert desk(SECOND).post(f"{where}confirmations/", {"proposal": "x"}).status_code == 404
    assert desk(SECOND).post(f"{where}confirmations/", sent).status_code == 302
    assert stands(desk) == "suspended"
    assert commands(desk, OFFICER) == (["reinstate", "revoke"], False)
    assert desk(SECOND).post(f"{where}confirmations/", sent).status_code == 400, "sent twice"
    assert examine(desk.register)["unsound"] == []


def test_the_holder_hands_its_licence_back(desk):
    where = f"/en/licences/{desk.licence}/"
    sent = {"command": "surrender", "reason": "surrendered_not_needed"}
    assert desk(OFFICER).post(f"{where}status/", sent).status_code == 400
    assert desk(CLERK).post(f"{where}status/", sent).status_code == 302
    assert (stands(desk), commands(desk, CLERK), commands(desk, OFFICER)) == ("surrendered", ([], False), ([], False))
    assert examine(desk.register)["unsound"] == []


def test_the_holder_amends_its_licence_by_the_form_with_what_was_asked_then(desk):
    where = f"/en/licences/{desk.licence}/amendments/"
    for name in (OFFICER, USER, CUSTOMS, "Kestrel Ridge Mining"):
        assert desk(name).post(where).status_code == 404, name
    begun = desk(CLERK).post(where)
    assert begun.status_code == 302
    form = Page(desk(CLERK).get(begun.headers["Location"]))
    fields = {
        tag["name"]: tag.get("value") or ""
        for tag in form.all("input")
        if tag.get("name") and tag.get("type") not in {"file", "checkbox"}
    }
    assert next(fields[name] for name in fields if name.endswith("quantity")) == "900"
    again = desk(CLERK).post(where)
    assert (again.status_code, "another amendment" in Page(again).text.lower()) == (400, True)
    case = begun.headers["Location"].split("/")[3]
    told = desk(CLERK).get(f"/en/cases/{case}/case.json").json()
    assert (told["kind"], told["amends"]) == ("amendment", desk.licence)
    desk.take(CLERK, "submit", case, signer="Mara Quill", declares="1")
    assert stands(desk) == "amending"
    desk.take(CLERK, "withdraw", case, text="Not needed.")
    # Customs had not answered that it rests, and knows it as one to leave on.
    assert stands(desk) == "active"
    assert examine(desk.register)["unsound"] == []
