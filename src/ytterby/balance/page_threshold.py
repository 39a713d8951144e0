"""Which charts watch a statistic, and the thresholds at which they alarm as often as an operating point allows.

A *family* is the set of charts of one test: directions and one or two reference values k. Its *rate* is the number of
false alarms in one plant-year, in the long run: 12 over the mean number of months between them. Starting from 0 the
first years have fewer (`expected_alarms`). A family of two k shares the rate so that each chart alone would alarm
equally seldom; that they alarm together is worked out (`page_pair`). Several series of one plant, such as its links,
share the plant's rate in equal parts: the expected number of alarms is then the stated one, however the series hang
together.

Since z is N(0, 1) whatever the plant, one table serves all. It is data (page_thresholds.csv, made by
`threshold_rows`); what it does not hold is computed, a pair of k in seconds.

Names: `Family`, `parse_families`, `threshold`, `thresholds`, `charts`, `expected_alarms`, `ThresholdTable`,
`parse_threshold_table`, `threshold_rows`.
Sources: `page_quadrature` and `page_pair`.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import isfinite
from types import MappingProxyType

from ytterby.balance.operating_point import MONTHS_A_YEAR
from ytterby.balance.page import DOWN, UP, Chart
from ytterby.balance.page_pair import pair_survival, pair_thresholds
from ytterby.balance.page_quadrature import expected_renewals, run_length_threshold, survival

DIRECTIONS = MappingProxyType({"up": (UP,), "down": (DOWN,), "both": (UP, DOWN)})
FAMILY_COLUMNS = ("family", "directions", "k", "source")
THRESHOLD_COLUMNS = ("family", "rate_per_plant_year", "k", "h")


@dataclass(frozen=True, slots=True)
class Family:
    """The charts of one test: UP, DOWN or both, each with these reference values in rising order."""

    name: str
    directions: tuple[int, ...]
    reference_values: tuple[float, ...]


Key = tuple[str, float]


@dataclass(frozen=True, slots=True)
class ThresholdTable:
    """The families by name, and thresholds known by family and rate, one for each reference value."""

    families: Mapping[str, Family]
    known: Mapping[Key, tuple[float, ...]]

    def charts(self, family: str, rate: float, series: int = 1) -> tuple[Chart, ...]:
        """Return the charts of one of a plant's series; arguments and errors as `charts`, KeyError for no family."""
        return _with_thresholds(self.families[family], self.thresholds(family, rate, series))

    def thresholds(self, family: str, rate: float, series: int = 1) -> tuple[float, ...]:
        """Return h for each k of a family; arguments and errors as `thresholds`, KeyError for no family."""
        if series == 1 and (family, rate) in self.known:
            return self.known[family, rate]
        return thresholds(self.families[family], rate, series)

    def threshold(self, family: str, rate: float, series: int = 1) -> float:
        """Return the one h of a family with one k; arguments and errors as `threshold`, KeyError for no family."""
        return _only(self.families[family], self.thresholds(family, rate, series))

    def expected_alarms(self, family: str, rate: float, months: int, series: int = 1) -> float:
        """Return the false alarms to expect of one plant in its first testable months, all its series together.

        Arguments and errors as `thresholds`, KeyError for no family.
        """
        return series * expected_alarms(self.families[family], self.thresholds(family, rate, series), months)


def threshold(family: Family, rate: float, series: int = 1) -> float:
    """Return the threshold of a family with one reference value; otherwise as `thresholds`.

    Raises:
        ValueError: the family has two reference values, or as `thresholds`.
    """
    return _only(family, thresholds(family, rate, series))


@lru_cache(maxsize=256)
def thresholds(family: Family, rate: float, series: int = 1) -> tuple[float, ...]:
    """Return h for each reference value of a family.

    `rate`: false alarms in a plant-year; `series`: how many of them the plant has, each with these charts.

    Raises:
        ValueError: a rate or a number of series that is not above 0, or so high a rate that no threshold does it.
    """
    if not (isfinite(rate) and rate > 0) or series < 1:
        raise ValueError(f"no thresholds for {rate} false alarms a year over {series} series")
    months = MONTHS_A_YEAR * series * len(family.directions) / rate
    if len(family.reference_values) == 1:
        return (run_length_threshold(family.reference_values[0], months),)
    k, other_k = family.reference_values
    return pair_thresholds(k, other_k, months)


