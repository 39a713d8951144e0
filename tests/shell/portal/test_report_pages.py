"""Returns and quotas: the lists, one of each, the day on which they are judged, and who may see them."""

import csv
import io
import json
from datetime import date
from xml.etree import ElementTree

import pytest

from reported_year import (
    AFTER_DUE,
    BEFORE_DUE,
    CORRECTED_IN,
    DIFFERS_IN,
    FERN_LOOP,
    KESTREL,
    NIL_IN,
    NORRVIK,
    make_reported_year,
)
from shell.portal.reader import Page
from shell.portal.sample_reports import RETURNS, month_return, site_month
from shell.portal.test_pages import HOSTILE
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.judged_day import judged_day
from ytterby.shell.portal.moment import Moment
from ytterby.shell.portal.tail_address import TailAddresses
from ytterby.shell.portal.templatetags.ytterby import amount, day, measured, percent_of_quota, span
from ytterby.shell.store.reading.known import Known

MINE, PLANT, METAL, LOOP = (f"95200000100{n}" for n in ("10", "27", "34", "65"))


def rows_of(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def answer_of(client, path):
    return json.loads(client.get(f"/en/{path}").content)


# How they are written


@pytest.mark.parametrize(
    ("value", "u", "shown"),
    [(15.0848, 0.0424, "15.085 ± 0.042"), (-2.617, 0.026, "−2.617 ± 0.026"), (2176.4, 14.2, "2,176 ± 14"),
     (0.25, 0.0, "0.2500"), (None, None, "–"), (3.0, None, "3.000")],
)  # fmt: skip
def test_a_figure_is_written_to_the_last_digit_of_its_uncertainty(value, u, shown):
    assert measured(value, u) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 h 1 min"), (61, "0 h 2 min"), (3600, "1 h 0 min"), (98_000, "1 d 3 h"), (None, "–")],
)
def test_a_part_of_a_minute_late_is_a_minute(seconds, shown):
    assert span(seconds) == shown


def test_days_and_shares_are_written_as_people_do():
    from django.utils import translation

    assert (day("2026-04-10"), day(None), percent_of_quota(1.29079), percent_of_quota(None)) == (
        "10 Apr 2026", "–", "129.1 %", "–",
    )  # fmt: skip
    with translation.override("zh-hans"):
        assert (day("2026-04-10"), span(98_000)) == ("2026年4月10日", "1 天 3 小时")


def test_the_day_is_today_unless_another_is_asked_for():
    from ytterby.shell.actions.clock import now

    asked = judged_day({"known_on": " 2026-04-20 "})
    assert (asked.on, asked.query, asked.is_misread) == (date(2026, 4, 20), {"known_on": "2026-04-20"}, False)
    for text in ("", "x", "2026-13-01"):
        found = judged_day({"known_on": text})
        assert (found.on, found.query, found.is_misread) == (now().date(), {}, bool(text))


def test_months_are_offered_newest_first_and_not_by_their_number_of_rows():
    rows = [{"month": f"2026-{n:02d}"} for n in range(1, 13) for _ in range(13 - n)]
    facet = Facet("month", "Month", lambda r: [(r["month"], r["month"])], is_newest_first=True)
    ((_, choices),) = narrow(rows, [facet], {}).groups
    assert [choice.word for choice in choices] == [f"2026-{n:02d}" for n in range(12, 4, -1)]


def test_enterprises_that_end_alike_go_by_their_whole_identifier():
    both = ["https://a.example/417/7", "https://b.example/417/7", "https://a.example/417/8"]
    addresses = TailAddresses(both, Moment(Known(1, None), "", is_misread=False), "party")
    assert [addresses.find(text, {}) for text in ("7", "8", both[1], "")] == [None, both[2], both[1], None]
    assert addresses.find("~", {"party": both[0]}) == both[0]
    assert addresses.page("flow_return", both[2], "2026-03").endswith("/returns/8/2026-03/")
    assert "/returns/~/2026-03/?party=https" in addresses.page("flow_return", both[0], "2026-03")


# Pages of made-up answers


