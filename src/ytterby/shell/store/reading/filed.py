"""What parties of deliveries filed, each reader its part: invitations, statements, alarms, orders, reports, visits.

Who may read. Licensing bodies and the register's operator: whole. Of an *invitation* whoever asked for it that it was
sent, accepted, or completed by a statement, and nothing else; the invited party who delivers to it, once it accepted.
Of a *statement* the end user in whose name it stands, the exporter and the importer that it names. Of an *alarm*
those whom its statement or order names. Of an *order* its seller and buyer all, consignee and end user no price,
contract and lot. Of a *report* the parties of the order, the figures of others never. Of a *re-transfer* and a
*visit* the end user alone. Use profiles are in `use_profiles.py`. To everybody else none of it exists (threats C2,
X3).
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from ytterby.chain.party import OPERATOR
from ytterby.law.calendar import Calendar
from ytterby.law.licence_kind import ReportOwed
from ytterby.licence.delivery_report import Delivery, OwedReport, Reported, deliveries_of, reports_due
from ytterby.licence.end_use_statement import (
    Alarmed,
    Stated,
    parties_of,
)
from ytterby.licence.filed import Filed
from ytterby.licence.filing import day_of
from ytterby.licence.invitation import Invited, level_of
from ytterby.licence.trade_order import TradeOrder, known_to
from ytterby.shell.site.filing_tables import invitation_rules
from ytterby.shell.site.register import current_register
from ytterby.shell.store.filed import kept_filed
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.viewer import LICENSING, Viewer
from ytterby.terms.instant import write_instant

Json = dict[str, Any]
NO_PRICE = ("value", "currency", "lots")


def reads_filings(viewer: Viewer) -> bool:
    """Tell whether nothing that was filed is hidden from a viewer: a licensing body, or the operator."""
    return viewer.party == OPERATOR or LICENSING in viewer.mandates


def filed_at(viewer: Viewer, known: Known) -> Filed:
    """Return what was filed as known at a log size, for what the store works out of it; doors ask for its rows."""
    del viewer
    return kept_filed(current_register(), known.size)


# Invitations


def list_invitations(viewer: Viewer, known: Known) -> list[Json]:
    """Return invitations in order of the log."""
    filed = filed_at(viewer, known)
    if reads_filings(viewer):
        return [_office_invitation(filed, one) for one in filed.invitations.values()]
    rows = []
    for one in _newest(filed.invitations.values()):
        said = one.invitation
        accepted = said.party if one.use is not None else ""
        if viewer.party and viewer.party in {said.asked_by, accepted}:
            rows.append({"party": said.party, "asked_by": said.asked_by, "state": filed.told_state(one)})
    return rows


def _newest(invited: Iterable[Invited]) -> list[Invited]:
    """Return one invitation for each two parties: the one that was used, else the newest, so that whoever asked is not
    told how often the office tried.
    """
    found: dict[tuple[str, str], Invited] = {}
    for one in invited:
        pair = (one.invitation.asked_by, one.invitation.party)
        if pair not in found or found[pair].use is None:
            found[pair] = one
    return list(found.values())


def _office_invitation(filed: Filed, one: Invited) -> Json:
    said = one.invitation
    return {
        "id": said.id,
        "party": said.party,
        "asked_by": said.asked_by,
        "state": filed.told_state(one),
        "sent_at": write_instant(one.at),
        "expires": said.expires,
        "used_at": write_instant(one.used_at) if one.used_at else None,
        "ended": one.end.reason if one.end else None,
        "is_newest": one.is_newest,
        "how": said.found.how,
        "where": said.found.where,
        "found_on": said.found.on,
        "documents": list(said.found.documents),
        "level": level_of(said.found, invitation_rules()),
        "flags": list(one.flags),
        "case": said.case or None,
        "request": said.request or None,
        "rebinds": said.rebinds,
    }


def list_requests(viewer: Viewer, known: Known) -> list[Json]:
    """Return requests for invitations: a party its own, the office all."""
    filed = filed_at(viewer, known)
    answered = {one.invitation.request for one in filed.invitations.values()}
    return [
        {
            "id": one.id,
            "asked_by": by,
            "name": one.name,
            "country": one.country,
            "text": one.text,
            "is_answered": one.id in answered,
        }
        for one, by in filed.requests.values()
        if reads_filings(viewer) or (viewer.party and by == viewer.party)
    ]


def neighbours_of(viewer: Viewer, known: Known) -> frozenset[str]:
    """Return who delivers to the viewer and to whom it delivers, as accepted invitations tell."""
    return filed_at(viewer, known).neighbours(viewer.party or "")


# Statements


def list_statements(viewer: Viewer, known: Known, on: date) -> list[Json]:
    """Return the statements that the viewer may read, in order of the log, each with where it stands on a day."""
    filed = filed_at(viewer, known)
    return [_statement_head(one, on) for one in filed.statements.values() if _reads_statement(viewer, one)]


def show_statement(viewer: Viewer, digest: str, known: Known, on: date) -> Json | None:
    """Return a statement whole, by the beginning of its digest; None where there is none that the viewer may read."""
    filed = filed_at(viewer, known)
    mine = [one for key, one in filed.statements.items() if key.startswith(digest) and _reads_statement(viewer, one)]
    if len(mine) != 1 or len(digest) < 8:
        return None
    (one,) = mine
    said = one.statement
    return {
        **_statement_head(one, on),
        "procedure": said.procedure,
        "goods": [
            {
                "name": row.name,
                "product": row.product,
                "specification": row.specification,
                "control_code": row.control_code,
                "quantity": row.quantity,
                "unit": row.unit,
            }
            for row in said.goods
        ],
        "end_use": dict(said.use),
        "undertakings": {code: dict(words) for code, words in said.undertakings.items()},
        "signer": {"name": said.signer.name, "title": said.signer.title},
        "documents": list(said.documents),
        "repudiation": (
            {
                "reason": one.repudiation.reason,
                "text": one.repudiation.text,
                "at": write_instant(one.repudiated_at) if one.repudiated_at else None,
            }
            if one.repudiation
            else None
        ),
        "as_of_size": known.size,
    }


def _reads_statement(viewer: Viewer, one: Stated) -> bool:
    return reads_filings(viewer) or (bool(viewer.party) and viewer.party in parties_of(one))


def _statement_head(one: Stated, on: date) -> Json:
    said = one.statement
    return {
        "digest": one.digest,
        "end_user": said.end_user,
        "exporter": said.exporter,
        "importer": said.importer or None,
        "made": one.filed.made,
        "filed_by": one.by,
        "filed_at": write_instant(one.at),
        "valid_from": said.valid_from,
        "valid_to": said.valid_to,
        "orders": list(said.orders),
        "use": str(said.use.get("code", "")),
        "state": one.state_on(on),
    }


def list_alarms(viewer: Viewer, known: Known) -> list[Json]:
    """Return what stops shipping, or did: alarms by those whom their statement or order names, and repudiations."""
    filed = filed_at(viewer, known)
    rows = [_alarm_row(one) for one in filed.alarms.values() if reads_filings(viewer) or _is_named(viewer, filed, one)]
    for one in filed.statements.values():
        if one.repudiation is not None and one.repudiated_at is not None and _reads_statement(viewer, one):
            row = {"id": "", "kind": "repudiated", "statement": one.digest, "order": None, "text": one.repudiation.text}
            at = write_instant(one.repudiated_at)
            rows.append({**row, "by": one.statement.end_user, "at": at, "ended_at": None, "ended_why": None})
    return rows


def _is_named(viewer: Viewer, filed: Filed, one: Alarmed) -> bool:
    stated, ordered = filed.statements.get(one.alarm.statement), filed.orders.get(one.alarm.order)
    named = {*(parties_of(stated) if stated else ()), *(ordered.order.parties if ordered else ())}
    return bool(viewer.party) and viewer.party in named


def _alarm_row(one: Alarmed) -> Json:
    return {
        "id": one.alarm.id,
        "kind": one.alarm.kind,
        "statement": one.alarm.statement or None,
        "order": one.alarm.order or None,
        "text": one.alarm.text,
        "by": one.by,
        "at": write_instant(one.at),
        "ended_at": write_instant(one.ended_at) if one.ended_at else None,
        "ended_why": one.end.text if one.end else None,
    }


# Orders and what became of them


def list_orders(viewer: Viewer, known: Known) -> list[Json]:
    """Return the orders that the viewer may read, each as much of it as it may."""
    filed = filed_at(viewer, known)
    found = (_order_row(viewer, one.order) for one in filed.orders.values())
    return [row for row in found if row is not None]


def show_order(viewer: Viewer, key: str, known: Known) -> Json | None:
    """Return an order by its key; None where there is none that the viewer may read."""
    ordered = filed_at(viewer, known).orders.get(key)
    return None if ordered is None else _order_row(viewer, ordered.order)


def find_orders(viewer: Viewer, number: str, known: Known) -> list[str]:
    """Return the keys of the viewer's orders that bear a seller's number."""
    return [str(row["order"]) for row in list_orders(viewer, known) if row["number"] == number]


def _order_row(viewer: Viewer, order: TradeOrder) -> Json | None:
    is_whole = reads_filings(viewer)
    fields = known_to(viewer.party or "", order)
    if not (is_whole or fields):
        return None
    is_whole = is_whole or "contract" in fields
    hidden = () if is_whole else NO_PRICE
    lines = [
        {
            "line": line.line,
            "name": line.name,
            "product": line.product,
            "specification": line.specification,
            "control_code": line.control_code,
            "quantity": line.quantity,
            "unit": line.unit,
            "value": None if hidden else line.value,
            "currency": None if hidden else line.currency,
            "lots": None if hidden else list(line.lots),
        }
        for line in order.lines
    ]
    return {
        "order": order.key,
        "number": order.number,
        "version": order.version,
        "seller": order.seller,
        "buyer": order.buyer or None,
        "consignee": order.consignee or None,
        "end_user": order.end_user,
        "destination": order.destination,
        "on": order.on,
        "contract": (order.contract or None) if is_whole else None,
        "freight_mode": order.freight_mode or None,
        "lines": lines,
    }


def list_reports(viewer: Viewer, known: Known) -> list[Json]:
    """Return the reports of deliveries that the viewer may read, in order of the log: of what others reported that they
    did, and never their figures.
    """
    filed = filed_at(viewer, known)
    mine = [one for one in filed.reports if _reads_order(viewer, filed, one.report.order)]
    return [_report_row(one, is_whole=reads_filings(viewer) or one.by == viewer.party) for one in mine]


def owed_reports(
    viewer: Viewer,
    known: Known,
    owed: Collection[ReportOwed],
    calendars: dict[str, Calendar],
    on: date,
    left: Collection[Delivery] = (),
) -> list[Json]:
    """Return which reports are owed of deliveries on a day. `left` are the exits that customs confirmed; where none is
    known of a delivery, the report of its transport tells when it left.
    """
    filed = filed_at(viewer, known)
    told = {(one.order, one.number): one for one in (*deliveries_of(filed.reports), *left)}
    mine = [one for one in told.values() if _reads_order(viewer, filed, one.order)]
    return [_owed_row(one) for one in reports_due(mine, filed.reports, owed, on, calendars)]


def _reads_order(viewer: Viewer, filed: Filed, key: str) -> bool:
    ordered = filed.orders.get(key)
    is_party = ordered is not None and bool(viewer.party) and viewer.party in ordered.order.parties
    return reads_filings(viewer) or is_party


def _report_row(one: Reported, *, is_whole: bool) -> Json:
    said = one.report
    figures = {
        "quantity": said.quantity or None,
        "unit": said.unit or None,
        "place": said.place or None,
        "text": said.text,
        "documents": list(said.documents),
    }
    return {
        "order": said.order,
        "delivery": said.delivery,
        "stage": said.stage,
        "on": said.on,
        "by": one.by,
        "at": write_instant(one.at),
        **(figures if is_whole else dict.fromkeys(figures)),
    }


def _owed_row(one: OwedReport) -> Json:
    reported = day_of(one.reported.report.on) if one.reported else None
    return {
        "order": one.delivery.order,
        "delivery": one.delivery.number,
        "left": one.delivery.left.isoformat(),
        "stage": one.stage,
        "owed_by": one.by,
        "due": one.due.isoformat(),
        "state": one.state,
        "happened": reported.isoformat() if reported else None,
    }


def list_retransfers(viewer: Viewer, known: Known) -> list[Json]:
    """Return requests that goods may go to somebody else: the end user its own, the office all."""
    return [
        {
            "id": one.request.id,
            "by": one.by,
            "order": one.request.order,
            "to_name": one.request.to_name,
            "to_country": one.request.to_country,
            "amounts": dict(one.request.amounts),
            "use": one.request.use,
            "text": one.request.text,
            "outcome": one.decision.outcome if one.decision else None,
            "why": one.decision.text if one.decision else None,
            "conditions": list(one.decision.conditions) if one.decision else [],
        }
        for one in filed_at(viewer, known).retransfers.values()
        if reads_filings(viewer) or (viewer.party and one.by == viewer.party)
    ]


def list_visits(viewer: Viewer, known: Known) -> list[Json]:
    """Return visits that verified an end use: the visited party its own, the office all."""
    return [
        {
            "id": one.id,
            "party": one.party,
            "party_country": one.party_country,
            "body": one.body,
            "body_country": one.body_country,
            "on": one.on,
            "outcome": one.outcome,
            "text": one.text,
            "order": one.order or None,
            "provision": one.provision or None,
            "consent": one.consent or None,
            "documents": list(one.documents),
        }
        for one in filed_at(viewer, known).visits.values()
        if reads_filings(viewer) or (viewer.party and one.party == viewer.party)
    ]
