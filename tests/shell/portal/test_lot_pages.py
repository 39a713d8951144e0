"""Lots: found by their tail, drawn, and told in figures."""

import csv
import io
import json
from xml.etree import ElementTree

import pytest

from shell.portal.reader import Page
from ytterby.shell.site.packs import limits

LOT = "OM-N42SH-0623"


def rows_of(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_the_list_shows_every_lot_with_what_is_in_it(browser, answers):
    page = Page(browser.get("/en/lots/"))
    assert all(row["tail"] in page.text for row in answers.lots)
    assert "Nd 625 · Pr 171 · Dy 34.1" in page.text
    assert "60,000 pieces" in page.text


@pytest.mark.parametrize(
    ("q", "tails"),
    [
        ("sw-0623", ["OM-SW-0623"]),
        ("N42SH", ["OM-N42SH-0623"]),
        ("farlow oxide", ["FL-REC-05"]),
        ("磁体 奥里尔", ["OM-N42SH-0623", "OM-SW-0623"]),
        ("kestrel", ["KR-C-0418", "KR-T-0418", "KR-2025-W14"]),
        ("nothing like it", []),
    ],
)
def test_search_finds_lots_by_any_name_in_either_language(browser, q, tails):
    found = json.loads(browser.get("/en/lots.json", {"q": q}).content)
    assert [row["tail"] for row in found["lots"]] == tails
    assert found["as_of_size"] == 24


def test_facets_narrow_the_page_and_both_files_alike(browser):
    query = {"form": "oxide", "standing": "held"}
    page = Page(browser.get("/en/lots/", query))
    from_json = [row["tail"] for row in json.loads(browser.get("/en/lots.json", query).content)["lots"]]
    from_csv = [row["tail"] for row in rows_of(browser.get("/en/lots.csv", query))]
    assert from_json == from_csv == ["FL-REC-05"]
    assert "FL-REC-05" in page.text
    assert "NV-NdPr-31" not in page.text


def test_the_files_of_a_page_keep_its_facets(browser):
    hrefs = Page(browser.get("/en/lots/?form=oxide")).hrefs
    assert "/en/lots.csv?form=oxide" in hrefs
    assert "/en/lots.json?form=oxide" in hrefs


def test_a_lot_is_drawn_with_links_to_the_lots_it_came_from(browser):
    page = Page(browser.get(f"/en/lots/{LOT}/"))
    assert "where its neodymium came from and went" in page.text
    assert "KR-2025-W14 → KR-C-0418: 637.9 kg Nd" in page.text
    assert "/en/lots/NV-NdPr-31/?element=Nd" in page.hrefs
    assert [a for a in page.all("svg") if (a.get("class") or "").startswith("trace")]


def test_the_table_holds_the_figures_of_the_picture(browser, answers):
    rows = rows_of(browser.get(f"/en/lots/{LOT}/trace.csv"))
    nodes = [(t["direction"], n["lot"], n["mass_kg"]) for t in answers.traces.values() for n in t["nodes"]][:14]
    assert [(row["direction"], row["lot"], float(row["mass_kg"])) for row in rows] == nodes


def test_what_was_declared_stands_beside_what_came_of_it(browser):
    text = Page(browser.get(f"/en/lots/{LOT}/")).text
    assert "Declared and realised use" in text
    assert "Passenger-car traction motor Lumen Motors, XB 208.4 1.501 206.9" in text


def test_balances_show_score_and_limit_and_what_cannot_be_tested(browser):
    text = Page(browser.get("/en/balance/")).text
    assert "+5.0 1.3 3.85 loss" in text
    assert "not testable" in text
    assert "an input is unknown" in text


def test_the_elements_of_a_lot_can_be_switched_and_no_other_is_asked_for(browser):
    page = Page(browser.get(f"/en/lots/{LOT}/?element=Dy&direction=forward"))
    assert "where its dysprosium went" in page.text
    assert "/en/lots/OM-N42SH-0623/?element=Pr&direction=forward" in page.hrefs
    assert "where its neodymium" in Page(browser.get(f"/en/lots/{LOT}/?element=Xx")).text


def test_a_lot_of_unknown_composition_says_so_and_has_no_picture(browser):
    page = Page(browser.get("/en/lots/FE-2025-09/"))
    assert "What this lot is made of is not known" in page.text
    assert not [a for a in page.all("svg") if (a.get("class") or "").startswith("trace")]
    assert browser.get("/en/lots/FE-2025-09/trace.svg").status_code == 404


def test_a_tail_that_several_lots_share_shows_which(browser):
    page = Page(browser.get("/en/lots/0623/"))
    assert "2 lots end with “0623”" in page.text
    assert any(href.startswith("/en/lots/~/?lot=https%3A%2F%2Fid.gs1.org") for href in page.hrefs)


def test_a_whole_tail_is_found_though_another_lot_ends_with_it(browser, answers):
    longer = {
        **answers.lots[3],
        "lot": answers.lots[3]["lot"].replace("FL-REC-05", "X-FL-REC-05"),
        "tail": "X-FL-REC-05",
    }
    answers.lots.append(longer)
    assert "Lot FL-REC-05, where" in Page(browser.get("/en/lots/FL-REC-05/")).text


@pytest.mark.parametrize("tail", ["a/b", "..", "?", "%", "a b", "#", "<x>", "~", "批次"])
def test_a_lot_of_any_name_has_a_page(browser, answers, tail):
    lot = f"https://lots.example/{tail}"
    answers.lots.append({**answers.lots[5], "lot": lot, "tail": tail})
    page = Page(browser.get("/en/lots/", {"q": lot}))
    href = next(href for href in page.hrefs if href.startswith("/en/lots/") and href != "/en/lots/")
    response = browser.get(href)
    assert response.status_code == 200
    assert lot in Page(response).text


def test_the_picture_is_a_file_that_stands_alone(browser):
    response = browser.get(f"/zh-hans/lots/{LOT}/trace.svg")
    assert response.headers["Content-Type"].startswith("image/svg+xml")
    assert "attachment" in response.headers["Content-Disposition"]
    assert "批次 OM-N42SH-0623" in ElementTree.fromstring(response.content.decode()).find("{*}title").text


def test_findings_say_what_would_settle_them(browser):
    page = Page(browser.get("/en/findings/?kind=lot.changed_site"))
    assert "The maker reports the shipment and the user the receipt." in page.text
    assert "FE-2025-09" not in page.text
    assert [href for href in page.hrefs if "/events/" in href] == [
        "/en/events/urn:uuid:9d33ace7-e721-56e7-884c-e3a2972dd684/",
        "/en/events/urn:uuid:43c63bb6-bbc0-5c78-b2e8-09e83c70e680/",
    ]


def test_deliveries_ask_for_the_day_and_the_limit(browser, answers):
    from datetime import date

    browser.get("/en/deliveries/?known_on=2025-08-31&transit_days=14")
    assert (date(2025, 8, 31), 14) in answers.asked
    page = Page(browser.get("/en/deliveries/?known_on=31.8.2025&transit_days=soon"))
    assert "could not be read" in page.text
    assert (None, limits().transit_days) in answers.asked


def test_a_delivery_shows_both_sides_and_their_difference(browser):
    text = Page(browser.get("/en/deliveries/")).text
    assert "11,000 kg 10,594 kg +406.0 ± 8.4 kg 48.30 differs" in text
    assert "used without receipt" in text
    assert "under way overdue" in text


def test_a_lot_of_a_register_whose_findings_are_not_worked_out_is_not_called_free_of_them(browser, answers):
    answers.findings = None
    page = browser.get(f"/en/lots/{LOT}/")
    assert page.status_code == 200
    assert "no finding" not in page.text
    assert "Not worked out yet at this log size." in page.text
