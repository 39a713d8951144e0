"""Mistakes change what is written, at their rate, and nothing that is true."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nation.nation_book import book_of, documents_of
from ytterby.nation.mistake import KINDS, LATE, MISSING, TYPING, UNIT_SLIP, mistakes_of, mistype
from ytterby.nation.plan import Plan, make_plan
from ytterby.nation.scenario import Scenario
from ytterby.shell.cli.nation_plan import nation_tables


def plan_of(rate: float, months: int = 4, plants: int = 12) -> Plan:
    return make_plan(Scenario(plants=plants, months=months, mistakes=rate), nation_tables())


@given(st.integers(min_value=1, max_value=10**12))
def test_a_typing_error_swaps_two_digits(grams):
    wrong = mistype(grams)
    assert sorted(str(wrong)) == sorted(str(grams))
    if wrong == grams:
        # Nothing to swap: all digits alike, or only zeros behind the first.
        assert len(set(str(grams))) == 1 or set(str(grams)[1:]) == {"0"}


def test_mistakes_come_at_their_rate_in_all_kinds():
    plan = plan_of(0.1, plants=200)
    found = [mistake for month in range(24) for mistake in mistakes_of(plan, month).values()]
    # 4,800 chances of a tenth: four standard deviations.
    assert len(found) == pytest.approx(480, abs=4 * (4800 * 0.1 * 0.9) ** 0.5)
    assert set(Counter(mistake.kind for mistake in found)) == set(KINDS)
    assert mistakes_of(plan_of(0.0), 0) == {}


def test_a_late_report_arrives_with_a_later_month_and_nothing_is_lost():
    plan = plan_of(0.5)
    documents = documents_of(plan)
    late = [d for d in documents if d.report.mistake and d.report.mistake.kind == LATE]
    assert late
    order = [d.report.month for d in documents]
    assert order != sorted(order)
    prompt = documents_of(plan_of(0.0))
    assert {(d.report.key, d.report.month) for d in documents} == {(d.report.key, d.report.month) for d in prompt}


@pytest.mark.parametrize(("kind", "event_count"), [(TYPING, 0), (UNIT_SLIP, 0), (MISSING, -1)])
def test_a_mistake_changes_one_receipt(kind, event_count):
    plan = plan_of(0.5)
    wrong = [d for d in documents_of(plan) if d.report.mistake and d.report.mistake.kind == kind]
    right = {(d.report.key, d.report.month): d.report for d in documents_of(plan_of(0.0))}
    assert wrong
    for document in wrong:
        mistake, twin = document.report.mistake, right[document.report.key, document.report.month]
        assert len(document.report.events) == len(twin.events) + event_count
        mine = {told.about: told.text for told in document.report.events if told.about == ("receiving", mistake.link)}
        other = {told.about: told.text for told in twin.events if told.about == ("receiving", mistake.link)}
        assert mine != other
        assert ('"uom":"TNE"' in "".join(mine.values())) == (kind == UNIT_SLIP)


def test_the_door_lets_mistakes_in_and_the_book_asks():
    plan = plan_of(0.3)
    book, said = book_of(plan, documents_of(plan))
    assert not [code for code in said if code.startswith("refuse")]
    asked = {finding.code for finding in book.findings}
    assert "receipt.implied" in asked
    assert asked & {"lot.used_beyond_held", "receipt.beyond_shipment"}
