"""The book that a viewer may read, whole or for one lot, as known at a log size; kept while it is asked for.

For whoever reads all, the head's answers about a lot come from the kept cells that lie on its way, and what was known
earlier is written anew from the postings that lie there. Who may read: whoever may read its events; a party's book
holds its own events and what others sent to it (`party_book`), and is written whole.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.first_ancestors import Enough
from ytterby.chain.kept_cone import book_of_ancestors, book_of_descendants, book_of_lot
from ytterby.chain.lot_history import write_lot_history
from ytterby.chain.order import Bundle
from ytterby.chain.posting_record import subjects_of
from ytterby.chain.world import World
from ytterby.shell.store.derived.collector import without_collector
from ytterby.shell.store.derived.cone import StoredCells
from ytterby.shell.store.derived.deriving import derive_to, post_to
from ytterby.shell.store.derived.known_postings import KnownPostings
from ytterby.shell.store.derived.postings import live_edition
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import Edition
from ytterby.shell.store.reading.beside import Work
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.party_book import party_book, party_bundles
from ytterby.shell.store.reading.viewer import Viewer

KEPT_MAX = 16
_kept = Kept[Book](KEPT_MAX)
T = TypeVar("T")


def book_of(viewer: Viewer, known: Known) -> Book:
    """Return the whole book of what the viewer may read, as known at a log size."""

    def write() -> Book:
        # The whole book needs no cells, which take longer than it does.
        post_to(known.size)
        if not viewer.reads_all:
            return party_book(viewer, known)
        postings = KnownPostings(live_edition().number, known.size)
        return build_from_bundles(postings.all(), world_at(known.size), (), postings.unsettled())

    return _kept.get((register_id(viewer), known.size, viewer), write)


BOOK = Work("book", lambda viewer, known, _: book_of(viewer, known))


def bundles_of(viewer: Viewer, known: Known) -> Iterable[Bundle]:
    """Return the postings that the whole book of what the viewer may read is written from."""
    post_to(known.size)
    if not viewer.reads_all:
        return party_bundles(viewer, known)[0]
    return KnownPostings(live_edition().number, known.size).all()


def lot_alone(viewer: Viewer, lot: str, known: Known) -> Book:
    """Return a book in which a lot stands as in the whole book; what precedes and descends may be missing.

    It has no such lot where the viewer may read none.
    """
    if viewer.reads_all:
        derive_to(known.size)
        found = from_cells(viewer, known, lambda cells, world: book_of_lot(cells, world, lot))
        if found is not None:
            return found
    return lot_book(viewer, lot, known, is_back=True)


def lot_book(viewer: Viewer, lot: str, known: Known, *, is_back: bool, enough: Enough | None = None) -> Book:
    """Return a book in which a lot stands as in the whole book, with all that precedes it, or all that descends.

    It has no such lot where the viewer may read none. With `enough`, of very much that precedes it the first by mass.
    """
    if not viewer.reads_all:
        return book_of(viewer, known)

    def write() -> Book:
        derive_to(known.size)
        with without_collector():
            kept = from_cells(viewer, known, read)
            postings = KnownPostings(live_edition().number, known.size)
            return kept or write_lot_history(postings, world_at(known.size), lot, is_back=is_back)

    def read(cells: StoredCells, world: World) -> Book:
        return book_of_ancestors(cells, world, lot, enough) if is_back else book_of_descendants(cells, world, lot)

    return _kept.get((register_id(viewer), known.size, viewer, lot, is_back, enough), write)


def lots_among(viewer: Viewer, texts: Collection[str], known: Known) -> set[str]:
    """Return those identifiers that are lots of the viewer's book."""
    if not viewer.reads_all:
        return set(texts) & book_of(viewer, known).parcels_of.keys()
    derive_to(known.size)
    bundles = KnownPostings(live_edition().number, known.size).events(texts)
    named = (subjects_of(bundle.postings) for bundle in bundles)
    return set(texts) & set().union(*(subjects.lots | subjects.made for subjects in named))


def from_cells(viewer: Viewer, known: Known, read: Callable[[StoredCells, World], T]) -> T | None:
    """Return what is read from the kept cells; None where they are of another log size, or became so meanwhile,
    and for whoever does not read all of them.
    """
    if not viewer.reads_all:
        return None
    edition = live_edition()
    if edition.derived_to != known.size:
        return None
    try:
        found = read(StoredCells(edition.number, known.size), world_at(known.size))
    except LookupError:
        # Half of it may have been rewritten while it was read; a cell that is really missing is an error.
        if _is_still(edition, known):
            raise
        return None
    return found if _is_still(edition, known) else None


def _is_still(edition: Edition, known: Known) -> bool:
    now = live_edition()
    return (now.number, now.derived_to) == (edition.number, known.size)
