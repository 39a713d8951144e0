"""The accounts as the series that statistics run over: a plant's months, a link's months, losses, the whole network."""

import numpy as np

from ytterby.balance.account import Accounts, Link, Row, What, item_of
from ytterby.balance.measurements import Measurements, measurements_of
from ytterby.balance.network import Network, RowLabel
from ytterby.balance.page import BoolArray
from ytterby.balance.quantity import Quantity

IN = frozenset({What.RECEIPT, What.PRODUCTION, What.IMPLIED})


def place_of(link: Link) -> str:
    """Return the name of a link in a network."""
    return f"{link[0]} {link[1]}"


def network_of(accounts: Accounts, quantity: Quantity) -> Network:
    """Return the network of all plants and links of one quantity."""
    rows = accounts.testable(accounts.rows)
    return Network(accounts.measurements(quantity, rows), tuple(map(_label, rows)))


def _label(row: Row) -> RowLabel:
    if row.link is None:
        return RowLabel("plant", row.site, row.month)
    return RowLabel("link", place_of(row.link), row.month, *row.link)


def losses_of(accounts: Accounts, site: str, quantity: Quantity) -> tuple[Measurements, BoolArray]:
    """Return the declared losses of a plant and what came in, each by month (2 m rows), and in which of the m months a
    loss was declared.
    """
    rows = accounts.testable(accounts.rows_of(site))
    number = {row: place for place, row in enumerate(rows)}
    is_stated = np.zeros(len(rows), dtype=np.bool_)
    items = []
    for one in accounts.counted_in(rows):
        shift = 0 if one.what is What.LOSS else len(rows) if one.what in IN else None
        held = [number[row] for row, sign in one.entries if row in number and (sign > 0 or one.what is What.LOSS)]
        if shift is None or not held:
            continue
        items.append(item_of(one, quantity, tuple((place + shift, 1) for place in held)))
        if one.what is What.LOSS:
            is_stated[held] = True
    return measurements_of(items, 2 * len(rows)), is_stated
