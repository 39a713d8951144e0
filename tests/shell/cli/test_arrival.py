import json
from dataclasses import replace

import pytest

from shell.cli.conftest import CHAIN, made_register, run
from ytterby.shell.actions import arrive as arrive_module
from ytterby.shell.site.packs import limits


@pytest.fixture
def made(tmp_path):
    """Return the folder of a register that knows the sample's parties."""
    return made_register(tmp_path / "made")


@pytest.fixture
def long(monkeypatch):
    """Let every document be a long one."""
    small = replace(limits(), settle_at_once_bytes=100)
    monkeypatch.setattr(arrive_module, "limits", lambda: small)


def test_a_long_document_is_answered_with_its_arrival_first_and_then_with_its_outcome(made, long):
    found = run("event", "capture", CHAIN, "--as", "operator", "--data", made)
    assert found.code == 0
    assert "has arrived: receipt" in found.err
    assert "20 events accepted." in found.out
    receipt = found.err.split("receipt ")[1][:32]
    assert receipt in found.out


def test_who_does_not_wait_holds_a_receipt_and_asks_later(made):
    found = run("event", "capture", CHAIN, "--as", "operator", "--no-wait", "--data", made, "--json")
    assert found.code == 0
    answer = found.json
    assert (answer["outcome"], answer["receipt"]["outcome"]) == ("arrived", None)
    id_ = answer["receipt"]["id"]
    asked = run("event", "status", id_, "--data", made)
    assert asked.code == 0
    assert "Arrived, not decided yet." in asked.out
    assert "register work --once" in asked.out
    worked = run("register", "work", "--once", "--data", made, "--json").json
    assert worked["settled"] == [{"receipt": id_, "outcome": "accepted"}]
    assert (worked["failed"], worked["unpublished"]) == ([], None)
    told = run("event", "status", id_, "--data", made, "--json").json
    assert (told["state"], told["events"], told["outcome"]["outcome"]) == ("accepted", 20, "accepted")
    assert run("log", "verify", "--data", made).code == 0
    again = run("register", "work", "--once", "--data", made)
    assert again.out.startswith("✓ 0 documents decided")


def test_what_lapsed_is_said_clearly_in_both_languages(made, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_bytes(CHAIN.read_bytes().replace(b'"KGM"', b'"KG"'))
    refused = run("event", "capture", bad, "--as", "operator", "--data", made, "--json")
    assert refused.code == 1
    id_ = refused.json["receipt"]["id"]
    from datetime import UTC, datetime, timedelta

    from ytterby.shell.actions.lapse import lapse_refused
    from ytterby.shell.site.register import current_register

    assert lapse_refused(current_register(), at=datetime.now(UTC) + timedelta(days=91)) == 1
    found = run("event", "status", id_, "--data", made)
    assert found.code == 1
    assert "kept 90 days and destroyed" in found.out
    assert "submit it again" in found.out
    assert "销毁" in run("event", "status", id_, "--data", made, "--lang", "zh").out
    problems = run("event", "status", id_, "--data", made, "--json").json["problems"]
    assert [one["code"] for one in problems] == [one["code"] for one in refused.json["problems"]]
    verified = run("log", "verify", "--data", made, "--json")
    assert (verified.code, verified.json["lapsed"]) == (0, 1)


def test_anothers_receipt_and_one_that_is_none_are_the_same_answer(made, tmp_path):
    """Threat C1: whether somebody else submitted something is not told."""
    captured = run("event", "capture", CHAIN, "--as", "operator", "--data", made, "--json").json
    id_ = captured["receipt"]["id"]
    other = run("event", "status", id_, "--as", "Kestrel", "--data", made)
    none = run("event", "status", "0" * 32, "--as", "Kestrel", "--data", made)
    assert (other.code, none.code) == (2, 2)
    assert other.err.replace(id_, "0" * 32) == none.err
    assert run("event", "status", id_, "--data", made).code == 0


def test_a_database_that_takes_nothing_is_said_and_ends_with_three(made, monkeypatch):
    from django.db import OperationalError

    from ytterby.shell.actions import settle as settle_module

    def full(*args):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(arrive_module, "enter_arrivals", full)
    found = run("event", "capture", CHAIN, "--as", "operator", "--data", made)
    assert found.code == 3
    assert "could not be stored, and nothing of it is in the register: database or disk is full" in found.err
    monkeypatch.undo()
    monkeypatch.setattr(settle_module, "decide", full)
    found = run("event", "capture", CHAIN, "--as", "operator", "--data", made)
    assert found.code == 3
    assert "has arrived under receipt" in found.err
    assert "register work --once" in found.err
    monkeypatch.undo()
    assert run("register", "work", "--once", "--data", made, "--json").json["settled"][0]["outcome"] == "accepted"


def test_a_tile_folder_that_cannot_be_written_is_a_remark(made, monkeypatch):
    from ytterby.shell.actions import publish

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "write_whole", full)
    found = run("event", "capture", CHAIN, "--as", "operator", "--data", made)
    assert found.code == 0
    assert "could not be written now (No space left on device)" in found.err
    assert json.loads(run("log", "verify", "--data", made, "--json").out)["ok"]
