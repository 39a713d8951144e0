"""Cases and closed months in a browser: on light and dark ground and on a phone, in both languages, for two readers."""

import pytest

from counted_months import PLANT
from journeys.window import LOOKS
from judged_months import SECRET
from shell.strangers import NORRVIK

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-cases")]

WORKS, PARTY = PLANT.rpartition("/")[2], NORRVIK.rpartition("/")[2]
# Page -> its address; {decided}, {waiting}: numbers of cases, which are drawn.
PAGES = {
    "inquiries": "inquiries/",
    "inquiries-none": "inquiries/?state=explained",
    "inquiry-decided": "inquiries/{decided}/",
    "inquiry-waiting": "inquiries/{waiting}/",
    "closes": "closes/",
    "closes-none": "closes/?year=1999",
    "close-stale": "closes/2024-02/",
    "close-same": "closes/2024-01/",
    "plant-months-stale": f"months/{WORKS}/Nd/?month=2024-02",
    "findings-with-cases": "findings/",
}
PARTY_PAGES = {"party-inquiries": "inquiries/", "party-inquiry": "inquiries/{decided}/"}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_cases_or_closes_is_accessible_inside_the_window_and_by_itself(
    judged_windows, served_judged, screenshots, name, language, look
):
    """Threat X1: the policy is not broken, and no other host is asked."""
    path = PAGES[name].format(**served_judged[1])
    judged_windows(look).check(f"/{language}/{path}", screenshots / f"{name}-{language}-{look}.png")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PARTY_PAGES)
def test_a_partys_pages_too(judged_windows, served_judged, screenshots, name, language, look):
    window = judged_windows(look, PARTY)
    path = PARTY_PAGES[name].format(**served_judged[1])
    window.check(f"/{language}/{path}", screenshots / f"{name}-{language}-{look}.png")
    assert SECRET not in window.page.content()
    assert "Kestrel" not in window.page.inner_text("main")


def test_from_a_finding_to_its_case_and_back(judged_windows, served_judged):
    window = judged_windows("light")
    page = window.page
    window.go("/en/findings/")
    page.locator("a", has_text=served_judged[1]["waiting"]).click()
    page.wait_for_url("**/inquiries/Q-*/")
    page.locator("a", has_text="As it is now").click()
    page.wait_for_url("**/findings/?finding=F-*")
    assert page.locator("tr[data-row]").count() == 1
    page.locator(".facet.on").click()
    page.wait_for_url("**/findings/")
    assert page.locator("tr[data-row]").count() > 1


def test_from_the_list_of_closes_by_keys_to_the_event_that_came_late(judged_windows):
    window = judged_windows("light")
    page = window.page
    window.go("/en/closes/?state=changed")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/closes/2024-02/")
    assert "stale: 2 of 4 balances" in page.inner_text("main")
    page.locator("section", has_text="What was accepted since").locator("td a").first.click()
    page.wait_for_url("**/events/**")
    assert "shipping" in page.inner_text("main")


def test_a_month_leads_to_its_close(judged_windows):
    window = judged_windows("light")
    window.go(f"/en/months/{WORKS}/Nd/")
    assert window.page.locator("a.tag.warn").count() == 2
    window.page.locator("a.tag.warn").last.click()
    window.page.wait_for_url("**/closes/2024-02/")


def test_each_step_of_a_case_can_be_walked_by_keys(judged_windows, served_judged):
    window = judged_windows("light")
    window.go("/en/inquiries/{decided}/".format(**served_judged[1]))
    window.page.keyboard.press("j")
    assert window.page.locator("li[data-row].here").count() == 1
