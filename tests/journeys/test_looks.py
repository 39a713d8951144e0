"""Every page in both languages, on light and dark ground and on a phone: accessible, inside the window, by itself."""

import json

import pytest

from journeys.window import LOOKS, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-looks")]

LOT = "OM-N42SH-0623"
EXPORT = "urn:uuid:73a1896b-d0b5-544e-8f54-593f0f831de4"
PAGES = {
    "lots": "lots/",
    "lots-narrowed": "lots/?form=oxide&standing=held",
    "lots-none": "lots/?q=nothing+like+it",
    "lot": f"lots/{LOT}/",
    "lot-ore-forward": "lots/KR-2025-W14/?direction=forward",
    "lot-concentrate-dy": "lots/KR-C-0418/?element=Dy&direction=forward",
    "lot-motor-back": "lots/M00001/?direction=back",
    "lot-undeclared": "lots/FE-2025-09/",
    "lot-choice": "lots/0623/",
    "deliveries": "deliveries/",
    "deliveries-overdue": "deliveries/?known_on=2026-01-31&transit_days=14",
    "balance": "balance/",
    "findings": "findings/",
    "log": "log/",
    "event": f"events/{EXPORT}/",
    "help": "help/",
    "not-found": "no/such/page/",
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_inside_the_window_and_by_itself(windows, screenshots, name, language, look):
    """Threat X1: the policy is not broken, and no other host is asked."""
    shot = screenshots / f"{name}-{language}-{look}.png"
    windows(look).check(f"/{language}/{PAGES[name]}", shot, status=404 if name == "not-found" else 200)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_sign_in_page_too(chromium, served, screenshots, language, look):
    context = chromium.new_context(**LOOKS[look])
    page = context.new_page()
    page.goto(f"{served.address}/{language}/sign-in/")
    page.screenshot(path=screenshots / f"sign-in-{language}-{look}.png", full_page=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    context.close()


def test_an_earlier_moment_is_said_and_kept(windows, screenshots):
    window = windows("light")
    window.go("/en/log/")
    sizes = window.page.locator("a", has_text="as known at").all_text_contents()
    earliest = min(int(text.rsplit(" ", 1)[1]) for text in sizes)
    window.go(f"/en/lots/?known_at={earliest}")
    window.page.screenshot(path=screenshots / "lots-past-en-light.png", full_page=True)
    assert f"As known at log size {earliest}." in window.page.inner_text("main")
    assert violations(window.page) == []


def test_the_shipment_that_differed_is_matched_once_it_was_corrected(windows):
    """The first receipt said 10,594 kg of 11,000; as known before the correction it still does."""
    window = windows("light")
    window.go("/en/log/")
    sizes = sorted(
        {int(t.rsplit(" ", 1)[1]) for t in window.page.locator("a", has_text="as known at").all_text_contents()}
    )

    def state(size):
        answer = window.page.request.get(f"{window.address}/en/deliveries.json?known_at={size}").json()
        return [(p["received"], p["state"]) for p in answer["pairs"] if p["tail"] == "KR-C-0418"]

    assert ("10594", "differs") in {pair for size in sizes for pair in state(size)}
    assert state(sizes[-1]) == [("10994", "matched")]


def test_the_files_of_every_list_hold_what_the_page_shows(windows):
    window = windows("light")
    for name, key in (("lots", "lots"), ("deliveries", "pairs"), ("findings", "findings")):
        window.go(f"/en/{name}/")
        shown = window.page.locator("tr[data-row]").count()
        answer = json.loads(window.page.request.get(f"{window.address}/en/{name}.json").text())
        table = window.page.request.get(f"{window.address}/en/{name}.csv").text()
        assert shown == len(answer[key]) == len(table.strip().splitlines()) - 1
        assert answer["as_of_size"] > 20
