"""Cases of findings, and how often each kind of test was wrong, as a viewer may read them.

Who may read: the register's operator, auditing and tracing bodies all; a party of a case what was asked of it or
ordered, its own answers, visits of its own sites, and of the finding the fields that a decision disclosed to it. For
everybody else there is no case. What a party is answered hangs on those steps alone (threats C2, C3).
"""

from collections import Counter
from collections.abc import Iterable
from math import erfc, sqrt
from typing import Any

import msgspec

from ytterby.balance.closure import SCORE_LIMIT, close_steps
from ytterby.balance.false_alarm_statistics import Exposure, Judged, false_alarm_statistics
from ytterby.balance.finding import Finding
from ytterby.balance.finding_state import START
from ytterby.balance.inquiry import Answer, Ask, Case, Hear, Order, Said, Snapshot, judgement_of, told_state
from ytterby.balance.mirror import D_LIMIT, DIFFERS, MATCHED, judge_pairs
from ytterby.chain.book import Book
from ytterby.shell.site.packs import inquiry_rules
from ytterby.shell.site.register import current_register
from ytterby.shell.store.asking import rows_among
from ytterby.shell.store.inquiries import Entered, stored_cases
from ytterby.shell.store.models import EventRecord, LogEntry
from ytterby.shell.store.reading.book import book_of, lots_among
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.log import register_id
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.store.reading.watching import all_findings, findings_at_hand
from ytterby.terms.identifier import tail

Json = dict[str, Any]
# Probabilities of a score beyond its limit where all is in order: of a step on one side, of a delivery on either.
STEP_BEYOND = erfc(SCORE_LIMIT / sqrt(2)) / 2
DELIVERY_BEYOND = erfc(D_LIMIT / sqrt(2))
STEP_FIELDS = (
    *("verb", "on", "party", "to", "text", "due", "events", "documents", "reason", "outcome", "told", "fields"),
    *("site", "day", "order_number", "inspectors", "counts", "samples"),
)
# States told to a party in which it is to answer.
AWAITING = frozenset({"asked", "ordered", "hearing"})
VANISHED_KEPT = 64
_vanished = Kept[int](VANISHED_KEPT)


def list_cases(viewer: Viewer, *, known: Known) -> Json:
    """Return the cases that a viewer may read, in order of their beginning; to the office also findings without one."""
    cases = stored_cases(current_register(), known.size)
    if not viewer.reads_all:
        rows = [
            _party_row(viewer, case, known) for case in cases.by_number.values() if case.seen_by(viewer.party or "")
        ]
        return {"as_of_size": known.size, "cases": rows}
    now = {one.id: one for one in all_findings(viewer, known)}
    rows = [_row(viewer, case, now, known) for case in cases.by_number.values()]
    begun = {case.finding.id for case in cases.by_number.values()}
    rows += [_open_row(one) for one in now.values() if one.id not in begun]
    return {"as_of_size": known.size, "cases": rows}


def show_case(viewer: Viewer, which: str, *, known: Known) -> Json:
    """Return a case by its number, for the office also by its finding, with its steps.

    Raises:
        KeyError: there is no such case that the viewer may read.
    """
    cases = stored_cases(current_register(), known.size)
    case = cases.by_number.get(which)
    if not viewer.reads_all:
        if case is None or not case.seen_by(viewer.party or ""):
            raise KeyError(which)
        return _party_case(viewer, case, cases.entered[case.number], known)
    case = case or cases.of_finding(which)
    now = {one.id: one for one in all_findings(viewer, known)}
    if case is None:
        nothing: Json = {"finding_then": None, "disclosed": {}, "steps": [], "corrections": []}
        return {**_open_row(now[which]), "as_of_size": known.size, **nothing}
    return {**_row(viewer, case, now, known), **_whole(case, cases.entered[case.number], known)}


def recorded_cases(viewer: Viewer, *, known: Known) -> Json:
    """Return the cases that a viewer may read and no finding without one, at once in a register of any size: those
    first that wait for somebody, by the day that is named.

    To the office also the size of each finding as its case began (kg), its months, the day of the answer where nothing
    more is awaited, and whether it is still found: None where the findings of the log size are not worked out yet.
    """
    cases = stored_cases(current_register(), known.size).by_number.values()
    if not viewer.reads_all:
        mine = [case for case in cases if case.seen_by(viewer.party or "")]
        rows = sorted((_party_row(viewer, case, known) for case in mine), key=_told_urgency)
        return {"as_of_size": known.size, "cases": rows}
    now = _ids_at_hand(viewer, known)
    return {"as_of_size": known.size, "cases": [_recorded_row(case, now) for case in sorted(cases, key=_urgency)]}


