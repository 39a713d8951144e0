"""Rows of a table of calendars or clocks, read cell by cell; what is wrong comes out with row, column and cure.

A table is CSV with a heading. Row 1 is the heading, as in a spreadsheet. Every row states its source and how sure it
is: `read` (in the source itself), `recalled` (to be shown as unverified), `practice`, `computed`, or a sentence that
begins with one of these words.
"""

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from ytterby.terms.problem import Problem, Where, refuse

CONFIDENCE = ("read", "recalled", "practice", "computed")
# A table of calendars is text that people read; what is larger is another kind of file.
CHARACTERS_MAX = 20_000_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"-?[0-9]{1,6}")
_SHARE = re.compile(r"0(?:\.[0-9]{1,9})?|1(?:\.0{1,9})?")
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, which notes what is wrong with its cells."""

    table: str
    number: int
    cells: dict[str, str]
    problems: list[Problem]

    def note(self, problem: Problem, column: str) -> None:
        """Note what is wrong with a cell."""
        where = Where(file=f"{self.table}.csv", sheet=self.table, row=self.number, column=column)
        self.problems.append(replace(problem, where=where))

    def text(self, column: str) -> str:
        """Return a cell that must say something."""
        said = self.cells[column].strip()
        if not said:
            self.note(refuse("calendar.empty_cell", "", column), column)
        return said

    def sourced(self) -> tuple[str, str]:
        """Return source and confidence, which every row must state."""
        source, confidence = self.text("source"), self.text("confidence")
        if confidence and re.split(r"\W", confidence)[0] not in CONFIDENCE:
            self.note(refuse("calendar.no_word", "", confidence, words=", ".join(CONFIDENCE)), "confidence")
        return source, confidence

    def word(self, column: str, words: type[Word], among: Collection[Word] = ()) -> Word | None:
        """Return the word of a vocabulary that a cell holds."""
        said, known = self.cells[column].strip(), tuple(among or words)
        for one in known:
            if one.value == said:
                return one
        self.note(refuse("calendar.no_word", "", said, words=", ".join(known)), column)
        return None

    def day(self, column: str) -> date | None:
        """Return a day written as 2026-11-24."""
        said = self.cells[column].strip()
        try:
            if _DAY.fullmatch(said):
                return date.fromisoformat(said)
        except ValueError:
            pass  # no such day, as 2026-02-30
        self.note(refuse("calendar.no_day", "", said), column)
        return None

    def whole(self, column: str, low: int, high: int) -> int | None:
        """Return a whole number between two, both included."""
        said = self.cells[column].strip()
        if _WHOLE.fullmatch(said) and low <= int(said) <= high:
            return int(said)
        self.note(refuse("calendar.no_number", "", said, low=low, high=high), column)
        return None

    def share(self, column: str) -> float | None:
        """Return a share from 0 to 1."""
        said = self.cells[column].strip()
        if _SHARE.fullmatch(said):
            return float(said)
        self.note(refuse("calendar.no_number", "", said, low=0, high=1), column)
        return None


def read_rows(table: str, csv_text: str, columns: tuple[str, ...], problems: list[Problem]) -> Iterator[Row]:
    """Yield the rows of a table that have these columns; each other one is noted as a problem."""
    whole = Row(table, 1, {}, problems)
    if len(csv_text) > CHARACTERS_MAX:
        whole.note(refuse("calendar.too_long", "", len(csv_text), most=CHARACTERS_MAX), "")
        return
    try:
        lines = list(csv.reader(csv_text.removeprefix("\ufeff").splitlines(), strict=True))
    except csv.Error as error:
        whole.note(refuse("calendar.no_table", "", error), "")
        return
    heading = tuple(cell.strip() for cell in lines[0]) if lines else ()
    if heading != columns:
        whole.note(refuse("calendar.no_columns", "", ",".join(heading), columns=",".join(columns)), "")
        return
    for number, cells in enumerate(lines[1:], 2):
        if len(cells) == len(columns):
            yield Row(table, number, dict(zip(columns, cells, strict=True)), problems)
        elif cells:
            short = Row(table, number, {}, problems)
            short.note(refuse("calendar.no_row", "", len(cells), columns=len(columns)), "")
