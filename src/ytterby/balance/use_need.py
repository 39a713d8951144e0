"""Does an end user receive more than its declared uses can consume? Screening flag D1, over all suppliers.

For an end user, a use and the stretch of days of its declared plan, with q the net kilograms of magnet dispatched to it
by anybody under that use (to be for it, or for no named end user),

    r = (q + stock - safety) / (units x kg per unit x (1 + scrap)),

r_low with the high figures for kg per unit and scrap, r_mid with the middle ones. Strong: r_low over its limit; weak:
r_mid over its own. Without a plan, or without a figure for the use on the plan's first day, the ratio is unknown (None)
and never 0; a use that holds none of the material makes any arrival infinitely many times its need. Goods in another
form than magnet, or of an unknown one, and goods without a known net mass do not count in it, since kilograms per unit
are of magnet: r is then a least figure, which can be over a limit but never within it. Kilograms received carry the
uncertainty of their weighing; counts are exact, and a figure per unit is an interval, not a measurement.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import inf
from typing import NamedTuple

from ytterby.balance.use_code import UseCodes, UseLimits
from ytterby.balance.use_flow import sent_between_parties
from ytterby.chain.book import Book
from ytterby.chain.destination import NOT_YET_KNOWN, shares_by_use
from ytterby.chain.event import KILOGRAM
from ytterby.chain.node import Node

ROLLING = timedelta(days=365)
STRONG, WEAK, NEITHER, UNKNOWN = "strong", "weak", "neither", "unknown"


class UsePlan(NamedTuple):
    """What an end user declared that it will make of a use on the days [start, end): units as in the use code's row;
    stock at the start and safety stock at the end, kg of magnet.
    """

    end_user: str
    use_code: str
    units: Decimal
    start: date
    end: date
    stock_kg: Decimal = Decimal(0)
    safety_kg: Decimal = Decimal(0)


@dataclass(slots=True)
class Arrivals:
    """What was dispatched to an end user under a use: kg of magnet with its sd, kg in other forms, goods without a
    known net mass (a count of deliveries), suppliers, sites and events.
    """

    magnet_kg: Fraction = Fraction(0)
    other_kg: Fraction = Fraction(0)
    unweighed: int = 0
    variance_kg2: float = 0.0
    groups_kg: dict[str, float] = field(default_factory=dict)
    suppliers: dict[str, None] = field(default_factory=dict)
    sites: dict[str, None] = field(default_factory=dict)
    events: dict[bytes, None] = field(default_factory=dict)

    @property
    def sd_kg(self) -> float:
        """The sd of the kilograms of magnet: random parts in quadrature, a shared scale linearly."""
        return float((self.variance_kg2 + sum(sd * sd for sd in self.groups_kg.values())) ** 0.5)


class UseNeed(NamedTuple):
    """An end user's arrivals under one use beside its need, kg; ratios and needs are None where unknown."""

    end_user: str
    use_code: str
    start: date
    end: date
    arrivals: Arrivals
    needed_mid_kg: Decimal | None
    needed_high_kg: Decimal | None
    ratio_low: float | None
    ratio_mid: float | None
    verdict: str
    excess_kg: float | None


class _Delivery(NamedTuple):
    """A share of a dispatch to an end user under a use."""

    end_user: str
    use_code: str
    share: Fraction
    node: Node


def judge_needs(
    book: Book, plans: Iterable[UsePlan], codes: UseCodes, limits: UseLimits, *, until: date
) -> tuple[UseNeed, ...]:
    """Return every plan beside what arrived in its days; and with an unknown ratio every end user and use that received
    something in the 365 days before `until` and has no plan that covers the last of them.

    Raises:
        ValueError: a plan of less than no units or masses, or one that ends before it starts.
    """
    listed = sorted(plans)
    if any(min(plan.units, plan.stock_kg, plan.safety_kg) < 0 or plan.end < plan.start for plan in listed):
        raise ValueError("a plan has units and masses of zero or more, and ends after it starts")
    by_user: dict[tuple[str, str], list[_Delivery]] = {}
    for delivery in _deliveries(book):
        by_user.setdefault((delivery.end_user, delivery.use_code), []).append(delivery)
    needs = []
    for plan in listed:
        arrivals = _arrivals(by_user.get((plan.end_user, plan.use_code), ()), plan.start, plan.end, limits)
        needs.append(_judge(plan, arrivals, codes, limits))
    last = until - timedelta(days=1)
    planned = {(plan.end_user, plan.use_code) for plan in listed if plan.start <= last < plan.end}
    for end_user, use_code in sorted(by_user.keys() - planned):
        start = until - ROLLING
        arrivals = _arrivals(by_user[end_user, use_code], start, until, limits)
        if arrivals.events:
            needs.append(_unknown(end_user, use_code, start, until, arrivals))
    return tuple(needs)


