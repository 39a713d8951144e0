"""Accepted events, parties, sites, mandates and products, as known at a log size.

Who may read: an event as submitted its party, auditors, tracing bodies and the register's operator; what others may
read of it is `addressed_entries` and what `chain.disclosure` leaves of them. The directory: a party those whom its own
book names; whole the others.
"""

import json
from collections import OrderedDict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from hashlib import sha256
from threading import Lock
from typing import Any

from django.db.models import F

from ytterby.chain.door import read_document
from ytterby.chain.event import Entry, Event
from ytterby.chain.party import Directory, Mandate, Operation, Party, Site, make_directory
from ytterby.chain.product import Product, ProductList, make_product_list
from ytterby.matter.assay import Assay
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.compartment import Compartment
from ytterby.shell.store.models import EventRecord, LogHead, Registration, Visible
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import WHOLE, Viewer
from ytterby.shell.store.submitted_text import submitted_text
from ytterby.shell.store.visibility import bits_of

# Decoded submissions are kept up to so many events; they never change.
EVENTS_KEPT_MAX = 100_000

_decoded: OrderedDict[tuple[str, int], dict[int, Event]] = OrderedDict()
_lock = Lock()


def readable_events(viewer: Viewer) -> Any:
    """Return the query of the events that the viewer may read as submitted."""
    rows = EventRecord.objects.filter(compartment=Compartment.TRACING)
    return rows if viewer.reads_all else rows.filter(log_index__in=_seen(viewer, WHOLE))


def _seen(viewer: Viewer, whys: Iterable[str]) -> Any:
    """Return the query of the events that the viewer sees for one of these reasons."""
    rows = Visible.objects.filter(reader__party=viewer.party or "", compartment=Compartment.TRACING)
    return rows.alias(counting=F("why").bitand(bits_of(whys))).filter(counting__gt=0).values("event_id")


def accepted_entries(viewer: Viewer, known: Known) -> list[Entry]:
    """Return the accepted events that the viewer may read, in log order, read again from the submitted bytes."""
    return _entries(readable_events(viewer).filter(log_index__lt=known.size))


def named_entries(viewer: Viewer, known: Known, *whys: str) -> list[Entry]:
    """Return the accepted events that name the viewer for one of these reasons, in log order: for what the store works
    out of them, and never for a reader as they are.
    """
    named = _seen(viewer, whys)
    tracing = EventRecord.objects.filter(compartment=Compartment.TRACING)
    return _entries(tracing.filter(log_index__lt=known.size, log_index__in=named))


def sealed_digests(viewer: Viewer, entries: Iterable[Entry]) -> dict[bytes, bytes]:
    """Return what stands in the place of the digests of events that the viewer may not read whole.

    A digest would let everything else in the event be guessed (threat L1); the salt of its first entry closes it.
    """
    del viewer
    first = {entry.event.digest: entry.index for entry in sorted(entries, key=lambda entry: -entry.index)}
    salts = dict(rows_among(EventRecord, ("log_index", "salt"), "log_index", first.values()))
    return {d: sha256(b"ytterby/disclosed/v1\x00" + bytes(salts[i]) + d).digest() for d, i in first.items()}


def _entries(rows: Any) -> list[Entry]:
    columns = rows.order_by("log_index").values_list("log_index", "submission_id", "number", "submitter")
    register = LogHead.objects.get(id=1).register_id
    found: list[Entry] = []
    events: dict[int, Event] = {}
    current = -1
    for index, submission, number, submitter in columns:
        if submission != current:
            current, events = submission, _events_of(register, submission)
        found.append(Entry(events[number], submitter, index))
    return found


def _events_of(register: str, submission: int) -> dict[int, Event]:
    key = (register, submission)
    with _lock:
        if key in _decoded:
            _decoded.move_to_end(key)
            return _decoded[key]
    text, level = submitted_text(submission)
    read = read_document(text, door_tables(), level=level)
    events = {one.number: one.event for one in read.events if one.event is not None}
    with _lock:
        _decoded[key] = events
        while sum(map(len, _decoded.values())) > EVENTS_KEPT_MAX and len(_decoded) > 1:
            _decoded.popitem(last=False)
    return events


def _latest(kind: str, known: Known) -> Iterable[dict[str, Any]]:
    """Return the documents of a kind that hold at a log size, the latest of each key, in order of first entry."""
    rows = Registration.objects.filter(kind=kind, log_index__lt=known.size).order_by("log_index")
    by_key = {key: json.loads(document) for key, document in rows.values_list("key", "document")}
    return by_key.values()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def directory(viewer: Viewer, known: Known) -> Directory:
    """Return parties, sites and mandates as known at a log size, of a party those whom its own book names."""
    if viewer.reads_all:
        return whole_directory(viewer, known)
    from ytterby.shell.store.reading.party_book import named_directory

    return named_directory(viewer, known)


def whole_directory(viewer: Viewer, known: Known) -> Directory:
    """Return all parties, sites and mandates, for what the store works out; doors ask for `directory`."""
    del viewer
    parties = [
        Party(p["id"], p["name"], p.get("name_zh", ""), p.get("country", ""), frozenset(p.get("roles", ())))
        for p in _latest("party", known)
    ]
    sites = [
        Site(
            id=s["id"],
            name=s["name"],
            kind=s["kind"],
            country=s.get("country", ""),
            operations=tuple(
                Operation(o["party"], _day(o.get("start")), _day(o.get("end"))) for o in s.get("operations", ())
            ),
            name_zh=s.get("name_zh", ""),
        )
        for s in _latest("site", known)
    ]
    mandates = [
        Mandate(m["party"], m["site"], _day(m.get("start")), _day(m.get("end"))) for m in _latest("mandate", known)
    ]
    return make_directory(parties, sites, mandates)


def product_list(viewer: Viewer, known: Known) -> ProductList:
    """Return the registered products as known at a log size."""
    del viewer
    return make_product_list(_product(fields) for fields in _latest("product", known))


def _product(fields: dict[str, Any]) -> Product:
    return Product(
        id=fields["id"],
        maker=fields["maker"],
        form=fields.get("form"),
        is_free_of_rare_earths=fields.get("is_free_of_rare_earths", False),
        assays=tuple(
            Assay(
                element=a["element"],
                milligram_per_kilogram=Decimal(a["milligram_per_kilogram"]),
                standard_uncertainty=Decimal(a["standard_uncertainty"]) if a.get("standard_uncertainty") else None,
                method=a.get("method"),
                laboratory=a.get("laboratory"),
            )
            for a in fields.get("assays", ())
        ),
        piece_mass_gram=Decimal(fields["piece_mass_gram"]) if fields.get("piece_mass_gram") else None,
        start=_day(fields.get("start")),
        end=_day(fields.get("end")),
        name=fields.get("name", ""),
    )
