"""What must hold whenever goods leave: lists that are there and young, and that nobody stopped shipping (threat D6)."""

import pytest

from shell.filed_story import PROCEDURE, file_story
from shell.licensed import OFFICE, balance, codes, issue, licence, office, say
from shell.strangers import AT, KESTREL
from shell.tampering import named
from ytterby.licence.application import Application, PartyOnCase
from ytterby.licence.filing import order_key
from ytterby.shell.actions import draw_checks
from ytterby.shell.actions.casework import begin_case
from ytterby.shell.actions.file_statement import end_alarm, raise_alarm
from ytterby.shell.store.case_speakers import demo_speaker
from ytterby.shell.store.reading.filed import list_alarms
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

ORDER = "PO-7"


def test_a_list_that_is_missing_keeps_goods_back_also_in_a_demo(register):
    """Threat D6: no switch, setting or demo lifts it, and an exit that happened is recorded all the same."""
    office(register)
    assert issue(licence(list_hours=24)) == []
    assert codes(say(register, "reserve", "1")) == ["licence.checks"]
    assert codes(say(register, "draw", "1", seq=2)) == ["licence.checks"]
    left = say(register, "exit", "2", seq=3)
    assert (left.verdict, left.reason, balance()) == ("not_drawn", "checks", (0, 0, 10, 2))
    assert named(register) == set()


def test_what_was_reserved_while_it_held_may_leave_and_no_more(register, monkeypatch):
    office(register)
    assert issue(licence(list_hours=24)) == []
    with monkeypatch.context() as held:
        held.setattr(draw_checks, "_passes", lambda held, at: True)
        assert say(register, "reserve", "4").code == "ok"
    left = say(register, "exit", "6", seq=2)
    assert (left.verdict, left.drawn, left.unlicensed) == ("drawn_in_part", "4", "2")
    assert named(register) == set()


def test_a_check_that_changes_before_the_lock_is_taken_is_looked_at_again(register, monkeypatch):
    office(register)
    assert issue(licence(list_hours=24)) == []
    answers = iter([True, False, False, False])
    monkeypatch.setattr(draw_checks, "_passes", lambda held, at: next(answers))
    assert codes(say(register, "reserve", "4")) == ["licence.checks"]
    assert next(answers, None) is None


@pytest.fixture
def stated(register):
    """An exporter with an order, a case for it, and the licence of that case."""
    office(register)
    file_story(register, OFFICE)
    exporter = PartyOnCase("exporter", KESTREL, "Kestrel", "XA")
    application = Application(PROCEDURE, (), (exporter,), licence_kind="individual", order=ORDER)
    case = begin_case(register, "individual", application, demo_speaker(KESTREL), at=AT)
    assert case.number, case.problems
    assert issue(licence("XA-K", holder=KESTREL, case=case.number)) == []
    return register


def test_an_alarm_stops_whatever_was_not_reserved_before(stated):
    how = {"how": {"number": "XA-K"}, "by": KESTREL}
    assert say(stated, "reserve", "1", **how).code == "ok"
    made = raise_alarm(
        stated, "use_changed", "other use", demo_speaker(KESTREL), order=order_key(KESTREL, ORDER), at=AT
    )
    assert not made.problems, made.problems
    assert codes(say(stated, "reserve", "1", decl="d2", **how)) == ["licence.shipping_stopped"]
    left = say(stated, "exit", "3", seq=2, how={"number": "XA-K", "owner": KESTREL})
    assert (left.verdict, left.drawn, left.reason) == ("drawn_in_part", "1", "stopped")
    alarms = list_alarms(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))
    (alarm,) = [one["id"] for one in alarms if one["order"]]
    assert not end_alarm(stated, alarm, "settled", demo_speaker(OFFICE), at=AT).problems
    assert say(stated, "reserve", "1", decl="d3", **how).code == "ok"
