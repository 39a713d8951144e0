"""Flow returns as a viewer may read them: who entered which month or quarter when, and what it comes to.

Who may read: a party its own, made from its own book alone, and of its deliveries the state in words as first told
(threat C3); auditors, tracing bodies and the register's operator all.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import msgspec

from ytterby.balance.flow_return import (
    Arrived,
    Correction,
    Duties,
    FlowLine,
    FlowReturn,
    LineOf,
    SiteReturn,
    State,
    count_lines,
    element_totals,
    flow_lines,
    flow_returns,
    flow_totals,
    lines_of,
)
from ytterby.balance.mirror import DIFFERS, MirrorState, judge_pairs
from ytterby.balance.reported import Key, Move, Movement, Reported, months_of_postings, reported_movements
from ytterby.balance.told import Delivery
from ytterby.chain.book import Book
from ytterby.chain.event import Entry
from ytterby.chain.postings import postings_of
from ytterby.law.return_period import ReturnPeriod
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.derived.registered import events_at
from ytterby.shell.store.models import LogEntry, Registration
from ytterby.shell.store.reading.accounts import zone_of
from ytterby.shell.store.reading.balance import UNTOLD
from ytterby.shell.store.reading.beside import Work
from ytterby.shell.store.reading.book import book_of, bundles_of
from ytterby.shell.store.reading.entries import readable_events
from ytterby.shell.store.reading.flow_law import law_key, return_rules
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.naming import Json, exact, instant, party_name, site_name
from ytterby.shell.store.reading.told import told_states
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.identifier import tail
from ytterby.terms.instant import read_instant

ENTERED_KEPT = 4
# A list is asked for page after page, facet after facet, on one day.
RETURNS_KEPT = 8
NAMES = ("digest", "submitter", "event_id", "log_index", "submission__arrived_at")


class Entered(NamedTuple):
    """What was reported, and when each event of it arrived and was declared wrong."""

    reported: Reported
    arrived: tuple[Arrived, ...]
    corrections: tuple[Correction, ...]


_kept = Kept[Entered](ENTERED_KEPT)


def entered_events(viewer: Viewer, known: Known) -> Entered:
    """Return what the viewer may read of what enterprises reported, as known at a log size; kept while asked for."""
    return _kept.get((register_id(viewer), known.size, viewer), lambda: _entered_events(viewer, known))


def _entered_events(viewer: Viewer, known: Known) -> Entered:
    book = book_of(viewer, known)
    reported = reported_movements(bundles_of(viewer, known), book, lambda site: zone_of(book, site))
    if not viewer.reads_all:
        reported = Reported(
            tuple(one for one in reported.movements if one.key.party == viewer.party),
            tuple(one for one in reported.spoken if one.key.party == viewer.party),
        )
    return Entered(reported, *_arrivals(viewer, known, book, reported))


# When it arrived


def _arrivals(
    viewer: Viewer, known: Known, book: Book, reported: Reported
) -> tuple[tuple[Arrived, ...], tuple[Correction, ...]]:
    """Return when each event arrived, those declared wrong since included, and the declarations that ended one."""
    rows = readable_events(viewer).filter(log_index__lt=known.size)
    originals = list(rows.filter(is_original=True).order_by("log_index").values_list(*NAMES))
    ends = dict(rows_among(LogEntry, ("index", "batch_end"), "index", [row[3] for row in originals]))
    declared = _declared(viewer, known, book, {(row[1], row[2]): bytes(row[0]) for row in originals})
    replacing = {(one.submitter, id_) for one in declared for id_ in one.corrective_ids}
    keys: dict[bytes, list[Key]] = {}
    for one in reported.spoken:
        keys.setdefault(one.digest, []).append(one.key)
    for ended in declared:
        keys.setdefault(ended.digest, []).extend(ended.keys)
    arrived: dict[tuple[bytes, Key], Arrived] = {}
    for digest, submitter, event_id, index, at in originals:
        for key in keys.get(bytes(digest), ()):
            is_replacement = (submitter, event_id) in replacing
            new = Arrived(key, bytes(digest), _at(at), ends[index], is_replacement)
            # What two reported in the same words was entered when the first of them did.
            arrived.setdefault((new.digest, key), new)
    corrections = [Correction(key, one.digest, one.at, one.size) for one in declared for key in one.keys]
    return tuple(arrived.values()), tuple(corrections)


class _Declared(NamedTuple):
    """An error declaration that ended an event: of which months that was, and what stands in its place."""

    digest: bytes
    submitter: str
    corrective_ids: tuple[str, ...]
    keys: tuple[Key, ...]
    at: datetime
    size: int


def _declared(
    viewer: Viewer, known: Known, book: Book, originals: Mapping[tuple[str, str | None], bytes]
) -> list[_Declared]:
    rows = readable_events(viewer).filter(log_index__lt=known.size, is_original=False).order_by("log_index")
    named = ("log_index", "submitter", "event_id", "original", "submission__arrived_at")
    first: dict[bytes, tuple[Any, ...]] = {}
    for row in rows.values_list(*named):
        original = bytes(row[3] or b"")
        # One that differs from its original ends nothing, and a second one nothing more.
        if originals.get((row[1], row[2])) == original:
            first.setdefault(original, row)
    by_index = {row[0]: (original, row) for original, row in first.items()}
    ends = dict(rows_among(LogEntry, ("index", "batch_end"), "index", list(by_index)))
    found = []
    for index, event, submitter in events_at(list(by_index)):
        original, row = by_index[index]
        plain = Entry(msgspec.structs.replace(event, error=None), submitter, index)
        postings = postings_of(plain, book.world)[0]
        keys = months_of_postings(postings, book.world.directory, lambda site: zone_of(book, site))
        own = tuple(key for key in keys if viewer.reads_all or key.party == viewer.party)
        ids = event.error.corrective_event_ids if event.error is not None else ()
        found.append(_Declared(original, submitter, ids, own, _at(row[4]), ends[index]))
    return sorted(found, key=lambda one: (one.size, one.digest))


def _at(text: str) -> datetime:
    at, _ = read_instant(text)
    assert at is not None, "the register wrote it"
    return at


# Who owes what


def duties_of(viewer: Viewer, known: Known, on: date) -> Duties:
    """Return who owes which return, as registered at a log size and by the law that judges a day; of a party its own
    sites.
    """
    book = book_of(viewer, known)
    directory = book.world.directory
    rows = Registration.objects.filter(kind="site", log_index__lt=known.size).order_by("-log_index")
    since: dict[str, date] = {}
    for key, document in rows.values_list("key", "document"):
        site = directory.sites.get(key)
        is_own = site is not None and site.was_of(viewer.party)
        if viewer.reads_all or is_own:
            zone = zone_of(book, key)
            since[key] = _at(json.loads(document)["registered_at"]).astimezone(zone).date()

    def zone_at(site: str) -> tzinfo:
        return zone_of(book, site)

    return Duties(return_rules(viewer, known, on), directory, since, zone_at)


_returns_kept = Kept[tuple[FlowReturn, ...]](RETURNS_KEPT)


def returns_of(viewer: Viewer, known: Known, on: date) -> tuple[FlowReturn, ...]:
    """Return the returns that the viewer may read, as known at a log size and judged on a day; kept while asked for."""
    key = (register_id(viewer), known.size, viewer, on, law_key(viewer, known, on))
    return _returns_kept.get(key, lambda: _returns_of(viewer, known, on))


def _returns_of(viewer: Viewer, known: Known, on: date) -> tuple[FlowReturn, ...]:
    entered = entered_events(viewer, known)
    found = flow_returns(entered.reported, entered.arrived, entered.corrections, duties_of(viewer, known, on), on)
    return tuple(one for one in found if viewer.reads_all or one.party == viewer.party)


# What the other side says


class _Told(NamedTuple):
    """A delivery as it may be told to who asks: whose month, the delivery, and its state in a word."""

    key: Key
    state: MirrorState
    other: str
    word: str


class _Counted(NamedTuple):
    """The deliveries that may be told to who asks, and the lines of each enterprise and month."""

    deliveries: tuple[_Told, ...]
    lines: frozenset[LineOf]


_counted_kept = Kept[_Counted](ENTERED_KEPT)


def _counted(viewer: Viewer, known: Known) -> _Counted:
    def count() -> _Counted:
        lines = lines_of(entered_events(viewer, known).reported.movements)
        return _Counted(tuple(_deliveries(viewer, known)), lines)

    return _counted_kept.get((register_id(viewer), known.size, viewer), count)


RETURNS = Work("returns", lambda viewer, known, _: _counted(viewer, known))


def _deliveries(viewer: Viewer, known: Known) -> list[_Told]:
    """Return the deliveries of each enterprise's months with their state: as it is, to a party as first told."""
    book = book_of(viewer, known)
    keys: dict[bytes, Key] = {}
    for one in entered_events(viewer, known).reported.spoken:
        keys.setdefault(one.digest, one.key)
    told = {} if viewer.reads_all else told_states(viewer, known)
    found = []
    for state in judge_pairs(book):
        pair = state.pair
        word = state.state
        if not viewer.reads_all:
            is_both = pair.sent is not None and bool(pair.received)
            delivery = Delivery(pair.document or "", pair.from_holder, pair.to_holder, pair.lot)
            word = told.get(delivery) or (UNTOLD if is_both else word)
        for halves, other in ((pair.sent_parts, pair.to_holder), (pair.received, pair.from_holder)):
            own = next((keys[half.digest] for half in halves if half.digest in keys), None)
            if own is not None:
                found.append(_Told(own, state, other, word))
    return found


