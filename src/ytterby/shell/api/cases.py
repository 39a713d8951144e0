"""Cases: what an application lacks, beginning one, reading, taking steps, working it out again.

The version that ETag and If-Match speak of is the one that the reader counts: an applicant counts the events that it
may read, so that nothing it is told depends on what screening found or officers did (threat C7).
"""

from typing import Any

import msgspec

from ytterby.licence.application import Application
from ytterby.shell.actions.casework import CaseChange, begin_case, take_step
from ytterby.shell.api.asked import Asked, NotThere, Told, entered
from ytterby.shell.api.steps import application_of, step_of
from ytterby.shell.api.wire import BadRequest
from ytterby.shell.store.reading.case_replays import replay_for
from ytterby.shell.store.reading.casework import (
    OFFICER,
    Wanted,
    check_application,
    check_case,
    find_case,
    list_cases,
    part_of,
    show_case,
)
from ytterby.terms.problem import is_refused, refuse

CASE = "case"
Json = dict[str, Any]


class BeginCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case to be begun: its kind, what is applied for, which licence it amends, of which earlier case of one's own it
    is a copy. Without an application that of the copied case is applied for again.
    """

    kind: str
    application: Application | None = None
    amends: str = ""
    copy_of: str = ""


class ListCases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which cases: `after` is `next` of the page before. `holder`, `officer` and `team` count for the office."""

    closed: bool = False
    state: str | None = None
    holder: str | None = None
    officer: str | None = None
    after: str | None = None
    limit: int = 50
    team: str | None = None


def check(asked: Asked) -> Told:
    """Say what an application lacks, before it is handed in; nothing is entered."""
    application, problems = application_of(asked.raw)
    if application is None:
        raise BadRequest(400, *problems)
    party = asked.me.party if application.exporter == asked.me.party else ""
    try:
        told = check_application(asked.me.viewer, application, party, asked.at, asked.known, asked.language)
    except KeyError:
        return entered(asked, {}, [refuse("api.no_procedure", "/procedure", application.procedure)], asked.known.size)
    return Told({**told, "as_of_size": asked.known.size})


def begin(asked: Asked) -> Told:
    """Begin a case."""
    body: BeginCase = asked.body
    application = None
    if body.application is not None:
        application, problems = application_of(asked.raw["application"], "/application")
        if problems:
            raise BadRequest(400, *problems)
    change = begin_case(
        asked.register,
        body.kind,
        application,
        asked.me.speaker,
        amends=body.amends,
        copy_of=body.copy_of,
        at=asked.at,
    )
    return _told(asked, change, status=201)


def listed(asked: Asked) -> Told:
    """Return a page of cases, those that are due first."""
    one: ListCases = asked.query
    wanted = Wanted(one.closed, one.state, one.holder, one.officer, one.after, one.limit, one.team)
    return Told(list_cases(asked.me.viewer, wanted))


def shown(asked: Asked) -> Told:
    """Return a case as its reader may read it."""
    try:
        told = show_case(asked.me.viewer, asked.parts[CASE], asked.at, asked.known, asked.language)
    except KeyError:
        raise NotThere from None
    return Told(told, version=told.get("version"))


def checked(asked: Asked) -> Told:
    """Return what the application of a case lacks."""
    try:
        told = check_case(asked.me.viewer, asked.parts[CASE], asked.at, asked.known, asked.language)
    except KeyError:
        raise NotThere from None
    return Told({**told, "as_of_size": asked.known.size})


def step(asked: Asked) -> Told:
    """Take a step in a case."""
    number = asked.parts[CASE]
    _find(asked, number)
    if isinstance(asked.raw.get("application"), dict):
        application, problems = application_of(asked.raw["application"], "/application")
        if application is None:
            raise BadRequest(400, *problems)
    change = take_step(
        asked.register, number, step_of(asked.body), asked.me.speaker, expected=asked.expected, at=asked.at
    )
    return _told(asked, change)


def replayed(asked: Asked) -> Told:
    """Work a case out again from the log, and say whether its decision follows from what it pins."""
    number = asked.parts[CASE]
    if part_of(asked.me.viewer, _find(asked, number)) != OFFICER:
        raise NotThere
    found = replay_for(asked.me.viewer, number, asked.known)
    if found is None:
        raise NotThere
    return Told(
        {
            "case": number,
            "follows": not found.flaws,
            "events": found.events,
            "state": found.state,
            "decision": found.decision or None,
            "pins": dict(found.pins),
            "flaws": [{"version": version, "what": what} for version, what in found.flaws],
            "as_of_size": asked.known.size,
        }
    )


def _find(asked: Asked, number: str) -> Any:
    """Return a case that whoever asks may know of.

    Raises:
        NotThere: there is none.
    """
    try:
        return find_case(asked.me.viewer, number)
    except KeyError:
        raise NotThere from None


def _told(asked: Asked, change: CaseChange, *, status: int = 200) -> Told:
    """Return what came of a step: state and version as whoever took it counts and is told them."""
    if is_refused(change.problems):
        return entered(asked, {}, change.problems, change.size)
    state, version = change.told_state, change.told_version
    body = {"case": change.number, "state": state, "version": version, "licence": change.licence or None}
    told = entered(asked, body, change.problems, change.size, status=status)
    where = {"Location": f"/api/v1/cases/{change.number}"} if status == 201 else {}
    return Told(told.body, told.status, version, is_entered=True, headers=where)
