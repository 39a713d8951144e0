"""The status of a case for whoever waits for it: one date, whose turn it is, what moves the date, in words.

Who may read: the applicant of the case as applicant, an end user on it as buyer, and the office as its applicant would.
What is told is computed from what the applicant saw alone (`licence.status`, threat C7); this module adds words.
"""

from datetime import datetime
from typing import Any

import msgspec

from ytterby.licence.status import Audience, Status, read_status
from ytterby.shell.site.case_clock_of import keeping_of
from ytterby.shell.store.casework.case_desk import Desk, desk_of
from ytterby.shell.store.reading.casework import END, find_case, part_of
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import Viewer
from ytterby.shell.wording import word

Json = dict[str, Any]


def case_status(viewer: Viewer, number: str, at: datetime, known: Known, language: str = "en") -> Json:
    """Return the status of a case as a viewer is told it, at an instant and as known at a log size.

    Raises:
        KeyError: there is no such case for this viewer.
        LawUnfitError: the packs in force do not fit together.
    """
    case = find_case(viewer, number, known)
    desk = desk_of(case, at, known)
    audience = Audience.BUYER if part_of(viewer, case) == END else Audience.APPLICANT
    keeping = keeping_of(desk.procedure, desk.calendars, case.kind)
    told = read_status(case, desk.rules.table, keeping, as_of=at, audience=audience)
    return {**msgspec.to_builtins(told), "audience": audience.value, "words": _words(told, desk, language)}


def _words(told: Status, desk: Desk, language: str) -> Json:
    """Return the words for the codes of a status: the procedure's where it has them."""
    procedure = desk.procedure
    state, body, clock = (
        procedure.states.get(told.state), procedure.bodies.get(told.holder), procedure.clocks.get(told.clock),
    )  # fmt: skip
    coded = procedure.casework.coded_reasons if procedure.casework is not None else {}
    return {
        "state": word("case_phase", told.phase, language) if state is None else state.title[language],
        "holder": word("case_role", told.holder, language) if body is None else body.title[language],
        "clock": "" if clock is None else clock.title[language],
        "drivers": [_driver_words(one.code, one.what, desk, language) for one in told.drivers],
        "reasons": [
            {"reason": coded[name].title[language], "remedy": coded[name].remedy[language]}
            for name in told.reasons
            if name in coded
        ],
    }


def _driver_words(code: str, what: str, desk: Desk, language: str) -> str:
    reason = desk.procedure.reasons.get(what)
    said = word("status_driver", code, language)
    return said if reason is None else f"{said}: {reason.title[language]}"
