"""The page of a change of law: nothing to choose, a change that waits, both audiences, files, and how far it is."""

import csv
import io
import json
from datetime import UTC, datetime
from functools import partial
from threading import Event

import pytest
from django.test import Client

from pending_law import pending
from shell.portal.reader import Page
from ytterby.chain.party import OPERATOR
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.portal.law import impact as page_module
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.reading import beside

AT = datetime(2026, 9, 1, tzinfo=UTC)
ON = "on=2030-11-24"
ORIEL, NORRVIK = "Oriel Magnets", "Norrvik Separation"


@pytest.fixture
def office(register, password):
    """A browser of the auditor on the sample chain."""
    text = packaged_text("shell.site", "sample_directory.yaml")
    assert not import_directory(register, text, at=AT).problems
    raw = packaged_text("chain", "sample/example-chain.json").encode()
    assert capture(register, raw, submitter=OPERATOR, at=AT).outcome == "accepted"
    derive_to(register.size)
    return signed_in("demo", password)


def signed_in(name, password):
    client = Client(headers={"host": "localhost"})
    assert client.post("/en/sign-in/", {"name": name, "password": password}).status_code == 302
    return client


@pytest.fixture
def waiting(monkeypatch):
    """Let two changes wait."""
    monkeypatch.setattr(page_module, "pending_changes", lambda viewer, known, at=None: pending())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_where_no_change_waits_there_is_nothing_to_choose_and_the_page_says_so(office, language):
    page = Page(office.get(f"/{language}/law/impact/"))
    assert ("No change of law waits" if language == "en" else "没有待生效的规则变更") in page.text
    for kind in ("csv", "json"):
        assert office.get(f"/{language}/law/impact.{kind}").status_code == 404


def test_a_stranger_finds_no_page(office, stranger, waiting):
    nothing = stranger.get("/en/no/such/page/").content
    for path in ("law/impact/", "law/impact.csv", "law/impact.json"):
        answer = stranger.get(f"/en/{path}")
        assert (answer.status_code, answer.content) == (404, nothing)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_auditor_reads_every_row_and_its_files(office, waiting, language):
    response = office.get(f"/{language}/law/impact/?change=suspended&{ON}")
    page = Page(response)
    assert response.status_code == 200
    told = json.loads(office.get(f"/{language}/law/impact.json?change=suspended&{ON}").content)
    assert told["rows"]
    for row in told["rows"]:
        assert row["tail"] in page.text
        assert row["since"] == "2030-12-01"
        holder = row["holder"]["name_zh" if language == "zh-hans" else "name"]
        assert holder in page.text
    rows = list(csv.DictReader(io.StringIO(
        office.get(f"/{language}/law/impact.csv?change=suspended&{ON}").content.decode("utf-8-sig"), newline=""
    )))  # fmt: skip
    assert [row["id"] for row in rows] == [row["id"] for row in told["rows"]]
    assert all(row["why"] and row["sources"] for row in rows)
    assert "CN-18" in page.text
    for one in told["not_covered"]:
        assert one["why"] in page.text


def test_facets_narrow_the_page_and_its_files_alike(office, waiting):
    all_rows, lots = (
        json.loads(office.get(f"/en/law/impact.json?change=suspended&{ON}{more}").content)["rows"]
        for more in ("", "&then=ask")
    )
    assert len(lots) < len(all_rows)
    assert "No row matches" in Page(office.get(f"/en/law/impact/?change=suspended&{ON}&then=nothing")).text


def test_another_change_and_another_day_are_another_question(office, waiting):
    wider = json.loads(office.get(f"/en/law/impact.json?change=wider&{ON}").content)
    assert {row["since"] for row in wider["rows"]} == {"2030-11-24"}
    late = Page(office.get("/en/law/impact/?change=suspended&on=2032-01-01"))
    assert "Nobody's answer changes" in late.text
    misread = Page(office.get("/en/law/impact/?change=suspended&on=soon"))
    assert "is no day" in misread.text
    early = Page(office.get("/en/law/impact/?change=suspended&on=1999-01-01"))
    assert "lies before all that the packs know" in early.text
    assert office.get("/en/law/impact/?change=none").status_code == 404


def test_a_party_reads_what_concerns_it_in_plain_words_and_nothing_else(office, waiting, password):
    """Threat C5: counts, rows and words are over its own lots."""
    party = signed_in(ORIEL, password)
    page = Page(party.get(f"/en/law/impact/?change=suspended&{ON}"))
    assert "What concerns you" in page.text
    assert "From 1 December 2030, 1 of your lots on hand" in page.text
    assert "OM-N42SH-0623" in page.text
    told = json.loads(party.get(f"/en/law/impact.json?change=suspended&{ON}").content)
    assert {row["holder"]["name"] for row in told["rows"]} == {ORIEL}
    everything = json.loads(office.get(f"/en/law/impact.json?change=suspended&{ON}").content)
    for row in everything["rows"]:
        if row["holder"]["name"] != ORIEL:
            assert row["holder"]["name"] not in page.text
            assert row["tail"] in {"OM-N42SH-0623"} or row["tail"] not in page.text


def test_what_takes_long_is_worked_out_beside_the_page(office, waiting, monkeypatch):
    from ytterby.shell.portal import moment
    from ytterby.shell.store.reading import impact_answer

    go_on = Event()
    real = impact_answer.impact_of

    def slow(viewer, known, question, *, tell=None):
        tell(3, 7)
        assert go_on.wait(30)
        return real(viewer, known, question)

    monkeypatch.setattr(beside, "QUICK_SIZE", 0)
    monkeypatch.setattr(moment, "run_of", partial(beside.run_of, patience_seconds=0.2))
    monkeypatch.setattr(impact_answer, "impact_of", slow)
    path = f"/en/law/impact/?change=suspended&{ON}"
    first = office.get(path)
    assert "Refresh" in first.headers
    assert "3" in Page(first).text
    go_on.set()
    monkeypatch.setattr(moment, "run_of", partial(beside.run_of, patience_seconds=30))
    monkeypatch.setattr(impact_answer, "impact_of", real)
    assert "OM-N42SH-0623" in Page(office.get(path)).text
