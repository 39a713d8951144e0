"""The book that a viewer may read, as known at a log size: derived from accepted events, kept while asked for.

Who may read: whoever may read its events; a party's book holds its own events and what others sent to it.
"""

from collections import OrderedDict
from threading import Lock

from ytterby.chain.book import Book, build_book
from ytterby.chain.world import World
from ytterby.shell.site.packs import matter_tables
from ytterby.shell.store.reading.entries import accepted_entries, directory, product_list
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.party_book import party_book
from ytterby.shell.store.reading.viewer import Viewer

KEPT_MAX = 8

_kept: OrderedDict[tuple[str, int, Viewer], Book] = OrderedDict()
_lock = Lock()


def book_of(viewer: Viewer, known: Known) -> Book:
    """Return the book of what the viewer may read, as known at a log size."""
    key = (register_id(viewer), known.size, viewer)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    book = _whole_book(viewer, known) if viewer.reads_all else party_book(viewer, known)
    with _lock:
        _kept[key] = book
        while len(_kept) > KEPT_MAX:
            _kept.popitem(last=False)
    return book


def _whole_book(viewer: Viewer, known: Known) -> Book:
    world = World(directory(viewer, known), product_list(viewer, known), matter_tables())
    return build_book(accepted_entries(viewer, known), world)