def test_the_list_of_returns_begins_with_what_is_missing_in_the_newest_month(browser):
    rows = rows_of(browser.get("/en/returns.csv"))
    assert [(row["month"], row["state"]) for row in rows] == [
        ("2026-04", "not_due_yet"), ("2026-03", "not_entered"), ("2026-03", "entered_late"),
        ("2026-03", "entered_in_time"), ("2026-03", "entered_in_time"), ("2026-03", "entered"),
        ("2026-02", "entered_in_time"),
    ]  # fmt: skip
    assert [row["sites"] for row in rows] == ["1"] * 7
    text = Page(browser.get("/en/returns/")).text
    assert "late by 1 d 3 h" in text
    assert "7 returns 1 missing 1 late" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [({"state": "differs"}, 1), ({"state": "corrected"}, 1), ({"state": "nil"}, 1), ({"month": "2026-02"}, 1),
     ({"party": FERN_LOOP}, 2), ({"state": "x"}, 0)],
)  # fmt: skip
def test_facets_of_returns_narrow_the_page_and_both_files_alike(browser, query, count):
    page = Page(browser.get("/en/returns/", query))
    assert len([a for a in page.all("tr") if "data-row" in a]) == count
    assert len(rows_of(browser.get("/en/returns.csv", query))) == count
    assert len(json.loads(browser.get("/en/returns.json", query).content)["returns"]) == count
    assert ("No return matches" in page.text) == (count == 0)


@pytest.mark.parametrize("path", ["returns/", "quotas/", f"returns/{MINE}/2026-03/", f"quotas/{MINE}/2026/mining/"])
def test_the_day_asked_for_is_judged_on_and_kept_by_every_link_to_the_same_kind(browser, answers, path):
    page = Page(browser.get(f"/en/{path}?known_on=2026-04-20"))
    assert set(answers.asked) >= {date(2026, 4, 20)}
    kind = path.partition("/")[0]
    inside = [h for h in page.hrefs if h.startswith(f"/en/{kind}") and h != f"/en/{kind}/"]
    assert inside
    assert [href for href in inside if "known_on=2026-04-20" not in href] == []
    assert "could not be read" in Page(browser.get(f"/en/{path}?known_on=yesterday")).text


def test_a_corrected_return_shows_what_was_first_entered_where_it_changed(browser):
    text = Page(browser.get(f"/en/returns/{MINE}/2026-03/")).text
    assert "Kestrel Ridge Mining, return of Mar 2026" in text
    assert "made 900.5 kg 800 kg" in text
    assert "shipped 400 kg not there" in text
    assert "lost withdrawn 7 kg" in text
    assert "KR-C-0418 Norrvik Separation" in text
    # What a lot holds is not known: a dash and no zero.
    assert "Nd 216.0 ± 2.2 96.00 ± 0.96 –" in text
    assert "known_at=16" in "".join(Page(browser.get(f"/en/returns/{MINE}/2026-03/")).hrefs)


def test_a_return_of_nothing_says_whether_somebody_said_so(browser):
    assert "Nothing was entered of this month" in Page(browser.get(f"/en/returns/{METAL}/2026-03/")).text
    assert "零申报" in Page(browser.get(f"/zh-hans/returns/{LOOP}/2026-03/")).text


def test_a_return_of_a_quarter_names_it_and_stands_in_order_of_its_end(browser, answers):
    answers.returns += [
        month_return("34", "2026-Q1", "not_entered"),
        month_return("34", "2026-02", "entered"),
        month_return("34", "2025-Q4", "owing_disputed"),
    ]
    rows = rows_of(browser.get("/en/returns.csv", {"party": RETURNS[3]["party"]["id"]}))
    assert [(row["month"], row["every"]) for row in rows] == [
        ("2026-Q1", "quarter"), ("2026-03", "month"), ("2026-02", "month"), ("2025-Q4", "quarter"),
    ]  # fmt: skip
    text = Page(browser.get("/en/returns/")).text
    assert "quarter 1 of 2026 not entered" in text
    assert "quarter 4 of 2025 not entered, owing disputed" in text
    page = Page(browser.get(f"/en/returns/{METAL}/2026-Q1/"))
    assert "Tamarack Metals, return of quarter 1 of 2026" in page.text
    assert "Nothing was entered of this period" in page.text
    assert f"/en/returns/{METAL}/2026-03/" in page.hrefs
    assert "2026年第1季度" in Page(browser.get(f"/zh-hans/returns/{METAL}/2026-Q1/")).text
    assert browser.get(f"/en/returns/{METAL}/2026-Q9/").status_code == 404


