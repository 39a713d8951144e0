"""Decisions by rule that people look at again, as commands: drawn once, told to the office and to nobody else."""

import pytest

from shell.cli.conftest import run
from shell.strangers import KESTREL
from ytterby.shell.actions.enrol import import_directory

OFFICE = "https://body.example/licensing"
BODY = f"parties: [{{id: '{OFFICE}', name: Office}}]\nbodies: [{{party: '{OFFICE}', as: licensing}}]"


@pytest.fixture
def typed(register):
    assert not import_directory(register, BODY).problems
    return lambda *words: run("case", "audit", *words, "--data", register.data)


def test_a_month_is_drawn_when_it_is_over(typed):
    assert typed("list").code == 0
    answer = typed("draw", "2026-01", "--json")
    assert (answer.code, answer.json["month"], answer.json["decided"], answer.json["drawn"]) == (0, "2026-01", 0, [])
    again = typed("draw", "2026-01", "--json")
    assert again.json["as_of_size"] == answer.json["as_of_size"]
    (month,) = typed("list", "--viewer", OFFICE, "--json").json["audits"]
    assert (month["month"], month["drawn"]) == ("2026-01", [])
    assert typed("list", "--viewer", KESTREL, "--json").json["audits"] == []
    assert "0 of 0" in typed("draw", "2026-01").out
    late = typed("draw", "2999-01", "--json")
    assert (late.code, [one["code"] for one in late.json["problems"]]) == (1, ["audit.month_not_over"])


def test_a_result_of_a_case_that_was_not_drawn_is_refused_with_a_cure(typed):
    answer = typed("result", "C-1", "wrong", "--text", "why", "--as", OFFICE)
    assert answer.code == 1
    assert "ytterby case audit list" in answer.out + answer.err
    answer = typed("result", "C-1", "wrong", "--text", "why", "--as", KESTREL, "--json")
    assert [one["code"] for one in answer.json["problems"]] == ["audit.not_an_officer"]
