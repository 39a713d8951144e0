"""What the book must know beside the events, as registered at a log size; read anew only after a registration."""

from functools import lru_cache

from ytterby.chain.world import World
from ytterby.shell.site.packs import limits, matter_tables
from ytterby.shell.site.register import current_register
from ytterby.shell.store.asking import rows_where
from ytterby.shell.store.models import Registration
from ytterby.shell.store.registrations import registered_directory, registered_products


def world_at(size: int) -> World:
    """Return parties, sites, mandates, products and tables as known at a log size."""
    return world_registered(registered_to(size))


def world_registered(registered: int) -> World:
    """Return the world as known at the log size after a registration (`registered_to`), where that is at hand."""
    return _world(current_register().id, registered)


def registered_to(size: int) -> int:
    """Return the log size after the last registration before a log size; 0 before any."""
    last = rows_where(Registration, ("log_index",), "log_index < %s", [size], "ORDER BY log_index DESC LIMIT 1")
    return last[0][0] + 1 if last else 0


@lru_cache(maxsize=8)
def _world(register: str, size: int) -> World:
    del register  # tells registers apart that one process opens in turn
    return World(registered_directory(size), registered_products(size), matter_tables(), limits().lot_reuse_days)