@lru_cache(maxsize=1024)
def expected_alarms(family: Family, limits: tuple[float, ...], months: int) -> float:
    """Return the false alarms to expect of one series from 0 within some testable months, at h for each k."""
    if len(limits) == 1:
        alive = survival(months, family.reference_values[0], limits[0])
    else:
        (k, other_k), (h, other_h) = family.reference_values, limits
        alive = pair_survival(months, k, h, other_k, other_h)
    # Where one side alarms the other stands at 0, so that each side runs as if it were alone.
    return len(family.directions) * expected_renewals(alive)


def charts(family: Family, rate: float, series: int = 1) -> tuple[Chart, ...]:
    """Return the charts of a family for one of a plant's series; arguments and errors as `thresholds`."""
    return _with_thresholds(family, thresholds(family, rate, series))


def parse_families(csv_text: str) -> Mapping[str, Family]:
    """Return the families that page_families.csv holds.

    Raises:
        ValueError: columns, directions or reference values that are not in order.
    """
    found: dict[str, Family] = {}
    for row in _rows(csv_text, FAMILY_COLUMNS):
        values = tuple(float(k) for k in row["k"].split(";"))
        if row["directions"] not in DIRECTIONS or row["family"] in found:
            raise ValueError(f"family {row['family']} stands twice or watches no direction")
        if not 1 <= len(values) <= 2 or list(values) != sorted(set(values)) or values[0] <= 0:
            raise ValueError(f"family {row['family']} needs one or two reference values above 0 in rising order")
        found[row["family"]] = Family(row["family"], DIRECTIONS[row["directions"]], values)
    return MappingProxyType(found)


def parse_threshold_table(families_csv: str, thresholds_csv: str) -> ThresholdTable:
    """Return the table that page_families.csv and page_thresholds.csv hold.

    Raises:
        ValueError: as `parse_families`, or thresholds of other charts than the families have.
    """
    families = parse_families(families_csv)
    known: dict[Key, tuple[float, ...]] = {}
    rows = _rows(thresholds_csv, THRESHOLD_COLUMNS)
    for (name, rate), own in groupby(rows, key=lambda row: (row["family"], float(row["rate_per_plant_year"]))):
        pairs = [(float(row["k"]), float(row["h"])) for row in own]
        if name not in families or tuple(k for k, _ in pairs) != families[name].reference_values:
            raise ValueError(f"the thresholds of {name} at {rate} are not those of a family")
        known[name, rate] = tuple(h for _, h in pairs)
    return ThresholdTable(families, MappingProxyType(known))


def threshold_rows(families: Iterable[Family], rates: Iterable[float]) -> Iterator[str]:
    """Yield the lines of page_thresholds.csv: families in order, each at these rates, h to eight digits."""
    wanted = tuple(rates)
    yield ",".join(THRESHOLD_COLUMNS)
    for family in families:
        for rate in wanted:
            for k, h in zip(family.reference_values, thresholds(family, rate), strict=True):
                yield f"{family.name},{rate:g},{k:g},{h:.8f}"


def _rows(csv_text: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    rows = csv.DictReader(csv_text.splitlines())
    if tuple(rows.fieldnames or ()) != columns:
        raise ValueError(f"the table has the columns {rows.fieldnames}, not {columns}")
    return list(rows)


def _with_thresholds(family: Family, limits: tuple[float, ...]) -> tuple[Chart, ...]:
    return tuple(
        Chart(direction, k, h)
        for direction in family.directions
        for k, h in zip(family.reference_values, limits, strict=True)
    )


def _only(family: Family, limits: tuple[float, ...]) -> float:
    if len(limits) != 1:
        raise ValueError(f"family {family.name} has a threshold for each of {len(limits)} reference values")
    return limits[0]
