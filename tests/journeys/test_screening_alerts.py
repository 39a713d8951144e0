"""Pages of names and hits in a browser: on light and dark ground and on a phone, in both languages, by keys."""

from datetime import UTC, datetime, timedelta

import pytest

from journeys.window import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-lists")]

PAGES = {
    "names": "screening/names/",
    "names-alert": "screening/names/?name=Zelenka+Magnetwerk+Ostrava&schema=firm&country=SE",
    "names-nothing": "screening/names/?name=Quarrington+Bicycle+Choir",
    "names-wrong": "screening/names/?name=Z&schema=ship&country=Zz",
    "alerts": "screening/alerts/",
    "alerts-none": "screening/alerts/?band=nothing",
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_screening_is_accessible_inside_the_window_and_by_itself(
    listed_windows, served_listed, screenshots, name, language, look
):
    """Threat X1: the policy is not broken, and no other host is asked."""
    shot = screenshots / f"{name}-{language}-{look}.png"
    listed_windows(look, served_listed[1]["keeper"]).check(f"/{language}/{PAGES[name]}", shot)


@pytest.mark.parametrize("look", LOOKS)
def test_from_the_list_by_keys_to_a_hit_and_two_opinions_of_it(listed_windows, served_listed, screenshots, look):
    """Each look goes as two people of its own; the first of all clear the hit together."""
    window = listed_windows(look, served_listed[1]["keeper"])
    page = window.page
    window.go("/en/screening/alerts/?band=review&all=1")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/screening/alerts/*/*")
    hit = page.url.removeprefix(window.address).partition("?")[0]
    window.check(hit, screenshots / f"alert-{look}.png")
    window.check(hit.replace("/en/", "/zh-hans/"), screenshots / f"alert-zh-hans-{look}.png")
    window.go(hit)
    page.click("form[action$='/opinion/'] button")
    page.wait_for_url("**/opinion/")
    assert page.get_attribute("#verdict", "aria-invalid") == "true"
    for person in (f"first {look}", f"second {look}"):
        window.go(hit)
        assert f"registry of {look}" not in page.inner_text("main")
        page.fill("#person", person)
        page.select_option("#verdict", "no_match")
        page.select_option("#reason", "other_activity")
        page.fill("#until", (datetime.now(UTC).date() + timedelta(days=30)).isoformat())
        page.fill("#text", f"The registry of {look} says pumps.")
        page.click("form[action$='/opinion/'] button")
        page.wait_for_url("**?person=*")
        assert f"registry of {look}" in page.inner_text("main")
    window.check(page.url.removeprefix(window.address), screenshots / f"alert-judged-{look}.png")
    assert "cleared until" in page.inner_text("main")


def test_a_name_is_typed_screened_and_mended(listed_windows, served_listed):
    window = listed_windows("light", served_listed[1]["keeper"])
    page = window.page
    window.go("/en/screening/names/")
    page.fill("#name", "Z")
    page.click("form[action$='/names/'] button")
    page.wait_for_url("**?*name=Z*")
    assert page.get_attribute("#name", "aria-invalid") == "true"
    page.fill("#name", "Zelenka Magnetwerke\nOstrava Magnetwerke Zelenka")
    page.click("form[action$='/names/'] button")
    page.wait_for_url("**Ostrava*")
    said = page.inner_text("main")
    assert said.index("Nobody is cleared by this") < said.index("Ostrava Magnetwerke Zelenka s.r.o.")
