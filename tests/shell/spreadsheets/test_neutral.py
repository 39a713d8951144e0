"""Nothing that we write into a sheet is computed by the program that opens it (threat X7)."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.chain.spreadsheet.out_table import OutTable
from ytterby.shell.site.law_fields import SHEET_FORMS, column_words
from ytterby.shell.site.law_packs import packaged_law
from ytterby.shell.site.packs import limits, matter_tables, sheet_tables
from ytterby.shell.spreadsheets.neutral import DANGEROUS, neutral, restored
from ytterby.shell.spreadsheets.template import write_template
from ytterby.shell.spreadsheets.workbook import read_workbook
from ytterby.shell.spreadsheets.writing import write_csv, write_xlsx

HOSTILE = [
    '=HYPERLINK("http://evil.example","pay")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "'=1",
    "=cmd|' /C calc'!A0",
]


@given(st.text(max_size=30))
def test_every_text_comes_back_and_none_is_computed(text):
    written = neutral(text)
    assert not written.startswith(DANGEROUS)
    assert restored(written) == text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_is_a_text_in_xlsx_and_csv(hostile):
    table = OutTable("events", ("step", "grade"), ({"step": "mined", "grade": hostile},))
    raw = write_xlsx([table], sheet_tables(), "en")
    cell = openpyxl.load_workbook(BytesIO(raw)).worksheets[0]["B2"]
    assert cell.data_type == "s"
    assert not str(cell.value).startswith(DANGEROUS)
    grids, _ = read_workbook(raw, limits())
    # XML makes a return a line feed; events with such texts are not written (`events_as_rows`).
    assert grids[0].rows[2][2].text == hostile.replace("\r", "\n")
    text = write_csv(table, sheet_tables(), "en").decode("utf-8-sig")
    fields = list(csv.reader(StringIO(text, newline="")))[1]
    assert not fields[1].startswith(DANGEROUS)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["events", "return"])
def test_an_empty_sheet_reads_back_with_every_column_known(kind, language):
    without = column_words(packaged_law(), SHEET_FORMS[kind], language)
    raw = write_template(kind, language, sheet_tables(), matter_tables(), without, is_csv=False)
    from ytterby.chain.spreadsheet import Settings
    from ytterby.shell.spreadsheets.child import convert_here
    from ytterby.shell.spreadsheets.format import CSV_TYPE, XLSX_TYPE

    made = convert_here(raw, XLSX_TYPE, "t.xlsx", Settings())
    assert [problem.code for problem in made.problems] == ["sheet.empty"]
    assert made.sheets == {kind}
    text = write_template(kind, language, sheet_tables(), matter_tables(), without, is_csv=True)
    assert [p.code for p in convert_here(text, CSV_TYPE, "t.csv", Settings()).problems] == ["sheet.empty"]
    book = openpyxl.load_workbook(BytesIO(raw))
    assert book.worksheets[0].data_validations.dataValidation
    explained = {row[0].value: row[4].value for row in book.worksheets[1].iter_rows(min_row=2)}
    columns = {column.names[language]: column.key for column in sheet_tables().of_sheet(kind)}
    assert explained.keys() == columns.keys()
    # Beside each column that may be left out stands what gets worse, as the list of fields says it.
    nothing = {"en": ("required", "voluntary"), "zh": ("必填", "自愿填写")}[language]
    for name, key in columns.items():
        worse = without.get(key, nothing[1])
        assert explained[name] == (nothing[0] if worse is None else worse)
