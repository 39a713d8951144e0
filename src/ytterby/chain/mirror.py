"""Halves of a mirror pair: what the shipper said of a delivery and what the receiver said, one pair a lot line.

Pairing is the book's: same document number (despatch advice, else invoice, else order) or SSCC, and lot; else lot,
shipper and receiver. Where a side speaks by month it is by product, link, and delivery note or month
(`period_mirror`).
"""

from ytterby.chain.book import Book
from ytterby.chain.ledger import Shipment
from ytterby.chain.mirror_pair import Half, Pair
from ytterby.chain.period_mirror import join_periods
from ytterby.chain.posting import Line, Receipt


def pair_halves(book: Book) -> tuple[Pair, ...]:
    """Return all deliveries of a book, dispatches in book order, then receipts that nobody sent."""
    pairs = [_of_shipment(shipment) for shipment in book.shipments if not shipment.is_void]
    pairs += [_of_receipt(receipt, line) for receipt, line, _ in book.unmatched]
    return join_periods(pairs)


def _of_shipment(shipment: Shipment) -> Pair:
    dispatch, node = shipment.dispatch, shipment.node
    sent = None
    if dispatch is not None:
        sent = Half(shipment.line, dispatch.at, dispatch.digest, dispatch.event_id)
    received = tuple(Half(line, r.at, r.digest, r.event_id) for r, line, _ in shipment.receipts)
    to_holder = shipment.receipts[0][0].holder if shipment.receipts else node.to_holder
    return Pair(
        lot=shipment.lot,
        document=shipment.document,
        from_site=shipment.from_site,
        from_holder=node.holder,
        to_site=shipment.to_site,
        to_holder=to_holder,
        sent=sent,
        received=received,
        is_implied=shipment.implied is not None and not shipment.receipts,
        node=node,
    )


def _of_receipt(receipt: Receipt, line: Line) -> Pair:
    return Pair(
        lot=line.lot,
        document=receipt.document,
        from_site=receipt.from_site or "",
        from_holder=receipt.from_holder or "",
        to_site=receipt.site,
        to_holder=receipt.holder,
        sent=None,
        received=(Half(line, receipt.at, receipt.digest, receipt.event_id),),
        is_implied=False,
        node=None,
    )


__all__ = ["Half", "Pair", "pair_halves"]
