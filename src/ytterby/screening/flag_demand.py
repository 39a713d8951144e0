"""Flags of demand: how much is wanted beside what can be used (D1 to D5).

What is not known and could only raise a figure is left out of it: the flag is then known where it is raised already,
and unknown else. So more knowledge never makes a known flag unknown.
"""

from decimal import Decimal
from fractions import Fraction
from math import inf

from ytterby.screening.flag import (
    Figure,
    FlagRule,
    Grade,
    Judged,
    Measured,
    Number,
    at_least,
    graded,
    ratio,
    robust_z,
    unknown,
)
from ytterby.screening.flag_facts import FlagInput
from ytterby.screening.flag_tables import FlagTables

NOTHING = Fraction(0)


def bill_of_materials(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """D1: r = (quantity + stock - safety) / sum(units x kg per unit x (1 + scrap)).

    Its lower end takes the high figures of the need and the low one of stock.
    """
    demand = given.demand
    missing = [name for name, one in (("quantity", demand.quantity_kg), ("units", demand.units)) if one is None]
    if demand.quantity_kg is None or demand.units is None:
        return unknown(*missing, *([] if demand.stock_kg is not None else ["stock"]))
    needs: list[Fraction | None] = [NOTHING, NOTHING, NOTHING]
    scraps = (tables.scrap.high, tables.scrap.mid, tables.scrap.low)
    for planned in demand.units:
        row = tables.demand.get(planned.use_code)
        masses = (None, None, None) if row is None else (row.kg_high, row.kg_mid, row.kg_low)
        for n, (kg, scrap) in enumerate(zip(masses, scraps, strict=True)):
            known = needs[n]
            needs[n] = None if kg is None or known is None else known + Fraction(planned.units * kg * (1 + scrap))
    stock, safety = demand.stock_kg, Fraction(demand.safety_kg)
    there = [Fraction(demand.quantity_kg) - safety + part for part in _ends(stock)]
    ends: list[Number | None] = [None if n is None else ratio(t, n) for t, n in zip(there, needs, strict=True)]
    figure = Figure("ratio", *ends)
    lacks = [*([] if stock is not None else ["stock"]), *([] if needs[1] is not None else ["unit_mass"])]
    return at_least(rule.limits["ratio"], figure, *lacks)


def _ends(one: Measured | None) -> tuple[Fraction, Fraction, Fraction]:
    """Return the ends and middle of a mass; nothing where it is unknown, since it can only add."""
    if one is None:
        return NOTHING, NOTHING, NOTHING
    return max(one.low, NOTHING), Fraction(one.value), one.high


def capacity(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """D2: (quantity + other arrivals) / (capacity / yield)."""
    del tables
    demand = given.demand
    wanted = {"quantity": demand.quantity_kg, "capacity": demand.capacity_kg, "yield": demand.yield_share}
    missing = [name for name, one in wanted.items() if one is None]
    if demand.quantity_kg is None or demand.capacity_kg is None or demand.yield_share is None:
        return unknown(*missing, *([] if demand.arrivals_kg is not None else ["arrivals"]))
    if demand.yield_share <= 0:
        return unknown("yield")
    takes = Fraction(demand.capacity_kg) / Fraction(demand.yield_share)
    ends = [ratio(Fraction(demand.quantity_kg) + part, takes) for part in _ends(demand.arrivals_kg)]
    lacks = [] if demand.arrivals_kg is not None else ["arrivals"]
    return at_least(rule.limits["ratio"], Figure("ratio", *ends), *lacks)


def own_history(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """D3: robust z of the logarithm of the quantity beside the rolling twelve months of earlier quarters.

    Quarters of nothing have no logarithm and do not count.
    """
    del tables
    demand = given.demand
    history = [kg for kg in demand.history_kg or () if kg > 0]
    has_history = len(history) >= rule.parameters["least_quarters"]
    wanted = demand.rolling_kg if demand.rolling_kg is not None else demand.quantity_kg
    if wanted is None or not has_history:
        return unknown(*(["quantity"] if wanted is None else []), *([] if has_history else ["history"]))
    if wanted <= 0:
        return Judged(Grade.NONE)
    z = Fraction(robust_z(wanted, history, Decimal(rule.parameters["least_spread"])))
    return Judged(graded(rule.limits["z"], z, z), (Figure("z", z, z, z),))


def stock_cover(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """D4: stock over mean daily consumption, days."""
    del tables
    stock, daily = given.demand.stock_kg, given.demand.daily_kg
    if stock is None or daily is None:
        return unknown(*(name for name, one in (("stock", stock), ("consumption", daily)) if one is None))
    low = ratio(max(stock.low, NOTHING), max(daily.high, NOTHING))
    mid = ratio(Fraction(stock.value), max(Fraction(daily.value), NOTHING))
    high = ratio(stock.high, max(daily.low, NOTHING))
    return Judged(graded(rule.limits["days"], low, mid), (Figure("days", low, mid, high),))


def unexplained_balance(given: FlagInput, rule: FlagRule, tables: FlagTables) -> Judged:
    """D5: what is unexplained over its combined standard uncertainty."""
    del tables
    balance = given.demand.balance_kg
    if balance is None:
        return unknown("balance")
    size = abs(Fraction(balance.value))
    score: Number = size / Fraction(balance.u) if balance.u else (inf if size else NOTHING)
    return Judged(graded(rule.limits["score"], score, score), (Figure("score", score, score, score),))
