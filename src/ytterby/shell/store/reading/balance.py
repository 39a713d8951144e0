"""Closures of steps and states of deliveries as a viewer may read them.

Who may read: a site's closures its party, auditors and the register's operator; the figures of a delivery only
auditors and the operator, since one side may not read the other's (threat C3).
"""

from datetime import UTC, date, datetime, time

from ytterby.balance.closure import SCORE_LIMIT, StepClosure, close_steps
from ytterby.balance.mirror import MirrorState, judge_pairs
from ytterby.chain.book import Book
from ytterby.shell.store.reading.book import book_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.naming import Json, exact, figure, instant, party_name, site_name
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.terms.identifier import tail


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
    rows = [_pair(book, state, at, transit_limit_days, viewer) for state in judge_pairs(book)]
    return {"as_of_size": known.size, "transit_limit_days": transit_limit_days, "pairs": rows}


def _pair(book: Book, state: MirrorState, at: datetime | None, limit_days: int, viewer: Viewer) -> Json:
    pair = state.pair
    shows = viewer.reads_all
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
        "shipped": exact(state.sent) if shows else None,
        "received": exact(state.received) if shows else None,
        "unit": state.unit,
        "compared": state.compared,
        "element": state.element,
        "difference": figure(state.difference) if shows else None,
        "u": figure(state.u) if shows else None,
        "d": figure(state.d) if shows else None,
        "state": state.state,
        "overdue": None if at is None else state.is_overdue(at, limit_days),
    }
