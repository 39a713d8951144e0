"""Everything that can be turned round in the guards and at the door is turned round once, and some story notices.

A guard that nobody would miss is no guard: each comparison, each `and`, `or` and `not`, each condition is made its
opposite (and each limit moved by one), and the stories are judged anew by the module that was changed.
"""

from collections.abc import Callable, Iterable, Mapping
from types import ModuleType

import pytest

from licence.case_story import story_in
from licence.decision_stories import quoted_stories, told_stories
from licence.door_stories import check_door
from licence.flipped_branches import flipped_modules, unnoticed
from licence.guard_stories import told_choices
from ytterby.licence import decision_guard, entering, guard
from ytterby.licence.guard import GUARDS

# The guards that are made by `coded` of a kind and a field.
CODED: Mapping[str, tuple[str, str]] = {
    "coded_return": ("return", "reasons"),
    "coded_not_accepted": ("not_accepted", "reasons"),
    "coded_take_over": ("take_over", "reason"),
    "coded_reopening": ("reopening", "reason"),
    "coded_appeal": ("appeal_ground", "grounds"),
}
# What is turned round without any difference that could be seen, and why.
EQUAL: Mapping[str, str] = {
    "asked.version < case.round_from: LtE": "no request to take over begins a round",
}


def decision_guards(module: ModuleType) -> dict[str, Callable[..., Iterable[object]]]:
    """Return the guards that `decision_guard` makes, of the module as it was changed."""
    own = [name for name, one in GUARDS.items() if one.__module__ == decision_guard.__name__]
    made = {name: module.coded(*CODED[name]) if name in CODED else getattr(module, name) for name in own}
    assert set(CODED) <= set(made)
    return made


def check_stories(guards: Mapping[str, Callable[..., Iterable[object]]]) -> None:
    for one in told_stories():
        if one.guard in guards:
            assert tuple(said.code for said in guards[one.guard](one.case, one.step, one.office)) == one.codes
    for one, quoted in quoted_stories():
        if one.guard in guards:
            first = next(iter(guards[one.guard](one.case, one.step, one.office)))
            assert (first.where.pointer, first.value, dict(first.facts)) == quoted


def check_decisions(module: ModuleType) -> None:
    check_stories(decision_guards(module))


def check_guards(module: ModuleType) -> None:
    check_stories({name: one for name, one in module.GUARDS.items() if one.__module__ == module.__name__})
    for one in told_choices():
        assert module.CHOICES[one.choice](one.case, one.step, one.office) is one.is_it
    with pytest.raises(ValueError, match="has no draft"):
        module.draft_of(story_in("individual", "review").case)


CHECKED = ((decision_guard, check_decisions), (guard, check_guards), (entering, check_door))


SAMPLE = 12  # every so many of the changes are tried in the ordinary run; all of them in the long one


def left_unnoticed(module: ModuleType, check: Callable[[ModuleType], None], step: int) -> list[str]:
    found = unnoticed(module, check, every=step)
    return [place for place in found if place.partition(": ")[2] not in EQUAL]


@pytest.mark.parametrize(("module", "check"), CHECKED, ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_turned_round_is_noticed(module, check):
    assert left_unnoticed(module, check, SAMPLE) == []


@pytest.mark.long
@pytest.mark.parametrize(("module", "check"), CHECKED, ids=lambda one: getattr(one, "__name__", ""))
def test_whatever_is_turned_round_is_noticed(module, check):
    assert left_unnoticed(module, check, 1) == []


def test_there_is_something_to_turn_round():
    for module, _ in CHECKED:
        assert len(list(flipped_modules(module))) > 50
