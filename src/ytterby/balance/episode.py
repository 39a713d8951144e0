"""An episode: the months in which a series rose to an alarm of Page's test, told once however often it alarms.

It begins after the last month in which the chart that alarmed stood at 0 and ends with its last alarm. Alarms of one
direction that follow each other closely are one episode: what goes on is not news every third month.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ytterby.balance.page import BoolArray, Chart
from ytterby.matter.mass import FloatArray

GAP_MONTHS = 3


class Episode(NamedTuple):
    """Months by their place in the series; `excess`: by how many times the threshold the highest level was above it."""

    direction: int
    since: int
    until: int
    excess: float
    k: float


def episodes(levels: FloatArray, alarms: BoolArray, charts: Sequence[Chart]) -> tuple[Episode, ...]:
    """Return the episodes of charts run together (levels and alarms: charts x months), the most excessive first."""
    found: list[Episode] = []
    is_over: BoolArray = np.any(alarms, axis=0)
    for place, chart in enumerate(charts):
        for month in np.flatnonzero(alarms[place]):
            since = int(month)
            while since > 0 and levels[place, since - 1] > 0 and not is_over[since - 1]:
                since -= 1
            found.append(Episode(chart.direction, since, int(month), float(levels[place, month] / chart.h), chart.k))
    return tuple(sorted(_joined(found), key=lambda one: -one.excess))


def _joined(found: list[Episode]) -> list[Episode]:
    joined: list[Episode] = []
    for one in sorted(found, key=lambda e: (e.direction, e.since, e.until)):
        last = joined[-1] if joined else None
        if last is not None and last.direction == one.direction and one.since <= last.until + GAP_MONTHS:
            most = max((last, one), key=lambda e: e.excess)
            joined[-1] = Episode(one.direction, last.since, max(last.until, one.until), most.excess, most.k)
        else:
            joined.append(one)
    return joined
