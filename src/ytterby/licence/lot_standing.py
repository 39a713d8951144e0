"""How a lot stands that an application offers: what its holder has of it, whether the step that made it closes, whether
all of it came from somewhere, whether shipper and receiver say the same of the delivery that it came by.

The balance is that of the steps whose product the lot is, each element on its own (`balance.closure`); a lot that no
step made, or whose steps cannot be tested, was not checked. A trace is open where more than a thousandth of what the
lot holds came from nowhere known: inputs that nobody declared, or more made than consumed.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from ytterby.balance.closure import close_step
from ytterby.balance.mirror import DIFFERS as APART
from ytterby.balance.mirror import MATCHED as AS_SENT
from ytterby.balance.mirror import MirrorState
from ytterby.chain.book import Book
from ytterby.chain.lot_goods import GoodsTables, assays_of_content, goods_of
from ytterby.chain.node import Node, NodeKey, NodeKind
from ytterby.chain.origin_row import OriginRow
from ytterby.law.goods import Goods
from ytterby.licence.evidence import BALANCES, DIFFERS, DOES_NOT, MATCHED, NOT_CHECKED, OPEN, WHOLE
from ytterby.licence.lot_claim import Held
from ytterby.licence.lot_evidence import Content, LotStanding
from ytterby.matter.assay import Assay
from ytterby.matter.element import ELEMENTS
from ytterby.terms.quantity import CONTEXT

NOWHERE_KNOWN = frozenset({"undeclared", "unaccounted"})
NOWHERE_SHARE_MOST = 0.001
OFF, CLOSED = frozenset({"loss", "gain"}), "closed"


def standing_of(
    book: Book, lot: str, holder: str, rows: Mapping[NodeKey, OriginRow], deliveries: Iterable[MirrorState]
) -> LotStanding:
    """Return how a lot stands with one holder. `rows` by node, `deliveries` of the lot, to anybody."""
    parcels = [
        node
        for node in book.parcels_of.get(lot, ())
        if node.kind is NodeKind.PARCEL and node.holder == holder and node.left > 0
    ]
    if not parcels:
        return LotStanding(lot, None)
    return LotStanding(
        lot=lot,
        held=_held(lot, parcels),
        elements=_elements(parcels),
        form=next((one.form for one in parcels if one.form), ""),
        balance=_balance(book, lot),
        trace=_trace(parcels, rows),
        mirror=_mirror(one for one in deliveries if one.pair.lot == lot and one.pair.to_holder == holder),
    )


def goods_held(book: Book, lot: str, holder: str, tables: GoodsTables) -> Goods | None:
    """Return a lot of a book as goods of the law, as far as a party holds it; None where it holds none."""
    for node in book.parcels_of.get(lot, ()):
        if node.kind is NodeKind.PARCEL and node.holder == holder and node.left > 0 and node.form:
            return goods_of(node.form, _assays(book, lot, node), tables)
    return None


def goods_of_lot(book: Book, lot: str, tables: GoodsTables) -> Goods | None:
    """Return a lot of a book as goods of the law, whoever holds it; None where none of it has a form."""
    node = next((one for one in book.parcels_of.get(lot, ()) if one.kind is NodeKind.PARCEL and one.form), None)
    return None if node is None else goods_of(node.form, _assays(book, lot, node), tables)


def _assays(book: Book, lot: str, node: Node) -> tuple[Assay, ...]:
    """Return what is known of the composition: as anybody assayed this lot, else as the book has it."""
    if node.assays:
        return node.assays
    assayed = next((one.assays for one in book.parcels_of.get(lot, ()) if one.assays), ())
    if assayed:
        return assayed
    return assays_of_content(node.content, node.net_kg) if node.is_known and node.net_kg is not None else ()


def _held(lot: str, parcels: list[Node]) -> Held | None:
    """Return what is left, in the unit of the first parcel; what is declared in another is not added to it."""
    unit = parcels[0].unit
    same = [one for one in parcels if one.unit == unit]
    masses = [_net(one) for one in same]
    left_kg = None if None in masses else sum((one for one in masses if one is not None), Decimal(0))
    return Held(lot, sum((one.left for one in same), Decimal(0)), unit, left_kg)


def _net(parcel: Node) -> Decimal | None:
    """Return the net mass of what is left of a parcel."""
    if parcel.net_kg is None or not parcel.amount:
        return None
    return CONTEXT.divide(CONTEXT.multiply(parcel.net_kg, parcel.left), parcel.amount)


def _elements(parcels: list[Node]) -> dict[str, Content]:
    """Return the mass of each element that is left; nothing where a composition is unknown."""
    same = [one for one in parcels if one.unit == parcels[0].unit]
    if not all(one.is_known for one in same):
        return {}
    found = {}
    for place, element in enumerate(ELEMENTS):
        shares = [(float(one.left_weight), one) for one in same if isinstance(one.left_weight, float)]
        kg = sum(share * float(one.mass_kg[place]) for share, one in shares)
        # Parcels of one lot are the same goods, assayed once: what is wrong with one is wrong with all.
        u_kg = sum(share * float(one.content.u_kg[place]) for share, one in shares)
        if kg > 0:
            found[element] = Content(Decimal(repr(kg)), Decimal(repr(u_kg)))
    return found


def _balance(book: Book, lot: str) -> str:
    made = {node.index for node in book.parcels_of.get(lot, ())}
    steps = [step for step in book.steps if made.intersection(step.outputs)]
    verdicts = {one.verdict for step in steps for one in close_step(book, step, ELEMENTS)}
    if verdicts & OFF:
        return DOES_NOT
    return BALANCES if verdicts == {CLOSED} else NOT_CHECKED


def _trace(parcels: list[Node], rows: Mapping[NodeKey, OriginRow]) -> str:
    held = [rows.get(one.key) for one in parcels]
    if not all(one.is_known for one in parcels) or None in held:
        return NOT_CHECKED
    whole = nowhere = 0.0
    for row in held:
        for origin, mass in (row or {}).items():
            kg = float(mass.sum())
            whole += kg
            nowhere += kg if origin.kind in NOWHERE_KNOWN else 0.0
    if whole <= 0:
        return NOT_CHECKED
    return OPEN if nowhere > NOWHERE_SHARE_MOST * whole else WHOLE


def _mirror(deliveries: Iterable[MirrorState]) -> str:
    states = {one.state for one in deliveries}
    if APART in states:
        return DIFFERS
    return MATCHED if states <= {AS_SENT} else NOT_CHECKED
