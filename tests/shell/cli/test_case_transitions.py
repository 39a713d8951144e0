"""`ytterby case transitions`, and whether the commands that refusals of cases name are there."""

import argparse
import json
import re
from pathlib import Path

import pytest

from shell.cli.conftest import run
from ytterby.shell.cli.command import make_parser
from ytterby.shell.site.case_rules import KINDS, transition_table
from ytterby.shell.site.packs import packaged_text

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_told_as_it_is_and_drawn_as_the_docs_show_it(kind, tmp_path):
    file = tmp_path / "table.svg"
    code, out, _ = run("case", "transitions", kind, "--json", "--svg", str(file))
    told = json.loads(out)
    assert code == 0
    assert [row["command"] for row in told["rows"]] == [row.command for row in transition_table(kind).rows]
    assert {one["state"] for one in told["states"]} == set(transition_table(kind).states)
    assert file.read_text(encoding="utf-8") == (DOCS / "cases" / f"{kind}.svg").read_text(encoding="utf-8")


def test_people_read_words_and_no_codes():
    code, out, _ = run("case", "transitions", "individual")
    assert code == 0
    assert "waits for approval" in out
    assert "appeal_proposed" not in out


def test_a_kind_that_there_is_not_is_told_with_those_that_there_are():
    code, _, err = run("case", "transitions", "divorce")
    assert code == 2
    assert "post_shipment_check" in err


def commands(parser):
    (found,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    return found.choices


@pytest.mark.parametrize("text", ["wording/licence_case.yaml", "docs/cases.md"])
def test_every_command_that_a_refusal_or_the_page_names_is_one(text):
    words = (
        packaged_text("shell.wording", "licence_case.yaml")
        if text.startswith("wording")
        else (DOCS / "cases.md").read_text(encoding="utf-8")
    )
    nouns = commands(make_parser())
    named = set(re.findall(r"ytterby ([a-z]+) ([a-z-]+)", words))
    assert named
    assert {f"{noun} {verb}" for noun, verb in named if noun not in nouns or verb not in commands(nouns[noun])} == set()
