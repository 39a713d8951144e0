"""From postings to items: hand-worked months, what each strange month comes to, and that nothing is lost or doubled."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import START, Chain, line, world
from chain.test_conservation import SITES, history
from ytterby.balance.account import Accounts, Row, What
from ytterby.balance.inventory import month_ended_by
from ytterby.balance.items import account_items
from ytterby.balance.quantity import element_quantity
from ytterby.chain.book import build_from_bundles
from ytterby.chain.order import Bundle
from ytterby.chain.period import Month
from ytterby.matter.assay import Assay
from ytterby.matter.element import POSITION

JANUARY, FEBRUARY, MARCH, APRIL = range(4)


def day(month: int, number: int, hour: int = 12) -> float:
    """Return the hour after START of a day of a month of 2026."""
    return (datetime(2026, month, number, hour, tzinfo=UTC) - START) / timedelta(hours=1)


def accounts(chain: Chain, zone: timezone = UTC) -> Accounts:
    return account_items(chain.bundles, chain.book(), lambda site: zone)


def sums(found: Accounts, element: str = "Nd") -> dict[Row, float]:
    return dict(zip(found.rows, found.measurements(element_quantity(element)).rows_kg.tolist(), strict=True))


def plant(number: int, site: str = "plant") -> Row:
    return Row(site, None, number)


def two_months() -> Chain:
    """Stock 100 on New Year's Eve; 50 come and 30 go in January; 118 counted: 2 are missing. February balances."""
    chain = Chain()
    chain.source("mine", line("ore", 500, Nd=500, u=0.01), hour=-48)
    chain.count("plant", line("stock", 100, Nd=100, u=0.02), pool="tank", is_complete=True, hour=-1)
    chain.ship("mine", "plant", line("ore", 50, Nd=50, u=0.01), document="d1", hour=day(1, 5))
    chain.receive("plant", "mine", line("ore", 50, Nd=50.5, u=0.01), document="d1", hour=day(1, 6))
    chain.charge("plant", "tank", line("ore", 50), hour=day(1, 7))
    chain.draw("plant", "tank", line("oxide", 30, Nd=30, u=0.005), hour=day(1, 8))
    chain.ship("plant", "maker", line("oxide", 30, Nd=30, u=0.005), document="d2", hour=day(1, 20))
    chain.count("plant", line("stock", 118, Nd=118.5, u=0.02), pool="tank", is_complete=True, hour=day(1, 31, 23))
    chain.count("plant", line("stock", 118, Nd=118.5, u=0.02), pool="tank", is_complete=True, hour=day(2, 28, 23))
    return chain


def test_a_month_is_opening_and_receipts_less_shipments_and_closing():
    found = accounts(two_months())
    assert found.months[0] == Month(2025, 12)
    january, february = plant(1), plant(2)
    assert sums(found)[january] == pytest.approx(100 + 50.5 - 30 - 118.5)
    assert sums(found)[february] == pytest.approx(0.0)
    assert january not in found.untestable
    assert found.untestable[plant(0)].reason == "before_first_stock_taking"


def test_closing_and_opening_stock_are_one_item():
    found = accounts(two_months())
    stocks = [one for one in found.counted if one.what is What.STOCK]
    assert [one.entries for one in stocks] == [
        ((plant(0), -1), (plant(1), 1)),
        ((plant(1), -1), (plant(2), 1)),
        ((plant(2), -1),),
    ]
    covariance = found.measurements(element_quantity("Nd"), found.rows_of("plant")).covariance()
    assert covariance[1, 2] == pytest.approx(-((0.02 * 118.5) ** 2))


def test_a_link_holds_the_deliveries_of_which_both_sides_spoke():
    found = accounts(two_months())
    link = ("mine", "plant")
    assert found.links == (link,)
    assert sums(found)[Row("", link, 1)] == pytest.approx(-0.5)


@pytest.mark.parametrize("shift_days", [-3, 0, 3])
def test_a_stock_taking_near_the_end_of_a_month_is_carried_by_the_postings_in_between(shift_days):
    chain = Chain()
    chain.count("plant", line("s", 100, Nd=100, u=0.02), pool="tank", is_complete=True, hour=day(1, 31, 23) - 24 * 31)
    at = day(1, 31, 23) + 24 * shift_days
    before = 70 if shift_days >= 0 else 100
    chain.ship("plant", "maker", line("o", 30, Nd=30, u=0.01), document="d", hour=day(1, 31, 12))
    chain.count("plant", line("s", before, Nd=before, u=0.02), pool="tank", is_complete=True, hour=at)
    chain.count("plant", line("s", 70, Nd=70, u=0.02), pool="tank", is_complete=True, hour=day(2, 28, 23))
    found = accounts(chain)
    assert sums(found)[plant(1)] == pytest.approx(0.0)
    assert sums(found)[plant(2)] == pytest.approx(0.0)


