"""A question about one lot answered from the cells it needs is answered as from the whole book."""

import random
from collections.abc import Collection, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import Chain, line
from chain.memory_shelf import WORLD, MemoryShelf, derived
from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.cell import read_cell
from ytterby.chain.derivation import derive
from ytterby.chain.destination import destination_of_lot
from ytterby.chain.kept_cone import book_of_ancestors, book_of_descendants
from ytterby.chain.lot_history import write_lot_history
from ytterby.chain.origin import origin_of_lot
from ytterby.chain.posting_record import subjects_of
from ytterby.chain.trace import trace_lot

seeds = st.integers(0, 10**9)


class ConeShelf:
    """A shelf in memory that answers what a cone asks for, and counts the cells it gave."""

    def __init__(self, shelf: MemoryShelf) -> None:
        self.shelf = shelf
        self.given = 0

    def lot_cells(self, lots: Collection[str]):
        found = self.shelf.lot_cells(lots)
        self.given += len(found)
        return found

    def event_cells(self, digests: Collection[bytes]):
        found = self.shelf.event_cells(digests)
        self.given += len(found)
        return found

    def events_of(self, lots: Collection[str]):
        return [r.bundle.digest for r in self.shelf.events(lots)]

    def events_of_pools_in(self, digests: Collection[bytes]):
        pools = {p for d in digests for p in subjects_of(self.shelf.ranked[d].bundle.postings).pools}
        return [r.bundle.digest for r in self.shelf.events(pools)]

    def ranks_of(self, digests: Collection[bytes]):
        return self.shelf.ranks_of(digests)


def plain(trace):
    """Return what a trace says, without the numbers of nodes."""
    nodes = [(one.node.digest, one.node.place, *one[1:]) for one in trace.nodes]
    return nodes, trace.edges, trace.total_kg, trace.unaccounted_kg, trace.muf_kg, trace.rule


def answers(book: Book, lot: str, *, is_back: bool):
    holders = sorted({None, *(p.holder for p in book.parcels_of[lot])}, key=str)
    found = []
    for element in ("Nd", "Dy"):
        for holder in holders:
            found.append(plain(trace_lot(book, lot, is_back=is_back, element=element, holder=holder)))
            if not is_back:
                found.append(destination_of_lot(book, lot, element=element, holder=holder))
    if is_back:
        found += [origin_of_lot(book, lot, holder=holder) for holder in holders]
    return found


@settings(max_examples=40, deadline=None)
@given(seeds, seeds)
def test_every_question_about_every_lot_is_answered_as_from_the_whole_book(seed, order):
    shelf, counting = derived(seed, order, 7)
    whole = build_from_bundles(counting, WORLD)
    cells = ConeShelf(shelf)
    for lot in whole.parcels_of:
        assert answers(book_of_ancestors(cells, WORLD, lot), lot, is_back=True) == answers(whole, lot, is_back=True)
        assert answers(book_of_descendants(cells, WORLD, lot), lot, is_back=False) == answers(whole, lot, is_back=False)


def test_no_more_cells_are_read_than_lie_on_the_way():
    chain = Chain()
    for number in range(40):
        chain.source("mine", line(f"ore{number}", 10, Nd=5, u=0.01))
        chain.step("mine", [line(f"ore{number}", 10)], [line(f"oxide{number}", 10, Nd=5, u=0.01)])
        chain.step("mine", [line(f"oxide{number}", 10)], [line(f"metal{number}", 10, Nd=5, u=0.01)])
    shelf = MemoryShelf()
    derive(shelf, WORLD, shelf.change(chain.bundles, []))
    cells = ConeShelf(shelf)
    assert book_of_ancestors(cells, WORLD, "metal7").parcels_of.keys() == {"ore7", "oxide7", "metal7"}
    assert cells.given == 5
    cells.given = 0
    assert book_of_descendants(cells, WORLD, "ore7").parcels_of.keys() == {"ore7", "oxide7", "metal7"}
    assert cells.given == 5


def test_a_lot_that_nobody_named_has_an_empty_book():
    cells = ConeShelf(MemoryShelf())
    assert not book_of_ancestors(cells, WORLD, "x").nodes
    assert not book_of_descendants(cells, WORLD, "x").nodes


