"""`event template|check|capture|export|columns` with spreadsheets, as a clerk uses them."""

import csv
import json

import openpyxl
import pytest

from plant_month import PlantMonth
from shell.cli.conftest import made_register, run

NORRVIK = "https://id.gs1.org/417/9520000010027"
PROBLEM_KEYS = {"code", "severity", "where", "value", "text", "cure"}


@pytest.fixture
def register(tmp_path):
    return made_register(tmp_path / "register")


@pytest.fixture
def month(tmp_path):
    file = tmp_path / "march.xlsx"
    file.write_bytes(PlantMonth(seed=5, days=9).xlsx())
    return file


def test_a_month_is_checked_captured_exported_and_captured_again(register, month, tmp_path):
    checked = run("event", "check", month)
    assert (checked.code, "Nothing was sent." in checked.out) == (0, True)
    captured = run("event", "capture", month, "--as", "Norrvik", "--data", register, "--json").json
    assert captured["outcome"] == "accepted"
    assert captured["receipt"]["arrival"]["media_type"].endswith("sheet")
    for name in ("out.xlsx", "out.csv"):
        out = tmp_path / name
        said = run("event", "export", "--as", "Norrvik", "--data", register, "-o", out, "--json").json
        assert (said["events"], said["left_out"]) == (captured["events"], [])
        again = run("event", "capture", out, "--as", "Norrvik", "--data", register, "--json").json
        assert (again["outcome"], again["problems"]) == ("known", [])
    verified = run("log", "verify", "--data", register, "--json")
    assert (verified.code, verified.json["ok"], verified.json["not_at_hand"]) == (0, True, [])


OWN = """Step;Date;Time zone;Site;Product;Lot;Quantity [kg];Form
mined;2026-03-05 08:00;+08:00;9520000010010;09520000000011;A-1;12,5;ore
"""


def test_another_party_writes_out_what_it_may_read_and_no_more(register, month, tmp_path):
    """Threat C1: events that name Kestrel are read by it as they are disclosed, and as submitted only its own."""
    file = tmp_path / "own.csv"
    file.write_text(OWN, encoding="utf-8")
    assert run("event", "capture", month, "--as", "Norrvik", "--data", register).code == 0
    assert run("event", "capture", file, "--as", "Kestrel", "--data", register).code == 0

    def exported(*more: str) -> tuple[int, set[str]]:
        out = tmp_path / "out.csv"
        said = run("event", "export", *more, "--data", register, "-o", out, "--json")
        assert said.code == 0, said.err
        rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
        return said.json["events"], {row["Site"] for row in rows}

    norrvik, kestrel = exported("--as", "Norrvik"), exported("--as", "Kestrel")
    assert kestrel == exported("--as", "Kestrel", "--own") == (1, {"9520000010010"})
    assert norrvik[0] > 1
    assert exported("--as", "operator")[0] == norrvik[0] + 1
    # Whoever looks for a party is shown no more than that party.
    assert exported("--as", "Kestrel", "--viewer", "Kestrel") == kestrel
    assert exported("--as", "operator", "--viewer", "Kestrel") == kestrel
    others = run(
        "event", "export", "--as", "Norrvik", "--viewer", "Kestrel", "--data", register, "-o", tmp_path / "n.csv"
    )
    assert (others.code, (tmp_path / "n.csv").exists()) == (2, False)
    assert exported("--as", "Norrvik", "--month", "2026-04") == (0, set())


def test_a_mistake_names_sheet_row_column_and_cure_in_both_languages(tmp_path):
    file = tmp_path / "wrong.csv"
    file.write_text(
        "Step,Date,Time zone,Site,Product,Lot,Quantity [kg]\nmined,2026-03-05,+08:00,9520000010010,09520000000012,A,5\n"
    )
    found = run("event", "check", file, "--json")
    assert found.code == 1
    (problem,) = [one for one in found.json["problems"] if one["severity"] == "refuse"]
    assert set(problem) == PROBLEM_KEYS
    assert problem["where"] == {"file": str(file), "sheet": "wrong.csv", "row": 2, "column": "F"}
    assert "wrong.csv!F2:" in run("event", "check", file).out
    assert "wrong.csv!B2:" in run("event", "check", file, "--lang", "zh").out


