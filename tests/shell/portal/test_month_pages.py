"""Month balances: the list, a plant's page, and what either of two readers may see of them."""

import csv
import importlib
import io
import json
from xml.etree import ElementTree

import pytest

from counted_months import MAKER, MINE, PLANT, Plan, hand_in_count, make_register_of_months
from shell.portal.reader import Page
from ytterby.balance.operating_point import ASK_FOR_PAPER
from ytterby.shell.portal.auditor.plant_address import PlantAddresses
from ytterby.shell.portal.auditor.plant_months import cure_of
from ytterby.shell.portal.moment import Moment
from ytterby.shell.site.balance_packs import operating_points
from ytterby.shell.store.reading.known import Known

NORRVIK, KESTREL = PLANT.rpartition("/")[2], MINE.rpartition("/")[2]
REASONS = ("no_stock_taking", "before_first_stock_taking", "content_unknown", "no_variance")


def rows_of(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_the_list_shows_alarms_first_and_how_many_chance_would_bring(browser, answers):
    found = json.loads(browser.get("/en/months.json").content)
    assert [(row["element"], row["standing"]) for row in found["plants"]] == [
        ("Dy", "alarm"), ("Nd", "quiet"), ("Nd", "not_testable"),
    ]  # fmt: skip
    tested = [row for rows in answers.months.values() for row in rows if row["testable"]]
    rate = operating_points()[ASK_FOR_PAPER].rate_per_plant_year
    assert found["months_tested"] == len(tested) == 26
    assert found["alarms"] == sum(row["alarm"] for row in tested) > 0
    assert found["expected_false_alarms"] == pytest.approx(26 * rate / 12, abs=0.001)
    assert found["as_of_size"] == 24


def test_a_row_holds_the_last_month_that_could_be_tested(browser, answers):
    rows = answers.months[PLANT, "Nd"]
    rows[-1] |= {"testable": False, "reason": "no_stock_taking", "muf_kg": None, "sigma_kg": None, "sitmuf": None}
    (row,) = [r for r in rows_of(browser.get("/en/months.csv")) if r["standing"] == "quiet"]
    assert (row["site.id"], row["month"]) == (PLANT, rows[-2]["month"])
    assert float(row["muf_kg"]) == rows[-2]["muf_kg"]
    assert (row["months_tested"], row["months_not_testable"]) == ("11", "3")


def test_facets_narrow_the_page_and_both_files_alike(browser):
    query = {"standing": "not_testable"}
    assert [r["site.id"] for r in rows_of(browser.get("/en/months.csv", query))] == [MINE]
    assert [r["site"]["id"] for r in json.loads(browser.get("/en/months.json", query).content)["plants"]] == [MINE]
    page = Page(browser.get("/en/months/", query))
    assert [href for href in page.hrefs if href.endswith(f"/months/{KESTREL}/Nd/")]
    assert not [href for href in page.hrefs if f"/months/{NORRVIK}/" in href]
    assert "No plant matches" in Page(browser.get("/en/months/?element=Lu")).text


def test_a_plant_has_three_figures_twice_and_every_month_in_the_table(browser, answers):
    page = Page(browser.get(f"/en/months/{NORRVIK}/Nd/"))
    charts = [a for a in page.all("svg") if (a.get("class") or "").startswith("chart")]
    assert [a["class"] for a in charts] == ["chart", "chart narrow"] * 3
    assert all(a["aria-label"] for a in charts)
    assert len([a for a in page.all("tr") if "data-row" in a]) == len(answers.months[PLANT, "Nd"])
    assert all(unit in page.text for unit in ("MUF, kg", "± sd, kg", "CUMUF, kg", "SITMUF, sd"))


def test_the_newest_tested_month_is_chosen_and_any_other_may_be(browser, answers):
    newest = Page(browser.get(f"/en/months/{NORRVIK}/Nd/"))
    assert "Feb 2025 MUF, kg" in newest.text
    other = Page(browser.get(f"/en/months/{NORRVIK}/Nd/?month=2024-03"))
    assert "Mar 2024 MUF, kg" in other.text
    assert [a["href"] for a in other.all("a") if a.get("aria-current") == "true" and "#month" in (a["href"] or "")] == [
        f"/en/months/{NORRVIK}/Nd/?month=2024-03#month"
    ]
    untested = Page(browser.get(f"/en/months/{NORRVIK}/Nd/?month=2024-07"))
    assert "This month cannot be tested: content unknown." in untested.text
    assert "Feb 2025 MUF, kg" in Page(browser.get(f"/en/months/{NORRVIK}/Nd/?month=1999-01")).text


def test_contributors_lead_to_their_lot_and_event(browser):
    page = Page(browser.get(f"/en/months/{NORRVIK}/Nd/"))
    assert "Stock KR-C-0418 its event random 61 %" in page.text
    assert "Common error of Hexi systematic 30 %" in page.text
    assert "/en/lots/KR-C-0418/?element=Nd" in page.hrefs
    assert [href for href in page.hrefs if "/en/events/urn:uuid:9d33ace7" in href]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("reason", REASONS)
def test_what_cannot_be_tested_says_why_and_what_to_do(browser, answers, reason, language):
    from django.utils import translation

    answers.months[PLANT, "Nd"][6] |= {"reason": reason, "reason_lot": "KR-9"}
    text = Page(browser.get(f"/{language}/months/{NORRVIK}/Nd/")).text
    with translation.override(language):
        assert cure_of(reason)
        assert cure_of(reason) in text
    assert "KR-9" in text


def test_a_reason_that_nobody_knows_has_no_cure():
    assert cure_of("something_new") == ""


def test_a_plant_without_a_tested_month_says_so(browser):
    page = Page(browser.get(f"/en/months/{KESTREL}/Nd/"))
    assert "No month can be tested yet" in page.text
    assert "Jan 2024 to Mar 2024" in page.text
    assert [a for a in page.all("svg") if (a.get("class") or "").startswith("chart")] == []


def test_a_hundred_months_are_shown_a_page_and_turning_keeps_the_plant(browser, answers):
    from shell.drawing.month_rows import month_rows

    answers.months[PLANT, "Nd"] = month_rows(130)
    first = Page(browser.get(f"/en/months/{NORRVIK}/Nd/"))
    assert "1 to 100 of 130" in first.text
    assert f"/en/months/{NORRVIK}/Nd/?page=2" in first.hrefs
    second = Page(browser.get(f"/en/months/{NORRVIK}/Nd/?page=2"))
    assert len([a for a in second.all("tr") if "data-row" in a]) == 30
    assert f"/en/months/{NORRVIK}/Nd/?month=2024-01&page=2#month" in second.hrefs


def test_the_files_of_a_plant_hold_its_months(browser, answers):
    rows = answers.months[PLANT, "Nd"]
    found = json.loads(browser.get(f"/en/months/{NORRVIK}/Nd/months.json").content)
    assert (found["site"], found["element"], found["months"], found["as_of_size"]) == (PLANT, "Nd", rows, 24)
    table = rows_of(browser.get(f"/en/months/{NORRVIK}/Nd/months.csv"))
    assert [row["month"] for row in table] == [row["month"] for row in rows]
    assert [row["reason"] for row in table if row["reason"]] == ["before_first_stock_taking", "content_unknown"]
    drawn = browser.get(f"/zh-hans/months/{NORRVIK}/Nd/months.svg")
    assert drawn.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert len(ElementTree.fromstring(drawn.content).findall("{http://www.w3.org/2000/svg}g")) == 3


@pytest.mark.parametrize(
    "path",
    ["9520000019999/Nd/", f"{NORRVIK}/Lu/", f"{NORRVIK}/x/", "~/Nd/", "~/Nd/?site=x", f"{NORRVIK}/Nd/months.xml"],
)
def test_what_has_no_balance_is_no_page(browser, path):
    assert browser.get(f"/en/months/{path}").status_code == 404


def test_plants_that_end_alike_are_told_apart_by_their_whole_identifier():
    sites = ["https://a.example/site/7", "https://b.example/site/7", "https://a.example/site/8", "urn:x:a b"]
    addresses = PlantAddresses([*sites, sites[0]], Moment(Known(1, None), "", is_misread=False))
    assert [addresses.find(text) for text in ("7", "8", sites[1], "nothing", "")] == [
        None,
        sites[2],
        sites[1],
        None,
        None,
    ]
    assert addresses.page(sites[2], "Nd").endswith("/months/8/Nd/")
    assert addresses.page(sites[1], "Nd", kind="csv").endswith(
        "/months/~/Nd/months.csv?site=https%3A%2F%2Fb.example%2Fsite%2F7"
    )
    assert "/months/~/Nd/?site=urn" in addresses.page(sites[3], "Nd")


# With a register that holds events, and two readers


@pytest.fixture
def register_of_months(tmp_path):
    plan = Plan(months=4, uncounted=1, unassayed=9, loss_from=9)
    importlib.import_module("ytterby.shell.portal.auditor.months")._lists.clear()
    return make_register_of_months(tmp_path / "months", plan)


def signed_in(register, name):
    from django.test import Client

    from ytterby.shell.actions.demo_user import make_demo_password
    from ytterby.shell.portal.sign_in import forget_failures

    forget_failures()
    client = Client(headers={"host": "localhost"})
    assert client.post("/en/sign-in/", {"name": name, "password": make_demo_password(register.keys)}).status_code == 302
    return client


def plants(client):
    return {row["site"]["id"] for row in json.loads(client.get("/en/months.json").content)["plants"]}


def test_a_party_reads_its_own_plants_and_a_stranger_none(register_of_months):
    assert plants(signed_in(register_of_months, "demo")) == {MINE, PLANT}
    norrvik = signed_in(register_of_months, NORRVIK)
    assert plants(norrvik) == {PLANT}
    assert norrvik.get(f"/en/months/{NORRVIK}/Nd/").status_code == 200
    maker = signed_in(register_of_months, MAKER.rpartition("/")[2])
    assert plants(maker) == set()
    assert "No plant has a month balance yet" in Page(maker.get("/en/months/")).text
    nothing = maker.get("/en/no/such/page/")
    for path in (f"{NORRVIK}/Nd/", f"{NORRVIK}/Nd/months.csv", f"~/Nd/?site={PLANT}"):
        answer = maker.get(f"/en/months/{path}")
        assert (answer.status_code, answer.content) == (404, nothing.content)


def test_a_party_is_told_the_same_months_and_no_other_event(register_of_months):
    whole = json.loads(signed_in(register_of_months, "demo").get(f"/en/months/{NORRVIK}/Nd/months.json").content)
    norrvik = signed_in(register_of_months, NORRVIK)
    own = json.loads(norrvik.get(f"/en/months/{NORRVIK}/Nd/months.json").content)
    figures = [
        [(row["month"], row["muf_kg"], row["sitmuf"], row["reason"]) for row in one["months"]] for one in (own, whole)
    ]
    assert figures[0] == figures[1]
    parts = [part for row in own["months"] for part in row["contributors"]]
    assert {key for part in parts for key in part} == {"id", "what", "lot", "event_id", "kind", "share_of_variance"}
    hrefs = [href for href in Page(norrvik.get(f"/en/months/{NORRVIK}/Nd/")).hrefs if href.startswith("/")]
    assert [href for href in hrefs if norrvik.get(href).status_code != 200] == []


def test_months_as_known_earlier_are_those_that_were_known(register_of_months):
    size = register_of_months.size
    client = signed_in(register_of_months, "demo")
    before = json.loads(client.get(f"/en/months/{NORRVIK}/Nd/months.json").content)["months"]
    hand_in_count(register_of_months, "2024-05", 5000.0)
    after = json.loads(client.get(f"/en/months/{NORRVIK}/Nd/months.json").content)["months"]
    assert len(after) == len(before) + 1
    earlier = json.loads(client.get(f"/en/months/{NORRVIK}/Nd/months.json?known_at={size}").content)["months"]
    assert earlier == before
