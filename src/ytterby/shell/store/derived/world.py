"""What the book must know beside the events, as registered at a log size; read anew only after a registration."""

from functools import lru_cache

from ytterby.chain.world import World
from ytterby.shell.site.packs import limits, matter_tables
from ytterby.shell.site.register import current_register
from ytterby.shell.store.log_marks import last_of
from ytterby.shell.store.registrations import NAMED_LIST, registered_directory, registered_products

# Kinds of record that parties, sites, mandates, lists of enterprises and products are read from (`registrations`).
WORLDLY = ("party", "site", "mandate", "product", NAMED_LIST)


def world_at(size: int) -> World:
    """Return parties, sites, mandates, products and tables as known at a log size."""
    return world_registered(registered_to(size))


def world_registered(registered: int) -> World:
    """Return the world as known at the log size after a registration (`registered_to`), where that is at hand."""
    return _world(current_register().id, registered)


def registered_to(size: int) -> int:
    """Return the log size after the last registration before a log size that the world hangs on; 0 before any.

    What cases and licences say is registered too, and far more often: no book is read anew for it.
    """
    return last_of(WORLDLY, size) + 1


@lru_cache(maxsize=8)
def _world(register: str, size: int) -> World:
    del register  # tells registers apart that one process opens in turn
    return World(registered_directory(size), registered_products(size), matter_tables(), limits().lot_reuse_days)
