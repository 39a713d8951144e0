"""Use profiles: one need, many suppliers; the sum is the office's and the end user's to see."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licence.filings import LUMEN, OFFICE, ORIEL, RIVAL, STRANGER, file, profile, release
from ytterby.licence.filed import Filed
from ytterby.licence.filing import order_key, total
from ytterby.licence.use_profile import UseRelease, positions, yearly_positions


def profiled(**changes):
    filed = Filed()
    assert file(filed, profile(**changes), LUMEN) == []
    return filed


def rows(filed, year=2026):
    held = [one.release for one in filed.releases.values()]
    return {row.element: row for row in positions(filed.profiles["p1"].profile, held, year)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"use": "anything"}, "profile.use"),
        ({"needs": {}}, "filed.no_elements"),
        ({"needs": {"Fe": "1"}}, "filed.element"),
        ({"needs": {"Dy": "0"}}, "filed.amount"),
        ({"needs": {"Dy": "-1"}}, "filed.amount"),
        ({"needs": {"Dy": "1e9"}}, "filed.amount"),
        ({"plant": ""}, "filed.no_text"),
        ({"valid_to": "2025-12-31"}, "filed.days_reversed"),
        ({"version": 2}, "filed.version"),
        ({"end_user": RIVAL}, "filed.not_yours"),
    ],
)
def test_what_a_profile_must_say(changes, code):
    assert file(Filed(), profile(**changes), LUMEN) == [code]


def test_the_next_version_takes_the_place_and_the_first_stays():
    filed = profiled()
    assert file(filed, profile(version=2, needs={"Dy": "50"}), LUMEN) == []
    assert file(filed, profile(version=2), LUMEN) == ["filed.version"]
    assert file(filed, profile(version=3), RIVAL) == ["filed.twice"]
    assert [one.version for one, _ in filed.profiles["p1"].versions] == [1, 2]
    assert rows(filed)["Dy"].need_kg == 50


def test_a_profile_holds_from_its_first_day_to_its_last():
    one = profiled().profiles["p1"]
    days = {"2025-12-31": False, "2026-01-01": True, "2027-12-31": True, "2028-01-01": False}
    assert {day: one.holds_on(date.fromisoformat(day)) for day in days} == days


def test_only_the_end_user_releases_and_to_orders_of_the_exporter():
    filed = profiled()
    for party in (ORIEL, OFFICE, STRANGER, ""):
        assert file(filed, release(), party) == ["filed.unknown"]
    assert file(filed, UseRelease("p2", ORIEL, order_key(ORIEL, "1"), 2026, {"Dy": "1"}), LUMEN) == ["filed.unknown"]
    for wrong in (order_key(RIVAL, "PO-7"), "PO-7"):
        assert file(filed, UseRelease("p1", ORIEL, wrong, 2026, {"Dy": "1"}), LUMEN) == ["release.order"]
    assert file(filed, release(exporter=LUMEN), LUMEN) == ["release.order"]
    assert file(filed, release(Tb="1"), LUMEN) == ["release.not_needed"]
    assert file(filed, release(year=2028), LUMEN) == ["release.year"]
    assert file(filed, release(Dy="-1"), LUMEN) == ["filed.amount"]
    assert not filed.releases


def test_the_sum_is_over_all_suppliers_and_more_than_the_need_is_recorded():
    filed = profiled()
    assert file(filed, release(Dy="100"), LUMEN) == []
    assert not rows(filed)["Dy"].exceeds
    assert file(filed, release(RIVAL, "A/1", Dy="20.5"), LUMEN) == []
    assert (rows(filed)["Dy"].released_kg, rows(filed)["Dy"].exceeds) == (Decimal("120.5"), False)
    assert file(filed, release(RIVAL, "A/2", Dy="0.000001"), LUMEN) == []
    row = rows(filed)["Dy"]
    assert (row.released_kg, row.exceeds, row.suppliers) == (Decimal("120.500001"), True, 2)


def test_a_release_is_changed_and_taken_back_and_counts_to_its_year():
    filed = profiled()
    for amount in ("100", "60", "0"):
        assert file(filed, release(Dy=amount), LUMEN) == []
    assert file(filed, release(year=2027, Dy="7"), LUMEN) == []
    assert (rows(filed)["Dy"].released_kg, rows(filed)["Dy"].suppliers) == (0, 0)
    assert rows(filed, 2027)["Dy"].released_kg == 7
    held = [one.release for one in filed.releases.values()]
    assert set(yearly_positions(filed.profiles["p1"].profile, held)) == {2026, 2027}


AMOUNTS = st.decimals("0", "999999", places=6).map(lambda one: f"{one:f}")


@given(st.lists(st.tuples(st.sampled_from([ORIEL, RIVAL, STRANGER]), st.integers(1, 3), AMOUNTS), max_size=20))
def test_the_sum_is_that_of_the_latest_release_to_each_order(acts):
    """Exact to the last digit, whatever was released, changed and taken back in which sequence."""
    filed, latest = profiled(), {}
    for exporter, number, amount in acts:
        assert file(filed, release(exporter, str(number), Dy=amount), LUMEN) == []
        latest[exporter, number] = Decimal(amount)
    row = rows(filed)["Dy"]
    assert row.released_kg == sum(latest.values(), Decimal(0))
    assert row.exceeds == (row.released_kg > Decimal("120.5"))
    assert row.suppliers == len({exporter for (exporter, _), amount in latest.items() if amount})


def test_sums_are_in_order_of_the_elements():
    assert list(total([{"Dy": "1", "Nd": "2"}, {"Y": "0.1", "Dy": "0.2"}]).items()) == [
        ("Y", Decimal("0.1")), ("Nd", Decimal(2)), ("Dy", Decimal("1.2")),
    ]  # fmt: skip
