"""Pages of law in a browser: on light and dark ground and on a phone, in both languages, by keys, by form."""

from importlib.resources import files

import pytest

from journeys.window import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-law")]

ON = "on=2026-11-20"
MAGNET = f"form=magnet&magnet_type=NdFeB&element=Nd&wt=29&u=&element=Dy&wt=2.1&u=0.05&{ON}"
PAGES = {
    "law": f"law/?{ON}",
    "law-disputed": f"law/?{ON}&state=disputed&kind=rule",
    "law-then": "law/?on=2026-01-15&known_on=2025-09-01&pack=cn-57-61-62&kind=rule",
    "law-none": "law/?state=x",
    "law-day-misread": "law/?on=tomorrow",
    "law-classify": "law/classify/",
    "law-classify-magnet": f"law/classify/?{MAGNET}",
    "law-classify-sensor": f"law/classify/?form=assembly&magnet_type=SmCo&built_in=yes&element=Sm&wt=5&u=0.1&{ON}",
    "law-classify-disputed": f"law/classify/?form=oxide&formula=Ho2O3&{ON}",
    "law-classify-recalled": f"law/classify/?form=alloy&system=Tm-Fe&{ON}&hs=2805301200",
    "law-classify-wrong": "law/classify/?form=&system=Dy%2BFe&hs=x&element=Xx&wt=2,1&u=-1&element=Dy&wt=&u=1&on=never",
    "law-due": "law/due/",
    "law-due-provisional": "law/due/?calendar=CN&from=2026-11-24&days=45",
    "law-due-firm": "law/due/?calendar=CN&from=2025-08-01&days=45&first=1",
    "law-due-wrong": "law/due/?calendar=x&from=24.11.2026&days=many",
    "law-packs": "law/packs/",
    "law-compare": "law/compare/",
    "law-compare-two": "law/compare/?old=us-dfars-7052&new=eu-crma",
    "law-compare-wrong": "law/compare/?old=x&new=cn-18",
    "law-rule-share": "law/rules/CN-61.1/",
    "law-rule": f"law/rules/CN-57/?{ON}",
    "law-rule-undated": "law/rules/EU-CRMA-28/",
    "law-rule-strictest": "law/rules/CN-dual-use/",
    "law-item": f"law/rules/1C905.a/?{ON}",
    "law-item-unread": "law/rules/1C913.a/",
    "law-changes-none": "law/changes/",
    "law-return": f"law/rules/CN-flow-return/?{ON}",
    "law-return-practice": "law/rules/CN-flow-magnets/?on=2025-05-01",
    "law-quota": f"law/rules/CN-index-separation/?{ON}",
}
CHANGED_PAGES = {
    "law-changes": "law/changes/",
    "law-noticed": f"law/?{ON}&kind=rule&pack=cn-57-61-62",
    "law-noticed-packs": "law/packs/",
    "law-settled": f"law/rules/CN-61.1/?{ON}",
}
# A party of the sample chain, which reads what the auditor reads.
PARTY = "9520000010010"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_law_is_accessible_inside_the_window_and_by_itself(windows, screenshots, name, language, look):
    """Threat X1: the policy is not broken, and no other host is asked."""
    shot = screenshots / f"{name}-{language}-{look}.png"
    windows(look).check(f"/{language}/{PAGES[name]}", shot)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", CHANGED_PAGES)
def test_a_page_of_a_law_that_changed_too(law_windows, screenshots, name, language, look):
    law_windows(look).check(f"/{language}/{CHANGED_PAGES[name]}", screenshots / f"{name}-{language}-{look}.png")


