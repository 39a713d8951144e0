"""A case in the fields of each audience: officer and auditor, bodies that are asked, applicant, end user.

Each view is a list of fields and shows nothing beside it (threat C5); a field that an officer's view gains is in no
other view until somebody puts it there. `APPLICANT_FIELDS` is what an applicant may read, and a test holds the answer
to it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from ytterby.licence.advice import combine
from ytterby.licence.case import OFFICER, Case, application_digest
from ytterby.licence.case_clock import APPLICANT, CaseClocks, Spent
from ytterby.licence.guard import approvals_wanted
from ytterby.licence.office import Office
from ytterby.licence.sight import (
    CONSULTED_SEES,
    applicant_decision,
    applicant_history,
    applicant_queries,
    applicant_version,
    line_told,
    told_state,
)
from ytterby.shell.site.case_clock_of import clocks_of_case, due_run
from ytterby.shell.store.case_speakers import SYSTEM_SPEAKING
from ytterby.shell.store.casework.case_desk import Desk, appeal_until, findings_at, gaps_of
from ytterby.terms.instant import write_instant

Json = dict[str, Any]


def officer_view(desk: Desk, case: Case, language: str) -> Json:
    """Return all of a case."""
    office = Office(desk.rules, SYSTEM_SPEAKING, write_instant(desk.at), desk.today)
    said = case.adjudicated
    return {
        **_head(desk, case, language),
        "state": case.state,
        "version": case.version,
        "holder": desk.rules.table.states[case.state].holder,
        "clock": clock_json(desk, case),
        "by_silence": _by_silence(desk, case),
        "officer": case.assigned.get(OFFICER),
        "signers": {str(order): account for order, account in case.assigned.items() if order},
        "approvals_wanted": approvals_wanted(case, office),
        "may": list(desk.rules.table.commands_of(case.state)),
        "application": msgspec.to_builtins(case.application),
        "application_digest": application_digest(case.application),
        "completeness": list(gaps_of(desk, case.application)),
        "tier": None if case.rated is None else msgspec.to_builtins(case.rated),
        "evidence": None if case.gathered is None else case.gathered[1].evidence,
        "evidence_digest": None if case.gathered is None else case.gathered[1].digest,
        "is_evidence_current": case.is_evidence_current,
        "findings": [
            {
                **msgspec.to_builtins(one),
                "said": None if one.key not in said else msgspec.to_builtins(said[one.key]),
            }
            for one in findings_at(desk, case)
        ],
        "advice": [
            {"version": event.version, "at": event.at, "by": event.by, "team": event.team, **_fields(step)}
            for event, step in case.advice
        ],
        "advice_together": combine([step.verdict for _, step in case.advice]),
        "work": [
            {**_fields(one.asked), "since": one.opened.at, "done_at": None if one.closed is None else one.closed.at}
            for one in case.work
        ],
        "queries": applicant_queries(case),
        "draft": _draft(case),
        "decision": applicant_decision(case, _remedy_of(desk, language)),
        "appeal_until": _day(appeal_until(desk, case)),
        "conflicted": sorted(case.conflicted),
        "history": [
            {
                "version": event.version,
                "event": event.verb,
                "at": event.at,
                "by": event.by,
                "role": event.role,
                "team": event.team,
                "state": state,
                "step": None if event.verb == "gather" else msgspec.to_builtins(event.step),
            }
            for event, state in zip(case.events, case.states, strict=True)
        ],
    }


def _told_lifts(desk: Desk) -> list[str]:
    return [name for name, one in desk.procedure.reasons.items() if one.is_told]


def _by_silence(desk: Desk, case: Case) -> Json | None:
    """Return the state in which a case is because nobody spoke in time: by which clock, since when, known from when."""
    found = clocks_of_case(desk.procedure, desk.calendars, case, desk.rules.table, desk.at).silence
    if found is None:
        return None
    since, known_from = write_instant(found.since), write_instant(found.known_from)
    return {"clock": found.clock, "state": found.state, "since": since, "known_from": known_from}


def consulted_view(desk: Desk, case: Case, language: str) -> Json:
    """Return what a body that is asked, or that examines first, reads of a case: the application, its own part, the
    clock.
    """
    return {
        **_head(desk, case, language),
        "state": told_state(case.state),
        "clock": clock_json(desk, case),
        "application": msgspec.to_builtins(case.application),
        "work": [
            {**_fields(one.asked), "since": one.opened.at, "done_at": None if one.closed is None else one.closed.at}
            for one in case.work
        ],
        "history": [
            {"event": event.verb, "at": event.at, "role": event.role, "team": event.team}
            for event in case.events
            if event.verb in CONSULTED_SEES
        ],
    }


def applicant_view(desk: Desk, case: Case, language: str) -> Json:
    """Return what an applicant reads of its case: what it said, what it was told, the clock, the decision."""
    return {
        **_head(desk, case, language),
        "state": told_state(case.state),
        "version": applicant_version(case),
        "holder": "you" if desk.rules.table.states[case.state].holder == "applicant" else "office",
        "clock": clock_json(desk, case, is_applicant=True),
        "application": msgspec.to_builtins(case.application),
        "completeness": list(gaps_of(desk, case.application)),
        "queries": applicant_queries(case),
        "decision": applicant_decision(case, _remedy_of(desk, language)),
        "appeal_until": _day(appeal_until(desk, case)) if case.state == "refused" else None,
        "history": applicant_history(case, _told_lifts(desk)),
    }


def end_user_view(desk: Desk, case: Case, language: str) -> Json:
    """Return what an end user on a case reads of it: that it is on it, and where it stands."""
    head = _head(desk, case, language)
    return {
        "case": head["case"],
        "kind": head["kind"],
        "applicant": head["applicant"],
        "state": told_state(case.state),
        "order": case.application.order or None,
    }


def _head(desk: Desk, case: Case, language: str) -> Json:
    return {
        "case": case.number,
        "kind": case.kind,
        "procedure": case.procedure,
        "procedure_title": desk.procedure.title[language],
        "applicant": case.applicant,
        "amends": case.begun.amends or None,
        "copy_of": case.begun.copy_of or None,
    }


def clock_json(desk: Desk, case: Case, *, is_applicant: bool = False) -> Json:
    """Return the clock that a case is due by, with the keys of the contract; nothing runs before it is handed in.

    An applicant is told its own time and everybody else's together: who was asked hangs on what was found.
    """
    clocks = clocks_of_case(desk.procedure, desk.calendars, case, desk.rules.table, desk.at)
    run = due_run(clocks)
    spent = _spent(clocks, is_applicant=is_applicant)
    if run is None:
        return {"running": None, "day": None, "due": None, "due_kind": None, "stops": [], "spent": spent}
    reading = run.reading
    told = [
        {
            "id": one.id,
            "reason": one.reason,
            "began": write_instant(one.began),
            "ended": None if one.ended is None else write_instant(one.ended),
            "days": one.days,
        }
        for one in reading.stops
    ]
    return {
        "running": run.clock,
        "day": reading.day,
        "limit": reading.limit_days,
        "due": None if reading.due is None else reading.due.isoformat(),
        "due_kind": reading.due_kind.value,
        "stops": told,
        "warned": list(run.warned),
        "spent": spent,
    }


def _spent(clocks: CaseClocks, *, is_applicant: bool) -> Json:
    apart = clocks.spent_apart
    if is_applicant:
        others = [one for name, one in apart.items() if name != APPLICANT]
        rest = Spent(sum((one.time for one in others), timedelta()), sum(one.days for one in others))
        apart = {APPLICANT: apart.get(APPLICANT, Spent(timedelta(), 0)), "office": rest}
    return {name: {"seconds": int(one.time.total_seconds()), "days": one.days} for name, one in apart.items()}


def _draft(case: Case) -> Json | None:
    if case.draft is None:
        return None
    event, step = case.draft
    return {
        "digest": case.draft_digest,
        "version": event.version,
        "by": event.by,
        "at": event.at,
        "outcome": step.outcome,
        "lines": [line_told(one) for one in step.lines],
        "conditions": list(step.conditions),
        "reasons": list(step.reasons),
        "text": step.text,
        "not_checked": list(step.not_checked),
        "settles": step.settles,
        "valid_from": step.valid_from or None,
        "valid_to": step.valid_to or None,
        "licence_kind": step.licence_kind or None,
        "evidence": step.evidence,
        "packs": dict(step.packs),
        "approvals": [
            {"order": said.order, "by": approved.by, "at": approved.at, "suite": said.signature.get("suite")}
            for approved, said in case.approvals
        ],
    }


def _remedy_of(desk: Desk, language: str) -> Callable[[str], str]:
    rules = desk.procedure.casework

    def remedy(code: str) -> str:
        held = rules.coded_reasons.get(code) if rules is not None else None
        return held.remedy[language] if held is not None else ""

    return remedy


def _fields(step: object) -> Json:
    found: Json = msgspec.to_builtins(step)
    found.pop("verb", None)
    return found


def _day(day: Any) -> str | None:
    return None if day is None else str(day)
