"""Lots on hand at a log size, as goods of the law: who holds how much of which, with its composition.

At the head they are read from the kept cells, as known earlier from the book. What is free of rare earths by its
maker's word is left out; so is what is under way between two parties. Who may read: a party what it holds itself, as
its own book tells it; auditors, tracing bodies and the register's operator all.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from ytterby.chain.cell import node_of, read_cell
from ytterby.chain.lot_goods import assays_of_content, goods_of
from ytterby.chain.node import Node, NodeKind
from ytterby.chain.product import Product
from ytterby.law.goods import Goods
from ytterby.law.impact import goods_key
from ytterby.matter.assay import Assay
from ytterby.shell.site.packs import goods_tables
from ytterby.shell.store.derived.deriving import Progress, nothing_to_tell
from ytterby.shell.store.derived.packing import unpacked
from ytterby.shell.store.derived.postings import live_edition
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import LotCell
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.identifier import product_class

CHUNK = 1000
STOCKS_KEPT = 4


class OnHand(NamedTuple):
    """What one party holds of a lot at a site, in one composition."""

    lot: str
    holder: str
    site: str
    form: str
    amount: Decimal
    unit: str
    goods: Goods


class Stock(NamedTuple):
    """What is on hand; beside it how many lots on hand are of forms of which no law of goods speaks."""

    rows: tuple[OnHand, ...]
    other_forms: int


_kept = Kept[Stock](STOCKS_KEPT)


def stock_of(viewer: Viewer, known: Known, *, tell: Progress = nothing_to_tell) -> Stock:
    """Return what is on hand of what the viewer may read, by lot and holder; kept while it is asked for."""
    return _kept.get((register_id(viewer), known.size, viewer), lambda: _stock(viewer, known, tell))


def _stock(viewer: Viewer, known: Known, tell: Progress) -> Stock:
    rows: dict[tuple[object, ...], OnHand] = {}
    others: set[tuple[str, str]] = set()
    gathering = _Gathering(known)
    for node in _parcels(viewer, known, tell):
        if node.left <= 0 or node.is_free or (not viewer.reads_all and node.holder != viewer.party):
            continue
        one = gathering.row(node)
        if one is None:
            others.add((node.lot, node.holder))
            continue
        key = one.lot, one.holder, one.site, one.unit, goods_key(one.goods)
        before = rows.get(key)
        rows[key] = one if before is None else before._replace(amount=before.amount + one.amount)
    found = sorted(rows.values(), key=lambda row: (row.lot, row.holder, row.site, str(goods_key(row.goods))))
    return Stock(tuple(found), len(others))


class _Gathering:
    """Makes rows; equal assays become goods once."""

    def __init__(self, known: Known) -> None:
        self.products = world_at(known.size).products
        self._goods: dict[tuple[str | None, tuple[Assay, ...]], Goods | None] = {}

    def row(self, node: Node) -> OnHand | None:
        product = self.products.on(product_class(node.lot), node.at.date())
        form = node.form or (product.form if product is not None else None)
        key = form, _assays(node, product)
        if key not in self._goods:
            self._goods[key] = goods_of(*key, goods_tables())
        goods = self._goods[key]
        if goods is None:
            return None
        return OnHand(node.lot, node.holder, node.site, form or "", node.left, node.unit, goods)


def _assays(node: Node, product: Product | None) -> tuple[Assay, ...]:
    """Return what is known of the composition: as assayed, as registered, else as the book has it."""
    if node.assays:
        return node.assays
    if product is not None and product.assays:
        return product.assays
    return assays_of_content(node.content, node.net_kg) if node.is_known and node.net_kg is not None else ()


def _parcels(viewer: Viewer, known: Known, tell: Progress) -> Iterator[Node]:
    nodes: Iterable[Node] | None = _kept_nodes(known, tell) if viewer.reads_all else None
    if nodes is None:
        nodes = book_of(viewer, known).nodes
    yield from (node for node in nodes if node.kind is NodeKind.PARCEL and node.lot)


def _kept_nodes(known: Known, tell: Progress) -> list[Node] | None:
    """Return the parcels of which something is left, from the kept cells; None where those are of another log size, or
    became so meanwhile.
    """
    edition = live_edition()
    if edition.derived_to != known.size:
        return None
    cells = LotCell.objects.filter(edition=edition.number)
    of = cells.count()
    bodies = cells.values_list("body", flat=True).iterator(CHUNK)
    found: list[Node] = []
    for done in range(0, of + CHUNK, CHUNK):
        part = list(islice(bodies, CHUNK))
        tell(min(done, of), of)
        for body in part:
            kept = [one for one in read_cell(unpacked(body)).nodes if one.kind == NodeKind.PARCEL and one.left > 0]
            found += [node_of(one, 0, 0) for one in kept]
    now = live_edition()
    return found if (now.number, now.derived_to) == (edition.number, known.size) else None


def registered_catalogue(viewer: Viewer, known: Known, on: date) -> list[tuple[Product, Goods | None]]:
    """Return the products that are registered on a day, each as goods (None: of no form that law speaks of); of a party
    its own. What is free of rare earths is left out.
    """
    products = world_at(known.size).products
    found = []
    for name in sorted(products.by_class):
        one = products.on(name, on)
        if one is None or one.is_free_of_rare_earths or not (viewer.reads_all or one.maker == viewer.party):
            continue
        found.append((one, goods_of(one.form, one.assays, goods_tables())))
    return found
