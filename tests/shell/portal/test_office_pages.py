"""The licence office by its pages: who reads which, and a case from the application to the exit, step by step.

Threats C5, D2, Q4, X10. What is entered is tested where it is entered (tests/licence, test_draw_down); here it is that
each page sends it, shows what refuses it, and exists for nobody else.
"""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shell.licensed import issue, licence
from shell.portal.office import CLERK, CUSTOMS, OFFICER, SECOND, USER, Desk
from shell.portal.reader import Page
from ytterby.shell.cli.demo_licence import refresh_lists
from ytterby.shell.portal.licences import licence as licence_pages
from ytterby.shell.site.packs import packaged_text

DECLARATION = "XA-EX-0702-88121"
PEOPLE = (CLERK, OFFICER, SECOND, CUSTOMS, USER)


pytestmark = pytest.mark.xdist_group("office-pages")


@pytest.fixture
def desk(opened, tmp_path, monkeypatch):
    return Desk(opened, tmp_path / "office", monkeypatch)


def application():
    return json.loads(packaged_text("shell.site", "sample_licence/application.json"))


def upload(told):
    return SimpleUploadedFile("application.json", json.dumps(told).encode(), "application/json")


def officer_of(desk, case=None):
    """Return the login of the officer that the register drew, and of the other one."""
    account = desk(OFFICER).get(f"/en/cases/{case or desk.case}/case.json").json()["officer"]
    mine = next(name for name in (OFFICER, SECOND) if account == desk.people[name])
    return mine, SECOND if mine == OFFICER else OFFICER


# Who reads what

READERS = {
    "cases/": {CLERK, OFFICER, SECOND, USER, "demo", "Kestrel Ridge Mining"},
    "cases.csv": {CLERK, OFFICER, SECOND, USER, "demo", "Kestrel Ridge Mining"},
    "cases.json": {CLERK, OFFICER, SECOND, USER, "demo", "Kestrel Ridge Mining"},
    "cases/new/": {CLERK, USER},
    "cases/{case}/": {CLERK, OFFICER, SECOND, USER, "demo", "Oriel Magnets"},
    "cases/{case}/case.json": {CLERK, OFFICER, SECOND, USER, "demo", "Oriel Magnets"},
    "cases/{case}/status/": {CLERK, OFFICER, SECOND, USER, "demo", "Oriel Magnets"},
    "cases/{case}/status.json": {CLERK, OFFICER, SECOND, USER, "demo", "Oriel Magnets"},
    "cases/{case}/application/": set(),
    "cases/C-NONE/": set(),
    "licences/": {CLERK, OFFICER, SECOND, CUSTOMS, USER, "demo", "Kestrel Ridge Mining"},
    "licences.csv": {CLERK, OFFICER, SECOND, CUSTOMS, USER, "demo", "Kestrel Ridge Mining"},
    "licences/XA-NONE/": set(),
    "customs/": {OFFICER, SECOND, CUSTOMS, "demo"},
    "customs.json": {OFFICER, SECOND, CUSTOMS, "demo"},
}


def test_each_page_is_there_for_its_readers_and_for_nobody_else(desk):
    """Threats C5, X10: what is not yours and what is not there are one answer."""
    nothing = desk(CLERK).get("/en/no/such/page/").content
    everybody = (*PEOPLE, "demo", "Oriel Magnets", "Kestrel Ridge Mining")
    for path, readers in READERS.items():
        for name in everybody:
            answer = desk(name).get("/en/" + path.format(case=desk.case))
            asked = path in {"cases/", "cases.csv", "cases.json", "licences/", "licences.csv"}
            wanted = 200 if name in readers or (asked and name == "Oriel Magnets") else 404
            assert answer.status_code == wanted, (path, name)
            assert wanted == 200 or b"There is nothing here" in answer.content
    assert nothing