# Answers


class _Places:
    """Of which return of which enterprise something is that was entered for a month of a site, as judged on a day."""

    def __init__(self, viewer: Viewer, known: Known, on: date) -> None:
        self._duties = duties_of(viewer, known, on)
        counted = _counted(viewer, known)
        self.lines = count_lines(counted.lines, self._duties)
        self.deliveries: dict[tuple[str, ReturnPeriod], list[_Told]] = {}
        for one in counted.deliveries:
            self.deliveries.setdefault(self.of(one.key), []).append(one)

    def of(self, key: Key) -> tuple[str, ReturnPeriod]:
        """Return the enterprise and the period."""
        return key.party, self._duties.period_of(key.site, key.month)

    def differing(self, place: tuple[str, ReturnPeriod]) -> int:
        """Return how many of its deliveries differ."""
        return sum(one.word == DIFFERS for one in self.deliveries.get(place, ()))

    def movements(self, reported: Reported, place: tuple[str, ReturnPeriod]) -> list[Movement]:
        """Return what was reported for it."""
        return [one for one in reported.movements if one.key.party == place[0] and self.of(one.key) == place]


_places_kept = Kept[_Places](ENTERED_KEPT)


def _places(viewer: Viewer, known: Known, on: date) -> _Places:
    """Return the same, kept for all days that know the same law."""
    key = (register_id(viewer), known.size, viewer, law_key(viewer, known, on))
    return _places_kept.get(key, lambda: _Places(viewer, known, on))


