"""Accounts and rights from the command line, and answers as a party would see them."""

import subprocess
import sys

import pytest

from shell.cli.conftest import DIRECTORY, run

BODY = "bodies: [{party: 'https://id.gs1.org/417/9520000010072', as: customs, start: 2026-01-01}]"


@pytest.fixture
def real(tmp_path):
    """Return how to ask a register that is no demo, with two accounts whose keys lie beside it."""
    data = tmp_path / "data"
    assert run("register", "make", data, "--origin", "log.example.org/x").code == 0

    def ask(*argv):
        return run(*argv, "--data", data)

    assert ask("party", "import", DIRECTORY).code == 0
    for name in ("ann", "bo"):
        made = ask("party", "account", name, "--out", tmp_path / f"{name}.key")
        assert (made.code, "in force" in made.out) == (0, True), made.err
    (tmp_path / "body.yaml").write_text(BODY)
    return ask


def test_two_keys_make_a_right_and_one_ends_it(real, tmp_path):
    """Threat O3."""
    ann, bo = tmp_path / "ann.key", tmp_path / "bo.key"
    refused = real("party", "import", tmp_path / "body.yaml")
    assert (refused.code, "--by" in refused.out) == (1, True)
    assert real("party", "import", tmp_path / "body.yaml", "--by", ann).code == 0
    (right,) = [row for row in real("party", "rights", "--json").json["rights"] if row["as"]]
    number = right["id"][:12]
    listed = real("party", "rights").out
    assert number in listed
    assert "waits for a second person" in listed
    assert real("party", "confirm", number, "--by", ann).code == 1
    said = real("party", "confirm", number, "--by", bo)
    assert (said.code, "in force" in said.out) == (0, True)
    assert real("party", "rights", "--viewer", "Customs of XA", "--json").json["rights"][0]["state"] == "in_force"
    assert real("party", "rights", "--viewer", "Norrvik", "--json").json["rights"] == []
    assert real("party", "withdraw", number, "--by", ann, "--json").json["state"] == "withdrawn"
    assert real("log", "verify").code == 0


def test_a_third_account_waits_for_a_second_person(real, tmp_path):
    """Threat O3."""
    alone = real("party", "account", "Eve", "--out", tmp_path / "eve.key")
    assert alone.code == 1
    assert not (tmp_path / "eve.key").exists()
    added = real("party", "account", "Cy", "--out", tmp_path / "cy.key", "--by", tmp_path / "ann.key")
    assert (added.code, "another account" in added.out) == (0, True)


def test_keys_are_not_written_over_and_must_be_keys(real, tmp_path):
    assert real("party", "account", "Cy", "--out", tmp_path / "ann.key").code == 3
    assert real("party", "confirm", "0" * 12, "--by", tmp_path / "body.yaml").code == 3
    assert real("party", "confirm", "0" * 12, "--by", tmp_path / "nowhere").code == 3
    unknown = real("party", "confirm", "0" * 12, "--by", tmp_path / "ann.key", "--json")
    assert (unknown.code, unknown.json["problems"][0]["code"]) == (1, "rights.unknown")


def test_a_party_is_answered_as_it_would_be(ask):
    """What is not there and what is not the party's are one answer."""
    whole = {row["tail"] for row in ask("lot", "list", "--json").json["lots"]}
    own = {row["tail"] for row in ask("lot", "list", "--viewer", "Kestrel", "--json").json["lots"]}
    assert own == {"KR-2025-W14", "KR-C-0418", "KR-T-0418"} < whole
    for lot in ("NV-Dy-31", "NV-Dy-99"):
        answer = ask("lot", "trace", lot, "--viewer", "Kestrel")
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.replace(lot, "") == ask("lot", "trace", "XX-XX-00", "--viewer", "Kestrel").err.replace(
            "XX-XX-00", ""
        )
    assert ask("lot", "list", "--viewer", "nobody at all").code == 2


def test_passages_are_told_to_whom_the_place_belongs_by_mandate(ask):
    found = ask("event", "passages", "--json").json["passages"]
    # The exporter and customs tell of the first, customs alone of what left beyond the licence.
    assert [row["declaration"] for row in found] == [
        *("XA-EX-0702-88121", "XA-EX-0702-88121", "XA-EX-0703-90002", "XB-IM-0721-00452"),
    ]
    assert "XA-EX-0702-88121" in ask("event", "passages").out
    own = ask("event", "passages", "--viewer", "Customs of XA", "--json").json["passages"]
    assert [row["declaration"] for row in own] == ["XA-EX-0702-88121", "XA-EX-0702-88121", "XA-EX-0703-90002"]
    # Nobody gave the other one a mandate.
    assert ask("event", "passages", "--viewer", "Customs of XB", "--json").json["passages"] == []
    assert "Nothing passed" in ask("event", "passages", "--viewer", "Customs of XB").out


def at_once(data, *commands):
    """Run commands in processes of their own, side by side; return their exit codes."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "ytterby", *map(str, command), "--data", str(data)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    return [process.wait(timeout=120) for process in started]


def test_of_three_who_would_found_at_once_two_do(tmp_path):
    """Threat O3: the third is refused under the lock, whoever comes third."""
    data = tmp_path / "data"
    assert run("register", "make", data, "--origin", "log.example.org/x").code == 0
    names = ("ann", "bo", "cy")
    codes = at_once(data, *(("party", "account", name, "--out", tmp_path / f"{name}.key") for name in names))
    assert sorted(codes) == [0, 0, 1]
    rows = run("party", "rights", "--json", "--data", data).json["rights"]
    assert [row["state"] for row in rows] == ["in_force", "in_force"]
    assert sum((tmp_path / f"{name}.key").exists() for name in names) == 2


def test_confirmed_and_withdrawn_at_once_is_withdrawn(real, tmp_path):
    """Threat X10: whichever comes first, the right is gone afterwards."""
    real("party", "import", tmp_path / "body.yaml", "--by", tmp_path / "ann.key")
    (right,) = [row for row in real("party", "rights", "--json").json["rights"] if row["as"]]
    confirm = ("party", "confirm", right["id"], "--by", tmp_path / "bo.key")
    withdraw = ("party", "withdraw", right["id"], "--by", tmp_path / "ann.key")
    codes = at_once(tmp_path / "data", confirm, withdraw)
    assert codes[1] == 0
    (right,) = [row for row in real("party", "rights", "--json").json["rights"] if row["as"]]
    assert right["state"] == "withdrawn"
    assert real("log", "verify").code == 0
