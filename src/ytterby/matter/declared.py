"""Declared quantities: from scale and assay to kilograms of element with their uncertainty.

m_e = net (1 - w) c_e k_e, with k_e element per oxide where the assay is given as oxide, else 1.
u_rel^2(m_e) = u_rel^2(net) + (u(w) / (1 - w))^2 + u_rel^2(c_e), each term split into a random part and systematic
groups: scale x calibration; laboratory x method x form x epoch; moisture method. What a declaration does not state
comes from the starting table and is marked assumed; a stated u without a split counts as random; where no laboratory
is named there is no group, and a stated systematic part counts as random too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import sqrt

import numpy as np

from ytterby.matter.assay import Assay
from ytterby.matter.element import ELEMENTS, POSITION
from ytterby.matter.mass import ElementMass, FloatArray, MassUncertainty
from ytterby.matter.tables import MatterTables
from ytterby.matter.uncertainty import StartingUncertainty, assay_row, mass_uncertainty

MILLIGRAMS_IN_KILOGRAM = Decimal(1_000_000)
OXIDE = "oxide"


@dataclass(frozen=True, slots=True)
class Moisture:
    """Water as a mass fraction of the wet goods, its standard uncertainty, and the method that found it."""

    fraction: Decimal
    uncertainty: Decimal | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class DeclaredQuantity:
    """One lot as weighed and assayed. Masses are kilograms; assays are of the dry mass unless `is_wet_basis`.

    `coating_fraction` is the part of the net mass that is no alloy (Ni-Cu-Ni, epoxy); the charge diffused into a
    magnet's grain boundaries is an input lot of its own and never part of a heat's assay.
    """

    net_kg: Decimal | None = None
    gross_kg: Decimal | None = None
    tare_kg: Decimal | None = None
    mass_s_dev_kg: Decimal | None = None
    scale: str | None = None
    calibration: str | None = None
    moisture: Moisture | None = None
    is_wet_basis: bool = False
    coating_fraction: Decimal = Decimal(0)
    form: str | None = None
    assays: tuple[Assay, ...] = field(default=())

    @property
    def net_mass_kg(self) -> Decimal:
        """The net mass, stated or gross less tare.

        Raises:
            ValueError: neither is declared.
        """
        if self.net_kg is not None:
            return self.net_kg
        if self.gross_kg is None or self.tare_kg is None:
            raise ValueError("a declared quantity needs a net mass, or gross and tare")
        return self.gross_kg - self.tare_kg


def measure(declared: DeclaredQuantity, tables: MatterTables) -> ElementMass:
    """Return the element masses of a declared quantity, with random parts and systematic groups.

    Raises:
        ValueError: no net mass can be told.
        KeyError: an assay as oxide of an element that has no oxide factor.
    """
    net_kg = declared.net_mass_kg
    scale = " ".join(p for p in (declared.scale, declared.calibration) if p) or None
    mass_u = mass_uncertainty(net_kg, s_dev_kg=declared.mass_s_dev_kg, device=scale, table=tables.starting)
    assays = [_as_element(assay, tables) for assay in declared.assays]
    metal_kg = net_kg * (1 - declared.coating_fraction)
    water = declared.moisture if not declared.is_wet_basis else None
    dry_kg = metal_kg * (1 - water.fraction) if water else metal_kg
    content = element_mass(dry_kg, _share(mass_u, dry_kg, net_kg), assays, form=declared.form, table=tables.starting)
    return _with_moisture(content, water, tables.starting) if water else content


def _as_element(assay: Assay, tables: MatterTables) -> Assay:
    """Return an assay as element; one given as oxide is converted, its relative uncertainty kept."""
    if assay.basis != OXIDE:
        return assay
    factor = tables.factors[assay.element]
    u, shared = assay.standard_uncertainty, assay.systematic_uncertainty
    return Assay(
        element=assay.element,
        milligram_per_kilogram=assay.milligram_per_kilogram * factor,
        standard_uncertainty=None if u is None else u * factor,
        method=assay.method,
        laboratory=assay.laboratory,
        epoch=assay.epoch,
        systematic_uncertainty=None if shared is None else shared * factor,
    )


def _share(mass_u: MassUncertainty, part_kg: Decimal, whole_kg: Decimal) -> MassUncertainty:
    scale = float(part_kg / whole_kg) if whole_kg else 0.0
    groups = {group: sd * scale for group, sd in mass_u.groups.items()}
    return MassUncertainty(mass_u.random_kg * scale, groups, mass_u.assumed)


def _with_moisture(content: ElementMass, water: Moisture, table: StartingUncertainty) -> ElementMass:
    """Add what the moisture leaves uncertain: u(w) / (1 - w) of each mass, its systematic part by method."""
    row = table["moisture"]
    dry = 1.0 - float(water.fraction)
    is_stated = water.uncertainty is not None
    random = float(water.uncertainty) if water.uncertainty is not None else row.random
    systematic = 0.0 if is_stated else row.systematic
    groups = dict(content.groups)
    variance = content.random_kg**2 + (content.mass_kg * random / dry) ** 2
    if systematic and water.method:
        group = f"moisture {water.method}"
        groups[group] = groups.get(group, np.zeros(len(ELEMENTS))) - content.mass_kg * systematic / dry
    else:
        variance = variance + (content.mass_kg * systematic / dry) ** 2
    return ElementMass(content.mass_kg, np.sqrt(variance), groups, content.assumed or not is_stated)


def element_mass(
    net_mass_kg: Decimal,
    mass_u: MassUncertainty,
    assays: Sequence[Assay],
    *,
    form: str | None,
    table: StartingUncertainty,
) -> ElementMass:
    """Return what a net mass holds by an assay as element: one exact product, then float64.

    An assay without a stated uncertainty takes the starting table's for its method and form, marked assumed.
    """
    # Python's own floats: single cells of arrays are slow.
    mass, random = [0.0] * len(ELEMENTS), [0.0] * len(ELEMENTS)
    groups = {group: np.zeros(len(ELEMENTS)) for group in mass_u.groups}
    assumed = mass_u.assumed
    net = float(net_mass_kg)
    for assay in assays:
        place = POSITION[assay.element]
        mass[place] = float(net_mass_kg * assay.milligram_per_kilogram / MILLIGRAMS_IN_KILOGRAM)
        fraction = float(assay.milligram_per_kilogram / MILLIGRAMS_IN_KILOGRAM)
        u_random, u_group, is_assumed = _assay_u(assay, form, table)
        assumed = assumed or is_assumed
        variance = (net * u_random) ** 2 + (fraction * mass_u.random_kg) ** 2
        for group, sd in mass_u.groups.items():
            groups[group][place] = fraction * sd
        name = laboratory_group(assay, form)
        if name and u_group:
            groups.setdefault(name, np.zeros(len(ELEMENTS)))[place] += net * u_group
        else:
            variance += (net * u_group) ** 2
        random[place] = sqrt(variance)
    return ElementMass(mass_kg=np.array(mass), random_kg=np.array(random), groups=groups, assumed=assumed)


def _assay_u(assay: Assay, form: str | None, table: StartingUncertainty) -> tuple[float, float, bool]:
    """Return the random and the systematic u of a mass fraction, and whether they are assumed."""
    if assay.standard_uncertainty is not None:
        whole = float(assay.standard_uncertainty / MILLIGRAMS_IN_KILOGRAM)
        shared = float((assay.systematic_uncertainty or Decimal(0)) / MILLIGRAMS_IN_KILOGRAM)
        return (sqrt(whole * whole - shared * shared) if shared else whole), shared, False
    row = assay_row(assay.method, form, table)
    fraction = float(assay.milligram_per_kilogram / MILLIGRAMS_IN_KILOGRAM)
    return fraction * row.random, fraction * row.systematic, True


def laboratory_group(assay: Assay, form: str | None) -> str | None:
    """Return the systematic group of an assay, laboratory x method x form x epoch x element; None without one.

    One draw for a laboratory's bias on one element: Nd and Dy of one analysis are biased apart.
    """
    if not assay.laboratory:
        return None
    parts = (assay.laboratory, assay.method or "-", form or "-", assay.epoch or "-", assay.element)
    return "laboratory " + " ".join(parts)


def project_distribution(covariance: FloatArray) -> FloatArray:
    """Return the covariance of a distribution whose fractions sum to one: C - C11'C / (1'C1).

    Errors of the parts are negatively correlated: a 1 % error on a 99.9 % element cannot be 1 %.
    """
    ones = np.ones(len(covariance))
    column = covariance @ ones
    total = float(ones @ column)
    if total == 0.0:
        return covariance
    projected: FloatArray = covariance - np.outer(column, column) / total
    return projected


@dataclass(frozen=True, slots=True)
class Distribution:
    """Total rare earth as oxide (TREO) of a lot, and each oxide's part of it; parts sum to one.

    All are fractions with their standard uncertainties (k = 1).
    """

    treo: Decimal
    treo_u: Decimal
    parts: tuple[tuple[str, Decimal, Decimal], ...]

    def content(self, dry_kg: Decimal, tables: MatterTables) -> ElementMass:
        """Return the element masses: dry mass x TREO x part x element per oxide.

        The error of TREO is common to all parts, a group of this lot; the parts' errors are projected on the simplex.
        """
        fractions = np.array([float(part) for _, part, _ in self.parts])
        projected = project_distribution(np.diag([float(u) ** 2 for _, _, u in self.parts]))
        mass, random = np.zeros(len(ELEMENTS)), np.zeros(len(ELEMENTS))
        shared = np.zeros(len(ELEMENTS))
        for i, (symbol, _, _) in enumerate(self.parts):
            place, factor = POSITION[symbol], float(tables.factors[symbol])
            base = float(dry_kg) * factor
            mass[place] = base * float(self.treo) * fractions[i]
            random[place] = base * float(self.treo) * float(np.sqrt(max(projected[i, i], 0.0)))
            shared[place] = base * fractions[i] * float(self.treo_u)
        return ElementMass(mass, random, {"treo of this lot": shared}, assumed=False)
