"""Closures of steps and states of deliveries as a viewer may read them.

Who may read: a site's closures its party, auditors and the register's operator; of a delivery either side its state
in words as it was first told, and its own figure; all figures and how often they were corrected auditors and the
operator (threat C3).
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from ytterby.balance.closure import SCORE_LIMIT, StepClosure, close_steps
from ytterby.balance.mirror import IN_TRANSIT, MirrorState, judge_pairs
from ytterby.balance.told import Delivery
from ytterby.chain.book import Book
from ytterby.chain.mirror import Pair
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json, exact, figure, instant, party_name, site_name
from ytterby.shell.store.reading.told import correction_counts, told_states
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.identifier import tail

UNTOLD = "untold"


def step_closures(viewer: Viewer, *, site: str | None = None, element: str | None = None, known: Known) -> Json:
    """Return the closure of every step, of one site or element where asked."""
    book = book_of(viewer, known)
    closures = close_steps(book, site=site, elements=(element,) if element else None)
    return {"as_of_size": known.size, "limit": SCORE_LIMIT, "steps": [_step(book, one) for one in closures]}


def _step(book: Book, one: StepClosure) -> Json:
    step = one.step
    return {
        "event_id": step.event_id,
        "at": instant(step.at),
        "site": site_name(book, step.site),
        "run": step.run,
        "process": step.stage,
        "element": one.element,
        "in_kg": one.in_kg,
        "out_kg": one.out_kg,
        "difference_kg": one.difference_kg,
        "u_kg": figure(one.u_kg),
        "z": figure(one.z),
        "verdict": one.verdict,
        "inputs_unknown": step.inputs_unknown,
        "assumed": one.is_assumed,
        "inputs": list(dict.fromkeys(tail(book.nodes[i].lot) for i in step.parents)),
        "outputs": [tail(book.nodes[i].lot) for i in step.outputs],
    }


def mirror_pairs(viewer: Viewer, *, known: Known, on: date | None = None, transit_limit_days: int) -> Json:
    """Return the state of every delivery; `overdue` is judged at the end of a day, None when no day is asked for."""
    book = book_of(viewer, known)
    at = datetime.combine(on, time.max, tzinfo=UTC) if on else None
    states = judge_pairs(book)
    if viewer.reads_all:
        corrections = correction_counts(viewer, known)
        rows = [_pair(book, state, at, transit_limit_days, corrections) for state in states]
    else:
        told = told_states(viewer, known)
        rows = [
            _told_pair(book, state, at, transit_limit_days, told, viewer.party or "")
            for state in states
            if viewer.party in {state.pair.from_holder, state.pair.to_holder}
        ]
    return {"as_of_size": known.size, "transit_limit_days": transit_limit_days, "pairs": rows}


def _pair(
    book: Book, state: MirrorState, at: datetime | None, limit_days: int, corrections: Counter[tuple[str | None, str]]
) -> Json:
    return {
        **_sides(book, state.pair),
        "shipped": exact(state.sent),
        "received": exact(state.received),
        "unit": state.unit,
        "compared": state.compared,
        "element": state.element,
        "difference": figure(state.difference),
        "u": figure(state.u),
        "d": figure(state.d),
        "state": state.state,
        "overdue": None if at is None else state.is_overdue(at, limit_days),
        "corrections": corrections[state.pair.document, state.pair.lot],
    }


def _told_pair(
    book: Book,
    state: MirrorState,
    at: datetime | None,
    limit_days: int,
    told: Mapping[Delivery, str],
    party: str,
) -> Json:
    """Return what one side may read: its own figure, and the state as it was told first."""
    pair = state.pair
    word = told.get(Delivery(pair.document or "", pair.from_holder, pair.to_holder, pair.lot))
    if word is None:
        # Both have spoken, not under one document number: what the book finds of it is told to neither.
        word = UNTOLD if pair.sent is not None and pair.received else state.state
    is_late = word == IN_TRANSIT and at is not None and state.is_overdue(at, limit_days)
    return {
        **_sides(book, pair),
        "shipped": exact(state.sent) if party == pair.from_holder else None,
        "received": exact(state.received) if party == pair.to_holder else None,
        "unit": state.unit,
        "compared": None,
        "element": None,
        "difference": None,
        "u": None,
        "d": None,
        "state": word,
        "overdue": None if at is None else is_late,
        "corrections": None,
    }


def _sides(book: Book, pair: Pair) -> Json:
    return {
        "lot": pair.lot,
        "tail": tail(pair.lot),
        "document": pair.document,
        "shipper": party_name(book, pair.from_holder),
        "receiver": party_name(book, pair.to_holder),
        "from_site": site_name(book, pair.from_site),
        "to_site": site_name(book, pair.to_site),
        "sent_at": instant(pair.sent.at) if pair.sent else None,
        "received_at": instant(pair.received[-1].at) if pair.received else None,
    }
