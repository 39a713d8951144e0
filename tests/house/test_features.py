"""docs/features.md answers every row of the checklist, and every test that it names is there."""

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_name("casework_features.csv")
PAGE = (TESTS.parent / "docs" / "features.md").read_text(encoding="utf-8")
DONE, LATER, NOT_WANTED = ANSWERS = ("done", "later", "not wanted")
ROW = re.compile(r"^\| (L[0-9]{3}) \|(.*)\|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def wanted():
    with LIST.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def answered():
    return [(name, [cell.strip() for cell in cells.split("|")]) for name, cells in ROW.findall(PAGE)]


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_row_is_answered_once_under_its_own_words():
    assert Counter(name for name, _ in answered()) == Counter(list(wanted()))
    for name, (feature, priority, *_) in answered():
        assert (feature, priority) == (wanted()[name]["feature"].replace("|", "/"), wanted()[name]["priority"])


@pytest.mark.parametrize(("name", "cells"), answered(), ids=lambda value: value if isinstance(value, str) else "")
def test_an_answer_is_done_with_tests_or_says_why_not(name, cells):
    _, _, answer, how, tests = cells
    assert answer in ANSWERS
    assert how.endswith(".")
    named = NAMED.findall(tests)
    assert bool(named) is (answer == DONE), "what is done names its tests, and only that"
    assert "".join(f"`{path}::{test}`" for path, test in named) == tests.replace("<br>", "")
    for path, test in named:
        assert test.startswith("test_")
        assert test in functions_of(TESTS / path), f"{path} has no {test}"


def test_the_counts_at_the_head_are_those_of_the_rows():
    counts = Counter((cells[1].split()[0], cells[2]) for _, cells in answered())
    for priority in ("must", "should", "could"):
        row = " | ".join(str(counts[priority, answer]) for answer in ANSWERS)
        assert f"| {priority} | {row} |" in PAGE
