"""`law test` from the keyboard: what does not hold, exit codes, both languages, packs of a folder."""

import json

import pytest
import yaml

from law.law_case import content_of
from shell.cli.conftest import run

TRUE = (
    "- {name: Cobalt, given: {form: magnet, magnet_type: SmCo, elements: {Sm: 25.5}}, on: 2026-01-15, then: controlled}"
)
FALSE = "- {name: Neodymium, given: {form: metal, elements: {Nd: 99.9}}, on: 2026-01-15, then: controlled}"
BAD = "- {rule: NONE, on: 2026-01-15, then: yes}"


@pytest.fixture
def tests_of(tmp_path):
    def write(*sentences):
        folder = tmp_path / "tests"
        folder.mkdir(exist_ok=True)
        text = "\n".join(("schema: ytterby-law-test/1", "tests:", *sentences))
        (folder / "own.yaml").write_text(text, encoding="utf-8")
        return folder

    return write


def test_the_packaged_tests_hold():
    found = run("law", "test", "packaged")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("✓ ")


def test_what_does_not_hold_is_named_with_expected_found_and_reasons(tests_of):
    found = run("law", "test", tests_of(TRUE, FALSE))
    assert found.code == 1
    lines = found.out.splitlines()
    assert lines[0] == "✗ 1 of 2 sentences hold (1 file)"
    assert lines[1].startswith("✗ Neodymium")
    assert lines[1].endswith("own.yaml /tests/1")
    assert lines[2] == "  then: expected controlled, found not_controlled"
    assert "Why:" in found.out
    assert run("law", "test", tests_of(TRUE, FALSE), "--lang", "zh").out.startswith("✗ 2 句中有 1 句成立")


def test_a_bad_test_is_told_with_its_cure_and_the_others_run(tests_of):
    found = run("law", "test", tests_of(TRUE, BAD))
    assert found.code == 1
    assert "own.yaml /tests/1/rule: No loaded pack holds NONE. Correct the name" in found.out
    assert found.out.startswith("✗ 1 of 2")


def test_json_tells_each_sentence(tests_of):
    found = run("law", "test", tests_of(TRUE, FALSE, BAD), "--json")
    answer = found.json
    assert found.code == 1
    assert [answer[key] for key in ("files", "sentences", "held", "failed", "refused")] == [1, 3, 1, 1, 1]
    assert [one["holds"] for one in answer["results"]] == [True, False, False]
    assert answer["results"][1]["differences"] == [
        {"what": "then", "expected": "controlled", "found": "not_controlled"}
    ]
    assert answer["results"][1]["reasons"][0]["text"]
    assert answer["problems"][0]["where"]["pointer"] == "/tests/2/rule"
    assert all(pack["digest"].startswith("sha256:") for pack in answer["packs"])


def test_one_file_may_be_named_instead_of_a_folder(tests_of):
    assert run("law", "test", tests_of(TRUE) / "own.yaml").code == 0


def test_packs_of_a_folder_are_what_is_tested(tests_of, tmp_path):
    content = content_of("cn-18")
    content["rules"][0]["effective"] = "2026-06-01"
    packs = tmp_path / "packs"
    packs.mkdir()
    (packs / "cn-18.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert run("law", "test", tests_of(TRUE), "--packs", packs).code == 1
    (packs / "cn-18.yaml").write_text(json.dumps({"schema": "ytterby-pack/1"}), encoding="utf-8")
    assert run("law", "test", tests_of(TRUE), "--packs", packs).code == 3


def test_no_folder_and_no_test_are_no_success(tmp_path):
    assert run("law", "test", tmp_path / "none").code == 3
    found = run("law", "test", tmp_path)
    assert (found.code, found.out) == (3, "")
    assert "There is no test in" in found.err
    assert run("law", "test").code == 2
