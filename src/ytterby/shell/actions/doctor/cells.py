"""Cells of the live edition: against the whole book, or a sample of lots against the part of the book they make."""

import random
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from ytterby.chain.book import build_book
from ytterby.chain.book_check import BookFault, faults_of_book, faults_of_node
from ytterby.chain.cell import node_of, read_cell, row_of
from ytterby.chain.derivation import write_part
from ytterby.chain.event import Entry
from ytterby.chain.excerpt import CellMissing, cells_of_book, rows_of
from ytterby.chain.posting_record import subjects_of
from ytterby.shell.actions.doctor.submitted import submitted_events
from ytterby.shell.actions.doctor.unsound import Tell, Unsound
from ytterby.shell.store.derived.packing import unpacked
from ytterby.shell.store.derived.postings import counting, unpacked_postings
from ytterby.shell.store.derived.shelf import StoredShelf
from ytterby.shell.store.derived.threads import thread_texts
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import Edition, EventCell, LotCell, Thread
from ytterby.terms.problem import finding

CHUNK = 500
NOTHING: frozenset[Any] = frozenset()


def against_whole_book(edition: Edition, tell: Tell) -> Iterator[Unsound]:
    """Build the book from the submitted bytes up to the watermark; yield cells that differ, and what it breaks."""
    size = edition.derived_to
    entries = []
    for submitted in submitted_events(size):
        entries += [Entry(event, submitted.submitter, index) for index, event in submitted.events]
        tell("events", len(entries))
    book = build_book(entries, world_at(size))
    lots, events = cells_of_book(book)
    tell("cells", 0)
    for text, body in _lot_cells(edition.number):
        if lots.pop(text, None) != body:
            what = "its cell is not what the submitted events come to"
            yield Unsound(finding("derived.cells"), f"lot {text}", what)
    for text in sorted(lots):
        yield Unsound(finding("derived.cells"), f"lot {text}", "its cell is missing")
    for digest, pool, body in _event_cells(edition.number):
        where = f"event {digest.hex()}"
        if events.pop(digest, None) != body:
            yield Unsound(finding("derived.cells"), where, "its cell is not what the submitted events come to")
        yield from _pool(edition, digest, pool)
    for digest in sorted(events):
        yield Unsound(finding("derived.cells"), f"event {digest.hex()}", "its cell is missing")
    for fault in faults_of_book(book, rows_of(book.nodes, {})):
        yield _of_book(fault)


def against_parts(edition: Edition, count: int, seed: int, tell: Tell) -> Iterator[Unsound]:
    """Write some lots again, each alone, from its events and the kept cells of the rest; look at every cell by itself.

    The lots are drawn by their events, so that one whose cell is missing may be drawn too.
    """
    size = edition.derived_to
    world = world_at(size)
    for number, lot in enumerate(sampled_lots(edition, count, seed)):
        tell("lots", number)
        where = f"lot {lot}"
        try:
            part, _ = write_part(StoredShelf(edition.number, size), world, frozenset({lot}), NOTHING, NOTHING)
        except (CellMissing, zlib.error, msgspec.MsgspecError, KeyError) as error:
            what = f"it cannot be written from what is kept of the rest: {error}"
            yield Unsound(finding("derived.cells"), where, what)
            continue
        if part.lots:
            yield Unsound(finding("derived.cells"), where, "its cell is not what its events come to")
        for digest in sorted(part.events):
            what = f"its cell is not what comes of it with the lot {lot}"
            yield Unsound(finding("derived.cells"), f"event {digest.hex()}", what)
    for number, (text, body) in enumerate(_lot_cells(edition.number)):
        if number % CHUNK == 0:
            tell("cells", number)
        yield from _alone(f"lot {text}", body)
    for digest, pool, body in _event_cells(edition.number):
        yield from _alone(f"event {digest.hex()}", body)
        yield from _pool(edition, digest, pool)


def sampled_lots(edition: Edition, count: int, seed: int) -> list[str]:
    """Return up to `count` lots, drawn at random from the events that count; the same seed draws the same."""
    pick = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    rows = counting(edition.number, edition.derived_to).order_by("log_index")
    found: dict[str, None] = {}
    for _ in range(4 * count):
        from_here = rows.filter(log_index__gte=pick.randrange(max(edition.derived_to, 1)))
        body = from_here.values_list("body", flat=True).first()
        if body is None:
            continue
        try:
            subjects = subjects_of(unpacked_postings(body))
        except (zlib.error, msgspec.MsgspecError):
            continue  # named with its event
        lots = sorted(subjects.lots | subjects.made)
        if lots:
            found[pick.choice(lots)] = None
        if len(found) == count:
            break
    return list(found)


def _alone(where: str, body: bytes) -> Iterator[Unsound]:
    """Look at the nodes of a cell by themselves."""
    try:
        nodes = read_cell(body).nodes
    except msgspec.MsgspecError:
        yield Unsound(finding("derived.cells"), where, "its cell cannot be read")
        return
    for kept in nodes:
        for fault in faults_of_node(node_of(kept, 0, 0), row_of(kept)):
            yield _of_book(fault)


def _of_book(fault: BookFault) -> Unsound:
    node = fault.node
    if node is None:
        return Unsound(fault.problem, "book", fault.what)
    where = f"lot {node.lot}" if node.lot else f"event {node.digest.hex()}"
    return Unsound(fault.problem, where, fault.what)


def _lot_cells(edition: int) -> Iterator[tuple[str, bytes]]:
    rows = LotCell.objects.filter(edition=edition).order_by("lot_id")
    # Not joined: a cell whose lot is not in the dictionary must be seen too.
    cells = rows.values_list("lot_id", "body").iterator(chunk_size=CHUNK)
    while part := list(islice(cells, CHUNK)):
        texts = thread_texts(number for number, _ in part)
        for number, body in part:
            yield texts.get(number, _nameless(number)), _unpacked(body)


def _event_cells(edition: int) -> Iterator[tuple[bytes, int | None, bytes]]:
    rows = EventCell.objects.filter(edition=edition).order_by("digest")
    for digest, pool, body in rows.values_list("digest", "pool_id", "body").iterator(chunk_size=CHUNK):
        yield bytes(digest), pool, _unpacked(body)


def _text(number: int) -> str:
    text: str | None = Thread.objects.filter(id=number).values_list("text", flat=True).first()
    return _nameless(number) if text is None else text


def _nameless(number: int) -> str:
    return f"number {number} of the dictionary"


def _unpacked(body: Any) -> bytes:
    try:
        return unpacked(body)
    except zlib.error:
        return b""


def _pool(edition: Edition, digest: bytes, pool: int | None) -> Iterator[Unsound]:
    """Check under which pool an event's cell is found."""
    body = counting(edition.number, edition.derived_to).filter(digest=digest).values_list("body", flat=True).first()
    if body is None:
        return  # a cell of nothing is named already
    try:
        pools = sorted(subjects_of(unpacked_postings(body)).pools)
    except (zlib.error, msgspec.MsgspecError):
        return  # named with its event
    if (pools[0] if pools else None) != (None if pool is None else _text(pool)):
        yield Unsound(finding("derived.cells"), f"event {digest.hex()}", "its cell stands under another pool")
