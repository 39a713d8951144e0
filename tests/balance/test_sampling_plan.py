"""Drawing at random without a choice: exact probabilities, order independence, commitment, nothing twice."""

from collections import Counter
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.balance.sampling_plan import (
    Plan,
    Stratum,
    Unit,
    check_draw,
    draw,
    inclusion_probabilities,
    plan_digest,
    seed_digest,
)


def seed_of(number):
    return sha256(str(number).encode()).digest()


def plan_of(seed, *strata):
    return Plan("2026-02", "plant", "Nd", "2026-03-05", strata, seed_digest(seed))


def frame_of(sizes, stratum=""):
    return [Unit(f"https://a.example/{n}", stratum, str(size)) for n, size in enumerate(sizes)]


sizes = st.lists(st.integers(1, 1000), min_size=1, max_size=25)


@given(sizes, st.data())
def test_probabilities_are_proportional_to_size_sum_to_the_count_and_never_exceed_one(sizes, data):
    count = data.draw(st.integers(1, len(sizes)))
    found = inclusion_probabilities(count, [Fraction(size) for size in sizes])
    assert sum(found) == count
    assert all(0 < one <= 1 for one in found)
    below = [(p, size) for p, size in zip(found, sizes, strict=True) if p < 1]
    assert len({p / size for p, size in below}) <= 1
    if below:
        assert all(size >= max(one for _, one in below) for p, size in zip(found, sizes, strict=True) if p == 1)


@settings(max_examples=150)
@given(sizes, st.data(), st.integers(0, 10**6))
def test_exactly_the_count_is_drawn_whatever_the_order_of_the_frame(sizes, data, number):
    count = data.draw(st.integers(1, len(sizes)))
    seed, frame = seed_of(number), frame_of(sizes)
    plan = plan_of(seed, Stratum("", count))
    found = draw(plan, seed, frame)
    assert len({one.id for one in found}) == count
    shuffled = data.draw(st.permutations(frame))
    assert draw(plan, seed, shuffled) == found
    assert plan_digest(plan, shuffled) == plan_digest(plan, frame)
    certain = inclusion_probabilities(count, [Fraction(s) for s in sizes])
    must = {unit.id for unit, p in zip(frame, certain, strict=True) if p == 1}
    assert must <= {one.id for one in found}


def test_units_are_drawn_as_often_as_their_probability_says():
    """4,000 seeds: each frequency within 4.5 standard errors of n x / X."""
    sizes, count, runs = (1, 2, 3, 4, 10, 20), 2, 4000
    frame = frame_of(sizes)
    times = Counter()
    for number in range(runs):
        seed = seed_of(number)
        times.update(one.id for one in draw(plan_of(seed, Stratum("", count)), seed, frame))
    for unit, p in zip(frame, inclusion_probabilities(count, [Fraction(s) for s in sizes]), strict=True):
        error = (runs * float(p) * (1 - float(p))) ** 0.5
        assert abs(times[unit.id] - runs * float(p)) <= max(4.5 * error, 0.0), unit


def test_strata_are_drawn_each_by_itself():
    seed = seed_of(1)
    frame = [*frame_of([5, 5, 5], "mine"), *(u for u in (Unit(f"m{n}", "magnet", "1") for n in range(9)))]
    found = draw(plan_of(seed, Stratum("mine", 1), Stratum("magnet", 3)), seed, frame)
    assert Counter(one.stratum for one in found) == {"mine": 1, "magnet": 3}
    assert {one.probability for one in found} == {Fraction(1, 3)}
    alone = draw(plan_of(seed, Stratum("magnet", 3)), seed, frame)
    assert [one.id for one in alone] == [one.id for one in found if one.stratum == "magnet"]


@pytest.mark.parametrize(
    ("frame", "count", "code"),
    [
        (frame_of([1, 2]), 3, "sample.stratum_small"),
        (frame_of([1, 2]), 0, "sample.stratum_small"),
        (frame_of([1, 2]) * 2, 2, "sample.unit_twice"),
        (frame_of([1, 0]), 1, "sample.no_size"),
        (frame_of([1, "-1"]), 1, "sample.no_size"),
        (frame_of([1, "1e999999"]), 1, "sample.no_size"),
        (frame_of([1, "NaN"]), 1, "sample.no_size"),
    ],
)
def test_what_cannot_be_drawn_from_is_named(frame, count, code):
    seed = seed_of(1)
    plan = plan_of(seed, Stratum("", count))
    assert [problem.code for problem in check_draw(plan, seed, frame)] == [code]
    with pytest.raises(ValueError, match=code):
        draw(plan, seed, frame)


def test_another_seed_than_the_committed_one_draws_nothing():
    """Threat D3: whoever could choose the seed could choose the plants."""
    plan, frame = plan_of(seed_of(1), Stratum("", 1)), frame_of([1, 2])
    for seed in (seed_of(2), b"", seed_of(1) + b"x"):
        assert [problem.code for problem in check_draw(plan, seed, frame)] == ["sample.another_seed"]
    with pytest.raises(ValueError):
        seed_digest(b"short")


@given(st.integers(0, 10**6))
def test_plan_and_frame_are_told_apart_by_their_digest(number):
    seed = seed_of(number)
    plan, frame = plan_of(seed, Stratum("", 1)), frame_of([1, 2])
    digests = {
        plan_digest(plan, frame),
        plan_digest(plan, frame_of([1, 3])),
        plan_digest(plan_of(seed, Stratum("", 2)), frame),
        plan_digest(plan_of(seed_of(number + 1), Stratum("", 1)), frame),
    }
    assert len(digests) == 4
