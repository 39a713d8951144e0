"""Honest mistakes: typing errors, unit slips, reports that come late or never.

Each report of a plant and month holds one with the scenario's chance. A mistake changes what is written and nothing
that is true; the arrays of `nation.arrays` know of none.
"""

from dataclasses import dataclass

import numpy as np

from ytterby.nation.plan import Plan

TYPING, UNIT_SLIP, LATE, MISSING = KINDS = ("typing", "unit_slip", "late", "missing")
DELAY_MONTHS = (1, 4)  # from, below
_MISTAKES = 51


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake of a plant's report of a month: in the receipt over `link`, of lot number `lot`; or it comes late."""

    kind: str
    month: int
    plant: int
    link: int = -1
    lot: int = -1
    delay: int = 0


def mistakes_of(plan: Plan, month: int) -> dict[int, Mistake]:
    """Return the mistakes of a month by plant."""
    scenario = plan.scenario
    random = np.random.default_rng([scenario.seed, _MISTAKES, month])
    count = len(plan.plants)
    happens = random.random(count) < scenario.mistakes
    kinds = random.integers(len(KINDS), size=count)
    places, lots = random.random(count), random.integers(scenario.lots, size=count)
    delays = random.integers(*DELAY_MONTHS, size=count)
    found = {}
    for plant in np.flatnonzero(happens).tolist():
        links = np.flatnonzero(plan.receiver[: plan.between] == plant)
        kind = KINDS[kinds[plant]] if len(links) else LATE
        if kind == LATE:
            found[plant] = Mistake(kind, month, plant, delay=int(delays[plant]))
        else:
            link = int(links[int(places[plant] * len(links))])
            found[plant] = Mistake(kind, month, plant, link, int(lots[plant]) if kind != MISSING else -1)
    return found


def mistype(grams: int) -> int:
    """Return a mass with two unequal neighbouring digits of its kilograms swapped, the first such from the left."""
    digits = list(str(grams))
    for i in range(len(digits) - 1):
        if digits[i] != digits[i + 1] and not (i == 0 and digits[1] == "0"):
            digits[i], digits[i + 1] = digits[i + 1], digits[i]
            break
    return int("".join(digits))
