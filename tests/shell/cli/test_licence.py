"""Licences from the command line: reserved, drawn, suspended by two, shown to each as far as it may read."""

import pytest

from shell.cli.conftest import run
from shell.licensed import CUSTOMS, EXPORTER, NUMBER, OFFICE, PORT, STRANGER, issue, licence, office
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register

AT_PORT = ("--site", PORT, "--owner", EXPORTER, "--as", CUSTOMS)
DAY = ("--on", "2026-06-01")


@pytest.fixture
def told(tmp_path):
    """Return how to ask about licences of a demo with one of 10 kg."""
    from ytterby.shell.actions.enrol import import_directory

    register = make_register(tmp_path / "data", origin="test.invalid/log", demo=True)
    assert not import_directory(register, packaged_text("shell.site", "sample_directory.yaml")).problems
    office(register)
    assert issue(licence()) == []

    def ask(*argv):
        return run("licence", *argv, "--data", register.data)

    ask.data = register.data
    return ask


def good(answer):
    assert answer.code == 0, (answer.out, answer.err)
    return answer


def test_a_licence_from_its_reservation_to_its_end(told):
    assert NUMBER in good(told("list")).out
    asked = (NUMBER, "L1", "--declaration", "D-1", "--quantity", "4", *DAY)
    made = good(told("reserve", *asked, "--as", EXPORTER, "--json")).json
    assert (made["code"], made["problems"]) == ("ok", [])
    good(told("reserve", *asked, "--as", EXPORTER))
    left = good(
        told("exit", NUMBER, "--declaration", "D-1", "--seq", "2", "--quantity", "25", *DAY, *AT_PORT, "--json")
    )
    assert [left.json[key] for key in ("verdict", "drawn", "unlicensed", "unit")] == [
        "drawn_in_part",
        "10",
        "15",
        "KGM",
    ]
    good(told("correct", NUMBER, "--declaration", "D-1", "--seq", "3", "--quantity", "16", *DAY, *AT_PORT))
    shown = good(told("show", NUMBER, *DAY, "--json")).json
    (line,) = shown["lines"]
    assert [line[key] for key in ("quantity", "drawn", "reserved", "free", "unit")] == ["10", "9", "0", "1", "KGM"]
    assert (shown["licence"], shown["status"]) == (NUMBER, "active")
    assert shown["validity"] == {"from": "2026-01-01", "to": "2026-12-31"}
    assert [(one["exporter"], one["customs"], one["state"]) for one in shown["exits"]] == [("4", "9", "differs")]
    text = good(told("show", NUMBER, *DAY, "--lang", "zh")).out
    assert "双方不一致" in text
    assert "15" in text
    assert good(told("show", NUMBER, "--on", "2027-01-01", "--json")).json["status"] == "expired"
    early = good(told("show", NUMBER, *DAY, "--known-at", str(made["as_of_size"]), "--json")).json
    assert [early["lines"][0][key] for key in ("drawn", "reserved")] == ["0", "4"]


def test_two_people_suspend_and_what_is_refused_says_why(told):
    office_says = ("--reason", "suspended_factors", "--as", OFFICE)
    first = good(told("suspend", NUMBER, *office_says, "--person", "ann", "--json")).json
    assert (first["state"], first["status"]) == ("proposed", "active")
    again = told("confirm", NUMBER, first["proposal"], "--as", OFFICE, "--person", "ann")
    assert (again.code, "another officer" in again.out) == (1, True)
    assert str(first["proposal"]) in good(told("show", NUMBER, *DAY)).out
    done = good(told("confirm", NUMBER, first["proposal"], "--as", OFFICE, "--person", "bo", "--json")).json
    assert (done["state"], done["status"]) == ("done", "suspended")
    refused = told("reserve", NUMBER, "--declaration", "D-1", "--quantity", "1", *DAY, "--as", EXPORTER)
    assert (refused.code, "suspended" in refused.out) == (1, True)
    assert told("draw", NUMBER, "--declaration", "D-1", "--quantity", "1", "--as", EXPORTER).code == 1
    assert (
        told("surrender", NUMBER, "--reason", "surrendered_not_needed", "--as", EXPORTER, "--json").json["status"]
        == "surrendered"
    )


def test_each_reads_its_own_part_and_a_stranger_none(told):
    """Threat C5: nothing of the office's can appear in what a holder reads."""
    said = ("--reason", "suspended_factors", "--text", "SECRET-TEXT", "--person", "SECRET-OFFICER")
    good(told("suspend", NUMBER, *said, "--as", OFFICE))
    stranger, nothing = told("show", NUMBER, "--viewer", STRANGER), told("show", "XA-NONE", "--viewer", STRANGER)
    assert stranger.code == nothing.code == 2
    assert stranger.err.replace(NUMBER, "XA-NONE") == nothing.err
    assert good(told("list", "--viewer", STRANGER, "--json")).json["licences"] == []
    for viewer, is_told in ((EXPORTER, False), (CUSTOMS, False), (OFFICE, True)):
        answer = good(told("show", NUMBER, *DAY, "--viewer", viewer, "--json")).out
        assert ("SECRET" in answer) == is_told, viewer
        assert ("waiting" in answer) == is_told, viewer


def test_what_left_beyond_licences_is_told_to_office_and_customs_alone(told):
    assert good(told("alarms")).out
    asked = (NUMBER, "--declaration", "D-1", "--quantity", "12", *DAY, *AT_PORT)
    good(told("exit", *asked))
    good(told("exit", "XA-NONE", "--declaration", "D-2", "--quantity", "3", "--unit", "KGM", *DAY, *AT_PORT))
    answer = told("alarms", "--json")
    assert answer.code == 1
    assert [(row["licence"], row["unlicensed"], row["reason"]) for row in answer.json["alarms"]] == [
        (NUMBER, "2", "over_draw"), ("XA-NONE", "3", "no_licence"),
    ]  # fmt: skip
    assert "XA-NONE" in told("alarms", "--lang", "zh").out
    counts = {who: len(told("alarms", "--viewer", who, "--json").json["alarms"]) for who in (OFFICE, CUSTOMS, EXPORTER)}
    assert counts == {OFFICE: 2, CUSTOMS: 1, EXPORTER: 0}


def test_an_exit_before_its_licence_is_linked(told):
    number = "XA-LATE"
    early = ("exit", number, "--declaration", "D-1", "--quantity", "3", "--unit", "KGM", *DAY, *AT_PORT, "--json")
    made = good(told(*early)).json
    assert (made["verdict"], made["reason"]) == ("not_drawn", "no_licence")
    assert issue(licence(number)) == []
    assert "--record" in good(told("show", number, *DAY)).out
    link = ("link", number, "--declaration", "D-1", "--quantity", "3", "--unit", "KGM", *DAY, "--as", OFFICE)
    linked = good(told(*link, "--record", str(made["index"]), "--json")).json
    assert (linked["verdict"], linked["drawn"]) == ("drawn", "3")
    assert run("register", "doctor", "--data", told.data).code == 0
