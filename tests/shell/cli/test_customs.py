"""Customs, office, mails and statistics from the command line."""

import argparse
import json
from datetime import UTC, datetime

import pytest

from licence.test_statistics import MANY
from shell import licensed as made
from shell.cli.conftest import run
from shell.licensed import AT, CUSTOMS, FOREIGN, NUMBER, OFFICE, STRANGER, status
from ytterby.shell.actions.send_customs import customs_rows
from ytterby.shell.cli import case_statistics
from ytterby.shell.cli.screen import Screen
from ytterby.shell.store.licences import enter_licence, licence_record
from ytterby.shell.store.models import CustomsMessageRow, Registration
from ytterby.shell.store.outbox import queue_notice
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import register_documents


@pytest.fixture
def ask(register):
    """Return how to ask a register with a licence of which customs was told."""
    made.office(register)
    for number in (NUMBER, "XA-DU-2026-000002"):
        one = made.licence(number, needs_acknowledgement=True)
        directory = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))
        rows = [licence_record(one), *customs_rows(one, "issued", directory, AT)]
        register_documents(rows, OFFICE, AT, after=lambda index, one=one: enter_licence(one, index))
    return lambda *argv: run(*argv, "--data", register.data)


def messages():
    return list(CustomsMessageRow.objects.order_by("log_index").values_list("message", flat=True))


def test_customs_is_told_answers_and_is_reminded(ask, tmp_path):
    first, second = messages()
    assert [row["state"] for row in ask("customs", "outbox", "--json").json["messages"]] == ["waiting", "waiting"]
    listed = ask("customs", "outbox", "--viewer", CUSTOMS)
    assert (listed.code, first in listed.out) == (0, True)
    assert "no message" in ask("customs", "outbox", "--viewer", STRANGER).out
    fetched = ask("customs", "fetch", "--viewer", CUSTOMS).rows
    assert [(row["id"], row["sequence"], row["digest"][:7]) for row in fetched] == [
        (first, 1, "sha256:"), (second, 1, "sha256:"),
    ]  # fmt: skip
    assert ask("customs", "fetch", "--viewer", FOREIGN).rows == []
    # The clock of a test is long past the minutes of the pack.
    late = ask("customs", "alarms", "--json")
    assert (late.code, len(late.json["overdue"])) == (1, 2)
    said = ask("customs", "acknowledge", first, "--as", CUSTOMS)
    assert (said.code, status()) == (0, "active"), said.err
    again = ask("customs", "acknowledge", first, "--as", CUSTOMS, "--json").json
    assert again["taken"] == [{"message": first, "did": "duplicate"}]
    assert ask("customs", "reject", second, "--as", CUSTOMS).code == 1
    assert ask("customs", "reject", second, "--code", "E12", "--text", "unit", "--as", CUSTOMS).code == 0
    alarm = ask("customs", "alarms")
    assert (alarm.code, "E12" in alarm.out, "customs resend" in alarm.out) == (1, True, True)
    assert ask("customs", "resend", second, "--as", CUSTOMS).code == 1
    sent = ask("customs", "resend", second, "--as", OFFICE, "--json")
    assert sent.code == 0
    assert sent.json["message"] in ask("customs", "outbox", "--state", "waiting").out


def test_the_file_of_the_office_and_its_answers(ask, tmp_path):
    first, second = messages()
    out, answers = tmp_path / "out.ytc", tmp_path / "in.yta"
    written = ask("customs", "export", out, "--viewer", CUSTOMS, "--json")
    assert written.code == 0, written
    assert written.json["written"] == [first, second]
    assert f"MSG {first}\nLIC {NUMBER}\n" in out.read_text()
    answers.write_text(f"YTA 1\nACK {first}\nPERHAPS {second}\nREJ {second} E1 no\nEOF 3\n")
    said = ask("customs", "import", answers, "--as", CUSTOMS, "--json")
    assert said.code == 1
    assert [row["did"] for row in said.json["taken"]] == ["applied", "applied"]
    assert [row["code"] for row in said.json["problems"]] == ["customs_file.answer"]
    none = ask("customs", "export", out, "--viewer", FOREIGN)
    assert none.code == 2
    assert ask("customs", "export", out, "--adapter", "other").code == 2


