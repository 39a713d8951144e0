"""`law classify|applies|show|diff` from the keyboard: first words, JSON, exit codes, both languages, bad input."""

import io
import json
import re
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from law.law_case import content_of
from shell.cli.conftest import run
from ytterby.shell.cli import main

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "law.jsonl"
MAGNET = {"form": "magnet", "magnet_type": "NdFeB", "elements": {"Nd": 29.0, "Dy": 2.1}, "u": {"Dy": 0.05}}
FACTS = [
    f"--fact={name}"
    for name in ("magnet=NdFeB", "mined_in=AU", "refined_in=CN", "separated_in=CN", "melted_in=DE", "produced_in=DE")
]


@pytest.fixture
def law(capsys):
    """Run `ytterby law …` and return exit code, output and remarks."""

    def run(*words):
        code = main(["law", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def goods_file(tmp_path):
    def write(goods):
        path = tmp_path / "goods.json"
        path.write_text(goods if isinstance(goods, str) else json.dumps(goods), encoding="utf-8")
        return path

    return write


def test_classify_answers_with_the_keys_of_the_contract(law, goods_file):
    code, out, _ = law("classify", goods_file(MAGNET | {"hs": "8505.11.1000"}), "--on", "2026-11-20", "--json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["answer"], answer["codes"], answer["by"]) == ("controlled", ["1C905.a"], "law")
    assert {*answer["reasons"][0]} >= {"code", "rule", "on", "text", "source", "confidence"}
    assert all(reason["rule"] and reason["text"] for reason in answer["reasons"] + answer["tried"])
    assert answer["freed_by"] == [
        {
            "parameter": "heavy-trace",
            "name": "Dy+Tb",
            "unit": "wt%",
            "value": "2.1",
            "u": "0.05",
            "limit": "0.1",
            "k": "2",
        }
    ]
    assert answer["tariff"]["decides"] is False
    assert answer["tariff"]["lines"][0]["code"] == "8505111000"
    assert all(pack["digest"].startswith("sha256:") for pack in answer["packs"])


def test_classify_says_the_answer_first_and_numbers_its_sources(law, goods_file):
    code, out, _ = law("classify", goods_file(MAGNET), "--on", "2026-11-20")
    lines = out.splitlines()
    assert (code, lines[0]) == (0, "controlled 1C905.a (by the text of the rule)")
    assert any(line.startswith("  [1] ") for line in lines)
    code, out, _ = law("classify", goods_file(MAGNET), "--on", "2026-11-20", "--lang", "zh")
    assert out.splitlines()[0] == "属于管制物项 1C905.a（依据规定文本）"


def test_ordinary_conditions_on_the_same_line_are_told_apart(law, goods_file):
    goods = {"form": "oxide", "elements": {"La": 40, "Ce": 35, "Y": 5}, "hs": "2846901993"}
    _, out, _ = law("classify", goods_file(goods), "--on", "2026-01-15", "--pack", "cn", "--json")
    (line,) = json.loads(out)["tariff"]["lines"]
    kinds = {row["condition"]: row["kind"] for row in line["conditions"]}
    assert kinds == {"3": "dual_use", "4": "ordinary", "B": "other", "x": "ordinary", "y": "ordinary"}


def test_goods_come_from_standard_input(law, monkeypatch):
    raw = io.TextIOWrapper(io.BytesIO(json.dumps({"form": "oxide", "elements": {"Ho": 87}}).encode()))
    monkeypatch.setattr(sys, "stdin", raw)
    code, out, _ = law("classify", "-", "--on", "2026-11-20", "--known-on", "2026-11-20")
    assert (code, out.split()[0:2]) == (0, ["disputed", "1C909.b"])
    assert "Who may settle it" in out


def test_bad_goods_are_refused_with_pointer_and_cure(law, goods_file):
    goods = {"form": "magnet", "elements": {"Nd": 80, "Dy": 30, "Qq": 1}}
    code, out, _ = law("classify", goods_file(goods), "--on", "2026-01-15", "--json")
    problems = json.loads(out)["problems"]
    assert code == 1
    assert [one["where"]["pointer"] for one in problems] == ["/elements/Qq", "/elements"]
    assert all(one["cure"] for one in problems)
    assert law("classify", goods_file("{"), "--on", "2026-01-15")[0] == 1
    assert law("classify", goods_file('{"form":"oxide","form":"metal"}'), "--on", "2026-01-15")[0] == 1


@pytest.mark.parametrize(
    ("on", "rule", "more", "word"),
    [
        ("2026-12-31", "US-DFARS-7052", [], "allowed"),
        ("2027-01-01", "US-DFARS-7052", [], "prohibited"),
        ("2026-12-31", "CN-61.1", [], "unknown"),
        ("2026-12-31", "CN-61.1", ["--fact=value_share=0.02"], "disputed"),
    ],
)
def test_applies_says_one_word_first(law, on, rule, more, word):
    code, out, _ = law("applies", rule, "--on", on, *FACTS, *more)
    assert (code, out.splitlines()[0]) == (0, word)


def test_applies_names_the_fact_that_would_settle_it_and_what_was_taken_as_given(law):
    _, out, _ = law("applies", "CN-61.1", "--on", "2026-12-31", *FACTS, "--json")
    answer = json.loads(out)
    assert (answer["answer"], answer["missing"]) == ("unknown", ["value_share"])
    assert len(answer["notes"]) == 1  # the day lies beyond what the packs know
    _, out, _ = law("applies", "US-DFARS-7052", "--on", "2026-12-31", *FACTS, "--json")
    assert json.loads(out)["presumed"] == {"buyer": ["US-DoD"]}


def test_what_no_pack_holds_is_wrong_use_and_a_bad_fact_is_refused(law):
    code, out, err = law("applies", "1C905", "--on", "2026-01-15")
    assert (code, out) == (2, "")
    assert "1C905.a" in err
    assert law("show", "nothing")[0] == 2
    assert law("applies", "1C905.a", "--on", "1990-01-01")[0] == 2
    code, out, _ = law("applies", "CN-61.1", "--on", "2026-12-31", "--fact", "value_share=2", "--fact", "colour=red")
    assert code == 1
    assert len(out.splitlines()) == 2
    assert law("applies", "CN-61.1", "--on", "2026-12-31", "--fact", "to=DE", "--fact", "to=US")[0] == 2


def test_show_leads_from_a_rule_to_its_dates_readings_and_sources(law):
    _, out, _ = law("show", "CN-57", "--json")
    rule = json.loads(out)
    assert rule["suspended"][0]["to"] == "2026-11-10"
    assert rule["suspended"][0]["is_last_sure"] is False
    assert {one["id"] for one in rule["disputes"][0]["readings"]} == {"ended", "extended"}
    assert all(one["source"] for one in (rule, rule["suspended"][0], *rule["disputes"][0]["readings"]))


def test_everything_that_a_pack_names_can_be_shown(law):
    _, out, _ = law("show", "--json")
    packs = json.loads(out)["packs"]
    names = [name for pack in packs for name in (pack["id"], *pack["rules"], *pack["items"])]
    parts = [pack[part] for pack in packs for part in ("procedure", "dossier", "end_use") if pack[part]]
    named = ("CN-procedure:contract", "heavy-trace", "CN-70-extension", "CN-70", "CN-61-annex1-part1")
    for name in (*names, *parts, *named):
        code, out, _ = law("show", name, "--lang", "zh")
        assert code == 0
        assert out.strip()
        # Every heading is in the language that was asked for.
        assert not re.search(r"^ *[a-z_]+: ", out, re.MULTILINE), out


def test_a_folder_of_packs_changes_the_answer_without_code(law, goods_file, tmp_path):
    folder = tmp_path / "packs"
    folder.mkdir()
    content = content_of("cn-18")
    content["parameters"]["heavy-trace"]["value"] = "3"
    (folder / "mine.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    path = goods_file(MAGNET)
    assert law("classify", path, "--on", "2026-11-20", "--packs", folder)[1].startswith("✓ not controlled")
    code, out, _ = law("diff", "cn-18", folder, "--json")
    (change,) = json.loads(out)["changes"]
    assert (code, change["where"]) == (1, ["parameters", "heavy-trace", "value"])
    assert law("diff", "packaged", "packaged")[0] == 0


def test_a_bad_folder_of_packs_is_refused_with_file_place_and_cure(law, tmp_path):
    (tmp_path / "bad.yaml").write_text("schema: ytterby-pack/1\nid: x\n", encoding="utf-8")
    code, out, err = law("applies", "CN-18", "--on", "2026-01-15", "--packs", tmp_path)
    assert code == 3
    assert "bad.yaml" in out
    assert "problems" in err
    assert law("show", "--packs", tmp_path / "none")[0] == 3
    assert law("diff", "cn-18", tmp_path / "none.yaml")[0] == 3


def test_conform_runs_vectors_of_law(capsys, tmp_path):
    assert main(["conform", str(VECTORS), "--compare"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["kind"], answer["agrees"]) == ("law", True)
    one = tmp_path / "one.jsonl"
    one.write_text('{"kind":"applies","item":"1C905.a","on":"2025-11-20","expected":"no"}\n', encoding="utf-8")
    assert main(["conform", str(one), "--compare"]) == 1
    assert main(["conform", str(one)]) == 0
    one.write_text('{"kind":"applies","item":"nothing","on":"2025-11-20","expected":"no"}\n', encoding="utf-8")
    assert main(["conform", str(one)]) == 3


def test_a_procedure_is_shown_with_its_clocks_and_marks(law):
    code, out, _ = law("show", "CN-procedure", "--json")
    answer = json.loads(out)
    assert (code, answer["kind"]) == (0, "procedure")
    (decision,) = (one for one in answer["clocks"] if one["id"] == "CN-decision")
    assert (decision["days"], decision["stops"][0]) == (45, "identification")
    assert {one["confidence"] for one in answer["provisions"]} == {"read", "recalled", "practice"}
    assert answer["records"][0]["at_least"] == "5 year"
    assert "CN-decision" in law("show", "CN-procedure")[1]
    assert "期限" in law("show", "CN-procedure", "--lang", "zh")[1]
    assert "CN-procedure" in law("show")[1]
    assert json.loads(law("show", "cn-procedure", "--json")[1])["procedure"] == "CN-procedure"


def test_show_tells_a_return_and_a_quota_with_the_source_of_each_part():
    found = run("law", "show", "CN-flow-return", "--json").json
    assert (found["kind"], found["every"], found["basis"]) == ("flow_return", "month", "law")
    assert found["countries"] == ["CN"]
    (due,) = found["due"]
    assert (due["day"], due["effective"]) == (10, "2025-08-22")
    assert "Order 71" in due["source"]
    told = run("law", "show", "CN-index-separation").out
    assert "forms whose making counts: carbonate, compound, oxide" in told
    assert "the day that counts is that of: the production" in told
    listed = run("law", "show").out
    assert "CN-flow-return" in listed
    packs = {one["id"]: one for one in run("law", "show", "--json").json["packs"]}
    assert packs["cn-flow"]["quotas"] == ["CN-index-mining", "CN-index-separation"]


def test_a_folder_that_replaces_the_pack_of_flow_is_what_is_shown_and_diffed(tmp_path):
    path = Path(str(files("ytterby.law").joinpath("packs", "cn-flow.yaml")))
    text = path.read_text(encoding="utf-8").replace("  - day: 10", "  - day: 15", 1)
    (tmp_path / "cn-flow.yaml").write_text(text, encoding="utf-8")
    assert run("law", "show", "CN-flow-return", "--packs", tmp_path, "--json").json["due"][0]["day"] == 15
    found = run("law", "diff", "cn-flow", tmp_path / "cn-flow.yaml")
    assert found.code == 1
    assert "CN-flow-return" in found.out
    (tmp_path / "cn-flow.yaml").write_text(text.replace("day: 15", "day: 40"), encoding="utf-8")
    refused = run("law", "show", "--packs", tmp_path)
    assert refused.code == 3
    assert "/flow_returns/0/due/0/day" in refused.out
    assert "a whole number from 1 to 31" in refused.out


WORTH = {
    "currency": "EUR",
    "price_basis": "EXW",
    "amount": 100,
    "u": 1,
    "all_parts_named": True,
    "parts": [
        {"what": "dysprosium iron", "goods": {"form": "alloy", "system": "Dy-Fe"}, "amount": 2, "price_basis": "DAP"},
        {"what": "cobalt", "goods": {"form": "metal", "elements": {"Co": 99.9}}, "amount": 5, "u": 0.2},
    ],
}
PRICED = MAGNET | {"origin": {"produced_in": "DE"}, "value": WORTH}


def test_a_share_of_value_comes_from_goods_and_says_what_would_settle_it(law, goods_file):
    file = goods_file(PRICED)
    code, out, _ = law("applies", "CN-61.1", "--on", "2027-02-01", "--goods", file, "--json")
    answer = json.loads(out)
    assert (code, answer["answer"], answer["missing"]) == (0, "unknown", ["value_share"])
    share = answer["goods"]["share"]
    assert (share["low"], share["high"], share["currency"], share["whole"]["amount"]) == ("0", "0.02", "EUR", "100")
    assert [(one["counts"], one["listed"]["answer"]) for one in share["parts"]] == [("unknown", "yes"), ("no", "no")]
    assert answer["goods"]["settles"][0]["where"] == "/value/parts/0/origin/origin"
    assert answer["goods"]["settles"][0]["is_enough"]
    assert any("another basis (DAP)" in one for one in answer["goods"]["notes"])
    _, out, _ = law("applies", "CN-61.1", "--on", "2027-02-01", "--goods", file, "--lang", "zh")
    assert "可据以判定" in out
    assert law("applies", "CN-61.1", "--on", "2027-02-01", "--goods", file, "--fact", "value_share=0.5")[1][:3] == "yes"
    _, out, _ = law("applies", "CN-61.1", "--on", "2027-02-01", "--goods", goods_file(MAGNET), "--json")
    assert json.loads(out)["goods"]["share"] is None


def test_classify_tells_of_rules_about_value_beside_the_codes(law, goods_file):
    _, out, _ = law("classify", goods_file(PRICED), "--on", "2026-11-20", "--json")
    answer = json.loads(out)
    assert (answer["answer"], answer["codes"]) == ("controlled", ["1C905.a"])
    assert [(one["rule"], one["answer"]) for one in answer["value_rules"]] == [("CN-61.1", "unknown")]
    assert (answer["may_file"]["answer"], answer["may_ship"]["answer"]) == ("yes", "no")
    _, out, _ = law("classify", goods_file(PRICED), "--on", "2026-11-20")
    assert "where this part is from (/value/parts/0/origin/origin)" in out
    _, out, _ = law("classify", goods_file(MAGNET), "--on", "2026-11-20", "--json")
    assert json.loads(out)["value_rules"] == []


def test_a_bad_value_is_refused_with_pointer_and_cure(law, goods_file):
    bad = PRICED | {"value": WORTH | {"parts": [WORTH["parts"][0] | {"currency": "USD"}]}}
    code, out, _ = law("applies", "CN-61.1", "--on", "2027-02-01", "--goods", goods_file(bad))
    assert code == 1
    assert "/value/parts/0/currency" in out
    assert "one currency" in out


def test_days_of_a_transaction_are_told_apart(law):
    _, out, _ = law("applies", "CN-18", "--contract-on", "2025-03-01", "--exit-on", "2025-05-01", "--json")
    answer = json.loads(out)
    assert (answer["answer"], answer["on"], answer["judged_on"]) == ("yes", None, "2025-05-01")
    assert answer["days"] == {"contract": "2025-03-01", "exit": "2025-05-01"}
    assert any("judged at 2025-05-01" in one["text"] for one in answer["reasons"])
    code, out, _ = law("applies", "CN-18", "--contract-on", "2025-03-01")
    assert (code, out.split()[0]) == (0, "unknown")
    assert "--exit-on" in out
    _, out, _ = law("applies", "EU-CRMA-28", "--placing-on-market-on", "2026-03-01", "--json")
    assert json.loads(out)["judged_on"] == "2026-03-01"
    code, _, err = law("applies", "CN-18")
    assert code == 2
    assert "--on" in err
    assert law("applies", "CN-18", "--exit-on", "1990-01-01")[0] == 2