def _deliveries(book: Book) -> Iterator[_Delivery]:
    """Yield what was dispatched to somebody under a named use and to be for him, or for nobody named."""
    for node in sent_between_parties(book):
        if not node.uses:
            continue
        for (use_code, end_user, _), share in shares_by_use(node.uses).items():
            if use_code != NOT_YET_KNOWN and end_user in {"", node.to_holder}:
                yield _Delivery(node.to_holder, use_code, share, node)


def _arrivals(deliveries: Iterable[_Delivery], start: date, end: date, limits: UseLimits) -> Arrivals:
    found = Arrivals()
    for delivery in deliveries:
        node = delivery.node
        if not start <= node.at.date() < end:
            continue
        found.suppliers[node.holder] = None
        found.sites[node.to_site] = None
        found.events[node.digest] = None
        if node.net_kg is None:
            found.unweighed += 1
        elif node.form not in limits.counted_forms:
            found.other_kg += delivery.share * Fraction(node.net_kg)
        else:
            found.magnet_kg += delivery.share * Fraction(node.net_kg)
            _add_error(found, node, float(delivery.share))
    return found


def _add_error(found: Arrivals, node: Node, share: float) -> None:
    """Add the weighing's error; a count has none."""
    if node.unit != KILOGRAM or node.mass_u is None:
        return
    found.variance_kg2 += (share * node.mass_u.random_kg) ** 2
    for group, sd in node.mass_u.groups.items():
        found.groups_kg[group] = found.groups_kg.get(group, 0.0) + share * sd


def _judge(plan: UsePlan, arrivals: Arrivals, codes: UseCodes, limits: UseLimits) -> UseNeed:
    row = codes.on(plan.use_code, plan.start)
    if row is None:
        return _unknown(plan.end_user, plan.use_code, plan.start, plan.end, arrivals)
    needed_mid = _needed(plan.units, row.kg_mid, limits.scrap_mid)
    needed_high = _needed(plan.units, row.kg_high, limits.scrap_high)
    there = arrivals.magnet_kg + Fraction(plan.stock_kg) - Fraction(plan.safety_kg)
    low, mid = _ratio(there, needed_high), _ratio(there, needed_mid)
    verdict = _verdict(low, mid, limits)
    if verdict == UNKNOWN or (verdict == NEITHER and (arrivals.unweighed or arrivals.other_kg)):
        return _unknown(plan.end_user, plan.use_code, plan.start, plan.end, arrivals)
    return UseNeed(
        end_user=plan.end_user,
        use_code=plan.use_code,
        start=plan.start,
        end=plan.end,
        arrivals=arrivals,
        needed_mid_kg=needed_mid,
        needed_high_kg=needed_high,
        ratio_low=low,
        ratio_mid=mid,
        verdict=verdict,
        excess_kg=None if needed_mid is None else float(there - Fraction(needed_mid)),
    )


def _verdict(low: float | None, mid: float | None, limits: UseLimits) -> str:
    if low is not None and low > limits.need_strong:
        return STRONG
    if mid is None:
        return UNKNOWN
    return WEAK if mid > limits.need_weak else NEITHER


def _unknown(end_user: str, use_code: str, start: date, end: date, arrivals: Arrivals) -> UseNeed:
    return UseNeed(end_user, use_code, start, end, arrivals, None, None, None, None, UNKNOWN, None)


def _needed(units: Decimal, kg: Decimal | None, scrap: Decimal) -> Decimal | None:
    return None if kg is None else units * kg * (1 + scrap)


def _ratio(there: Fraction, needed_kg: Decimal | None) -> float | None:
    """Return what is there over what is needed; unknown where the need is."""
    if needed_kg is None:
        return None
    if needed_kg:
        return float(there / Fraction(needed_kg))
    return inf if there > 0 else 0.0
