"""Evidence of a case of the sample chain: what is gathered, by whom, how cheaply, and what an exporter is told."""

import msgspec
import pytest

from shell.offered import AT, LUMEN, MAGNETS, OFFICE, ORIEL, SWARF, application, desk, queries_of, submitted
from ytterby.licence.application import Line, PartyOnCase
from ytterby.licence.evidence import CHECKS, evidence_digest, evidence_fields, read_evidence
from ytterby.licence.finding import exporter_findings, findings_of
from ytterby.shell.site.case_rules import transition_table
from ytterby.shell.store.case_marks import write_case_mark
from ytterby.shell.store.reading.case_evidence import exporter_run, gather_evidence
from ytterby.shell.store.reading.viewer import (
    AUDIT,
    CUSTOMS,
    LICENSING,
    OPERATOR_VIEWER,
    PROVINCE,
    TRACING,
    Viewer,
)
from ytterby.shell.store.registering import Registrable, register_documents

QUERIES_MOST = 40


def gathered(one=None, case="C-1", **rest):
    return gather_evidence(OFFICE, desk(), case, one or application(), **rest)


def test_the_magnets_of_the_sample_chain(offered):
    found = gathered()
    (line,) = found.law.lines
    assert (line.answer, line.codes, line.described_by) == ("controlled", ("1C905.a",), "lot")
    assert [(one.rule, one.means) for one in line.needs] == [("CN-dual-use", ("licence",))]
    (lot,) = found.lots.lots
    assert (lot.holder, lot.left, lot.unit, lot.left_kg) == (ORIEL, "60000", "H87", "2700")
    assert (lot.balance, lot.trace, lot.mirror) == ("balances", "whole", "matched")
    (asked,) = found.lots.lines
    assert (asked.asked_kg, asked.available_kg, asked.is_enough) == ("900", "2700", "yes")
    assert (asked.elements["Dy"].asked_kg, asked.elements["Dy"].available_kg) == ("11.36952", "34.10856")
    assert found.screening.status == "not_checked"
    assert {one.gap for one in found.screening.gaps} == {"list_missing", "not_screened"}
    assert [one.element for one in found.consumption.end_users] == ["", "Dy", "Nd", "Pr"]
    assert found.completeness.complete == "no"
    known = {"level": "claimed", "visits_passed": 0, "deliveries_confirmed": 0, "reports_overdue": 0}
    lacking = ["visits", "reconciliation", "documents", "organisation", "no_finding"]
    assert found.end_users.rows == ({"subject": LUMEN, **known, "is_validated": False, "lacking": lacking},)
    assert found.statements.rows == ({"subject": LUMEN, "against": "no_statement"},)
    assert found.packs == desk().packs
    assert read_evidence(evidence_fields(found)) == found


def test_the_same_is_gathered_again_with_the_same_digest(offered):
    assert evidence_digest(gathered()) == evidence_digest(gathered())
    assert evidence_digest(gathered(case="C-2")) != evidence_digest(gathered())


def test_records_of_cases_change_no_more_than_the_size_of_the_log(offered):
    before = gathered()
    register_documents([Registrable("case_event", "C-9", {"id": "C-9"})], "operator", AT)
    after = gathered()
    assert after.as_of_size == before.as_of_size + 1
    assert msgspec.structs.replace(after, as_of_size=before.as_of_size) == before


def test_what_the_office_asks_of_the_database_is_little(offered):
    gathered()
    register_documents([Registrable("case_event", "C-9", {"id": "C-9"})], "operator", AT)
    assert queries_of(gathered) <= QUERIES_MOST


@pytest.mark.parametrize(
    "viewer",
    [Viewer(ORIEL), Viewer(LUMEN), Viewer(None),
     *(Viewer("b", frozenset({one})) for one in (AUDIT, TRACING, PROVINCE, CUSTOMS))],
)  # fmt: skip
def test_only_who_licenses_gathers(offered, viewer):
    """Threats A5, C7, X6: half of it would mislead, so there is none."""
    with pytest.raises(PermissionError):
        gather_evidence(viewer, desk(), "C-1", application())


def test_the_office_and_the_register_gather_the_same(offered):
    assert gather_evidence(OPERATOR_VIEWER, desk(), "C-1", application()) == gathered()
    assert gather_evidence(Viewer("b", frozenset({LICENSING, AUDIT})), desk(), "C-1", application()) == gathered()


