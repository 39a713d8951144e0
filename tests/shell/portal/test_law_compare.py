"""The page of what changed between two packs: known ones by address, a file that is sent and never kept."""

import csv
import io
import json

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from law.law_case import content_of, pack_of
from shell.portal.reader import Page
from ytterby.law.pack_diff import diff_packs
from ytterby.shell.portal.upload import HeldInMemory
from ytterby.shell.site.law_comparison import COLUMNS, compare_packs
from ytterby.shell.site.law_packs import BYTES_MAX, packaged_packs

COMPARE = "law/compare/"


def changed():
    """Return the bans with a rule's text, day and condition changed, one rule taken out and a document added."""
    content = content_of("cn-bans")
    rule = content["rules"][0]
    rule["text"] = {**rule["text"], "en": "No dual-use item may leave for such users."}
    rule["effective"] = "2025-01-01"
    rule["when"] = {"fact": "user", "in": ["military"]}
    content["rules"] = [row for row in content["rules"] if row["id"] != "CN-control-list"]
    content["rules"][-1]["strictest"]["rules"].remove("CN-control-list")
    content["cited"].append({**content["cited"][0], "id": "CN-99", "source": "gazette 99"})
    return content


def file_of(content, name="pack.yaml"):
    text = (
        content
        if isinstance(content, bytes)
        else yaml.safe_dump(json.loads(json.dumps(content)), allow_unicode=True).encode()
    )
    return SimpleUploadedFile(name, text)


def send(browser, content, language="en", **more):
    return browser.post(f"/{language}/{COMPARE}", {"file": file_of(content), **more})


def test_a_file_is_told_change_by_change_with_both_texts_and_sources(browser):
    text = Page(send(browser, changed())).text
    assert "Changed: rules CN-46-2024: text / in English" in text
    assert "No dual-use item may leave for such users." in text
    assert "Dual-use items may not be exported to military users in the US" in text
    assert "Changed: rules CN-46-2024: when" in text
    assert "(to in US) and ((user in military) or (use in military))" in text
    assert "Taken out: rules CN-control-list" in text
    assert "Added: document cited CN-99" in text
    assert "gazette 99 (read)" in text
    assert "MOFCOM Announcement 46 of 2024 (page copy)" in text
    assert "the file was compared and not kept" in text
    text = Page(send(browser, changed(), "zh-hans")).text
    assert "修改：规定 CN-46-2024：内容 / 英文" in text


def test_the_same_as_json_and_csv(browser):
    found = json.loads(send(browser, changed(), **{"as": "json"}).content)
    assert found["problems"] == []
    assert found["old"]["digest"] != found["new"]["digest"]
    places = {(row["change"], row["place"]) for row in found["changes"]}
    assert ("changed", "rules / CN-46-2024 / effective") in places
    assert ("removed", "rules / CN-control-list") in places
    rows = list(csv.DictReader(io.StringIO(send(browser, changed(), **{"as": "csv"}).content.decode("utf-8-sig"))))
    assert list(rows[0]) == list(COLUMNS)
    assert [row["place"] for row in rows] == [row["place"] for row in found["changes"]]


def test_it_says_what_the_command_line_says():
    (old,) = (pack for pack in packaged_packs() if pack.id == "cn-bans")
    new = pack_of(changed())
    told = [" / ".join(one.place) for one in diff_packs({"cn-bans": old}, {"cn-bans": new})]
    found = [row["place"] for row in compare_packs(old, new, "en")]
    # A condition is told whole on the page, and node by node there.
    assert found == list(
        dict.fromkeys(place.partition(" / when")[0] + " / when" * (" / when" in place) for place in told)
    )
    assert found.count("rules / CN-46-2024 / when") == 1


def test_the_same_file_changes_nothing(browser):
    assert "Nothing changed." in Page(send(browser, content_of("cn-bans"))).text


def test_two_known_packs_have_an_address(browser):
    query = {"old": "cn-18", "new": "us-dfars-7052"}
    page = Page(browser.get(f"/en/{COMPARE}", query))
    assert "cn-18 → us-dfars-7052" in page.text
    found = json.loads(browser.get("/en/law/compare.json", query).content)
    assert found["changes"]
    assert len(list(csv.reader(io.StringIO(browser.get("/en/law/compare.csv", query).content.decode())))) > 1
    assert any(href.startswith("/en/law/compare.json?old=cn-18") for href in page.hrefs)
    assert "No pack is called “x”." in Page(browser.get(f"/en/{COMPARE}", {"old": "x", "new": "cn-18"})).text
    assert "Nothing was compared" not in Page(browser.get(f"/en/{COMPARE}")).text


BAD = [
    (b"", "stands where"),
    (b"\xff\xfe\x00", "This is no YAML text"),
    (b"id: &a x\nother: *a", "anchor"),
    (b"[" * 200, "nested"),
    (b"x" * (BYTES_MAX + 1), "has 500001 characters"),
    (yaml.safe_dump({**content_of("cn-bans"), "id": "own"}).encode(), "knows no pack with the id own"),
    (yaml.safe_dump({**content_of("cn-bans"), "colour": "red"}).encode(), "/colour: There is no field"),
    (b"<script>alert(1)</script>", "stands where"),
]


@pytest.mark.parametrize(("content", "said"), BAD)
def test_a_bad_file_is_told_and_nothing_is_compared(browser, content, said):
    """Threats X3, X6: bounded, and nothing of what was sent is markup or code."""
    response = send(browser, content)
    assert response.status_code == 400
    assert said in Page(response).text
    assert b"<script>alert" not in response.content
    assert "Nothing was compared" in Page(response).text


def test_no_file_is_told_too(browser):
    response = browser.post(f"/en/{COMPARE}", {})
    assert (response.status_code, "No file was sent." in Page(response).text) == (400, True)


def test_a_stranger_sees_nothing_and_a_forged_form_is_refused(stranger, browser):
    from django.test import Client

    assert Client(headers={"host": "localhost"}).get(f"/en/{COMPARE}").status_code in {302, 404}
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    strict.cookies = browser.cookies
    assert strict.post(f"/en/{COMPARE}", {"file": file_of(changed())}).status_code == 403
    assert browser.put(f"/en/{COMPARE}").status_code == 405
    assert browser.post("/en/law/compare.json").status_code == 405


def test_nothing_that_is_sent_touches_a_disk_or_is_held_beyond_its_bound(browser, monkeypatch, tmp_path):
    """Threat X3: Django's own handler would write a large file to a temporary one."""
    monkeypatch.setattr("tempfile.NamedTemporaryFile", lambda *_, **__: pytest.fail("a file was written"))
    assert send(browser, b"x" * 3_000_000).status_code == 400
    handler = HeldInMemory()
    handler.new_file("file", "pack.yaml", "text/yaml", 10**9)
    for start in range(0, 2_000_000, 65_536):
        handler.receive_data_chunk(b"x" * 65_536, start)
    assert handler.file_complete(2_000_000).size == BYTES_MAX + 1


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_is_sent_is_compared_or_says_why(browser, content):
    assert send(browser, content).status_code in {200, 400}
