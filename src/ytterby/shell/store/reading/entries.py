"""Accepted events, parties, sites and mandates, as known at a log size.

Who may read: an event as submitted its party, auditors, tracing bodies and the register's operator; what others may
read of it is `addressed_entries` and what `chain.disclosure` leaves of them. The directory: a party those whom its own
book names; whole the others.
"""

from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256
from threading import Lock
from typing import Any

from django.db.models import F

from ytterby.chain.door import read_document
from ytterby.chain.event import Entry, Event
from ytterby.chain.party import Directory
from ytterby.shell.site.packs import door_tables
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.compartment import Compartment
from ytterby.shell.store.derived.world import world_at
from ytterby.shell.store.models import EventRecord, LogHead, Visible
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


def directory(viewer: Viewer, known: Known) -> Directory:
    """Return parties, sites and mandates as known at a log size, of a party those whom its own book names."""
    if viewer.reads_all:
        return whole_directory(viewer, known)
    from ytterby.shell.store.reading.party_book import named_directory

    return named_directory(viewer, known)


def whole_directory(viewer: Viewer, known: Known) -> Directory:
    """Return all parties, sites and mandates, for what the store works out; doors ask for `directory`."""
    del viewer
    return world_at(known.size).directory
