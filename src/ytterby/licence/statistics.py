"""Statistics of the office for some months: all tables, what is left out of them, and figures of what is published.

A release is what was published: it is recorded, and every later one is made so that nothing left out of any can be
worked out from all together (`disclosure_control`). So it holds whole months that are over; what a month holds does not
change (`case_record`), and where it did, nothing is published before somebody has found out why.

A figure is a division of two published cells, or a quantile over the cases of a published cell; of a cell that is left
out there is none. Shares are rounded half even to a tenth of a percent, days are whole.
Source: shared/domain/casework.md section 4; threat X9.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from math import ceil
from typing import Any

import msgspec

from ytterby.licence.case_record import CaseRecord, Fact, facts_of, month_number, month_text
from ytterby.licence.disclosure_control import ExposedBefore, published_cells
from ytterby.licence.statistics_table import Cell, Figure, Statistics, covers
from ytterby.terms.problem import Problem, refuse

SCHEMA = "ytterby-statistics/1"
MONTHS_MAX = 60
TENTH = Decimal("0.1")
QUANTILES = {"first_outcome_days_p50": (1, 2), "first_outcome_days_p90": (9, 10)}

Json = dict[str, Any]


class PublishedCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cell of a release: the codes that it names, and its sum as a plain decimal; None where it is left out."""

    measure: str
    where: dict[str, str]
    value: str | None


class PublishedFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure of a release, for one code of its dimension or (empty) for all."""

    figure: str
    code: str
    value: str | None


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was published for some months, `2026-01` to `2026-03`, both inclusive."""

    first: str
    last: str
    regions: tuple[str, ...]
    parties: int
    share: str
    cells: tuple[PublishedCell, ...]
    figures: tuple[PublishedFigure, ...]
    schema: str = SCHEMA

    @property
    def id(self) -> str:
        """What it is known by."""
        return f"{self.first}/{self.last}"

    def sums(self) -> dict[Cell, Decimal | None]:
        """Return its cells."""
        first, last = read_month(self.first), read_month(self.last)
        if first is None or last is None:
            raise ValueError(f"a release of no months: {self.id}")
        return {
            Cell(one.measure, first, last, tuple(sorted(one.where.items()))): None
            if one.value is None
            else Decimal(one.value)
            for one in self.cells
        }


@dataclass(frozen=True, slots=True)
class Made:
    """A release, or why there is none."""

    release: Release | None
    problems: tuple[Problem, ...] = ()


def read_month(text: str) -> int | None:
    """Return the number of a month written as 2026-01; None where it is none."""
    year, _, month = text.partition("-")
    if len(text) != len("2026-01") or not (year.isascii() and year.isdigit() and month.isascii() and month.isdigit()):
        return None
    return int(year) * 12 + int(month) - 1 if 1 <= int(month) <= 12 else None


def period_problems(first: str, last: str, this_month: int) -> list[Problem]:
    """Return why nothing can be published for some months."""
    months = [read_month(first), read_month(last)]
    problems = [
        refuse("statistics.month", f"/{name}", text)
        for name, text, month in zip(("from", "to"), (first, last), months, strict=True)
        if month is None
    ]
    start, end = months
    if start is None or end is None:
        return problems
    if end < start or end - start >= MONTHS_MAX:
        problems.append(refuse("statistics.order", "/to", last, first=first, limit=MONTHS_MAX))
    if end >= this_month:
        problems.append(refuse("statistics.not_over", "/to", last))
    return problems


