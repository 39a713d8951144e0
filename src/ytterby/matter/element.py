"""The seventeen rare earths: symbols in order of Z, names, standard atomic weights, oxides.

Weights are data with a source and an uncertainty (`elements.csv`); promethium has no stable isotope and so no
standard weight. Source: CIAAW 2021 with the 2024 revisions of Gd and Lu, as the table says row by row.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

ELEMENTS: tuple[str, ...] = (
    *("Sc", "Y", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu"),
    *("Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu"),
)
POSITION: Mapping[str, int] = MappingProxyType({symbol: i for i, symbol in enumerate(ELEMENTS)})


@dataclass(frozen=True, slots=True)
class Element:
    """One element: `weight` in g/mol with its standard uncertainty, None for promethium; `oxide` as it is traded."""

    symbol: str
    z: int
    name_en: str
    name_zh: str
    weight: Decimal | None
    weight_uncertainty: Decimal | None
    group: str
    oxide: str
    source: str
    confidence: str


ElementTable = Mapping[str, Element]


def parse_elements(csv_text: str) -> ElementTable:
    """Return the table of elements by symbol.

    Raises:
        ValueError: the table does not hold the seventeen in order of Z.
    """
    rows = {}
    for row in csv.DictReader(csv_text.splitlines()):
        # A row without an uncertainty gives the mass of an isotope, which is no standard weight.
        has_weight = bool(row["weight_uncertainty"])
        rows[row["symbol"]] = Element(
            symbol=row["symbol"],
            z=int(row["z"]),
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            weight=Decimal(row["std_atomic_weight"]) if has_weight else None,
            weight_uncertainty=Decimal(row["weight_uncertainty"]) if has_weight else None,
            group=row["class_cn"],
            oxide=row["oxide_formula"],
            source=row["source"],
            confidence=row["confidence_weight"],
        )
    if tuple(rows) != ELEMENTS:
        raise ValueError(f"the table of elements must hold {ELEMENTS} in order of Z, not {tuple(rows)}")
    return MappingProxyType(rows)
