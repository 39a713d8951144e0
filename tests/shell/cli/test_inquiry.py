"""Cases and samples from the command line: a case from its question to its outcome, papers, and what is refused."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from shell.cli.conftest import ROOT, run
from ytterby.shell.actions import sample as sampling

DUE = "2099-01-10"
SHA256 = "ab" * 32


@pytest.fixture
def told(copied):
    """Return how to ask a copy of the demo, with the finding of a missing receipt between Oriel and Lumen."""

    def ask(*argv):
        return run("inquiry", *argv, "--data", copied)

    rows = ask("list", "--json").json["cases"]
    ask.finding = next(row["finding"] for row in rows if row["tail"] == "OM-N42SH-0623")
    ask.data = copied
    return ask


def good(answer):
    assert answer.code == 0, (answer.out, answer.err)
    return answer


def test_a_case_from_its_question_to_its_outcome(told, tmp_path):
    listed = good(told("list"))
    assert told.finding in listed.out
    asked = good(told("ask", told.finding, "--to", "Oriel", "--text", "Where is it?", "--due", DUE, "--json")).json
    number = asked["number"]
    assert (asked["state"], asked["version"], asked["problems"]) == ("asked", 1, [])
    early = told("confirm", number, "--text", "It stands.")
    assert (early.code, "may still answer" in early.out) == (1, True)
    answer = ("answer", number, "--party", "Oriel", "--text", "Forgotten.", "--document", SHA256)
    assert "answered" in good(told(*answer)).out
    good(told("confirm", number, "--text", "It stands.", "--version", "2"))
    assert told("open", number, "--text", "x", "--version", "2").code == 1
    good(told("open", number, "--text", "Handed over."))
    good(told("order", number, "--to", "Oriel", "--text", "Report it.", "--due", DUE))
    good(told(*answer))
    (tmp_path / "visit.yaml").write_text(visit())
    good(told("visit", number, tmp_path / "visit.yaml"))
    good(told("hear", number, "--to", "Oriel", "--disclose", "amount", "--text", "Held against you.", "--due", DUE))
    good(told(*answer))
    decided = good(told("decide", number, "--outcome", "corrected", "--text", "Reported.", "--to", "Oriel"))
    assert "decided" in decided.out
    shown = good(told("show", number)).out
    for part in ("Where is it?", "Report it.", "600 ± 3 kg", "took B-1 → sealed B-1", "disclosed", SHA256, "corrected"):
        assert part in shown, part
    seen = good(told("show", number, "--viewer", "Oriel", "--lang", "zh")).out
    assert "责令" in seen
    assert "已披露" in seen
    assert "It stands." not in seen
    rates = good(told("list", "--false-alarms", "--json")).json["kinds"]
    assert {row["kind"]: row["explained"] for row in rates}["receipt.implied"] == 1
    assert "Receipt missing" in good(told("list", "--false-alarms")).out
    assert run("log", "verify", "--data", told.data).code == 0
    assert run("register", "doctor", "--data", told.data).code == 0


def visit():
    oriel = "https://id.gs1.org/417/9520000010041"
    return f"""
to: {oriel}
site: {oriel.replace("/417/", "/414/")}
day: 2026-01-02
order_number: O-12
inspectors: [B-1, B-2]
counts: [{{lot: the lot, mass_kg: "600", u_kg: "3"}}]
samples:
  - id: V-1
    lot: the lot
    mass_kg: "0.250"
    u_kg: "0.001"
    custody:
      - {{did: took, by: B-1, at: 2026-01-02T10:00:00Z}}
      - {{did: sealed, by: B-1, at: 2026-01-02T10:05:00Z, seal: S-77}}