def make_release(
    records: Sequence[CaseRecord],
    first: str,
    last: str,
    *,
    this_month: int,
    statistics: Statistics,
    earlier: Sequence[Release] = (),
) -> Made:
    """Return what can be published for some months beside all that was published; a release that was made is told again
    as it was.
    """
    problems = period_problems(first, last, this_month)
    start, end = read_month(first), read_month(last)
    if problems or start is None or end is None:
        return Made(None, tuple(problems))
    again = next((one for one in earlier if (one.first, one.last) == (first, last)), None)
    if again is not None:
        return Made(again)
    regions = statistics.codes["region"]
    problems = [refuse("statistics.other_regions", "", one.id) for one in earlier if one.regions != regions]
    facts = facts_of(records, regions)
    told = {cell: value for one in earlier for cell, value in one.sums().items()}
    problems += _changed(told, facts, statistics)
    if problems:
        return Made(None, tuple(problems))
    try:
        cells = published_cells(
            statistics.cells(start, end), facts, measures=statistics.measures, codes=statistics.codes,
            rule=statistics.rule, earlier=told,
        )  # fmt: skip
    except ExposedBefore as exposed:
        names = "; ".join(cell_text(cell) for cell in exposed.cells)
        return Made(None, (refuse("statistics.exposed_before", "", first, last=last, cells=names),))
    figures = (*_quotients(cells, statistics, start, end), *_quantiles(records, cells, statistics, start, end))
    published = tuple(PublishedCell(cell.measure, dict(cell.where), _plain(value)) for cell, value in cells.items())
    rule = statistics.rule
    return Made(Release(first, last, regions, rule.parties, str(rule.share), published, figures))


def _changed(told: Mapping[Cell, Decimal | None], facts: Sequence[Fact], statistics: Statistics) -> list[Problem]:
    """Return where what was published is not what cases bring now: then nobody knows what a difference would tell."""
    sums: dict[tuple[str, int, tuple[str, ...]], Decimal] = {}
    for fact in facts:
        key = fact.measure, fact.month, fact.codes
        sums[key] = sums.get(key, Decimal(0)) + fact.value
    problems = []
    for cell, value in told.items():
        measure = statistics.measures[cell.measure]
        now = sum((brought for (name, month, codes), brought in sums.items()
                   if name == cell.measure and covers(measure, cell, month, codes)), Decimal(0))  # fmt: skip
        if value is not None and now != value:
            facts_of_it = {"told": _plain(value), "now": _plain(now), "months": _months_text(cell)}
            problems.append(refuse("statistics.changed_since", "", cell_text(cell), **facts_of_it))
    return problems


def cell_text(cell: Cell) -> str:
    """Return a cell in a line: measure and codes."""
    return " ".join([cell.measure, *(f"{name}={code}" for name, code in cell.where)])


def _months_text(cell: Cell) -> str:
    return f"{month_text(cell.first)}/{month_text(cell.last)}"


def _plain(value: Decimal | None) -> str | None:
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quotients(
    cells: Mapping[Cell, Decimal | None], statistics: Statistics, first: int, last: int
) -> list[PublishedFigure]:
    found = []
    for figure in statistics.figures:
        for code in statistics.axis(figure.by, is_summed=True) if figure.by else [""]:
            part, of = (cells.get(_cell(one, figure, code, first, last)) for one in (figure.part, figure.of))
            found.append(PublishedFigure(figure.id, code, _quotient(part, of, figure)))
    return found


def _cell(named: Mapping[str, str], figure: Figure, code: str, first: int, last: int) -> Cell:
    where = {name: value for name, value in named.items() if name != "measure"}
    if code:
        where[figure.by] = code
    return Cell(named["measure"], first, last, tuple(sorted(where.items())))


def _quotient(part: Decimal | None, of: Decimal | None, figure: Figure) -> str | None:
    if part is None or not of:
        return None
    value = part / of * (100 if figure.is_percent else 1)
    return str(value.quantize(TENTH, ROUND_HALF_EVEN))


def _quantiles(
    records: Sequence[CaseRecord], cells: Mapping[Cell, Decimal | None], statistics: Statistics, first: int, last: int
) -> list[PublishedFigure]:
    """Return days to the first outcome by tier: the least number of days within which so many of the cases had it."""
    found = []
    for code in statistics.axis("tier", is_summed=True):
        cell = Cell("decided", first, last, (("tier", code),) if code else ())
        days = sorted(
            record.first_days
            for record in records
            if record.first_days is not None
            and record.decided is not None
            and first <= month_number(record.decided) <= last
            and code in {"", record.tier}
        )
        is_told = cells.get(cell) is not None and days
        for name, (numerator, denominator) in QUANTILES.items():
            value = str(days[ceil(len(days) * numerator / denominator) - 1]) if is_told else None
            found.append(PublishedFigure(name, code, value))
    return found