def test_of_lots_that_the_applicant_does_not_hold_nothing_is_read(offered):
    """The swarf went on to the recycler only later; another party's lot tells no figure to the office."""
    other = msgspec.structs.replace(
        application(), parties=(PartyOnCase("exporter", LUMEN), PartyOnCase("end_user", LUMEN))
    )
    found = gathered(other)
    assert [(one.lot, one.holder, one.left, dict(one.elements)) for one in found.lots.lots] == [(MAGNETS, "", "0", {})]
    assert found.law.lines[0].answer == "unknown"
    kinds = {one.kind for one in findings_of(found, CHECKS)}
    assert {"not_held", "not_enough", "unknown"} <= kinds


def test_only_the_lots_of_the_application_are_read(offered):
    assert [one.lot for one in gathered().lots.lots] == [MAGNETS]
    assert SWARF not in str(evidence_fields(gathered()))


def test_goods_that_are_talked_free_are_judged_by_what_was_assayed(offered):
    stated = {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": 31}}
    line = Line(1, "magnets", "900", "KGM", lots=(MAGNETS,), goods=stated)
    found = gathered(application(line))
    assert found.law.lines[0].answer == "controlled"
    assert [(who, answer) for who, _, answer in found.law.lines[0].described] == [
        ("application", "not_controlled"),
        ("lot", "controlled"),
    ]
    assert any(one.kind == "described_otherwise" and one.blocks for one in findings_of(found, CHECKS))


def test_goods_that_are_talked_rich_are_short_of_the_element(offered):
    stated = {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": 25, "Dy": 6}}
    line = Line(1, "magnets", "900", "KGM", lots=(MAGNETS,), goods=stated)
    (asked,) = gathered(application(line)).lots.lines
    assert (asked.elements["Dy"].asked_kg, asked.elements["Dy"].is_enough) == ("54", "no")


def test_whom_the_register_does_not_hold_is_not_checked(offered):
    stranger = msgspec.structs.replace(
        application(), parties=(*application().parties, PartyOnCase("importer", name="Acme Import", country="XB"))
    )
    found = gathered(stranger)
    assert (found.screening.status, found.screening.why) == ("not_checked", "unregistered")
    assert found.screening.unregistered == ("Acme Import",)


def test_without_an_end_user_or_a_use_nothing_is_flagged_and_it_says_so(offered):
    nobody = gathered(msgspec.structs.replace(application(), parties=(PartyOnCase("exporter", ORIEL),)))
    assert (nobody.flags.why, nobody.consumption.why) == ("no_end_user", "no_end_user")
    vague = gathered(msgspec.structs.replace(application(), use={"text": "various uses"}))
    assert vague.flags.why == "no_use_code"


def test_another_case_takes_from_what_is_there(offered):
    table = transition_table("individual")
    write_case_mark(submitted("C-7", application()), table)
    found = gathered()
    assert (found.lots.lots[0].reserved_kg, found.lots.lines[0].available_kg) == ("900", "1800")
    # The case's own reservation is not held against it.
    assert gathered(case="C-7").lots.lines[0].available_kg == "2700"


def test_the_exporter_is_told_before_what_the_officer_finds_after_of_the_same_things(offered):
    blocking = {"completeness", "classification", "lots", "screening", "flags"}
    mine = exporter_findings(exporter_run(Viewer(ORIEL), desk(), "C-1", application()), blocking)
    ours = [one for one in findings_of(gathered(), blocking) if one.check in {"completeness", "classification", "lots"}]
    assert [one.key for one in mine] == [one.key for one in ours]


def test_the_exporter_is_told_of_its_own_lots_alone(offered):
    with pytest.raises(PermissionError):
        exporter_run(Viewer(LUMEN), desk(), "C-1", application())
    # A mandate of the same party opens nothing here.
    plain = exporter_run(Viewer(ORIEL), desk(), "C-1", application())
    assert exporter_run(Viewer(ORIEL, frozenset({TRACING})), desk(), "C-1", application()) == plain
    thief = msgspec.structs.replace(
        application(), parties=(PartyOnCase("exporter", LUMEN), PartyOnCase("end_user", LUMEN))
    )
    found = exporter_run(Viewer(LUMEN), desk(), "C-1", thief)
    assert [(one.holder, one.left) for one in found.lots.lots] == [("", "0")]


def test_no_field_of_an_officer_reaches_the_exporter(offered):
    text = msgspec.json.encode(exporter_run(Viewer(ORIEL), desk(), "C-1", application())).decode()
    for word in ("screening", "flags", "consumption", "precedent", "alerts", "suppressed", "statements"):
        assert word not in text
