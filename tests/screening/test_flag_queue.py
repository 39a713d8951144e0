"""Scenarios: diverters come to the top of a queue of honest applicants, and an honest answer clears."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from screening.applications import DAY, buys_three_times, grades, judged, queue, ramp_up, restock, shell_trader, sister
from ytterby.screening.flags import combined, questions

DIVERTERS = {"three times", "shell trader", "sister"}


@pytest.mark.parametrize("seed", range(1, 6))
def test_every_diverter_is_in_the_top_five_percent_of_several_hundred(seed):
    ranked = sorted(queue(seed), key=lambda one: combined(judged(one.given)), reverse=True)
    top = ranked[: len(ranked) * 5 // 100]
    places = [n for n, one in enumerate(ranked) if one.kind in DIVERTERS]
    assert len(places) == 15
    assert places[-1] < len(top), [one.kind for one in ranked[: places[-1] + 1]]
    assert not any(one.kind in {"restock", "honest"} for one in ranked[:10])


def test_what_gives_each_diverter_away():
    rng = random.Random(3)
    bought = grades(buys_three_times(rng))
    assert (bought["D1"], bought["D2"], bought["D3"]) in {("strong",) * 3, ("weak", "strong", "strong")}
    shell = grades(shell_trader(rng))
    assert [shell[name] for name in ("E1", "E2", "E3", "E5", "U3")] == ["strong", "strong", "strong", "weak", "strong"]
    assert grades(sister(rng))["E6"] == "strong"


@pytest.mark.parametrize("seed", range(8))
def test_an_honest_ramp_up_is_cleared_by_one_answer(seed):
    given = ramp_up(random.Random(seed))
    asked = [one.rule.id for one in questions(judged(given)) if one.judged.grade.value in {"strong", "weak"}]
    assert "D3" in asked
    before = combined(judged(given))
    # The answer to "what changed": a permit for the second plant, with its capacity and yield.
    permit = replace(given.demand, capacity_kg=given.demand.quantity_kg, yield_share=Decimal("0.8"))
    answered = judged(replace(given, demand=permit))
    after = combined(answered, settled={"D3"})
    assert {one.rule.id: one.judged.grade.value for one in answered}["D2"] == "none"
    assert before - after >= Decimal("0.2")
    # What is left is what any honest firm of the queue shows.
    honest = sorted(combined(judged(one.given)) for one in queue(1, count=100) if one.kind.startswith("honest"))
    assert after <= honest[len(honest) * 95 // 100]


@pytest.mark.parametrize("seed", range(8))
def test_a_seasonal_restock_asks_at_most_why_now(seed):
    raised = {name for name, grade in grades(restock(random.Random(seed))).items() if grade == "strong"}
    assert not raised


def test_the_day_of_the_queue_is_one_on_which_the_rules_count():
    assert len(judged(next(queue(1)).given)) == 24
    assert DAY.year == 2026