def test_from_a_notice_to_what_changes_and_its_file(law_windows):
    window = law_windows("light", PARTY)
    page = window.page
    window.go("/en/law/classify/")
    assert page.locator("main .note").count() == 3
    page.locator("main .note", has_text="waits for a second person").get_by_text("What changes").click()
    page.wait_for_url("**/law/changes/#proposal-*")
    number = page.url.partition("#proposal-")[2]
    said = page.inner_text(f"#proposal-{number}")
    assert "To be confirmed" in said
    assert "Another title <b>&" in said
    told = page.request.get(window.address + "/en/law/changes.json").json()
    assert [one["state"] for one in told["proposals"]] == ["proposed", "in_force", "in_force"]
    page.keyboard.press("j")
    assert page.locator("[data-row].here").count() == 1


def test_by_keys_from_the_list_to_a_rule_and_its_json(windows):
    window = windows("light")
    page = window.page
    window.go(f"/en/{PAGES['law-disputed']}")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/law/rules/*/?on=2026-11-20")
    assert "disputed" in page.inner_text(".case-head")
    told = page.request.get(window.address + page.locator(".case-head a.button").get_attribute("href")).json()
    assert told["kind"] == "rule"


def test_a_form_filled_by_hand_is_answered_and_the_answer_has_an_address(windows):
    window = windows("light")
    page = window.page
    window.go("/en/law/classify/")
    page.select_option("#form", "magnet")
    page.select_option("#magnet_type", "NdFeB")
    for number, (symbol, content, u) in enumerate((("Nd", "29", "0.2"), ("Dy", "2.1", "0.05"))):
        for name, text in (("element", symbol), ("wt", content), ("u", u)):
            page.locator(f"input[name={name}]").nth(number).fill(text)
    page.fill("#on", "2026-11-20")
    # Enter in a field asks for the answer, and not for more rows.
    page.press("#on", "Enter")
    page.wait_for_url("**/law/classify/?*form=magnet*")
    assert "controlled" in page.inner_text(".verdict")
    assert "1C905.a" in page.inner_text(".verdict")
    address = page.url
    page.locator("a.ref").first.click()
    assert page.url == address + "#source-1"
    page.goto(address)
    assert page.locator("input[name=wt]").nth(1).input_value() == "2.1"


def test_what_is_wrong_leaves_everything_typed_in_place(windows):
    window = windows("phone")
    page = window.page
    window.go("/en/law/classify/")
    page.select_option("#form", "alloy")
    page.locator("input[name=element]").first.fill("Dy")
    page.locator("input[name=wt]").first.fill("2,1")
    page.click("form .primary")
    page.wait_for_url("**wt=2*")
    assert "is no figure" in page.inner_text("#wt-1-wrong")
    assert page.locator("#wt-1").input_value() == "2,1"
    assert page.locator("#form").input_value() == "alloy"
    page.fill("#wt-1", "2.1")
    page.click("form .primary")
    page.wait_for_url("**wt=2.1*")
    assert page.locator(".verdict").count() == 1


def test_more_rows_keep_what_was_typed(windows):
    window = windows("light")
    page = window.page
    window.go("/en/law/classify/")
    rows = page.locator("input[name=element]").count()
    page.locator("input[name=element]").first.fill("Dy")
    page.click("button[name=more]")
    page.wait_for_url("**more=1*")
    assert page.locator("input[name=element]").count() > rows
    assert page.locator("input[name=element]").first.input_value() == "Dy"
    assert page.locator(".verdict").count() == 0


def test_a_file_that_is_sent_is_compared_and_its_json_can_be_saved(windows, tmp_path):
    window = windows("light")
    page = window.page
    text = files("ytterby.law").joinpath("packs", "us-dfars-7052.yaml").read_text(encoding="utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace("effective: '2027-01-01'", "effective: '2028-01-01'"), encoding="utf-8")
    window.go("/en/law/packs/")
    page.click("text=What changed between two packs")
    page.set_input_files("#file", file)
    page.click("form[method=post] .primary")
    page.wait_for_selector("#changes")
    told = page.inner_text("ol.timeline")
    assert "2027-01-01" in told
    assert "2028-01-01" in told
    page.set_input_files("#file", file)
    page.click("button[value=json]")
    page.wait_for_function("document.body.innerText.includes('\"changes\"')")
