"""Pages by the law that a register goes by: after a pack was activated, a dispute settled, and where none fits."""

import csv
import html
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from shell.portal.reader import Page
from shell.portal.test_law_pages import BOOK, LANGUAGES, ON, law


@pytest.fixture
def changed(register):
    """Return the register of the pages after a pack was activated, one proposed and a dispute settled."""
    from shell.changed_law import DISPUTE as NAME
    from shell.changed_law import changed as change
    from shell.changed_law import newer
    from ytterby.shell.actions.change_law import propose_law, settle_dispute

    now = datetime.now(UTC)
    title = {"en": "A <b>new</b> title", "zh": "新<b>标题"}
    change(register, [newer(to="2027-06-30", title=title)], start=now + timedelta(days=2), at=None)
    assert not propose_law(register, [newer(to="2027-07-31")], start=now + timedelta(days=9)).problems
    assert not settle_dispute(register, NAME, "ended", source="notice <1>").problems
    return register


def late(monkeypatch):
    """Let the pages be read three days later, when the pack holds."""
    monkeypatch.setattr("ytterby.shell.portal.law.going_by.now", lambda: datetime.now(UTC) + timedelta(days=3))


def test_pages_go_by_what_was_activated_once_its_instant_has_come(browser, changed, monkeypatch):
    def packs(**query):
        found = json.loads(browser.get("/en/law/packs.json", query).content)["packs"]
        return {one["id"]: one["knows"][1] for one in found}

    assert packs()["cn-57-61-62"] == "2026-11-24"
    late(monkeypatch)
    assert packs()["cn-57-61-62"] == "2027-06-30"
    # At a log size it is the instant of its last entry that counts.
    assert packs(known_at=changed.size)["cn-57-61-62"] == "2026-11-24"
    told = json.loads(browser.get("/en/law.json", {"on": ON}).content)
    digests = {one["id"]: one["digest"] for one in told["packs"]}
    assert digests["cn-57-61-62"] != BOOK.packs["cn-57-61-62"].digest
    rule = json.loads(browser.get("/en/law/rules/CN-61.1/rule.json").content)
    assert rule["digest"] == digests["cn-57-61-62"]
    assert [one["source"] for one in rule["disputes"][0]["settlements"]] == ["notice <1>"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_law_tells_of_a_change_and_leads_to_it(browser, changed, language):
    words = {"en": ("The law changes on", "waits for a second person"), "zh-hans": ("规则将变更", "尚待第二人确认")}
    for path in ("", "classify/", "due/", "packs/", "rules/CN-61.1/"):
        page = Page(browser.get(f"/{language}/law/{path}"))
        assert all(word in page.text for word in words[language]), path
        assert sum(f"/{language}/law/changes/#proposal-" in href for href in page.hrefs) == 2


def test_the_page_of_changes_says_what_its_file_and_the_command_say(browser, changed, capsys):
    from ytterby.shell.cli import main

    response = browser.get("/en/law/changes/")
    page = Page(response)
    told = json.loads(browser.get("/en/law/changes.json").content)
    assert [one["state"] for one in told["proposals"]] == ["proposed", "in_force"]
    for row in told["proposals"]:
        assert row["id"][:12] in page.text
        assert all(html.unescape(one["text"]) in page.text for one in row["changes"])
    assert "notice <1>" in page.text
    assert told["law"] in page.text
    assert "<b>new" not in response.content.decode()
    rows = list(csv.DictReader(io.StringIO(browser.get("/en/law/changes.csv").content.decode("utf-8-sig"))))
    assert [row["state"] for row in rows] == ["proposed", "in_force"]
    assert main(["law", "changes", "--data", str(changed.data), "--json"]) == 0
    # How large the log is, the readings of these tests say.
    assert {**json.loads(capsys.readouterr().out), "as_of_size": told["as_of_size"]} == told


def test_without_any_change_nothing_is_told_beside_an_answer(browser):
    assert "law/changes/#" not in " ".join(law(browser).hrefs)
    page = Page(browser.get("/en/law/changes/"))
    assert "Nothing was proposed yet" in page.text
    assert json.loads(browser.get("/en/law/changes.json").content)["law"] == BOOK.digest
    assert 'class="id break">' + BOOK.digest in browser.get("/en/law/changes/").content.decode()


def test_a_stranger_reads_no_change_of_law(stranger, changed):
    assert {stranger.get(f"/en/law/changes{kind}").status_code for kind in ("/", ".json", ".csv")} == {404}


def test_where_the_packs_do_not_fit_together_pages_say_so_and_the_rest_goes_on(browser, register, monkeypatch):
    from law.law_case import content_of, pack_of
    from shell.changed_law import changed as change
    from shell.changed_law import newer
    from ytterby.shell.site import law_packs
    from ytterby.shell.store.reading import law as reading

    change(register, [newer(to="2027-06-30")], start=datetime.now(UTC) + timedelta(days=2), at=None)
    late(monkeypatch)
    packs = (*law_packs.packaged_packs(), pack_of({**content_of("eu-crma"), "id": "zz-of-a-new-version"}))
    monkeypatch.setattr(law_packs, "packaged_packs", lambda: packs)
    reading._books_kept.clear()
    for path in ("", "classify/", "due/", "packs/", "rules/CN-57/", "packs.json"):
        response = browser.get(f"/en/law/{path}" if path != "packs.json" else "/en/law/packs.json")
        assert response.status_code == 503, path
        assert "The packs in force do not fit together." in Page(response).text
        assert "stands in the pack" in Page(response).text
    for path in ("law/fields/", "law/end-use/", "law/impact/"):
        response = browser.get(f"/en/{path}")
        assert (path, response.status_code) == (path, 503)
        assert "The packs in force do not fit together." in Page(response).text
    assert browser.get("/en/lots/").status_code == 200
    told = json.loads(browser.get("/en/law/changes.json").content)
    assert (told["law"], len(told["proposals"])) == (None, 1)
    assert "The packs in force do not fit together." in Page(browser.get("/en/law/changes/")).text


def test_a_page_that_goes_by_law_in_passing_says_so_too(browser, register, monkeypatch):
    from ytterby.shell.portal.auditor import lots
    from ytterby.shell.store.reading.law import LawUnfitError
    from ytterby.terms.problem import refuse

    def unfit(*asked, **how):
        raise LawUnfitError((refuse("pack.in_two_packs", "/rules", "CN-18", other="another"),))

    monkeypatch.setattr(lots, "list_lots", unfit)
    response = browser.get("/en/lots/")
    assert response.status_code == 503
    assert "The packs in force do not fit together." in Page(response).text