def test_a_month_without_stock_taking_counts_with_the_next_and_says_so():
    chain = Chain()
    chain.count("plant", line("s", 100, Nd=100, u=0.02), pool="tank", is_complete=True, hour=-1)
    chain.ship("plant", "maker", line("o", 30, Nd=30, u=0.01), document="d", hour=day(1, 10))
    chain.ship("plant", "maker", line("p", 30, Nd=30, u=0.01), document="e", hour=day(2, 10))
    chain.count("plant", line("s", 38, Nd=38, u=0.02), pool="tank", is_complete=True, hour=day(2, 28, 23))
    found = accounts(chain)
    assert found.untestable[plant(1)].reason == "no_stock_taking"
    assert plant(1) not in found.rows
    assert sums(found)[plant(2)] == pytest.approx(2.0)


def test_a_month_after_the_last_stock_taking_is_open():
    chain = two_months()
    chain.ship("plant", "maker", line("oxide", 1, Nd=1), document="d3", hour=day(3, 2))
    assert accounts(chain).untestable[plant(3)].reason == "no_stock_taking"


def test_of_two_stock_takings_for_a_month_the_nearer_counts_and_of_a_tank_counted_twice_that_day_the_last():
    chain = two_months()
    early = chain.count("plant", line("s", 9, Nd=9), pool="tank", is_complete=True, hour=day(1, 25))
    again = chain.count("plant", line("s", 5, Nd=5), pool="tank", is_complete=True, hour=day(1, 31, 20))
    found = accounts(chain)
    assert sums(found)[plant(1)] == pytest.approx(2.0)
    reasons = {one.digest: one.reason for one in found.not_counted}
    assert (reasons[early], reasons[again]) == ("stock_taking_nearer", "counted_again")


def test_a_stock_taking_that_does_not_say_it_is_complete_is_no_inventory():
    chain = Chain()
    part = chain.count("plant", line("a", 100, Nd=100), hour=-1)
    found = accounts(chain)
    assert [(one.digest, one.reason) for one in found.not_counted] == [(part, "stock_taking_in_part")]


def test_a_tank_whose_own_name_begins_like_that_of_a_month_is_no_return():
    chain = Chain()
    part = chain.count("plant", line("a", 100, Nd=100), pool="https://a.example/pool/P1234-5", hour=-1)
    found = accounts(chain)
    assert [(one.digest, one.reason) for one in found.not_counted] == [(part, "stock_taking_in_part")]


def test_a_nil_declaration_is_a_stock_taking():
    chain = two_months()
    chain.ship("plant", "maker", line("rest", 118, Nd=118, u=0.01), document="d9", hour=day(3, 2))
    chain.count("plant", is_complete=True, pool="tank", hour=day(3, 31))
    found = accounts(chain)
    assert sums(found)[plant(3)] == pytest.approx(0.5)
    assert plant(3) not in found.untestable


def test_opening_stock_that_is_entered_opens_the_first_month():
    chain = Chain()
    chain.source("plant", line("a", 100, Nd=100, u=0.01), origin="opening_stock", hour=day(1, 1, 0))
    chain.ship("plant", "maker", line("a", 40, Nd=40, u=0.01), document="d", hour=day(1, 8))
    chain.count("plant", line("a", 60, Nd=60, u=0.01), is_complete=True, hour=day(1, 31, 23))
    found = accounts(chain)
    assert found.untestable == {}
    assert sums(found)[plant(0)] == pytest.approx(0.0)


def test_a_receipt_that_nobody_reported_is_one_item_at_both_ends():
    chain = Chain()
    chain.source("mine", line("ore", 100, Nd=100, u=0.01), hour=-72)
    chain.count("plant", is_complete=True, pool="tank", hour=-1)
    chain.count("mine", line("ore", 100, Nd=100, u=0.01), is_complete=True, hour=-1)
    chain.ship("mine", "plant", line("ore", 50), document="d", hour=day(1, 5))
    chain.step("plant", [line("ore", 50)], [line("oxide", 40, Nd=50)], hour=day(1, 9))
    chain.count("plant", line("oxide", 40, Nd=50), is_complete=True, hour=day(1, 31, 23))
    chain.count("mine", line("ore", 50, Nd=50, u=0.01), is_complete=True, hour=day(1, 31, 23))
    found = accounts(chain)
    (implied,) = [one for one in found.counted if one.what is What.IMPLIED]
    assert implied.entries == ((plant(1), 1), (plant(1, "mine"), -1))
    assert sums(found)[plant(1)] == sums(found)[plant(1, "mine")] == pytest.approx(0.0)
    assert found.links == ()


def test_a_receipt_that_was_weighed_only_shares_the_error_of_the_shippers_assay():
    chain = Chain()
    assay = Assay("Nd", 500_000, 5_000)
    assayed = msgspec.structs.replace(line("ore", 100, u_kg=0.05), assays=(assay,))
    chain.source("mine", assayed, hour=-72)
    chain.ship("mine", "plant", line("ore", 100, u_kg=0.05), document="d", hour=day(1, 5))
    chain.receive("plant", "mine", line("ore", 100, u_kg=0.05), document="d", hour=day(1, 6))
    found = accounts(chain)
    (row,) = found.rows_between(("mine", "plant"))
    variance = found.measurements(element_quantity("Nd"), [row]).covariance()[0, 0]
    assert variance == pytest.approx(2 * (0.5 * 0.05) ** 2)


