"""What each enterprise reported of itself, line by line: what came, was made, used, shipped, lost, and lies there.

A *movement* is one line of one posting that its enterprise spoke for. The enterprise is the holder where the holder
speaks, submitting or operating the site; else the site's operator: whoever works on the goods of others reports them
(tolling). Lot events and monthly returns give the same movements, since the period pools of a return are passed over:
what it says stands in its receipts, shipments, losses, process lines and closing lots.

Deliveries are read from the book, which knows which dispatch was told twice, called back, or packed in a container.
Months are those of each site's own clock; a monthly return speaks of its month whatever the clock, and a stock-taking
of the month that it ends (`inventory`).

Amounts are exact decimals in the declared base unit; None where a line says "all that is there". Contents are kg of
element with their errors.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from ytterby.balance.content import lot_content, own_content, shipped_content
from ytterby.balance.inventory import counts_of, inventories_of, month_ended_by, month_of
from ytterby.chain.book import Book
from ytterby.chain.ledger import Shipment
from ytterby.chain.node import Node, NodeKind, Weight, weighted
from ytterby.chain.order import Bundle
from ytterby.chain.party import Directory
from ytterby.chain.period import CLOSING, Month, is_period_lot, is_period_pool, period_of, product_of
from ytterby.chain.posting import (
    Dispatch,
    Line,
    Loss,
    PoolIn,
    PoolOut,
    Posting,
    Receipt,
    Source,
    Step,
    StockTake,
    Void,
)
from ytterby.chain.posting_record import lines_of
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass, FloatArray, combine, no_mass
from ytterby.terms.identifier import product_class

ZoneOf = Callable[[str], tzinfo]
OPENING_STOCK, FOREIGN, SCRAP = "opening_stock", "foreign", "scrap"
KILOGRAMS_IN_TONNE = 1000.0
# Sums of declared amounts are exact or fail: numbers have at most 30 digits between 1e-39 and 1e12.
EXACT_SUM = Context(prec=120, traps=[Inexact, InvalidOperation])
_SPOKEN = (Source, Step, PoolIn, PoolOut, Dispatch, Receipt, Void, StockTake, Loss)


class Move(StrEnum):
    """What became of a product, as in the columns of a monthly return."""

    OPENING = "opening"
    RECEIVED = "received"
    MADE = "made"
    USED = "used"
    SHIPPED = "shipped"
    LOST = "lost"
    CLOSING = "closing"


class Key(NamedTuple):
    """What a movement counts for: an enterprise, its site, and the month on that site's clock."""

    party: str
    site: str
    month: Month


class Movement(NamedTuple):
    """One line that an enterprise reported. `unit_of_process` names the step or pool that made or used it; `parts` are
    the nodes of the book that hold it, each with the share taken; `origin` is a Source's.
    """

    key: Key
    move: Move
    product: str
    lot: str
    counterparty: str
    amount: Decimal | None
    unit: str
    content: ElementMass
    is_known: bool
    form: str | None
    at: datetime
    digest: bytes
    unit_of_process: str = ""
    parts: tuple[tuple[int, Weight], ...] = ()
    origin: str = ""


class Spoken(NamedTuple):
    """An event that tells something of an enterprise's month. `is_nil` says by itself that nothing lies there."""

    key: Key
    digest: bytes
    is_nil: bool


class Reported(NamedTuple):
    """All movements of a book in order of instant, and the events that they and empty declarations stand in."""

    movements: tuple[Movement, ...]
    spoken: tuple[Spoken, ...]


class Reo(NamedTuple):
    """A mass as rare-earth oxide with its standard uncertainty, tonnes."""

    tonnes: float
    u_tonnes: float


def oxide_tonnes(factors: Mapping[str, Decimal]) -> FloatArray:
    """Return t of oxide in a kg of each element; 0 where an element has no oxide factor."""
    return np.array([1.0 / float(factors[e]) if e in factors else 0.0 for e in ELEMENTS]) / KILOGRAMS_IN_TONNE


def reo_of(content: ElementMass, factors: Mapping[str, Decimal]) -> Reo | None:
    """Return a content as oxide, t REO; None where an element has no oxide factor (promethium).

    `factors` are element per oxide. The groups of a content add over its elements, as one draw for all of them; a
    random error that lines share (`content`) is among them, so that u is rather too large than too small.
    """
    weights = oxide_tonnes(factors)
    if content.mass_kg[weights == 0.0].any():
        return None
    variance = float(np.sum((weights * content.random_kg) ** 2))
    variance += sum(float(np.sum(weights * sd)) ** 2 for sd in content.groups.values())
    return Reo(float(np.sum(weights * content.mass_kg)), variance**0.5)


