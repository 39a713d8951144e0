"""How often each test may alarm on an honest plant: the rate of an operating point, divided among all tests that run.

Who tests everything finds something. So the rate that an operating point allows in a plant-year is shared out: among
families of tests (a plant's balance, its links, its losses) and quantities (the pooled sum, each element alone). The
shares are data (watch_rates.csv).
"""

import csv
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ytterby.balance.operating_point import ASK_FOR_PAPER
from ytterby.balance.quantity import POOLED

ELEMENT = "element"


class WatchKey(NamedTuple):
    """Which test: its operating point, family, and pooled or element."""

    point: str
    family: str
    quantity: str


class WatchRates(NamedTuple):
    """False alarms in a plant-year allowed to each test."""

    rates: Mapping[WatchKey, float]

    @property
    def single_rate(self) -> float:
        """The rate of single deliveries, and of single steps, at the point at which a paper is asked for."""
        return self.rates[WatchKey(ASK_FOR_PAPER, "delivery", ELEMENT)]

    def of(self, point: str, family: str, quantity: str) -> float:
        """Return the rate of a test of a quantity by its name.

        Raises:
            KeyError: the table has no such test.
        """
        return self.rates[WatchKey(point, family, POOLED if quantity == POOLED else ELEMENT)]


def parse_watch_rates(csv_text: str) -> WatchRates:
    """Return the rates that watch_rates.csv holds.

    Raises:
        ValueError: a rate that is not above 0, or a test that stands twice.
    """
    found: dict[WatchKey, float] = {}
    for row in csv.DictReader(csv_text.splitlines()):
        key, rate = WatchKey(row["point"], row["family"], row["quantity"]), float(row["rate_per_plant_year"])
        if not rate > 0 or key in found:
            raise ValueError(f"the rate of {key} is none, or stands twice")
        found[key] = rate
    return WatchRates(MappingProxyType(found))
