"""Tests of one delivery or one step at a time, as often as there are some: at which score chance alone may name one.

Three standard deviations name one of 370. In a register of ten deliveries that is nothing; in a nation's it is a list
of honest firms. So the score from which a single test is a finding rises with their number, so that all together bring
as many false alarms in a plant-year as the operating point allows, and never falls below three.

Source: quantile of the normal distribution; rates: watch_rates.csv.
"""

from datetime import datetime, timedelta
from math import erfc, sqrt
from statistics import NormalDist
from typing import NamedTuple

from ytterby.chain.book import Book

LEAST_SCORE = 3.0
YEAR = timedelta(days=365.25)
MONTH = YEAR / 12
NORMAL = NormalDist()


class SingleTests(NamedTuple):
    """How many tests were done, the score from which one is a finding, and how many chance alone brings."""

    tests: int
    limit: float

    @property
    def expected_false_alarms(self) -> float:
        """The number of tests beyond the limit, two-sided, when nothing is wrong."""
        # erfc keeps its digits far out, where 1 - erf has none left.
        return self.tests * erfc(self.limit / sqrt(2.0))


def single_tests(tests: int, allowed: float | None) -> SingleTests:
    """Return the limit of so many tests of which `allowed` may be false alarms; three where nothing is said of it."""
    if not tests or not allowed:
        return SingleTests(tests, LEAST_SCORE)
    share = min(allowed / tests, 1.0)
    return SingleTests(tests, max(LEAST_SCORE, -NORMAL.inv_cdf(share / 2.0)))


def plant_years(book: Book) -> float:
    """Return how many plant-years a book spans: for each site the years from its first posting to its last, a month at
    least.
    """
    first: dict[str, datetime] = {}
    spans: dict[str, timedelta] = {}
    for node in book.nodes:
        start = first.setdefault(node.site, node.at)
        spans[node.site] = max(spans.get(node.site, timedelta()), node.at - start)
    # Who spoke once spoke of a month: a book of one day would allow next to no false alarm, and hide what differs.
    return float(sum(max(span, MONTH) / YEAR for span in spans.values()))
