"""What must hold whenever goods leave on a licence, beside the licence itself: screening that is young enough where the
pack asks for it, and that nobody stopped shipping (a repudiated statement, an alarm of change or forgery).

A check that did not run does not hold: a list that is missing keeps goods back as a hit does (threat D6), and whoever
is told reads one word for both (threat A5).
"""

from datetime import datetime

from ytterby.licence.exit import CHECKS, STOPPED
from ytterby.licence.told_section import statements_section
from ytterby.screening.check import Answer
from ytterby.shell.site.register import Register
from ytterby.shell.store.cases import stored_case
from ytterby.shell.store.filed import stored_filed
from ytterby.shell.store.licences import HeldLicence
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.screening import check_parties
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER


def failed_check(register: Register, held: HeldLicence | None, at: datetime) -> str:
    """Return the check that keeps goods from leaving on a licence now, as one word; empty where all hold."""
    if held is None:
        return ""
    if _is_stopped(register, held, at):
        return STOPPED
    return "" if _passes(held, at) else CHECKS


def _passes(held: HeldLicence, at: datetime) -> bool:
    hours = held.licence.list_hours
    if hours is None:
        return True
    known = known_at(OPERATOR_VIEWER, None)
    return check_parties(OPERATOR_VIEWER, known, held.licence.parties, at, hours_most=hours).answer is Answer.PASSED


def _is_stopped(register: Register, held: HeldLicence, at: datetime) -> bool:
    """Tell whether shipping is stopped for the order, or a statement, of the case that a licence was issued in."""
    case = stored_case(held.licence.case) if held.licence.case else None
    if case is None or not (case.application.statements or case.application.order):
        return False
    section = statements_section(case.application, stored_filed(register), at.date())
    return any(row.get("against") == "stopped" for row in section.rows)
