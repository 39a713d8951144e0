"""Returns and quotas in a browser: on light and dark ground and on a phone, in both languages, for two readers."""

import json

import pytest

from journeys.window import LOOKS
from reported_year import AFTER_DUE, BEFORE_DUE, CORRECTED_IN, DIFFERS_IN, FERN_LOOP, KESTREL, NIL_IN, NORRVIK

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-reports")]

MINE, PLANT, LOOP = (party.rpartition("/")[2] for party in (KESTREL, NORRVIK, FERN_LOOP))
ON = f"known_on={AFTER_DUE}"
PAGES = {
    "returns": f"returns/?{ON}",
    "returns-missing": f"returns/?{ON}&state=not_entered",
    "returns-not-due": f"returns/?known_on={BEFORE_DUE}&month=2026-05",
    "returns-none": f"returns/?{ON}&month=1999-01",
    "return-corrected": f"returns/{MINE}/{CORRECTED_IN}/?{ON}",
    "return-differs": f"returns/{PLANT}/{DIFFERS_IN}/?{ON}",
    "return-nil": f"returns/{LOOP}/{NIL_IN}/?{ON}",
    "return-missing": f"returns/{PLANT}/2026-05/?{ON}",
    "quotas": f"quotas/?{ON}",
    "quotas-none": f"quotas/?{ON}&year=1999",
    "quota-runs-out": f"quotas/{MINE}/2026/mining/?{ON}",
    "quota-exceeded": f"quotas/{PLANT}/2026/separation/?{ON}",
    "quota-nothing-made": f"quotas/{MINE}/2025/mining/?{ON}",
    "quota-one-month": f"quotas/{MINE}/2026/mining/?known_on=2026-02-15",
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_reports_is_accessible_inside_the_window_and_by_itself(
    year_windows, screenshots, name, language, look
):
    """Threat X1: the policy is not broken, and no other host is asked."""
    shot = screenshots / f"{name}-{language}-{look}.png"
    year_windows(look).check(f"/{language}/{PAGES[name]}", shot)


@pytest.mark.parametrize("look", LOOKS)
def test_the_figure_of_a_quota_is_shown_once_and_its_letters_keep_their_size(year_windows, look):
    window = year_windows(look)
    window.go(f"/en/{PAGES['quota-runs-out']}")
    (figure,) = [one for one in window.page.locator("svg.chart").all() if one.is_visible()]
    drawn = float(figure.get_attribute("width"))
    # Eleven pixels may shrink to nine, never below.
    assert figure.bounding_box()["width"] / drawn >= 9 / 11
    assert (look == "phone") == ("narrow" in figure.get_attribute("class"))


def test_by_keys_from_what_is_missing_to_the_month_before(year_windows):
    window = year_windows("light")
    page = window.page
    window.go(f"/en/{PAGES['returns-missing']}")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/returns/*/2026-05/?known_on=2026-06-15")
    assert "Nothing was entered of this month" in page.inner_text("main")
    page.locator(".switch a", has_text="Apr 2026").click()
    page.wait_for_url("**/2026-04/?known_on=2026-06-15")


def test_the_day_form_says_what_is_missing_on_another_day(year_windows):
    window = year_windows("light")
    page = window.page
    window.go(f"/en/returns/{PLANT}/2026-05/?known_on={BEFORE_DUE}")
    assert "not due yet" in page.inner_text(".case-head")
    page.fill("[name=known_on]", AFTER_DUE)
    page.click(".inline-form button")
    page.wait_for_url(f"**known_on={AFTER_DUE}")
    assert "not entered" in page.inner_text(".case-head")


def test_the_files_hold_what_the_pages_show(year_windows):
    window = year_windows("light")
    for name, key in (("returns", "returns"), ("quotas", "positions")):
        window.go(f"/en/{name}/?{ON}")
        shown = window.page.locator("tr[data-row]").count()
        answer = json.loads(window.page.request.get(f"{window.address}/en/{name}.json?{ON}").text())
        table = window.page.request.get(f"{window.address}/en/{name}.csv?{ON}").text()
        assert shown == len(answer[key]) == len(table.strip().splitlines()) - 1
    drawn = window.page.request.get(f"{window.address}/zh-hans/quotas/{MINE}/2026/mining/quota.svg?{ON}")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "按目前进度" in drawn.text()


def test_a_party_sees_its_own_reports_and_no_others(year_windows, screenshots):
    mine = year_windows("light", MINE)
    for name in ("returns", "quotas"):
        mine.go(f"/en/{name}/?{ON}")
        mine.page.screenshot(path=screenshots / f"{name}-party-en-light.png", full_page=True)
        assert "Kestrel" in mine.page.inner_text("main")
        assert "Norrvik" not in mine.page.inner_text("main")
    nothing = mine.go("/en/no/such/page/").text()
    for path in (
        f"returns/{PLANT}/2026-04/",
        f"quotas/{PLANT}/2026/separation/",
        f"returns/~/2026-04/?party={NORRVIK}",
    ):
        answer = mine.page.request.get(f"{mine.address}/en/{path}")
        assert (answer.status, answer.text()) == (404, nothing), path
