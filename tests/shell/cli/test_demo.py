"""The demo tells the whole job, can be told again, and never in place of something else."""

import json
import re
import shlex
from xml.etree import ElementTree

import pytest
import yaml

from shell.cli.conftest import run, tell_demo

LINES_MAX = 240
STORY = (
    "party import",
    "events accepted",
    "refused for",
    "Nothing of it entered the register.",
    "10 594",
    "✗ differs",
    "10 994",
    "matched",
    "Magnets with dysprosium need a licence.",
    "complete",
    "Case C-2025-0624: handed in",
    "The key is bound, and the link is dead.",
    "Case C-2025-0624: under review",
    "Case C-2025-0624: granted",
    "licence XA-DU-2025-004417",
    "both say the same",
    "The licence is not usable",
    "25 kg left under declaration",
    "follows from the log",
    "OM-N42SH-0623 at Lumen Motors holds",
    "KR-2025-W14 holds",
    "passenger-car traction motor",
    "steps close for neodymium",
    "5 findings.",
    "--free-of-rare-earths",
    "3 findings.",
    "is entry",
    "entries verified.",
)


def test_the_demo_ends_well_and_tells_its_story_in_order(demo):
    assert (demo.code, demo.err) == (0, f"The picture is in {demo.data / 'neodymium.svg'}.\n")
    places = []
    for word in STORY:
        start = places[-1] if places else 0
        assert word in demo.out[start:], word
        places.append(demo.out.index(word, start))
    assert "Traceback" not in demo.out
    assert not re.search(r"(?:^|[\s(=:])\?", demo.out), "a text lacks a fact"


def test_the_demo_fits_on_a_few_screens(demo):
    assert len(demo.out.splitlines()) <= LINES_MAX


def test_each_mistake_is_told_with_its_place_and_cure(demo):
    lines = [line for line in demo.out.splitlines() if "mistakes.json /" in line]
    assert len(lines) >= 4
    for part in ("/uom", "check digit", "KGM", "ree:assay", "/value"):
        assert any(part in line for line in lines), part


def test_the_demo_is_marked_as_one_for_ever(demo):
    marker = yaml.safe_load((demo.data / "register.yaml").read_text())
    assert marker["demo"] is True
    assert marker["origin"].endswith(".invalid")


def test_the_picture_is_an_svg(demo):
    assert ElementTree.parse(demo.data / "neodymium.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_every_command_of_the_demo_can_be_typed_again(demo):
    typed = [line.removeprefix("$ ytterby ") for line in demo.out.splitlines() if line.startswith("$ ytterby ")]
    assert len(typed) >= 15
    for command in typed:
        argv = shlex.split(command)
        if argv[:2] in (
            ["lot", "trace"],
            ["balance", "findings"],
            ["log", "prove"],
            ["log", "verify"],
            ["balance", "pairs"],
        ):
            answer = run(*argv)
            assert answer.code in {0, 1}
            assert answer.out.splitlines()[0] in demo.out


@pytest.mark.long
def test_the_demo_can_be_told_again_and_in_chinese(tmp_path):
    first = tell_demo(tmp_path)
    (first.data / "documents" / "of-mine.txt").write_text("gone with the next telling")
    again = tell_demo(tmp_path, "--lang", "zh")
    assert (first.code, again.code) == (0, 0)
    assert "5 项疑点" in again.out
    assert "findings" not in re.sub(r"\$ .*|  ytterby .*", "", again.out)
    assert not (again.data / "documents" / "of-mine.txt").exists()


@pytest.mark.parametrize("name", ["ytterby-demo", "ytterby-demo-keys"])
def test_the_demo_leaves_other_folders_alone(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "thesis.txt").write_text("mine")
    told = tell_demo(tmp_path)
    assert told.code == 3
    assert name in told.err
    assert (tmp_path / name / "thesis.txt").read_text() == "mine"


def test_the_demo_never_takes_the_place_of_a_register(tmp_path):
    data = tmp_path / "ytterby-demo"
    assert run("register", "make", data, "--origin", "log.example.org").code == 0
    told = tell_demo(tmp_path)
    assert told.code == 3
    assert run("party", "list", "--data", data).code == 0


def test_the_demo_in_json_is_json_alone(tmp_path):
    told = tell_demo(tmp_path, "--json")
    assert told.code == 0
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert all("as_of_size" in row for row in rows)
