"""The row rule: how what was consumed becomes what was made, element by element.

consumed_e is the sum of what went in, made_e of what came out. made < consumed: the difference goes to the sink
`muf(site)`. made > consumed by at most 3u: every output's row is the mix of the consumed, scaled to its own mass;
the gain is a negative entry of the same sink, so that sources + gains = destinations. By more than 3u: the whole
excess enters the mix as `unaccounted(site)` (`undeclared(site)` where inputs are unknown).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ytterby.chain.node import nothing, ratio, with_mass
from ytterby.matter.mass import ElementMass, FloatArray, combine

TOLERANCE = 3.0
# Two ways to the same sum differ in the last bits; what is smaller than this part of it is no gain.
ROUNDING = 1e-9


class Shares(NamedTuple):
    """Share of the consumed for each output, what goes to MUF, and the excess that enters as a source."""

    outputs: list[FloatArray]
    muf_weight: FloatArray
    excess_kg: FloatArray
    difference: ElementMass  # consumed - made


def share_out(consumed: ElementMass, outputs: Sequence[ElementMass]) -> Shares:
    """Return how the consumed is divided among outputs of known mass.

    Shares are of (consumed + excess), the row of the step.
    """
    difference = combine([(1.0, consumed), *((-1.0, out) for out in outputs)])
    made = np.zeros_like(consumed.mass_kg)
    for out in outputs:
        made = made + out.mass_kg
    gain = made - consumed.mass_kg
    allowed = np.maximum(TOLERANCE * difference.u_kg, ROUNDING * made)
    is_excess = (gain > allowed) | ((consumed.mass_kg <= 0) & (made > 0))
    excess = np.where(is_excess, gain, 0.0)
    base = np.where(is_excess, made, consumed.mass_kg)
    muf = np.where(is_excess, 0.0, consumed.mass_kg - made)
    return Shares([ratio(out.mass_kg, base) for out in outputs], ratio(muf, base), excess, difference)


def inherit(consumed: ElementMass, parts: Sequence[float]) -> list[ElementMass]:
    """Divide a mass among outputs that were not assayed, by these parts (which sum to 1)."""
    return [
        ElementMass(
            mass_kg=consumed.mass_kg * part,
            random_kg=consumed.random_kg * part,
            groups={group: sd * part for group, sd in consumed.groups.items()},
            assumed=consumed.assumed,
        )
        for part in parts
    ]


def remainder(consumed: ElementMass, outputs: Sequence[ElementMass]) -> ElementMass:
    """Return what the assayed outputs leave of the consumed, never below zero."""
    if not outputs:
        return consumed
    left = combine([(1.0, consumed), *((-1.0, out) for out in outputs)])
    return with_mass(left, np.maximum(left.mass_kg, 0.0))


def excess_content(excess_kg: FloatArray) -> ElementMass:
    """Return an excess as a content; how sure it is stands in the step's closure."""
    return with_mass(nothing(), excess_kg)
