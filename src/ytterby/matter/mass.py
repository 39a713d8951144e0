"""Masses of elements with what is known of their errors.

An error has a random part, drawn for each item anew, and systematic parts, one draw for all items of a group: a
scale in one calibration period, a laboratory with one method on one form in one proficiency epoch. Random parts add
in quadrature, the parts of a group linearly with their sign, so that a laboratory which measures input and output
alike nearly cancels (GUM, JCGM 100:2008, eq. 13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from ytterby.matter.element import ELEMENTS

FloatArray = npt.NDArray[np.float64]


class MassUncertainty(msgspec.Struct, frozen=True, array_like=True):
    """Standard uncertainty of one declared net mass, kg: random, and by systematic group. `assumed`: not stated."""

    random_kg: float
    groups: Mapping[str, float]
    assumed: bool

    @property
    def u_kg(self) -> float:
        """The combined standard uncertainty, kg."""
        return float(np.sqrt(self.random_kg**2 + sum(sd * sd for sd in self.groups.values())))


@dataclass(frozen=True, slots=True)
class ElementMass:
    """What one lot holds, kg over the 17 elements in order of Z; `groups` maps a group to its signed sd, kg."""

    mass_kg: FloatArray
    random_kg: FloatArray
    groups: Mapping[str, FloatArray]
    assumed: bool

    @property
    def u_kg(self) -> FloatArray:
        """The combined standard uncertainty of each element, kg."""
        variance = self.random_kg * self.random_kg
        for sd in self.groups.values():
            variance = variance + sd * sd
        return np.sqrt(variance)

    def scaled(self, factor: float) -> "ElementMass":
        """Return a share of the lot: its errors are carried along in proportion."""
        return ElementMass(
            mass_kg=self.mass_kg * factor,
            random_kg=self.random_kg * abs(factor),
            groups={group: sd * factor for group, sd in self.groups.items()},
            assumed=self.assumed,
        )


def no_mass() -> ElementMass:
    """Return a lot that holds no rare earth, exactly."""
    zero = np.zeros(len(ELEMENTS))
    return ElementMass(mass_kg=zero, random_kg=zero, groups={}, assumed=False)


def combine(terms: Sequence[tuple[float, ElementMass]]) -> ElementMass:
    """Return a signed sum of lots, in the order given: groups linearly, random parts in quadrature."""
    mass = np.zeros(len(ELEMENTS))
    variance = np.zeros(len(ELEMENTS))
    groups: dict[str, FloatArray] = {}
    assumed = False
    for sign, lot in terms:
        # In place: these two are this sum's own. The sign of a square is none.
        mass += lot.mass_kg if sign == 1.0 else sign * lot.mass_kg
        variance += (lot.random_kg if sign in {1.0, -1.0} else sign * lot.random_kg) ** 2
        assumed = assumed or lot.assumed
        for group, sd in lot.groups.items():
            groups[group] = groups[group] + sign * sd if group in groups else sign * sd
    return ElementMass(mass_kg=mass, random_kg=np.sqrt(variance), groups=groups, assumed=assumed)
