"""Report what became of goods after they left, ask for a re-transfer and decide on it, record a visit.

Who may report: of each stage the parties of the order that know of it. Who may ask: the end user. Who decides: the
office. Who records a visit: the office, or the visited party, which has to report one by a foreign body.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ytterby.licence.delivery_report import (
    DeliveryReport,
    EndUseVisit,
    Retransfer,
    RetransferDecision,
    visit_findings,
)
from ytterby.shell.actions.filing import FilingChange, file_with, read_filing
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import Speaker

ID_BYTES = 6


def report_delivery(
    register: Register, fields: Mapping[str, Any], speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """File a report of a stage of a delivery."""
    report, problems = read_filing(fields, DeliveryReport)
    return file_with(register, report, speaker, at=at) if report else FilingChange(problems, register.size)


def ask_retransfer(
    register: Register, fields: Mapping[str, Any], speaker: Speaker, *, at: datetime | None = None
) -> FilingChange:
    """Ask that goods may go to somebody else."""
    request, problems = read_filing({"id": secrets.token_hex(ID_BYTES), **fields}, Retransfer)
    return file_with(register, request, speaker, at=at) if request else FilingChange(problems, register.size)


def decide_retransfer(
    register: Register,
    request: str,
    outcome: str,
    text: str,
    speaker: Speaker,
    *,
    conditions: tuple[str, ...] = (),
    at: datetime | None = None,
) -> FilingChange:
    """Decide on such a request, as the office."""
    return file_with(register, RetransferDecision(request, outcome, text, conditions), speaker, at=at)


def record_visit(
    register: Register,
    fields: Mapping[str, Any],
    speaker: Speaker,
    *,
    consent_provision: str = "",
    at: datetime | None = None,
) -> FilingChange:
    """Record a visit; a foreign one without the consent that the pack's provision asks for comes back as a finding."""
    visit, problems = read_filing(
        {"id": secrets.token_hex(ID_BYTES), "provision": consent_provision, **fields}, EndUseVisit
    )
    if visit is None:
        return FilingChange(problems, register.size)
    change = file_with(register, visit, speaker, at=at)
    if change.problems:
        return change
    return FilingChange(tuple(visit_findings(visit, consent_provision)), change.size, change.key)
