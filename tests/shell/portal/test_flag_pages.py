"""Pages of flags: for those who license and audit; to everybody else they do not exist."""

import json

import pytest

from shell.conftest import AT
from shell.portal.reader import Page

LUMEN, KESTREL = "https://id.gs1.org/417/9520000010058", "https://id.gs1.org/417/9520000010010"
OFFICE, TRACER = "https://body.example/licensing", "https://body.example/tracing"
PATH = "screening/flags/9520000010058/"
ASKED = "?use=traction_motor_car&quantity=30&units=10&on=2025-12-01"
LANGUAGES = ["en", "zh-hans"]


@pytest.fixture
def chain(register, sample):
    """Return the sample chain's register, with an office that licenses and a body that traces."""
    from ytterby.chain.party import OPERATOR
    from ytterby.shell.actions.capture import capture
    from ytterby.shell.actions.enrol import import_directory
    from ytterby.shell.site.packs import packaged_text
    from ytterby.shell.store.derived.deriving import derive_to

    for text in (
        packaged_text("shell.site", "sample_directory.yaml"),
        f"parties: [{{id: '{OFFICE}', name: Licence Office}}, {{id: '{TRACER}', name: Tracing Office}}]\n"
        f"bodies: [{{party: '{OFFICE}', as: licensing}}, {{party: '{TRACER}', as: tracing}}]",
    ):
        assert not import_directory(register, text, at=AT).problems
    assert capture(register, json.dumps(sample).encode(), submitter=OPERATOR, at=AT).outcome == "accepted"
    derive_to(register.size)
    return register


@pytest.fixture
def seated(chain, password):
    """Return a function that signs somebody in."""
    from django.test import Client

    def sign_in(name="demo"):
        client = Client(headers={"host": "localhost"})
        client.post("/en/sign-in/", {"name": name, "password": password})
        return client

    return sign_in


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["demo", "Licence Office"])
def test_officers_see_each_flag_with_figure_limits_weight_source_and_question(seated, language, name):
    browser = seated(name)
    page = Page(browser.get(f"/{language}/{PATH}{ASKED}"))
    told = json.loads(browser.get(f"/en/{PATH}flags.json{ASKED}").content)
    assert len(told["flags"]) == 24
    shown = told if language == "en" else json.loads(browser.get(f"/zh-hans/{PATH}flags.json{ASKED}").content)
    for row in shown["flags"]:
        assert row["title"] in page.text
        assert row["source"] in page.text
    for id_ in told["questions"]:
        assert next(row for row in shown["flags"] if row["id"] == id_)["question"] in page.text
    words = {
        "en": ("> 2 / 1.5", "strong", "unknown", "none of them refuses"),
        "zh-hans": ("> 2 / 1.5", "强", "未知", "不构成拒批"),
    }
    assert all(word in page.text for word in words[language])


def test_unknown_is_shown_as_unknown_and_never_as_a_figure(seated):
    page = Page(seated().get(f"/en/{PATH}{ASKED}"))
    assert "Not known: places on the way" in page.text


@pytest.mark.parametrize("name", ["Lumen Motors", "Kestrel Ridge Mining", "Tracing Office", "Customs of XA"])
@pytest.mark.parametrize(
    "path", ["screening/flags/", "screening/flags.csv", PATH, PATH + ASKED, f"{PATH}flags.json{ASKED}"]
)
def test_to_everybody_else_there_is_no_such_page(seated, name, path):
    """Threats A5 and C7: whoever is screened learns nothing, not even that there is something to learn."""
    browser = seated(name)
    nothing = browser.get("/en/no/such/page/")
    answer = browser.get(f"/en/{path}")
    assert (answer.status_code, answer.content) == (404, nothing.content)
    assert "screening/flags" not in browser.get("/en/lots/").content.decode()


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("?use=magic&quantity=1", ["use"]), ("?use=hdd&quantity=x", ["quantity"]), ("?use=&quantity=1", ["use"]),
        ("?use=hdd&quantity=1&months=0", ["months"]), ("?use=hdd&quantity=1&yield=2", ["yield"]),
        ("?use=hdd&quantity=1&on=never", ["on"]), ("?use=hdd&quantity=1&element=Xx&item=Q", ["element", "item"]),
        ("?use=hdd&quantity=1e9&units=-3", ["quantity", "units"]), ("?use=hdd", ["quantity"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(seated, query, wrong):
    browser = seated()
    answer = browser.get(f"/en/{PATH}flags.json{query}")
    assert answer.status_code == 400
    assert sorted({one["field"] for one in json.loads(answer.content)["problems"]}) == wrong
    page = browser.get(f"/en/{PATH}{query}").content.decode()
    assert all(f'id="{name}-wrong"' in page for name in wrong)


def test_no_such_party_is_no_page_and_hostile_text_stays_text(seated):
    browser = seated()
    assert browser.get("/en/screening/flags/404/").status_code == 404
    page = browser.get(f"/en/{PATH}?use=%3Cscript%3E&quantity=%22%3E").content.decode()
    assert "<script>" not in page.replace("<script src", "")


def test_end_users_are_listed_by_what_they_were_sent(seated, monkeypatch):
    from datetime import UTC, datetime

    from ytterby.shell.portal.screening import end_users

    monkeypatch.setattr(end_users, "now", lambda: datetime(2025, 12, 1, tzinfo=UTC))
    browser = seated()
    rows = json.loads(browser.get("/en/screening/flags.json").content)["end_users"]
    sizes = [row["whole_kg"] for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    assert LUMEN in {row["party"]["id"] for row in rows}
    page = Page(browser.get("/en/screening/flags/"))
    assert any(href.startswith(f"/en/{PATH}?use=") for href in page.hrefs)
    assert browser.get("/en/screening/flags.csv").status_code == 200
