"""Book order: instant, then maker before user, then digest; never arrival."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import Chain, line
from ytterby.chain.order import Bundle, book_order
from ytterby.chain.posting import Step


def orders(bundles: list[Bundle], seeds: range) -> set[tuple[bytes, ...]]:
    found = set()
    for seed in seeds:
        shuffled = bundles.copy()
        random.Random(seed).shuffle(shuffled)
        found.add(tuple(p.digest for p in book_order(shuffled)))
    return found


def test_a_maker_precedes_its_user_at_the_same_instant():
    chain = Chain()
    used = chain.step("plant", [line("b")], [line("c")], hour=5)
    made = chain.step("plant", [line("a")], [line("b")], hour=5)
    source = chain.source("plant", line("a"), hour=5)
    assert orders(chain.bundles, range(10)) == {(source, made, used)}


def test_a_cycle_of_equal_instants_goes_by_digest_and_what_follows_it_comes_after():
    chain = Chain()
    first = chain.step("plant", [line("b")], [line("a")], hour=5)
    second = chain.step("plant", [line("a")], [line("b")], hour=5)
    # Try names until the follower's digest is the least of the three: it must come last all the same.
    for number in range(200):
        probe = Chain()
        follower = probe.step("plant", [line("a")], [line(f"z{number}")], hour=5)
        if follower < min(first, second):
            chain.bundles += probe.bundles
            break
    assert orders(chain.bundles, range(10)) == {(*sorted((first, second)), follower)}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 2)), min_size=2, max_size=14))
def test_the_order_is_a_matter_of_the_set(edges):
    chain = Chain()
    for number, (used, made, hour) in enumerate(edges):
        chain.step("plant", [line(f"lot{used}")], [line(f"lot{made}")], hour=hour, name=str(number))
    assert len(orders(chain.bundles, range(5))) == 1


def test_ten_thousand_events_on_one_instant_are_ordered_without_recursion():
    chain = Chain()
    for number in reversed(range(10_000)):
        chain.step("plant", [line(f"l{number}")], [line(f"l{number + 1}")], hour=1)
    postings = book_order(chain.bundles)
    lots = [p.outputs[0].lot for p in postings if isinstance(p, Step)]
    assert lots == [f"l{n + 1}" for n in range(10_000)]


def test_many_users_of_one_lot_on_one_instant_are_ordered_in_linear_time():
    chain = Chain()
    for number in range(3_000):
        chain.step("plant", [line("ore")], [line(f"out{number}")], hour=1)
        chain.source("plant", line("ore"), hour=1, name=str(number))
    postings = book_order(chain.bundles)
    kinds = [type(p).__name__ for p in postings]
    assert kinds == ["Source"] * 3_000 + ["Step"] * 3_000
