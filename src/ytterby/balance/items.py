"""From postings to items: what each posting is to the balances of plants and links.

Total: every posting is counted in items or named with the reason why not. What lies inside a plant (steps, charges,
draws, packing, title) moves nothing across its bounds. A receipt that nobody reported counts with the shipper's figure
and its uncertainty at both ends. A link's row holds the deliveries of which both sides spoke, in the month in which the
later of the two did.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from ytterby.balance.account import Accounts, Counted, NotCounted, Row, Untestable, What
from ytterby.balance.content import lot_content, own_content, own_errors
from ytterby.balance.flow import Flow, Flows, is_counted_flow
from ytterby.balance.inventory import Count, Inventory, counts_of, inventories_of, month_of
from ytterby.chain.book import Book
from ytterby.chain.mirror import pair_halves
from ytterby.chain.order import Bundle
from ytterby.chain.period import Month, is_period_lot
from ytterby.chain.posting import Line, PoolOut, Posting, StockTake
from ytterby.matter.mass import ElementMass, no_mass

Numbered = tuple[int, Posting]
ZoneOf = Callable[[str], tzinfo]


def account_items(bundles: Iterable[Bundle], book: Book, zone_of: ZoneOf) -> Accounts:
    """Return the accounts of all plants of a book; `bundles` are the postings it was written from, `zone_of` gives the
    time zone of a site.
    """
    postings = sorted(
        ((number, posting) for bundle in bundles for number, posting in enumerate(bundle.postings)),
        key=lambda one: (one[1].at, one[1].digest, one[0]),
    )
    flows = Flows(book)
    flows.read(posting for _, posting in postings)
    inventories, left = _inventories(postings, zone_of)
    calendar = _Calendar(flows.all, inventories, zone_of)
    entries = {flow.key: [calendar.row_of(*end) for end in flow.ends] for flow in flows.all}
    _enter_links(book, flows, entries, calendar)
    counted = [_counted(flow, entries[flow.key]) for flow in flows.all]
    for site, found in inventories.items():
        counted += _stock(book, site, found, calendar)
    parts = own_errors([one.content for one in counted])
    counted = [one._replace(content=part.content, own=part.own) for one, part in zip(counted, parts, strict=True)]
    counted.sort(key=lambda one: (one.at, one.key))
    return Accounts(
        months=calendar.months,
        rows=_in_order(row for one in counted for row, _ in one.entries),
        counted=tuple(counted),
        not_counted=(*left, *_not_counted(postings, flows)),
        untestable=_untestable(counted, calendar),
    )


def _counted(flow: Flow, entries: Iterable[tuple[Row, int]]) -> Counted:
    return Counted(
        key=flow.key,
        what=flow.what,
        site=flow.ends[0].site,
        lot=flow.lot,
        at=flow.at,
        events=flow.events,
        content=flow.content,
        is_known=flow.is_known,
        entries=tuple(entries),
    )


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(set(rows), key=lambda row: (row.month, row.link is not None, row.site, row.link or ("", ""))))


def _not_counted(postings: Iterable[Numbered], flows: Flows) -> list[NotCounted]:
    """Name the postings that no item holds."""
    spoken = {digest for flow in flows.all for digest in flow.events}
    found = []
    for number, posting in postings:
        if isinstance(posting, StockTake) or (isinstance(posting, PoolOut) and counts_of([(number, posting)])[0]):
            continue
        if not is_counted_flow(posting):
            found.append(NotCounted(posting.digest, number, posting.site, "inside"))
        elif posting.digest not in spoken:
            found.append(NotCounted(posting.digest, number, posting.site, flows.why_not(posting)))
    return found


# Months and rows


class _Calendar:
    """The months of the accounts, and in which of them a flow counts."""

    def __init__(self, flows: Sequence[Flow], inventories: Mapping[str, Sequence[Inventory]], zone_of: ZoneOf) -> None:
        self.zone_of = zone_of
        seen = {self._month(end.site, end.at, flow.lot) for flow in flows for end in flow.ends}
        seen |= {inventory.month for found in inventories.values() for inventory in found}
        self.months = _all_months(seen)
        self.numbers = {month: number for number, month in enumerate(self.months)}
        self.instants = {site: [one.at for one in found] for site, found in inventories.items()}
        self.closed = {site: [self.numbers[one.month] for one in found] for site, found in inventories.items()}

    def row_of(self, site: str, at: datetime, sign: int, lot: str) -> tuple[Row, int]:
        """Return the row of a plant in which a flow counts: the month that the next stock-taking ends, else its own."""
        instants = self.instants.get(site, ())
        place = bisect_left(instants, at)
        month = self.closed[site][place] if place < len(instants) else self.month_number(site, at, lot)
        return Row(site, None, month), sign

    def month_number(self, site: str, at: datetime, lot: str) -> int:
        """Return the number of the month of an instant on a site's clock."""
        return self.numbers[self._month(site, at, lot)]

    def _month(self, site: str, at: datetime, lot: str) -> Month:
        # A monthly return stands at the last second of its month in UTC, wherever the plant lies.
        return month_of(at, UTC if is_period_lot(lot) else self.zone_of(site))


