"""Pages of lists in a browser: on light and dark ground and on a phone, in both languages, by keys, and a release."""

import pytest

from journeys.window import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-lists")]

PAGES = {
    "lists": "screening/lists/",
    "lists-missing": "screening/lists/?standing=missing",
    "list": "screening/lists/own-house/",
    "list-gone": "screening/lists/own-house/?change=removed",
    "list-released": "screening/lists/cn-export-control/",
    "list-never": "screening/lists/eu-fsf/",
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_lists_is_accessible_inside_the_window_and_by_itself(
    listed_windows, served_listed, screenshots, name, language, look
):
    """Threat X1: the policy is not broken, and no other host is asked."""
    shot = screenshots / f"{name}-{language}-{look}.png"
    listed_windows(look, served_listed[1]["keeper"]).check(f"/{language}/{PAGES[name]}", shot)


def test_by_keys_from_the_lists_to_what_waits_and_its_release(listed_windows, served_listed):
    window = listed_windows("light", served_listed[1]["keeper"])
    page = window.page
    window.go("/en/screening/lists/?standing=in_force")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/screening/lists/*/")
    window.go("/en/screening/lists/own-house/")
    assert "An import waits for a release" in page.inner_text("main")
    page.click("form[action$='/release/'] button")
    # The browser itself asks for a reason.
    assert page.url.endswith("/own-house/")
    page.fill("textarea[name=reason]", "Notice 7 of the house.")
    page.click("form[action$='/release/'] button")
    page.wait_for_url("**/own-house/")
    assert "An import waits for a release" not in page.inner_text("main")
    assert "Notice 7 of the house." in page.inner_text("main")
    page.fill("input[name=entry]", "1")
    page.fill("input[name=act]", "Act 3")
    page.press("input[name=act]", "Enter")
    page.wait_for_url("**/own-house/")
    assert "Act 3" in page.inner_text("main")
