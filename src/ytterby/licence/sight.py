"""What of a case is shown to whom: the events that an applicant sees, the state that it is told, its own count of
versions.

An applicant reads what it said itself, what the office said to it, and the decision. Nothing else exists for it: no
evidence, finding, tier, advice, work, assignment, draft or signature, no name of anybody in the office, and no count
that depends on them. So two cases that differ only in what screening found, or in what officers thought, are told
alike, word for word and number for number, until the decision (threats A5, C7; invariant I16). An end user on the
case reads that it is on it, and where it stands. That no limit holds any more it is told, and why where the pack lets
it be told: one of the reasons may be a list.

The version that an applicant sees is how many events it may read; a step that names it is refused where the applicant
missed something that it could have seen, and never for what it could not.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from ytterby.licence.case import Case, Event
from ytterby.licence.step import LiftLimit, LineDecision

Json = dict[str, Any]
# States that look alike to an applicant.
TOLD_STATE = {"proposed": "review", "appeal_proposed": "appeal"}
# Command -> the fields of the step that an applicant reads; of what it said itself, that it was said.
APPLICANT_SEES: Mapping[str, tuple[str, ...]] = {
    "begin": (),
    "edit": (),
    "submit": ("signer",),
    "supply": ("text",),
    "answer": ("query", "text", "documents"),
    "withdraw": ("text",),
    "appeal": ("grounds", "text", "documents"),
    "notify_missing": ("lacking", "text"),
    "accept": ("text",),
    "not_accept": ("reasons", "text"),
    "send_back": ("reasons", "text"),
    "pass_on": (),
    "query": ("id", "field", "text", "due", "kind"),
    "stop": ("id", "reason", "text", "expected_days"),
    "resume": ("id",),
    "lift_limit": (),
    "issue": ("licence",),
    "close": (),
}
LIFT_TOLD = ("reason", "text")
DECIDED = "decided"  # what an applicant reads in place of the approval that decides
# What bodies that are asked, and the one that examines first, read of a case beside the application: no evidence of
# screening, no flags, no tier, no draft, and of advice their own.
CONSULTED_SEES = frozenset(APPLICANT_SEES) | {"report", "open_work", "close_work"}


def is_decision(case: Case, place: int) -> bool:
    """Tell whether the event at a place (from 0) decided the case."""
    before = case.states[place - 1] if place else ""
    verb, after = case.events[place].verb, case.states[place]
    return verb == "decide_automatically" or (verb == "approve" and after != before)


def seen_by_applicant(case: Case) -> tuple[tuple[int, Event], ...]:
    """Return the events that an applicant may read, each with its place in the case (from 0)."""
    return tuple(
        (place, event)
        for place, event in enumerate(case.events)
        if event.verb in APPLICANT_SEES or is_decision(case, place)
    )


def is_own_draft(case: Case) -> bool:
    """Tell whether an applicant has written a case and never handed it in: nobody else knows of it."""
    return bool(case.events) and case.events[0].role == "applicant" and not case.submissions


def applicant_version(case: Case) -> int:
    """Return the version of a case as its applicant counts it."""
    return len(seen_by_applicant(case))


def told_state(state: str) -> str:
    """Return a state as it is told to an applicant."""
    return TOLD_STATE.get(state, state)


def applicant_history(case: Case, told_lifts: Collection[str] = ()) -> list[Json]:
    """Return the events of a case as its applicant reads them, in order, with its own count of versions; `told_lifts`
    are the reasons for lifting a limit that the pack lets be told.
    """
    found = []
    for number, (place, event) in enumerate(seen_by_applicant(case), 1):
        head = {"version": number, "at": event.at, "by": "you" if event.role == "applicant" else "office"}
        if event.verb in APPLICANT_SEES:
            is_told = isinstance(event.step, LiftLimit) and event.step.reason in told_lifts
            names = LIFT_TOLD if is_told else APPLICANT_SEES[event.verb]
            found.append({"event": event.verb, **head, **told_fields(event, names)})
        else:
            found.append({"event": DECIDED, **head, "state": told_state(case.states[place])})
    return found


def told_fields(event: Event, names: tuple[str, ...]) -> Json:
    """Return the named fields of a step, as JSON."""
    fields = msgspec.to_builtins(event.step)
    return {name: fields[name] for name in names}


def applicant_decision(case: Case, remedy_of: Callable[[str], str]) -> Json | None:
    """Return the decision of a case as its applicant reads it, with the remedy of each coded reason; None before it."""
    if case.decided is None or not case.decided_at:
        return None
    _, draft = case.decided
    return {
        "outcome": draft.outcome,
        "decided_at": case.decided_at,
        "lines": [line_told(one) for one in draft.lines],
        "conditions": list(draft.conditions),
        "reasons": [{"code": code, "remedy": remedy_of(code)} for code in draft.reasons],
        "text": draft.text,
        "not_checked": list(draft.not_checked),
        "valid_from": draft.valid_from or None,
        "valid_to": draft.valid_to or None,
        "licences": list(case.licences),
    }


def line_told(line: LineDecision) -> Json:
    """Return what was decided of a line."""
    return {
        "line": line.line,
        "outcome": line.outcome,
        "quantity": line.quantity,
        "unit": line.unit,
        "code": line.code or None,
        "freeing": line.freeing,
    }


def applicant_queries(case: Case) -> list[Json]:
    """Return the questions that wait for an answer of the applicant, the first asked first."""
    names = APPLICANT_SEES["query"]
    return [{"asked_at": event.at, **told_fields(event, names)} for event in case.open_queries.values()]