def test_a_lot_whose_content_nobody_said_makes_its_month_untestable_and_no_other():
    chain = two_months()
    chain.receive("plant", "user", line("mystery", 5), document="x", hour=day(2, 5))
    found = accounts(chain)
    assert found.untestable[plant(2)] == ("content_unknown", "mystery")
    assert plant(1) not in found.untestable


def test_months_are_those_of_the_plants_own_clock():
    east = timezone(timedelta(hours=8))
    assert month_ended_by(datetime(2026, 1, 31, 15, 59, 59, tzinfo=UTC), east) == Month(2026, 1)
    at = datetime(2026, 1, 31, 17, tzinfo=UTC)
    assert month_ended_by(at, east) == month_ended_by(at, UTC) == Month(2026, 1)
    chain = Chain()
    chain.source("mine", line("a", 1, Nd=1), hour=day(1, 31, 17))
    assert accounts(chain, east).months == (Month(2026, 2),)
    assert accounts(chain).months == (Month(2026, 1),)


# Laws


def spread(seed: int, hours: int) -> list[Bundle]:
    """Return a random history, stretched over months."""
    bundles = []
    for digest, postings in history(seed).bundles:
        moved = [msgspec.structs.replace(p, at=START + (p.at - START) * hours) for p in postings]
        bundles.append(Bundle(digest, tuple(moved)))
    return bundles


histories = st.builds(spread, st.integers(0, 10**9), st.sampled_from([7, 20, 60]))


def of(bundles: list[Bundle]) -> Accounts:
    return account_items(bundles, build_from_bundles(bundles, world(*SITES)), lambda site: UTC)


@settings(max_examples=150, deadline=None)
@given(histories)
def test_balances_and_differences_sum_to_sources_less_sinks_exactly(bundles):
    found = of(bundles)
    for element in ("Nd", "Dy"):
        place = POSITION[element]
        rows: dict[Row, Fraction] = dict.fromkeys(found.rows, Fraction(0))
        other = Fraction(0)
        for one in found.counted:
            mass = Fraction(float(one.content.mass_kg[place]))
            for row, sign in one.entries:
                rows[row] += sign * mass
            other += mass * self_sum(one.what, len([r for r, _ in one.entries if r.link is None]), one.entries)
        assert sum(rows.values()) == other
        # What is stored is the same sum, rounded.
        for row, value in zip(found.rows, found.measurements(element_quantity(element)).rows_kg.tolist(), strict=True):
            assert value == pytest.approx(float(rows[row]), rel=1e-12, abs=1e-9)


def self_sum(what: What, plants: int, entries: tuple) -> int:
    """Return what an item adds to the sum of all balances and differences, by its kind alone."""
    paired = any(row.link is not None for row, _ in entries)
    match what:
        case What.PRODUCTION:
            return 1
        case What.LOSS:
            return -1
        case What.SHIPMENT:
            return 0 if paired else -1  # a delivery of which both sides spoke cancels, save for its difference
        case What.RECEIPT:
            return 0 if paired else 1
        case What.IMPLIED:
            return 0 if plants == 2 else 1
        case _:
            return sum(sign for _, sign in entries)  # of stock, only the first opening and the last closing are left


@settings(max_examples=150, deadline=None)
@given(histories)
def test_every_posting_is_counted_once_or_named_with_its_reason(bundles):
    found = of(bundles)
    counted = {digest for one in found.counted if one.what is not What.IMPLIED for digest in one.events}
    implied = {digest for one in found.counted if one.what is What.IMPLIED for digest in one.events}
    named = {one.digest for one in found.not_counted}
    inventories = {one.digest for one in found.not_counted if one.reason.startswith(("stock", "counted", "opening"))}
    for digest, postings in bundles:
        is_empty_count = all(getattr(p, "lines", ()) == () for p in postings)
        if digest not in implied:
            assert (digest in counted) != (digest in named) or is_empty_count or digest in inventories, postings
    keys = [one.key for one in found.counted]
    assert len(keys) == len(set(keys))


@settings(max_examples=60, deadline=None)
@given(histories, st.randoms())
def test_the_order_of_arrival_changes_nothing(bundles, random):
    shuffled = list(bundles)
    random.shuffle(shuffled)
    one, other = of(bundles), of(shuffled)
    assert one.rows == other.rows
    for element in ("Nd", "Dy"):
        assert (
            one.measurements(element_quantity(element)).rows_kg.tobytes()
            == other.measurements(element_quantity(element)).rows_kg.tobytes()
        )
    assert set(one.not_counted) == set(other.not_counted)
