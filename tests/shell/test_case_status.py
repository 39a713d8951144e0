"""What applicants and buyers are told of a case, through the actions; equal whatever the office knows (C7)."""

import json
import re
from pathlib import Path
from sys import path

import pytest

path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks import casework_worker
from benchmarks.casework_office import BY_HAND, END_USER, EXPORTER, OFFICE, make_office

from ytterby.licence.step import Advise, Issue, Query
from ytterby.shell.store.reading.case_status import case_status
from ytterby.shell.store.reading.casework import list_cases, show_case
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.rights import viewer_of
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER


@pytest.fixture
def office(tmp_path):
    return casework_worker.Office(make_office(tmp_path))


def begun(office):
    number = office.draft(1, BY_HAND)
    office.submit(number)
    office.look(number)
    return number


def status(office, number, party, language="en"):
    viewer = viewer_of(OPERATOR_VIEWER, party, office.at.date())
    return case_status(viewer, number, office.at, known_at(viewer, None), language)


def _change_no_byte_before_the_decision(office):
    """C7: advice, another advice and a draft change no byte of what is told; the decision does."""
    number = begun(office)
    before = {party: status(office, number, party) for party in (EXPORTER, END_USER)}
    officer = office.officer(office.assigned[number][0])
    office.take(number, Advise("refuse", "It is for a weapon.", reasons=("doubtful",)), officer)
    first = office.case(number).events[-1].version
    office.take(number, Advise("approve", "It is not.", supersedes=first), officer)
    dict(office.steps(number))["decide"]()
    for party, told in before.items():
        assert json.dumps(status(office, number, party)) == json.dumps(told)
    office.look(number)
    dict(office.steps(number))["draft"]()
    assert status(office, number, EXPORTER)["outcome"] == "granted"
    # Under which number is drawn: an officer who names one is not followed (threat Q5).
    issued = office.take(number, Issue("MINE-1", {}), officer)
    assert status(office, number, EXPORTER)["licences"] == (issued.licence,)
    assert re.fullmatch(r"L-[0-9A-Z]{10}", issued.licence)


def test_the_applicant_is_told_one_date_in_words_the_buyer_the_same_date_and_a_stranger_nothing(office):
    number = begun(office)
    told, bought = status(office, number, EXPORTER), status(office, number, END_USER)
    # 45 working days of China after Monday 2 March 2026, with Tomb-sweeping Day and the first days of May.
    assert (told["date"], told["date_kind"], told["clock"]) == ("2026-05-08", "firm", "BENCH-hand-decision")
    assert (told["words"]["state"], told["words"]["holder"], told["words"]["clock"]) == (
        "under review",
        "office",
        "decision",
    )
    assert (told["audience"], bought["audience"]) == ("applicant", "buyer")
    assert bought["date"] == told["date"]
    assert status(office, number, EXPORTER, "zh")["words"]["state"] == "审查中"
    with pytest.raises(KeyError):
        status(office, number, "https://party.example/border-trade")
    officer = office.officer(office.assigned[number][0])
    office.take(number, Query("q1", "/use", "For which rotor?", "2026-03-20"), officer)
    told, bought = status(office, number, EXPORTER), status(office, number, END_USER)
    assert [one["text"] for one in told["questions"]] == ["For which rotor?"]
    assert (list(bought["questions"]), bought["words"]["drivers"]) == ([], ["waits for the applicant"])
    assert (told["words"]["holder"], told["words"]["drivers"]) == ("applicant", ["waits for the answer to a question"])
    assert told["date"] == bought["date"] == "2026-05-08"
    assert status(office, number, OFFICE)["audience"] == "applicant"
    _change_no_byte_before_the_decision(office)


def pages(folder, listed):
    """Everything that applicant and end user read of a case at an instant, in a register of its own."""
    office = casework_worker.Office(make_office(folder, listed=listed))
    number = office.draft(1, BY_HAND, "C-SAME")
    office.submit(number)
    screened = office.case(number).gathered[1].evidence["screening"]["answer"]
    found = []
    for party in (EXPORTER, END_USER):
        viewer = viewer_of(OPERATOR_VIEWER, party, office.at.date())
        known = known_at(viewer, None)
        found.append(case_status(viewer, number, office.at, known))
        found.append(show_case(viewer, number, office.at, known))
        found.append(list_cases(viewer))
    return screened, json.dumps(found)


def test_a_screening_candidate_changes_no_byte_of_what_applicant_and_end_user_read(tmp_path):
    """C7: two registers that differ in a listed name alone; the office sees the alert, nobody else a difference."""
    clear, plain = pages(tmp_path / "clear", "")
    alerted, listed = pages(tmp_path / "listed", "Heron Rotor Works")
    assert (clear, alerted) == ("passed", "alerts")
    assert plain == listed
