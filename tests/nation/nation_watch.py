"""A simulated nation under the watch, as the register keeps it: documents, postings, accounts, alarms."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from nation.nation_book import directory_of, documents_of, entries_of
from ytterby.balance.account import Accounts
from ytterby.balance.items import account_items
from ytterby.balance.operating_point import ASK_FOR_PAPER
from ytterby.balance.watch import Watched, watch_accounts
from ytterby.chain.book import Book, build_from_bundles
from ytterby.chain.order import Bundle
from ytterby.chain.postings import postings_of
from ytterby.chain.product import ProductList
from ytterby.chain.world import World
from ytterby.nation.diversion import Diversion, place_diversions
from ytterby.nation.plan import Plan, make_plan
from ytterby.nation.scenario import DiversionOrder, Scenario
from ytterby.shell.cli.nation_plan import nation_tables
from ytterby.shell.site.balance_packs import watch_tables
from ytterby.shell.site.packs import matter_tables

PLANTS, MONTHS, CLEAN, ELEMENTS = 12, 18, 12, ("Nd", "Dy")


class WatchedNation(NamedTuple):
    """A nation and what the watch says of it; `bundles` are the postings its book was written from."""

    plan: Plan
    diversions: tuple[Diversion, ...]
    bundles: tuple[Bundle, ...]
    book: Book
    accounts: Accounts
    watched: Watched

    def site(self, plant: int) -> str:
        """Return the identifier of a plant by its number."""
        return self.plan.plants[plant].site


def book_as_kept(plan: Plan, diversions: Sequence[Diversion]) -> tuple[tuple[Bundle, ...], Book]:
    """Return the postings of a nation's documents, of which nothing is said at the door, and the book of them."""
    entries, said = entries_of(plan, documents_of(plan, diversions))
    assert not said, said
    world = World(directory_of(plan), ProductList(), matter_tables())
    bundles = tuple(Bundle(entry.event.digest, postings_of(entry, world)[0]) for entry in entries)
    return bundles, build_from_bundles(bundles, world)


def accounts_of(bundles: tuple[Bundle, ...], book: Book) -> Accounts:
    """Return the accounts of a book, each site on its own clock."""
    sites = book.world.directory.sites
    return account_items(bundles, book, lambda site: ZoneInfo(sites[site].zone))


@cache
def watched_nation(
    kind: str = "", share: float = 0.1, *, seed: int = 1, plants: int = PLANTS, months: int = MONTHS
) -> WatchedNation:
    """Return a nation in which one diversion of a kind begins after the clean months, or an honest one."""
    orders = (DiversionOrder(kind, share),) if kind else ()
    plan = make_plan(
        Scenario(plants=plants, months=months, seed=seed, clean=CLEAN, lots=1, elements=ELEMENTS, diversions=orders),
        nation_tables(),
    )
    diversions = place_diversions(plan, orders)
    bundles, book = book_as_kept(plan, diversions)
    accounts = accounts_of(bundles, book)
    return WatchedNation(
        plan, diversions, bundles, book, accounts, watch_accounts(accounts, watch_tables(ASK_FOR_PAPER))
    )
