"""Audits of what the register decided by itself, worked out from records of the log; a record that does not hold has no
effect (threats D3, O3).

Two kinds of record. An `audit_sample` is the register's own: whoever draws has nothing to choose, since the frame is
what the log holds of a month that is over, and the seed is drawn then. An `audit_result` is the word of a person of the
office who had no part in the case. `frame_at` works a frame out again from the log, which the doctor holds against the
one that was recorded.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from ytterby.law.casework_rule import CaseworkRules
from ytterby.licence.audit import (
    WRONG,
    Audited,
    Auditor,
    AuditResult,
    AuditSample,
    Framed,
    result_problems,
    sample_flaw,
)
from ytterby.licence.case import Case
from ytterby.shell.store.case_speakers import DEMO, KEY
from ytterby.shell.store.cases import CASE_EVENT, stored_case
from ytterby.shell.store.filed import kept_filed
from ytterby.shell.store.licence_speakers import is_officer
from ytterby.shell.store.licences import LICENCE, licence_of
from ytterby.shell.store.log_marks import kept_by
from ytterby.shell.store.models import CaseEventRow, CaseRow, LicenceEntryRow, Registration
from ytterby.shell.store.office_roster import roster_at
from ytterby.shell.store.reading.kept import Kept
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.rights import Record, Rights, recorded_day, rights_by_index, signature_flaw, stored_records
from ytterby.shell.store.shipping import is_stopped_by
from ytterby.terms.civil_day import last_day

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

SAMPLE, RESULT = "audit_sample", "audit_result"
DECIDED, ISSUED = "decide_automatically", "issue"
ALL = "1"
KEPT = 8
UNREADABLE = (KeyError, TypeError, ValueError, msgspec.ValidationError)
_kept = Kept["Audits"](KEPT)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Looked:
    """A result with who gave it when, and the pairs (exporter, end user) of its case."""

    result: AuditResult
    by: str
    party: str
    on: date
    pairs: frozenset[tuple[str, str]]


@dataclass
class Audits:
    """Samples by month, results by case in their order, and records without effect (number in the log, and why)."""

    samples: dict[str, AuditSample] = field(default_factory=dict)
    results: dict[str, tuple[Looked, ...]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    flaws: list[tuple[int, str]] = field(default_factory=list)

    def is_drawn(self, case: str) -> bool:
        """Tell whether a case is looked at again."""
        return any(one.case == case for sample in self.samples.values() for one in sample.drawn)

    def wrong_pairs(self) -> frozenset[tuple[str, str]]:
        """Return each (exporter, end user) for whom a decision by rule stands as wrong."""
        last = (looked[-1] for looked in self.results.values())
        return frozenset(pair for one in last if one.result.verdict == WRONG for pair in one.pairs)


def pairs_of(case: Case) -> frozenset[tuple[str, str]]:
    """Return the exporter of a case with each of its end users."""
    return frozenset((case.applicant, one.party) for one in case.application.of_role("end_user"))


def audited_of(audits: Audits, number: str, case: Case | None) -> Audited:
    """Return what a result about a case is held against."""
    earlier = [one.by for one in audits.results.get(number, ())]
    if case is None:
        return Audited((), (), is_drawn=False)
    part = {event.by for event in case.events} | set(case.assigned.values())
    parties = case.parties
    return Audited(parties, part, audits.is_drawn(number), earlier)


def auditor_of(register: "Register", rights: Rights, account: str, party: str, on: date, index: int) -> Auditor:
    """Return who gives a result, by the rights and the roster before an entry of the log."""
    member = roster_at(register, index).members.get(account)
    return Auditor(account, is_officer(rights, party, on), member.conflicts if member is not None else ())


def stored_audits(register: "Register", size: int | None = None) -> Audits:
    """Return what the log gives, now or at a log size; worked out anew only where something was audited."""
    if size is not None:
        return kept_by(_kept, (SAMPLE, RESULT), size, lambda: _folded(register, size))
    rows = Registration.objects.filter(kind__in=(SAMPLE, RESULT))
    last = rows.order_by("-log_index").values_list("log_index", "digest").first()
    if last is None:
        return Audits()
    index, digest = last[0], bytes(last[1])
    return _kept.get((register.id, index, digest), lambda: _folded(register, index + 1))


def _folded(register: "Register", size: int) -> Audits:
    audits, rights_at = Audits(), rights_by_index(register)
    for record in stored_records(size, kinds=(SAMPLE, RESULT)):
        try:
            flaw = _sample(audits, record) if record.kind == SAMPLE else None
            flaw = _result(register, audits, record, rights_at(record.number)) if record.kind == RESULT else flaw
        except UNREADABLE as error:
            flaw = f"it cannot be read: {type(error).__name__}"
        if flaw:
            audits.flaws.append((record.number, flaw))
    return audits


def _sample(audits: Audits, record: Record) -> str | None:
    sample = msgspec.convert(record.fields["sample"], AuditSample)
    if sample.month in audits.samples:
        return "its month was drawn before"
    flaw = sample_flaw(sample, recorded_day(record.fields))
    if flaw is None:
        audits.samples[sample.month], audits.numbers[sample.month] = sample, record.number
    return flaw


def _result(register: "Register", audits: Audits, record: Record, rights: Rights) -> str | None:
    fields, on = record.fields, recorded_day(record.fields)
    account, party = str(fields["by"]), str(fields["party"])
    if (flaw := _speaker(register, rights, record.fields)) is not None:
        return flaw
    result = msgspec.convert(fields["result"], AuditResult)
    case, before = stored_case(result.case, record.number), audits.results.get(result.case, ())
    who = auditor_of(register, rights, account, party, on, record.number)
    if problems := result_problems(result, who, audited_of(audits, result.case, case)):
        return f"the rules do not allow it: {problems[0].code}"
    if case is None or result.n != len(before) + 1:
        return "it is not the next result of its case"
    audits.results[result.case] = (*before, Looked(result, account, party, on, pairs_of(case)))
    return None


def _speaker(register: "Register", rights: Rights, fields: Mapping[str, Any]) -> str | None:
    """Return what is wrong with who gave a result; None when nothing is."""
    account, via = rights.accounts().get(str(fields["by"])), fields["via"]
    if via == DEMO:
        return None if register.is_demo else "nobody signed it"
    if account is None or account.party != fields["party"]:
        return "it is by no account of its party that was in force"
    return signature_flaw(account.key, register.id, RESULT, fields) if via == KEY else None


# The frame, as the log has it


def frame_at(register: "Register", month: str, size: int) -> tuple[tuple[Framed, ...], dict[str, str]]:
    """Return every decision by rule of a month up to a log size, and the share of each tier that is looked at again, by
    the law of the month's last day. A tier that is not there any more is looked at whole.
    """
    rows = CaseEventRow.objects.filter(verb=DECIDED, at__startswith=month, log_index__lt=size)
    decided = dict(rows.order_by("log_index").values_list("log_index", "case_id"))
    procedures = dict(CaseRow.objects.filter(number__in=set(decided.values())).values_list("number", "procedure"))
    documents = Registration.objects.filter(log_index__in=list(decided), kind=CASE_EVENT)
    tiers = {index: json.loads(text)["step"]["tier"] for index, text in documents.values_list("log_index", "document")}
    found = _found(register, set(decided.values()), size)
    frame = {case: f"{procedures[case]} {tiers[index]}" for index, case in decided.items()}
    shares = _shares(set(frame.values()), month, size)
    return tuple(Framed(case, tier, case in found) for case, tier in sorted(frame.items())), shares


def _shares(tiers: Collection[str], month: str, size: int) -> dict[str, str]:
    last = last_day(month)
    if last is None or not tiers:
        return {}
    book = law_at(OPERATOR_VIEWER, Known(size), datetime.combine(last + timedelta(days=1), time(), UTC))
    shares = {}
    for one in sorted(tiers):
        name, _, tier = one.rpartition(" ")
        procedure = book.procedures.get(name)
        shares[one] = _share(procedure.casework if procedure is not None else None, tier)
    return shares


def _share(rules: CaseworkRules | None, tier: str) -> str:
    held = rules.tiers.get(tier) if rules is not None else None
    return format(held.audit_share, "f") if held is not None and held.audit_share else ALL


def _found(register: "Register", cases: Collection[str], size: int) -> set[str]:
    """Return the cases about which something was found since: more left than was licensed, or shipping is stopped."""
    rows = CaseEventRow.objects.filter(verb=ISSUED, case_id__in=cases, log_index__lt=size)
    issued = dict(rows.values_list("log_index", "case_id"))
    documents = Registration.objects.filter(log_index__in=list(issued), kind=CASE_EVENT)
    of_licence = {
        json.loads(text)["step"]["licence"]: issued[index]
        for index, text in documents.values_list("log_index", "document")
    }
    beyond = LicenceEntryRow.objects.filter(line__number__in=list(of_licence), unlicensed__gt=0, log_index__lt=size)
    found = {of_licence[number] for number in beyond.values_list("line__number", flat=True)}
    filed = kept_filed(register, size)
    if filed.stops():
        records = Registration.objects.filter(kind=LICENCE, key__in=list(of_licence), log_index__lt=size)
        for number, text in records.values_list("key", "document"):
            if is_stopped_by(filed, licence_of(json.loads(text))):
                found.add(of_licence[number])
    return found
