"""A queue of made-up applications: honest firms with their oddities, and three kinds of diverters. Seeded."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from ytterby.screening.flag import Flag, Measured
from ytterby.screening.flag_facts import (
    ConductFacts,
    DemandFacts,
    EndUserFacts,
    FlagInput,
    Identity,
    OwnershipFacts,
    Paper,
    PlannedUnits,
    UseFacts,
)
from ytterby.screening.flags import judge_flags
from ytterby.shell.site.screening_tables import flag_rules, flag_tables

DAY = date(2026, 11, 26)
# Use -> line of business, grade, true kg of a unit.
TRADE = {
    "traction_motor_car": ("2930", "SH", 1.6), "wind_direct": ("2811", "H", 640.0), "hdd": ("2620", "none", 0.015),
    "smartphone": ("2630", "none", 0.002), "e_bike": ("3092", "H", 0.3), "air_conditioner": ("2750", "H", 0.2),
    "lift": ("2816", "H", 5.0), "robot_industrial": ("2829", "H", 3.0),
}  # fmt: skip
REFUSED = Identity((("telephone", "+00 11 222"),), ("Harbour Road 7, Free City",))


class Applicant(NamedTuple):
    kind: str
    given: FlagInput


def judged(given: FlagInput) -> tuple[Flag, ...]:
    return judge_flags(given, flag_rules().on(DAY, known=DAY), flag_tables(DAY, DAY))


def grades(given: FlagInput) -> dict[str, str]:
    return {one.rule.id: one.judged.grade.value for one in judged(given)}


def exact(value: float) -> Decimal:
    return Decimal(f"{value:.3f}")


def honest(rng: random.Random, *, is_new: bool = False) -> FlagInput:
    """A firm that buys what it needs, as far as such firms tell."""
    use = rng.choice(sorted(TRADE))
    activity, grade, kg = TRADE[use]
    units = Decimal(rng.randrange(200, 5000))
    need = float(units) * kg * rng.uniform(1.2, 1.3)
    quantity = need * rng.uniform(0.85, 1.1)
    registered = DAY - timedelta(days=rng.randrange(60, 700) if is_new else rng.randrange(1500, 9000))
    history = None if is_new else tuple(exact(quantity * rng.uniform(0.8, 1.25)) for _ in range(rng.randrange(4, 12)))
    stock = need * rng.uniform(0.05, 0.3)
    is_told = rng.random() < 0.8
    daily = Measured(exact(need / 365 + 0.001), exact(need / 365 * 0.02))
    stated = frozenset({"model", "units", "plant_address"} - ({"model"} if rng.random() < 0.1 else set()))
    through_trader = rng.random() < 0.08
    return FlagInput(
        demand=DemandFacts(
            quantity_kg=exact(quantity),
            stock_kg=Measured(exact(stock), exact(stock * 0.01)) if is_told else None,
            safety_kg=exact(stock * 0.8),
            units=(PlannedUnits(use, units),),
            arrivals_kg=Measured(Decimal(0)),
            capacity_kg=exact(need / 1.25 * rng.uniform(1.05, 1.6)) if is_told else None,
            yield_share=Decimal("0.8") if is_told else None,
            history_kg=history,
            daily_kg=daily if is_told else None,
            balance_kg=Measured(exact(rng.gauss(0, 1)), Decimal(1)) if is_told else None,
        ),
        end_user=EndUserFacts(
            on=DAY,
            registered_on=registered,
            founded_on=registered,
            controlled_since=date(2025, 4, 4),
            has_verified_delivery=not is_new and rng.random() < 0.9,
            consignee_roles=frozenset({"forwarder"} if through_trader else {"manufacturer"}),
            names_end_user=True,
            activities=(activity,),
            ties=(),
            texts=(f"maker of {use.replace('_', ' ')}",),
            states_civil_use=True,
            seat="XA",
            telephone_country="XA",
            mail_domain="qq.com" if rng.random() < 0.07 else "works.xa",
            identity=Identity((("telephone", f"+99 {rng.randrange(10**8)}"),), (f"Works Street {rng.randrange(999)}",)),
            suspects=(("refused party", REFUSED),),
        ),
        ownership=OwnershipFacts("clear") if rng.random() < 0.9 else OwnershipFacts(),
        use=UseFacts(use, "NdFeB", grade, stated=stated, dy_wt=Measured(Decimal("1"))),
        conduct=ConductFacts(
            on=DAY,
            changes=(),
            window_start=DAY - timedelta(days=13),
            papers=(Paper("application", "buyer", exact(quantity), use), Paper("invoice", "buyer", exact(quantity))),
        ),
    )


def buys_three_times(rng: random.Random) -> FlagInput:
    """A going firm that buys three times what its products take, and never did before."""
    given = honest(rng)
    quantity = given.demand.quantity_kg * 3
    known = replace(
        given.demand, quantity_kg=quantity, capacity_kg=quantity / Decimal("3.2"), yield_share=Decimal("0.8")
    )
    return replace(given, demand=known)


def shell_trader(rng: random.Random) -> FlagInput:
    """A new trader that names nobody behind it, from a free mail address, with a text that says little."""
    given = honest(rng, is_new=True)
    registered = DAY - timedelta(days=rng.randrange(30, 300))
    who = replace(
        given.end_user, registered_on=registered, founded_on=registered, has_verified_delivery=False,
        consignee_roles=frozenset({"trader"}), names_end_user=False, activities=("4690",), mail_domain="gmail.com",
    )  # fmt: skip
    use = replace(given.use, stated=frozenset())
    return replace(given, demand=DemandFacts(quantity_kg=given.demand.quantity_kg), end_user=who, use=use)


def sister(rng: random.Random) -> FlagInput:
    """A sister of a refused firm at the same telephone: what both apply for stands against one need."""
    given = buys_three_times(rng)
    shared = Identity((("telephone", "+00-11-222"),), ("Harbour Rd. 7, Free City",))
    return replace(given, end_user=replace(given.end_user, identity=shared))


def ramp_up(rng: random.Random) -> FlagInput:
    """A firm that builds a second plant: three times its history, for units that its permit allows."""
    given = honest(rng)
    small = tuple(kg / 3 for kg in given.demand.history_kg or ())
    demand = replace(given.demand, history_kg=small, capacity_kg=None, yield_share=None)
    return replace(given, demand=demand)


def restock(rng: random.Random) -> FlagInput:
    """A firm that buys for a season, with stock for months."""
    given = honest(rng)
    daily = given.demand.daily_kg or Measured(Decimal(1))
    stock = Measured(daily.value * 170, daily.value)
    demand = replace(given.demand, stock_kg=stock, safety_kg=stock.value, daily_kg=daily)
    return replace(given, demand=demand)


def queue(seed: int, *, count: int = 400, each: int = 5) -> Iterator[Applicant]:
    """Yield honest applicants, some new, some with seasons, some that grow, and diverters among them."""
    rng = random.Random(seed)
    kinds = [
        ("honest", honest, count), ("honest new", lambda r: honest(r, is_new=True), count // 10),
        ("restock", restock, count // 20), ("ramp-up", ramp_up, 3),
        ("three times", buys_three_times, each), ("shell trader", shell_trader, each), ("sister", sister, each),
    ]  # fmt: skip
    for kind, make, how_many in kinds:
        for _ in range(how_many):
            yield Applicant(kind, make(rng))