def exact_sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of declared amounts, exact in any order; None where one of them is not known.

    Raises:
        decimal.Inexact: the amounts lie further apart than the register takes in.
    """
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total = EXACT_SUM.add(total, amount)
    return total


def enterprise_of(posting: Posting, directory: Directory) -> str:
    """Return the enterprise that a posting speaks for: the holder where it speaks itself, else the site's operator,
    else whoever submitted it.
    """
    operator = directory.operator_of(posting.site, posting.at.date())
    if posting.holder in {posting.submitter, operator}:
        return posting.holder
    return operator or posting.submitter


def reported_movements(bundles: Iterable[Bundle], book: Book, zone_of: ZoneOf) -> Reported:
    """Return what all enterprises of a book reported; `bundles` are the postings it was written from."""
    reader = _Reader(book, zone_of)
    postings = [(number, posting) for bundle in bundles for number, posting in enumerate(bundle.postings)]
    postings.sort(key=lambda one: (one[1].at, one[1].digest, one[0]))
    reader.note_returns(posting for _, posting in postings)
    for number, posting in postings:
        reader.read(number, posting)
    reader.read_deliveries()
    reader.read_stock(postings)
    movements = sorted(reader.movements, key=lambda one: (one.at, one.digest, one.move, one.lot, one.counterparty))
    return Reported(tuple(movements), tuple(dict.fromkeys(reader.spoken)))


def months_of_postings(postings: Iterable[Posting], directory: Directory, zone_of: ZoneOf) -> tuple[Key, ...]:
    """Return of which months of which enterprises the postings of one event speak, whether they count or not."""
    postings = tuple(postings)
    calendar = _Calendar(zone_of)
    calendar.note_returns(postings)
    spoken = (posting for posting in postings if isinstance(posting, _SPOKEN))
    return tuple(dict.fromkeys(calendar.key_of(posting, enterprise_of(posting, directory)) for posting in spoken))


class _Calendar:
    """Of which month a posting speaks."""

    def __init__(self, zone_of: ZoneOf) -> None:
        self.zone_of = zone_of
        self._returned: set[tuple[str, datetime, str]] = set()

    def note_returns(self, postings: Iterable[Posting]) -> None:
        """Note the lots that period pools hold: a return may name lots of its own, which no name gives away."""
        for posting in postings:
            if isinstance(posting, PoolIn | PoolOut) and is_period_pool(posting.pool):
                self._returned.update((posting.site, posting.at, line.lot) for line in posting.lines)

    def key_of(self, posting: Posting, party: str) -> Key:
        """Return whose month at which site a posting speaks of."""
        if self.is_of_return(posting):
            month = month_of(posting.at, UTC)
        elif isinstance(posting, StockTake):
            month = month_ended_by(posting.at, self.zone_of(posting.site))
        else:
            month = month_of(posting.at, self.zone_of(posting.site))
        return Key(party, posting.site, month)

    def is_of_return(self, posting: Posting) -> bool:
        """Tell whether a posting comes from a monthly return: it stands at the first or the last second of a month in
        UTC, in a period pool, or of lots that stand for a month or lie in such a pool.
        """
        following = posting.at + timedelta(seconds=1)
        is_edge = _is_month_start(posting.at) or _is_month_start(following)
        pool = getattr(posting, "pool", None)
        if not is_edge:
            return False
        if pool is not None and is_period_pool(pool):
            return True
        lots = [line.lot for line in lines_of(posting)]
        return any(is_period_lot(lot) or (posting.site, posting.at, lot) in self._returned for lot in lots)


def _is_month_start(at: datetime) -> bool:
    utc = at.astimezone(UTC)
    return (utc.day, utc.hour, utc.minute, utc.second, utc.microsecond) == (1, 0, 0, 0, 0)


class _Reader:
    """Reads the movements of a book."""

    def __init__(self, book: Book, zone_of: ZoneOf) -> None:
        self.book, self.world = book, book.world
        self.starting = book.world.matter.starting
        self.calendar = _Calendar(zone_of)
        self.zone_of = zone_of
        self.movements: list[Movement] = []
        self.spoken: list[Spoken] = []
        self._nodes: dict[tuple[bytes, int, int, NodeKind], list[Node]] = {}
        for node in book.nodes:
            self._nodes.setdefault((node.digest, node.place[0], node.place[1], node.kind), []).append(node)
        self._is_known = self._known_contents()

    def _known_contents(self) -> list[bool]:
        """Tell of each node of the book whether anybody said what it holds, or all that it came from.

        One charge of unknown content makes the draws that follow unknown, until they are assayed.
        """
        found: list[bool] = []
        for node in self.book.nodes:
            product = self.world.products.on(product_class(node.lot), node.at.date()) if node.lot else None
            is_said = bool(node.assays) or node.is_free or (product is not None and bool(product.assays))
            if node.parents:
                is_known = not node.inputs_unknown and all(found[parent] for parent in node.parents)
            else:
                is_known = node.is_known and not node.inputs_unknown
            found.append(is_said or is_known)
        return found

    def note_returns(self, postings: Iterable[Posting]) -> None:
        """Note which lots monthly returns speak of."""
        self.calendar.note_returns(postings)

    def key_of(self, posting: Posting) -> Key:
        """Return whose month a posting speaks of."""
        return self.calendar.key_of(posting, enterprise_of(posting, self.world.directory))

    def read(self, number: int, posting: Posting) -> None:
        """Read what happened inside a plant, and note that the event speaks of its month."""
        if not isinstance(posting, _SPOKEN):
            return
        self.spoken.append(Spoken(self.key_of(posting), posting.digest, _is_nil(posting)))
        if isinstance(posting, Source):
            self._enter(number, posting)
        elif isinstance(posting, Step):
            self._process(number, posting)
        elif isinstance(posting, PoolIn) and not is_period_pool(posting.pool):
            self._charge(number, posting)
        elif isinstance(posting, PoolOut) and not is_period_pool(posting.pool):
            self._draw(number, posting)
        elif isinstance(posting, Loss):
            self._lose(number, posting)

    def _add(
        self,
        posting: Posting,
        move: Move,
        line: Line,
        content: ElementMass,
        *,
        is_known: bool,
        node: Node | None = None,
        counterparty: str = "",
        amount: Decimal | None = None,
        unit_of_process: str = "",
        parts: tuple[tuple[int, Weight], ...] = (),
        key: Key | None = None,
    ) -> None:
        product = product_of(line.lot) if is_period_lot(line.lot) else product_class(line.lot)
        registered = self.world.products.on(product_class(line.lot), posting.at.date())
        form = line.form or (node.form if node is not None else None) or (registered.form if registered else None)
        self.movements.append(
            Movement(
                key=key or self.key_of(posting),
                move=move,
                product=product,
                lot=line.lot,
                counterparty=counterparty,
                amount=line.amount if line.amount is not None else amount,
                unit=line.unit,
                content=content,
                is_known=is_known,
                form=form,
                at=posting.at,
                digest=posting.digest,
                unit_of_process=unit_of_process,
                parts=parts,
                origin=posting.origin if isinstance(posting, Source) else "",
            )
        )

    # Inside a plant

    def _enter(self, number: int, posting: Source) -> None:
        """What is dug is made; what comes from abroad or as scrap is received; what lay there already is opening."""
        for place, line in enumerate(posting.lines):
            period = period_of(line.lot)
            is_opening = posting.origin == OPENING_STOCK or (period is not None and period[0] == CLOSING)
            move = Move.RECEIVED if posting.origin in {FOREIGN, SCRAP} else Move.MADE
            move = Move.OPENING if is_opening else move
            other = (posting.exporter or "") if move is Move.RECEIVED else ""
            self._made(posting, move, line, (number, place), counterparty=other)

    def _process(self, number: int, posting: Step) -> None:
        (step,) = self._nodes[posting.digest, number, len(posting.inputs), NodeKind.STEP]
        name = posting.digest.hex()
        for place, line in enumerate(posting.inputs):
            self._used(posting, Move.USED, line, step, place, unit_of_process=name)
        for place, line in enumerate(posting.outputs):
            self._made(posting, Move.MADE, line, (number, len(posting.inputs) + 1 + place), unit_of_process=name)

    def _charge(self, number: int, posting: PoolIn) -> None:
        for place, line in enumerate(posting.lines):
            (fed,) = self._nodes[posting.digest, number, 2 * place + 1, NodeKind.TANK]
            self._used(posting, Move.USED, line, fed, 0, unit_of_process=f"{posting.site} {posting.pool}")

    def _draw(self, number: int, posting: PoolOut) -> None:
        for place, line in enumerate(posting.lines):
            name = f"{posting.site} {posting.pool}"
            self._made(posting, Move.MADE, line, (number, 3 * place + 1), unit_of_process=name)

    def _lose(self, number: int, posting: Loss) -> None:
        for place, line in enumerate(posting.lines):
            (lost,) = self._nodes[posting.digest, number, place, NodeKind.LOSS]
            self._used(posting, Move.LOST, line, lost, None)

    def _made(
        self,
        posting: Posting,
        move: Move,
        line: Line,
        place: tuple[int, int],
        *,
        counterparty: str = "",
        unit_of_process: str = "",
    ) -> None:
        (node,) = self._nodes[posting.digest, *place, NodeKind.PARCEL]
        self._add(
            posting,
            move,
            line,
            node.content,
            is_known=own_content(line, self.starting) is not None or self._is_known[node.index],
            node=node,
            counterparty=counterparty,
            amount=node.amount,
            unit_of_process=unit_of_process,
            parts=((node.index, 1.0),),
        )

    def _used(
        self, posting: Posting, move: Move, line: Line, taker: Node, number: int | None, *, unit_of_process: str = ""
    ) -> None:
        """Read what a line took: by its speaker's own assay, else what the parcels hold that it came from."""
        rows = zip(taker.parents, taker.weights, taker.lines, strict=True)
        parts = tuple((parent, weight) for parent, weight, row in rows if number is None or row == number)
        nodes = [self.book.nodes[parent] for parent, _ in parts]
        content = own_content(line, self.starting)
        is_known = content is not None or (bool(nodes) and all(self._is_known[n.index] for n in nodes))
        if content is None:
            content = combine([(1.0, weighted(self.book.nodes[parent].content, weight)) for parent, weight in parts])
        node = nodes[0] if nodes else None
        self._add(
            posting,
            move,
            line,
            content,
            is_known=is_known,
            node=node,
            unit_of_process=unit_of_process,
            parts=parts,
        )

    # Deliveries

    def read_deliveries(self) -> None:
        """Read what was shipped and received, each by whoever said so."""
        for shipment in self.book.shipments:
            if shipment.is_void:
                continue
            if shipment.dispatch is not None:
                self._ship(shipment, shipment.dispatch)
            for receipt, line, parcel in shipment.receipts:
                self._receive(receipt, line, shipment.node, parcel)
        for receipt, line, parcel in self.book.unmatched:
            self._receive(receipt, line, parcel, parcel)

    def _ship(self, shipment: Shipment, dispatch: Dispatch) -> None:
        node = shipment.node
        self._add(
            dispatch,
            Move.SHIPPED,
            shipment.line,
            shipped_content(shipment, self.starting),
            is_known=own_content(shipment.line, self.starting) is not None or self._is_known[node.index],
            node=node,
            counterparty=dispatch.to_holder or dispatch.to_site or "",
            amount=node.amount,
        )

    def _receive(self, receipt: Receipt, line: Line, node: Node, parcel: Node | None) -> None:
        content = own_content(line, self.starting)
        is_known = content is not None or self._is_known[node.index]
        held = parcel if parcel is not None else node
        if content is None:
            net_kg = line.net_kg if line.net_kg is not None else held.net_kg
            content = lot_content(node, line, net_kg, self.starting)
        other = receipt.from_holder or receipt.from_site or ""
        self._add(
            receipt,
            Move.RECEIVED,
            line,
            content,
            is_known=is_known,
            node=node,
            counterparty=other,
            amount=held.amount,
        )

    # Stock

    def read_stock(self, postings: Iterable[tuple[int, Posting]]) -> None:
        """Read what lay at each site at the end of each month, by the stock-taking that ends it."""
        by_site: dict[str, list[tuple[int, StockTake | PoolOut]]] = {}
        for number, posting in postings:
            if isinstance(posting, StockTake | PoolOut):
                by_site.setdefault(posting.site, []).append((number, posting))
        for site, counted in by_site.items():
            inventories, _ = inventories_of(counts_of(counted)[0], self.zone_of(site))
            for inventory in inventories:
                for count, line in inventory.lines:
                    self._stock(count.posting, line, inventory.month)

    def _stock(self, posting: StockTake | PoolOut, line: Line, month: Month) -> None:
        if not line.amount and is_period_pool(posting.pool or ""):
            return  # the count that empties a return's pool names a lot only to be ordered after it
        parcels = [p for p in self.book.parcels_of.get(line.lot, ()) if p.site == posting.site]
        before = [p for p in parcels if p.at <= posting.at]
        node = before[-1] if before else parcels[0] if parcels else None
        content = own_content(line, self.starting)
        is_known = content is not None or line.amount == 0 or (node is not None and self._is_known[node.index])
        if content is None:
            content = no_mass() if node is None else lot_content(node, line, line.net_kg, self.starting)
        key = Key(enterprise_of(posting, self.world.directory), posting.site, month)
        self._add(posting, Move.CLOSING, line, content, is_known=is_known, node=node, key=key)


def _is_nil(posting: Posting) -> bool:
    """Tell whether a posting declares that nothing is there: a complete count of nothing, or a return of zeros."""
    if not isinstance(posting, StockTake) or any(line.amount != 0 for line in posting.lines):
        return False
    if posting.pool is not None and is_period_pool(posting.pool):
        return False
    return posting.is_complete or any((period_of(line.lot) or ("",))[0] == CLOSING for line in posting.lines)
