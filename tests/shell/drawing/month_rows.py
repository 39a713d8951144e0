"""Rows of months for the tests of figures: the keys of `month_rows`, figures from a seed."""

import numpy as np

from ytterby.balance.page import DOWN, UP, Chart, page_set
from ytterby.shell.drawing.month_axis import month_number

H_05, H_10 = 6.02, 3.11
REASONS = ("no_stock_taking", "before_first_stock_taking", "content_unknown", "no_variance")
FIGURES = (
    "muf_kg", "sigma_kg", "sigma_random_kg", "sigma_systematic_kg", "cumuf_kg", "sigma_cumuf_kg", "itmuf_kg",
    "sitmuf", "page_up_05", "page_down_05", "page_up_10", "page_down_10",
)  # fmt: skip


def month_text(number):
    """Return a month as 2026-03."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_rows(count, *, first="2024-01", seed=1, gaps=None, loss_sd=0.0, loss_from=0):
    """Return months of a plant; `gaps` (place -> reason) have no figures, a loss adds standard deviations to z."""
    gaps = gaps or {}
    generator = np.random.default_rng(seed)
    sigma = generator.uniform(2.0, 3.0, count)
    z = generator.standard_normal(count) + np.where(np.arange(count) >= loss_from, loss_sd, 0.0)
    z[list(gaps)] = np.nan
    charts = [Chart(UP, 0.5, H_05), Chart(DOWN, 0.5, H_05), Chart(UP, 1.0, H_10), Chart(DOWN, 1.0, H_10)]
    levels, alarms = page_set(z, charts)
    muf = sigma * z
    cumuf, variance = np.cumsum(np.nan_to_num(muf)), np.cumsum(np.where(np.isnan(z), 0.0, sigma**2))
    rows = []
    for place in range(count):
        values = (muf[place], sigma[place], 0.8 * sigma[place], 0.6 * sigma[place], cumuf[place],
                  np.sqrt(variance[place]), muf[place], z[place], *levels[:, place])  # fmt: skip
        figures = dict.fromkeys(FIGURES) if place in gaps else dict(zip(FIGURES, map(float, values), strict=True))
        rows.append(
            {
                "month": month_text(month_number(first) + place),
                **figures,
                "threshold_05": H_05,
                "threshold_10": H_10,
                "alarm": bool(alarms[:, place].any()),
                "testable": place not in gaps,
                "reason": gaps.get(place),
                "reason_lot": "L1" if gaps.get(place) == "content_unknown" else None,
                "contributors": [],
            }
        )
    return rows
