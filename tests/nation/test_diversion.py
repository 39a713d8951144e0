"""Each diversion changes what its definition says and nothing else; the truth file says where, how much and in what."""

import json
from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest

from nation.nation_book import book_of, documents_of
from ytterby.chain.destination import destination_of_lot
from ytterby.nation.arrays import nation_arrays
from ytterby.nation.declared import Declared, Figures, declared_months
from ytterby.nation.diversion import Diversion, NoPlace, place_diversions
from ytterby.nation.documents import reported_months
from ytterby.nation.month import received, shipped
from ytterby.nation.plan import Plan, make_plan
from ytterby.nation.scenario import DIVERSIONS, DiversionOrder, Scenario
from ytterby.nation.truth import TruthLog
from ytterby.shell.cli.nation_plan import nation_tables

pytestmark = pytest.mark.long

MONTHS, CLEAN, SHARE = 6, 2, 0.05


def diverted(kind: str, late: float = 0.0, share: float = SHARE) -> tuple[Plan, Diversion]:
    scenario = Scenario(
        plants=40, months=MONTHS, clean=CLEAN, late_share=late, diversions=(DiversionOrder(kind, share),)
    )
    plan = make_plan(scenario, nation_tables())
    (found,) = place_diversions(plan, scenario.diversions)
    return plan, found


def changed(one: Declared, other: Declared) -> dict[str, set[int]]:
    """Return which rows of which figures differ: rows are plants or links."""
    found = {}
    for field in fields(Declared):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, Figures):
            rows = {
                int(row)
                for part in fields(Figures)
                for row in np.nonzero(getattr(mine, part.name) != getattr(theirs, part.name))[0]
            }
            if rows:
                found[field.name] = rows
        elif isinstance(mine, np.ndarray) and (mine != theirs).any():
            found[field.name] = set(np.nonzero(mine != theirs)[0].tolist())
    return found


def compare(plan: Plan, diversions: Sequence[Diversion]) -> list[dict[str, set[int]]]:
    honest, bent = declared_months(plan), declared_months(plan, tuple(diversions))
    return [changed(one, other) for one, other in zip(honest, bent, strict=True)]


@pytest.mark.parametrize("kind", ["protracted", "abrupt", "collusion_uncovered"])
def test_a_leak_shows_in_nothing_but_the_stock_of_the_bearer(kind):
    plan, one = diverted(kind)
    for month, found in enumerate(compare(plan, [one])):
        assert found == ({"stock": {one.bearer}} if month >= CLEAN else {})


def test_falsified_receipts_show_in_the_receipts_of_the_plant_and_its_stock():
    plan, one = diverted("falsified_receipts")
    mine = set(np.flatnonzero(plan.receiver[: plan.between] == one.plant).tolist())
    for month, found in enumerate(compare(plan, [one])):
        assert found == ({"got": mine, "stock": {one.plant}} if month >= CLEAN else {})


def test_a_collusion_booked_as_loss_shows_in_stock_and_loss_of_the_bearer():
    plan, one = diverted("collusion_loss")
    assert one.bearer != one.plant
    for month, found in enumerate(compare(plan, [one])):
        assert found == ({"stock": {one.bearer}, "lost": {one.bearer}} if month >= CLEAN else {})


def test_a_use_swap_changes_no_mass_at_all():
    plan, one = diverted("use_swap")
    assert compare(plan, [one]) == [{}] * MONTHS


@pytest.mark.parametrize("late", [0.0, 0.4])
@pytest.mark.parametrize("kind", [kind for kind in DIVERSIONS if kind != "use_swap"])
def test_true_masses_balance_exactly_with_what_is_taken(kind, late):
    plan, one = diverted(kind, late)
    before = np.zeros((len(plan.links), 3), dtype=np.int64)
    taken_at_all = np.zeros(3, dtype=np.int64)
    for declared in declared_months(plan, (one,)):
        month, bend = declared.month, declared.bend
        moved = month.lots.sum(axis=1) - bend.light
        arriving = month.arriving() - (bend.light - bend.light_later) - before
        came = received(plan, arriving) + month.produced.sum(axis=1)
        went = np.zeros_like(came)
        np.add.at(went, plan.sender, moved)
        opening, closing = month.opening - bend.lacking_before, month.closing - bend.lacking
        drift = opening + came - went - month.lost - bend.taken - closing
        assert not drift.any()
        assert shipped(plan, month.lots).sum() > 0
        before, taken_at_all = bend.light_later, taken_at_all + bend.taken[one.plant]
    months = 1 if kind == "abrupt" else MONTHS - CLEAN
    assert taken_at_all == pytest.approx(SHARE * months * plan.throughput[one.bearer], rel=0.2)


@pytest.mark.parametrize("kind", ["protracted", "falsified_receipts", "collusion_uncovered", "collusion_loss"])
def test_who_covers_closes_his_books_and_who_does_not_shows_the_mass(kind):
    plan, one = diverted(kind)
    honest = nation_arrays(plan, elements=["Nd"])["Nd"]
    bent = nation_arrays(plan, [one], elements=["Nd"])["Nd"]
    change = (bent.measurements.rows_kg - honest.measurements.rows_kg)[honest.plant_rows(one.bearer)][CLEAN:]
    usual = SHARE * plan.throughput[one.bearer, 0] / 1e6
    covers = kind in {"falsified_receipts", "collusion_loss"}
    # What is declared carries its errors: of a falsified receipt, of a loss booked too high (a tenth of it each).
    assert change == pytest.approx(0.0 if covers else usual, abs=0.4 * usual)
    links = [x.number for x in plan.links[: plan.between] if x.receiver == one.plant]
    mirror = sum(
        (bent.measurements.rows_kg - honest.measurements.rows_kg)[bent.link_rows(link)][CLEAN:] for link in links
    )
    assert mirror == pytest.approx(usual if kind == "falsified_receipts" else 0.0, rel=0.1)


