"""Vectors of casework through `ytterby conform`: clocks, draw-down, advice, approvals."""

import json
from pathlib import Path

import pytest

from shell.cli.conftest import run

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
CLOCK = {
    "name": "plain week",
    "events": [{"kind": "accepted", "at": "2026-03-02T10:00+00:00"}],
    "as_of": "2026-03-09T19:00+00:00",
    "expect": {"at_cutoff": 5, "due45": "2026-05-04"},
}
ADVICE = {"name": "one", "advice": [{"team": "t0", "verdict": "approve"}], "expect": "approve"}
APPROVAL = {
    "name": "author",
    "user": "u1",
    "order": 1,
    "draft": {"author": "u1", "assessors": [], "tier": "S", "digest": "X", "approvals": [], "applicant_users": []},
    "expect": "author",
}


LEDGER = {
    "name": "one draw",
    "qty": "10",
    "entries": [{"kind": "draw", "decl": "d1", "seq": 1, "at": "2026-06-01", "qty": "2.50"}],
    "expect": {"codes": ["ok"], "drawn": "2.5", "free": "7.5"},
}


def conform(tmp_path, document, *more):
    path = tmp_path / "vector.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return run("conform", path, *more)


@pytest.mark.parametrize("path", sorted(VECTORS.glob("casework*.json")), ids=lambda path: path.name)
def test_the_vectors_of_the_project_agree(path):
    answer = run("conform", path, "--compare")
    assert (answer.code, answer.json["kind"], answer.json["agrees"]) == (0, "casework", True)
    assert "not_computed" not in answer.json


def test_each_key_is_answered_in_its_own_order(tmp_path):
    none = ADVICE | {"name": "none", "advice": []}
    answer = conform(tmp_path, {"combine": [ADVICE, none], "approve": [APPROVAL], "sla": [CLOCK]})
    assert answer.json["computed"] == {
        "sla": [{"name": "plain week", "computed": {"at_cutoff": 5, "any_overlap": 5, "due45": "2026-05-04"}}],
        "combine": [{"name": "one", "computed": "approve"}, {"name": "none", "computed": "incomplete"}],
        "approve": [{"name": "author", "computed": "author"}],
    }


@pytest.mark.parametrize(
    ("key", "case"), [("combine", ADVICE | {"expect": "settle"}), ("approve", APPROVAL | {"expect": ""})]
)
def test_a_word_that_differs_is_named(tmp_path, key, case):
    answer = conform(tmp_path, {key: [case]}, "--compare")
    assert answer.code == 1
    assert [one["path"] for one in answer.json["differ"]] == [f"/{key}/0/computed"]


def test_a_case_that_expects_nothing_is_no_difference(tmp_path):
    silent = {name: value for name, value in ADVICE.items() if name != "expect"}
    answer = conform(tmp_path, {"combine": [ADVICE, silent]}, "--compare")
    assert (answer.code, answer.json["compared"]) == (0, 3)
    assert conform(tmp_path, {"combine": [silent]}, "--compare").code == 2


@pytest.mark.parametrize(
    ("key", "case"),
    [
        ("combine", ADVICE | {"advice": [{"team": "t0", "verdict": "maybe"}]}),
        ("combine", ADVICE | {"advice": [{"team": "t0"}]}),
        ("approve", APPROVAL | {"order": "1"}),
        ("approve", APPROVAL | {"draft": {}}),
    ],
)
def test_a_case_that_cannot_be_read_is_no_answer(tmp_path, key, case):
    answer = conform(tmp_path, {key: [case]}, "--compare")
    assert answer.code == 3
    assert answer.err


@pytest.mark.parametrize("drawn", ["2.5", "2.500", "25e-1"])
def test_quantities_are_compared_as_decimals(tmp_path, drawn):
    case = LEDGER | {"expect": LEDGER["expect"] | {"drawn": drawn}}
    assert conform(tmp_path, {"drawdown": [case]}, "--compare").code == 0


@pytest.mark.parametrize("drawn", ["2.5000000000000000000000001", "2,5", "", None, 2])
def test_a_quantity_that_differs_is_named_however_little_it_does(tmp_path, drawn):
    case = LEDGER | {"expect": LEDGER["expect"] | {"drawn": drawn}}
    answer = conform(tmp_path, {"drawdown": [case]}, "--compare")
    assert answer.code == 1
    assert [one["path"] for one in answer.json["differ"]] == ["/drawdown/0/computed/drawn"]
