"""Mirror test of a link: do shipper and receiver, over the months, say the same of what went between them?

D_t = what the shipper declared less what the receiver declared in month t, kg of one element, +1 and -1 rows of one
link. What one laboratory measured on both sides cancels in the net mass of its group; what two laboratories see
differently stays the same over time and is learned from the first months. So D is whitened over time and watched by a
chart up (received less than sent) and one down. It finds declarations that one side falsifies, down to a few hundredths
of the flow, and is blind to a loss that both sides report alike.

A month without a delivery that both sides declared has no variance and is not testable. A plant alarms when any of its
links does: with n links it is watched by 2 n charts, so that `series=n` is to be asked of the threshold table.

Names: `link_test`, `plant_alarms`.
Source: accountancy of this project, 1.3 and 2.3 ("fair mirror peers"); GUM, JCGM 100:2008, eq. 13.
"""

from collections.abc import Sequence

import numpy as np

from ytterby.balance.measurements import Measurements
from ytterby.balance.page import BoolArray, Chart
from ytterby.balance.watched_series import WatchedSeries, watch


def link_test(measurements: Measurements, charts: Sequence[Chart]) -> WatchedSeries:
    """Return the watched differences, kg, of a link whose months in order are the rows of the measurements."""
    return watch(measurements.rows_kg, measurements.covariance(), charts)


def plant_alarms(links: Sequence[WatchedSeries]) -> BoolArray:
    """Return for each month whether any link of a plant alarms; the links have the same months.

    Raises:
        ValueError: no links, or of different months.
    """
    if len({link.alarms.shape[1] for link in links}) != 1:
        raise ValueError("the links of a plant need the same months")
    found: BoolArray = np.any([link.is_alarm for link in links], axis=0)
    return found
