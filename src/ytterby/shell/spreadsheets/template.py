"""Empty sheets to fill in: headers with their units, words to choose from, each column explained.

Beside each column stands what gets worse where it is left out, since few of them are required.
"""

from collections.abc import Mapping

from ytterby.chain.spreadsheet.column import EVENTS, SheetTables
from ytterby.chain.spreadsheet.out_table import CONTENT, ERROR, OutTable
from ytterby.matter.tables import MatterTables
from ytterby.shell.spreadsheets.writing import write_csv, write_xlsx

# Elements of an empty sheet: those most traded; any other rare earth may be added as a column.
ELEMENTS_SHOWN = ("La", "Ce", "Pr", "Nd", "Sm", "Gd", "Tb", "Dy", "Y")
# Columns that an empty sheet of events shows; the others are on the sheet of columns and may be added.
EVENT_COLUMNS = [
    "event",
    "step",
    "side",
    "date",
    "time",
    "zone",
    "site",
    "product",
    "lot",
    "quantity",
    "unit",
    "form",
    "mass_u",
    "reo_percent",
    "grade",
    "origin_country",
    "assay_method",
    "run",
    "process",
    "pool",
    "document",
    "from_party",
    "from_site",
    "to_party",
    "to_site",
    "container",
    "complete",
]
_NOTE_HEADS = {
    "en": ("Column", "In Chinese", "Unit", "What it holds", "If left out"),
    "zh": ("列", "英文", "单位", "内容", "不填的后果"),
}
# Nothing gets worse without it, and it is not required.
_VOLUNTARY = {"en": "voluntary", "zh": "自愿填写"}
_REQUIRED = {"en": "required", "zh": "必填"}
_WORD_HEADS = {"en": ("Column", "Word", "In Chinese"), "zh": ("列", "词", "英文")}


def empty_table(kind: str, tables: SheetTables) -> OutTable:
    """Return the table of an empty sheet."""
    keys = EVENT_COLUMNS if kind == EVENTS else [column.key for column in tables.of_sheet(kind)]
    assays = [mark + element for element in ELEMENTS_SHOWN for mark in (CONTENT, ERROR)]
    return OutTable(kind, (*keys, *assays), ())


def write_template(
    kind: str,
    language: str,
    tables: SheetTables,
    matter: MatterTables,
    without: Mapping[str, str | None],
    *,
    is_csv: bool,
) -> bytes:
    """Return an empty sheet as XLSX with its explanations, or as CSV with its header alone.

    `without` says by column what gets worse where it is left out; None where it is required.
    """
    table = empty_table(kind, tables)
    if is_csv:
        return write_csv(table, tables, language)
    other = "zh" if language == "en" else "en"
    explained: list[tuple[str, ...]] = [_NOTE_HEADS[language]]
    for column in tables.of_sheet(kind):
        worse = without.get(column.key, _VOLUNTARY[language])
        row = (column.names[language], column.names[other], column.unit, column.explained[language])
        explained.append((*row, _REQUIRED[language] if worse is None else worse))
    lists = _lists(tables, matter, language)
    words: list[tuple[str, ...]] = [_WORD_HEADS[language]]
    for group in ("step", "side", "yes", "pool_rule"):
        for word in tables.words[group].values():
            words.append((group, word.names[language], word.names[other]))
    for form in matter.forms.values():
        names = {"en": form.name_en, "zh": form.name_zh}
        words.append(("form", names[language], names[other]))
    notes: dict[str, list[tuple[str, ...]]] = {
        tables.word("sheet", "columns", language): explained,
        tables.word("sheet", "words", language): words,
        tables.word("sheet", "settings", language): [(tables.word("setting", "zone", language), "")],
    }
    return write_xlsx([table], tables, language, lists=lists, notes=notes)


def _lists(tables: SheetTables, matter: MatterTables, language: str) -> dict[str, list[str]]:
    """Return the words that the cells of a column choose from."""
    found = {
        key: [word.names[language] for word in tables.words[group].values()]
        for key, group in (("step", "step"), ("side", "side"), ("complete", "yes"), ("first", "yes"))
    }
    found["pool_rule"] = [word.names[language] for word in tables.words["pool_rule"].values()]
    forms = [form.name_zh if language == "zh" else form.name_en for form in matter.forms.values()]
    found["form"] = found["return_form"] = forms
    return found
