import os
import subprocess
import sys

import pytest

from shell import office_doors
from shell.cli.conftest import CHAIN, run
from ytterby.shell.cli.command import make_parser


def type_in(*argv, **how):
    command = [sys.executable, "-m", "ytterby", *map(str, argv)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **how)


def commands(parser=None, path=()):
    """Yield every command with its parser."""
    parser = parser or make_parser()
    choices = [action.choices for action in parser._actions if action.choices and isinstance(action.choices, dict)]
    if not choices:
        yield path, parser
    for choice in choices:
        for name, child in choice.items():
            yield from commands(child, (*path, name))


def test_the_commands_of_the_contract_are_there():
    assert {" ".join(path) for path, _ in commands()} == {
        "law due",
        "demo", "serve", "conform", "register make", "register derive", "register rebuild", "register work",
        "register doctor",
        "product register", "party import", "party list", "party account", "party rights", "party confirm",
        "party withdraw", "party owners", "party flags", "party screen", "party evaluate",
        "party lists import", "party lists show", "party lists diff", "party lists release", "party lists delist",
        "party check", "party alerts", "party opinion", "party rescreen", "party sample",
        "event check", "event digest", "event capture", "event status", "event passages",
        "event template", "event export", "event columns",
        "lot list", "lot trace", "lot origin", "lot destination", "balance report", "balance pairs",
        "balance findings", "balance close", "balance power",
        "return list", "return show", "return gaps", "quota set", "quota show",
        "quota allot", "quota amend", "quota transfer", "quota cut",
        "law classify", "law applies", "law show", "law diff", "law impact", "law test", "law sign",
        "law fields", "law complete", "law end-use",
        "law propose", "law activate", "law withdraw", "law settle", "law changes",
        "log checkpoint", "log prove", "log verify", "nation simulate",
        "inquiry list", "inquiry show", "inquiry ask", "inquiry answer", "inquiry explain",
        "inquiry set-aside", "inquiry confirm", "inquiry open", "inquiry order", "inquiry visit", "inquiry hear",
        "inquiry decide", "inquiry sample", "inquiry papers",
        *office_doors.ANSWERS, *office_doors.ACTS,
    }  # fmt: skip


@pytest.mark.parametrize(("path", "parser"), [pytest.param(*one, id=" ".join(one[0])) for one in commands()])
def test_every_command_takes_the_same_arguments_and_has_help(path, parser):
    options = {option for action in parser._actions for option in action.option_strings}
    assert [action.option_strings for action in parser._actions if action.option_strings and not action.help] == []
    assert {"--data", "--keys", "--json", "--lang", "--help"} <= options
    found = run(*path, "--help")
    assert found.code == 0
    assert "everywhere" in found.out


def test_the_default_folders_are_those_of_the_contract():
    parser = make_parser()
    assert str(parser.parse_args(["lot", "list"]).data) == "ytterby-data"
    assert str(parser.parse_args(["demo"]).data) == "ytterby-demo"


@pytest.mark.parametrize(
    "argv", [(), ("lot",), ("nothing",), ("lot", "list", "--no-such"), ("lot", "list", "--lang", "fr")]
)
def test_what_cannot_be_meant_ends_with_two(argv):
    found = run(*argv)
    assert found.code == 2
    assert found.out == ""
    assert "usage: ytterby" in found.err


def test_the_version_is_told():
    found = run("--version")
    assert found.code == 0
    assert found.out.startswith("ytterby 0.")


def test_what_nobody_foresaw_is_one_line_and_three(monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("the\nsky\x1b[2J fell")

    monkeypatch.setattr("ytterby.shell.cli.event.read_problems", fail)
    found = run("event", "check", CHAIN)
    assert found.code == 3
    assert len(found.err.splitlines()) == 1
    assert "RuntimeError: the sky" in found.err
    assert "\x1b" not in found.err
    monkeypatch.setenv("YTTERBY_DEBUG", "1")
    assert "Traceback" in run("event", "check", CHAIN).err


def test_the_program_runs_as_a_module():
    found = type_in("event", "digest", CHAIN)
    assert (found.returncode, found.stderr) == (0, "")
    assert len(found.stdout.splitlines()) == 20


def test_exit_codes_reach_the_shell(tmp_path):
    assert type_in("event", "check", tmp_path / "none").returncode == 3
    assert type_in("lot").returncode == 2
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    assert type_in("event", "check", bad).returncode == 1


def test_a_reader_who_goes_away_is_no_failure():
    command = f"{sys.executable} -m ytterby event digest {CHAIN} {CHAIN} {CHAIN} | head -1"
    shell = ["bash", "-o", "pipefail", "-c", command]
    found = subprocess.run(shell, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 0
    assert found.stderr == ""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_of_another_encoding_gets_question_marks_and_no_failure(encoding):
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    found = type_in("event", "check", CHAIN, "--lang", "zh", env=environment)
    assert found.returncode == 0
    assert "20" in found.stdout
