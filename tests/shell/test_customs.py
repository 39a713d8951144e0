"""Customs is told each change with the change, answers alone count, and what waits is found (threats O3, Q4)."""

import json
from datetime import timedelta

import pytest

from shell import licensed as made
from shell.licensed import AT, CUSTOMS, EXPORTER, FOREIGN, NUMBER, OFFICE, STRANGER, codes, say, status
from shell.tampering import named, tamper
from ytterby.licence.customs_message import CustomsAnswer, Taken, Verdict
from ytterby.shell.actions.answer_customs import answer_customs, send_again
from ytterby.shell.actions.change_licence import change_licence, confirm_change
from ytterby.shell.actions.send_customs import customs_rows
from ytterby.shell.store.case_speakers import demo_speaker
from ytterby.shell.store.customs import stored_at_customs
from ytterby.shell.store.licences import enter_licence, licence_record
from ytterby.shell.store.models import CustomsMessageRow, Registration
from ytterby.shell.store.reading.customs import alarms, customs_errors, list_messages, waiting_messages
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.rights import viewer_of
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.registering import register_documents


def now():
    return known_at(OPERATOR_VIEWER, None)


def issue(number=NUMBER, **changes):
    """Issue a licence with its message to customs, as a decided case does; return the message."""
    one = made.licence(number, needs_acknowledgement=True, **changes)
    directory = whole_directory(OPERATOR_VIEWER, now())
    rows = [licence_record(one), *customs_rows(one, "issued", directory, AT)]
    register_documents(rows, OFFICE, AT, after=lambda index: enter_licence(one, index))
    return CustomsMessageRow.objects.filter(licence=number).order_by("-sequence")[0].message


@pytest.fixture
def office(register):
    made.office(register)
    return register


def answer(register, message, *reject, by=CUSTOMS, at=AT, text=""):
    verdict = Verdict.REJECTED if reject else Verdict.ACKNOWLEDGED
    return answer_customs(register, [CustomsAnswer(message, verdict, reject, text)], demo_speaker(by), at=at)


def change(register, command, at=AT):
    asked = change_licence(register, NUMBER, command, demo_speaker(OFFICE, "a"), reason="suspended_factors", at=at)
    return confirm_change(register, NUMBER, asked.proposal, demo_speaker(OFFICE, "b"), at=at)


def states():
    return list(CustomsMessageRow.objects.order_by("log_index").values_list("action", "state"))


def viewer(party):
    return viewer_of(OPERATOR_VIEWER, party, AT.date())


def test_a_licence_is_active_when_customs_acknowledges_and_not_before(office):
    message = issue()
    assert (status(), states()) == ("issued", [("issued", "waiting")])
    assert codes(say(office, "reserve", "1")) != []
    done = answer(office, message)
    assert (done.taken, done.problems) == ({message: Taken.APPLIED}, ())
    assert (status(), states()) == ("active", [("issued", "acknowledged")])
    assert codes(say(office, "reserve", "1", decl="d2")) == []
    size = done.size
    again = answer(office, message)
    assert (again.taken[message], again.size > size) == (Taken.DUPLICATE, True)
    assert Registration.objects.filter(kind="customs_answer").count() == 1
    assert "customs.replay" not in named(office)


def test_each_change_of_a_licence_is_told_in_its_transaction_and_none_waits_for_another(office):
    """Casework 2.6: a suspension is never sent, and one message in flight holds up all."""
    first = issue()
    answer(office, first)
    assert change(office, "suspend").status == "suspended"
    # Customs never heard of it: it holds the licence to be issued all the while.
    assert change(office, "reinstate").status == "active"
    assert [action for action, _ in states()] == ["issued", "suspended", "reinstated"]
    told = waiting_messages(viewer(CUSTOMS), now())
    assert [(one.action, one.sequence, one.content["status"]) for one in told] == [
        ("suspended", 2, "suspended"),
        ("reinstated", 3, "reinstated"),
    ]
    # The second answer comes first: it settles the one before.
    done = answer(office, told[1].id)
    assert (done.taken[told[1].id], states()[1]) == (Taken.APPLIED, ("suspended", "settled"))
    late = answer(office, told[0].id)
    assert late.taken[told[0].id] is Taken.OUT_OF_ORDER
    assert stored_at_customs(NUMBER).is_known_active
    assert status() == "active"
    assert "customs.replay" not in named(office)


def test_after_an_interruption_goods_leave_only_when_customs_knows_that_it_is_over(office):
    answer(office, issue())
    change(office, "suspend")
    answer(office, waiting_messages(viewer(CUSTOMS), now())[0].id)
    change(office, "reinstate")
    assert status() == "issued"
    assert codes(say(office, "reserve", "1")) != []
    answer(office, waiting_messages(viewer(CUSTOMS), now())[0].id)
    assert status() == "active"
    assert codes(say(office, "reserve", "1", decl="d2")) == []


