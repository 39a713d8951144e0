"""Pools under each rule, by hand-worked figures."""

import pytest

from chain.chain_of import Chain, findings, line
from ytterby.chain.destination import destination_of_lot
from ytterby.chain.origin import origin_of_lot
from ytterby.chain.trace import trace_lot


def tank(rule: str) -> Chain:
    """Ten kilograms of mine A, then twenty of B, are charged; twelve are drawn; twelve of C come; fifteen are drawn."""
    chain = Chain()
    chain.source("A", line("a", 10, Nd=10))
    chain.source("B", line("b", 20, Nd=20))
    chain.charge("plant", "tank", line("a", 10), rule=rule)
    chain.charge("plant", "tank", line("b", 20), rule=rule)
    chain.draw("plant", "tank", line("w1", 12, Nd=12), rule=rule)
    chain.source("C", line("c", 12, Nd=12))
    chain.charge("plant", "tank", line("c", 12), rule=rule)
    chain.draw("plant", "tank", line("w2", 15, Nd=15), rule=rule)
    return chain


def shares(chain: Chain, lot: str) -> dict[str, float]:
    found = origin_of_lot(chain.book(), lot)[0].origins
    return {s.origin.site: round(s.mass_kg, 12) for s in found if s.mass_kg > 1e-12}


def test_proportional_takes_the_current_mix():
    chain = tank("proportional")
    assert shares(chain, "w1") == {"A": 4.0, "B": 8.0}
    assert shares(chain, "w2") == {"A": 3.0, "B": 6.0, "C": 6.0}


def test_fifo_takes_the_oldest_charge_first():
    chain = tank("fifo")
    assert shares(chain, "w1") == {"A": 10.0, "B": 2.0}
    assert shares(chain, "w2") == {"B": 15.0}


def test_segregated_takes_the_oldest_charge_that_covers_it():
    chain = tank("segregated")
    assert shares(chain, "w1") == {"B": 12.0}
    assert shares(chain, "w2") == {"A": 10.0, "B": 5.0}


def test_rolling_average_takes_by_the_size_of_the_months_charges_as_far_as_each_reaches():
    chain = tank("rolling_average")
    assert shares(chain, "w1") == {"A": 4.0, "B": 8.0}
    # By size of charge: 15 x 10/42, 20/42, 12/42; every charge has as much left.
    assert shares(chain, "w2") == pytest.approx({"A": 15 * 10 / 42, "B": 15 * 20 / 42, "C": 15 * 12 / 42})


def test_bounds_follow_from_what_is_available_and_what_is_not():
    found = {s.origin.site: s for s in origin_of_lot(tank("proportional").book(), "w1")[0].origins}
    # 10 of A and 20 of others are there, 12 are drawn: at most 10/12, at least 0; B at most 1, at least 2/12.
    assert (found["A"].least, found["A"].greatest) == pytest.approx((0.0, 10 / 12))
    assert (found["B"].least, found["B"].greatest) == pytest.approx((2 / 12, 1.0))


def test_the_bounds_do_not_depend_on_the_rule():
    by_rule = []
    for rule in ("proportional", "fifo", "segregated", "rolling_average"):
        found = origin_of_lot(tank(rule).book(), "w2")[0].origins
        by_rule.append({s.origin.site: (round(s.least, 9), round(s.greatest, 9)) for s in found})
    assert by_rule[1]["B"] == by_rule[0]["B"]
    assert all(bounds["B"] == by_rule[0]["B"] for bounds in by_rule)


def test_the_answer_carries_the_rule():
    assert origin_of_lot(tank("fifo").book(), "w2")[0].rule == "well_mixed+fifo"
    assert trace_lot(tank("fifo").book(), "a", is_back=False, element="Nd").rule == "well_mixed+fifo"


def test_a_trace_through_a_pool_bounds_each_ancestor():
    trace = trace_lot(tank("proportional").book(), "w1", is_back=True, element="Nd")
    of = {n.node.lot: n for n in trace.nodes if n.node.lot}
    assert of["a"].mass_kg == pytest.approx(4.0)
    assert (of["a"].min_share, of["a"].max_share) == pytest.approx((0.0, 10 / 12))
    assert (of["w1"].min_share, of["w1"].max_share) == (1.0, 1.0)


def test_what_is_left_in_a_pool_is_a_destination():
    found = destination_of_lot(tank("proportional").book(), "a", element="Nd").destinations
    assert {(d.kind, d.id): round(d.mass_kg, 9) for d in found} == {
        ("stock", "w1"): 4.0,
        ("stock", "w2"): 3.0,
        ("pool", "tank"): 3.0,
    }


def test_a_draw_of_more_than_the_pool_holds_is_a_finding_and_unaccounted():
    chain = Chain()
    chain.source("A", line("a", 10, Nd=10))
    chain.charge("plant", "tank", line("a", 10))
    chain.draw("plant", "tank", line("w", 14, Nd=14))
    assert findings(chain.book()) == [
        ("lot.changed_site", "a", "plant"),
        ("pool.overdrawn", "w", "plant"),
    ]
    assert shares(chain, "w") == {"A": 10.0, "plant": 4.0}


def test_the_opening_content_of_a_tank_is_a_stock_taking():
    chain = Chain()
    chain.count("plant", line("content", 100, Nd=40), pool="tank")
    chain.draw("plant", "tank", line("w", 10, Nd=4))
    found = origin_of_lot(chain.book(), "w")[0].origins
    assert [(s.origin.kind, s.origin.site, s.mass_kg) for s in found] == [("opening_stock", "plant", 4.0)]


def test_a_stock_taking_of_less_than_the_book_is_muf():
    chain = Chain()
    chain.count("plant", line("content", 100, Nd=40), pool="tank")
    chain.count("plant", line("content", 90, Nd=30), pool="tank")
    chain.draw("plant", "tank", line("w", 90, Nd=30))
    book = chain.book()
    assert shares(chain, "w") == {"plant": 30.0}
    assert next(n for n in book.nodes if n.muf_weight is not None).muf_weight[5] == pytest.approx(0.25)


def test_a_draw_takes_elements_apart():
    chain = Chain()
    chain.source("A", line("a", 10, Nd=6, La=4))
    chain.source("B", line("b", 10, La=8))
    chain.charge("A", "tank", line("a", 10))
    chain.charge("A", "tank", line("b", 10))
    chain.draw("A", "tank", line("nd", 6, Nd=6))
    chain.draw("A", "tank", line("la", 6, La=6))
    by = {o.element: {s.origin.site: s.mass_kg for s in o.origins} for o in origin_of_lot(chain.book(), "nd")}
    assert by == {"Nd": {"A": 6.0}}
    by = {o.element: {s.origin.site: s.mass_kg for s in o.origins} for o in origin_of_lot(chain.book(), "la")}
    assert by["La"] == pytest.approx({"A": 2.0, "B": 4.0})


def test_nothing_descends_from_what_came_later():
    chain = tank("proportional")
    assert "C" not in shares(chain, "w1")


def test_nobody_draws_from_a_pool_at_anothers_site():
    """Threat P3: naming another's tank takes nothing out of it."""
    chain = Chain()
    chain.source("plant", line("a", 10, Nd=10))
    chain.charge("plant", "tank", line("a", 10))
    chain.draw("thief", "tank", line("w", 4, Nd=4))
    assert shares(chain, "w") == {"thief": 4.0}
    found = destination_of_lot(chain.book(), "a", element="Nd").destinations
    assert [(d.kind, d.id, d.mass_kg) for d in found] == [("pool", "tank", 10.0)]
