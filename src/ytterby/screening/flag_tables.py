"""Tables that flags look into: what a unit of a use holds, which use wants which item, grades, lines of business.

The facts have one owner each. Kilograms per unit of a use, and scrap, are the balances' (`balance/use_codes.csv`,
`use_limits.csv`), names, usual temperature and bound of Dy and Tb the chain's (`chain/use_codes.csv`); the shell hands
them in. `demand.csv` here says only what those do not: what a figure is per, which magnet, and reference figures of
products that are no use. The matrix, grades and lines of business are this room's own, and not verified.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

MATRIX_COLUMNS = ("item", "grades", "dy_over_wt", "use_code", "verdict", "source", "confidence")
GRADE_COLUMNS = ("magnet_type", "suffix", "t_max_c", "source", "confidence")
ACTIVITY_COLUMNS = ("activity", "en", "class", "weight", "source", "confidence")
CLASS_COLUMNS = ("use_code", "class", "source", "confidence")
DEMAND_COLUMNS = (
    *("code", "en", "zh", "basis", "magnet_type", "kg_low", "kg_mid", "kg_high", "unit", "source", "confidence"),
)
ALLOWED, ODD, IMPLAUSIBLE = "allowed", "odd", "implausible"
NO_SUFFIX, ANY_USE = "none", "*"


class UseDemand(NamedTuple):
    """Kilograms in one unit of a use, low, middle and high; usual temperature in C, bound of Dy + Tb in wt%."""

    kg_low: Decimal | None
    kg_mid: Decimal | None
    kg_high: Decimal | None
    t_use_c: Decimal | None
    dy_tb_max_wt: Decimal | None


class Scrap(NamedTuple):
    """Machining scrap as part of the product, low, middle and high."""

    low: Decimal
    mid: Decimal
    high: Decimal


class MatrixRow(NamedTuple):
    """That a use wants an item or not; of some grades alone, or over a content of Dy alone."""

    grades: frozenset[str]
    dy_over_wt: Decimal | None
    verdict: str


class ReferenceProduct(NamedTuple):
    """A product as the demand model knows it: what its figure is per, its magnet, figures where it is no use code."""

    code: str
    name: Mapping[str, str]
    basis: str
    magnet_type: str
    kg: tuple[Decimal | None, Decimal | None, Decimal | None]
    unit: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class FlagTables:
    """All tables. `activities` and `classes` are weights by class of a line of business, and classes of a use."""

    demand: Mapping[str, UseDemand]
    scrap: Scrap
    matrix: Mapping[tuple[str, str], tuple[MatrixRow, ...]]
    grades: Mapping[tuple[str, str], Decimal]
    activities: Mapping[str, Mapping[str, Decimal]]
    classes: Mapping[str, frozenset[str]]
    products: Mapping[str, ReferenceProduct]


def parse_flag_tables(texts: Mapping[str, str], demand: Mapping[str, UseDemand], scrap: Scrap) -> FlagTables:
    """Return the tables of their texts, by file name without ending.

    Raises:
        ValueError: other columns, or a word or figure that is none.
    """
    matrix: dict[tuple[str, str], tuple[MatrixRow, ...]] = {}
    for row in _rows(texts["use_matrix"], MATRIX_COLUMNS):
        if row["verdict"] not in {ALLOWED, ODD, IMPLAUSIBLE}:
            raise ValueError(f"the use matrix says {row['verdict']}")
        key = (row["item"], row["use_code"])
        new = MatrixRow(frozenset(row["grades"].split()), _decimal(row["dy_over_wt"]), row["verdict"])
        matrix[key] = (*matrix.get(key, ()), new)
    grades = {
        (row["magnet_type"], row["suffix"] or NO_SUFFIX): Decimal(row["t_max_c"])
        for row in _rows(texts["grades"], GRADE_COLUMNS)
    }
    activities: dict[str, dict[str, Decimal]] = {}
    for row in _rows(texts["activities"], ACTIVITY_COLUMNS):
        activities.setdefault(row["activity"], {})[row["class"]] = Decimal(row["weight"])
    classes: dict[str, frozenset[str]] = {}
    for row in _rows(texts["use_classes"], CLASS_COLUMNS):
        classes[row["use_code"]] = classes.get(row["use_code"], frozenset()) | {row["class"]}
    products = {one.code: one for one in _products(texts["demand"])}
    return FlagTables(demand, scrap, matrix, grades, activities, classes, products)


def _products(text: str) -> Iterator[ReferenceProduct]:
    for row in _rows(text, DEMAND_COLUMNS):
        low, mid, high = (_decimal(row[name]) for name in ("kg_low", "kg_mid", "kg_high"))
        known = [kg for kg in (low, mid, high) if kg is not None]
        if known != sorted(known):
            raise ValueError(f"the demand of {row['code']} is not in order")
        name = {"en": row["en"], "zh": row["zh"]}
        yield ReferenceProduct(
            row["code"], name, row["basis"], row["magnet_type"], (low, mid, high), row["unit"], row["source"],
            row["confidence"],
        )  # fmt: skip


def _rows(text: str, columns: tuple[str, ...]) -> Iterable[dict[str, str]]:
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != columns:
        raise ValueError(f"a table of flags has the columns {rows.fieldnames}, not {columns}")
    return rows


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
