"""The accounts of all plants as a viewer may read them, as known at a log size; kept while they are asked for.

Who may read: auditors, tracing bodies and the register's operator all; a party those of the plants it operates, made
from its own book alone, and of links nothing: what the other side said shows in them (threats C2, C3).
"""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from ytterby.balance.account import Accounts
from ytterby.balance.items import account_items
from ytterby.chain.book import Book
from ytterby.shell.store.reading.beside import Work
from ytterby.shell.store.reading.book import book_of, bundles_of
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.viewer import Viewer

ACCOUNTS_KEPT = 8
_kept = Kept[Accounts](ACCOUNTS_KEPT)


def accounts_of(viewer: Viewer, known: Known) -> Accounts:
    """Return the accounts of the plants that the viewer may read."""

    def make() -> Accounts:
        book = book_of(viewer, known)
        whole = account_items(bundles_of(viewer, known), book, lambda site: zone_of(book, site))
        return whole if viewer.reads_all else whole.of_sites(own_sites(viewer, book))

    return _kept.get((register_id(viewer), known.size, viewer), make)


ACCOUNTS = Work("accounts", lambda viewer, known, _: accounts_of(viewer, known))


def own_sites(viewer: Viewer, book: Book) -> frozenset[str]:
    """Return the plants that a party operates or operated."""
    sites = book.world.directory.sites.values()
    return frozenset(site.id for site in sites if site.was_of(viewer.party))


def zone_of(book: Book, site: str) -> tzinfo:
    """Return the time zone in which a site's months begin and end."""
    known = book.world.directory.sites.get(site)
    return ZoneInfo(known.zone) if known is not None and known.zone else UTC
