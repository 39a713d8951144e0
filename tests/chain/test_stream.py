"""A book written as it goes is the whole book, byte for byte, and forgets what is finished."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from chain.chain_of import Chain, line
from chain.memory_shelf import WORLD, tangled
from chain.test_conservation import history
from ytterby.chain.book import build_from_bundles
from ytterby.chain.excerpt import cells_of_book
from ytterby.chain.order import Bundle, rank_bundles
from ytterby.chain.posting_record import subjects_of
from ytterby.chain.stream import BookStream

seeds = st.integers(0, 10**9)


def streamed(bundles: Sequence[Bundle], more: int = 0) -> BookStream:
    """Write a history as it goes; `more` touches are expected of each thread that never come."""
    ranked = rank_bundles(bundles)
    touches = Counter(t for r in ranked for t in subjects_of(r.bundle.postings).threads)
    stream = BookStream(WORLD, frozenset(lot for b in bundles for lot in subjects_of(b.postings).made))
    for thread, count in touches.items():
        stream.expect(thread, count + more)
    for one in ranked:
        stream.enter(one, subjects_of(one.bundle.postings))
    stream.finish()
    return stream


@settings(max_examples=400, deadline=None)
@given(seeds, st.sampled_from((0, 0, 1)))
def test_any_history_written_as_it_goes_is_the_whole_book_byte_for_byte(seed, more):
    bundles = tangled(seed)
    stream = streamed(bundles, more)
    assert (stream.lots, stream.events) == cells_of_book(build_from_bundles(bundles, WORLD))


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_so_is_any_other_history_with_its_stock_takings_and_voids(seed):
    bundles = history(seed).bundles
    stream = streamed(bundles)
    assert (stream.lots, stream.events) == cells_of_book(build_from_bundles(bundles, WORLD))


def test_what_nothing_touches_any_more_is_forgotten():
    """A thousand lots made, sent and used one after the other leave no more behind than one does."""
    left = []
    for count in (10, 1_000):
        chain = Chain()
        for number in range(count):
            chain.source("mine", line(f"ore{number}", 10, Nd=5, u=0.01))
            chain.ship("mine", "plant", line(f"ore{number}", 10), document=f"doc{number}")
            chain.receive("plant", "mine", line(f"ore{number}", 10), document=f"doc{number}")
            chain.step("plant", [line(f"ore{number}", 10)], [line(f"oxide{number}", 4, Nd=4.9, u=0.01)])
        stream = streamed(chain.bundles)
        assert stream.open_count == 0
        assert len(stream.lots) == 2 * count
        ledger, shipments = stream.ledger, stream.shipments
        kept = (ledger.held, ledger.first_free, ledger.makers, ledger.ways, shipments.by_name, shipments.by_link)
        left.append(sum(map(len, kept)) + sum(map(len, ledger.lots_at.values())))
        assert not any(node is not None for node in ledger.nodes)
    assert left == [0, 0]


def test_what_is_found_on_the_way_is_not_kept():
    """A lot that nobody made is a finding of the whole book; of a stream nobody asks for it."""
    chain = Chain()
    for number in range(20):
        chain.receive("plant", "mine", line(f"ore{number}", 10), document=f"doc{number}")
    assert len(build_from_bundles(chain.bundles, WORLD).findings) == 20
    ledger = streamed(chain.bundles).ledger
    assert [*ledger.findings, *ledger.shipments, *ledger.unmatched] == []


def test_a_lot_in_a_box_waits_for_the_box():
    """The dispatch names the box alone: the lots in it are touched by it all the same."""
    chain = Chain()
    chain.source("mine", line("a", 10, Nd=5, u=0.01), line("b", 10, Nd=5, u=0.01))
    chain.pack("mine", "box:1", line("a", 10), line("b", 4))
    chain.ship("mine", "plant", containers=("box:1",))
    chain.receive("plant", "mine", containers=("box:1",))
    stream = streamed(chain.bundles)
    assert (stream.lots, stream.events) == cells_of_book(build_from_bundles(chain.bundles, WORLD))
    assert not stream.ledger.boxes
    assert not stream.shipments.in_box
