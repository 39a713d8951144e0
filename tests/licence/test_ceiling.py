"""Ceilings in exact decimals: what is left always fits, and a kilogram more never does."""

from datetime import date, timedelta
from decimal import Decimal, Inexact
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licence.case_card import TRUST, refuses
from licence.flipped_branches import unnoticed
from ytterby.law.licence_kind import Ceiling, Measure, Per
from ytterby.licence import ceiling as shipped
from ytterby.licence import year
from ytterby.licence.ceiling import CountedExit, allowed, beyond, room_of
from ytterby.licence.fact_test import Money

NEW_YEAR = date(2026, 1, 1)
DAYS = st.integers(0, 900).map(lambda n: NEW_YEAR + timedelta(days=n))
MASSES = st.decimals("0", "50", places=3)
EXITS = st.lists(st.builds(lambda on, kg: CountedExit(on, {"Dy": kg}, kg * 10), DAYS, MASSES), max_size=8)


def ceiling(per=Per.LICENCE, measure=Measure.ELEMENT_MASS, element="Dy", value="100", unit="KGM"):
    return Ceiling("c", measure, per, element, None if value is None else Decimal(value), unit, TRUST)


def within(exits, limit, per):
    """Tell, day by day and without any cleverness, whether exits keep to a limit on dysprosium."""
    for last in (NEW_YEAR + timedelta(days=n) for n in range(2200)):
        held = [one for one in exits if _counts(one.on, last, per)]
        if sum((one.element_kg["Dy"] for one in held), Decimal(0)) > limit:
            return False
    return True


def _counts(on, last, per):
    if per is Per.LICENCE:
        return True
    if per is Per.CALENDAR_YEAR:
        return on.year == last.year
    # Twelve months that end on a day: those after the day a year before it.
    return _a_year_before(last) < on <= last


def _a_year_before(day):
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


@settings(deadline=None, max_examples=40)
@given(EXITS, DAYS, st.sampled_from(Per))
def test_what_is_left_can_leave_and_a_gram_more_cannot(exits, on, per):
    """Whatever left before or after the day, in whatever order it was told."""
    one = ceiling(per)
    exits = exits if within(exits, one.value, per) else []
    (room,) = room_of(one, {}, exits, on)
    assert room.left >= 0
    taken, more = CountedExit(on, {"Dy": room.left}), CountedExit(on, {"Dy": room.left + Decimal("0.001")})
    assert within([*exits, taken], one.value, per)
    assert not within([*exits, more], one.value, per)
    assert beyond([one], {}, exits, taken) == ()
    assert [found.ceiling for found in beyond([one], {}, exits, more)] == ["c"]
    assert room_of(one, {}, exits[::-1], on) == (room,)


@settings(deadline=None, max_examples=100)
@given(EXITS, DAYS, st.sampled_from(Per), st.builds(lambda on, kg: CountedExit(on, {"Dy": kg}), DAYS, MASSES))
def test_an_exit_more_never_leaves_more(exits, on, per, more):
    (before,), (after,) = room_of(ceiling(per), {}, exits, on), room_of(ceiling(per), {}, [*exits, more], on)
    assert after.left <= before.left


def check_semantics(module: ModuleType) -> None:
    exit_of = module.CountedExit
    day = date(2027, 3, 1)
    year_ago, day_later = date(2026, 3, 1), date(2026, 3, 2)
    exits = [exit_of(year_ago, {"Dy": Decimal("0.1")}), exit_of(day_later, {"Dy": Decimal("0.2")})]

    def left(one, held, on=day, fixed=None):
        return [(room.element, room.left) for room in module.room_of(one, fixed or {}, held, on)]

    # Twelve months that end on 1 March 2027 begin on 2 March 2026.
    (room,) = module.room_of(ceiling(Per.ROLLING_YEAR), {}, exits, day)
    assert (room.used, room.left, room.since, room.to) == (Decimal("0.2"), Decimal("99.8"), day_later, day)
    # On 28 February all of both counts, since a period that ends on 1 March 2026 or later holds them.
    assert left(ceiling(Per.ROLLING_YEAR), exits, date(2027, 2, 28)) == [("Dy", Decimal("99.7"))]
    # Told of a day before both of them: each period that holds the day and one of them counts.
    assert left(ceiling(Per.ROLLING_YEAR), exits, date(2025, 3, 1)) == [("Dy", Decimal("100"))]
    assert left(ceiling(Per.ROLLING_YEAR), exits, date(2025, 3, 2)) == [("Dy", Decimal("99.9"))]
    (room,) = module.room_of(ceiling(Per.ROLLING_YEAR), {}, exits, date(2025, 3, 3))
    assert (room.left, room.since, room.to) == (Decimal("99.7"), date(2025, 3, 3), day_later)
    assert left(ceiling(Per.LICENCE), exits) == [("Dy", Decimal("99.7"))]
    turn = [exit_of(date(2026, 12, 31), {"Dy": Decimal(1)}), exit_of(date(2027, 1, 1), {"Dy": Decimal(2)})]
    assert left(ceiling(Per.CALENDAR_YEAR), turn) == [("Dy", Decimal(98))]
    assert left(ceiling(Per.CALENDAR_YEAR), turn, date(2026, 5, 1)) == [("Dy", Decimal(99))]
    (room,) = module.room_of(ceiling(Per.CALENDAR_YEAR), {}, turn, day)
    assert (room.since, room.to) == (date(2027, 1, 1), date(2027, 12, 31))
    late = [exit_of(date(2028, 1, 1), {"Dy": Decimal(3)})]
    assert left(ceiling(Per.CALENDAR_YEAR), late) == [("Dy", Decimal(100))]
    # A period in which something is not known makes the rest unknown, whatever the others hold.
    unknown = [exit_of(year_ago, {"Dy": Decimal(1)}), exit_of(day_later)]
    assert left(ceiling(Per.ROLLING_YEAR), unknown, date(2025, 3, 3)) == [("Dy", None)]
    assert left(ceiling(Per.ROLLING_YEAR), unknown, date(2025, 3, 2)) == [("Dy", Decimal(99))]
    # What went beyond before shows as less than nothing.
    assert left(ceiling(value="0.1"), exits) == [("Dy", Decimal("-0.2"))]
    check_measures(module)
    check_fixed(module)


