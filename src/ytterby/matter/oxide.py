"""Element and oxide: the factors between them, computed from atomic weights with O = 15.999.

Praseodymium is traded as Pr6O11, terbium as Tb4O7, cerium as CeO2, the others as RE2O3; factors read elsewhere for
Pr2O3 or Tb2O3 do not fit. A mass as oxide is called REO.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ytterby.matter.element import ElementTable
from ytterby.matter.formula import count_atoms
from ytterby.terms.quantity import CONTEXT

OXYGEN = "O"


def element_per_oxide(oxide: str, symbol: str, weight: Decimal, oxygen_weight: Decimal) -> Decimal:
    """Return the mass fraction of an element in its oxide.

    Raises:
        ValueError: the formula is not an oxide of the element.
    """
    atoms = count_atoms(oxide)
    if set(atoms) != {symbol, OXYGEN}:
        raise ValueError(f"{oxide} is not an oxide of {symbol}")
    metal = weight * atoms[symbol]
    return CONTEXT.divide(metal, metal + oxygen_weight * atoms[OXYGEN])


def oxide_factors(elements: ElementTable, oxygen_weight: Decimal) -> Mapping[str, Decimal]:
    """Return element per oxide for every element that has a standard weight."""
    return {
        symbol: element_per_oxide(e.oxide, symbol, e.weight, oxygen_weight)
        for symbol, e in elements.items()
        if e.weight is not None
    }


def reo_percent(
    milligrams_per_kilogram: Iterable[tuple[str, Decimal]], factors: Mapping[str, Decimal]
) -> Decimal | None:
    """Return the rare-earth oxide equivalent of an assay, percent by mass; above 100 for a metal.

    None when an element without an oxide factor (promethium) is named.
    """
    total = Decimal(0)
    for symbol, amount in milligrams_per_kilogram:
        if symbol not in factors:
            return None
        total += CONTEXT.divide(amount, factors[symbol])
    return total / Decimal(10_000)


def conform_reo(document: Mapping[str, Any], oxygen_weight: Decimal) -> dict[str, Any]:
    """Return what the `reo` kind of vectors asks for: the factors of each row from its own oxide and weight."""
    computed = {}
    for symbol, row in document["factors"].items():
        fraction = element_per_oxide(row["oxide"], symbol, Decimal(str(row["atomic_weight"])), oxygen_weight)
        computed[symbol] = {
            "element_per_oxide": float(fraction),
            "oxide_per_element": float(CONTEXT.divide(Decimal(1), fraction)),
        }
    return {"factors": computed}
