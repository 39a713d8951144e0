"""Page's test: small differences of one sign, added up month by month until they are too many for chance.

S_0 = 0, S_t = max(0, S_{t-1} + z_t - k); alarm when S_t > h. A chart *up* adds z (loss), *down* adds -z (more than can
be explained). k = 0.5 finds a loss that goes on, k = 1.0 one that comes at once. A month that is not testable (NaN)
leaves S as it is. After an alarm S starts from 0 again: an inquiry is open, and what follows is judged anew.

Charts that watch one series together are a *set*: an alarm of any of them is the alarm of the set, and all start anew,
so that one episode is told once. Up and down with the same k and h alarm never in the same month, and where one alarms
the other stands at 0.

Names: `page`, `page_chart`, `Chart`, `page_set`, `UP`, `DOWN`.
Source: Page, Continuous inspection schemes, Biometrika 41 (1954) 100.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ytterby.matter.mass import FloatArray

BoolArray = npt.NDArray[np.bool_]
UP, DOWN = 1, -1


class Chart(NamedTuple):
    """One chart: `direction` UP or DOWN, reference value `k` and threshold `h`, both in standard deviations of z."""

    direction: int
    k: float
    h: float


def page(z: FloatArray, k: float, *, is_first_without_k: bool = False) -> FloatArray:
    """Return the plain recursion S (months, or months x runs) without alarm and reset.

    `is_first_without_k` takes nothing off in the first month, as some programs do: S_1 = max(0, z_1).
    """
    found, level = np.zeros(np.shape(z)), np.zeros(np.shape(z)[1:])
    for month, score in enumerate(z):
        taken = 0.0 if month == 0 and is_first_without_k else k
        level = _next(level, score - taken)
        found[month] = level
    return found


def page_chart(z: FloatArray, k: float, h: float) -> tuple[FloatArray, BoolArray]:
    """Return S of each month, before any reset, and whether it alarms (months, or months x runs)."""
    levels, alarms = page_set(z, (Chart(UP, k, h),))
    return levels[0], alarms[0]


def page_set(z: FloatArray, charts: Sequence[Chart]) -> tuple[FloatArray, BoolArray]:
    """Return S, before any reset, and alarms (charts x months, or charts x months x runs) of charts run together."""
    shape = (len(charts), *np.shape(z))
    levels, alarms = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    now = [np.zeros(shape[2:]) for _ in charts]
    for month, score in enumerate(z):
        now = [_next(s, chart.direction * score - chart.k) for s, chart in zip(now, charts, strict=True)]
        for place, (level, chart) in enumerate(zip(now, charts, strict=True)):
            levels[place, month] = level
            # A month that is not testable adds nothing, and so it cannot be the one that alarms.
            alarms[place, month] = level > chart.h
        is_over = alarms[:, month].any(axis=0)
        now = [np.where(is_over, 0.0, level) for level in now]
    return levels, alarms


def _next(level: FloatArray, step: FloatArray) -> FloatArray:
    found: FloatArray = np.where(np.isnan(step), level, np.maximum(level + step, 0.0))
    return found
