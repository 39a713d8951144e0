"""What is assumed of a measurement that comes without its uncertainty: the starting table.

No table of target values for rare earths exists; the rows say how sure each is, and are to be replaced by estimates
from a register's own paired declarations. Where a range is known its upper end stands.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from ytterby.matter.mass import MassUncertainty

SMALL_MASS, LARGE_MASS = "mass_small", "mass_large"


@dataclass(frozen=True, slots=True)
class StartingRow:
    """One kind of measurement: relative standard deviations (absolute mass fractions for moisture)."""

    key: str
    random: float
    systematic: float
    is_absolute: bool
    up_to_kg: Decimal | None
    source: str
    confidence: str


StartingUncertainty = Mapping[str, StartingRow]


def parse_starting_uncertainty(csv_text: str) -> StartingUncertainty:
    """Return the starting table by key."""
    return MappingProxyType(
        {
            row["key"]: StartingRow(
                key=row["key"],
                random=float(row["random"]),
                systematic=float(row["systematic"]),
                is_absolute=row["unit"] == "absolute",
                up_to_kg=Decimal(row["up_to_kg"]) if row["up_to_kg"] else None,
                source=row["source"],
                confidence=row["confidence"],
            )
            for row in csv.DictReader(csv_text.splitlines())
        }
    )


def mass_uncertainty(
    mass_kg: Decimal, *, s_dev_kg: Decimal | None, device: str | None, table: StartingUncertainty
) -> MassUncertainty:
    """Return the uncertainty of a declared net mass.

    A stated standard deviation comes without a split and counts as random. Else the starting table, marked assumed;
    its systematic part is a group of the scale where one is named, and otherwise counts as random too.
    """
    if s_dev_kg is not None:
        return MassUncertainty(random_kg=float(s_dev_kg), groups={}, assumed=False)
    row = _mass_row(mass_kg, table)
    mass = float(mass_kg)
    if device is not None:
        group = f"scale {device}"
        return MassUncertainty(mass * row.random, {group: mass * row.systematic}, assumed=True)
    random = mass * float((row.random**2 + row.systematic**2) ** 0.5)
    return MassUncertainty(random_kg=random, groups={}, assumed=True)


def _mass_row(mass_kg: Decimal, table: StartingUncertainty) -> StartingRow:
    small = table[SMALL_MASS]
    return small if small.up_to_kg is not None and mass_kg < small.up_to_kg else table[LARGE_MASS]


def assay_row(method: str | None, form: str | None, table: StartingUncertainty) -> StartingRow:
    """Return the row for an assay without a stated uncertainty: by method on a form, by form, by method, else XRF.

    The least precise common method stands in for one that is not named.
    """
    for key in (f"{method}:{form}", f"form:{form}", method or ""):
        if key in table:
            return table[key]
    return table["XRF"]
