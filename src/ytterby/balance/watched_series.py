"""A series of differences watched over time: whitened, then judged by Page's charts.

MUF of a plant, shipper minus receiver of a link, loss beyond what is expected: each is a series with a covariance, and
each is judged in the same two steps, so that one table of thresholds serves all.

Names: `WatchedSeries`, `watch`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ytterby.balance.innovation import Innovations, innovations_of
from ytterby.balance.page import BoolArray, Chart, page_set
from ytterby.matter.mass import FloatArray


@dataclass(frozen=True)
class WatchedSeries:
    """m months under c charts.

    `innovations` hold the values, kg, and their z; `sigma_kg` (m) the sd of each value alone; `levels` (c x m) S before
    any reset; `alarms` (c x m). After an alarm all charts of the series start anew.
    """

    innovations: Innovations
    sigma_kg: FloatArray
    charts: tuple[Chart, ...]
    levels: FloatArray
    alarms: BoolArray

    @property
    def is_alarm(self) -> BoolArray:
        """Tell for each month (m) whether any chart alarms."""
        found: BoolArray = np.any(self.alarms, axis=0)
        return found


def watch(values_kg: FloatArray, covariance_kg2: FloatArray, charts: Sequence[Chart]) -> WatchedSeries:
    """Return the series of m months with covariance (m x m) under charts; errors as `Innovations.extend`."""
    innovations = innovations_of(values_kg, covariance_kg2)
    levels, alarms = page_set(innovations.sitmuf, charts)
    return WatchedSeries(innovations, np.sqrt(np.diagonal(covariance_kg2)), tuple(charts), levels, alarms)
