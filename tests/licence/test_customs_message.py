"""What customs knows of a licence is a function of the set of messages and answers; none waits for another."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.told import AT, message
from ytterby.licence.customs_message import (
    CustomsAnswer,
    LicenceAtCustoms,
    Taken,
    Towards,
    Verdict,
    answer_problems,
    at_customs,
    next_message,
    overdue,
    resent_message,
)
from ytterby.terms.problem import Problem


def yes(id_):
    return CustomsAnswer(id_, Verdict.ACKNOWLEDGED)


def no(id_, *codes, text=""):
    return CustomsAnswer(id_, Verdict.REJECTED, codes or ("E1",), text)


def seen(so_far):
    """Return all that anybody is told of a licence at customs."""
    return (
        so_far.state, so_far.known, so_far.unsettled, so_far.waiting, so_far.errors, so_far.is_known_active,
        so_far.current,
    )  # fmt: skip


# By hand: (messages, answers) -> (state, what customs holds the licence to be, what waits, what a person has to do)
ISSUED, SUSPENDED, AGAIN = message(1), message(2, "suspended"), message(1, attempt=2)
STANDING = [
    ([], [], ("not_sent", None, [], [])),
    ([ISSUED], [], ("sent", None, ["m1"], [])),
    ([ISSUED], [yes("m1")], ("acknowledged", "issued", [], [])),
    ([ISSUED], [no("m1")], ("rejected", None, [], ["m1"])),
    # The other message of the licence is not kept waiting, and its answer settles both.
    ([ISSUED, SUSPENDED], [], ("sent", None, ["m1", "m2"], [])),
    ([ISSUED, SUSPENDED], [yes("m2")], ("acknowledged", "suspended", [], [])),
    ([ISSUED, SUSPENDED], [no("m1"), yes("m2")], ("acknowledged", "suspended", [], [])),
    ([ISSUED, SUSPENDED], [yes("m1"), no("m2")], ("rejected", "issued", [], ["m2"])),
    # Sent again: the new attempt counts, an answer to the old one does not.
    ([ISSUED, AGAIN], [no("m1")], ("sent", None, ["m1-2"], [])),
    ([ISSUED, AGAIN], [no("m1"), yes("m1-2")], ("acknowledged", "issued", [], [])),
    # The old one was taken after all, the new one is not answered.
    ([ISSUED, AGAIN], [yes("m1")], ("sent", "issued", ["m1-2"], [])),
    # Said both ways of one message: it was not taken.
    ([ISSUED], [yes("m1"), no("m1")], ("rejected", None, [], ["m1"])),
    # An answer to nothing changes nothing.
    ([ISSUED], [yes("m9")], ("sent", None, ["m1"], [])),
]


@pytest.mark.parametrize(("messages", "answers", "expected"), STANDING)
def test_where_a_licence_stands(messages, answers, expected):
    found = at_customs(messages, answers)
    known = found.known.action if found.known else None
    assert (found.state, known, [m.id for m in found.waiting], [e.message for e in found.errors]) == expected


@st.composite
def histories(draw):
    """Return messages of one licence, some sent again, and answers of all kinds, some twice."""
    messages = []
    for n in range(1, draw(st.integers(1, 4)) + 1):
        action = draw(st.sampled_from(["issued", "suspended", "reinstated", "revoked", "requantified"]))
        messages += [message(n, action, attempt=k) for k in range(1, draw(st.integers(1, 3)) + 1)]
    ids = st.sampled_from([*(m.id for m in messages), "unknown"])
    answers = draw(st.lists(st.builds(lambda i, ok: yes(i) if ok else no(i), ids, st.booleans()), max_size=6))
    steps = [*messages, *answers, *draw(st.lists(st.sampled_from([*messages, *answers]), max_size=4))]
    return messages, answers, draw(st.permutations(steps))


@given(histories())
def test_any_interleaving_and_repetition_gives_the_same_end(history):
    """Attack of casework 5.7: replayed and reordered messages and answers change nothing."""
    messages, answers, steps = history
    so_far = LicenceAtCustoms()
    for step in steps:
        so_far = so_far.take(step)[0] if isinstance(step, CustomsAnswer) else so_far.with_message(step)
    assert seen(so_far) == seen(at_customs(messages, answers))


@given(histories())
def test_nothing_is_both_waiting_and_settled_and_the_newest_is_never_lost(history):
    so_far = at_customs(history[0], history[1])
    answered = {answer.message for answer in history[1]}
    assert all(one.id not in answered for one in so_far.waiting)
    assert {one.message for one in so_far.errors}.isdisjoint(one.id for one in so_far.waiting)
    if so_far.state is Towards.SENT:
        assert so_far.current[-1] in so_far.waiting
    if so_far.state is Towards.REJECTED:
        assert so_far.current[-1].id in {one.message for one in so_far.errors}
    assert not so_far.is_known_active or so_far.known is not None


def test_what_an_answer_did_is_told():
    so_far = at_customs([ISSUED, SUSPENDED], [])
    so_far, first = so_far.take(yes("m2"))
    so_far, late = so_far.take(yes("m1"))
    so_far, again = so_far.take(yes("m2"))
    so_far, early = so_far.take(yes("m3"))
    so_far, other = so_far.take(no("m2"))
    assert [first, late, again, early, other] == [
        Taken.APPLIED, Taken.OUT_OF_ORDER, Taken.DUPLICATE, Taken.EARLY, Taken.CONTRADICTED,
    ]  # fmt: skip
    assert so_far.state is Towards.REJECTED
    assert so_far.known.id == "m1"
    (error,) = so_far.errors
    assert (error.kind, error.is_contradicted, error.codes) == ("customs_error", True, ("E1",))


def test_a_suspended_licence_is_no_longer_known_active_and_a_reinstated_one_is_only_when_customs_says_so():
    messages = [ISSUED, SUSPENDED, message(3, "reinstated")]
    assert at_customs(messages[:1], [yes("m1")]).is_known_active
    assert not at_customs(messages[:2], [yes("m1"), yes("m2")]).is_known_active
    assert not at_customs(messages, [yes("m1"), yes("m2")]).is_known_active
    assert at_customs(messages, [yes("m3")]).is_known_active


def test_a_rejected_message_is_sent_again_in_its_place_and_another_is_not():
    so_far = at_customs([ISSUED, SUSPENDED], [no("m1", "A7", text="name"), yes("m2")])
    settled = resent_message(so_far, "m1", id_="n", content={}, at=AT)
    assert (settled.code, settled.facts["state"]) == ("customs.not_rejected", "settled")
    so_far = at_customs([ISSUED], [no("m1", "A7", text="name")])
    assert (so_far.errors[0].codes, so_far.errors[0].text) == (("A7",), "name")
    again = resent_message(so_far, "m1", id_="n", content={"number": "x"}, at=AT)
    assert (again.id, again.place, again.resends, again.action) == ("n", (1, 2), "m1", "issued")
    after = so_far.with_message(again)
    assert (after.state, after.errors) == (Towards.SENT, ())
    for which, code in (
        ("m1", "customs.not_rejected"),
        ("n", "customs.not_rejected"),
        ("?", "customs.unknown_message"),
    ):
        refused = resent_message(after, which, id_="o", content={}, at=AT)
        assert isinstance(refused, Problem)
        assert refused.code == code


def test_the_next_message_takes_the_next_place_whatever_attempts_there_were():
    for so_far, place in ((LicenceAtCustoms(), (1, 1)), (at_customs([ISSUED, AGAIN], []), (2, 1))):
        made = next_message(so_far, id_="a", licence="L", version=1, action=ISSUED.action, content={}, at=AT)
        assert made.place == place


def test_an_alarm_rises_after_the_minutes_of_the_pack_and_only_for_what_waits():
    """Casework 2.6: suspended sends nothing, nobody notices; here each message has a deadline of its own."""
    stuck, quick = message(1, licence="A"), message(1, licence="B", minutes=50)
    late = at_customs([message(1, licence="C"), message(2, "suspended", licence="C", minutes=1, id_="c2")], [yes("c2")])
    all_ = [at_customs([quick], []), at_customs([stuck], []), late]
    assert list(overdue(all_, AT + timedelta(minutes=60), 60)) == []
    (alarm,) = overdue(all_, AT + timedelta(minutes=61), 60)
    assert (alarm.code, alarm.value, alarm.facts["minutes"]) == ("customs.overdue", "A", "61")
    both = list(overdue(all_, AT + timedelta(minutes=200), 60))
    assert [one.value for one in both] == ["A", "B"]


def test_a_stuck_licence_keeps_no_other_waiting():
    """Casework 2.6: one message in flight blocks all."""
    stuck = at_customs([message(n, licence="A") for n in range(1, 6)], [no("m1")])
    free = at_customs([message(1, licence="B")], [])
    assert free.take(yes("m1"))[0].state is Towards.ACKNOWLEDGED
    assert [one.id for one in stuck.waiting] == ["m2", "m3", "m4", "m5"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (CustomsAnswer("m", Verdict.REJECTED), "customs.no_code"),
        (CustomsAnswer("m", Verdict.ACKNOWLEDGED, ("A",)), "customs.code_without_reason"),
        (CustomsAnswer("m", Verdict.REJECTED, ("A,B",)), "customs.code"),
        (CustomsAnswer("m", Verdict.REJECTED, ("A",) * 21), "customs.too_many_codes"),
        (CustomsAnswer("m", Verdict.REJECTED, ("A",), "x" * 501), "customs.text_too_long"),
    ],
)
def test_an_answer_that_cannot_be_meant_is_refused(answer, code):
    assert [problem.code for problem in answer_problems(answer)] == [code]
    assert answer_problems(no("m", "A.1-b_2", text="x" * 500)) == answer_problems(yes("m")) == []
