"""Where a licence stands: by two people, by what customs answers, by what was drawn; and a reissue goes on with it."""

from datetime import timedelta

import pytest

from shell.licensed import (
    AT,
    CUSTOMS,
    EXPORTER,
    NUMBER,
    OFFICE,
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
from ytterby.shell.actions.change_licence import change_licence, confirm_change
from ytterby.shell.store.case_speakers import demo_speaker


@pytest.fixture
def licensed(register):
    office(register)
    assert issue(licence()) == []
    return register


REASONS = {"suspend": "suspended_factors", "revoke": "revoked_factors", "surrender": "surrendered_not_needed"}


def change(register, command, person="ann", party=OFFICE, reason=None, **how):
    reason = REASONS.get(command, "other") if reason is None else reason
    return change_licence(register, NUMBER, command, demo_speaker(party, person), reason=reason, at=AT, **how)


def both(register, command):
    """Two officers change the status."""
    first = change(register, command)
    assert first.state == "proposed", first.problems
    second = confirm_change(register, NUMBER, first.proposal, demo_speaker(OFFICE, "bo"), at=AT + timedelta(minutes=1))
    assert second.state == "done", second.problems
    return second


def test_two_people_suspend_and_one_never_does(licensed):
    """Threat D1."""
    first = change(licensed, "suspend")
    assert (first.state, status()) == ("proposed", "active")
    assert say(licensed, "reserve", "1").code == "ok"
    again = confirm_change(licensed, NUMBER, first.proposal, demo_speaker(OFFICE, "ann"), at=AT)
    assert (codes(again), status()) == (["licence.same_person"], "active")
    assert codes(change(licensed, "suspend", "bo")) == ["licence.proposed_already"]
    heard = []
    second = confirm_change(
        licensed, NUMBER, first.proposal, demo_speaker(OFFICE, "bo"), at=AT, follow=lambda *told: heard.append(told)
    )
    assert (second.state, status(), heard) == ("done", "suspended", [(NUMBER, 1, "suspend")])
    third = confirm_change(licensed, NUMBER, first.proposal, demo_speaker(OFFICE, "cy"), at=AT)
    assert codes(third) == ["licence.no_proposal"]


def test_what_was_reserved_before_may_leave_and_is_told_and_nothing_else_may(licensed):
    assert say(licensed, "reserve", "4").code == "ok"
    both(licensed, "suspend")
    assert codes(say(licensed, "reserve", "1", decl="d2")) == ["licence.not_usable"]
    assert codes(say(licensed, "draw", "1", decl="d2", seq=2)) == ["licence.not_usable"]
    # More than its reservation is not covered by it.
    assert codes(say(licensed, "draw", "5", seq=2)) == ["licence.not_usable"]
    left = say(licensed, "exit", "5", seq=3)
    assert (left.verdict, left.drawn, left.unlicensed, left.reason) == ("drawn_in_part", "4", "1", "suspended")
    assert codes(left) == ["licence.unlicensed_exit", "licence.drawn_after"]
    assert balance() == (4, 0, 6, 1)
    both(licensed, "reinstate")
    assert status() == "active"
    assert say(licensed, "reserve", "6", decl="d3").code == "ok"


def test_on_a_revoked_licence_nothing_is_drawn_and_nothing_follows(licensed):
    both(licensed, "revoke")
    left = say(licensed, "exit", "3")
    assert (left.verdict, left.reason, left.drawn, left.unlicensed) == ("not_drawn", "revoked", "0", "3")
    for command in ("suspend", "reinstate", "revoke", "surrender"):
        party = EXPORTER if command == "surrender" else OFFICE
        assert codes(change(licensed, command, party=party)) == ["licence.not_now"]
    # A new version of its number would bring it back.
    assert [one.code for one in issue(licence(version=2))] == ["licence.ended"]
    assert status() == "revoked"


def test_a_correction_never_wakes_a_licence_that_was_ended(licensed):
    assert say(licensed, "draw", "10").code == "ok"
    assert status() == "exhausted"
    both(licensed, "revoke")
    assert say(licensed, "correct", "4", seq=2).code == "ok"
    assert (status(), balance()) == ("revoked", (6, 0, 4, 0))
    assert say(licensed, "exit", "1", decl="d2").reason == "revoked"


def test_who_may_not_is_refused_and_strangers_are_told_that_there_is_no_licence(licensed):
    before = size()
    assert codes(change(licensed, "suspend", party=EXPORTER)) == ["licence.not_an_officer"]
    assert codes(change(licensed, "suspend", party=STRANGER)) == ["licence.unknown"]
    assert codes(change(licensed, "suspend", party=CUSTOMS)) == ["licence.unknown"]
    assert codes(change(licensed, "surrender", party=OFFICE)) == ["licence.not_the_holder"]
    assert codes(change(licensed, "suspend", reason=" ")) == ["licence.no_reason"]
    assert codes(change(licensed, "suspend", reason="revoked_factors")) == ["licence.reason"]
    for command in ("amend", "resume", "acknowledge", "exhaust", "reopen", "expire", "supersede", "destroy"):
        assert codes(change(licensed, command)) == ["licence.not_now"]
    assert codes(change_licence(licensed, "none", "suspend", demo_speaker(OFFICE), reason="x")) == ["licence.unknown"]
    assert size() == before
    assert change(licensed, "surrender", party=EXPORTER).status == "surrendered"


def test_a_reissue_goes_on_with_what_was_used_and_never_below_it(licensed):
    assert say(licensed, "draw", "6").code == "ok"
    assert say(licensed, "reserve", "3", decl="d2").code == "ok"
    found = [(one.code, one.value) for one in issue(licence(version=2, quantity="8"))]
    assert found == [("licence.below_used", "8")]
    assert [one.code for one in issue(licence(version=3))] == ["licence.version"]
    assert [one.code for one in issue(licence(version=1))] == ["licence.version"]
    assert [one.code for one in issue(licence(version=2, unit="H87"))] == ["licence.unit_changed"]
    assert [one.code for one in issue(with_lines(licence(version=2), L2="20"))] == ["licence.line_gone"]
    assert status() == "active"
    assert issue(licence(version=2, quantity="12", needs_acknowledgement=True)) == []
    assert (status(version=1), status(version=2), balance()) == ("superseded", "issued", (6, 3, 3, 0))
    # The answer about the version before says nothing of this one.
    answer(which=0)
    assert status() == "issued"
    assert say(licensed, "exit", "4", decl="d2", seq=2).drawn == "3"  # what was reserved before
    answer()
    assert say(licensed, "exit", "3", decl="d3").verdict == "drawn"
    assert status() == "exhausted"
    assert issue(licence(version=3, quantity="13", needs_acknowledgement=True)) == []
    answer()
    assert (status(), balance()) == ("active", (12, 0, 1, 1))


def test_what_does_not_fit_is_refused_at_issue(register):
    office(register)
    for quantity, code in {
        "0": "quantity", "-1": "quantity", "1e3": "quantity", "0.0000001": "quantity_scale",
        "9000000000000": "quantity_scale", "10000000000000": "quantity_scale",
    }.items():  # fmt: skip
        assert [one.code for one in issue(licence(quantity=quantity))] == [f"licence.{code}"], quantity
    for changes, code in (
        ({"valid_from": "2027-01-01"}, "validity"), ({"valid_to": "soon"}, "validity"), ({"exports": "two"}, "word"),
        ({"done_when": "never_ever"}, "word"), ({"restores": ("draw",)}, "word"), ({"tolerance": "1"}, "tolerance"),
        ({"number": ""}, "number"), ({"lines": ()}, "no_lines"), ({"counting_unit": "H87"}, "counting_unit"),
    ):  # fmt: skip
        assert [one.code for one in issue(licence(**changes))] == [f"licence.{code}"], changes
    assert [one.code for one in issue(with_lines(licence(), **{" ": "1"}))] == ["licence.line"]


def test_the_tolerance_is_for_what_was_measured_and_not_for_what_is_asked(register):
    office(register)
    assert issue(licence(quantity="10", tolerance="0.05")) == []
    assert balance() == (0, 0, 10.5, 0)
    assert codes(say(register, "reserve", "10.1")) == ["licence.over_draw"]
    assert say(register, "reserve", "10", seq=2).code == "ok"
    left = say(register, "exit", "10.4", seq=3)
    assert (left.verdict, balance(), status()) == ("drawn", (10.4, 0, 0.1, 0), "exhausted")