def test_who_works_in_the_office(ask, tmp_path):
    """Threat D3: nobody gives himself a post."""
    keys = {}
    for name in ("ann", "bo"):
        keys[name] = tmp_path / f"{name}.key"
        assert ask("party", "account", name, "--party", OFFICE, "--out", keys[name]).code == 0
    from ytterby.shell.store.models import Account

    ann = Account.objects.get(name="ann").id
    assert "Nobody works" in ask("office", "list").out
    own = ask("office", "post", ann, "--team", "north", "--by", keys["ann"])
    assert (own.code, "cannot give itself" in own.out) == (1, True)
    assert ask("office", "post", ann, "--team", "north", "--able", "open", "--by", keys["bo"]).code == 0
    assert ask("office", "presence", ann, "there", "--by", keys["bo"]).code == 1
    assert ask("office", "presence", ann, "there", "--by", keys["ann"]).code == 0
    assert ask("office", "conflict", ann, STRANGER, "--text", "worked there", "--by", keys["ann"]).code == 0
    assert ask("office", "conflict", ann, STRANGER, "--over", "--text", "gone", "--by", keys["ann"]).code == 1
    (row,) = ask("office", "list", "--json").json["office"]
    assert (row["team"], row["able"], row["present"], row["conflicts"]) == ("north", ["open"], True, [STRANGER])
    assert "north" in ask("office", "list", "--lang", "zh").out
    assert ask("office", "presence", "zz", "there").code == 2


def test_mails_that_wait_are_sent(ask):
    queue_notice("news", "li@works.example", {"reference": "C-1"}, AT)
    said = ask("register", "deliver", "--json")
    assert (said.code, said.json["sent"], said.json["waiting"]) == (0, 1, 0)
    assert "0 mails were sent" in ask("register", "deliver").out


# Statistics, of cases that are given


@pytest.fixture
def statistics(register):
    """Return how to ask for statistics of the cases of tests/licence/test_statistics.py."""
    parser = argparse.ArgumentParser()
    case_statistics.add(parser.add_subparsers(), lambda reading, at: MANY)

    def ask(*argv, is_json=True):
        args = parser.parse_args(["statistics", *map(str, argv), "--data", str(register.data)])
        args.at = datetime(2026, 7, 1, tzinfo=UTC)
        return args.run(args, Screen("en", is_json=is_json))

    return ask


def test_what_is_published_is_recorded_once_and_told_again(statistics, capsys, tmp_path):
    months = ("--from", "2026-01", "--to", "2026-02", "--region", "XA")
    assert statistics(*months) == 0
    assert Registration.objects.filter(kind="statistics_release").count() == 0
    assert statistics(*months, "--publish") == 0
    assert statistics(*months, "--publish") == 0
    would, published, again = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert Registration.objects.filter(kind="statistics_release").count() == 1
    assert (would["new"], published["new"], again["new"]) == (False, True, False)
    assert would["tables"] == published["tables"] == again["tables"]
    (received,) = [one for one in published["tables"] if one["table"] == "received"]
    assert {cell["row"]: cell["value"] for cell in received["cells"]} == {"yes": "26", "no": "8", None: "34"}
    assert statistics(*months, "--csv", tmp_path, is_json=False) == 0
    assert "Applications received" in capsys.readouterr().out
    assert (tmp_path / "received.csv").read_text().splitlines() == [",in all", "yes,26", "no,8", "in all,34"]
    assert "Cases whose first submission" in (tmp_path / "definitions.csv").read_text()
    # Without regions those of the releases before are taken; March is empty, and the quarter does not tell that.
    assert statistics("--from", "2026-01", "--to", "2026-03") == 0
    (quarter,) = [one for one in json.loads(capsys.readouterr().out)["tables"] if one["table"] == "received"]
    assert {cell["value"] for cell in quarter["cells"]} == {None}
    assert statistics("--from", "2026-01", "--to", "2026-03", "--region", "XB") == 1
    assert "statistics.other_regions" in capsys.readouterr().out
    assert statistics("--from", "2026-07", "--to", "2026-07") == 1


def test_outside_a_demo_the_office_signs_what_it_publishes(tmp_path):
    """Threat O3."""
    from ytterby.proof.key import KeyUse, PrivateKey
    from ytterby.shell.actions.release_statistics import release_statistics
    from ytterby.shell.actions.rights import add_account, make_account_key
    from ytterby.shell.site.register import make_register

    at = datetime(2026, 7, 1, tzinfo=UTC)
    real = make_register(tmp_path / "real", origin="register.example/log", demo=False, at=at)
    own = make_account_key(tmp_path / "own.key")
    assert not add_account(real, own, name="one", at=at).problems
    stranger = PrivateKey.from_seed(KeyUse.OFFICER, "stranger", b"s" * 32)

    def publish(by):
        return release_statistics(real, lambda: MANY, "2026-01", "2026-01", by=by, at=at)

    assert [p.code for p in publish(None).problems] == ["statistics.account_needed"]
    assert [p.code for p in publish(stranger).problems] == ["statistics.not_the_office"]
    assert publish(own).is_new
