"""`ytterby licence free`: issue, show, verify, challenge and count on the command line."""

import json

import pytest

from shell.cli.conftest import run
from shell.licensed import CUSTOMS, OFFICE, office
from shell.offered import ORIEL
from shell.test_free_goods import GTIN, LATER, REPORT, freed, product


@pytest.fixture
def say(told_chain):
    """A register with a freed case; a function that runs a command on it and gives code, JSON lines and both texts."""
    office(told_chain)
    product(told_chain, at=LATER)
    freed(told_chain)

    def told(*argv, is_json=False):
        answer = run("licence", "free", *argv, "--data", told_chain.data, *(["--json"] if is_json else []))
        return answer.code, [
            json.loads(line) for line in answer.out.splitlines()
        ] if is_json else answer.out + answer.err

    return told


def test_the_life_of_a_document(say, tmp_path):
    code, said = say("issue", "C-1", "--number", "N-1", "--as", OFFICE)
    assert (code, said) == (0, "Entered: N-1.\n")
    assert say("issue", "C-1", "--number", "N-2", "--as", OFFICE)[0] == 1
    code, (shown,) = say("show", "N-1", is_json=True)
    assert (code, shown["holds"], shown["report"]) == (0, True, REPORT)
    code, text = say("show", "N-1")
    assert "Dy + Tb: 0.02 wt% (u 0.005)" in text
    assert "It holds." in text
    assert say("show")[1].startswith("N-1: magnets")
    note = tmp_path / "note.txt"
    note.write_text(shown["note"], encoding="utf-8")
    assert say("verify", note)[0] == 0
    note.write_text(shown["note"].replace("0.02", "0.01"), encoding="utf-8")
    code, text = say("verify", note)
    assert code == 3
    assert "no document that this register signed" in text
    assert say("count", "N-1", "--declaration", "D-1", "--quantity", "5", "--as", CUSTOMS)[0] == 0
    ask = ("challenge", "N-1", "ask", "Q1", "--text", "is it?", "--due", "2099-01-01", "--as", CUSTOMS)
    assert say(*ask)[0] == 0
    code, text = say("count", "N-1", "--declaration", "D-2", "--quantity", "5", "--as", CUSTOMS)
    assert code == 1
    assert "customs have challenged it" in text
    sample = ("challenge", "N-1", "sample", "Q1", "--subject", GTIN, "--label", "S-1", "--mass", "0.1")
    assert say(*sample, "--as", CUSTOMS)[0] == 0
    result = ("challenge", "N-1", "result", "Q1", "--outcome", "stands", "--text", "as stated", "--report", REPORT)
    assert say(*result, "--content", "Dy=0.02+-0.004", "--as", CUSTOMS)[0] == 0
    code, text = say("show", "N-1")
    assert code == 0
    assert "challenge Q1: answered, the document stands" in text
    assert "left under D-2: 5 KGM" in text


def test_who_may_not_is_refused_and_who_may_not_read_finds_none(say):
    code, text = say("issue", "C-1", "--as", ORIEL)
    assert code == 1
    assert "has no role officer" in text
    say("issue", "C-1", "--number", "N-1", "--as", OFFICE)
    assert say("show", "N-1", "--viewer", ORIEL)[0] == 0
    code, text = say("show", "N-1", "--viewer", "Lumen Motors")
    assert code == 2
    assert "There is no document N-1 for you." in text
