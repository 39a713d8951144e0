"""Months that are not as months should be: each has an answer, and leaves the others as they are."""

import numpy as np
import pytest

from balance.test_items import accounts, day, plant, sums, two_months
from chain.chain_of import START, Chain, line
from ytterby.balance.account import Row, What
from ytterby.balance.month_report import plant_months
from ytterby.balance.operating_point import ASK_FOR_PAPER
from ytterby.balance.page import DOWN, UP, Chart
from ytterby.balance.quantity import element_quantity
from ytterby.balance.watch import LOSS_YIELD, watch_accounts
from ytterby.chain.period import Month
from ytterby.shell.site.balance_packs import watch_tables

CHARTS = (Chart(UP, 0.5, 3.0), Chart(DOWN, 0.5, 3.0))
ND = element_quantity("Nd")


def months_of(chain: Chain, site: str = "plant"):
    return plant_months(accounts(chain), site, ND, CHARTS).months


def monthly(
    months: int, missing: dict[int, float] | None = None, u: float = 0.01, lost: dict[int, float] | None = None
) -> Chain:
    """Return months in which 30 kg come and go, the stock of 100 kg counted; by month, `missing` is what is gone,
    and `lost` what is declared as process loss and less shipped.
    """
    chain, stock = Chain(), 100.0
    chain.source("mine", line("ore", 10_000, Nd=10_000, u=0.01), hour=-48)
    chain.count("plant", line("s", stock, Nd=stock, u=u), pool="tank", is_complete=True, hour=-1)
    for number in range(1, months + 1):
        first = (START.replace(year=START.year + (number - 1) // 12, month=(number - 1) % 12 + 1) - START).days * 24
        chain.ship("mine", "plant", line("ore", 30, Nd=30, u=u), document=f"i{number}", hour=first + 48)
        chain.receive("plant", "mine", line("ore", 30, Nd=30, u=u), document=f"i{number}", hour=first + 72)
        kg = (lost or {}).get(number)
        if kg is not None:
            chain.lose("plant", line("ore", kg, Nd=kg, u=0.1), hour=first + 100)
        sent = 30 - (kg or 0)
        chain.ship("plant", "maker", line(f"o{number}", sent, Nd=sent, u=u), document=f"o{number}", hour=first + 240)
        stock -= (missing or {}).get(number, 0.0)
        chain.count("plant", line("s", stock, Nd=stock, u=u), pool="tank", is_complete=True, hour=first + 27 * 24)
    return chain


def test_a_month_without_stock_taking_stands_among_the_others_without_figures():
    chain = monthly(6)
    third = [k for k, b in enumerate(chain.bundles) if type(b.postings[0]).__name__ == "StockTake"][3]
    del chain.bundles[third]
    found = months_of(chain)
    assert [one.month for one in found] == [Month(2025, 12), *(Month(2026, m) for m in range(1, 7))]
    reasons = [one.untestable.reason if one.untestable else None for one in found]
    assert reasons == ["before_first_stock_taking", None, None, "no_stock_taking", None, None, None]
    assert found[3].muf_kg is None
    assert found[3].levels == ()
    assert found[4].muf_kg == pytest.approx(0.0)


def test_what_is_missing_alarms_in_its_month_and_the_cumulated_sum_keeps_it():
    found = months_of(monthly(6, {4: 20.0}))
    # A loss of thirteen sd is felt in the stock-takings that follow: what comes after it may alarm too.
    assert [any(one.alarms) for one in found][:5] == [False, False, False, False, True]
    assert [one.muf_kg for one in found[5:]] == pytest.approx([0.0, 0.0])
    assert found[4].muf_kg == pytest.approx(20.0)
    assert found[6].cumuf_kg == pytest.approx(20.0)
    assert found[6].sigma_cumuf_kg < sum(one.sigma_kg for one in found[1:])


def test_a_correction_two_years_back_changes_its_month_and_what_is_judged_by_it_and_nothing_before():
    """The same months, the receipt of the second one put right by 5 kg, as known before and after."""
    before = monthly(26)
    after = monthly(26)
    place = next(
        k
        for k, bundle in enumerate(after.bundles)
        if type(bundle.postings[0]).__name__ == "Receipt" and bundle.postings[0].document == "i2"
    )
    kept = Chain()
    kept.bundles = after.bundles[:place]
    kept.receive("plant", "mine", line("ore", 35, Nd=35, u=0.01), document="i2", hour=(31 * 24) + 72)
    kept.bundles += after.bundles[place + 1 :]
    one, other = months_of(before), months_of(kept)
    differ = [k for k, (a, b) in enumerate(zip(one, other, strict=True)) if a.muf_kg != b.muf_kg]
    assert differ == [2]
    assert other[2].muf_kg - one[2].muf_kg == pytest.approx(5.0)
    assert [a.sitmuf for a in one[:2]] == [b.sitmuf for b in other[:2]]
    assert all(a.sitmuf != b.sitmuf for a, b in zip(one[2:5], other[2:5], strict=True))
    assert all(b.cumuf_kg - a.cumuf_kg == pytest.approx(5.0) for a, b in zip(one[2:], other[2:], strict=True))


def test_a_plant_that_declared_no_loss_for_a_year_is_watched_and_its_first_loss_stands_out():
    nothing = dict.fromkeys(range(1, 15), 0.0)
    assert watch_accounts(accounts(monthly(14, lost=nothing)), watch_tables(ASK_FOR_PAPER)).alarms == ()
    chain = monthly(16, lost=nothing | {15: 3.0, 16: 3.0})
    found = watch_accounts(accounts(chain), watch_tables(ASK_FOR_PAPER)).alarms
    assert {(one.family, one.place) for one in found} == {(LOSS_YIELD, "plant")}


@pytest.mark.parametrize("kg", [0, 30])
def test_zero_masses_are_counted_and_an_exact_month_is_not_testable(kg):
    chain = Chain()
    chain.count("plant", line("s", 0, Nd=0.0), pool="tank", is_complete=True, hour=-1)
    for number in (1, 2):
        chain.ship("plant", "maker", line(f"o{number}", kg, Nd=float(kg)), document=f"d{number}", hour=day(number, 9))
        chain.count("plant", line("s", 0, Nd=0.0), pool="tank", is_complete=True, hour=day(number, 28))
    found = months_of(chain)[1:]
    assert [one.muf_kg for one in found] == pytest.approx([-kg, -kg])
    # Nothing was measured with an error: nobody can say how sure the balance is, and no chart is fed an infinite z.
    assert [one.untestable.reason for one in found] == ["no_variance", "no_variance"]
    assert [one.sitmuf for one in found] == [None, None]
    assert not any(alarm for one in found for alarm in one.alarms)


def test_a_plant_that_joins_has_months_from_its_first_stock_taking_and_leaves_others_as_they_were():
    alone, joined = two_months(), two_months()
    joined.receive("maker", "plant", line("oxide", 30, Nd=30, u=0.01), document="d2", hour=day(1, 22))
    joined.count("maker", line("m", 30, Nd=30, u=0.01), pool="t", is_complete=True, hour=day(1, 31, 22))
    joined.count("maker", line("m", 30, Nd=30, u=0.01), pool="t", is_complete=True, hour=day(2, 28, 22))
    found = accounts(joined)
    assert found.untestable[plant(1, "maker")].reason == "before_first_stock_taking"
    assert sums(found)[plant(2, "maker")] == pytest.approx(0.0)
    assert {row: kg for row, kg in sums(found).items() if row.site == "plant"} == {
        row: kg for row, kg in sums(accounts(alone)).items() if row.site == "plant"
    }


def test_a_plant_that_closes_has_no_months_after_its_last_posting():
    chain = two_months()
    chain.ship("plant", "maker", line("rest", 118, Nd=118.5, u=0.01), document="d9", hour=day(3, 2))
    chain.count("plant", is_complete=True, pool="tank", hour=day(3, 31))
    chain.source("mine", line("late", 1, Nd=1), hour=day(6, 1))
    found = accounts(chain)
    assert found.months[-1] == Month(2026, 6)
    assert max(row.month for row in found.rows_of("plant")) == 3
    assert not [row for row in found.untestable if row.site == "plant" and row.month > 3]
    assert sums(found)[plant(3)] == pytest.approx(0.0)


def test_a_laboratory_that_begins_mid_year_is_a_group_of_the_months_from_then_on():
    chain, since = Chain(), 7
    for number in range(13):
        laboratory = "old" if number < since else "new"
        held = line("s", 100, Nd=100, u=0.001)
        assert held.content is not None
        held.content.groups[f"laboratory {laboratory}"] = held.content.mass_kg * 0.02
        at = day(number, 28) if number else -1
        chain.count("plant", held, pool="tank", is_complete=True, hour=at)
    found = accounts(chain)
    rows = found.rows_of("plant")[1:]
    measured = found.measurements(ND, rows)
    sd = dict(zip(measured.groups, np.abs(measured.group_factor.toarray()).T, strict=True))
    # Opening and closing stock by one laboratory err alike: only the month of the change is unsure for them.
    change = [number == since - 1 for number in range(len(rows))]
    assert (sd["laboratory new"] > 1e-9).tolist() == change
    assert (sd["laboratory old"] > 1e-9).tolist() == change
    assert np.sqrt(np.diag(measured.covariance())).argmax() == since - 1
    assert months_of(chain)[since].untestable is None


def test_a_late_stock_taking_fills_its_month_and_narrows_the_next():
    whole, lacking = monthly(4), monthly(4)
    second = [k for k, b in enumerate(lacking.bundles) if type(b.postings[0]).__name__ == "StockTake"][2]
    late = lacking.bundles.pop(second)
    without = months_of(lacking)
    lacking.bundles.append(late)
    assert months_of(lacking) == months_of(whole)
    assert without[2].untestable is not None
    assert without[3].sigma_kg > months_of(whole)[3].sigma_kg


def test_an_item_of_a_link_counts_in_the_link_whatever_becomes_of_the_plants_month():
    chain = two_months()
    chain.bundles = [b for b in chain.bundles if type(b.postings[0]).__name__ != "StockTake"]
    found = accounts(chain)
    assert {row.link for row in found.rows if row not in found.untestable} == {("mine", "plant")}
    assert {one.what for one in found.counted} == {What.PRODUCTION, What.SHIPMENT, What.RECEIPT}
    assert sums(found)[Row("", ("mine", "plant"), found.rows_between(("mine", "plant"))[0].month)] == pytest.approx(
        -0.5
    )
