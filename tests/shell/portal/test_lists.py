"""Lists: facets count everything, pages do not lose rows, files are safe to open."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shell.portal.conftest import HEAD_SIZE
from ytterby.shell.portal.facet import Facet, narrow
from ytterby.shell.portal.paging import page_of, paging_of
from ytterby.shell.portal.table import answer_csv, answer_json, neutralise, pick
from ytterby.shell.store.reading.beside import Run
from ytterby.shell.store.reading.known import Known

ROWS = [
    {"form": "oxide", "site": "a", "holders": ["x"]},
    {"form": "oxide", "site": "b", "holders": ["x", "y"]},
    {"form": "metal", "site": "b", "holders": []},
]
FACETS = [
    Facet("form", "Form", lambda r: [(r["form"], r["form"].title())]),
    Facet("site", "Site", lambda r: [(r["site"], r["site"].upper())]),
    Facet("holder", "Held by", lambda r: [(h, h) for h in r["holders"]]),
]


def counts(query):
    return {heading: {c.word: c.count for c in choices} for heading, choices in narrow(ROWS, FACETS, query).groups}


def test_counts_are_of_the_whole_list():
    assert counts({}) == {"Form": {"Oxide": 2, "Metal": 1}, "Site": {"B": 2, "A": 1}, "Held by": {"x": 2, "y": 1}}


def test_a_choice_counts_what_the_other_facets_leave():
    assert counts({"site": "b"}) == {
        "Form": {"Oxide": 1, "Metal": 1},
        "Site": {"B": 2, "A": 1},
        "Held by": {"x": 1, "y": 1},
    }


def test_a_row_with_several_values_is_found_under_each():
    assert narrow(ROWS, FACETS, {"holder": "y"}).rows == [ROWS[1]]


def test_a_choice_that_is_on_is_taken_away_by_its_link_and_the_page_is_left():
    form = dict(narrow(ROWS, FACETS, {"form": "metal", "q": "m", "page": "3"}).groups)["Form"]
    on = next(choice for choice in form if choice.is_on)
    off = next(choice for choice in form if not choice.is_on)
    assert on.query == {"q": "m"}
    assert off.query == {"q": "m", "form": "oxide"}


def test_a_value_that_no_row_has_stays_visible_so_that_it_can_be_taken_away():
    narrowed = narrow(ROWS, FACETS, {"form": "swarf"})
    assert narrowed.rows == []
    assert [c.word for c in dict(narrowed.groups)["Form"] if c.is_on] == ["swarf"]


@given(st.integers(0, 1000), st.integers(1, 50))
def test_pages_hold_every_row_once(total, per_page):
    rows = list(range(total))
    count = page_of(rows, {}, per_page).count
    pages = [page_of(rows, {"page": str(n)}, per_page) for n in range(1, count + 1)]
    assert [row for page in pages for row in page.rows] == rows
    assert [page.before for page in pages] == [None, *range(1, count)]


@pytest.mark.parametrize("asked", ["0", "-1", "x", "９", "1e3", "99999999999999999999", ""])
def test_a_page_that_does_not_exist_is_the_nearest_that_does(asked):
    assert page_of(list(range(250)), {"page": asked}).number in {1, 3}
    assert paging_of(0, {"page": asked}).first == 0


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe(text):
    """Threat X7."""
    assert neutralise(text) == "'" + text
    (_, row) = cells(answer_csv(["name", "nested.name"], [{"name": text, "nested": {"name": text}}], "x.csv"))
    assert row == ["'" + text, "'" + text]


def test_formulas_are_neutralised_in_lists_and_mappings_too():
    """Threat X7."""
    (_, row) = cells(answer_csv(["a", "b"], [{"a": ["=1"], "b": {"=k": "v"}}], "x.csv"))
    assert row == ["'=1", "'=k=v"]


@given(st.text())
def test_no_text_cell_begins_with_a_sign_of_a_formula(text):
    """Threat X7."""
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_figures_stay_figures_and_unknown_stays_empty():
    (_, row) = cells(answer_csv(["a", "b", "c", "d"], [{"a": -1.5, "b": None, "c": 0, "d": False}], "x.csv"))
    assert row == ["-1.5", "", "0", "false"]


def test_a_path_that_leads_nowhere_is_unknown():
    assert pick({"site": None}, "site.name") is None
    assert pick({"site": {"name": "x"}}, "site.name") == "x"


def test_json_is_chinese_as_it_stands_and_knows_no_nan():
    assert json.loads(answer_json({"name": "红隼岭", "u": None}, "x.json").content) == {"name": "红隼岭", "u": None}
    with pytest.raises(ValueError, match="JSON compliant"):
        answer_json({"u": float("nan")}, "x.json")


def cells(response):
    """Return the rows of a CSV answer."""
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


IN_WORK = ["findings/", "months/", "deliveries/", "balance/", "returns/", "quotas/", "closes/", "closes/2024-02/"]


@pytest.fixture
def working(monkeypatch):
    """Let all that takes long be in work; a test says which log size is done."""
    found = {"run": Run(), "done": None, "asked": []}

    def run_of(viewer, work, known):
        found["asked"].append(work.name)
        return found["run"]

    monkeypatch.setattr("ytterby.shell.portal.moment.run_of", run_of)
    monkeypatch.setattr("ytterby.shell.portal.moment.latest_done", lambda viewer, work: found["done"])
    return found


@pytest.mark.parametrize("path", IN_WORK)
def test_a_page_of_a_large_register_shows_how_far_it_is_and_no_figure(browser, answers, working, path):
    answers.findings = None
    page = browser.get(f"/en/{path}")
    assert (page.status_code, page.headers["Refresh"]) == (200, "3")
    assert "Reading what was declared." in page.text
    assert 'class="count"' not in page.text
    working["run"].tell(2, 7)
    assert "Done so far: 2 of 7 parts." in browser.get(f"/en/{path}").text
    assert 'value="2" max="7"' in browser.get(f"/zh-hans/{path}").text
    assert len(set(working["asked"])) == (2 if "2024" in path else 1)


@pytest.mark.parametrize("path", IN_WORK)
def test_meanwhile_the_last_log_size_that_is_done_is_shown_and_said(browser, answers, working, path):
    working["done"] = Known(HEAD_SIZE - 8)
    page = browser.get(f"/en/{path}")
    assert "Refresh" not in page.headers
    assert f"This page stands at log size {HEAD_SIZE - 8}. Later entries that are still being derived: 8." in page.text
    past = browser.get(f"/en/{path}?known_at={HEAD_SIZE}")
    assert "Reading what was declared." in past.text
