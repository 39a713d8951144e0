"""Who could be the officer or the signer of a case: those who act for a body that may decide, and have a post.

Who may read: nobody by this; what comes of it is checked by who asked for it.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ytterby.licence.assignment import Candidate
from ytterby.licence.case import Case
from ytterby.licence.office_roster import Roster
from ytterby.licence.step import Agree, TakeOver
from ytterby.shell.site.register import current_register
from ytterby.shell.store.office_roster import kept_roster
from ytterby.shell.store.reading.viewer import LICENSING
from ytterby.shell.store.rights import Granted, Rights, kept_rights

if TYPE_CHECKING:
    from ytterby.shell.store.casework.case_desk import Desk


def candidates_for(
    desk: "Desk", case: Case, order: int, rights: Rights, roster: Roster, loads: Mapping[str, int]
) -> list[Candidate]:
    """Return who could be the officer (0) or the signer of an order; `loads` are how many cases each has."""
    body = desk.rules.tier(case.rated.tier if case.rated else "").body_of(order) if order else ""
    deciding = {right.party for right in _deciding(rights, desk, body)}
    accounts = {one.id: one.party for one in rights.accounts().values() if one.party in deciding}
    return roster.candidates(accounts, loads)


def candidates_at(desk: "Desk", case: Case, step: TakeOver | Agree) -> tuple[Candidate, ...]:
    """Return who could have what a handing over is about, as the log has it at the desk's size."""
    asked = case.handing_over(step)
    order = asked[1].order if asked is not None else 0
    register, size = current_register(), desk.known.size
    return tuple(candidates_for(desk, case, order, kept_rights(register, size), kept_roster(register, size), loads={}))


def _deciding(rights: Rights, desk: "Desk", body: str) -> Iterator[Granted]:
    for right in rights.rights():
        holds = right.mandate == LICENSING and right.holds_on(desk.today)
        if holds and (not body or body in right.bodies):
            yield right
