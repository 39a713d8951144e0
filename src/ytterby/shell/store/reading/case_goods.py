"""The goods of an application as everybody described them, and its lines as the checks of evidence take them.

Who may read: nobody by this; lots come from whoever was let read them (`case_lots`), products from the directory, of
which an applicant is given its own.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from ytterby.chain.lot_goods import goods_of
from ytterby.law.goods import Goods, read_goods
from ytterby.licence.application import Application, Line
from ytterby.licence.law_evidence import APPLICATION, LOT, PRODUCT, Described, LineGoods
from ytterby.shell.site.packs import goods_tables
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.identifier import product_class

GoodsOf = Callable[[str], Goods | None]
_DIGEST = re.compile(r"(sha256:)?[0-9a-f]{64}")


def line_goods(
    viewer: Viewer, known: Known, application: Application, goods_of_lot: GoodsOf, on: date
) -> tuple[LineGoods, ...]:
    """Return each line with all descriptions of its goods: the applicant's, the product's, those of its lots."""
    reports = tuple(str(paper["id"]) for paper in application.documents if _DIGEST.fullmatch(str(paper.get("id", ""))))
    return tuple(
        LineGoods(
            line.line,
            tuple(_described(viewer, known, line, application.exporter, goods_of_lot, on)),
            line.control_code,
            reports,
        )
        for line in application.lines
    )


def _described(
    viewer: Viewer, known: Known, line: Line, exporter: str, goods_of_lot: GoodsOf, on: date
) -> list[Described]:
    found = []
    stated = _stated_goods(line)
    if stated is not None:
        found.append(Described(APPLICATION, stated))
    registered = _of_product(viewer, known, line, exporter, on)
    if registered is not None:
        found.append(Described(PRODUCT, registered, line.product))
    lots = ((lot, goods_of_lot(lot)) for lot in line.lots)
    return [*found, *(Described(LOT, goods, lot) for lot, goods in lots if goods is not None)]


def _stated_goods(line: Line) -> Goods | None:
    """Return the goods that the applicant describes; None where it describes none, or none that can be read."""
    if line.goods is None:
        return None
    # As a document has them: numbers exact, so that a composition is what was written.
    return read_goods(_exactly(line.goods))[0]


def _exactly(value: object) -> object:
    """Return decoded JSON with its numbers as exact decimals."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {name: _exactly(one) for name, one in value.items()}
    return [_exactly(one) for one in value] if isinstance(value, list | tuple) else value


def _of_product(viewer: Viewer, known: Known, line: Line, exporter: str, on: date) -> Goods | None:
    """Return the registered product as goods; another party's product is told to nobody but whoever reads it all."""
    if not line.product:
        return None
    product = world_at(known.size).products.on(product_class(line.product), on)
    if product is None or (viewer.party == exporter and product.maker != exporter):
        return None
    return goods_of(product.form, product.assays, goods_tables())
