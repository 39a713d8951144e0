"""A monthly return becomes events on period pools, so that graph, mirrors and balances are the same code.

A row says of one product, and where goods came or went of one counterparty: opening, received, made, used, shipped,
lost, closing. For each product of a site and month:

    opening    stock-taking of the closing lot of the month before (in a first return: its commissioning)
    pool in    opening, received and made lots are charged to the product's pool
    pool out   used, shipped, lost and closing lots are drawn from it, all in one event
    used       the used lot is charged to the process line; made: drawn from it (another product's feed)
    count      the pool is counted empty: what the figures leave is the month's difference (MUF)

All stand at the last second of the month in UTC, the account's month, and the book's order puts makers before users;
the opening stands at its first. Months have no hours: shipper and receiver need no other order.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from ytterby.chain.period import CLOSING, LOST, MADE, SHIPPED, USED, Month, period_lot, period_pool, process_pool
from ytterby.chain.spreadsheet.cell import Place
from ytterby.chain.spreadsheet.draft import Draft, Json, named_uuid
from ytterby.chain.spreadsheet.event_line import lot_data_of
from ytterby.chain.spreadsheet.process_loop import refuse_loops
from ytterby.chain.spreadsheet.reader import RowReader, plain
from ytterby.chain.spreadsheet.step import NONE, STEPS
from ytterby.chain.spreadsheet.table import Row, Table
from ytterby.terms.instant import write_instant
from ytterby.terms.problem import Problem, refuse
from ytterby.terms.quantity import KILOGRAM, PIECES

FLOWS = ("opening", "received", "made", "used", "shipped", "lost", "closing")
PURPOSE = "monthly_return"
OFFSET = "+00:00"
_YEAR_MIN, _YEAR_MAX = 2000, 2099


class Line(NamedTuple):
    """One row of a return, read."""

    row: Row
    month: Month
    site: str
    product: str
    flows: dict[str, Decimal]
    unit: str
    party: str | None
    other_site: str | None
    document: str | None
    lot: str | None
    process: str
    revision: str

    @property
    def other(self) -> str:
        """The other end: its site, else the party."""
        return self.other_site or self.party or ""


class Account(NamedTuple):
    """All rows of a product at a site in a month."""

    lines: list[Line]

    @property
    def first(self) -> Line:
        """The first row."""
        return self.lines[0]

    def total(self, flow: str) -> Decimal:
        """Return the sum of a column."""
        return sum((line.flows.get(flow, Decimal(0)) for line in self.lines), Decimal(0))

    def row_of(self, flow: str) -> Row:
        """Return the first row that names a quantity."""
        return next((line.row for line in self.lines if flow in line.flows), self.first.row)


def return_events(table: Table, reader: RowReader) -> list[Draft]:
    """Return the events of a sheet of returns; what is wrong is in the reader."""
    accounts: dict[tuple[str, Month, str], Account] = {}
    seen: dict[tuple[object, ...], Row] = {}
    for row in table.rows:
        line = _line(row, reader)
        if line is None:
            continue
        identity = (line.site, line.month, line.product, line.party, line.other_site, line.document, line.lot)
        first = seen.setdefault((*identity, line.process), row)
        if first is not row:
            reader.keep(refuse("sheet.row_twice", "", first.number), Place(row.sheet, row.number))
            continue
        accounts.setdefault((line.site, line.month, line.product), Account([])).lines.append(line)
    whole = [account for account in accounts.values() if _is_whole(account, reader)]
    refuse_loops([line for account in whole for line in account.lines], reader)
    return [draft for account in whole for draft in _AccountWriter(account, reader).drafts()]


def _line(row: Row, reader: RowReader) -> Line | None:
    """Return what a row says; None where it does not say of what."""
    before = len(reader.problems)
    read = reader.month(row, "month")
    site = _needed(reader.named(row, "return_site", "414"), row, "return_site", reader)
    product = _needed(reader.product(row, "return_product"), row, "return_product", reader)
    flows, unit = _flows(row, reader)
    party, other_site = reader.named(row, "counterparty", "417"), reader.named(row, "counterparty_site", "414")
    lot = reader.lot(row, "return_lot", "return_product")
    shipper = site if flows.get("shipped") else other_site or party
    document = reader.document(row, "document", shipper)
    process, revision = reader.text(row, "process") or "", reader.text(row, "revision") or ""
    for flow in ("received", "shipped"):
        if flows.get(flow) and not (other_site or party):
            header = row.table.headings[flow].header
            reader.keep(refuse("sheet.counterparty_missing", "", header), row.place("counterparty"))
    if flows.get("received") and flows.get("shipped") and document is not None:
        reader.keep(refuse("sheet.two_ways", "", document), row.place("document"))
    if read is not None and not _YEAR_MIN <= read[0] <= _YEAR_MAX:
        reader.keep(refuse("sheet.not_a_month", "", row.cells["month"].text), row.place("month"))
    if len(reader.problems) > before or read is None or site is None or product is None:
        return None
    return Line(row, Month(*read), site, product, flows, unit, party, other_site, document, lot, process, revision)


def _needed(value: str | None, row: Row, key: str, reader: RowReader) -> str | None:
    if value is None and key not in row.cells:
        reader.keep(refuse("sheet.cell_missing", "", reader.tables.columns[key].names["en"]), row.place(key))
    return value


def _flows(row: Row, reader: RowReader) -> tuple[dict[str, Decimal], str]:
    """Return the quantities of a row in kilograms or pieces, and which of the two."""
    found: dict[str, Decimal] = {}
    units: dict[str, str] = {}
    for flow in FLOWS:
        value = reader.number(row, flow)
        if value is None:
            continue
        unit = reader.unit(row, "return_unit", flow)
        read = reader.units.base(value, unit, expected=("mass", "count")) if unit else None
        if isinstance(read, Problem):
            reader.keep(read, row.place(flow))
        elif value < 0:
            reader.keep(refuse("quantity.negative", "", value), row.place(flow))
        elif read is not None:
            found[flow] = value if unit in (KILOGRAM, PIECES) else plain(read[0])
            units[flow] = KILOGRAM if read[1] == "mass" else PIECES
    if len(set(units.values())) > 1:
        reader.keep(refuse("sheet.units_differ", ""), row.place("return_unit"))
    return found, next(iter(units.values()), KILOGRAM)


def _is_whole(account: Account, reader: RowReader) -> bool:
    """Tell whether a product's rows can be one account: one unit, opening and closing said once."""
    is_whole = True
    for flow in ("opening", "closing"):
        rows = [line.row for line in account.lines if flow in line.flows]
        for row in rows[1:]:
            reader.keep(refuse("sheet.said_twice", "", rows[0].number), row.place(flow))
            is_whole = False
    if not any("closing" in line.flows for line in account.lines):
        reader.keep(refuse("sheet.closing_missing", ""), account.first.row.place("closing"))
        is_whole = False
    for line in account.lines:
        if line.unit != account.first.unit and line.flows:
            reader.keep(refuse("sheet.units_differ", ""), line.row.place("return_unit"))
            is_whole = False
    return is_whole


