"""Claims on lots: what fits, what a new claim may take; never a kilogram twice (I15, P6)."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.licence.lot_claim import Claim, Held, allotted, kilograms_of, room_for

LOTS = ("a", "b", "c", "d")


def kg(text):
    return Decimal(text)


def claim(id_, amount, *lots):
    return Claim(id_, kg(amount), lots)


def test_a_claim_on_two_lots_makes_way_for_one_that_needs_one_of_them():
    held = {"a": kg("500"), "b": kg("500")}
    either = claim("1", "500", "a", "b")
    found = room_for(("a",), [either], held)
    assert (found.kg, found.fits) == (500, True)
    assert room_for(("a", "b"), [either], held).kg == 500


def test_the_last_gram_is_there_once():
    held = {"a": kg("1")}
    assert room_for(("a",), [claim("1", "0.999999", "a")], held).kg == kg("0.000001")
    assert room_for(("a",), [claim("1", "1", "a")], held).kg == 0


def test_claims_that_do_not_fit_say_so_and_leave_nothing():
    found = room_for(("a",), [claim("1", "2", "a")], {"a": kg("1")})
    assert (found.kg, found.fits) == (0, False)


def test_what_nobody_holds_gives_nothing():
    assert room_for(("a", "ghost"), [], {"a": kg("3")}).of_lot == {"a": kg("3"), "ghost": 0}
    # A lot overdrawn within measurement error has nothing left.
    assert room_for(("a",), [], {"a": kg("-0.1")}).kg == 0


def test_pieces_weigh_what_the_heaviest_do():
    light, heavy = Held("a", kg("10"), "H87", kg("1")), Held("b", kg("10"), "H87", kg("2"))
    assert kilograms_of(kg("5"), "H87", [light, heavy]) == 1
    assert kilograms_of(kg("5"), "KGM", []) == 5
    # What is held by weight has no pieces; nobody knows how many make a kilogram.
    assert kilograms_of(kg("5"), "H87", [light, Held("c", kg("9"), "KGM", kg("9"))]) is None
    assert kilograms_of(kg("5"), "H87", []) is None
    assert kilograms_of(kg("5"), "MTR", [light]) is None


amounts = st.decimals("0", "20", places=3)
claims = st.lists(
    st.tuples(amounts, st.lists(st.sampled_from(LOTS), min_size=1, unique=True).map(tuple)), max_size=5
).map(lambda rows: [Claim(str(number), *row) for number, row in enumerate(rows)])
holdings = st.dictionaries(st.sampled_from(LOTS), amounts, max_size=4)


def by_hall(all_claims, held):
    """Whether all claims fit, by Hall's condition: no set of them asks for more than its lots together hold."""
    for size in range(1, len(all_claims) + 1):
        for some in combinations(all_claims, size):
            lots = {lot for one in some for lot in one.lots}
            if sum(one.kg for one in some) > sum(held.get(lot, Decimal(0)) for lot in lots):
                return False
    return True


@given(claims, holdings)
def test_claims_fit_exactly_where_no_set_of_them_asks_for_more_than_its_lots_hold(found, held):
    ways = allotted(found, held)
    assert (ways is not None) == by_hall(found, held)
    if ways is None:
        return
    for one in found:
        assert sum((part for (id_, _), part in ways.items() if id_ == one.id), Decimal(0)) == one.kg
        assert all(lot in one.lots for (id_, lot) in ways if id_ == one.id)
    for lot in LOTS:
        assert sum((part for (_, other), part in ways.items() if other == lot), Decimal(0)) <= held.get(lot, 0)


@given(claims, holdings, st.lists(st.sampled_from(LOTS), min_size=1, unique=True))
def test_room_is_the_most_that_still_fits(found, held, lots):
    room = room_for(lots, found, held)
    if not by_hall(found, held):
        # Those that do not fit may be nowhere near these lots.
        assert not room.fits or not by_hall([one for one in found if not set(one.lots) & set(lots)], held)
        return
    assert room.fits
    assert sum(room.of_lot.values(), Decimal(0)) == room.kg
    assert by_hall([*found, Claim("new", room.kg, tuple(lots))], held)
    assert not by_hall([*found, Claim("new", room.kg + Decimal("0.001"), tuple(lots))], held)


@given(claims, holdings)
def test_the_order_in_which_claims_are_named_changes_nothing(found, held):
    assert room_for(LOTS, found, held) == room_for(LOTS, found[::-1], held)


@pytest.mark.parametrize("lots", [("a", "a"), ("b", "a", "b")])
def test_a_lot_that_is_named_twice_holds_no_more(lots):
    assert room_for(lots, [], {"a": kg("1"), "b": kg("1")}).kg == len(set(lots))