def recorded_case(viewer: Viewer, number: str, *, known: Known) -> Json:
    """Return one of these with its steps, as `show_case` does but for the log size at which its finding vanished,
    which the watch at many log sizes tells.

    Raises:
        KeyError: there is no such case that the viewer may read.
    """
    if not viewer.reads_all:
        return show_case(viewer, number, known=known)
    cases = stored_cases(current_register(), known.size)
    case = cases.by_number[number]
    row = _recorded_row(case, _ids_at_hand(viewer, known))
    return {**row, **_whole(case, cases.entered[number], known)}


def numbers_of_cases(viewer: Viewer, *, known: Known) -> dict[str, str]:
    """Return the number of the case of each finding that has one, by the finding's id; nothing to parties."""
    return dict(stored_cases(current_register(), known.size).number_of) if viewer.reads_all else {}


def _ids_at_hand(viewer: Viewer, known: Known) -> frozenset[str] | None:
    found = findings_at_hand(viewer, known)
    return None if found is None else frozenset(one.id for one in found)


def _urgency(case: Case) -> tuple[bool, bool, str, str]:
    """Order cases: those that wait for an answer first, then those that wait for the office, each by the day named."""
    at_rest = inquiry_rules().states[case.state].at_rest
    return at_rest, _answered(case.said) is not None, _due(case.said) or "9", case.number


def _told_urgency(row: Json) -> tuple[bool, str, str]:
    """Order a party's cases: those in which something is asked of it first, by the day that is named."""
    return row["state"] not in AWAITING, row["due"] or "9", row["number"]


def _whole(case: Case, entered: list[Entered], known: Known) -> Json:
    """Return what the office reads of a case beside its row."""
    return {
        "as_of_size": known.size,
        "finding_then": msgspec.to_builtins(case.finding),
        "disclosed": {party: case.disclosed_to(party) for party in case.finding.parties if case.disclosed_to(party)},
        "steps": [
            {**_step(one.said), "by": one.said.by or None, "index": one.entry, "record": one.digest} for one in entered
        ],
        "corrections": _corrections(case.finding, known),
    }


def _corrections(finding: Snapshot, known: Known) -> list[Json]:
    """Return the events of a finding that were declared wrong after its case began, and where in the log (P5)."""
    events = {bytes.fromhex(digest) for digest in finding.events}
    rows = rows_among(EventRecord, ("original", "log_index"), "original", sorted(events), "NOT is_original")
    found = sorted((index, bytes(event).hex()) for event, index in rows if finding.known_size <= index < known.size)
    return [{"event": event, "index": index} for index, event in found]


def states_of(viewer: Viewer, *, known: Known) -> dict[str, str]:
    """Return the phase of each finding that has a case, by the finding's id; nothing to parties."""
    if not viewer.reads_all:
        return {}
    rules = inquiry_rules()
    cases = stored_cases(current_register(), known.size).by_number.values()
    return {case.finding.id: rules.states[case.state].phase for case in cases}


def false_alarms(viewer: Viewer, *, known: Known) -> Json:
    """Return what became of the findings of each kind beside the expected rate of false alarms; parties: nothing."""
    if not viewer.reads_all:
        return {"as_of_size": known.size, "kinds": []}
    rules = inquiry_rules()
    cases = stored_cases(current_register(), known.size).by_number.values()
    begun = {case.finding.id for case in cases}
    judged = [Judged(case.finding.kind, judgement_of(case, rules)) for case in cases]
    judged += [Judged(one.problem.code, None) for one in all_findings(viewer, known) if one.id not in begun]
    found = false_alarm_statistics(judged, _exposures(book_of(viewer, known)))
    return {"as_of_size": known.size, "kinds": [{**one._asdict(), "compared": one.judgement} for one in found]}


def _exposures(book: Book) -> dict[str, Exposure]:
    """Return how often the tests of single steps and deliveries were applied; others state theirs elsewhere."""
    steps = sum(closure.z is not None for closure in close_steps(book))
    states = Counter(state.state for state in judge_pairs(book) if state.d is not None)
    found: dict[str, Exposure] = {}
    if steps:
        found |= {kind: Exposure(steps, STEP_BEYOND) for kind in ("step.gain", "step.loss")}
    if compared := states[MATCHED] + states[DIFFERS]:
        found["mirror.differs"] = Exposure(compared, DELIVERY_BEYOND)
    return found


def _open_row(one: Finding) -> Json:
    return {
        **_finding_fields(one.id, one.problem.code, one.lot, one.site, one.parties),
        "number": None,
        "state": START,
        "phase": START,
        "version": 0,
        "since": None,
        "due": None,
        "vanished_at": None,
        "judgement": None,
    }


def _row(viewer: Viewer, case: Case, now: dict[str, Finding], known: Known) -> Json:
    gone = None if case.finding.id in now else vanished_at(viewer, case.finding, known)
    return {**_case_row(case), "vanished_at": gone}


