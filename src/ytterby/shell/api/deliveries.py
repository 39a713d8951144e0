"""What became of goods after they left: reports, alarms that stop shipping, re-transfers, visits."""

from collections.abc import Mapping

import msgspec

from ytterby.licence.delivery_report import DeliveryReport
from ytterby.shell.actions.file_statement import end_alarm, raise_alarm
from ytterby.shell.actions.report_delivery import ask_retransfer, decide_retransfer, record_visit, report_delivery
from ytterby.shell.api.asked import Asked, Told
from ytterby.shell.api.filed import UNKNOWN, filed, given, rows
from ytterby.shell.store.reading.filed import list_alarms, list_reports, list_retransfers, list_visits


class NewAlarm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That shipping has to stop, and why: user_changed, use_changed, forged, expired, deceit."""

    kind: str
    text: str
    statement: str = ""
    order: str = ""
    documents: tuple[str, ...] = ()


class EndOfAlarm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That shipping may go on, with what was looked into."""

    text: str
    documents: tuple[str, ...] = ()


class NewRetransfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of an order's goods (kg by element) is to go to somebody else, for which use and why."""

    order: str
    to_name: str
    to_country: str
    amounts: Mapping[str, str]
    use: str
    text: str
    to_party: str = ""
    statement: str = ""


class DecideRetransfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the office decides: granted, refused."""

    outcome: str
    text: str
    conditions: tuple[str, ...] = ()


class NewVisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A visit that verified an end use, and the consent that a foreign one needs."""

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


def reports(asked: Asked) -> Told:
    """Return reports of deliveries; of others never their figures."""
    return rows(asked, "reports", list_reports(asked.me.viewer, asked.known))


def report(asked: Asked) -> Told:
    """Report a stage of a delivery."""
    one: DeliveryReport = asked.body
    return filed(asked, report_delivery(asked.register, msgspec.to_builtins(one), asked.me.speaker, at=asked.at))


def alarms(asked: Asked) -> Told:
    """Return what stops shipping, or did."""
    return rows(asked, "alarms", list_alarms(asked.me.viewer, asked.known))


def alarm(asked: Asked) -> Told:
    """Raise an alarm."""
    one: NewAlarm = asked.body
    change = raise_alarm(
        asked.register,
        one.kind,
        one.text,
        asked.me.speaker,
        statement=one.statement,
        order=one.order,
        documents=one.documents,
        at=asked.at,
    )
    return filed(asked, change)


def alarm_over(asked: Asked) -> Told:
    """End an alarm."""
    one: EndOfAlarm = asked.body
    which = asked.parts["alarm"]
    change = end_alarm(asked.register, which, one.text, asked.me.speaker, documents=one.documents, at=asked.at)
    return filed(asked, change, named=UNKNOWN)


def retransfers(asked: Asked) -> Told:
    """Return requests that goods may go to somebody else."""
    return rows(asked, "retransfers", list_retransfers(asked.me.viewer, asked.known))


def retransfer(asked: Asked) -> Told:
    """Ask that goods may go to somebody else."""
    return filed(asked, ask_retransfer(asked.register, given(asked.body), asked.me.speaker, at=asked.at))


def retransfer_decided(asked: Asked) -> Told:
    """Decide on such a request."""
    one: DecideRetransfer = asked.body
    change = decide_retransfer(
        asked.register,
        asked.parts["retransfer"],
        one.outcome,
        one.text,
        asked.me.speaker,
        conditions=one.conditions,
        at=asked.at,
    )
    return filed(asked, change, named=UNKNOWN)


def visits(asked: Asked) -> Told:
    """Return visits that verified an end use."""
    return rows(asked, "visits", list_visits(asked.me.viewer, asked.known))


def visit(asked: Asked) -> Told:
    """Record a visit."""
    return filed(asked, record_visit(asked.register, given(asked.body), asked.me.speaker, at=asked.at))
