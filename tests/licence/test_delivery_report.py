"""Four reports after delivery, each by whoever may say it and due by a span; re-transfers and visits."""

from datetime import date

import pytest

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
from ytterby.law.licence_kind import ReportOwed
from ytterby.law.span import Span
from ytterby.licence.delivery_report import (
    STAGES,
    Delivery,
    RetransferDecision,
    deliveries_of,
    parse_stages,
    reports_due,
    visit_findings,
)
from ytterby.licence.filed import Filed

AFTER = {"transport": "exit", "arrival": "exit", "installation": "arrival", "use": "arrival"}
DAYS = {"transport": 10, "arrival": 30, "installation": 60, "use": 330}
OWED = tuple(ReportOwed(stage, "x", Span(DAYS[stage], "calendar_day"), "", AFTER[stage], None) for stage in STAGES)
LEFT = Delivery(ORDER, "D-1", date(2026, 3, 1))


def ordered(**changes):
    filed = Filed()
    assert file(filed, order(**changes), ORIEL) == []
    return filed


@pytest.mark.parametrize(
    ("stage", "may"),
    [
        ("transport", {ORIEL, IMPORTER}),
        ("arrival", {ORIEL, IMPORTER, LUMEN}),
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
    return {row.stage: row.state for row in reports_due([LEFT], filed.reports, OWED, on, {})}


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


def test_what_is_owed_after_another_stage_counts_from_the_day_that_happened():
    filed = ordered()
    due = {row.stage: row.due for row in reports_due([LEFT], [], OWED, date(2026, 3, 2), {})}
    assert (due["arrival"], due["installation"]) == (date(2026, 3, 31), date(2026, 5, 30))
    assert file(filed, report("arrival", on="2026-03-02"), LUMEN) == []
    due = {row.stage: row.due for row in reports_due([LEFT], filed.reports, OWED, date(2026, 3, 3), {})}
    assert (due["arrival"], due["installation"]) == (date(2026, 3, 31), date(2026, 5, 1))


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
