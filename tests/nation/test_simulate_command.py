"""`ytterby nation simulate`, and a register that takes in what it wrote."""

import hashlib
import json
import tracemalloc
from pathlib import Path

import pytest

from shell.cli.conftest import run
from ytterby.nation.documents import reported_months
from ytterby.nation.plan import make_plan
from ytterby.nation.scenario import Scenario
from ytterby.shell.cli.nation_plan import nation_tables


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return found.hexdigest()


SMALL = ("nation", "simulate", "--plants", 6, "--months", 3, "--clean", 1, "--mistakes", 0.1)


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    orders = ("--diversion", "protracted=0.05", "--diversion", "use_swap=0.05")
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert run(*SMALL, *orders, "--seed", seed, "--out", tmp_path / name).code == 0
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


def test_it_says_what_it_wrote_and_what_to_type_next(tmp_path):
    found = run(*SMALL, "--diversion", "abrupt=0.05@1:2", "--out", tmp_path / "n")
    assert "6 plants" in found.out
    assert "(@1)" in found.out
    assert f"ytterby party import {tmp_path / 'n'}/parties.yaml" in found.out
    assert f"ytterby event capture {tmp_path / 'n'}/documents --as sender" in found.out
    told = json.loads((tmp_path / "n" / "truth.json").read_text())
    assert [(one["kind"], one["plant"]["number"], one["start"]) for one in told["diversions"]] == [
        ("abrupt", 1, "2023-02")
    ]


def test_it_speaks_chinese_and_json(tmp_path):
    assert "家工厂" in run(*SMALL, "--lang", "zh", "--out", tmp_path / "zh").out
    answer = json.loads(run(*SMALL, "--json", "--out", tmp_path / "json").out)
    assert answer["plants"] == 6
    assert answer["documents"] == len(list((tmp_path / "json" / "documents").iterdir()))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--plants", 4), "plants: 4"),
        (("--plants", 5001), "plants: 5001"),
        (("--diversion", "theft=0.1"), "theft"),
        (("--diversion", "abrupt=0.1@99:1"), "suitable"),
        (("--diversion", "abrupt=0.1", "--clean", 3), "month 4 of 3"),
        (("--diversion", "abrupt=0.9"), "0.9"),
        (("--mistakes", 2), "share"),
        (("--start", "2023"), "month"),
        (("--start", "0001-01"), "year 0"),
        (("--start", "9999-11"), "year 10000"),
        (("--element", "Fe"), "rare earth"),
        (("--element", "La"), "elements"),
    ],
)
def test_what_cannot_be_simulated_is_wrong_use(tmp_path, more, says):
    found = run(*SMALL, *more, "--out", tmp_path / "n")
    assert found.code == 2
    assert says in found.err
    assert not (tmp_path / "n").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "note").write_text("mine")
    found = run(*SMALL, "--out", tmp_path)
    assert found.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


def test_a_register_takes_it_in_document_by_document_under_each_sender(tmp_path):
    assert run(*SMALL, "--out", tmp_path / "n").code == 0
    data = ("--data", tmp_path / "register")
    assert run("register", "make", tmp_path / "register", "--origin", "log.example.org").code == 0
    assert run("party", "import", tmp_path / "n" / "parties.yaml", *data).code == 0
    found = run("event", "capture", tmp_path / "n" / "documents", "--as", "sender", "--json", *data)
    answers = [json.loads(line) for line in found.out.splitlines()]
    assert found.code == 0
    assert {answer["outcome"] for answer in answers} == {"accepted"}
    assert [Path(answer["file"]).name for answer in answers] == sorted(
        path.name for path in (tmp_path / "n" / "documents").iterdir()
    )
    for answer in answers:
        gln = Path(answer["file"]).stem.split("-")[1]
        assert answer["receipt"]["submitter"].endswith(gln)


def test_a_document_without_a_sender_needs_a_party(tmp_path):
    data = ("--data", tmp_path / "register")
    assert run("register", "make", tmp_path / "register", "--origin", "log.example.org").code == 0
    (tmp_path / "bare.json").write_text('{"type":"EPCISDocument"}')
    found = run("event", "capture", tmp_path / "bare.json", "--as", "sender", *data)
    assert found.code == 2
    assert "sender" in found.err


def test_memory_does_not_grow_with_the_months():
    def peak(months: int) -> int:
        plan = make_plan(Scenario(plants=12, months=months, mistakes=0.1, late_share=0.1), nation_tables())
        tracemalloc.start()
        for month in reported_months(plan):
            assert all(document.raw for document in month.documents)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(2)
    assert peak(18) < 1.3 * peak(6)
