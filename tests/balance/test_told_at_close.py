"""What is told of a delivery when its month is closed: a second answer, as known then, and no other until the next."""

from itertools import pairwise

import pytest

from balance.test_told_by_month import declared_wrong, kestrel_lot, kestrel_month, norrvik_lot, norrvik_month
from chain.spreadsheet.test_monthly_return import P1, world
from ytterby.balance.told import Answer, Closing, Report, told_answers
from ytterby.chain.event import Entry
from ytterby.chain.period import Month

FEBRUARY, MARCH, APRIL = Month(2026, 2), Month(2026, 3), Month(2026, 4)
LOT = f"{P1}/10/K-1"
CLOSE = "close"


def told(*steps: list[Entry] | Month) -> dict[str, Answer]:
    """Return what is told of each lot, when submissions and closes of months came one after the other.

    A month that stands between submissions is closed as known there.
    """
    reports, closings, size = [], [], 0
    for step in steps:
        if isinstance(step, Month):
            closings.append(Closing(step, size))
            size += 1
            continue
        first, size = size, size + len(step)
        reports += [Report(size, Entry(e.event, e.submitter, first + n)) for n, e in enumerate(step)]
    return {key.lot: answer for key, answer in told_answers(reports, lambda size: world(), closings).items()}


def corrected(before: list[Entry], after: list[Entry]) -> list[Entry]:
    return [*declared_wrong(before), *after]


def test_a_correction_before_the_close_is_told_at_the_close():
    sent, wrong, right = kestrel_lot(11), norrvik_lot("K-1", 14), norrvik_lot("K-1", 11)
    assert told(sent, wrong) == {LOT: Answer("differs")}
    assert told(sent, wrong, corrected(wrong, right)) == {LOT: Answer("differs")}
    assert told(sent, wrong, corrected(wrong, right), MARCH) == {LOT: Answer("matched", MARCH)}
    assert told(sent, wrong, MARCH) == {LOT: Answer("differs", MARCH)}


def test_a_correction_after_the_close_waits_for_the_next_close_of_the_same_month():
    sent, wrong, right = kestrel_lot(11), norrvik_lot("K-1", 14), norrvik_lot("K-1", 11)
    late = (sent, wrong, MARCH, corrected(wrong, right))
    assert told(*late) == {LOT: Answer("differs", MARCH)}
    assert told(*late, APRIL, FEBRUARY) == {LOT: Answer("differs", MARCH)}
    assert told(*late, MARCH) == {LOT: Answer("matched", MARCH)}


def test_what_is_first_reported_after_the_close_is_told_at_once():
    sent, came = kestrel_lot(11), norrvik_lot("K-1", 14)
    assert told(sent, MARCH) == {}
    assert told(sent, MARCH, came) == {LOT: Answer("differs")}


def test_a_delivery_that_was_taken_back_keeps_its_answer():
    sent, came = kestrel_lot(11), norrvik_lot("K-1", 14)
    assert told(sent, came, declared_wrong(came), MARCH) == {LOT: Answer("differs")}


@pytest.mark.parametrize("closes", [1, 2, 5])
def test_twenty_corrections_between_two_closes_yield_one_answer(closes):
    """Threat C3."""
    sent, last = kestrel_lot(11), norrvik_lot("K-1", 14)
    steps: list[list[Entry] | Month] = [sent, last]
    answers = [told(*steps)]
    for close in range(closes):
        for number in range(20):
            new = norrvik_lot("K-1", 12 + 3 * close + number / 10)
            steps.append(corrected(last, new))
            last = new
            if number in {0, 19}:
                answers.append(told(*steps))
        steps.append(MARCH)
        answers.append(told(*steps))
    changes = sum(first != second for first, second in pairwise(answers))
    assert changes <= closes


def test_at_a_close_no_answer_is_had_under_another_month_or_another_lot():
    """Threat C3: a name under which nothing was told at first is told of at no close either."""
    months = (norrvik_month("2026-03", 11), kestrel_month("2026-03", 14))
    first = told(*months, MARCH)
    assert {answer.state for answer in first.values()} == {"differs"}
    for probe in (kestrel_lot(11), kestrel_month("2026-02", 11), norrvik_month("2026-02", 14), kestrel_lot(5, 6)):
        found = told(*months, probe, FEBRUARY, MARCH)
        assert found.keys() == first.keys()


def test_a_return_belongs_to_the_month_that_it_speaks_of():
    months = (norrvik_month("2026-03", 11), kestrel_month("2026-03", 14))
    (only,) = told(*months, FEBRUARY, MARCH, APRIL).values()
    assert only == Answer("differs", MARCH)