def _all_months(seen: Iterable[Month]) -> tuple[Month, ...]:
    """Return every month from the first to the last."""
    seen = set(seen)
    if not seen:
        return ()
    months, last = [min(seen)], max(seen)
    while months[-1] < last:
        months.append(months[-1].after())
    return tuple(months)


# Stock


def _inventories(
    postings: Iterable[Numbered], zone_of: ZoneOf
) -> tuple[dict[str, Sequence[Inventory]], list[NotCounted]]:
    by_site: dict[str, list[tuple[int, StockTake | PoolOut]]] = {}
    for number, posting in postings:
        if isinstance(posting, StockTake | PoolOut):
            by_site.setdefault(posting.site, []).append((number, posting))
    found: dict[str, Sequence[Inventory]] = {}
    left: list[NotCounted] = []
    for site in sorted(by_site):
        counts, again = counts_of(by_site[site])
        inventories, others = inventories_of(counts, zone_of(site))
        left += again + others
        if inventories:
            found[site] = inventories
    return found, left


def _stock(book: Book, site: str, inventories: Sequence[Inventory], calendar: _Calendar) -> Iterable[Counted]:
    """Yield the stock of a plant at the end of each month: one item that closes one month and opens the next."""
    closed = calendar.closed[site]
    for place, inventory in enumerate(inventories):
        entries = [(Row(site, None, closed[place]), -1)]
        if place + 1 < len(inventories):
            entries.append((Row(site, None, closed[place + 1]), +1))
        for count, line in inventory.lines:
            content, is_known = _stocked(book, site, count, line)
            yield Counted(
                key=f"{count.posting.digest.hex()} {count.number} {line.lot}",
                what=What.STOCK,
                site=site,
                lot=line.lot,
                at=inventory.at,
                events=(count.posting.digest,),
                content=content,
                is_known=is_known,
                entries=tuple(entries),
            )


def _stocked(book: Book, site: str, count: Count, line: Line) -> tuple[ElementMass, bool]:
    """Return what a counted line holds: as assayed then, else by what is known of the lot at that site."""
    starting = book.world.matter.starting
    own = own_content(line, starting)
    if own is not None:
        return own, True
    parcels = [parcel for parcel in book.parcels_of.get(line.lot, ()) if parcel.site == site]
    before = [parcel for parcel in parcels if parcel.at <= count.posting.at]
    if not parcels:
        return no_mass(), False
    node = before[-1] if before else parcels[0]
    net_kg = line.net_kg
    if net_kg is None and line.amount is not None and node.piece_mass_kg is not None:
        net_kg = line.amount * node.piece_mass_kg
    return lot_content(node, line, net_kg, starting), node.is_known or node.is_free


# Links


def _enter_links(book: Book, flows: Flows, entries: Mapping[str, list[tuple[Row, int]]], calendar: _Calendar) -> None:
    """Enter the deliveries of which both sides spoke in the rows of their links."""
    linked: set[str] = set()
    for pair in pair_halves(book):
        if pair.sent is None or not pair.received or pair.is_implied or pair.from_site == pair.to_site:
            continue
        sent = [flow for half in pair.sent_parts for flow in flows.of(half.digest, half.line.lot, What.SHIPMENT)]
        came = [flow for half in pair.received for flow in flows.of(half.digest, half.line.lot, What.RECEIPT)]
        sent = [flow for flow in sent if flow.key not in linked]
        came = [flow for flow in came if flow.key not in linked]
        if not sent or not came:
            continue
        month = max(calendar.month_number(f.ends[0].site, f.at, f.lot) for f in (*sent, *came))
        row = Row("", (pair.from_site, pair.to_site), month)
        for sign, flow in (*((+1, one) for one in sent), *((-1, one) for one in came)):
            entries[flow.key].append((row, sign))
            linked.add(flow.key)


# What cannot be tested


def _untestable(counted: Iterable[Counted], calendar: _Calendar) -> dict[Row, Untestable]:
    """Name the rows without opening or closing stock, and those in which a content is not known."""
    found: dict[Row, Untestable] = {}
    active: dict[str, set[int]] = {}
    opened: set[str] = set()
    for one in counted:
        if one.what is What.STOCK and one.entries[0][1] > 0:
            opened.add(one.site)
        for row, _ in one.entries:
            if row.link is None:
                active.setdefault(row.site, set()).add(row.month)
            if not one.is_known:
                found.setdefault(row, Untestable("content_unknown", one.lot))
    for site, months in active.items():
        closed = set(calendar.closed.get(site, ()))
        for month in range(min(months), max(months) + 1):
            if month not in closed:
                found[Row(site, None, month)] = Untestable("no_stock_taking")
            elif month == min(closed) and site not in opened:
                found[Row(site, None, month)] = Untestable("before_first_stock_taking")
    return found
