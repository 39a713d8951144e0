"""Pages of law, asked of the packs that come with ytterby: answers, both languages, bad input at its field, markup."""

import csv
import html
import io
import json
import re
from urllib.parse import urlencode

import pytest

from shell.portal.reader import Page
from shell.portal.test_pages import HOSTILE
from ytterby.shell.site.law_packs import packaged_law

ON = "2026-11-20"
BOOK = packaged_law()
MAGNET = [("form", "magnet"), ("magnet_type", "NdFeB"), ("element", "Nd"), ("wt", "29"), ("u", ""), ("element", "Dy"),
          ("wt", "2.1"), ("u", "0.05")]  # fmt: skip
FREE_MAGNET = [("form", "magnet"), ("magnet_type", "NdFeB"), ("element", "Nd"), ("wt", "29"), ("u", "0.2")]
SENSOR = [("form", "assembly"), ("magnet_type", "SmCo"), ("built_in", "yes"), ("element", "Sm"), ("wt", "5"), ("u", "")]
OXIDE = [("form", "oxide"), ("formula", "Ho2O3")]
LANGUAGES = ["en", "zh-hans"]


def classify(client, fields, language="en", on=ON, kind="/"):
    return client.get(f"/{language}/law/classify{kind}?{urlencode([*fields, ('on', on)])}")


def law(client, language="en", **query):
    return Page(client.get(f"/{language}/law/", query))


# Classifying goods


