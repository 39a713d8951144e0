"""Of very much that lies behind a lot the first by mass is traced, and the answer says what is missing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import Chain, line
from chain.memory_shelf import WORLD, MemoryShelf, derived
from chain.test_kept_cone import ConeShelf, plain
from ytterby.chain.book import build_from_bundles
from ytterby.chain.cell import mass_in, read_cell, weights_in
from ytterby.chain.derivation import derive
from ytterby.chain.first_ancestors import Enough
from ytterby.chain.kept_cone import book_of_ancestors, book_of_lot
from ytterby.chain.trace import trace_lot
from ytterby.matter.element import ELEMENTS

seeds = st.integers(0, 10**9)
shares = st.sampled_from((0.3, 0.6, 0.9, 0.99, 0.9999))


def traced(book, lot, enough):
    return trace_lot(book, lot, is_back=True, element=enough.element, holder=enough.holder)


@settings(max_examples=40, deadline=None)
@given(seeds, seeds, shares, st.sampled_from(("Nd", "Dy")))
def test_what_is_left_out_is_no_more_than_may_stay_untraced_and_what_is_told_is_short_by_no_more(
    seed, order, share, element
):
    shelf, counting = derived(seed, order, 7)
    whole = build_from_bundles(counting, WORLD)
    cells = ConeShelf(shelf)
    for lot, parcels in whole.parcels_of.items():
        for holder in sorted({None, *(parcel.holder for parcel in parcels)}, key=str):
            enough = Enough(0, share, element, holder)
            first = traced(book_of_ancestors(cells, WORLD, lot, enough), lot, enough)
            all_of_it = traced(whole, lot, enough)
            assert first.total_kg == all_of_it.total_kg
            if first.is_whole:
                assert first.untraced_kg == 0.0
            residue_kg = 1e-9 * (1.0 + abs(first.total_kg))
            assert first.untraced_kg <= (1.0 - share) * first.total_kg + residue_kg
            told = {one.node.key: one.mass_kg for one in all_of_it.nodes}
            short = [told[one.node.key] - one.mass_kg for one in first.nodes if one.node.key in told]
            assert len(short) == len(first.nodes)
            assert all(-residue_kg <= kg <= first.untraced_kg + residue_kg for kg in short)
            assert first.unaccounted_kg <= all_of_it.unaccounted_kg + residue_kg


@settings(max_examples=25, deadline=None)
@given(seeds, seeds)
def test_where_that_is_few_enough_all_of_it_is_told_word_for_word(seed, order):
    shelf, counting = derived(seed, order, 7)
    whole = build_from_bundles(counting, WORLD)
    cells = ConeShelf(shelf)
    for lot in whole.parcels_of:
        enough = Enough(10_000, 0.5, "Nd")
        first = traced(book_of_ancestors(cells, WORLD, lot, enough), lot, enough)
        assert first.is_whole
        assert plain(first) == plain(traced(whole, lot, enough))


@settings(max_examples=25, deadline=None)
@given(seeds, seeds)
def test_figures_of_one_element_are_those_of_the_whole_node(seed, order):
    shelf, counting = derived(seed, order, 7)
    whole = {node.key: node for node in build_from_bundles(counting, WORLD).nodes}
    for body in (*shelf.lots.values(), *shelf.made.values()):
        for kept in read_cell(body).nodes:
            node = whole[kept.digest, kept.place]
            for element in range(len(ELEMENTS)):
                assert mass_in(kept, element) == node.mass_kg[element]
                weights = [w if isinstance(w, float) else w[element] for w in node.weights]
                assert weights_in(kept, element) == weights


def blend(parts: int) -> ConeShelf:
    """A lot blended of one large part and many small ones, each of which was refined twice."""
    chain = Chain()
    for number in range(parts):
        mass = 1000 if number == 0 else 1
        chain.source("mine", line(f"ore{number}", mass, Nd=mass, u=0.01))
        chain.step("mine", [line(f"ore{number}", mass)], [line(f"oxide{number}", mass, Nd=mass, u=0.01)])
        chain.step("mine", [line(f"oxide{number}", mass)], [line(f"metal{number}", mass, Nd=mass, u=0.01)])
    total = 1000 + parts - 1
    inputs = [line(f"metal{number}", 1000 if number == 0 else 1) for number in range(parts)]
    chain.step("plant", inputs, [line("alloy", total, Nd=total, u=0.01)])
    shelf = MemoryShelf()
    derive(shelf, WORLD, shelf.change(chain.bundles, []))
    return ConeShelf(shelf)


def test_of_a_blend_only_the_large_part_is_traced_to_its_source_and_the_rest_is_told_to_be_open():
    cells = blend(5)
    enough = Enough(5, 0.99, "Nd")
    found = traced(book_of_ancestors(cells, WORLD, "alloy", enough), "alloy", enough)
    lots = {one.node.lot for one in found.nodes}
    assert {"ore0", "oxide0", "metal0", "metal1"} <= lots
    assert "ore1" not in lots
    assert not found.is_whole
    assert found.untraced_kg == pytest.approx(4.0, rel=1e-9)
    assert found.muf_kg == pytest.approx(0.0, abs=1e-9)
    assert {(one.min_share, one.max_share) for one in found.nodes} == {(None, None)}
    cells.given = 0
    whole = traced(book_of_ancestors(cells, WORLD, "alloy"), "alloy", enough)
    assert whole.is_whole
    assert "ore1" in {one.node.lot for one in whole.nodes}


def test_no_cell_is_read_behind_what_stays_open():
    cells = blend(50)
    enough = Enough(5, 0.9, "Nd")
    cells.given = 0
    book_of_ancestors(cells, WORLD, "alloy", enough)
    # The alloy, its step, 50 metals; then of the large part a step, an oxide, a step, an ore.
    assert cells.given <= 2 + 50 + 4


def test_an_element_that_a_lot_has_nothing_of_is_asked_for_in_all_that_lies_behind_it():
    cells = blend(9)
    enough = Enough(0, 0.99, "Tb")
    found = traced(book_of_ancestors(cells, WORLD, "alloy", enough), "alloy", enough)
    assert found.is_whole
    assert found.total_kg == 0.0


def test_a_lot_alone_is_what_it_is_in_the_whole_book():
    cells = blend(9)
    cells.given = 0
    book = book_of_lot(cells, WORLD, "alloy")
    assert cells.given == 1
    (parcel,) = book.made("alloy")
    assert parcel.net_kg is None or float(parcel.net_kg) == 1008.0
    assert not book_of_lot(cells, WORLD, "unheard of").nodes
