"""How often each kind of test was wrong: what became of its findings, beside what was to be expected.

Of `tests` tests of a kind, each with the probability `expected` of an alarm where all is in order, some gave findings;
people judged some of these to be real, explained, or false alarms. With x false alarms the rate lies, by the interval
of Jeffreys (the posterior under Beta(1/2, 1/2); Brown, Cai, DasGupta, Statist. Sci. 16 (2001) 101), between the
quantiles of Beta(x + 1/2, n - x + 1/2). What nobody has judged yet is no false alarm and no other: the upper end is
worked out as if all of it were, the lower end as if none of it were.

Tests that count by plant-year (Page on months) have a rate of events in time: the interval of Jeffreys for a Poisson
rate, quantiles of Gamma(x + 1/2) over the plant-years.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scipy.special import betaincinv, gammaincinv

from ytterby.balance.finding_state import Judgement

LEVEL = 0.95


class Exposure(NamedTuple):
    """How much a kind of test was applied, and the rate of false alarms to expect.

    `amount` counts tests, `expected` is per test; with `is_in_time` `amount` is plant-years, `expected` per plant-year.
    """

    amount: float
    expected: float
    is_in_time: bool = False


class Judged(NamedTuple):
    """A finding's kind and what became of it; None while nobody has judged."""

    kind: str
    judgement: Judgement | None


class FalseAlarms(NamedTuple):
    """What became of a kind's findings. Rates are per test or per plant-year; None where the exposure is unknown."""

    kind: str
    real: int
    explained: int
    false_alarms: int
    no_verdict: int
    waiting: int
    rate: float | None
    least: float | None
    most: float | None
    expected: float | None
    exposure: float | None
    is_in_time: bool

    @property
    def judgement(self) -> str:
        """`as_expected`, `more` or `fewer`: where the expected rate lies to the interval; `unknown` without one."""
        if self.expected is None or self.least is None or self.most is None:
            return "unknown"
        if self.expected < self.least:
            return "more"
        return "fewer" if self.expected > self.most else "as_expected"


def jeffreys_share(events: int, tests: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of Jeffreys for a share; 0 and 1 at its ends where nothing or everything happened.

    Raises:
        ValueError: more events than tests, or none of either.
    """
    if not 0 <= events <= tests or tests <= 0:
        raise ValueError(f"{events} events in {tests} tests")
    tail = (1.0 - level) / 2.0
    a, b = events + 0.5, tests - events + 0.5
    least = 0.0 if events == 0 else float(betaincinv(a, b, tail))
    most = 1.0 if events == tests else float(betaincinv(a, b, 1.0 - tail))
    return least, most


def jeffreys_rate(events: int, years: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of Jeffreys for a rate in time, per unit of `years`.

    Raises:
        ValueError: no time, or less than no event.
    """
    if events < 0 or years <= 0:
        raise ValueError(f"{events} events in {years} years")
    tail = (1.0 - level) / 2.0
    least = 0.0 if events == 0 else float(gammaincinv(events + 0.5, tail)) / years
    return least, float(gammaincinv(events + 0.5, 1.0 - tail)) / years


def false_alarm_statistics(judged: Iterable[Judged], exposures: Mapping[str, Exposure]) -> tuple[FalseAlarms, ...]:
    """Return the statistics of each kind that has findings or was applied, in order of its name."""
    counts: dict[str, Counter[Judgement | None]] = {kind: Counter() for kind in exposures}
    for one in judged:
        counts.setdefault(one.kind, Counter())[one.judgement] += 1
    return tuple(_of_kind(kind, counts[kind], exposures.get(kind)) for kind in sorted(counts))


def _of_kind(kind: str, counts: Counter[Judgement | None], exposure: Exposure | None) -> FalseAlarms:
    false_alarms, waiting = counts[Judgement.FALSE_ALARM], counts[None]
    rate = least = most = None
    if exposure is not None and exposure.amount > 0:
        interval = jeffreys_rate if exposure.is_in_time else jeffreys_share
        rate = false_alarms / exposure.amount
        least = interval(false_alarms, exposure.amount)[0]
        most = interval(false_alarms + waiting, exposure.amount)[1]
    return FalseAlarms(
        kind=kind,
        real=counts[Judgement.REAL],
        explained=counts[Judgement.EXPLAINED],
        false_alarms=false_alarms,
        no_verdict=counts[Judgement.NONE],
        waiting=waiting,
        rate=rate,
        least=least,
        most=most,
        expected=exposure.expected if exposure else None,
        exposure=exposure.amount if exposure else None,
        is_in_time=exposure is not None and exposure.is_in_time,
    )
