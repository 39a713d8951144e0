"""The part of the book that a question about one lot hangs on, written anew from postings: as of any log size.

Kept cells are those of the head alone. For what was known earlier, and for what one party may see, the lots on the way
are found along the postings and their part of the book is written from all events that touch them.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from ytterby.chain.book import Book
from ytterby.chain.excerpt import write_book_part
from ytterby.chain.order import Bundle, Ranked
from ytterby.chain.posting import PoolIn, PoolOut, Posting, Step, StockTake
from ytterby.chain.posting_record import Subjects, lots_made, subjects_of
from ytterby.chain.world import World


class Postings(Protocol):
    """Events that count for the one who asks, at the log size that is asked for."""

    def events(self, threads: Collection[str]) -> Iterable[Bundle]:
        """Return all events that touch one of these lots, containers or pools."""

    def ranked(self, bundles: Sequence[Bundle]) -> Sequence[Ranked]:
        """Return these events in book order, each with its place among all of its instant."""


def write_lot_history(postings: Postings, world: World, lot: str, *, is_back: bool) -> Book:
    """Return a book in which a lot stands as in the whole book, with all that precedes it, or all that descends."""
    found = _Way(lot, is_back=is_back)
    # With what each is about, which is asked again and again.
    events: dict[bytes, tuple[Bundle, Subjects]] = {}
    asked: set[str] = set()
    while found.threads - asked:
        new = postings.events(found.threads - asked)
        asked |= found.threads
        events |= {bundle.digest: (bundle, subjects_of(bundle.postings)) for bundle in new}
        # Again over all: a lot that joins makes an event that was found before lead on.
        found.follow(events.values())
    ranked = postings.ranked([bundle for bundle, _ in events.values()])
    return write_book_part(ranked, world, wanted=frozenset(found.wanted))


class _Way:
    """The lots, containers and pools on the way; `down` are those that descend from the lot that is asked for."""

    def __init__(self, lot: str, *, is_back: bool) -> None:
        self.wanted = {lot}
        self.down = set() if is_back else {lot}
        self.containers: set[str] = set()
        self.pools: set[str] = set()
        self.pools_down: set[str] = set()

    @property
    def threads(self) -> set[str]:
        """All along which events are looked for."""
        return self.wanted | self.containers | self.pools

    @property
    def _size(self) -> int:
        """How much was found: a look at all events that adds nothing to it, to any part of it, was the last."""
        return sum(map(len, (self.wanted, self.down, self.containers, self.pools, self.pools_down)))

    def follow(self, events: Collection[tuple[Bundle, Subjects]]) -> None:
        """Add what these events lead to, until they lead no further."""
        size = -1
        while size != self._size:
            size = self._size
            for bundle, subjects in events:
                if not self.wanted.isdisjoint(subjects.threads):
                    self.containers |= subjects.containers
                for posting in bundle.postings:
                    self._follow(posting)

    def _follow(self, posting: Posting) -> None:
        match posting:
            case Step():
                self._process(posting)
            case PoolIn():
                lots = {line.lot for line in posting.lines}
                if lots & self.down:
                    self.pools_down.add(posting.pool)
                    self.pools.add(posting.pool)
                if posting.pool in self.pools:
                    self.wanted |= lots
            case PoolOut():
                lots = set(lots_made(posting))
                if posting.pool in self.pools_down:
                    self.down |= lots
                    self.wanted |= lots
                if lots & self.wanted:
                    self.pools.add(posting.pool)
            case StockTake() if posting.pool in self.pools:
                self.wanted |= {line.lot for line in posting.lines}

    def _process(self, step: Step) -> None:
        inputs, outputs = {line.lot for line in step.inputs}, {line.lot for line in step.outputs}
        if inputs & self.down:
            self.down |= outputs
            self.wanted |= outputs
        if outputs & self.wanted:
            self.wanted |= inputs
