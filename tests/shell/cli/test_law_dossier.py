"""`law fields|complete|end-use` from the keyboard: first words, JSON, files, exit codes, both languages, bad input."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from ytterby.shell.cli import main
from ytterby.shell.site.law_fields import COLUMNS

LAW = Path(__file__).resolve().parents[2] / "law"
DOSSIERS = LAW / "dossiers"
ON = "--on=2026-11-24"


@pytest.fixture
def law(capsys, monkeypatch):
    """Run `ytterby law …`, with a text on standard input where one is given, and return code, output and remarks."""

    def run(*words, text=None):
        if text is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        code = main(["law", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


# Fields


def test_fields_of_a_form_say_on_what_they_rest(law):
    code, out, _ = law("fields", "--form", "goods")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "goods  Goods that are classified"
    assert lines[1] == "  form  form (required)"
    assert lines[2].startswith("    unintelligible without it [1]")
    assert "    needed for an answer: the contents are taken as exact, also close to a limit (law.presence)" in lines
    assert lines[-1] == "11 fields"


def test_the_list_for_lawyers_is_a_file_with_a_row_for_each_reason(law, tmp_path):
    path = tmp_path / "fields.csv"
    code, out, _ = law("fields", "--basis", "law", "--csv", path, "--json")
    told = json.loads(out)
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert {(row["form"], row["field"]) for row in rows} == {(row["form"], row["field"]) for row in told["fields"]}
    assert [row["form"] for row in rows] == sorted(row["form"] for row in rows)
    law_rows = [row for row in rows if row["basis"] == "law"]
    assert len(law_rows) >= told["counts"]["law"] > 40
    assert all(row["rule"] and row["source"] and row["confidence"] for row in law_rows)


def test_wrong_use_of_fields_says_what_there_is(law, tmp_path):
    code, _, err = law("fields", "--form", "none")
    assert code == 2
    assert "return-sheet" in err
    assert law("fields", "--basis", "none")[0] == 2
    assert law("fields", "--csv", tmp_path / "no" / "folder.csv")[0] == 3


def test_a_folder_of_packs_brings_its_own_fields(law):
    _, out, _ = law("fields", "--form", "TERRA-dossier.plan", "--packs", LAW / "packs" / "terra", "--json")
    assert [row["field"] for row in json.loads(out)["fields"]] == [
        *("shipper", "hull", "shipments.quantity", "total", "crew"),
    ]


# Completeness


@pytest.mark.parametrize(
    ("name", "code", "first"),
    [
        ("complete", 0, "✓ complete"),
        ("two_orders", 1, "✗ not complete (2 points)"),
        ("quantities_disagree", 1, "✗ not complete (1 point)"),
        ("vague_use", 1, "complete by law; some points may be asked about (10 points)"),
        ("names_and_gaps", 1, "✗ not complete (6 points)"),
    ],
)
def test_a_dossier_is_complete_or_says_what_it_lacks(law, name, code, first):
    found, out, _ = law("complete", DOSSIERS / f"{name}.json", ON)
    assert (found, out.splitlines()[0]) == (code, first)
    assert out.splitlines()[1] == "by CN-procedure, individual licence"


def test_complete_answers_with_keys_that_do_not_depend_on_the_language(law):
    answers = [
        json.loads(law("complete", DOSSIERS / "names_and_gaps.json", ON, "--json", "--lang", language)[1])
        for language in ("en", "zh")
    ]
    english, chinese = ([one["code"] for one in told["gaps"]] for told in answers)
    assert english == chinese
    assert answers[0]["complete"] == answers[1]["complete"] == "no"
    assert {*answers[0]["gaps"][0]} >= {"severity", "code", "document", "field", "text", "cure", "rule", "source"}
    assert answers[1]["gaps"][0]["text"] != answers[0]["gaps"][0]["text"]


def test_an_empty_dossier_from_standard_input_names_the_application_form(law):
    code, out, _ = law("complete", "-", ON, text="{}")
    assert code == 1
    assert "The document is missing: application form." in out
    assert "ECL art. 15, 16" in out


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("{", 1, ""),
        ('{"kind": "bulk"}', 1, "individual"),
        ('{"procedure": "none"}', 2, "CN-procedure"),
        ('{"application": {"aplicant": "x"}}', 1, "applicant"),
        ("7", 1, ""),
    ],
)
def test_a_dossier_that_cannot_be_read_says_why(law, text, code, words):
    found, out, err = law("complete", "-", ON, text=text)
    assert found == code
    assert words in out + err
    assert "Traceback" not in out + err


def test_a_day_before_the_procedure_is_wrong_use(law):
    code, _, err = law("complete", DOSSIERS / "complete.json", "--on", "2020-01-01")
    assert code == 2
    assert "2024-12-01" in err


def test_other_packs_judge_by_their_own_procedure(law):
    folder = LAW / "packs" / "group"
    code, out, _ = law("complete", "-", ON, "--packs", folder, "--procedure", "HOUSE-procedure", text="{}")
    assert code == 1
    assert "declaration of origin by the supplier" in out


def test_show_still_tells_the_procedure(law):
    code, out, _ = law("show", "CN-procedure")
    assert code == 0
    assert "Dual-use export licence" in out
    assert json.loads(law("show", "cn-dossier", "--json")[1])["kind"] == "pack"


# End uses


def test_an_end_use_is_composed_and_what_it_lacks_is_asked(law):
    code, out, _ = law("end-use", "-", text="Used as rotor magnets, model EM-57, various.")
    lines = out.splitlines()
    assert code == 1
    assert lines[0] == "✗ The end use says too little."
    assert lines[1] == "  The goods serve as rotor magnets, model EM-57."
    assert "Not named:" in lines
    assert any("“various” in text, character 37" in line for line in lines)


def test_a_concrete_end_use_in_json_is_good(law):
    names = ("function", "product", "position", "model", "maker", "country")
    text = json.dumps({name: f"the {name} of it" for name in names})
    code, out, _ = law("end-use", "-", "--json", text=text)
    told = json.loads(out)
    assert (code, told["concrete"], told["missing"]) == (0, True, [])
    assert told["sentence"]["zh"].startswith("所购货物")


@pytest.mark.parametrize(
    ("text", "code"),
    [('{"colour": "red"}', 1), ("{", 1), ("x" * 3000, 1), ("", 1)],
)
def test_what_is_no_end_use_says_why(law, text, code):
    found, out, err = law("end-use", "-", text=text)
    assert found == code
    assert out + err
    assert "Traceback" not in out + err


def test_rules_that_no_pack_holds_are_wrong_use(law):
    code, _, err = law("end-use", "-", "--rules", "none", text="x")
    assert code == 2
    assert "CN-end-use" in err


def test_an_empty_sheet_says_beside_each_column_what_gets_worse(tmp_path):
    import openpyxl

    path = tmp_path / "return.xlsx"
    assert main(["event", "template", "--kind", "return", "--out", str(path)]) == 0
    rows = list(openpyxl.load_workbook(path).worksheets[1].iter_rows(values_only=True))
    assert rows[0][4] == "If left out"
    told = {row[0]: row[4] for row in rows[1:]}
    assert told["Month"] == "required"
    assert told["Lost"] == "what is missing is unaccounted for"
