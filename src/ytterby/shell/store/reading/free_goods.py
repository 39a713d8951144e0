"""Documents that goods need no licence, with whether they still hold by what is known now.

Who may read: the holder its own; licensing, customs and auditing bodies and the register's operator all. A holder reads
of a challenge that it is open and until when, and its result; not the samples' labels and seals, nor who asks.
"""

from datetime import date

from ytterby.chain.lot_goods import goods_of
from ytterby.chain.node import Node
from ytterby.chain.party import OPERATOR
from ytterby.law.pack import digest_of
from ytterby.law.procedure import Procedure
from ytterby.licence.evidence import LineLaw
from ytterby.licence.law_evidence import LOT, PRODUCT, Described, LineGoods, Transaction, goods_digest, law_section
from ytterby.licence.lot_standing import goods_of_lot
from ytterby.licence.not_controlled import (
    LOTS,
    Challenge,
    FactsNow,
    document_fields,
    law_standing,
    still_holds,
)
from ytterby.shell.site.licence_key import licence_key
from ytterby.shell.site.packs import goods_tables
from ytterby.shell.site.register import current_register
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.not_controlled import FreeGoods, numbers_of, stored_free_goods
from ytterby.shell.store.reading.case_lots import made_lots
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.naming import Json
from ytterby.shell.store.reading.viewer import AUDIT, CUSTOMS, LICENSING, OPERATOR_VIEWER, Viewer
from ytterby.terms.identifier import product_class

READERS = frozenset({LICENSING, CUSTOMS, AUDIT})
_GOODS_DOMAIN = b"ytterby/free-goods/v1\x00"


def reads_all_free_goods(viewer: Viewer) -> bool:
    """Tell whether a viewer reads every document."""
    return viewer.party == OPERATOR or bool(viewer.mandates & READERS)


class GoodsNow:
    """The goods of a document as they are known: descriptions, digest and source."""

    def __init__(self, known: Known, bound: str, subjects: tuple[str, ...], on: date) -> None:
        self.described: list[Described] = []
        self.source: tuple[str, ...] | None = None
        if bound == LOTS:
            self._of_lots(known, subjects)
        else:
            self._of_products(known, subjects, on)

    def _of_lots(self, known: Known, lots: tuple[str, ...]) -> None:
        book = made_lots(OPERATOR_VIEWER, known, lots)
        makers: list[Node | None] = []
        for lot in lots:
            goods = goods_of_lot(book, lot, goods_tables())
            if goods is not None:
                self.described.append(Described(LOT, goods, lot))
            makers.append(next((one for one in book.parcels_of.get(lot, ()) if one.is_made), None))
        if None not in makers and len(self.described) == len(lots):
            self.source = tuple(sorted(f"{one.lot} {one.holder} {one.site}" for one in makers if one is not None))

    def _of_products(self, known: Known, products: tuple[str, ...], on: date) -> None:
        held = [(name, world_at(known.size).products.on(product_class(name), on)) for name in products]
        for name, product in held:
            goods = None if product is None else goods_of(product.form, product.assays, goods_tables())
            if goods is not None:
                self.described.append(Described(PRODUCT, goods, name))
        if held and len(self.described) == len(products):
            self.source = tuple(sorted(f"{name} {one.maker}" for name, one in held if one is not None))

    @property
    def digest(self) -> str | None:
        """The digest of all of them; None where some are not known."""
        if self.source is None:
            return None
        return digest_of(_GOODS_DOMAIN, {"goods": sorted(goods_digest(one.goods) for one in self.described)})

    def law(self, known: Known, procedure: Procedure, on: date, report: str = "") -> LineLaw | None:
        """Return what law says of them on a day; None where some are not known."""
        if self.source is None:
            return None
        book = law_at(OPERATOR_VIEWER, known)
        line = LineGoods(1, tuple(self.described), "", (report,) if report else ())
        found = law_section([line], book, procedure, Transaction("", "", on, known.law_day(on)))
        return found.lines[0] if found.is_done else None


def facts_now(viewer: Viewer, found: FreeGoods, known: Known, on: date) -> FactsNow:
    """Return what is true of the goods of a document on a day, for whoever may read it; it tells no figure."""
    del viewer
    one = found.document
    now = GoodsNow(known, one.bound, one.subjects, on)
    procedure = law_at(OPERATOR_VIEWER, known).procedures.get(one.procedure)
    law = None if procedure is None else now.law(known, procedure, on)
    return FactsNow(now.digest, now.source, None if law is None else law_standing(law), found.challenge)


def free_goods(viewer: Viewer, number: str, *, known: Known, on: date) -> Json | None:
    """Return a document with whether it holds; None where the viewer may read none of this number."""
    found = stored_free_goods(number, known.size)
    if found is None or not (reads_all_free_goods(viewer) or viewer.party == found.document.holder):
        return None
    why = still_holds(found.document, facts_now(viewer, found, known, on))
    is_office = reads_all_free_goods(viewer)
    return {
        "as_of_size": known.size,
        **document_fields(found.document),
        "holds": not why,
        "why": list(why),
        "note": found.note,
        "key": licence_key(current_register()).public.text(),
        "challenges": [_challenge(name, one, on, is_office) for name, one in found.challenges.items()],
        "exits": len(found.exits),
        "counted": [_counted(one.declaration, one.quantity, one.unit) for one in found.exits.values()],
    }


def _challenge(name: str, one: Challenge, on: date, is_office: bool) -> Json:
    row: Json = {
        "id": name,
        "state": one.state,
        "due": one.asked.due,
        "overdue": one.is_overdue(on),
        "text": one.asked.text,
        "outcome": None if one.result is None else one.result.outcome,
        "result": None if one.result is None else one.result.text,
    }
    if is_office:
        samples = [{"subject": each.subject, "label": each.label, "mass_kg": each.mass_kg} for each in one.samples]
        row |= {"by": one.by, "at": one.at, "samples": samples}
    return row


def _counted(declaration: str, quantity: str, unit: str) -> Json:
    return {"declaration": declaration, "quantity": quantity, "unit": unit}


def list_free_goods(viewer: Viewer, *, known: Known) -> list[Json]:
    """Return the numbers of the documents that a viewer may read, with whose and of which goods they are."""
    holder = None if reads_all_free_goods(viewer) else viewer.party
    if holder is None and not reads_all_free_goods(viewer):
        return []
    rows = []
    for number in numbers_of(holder):
        found = stored_free_goods(number, known.size)
        if found is not None:
            one = found.document
            rows.append({"number": one.number, "holder": one.holder, "name": one.name, "on": one.on, "case": one.case})
    return rows
