"""Use codes with what one unit of the product holds, and the limits of use findings: dated tables.

A row counts from its effective day on, for whoever asks on or after the day it was published; of several the latest
effective counts, of these the latest published. Kilograms per unit are gross kilograms of the material (for NdFeB the
magnet), low, middle and high; an empty figure is unknown and never zero.

Source: the demand model of the project's screening rules, each row with its own source and how sure it is.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

CODE_COLUMNS = (
    "code", "published", "effective", "kg_low", "kg_mid", "kg_high", "unit", "material", "source", "confidence",
)  # fmt: skip
LIMIT_COLUMNS = ("key", "value", "unit", "source", "confidence")
_LISTED = ("counted_form", "waste_form")


@dataclass(frozen=True, slots=True)
class UseCode:
    """One dated row: kilograms of `material` in one `unit` of the product; None where no figure is known."""

    code: str
    published: date
    effective: date
    kg_low: Decimal | None
    kg_mid: Decimal | None
    kg_high: Decimal | None
    unit: str
    material: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class UseCodes:
    """All rows of each code, in order of effective and published day."""

    by_code: Mapping[str, tuple[UseCode, ...]]

    def on(self, code: str, day: date, *, known_on: date | None = None) -> UseCode | None:
        """Return the row of a code that counts on a day, as known on another; None where there is none."""
        rows = [
            row
            for row in self.by_code.get(code, ())
            if row.effective <= day and (known_on is None or row.published <= known_on)
        ]
        return rows[-1] if rows else None


@dataclass(frozen=True, slots=True)
class UseLimits:
    """Limits of use findings: scores in standard uncertainties, the least share of a proven mass, ages in days, ratios,
    scrap as part of the product.
    """

    score: float
    least_share: float
    least_exchange: float
    not_yet_known_days: int
    untold_days: int
    trader_stock_days: int
    need_strong: float
    need_weak: float
    scrap_low: Decimal
    scrap_mid: Decimal
    scrap_high: Decimal
    counted_forms: frozenset[str]
    waste_forms: frozenset[str]


def parse_dated_codes(csv_text: str) -> UseCodes:
    """Return the table that use_codes.csv holds.

    Raises:
        ValueError: other columns, a row that stands twice, a day or figure that is none, or figures out of order.
    """
    rows = csv.DictReader(csv_text.splitlines())
    if tuple(rows.fieldnames or ()) != CODE_COLUMNS:
        raise ValueError(f"the use codes have the columns {rows.fieldnames}, not {CODE_COLUMNS}")
    by_code: dict[str, list[UseCode]] = {}
    for row in rows:
        one = _code_of(row, rows.line_num)
        known = by_code.setdefault(one.code, [])
        if any((k.effective, k.published) == (one.effective, one.published) for k in known):
            raise ValueError(f"use codes, line {rows.line_num}: {one.code} stands twice for one day")
        known.append(one)
    return UseCodes(
        {code: tuple(sorted(known, key=lambda k: (k.effective, k.published))) for code, known in by_code.items()}
    )


def _code_of(row: Mapping[str, str], line: int) -> UseCode:
    try:
        low, mid, high = (Decimal(row[name]) if row[name] else None for name in ("kg_low", "kg_mid", "kg_high"))
        published, effective = date.fromisoformat(row["published"]), date.fromisoformat(row["effective"])
    except (InvalidOperation, ValueError) as error:
        raise ValueError(f"use codes, line {line}: a day or a figure is none") from error
    known = [kg for kg in (low, mid, high) if kg is not None]
    if known != sorted(known) or any(not kg.is_finite() or kg < 0 for kg in known):
        raise ValueError(f"use codes, line {line}: low, middle and high are not in order")
    text = (row["unit"], row["material"], row["source"], row["confidence"])
    return UseCode(row["code"], published, effective, low, mid, high, *text)


def parse_use_limits(csv_text: str) -> UseLimits:
    """Return the limits that use_limits.csv holds.

    Raises:
        ValueError: other columns, or a value that is no number.
        KeyError: a limit is missing.
    """
    rows = csv.DictReader(csv_text.splitlines())
    if tuple(rows.fieldnames or ()) != LIMIT_COLUMNS:
        raise ValueError(f"the limits of uses have the columns {rows.fieldnames}, not {LIMIT_COLUMNS}")
    values: dict[str, str] = {}
    listed: dict[str, set[str]] = {key: set() for key in _LISTED}
    for row in rows:
        if row["key"] in listed:
            listed[row["key"]].add(row["value"])
        else:
            values[row["key"]] = row["value"]
    return UseLimits(
        score=float(values["score"]),
        least_share=float(values["least_share"]),
        least_exchange=float(values["least_exchange"]),
        not_yet_known_days=int(values["not_yet_known_days"]),
        untold_days=int(values["untold_days"]),
        trader_stock_days=int(values["trader_stock_days"]),
        need_strong=float(values["need_strong"]),
        need_weak=float(values["need_weak"]),
        scrap_low=Decimal(values["scrap_low"]),
        scrap_mid=Decimal(values["scrap_mid"]),
        scrap_high=Decimal(values["scrap_high"]),
        counted_forms=frozenset(listed["counted_form"]),
        waste_forms=frozenset(listed["waste_form"]),
    )