def _recorded_row(case: Case, now: frozenset[str] | None) -> Json:
    """Return the row of a case with its finding as it was known; `now` are the findings that are there."""
    finding = case.finding
    months = (finding.facts.get("since"), finding.facts.get("until"))
    return {
        **_case_row(case),
        "element": finding.element,
        "months": [month for month in dict.fromkeys(months) if month],
        "size_kg": finding.size_kg,
        "sd_kg": finding.sd_kg,
        "answered": _answered(case.said),
        "is_found": None if now is None else finding.id in now,
    }


def _case_row(case: Case) -> Json:
    rules, finding = inquiry_rules(), case.finding
    judgement = judgement_of(case, rules)
    return {
        **_finding_fields(finding.id, finding.kind, finding.lot, finding.site, finding.parties),
        "number": case.number,
        "state": case.state,
        "phase": rules.states[case.state].phase,
        "version": case.version,
        "since": case.said[0].on,
        "due": _due(case.said),
        "judgement": judgement.value if judgement else None,
    }


def _finding_fields(id_: str, kind: str, lot: str, site: str, parties: tuple[str, ...]) -> Json:
    return {
        "finding": id_,
        "kind": kind,
        "lot": lot or None,
        "tail": tail(lot) if lot else None,
        "site": site or None,
        "parties": list(parties),
    }


def vanished_at(viewer: Viewer, finding: Snapshot, known: Known) -> int:
    """Return a log size from which a finding that was there is not found any more, by halving.

    Where it came and went several times it is one of those sizes; all are of the viewer's book.
    """

    def look() -> int:
        ends = LogEntry.objects.filter(batch_end__gt=finding.known_size, batch_end__lte=known.size)
        sizes = sorted(set(ends.values_list("batch_end", flat=True)))
        there, gone = -1, len(sizes) - 1
        while gone - there > 1:
            middle = (there + gone) // 2
            found = any(one.id == finding.id for one in all_findings(viewer, Known(sizes[middle])))
            there, gone = (middle, gone) if found else (there, middle)
        return sizes[gone] if sizes else known.size

    return _vanished.get((register_id(viewer), finding.id, known.size, viewer), look)


def _due(said: Iterable[Said]) -> str | None:
    """Return the day of the last question, order or hearing."""
    days = [one.step.due for one in said if isinstance(one.step, Ask | Order | Hear)]
    return days[-1] if days else None


def _answered(said: Iterable[Said]) -> str | None:
    """Return the day of the last answer; None while a question, order or hearing waits for one."""
    owing: set[str] = set()
    on = None
    for one in said:
        if isinstance(one.step, Ask | Order | Hear):
            owing.add(one.step.to)
        elif isinstance(one.step, Answer):
            owing.discard(one.party)
            on = one.on
    return None if owing else on


def _step(said: Said) -> Json:
    """Return a step with every field that any step can have, None where this one has it not."""
    fields = msgspec.json.decode(msgspec.json.encode(said.step))
    shown = {name: fields.get(name) for name in STEP_FIELDS}
    return {**shown, "verb": said.verb.value, "on": said.on, "party": said.party or None}


def _party_row(viewer: Viewer, case: Case, known: Known) -> Json:
    """Return what a party is told of a case: nothing here may hang on a step that it does not see."""
    party = viewer.party or ""
    seen = case.seen_by(party)
    lot = case.finding.lot
    is_its_lot = bool(lot) and lot in lots_among(viewer, {lot}, known)
    return {
        "number": case.number,
        "lot": lot if is_its_lot else None,
        "tail": tail(lot) if is_its_lot else None,
        "state": told_state(case, party, inquiry_rules()),
        "version": len(seen),
        "since": seen[0].on,
        "due": _due(seen),
    }


def _party_case(viewer: Viewer, case: Case, entered: list[Entered], known: Known) -> Json:
    party = viewer.party or ""
    return {
        **_party_row(viewer, case, known),
        "as_of_size": known.size,
        "disclosed": case.disclosed_to(party),
        "steps": [_told_step(one, party) for one in entered if one.said.is_seen_by(party)],
    }


def _told_step(one: Entered, party: str) -> Json:
    """Return a step as a party reads it: of others who are told the same, nothing."""
    shown = _step(one.said)
    if shown["told"] is not None:
        shown["told"] = [party]
    return {**shown, "index": one.entry}


def entered_steps(viewer: Viewer, which: str, *, known: Known) -> tuple[Case, list[Entered]]:
    """Return a case, by its number or its finding, and its steps with their records: for work papers.

    Raises:
        KeyError: there is no such case that the viewer reads whole.
    """
    cases = stored_cases(current_register(), known.size)
    case = cases.by_number.get(which) or cases.of_finding(which)
    if case is None or not viewer.reads_all:
        raise KeyError(which)
    return case, cases.entered[case.number]
