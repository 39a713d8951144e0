"""A licence in Chromium: applied for, decided by two, signed, issued, acknowledged, drawn by the exit that customs
confirms; and the pages of it as everybody reads them.

Threats D2, X1. By the clock of the sample, in the demo's office (`shell.magnet_office`).
"""

import pytest

from journeys.window import LOOKS, Watched, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-licence")]

DECLARATION = "XA-EX-0702-88121"


class Story:
    """What the journey made: the case, the licence, and the windows of the people."""

    def __init__(self, chromium, served):
        self.chromium, self.served = chromium, served
        self.windows = {}
        self.case = self.licence = ""

    def window(self, name, look="light"):
        if (name, look) not in self.windows:
            self.windows[name, look] = Watched(self.chromium, self.served, look, name=name)
        return self.windows[name, look]

    def open(self, name, path):
        window = self.window(name)
        assert window.go(f"/en/{path}").status == 200
        return window.page

    def sound(self, page):
        assert violations(page) == []
        assert all(not window.strays and not window.complaints for window in self.windows.values())


def step(page, form, press, **fields):
    """Fill in a form of a case and send it; the page that comes back is the case's."""
    where = page.locator(f"form[action$='/steps/{form}/']")
    if where.locator("xpath=ancestor::details").count():
        where.locator("xpath=ancestor::details/summary").first.click()
    for name, value in fields.items():
        field = where.locator(f"[name='{name}']")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.check()
        else:
            field.fill(value)
    where.get_by_role("button", name=press).click()
    page.wait_for_load_state()


@pytest.fixture(scope="module")
def story(chromium, served_office, screenshots):
    served, told = served_office
    made = Story(chromium, served)
    apply(made, told["papers"])
    decide(made, screenshots)
    leave(made)
    yield made
    for window in made.windows.values():
        window.context.close()


def apply(story, papers):
    page = story.open("clerk", "cases/new/")
    page.set_input_files("[name=file]", f"{papers}/application.json")
    page.get_by_role("button", name="Take the file and check").click()
    page.wait_for_url("**/cases/C-*/")
    story.case = page.url.rstrip("/").rpartition("/")[2]
    assert "nothing is missing" in page.inner_text("main")
    story.sound(page)
    step(page, "submit", "Hand the application in", signer="Mara Quill", declares="1")
    assert "handed in" in page.inner_text("main")


def decide(story, screenshots):
    page = story.open("officer", f"cases/{story.case}/")
    step(page, "accept", "Accept")
    mine = "officer" if page.locator("form[action$='/steps/propose/']").count() else "second"
    other = "second" if mine == "officer" else "officer"
    page = story.open(mine, f"cases/{story.case}/")
    step(page, "advise", "Advise", verdict="approve", text="The books of the lot agree.")
    step(page, "propose", "Check, and hand to the second signer", outcome="granted")
    assert "waits for approval" in page.inner_text("main")
    assert page.locator("form[data-sign]").count() == 0, "the author never signs"
    page = story.open(other, f"cases/{story.case}/")
    page.screenshot(path=screenshots / "case-to-sign.png", full_page=True)
    story.sound(page)
    page.get_by_role("button", name="Sign with the demo's key of this person").click()
    page.wait_for_load_state()
    assert "granted" in page.locator(".case-head").inner_text()
    page = story.open(mine, f"cases/{story.case}/")
    step(page, "issue", "Issue the licence")
    story.licence = page.locator("a[href*='/licences/L-']").first.inner_text()


def leave(story):
    page = story.open("customs", "customs/")
    page.get_by_role("button", name="Acknowledge").click()
    page.wait_for_load_state()
    for name in ("officer", "clerk"):
        page = story.open(name, f"licences/{story.licence}/")
        for summary in page.locator("details > summary").all():
            summary.click()
        story.sound(page)
    page.fill("[name=declaration]", DECLARATION)
    page.fill("[name=quantity]", "900")
    page.get_by_role("button", name="Reserve").click()
    page.wait_for_load_state()
    page = story.open("customs", f"licences/{story.licence}/")
    assert "900 kg" in page.locator(".confirm").inner_text(), (
        "the exporter's figure is shown, and not typed for customs"
    )
    assert page.locator(".confirm [name=quantity]").input_value() == ""
    story.sound(page)
    page.fill(".confirm [name=quantity]", "900")
    page.get_by_role("button", name="Confirm the exit").click()
    page.wait_for_load_state()


def test_a_licence_is_applied_for_decided_by_two_and_drawn_by_the_confirmed_exit(story):
    page = story.open("clerk", f"licences/{story.licence}/")
    assert "used up" in page.inner_text(".case-head")
    assert DECLARATION in page.inner_text("main")
    assert "both say the same" in page.inner_text("main")


def test_keys_move_and_open_the_worklist(story):
    page = story.open("officer", "cases/?queue=all")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/C-*/")


PAGES = {
    "worklist": ("officer", "cases/?queue=all"),
    "case": ("officer", "cases/{case}/"),
    "case-own": ("clerk", "cases/{case}/"),
    "application": ("clerk", "cases/new/"),
    "status": ("enduser", "cases/{case}/status/"),
    "licence": ("customs", "licences/{licence}/"),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_inside_the_window_and_by_itself(story, screenshots, name, language, look):
    """Threat X1."""
    who, path = PAGES[name]
    shot = screenshots / f"office-{name}-{language}-{look}.png"
    address = path.format(case=story.case, licence=story.licence)
    story.window(who, look).check(f"/{language}/{address}", shot)