"""


def test_other_ways_end_a_finding(told):
    good(told("set-aside", told.finding, "--reason", "chance", "--text", "As expected."))
    refused = told("set-aside", told.finding, "--reason", "boredom", "--text", "x")
    assert (refused.code, "cannot be done" in refused.out) == (1, True)
    other = next(r for r in told("list", "--json").json["cases"] if r["tail"] == "OM-SW-0623")["finding"]
    assert told("explain", other, "--text", "Seen.").code == 1
    assert good(told("explain", other, "--text", "Seen.", "--document", SHA256, "--json")).json["state"] == "explained"
    wrong = told("set-aside", "F-00000000", "--reason", "chance", "--text", "x", "--json")
    assert (wrong.code, wrong.json["problems"][0]["code"]) == (1, "inquiry.unknown")
    assert all(problem["cure"] for problem in wrong.json["problems"])


def test_what_one_may_not_know_of_is_not_there(told):
    """Threats C2, C3: the same words for a case of others as for none."""
    number = good(told("ask", told.finding, "--to", "Oriel", "--text", "Where?", "--due", DUE, "--json")).json["number"]
    there, nowhere = (told("show", which, "--viewer", "Kestrel") for which in (number, "Q-00000000"))
    assert (there.code, there.out) == (2, "") == (nowhere.code, nowhere.out)
    assert there.err.replace(number, "") == nowhere.err.replace("Q-00000000", "")
    assert told("show", number, "--viewer", "Lumen").code == 2
    assert "no finding and no case" in good(told("list", "--viewer", "Kestrel")).out
    assert good(told("list", "--viewer", "Oriel", "--json")).json["cases"][0]["number"] == number


def test_papers_are_checked_without_a_register(told, tmp_path):
    number = good(told("set-aside", told.finding, "--reason", "chance", "--text", "x", "--json")).json["number"]
    folder = tmp_path / "papers"
    written = good(told("papers", number, "--out", folder, "--json")).json
    assert written["files"]["finding.json"] > 0
    assert told("papers", number, "--out", folder).code == 3
    assert told("papers", "Q-00000000", "--out", tmp_path / "none").code == 2
    # In a process of its own, which never opened a register.
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    asked = [sys.executable, "-m", "ytterby", "inquiry", "papers", "--check", str(folder), "--json"]
    key = (folder / "keys.txt").read_text().strip()
    for more, trusted in (([], "folder"), (["--key", key], "given")):
        done = subprocess.run([*asked, *more], capture_output=True, env=environment, cwd=tmp_path, check=False)
        answer = json.loads(done.stdout)
        assert (done.returncode, answer["ok"], answer["key"]) == (0, True, trusted), done.stderr
    assert "hold" in good(told("papers", "--check", folder)).out
    (folder / "case.json").write_text("{}")
    spoilt = told("papers", "--check", folder)
    assert (spoilt.code, "case.json" in spoilt.out) == (1, True)
    assert told("papers", "--check", folder, "--key", "x").code == 2


def test_a_sample_is_committed_drawn_listed_and_written(told, tmp_path, monkeypatch):
    seed = tmp_path / "seed"
    plan = (
        "sample",
        "--seed-commit",
        "--period",
        "2025-06",
        "--frame-day",
        "2025-07-05",
        "--seed",
        seed,
        "--size",
        "Nd",
    )
    monkeypatch.setattr(sampling, "now", lambda: datetime(2025, 6, 1, tzinfo=UTC))
    assert "No plan" in good(told("sample")).out
    for wrong in (plan, (*plan, "--count", "1", "--strata", "magnet=1"), (*plan, "--strata", "magnet")):
        assert told(*wrong).code == 2
    assert told(*plan, "--count", "0").code == 1
    assert not seed.exists()
    assert told(*plan, "--count", "1", "--by", tmp_path / "none").code == 3
    assert not seed.exists()
    good(told(*plan, "--count", "1"))
    assert seed.stat().st_mode & 0o777 == 0o600
    assert told(*plan, "--count", "1").code == 3
    draw = ("sample", "--draw", "--period", "2025-06", "--seed")
    early = told(*draw, seed)
    assert (early.code, "end of that day" in early.out) == (1, True)
    assert told(*draw, tmp_path / "none").code == 3
    assert told("sample", "--period", "2025-06", "--out", tmp_path / "early").code == 2
    listed = good(told("sample", "--json")).json["samples"]
    assert [(row["period"], row["drawn"]) for row in listed] == [("2025-06", None)]
