"""What is added up: one element, all rare earths together, or the sum in which a missing lot shows best.

Goods go missing, not elements: what is diverted holds all elements of the goods, while a laboratory errs on each apart.
So a weighted sum of elements sees a diversion better than any of them. Its weights are those of the best linear test of
a loss in proportion to the flows, sum of mass over sum of variance (generalised least squares with one unknown, where
elements err independently), in units in which the whole weighs as much as all its elements.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ytterby.matter.element import ELEMENTS, POSITION
from ytterby.matter.mass import FloatArray

TOTAL, POOLED = "REE", "pooled"


class Quantity(NamedTuple):
    """A weighted sum of elements: its name, and a weight for each of the 17 elements."""

    name: str
    weights: tuple[float, ...]

    def of(self, values: FloatArray) -> float:
        """Return the weighted sum of values by element."""
        return float(np.dot(values, self.weights))

    def of_random(self, sd: FloatArray) -> float:
        """Return the standard deviation of the weighted sum of independent errors."""
        part = sd * np.asarray(self.weights)
        return float(np.sqrt(np.dot(part, part)))


def element_quantity(element: str) -> Quantity:
    """Return one element alone.

    Raises:
        KeyError: there is no such element.
    """
    place = POSITION[element]
    return Quantity(element, tuple(float(number == place) for number in range(len(ELEMENTS))))


def total_quantity() -> Quantity:
    """Return all 17 elements together."""
    return Quantity(TOTAL, (1.0,) * len(ELEMENTS))


def pooled_quantity(measured: Iterable[tuple[FloatArray, FloatArray]]) -> Quantity:
    """Return the weighted sum in which a loss in proportion to what was measured shows best; an exact or absent element
    has no weight of its own. `measured` are masses and standard uncertainties by element, kg.
    """
    mass, variance = np.zeros(len(ELEMENTS)), np.zeros(len(ELEMENTS))
    for mass_kg, u_kg in measured:
        mass += np.abs(mass_kg)
        variance += u_kg**2
    weights = np.divide(mass, variance, out=np.zeros(len(ELEMENTS)), where=(variance > 0) & (mass > 0))
    whole = float(np.dot(weights, mass))
    # Where nothing is uncertain no sum is better than another.
    return Quantity(POOLED, tuple((weights * (mass.sum() / whole)).tolist()) if whole else (1.0,) * len(ELEMENTS))


def quantity_named(name: str) -> Quantity:
    """Return an element's or the total's quantity.

    Raises:
        KeyError: there is no such element.
    """
    return total_quantity() if name == TOTAL else element_quantity(name)
