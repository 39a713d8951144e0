"""Months of a plant for tests: items of receipts, shipments, losses and stocks, by hypothesis or by a seed."""

import numpy as np
from hypothesis import strategies as st

from ytterby.balance.measurements import Item, measurements_of

GROUPS = ("laboratory", "scale", "tank")


def plant_items(months, masses, random, systematic):
    """Return receipts, shipments and stocks of some months; each array is drawn per item, groups as named."""
    items = []

    def add(key, entries, groups):
        k = len(items)
        mass = float(masses[k])
        own = {group: mass * float(systematic[group]) for group in groups}
        items.append(Item(key, mass, mass * float(random[k]), own, tuple(entries)))

    for t in range(months):
        add(f"in {t}", [(t, 1)], ("laboratory", "scale"))
        add(f"out {t}", [(t, -1)], ("laboratory",))
        add(f"loss {t}", [(t, -1)], ())
    for t in range(months + 1):
        add(f"stock {t}", [(row, sign) for row, sign in ((t, 1), (t - 1, -1)) if 0 <= row < months], ("tank",))
    return items


def item_count(months):
    return 4 * months + 1


@st.composite
def plants(draw, min_months=2, max_months=10):
    """Draw measurements of a plant whose months all have a random error."""
    months = draw(st.integers(min_months, max_months))
    n = item_count(months)
    masses = draw(st.lists(st.floats(1.0, 500.0), min_size=n, max_size=n))
    random = draw(st.lists(st.floats(0.002, 0.05), min_size=n, max_size=n))
    systematic = {group: draw(st.floats(0.0, 0.05)) for group in GROUPS}
    return measurements_of(plant_items(months, masses, random, systematic), months)


def steady_plant(months, seed):
    """Return measurements of a plant with masses from a seed, in equal measure each month."""
    generator = np.random.default_rng(seed)
    n = item_count(months)
    systematic = dict(zip(GROUPS, (0.008, 0.002, 0.01), strict=True))
    items = plant_items(months, generator.uniform(80, 120, n), generator.uniform(0.004, 0.02, n), systematic)
    return measurements_of(items, months)


def honest_rows(measurements, runs, seed):
    """Return errors of the rows (m x runs), kg, drawn item by item and group by group."""
    generator = np.random.default_rng(seed)
    n, g = measurements.loading_kg.shape
    errors = measurements.random_kg[:, np.newaxis] * generator.standard_normal((n, runs))
    errors = errors + measurements.loading_kg @ generator.standard_normal((g, runs))
    return measurements.incidence @ errors
