"""What is derived bit by bit, in any order, is what the whole book says, byte for byte."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chain.chain_of import Chain, line
from chain.memory_shelf import WORLD, MemoryShelf, derived
from ytterby.chain.book import build_from_bundles
from ytterby.chain.cell import read_cell, row_of
from ytterby.chain.derivation import Dirty, derive
from ytterby.chain.excerpt import CellMissing, book_of_nodes, cells_of_book
from ytterby.chain.origin import origin_of_lot

pytestmark = pytest.mark.long

seeds = st.integers(0, 10**9)


@settings(max_examples=400, deadline=None)
@given(seeds, seeds, st.integers(1, 12))
def test_any_history_derived_bit_by_bit_is_the_whole_book_byte_for_byte(seed, order, chunk):
    shelf, counting = derived(seed, order, chunk)
    lots, events = cells_of_book(build_from_bundles(counting, WORLD))
    assert shelf.lots == lots
    assert shelf.made == events


@settings(max_examples=60, deadline=None)
@given(seeds, seeds)
@example(6712, 129)  # a pool overdrawn within noise, from which an unassayed lot is drawn
def test_a_book_of_kept_cells_answers_as_the_whole_book_does(seed, order):
    shelf, counting = derived(seed, order, 5)
    whole = build_from_bundles(counting, WORLD)
    nodes = [node for body in (*shelf.lots.values(), *shelf.made.values()) for node in read_cell(body).nodes]
    kept = book_of_nodes(nodes, WORLD, shelf.ranks_of(shelf.ranked))
    rows = {(node.digest, node.place): row_of(node) for node in nodes}
    for lot in whole.parcels_of:
        assert origin_of_lot(kept, lot, elements=("Nd", "Dy")) == origin_of_lot(whole, lot, elements=("Nd", "Dy"))
        for node in kept.made(lot):
            held = sum((mass for mass in rows[node.key].values()), start=0 * node.mass_kg)
            assert held == pytest.approx(node.mass_kg, rel=1e-9, abs=1e-9)


def chain_of_steps(length: int) -> Chain:
    """Return a lot that becomes another, that becomes another: each assayed."""
    chain = Chain()
    chain.source("mine", line("lot0", 10, Nd=5, u=0.01))
    for number in range(length):
        chain.step("mine", [line(f"lot{number}", 10)], [line(f"lot{number + 1}", 10, Nd=5, u=0.01)])
    return chain


def test_a_change_stops_where_nothing_hangs_on_it():
    """A further take of an early lot changes that lot and what is made of it, not the eleven lots after it."""
    chain = chain_of_steps(12)
    shelf = MemoryShelf()
    derive(shelf, WORLD, shelf.change(chain.bundles, []))
    shelf.kept.clear()
    late = Chain()
    late.source("mine", line("other", 3, Nd=1, u=0.01), hour=500)
    late.lose("mine", line("other", 1), line("lot12", 1), hour=501)
    rounds = derive(shelf, WORLD, shelf.change(late.bundles, []))
    assert rounds == 1
    assert {lot for part in shelf.kept for lot in part.lots} == {"other", "lot12"}
    assert not [digest for part in shelf.kept for digest in part.events]


def test_a_correction_at_the_head_of_a_chain_runs_to_its_end():
    chain = chain_of_steps(6)
    shelf = MemoryShelf()
    derive(shelf, WORLD, shelf.change(chain.bundles, []))
    right = Chain()
    right.source("plant", line("lot0", 10, Nd=5.1, u=0.01), hour=1, holder="party:mine")
    assert derive(shelf, WORLD, shelf.change(right.bundles, chain.bundles[:1])) > 1
    lots, events = cells_of_book(build_from_bundles([*right.bundles, *chain.bundles[1:]], WORLD))
    assert (shelf.lots, shelf.made) == (lots, events)


def test_what_is_not_kept_and_needed_is_named_not_guessed():
    chain = Chain()
    chain.source("mine", line("x", 10, Nd=5, u=0.01))
    chain.source("mine", line("y", 10, Nd=5, u=0.01))
    chain.step("mine", [line("x", 5), line("y", 5)], [line("z", 10, Nd=5, u=0.01)])
    shelf = MemoryShelf()
    derive(shelf, WORLD, shelf.change(chain.bundles, []))
    del shelf.lots["x"]
    with pytest.raises(CellMissing):
        derive(shelf, WORLD, Dirty(lots=frozenset({"y"})))
