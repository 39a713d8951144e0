"""Four reports after delivery, each by whoever may say it and due by a span; re-transfers and visits."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.filings import (
    AT,
    IMPORTER,
    LUMEN,
    OFFICE,
    ORDER,
    ORIEL,
    RIVAL,
    file,
    later,
    order,
    report,
    retransfer,
    visit,
)
from ytterby.law.procedure import Span
from ytterby.licence.delivery_report import (
    STAGES,
    Delivery,
    ReportSpan,
    RetransferDecision,
    deliveries_of,
    end_of,
    parse_stages,
    reports_due,
    visit_findings,
)
from ytterby.licence.filed import Filed

SPANS = tuple(
    ReportSpan(stage, Span(days, "calendar_day")) for stage, days in zip(STAGES, (10, 30, 90, 365), strict=True)
)
LEFT = Delivery(ORDER, "D-1", date(2026, 3, 1))


def ordered(**changes):
    filed = Filed()
    assert file(filed, order(**changes), ORIEL) == []
    return filed


@pytest.mark.parametrize(
    ("stage", "may"),
    [
        ("transport", {ORIEL, IMPORTER}),
        ("arrival", {IMPORTER, LUMEN}),
        ("installation", {LUMEN}),
        ("use", {LUMEN}),
    ],
)
def test_each_report_comes_from_whoever_may_say_it(stage, may):
    for party in (ORIEL, IMPORTER, LUMEN):
        assert file(ordered(), report(stage), party) == ([] if party in may else ["delivery.not_by_you"])
    for party in (RIVAL, OFFICE, ""):
        assert file(ordered(), report(stage), party) == ["filed.unknown"]
    assert file(Filed(), report(stage), ORIEL) == ["filed.unknown"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on": "2026-03-03"}, "filed.day_to_come"),
        ({"delivery": ""}, "filed.no_text"),
        ({"quantity": "-3"}, "filed.amount"),
        ({"documents": ("x",)}, "filed.no_digest"),
        ({"stage": "sale"}, "delivery.stage"),
    ],
)
def test_what_a_report_must_say(changes, code):
    assert file(ordered(), report(**{"stage": "transport", **changes}), ORIEL) == [code]


def states(filed, on):
    return {row.stage: row.state for row in reports_due([LEFT], filed.reports, SPANS, on)}


def test_late_reports_are_listed_until_they_come_and_told_apart_afterwards():
    filed = ordered()
    assert file(filed, report(), ORIEL) == []
    assert set(states(filed, date(2026, 3, 2)).values()) == {"done", "due"}
    assert states(filed, date(2026, 3, 31))["arrival"] == "due"
    assert states(filed, date(2026, 4, 1))["arrival"] == "late"
    assert file(filed, report("arrival", on="2026-03-20"), LUMEN, later(days=60)) == []
    assert states(filed, date(2026, 6, 1)) == {
        "transport": "done", "arrival": "done_late", "installation": "late", "use": "due",
    }  # fmt: skip
    assert states(filed, date(2026, 4, 15))["arrival"] == "late"


def test_whoever_reports_again_corrects_itself_and_the_first_tells_when_it_came():
    filed = ordered()
    for n, quantity in enumerate(("898", "899.5")):
        assert file(filed, report("arrival", quantity=quantity, unit="KGM"), LUMEN, later(days=40 * n)) == []
    assert file(filed, report("arrival", quantity="897", unit="KGM"), IMPORTER) == []
    assert states(filed, date(2026, 6, 1))["arrival"] == "done"
    assert len(filed.reports) == 3


def test_deliveries_are_known_by_their_transport_where_no_exit_was_confirmed():
    filed = ordered()
    assert file(filed, report(), ORIEL) == []
    assert file(filed, report("arrival", delivery="D-2"), LUMEN) == []
    assert deliveries_of(filed.reports) == (LEFT,)


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2026-01-31", 1, "month", "2026-02-28"),
        ("2028-01-31", 1, "month", "2028-02-29"),
        ("2026-11-30", 3, "month", "2027-02-28"),
        ("2026-12-15", 1, "month", "2027-01-15"),
        ("2028-02-29", 1, "year", "2029-02-28"),
        ("2026-03-28", 2, "calendar_day", "2026-03-30"),
    ],
)
def test_spans_end_on_the_same_day_of_a_later_month_or_its_last(start, count, unit, end):
    assert end_of(date.fromisoformat(start), Span(count, unit)).isoformat() == end


def test_working_days_want_a_calendar():
    with pytest.raises(ValueError, match="calendar"):
        end_of(date(2026, 1, 1), Span(5, "working_day"))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_months_end_where_counting_them_one_by_one_from_a_middle_day_does(start, count):
    middle = start.replace(day=15)
    day = middle
    for _ in range(count):
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=15)
    assert end_of(middle, Span(count, "month")) == day


def test_only_the_end_user_asks_for_a_retransfer_and_only_the_office_decides():
    filed = ordered()
    for party in (ORIEL, IMPORTER, RIVAL, OFFICE):
        assert file(filed, retransfer(), party) == ["filed.unknown"]
    assert file(filed, retransfer(amounts={}), LUMEN) == ["filed.no_elements"]
    assert file(filed, retransfer(), LUMEN) == []
    assert file(filed, retransfer(), LUMEN) == ["filed.twice"]
    granted = RetransferDecision("r1", "granted", "same use", ("report the arrival",))
    for party in (LUMEN, ORIEL):
        assert file(filed, granted, party) == ["filed.office_needed"]
    assert file(filed, RetransferDecision("r1", "perhaps", "x"), OFFICE) == ["retransfer.outcome"]
    assert file(filed, granted, OFFICE) == []
    assert file(filed, granted, OFFICE) == ["filed.unknown"]
    assert filed.retransfers["r1"].decision == granted


def test_a_foreign_visit_without_consent_is_recorded_and_a_finding():
    """Order 792 article 38: visits by foreign bodies need consent; what happened is recorded all the same."""
    foreign = visit(body_country="XB", party_country="CN", party=ORIEL)
    assert file(Filed(), foreign, ORIEL) == []
    assert [one.code for one in visit_findings(foreign, "foreign_visits")] == ["visit.no_consent"]
    assert visit_findings(foreign, "") == []
    assert visit_findings(visit(body_country="XB", party_country="CN", consent="letter 9"), "foreign_visits") == []
    assert visit_findings(visit(body_country="CN", party_country="CN"), "foreign_visits") == []


def test_visits_are_recorded_by_the_office_or_the_visited():
    filed = Filed()
    for party in (ORIEL, RIVAL, ""):
        assert file(filed, visit(), party) == ["filed.not_yours"]
    assert file(filed, visit(), OFFICE) == []
    assert file(filed, visit(), LUMEN) == ["filed.twice"]
    assert file(filed, visit(id="v2", outcome="fine", on="2026-03-09"), LUMEN) == [
        "visit.outcome", "filed.day_to_come",
    ]  # fmt: skip
    assert AT.date().isoformat() > filed.visits["v1"].on


def test_the_stages_are_the_four():
    with pytest.raises(ValueError, match="stages"):
        parse_stages("stage,roles\ntransport,seller\n")