def test_a_party_reads_its_own_cases_alone_and_no_field_of_an_officer(desk):
    """Threat C5."""
    rows = desk(CLERK).get("/en/cases.json").json()["cases"]
    assert [row["case"] for row in rows] == [desk.case]
    table = list(csv.DictReader(io.StringIO(desk(CLERK).get("/en/cases.csv").content.decode("utf-8-sig"))))
    assert not {"officer", "tier", "version"} & set(table[0])
    assert desk("Kestrel Ridge Mining").get("/en/cases.json").json()["cases"] == []
    whole = desk(OFFICER).get("/en/cases.csv?queue=all").content.decode("utf-8-sig")
    officer_row = next(csv.DictReader(io.StringIO(whole)))
    assert {"officer", "tier"} <= set(officer_row)


def test_a_question_is_asked_by_the_form(desk):
    form = desk.page(CLERK, "cases/new/")
    fields = {tag["name"]: tag.get("value") or "" for tag in form.all("input") if tag.get("name")}
    fields.pop("file", None)
    roles = {f"party-{n}-role": role for n, role in enumerate(("exporter", "importer", "end_user"))}
    asks = {"procedure": "CN-procedure", "licence_kind": "single", "text": "May we deliver to them?"}
    sent = {**fields, **roles, **asks}
    assert desk(CLERK).post("/en/cases/new/", {**sent, "kind": "amendment"}).status_code == 404
    made = [desk(CLERK).post("/en/cases/new/", {**sent, "kind": "consultation"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [302, 302], Page(made[0]).text[:2000]
    assert made[0].headers["Location"] == made[1].headers["Location"], "the same sent twice is one draft"
    case = made[0].headers["Location"].rstrip("/").rpartition("/")[2]
    told = desk(CLERK).get(f"/en/cases/{case}/case.json").json()
    assert (told["kind"], told["application"]["text"]) == ("consultation", "May we deliver to them?")
    assert "May we deliver to them?" in desk.page(CLERK, f"cases/{case}/application/").text
    desk.take(CLERK, "submit", case, signer="Mara Quill", declares="1")


def test_the_same_is_applied_for_again_by_its_applicant_alone(desk):
    page = desk.page(CLERK, f"cases/{desk.case}/")
    (button,) = [tag for tag in page.all("button") if tag.get("name") == "copy_of"]
    sent = {"copy_of": button["value"]}
    for name in (OFFICER, USER, CUSTOMS, "Kestrel Ridge Mining"):
        assert desk(name).post("/en/cases/new/", sent).status_code == 404, name
    assert desk(CLERK).post("/en/cases/new/", {"copy_of": "C-NONE"}).status_code == 404
    made = [desk(CLERK).post("/en/cases/new/", sent).headers["Location"] for _ in range(2)]
    assert made[0] == made[1] != f"/en/cases/{desk.case}/application/", "sent twice is one draft"
    assert "OM-N42SH-0623" in Page(desk(CLERK).get(made[0])).text
    case = made[0].split("/")[3]
    assert desk(CLERK).get(f"/en/cases/{case}/case.json").json()["copy_of"] == desk.case
    # A draft is changed and not copied.
    assert not [tag for tag in desk.page(CLERK, f"cases/{case}/").all("button") if tag.get("name") == "copy_of"]


def test_documents_are_called_as_the_pack_calls_them_in_both_languages(desk):
    assert "identity proof" in desk.page(CLERK, f"cases/{desk.case}/").text
    assert "end-user and end-use certificate" in desk.page(OFFICER, f"cases/{desk.case}/").text
    chinese = Page(desk(OFFICER).get(f"/zh-hans/cases/{desk.case}/")).text
    assert "最终用户和最终用途证明" in chinese
    assert "identity proof" not in chinese


def test_steps_of_others_are_no_pages_and_a_wrong_token_changes_nothing(desk):
    """Threat X10."""
    for name, form in ((CLERK, "accept"), (CLERK, "propose"), (USER, "accept"), (OFFICER, "submit"), (OFFICER, "none")):
        answer = desk.send(name, form) if name != USER else desk(USER).post(f"/en/cases/{desk.case}/steps/{form}/")
        assert answer.status_code in {400, 404}, (name, form)
    assert desk(CUSTOMS).post(f"/en/cases/{desk.case}/steps/accept/", {"seen": 2}).status_code == 404
    assert desk("demo").post(f"/en/cases/{desk.case}/steps/accept/", {"seen": 2}).status_code == 404
    assert desk("Oriel Magnets").post(f"/en/cases/{desk.case}/steps/withdraw/", {"seen": 2}).status_code == 404
    strict = desk(OFFICER)
    strict.handler.enforce_csrf_checks = True
    assert strict.post(f"/en/cases/{desk.case}/steps/accept/", {"seen": 2}).status_code == 403
    strict.handler.enforce_csrf_checks = False
    assert desk.page(OFFICER, f"cases/{desk.case}/").text.count("handed in") >= 1


# The journey


def test_an_application_is_begun_by_a_file_checked_changed_by_the_form_and_handed_in(desk):
    told = application()
    told["documents"] = [one for one in told["documents"] if one["document"] != "contract"]
    wrong = desk(CLERK).post("/en/cases/new/", {"file": SimpleUploadedFile("a.json", b"{")})
    assert wrong.status_code == 400
    begun = desk(CLERK).post("/en/cases/new/", {"file": upload(told)})
    case = begun.headers["Location"].rstrip("/").rpartition("/")[2]
    again = desk(CLERK).post("/en/cases/new/", {"file": upload(told)})
    assert again.headers["Location"] == begun.headers["Location"], "the same sent twice is one draft"
    page = desk.page(CLERK, f"cases/{case}/")
    assert "not complete yet" in page.text
    assert "missing" in page.text
    refused = desk.send(CLERK, "submit", case, signer="Mara Quill", declares="1")
    assert refused.status_code == 400
    form = desk.page(CLERK, f"cases/{case}/application/")
    fields = {
        tag["name"]: tag.get("value") or ""
        for tag in form.all("input")
        if tag.get("name") and tag.get("type") != "file"
    }
    assert fields["line-0-quantity"] == "900"
    fields |= {"procedure": "CN-procedure", "licence_kind": "individual", "party-0-role": "exporter"}
    fields |= {"party-1-role": "importer", "party-2-role": "end_user", "use_code": "traction_motor_car"}
    fields |= {"line-0-lots": "\n".join(told["lines"][0]["lots"])}
    bad = desk(CLERK).post(f"/en/cases/{case}/application/", {**fields, "line-0-quantity": "many"})
    assert bad.status_code == 400
    assert "many" in bad.content.decode()
    assert "is no quantity" in Page(bad).text
    saved = desk(CLERK).post(f"/en/cases/{case}/application/", {**fields, "line-0-quantity": "450"})
    assert saved.status_code == 302, Page(saved).text
    now = desk(CLERK).get(f"/en/cases/{case}/case.json").json()["application"]
    assert (now["lines"][0]["quantity"], len(now["documents"])) == ("450", len(told["documents"]))
    assert now["use"] == told["use"], "what the form does not show stays as it was"
    whole = {"file": upload(application()), "seen": desk.version(CLERK, case)}
    assert desk(CLERK).post(f"/en/cases/{case}/application/", whole).status_code == 302
    assert "nothing is missing" in desk.page(CLERK, f"cases/{case}/").text
    undeclared = desk.send(CLERK, "submit", case, signer="Mara Quill")
    assert undeclared.status_code == 400
    assert 'value="Mara Quill"' in undeclared.content.decode(), "what was typed is not lost"
    desk.take(CLERK, "submit", case, signer="Mara Quill", declares="1")
    assert desk(CLERK).get(f"/en/cases/{case}/application/").status_code == 404
    assert "withdrawn" not in desk.page(CLERK, f"cases/{case}/").text
    desk.take(CLERK, "withdraw", case)
    assert "withdrawn" in desk.page(CLERK, f"cases/{case}/").text


def test_a_question_is_asked_answered_and_sent_twice_only_once(desk):
    desk.take(OFFICER, "accept")
    seen = desk.version(OFFICER)
    fields = {"field": "/use/text", "text": "Which model?", "due": "2025-07-20", "kind": "clarify"}
    first = desk.send(OFFICER, "query", **fields)
    twice = desk(OFFICER).post(f"/en/cases/{desk.case}/steps/query/", {"seen": seen, **fields})
    assert (first.status_code, twice.status_code) == (302, 302)
    (asked,) = desk(CLERK).get(f"/en/cases/{desk.case}/case.json").json()["queries"]
    assert "Which model?" in desk.page(CLERK, f"cases/{desk.case}/status/").text
    other = desk(SECOND).post(f"/en/cases/{desk.case}/steps/query/", {"seen": seen, **fields})
    assert other.status_code == 400, "somebody else who saw an older version is told so"
    desk.take(CLERK, f"answer-{asked['id']}", text="LM-120")
    assert desk(CLERK).get(f"/en/cases/{desk.case}/case.json").json()["queries"] == []
    assert "LM-120" in desk.page(OFFICER, f"cases/{desk.case}/").text


def test_the_work_of_an_office_begins_at_its_worklist_that_of_customs_at_the_licences(desk):
    firsts = {OFFICER: "cases", SECOND: "cases", CUSTOMS: "licences", CLERK: "lots", USER: "lots"}
    for name, first in firsts.items():
        assert desk(name).get("/en/").headers["Location"] == f"/en/{first}/", name
        assert desk(name).get(f"/en/{first}/").status_code == 200


def test_the_licences_are_read_page_by_page_and_found_by_their_number(desk, monkeypatch):
    monkeypatch.setattr(licence_pages, "PER_PAGE", 2)
    for number in ("XA-1", "XA-2", "XA-3"):
        assert issue(licence(number), at=desk.at) == []
    first = desk.page(CLERK, "licences/")
    assert [("XA-1" in first.text, "XA-2" in first.text, "XA-3" in first.text)] == [(True, True, False)]
    (forward,) = [tag["href"] for tag in first.all("a") if tag.get("rel") == "next"]
    second = Page(desk(CLERK).get(forward))
    assert ("XA-1" in second.text, "XA-3" in second.text, "First page" in second.text) == (False, True, True)
    assert not [tag for tag in second.all("a") if tag.get("rel") == "next"]
    found = desk.page(CLERK, "licences/?q=a-3")
    assert ("XA-1" in found.text, "XA-3" in found.text) == (False, True)
    assert "No licence has such a number" in desk.page(CLERK, "licences/?q=none").text
    told = desk(CLERK).get("/en/licences.json?q=XA-&after=XA-1").json()
    assert [one["licence"] for one in told["licences"]] == ["XA-2", "XA-3"]
    assert desk("Kestrel Ridge Mining").get("/en/licences.json").json()["licences"] == []


def test_two_officers_decide_and_customs_confirms_what_the_exporter_reserved(desk):
    """Threats D2, Q4: the whole way by pages."""
    desk.take(OFFICER, "accept")
    mine, other = officer_of(desk)
    page = desk.page(mine, f"cases/{desk.case}/")
    for said in ("controlled", "1C905.a", "Nobody on the case stands on a list", "OM-N42SH-0623", "Lumen Motors shows"):
        assert said in page.text, said
    assert "Draft the decision" in page.text
    assert "Draft the decision" not in desk.page(other, f"cases/{desk.case}/").text
    refresh_lists(desk.register, desk.at)
    desk.take(mine, "advise", verdict="proviso", text="The books agree.", conditions="Report each use.")
    bad = desk.send(mine, "propose", outcome="granted", **{"quantity-1": "9000"})
    assert bad.status_code == 400
    fields = {"outcome": "granted", "quantity-1": "900", "conditions": "Report each use."}
    desk.take(mine, "propose", **fields)
    told = desk(OFFICER).get(f"/en/cases/{desk.case}/case.json").json()
    signer = next(name for name, account in desk.people.items() if account == told["signers"]["1"])
    assert signer != mine, "the author never signs"
    draft = told["draft"]["digest"]
    approve = f"/en/cases/{desk.case}/approval/"
    sent = {"seen": told["version"], "sign_draft": draft, "sign_by": "demo-key"}
    assert desk(mine).post(approve, sent).status_code == 400
    assert desk(CLERK).post(approve, sent).status_code == 404
    old = desk(signer).post(approve, {**sent, "sign_draft": "0" * 64})
    assert old.status_code == 400, "an older draft is not approved"
    assert desk(signer).post(approve, {"seen": told["version"], "sign_draft": draft}).status_code == 400
    assert desk(signer).post(approve, sent).status_code == 302
    assert desk(signer).post(approve, sent).status_code == 302, "sent twice"
    rescreened(desk)
    desk.take(mine, "issue")
    (number,) = desk(CLERK).get(f"/en/cases/{desk.case}/case.json").json()["decision"]["licences"]
    assert number in desk.page(CLERK, f"cases/{desk.case}/status/").text
    leave(desk, number)


def rescreened(desk):
    from ytterby.shell.actions.screen_parties import screen_parties

    screen_parties(desk.register, at=desk.at)


def leave(desk, number):
    """Let the licence be acknowledged, used up, and used beyond itself."""
    message = desk(CUSTOMS).get("/en/customs.json").json()["messages"][0]["message"]
    early = desk(CLERK).post(f"/en/licences/{number}/reservations/", reservation())
    assert early.status_code == 400
    answer = f"/en/customs/{message}/answer/"
    assert desk(OFFICER).post(answer, {"verdict": "acknowledged"}).status_code == 404
    assert [desk(CUSTOMS).post(answer, {"verdict": "acknowledged"}).status_code for _ in range(2)] == [302, 302]
    shown = desk.page(CLERK, f"licences/{number}/").all("input")
    again = reservation(seq=next(tag["value"] for tag in shown if tag.get("name") == "seq"))
    for _ in range(2):
        made = desk(CLERK).post(f"/en/licences/{number}/reservations/", again)
        assert made.status_code in {200, 302}, Page(made).text[:3000]
    page = desk.page(CUSTOMS, f"licences/{number}/")
    assert f"Confirm the exit of {DECLARATION}" in page.text
    assert "900 kg" in page.text
    fields = {tag["name"]: tag.get("value") or "" for tag in page.all("input") if tag.get("type") in {"hidden", "date"}}
    place = next(tag["value"] for tag in page.all("option"))
    exit_ = f"/en/licences/{number}/exits/"
    assert desk(CLERK).post(exit_, {**fields, "quantity": "900"}).status_code == 404
    assert desk(CUSTOMS).post(exit_, {**fields, "quantity": "a lot", "site": place}).status_code == 400
    assert desk(CUSTOMS).post(exit_, {**fields, "quantity": "900", "site": "https://elsewhere"}).status_code == 400
    for _ in range(2):
        assert desk(CUSTOMS).post(exit_, {**fields, "quantity": "900", "site": place}).status_code == 302
    (line,) = desk(CLERK).get(f"/en/licences/{number}/licence.json").json()["lines"]
    assert (line["drawn"], line["free"], line["unlicensed"]) == ("900", "0", "0")
    assert "used up" in desk.page(CLERK, f"licences/{number}/").text
    second = desk(CLERK).post(f"/en/licences/{number}/reservations/", reservation("XA-EX-2"))
    assert second.status_code in {400, 404}
    assert desk(USER).get(f"/en/licences/{number}/").status_code == 404


def reservation(declaration=DECLARATION, seq="1"):
    return {"line": "L1", "declaration": declaration, "quantity": "900", "seq": seq, "on": "2025-06-24"}
