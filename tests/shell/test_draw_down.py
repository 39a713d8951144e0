"""Entries on a licence: what the exporter reserves, what customs draws, and what is refused to whom."""

import pytest

from shell.licensed import (
    CUSTOMS,
    EXPORTER,
    FOREIGN,
    FOREIGN_PORT,
    OFFICE,
    PORT,
    STRANGER,
    answer,
    balance,
    codes,
    issue,
    licence,
    office,
    say,
    size,
    status,
    with_lines,
)
from ytterby.shell.store.models import LicenceEntryRow


@pytest.fixture
def licensed(register):
    """A demo with a licence of 10 kg, acknowledged."""
    office(register)
    assert issue(licence()) == []
    return register


def test_the_exporter_reserves_and_customs_draws(licensed):
    assert say(licensed, "reserve", "7").code == "ok"
    assert balance() == (0, 7, 3, 0)
    made = say(licensed, "exit", "6.5", seq=2)
    assert (made.code, made.verdict, made.drawn, made.unlicensed) == ("ok", "drawn", "6.5", "0")
    assert balance() == (6.5, 0, 3.5, 0)
    assert status() == "active"


def test_an_exit_beyond_the_licence_is_recorded_and_never_refused(licensed):
    made = say(licensed, "exit", "25")
    assert (made.verdict, made.drawn, made.unlicensed, made.reason) == ("drawn_in_part", "10", "15", "over_draw")
    assert codes(made) == ["licence.unlicensed_exit"]
    assert balance() == (10, 0, 0, 15)
    assert status() == "exhausted"
    again = say(licensed, "exit", "25")
    assert (again.verdict, again.drawn, again.unlicensed, again.index) == ("drawn_in_part", "10", "15", made.index)
    more = say(licensed, "exit", "1", decl="d2")
    assert (more.verdict, more.drawn, more.unlicensed, more.reason) == ("not_drawn", "0", "1", "exhausted")
    assert LicenceEntryRow.objects.filter(kind="exit").count() == 2


def test_a_draw_is_all_or_nothing_and_a_correction_opens_the_licence_again(licensed):
    assert codes(say(licensed, "draw", "25")) == ["licence.over_draw"]
    assert say(licensed, "draw", "10", seq=2).code == "ok"
    assert status() == "exhausted"
    assert codes(say(licensed, "correct", "11", seq=3)) == ["licence.more_than_drawn"]
    assert say(licensed, "correct", "0.4", seq=4).code == "ok"
    assert (balance(), status()) == ((9.6, 0, 0.4, 0), "active")


STRANGERS_TO_CUSTOMS = (
    (EXPORTER, {}, "licence.not_customs"),
    (STRANGER, {}, "licence.unknown"),
    (FOREIGN, {"site": FOREIGN_PORT}, "licence.unknown"),
    (FOREIGN, {"site": PORT}, "licence.unknown"),
    (CUSTOMS, {"site": FOREIGN_PORT}, "licence.unknown"),
    (CUSTOMS, {"site": ""}, "licence.unknown"),
    (CUSTOMS, {"owner": STRANGER}, "licence.other_owner"),
    (CUSTOMS, {"owner": ""}, "licence.other_owner"),
    (OFFICE, {}, "licence.not_customs"),
    ("operator", {}, "licence.unknown"),
)


def test_nobody_draws_but_customs_of_the_country_at_its_own_place_for_the_holders_goods(licensed):
    """Threat Q4: refused, and the ledger is unchanged."""
    before = (size(), balance(), LicenceEntryRow.objects.count())
    for kind in ("draw", "exit", "correct", "returned"):
        for by, how, code in STRANGERS_TO_CUSTOMS:
            assert codes(say(licensed, kind, "1", by=by, how=how)) == [code], (kind, by, how)
    assert (size(), balance(), LicenceEntryRow.objects.count()) == before


def test_nobody_reserves_but_the_holder(licensed):
    """Threat Q4: nobody exhausts a rival's licence."""
    before = size()
    for by, code in ((STRANGER, "unknown"), (CUSTOMS, "unknown"), (OFFICE, "not_the_holder"), ("operator", "unknown")):
        assert codes(say(licensed, "reserve", "1", by=by)) == [f"licence.{code}"]
    assert (size(), balance()) == (before, (0, 0, 10, 0))


def test_without_acknowledgement_nothing_is_used_and_what_left_is_unlicensed(register):
    office(register)
    assert issue(licence(needs_acknowledgement=True)) == []
    assert status() == "issued"
    assert codes(say(register, "reserve", "1")) == ["licence.not_acknowledged"]
    left = say(register, "exit", "2", decl="d2")
    assert (left.verdict, left.reason, left.unlicensed) == ("not_drawn", "not_acknowledged", "2")
    assert codes(say(register, "reserve", "1", decl="d3")) == ["licence.not_acknowledged"]
    answer()
    assert status() == "active"
    # What was refused is kept under its key; another one is answered by what holds now.
    assert codes(say(register, "reserve", "1")) == ["licence.not_acknowledged"]
    assert say(register, "reserve", "1", seq=2).code == "ok"