def test_where_owing_is_disputed_the_site_says_so(browser, answers):
    sites = [site_month("34", "owing_disputed", is_owed=False, is_disputed=True)]
    answers.returns.append(month_return("34", "2026-Q1", "owing_disputed", sites=sites))
    text = Page(browser.get(f"/en/returns/{METAL}/2026-Q1/")).text
    assert "whether it owes one is disputed" in text
    assert "owes no return" not in text


def test_the_months_beside_lead_to_each_other(browser):
    page = Page(browser.get(f"/en/returns/{MINE}/2026-03/"))
    assert f"/en/returns/{MINE}/2026-02/" in page.hrefs
    assert f"/en/returns/{MINE}/2026-03/" in page.hrefs


@pytest.mark.parametrize(
    "path",
    ["returns/1/2026-03/", f"returns/{MINE}/2031-03/", f"returns/{MINE}/x/", "returns/~/2026-03/",
     f"returns/{MINE}/2026-03/return.svg", f"quotas/{MINE}/2026/separation/", f"quotas/{MINE}/2031/mining/",
     f"quotas/{MINE}/x/mining/", "quotas/~/2026/mining/?party=x", f"quotas/{MINE}/2026/mining/quota.xml"],
)  # fmt: skip
def test_what_is_not_there_is_no_page(browser, path):
    assert browser.get(f"/en/{path}").status_code == 404


def test_the_list_of_quotas_begins_with_what_is_exceeded_in_the_newest_year(browser):
    rows = rows_of(browser.get("/en/quotas.csv"))
    assert [(row["year"], row["standing"]) for row in rows] == [
        ("2026", "exceeded"), ("2026", "runs_out"), ("2026", "unknown"), ("2026", "no_quota"), ("2025", "within"),
    ]  # fmt: skip
    assert len(rows[2]["not_counted"].split()) == 14
    text = Page(browser.get("/en/quotas/")).text
    assert "that draw on its quota of 9 t." in text
    assert "20 Sep 2026 at the earliest" in text
    assert "Lots not counted: 14, content not known" in text
    found = json.loads(browser.get("/en/quotas.json?standing=within").content)
    assert ([row["year"] for row in found["positions"]], found["findings"]) == ([2025], [])


def test_a_quota_has_its_figure_twice_and_a_row_for_every_month(browser):
    page = Page(browser.get(f"/en/quotas/{MINE}/2026/mining/"))
    charts = [a for a in page.all("svg") if (a.get("class") or "").startswith("chart")]
    assert [a["class"] for a in charts] == ["chart", "chart narrow"]
    assert charts[0]["aria-label"].startswith("2026, mining: 9.300 t REO produced of a quota of 30.00 t.")
    assert page.text.count("at the pace so far") >= 9
    assert "outside scrap 0.4000 draws on no quota" in page.text
    months = rows_of(browser.get(f"/en/quotas/{MINE}/2026/mining/quota.csv"))
    assert [row["month"] for row in months] == [f"2026-{n:02d}" for n in range(1, 13)]
    drawn = browser.get(f"/zh-hans/quotas/{MINE}/2026/mining/quota.svg")
    assert ElementTree.fromstring(drawn.content).find("{http://www.w3.org/2000/svg}desc").text


