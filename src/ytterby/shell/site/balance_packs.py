"""The packaged tables of month statistics, read once and handed to the room of balances.

They stand apart from the other tables because reading them brings scipy along, which few commands need.
"""

from collections.abc import Mapping
from functools import lru_cache

from ytterby.balance.loss_yield import LossNorm, parse_loss_norms
from ytterby.balance.operating_point import OperatingPoint, parse_operating_points
from ytterby.balance.page_threshold import ThresholdTable, parse_threshold_table
from ytterby.balance.self_check import SelfCheckLimits, parse_self_check_limits
from ytterby.balance.watch import WatchTables
from ytterby.shell.site.packs import packaged_text, watch_rates


@lru_cache(maxsize=1)
def threshold_table() -> ThresholdTable:
    """Return the families of charts and their thresholds."""
    families, thresholds = (packaged_text("balance", f"page_{name}.csv") for name in ("families", "thresholds"))
    return parse_threshold_table(families, thresholds)


@lru_cache(maxsize=1)
def operating_points() -> Mapping[str, OperatingPoint]:
    """Return the operating points by name, the rarest alarms first."""
    return parse_operating_points(packaged_text("balance", "operating_points.csv"))


@lru_cache(maxsize=1)
def loss_norms() -> Mapping[str, LossNorm]:
    """Return what processes are expected to lose."""
    return parse_loss_norms(packaged_text("balance", "loss_norms.csv"))


@lru_cache(maxsize=1)
def self_check_limits() -> SelfCheckLimits:
    """Return the limits of the self-check."""
    return parse_self_check_limits(packaged_text("balance", "self_check_limits.csv"))


def least_month_spread() -> float:
    """Return how far a process loss strays from month to month, relative, taken at least: the most of any norm."""
    return max(norm.relative_month for norm in loss_norms().values())


def watch_tables(point: str) -> WatchTables:
    """Return what the watch goes by at an operating point."""
    return WatchTables(threshold_table(), watch_rates(), point, least_month_spread())
