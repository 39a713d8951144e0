"""Pages of fields and of end uses in a browser: on light and dark ground and on a phone, in both languages, by hand."""

import pytest

from journeys.window import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-fields")]

VAGUE = "function=industrial+use&product=motors&model=various&maker=Example+Antriebe+GmbH"
WHOLE = (
    "function=rotor+magnet&product=the+traction+motor+of+a+passenger+car&position=the+rotor&model=EM-57"
    "&maker=Example+Antriebe+GmbH&country=Germany"
)
PAGES = {
    "fields": "law/fields/",
    "fields-law": "law/fields/?basis=law",
    "fields-in-a-case": "law/fields/?asked=in_a_case",
    "fields-return": "law/fields/?form=return-sheet",
    "fields-none": "law/fields/?form=x",
    "end-use": "law/end-use/",
    "end-use-vague": f"law/end-use/?{VAGUE}",
    "end-use-whole": f"law/end-use/?{WHOLE}",
    "end-use-text": "law/end-use/?text=used+as+rotor+magnets+in+the+traction+motor%2C+model+EM-57%2C+etc.",
    "end-use-too-long": f"law/end-use/?product={'x' * 400}",
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_inside_the_window_and_by_itself(windows, screenshots, name, language, look):
    """Threat X1: the policy is not broken, and no other host is asked."""
    shot = screenshots / f"{name}-{language}-{look}.png"
    windows(look).check(f"/{language}/{PAGES[name]}", shot)


def test_a_use_written_by_hand_becomes_a_sentence_that_has_an_address(windows):
    window = windows("light")
    page = window.page
    window.go("/en/law/end-use/")
    # Beside each field stands what the sentence lacks without it.
    assert "where they sit" in page.inner_text("#position-without")
    page.fill("#function", "rotor magnet")
    page.fill("#product", "motors")
    page.press("#product", "Enter")
    page.wait_for_url("**/law/end-use/?*product=motors*")
    assert "says too little" in page.inner_text(".verdict")
    assert page.inner_text(".sentence[lang=en]") == "The goods serve as rotor magnet, are built into motors."
    assert page.inner_text(".sentence[lang=zh-Hans]").startswith("所购货物用作rotor magnet")
    for name, text in (
        ("product", "the seat motor"),
        ("position", "the rotor"),
        ("model", "S-3"),
        ("country", "Spain"),
    ):
        page.fill(f"#{name}", text)
    page.fill("#maker", "Example Motors SL")
    page.click("form .primary")
    page.wait_for_url("**maker=Example*")
    assert page.inner_text(".verdict") == "concrete"
    address = page.url
    page.goto(address)
    assert page.locator("#maker").input_value() == "Example Motors SL"


def test_from_a_form_to_the_reasons_of_its_fields_and_their_file(windows):
    window = windows("light")
    page = window.page
    window.go("/en/law/classify/")
    assert "taken as exact" in page.inner_text("#u-without")
    page.click("text=On what each field rests")
    page.wait_for_url("**/law/fields/?form=goods")
    assert "tariff code" in page.inner_text("table")
    page.click("a.facet:has-text('needed for an answer')")
    page.wait_for_url("**basis=need*")
    told = page.request.get(window.address + page.locator("a:text-is('JSON')").get_attribute("href")).json()
    assert {row["form"] for row in told["fields"]} == {"goods"}
    assert all(row["without"] and row["read_by"] for row in told["fields"])
