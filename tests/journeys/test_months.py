"""Month balances in a browser: figures on light and dark ground and on a phone, in both languages, for two readers."""

import json

import pytest

from counted_months import MAKER, MINE, PLANT
from journeys.window import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-months")]

NORRVIK, KESTREL, TAMARACK = (site.rpartition("/")[2] for site in (PLANT, MINE, MAKER))
PAGES = {
    "months": "months/",
    "months-alarms": "months/?standing=alarm",
    "months-none": "months/?element=Ce",
    "plant-months": f"months/{NORRVIK}/Nd/",
    "plant-months-earlier": f"months/{NORRVIK}/Dy/?month=2024-10",
    "plant-months-untested": f"months/{KESTREL}/Nd/",
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_months_is_accessible_inside_the_window_and_by_itself(
    month_windows, screenshots, name, language, look
):
    """Threat X1: the policy is not broken, and no other host is asked."""
    shot = screenshots / f"{name}-{language}-{look}.png"
    month_windows(look).check(f"/{language}/{PAGES[name]}", shot)


@pytest.mark.parametrize("look", LOOKS)
def test_each_figure_is_shown_once_and_its_letters_keep_their_size(month_windows, look):
    window = month_windows(look)
    window.go(f"/en/months/{NORRVIK}/Nd/")
    shown = [one for one in window.page.locator("svg.chart").all() if one.is_visible()]
    assert len(shown) == 3
    for figure in shown:
        box = figure.bounding_box()
        drawn = float(figure.get_attribute("width"))
        # Eleven pixels may shrink to nine, never below.
        assert box["width"] / drawn >= 9 / 11
        assert (look == "phone") == ("narrow" in figure.get_attribute("class"))


def test_from_the_list_to_what_makes_a_month_unsure(month_windows):
    window = month_windows("light")
    page = window.page
    window.go("/en/months/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/months/{NORRVIK}/Nd/")
    assert "alarm" in page.locator("svg.chart").nth(4).get_attribute("aria-label")
    page.locator("td a", has_text="May 2024").click()
    page.wait_for_url("**month=2024-05#month")
    assert page.locator("#month h2").inner_text() == "May 2024"
    assert "What makes it unsure" in page.inner_text("main")
    page.locator("td a", has_text="its event").first.click()
    page.wait_for_url("**/events/**")


def test_the_files_hold_what_the_pages_show(month_windows):
    window = month_windows("light")
    window.go("/en/months/")
    shown = window.page.locator("tr[data-row]").count()
    answer = json.loads(window.page.request.get(f"{window.address}/en/months.json").text())
    assert shown == len(answer["plants"]) == 4
    window.go(f"/en/months/{NORRVIK}/Nd/")
    months = json.loads(window.page.request.get(f"{window.address}/en/months/{NORRVIK}/Nd/months.json").text())
    assert len(months["months"]) == window.page.locator("tr[data-row]").count() == 27
    drawn = window.page.request.get(f"{window.address}/zh-hans/months/{NORRVIK}/Nd/months.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "不平衡差" in drawn.text()


def test_a_party_sees_its_own_plants_and_no_others(month_windows, screenshots):
    norrvik, tamarack = month_windows("light", NORRVIK), month_windows("light", TAMARACK)
    norrvik.go("/en/months/")
    norrvik.page.screenshot(path=screenshots / "months-party-en-light.png", full_page=True)
    assert "Norrvik works" in norrvik.page.inner_text("main")
    assert "Kestrel" not in norrvik.page.inner_text("main")
    assert norrvik.go(f"/en/months/{NORRVIK}/Nd/").status == 200
    nothing = tamarack.go("/en/no/such/page/").text()
    for path in (f"months/{NORRVIK}/Nd/", f"months/{NORRVIK}/Nd/months.json", f"months/~/Nd/?site={PLANT}"):
        answer = tamarack.page.request.get(f"{tamarack.address}/en/{path}")
        assert (answer.status, answer.text()) == (404, nothing), path