def test_an_own_column_is_mapped_once_and_remembered(register, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(
        "Was,Date,Time zone,Site,Product,Lot,Menge (to),Bemerkung\nmined,2026-03-05 08:00,+08:00,9520000010010,09520000000011,A,5,=1+1\n"  # noqa: E501
    )
    bare = run("event", "check", file)
    assert bare.code == 1
    maps = ["--map", "Was=Step", "--map", "Menge (to)=Quantity [t]", "--map", "Bemerkung=-"]
    assert run("event", "check", file, *maps).code == 0
    assert run("event", "capture", file, "--as", "Kestrel", "--data", register).code == 1
    assert run("event", "capture", file, *maps, "--as", "Kestrel", "--data", register).code == 0
    assert run("event", "check", file, "--as", "Kestrel", "--data", register).code == 0
    assert run("event", "check", file, "--as", "Norrvik", "--data", register).code == 1
    known = run("event", "capture", file, "--as", "Kestrel", "--data", register, "--json").json
    assert known["outcome"] == "known"
    listed = run("event", "columns", "--as", "Kestrel", "--data", register, "--json").json
    assert listed["columns"] == {"events": {"Was": "Step", "Menge (to)": "Quantity [t]", "Bemerkung": "-"}}
    forgot = run(
        "event", "columns", "--as", "Kestrel", "--kind", "events", "--forget", "Was", "--data", register, "--json"
    )
    assert "Was" not in forgot.json["columns"]["events"]
    assert run("event", "columns", "--as", "Kestrel", "--map", "a=Lot", "--data", register).code == 2
    wrong = run(
        "event", "columns", "--as", "Kestrel", "--kind", "return", "--map", "a=Lots", "--data", register, "--json"
    )
    assert (wrong.code, wrong.json["problems"][0]["code"]) == (1, "columns.unknown")
    assert run("log", "verify", "--data", register).code == 0


@pytest.mark.parametrize("kind", ["events", "return"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_sheet_can_be_checked(tmp_path, kind, language):
    file = tmp_path / "empty.xlsx"
    made = run("event", "template", "--kind", kind, "--lang", language, "-o", file, "--json")
    assert made.json == {"file": str(file), "kind": kind, "language": language, "as_of_size": None}
    checked = run("event", "check", file, "--json")
    assert [problem["code"] for problem in checked.json["problems"]] == ["sheet.empty"]
    assert len(openpyxl.load_workbook(file).sheetnames) == 4


def test_files_are_written_as_xlsx_or_csv_only(tmp_path):
    assert run("event", "template", "-o", tmp_path / "a.pdf").code == 2
    assert run("event", "template", "-o", tmp_path / "no" / "a.csv").code == 3


@pytest.mark.parametrize("wrong", [["--map", "Lot"], ["--map", "=Lot"], ["--zone", "Mars"], ["--decimal", "dot"]])
def test_options_that_mean_nothing_are_wrong_use(month, wrong):
    assert run("event", "check", month, *wrong).code == 2


def test_a_return_goes_in_and_comes_out_as_a_return(register, tmp_path):
    file = tmp_path / "return.csv"
    file.write_text(
        "Month;Site;Product;Counterparty;Counterparty's site;First return;Opening [t];Received [t];Made [t];Used [t];Shipped [t];Closing [t]\n"  # noqa: E501
        "2026-03;9520000010027;09520000000028;9520000010010;9520000010010;yes;5;11,5;;14;;2,5\n"
        "2026-03;9520000010027;09520000000134;9520000010034;9520000010034;;;;1,75;;1;0,75\n",
    )
    first = run("event", "capture", file, "--as", "Norrvik", "--data", register, "--json").json
    assert (first["outcome"], [p for p in first["problems"] if p["severity"] == "refuse"]) == ("accepted", [])
    assert run("event", "capture", file, "--as", "Norrvik", "--data", register, "--json").json["outcome"] == "known"
    out = tmp_path / "out.xlsx"
    said = run("event", "export", "--kind", "return", "--as", "Norrvik", "--data", register, "-o", out, "--json").json
    assert (said["events"], said["left_out"]) == (first["events"], [])
    assert run("event", "capture", out, "--as", "Norrvik", "--data", register, "--json").json["outcome"] == "known"
    # A changed figure is no second account beside the first: it is refused, at its row.
    file.write_text(file.read_text().replace("0,75", "0,5"))
    changed = run("event", "capture", file, "--as", "Norrvik", "--data", register, "--json").json
    assert changed["outcome"] == "refused"
    assert {(p["code"], p["where"]["row"]) for p in changed["problems"]} == {("event.id_reused", 3)}


def test_a_digest_is_that_of_the_derived_event(month):
    found = run("event", "digest", month, "--json").json
    assert found["problems"] == []
    assert all(one["digest"].startswith("sha256:") for one in found["digests"])
    assert json.dumps(found)
