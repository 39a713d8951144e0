"""The sections of evidence that what parties filed fills: how well end users are known, and what they stated.

A row of a section speaks against a grant where it has `against`, the kind of finding. Statements that were filed once
and still hold serve every order that they cover (regulation page, F9): they need not be named, and one that is named
and does not hold is told.

Source: regulation page, section 4 (F8, F9, F18, F19); issue on the licence office, section 5.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ytterby.law.calendar import Calendar
from ytterby.law.casework_rule import ValidationRule
from ytterby.law.licence_kind import ReportOwed
from ytterby.licence.application import END_USER, Application
from ytterby.licence.delivery_report import LATE, deliveries_of, reports_due
from ytterby.licence.end_use_statement import IN_FORCE, REPUDIATED, Stated, stops_shipping
from ytterby.licence.end_user_validation import record_of
from ytterby.licence.evidence import DONE, ToldSection
from ytterby.licence.filed import Filed
from ytterby.licence.filing import order_key
from ytterby.licence.invitation import InvitationRules
from ytterby.licence.validated_end_user import validate

CONFIRMED, ARRIVAL = "confirmed", "arrival"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EndUserLaw:
    """What end users are held against on a day: what the pack asks of a validated one (None: it knows none), which
    reports it wants of deliveries, and the open findings of those parties of whom they are known.
    """

    on: date
    validation: ValidationRule | None = None
    owed: tuple[ReportOwed, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    open_findings: Mapping[str, int] = field(default_factory=dict)


def end_users_section(application: Application, filed: Filed, rules: InvitationRules, law: EndUserLaw) -> ToldSection:
    """Return how well the end users of an application are known, what was confirmed of them, and whether each is a
    validated one.
    """
    return ToldSection(DONE, "", "", tuple(_end_users(application, filed, rules, law)))


def _end_users(application: Application, filed: Filed, rules: InvitationRules, law: EndUserLaw) -> Iterator[Json]:
    for one in application.of_role(END_USER):
        subject = one.party or one.name
        if not one.party:
            yield {"subject": subject, "against": "not_registered", "level": ""}
            continue
        level = filed.level(one.party, rules)
        row: Json = {"subject": subject, "level": level, **_record(one.party, filed, law)}
        row |= _validated(one.party, level, filed, law)
        flags = sorted({flag for invited in _invited(one.party, filed) for flag in invited})
        if flags:
            row |= {"against": "same_as_exporter", "marks": ", ".join(flags)}
        yield row


def _invited(party: str, filed: Filed) -> Iterator[tuple[str, ...]]:
    for one in filed.invitations.values():
        if one.invitation.party == party:
            yield one.flags


def _record(party: str, filed: Filed, law: EndUserLaw) -> Json:
    """Return what visits and reports after delivery say of an end user."""
    visits = [one for one in filed.visits.values() if one.party == party]
    mine = {key for key, one in filed.orders.items() if one.order.end_user == party}
    delivered = [one for one in deliveries_of(filed.reports) if one.order in mine]
    arrived = {(one.report.order, one.report.delivery) for one in filed.reports if one.report.stage == ARRIVAL}
    owed = reports_due(delivered, filed.reports, law.owed, law.on, law.calendars)
    return {
        "visits_passed": sum(one.outcome == CONFIRMED for one in visits),
        "deliveries_confirmed": sum((one.order, one.number) in arrived for one in delivered),
        "reports_overdue": sum(one.state == LATE for one in owed),
    }


def _validated(party: str, level: str, filed: Filed, law: EndUserLaw) -> Json:
    """Return whether an end user is a validated one, until when as things stand, and what it lacks; nothing where the
    pack knows no such thing.
    """
    if law.validation is None:
        return {}
    findings = law.open_findings.get(party)
    record = record_of(filed.validations.values(), party, level=level, open_findings=findings)
    found = validate(law.validation, record, law.on)
    told: Json = {"is_validated": found.is_valid, "lacking": [one.value for one in found.lacking]}
    if found.until is not None:
        told["validated_until"] = found.until.isoformat()
    return told if findings is None else {**told, "open_findings": findings}


def statements_section(application: Application, filed: Filed, on: date) -> ToldSection:
    """Return the statements that serve an application on a day, and which of its end users has none that holds."""
    return ToldSection(DONE, "", "", tuple(_statements(application, filed, on)))


def _statements(application: Application, filed: Filed, on: date) -> Iterator[Json]:
    exporter, order = application.exporter, order_key(application.exporter, application.order)
    served = set()
    for digest in application.statements:
        stated = filed.statements.get(digest)
        if stated is None or stated.statement.exporter != exporter:
            yield {"subject": digest, "against": "unknown_statement"}
        elif not stated.covers(order):
            yield {"subject": digest, "against": "other_order"}
        elif stated.state_on(on) != IN_FORCE:
            yield {"subject": digest, "against": stated.state_on(on)}
    for one in application.of_role(END_USER):
        held = _held(one.party, exporter, order, filed, on) if one.party else []
        for stated in held:
            served.add(stated.digest)
            yield _row(stated, on)
        if not held:
            yield {"subject": one.party or one.name, "against": "no_statement"}
    if stops_shipping(filed.stops(), sorted({*served, *application.statements}), order):
        yield {"subject": application.order, "against": "stopped"}


def _held(party: str, exporter: str, order: str, filed: Filed, on: date) -> list[Stated]:
    """Return the statements of an end user that hold for an order; where none does, those that it repudiated."""
    mine = [
        one
        for one in filed.statements.values()
        if one.statement.end_user == party and one.statement.exporter == exporter and one.covers(order)
    ]
    by_state = {state: [one for one in mine if one.state_on(on) == state] for state in (IN_FORCE, REPUDIATED)}
    return by_state[IN_FORCE] or by_state[REPUDIATED]


def _row(stated: Stated, on: date) -> Json:
    state = stated.state_on(on)
    row: Json = {
        "subject": stated.digest,
        "end_user": stated.statement.end_user,
        "state": state,
        "made": stated.filed.made,
        "valid_to": stated.statement.valid_to,
        "use": str(stated.statement.use.get("code", "")),
    }
    return {**row, "against": state} if state != IN_FORCE else row
