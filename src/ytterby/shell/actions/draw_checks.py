"""What must hold whenever goods leave on a licence, beside the licence itself: screening that is young enough where the
pack asks for it, that nobody stopped shipping (a repudiated statement, an alarm of change or forgery), and that the
ceilings of its kind leave room.

A check that did not run does not hold: a list that is missing keeps goods back as a hit does (threat D6), and whoever
is told reads one word for both (threat A5).
"""

from datetime import datetime

from ytterby.licence.exit import CEILING, CHECKS, STOPPED
from ytterby.screening.check import Answer
from ytterby.shell.store.casework.ceilings import Counted, goes_beyond
from ytterby.shell.store.licences import HeldLicence
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.screening import check_parties
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.shipping import shipping_is_stopped


def failed_check(held: HeldLicence | None, at: datetime, counted: Counted | None = None) -> str:
    """Return the check that keeps goods from leaving on a licence now, as one word; empty where all hold. `counted` is
    what ceilings count of what is asked.
    """
    if held is None:
        return ""
    if shipping_is_stopped(held.licence):
        return STOPPED
    if not _passes(held, at):
        return CHECKS
    return CEILING if counted is not None and goes_beyond(held.licence, counted) else ""


def _passes(held: HeldLicence, at: datetime) -> bool:
    hours = held.licence.list_hours
    if hours is None:
        return True
    known = known_at(OPERATOR_VIEWER, None)
    parties = held.licence.parties
    found = check_parties(OPERATOR_VIEWER, known, parties, at, hours_most=hours, with_rows=True)
    return found.answer is Answer.PASSED