def test_a_message_answered_both_ways_acknowledges_nothing_in_any_order(register):
    office(register)
    for number, results in {"A": ("acknowledged", "rejected"), "B": ("rejected", "acknowledged")}.items():
        assert issue(licence(number=number, needs_acknowledgement=True)) == []
        for result in results:
            answer(number, result)
        assert status(number) == "issued"


def test_a_licence_for_one_export_is_one_declarations_and_what_is_left_of_it_lapses(register):
    office(register)
    made = with_lines(licence(exports="one", done_when="first_exit"), L1="900", L2="50")
    assert issue(made) == []
    first = say(register, "reserve", "600")
    assert (first.code, codes(first)) == ("ok", ["licence.split"])
    assert codes(say(register, "reserve", "100", decl="d2")) == ["licence.single_use"]
    assert say(register, "release", decl="d1", seq=2, by=EXPORTER).code == "ok"
    assert codes(say(register, "reserve", "900", decl="d2", seq=2)) == []
    assert say(register, "exit", "5", decl="d9").reason == "single_use"
    assert say(register, "exit", "890", decl="d2", seq=3).verdict == "drawn"
    assert status() == "exhausted"
    assert say(register, "exit", "1", decl="d2", seq=4).reason == "exhausted"
    assert codes(say(register, "reserve", "1", decl="d3")) == ["licence.not_usable"]
    # The other line of the same declaration is the same export.
    other = say(register, "exit", "50", decl="d2", how={"line": "L2"})
    assert (other.verdict, balance("L2")) == ("drawn", (50, 0, 0, 0))
    # Where the export did not happen after all, the licence is there again.
    assert say(register, "correct", "891", decl="d2", seq=5).code == "ok"
    assert say(register, "correct", "50", decl="d2", seq=2, how={"line": "L2"}).code == "ok"
    assert status() == "active"


def test_entries_that_cannot_be_read_are_refused_before_anything(licensed):
    before = size()
    assert codes(say(licensed, "reserve", "0.0000001")) == ["licence.quantity_scale"]
    assert codes(say(licensed, "reserve", "1", on="2026-6-1")) == ["licence.entry_day"]
    assert codes(say(licensed, "reserve", "1", seq=0)) == ["licence.entry_number"]
    assert codes(say(licensed, "reserve", "1", decl=" ")) == ["licence.entry_name"]
    assert codes(say(licensed, "reserve", "1", how={"number": "none"})) == ["licence.unknown"]
    assert codes(say(licensed, "reserve", "1", how={"line": "L7"})) == ["licence.unknown"]
    assert size() == before
    assert codes(say(licensed, "reserve", "1", unit="TNE")) == ["licence.unit"]
    assert codes(say(licensed, "reserve", "0", seq=2)) == ["licence.not_positive"]


def test_what_came_back_is_free_again_where_the_pack_says_so_and_only_noted_elsewhere(licensed):
    assert say(licensed, "exit", "8").verdict == "drawn"
    assert say(licensed, "short_shipped", "1", seq=2).code == "ok"
    assert say(licensed, "returned", "2", seq=3).code == "ok"
    assert balance() == (5, 0, 5, 0)
    assert say(licensed, "reimported", "4", seq=4).code == "ok"
    assert balance() == (5, 0, 5, 0)
    assert codes(say(licensed, "returned", "2", seq=5)) == ["licence.more_than_drawn"]
    assert say(licensed, "reserve", "5", decl="d2").code == "ok"
    assert say(licensed, "cancelled", decl="d2", seq=2, by=EXPORTER).code == "ok"
    assert balance() == (5, 0, 5, 0)


def test_an_exit_before_the_licence_is_linked_by_an_officer_and_by_nobody_else(register):
    office(register)
    early = say(register, "exit", "4")
    assert (early.verdict, early.reason, early.unlicensed) == ("not_drawn", "no_licence", "4")
    assert say(register, "exit", "4").index == early.index
    assert codes(say(register, "exit", "5")) == ["licence.same_key"]
    assert codes(say(register, "exit", "5", decl="d2", by=EXPORTER)) == ["licence.unknown"]
    assert issue(licence(valid_from="2026-07-01")) == []
    assert balance() == (0, 0, 10, 0)  # nothing is drawn by itself
    how = {"links": early.index}
    assert codes(say(register, "exit", "4", how=how)) == ["licence.unknown"]
    assert codes(say(register, "exit", "4", how=how, by=EXPORTER)) == ["licence.not_an_officer"]
    assert codes(say(register, "exit", "3", how=how, by=OFFICE)) == ["licence.no_exit_to_link"]
    assert codes(say(register, "exit", "4", how={"links": 1}, by=OFFICE)) == ["licence.no_exit_to_link"]
    linked = say(register, "exit", "4", how=how, by=OFFICE)
    assert (linked.verdict, linked.drawn, balance()) == ("drawn", "4", (4, 0, 6, 0))
    assert say(register, "exit", "4", how=how, by=OFFICE).index == linked.index
