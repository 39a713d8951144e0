"""Orders: entered once by their seller; application, certificate and reports are filled from them."""

import msgspec

from ytterby.licence.trade_order import OrderLine
from ytterby.shell.actions.enter_order import enter_order
from ytterby.shell.api.asked import Asked, Told
from ytterby.shell.api.filed import filed, given, rows
from ytterby.shell.store.reading.filed import list_orders


class NewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order under the seller's number, or its next version. Who asks is the seller."""

    number: str
    buyer: str
    end_user: str
    destination: str
    on: str
    lines: tuple[OrderLine, ...]
    consignee: str = ""
    contract: str = ""
    freight_mode: str = ""


def listed(asked: Asked) -> Told:
    """Return orders, each reader as much of them as it may know."""
    return rows(asked, "orders", list_orders(asked.me.viewer, asked.known))


def enter(asked: Asked) -> Told:
    """Enter an order."""
    return filed(asked, enter_order(asked.register, given(asked.body), asked.me.speaker, at=asked.at))
