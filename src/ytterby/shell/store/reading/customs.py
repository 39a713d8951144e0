"""What is told to customs, and where that stands. Who may read: customs of a country what is for it; the licensing
office, auditors and the register's operator all. Nobody else learns that there is a message.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ytterby.law.casework_rule import CustomsRule
from ytterby.licence.customs_message import CustomsMessage, LicenceAtCustoms, overdue
from ytterby.shell.store.customs import messages_of, records_of, standing_by
from ytterby.shell.store.licences import held_licence
from ytterby.shell.store.models import CustomsMessageRow
from ytterby.shell.store.models.outbox import WAITING
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.viewer import AUDIT, CUSTOMS, LICENSING, OPERATOR_VIEWER, Viewer
from ytterby.terms.problem import Problem

Json = dict[str, Any]
LIST_MAX = 500


def list_messages(viewer: Viewer, known: Known, *, state: str = "", licence: str = "", limit: int = LIST_MAX) -> Json:
    """Return messages without what they say, the oldest first, and how many there are in all."""
    rows = _readable(viewer, known)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(licence=licence) if licence else rows
    shown = [
        {
            "message": row.message,
            "licence": row.licence,
            "version": row.version,
            "sequence": row.sequence,
            "attempt": row.attempt,
            "action": row.action,
            "sent_at": row.sent_at,
            "state": row.state,
        }
        for row in rows.order_by("log_index")[: min(limit, LIST_MAX)]
    ]
    return {"messages": shown, "count": rows.count(), "as_of_size": known.size}


def has_message(viewer: Viewer, known: Known, message: str) -> bool:
    """Tell whether there is a message for a viewer."""
    return _readable(viewer, known).filter(message=message).exists()


def waiting_messages(viewer: Viewer, known: Known) -> list[CustomsMessage]:
    """Return the messages that wait to be handed over, whole, the oldest first. They wait until they are answered."""
    wanted = _readable(viewer, known).filter(state=WAITING)
    order = dict(wanted.values_list("message", "log_index"))
    found = [
        one
        for licence in wanted.values_list("licence", flat=True).distinct()
        for _, one in messages_of(records_of(licence))
        if one.id in order
    ]
    return sorted(found, key=lambda one: order[one.id])


def alarms(viewer: Viewer, known: Known, at: datetime) -> list[Problem]:
    """Return an alarm for each message that waits for longer than the pack of its licence allows."""
    found: list[Problem] = []
    for minutes, standing in _unanswered(viewer, known, at):
        found += overdue([standing], at, minutes)
    return found


def customs_errors(viewer: Viewer, known: Known) -> list[Json]:
    """Return the work that customs left: messages that it rejected, with its codes."""
    rejected = _readable(viewer, known).filter(state="rejected").values_list("licence", flat=True).distinct()
    return [
        {
            "kind": error.kind,
            "message": error.message,
            "licence": error.licence,
            "sequence": error.sequence,
            "codes": list(error.codes),
            "text": error.text,
            "contradicted": error.is_contradicted,
        }
        for licence in sorted(rejected)
        for error in standing_by(records_of(licence)).errors
    ]


def customs_rule(viewer: Viewer, licence: str, known: Known, at: datetime) -> CustomsRule | None:
    """Return what the procedure of a licence says of customs, by the law in force; None where it says nothing."""
    del viewer  # law is public; whoever reads a message of a licence has its number
    held = held_licence(licence)
    if held is None:
        return None
    procedure = law_at(OPERATOR_VIEWER, known, at).procedures.get(held.licence.procedure)
    casework = procedure.casework if procedure is not None else None
    return casework.customs if casework is not None else None


def _unanswered(viewer: Viewer, known: Known, at: datetime) -> Iterator[tuple[int, LicenceAtCustoms]]:
    for licence in _readable(viewer, known).filter(state=WAITING).values_list("licence", flat=True).distinct():
        rule = customs_rule(viewer, licence, known, at)
        if rule is not None:
            yield rule.acknowledge_within_minutes, standing_by(records_of(licence))


def _readable(viewer: Viewer, known: Known) -> QuerySet[CustomsMessageRow]:
    rows = CustomsMessageRow.objects.all()
    if viewer.mandates & {LICENSING, AUDIT}:
        return rows
    party = whole_directory(OPERATOR_VIEWER, known).parties.get(viewer.party or "")
    if CUSTOMS in viewer.mandates and party is not None:
        return rows.filter(country=party.country)
    return rows.none()
