"""Declared quantities: exact decimals with a unit of UN/ECE Recommendation 20.

What is declared, licensed or drawn is a `Decimal` in its declared unit; the rooms compare it in the base
unit of its dimension (kilograms for mass, pieces for counts). A factor is exact or absent: a unit without
an exact decimal factor is known, and cannot be converted.

Source: UN/ECE Recommendation 20 (units.csv, with source and confidence of each row); EPCIS 2.0 section
7.3.3.3 (a quantity without a unit counts instances).
"""

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation

from ytterby.terms.problem import Problem, refuse

CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN, traps=[DivisionByZero, InvalidOperation])
PIECES = "H87"
KILOGRAM = "KGM"
COMMON_CODES = "KGM, GRM, TNE, H87"


# An exponent could ask for a number that fills the memory.
_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")


def plain_decimal(text: str) -> Decimal | None:
    """Return a number in plain digits, without sign and exponent, so that what is stored is what is read."""
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def divide(a: Decimal, b: Decimal) -> float:
    """Return a / b: one division of 34 digits, half even, then the nearest float64.

    Raises ZeroDivisionError for b = 0 and InvalidOperation (an ArithmeticError) for 0 / 0.
    """
    return float(CONTEXT.divide(a, b))


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: one of it is `factor` of the unit `base`; None where no decimal is exact."""

    code: str
    name: str
    dimension: str
    base: str
    factor: Decimal | None
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class UnitTable:
    """All units that the register knows, by code, and what people write instead of a code."""

    by_code: Mapping[str, Unit]
    spellings: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.by_code.values())

    def unit(self, code: str | None) -> Unit | None:
        """Return the unit of a code; no code means pieces."""
        return self.by_code.get(PIECES if code is None else code)

    def likely_code(self, text: str) -> str:
        """Return the code that somebody who wrote `text` most likely meant, or an empty text."""
        return self.spellings.get(text.strip().casefold(), "")

    def base(
        self, quantity: Decimal, unit: str | None, pointer: str = "", *, expected: Collection[str] = ()
    ) -> tuple[Decimal, str] | Problem:
        """Return a quantity in the base unit of its dimension, and the dimension; or the problem.

        No unit means pieces (dimension `count`, base H87). The product is exact to 34 digits. `expected`
        are the dimensions that the place allows; none means any. Codes: `unit.unknown` (fact `likely`),
        `unit.dimension`, `unit.not_convertible`.
        """
        known = self.unit(unit)
        if known is None:
            return refuse("unit.unknown", pointer, unit or "", likely=self.likely_code(unit or "") or COMMON_CODES)
        if expected and known.dimension not in expected:
            return refuse(
                "unit.dimension",
                pointer,
                known.code,
                dimension=known.dimension,
                expected=", ".join(sorted(expected)),
            )
        if known.factor is None:
            return refuse("unit.not_convertible", pointer, known.code, base=known.base)
        if known.factor == 1:
            return quantity, known.dimension
        return CONTEXT.multiply(quantity, known.factor), known.dimension


COLUMNS = ("code", "name", "dimension", "base", "factor", "spellings", "source", "confidence")


def parse_units(csv_text: str) -> UnitTable:
    """Return the table that units.csv holds; ValueError names the line that is wrong (the file is ours)."""
    rows = csv.DictReader(csv_text.splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise ValueError(f"units.csv has the columns {rows.fieldnames}, not {COLUMNS}")
    by_code: dict[str, Unit] = {}
    spellings: dict[str, str] = {}
    for row in rows:
        code = row["code"]
        factor = Decimal(row["factor"]) if row["factor"] else None
        if code in by_code or (factor is not None and factor <= 0):
            raise ValueError(f"units.csv line {rows.line_num}: {code} stands twice, or its factor is not positive")
        by_code[code] = Unit(code, row["name"], row["dimension"], row["base"], factor, row["source"], row["confidence"])
        for word in (code, row["name"], *row["spellings"].split("|")):
            if word:
                spellings.setdefault(word.strip().casefold(), code)
    for unit in by_code.values():
        base = by_code.get(unit.base)
        if base is None or base.dimension != unit.dimension or base.factor != 1:
            raise ValueError(f"units.csv: the base unit {unit.base} of {unit.code} is not a base of {unit.dimension}")
    return UnitTable(by_code, spellings)