def list_returns(viewer: Viewer, *, known: Known, on: date, party: str | None = None, month: str | None = None) -> Json:
    """Return the returns of all enterprises, or of one, of all periods or one (`2026-03`, `2026-Q1`)."""
    book = book_of(viewer, known)
    places = _places(viewer, known, on)
    rows = [
        _row(book, one, places)
        for one in returns_of(viewer, known, on)
        if party in {None, one.party} and month in {None, str(one.period)}
    ]
    return {
        "as_of_size": known.size,
        "on": on.isoformat(),
        "law_known_on": known.law_day(on).isoformat(),
        "returns": rows,
    }


def show_return(viewer: Viewer, party: str, month: str, *, known: Known, on: date) -> Json:
    """Return what a period of an enterprise comes to: its state, lines, totals by product and, in kg, by element, and
    deliveries; where it was corrected, the totals as they were first entered.

    Raises:
        KeyError: the viewer may read no such return.
    """
    found = [one for one in returns_of(viewer, known, on) if (one.party, str(one.period)) == (party, month)]
    if not found:
        raise KeyError(party, month)
    (own,) = found
    book, places, place = book_of(viewer, known), _places(viewer, known, on), (own.party, own.period)
    lines = places.movements(entered_events(viewer, known).reported, place)
    is_corrected = bool(own.corrections) and own.first_size is not None
    then = known_at(viewer, own.first_size)
    before = places.movements(entered_events(viewer, then).reported, place) if is_corrected else []
    factors = book.world.matter.factors
    return {
        "as_of_size": known.size,
        "on": on.isoformat(),
        "law_known_on": known.law_day(on).isoformat(),
        "return": _row(book, own, places),
        "lines": [_line(book, one) for one in flow_lines(lines, factors)],
        "totals": [_line(book, one) for one in flow_totals(lines, factors)],
        "elements": [_move(move, content) for move, content in element_totals(lines).items()],
        "first_totals": [_line(book, one) for one in flow_totals(before, factors)] if is_corrected else None,
        "deliveries": [_delivery(book, one) for one in places.deliveries.get(place, ())],
    }