def check_measures(module: ModuleType) -> None:
    day = date(2027, 3, 1)
    one = module.CountedExit(day, {"Dy": Decimal(1)}, Decimal(30), Decimal(200), Money(Decimal(7), "XTS"))
    measures = (
        (Measure.PRODUCT_MASS, "KGM", Decimal(70)),
        (Measure.PIECES, "H87", Decimal(-100)),
        (Measure.VALUE, "XTS", Decimal(93)),
        (Measure.VALUE, "EUR", None),
    )
    for measure, unit, left in measures:
        limit = ceiling(measure=measure, element="", unit=unit)
        (room,) = module.room_of(limit, {}, [one], day)
        assert (room.left, room.element, room.unit) == (left, "", unit)
        # Of goods of which nothing is known nothing fits, and nothing after them.
        bare = module.CountedExit(day)
        assert len(module.beyond([limit], {}, [], bare)) == 1
        assert len(module.beyond([limit], {}, [bare], one)) == 1
    assert len(module.beyond([ceiling()], {}, [], module.CountedExit(day))) == 1
    # Without dysprosium nothing of a ceiling on it is taken, not even where its rest is not known.
    free = module.CountedExit(day, {"Nd": Decimal(999)})
    assert module.beyond([ceiling()], {}, [module.CountedExit(day)], free) == ()
    assert module.allowed(Decimal(900), Decimal("0.02")) == Decimal("918.00")
    assert module.allowed(Decimal(900), Decimal(0)) == Decimal(900)
    assert module.allowed(Decimal(900), Decimal(1)) == Decimal(1800)
    for bad in ("-0.01", "1.01"):
        assert refuses(module.allowed, Decimal(900), Decimal(bad)), bad


def check_fixed(module: ModuleType) -> None:
    """A ceiling that counts each element for itself, with and without a value of the pack."""
    day = date(2027, 3, 1)
    each = ceiling(element="", value="10")
    out = module.CountedExit(day, {"Dy": Decimal(4), "Tb": Decimal(10)})
    told = {room.element: room.left for room in module.room_of(each, {}, [out], day, ["Nd"])}
    assert told == {"Dy": Decimal(6), "Nd": Decimal(10), "Tb": Decimal(0)}
    assert module.beyond([each], {}, [], module.CountedExit(day, {"Dy": Decimal(10), "Tb": Decimal(10)})) == ()
    found = module.beyond([each], {}, [out], module.CountedExit(day, {"Dy": Decimal(6), "Tb": Decimal("0.1")}))
    assert [room.element for room in found] == ["Tb"]
    # The licence fixes another value for one element; of another ceiling's value nothing is taken.
    fixed = {("c", "Dy"): Decimal(5), ("other", "Dy"): Decimal(1), ("other", "Nd"): Decimal(1)}
    told = {room.element: room.left for room in module.room_of(each, fixed, [out], day)}
    assert told == {"Dy": Decimal(1), "Tb": Decimal(0)}
    # Fixed in the licence alone: those elements count that it names.
    open_ = ceiling(element="", value=None)
    told = {room.element: room.left for room in module.room_of(open_, fixed, [out], day)}
    assert told == {"Dy": Decimal(1)}
    # Where it names none nothing may leave.
    found = module.beyond([open_], {}, [], out)
    assert [(room.element, room.limit, room.left) for room in found] == [("", None, None)]
    one = ceiling(value=None)
    assert [room.left for room in module.room_of(one, fixed, [out], day)] == [Decimal(1)]
    assert len(module.beyond([one], {}, [], out)) == 1
    product = ceiling(measure=Measure.PRODUCT_MASS, element="", value=None)
    fits = {("c", ""): Decimal(30)}
    assert module.beyond([product], fits, [], module.CountedExit(day, product_kg=Decimal(30))) == ()
    assert len(module.beyond([product], fits, [], module.CountedExit(day, product_kg=Decimal("30.1")))) == 1


def test_ceilings_mean_what_they_say():
    check_semantics(shipped)


def test_every_branch_of_ceilings_turned_round_is_noticed():
    assert unnoticed(shipped, check_semantics) == []


def check_years(module: ModuleType) -> None:
    assert module.year_before(date(2028, 2, 29)) == date(2027, 2, 28)
    assert module.year_before(date(2028, 2, 28)) == date(2027, 2, 28)
    assert module.year_before(date(2028, 3, 1)) == date(2027, 3, 1)
    assert module.year_before(date(2026, 12, 29)) == date(2025, 12, 29)


def test_a_year_before_a_leap_day_is_the_28th():
    check_years(year)
    assert unnoticed(year, check_years) == []


def test_a_sum_that_would_be_rounded_is_refused():
    fine = CountedExit(NEW_YEAR, {"Dy": Decimal("1e-70")})
    with pytest.raises(Inexact):
        room_of(ceiling(), {}, [fine, CountedExit(NEW_YEAR, {"Dy": Decimal(1)})], NEW_YEAR)
    assert allowed(Decimal("0.1"), Decimal("0.2")) == Decimal("0.12")
