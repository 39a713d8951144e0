"""What is reported after goods have left: transport, arrival, installation, use; what is owed when, and what is late.

Each report is by whoever may say it (`delivery_stages.csv`): of transport and arrival seller and receiver, of
installation and use the end user; the spans are the pack's. A report is recorded whenever it comes; what is not
reported in time is listed (`reports_due`). Goods go to somebody else only after a request that the office decided
(*re-transfer*). A *visit* is recorded with the body that came: one of another country than the visited party's needs
the consent that the pack's provision speaks of, and a visit without it is a finding.

Source: Order 792 articles 18, 25, 26 and 38 as the procedure packs tell them.
"""

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ytterby.law.calendar import Calendar
from ytterby.law.licence_kind import ReportOwed
from ytterby.law.span_end import end_of
from ytterby.licence.filing import (
    NAME_MAX,
    Filing,
    Speech,
    country_problems,
    day_of,
    document_problems,
    mass_problems,
    office_speaks,
    past_problems,
    text_problems,
    unknown,
)
from ytterby.licence.trade_order import TradeOrder
from ytterby.terms.problem import Problem, finding, refuse
from ytterby.terms.quantity import plain_decimal

TRANSPORT, ARRIVAL, INSTALLATION, USE = "transport", "arrival", "installation", "use"
STAGES = (TRANSPORT, ARRIVAL, INSTALLATION, USE)
SELLER, RECEIVER, END_USER = "seller", "receiver", "end_user"
EXIT = "exit"  # what a pack calls the day on which goods left
DONE, DUE, LATE, DONE_LATE = "done", "due", "late", "done_late"
GRANTED, REFUSED = "granted", "refused"
OUTCOMES = ("confirmed", "not_confirmed", "no_access", "refused")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods of an order that left on a day, under the number of their declaration or consignment note."""

    order: str
    number: str
    left: date


class DeliveryReport(Filing, frozen=True):
    """One of the four reports of a delivery. Quantity and unit are the reporter's own measurement."""

    order: str
    delivery: str
    stage: str
    on: str
    text: str = ""
    quantity: str = ""
    unit: str = ""
    place: str = ""
    documents: tuple[str, ...] = ()


class Retransfer(Filing, frozen=True):
    """A request of the end user: so much of an order's goods may go to somebody else, for which use and why."""

    id: str
    order: str
    to_name: str
    to_country: str
    amounts: Mapping[str, str]
    use: str
    text: str
    to_party: str = ""
    statement: str = ""


class RetransferDecision(Filing, frozen=True):
    """What the office decides on such a request."""

    request: str
    outcome: str
    text: str
    conditions: tuple[str, ...] = ()


