"""The columns and words that a sheet may hold, in English and Chinese: tables, handed in as text.

`columns.csv` names each column's key, in which sheets it stands, the kind of value, the unit of its header in an empty
sheet, whether it speaks of the event, of a line of it, of a lot, or of a row of a return, and what people call it.
`words.csv` gives the words of closed lists. A name is compared without regard to case, width and spacing.
"""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

EVENTS, RETURN = "events", "return"
SHEETS = (EVENTS, RETURN)
LANGUAGES = ("en", "zh")
# A header that maps to this is passed over.
PASSED_OVER = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, and what its cells hold."""

    key: str
    sheets: frozenset[str]
    value: str
    unit: str
    level: str
    names: Mapping[str, str]  # by language
    explained: Mapping[str, str]

    def header(self, language: str) -> str:
        """Return the header of an empty sheet, with its unit."""
        return f"{self.names[language]} [{self.unit}]" if self.unit else self.names[language]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a closed list."""

    group: str
    code: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetTables:
    """All columns by key, keys by name for each sheet, words by group and code, codes by group and name."""

    columns: Mapping[str, Column]
    by_name: Mapping[str, Mapping[str, str]]
    words: Mapping[str, Mapping[str, Word]]
    codes: Mapping[str, Mapping[str, str]]

    def of_sheet(self, sheet: str) -> tuple[Column, ...]:
        """Return the columns of a sheet in the order of the table; of a return its own first."""
        found = [column for column in self.columns.values() if sheet in column.sheets]
        return tuple(sorted(found, key=lambda column: len(column.sheets)) if sheet == RETURN else found)

    def code(self, group: str, text: str) -> str | None:
        """Return the code that a word stands for."""
        return self.codes.get(group, {}).get(folded(text))

    def word(self, group: str, code: str, language: str) -> str:
        """Return the word for a code, the code itself where none is listed."""
        word = self.words.get(group, {}).get(code)
        return word.names[language] if word else code


def folded(text: str) -> str:
    """Return a name as it is compared: full-width forms narrow, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_sheet_tables(columns_csv: str, words_csv: str) -> SheetTables:
    """Return the tables that the two files hold; ValueError names what is wrong (the files are ours)."""
    columns: dict[str, Column] = {}
    by_name: dict[str, dict[str, str]] = {sheet: {} for sheet in SHEETS}
    for row in csv.DictReader(columns_csv.splitlines()):
        column = _column(row)
        if column.key in columns:
            raise ValueError(f"columns.csv: {column.key} stands twice")
        columns[column.key] = column
        for sheet in column.sheets:
            for name in (*column.names.values(), *filter(None, row["aliases"].split("|")), column.key):
                other = by_name[sheet].setdefault(folded(name), column.key)
                if other != column.key:
                    raise ValueError(f"columns.csv: {name} of {column.key} means {other} already")
    words, codes = _words(words_csv)
    return SheetTables(columns, by_name, words, codes)


def _column(row: Mapping[str, str]) -> Column:
    sheets = frozenset(row["sheet"].split())
    if not sheets or not sheets <= set(SHEETS):
        raise ValueError(f"columns.csv: {row['key']} stands in no sheet")
    return Column(
        key=row["key"],
        sheets=sheets,
        value=row["value"],
        unit=row["unit"],
        level=row["level"],
        names={"en": row["en"], "zh": row["zh"]},
        explained={"en": row["explain_en"], "zh": row["explain_zh"]},
    )


def _words(text: str) -> tuple[dict[str, dict[str, Word]], dict[str, dict[str, str]]]:
    words: dict[str, dict[str, Word]] = {}
    codes: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(text.splitlines()):
        group, code = row["group"], row["code"]
        words.setdefault(group, {})[code] = Word(group, code, {"en": row["en"], "zh": row["zh"]})
        for name in (code, row["en"], row["zh"], *filter(None, row["aliases"].split("|"))):
            if codes.setdefault(group, {}).setdefault(folded(name), code) != code:
                raise ValueError(f"words.csv: {name} means two things in {group}")
    return words, codes
