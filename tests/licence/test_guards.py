"""Each guard lets its good story pass and refuses its bad ones; no guard and no choice is without both."""

import pytest

from licence.case_story import KINDS, SAMPLES, story_in, table_of
from licence.decision_stories import quoted_stories, told_stories
from licence.guard_stories import told_choices
from ytterby.licence.guard import CHOICES, GUARDS, draft_of


@pytest.mark.parametrize("one", told_stories(), ids=lambda one: one.name)
def test_a_guard_judges_a_story(one):
    assert tuple(said.code for said in GUARDS[one.guard](one.case, one.step, one.office)) == one.codes


@pytest.mark.parametrize(("one", "quoted"), quoted_stories(), ids=lambda one: getattr(one, "name", ""))
def test_a_refusal_quotes_place_value_and_facts(one, quoted):
    first = next(iter(GUARDS[one.guard](one.case, one.step, one.office)))
    assert (first.where.pointer, first.value, dict(first.facts)) == quoted


def test_there_is_no_approval_of_nothing():
    with pytest.raises(ValueError, match="the case C-1 has no draft"):
        draft_of(story_in("individual", "review").case)


@pytest.mark.parametrize("name", GUARDS)
def test_every_guard_has_a_story_that_passes_and_one_that_it_refuses(name):
    assert {bool(one.codes) for one in told_stories() if one.guard == name} == {False, True}


def test_no_two_stories_have_one_name():
    names = [one.name for one in told_stories()]
    assert len(names) == len(set(names))


def test_a_choice_is_of_one_row():
    wrong = [one for one in told_choices() if CHOICES[one.choice](one.case, one.step, one.office) is not one.is_it]
    assert wrong == []


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_is_made_and_not_made(name):
    assert {one.is_it for one in told_choices() if one.choice == name} == {False, True}


@pytest.mark.parametrize("kind", KINDS)
def test_no_guard_raises_on_whatever_stands_in_its_row(kind):
    """A step out of place is answered with codes, never with an exception, in every state of every kind."""
    table = table_of(kind)
    for state in table.states:
        story = story_in(kind, state)
        for command in table.commands_of(state):
            if command == "gather":  # the register's own, by value
                continue
            for row in table.rows_of(state, command):
                for name in row.guard:
                    assert all(said.code for said in GUARDS[name](story.case, SAMPLES[command], story.office("pia")))
