"""Who reads findings of months and uses: whoever reads all; a party none, and never how often chance makes one."""

import json

import pytest

from counted_months import MAKER, MINE, OWNERS, PLANT, Plan, make_register_of_months
from shell.register_copy import forget_answers
from shell.strangers import fix_chance
from ytterby.shell.store.reading.findings import list_findings
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.months import month_rows
from ytterby.shell.store.reading.viewer import AUDIT, CUSTOMS, LICENSING, OPERATOR_VIEWER, PROVINCE, TRACING, Viewer
from ytterby.shell.store.reading.watching import watching

BODIES = [Viewer("https://body.example/1", frozenset({mandate})) for mandate in (AUDIT, TRACING)]
OTHERS = [Viewer(None), Viewer("https://id.gs1.org/417/9520000010058")]
OTHERS += [Viewer("https://body.example/1", frozenset({mandate})) for mandate in (CUSTOMS, LICENSING, PROVINCE)]


@pytest.fixture
def register(tmp_path):
    forget_answers()
    yield make_register_of_months(tmp_path / "data", Plan(loss_share=0.06))
    forget_answers()


def kinds(found):
    return {one["kind"].split(".")[0] for one in found["findings"]}


def test_whoever_reads_all_reads_the_months_findings_and_what_to_expect_of_chance(register):
    known = known_at(OPERATOR_VIEWER, None)
    for viewer in (OPERATOR_VIEWER, *BODIES):
        found = list_findings(viewer, known=known)
        assert "month" in kinds(found)
        assert found["expected_false_alarms"] > 0
        (loss,) = [one for one in found["findings"] if one["kind"] == "month.loss"]
        assert loss["parties"][0] == [OWNERS[PLANT]]
        assert loss["months"][0] >= "2025-05"
        assert loss["false_alarms_per_plant_year"] > 0


@pytest.mark.parametrize("party", [OWNERS[PLANT], OWNERS[MINE], OWNERS[MAKER]])
def test_a_party_reads_none_of_them_and_no_number(register, party):
    known = known_at(OPERATOR_VIEWER, None)
    found = list_findings(Viewer(party), known=known)
    assert not kinds(found) & {"month", "use"}
    assert found["expected_false_alarms"] is None
    assert watching(Viewer(party), known) == ((), None)


def test_bodies_without_that_compartment_and_nobody_read_nothing(register):
    known = known_at(OPERATOR_VIEWER, None)
    for viewer in OTHERS:
        found = list_findings(viewer, known=known)
        assert (found["findings"], found["expected_false_alarms"]) == ([], None)
        assert month_rows(viewer, PLANT, "Nd", known=known) == []


def test_a_party_reads_its_own_months_with_the_alarm(register):
    """What a plant needs to find its own mistake is its own: its months say that something is missing."""
    rows = month_rows(Viewer(OWNERS[PLANT]), PLANT, "Nd", known=known_at(OPERATOR_VIEWER, None))
    assert any(row["alarm"] for row in rows)
    assert month_rows(Viewer(OWNERS[MINE]), PLANT, "Nd", known=known_at(OPERATOR_VIEWER, None)) == []


def answers(folder, monkeypatch, plan, viewer):
    """Return what a viewer reads of months and findings in a register of a plan."""
    with monkeypatch.context() as patched:
        fix_chance(patched)
        forget_answers()
        make_register_of_months(folder, plan)
        known = known_at(OPERATOR_VIEWER, None)
        found = [list_findings(viewer, known=known, language=language) for language in ("en", "zh")]
        found += [month_rows(viewer, site, "Nd", known=known) for site in (MINE, PLANT, MAKER)]
        from django.db import connections

        connections.close_all()
        forget_answers()
    return json.dumps(found, sort_keys=True)


@pytest.mark.parametrize(("party", "is_told"), [(OWNERS[MAKER], False), (OWNERS[MINE], False), (OWNERS[PLANT], True)])
def test_a_partys_answers_do_not_hang_on_what_another_plant_is_missing(tmp_path, monkeypatch, party, is_told):
    """Threats C2, C3: the plant's stock-takings are its own. Its supplier and its customer are answered alike, byte for
    byte, whether its months alarm or not; the plant and whoever reads all are not (the test can fail).
    """
    honest, bent = Plan(loss_share=0.0), Plan(loss_share=0.06)
    viewer = Viewer(party)
    one, other = (answers(tmp_path / f"data{k}", monkeypatch, plan, viewer) for k, plan in enumerate((honest, bent)))
    assert (one != other) is is_told