def test_a_stock_is_never_eaten_up_by_a_long_diversion():
    scenario = Scenario(plants=12, months=30, clean=2, diversions=(DiversionOrder("protracted", 0.1),))
    plan = make_plan(scenario, nation_tables())
    (one,) = place_diversions(plan, scenario.diversions)
    for declared in declared_months(plan, (one,)):
        assert (declared.stock.mass_kg()[one.plant] > 0.3 * plan.throughput[one.plant] / 1e6).all()


def test_swapped_goods_are_declared_for_one_use_and_realised_as_another():
    plan, one = diverted("use_swap", share=0.2)
    documents = documents_of(plan, [one])
    book, said = book_of(plan, documents)
    assert not said
    declared_use = plan.end_users[plan.links[one.link].end_user]
    instead = plan.end_users[one.instead]
    swapped = [
        s
        for s in book.shipments
        if s.to_site == instead.site and s.node.uses and s.node.uses[0].end_user == declared_use.party
    ]
    assert {shipment.from_site for shipment in swapped} == {plan.plants[one.plant].site}
    uses = {use.use: use for use in destination_of_lot(book, swapped[0].lot, element="Nd").uses}
    assert set(uses) == {declared_use.use.code}
    found = uses[declared_use.use.code]
    assert found.realised_kg == 0
    # The two scales differ a little: what the receiver's shows less of is in transit.
    assert found.otherwise_kg == pytest.approx(found.declared_kg, rel=0.003)
    honest = [s for s in book.shipments if s.to_site == instead.site and s not in swapped]
    if honest:
        (use,) = destination_of_lot(book, honest[0].lot, element="Nd").uses
        assert use.realised_kg == pytest.approx(use.declared_kg, rel=0.003)


def test_goods_to_an_end_user_abroad_pass_customs_and_stay_open():
    plan, _ = diverted("abrupt")
    book, _ = book_of(plan, documents_of(plan))
    abroad = {user.site for user in plan.end_users if user.is_foreign}
    exports = [shipment for shipment in book.shipments if shipment.to_site in abroad]
    assert exports
    assert all(len(shipment.passages) == 1 for shipment in exports)
    (use,) = destination_of_lot(book, exports[0].lot, element="Nd").uses
    assert use.open_kg == pytest.approx(use.declared_kg)


def test_what_a_trader_buys_has_no_use_yet_and_gets_one_when_it_leaves_him():
    plan, _ = diverted("abrupt")
    book, _ = book_of(plan, documents_of(plan))
    traders = {plant.site for plant in plan.plants if plant.kind.name == "trader"}
    to_traders = [s for s in book.shipments if s.to_site in traders]
    from_traders = [s for s in book.shipments if s.from_site in traders]
    assert {use.use_code for s in to_traders for use in s.node.uses} == {"not_yet_known"}
    assert "not_yet_known" not in {use.use_code for s in from_traders for use in s.node.uses}
    assert all(sum(use.share for use in s.node.uses) == 1 for s in [*to_traders, *from_traders])


def test_the_truth_names_kind_plants_masses_and_events():
    orders = tuple(DiversionOrder(kind, SHARE) for kind in DIVERSIONS)
    scenario = Scenario(plants=40, months=4, clean=2, diversions=orders, mistakes=0.1)
    plan = make_plan(scenario, nation_tables())
    diversions = place_diversions(plan, orders)
    truth, known = TruthLog(plan, diversions), {}
    for month in reported_months(plan, diversions):
        truth.add(month)
        known |= {told.event_id: told.about for report in month.reports for told in report.events}
    told = json.loads(json.dumps(truth.as_json()))
    assert [one["kind"] for one in told["diversions"]] == list(DIVERSIONS)
    for one in told["diversions"]:
        assert [row["month"] for row in one["months"]] == (
            ["2023-03"] if one["kind"] == "abrupt" else ["2023-03", "2023-04"]
        )
        for row in one["months"]:
            assert row["kg"]["Nd"] > 0
            assert row["events"]
            assert set(row["events"]) <= set(known)
        assert (one["partner"] is not None) == one["kind"].startswith("collusion")
    kinds = {known[event][0] for one in told["diversions"] for row in one["months"] for event in row["events"]}
    assert kinds >= {"stock_taking", "receiving", "destroying", "shipping"}


def test_a_diversion_is_placed_where_it_is_ordered_or_not_at_all():
    plan, _ = diverted("abrupt")
    metal = next(plant.number for plant in plan.plants if plant.kind.name == "metal")
    (one,) = place_diversions(plan, [DiversionOrder("protracted", 0.02, metal, 4)])
    assert (one.plant, one.start) == (metal, 4)
    mine = next(plant.number for plant in plan.plants if plant.kind.name == "mine")
    with pytest.raises(NoPlace, match="suitable"):
        place_diversions(plan, [DiversionOrder("protracted", 0.02, mine, 4)])
    small = make_plan(Scenario(plants=5, months=4, clean=12), nation_tables())
    with pytest.raises(NoPlace, match="month 13 of 4"):
        place_diversions(small, [DiversionOrder("protracted", 0.02)])


def test_no_plant_has_two_diversions():
    plan, _ = diverted("abrupt")
    orders = [DiversionOrder(kind, 0.02) for kind in DIVERSIONS]
    places = [number for one in place_diversions(plan, orders) for number in {one.plant, one.bearer}]
    assert len(places) == len(set(places))
