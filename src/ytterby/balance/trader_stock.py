"""Stock that traders hold without a use, by age.

A trader is a party with that role, or whoever holds goods at a site of that kind, or in a warehouse while it operates
such a site. What left its stock is served oldest
first (the book's order of takes), so what is left of each parcel is as old as the parcel: its age counts from the day
on which this holder first held it, whether it moved between his sites or changed its owner since; where older and newer
parcels were joined, from the newest. Goods under a claim that names a use, told or not, have one. Masses in kg.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from ytterby.balance.use_flow import UseFlow, add
from ytterby.chain.book import Book
from ytterby.chain.destination import NOT_YET_KNOWN
from ytterby.chain.node import Node, NodeKind, ratio, weighted
from ytterby.chain.party import Directory
from ytterby.matter.mass import ElementMass, FloatArray

TRADER, WAREHOUSE = "trader", "warehouse"


class TraderStock(NamedTuple):
    """What is left of one parcel without a use: since when, how many whole days, elements, net kilograms (None where
    the mass of a piece is not known). `supplier` held it before, or is the holder who made it.
    """

    holder: str
    site: str
    supplier: str
    lot: str
    since: datetime
    days: int
    content: ElementMass
    net_kg: Decimal | None
    node: int


def trader_stock(book: Book, flow: UseFlow, *, at: datetime) -> tuple[TraderStock, ...]:
    """Return the stock of all traders without a use at an instant, by holder and site, oldest first."""
    with_use: dict[int, FloatArray] = {}
    for rest in flow.rests:
        if not (rest.carried.wants_use and rest.carried.claim.use_code == NOT_YET_KNOWN):
            add(with_use, rest.node, rest.mass_kg)
    directory = book.world.directory
    rows = [
        _stock(book, node, with_use, at)
        for node in book.nodes
        if node.kind is NodeKind.PARCEL and node.left > 0 and not node.uses and _is_trader(directory, node)
    ]
    held = [row for row in rows if row is not None]
    return tuple(sorted(held, key=lambda row: (row.holder, row.site, row.since, row.lot, book.nodes[row.node].order)))


def _is_trader(directory: Directory, node: Node) -> bool:
    site, party = directory.sites.get(node.site), directory.parties.get(node.holder)
    if party is not None and TRADER in party.roles:
        return True
    if site is None or site.kind not in {TRADER, WAREHOUSE}:
        return False
    return site.kind == TRADER or any(
        other.kind == TRADER and other.operator_on(node.at.date()) == node.holder for other in directory.sites.values()
    )


def _stock(book: Book, node: Node, with_use: Mapping[int, FloatArray], at: datetime) -> TraderStock | None:
    """Return what of a parcel has no use; None where all of it has, or it holds no rare earth."""
    left_kg = node.mass_kg * node.left_weight
    without = left_kg - np.minimum(with_use.get(node.index, np.zeros_like(left_kg)), left_kg)
    without = np.where(without > 1e-9 * left_kg, without, 0.0)
    if not without.any():
        return None
    first = _first_held(book, node)
    since = first.at
    part = float(without.sum() / left_kg.sum())
    gross = None if node.net_kg is None or not node.amount else node.net_kg * node.left / node.amount
    return TraderStock(
        holder=node.holder,
        site=node.site,
        supplier=_supplier(book, first),
        lot=node.lot,
        since=since,
        days=max((at - since).days, 0),
        content=weighted(node.content, ratio(without, node.mass_kg)),
        net_kg=gross if gross is None or part == 1.0 else gross * Decimal(repr(part)),
        node=node.index,
    )


def _first_held(book: Book, node: Node) -> Node:
    """Return the parcel as which its holder first held these goods, as the same lot."""
    while node.parents:
        before = max((book.nodes[parent] for parent in node.parents), key=lambda parent: parent.at)
        if before.lot != node.lot or before.holder != node.holder:
            break
        node = before
    return node


def _supplier(book: Book, first: Node) -> str:
    others = (book.nodes[parent].holder for parent in first.parents)
    return next((holder for holder in others if holder != first.holder), first.holder)
