"""The figures of the tables of transitions: what stands where, what they say in words, and that docs/ holds them."""

import re
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ytterby.licence.transition import SAME
from ytterby.shell.drawing import draw_transitions
from ytterby.shell.drawing.label import measure
from ytterby.shell.drawing.pen import TICK_SIZE, Pen
from ytterby.shell.drawing.transitions import BOX, BOX_LINES, transitions_picture, ways_of, wrap
from ytterby.shell.site.case_rules import KINDS, transition_table
from ytterby.shell.wording import LANGUAGES, word

DOCS = Path(__file__).resolve().parents[3] / "docs" / "cases"
HOSTILE = '"><script>alert(1)</script>'


def words(language):
    return lambda group, code: word(group, code, language)


@pytest.mark.parametrize("kind", KINDS)
def test_the_docs_hold_the_figure_of_the_table_as_it_is(kind):
    held = (DOCS / f"{kind}.svg").read_text(encoding="utf-8")
    drawn = draw_transitions(transition_table(kind), words("en"))
    assert held == drawn, f"write it anew: ytterby case transitions {kind} --svg docs/cases/{kind}.svg"


def test_the_docs_hold_no_other_figure_and_show_each():
    assert {one.stem for one in DOCS.glob("*.svg")} == set(KINDS)
    page = (DOCS.parent / "cases.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(cases/(\w+)\.svg\)", page)) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_every_step_of_the_table_is_in_the_figure(kind, language):
    table, say = transition_table(kind), words(language)
    picture = transitions_picture(table, say, Pen(is_page=True))
    tree = ElementTree.fromstring(f"<svg>{''.join(picture.parts)}</svg>")
    rows = [one.find("title").text for one in tree.iter() if one.get("class") == "hit"]
    assert len(rows) == len(ways_of(table))
    for state, row, after in table.steps():
        (tip,) = {
            tip
            for tip, way in zip(rows, ways_of(table), strict=True)
            if (way.command, way.target, way.who) == (row.command, row.target, row.who)
        }
        assert say("case_verb", row.command) in tip
        assert say("case_state", state) in tip
        assert (say("case_state", after) in tip) or row.target == SAME
    boxes = {one.find("title").text.partition(":")[0]: one.get("class") for one in tree.iter() if _is_box(one)}
    last = {say("case_state", name) for name, state in table.states.items() if state.is_last}
    assert {name for name, kind in boxes.items() if kind == "gap"} == last
    assert set(boxes) == {say("case_state", name) for name in table.states}
    assert all(say("case_state", name) in picture.about for name in table.states)


def _is_box(one):
    return one.tag == "rect" and one.get("class") in {"gap", "outside"} and one.find("title") is not None


@pytest.mark.parametrize("kind", KINDS)
def test_states_of_one_phase_stand_together_and_an_arrow_ends_at_its_target(kind):
    table = transition_table(kind)
    tree = ElementTree.fromstring(draw_transitions(table, words("en")))
    names = [word("case_state", state) for state in table.states]
    tips = [one for one in tree.iter() if one.tag.endswith("title") and one.text.partition(":")[0] in names]
    shown = [names.index(one.text.partition(":")[0]) for one in tips if ":" in one.text]
    phases = [list(table.states.values())[place].phase for place in shown]
    runs = [phase for place, phase in enumerate(phases) if place == 0 or phases[place - 1] != phase]
    assert len(runs) == len(set(runs))
    moves = [way for way in ways_of(table) if way.target != SAME]
    heads = re.findall(r'd="M([\d.]+) [\d.]+L[\d.]+ [\d.]+L[\d.]+ [\d.]+Z"', draw_transitions(table, words("en")))
    assert len(heads) >= len(moves)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_stands_alone_and_lets_nothing_through(language):
    """Threat X1: whatever words are handed in, nothing of them is markup."""
    text = draw_transitions(transition_table("individual"), words(language))
    tree = ElementTree.fromstring(text)
    assert "class=" not in text
    assert not re.search(r"<script|<style|\son\w+=|href|url\(", text)
    assert len(tree.find("{http://www.w3.org/2000/svg}desc").text) > 100
    hostile = draw_transitions(transition_table("individual"), lambda group, code: HOSTILE)
    ElementTree.fromstring(hostile)
    assert "<script" not in hostile


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_figure_is_listed(language):
    asked = set()

    def say(group, code):
        asked.add((group, code))
        return word(group, code, language)

    for kind in KINDS:
        draw_transitions(transition_table(kind), say)
    plain = {(group, code) for group, code in asked if word(group, code, "zh") == str(code).replace("_", " ")}
    assert plain == set()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("draft", ["draft"]),
        ("waits for what is missing", ["waits for what", "is missing"]),
        ("", [""]),
        ("one two three four five six seven eight nine ten", ["one two three", "four five six", "seven eight…"]),
        ("x" * 40, ["x" * 10 + "…"]),
    ],
)
def test_what_is_too_long_is_broken_at_its_blanks_and_cut(text, lines):
    found = wrap(text, BOX - 8)
    assert found == lines
    assert len(found) <= BOX_LINES
    assert all(measure(line, TICK_SIZE) <= BOX - 8 for line in found)


def test_the_order_of_a_figure_is_that_of_the_table():
    draw = partial(draw_transitions, words=words("en"))
    assert draw(transition_table("individual")) == draw(transition_table("individual"))
    ways = ways_of(transition_table("individual"))
    stays = [way.target == SAME for way in ways]
    assert stays == sorted(stays)
