"""Every gram of each element appears once: sources + gains = destinations; order does not matter."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import Chain, line, world
from ytterby.chain.attribution import attribute, push
from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.bounds import bound
from ytterby.chain.destination import _leaves
from ytterby.chain.graph import descendants, sources_of, with_element
from ytterby.chain.node import NodeKind
from ytterby.chain.trace import trace_lot
from ytterby.matter.element import POSITION

pytestmark = pytest.mark.long

SITES = ("mine", "plant", "maker")
LOTS = ("a", "b", "c", "d")
POOLS = ("tank:1", "tank:2")
RULES = ("proportional", "fifo", "segregated", "rolling_average")

MOVES = ("source", "step", "ship", "receive", "charge", "draw", "count", "lose", "void", "pooltake")
# Long random histories find what short ones never reach, so the search is over seeds, not over lists.
seeds = st.integers(0, 10**9)


def history(seed: int) -> Chain:
    """Return a random history of five to sixty moves."""
    pick = random.Random(seed)
    steps = [
        (
            pick.choice(MOVES),
            pick.choice(SITES),
            pick.choice(SITES),
            pick.choice(LOTS),
            pick.choice(LOTS),
            pick.randint(1, 60),
            pick.randint(1, 60),
            pick.randint(0, 1),
        )
        for _ in range(pick.randint(5, 60))
    ]
    return chain_of(steps, (pick.choice(RULES), pick.choice(RULES)))


def chain_of(steps: list[tuple], rules: tuple[str, str]) -> Chain:
    """Return a chain of arbitrary moves, sensible or not."""
    chain = Chain()
    for number, (move, site, other, lot, second, amount, mass, which) in enumerate(steps):
        name, pool, rule = str(number), POOLS[which], rules[which]
        assayed = {"Nd": mass / 7, "Dy": mass / 70} if which else {}
        match move:
            case "source":
                chain.source(site, line(lot, amount, Nd=mass / 3, Dy=mass / 50, u=0.01), name=name)
            case "step":
                outputs = [line(f"{second}{number}", amount, u=0.01, **assayed), line(f"{lot}{number}r", 3)]
                chain.step(site, [line(lot, amount, u_kg=0.1), line(second, mass)], outputs, name=name)
            case "ship":
                chain.ship(site, other, line(lot, amount, u_kg=0.1), document=f"doc{which}{lot}", name=name)
            case "receive":
                chain.receive(
                    site, other, line(lot, mass, u_kg=0.1, u=0.01, **assayed), document=f"doc{which}{lot}", name=name
                )
            case "charge":
                chain.charge(site, pool, line(lot, amount), rule=rule, name=name)
            case "draw":
                drawn = line(f"w{number}", amount, u=0.01, **assayed)
                chain.draw(site, pool, drawn, rule=rule, name=name)
            case "count":
                chain.count(site, line(lot, amount, u_kg=0.1), is_complete=bool(which), name=name)
            case "pooltake":
                chain.count(site, line("content", amount, u=0.01, **assayed), pool=pool, rule=rule, name=name)
            case "lose":
                chain.lose(site, line(lot, amount), name=name)
            case _:
                chain.void(site, line(lot, amount), document=f"doc{which}{lot}", name=name)
    return chain


def whole(book: Book, element: str):
    return with_element(descendants(book, book.nodes), element)


def sums(book: Book, element: str) -> tuple[float, float]:
    """Return the mass of all sources and of all that stays somewhere, gains with their minus sign."""
    cone = whole(book, element)
    sources, _ = sources_of(cone, element)
    start = np.zeros(len(cone.nodes))
    np.add.at(start, sources.nodes, sources.mass_kg)
    flow = push(cone.graph, start)
    position = POSITION[element]
    leaves = [leaf.mass_kg for i, n in enumerate(cone.nodes) for leaf in _leaves(n, position, float(flow[i]), i)]
    return float(start.sum()), float(sum(leaves))


@settings(max_examples=250, deadline=None)
@given(seeds)
def test_sources_and_gains_equal_destinations(seed):
    book = history(seed).book(world(*SITES))
    for element in ("Nd", "Dy"):
        sources, destinations = sums(book, element)
        assert destinations == pytest.approx(sources, rel=1e-9, abs=1e-9)


@settings(max_examples=250, deadline=None)
@given(seeds)
def test_the_origins_of_a_node_sum_to_its_measured_mass_lie_in_their_bounds_and_are_never_negative(seed):
    book = history(seed).book(world(*SITES))
    for element in ("Nd", "Dy"):
        cone = whole(book, element)
        sources, classes = sources_of(cone, element)
        rows = attribute(cone.graph, sources, len(classes))
        mass = np.array([float(n.mass_kg[POSITION[element]]) for n in cone.nodes])
        assert rows.sum(axis=1) == pytest.approx(mass, rel=1e-9, abs=1e-9)
        assert (rows >= -1e-9).all()


@settings(max_examples=60, deadline=None)
@given(seeds, seeds)
def test_the_book_is_a_matter_of_the_set(seed, other):
    chain = history(seed)
    shuffled = chain.bundles.copy()
    random.Random(other).shuffle(shuffled)
    first, second = chain.book(world(*SITES)), build_from_bundles(shuffled, world(*SITES))
    assert first.findings == second.findings
    assert len(first.nodes) == len(second.nodes)
    for a, b in zip(first.nodes, second.nodes, strict=True):
        assert (a.lot, a.site, a.holder, a.digest, a.amount, a.left) == (
            b.lot,
            b.site,
            b.holder,
            b.digest,
            b.amount,
            b.left,
        )
        assert a.mass_kg.tobytes() == b.mass_kg.tobytes()
        assert a.parents == b.parents
        assert [np.asarray(w).tobytes() for w in a.weights] == [np.asarray(w).tobytes() for w in b.weights]


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_every_parent_precedes_its_child(seed):
    book = history(seed).book(world(*SITES))
    for node in book.nodes:
        assert all(parent < node.index for parent in node.parents)
        assert node.parents == sorted(node.parents)
        assert node.kind is not NodeKind.STEP or node.outputs


@settings(max_examples=150, deadline=None)
@given(seeds, st.sampled_from(RULES))
def test_a_share_lies_between_the_bounds_over_all_allocations_of_the_pools(seed, rule):
    pick = random.Random(seed)
    chain = Chain()
    held = 0.0
    for number in range(pick.randint(2, 25)):
        if held < 1 or pick.random() < 0.5:
            mass = pick.randint(1, 30)
            chain.source(
                "mine", line(f"in{number}", mass, Nd=mass), origin=pick.choice(("extraction", "scrap", "foreign"))
            )
            chain.charge("mine", "tank", line(f"in{number}", mass), rule=rule)
            held += mass
        else:
            mass = pick.randint(1, max(1, int(held)))
            chain.draw("mine", "tank", line(f"out{number}", mass, Nd=mass), rule=rule)
            held -= mass
    book = chain.book(world(*SITES))
    cone = whole(book, "Nd")
    sources, classes = sources_of(cone, "Nd")
    rows = attribute(cone.graph, sources, len(classes))
    own = np.zeros_like(rows)
    np.add.at(own, (sources.nodes, sources.classes), sources.mass_kg)
    limits = bound(book, cone, "Nd", own)
    for place, node in enumerate(cone.nodes):
        if node.kind is NodeKind.PARCEL:
            assert (limits.least_kg[place] <= rows[place] + 1e-9).all()
            assert (limits.greatest_kg[place] >= rows[place] - 1e-9).all()


@pytest.mark.parametrize("rule", RULES)
def test_a_tank_with_many_movements_is_no_quadratic_matter(rule):
    """Twice the movements cost about twice the edges, whatever the rule."""
    edges = []
    for count in (1_000, 2_000):
        chain = Chain()
        for number in range(count):
            chain.source("mine", line(f"in{number}", 2, Nd=1, La=1), hour=number)
            chain.charge("mine", "tank", line(f"in{number}", 2), rule=rule, hour=number + 0.25)
            chain.draw("mine", "tank", line(f"out{number}", 1, Nd=1), rule=rule, hour=number + 0.5)
        edges.append(sum(len(n.parents) for n in chain.book(world(*SITES)).nodes))
    assert edges[1] <= 2.3 * edges[0]


def test_a_step_with_five_thousand_inputs_is_traced_through():
    chain = Chain()
    for number in range(5_000):
        chain.source("mine", line(f"bag{number}", 1, Nd=0.5))
    chain.step("mine", [line(f"bag{n}", 1) for n in range(5_000)], [line("melt", 2_500, Nd=2_500)])
    trace = trace_lot(chain.book(world(*SITES)), "melt", is_back=True, element="Nd")
    assert trace.total_kg == 2_500
    assert sum(node.mass_kg for node in trace.nodes if node.node.lot.startswith("bag")) == pytest.approx(2_500)