def _row(book: Book, one: FlowReturn, places: _Places) -> Json:
    place = (one.party, one.period)
    return {
        "party": party_name(book, one.party),
        "month": str(one.period),
        "every": one.period.every,
        "state": one.state.value,
        "due_day": one.due_day.isoformat() if one.due_day else None,
        "is_nil": one.is_nil,
        "entered_at": instant(one.entered_at) if one.entered_at else None,
        "lines": places.lines.get(place, 0),
        "late_by_seconds": _seconds(one.late_by),
        "late_events": sum(site.late_events for site in one.sites),
        "corrections": len(one.corrections),
        "corrected_at": instant(one.corrected_at) if one.corrected_at else None,
        "first_size": one.first_size,
        "differing": places.differing(place),
        "is_gap": one.state is State.MISSING,
        "sites": [_site(book, site) for site in one.sites],
    }


def _site(book: Book, one: SiteReturn) -> Json:
    return {
        "site": site_name(book, one.site),
        "state": one.state.value,
        "is_owed": one.is_owed,
        "is_disputed": one.is_disputed,
        "due_day": one.due_day.isoformat() if one.due_day else None,
        "deadline": instant(one.deadline.astimezone(UTC)) if one.deadline else None,
        "first_at": instant(one.first_at) if one.first_at else None,
        "whole_at": instant(one.whole_at) if one.whole_at else None,
        "late_by_seconds": _seconds(one.late_by),
        "late_events": one.late_events,
        "events": one.events,
    }


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _line(book: Book, one: FlowLine) -> Json:
    return {
        "site": site_name(book, one.site) if one.site else None,
        "product": one.product,
        "tail": tail(one.product),
        "move": one.move.value,
        "counterparty": party_name(book, one.counterparty) if one.counterparty else None,
        "amount": exact(one.amount),
        "unit": one.unit,
        "t_reo": one.reo.tonnes if one.reo else None,
        "u_t_reo": one.reo.u_tonnes if one.reo else None,
        "events": one.events,
    }


def _move(move: Move, content: ElementMass | None) -> Json:
    """Return the kilograms of each element of a move, {element: [kg, u]}; None where not all is known."""
    if content is None:
        return {"move": move.value, "elements": None}
    figures = zip(ELEMENTS, content.mass_kg.tolist(), content.u_kg.tolist(), strict=True)
    return {"move": move.value, "elements": {element: [kg, u] for element, kg, u in figures if kg or u}}


def _delivery(book: Book, one: _Told) -> Json:
    pair = one.state.pair
    return {
        "lot": pair.lot,
        "tail": tail(pair.lot),
        "document": pair.document,
        "other": party_name(book, one.other),
        "state": one.word,
    }
