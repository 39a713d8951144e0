"""Tables of statistics as data: measures, dimensions, cells; which cells a table has.

A cell is a sum of a measure over months and over the codes that it names; a dimension that it does not name is summed
over. The codes of a table are listed beforehand and never taken from what is there, so that a row says nothing by
standing in the table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

Json = dict[str, Any]
Words = Mapping[str, str]
ELEMENTS, REGIONS = "elements", "regions"


class Cell(NamedTuple):
    """A sum: measure, first and last month (numbers, both inclusive), the codes that it names, by dimension, sorted."""

    measure: str
    first: int
    last: int
    where: tuple[tuple[str, str], ...] = ()

    @property
    def depth(self) -> int:
        """How many dimensions it names: totals have few."""
        return len(self.where)


@dataclass(frozen=True, slots=True)
class Measure:
    """What is summed, and by what it can be split."""

    id: str
    dimensions: tuple[str, ...]
    unit: str
    is_count: bool


def covers(measure: Measure, cell: Cell, month: int, codes: Sequence[str]) -> bool:
    """Tell whether a cell is over a month and codes, one code for each dimension of its measure."""
    if not cell.first <= month <= cell.last:
        return False
    own = dict(zip(measure.dimensions, codes, strict=True))
    return all(own[name] == code for name, code in cell.where)


@dataclass(frozen=True, slots=True)
class Table:
    """One measure by rows and columns (none: one column); `totals` names the axes that are also summed over."""

    id: str
    measure: str
    rows: str
    columns: str
    totals: frozenset[str]
    title: Words
    definition: Words


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell divided by another, over all or for each code of a dimension."""

    id: str
    part: Mapping[str, str]
    of: Mapping[str, str]
    by: str
    is_percent: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """When a cell is not published, and how well it may be told from the rest (threat X9)."""

    parties: int
    share: Decimal
    spread: Decimal


@dataclass(frozen=True, slots=True)
class Statistics:
    """All tables, with the codes of each dimension in the order in which they are shown."""

    rule: Rule
    codes: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, Words]
    measures: Mapping[str, Measure]
    tables: Mapping[str, Table]
    figures: tuple[Figure, ...]

    def cells(self, first: int, last: int) -> list[Cell]:
        """Return all cells of all tables over some months, each once."""
        found = (cell for table in self.tables.values() for cell in self.cells_of(table, first, last))
        return list(dict.fromkeys(found))

    def cells_of(self, table: Table, first: int, last: int) -> Iterator[Cell]:
        """Yield the cells of a table, row by row, totals last."""
        for row in self.axis(table.rows, is_summed="rows" in table.totals):
            for column in self.axis(table.columns, is_summed="columns" in table.totals) if table.columns else [""]:
                where = [(table.rows, row)] if row else []
                where += [(table.columns, column)] if column else []
                yield Cell(table.measure, first, last, tuple(sorted(where)))

    def axis(self, dimension: str, *, is_summed: bool) -> list[str]:
        """Return the codes of an axis, and an empty one for its sum."""
        return [*self.codes[dimension], *([""] if is_summed else [])]


def read_statistics(value: Json, elements: Sequence[str], regions: Sequence[str]) -> Statistics:
    """Return the tables that the package describes, with the elements and regions that they are split by.

    Raises:
        KeyError, ValueError: the description is wrong (it is ours).
    """
    lists = {ELEMENTS: tuple(elements), REGIONS: tuple(regions)}
    dimensions = value["dimensions"]
    codes = {
        name: lists[one["codes"]] if isinstance(one["codes"], str) else tuple(one["codes"])
        for name, one in dimensions.items()
    }
    measures = {
        name: Measure(name, tuple(one["dimensions"]), one["unit"], one["is_count"])
        for name, one in value["measures"].items()
    }
    tables = {
        name: Table(
            name, one["measure"], one["rows"], one.get("columns", ""), frozenset(one["totals"]), one["title"],
            one["definition"],
        )
        for name, one in value["tables"].items()
    }  # fmt: skip
    for table in tables.values():
        if not {table.rows, table.columns or table.rows} <= set(measures[table.measure].dimensions):
            raise ValueError(f"the table {table.id} is split by what its measure is not")
    figures = tuple(
        Figure(name, one["part"], one["of"], one.get("by", ""), one.get("percent", False))
        for name, one in value["figures"].items()
    )
    rule = value["rule"]
    held = Rule(int(rule["parties"]), Decimal(rule["share"]), Decimal(rule["spread"]))
    titles = {name: one["title"] for name, one in dimensions.items()}
    return Statistics(held, codes, titles, measures, tables, figures)