class EndUseVisit(Filing, frozen=True):
    """A visit that verifies an end use: who was visited where by a body of which country, what came of it.

    `provision` and `consent`: the provision of the pack that asks for consent, and the reference of what was given.
    """

    id: str
    party: str
    party_country: str
    body: str
    body_country: str
    on: str
    outcome: str
    text: str
    order: str = ""
    provision: str = ""
    consent: str = ""
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with who gave it when."""

    report: DeliveryReport
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Transferring:
    """A request with who asked when, and what was decided."""

    request: Retransfer
    by: str
    at: datetime
    decision: RetransferDecision | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwedReport:
    """A report that is owed of a delivery: by which body of the pack, until when, where it stands, and as it came."""

    delivery: Delivery
    stage: str
    by: str
    due: date
    state: str
    reported: Reported | None = None


def parse_stages(csv_text: str) -> dict[str, tuple[str, ...]]:
    """Return who may report each stage.

    Raises:
        ValueError: the stages are not the four.
    """
    found = {row["stage"]: tuple(row["roles"].split()) for row in csv.DictReader(csv_text.splitlines())}
    if tuple(found) != STAGES:
        raise ValueError(f"the stages of a delivery are {STAGES}, not {tuple(found)}")
    return found


def roles_in(order: TradeOrder, party: str) -> frozenset[str]:
    """Return what a party is in an order."""
    receiver = order.consignee or order.buyer or order.end_user
    held = ((SELLER, order.seller), (RECEIVER, receiver), (RECEIVER, order.buyer), (END_USER, order.end_user))
    return frozenset(role for role, who in held if party and party == who)


def check_report(
    said: Speech, one: DeliveryReport, order: TradeOrder | None, roles: Mapping[str, Collection[str]]
) -> list[Problem]:
    """Return what keeps a report out; `roles` are those that may report a stage. What others said of it keeps out none,
    and whoever reports again corrects itself.
    """
    if order is None or said.party not in order.parties:
        return [unknown("/order", one.order)]
    if one.stage not in roles:
        return [refuse("delivery.stage", "/stage", one.stage, known=", ".join(STAGES))]
    problems = []
    if not roles_in(order, said.party) & set(roles[one.stage]):
        problems.append(refuse("delivery.not_by_you", "/stage", one.stage, roles=", ".join(roles[one.stage])))
    problems += text_problems({"delivery": one.delivery}, most=NAME_MAX)
    problems += text_problems({"text": one.text, "place": one.place}, needed=False)
    if one.quantity and not plain_decimal(one.quantity):
        problems.append(refuse("filed.amount", "/quantity", one.quantity))
    return problems + past_problems("on", one.on, said) + document_problems(one.documents)


def check_retransfer(
    said: Speech, one: Retransfer, order: TradeOrder | None, known: Mapping[str, Transferring]
) -> list[Problem]:
    """Return what keeps a request for a re-transfer out: the end user asks, for goods of its own orders."""
    if order is None or said.party != order.end_user:
        return [unknown("/order", one.order)]
    problems = [refuse("filed.twice", "/id", one.id)] if one.id in known else []
    problems += text_problems({"id": one.id, "to_name": one.to_name, "use": one.use}, most=NAME_MAX)
    problems += text_problems({"text": one.text}) + country_problems("to_country", one.to_country)
    return problems + mass_problems("amounts", one.amounts)


def check_decision(said: Speech, one: RetransferDecision, asked: Transferring | None) -> list[Problem]:
    """Return what keeps a decision on a re-transfer out."""
    if problems := office_speaks(said):
        return problems
    if asked is None or asked.decision is not None:
        problems.append(unknown("/request", one.request))
    if one.outcome not in {GRANTED, REFUSED}:
        problems.append(refuse("retransfer.outcome", "/outcome", one.outcome, known=f"{GRANTED}, {REFUSED}"))
    return problems + text_problems({"text": one.text})


def check_visit(said: Speech, one: EndUseVisit, known: Mapping[str, EndUseVisit]) -> list[Problem]:
    """Return what keeps the record of a visit out: the office tells of it, or the visited party that has to."""
    if not (said.is_office or (said.party and said.party == one.party)):
        return [refuse("filed.not_yours")]
    problems = []
    if one.id in known:
        problems.append(refuse("filed.twice", "/id", one.id))
    if one.outcome not in OUTCOMES:
        problems.append(refuse("visit.outcome", "/outcome", one.outcome, known=", ".join(OUTCOMES)))
    problems += text_problems({"id": one.id, "party": one.party, "body": one.body}, most=NAME_MAX)
    problems += text_problems({"text": one.text}) + past_problems("on", one.on, said)
    problems += country_problems("party_country", one.party_country)
    return problems + country_problems("body_country", one.body_country) + document_problems(one.documents)


def visit_findings(one: EndUseVisit, consent_provision: str) -> list[Problem]:
    """Return what a visit leaves to be looked into. `consent_provision` is the pack's provision that visits by bodies
    of another country need consent, empty where the pack has none.
    """
    is_foreign = one.body_country != one.party_country
    if is_foreign and consent_provision and not one.consent.strip():
        return [finding("visit.no_consent", "/consent", one.body, provision=consent_provision)]
    return []


def reports_due(
    deliveries: Collection[Delivery],
    reports: Collection[Reported],
    owed: Collection[ReportOwed],
    on: date,
    calendars: Mapping[str, Calendar],
) -> tuple[OwedReport, ...]:
    """Return every report that is owed of deliveries, as it stands on a day, the earliest due first.

    The first report of a stage tells when it came; what is said later of the same stage corrects it. What is owed after
    another stage counts from the day on which that happened, and while nobody told of it from the day it was due.
    """
    first: dict[tuple[str, str, str], Reported] = {}
    for one in sorted(reports, key=lambda row: row.at):
        if one.at.date() <= on:
            first.setdefault((one.report.order, one.report.delivery, one.report.stage), one)
    found = []
    for delivery in deliveries:
        starts = {EXIT: delivery.left}
        for rule in owed:
            came = first.get((delivery.order, delivery.number, rule.id))
            due = end_of(starts[rule.after], rule.within, calendars.get(rule.calendar))
            starts[rule.id] = (day_of(came.report.on) if came else None) or due
            found.append(OwedReport(delivery, rule.id, rule.by, due, _state(came, due, on), came))
    return tuple(sorted(found, key=lambda row: (row.due, row.delivery.order, row.delivery.number, row.stage)))


def _state(came: Reported | None, due: date, on: date) -> str:
    if came is None:
        return LATE if on > due else DUE
    return DONE_LATE if came.at.date() > due else DONE


def deliveries_of(reports: Iterable[Reported]) -> tuple[Delivery, ...]:
    """Return the deliveries that reports of their transport tell of, for where no exit was confirmed."""
    found = {}
    for one in reports:
        left = day_of(one.report.on)
        if one.report.stage == TRANSPORT and left is not None:
            found[one.report.order, one.report.delivery] = Delivery(one.report.order, one.report.delivery, left)
    return tuple(found.values())