@pytest.mark.parametrize(
    ("fields", "answer", "codes", "by", "words"),
    [
        (MAGNET, "controlled", ["1C905.a"], "law", ("controlled 1C905.a by the text", "属于管制物项 1C905.a 依据规定")),
        (FREE_MAGNET, "not_controlled", [], "law", ("not controlled by the text", "不属于管制物项 依据规定文本")),
        (SENSOR, "not_controlled", [], "guidance", ("not controlled by guidance", "不属于管制物项 依据主管机关解答")),
        (OXIDE, "disputed", ["1C909.b"], "law", ("disputed 1C909.b", "存在争议 1C909.b")),
    ],
    ids=["magnet", "free magnet", "sensor", "holmium oxide"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_the_office_are_answered(browser, fields, answer, codes, by, words, language):
    found = json.loads(classify(browser, fields, language, kind=".json").content)
    assert (found["answer"], found["codes"], found["by"]) == (answer, codes, by)
    page = Page(classify(browser, fields, language))
    assert words[LANGUAGES.index(language)] in page.text
    # Each reason is shown, and leads to its source.
    assert all(one["text"] in page.text for one in found["reasons"] + found["tried"])
    marked = {href.removeprefix("#") for href in page.hrefs if href.startswith("#source-")}
    assert marked == {a["id"] for a in page.all("li") if a.get("id")} != set()


def test_the_page_says_what_the_command_line_says(browser, capsys, tmp_path):
    from ytterby.shell.cli import main

    path = tmp_path / "goods.json"
    goods = {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": 29, "Dy": 2.1}, "u": {"Dy": 0.05}}
    path.write_text(json.dumps(goods), encoding="utf-8")
    assert main(["law", "classify", str(path), "--on", ON, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    del told["file"]
    assert json.loads(classify(browser, MAGNET, kind=".json").content) == told


def test_a_figure_stands_beside_its_limit_and_a_dispute_beside_who_may_settle_it(browser):
    text = Page(classify(browser, MAGNET)).text
    assert "Dy+Tb 2.1 0.05 0.1 2" in text
    assert "No uncertainty (u) was stated for Nd" in text
    text = Page(classify(browser, OXIDE)).text
    assert "It depends on how it is read" in text
    assert "Who may settle it:" in text
    text = Page(classify(browser, OXIDE, "zh-hans")).text
    assert "可作出裁定者" in text


def test_a_tariff_code_is_a_hint_and_decides_nothing(browser):
    plain, hinted = (
        json.loads(classify(browser, [*MAGNET, *more], kind=".json").content) for more in ([], [("hs", "2805301200")])
    )
    assert plain["answer"] == hinted["answer"]
    assert hinted["tariff"]["hs"] == "2805301200"
    assert "a hint, which decides nothing" in Page(classify(browser, [*MAGNET, ("hs", "2805301200")])).text


def test_nothing_is_answered_before_anything_is_asked(browser):
    page = Page(browser.get("/en/law/classify/"))
    assert "Answer" not in page.text
    assert "Nothing was answered" not in page.text
    examples = [href for href in page.hrefs if "classify/?form=" in href]
    assert len(examples) == 3
    for href in examples:
        assert "Why" in Page(browser.get(href)).text


def fields_of(response):
    """Return what stands in the fields of the page: of each name all values, in order."""
    found: dict[str, list[str]] = {}
    for attributes in Page(response).all("input"):
        found.setdefault(attributes.get("name") or "", []).append(attributes.get("value") or "")
    return found


BAD = [
    ([("form", "")], "form", "The form is missing. Choose"),
    ([("form", "brick")], "form", "brick is none of the words"),
    ([("form", "magnet"), ("magnet_type", "AlNiCo")], "magnet_type", "AlNiCo is none of the words"),
    ([("form", "oxide"), ("built_in", "perhaps")], "built_in", "true or false"),
    ([("form", "alloy"), ("system", "Dy+Fe")], "system", "Dy+Fe is no system"),
    ([("form", "oxide"), ("formula", "no(thing")], "formula", "no(thing is no chemical formula"),
    ([("form", "oxide"), ("hs", "12a")], "hs", "12a is no tariff code"),
    ([("form", "alloy"), ("element", "Xx"), ("wt", "1"), ("u", "")], "element-1", "Xx is not the symbol"),
    ([("form", "alloy"), ("element", "Dy"), ("wt", "2,1"), ("u", "")], "wt-1", "“2,1” is no figure"),
    ([("form", "alloy"), ("element", "Dy"), ("wt", "-2"), ("u", "")], "wt-1", "-2 wt% is below zero"),
    ([("form", "alloy"), ("element", "Dy"), ("wt", "2"), ("u", "-1")], "u-1", "-1 wt% is below zero"),
    ([("form", "alloy"), ("element", "Dy"), ("wt", "2"), ("u", "1e9")], "u-1", "“1e9” is no figure"),
    ([("form", "alloy"), ("element", "Dy"), ("wt", ""), ("u", "1")], "wt-1", "The content is missing"),
    ([("form", "alloy"), ("element", "Dy"), ("wt", ""), ("u", "")], "wt-1", "The content is missing"),
    ([("form", "alloy"), ("element", ""), ("wt", "3"), ("u", "")], "element-1", "The element is missing"),
    ([("form", "alloy"), ("element", "Dy"), ("wt", "3"), ("u", ""), ("element", "Dy"), ("wt", "4"), ("u", "")],
     "element-2", "Dy stands in two rows"),
    ([("form", "alloy"), ("element", "Dy"), ("wt", "60"), ("u", ""), ("element", "Fe"), ("wt", "50"), ("u", "")],
     "elements", "The contents sum to 110 wt%"),
    ([("form", "alloy"), ("known_on", "yesterday")], "known_on", "“yesterday” is no day"),
    ([("form", "alloy"), ("known_on", "2020-01-01")], "known_on", "lies before all that the packs know"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "place", "said"), BAD)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(browser, fields, place, said):
    response = classify(browser, fields)
    page = Page(response)
    assert said in page.text
    assert "Answer" not in page.text
    assert f'id="{place}-wrong"' in response.content.decode()
    shown = fields_of(response)
    chosen = [a.get("value") for a in page.all("option") if "selected" in a]
    for name, value in fields:
        assert value in shown.get(name, []) + chosen or not value, name
    answer = classify(browser, fields, kind=".json")
    assert answer.status_code == 400
    assert place in {one["field"] for one in json.loads(answer.content)["problems"]}


def test_all_that_is_wrong_is_said_at_once(browser):
    fields = [("form", ""), ("system", "?"), ("formula", "??"), ("hs", "x"), ("element", "Qq"), ("wt", "a"), ("u", "b")]
    page = Page(classify(browser, fields, on="never"))
    assert "To be put right, each at its field: 8." in page.text
    wrong = [a["name"] for kind in ("input", "select") for a in page.all(kind) if "aria-invalid" in a]
    assert sorted(wrong) == ["element", "form", "formula", "hs", "on", "system", "u", "wt"]
    text = Page(classify(browser, fields, "zh-hans", on="never")).text
    assert "缺少货物形态。请选择货物的形态。" in text
    assert "“never”不是日期" in text


def test_a_day_before_the_packs_is_said_at_its_field(browser):
    first = min(BOOK.packs[item.pack].knows[0] for item in BOOK.items.values())
    assert f"Ask about a day from {first} on." in Page(classify(browser, MAGNET, on="2020-01-01")).text


def test_more_rows_are_asked_for_without_an_answer(browser):
    plain, more = (fields_of(classify(browser, [*MAGNET, *add])) for add in ([], [("more", "1")]))
    assert len(more["element"]) == len(plain["element"]) + 6
    assert more["element"][:2] == ["Nd", "Dy"]
    assert "Answer" not in Page(classify(browser, [*MAGNET, ("more", "1")])).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [
    *("form", "magnet_type", "system", "formula", "built_in", "hs", "element", "wt", "u", "on", "known_on", "more"),
])  # fmt: skip
def test_markup_in_any_field_stays_text(browser, name, language):
    """Threat X1."""
    fields = dict(MAGNET) | {"on": ON, name: HOSTILE}
    if name == "u":
        fields |= {"element": "Dy"}
    check_harmless(browser.get(f"/{language}/law/classify/?{urlencode(list(fields.items()))}"), is_shown=name != "more")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "path",
    [
        *(f"law/?{name}={{}}" for name in ("on", "known_on", "state", "pack", "kind", "confidence", "known_at", "x")),
        "law/due/?calendar={}&from=2026-11-24&days=45",
        "law/due/?calendar=CN&from={}&days=45",
        "law/due/?calendar=CN&from=2026-11-24&days={}",
        "law/due/?calendar=CN&from=2026-11-24&days=45&first={}",
        "law/rules/CN-57/?on={}",
    ],
)
def test_markup_in_any_address_stays_text(browser, path, language):
    """Threat X1."""
    check_harmless(browser.get(f"/{language}/{path.format(urlencode({'': HOSTILE})[1:])}"), is_shown=False)


def check_harmless(response, *, is_shown):
    assert response.status_code == 200
    page = Page(response)
    assert [a.get("src") for a in page.all("script")] == ["/static/portal/keys.js"]
    assert page.all("img") == []
    assert not [a for _, a in page.tags if any(key.startswith("on") and key != "on" for key in a)]
    assert HOSTILE not in response.content.decode()
    assert all(href.startswith(("/", "#")) and not href.startswith("//") for href in page.hrefs)
    if is_shown:
        values = " ".join(a.get("value") or "" for _, a in page.tags)
        assert HOSTILE in values


# What is in force


def test_every_rule_and_code_is_listed_with_how_it_stands(browser):
    answer = json.loads(browser.get("/en/law.json", {"on": ON}).content)
    rows = {row["id"]: row for row in answer["rows"]}
    assert set(rows) == {*BOOK.rules, *BOOK.items, *BOOK.flow_returns, *BOOK.quotas}
    assert (rows["CN-18"]["state"], rows["CN-18"]["since"]) == ("in_force", "2025-04-04")
    assert (rows["CN-57"]["state"], rows["CN-57"]["since"]) == ("disputed", "2026-11-11")
    assert (rows["1C909.b"]["state"], len(rows["1C909.b"]["readings"])) == ("disputed", 2)
    assert (rows["EU-CRMA-28"]["state"], rows["EU-CRMA-28"]["begins"]) == ("not_yet", "2027-11-24")
    assert all(row["source"] and row["confidence"] for row in rows.values())
    page = law(browser, on=ON)
    assert len([a for a in page.all("tr") if "data-row" in a]) == len(rows)
    assert "unverified" in page.text
    assert "since 11 Nov 2026" in page.text


def test_what_was_not_known_then_is_told_as_that(browser):
    rows = {
        r["id"]: r for r in json.loads(browser.get("/en/law.json?on=2026-01-15&known_on=2025-09-01").content)["rows"]
    }
    assert rows["CN-57"]["state"] == "not_known"
    rows = {
        r["id"]: r for r in json.loads(browser.get("/en/law.json?on=2026-01-15&known_on=2026-02-01").content)["rows"]
    }
    assert (rows["CN-57"]["state"], rows["CN-57"]["until"]) == ("suspended", "2026-11-10")
    assert {r["state"] for r in json.loads(browser.get("/en/law.json?on=2019-05-01").content)["rows"]} == {
        "outside", "in_force",
    }  # fmt: skip


def test_facets_of_law_narrow_the_page_and_both_files_alike(browser):
    rules = len(packaged_law().rules)
    for query, count in (({"pack": "cn-18"}, 22), ({"state": "not_yet", "on": ON}, 2), ({"kind": "rule"}, rules),
                         ({"pack": "cn-flow"}, 4), ({"kind": "quota", "pack": "cn-flow"}, 2)):  # fmt: skip
        page = law(browser, **query)
        assert len([a for a in page.all("tr") if "data-row" in a]) == count
        told = browser.get("/en/law.csv", query).content.decode("utf-8-sig")
        assert len(list(csv.DictReader(io.StringIO(told)))) == count
        assert len(json.loads(browser.get("/en/law.json", query).content)["rows"]) == count
    assert "No rule or code matches" in law(browser, state="x").text


def test_a_day_that_cannot_be_read_is_said_and_todays_page_shown(browser):
    assert "“x” is no day." in law(browser, on="x").text
    assert "“x”不是日期。" in law(browser, "zh-hans", on="x").text
    assert "2099-01-01 lies after the latest day that the packs know" in law(browser, on="2099-01-01").text


# Due dates


def due(client, language="en", kind="/", **query):
    return client.get(f"/{language}/law/due{kind}", query)


def test_a_due_date_is_told_by_both_conventions_with_how_sure_it_is(browser):
    asked = {"calendar": "CN", "from": "2026-11-24", "days": "45"}
    text = Page(due(browser, **asked)).text
    assert "27 Jan 2027 provisional" in text
    assert "from 20 Jan 2027 to 31 Jan 2027" in text
    assert "26 Jan 2027" in text
    assert "Calendar days 64" in text
    assert "Of 638 such days 96.2 % were within 1 day" in text
    assert "2027年1月27日 暂定" in Page(due(browser, "zh-hans", **asked)).text
    counted = Page(due(browser, **asked, first="1")).text
    assert "26 Jan 2027 provisional" in counted
    assert "Day one is the day after 27 Jan 2027" in counted
    firm = Page(due(browser, **{**asked, "from": "2025-08-01"})).text
    assert "10 Oct 2025 firm" in firm
    assert json.loads(due(browser, kind=".json", **asked).content)["due"] == "2027-01-27"


@pytest.mark.parametrize(
    ("query", "place", "said"),
    [
        ({"calendar": "XX", "from": "2026-11-24", "days": "45"}, "calendar", "There is no calendar “XX”."),
        ({"calendar": "CN", "from": "24.11.2026", "days": "45"}, "from", "“24.11.2026” is no day."),
        ({"calendar": "CN", "from": "", "days": "45"}, "from", "“” is no day."),
        ({"calendar": "CN", "from": "2026-11-24", "days": "some"}, "days", "“some” is no number of days."),
        ({"calendar": "CN", "from": "2026-11-24", "days": "0"}, "days", "are no period"),
        ({"calendar": "CN", "from": "2026-11-24", "days": "9999999"}, "days", "are no period"),
    ],
)
def test_what_is_wrong_with_a_period_is_said_at_its_field(browser, query, place, said):
    response = due(browser, **query)
    assert said in Page(response).text
    assert f'id="{place}-wrong"' in response.content.decode()
    assert html.escape(query["from"]) in response.content.decode()
    assert [one["field"] for one in json.loads(due(browser, kind=".json", **query).content)["problems"]] == [place]


# Packs, and one entry of them


def test_packs_are_listed_with_digest_and_the_days_that_they_know(browser):
    page = Page(browser.get("/en/law/packs/"))
    for pack in BOOK.packs.values():
        assert pack.digest in page.text
        assert pack.title["en"] in page.text
    rows = json.loads(browser.get("/en/law/packs.json").content)["packs"]
    assert [row["id"] for row in rows] == list(BOOK.packs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_and_item_has_a_page_that_leads_to_its_sources(browser, language):
    for name in (*BOOK.rules, *BOOK.items, *BOOK.flow_returns, *BOOK.quotas):
        response = browser.get(f"/{language}/law/rules/{name}/")
        assert response.status_code == 200, name
        text = Page(response).text
        entry = json.loads(browser.get(f"/{language}/law/rules/{name}/rule.json").content)
        sources = {part["source"] for part in sources_in(entry)}
        assert [one for one in sources if one and re.sub(r"\s+", " ", one) not in text] == [], name


def sources_in(value):
    if isinstance(value, dict):
        if "source" in value:
            yield value
        for one in value.values():
            yield from sources_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from sources_in(one)


def test_a_page_of_a_rule_tells_its_dispute_and_how_it_stands(browser):
    text = Page(browser.get("/en/law/rules/CN-57/", {"on": ON})).text
    assert "disputed since 11 Nov 2026" in text
    assert "Who may settle it:" in text
    assert Page(browser.get("/en/law/rules/CN-1C909.b/", {"on": "2026-01-15"})).text.count("suspended") >= 1


def test_a_page_of_a_return_or_a_quota_tells_who_is_meant_and_since_when(browser):
    text = Page(browser.get("/en/law/rules/CN-flow-return/", {"on": ON})).text
    assert "in force since 1 Oct 2024" in text
    assert "Due on day 10 of month 1 after the period; calendar days." in text
    assert "metal works, mine, recycler, separation plant" in text
    assert "not in force yet" in Page(browser.get("/en/law/rules/CN-flow-return/", {"on": "2024-09-30"})).text
    text = Page(browser.get("/zh-hans/law/rules/CN-index-separation/", {"on": ON})).text
    assert "不计入 外购废料" in text
    page = Page(browser.get("/en/law/packs/"))
    assert {"/en/law/rules/CN-flow-return/", "/en/law/rules/CN-index-mining/"} <= set(page.hrefs)


@pytest.mark.parametrize("name", ["nothing", "CN-70-extension", "coverage", HOSTILE.replace("/", "")])
def test_what_is_no_rule_or_item_has_no_page(browser, name):
    assert browser.get(f"/en/law/rules/{name}/").status_code == 404
    assert browser.get(f"/en/law/rules/{name}/rule.json").status_code == 404


# Who reads


def test_a_party_reads_the_same_law_as_an_auditor(stranger, browser, register, password):
    """Law is public to whoever is signed in; the frame alone differs."""
    from django.test import Client

    from ytterby.shell.actions.clock import now
    from ytterby.shell.actions.enrol import import_directory
    from ytterby.shell.site.packs import packaged_text

    import_directory(register, packaged_text("shell.site", "sample_directory.yaml"), at=now())
    party = Client(headers={"host": "localhost"})
    assert party.post("/en/sign-in/", {"name": "Norrvik Separation", "password": password}).status_code == 302
    for path in ("law.json?on=2026-11-20", "law/packs.json", "law/rules/CN-57/rule.json",
                 "law/due.json?calendar=CN&from=2026-11-24&days=45"):  # fmt: skip
        assert party.get(f"/en/{path}").content == browser.get(f"/en/{path}").content
    assert classify(party, MAGNET, kind=".json").content == classify(browser, MAGNET, kind=".json").content
    assert "controlled" in Page(classify(party, MAGNET)).text
