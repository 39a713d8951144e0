"""A licence rests while a case amends it: the records that say so, and whether they follow from the case.

Where the pack locks it (`amendment.is_locked`; Order 792 article 18 as the CN packs hold it), the licence is not used
from the submission of an amendment to its end; elsewhere it goes on, and nothing is recorded of it. The step that
begins or ends the rest enters a record `licence_status` in its own transaction: of the register's own, with the case
and the version of its event in place of a person. Replay holds each record against the case, and each case
against the records, so that neither can be without the other (threats D1, O3).
"""

import json
from collections.abc import Mapping
from typing import Any

from ytterby.chain.party import OPERATOR
from ytterby.licence.amended import is_told, resting_command
from ytterby.licence.case import SYSTEM, Case, Event
from ytterby.licence.licence_state import AMEND
from ytterby.licence.office import CaseRules
from ytterby.licence.step import Issue
from ytterby.licence.transition import TransitionTable
from ytterby.shell.site.case_rules import transition_table
from ytterby.shell.store.cases import UNREADABLE, case_records, fold_records
from ytterby.shell.store.licence_changes import change_fields, changes_of
from ytterby.shell.store.licences import STATUS, HeldLicence, held_licence, licence_table
from ytterby.shell.store.models import LogEntry, Registration
from ytterby.shell.store.registering import Registrable
from ytterby.terms.problem import Problem, refuse

AMENDMENT = "amendment"

Json = dict[str, Any]


def amending_command(before: Case, event: Event, state: str, table: TransitionTable) -> str:
    """Return what an event of a case says of the licence that it amends, if that rests meanwhile; empty: nothing."""
    if before.kind != AMENDMENT or not before.events:
        return ""
    phases = table.states[before.state].phase, table.states[state].phase
    return resting_command(*phases, is_issued=isinstance(event.step, Issue))


def amending_record(before: Case, event: Event, command: str, *, is_locked: bool) -> Registrable | Problem | None:
    """Return the record by which a step of an amendment changes the licence, None where the licence hears nothing of
    it; a problem where it cannot be amended now.
    """
    number = before.begun.amends
    held, changes = held_licence(number), changes_of(number)
    if held is None:
        return refuse("case.nothing_to_amend", "", number)
    is_free = not changes.amended_by(held.row.version) and licence_table().row(held.row.status, AMEND) is not None
    if command == AMEND and not is_free:
        return refuse("case.licence_rests", "", number, status=held.row.status)
    is_resting = changes.amended_by(held.row.version) == before.number
    if not is_told(command, is_locked=is_locked, is_resting=is_resting):
        return None
    fields = change_fields(number, command, held.row.version, changes.count, reason=AMENDMENT)
    said = {"by": SYSTEM, "party": OPERATOR, "via": SYSTEM, "case": before.number, "event": event.version}
    return Registrable(STATUS, number, {**fields, **said})


def status_after(held: HeldLicence, command: str) -> str:
    """Return where a licence stands after such a record: one that was suspended meanwhile stays so."""
    row = licence_table().row(held.row.status, command)
    return held.row.status if row is None else row.to


def amending_flaw(fields: Mapping[str, Any], index: int) -> str | None:
    """Return why a record does not follow from the case that it names; None where it does."""
    number, version = str(fields["case"]), int(fields["event"])
    records = [one for one in case_records(number, index) if one.fields.get("version", 0) <= version]
    if len(records) != version or not _in_one_batch(records[-1].index, index):
        return "it came with no event of the case that it names"
    try:
        before = fold_records(number, records[:-1])
        event, state = records[-1].event, records[-1].state
        command = amending_command(before, event, state, transition_table(AMENDMENT))
    except UNREADABLE:
        return "the case that it names cannot be read"
    if command != fields["command"] or before.begun.amends != fields["id"]:
        return "the case that it names does not say so"
    return None


def untold_flaw(before: Case, event: Event, state: str, rules: CaseRules, index: int) -> str | None:
    """Return why an event of an amendment lacks its record about the licence, or has one that the pack does not want;
    None where neither is so.
    """
    command = amending_command(before, event, state, rules.table)
    if not command:
        return None
    is_resting, is_said = False, False
    rows = Registration.objects.filter(kind=STATUS, key=before.begun.amends).order_by("log_index")
    for place, document in rows.values_list("log_index", "document"):
        said = json.loads(document)
        if said.get("case") != before.number:
            continue
        if place < index:
            is_resting = said["command"] == AMEND
        elif (said["event"], said["command"]) == (event.version, command) and _in_one_batch(index, place):
            is_said = True
    if is_said == is_told(command, is_locked=rules.locks_amended, is_resting=is_resting):
        return None
    return f"{'something' if is_said else 'nothing'} says of the licence that it is to {command}"


def _in_one_batch(first: int, second: int) -> bool:
    return len(set(LogEntry.objects.filter(index__in=(first, second)).values_list("batch_end", flat=True))) == 1