def test_the_ledger_of_a_quota_is_told_entry_by_entry(browser, answers):
    where = ("mining", 2026)
    own = [one for one in answers.positions if one["party"]["id"].endswith(MINE)]
    (row,) = [one for one in own if (one["kind"], one["year"]) == where]
    entry = {"from": None, "to": None, "reason": None, "source": "letter 7"}
    row["ledger"] = [entry | {"act": "allot", "t_reo": "20.00", "index_t_reo": "20.00"}]
    assert "How the quota came about" not in Page(browser.get(f"/en/quotas/{MINE}/2026/mining/")).text
    other = {"id": "https://id.gs1.org/417/9520000010027", "name": "Norrvik", "name_zh": ""}
    row["ledger"] += [
        entry | {"act": "cut", "t_reo": "-5.00", "index_t_reo": "15.00", "reason": HOSTILE},
        entry | {"act": "transfer", "t_reo": "15.00", "index_t_reo": "30.00", "from": other, "to": row["party"]},
    ]
    response = browser.get(f"/en/quotas/{MINE}/2026/mining/")
    text = Page(response).text
    assert "How the quota came about" in text
    assert "Norrvik → " in text
    assert HOSTILE in text
    assert HOSTILE not in response.text
    assert all(said in text for said in ("20", "−5", "15", "30"))


def test_what_could_not_be_counted_is_named_with_what_to_do(browser):
    page = Page(browser.get(f"/en/quotas/{LOOP}/2026/separation/"))
    assert "Assay the lot" in page.text
    assert "14 in all" in page.text
    assert len([href for href in page.hrefs if "/lots/FE-" in href]) == 12


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_names_full_of_markup_stay_text_on_the_pages_of_reports(browser, answers, language):
    """Threat X1."""
    for row in [*answers.returns, *answers.positions]:
        row["party"] |= {"name": HOSTILE, "name_zh": HOSTILE}
        for site in row.get("sites", ()):
            site["site"] |= {"name": HOSTILE, "name_zh": HOSTILE}
    for row in answers.positions:
        row["source"] = row["source"] and HOSTILE
    for one in answers.quota_findings:
        one |= {"text": HOSTILE, "settles": [HOSTILE]}
    for path in ("returns/", f"returns/{MINE}/2026-03/", "quotas/", f"quotas/{PLANT}/2026/separation/",
                 f"returns/?state={HOSTILE}", f"quotas/?known_on={HOSTILE}"):  # fmt: skip
        page = Page(browser.get(f"/{language}/{path}"))
        assert [a.get("src") for a in page.all("script")] == ["/static/portal/keys.js"], path
        assert page.all("img") == [], path
        assert "alert(" in page.text, path
    drawn = browser.get(f"/{language}/quotas/{PLANT}/2026/separation/quota.svg").content
    assert ElementTree.fromstring(drawn).tag.endswith("svg")


# With a register that holds them, and several readers


@pytest.fixture
def year(tmp_path):
    return make_reported_year(tmp_path / "year")


def signed_in(register, name):
    from django.test import Client

    from ytterby.shell.actions.demo_user import make_demo_password
    from ytterby.shell.portal.sign_in import forget_failures

    forget_failures()
    client = Client(headers={"host": "localhost"})
    assert client.post("/en/sign-in/", {"name": name, "password": make_demo_password(register.keys)}).status_code == 302
    return client


def test_the_register_is_told_as_the_command_line_tells_it(year):
    auditor = signed_in(year, "demo")
    rows = {
        (r["party"]["id"], r["month"]): r for r in answer_of(auditor, f"returns.json?known_on={AFTER_DUE}")["returns"]
    }
    assert rows[KESTREL, CORRECTED_IN]["corrections"] == 1
    assert rows[NORRVIK, DIFFERS_IN]["differing"] == rows[KESTREL, DIFFERS_IN]["differing"] == 1
    assert rows[FERN_LOOP, NIL_IN]["is_nil"]
    assert rows[NORRVIK, "2026-05"]["state"] == "not_entered"
    before = answer_of(auditor, f"returns.json?known_on={BEFORE_DUE}&party={NORRVIK}&month=2026-05")["returns"]
    assert [row["state"] for row in before] == ["not_due_yet"]
    found = answer_of(auditor, f"returns/{MINE}/{CORRECTED_IN}/return.json?known_on={AFTER_DUE}")
    assert float(found["totals"][0]["amount"]) - float(found["first_totals"][0]["amount"]) == pytest.approx(50)
    assert len(found["lines"]) == found["return"]["lines"]
    made = next(one for one in found["elements"] if one["move"] == "made")["elements"]
    # Oxide of neodymium and dysprosium alone: the elements add up to the t REO of the line.
    assert made["Nd"][0] * 1.16639 + made["Dy"][0] * 1.14768 == pytest.approx(
        1000 * found["totals"][0]["t_reo"], rel=1e-4
    )
    quotas = answer_of(auditor, f"quotas.json?known_on={AFTER_DUE}")
    assert [(r["party"]["id"], r["year"], r["standing"]) for r in quotas["positions"]] == [
        (NORRVIK, 2026, "exceeded"), (KESTREL, 2026, "runs_out"), (KESTREL, 2025, "within"),
    ]  # fmt: skip
    assert [one["quota_kind"] for one in quotas["findings"]] == ["separation"]


