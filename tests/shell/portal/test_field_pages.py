"""Pages of fields and end uses: the list, its files, hints beside what is optional, the sentence of an end use."""

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

import ytterby.shell.portal
from shell.portal.reader import Page
from ytterby.shell.site.law_fields import COLUMNS, field_list, without_words
from ytterby.shell.site.law_packs import packaged_law

LIST = field_list(packaged_law())
LANGUAGES = ["en", "zh-hans"]
VAGUE = {"product": "motors", "maker": "Example GmbH", "text": "various"}
# Which forms of the list the fields of a page belong to.
FORMS = {
    "law/classify/": ("goods", "asked-days"),
    "law/due/": ("due-date", "asked-days"),
    "law/end-use/": ("end-use", "asked-days"),
    "law/": ("asked-days",),
    "law/rules/CN-57/": ("asked-days",),
    "deliveries/": ("asked-days",),
    "returns/": ("asked-days",),
    "quotas/": ("asked-days",),
    "sign-in/": ("sign-in",),
    "screening/names/": ("screened-name",),
    "law/compare/": ("compared-packs",),
}
# Forms on pages that the sample has nothing for.
OTHER_FORMS = (
    *("opinion", "list-judged", "impact", "application", "application-line", "application-party", "licence-entry"),
    *("licence-standing", "customs-answer", "sign-in-code"),
)
# A table of elements has a column for each part of `elements` and `u`.
COLUMNS_OF = {"element": "elements", "wt": "elements"}


def typed_fields(page):
    """Return the names of what people fill in on a page, in order."""
    controls = [attrs for tag, attrs in page.tags if tag in {"input", "select", "textarea"}]
    named = [one["name"] for one in controls if one.get("name") and one.get("type") != "hidden"]
    return list(dict.fromkeys(COLUMNS_OF.get(name, name) for name in named))


@pytest.mark.parametrize("path", FORMS)
def test_each_field_of_a_page_stands_in_the_list_with_its_basis(browser, path):
    page = Page(browser.get(f"/en/{path}"))
    names = typed_fields(page)
    assert names
    for name in names:
        found = [one for form in ("asked-days", *FORMS[path]) if (one := LIST.find(form, name)) is not None]
        assert found, f"{path}: {name} has no entry in law/fields"


def test_no_template_has_a_field_that_no_form_of_the_list_has():
    """A new form of a page is found here, on whatever page it stands."""
    folder = Path(ytterby.shell.portal.__file__).parent / "templates"
    control = re.compile(r'<(?:input|select|textarea)\b(?![^>]*type="hidden")[^>]*\bname="([^"]*)"')
    forms = {form for one in FORMS.values() for form in one} | set(OTHER_FORMS)
    known = {one.name for one in LIST.rows if one.form in forms}
    places = [(path.name, name) for path in folder.rglob("*.html") for name in control.findall(path.read_text("utf-8"))]
    assert len(places) > 10
    # A template for any field takes its name from the view; those pages are walked above.
    assert [one for one in places if "{{" not in one[1] and one[1] not in known] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["law/classify/", "law/due/", "law/end-use/"])
def test_beside_each_optional_field_stands_what_gets_worse_without_it(browser, path, language):
    page = Page(browser.get(f"/{language}/{path}"))
    form = FORMS[path][0]
    said = without_words(packaged_law(), form, "en" if language == "en" else "zh")
    shown = {one.get("id") for tag, one in page.tags if tag == "span"}
    names = [name for name in typed_fields(page) if name in said and name != "text"]
    assert names
    for name in names:
        assert f"{name}-without" in shown
        assert said[name] in page.text
    assert f"/{language}/law/fields/?form={form}" in page.hrefs


def test_the_list_narrows_by_form_and_basis_and_says_the_same_in_its_files(browser):
    query = urlencode({"form": "return-sheet", "basis": "law"})
    page = Page(browser.get(f"/en/law/fields/?{query}"))
    told = json.loads(browser.get(f"/en/law/fields.json?{query}").content)["fields"]
    assert {row["form"] for row in told} == {"return-sheet"}
    assert all("law" in row["basis"] for row in told)
    assert all(row["title"] in page.text for row in told)
    raw = browser.get(f"/en/law/fields.csv?{query}").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw)))
    assert tuple(rows[0]) == COLUMNS
    assert {row["field"] for row in rows} == {row["field"] for row in told}
    law = [row for row in rows if row["basis"] == "law"]
    assert all(row["rule"] in packaged_law().entries and row["source"] and row["confidence"] for row in law)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_that_what_is_sensitive_is_asked_for_in_a_case_alone(browser, language):
    page = Page(browser.get(f"/{language}/law/fields/?asked=in_a_case"))
    assert {"en": "not asked for by default", "zh-hans": "默认不要求"}[language] in page.text
    assert "plant_photos" in page.text


def test_an_end_use_becomes_a_sentence_with_what_it_lacks(browser):
    query = urlencode(VAGUE)
    page = Page(browser.get(f"/en/law/end-use/?{query}"))
    assert "The goods are built into motors, made by Example GmbH." in page.text
    assert "says too little" in page.text
    assert "in the text, character 1:" in page.text
    told = json.loads(browser.get(f"/en/law/end-use.json?{query}").content)
    assert [one["element"] for one in told["missing"]] == ["function", "position", "model", "country"]
    assert {one["word"] for one in told["vague"]} == {"motors", "various"}
    assert all(one["question"] in page.text for one in told["missing"])
    assert page.all("textarea")[0]["name"] == "text"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_too_long_is_said_at_its_field_and_answers_nothing(browser, language):
    query = urlencode({"product": "x" * 301})
    page = Page(browser.get(f"/{language}/law/end-use/?{query}"))
    assert "product-wrong" in {one.get("id") for tag, one in page.tags if tag == "span"}
    assert page.all("blockquote") == []
    answer = browser.get(f"/{language}/law/end-use.json?{query}")
    assert answer.status_code == 400
    assert [one["field"] for one in json.loads(answer.content)["problems"]] == ["product"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 }}", "%s %(x)s", "\u202eabc", "\x00", "“”", "等"])
def test_whatever_is_typed_is_text(browser, text):
    response = browser.get("/en/law/end-use/", {"product": text, "text": text})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_nothing_is_answered_before_anything_is_typed(browser):
    assert "Answer" not in Page(browser.get("/en/law/end-use/")).text


@pytest.mark.parametrize("path", ["law/fields/", "law/fields.csv", "law/end-use/", "law/end-use.json"])
def test_a_stranger_is_shown_nothing(stranger, path):
    assert stranger.get(f"/en/{path}").status_code in {302, 404}
