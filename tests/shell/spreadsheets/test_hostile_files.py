"""Files that are made to harm: bounded in time and memory, always problems and never an exception (threat X5)."""

import os
import struct
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from io import BytesIO
from random import Random

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plant_month import PlantMonth
from ytterby.chain.spreadsheet import Settings
from ytterby.shell import bounded_child
from ytterby.shell.site.packs import limits
from ytterby.shell.spreadsheets import child, converting
from ytterby.shell.spreadsheets.child import convert_here
from ytterby.shell.spreadsheets.converted import from_wire, to_wire
from ytterby.shell.spreadsheets.converting import convert_spreadsheet
from ytterby.shell.spreadsheets.format import CSV_TYPE, JSON_TYPE, XLSX_TYPE, media_type_of
from ytterby.shell.spreadsheets.text_table import read_text_table
from ytterby.shell.spreadsheets.workbook import read_workbook

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows or (["Step", "Date", "Lot"], ["mined", "2026-03-05", "A"]):
        book.worksheets[0].append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def with_parts(base: bytes, parts: dict[str, bytes]) -> bytes:
    """Return a workbook some of whose parts are others."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(base)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            if name not in parts:
                out.writestr(name, source.read(name))
        for name, content in parts.items():
            out.writestr(name, content)
    return target.getvalue()


def with_sheet(rows: str, more: str = "") -> bytes:
    return with_parts(
        workbook(), {SHEET: f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{more}</worksheet>".encode()}
    )


def code_of(raw: bytes, **bounds: int) -> str:
    grids, problems = read_workbook(raw, replace(limits(), **bounds))
    assert (grids == []) == any(problem.severity == "refuse" for problem in problems)
    return problems[0].code if problems else ""


def test_a_workbook_within_the_limits_is_read():
    assert code_of(workbook()) == ""


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        ({"sheet_bytes": 100}, "workbook.too_large"),
        ({"sheet_unpacked_bytes": 100}, "workbook.unpacks_too_large"),
        ({"sheet_parts": 3}, "workbook.too_many_parts"),
        ({"sheet_sheets": 0}, "workbook.too_many_sheets"),
        ({"sheet_rows": 1}, "workbook.too_many_rows"),
        ({"sheet_columns": 2}, "workbook.too_many_columns"),
        ({"sheet_cells": 4}, "workbook.too_many_cells"),
        ({"sheet_cell_characters": 4}, "workbook.long_cell"),
    ],
)
def test_each_limit_once_over(bounds, code):
    assert code_of(workbook(), **bounds) == code


@pytest.mark.parametrize(
    ("bounds", "code", "place"),
    [
        ({"sheet_rows": 1}, "workbook.too_many_rows", "A2"),
        ({"sheet_columns": 2}, "workbook.too_many_columns", "C1"),
        ({"sheet_cells": 4}, "workbook.too_many_cells", "B2"),
        ({"sheet_cell_characters": 4}, "workbook.long_cell", "A2"),
    ],
)
def test_the_limits_of_cells_hold_for_text_as_for_a_workbook(bounds, code, place):
    rows = [["Step", "Date", "Lot"], ["mined", "2026-03-05", "A"]]
    text = "\n".join(",".join(row) for row in rows).encode()
    for grids, problems in (
        read_text_table(text, "a.csv", replace(limits(), **bounds)),
        read_workbook(workbook(*rows), replace(limits(), **bounds)),
    ):
        assert (grids, [(p.code, f"{p.where.column}{p.where.row}") for p in problems]) == ([], [(code, place)])


def test_a_zip_bomb_is_refused_by_its_ratio_before_it_is_unpacked():
    bomb = with_parts(workbook(), {"xl/media/a.xml": b"\x00" * 30_000_000})
    start = time.process_time()
    assert code_of(bomb) == "workbook.ratio"
    assert time.process_time() - start < 1


def test_parts_that_overlap_are_counted_as_often_as_they_are_named():
    """A bomb whose parts share their bytes: the sum of what they claim to be is what counts."""
    base = bytearray(with_parts(workbook(), {"xl/a.xml": b"A" * 900_000, "xl/b.xml": b"A" * 900_000}))
    assert code_of(bytes(base), sheet_unpacked_bytes=1_500_000) == "workbook.unpacks_too_large"


def test_a_part_that_unpacks_to_more_than_it_says_is_broken():
    raw = with_parts(workbook(), {"xl/a.xml": b"<a/>" + b" " * 500_000})
    lie = raw.replace(struct.pack("<L", 500_004), struct.pack("<L", 4))
    assert lie != raw
    assert code_of(lie) == "workbook.broken"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "[Content_Types].xml", "_rels/.rels"])
def test_a_dtd_is_refused_in_any_part_and_encoding(part, encoding):
    """Billion laughs and external entities need one."""
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">{lol}]><worksheet {MAIN}>&l9;</worksheet>'
    assert code_of(with_parts(workbook(), {part: text.encode(encoding)})) == "workbook.dtd"


def test_macros_links_and_passwords_are_refused():
    assert code_of(with_parts(workbook(), {"xl/vbaProject.bin": b"x"})) == "workbook.macros"
    assert code_of(with_parts(workbook(), {"xl/externalLinks/externalLink1.xml": b"<a/>"})) == "workbook.links"
    assert code_of(b"\xd0\xcf\x11\xe0" + bytes(600)) == "workbook.old_format"
    # Bit 0 of the flags says that a part is encrypted.
    raw = bytearray(workbook())
    place = raw.index(b"PK\x01\x02")
    raw[place + 8] |= 1
    assert code_of(bytes(raw)) == "workbook.locked"


def test_a_cell_in_the_last_corner_of_a_sheet_costs_nothing():
    start = time.process_time()
    far = with_sheet('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>')
    assert code_of(far) == "workbook.too_many_rows"
    wide = with_sheet('<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>')
    assert code_of(wide) == "workbook.too_many_columns"
    huge = with_sheet('<row r="2"><c r="A2"><v>1</v></c></row>').replace(b"A1:C2", b"A1:XFD1048576")
    assert code_of(huge) == ""
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>',  # a shared text that is not there
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>' * 2,
        '<row r="1"><c r="A1" t="b"><v>maybe</v></c></row>',
        '<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>',
        '<row r="one"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1e999999</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>' + "9" * 6000 + "</v></c></row>",
        '<row r="1"><c r="A1" s="77"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="d"><v>yesterday</v></c></row>',
        "<row><c><v>1</v></c>",
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
    ],
)
def test_cells_of_wrong_kinds_are_problems(rows):
    grids, problems = read_workbook(with_sheet(rows), limits())
    assert grids or [problem.code for problem in problems] == ["workbook.broken"]


def test_formulas_errors_and_merged_cells_are_told_where_they_stand():
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Step", "Date", "Product", "Lot", "Quantity [kg]", "Grade"])
    sheet.append(["mined", "2026-03-05", "=A1", "A", "=SUM(1,2)", True])
    sheet.append(["mined", "2026-03-05", "x", "#REF!", 1, "g"])
    sheet.append(["mined", "2026-03-05", "09520000000011", "B", 1, True])
    sheet["D3"].data_type = "e"
    sheet.merge_cells("A5:A6")
    target = BytesIO()
    book.save(target)
    made = convert_here(target.getvalue(), XLSX_TYPE, "a", Settings(zone="+00:00"))
    found = {(p.code, p.where.sheet, p.where.column, p.where.row) for p in made.problems}
    assert {
        ("sheet.formula", "Sheet", "C", 2),
        ("sheet.formula", "Sheet", "E", 2),
        ("sheet.error_value", "Sheet", "D", 3),
        ("sheet.merged", "Sheet", "A", 5),
        ("sheet.not_a_text", "Sheet", "F", 4),
    } <= found
    assert made.document == b""


def test_a_hidden_sheet_is_passed_over_and_said():
    book = openpyxl.load_workbook(BytesIO(workbook()))
    book.create_sheet("secret").sheet_state = "veryHidden"
    target = BytesIO()
    book.save(target)
    grids, problems = read_workbook(target.getvalue(), limits())
    assert [grid.name for grid in grids] == ["Sheet"]
    assert [(p.code, p.value) for p in problems] == [("workbook.hidden_sheet", "secret")]


GOOD = PlantMonth(seed=1, days=4).xlsx()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_no_mutated_workbook_makes_the_reader_raise(seed, count):
    random = Random(seed)
    raw = bytearray(GOOD)
    for _ in range(count):
        place = random.randrange(len(raw))
        raw[place : place + random.choice((0, 1, 1, 4))] = random.randbytes(random.choice((0, 1, 1, 4)))
    made = convert_here(bytes(raw), XLSX_TYPE, "fuzz.xlsx", Settings(zone="+00:00"))
    assert made.document or made.problems


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 9))
def test_no_mutated_part_makes_the_reader_raise(seed, count):
    """The parts themselves are changed, behind right checksums."""
    random = Random(seed)
    with zipfile.ZipFile(BytesIO(GOOD)) as archive:
        name = random.choice([one for one in archive.namelist() if one.endswith(".xml")])
        part = bytearray(archive.read(name))
    for _ in range(count):
        place = random.randrange(len(part))
        part[place : place + 1] = random.choice((b"", b"<", b"9", b"=", b"\xff", b"A1", b"&#0;", b"-"))
    made = convert_here(with_parts(GOOD, {name: bytes(part)}), XLSX_TYPE, "fuzz.xlsx", Settings(zone="+00:00"))
    assert made.document or made.problems


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(str.encode)
    | st.text(max_size=200).map(lambda t: t.encode("utf-16"))
)
def test_no_bytes_make_the_reader_of_text_raise(raw):
    made = convert_here(raw, CSV_TYPE, "fuzz.csv", Settings(zone="+00:00"))
    assert made.problems


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.text(max_size=12) | st.sampled_from(["mined", "1,5", "kg", "2026-03-05", "in"]), max_size=9),
        max_size=9,
    )
)
def test_no_cells_make_the_converter_raise(rows):
    head = ["Step,Date,Site,Product,Lot,Quantity [kg],Side,Container,Use code"]
    lines = [",".join(c.replace('"', "").replace(",", " ") for c in row) for row in rows]
    made = convert_here("\n".join([*head, *lines]).encode("utf-8", "replace"), CSV_TYPE, "a.csv", Settings())
    assert made.document or made.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_read_in_the_encodings_and_delimiters_of_spreadsheet_programs(encoding, delimiter):
    text = delimiter.join(("环节", "日期", "批号")) + "\r\n" + delimiter.join(("开采", '"2026\n03"', "A-1"))
    grids, problems = read_text_table(text.encode(encoding), "a.csv", limits())
    assert [cell.text for cell in grids[0].rows[1].values()] == ["环节", "日期", "批号"]
    assert grids[0].rows[3][1].text == "开采"
    # What is no UTF-8 is said, for another encoding may read well and mean something else.
    assert [p.value for p in problems] == ([] if encoding.startswith("utf-8") else [problems[0].value])
    assert all(p.severity == "remark" for p in problems)


def test_what_a_file_is_is_told_by_its_content_first():
    assert media_type_of("a.csv", workbook()) == XLSX_TYPE
    assert media_type_of("a.csv", b'{"type": "EPCISDocument"}') == JSON_TYPE
    assert media_type_of("a.csv", b"Step,Date") == CSV_TYPE
    assert media_type_of("-", b"{}") == JSON_TYPE


# The child process


def test_the_child_says_what_this_process_would_say():
    here = convert_here(GOOD, XLSX_TYPE, "a.xlsx", Settings(zone="+00:00", party="p"))
    assert convert_spreadsheet(GOOD, XLSX_TYPE, "a.xlsx", Settings(zone="+00:00", party="p")) == here
    assert from_wire(to_wire(here)) == here


def test_a_child_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(converting, "limits", lambda: replace(limits(), sheet_wall_seconds=0.01))
    (problem,) = convert_spreadsheet(GOOD, XLSX_TYPE, "a.xlsx", Settings()).problems
    assert problem.code == "workbook.too_much_time"


def run_child(monkeypatch, tmp_path, body: str):
    """Run a child of ours that first does something bad, under the real limits but for the figures named."""
    (tmp_path / "bad_child.py").write_text(
        "from dataclasses import replace\nimport sys\nfrom ytterby.shell.spreadsheets import child\n" + body,
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}")
    monkeypatch.setattr(converting, "_CHILD", "bad_child")
    return convert_spreadsheet(GOOD, XLSX_TYPE, "a.xlsx", Settings()).problems


def test_a_child_that_takes_too_much_memory_ends_and_nothing_else_does(monkeypatch, tmp_path):
    body = (
        "child.limits = lambda f=child.limits: replace(f(), sheet_memory_bytes=100_000_000)\n"
        "child.convert_here = lambda *_: bytearray(400_000_000)\nsys.exit(child.main())\n"
    )
    (problem,) = run_child(monkeypatch, tmp_path, body)
    assert problem.code == "workbook.too_much_memory"


def test_a_child_that_burns_the_processor_is_killed_by_its_limit(monkeypatch, tmp_path):
    body = (
        "child.limits = lambda f=child.limits: replace(f(), sheet_cpu_seconds=2)\n"
        "def burn(*_):\n    while True:\n        pass\nchild.convert_here = burn\nsys.exit(child.main())\n"
    )
    (problem,) = run_child(monkeypatch, tmp_path, body)
    assert problem.code == "workbook.killed"


def test_a_child_knows_no_address_of_a_database_and_no_key(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@localhost/x")
    monkeypatch.setenv("YTTERBY_SECRET", "x")
    assert not {"DATABASE_URL", "YTTERBY_SECRET"} & bounded_child.child_environment().keys()


def test_the_childs_way_out_of_memory_is_no_other_exit():
    assert converting.OUT_OF_MEMORY == child.OUT_OF_MEMORY not in (0, 1, 2)


def test_what_captures_a_document_loads_no_parser_of_workbooks():
    """It is fenced off in the child process (threat X5), and would cost every command a tenth of a second."""
    code = "import django, sys; django.setup(); import ytterby.shell.actions.capture, ytterby.shell.actions.work; "
    loaded = "sys.exit(any(name in sys.modules for name in ('openpyxl', 'ytterby.shell.spreadsheets.child')))"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "ytterby.shell.site.settings"}
    assert subprocess.run([sys.executable, "-c", code + loaded], env=environment, check=False).returncode == 0
