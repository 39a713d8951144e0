"""The keyboard, and life without a script."""

import pytest

from journeys.window import Watched

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-keys")]


@pytest.fixture
def lots(windows):
    window = windows("light")
    window.go("/en/lots/")
    return window.page


def here(page):
    """Return which row is marked, -1 for none."""
    return page.evaluate("[...document.querySelectorAll('[data-row]')].findIndex((r) => r.classList.contains('here'))")


def test_j_and_k_move_and_stop_at_the_ends(lots):
    for key, row in [("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)]:
        lots.keyboard.press(key)
        assert here(lots) == row
    count = lots.locator("[data-row]").count()
    for _ in range(count + 3):
        lots.keyboard.press("j")
    assert here(lots) == count - 1


def test_enter_opens_the_row(lots):
    lots.keyboard.press("j")
    lots.keyboard.press("j")
    tail = lots.locator("[data-row].here a").first.inner_text()
    lots.keyboard.press("Enter")
    lots.wait_for_url(f"**/en/lots/{tail}/")


def test_slash_searches_and_typing_there_is_typing(lots):
    lots.keyboard.press("/")
    lots.keyboard.type("jk?/oriel")
    assert lots.input_value("#q") == "jk?/oriel"
    assert here(lots) == -1
    assert not lots.locator("dialog[open]").count()


def test_a_search_is_an_address_that_can_be_sent_to_somebody(lots):
    lots.fill("#q", "oriel")
    lots.keyboard.press("Enter")
    lots.wait_for_url("**/en/lots/?q=oriel")
    assert lots.locator("[data-row]").count() > 0


def test_question_mark_shows_the_keys_and_escape_closes_them(lots):
    lots.keyboard.press("?")
    assert lots.locator("dialog[open]").is_visible()
    lots.keyboard.press("j")
    assert here(lots) == -1
    lots.keyboard.press("Escape")
    assert not lots.locator("dialog[open]").count()


def test_the_browsers_own_keys_are_left_alone(lots):
    lots.keyboard.press("Control+j")
    lots.keyboard.press("Alt+k")
    assert here(lots) == -1


def test_the_first_tab_stop_leads_past_the_menu(lots):
    lots.keyboard.press("Tab")
    assert lots.evaluate("document.activeElement.className") == "skip"
    lots.keyboard.press("Enter")
    assert lots.evaluate("document.activeElement.id") == "main"


def test_every_control_is_large_enough_to_hit(windows):
    """WCAG 2.2, 2.5.8: 24 by 24 pixels; a link inside a sentence or a cell of text is excepted."""
    for look in ("light", "phone"):
        window = windows(look)
        for path in ("lots/", "lots/OM-N42SH-0623/", "deliveries/"):
            window.go(f"/en/{path}")
            small = window.page.evaluate(
                """[...document.querySelectorAll('.rail a, .topbar a, .facet, .switch a, .button, button, input')]
                   .filter((e) => e.type !== 'hidden' && e.offsetParent)
                   .map((e) => [e.textContent.trim() || e.name, e.getBoundingClientRect()])
                   .filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"""
            )
            assert small == [], (look, path)


def test_without_a_script_everything_still_works(chromium, served):
    window = Watched(chromium, served, "light", javascript=False)
    page = window.page
    before = page.locator("[data-row]").count()
    page.locator(".facet", has_text="Magnet").first.click()
    page.wait_for_url("**/en/lots/?form=magnet")
    assert 0 < page.locator("[data-row]").count() < before
    page.locator("[data-row] a").first.click()
    page.wait_for_url("**/en/lots/OM-N42SH-0623/")
    assert page.locator("svg.trace a").count() > 3
    page.locator("svg.trace a .t1").first.click()
    page.wait_for_url("**/en/lots/**element=Nd")
    page.locator(".lang a", has_text="中文").click()
    page.wait_for_url("**/zh-hans/lots/**")
    assert "来源与去向" in page.inner_text("h1")
    window.context.close()
