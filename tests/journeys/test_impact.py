"""The page of a change of law in a browser: nothing waits, changes that do, two readers, all looks and languages."""

import pytest

from journeys.window import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-impact")]

ON = "on=2030-11-24"
PAGES = {
    "impact": f"law/impact/?{ON}",
    "impact-wider": f"law/impact/?change=wider&{ON}",
    "impact-narrowed": f"law/impact/?change=suspended&{ON}&kind=lot&then=not_controlled",
    "impact-nobody": "law/impact/?change=suspended&on=2032-01-01",
    "impact-day-misread": "law/impact/?on=soon",
}
PARTY_PAGES = {"impact-own": f"law/impact/?{ON}", "impact-own-none": "law/impact/?on=2032-01-01"}
MAGNETS = "Oriel Magnets"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_change_of_law_is_accessible_inside_the_window_and_by_itself(
    pending_windows, screenshots, name, language, look
):
    """Threat X1: the policy is not broken, and no other host is asked."""
    shot = screenshots / f"{name}-{language}-{look}.png"
    pending_windows(look).check(f"/{language}/{PAGES[name]}", shot)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PARTY_PAGES)
def test_so_is_what_concerns_a_party(pending_windows, screenshots, name, language, look):
    """Threat X1."""
    shot = screenshots / f"{name}-{language}-{look}.png"
    pending_windows(look, MAGNETS).check(f"/{language}/{PARTY_PAGES[name]}", shot)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_so_is_the_page_where_nothing_waits(windows, screenshots, language, look):
    """Threat X1."""
    windows(look).check(f"/{language}/law/impact/", screenshots / f"impact-nothing-waits-{language}-{look}.png")


def test_from_the_rail_to_another_change_a_lot_and_its_file(pending_windows):
    window = pending_windows("light")
    page = window.page
    window.go("/en/law/")
    page.click("nav a:has-text('Whom a change of law concerns')")
    page.wait_for_url("**/en/law/impact/")
    page.select_option("#change", "suspended")
    page.fill("#on", "2030-11-24")
    page.click("form .button")
    page.wait_for_url("**change=suspended**")
    assert "OM-N42SH-0623" in page.inner_text("table")
    told = page.request.get(page.url.replace("/law/impact/", "/law/impact.json")).json()
    assert {row["since"] for row in told["rows"]} == {"2030-12-01"}
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lots/**")