def test_a_party_reads_its_own_reports_and_no_other(year):
    mine = signed_in(year, MINE)
    assert {r["party"]["id"] for r in answer_of(mine, f"returns.json?known_on={AFTER_DUE}")["returns"]} == {KESTREL}
    assert {r["party"]["id"] for r in answer_of(mine, f"quotas.json?known_on={AFTER_DUE}")["positions"]} == {KESTREL}
    for path in (f"returns/{MINE}/{DIFFERS_IN}/", f"quotas/{MINE}/2026/mining/"):
        page = Page(mine.get(f"/en/{path}?known_on={AFTER_DUE}"))
        hrefs = [href for href in page.hrefs if href.startswith("/")]
        assert [href for href in hrefs if mine.get(href).status_code != 200] == []
    other = answer_of(signed_in(year, PLANT), f"returns/{PLANT}/{DIFFERS_IN}/return.json")
    theirs = {line["amount"] for line in other["lines"] if line["move"] == "received"}
    assert theirs
    # Of a delivery that differs a party is told the word and never the other's figure.
    own = mine.get(f"/en/returns/{MINE}/{DIFFERS_IN}/return.json").content.decode()
    assert not [amount for amount in theirs if f'"{amount}"' in own]


@pytest.mark.parametrize("name", [METAL, "9520000010072"])
def test_to_another_party_and_to_a_body_without_the_compartment_they_are_not_there(year, name):
    reader = signed_in(year, name)
    nothing = reader.get("/en/no/such/page/")
    paths = [f"returns/{PLANT}/2026-04/", f"returns/{PLANT}/2026-04/return.json", f"returns/~/2026-04/?party={NORRVIK}",
             f"quotas/{PLANT}/2026/separation/", f"quotas/{PLANT}/2026/separation/quota.svg"]  # fmt: skip
    for path in paths:
        answer = reader.get(f"/en/{path}")
        assert (answer.status_code, answer.content) == (404, nothing.content), path
    assert answer_of(reader, "quotas.json")["positions"] == []
    assert {r["party"]["id"][-13:] for r in answer_of(reader, "returns.json")["returns"]} <= {name}


def test_reports_as_known_earlier_are_those_that_were_known(year):
    auditor = signed_in(year, "demo")
    corrected = answer_of(auditor, f"returns/{MINE}/{CORRECTED_IN}/return.json")
    size = corrected["return"]["first_size"]
    first = answer_of(auditor, f"returns/{MINE}/{CORRECTED_IN}/return.json?known_at={size}")
    assert first["return"]["corrections"] == 0
    assert first["totals"] == corrected["first_totals"]
    assert "Produced" in Page(auditor.get(f"/en/quotas/{MINE}/2026/mining/?known_at={size}")).text


def test_the_pages_ask_no_watch(year, monkeypatch):
    from ytterby.shell.store.reading import findings

    def forbidden(*_args, **_named):
        raise AssertionError("the watch was asked")

    auditor = signed_in(year, "demo")
    monkeypatch.setattr(findings, "all_findings", forbidden)
    monkeypatch.setattr("ytterby.shell.portal.page.count_findings", lambda viewer, known: None)
    for path in ("returns/", f"returns/{MINE}/2026-04/", "quotas/", f"quotas/{PLANT}/2026/separation/"):
        assert auditor.get(f"/en/{path}").status_code == 200


@pytest.mark.parametrize(
    ("value", "shown"), [("-0.50", "−0.5"), ("-5.00", "−5"), ("-0.00", "0"), ("1234.50", "1,234.5"), ("7", "7")]
)
def test_an_exact_amount_keeps_its_sign(value, shown):
    assert amount(value) == shown