class _AccountWriter:
    """Writes the events of one product at one site in one month."""

    def __init__(self, account: Account, reader: RowReader) -> None:
        first = account.first
        self.account, self.reader = account, reader
        self.site, self.month, self.product, self.unit = first.site, first.month, first.product, first.unit
        self.pool = period_pool(self.product, self.site, self.month)
        self.start = datetime(*self.month, 1, tzinfo=UTC)
        self.end = datetime(*self.month.after(), 1, tzinfo=UTC) - timedelta(seconds=1)
        self.revision = max((line.revision for line in account.lines), default="")
        self.inputs: list[tuple[str, Decimal, Place]] = []
        self.outputs: dict[str, tuple[Decimal, Place]] = {}

    def drafts(self) -> list[Draft]:
        """Return the events, openings first."""
        found = self._opening()
        for line in self.account.lines:
            found += self._received(line)
        made, used = self._process("made", MADE), self._process("used", USED)
        lost = self._lost()
        shipped = [draft for line in self.account.lines for draft in self._shipped(line)]
        closing = self.account.total("closing")
        if closing:
            place = self.account.row_of("closing").place("closing")
            self._take(period_lot(self.product, self.site, self.month, CLOSING), closing, place)
        return [*found, *made, *self._pool_in(), *self._pool_out(), *used, *shipped, *lost, *self._count()]

    # Events

    def _draft(self, step: str, what: str, place: Place, *rest: str, at: datetime | None = None) -> Draft:
        """Return an event with what all have; what tells it apart is never a figure, so a figure cannot come twice."""
        known = STEPS[step]
        draft = Draft(place)
        draft.put("type", known.kind)
        parts = (self.reader.settings.party, PURPOSE, self.site, str(self.month), self.product, what, *rest)
        draft.put("eventID", named_uuid(*parts, self.revision))
        month_place = Place(place.sheet, place.row, self.account.first.row.table.headings["month"].column)
        draft.put("eventTime", write_instant(at or self.end), month_place)
        draft.put("eventTimeZoneOffset", OFFSET, month_place)
        if known.action:
            draft.put("action", known.action)
        draft.put("bizStep", known.biz_step)
        if known.disposition != NONE:
            draft.put("disposition", known.disposition)
        site_place = Place(place.sheet, place.row, self.account.first.row.table.headings["return_site"].column)
        draft.put("bizLocation", {"id": self.site}, site_place)
        draft.put("ree:purpose", "/".join(filter(None, (PURPOSE, what, self.revision))))
        return draft

    def _goods(self, draft: Draft, field: str, lot: str, quantity: Decimal, place: Place) -> None:
        line: Json = {"epcClass": lot, "quantity": quantity}
        if self.unit != PIECES:
            line["uom"] = self.unit
        draft.add(field, line, place)

    def _told(self, draft: Draft, lots: list[str], *, is_direct: bool = False) -> None:
        """Put what the rows say of what the product is: form and assays, the same for every lot that they make."""
        line = next((one for one in self.account.lines if one.row.assays or "return_form" in one.row.cells), None)
        if line is None:
            return
        told = [one for one in (lot_data_of(line.row, lot, self.reader, "return_form") for lot in lots) if one]
        if not told:
            return
        if is_direct:
            draft.put("ilmd", told[0][0])
            draft.places.update({f"/ilmd{below}": place for below, place in told[0][1].items()})
            return
        draft.put("ilmd", {"ree:lotData": [fields for fields, _ in told]})
        for number, (_, places) in enumerate(told):
            draft.place_row(f"/ilmd/ree:lotData/{number}", places)

    def _take(self, lot: str, quantity: Decimal, place: Place) -> None:
        had, at = self.outputs.get(lot, (Decimal(0), place))
        self.outputs[lot] = (had + quantity, at)

    def _opening(self) -> list[Draft]:
        row = self.account.row_of("opening")
        if "opening" not in row.cells:
            return []
        quantity, place = self.account.total("opening"), row.place("opening")
        lot = period_lot(self.product, self.site, self.month.before(), CLOSING)
        is_first = any(self.reader.yes(line.row, "first") for line in self.account.lines)
        if is_first and not quantity:
            return []
        draft = self._draft("commissioned" if is_first else "counted", "opening", place, at=self.start)
        self._goods(draft, "quantityList", lot, quantity, place)
        if is_first:
            self._told(draft, [lot], is_direct=True)
        if quantity:
            self.inputs.append((lot, quantity, place))
        return [draft]

    def _received(self, line: Line) -> list[Draft]:
        quantity = line.flows.get("received")
        if not quantity:
            return []
        place = line.row.place("received")
        lot = line.lot or period_lot(self.product, line.other, self.month, SHIPPED)
        draft = self._draft("received", "received", place, *_tied(line))
        self._goods(draft, "quantityList", lot, quantity, place)
        self._document(draft, line)
        self._ends(draft, "sourceList", "source", line, line.other_site)
        draft.add("destinationList", {"type": "location", "destination": self.site}, line.row.place("return_site"))
        self.inputs.append((lot, quantity, place))
        return [draft]

    def _shipped(self, line: Line) -> list[Draft]:
        quantity = line.flows.get("shipped")
        if not quantity:
            return []
        place = line.row.place("shipped")
        lot = line.lot or period_lot(self.product, self.site, self.month, SHIPPED)
        draft = self._draft("shipped", "shipped", place, *_tied(line))
        self._goods(draft, "quantityList", lot, quantity, place)
        self._document(draft, line)
        draft.add("sourceList", {"type": "location", "source": self.site}, line.row.place("return_site"))
        self._ends(draft, "destinationList", "destination", line, line.other_site)
        self._take(lot, quantity, place)
        return [draft]

    def _document(self, draft: Draft, line: Line) -> None:
        if line.document is not None:
            entry = {"type": "desadv", "bizTransaction": line.document}
            draft.add("bizTransactionList", entry, line.row.place("document"))

    def _ends(self, draft: Draft, field: str, member: str, line: Line, other_site: str | None) -> None:
        if line.party is not None:
            draft.add(field, {"type": "owning_party", member: line.party}, line.row.place("counterparty"))
        if other_site is not None:
            draft.add(field, {"type": "location", member: other_site}, line.row.place("counterparty_site"))

    def _process(self, flow: str, what: str) -> list[Draft]:
        """Charge the process line with what was used, or draw from it what was made."""
        found = []
        for process in dict.fromkeys(line.process for line in self.account.lines if line.flows.get(flow)):
            lines = [line for line in self.account.lines if line.process == process and line.flows.get(flow)]
            quantity = sum((line.flows[flow] for line in lines), Decimal(0))
            place = lines[0].row.place(flow)
            pool = process_pool(self.site, process)
            lot = period_lot(self.product, self.site, self.month, what)
            draft = self._draft("processed", flow, place, process)
            side = "outputQuantityList" if flow == "made" else "inputQuantityList"
            self._goods(draft, side, lot, quantity, place)
            draft.put("transformationID", pool, lines[0].row.place("process"))
            draft.put("ree:pool", pool, lines[0].row.place("process"))
            if process:
                draft.put("ree:process", process, lines[0].row.place("process"))
            if flow == "made":
                self._told(draft, [lot])
                self.inputs.append((lot, quantity, place))
            else:
                self._take(lot, quantity, place)
            found.append(draft)
        return found

    def _lost(self) -> list[Draft]:
        quantity = self.account.total("lost")
        if not quantity:
            return []
        place = self.account.row_of("lost").place("lost")
        lot = period_lot(self.product, self.site, self.month, LOST)
        draft = self._draft("lost", "lost", place)
        self._goods(draft, "quantityList", lot, quantity, place)
        self._take(lot, quantity, place)
        return [draft]

    def _pool_in(self) -> list[Draft]:
        if not self.inputs:
            return []
        draft = self._pooled("pool_in", self.inputs[0][2])
        for lot, quantity, place in self.inputs:
            self._goods(draft, "inputQuantityList", lot, quantity, place)
        return [draft]

    def _pool_out(self) -> list[Draft]:
        if not self.outputs:
            return []
        draft = self._pooled("pool_out", next(iter(self.outputs.values()))[1])
        for lot, (quantity, place) in self.outputs.items():
            self._goods(draft, "outputQuantityList", lot, quantity, place)
        self._told(draft, list(self.outputs))
        return [draft]

    def _pooled(self, what: str, place: Place) -> Draft:
        draft = self._draft("processed", what, place)
        draft.put("transformationID", self.pool)
        draft.put("ree:pool", self.pool)
        draft.put("ree:poolRule", "proportional")
        return draft

    def _count(self) -> list[Draft]:
        """Count the pool empty: all that was there at the end of the month lies in the closing lot."""
        if not self.inputs:
            return []
        place = self.account.row_of("closing").place("closing")
        draft = self._draft("counted", "count", place)
        # The book puts a count after what makes the lots that it names: one of those that were drawn.
        closing = period_lot(self.product, self.site, self.month, CLOSING)
        named = closing if closing in self.outputs else next(iter(self.outputs), closing)
        self._goods(draft, "quantityList", named, Decimal(0), place)
        draft.put("ree:pool", self.pool)
        return [draft]


def _tied(line: Line) -> tuple[str, ...]:
    return (line.party or "", line.other_site or "", line.document or "", line.lot or "")
