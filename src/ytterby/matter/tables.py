"""All tables of matter in one value, read from the texts that the shell hands in."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from ytterby.matter.compound import Compound, parse_compounds
from ytterby.matter.element import ElementTable, parse_elements
from ytterby.matter.form import Form, parse_forms
from ytterby.matter.oxide import OXYGEN, oxide_factors
from ytterby.matter.uncertainty import StartingUncertainty, parse_starting_uncertainty

FILES = ("elements.csv", "other_weights.csv", "compounds.csv", "forms.csv", "starting_uncertainty.csv")


@dataclass(frozen=True, slots=True)
class MatterTables:
    """Elements, weights of all atoms, element-per-oxide factors, compounds, forms, starting uncertainties."""

    elements: ElementTable
    weights: Mapping[str, Decimal]
    factors: Mapping[str, Decimal]
    compounds: Mapping[tuple[str, str], Compound]
    forms: Mapping[str, Form]
    starting: StartingUncertainty


def read_matter_tables(texts: Mapping[str, str]) -> MatterTables:
    """Return the tables of these files' texts, keyed by file name (`FILES`).

    Raises:
        KeyError: a file is missing.
    """
    elements = parse_elements(texts["elements.csv"])
    others = csv.DictReader(texts["other_weights.csv"].splitlines())
    weights = {row["symbol"]: Decimal(row["weight"]) for row in others}
    weights |= {symbol: e.weight for symbol, e in elements.items() if e.weight is not None}
    return MatterTables(
        elements=elements,
        weights=MappingProxyType(weights),
        factors=MappingProxyType(dict(oxide_factors(elements, weights[OXYGEN]))),
        compounds=parse_compounds(texts["compounds.csv"]),
        forms=parse_forms(texts["forms.csv"]),
        starting=parse_starting_uncertainty(texts["starting_uncertainty.csv"]),
    )
