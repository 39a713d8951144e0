"""`ytterby balance power`: the table in both languages and in JSON, the picture, and what it refuses."""

import json
from xml.etree import ElementTree

import pytest

from shell.cli.conftest import Answer, run
from ytterby.nation.detection import METHODS, wilson
from ytterby.nation.scenario import DIVERSIONS
from ytterby.shell.cli import balance_power
from ytterby.shell.wording import word

pytestmark = pytest.mark.long

SMALL = ("--plants", 8, "--months", 15, "--within", 3, "--honest", 8, "--runs", 5)


def power(*argv: object) -> Answer:
    return run("balance", "power", *argv)


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> tuple[dict, str]:
    file = tmp_path_factory.mktemp("power") / "power.svg"
    shares = ("--kind", "protracted", "--share", 0.3, "--share", 0.02)
    found = power(*SMALL, *shares, "--rate", 0.2, "--svg", file, "--json")
    assert found.code == 0
    return json.loads(found.out), file.read_text()


def test_the_answer_says_what_was_run_and_what_each_method_found(told):
    answer, _ = told
    assert answer["nation"] == {
        "plants": 8, "links": answer["nation"]["links"], "months": 15, "clean": 12, "seed": 1, "element": "Nd"
    }  # fmt: skip
    names = [method.name for method in METHODS]
    assert [one["method"] for one in answer["limits"]] == names
    assert [(one["share"], one["method"]) for one in answer["detections"]] == [
        (share, name) for share in (0.02, 0.3) for name in names
    ]
    for one in answer["detections"]:
        assert (one["kind"], one["runs"]) == ("protracted", 5)
        assert one["probability"] == one["found"] / 5
        assert (one["low"], one["high"]) == wilson(one["found"], 5)
    # Thirty per cent of what comes in cannot be missed, and what is declared on links is not touched.
    found = {one["method"]: one["found"] for one in answer["detections"] if one["share"] == 0.3}
    assert found["sitmuf"] == found["leak"] == found["muf_three_sigma"] == 5


def test_limits_keep_to_the_rate_and_count_testable_plant_years(told):
    answer, _ = told
    for one in answer["limits"]:
        assert one["rate_measured"] == one["false_alarms"] / one["plant_years"]
        assert one["is_fixed"] == (one["method"] == "muf_three_sigma")
        assert one["is_fixed"] or one["rate_measured"] <= 0.2
    years = {one["method"]: one["plant_years"] for one in answer["limits"]}
    assert years["sitmuf"] == pytest.approx(8 * 15 * 8 / 12)
    # Losses are judged in every fourth run, after the twelve months that say what is usual.
    assert years["loss_yield"] == pytest.approx(8 * 3 * 2 / 12)


def test_the_picture_shows_the_shares_of_one_kind(told):
    answer, svg = told
    text = " ".join(ElementTree.fromstring(svg).itertext())
    assert word("diversion", "protracted") in text
    for name in balance_power.PICTURED:
        assert word("method", name) in text
    one = next(d for d in answer["detections"] if (d["method"], d["share"]) == ("sitmuf", 0.3))
    assert f"{word('method', 'sitmuf')}: {100 * one['probability']:.0f} % at 30 % diverted" in text


def test_the_table_is_there_in_both_languages():
    few = ("--kind", "falsified_receipts", "--share", 0.05)
    english, chinese = power(*SMALL, *few), power(*SMALL, *few, "--lang", "zh")
    for found, language in ((english, "en"), (chinese, "zh")):
        assert found.code == 0
        for method in METHODS:
            assert word("method", method.name, language) in found.out.replace("\n", " ")
        assert word("diversion", "falsified_receipts", language) in found.out
    assert "95 %" in english.out
    # Rows of tables fit a terminal of 80 columns.
    assert max(len(line) for line in english.out.splitlines() if "(mirror" in line) <= 80


def test_the_same_seed_gives_the_same_figures():
    few = ("--kind", "abrupt", "--share", 0.1, "--json")
    first = power(*SMALL, *few).out
    assert first == power(*SMALL, *few).out != power(*SMALL, *few, "--seed", 2).out


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--svg", "x.svg"), "--kind"),
        (("--runs", 0), "at least 1"),
        (("--months", 14), "14 months"),
        (("--months", 12, "--clean", 2), "12"),
        (("--plants", 4), "plants: 4"),
        (("--element", "La"), "elements"),
        (("--share", 0.6), "0.6"),
        (("--share", "much"), "much"),
        (("--rate", 0), "rate"),
        (("--kind", "use_swap"), "use_swap"),
    ],
)
def test_what_cannot_be_measured_is_wrong_use(more, says):
    found = power(*SMALL, *more)
    assert found.code == 2
    assert says in found.err
    assert not found.out


def test_what_a_method_or_a_kind_is_called_is_listed():
    for language in ("en", "zh"):
        for method in METHODS:
            assert word("method", method.name, language) != method.name.replace("_", " ")
        for kind in balance_power.KINDS:
            assert word("diversion", kind, language) != kind.replace("_", " ")
    assert set(balance_power.KINDS) == set(DIVERSIONS) - {"use_swap"}
