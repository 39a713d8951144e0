"""The book that a viewer may read, as known at a log size: derived from accepted events, kept while asked for.

Who may read: whoever may read its events; a party's book holds only events that it may see.
"""

from collections import OrderedDict
from threading import Lock

from ytterby.chain.book import Book, build_book
from ytterby.chain.world import World
from ytterby.shell.site.packs import limits, matter_tables
from ytterby.shell.store.reading.entries import accepted_entries, directory, product_list
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
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
    world = World(directory(viewer, known), product_list(viewer, known), matter_tables(), limits().lot_reuse_days)
    book = build_book(accepted_entries(viewer, known), world)
    with _lock:
        _kept[key] = book
        while len(_kept) > KEPT_MAX:
            _kept.popitem(last=False)
    return book
