"""How many false alarms a plant-year may bring before what is asked of people is no longer worth asking.

An operating point is a rate of false alarms of one family of tests and what an alarm at it may start: to ask for the
paper that is missing (more alarms, little asked), or to open an inquiry (few alarms, much asked). One false alarm in a
plant-year is none: two honest plants of three would have one within the year. The points are data
(operating_points.csv), with source and confidence.

Names: `OperatingPoint`, `parse_operating_points`, `expected_false_alarms`, `chance_of_alarm`.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp
from types import MappingProxyType

OPEN_INQUIRY, ASK_FOR_PAPER = "open_inquiry", "ask_for_paper"
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A rate of false alarms in one plant-year, for one family of tests."""

    name: str
    rate_per_plant_year: float
    source: str
    confidence: str


def parse_operating_points(csv_text: str) -> Mapping[str, OperatingPoint]:
    """Return the operating points that operating_points.csv holds, the rarest alarms first.

    Raises:
        ValueError: a rate that is not above 0, or points that are not in rising order.
    """
    found = [
        OperatingPoint(row["name"], float(row["rate_per_plant_year"]), row["source"], row["confidence"])
        for row in csv.DictReader(csv_text.splitlines())
    ]
    rates = [point.rate_per_plant_year for point in found]
    if any(not rate > 0 for rate in rates) or rates != sorted(set(rates)):
        raise ValueError("operating points need rates above 0 in rising order")
    return MappingProxyType({point.name: point for point in found})


def expected_false_alarms(rates: Iterable[float], plant_months: int) -> float:
    """Return the number of false alarms to expect: one rate for each family of tests that ran over the plant-months.

    Months that were not testable do not count. Rates are those of the long run; over three years from a start at 0
    there are an eighth fewer (`page_threshold.expected_alarms`), so that this is the number or a little more.
    """
    return sum(rates) * plant_months / MONTHS_A_YEAR


def chance_of_alarm(rates: Iterable[float], months: int) -> float:
    """Return the chance that an honest plant has an alarm within some months, alarms coming as a Poisson process."""
    return 1.0 - exp(-expected_false_alarms(rates, months))
