"""Cells as a spreadsheet holds them, whatever its format, and where each stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal
from typing import NamedTuple

from ytterby.terms.problem import Problem, Where

TEXT, NUMBER, PERCENT, INSTANT, TIME, BOOLEAN = "text", "number", "percent", "instant", "time", "boolean"
FORMULA, ERROR = "formula", "error"


class Cell(NamedTuple):
    """One cell that is not empty. `text` is what it shows; a PERCENT cell's number is in percent already."""

    kind: str
    text: str
    number: Decimal | None = None
    instant: datetime | None = None  # without a zone
    clock: time | None = None


class Place(NamedTuple):
    """A place in a spreadsheet: sheet, row from 1, column from 1 (0: the row as a whole)."""

    sheet: str
    row: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: cells that are not empty by row and column, both from 1; merged ranges as they are written.

    `epoch_1904` tells from which day the workbook counts.
    """

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    merged: tuple[tuple[str, int, int], ...] = ()  # range, first row, first column
    epoch_1904: bool = False


def letters(column: int) -> str:
    """Return the letters of a column counted from 1: A, Z, AA; nothing for 0."""
    found = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def placed(problem: Problem, place: Place) -> Problem:
    """Return the same problem at a place of a spreadsheet."""
    where = Where(file=problem.where.file, sheet=place.sheet, row=place.row or None, column=letters(place.column))
    return replace(problem, where=where)


@dataclass(frozen=True, slots=True)
class Places:
    """From which cell each part of a derived document came, by JSON pointer."""

    by_pointer: Mapping[str, Place]

    def placed(self, problem: Problem) -> Problem:
        """Return a problem of the derived document at the cell that it comes from: the nearest above its pointer."""
        if problem.where.sheet or problem.where.row is not None:
            return problem
        pointer = problem.where.pointer
        while pointer:
            place = self.by_pointer.get(pointer)
            if place is not None:
                return placed(problem, place)
            pointer = pointer.rpartition("/")[0]
        return problem

    def all_placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems at the cells that they come from, each once."""
        return once(self.placed(problem) for problem in problems)


NO_PLACES = Places({})


def once(problems: Iterable[Problem]) -> list[Problem]:
    """Return each problem once: what is said of an event of many rows, or of a cell that is read twice, is one."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for problem in problems:
        key = (problem.code, problem.where, problem.value, tuple(sorted(problem.facts.items())))
        if key not in seen:
            seen.add(key)
            kept.append(problem)
    return kept
