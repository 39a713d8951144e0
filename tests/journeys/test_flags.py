"""Pages of flags in a browser: on light and dark ground and on a phone, in both languages, by form."""

import pytest

from journeys.window import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-flags")]

PAGE = "screening/flags/9520000010058/"
ASKED = "use=traction_motor_car&quantity=30&units=10&item=NdFeB&grade=SH&on=2025-12-01"
PAGES = {
    "end-users": "screening/flags/",
    "flags": f"{PAGE}?{ASKED}",
    "flags-empty": PAGE,
    "flags-wrong": f"{PAGE}?use=x&quantity=many&months=13&yield=2&on=never",
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_flags_is_accessible_inside_the_window_and_by_itself(windows, screenshots, name, language, look):
    """Threat X1: the policy is not broken, and no other host is asked."""
    windows(look).check(f"/{language}/{PAGES[name]}", screenshots / f"{name}-{language}-{look}.png")


def test_a_form_filled_by_hand_is_judged_and_the_answer_has_an_address(windows):
    window = windows("light")
    page = window.page
    window.go(f"/en/{PAGE}")
    page.select_option("#use", "traction_motor_car")
    page.fill("#quantity", "30")
    page.fill("#units", "10")
    page.click("form .primary")
    page.wait_for_url("**quantity=30*")
    assert "D1" in page.inner_text("section:has(#ask)")
    told = page.request.get(window.address + page.locator("section:has(#ask) header a").get_attribute("href")).json()
    assert told["loudest"] == "strong"
    assert page.locator("#units").input_value() == "10"


def test_a_party_is_not_led_to_pages_of_screening(windows):
    window = windows("light", "9520000010058")
    window.go("/en/lots/")
    assert window.page.locator("a[href*='screening']").count() == 0
    assert window.go(f"/en/{PAGE}").status == 404
