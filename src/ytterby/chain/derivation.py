"""Deriving what changed, and no more: rounds of excerpts until nothing changes.

A round writes the lots that changed events name, from all events that touch them. What a step or a pool makes is
compared with what it made before, by the marks in its cell; the lots whose marks changed are the next round's. Every
round settles at least what hangs on settled makers alone, and nothing descends from what came later, so the rounds
end.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ytterby.chain.cell import Cell, read_cell, write_cell
from ytterby.chain.excerpt import KeptBoundary, needs_of, write_excerpt
from ytterby.chain.order import Ranked
from ytterby.chain.posting_record import subjects_of
from ytterby.chain.world import World

Key = TypeVar("Key", str, bytes)


class Shelf(Protocol):
    """What is kept, as of one log size, while it is being derived."""

    def events(self, threads: Collection[str]) -> Sequence[Ranked]:
        """Return all events that count and touch one of these lots, containers or pools, in book order."""

    def ranks_of(self, digests: Collection[bytes]) -> Mapping[bytes, int]:
        """Return the places of events among those of their instant."""

    def lot_cells(self, lots: Collection[str]) -> Mapping[str, bytes]:
        """Return the kept cells of lots, as bytes."""

    def event_cells(self, digests: Collection[bytes]) -> Mapping[bytes, bytes]:
        """Return the kept cells of events, as bytes."""

    def keep(self, part: "Part") -> None:
        """Keep what a round wrote."""


@dataclass(frozen=True)
class Part:
    """What one round wrote: cells that changed (None: there is nothing left to keep)."""

    lots: Mapping[str, bytes | None]
    events: Mapping[bytes, bytes | None]


@dataclass(frozen=True)
class Dirty:
    """What changed: lots, containers and pools that changed events touch, and events that no longer count."""

    lots: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()
    ended: frozenset[bytes] = frozenset()


def derive(shelf: Shelf, world: World, dirty: Dirty) -> int:
    """Bring what is kept up to date with what changed; return the number of rounds.

    Raises:
        CellMissing: what is kept is not whole; it must be derived anew.
    """
    in_boxes = [subjects_of(ranked.bundle.postings) for ranked in shelf.events(dirty.containers)]
    wanted = dirty.lots.union(*(s.lots | s.made for s in in_boxes))
    pools, ended = dirty.pools, dirty.ended
    rounds = 0
    while wanted or pools or ended:
        part, changed = write_part(shelf, world, wanted, pools, ended)
        shelf.keep(part)
        wanted, pools, ended = changed, frozenset(), frozenset()
        rounds += 1
    return rounds


def write_part(
    shelf: Shelf, world: World, wanted: frozenset[str], pools: frozenset[str], ended: frozenset[bytes]
) -> tuple[Part, frozenset[str]]:
    """Write some lots and pools from what is kept of the rest; return what differs, and the lots of which something
    else is made now than before.

    Raises:
        CellMissing: what it needs of the rest is not kept.
    """
    ranked = _events_of(shelf, wanted, pools)
    boundary = _boundary(shelf, ranked, wanted)
    excerpt = write_excerpt(ranked, world, wanted=wanted, boundary=boundary)
    had_lots = shelf.lot_cells(wanted)
    # A count of a pool may come to nothing once the pool holds something else: its cell goes.
    written = {*excerpt.events, *ended, *(r.bundle.digest for r in ranked if _moves_pool(r))}
    had_events = shelf.event_cells(written)
    lots = _changes(had_lots, excerpt.lots, wanted)
    events = _changes(had_events, excerpt.events, written)
    changed: set[str] = set()
    for digest in events:
        changed |= _remade(had_events.get(digest), excerpt.events.get(digest))
    return Part(lots, events), frozenset(changed - wanted)


def _moves_pool(ranked: Ranked) -> bool:
    return any(getattr(posting, "pool", None) is not None for posting in ranked.bundle.postings)


def _changes(had: Mapping[Key, bytes], cells: Mapping[Key, Cell], keys: Iterable[Key]) -> dict[Key, bytes | None]:
    """Return what differs from what was kept."""
    changes: dict[Key, bytes | None] = {}
    for key in keys:
        body = write_cell(cells[key]) if key in cells else None
        if had.get(key) != body:
            changes[key] = body
    return changes


def _remade(had: bytes | None, cell: Cell | None) -> set[str]:
    """Return the lots of which an event makes something else than before."""
    before = dict(read_cell(had).marks) if had is not None else {}
    after = dict(cell.marks) if cell is not None else {}
    return {place[2] for place in before.keys() | after.keys() if before.get(place) != after.get(place)}


def _events_of(shelf: Shelf, wanted: frozenset[str], pools: frozenset[str]) -> list[Ranked]:
    """Return all events that touch these lots and pools, the boxes that the lots were in, and the pools they passed.

    A pool is written whole: what it gave early decides what it holds late.
    """
    threads: set[str] = {*wanted, *pools}
    asked: set[str] = set()
    found: dict[bytes, Ranked] = {}
    while threads - asked:
        new = shelf.events(threads - asked)
        asked |= threads
        for ranked in new:
            if ranked.bundle.digest in found:
                continue
            found[ranked.bundle.digest] = ranked
            subjects = subjects_of(ranked.bundle.postings)
            threads |= subjects.containers
            if (subjects.lots | subjects.made) & wanted:
                threads |= subjects.pools
    return sorted(found.values(), key=lambda r: (r.bundle.postings[0].at, r.rank, r.bundle.digest))


def _boundary(shelf: Shelf, ranked: Sequence[Ranked], wanted: frozenset[str]) -> KeptBoundary:
    """Return the takes of other lots that these events need, as they are kept."""
    lots: set[str] = set()
    digests: set[bytes] = set()
    for _, bundle in ranked:
        for posting in bundle.postings:
            needed = needs_of(posting, wanted)
            if needed:
                lots |= needed
                digests.add(bundle.digest)
    bodies = [*shelf.event_cells(digests).values(), *shelf.lot_cells(lots).values()]
    kept = {(node.digest, node.place): node for body in bodies for node in read_cell(body).nodes}
    return KeptBoundary(kept, shelf.ranks_of({digest for digest, _ in kept}))
