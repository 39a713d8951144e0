"""What a reader of a licence may do about where it stands, with the coded reasons of the pack in force.

Who may read: the holder what it may do with its own; the licensing office what it may propose. To everybody else
nothing is told. What is told is a help for forms; whether it may be done is judged when it is.
"""

from datetime import datetime
from typing import Any

from ytterby.licence.licence_state import AMEND
from ytterby.shell.store.licence_changes import coded_reasons
from ytterby.shell.store.licences import held_licence, licence_table
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.licence_list import status_on
from ytterby.shell.store.reading.viewer import LICENSING, OPERATOR_VIEWER, Viewer

COMMANDS = ("suspend", "reinstate", "revoke", "surrender")

Json = dict[str, Any]


def licence_choices(viewer: Viewer, number: str, at: datetime, known: Known, language: str = "en") -> Json:
    """Return the commands that a viewer may give on a licence, each with its reasons and how many people it takes, and
    whether it may be amended by the viewer.
    """
    held = held_licence(number)
    is_holder = held is not None and bool(viewer.party) and viewer.party == held.licence.holder
    speaks = {"holder": is_holder, "officer": LICENSING in viewer.mandates}
    if held is None or not any(speaks.values()):
        return {"commands": [], "may_amend": False}
    status = status_on(held.row.status, held.licence, at.date())
    procedure = law_at(OPERATOR_VIEWER, known, at).procedures.get(held.licence.procedure)
    commands = []
    for command in COMMANDS:
        row = licence_table().row(status, command)
        if row is None or not any(speaks.get(who) for who in row.who):
            continue
        reasons = [{"code": one.id, "title": one.title[language]} for one in coded_reasons(procedure, command)]
        commands.append({"command": command, "people": row.people, "reasons": reasons})
    return {"commands": commands, "may_amend": is_holder and licence_table().row(status, AMEND) is not None}