def test_a_rejected_message_is_work_for_a_person_and_is_sent_again_under_a_new_number(office):
    message = issue()
    answer(office, message, "A7", "B1", text="no such party")
    assert states() == [("issued", "rejected")]
    (error,) = customs_errors(viewer(OFFICE), now())
    assert (error["kind"], error["codes"], error["text"]) == ("customs_error", ["A7", "B1"], "no such party")
    assert codes(send_again(office, message, demo_speaker(EXPORTER), at=AT)) == ["licence.not_an_officer"]
    sent = send_again(office, message, demo_speaker(OFFICE), at=AT)
    assert (sent.problems, sent.message == message) == ((), False)
    assert states() == [("issued", "settled"), ("issued", "waiting")]
    assert customs_errors(viewer(OFFICE), now()) == []
    assert codes(send_again(office, message, demo_speaker(OFFICE), at=AT)) == ["customs.not_rejected"]
    assert codes(send_again(office, "nothing", demo_speaker(OFFICE), at=AT)) == ["customs.unknown_message"]
    answer(office, sent.message)
    assert status() == "active"
    (row,) = [one for one in list_messages(viewer(OFFICE), now())["messages"] if one["state"] == "acknowledged"]
    assert (row["sequence"], row["attempt"]) == (1, 2)
    assert "customs.replay" not in named(office)


def test_one_answer_that_cannot_be_entered_keeps_no_other_out(office):
    first, second = issue(), issue("XA-DU-2026-000002")
    answers = [
        CustomsAnswer("nothing", Verdict.ACKNOWLEDGED),
        CustomsAnswer(first, Verdict.REJECTED),
        CustomsAnswer(second, Verdict.ACKNOWLEDGED),
    ]
    done = answer_customs(office, answers, demo_speaker(CUSTOMS), at=AT)
    assert [(p.code, p.where.pointer) for p in done.problems] == [
        ("customs.unknown_message", "/0/message"),
        ("customs.no_code", "/1/codes"),
    ]
    assert done.taken == {second: Taken.APPLIED}


@pytest.mark.parametrize(
    ("party", "code"),
    [
        (EXPORTER, "customs.not_customs"),
        (OFFICE, "customs.not_customs"),
        (STRANGER, "customs.not_customs"),
        (FOREIGN, "customs.unknown_message"),
    ],
)
def test_nobody_but_customs_of_the_country_answers(office, party, code):
    """Threat Q4: exporter, office, stranger and a foreign customs office."""
    message = issue()
    size = office.size
    assert codes(answer(office, message, by=party)) == [code]
    assert (office.size, status()) == (size, "issued")


def test_nobody_but_customs_of_the_country_and_the_office_reads_a_message(office):
    issue()
    seen = {who: list_messages(viewer(who), now())["count"] for who in (CUSTOMS, OFFICE, FOREIGN, EXPORTER, STRANGER)}
    assert seen == {CUSTOMS: 1, OFFICE: 1, FOREIGN: 0, EXPORTER: 0, STRANGER: 0}
    assert list_messages(Viewer(None), now())["count"] == 0
    assert waiting_messages(viewer(FOREIGN), now()) == []
    (told,) = waiting_messages(viewer(CUSTOMS), now())
    assert told.content["holder"]["name"]
    assert "use" not in told.content
    assert "end_users" not in told.content


def test_a_missing_answer_is_an_alarm_after_the_minutes_of_the_pack(office):
    issue()
    issue("XA-DU-2026-000002")
    answer(office, waiting_messages(viewer(CUSTOMS), now())[1].id)
    assert alarms(viewer(OFFICE), now(), AT + timedelta(minutes=1)) == []
    (alarm,) = alarms(viewer(OFFICE), now(), AT + timedelta(days=2))
    assert (alarm.code, alarm.value) == ("customs.overdue", NUMBER)
    assert alarms(viewer(EXPORTER), now(), AT + timedelta(days=2)) == []


def test_an_answer_that_nobody_gave_is_named(office):
    """Threat O3: an acknowledgement is entered by hand, a row is edited."""
    message = issue()
    answer(office, message)
    tamper("UPDATE store_customsmessagerow SET state = 'waiting' WHERE message = %s", message)
    assert "customs.replay" in named(office)
    tamper("UPDATE store_customsmessagerow SET state = 'acknowledged' WHERE message = %s", message)
    row = Registration.objects.get(kind="customs_answer")
    row.document = json.dumps({**json.loads(row.document), "party": EXPORTER}, sort_keys=True, separators=(",", ":"))
    row.save()
    assert "customs.replay" in named(office)
