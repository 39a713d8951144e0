"""Checks that did not run, and what the customs' own system cannot read: both stop a licence and nothing lifts that.

Casework 2.6, 2.7 and 5.7; threat D6.
"""

from datetime import timedelta

import pytest

from shell.api.office import LEFT, SAMPLE, key_of, listed_by_alias
from shell.register_copy import forget_answers
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.screen_parties import screen_parties
from ytterby.shell.store.models import ListedFile, ListedText, ListMembers

LONG = "x" * 36


def lose_lists(world, *, lost=(ListedText, ListedFile), days=9):
    """Take away what the lists hold: they are in force, and nobody can be held against them any more."""
    for model in lost:
        model.objects.all().delete()
    forget_answers()
    world.clock.at += timedelta(days=days)
    with pytest.raises(LookupError):
        screen_parties(world.register, is_whole=True, at=world.clock.at)


@pytest.mark.parametrize("lost", [(ListedText, ListedFile), (ListMembers,)], ids=["texts", "members"])
@pytest.mark.stage("active")
def test_lists_that_go_after_a_good_screening_keep_goods_back_at_once(world, lost):
    """Threat D6: the run before them was whole and young, and clears nobody once the lists are gone."""
    on = {"on": world.clock.at.date().isoformat()}
    assert world.enter("clerk", world.licence, "reserve", "1", **on).status == 200
    lose_lists(world, lost=lost, days=0)
    for who, kind in (("clerk", "reserve"), ("otto", "draw")):
        assert world.enter(who, world.licence, kind, "10", **on).status == 422


@pytest.mark.parametrize("days", [0, 9])
@pytest.mark.stage("granted")
def test_nothing_is_issued_by_lists_that_went_after_a_good_screening(world, days):
    lose_lists(world, days=days)
    answer = world.step(world.officer(world.case), world.case, "issue")
    assert (answer.status, answer.codes) == (422, ["case.screening_now"])


@pytest.mark.stage("active")
def test_nothing_is_reserved_or_drawn_when_the_lists_are_gone(world):
    lose_lists(world)
    on = {"on": world.clock.at.date().isoformat()}
    for who, kind in (("clerk", "reserve"), ("otto", "draw")):
        assert world.enter(who, world.licence, kind, "10", **on).status == 422
    told = world.enter("otto", world.licence, "exit", "10", declaration="D-2", **on).json
    assert (told["verdict"], told["unlicensed"]) == ("not_drawn", "10")


def test_what_was_handed_in_while_the_lists_were_gone_is_not_decided(world):
    lose_lists(world)
    case = world.handed_in()
    world.stated(world.invited())
    world.do("ivo", case, "accept")
    lead = world.officer(case)
    told = world.get(lead, f"/cases/{case}").json
    assert "not_run" in {one["kind"] for one in told["findings"] if one["check"] == "screening" and one["blocks"]}
    world.do(lead, case, "advise", verdict="approve", text="The books of the lot agree.")
    assert "case.check_blocks" in world.step(lead, case, "propose", outcome="granted").codes


@pytest.mark.long
@pytest.mark.stage("granted")
def test_nothing_is_issued_when_a_party_came_onto_a_list_after_the_decision(world):
    """Sanctioned consignee: screened again before the issue."""
    world.screened(LEFT, un_consolidated=listed_by_alias("Lumen Motors"))
    answer = world.step(world.officer(world.case), world.case, "issue")
    assert (answer.status, answer.codes) == (422, ["case.screening_now"])


@pytest.mark.parametrize(
    ("name", "address"),
    [("Plain Motors", LONG), ("Zażółć Gęślą Jaźń 株式会社", "1 Way"), ("N" * 36, "1 Way")],
    ids=ascii,
)
def test_a_licence_that_customs_could_not_read_is_not_issued(world, name, address):
    """36-character address line, names beyond the alphabet of customs: found at the decision, and not by its system."""
    party = "https://party.example/consignee"
    text = f"parties: [{{id: '{party}', name: '{name}', country: XB, addresses: ['{address}']}}]"
    made = import_directory(world.register, text, by=key_of("ann"), at=world.clock.at)
    assert made.problems == ()
    application = {**SAMPLE, "parties": [*SAMPLE["parties"], {"role": "consignee", "party": party}]}
    world.to_review(application=application)
    world.to_drafted()
    world.to_granted()
    answer = world.step(world.officer(world.case), world.case, "issue")
    assert (answer.status, set(answer.codes)) == (422, {"case.customs_cannot_read"})