def test_a_kept_cell_says_which_event_made_each_parcel():
    chain = Chain()
    chain.source("mine", line("ore", 10, Nd=5, u=0.01))
    shelf = MemoryShelf()
    derive(shelf, WORLD, shelf.change(chain.bundles, []))
    assert [node.digest for node in read_cell(shelf.lots["ore"]).nodes] == [chain.bundles[0].digest]


class Postings:
    """All events of a shelf in memory, told in an order of their own where one is given."""

    def __init__(self, shelf: MemoryShelf, order: Sequence[bytes] = ()) -> None:
        self.shelf = shelf
        self.place = {digest: place for place, digest in enumerate(order)}

    def events(self, threads: Collection[str]):
        found = [r.bundle for r in self.shelf.events(threads)]
        return sorted(found, key=lambda bundle: self.place.get(bundle.digest, 0))

    def ranked(self, bundles):
        there = {bundle.digest for bundle in bundles}
        return [r for digest, r in self.shelf.ranked.items() if digest in there]


@settings(max_examples=40, deadline=None)
@given(seeds, seeds)
def test_a_lots_part_of_the_book_written_anew_answers_as_the_whole_book(seed, order):
    shelf, counting = derived(seed, order, 40)
    whole = build_from_bundles(counting, WORLD)
    postings = Postings(shelf)
    for lot in whole.parcels_of:
        for is_back in (True, False):
            part = write_lot_history(postings, WORLD, lot, is_back=is_back)
            assert answers(part, lot, is_back=is_back) == answers(whole, lot, is_back=is_back)


def test_a_history_of_a_lot_leaves_out_what_does_not_touch_it():
    chain = Chain()
    for number in range(9):
        chain.source("mine", line(f"ore{number}", 10, Nd=5, u=0.01))
        chain.step("mine", [line(f"ore{number}", 10)], [line(f"oxide{number}", 10, Nd=5, u=0.01)])
    shelf = MemoryShelf()
    shelf.change(chain.bundles, [])
    part = write_lot_history(Postings(shelf), WORLD, "oxide3", is_back=True)
    assert part.parcels_of.keys() == {"ore3", "oxide3"}
    assert not write_lot_history(Postings(shelf), WORLD, "nothing", is_back=False).nodes


def charged_late() -> tuple[MemoryShelf, Sequence[bytes]]:
    """Return a history in which what is made of `a` and of a pool's own draw is charged to that pool at last; and its
    events in an order that tells of the pool's last draw before its last charge.
    """
    chain = Chain()
    chain.source("mine", line("a", 10, Nd=5, u=0.01), line("s", 10, Nd=4, u=0.01))
    chain.charge("mine", "pool", line("s", 10))
    chain.draw("mine", "pool", line("x", 5))
    chain.step("mine", [line("a", 10), line("x", 5)], [line("e", 15, Nd=7, u=0.01)])
    for made, of in (("f0", "e"), ("f1", "f0"), ("f2", "f1")):
        chain.step("mine", [line(of, 15)], [line(made, 15, Nd=7, u=0.01)])
    charge = chain.charge("mine", "pool", line("f2", 15))
    draw = chain.draw("mine", "pool", line("b", 8))
    chain.step("mine", [line("b", 8)], [line("g", 8, Nd=3, u=0.01)])
    shelf = MemoryShelf()
    shelf.change(chain.bundles, [])
    rest = [bundle.digest for bundle in chain.bundles if bundle.digest not in {charge, draw}]
    return shelf, [*rest, draw, charge]


@pytest.mark.parametrize("seed", [None, *range(40)])
def test_what_a_pool_gave_descends_from_what_was_charged_to_it_in_whatever_order_it_is_told(seed):
    """That a pool holds some of the lot may be the one thing that a look at its last charge adds."""
    shelf, order = charged_late()
    if seed is not None:
        order = random.Random(seed).sample(order, len(order))
    whole = build_from_bundles([r.bundle for r in shelf.ranked.values()], WORLD)
    part = write_lot_history(Postings(shelf, order), WORLD, "a", is_back=False)
    assert {"a", "e", "f0", "f1", "f2", "b", "g"} <= part.parcels_of.keys()
    assert answers(part, "a", is_back=False) == answers(whole, "a", is_back=False)
