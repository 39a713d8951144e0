"""Compounds: how much element and how much oxide equivalent a pure compound holds, from atomic weights."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from ytterby.matter.formula import count_atoms, molar_mass
from ytterby.terms.quantity import CONTEXT


@dataclass(frozen=True, slots=True)
class Compound:
    """A pure compound of one rare earth, by name and formula."""

    element: str
    name: str
    formula: str

    def element_fraction(self, weights: Mapping[str, Decimal]) -> Decimal:
        """Return the mass fraction of the element."""
        metal = weights[self.element] * count_atoms(self.formula)[self.element]
        return CONTEXT.divide(metal, molar_mass(self.formula, weights))

    def reo_fraction(self, weights: Mapping[str, Decimal], factors: Mapping[str, Decimal]) -> Decimal:
        """Return the oxide equivalent of the element as a fraction of the compound's mass."""
        return CONTEXT.divide(self.element_fraction(weights), factors[self.element])


def parse_compounds(csv_text: str) -> Mapping[tuple[str, str], Compound]:
    """Return the compounds by (element, formula); the rounded columns of the table are not read."""
    rows = csv.DictReader(csv_text.splitlines())
    return MappingProxyType(
        {(r["element"], r["formula"]): Compound(r["element"], r["compound"], r["formula"]) for r in rows}
    )
