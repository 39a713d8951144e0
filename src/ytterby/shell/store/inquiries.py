"""Cases of findings, worked out from records of the log and from nothing else (as rights are: `store.rights`).

Each step of a case is one record: the case's number, its version afterwards, who says so and for whom, the day, the
step, of the first the finding as it was known, and, where the register is no demo, the signature of an account's key.
What was checked when a step was entered is checked again here whenever it is read: the rights of that moment, the
signature, the place in the case, all rules of `balance.inquiry`. A record that does not hold has no effect, and the
doctor names it (threat O3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ytterby.balance.finding_state import Transitions
from ytterby.balance.inquiry import Case, Command, Said, Snapshot, apply_step, enter, read_step
from ytterby.shell.site.packs import inquiry_rules
from ytterby.shell.store.reading.viewer import AUDIT, TRACING
from ytterby.shell.store.rights import Record, Rights, RightsAt, rights_by_index, signature_flaw, stored_records

if TYPE_CHECKING:
    from ytterby.shell.site.register import Register

STEP = "inquiry"
OFFICES = frozenset({AUDIT, TRACING})
UNREADABLE = (KeyError, TypeError, ValueError, msgspec.ValidationError)

Json = dict[str, Any]


class Entered(NamedTuple):
    """A step that holds: its number in the log, the digest of its record, and what it says."""

    entry: int
    digest: str
    said: Said


@dataclass
class Cases:
    """All cases by number, their steps with their records, and records without effect."""

    by_number: dict[str, Case] = field(default_factory=dict)
    entered: dict[str, list[Entered]] = field(default_factory=dict)
    flaws: list[tuple[int, str]] = field(default_factory=list)
    number_of: dict[str, str] = field(default_factory=dict)

    def of_finding(self, finding: str) -> Case | None:
        """Return the case of a finding."""
        return self.by_number.get(self.number_of.get(finding, ""))


def step_fields(case: Case, said: Said) -> Json:
    """Return what the record of a step says, before it is signed."""
    fields: Json = {
        "id": case.number,
        "version": case.version + 1,
        "party": said.party,
        "by": said.by,
        "on": said.on,
        "step": msgspec.to_builtins(said.step),
    }
    return fields if case.said else {**fields, "finding": msgspec.to_builtins(case.finding)}


def speaker_flaw(rights: Rights, register_id: str, kind: str, fields: Mapping[str, Any], day: date) -> str | None:
    """Return what is wrong with who signed a record about a case or a sample; None when nothing is.

    For the office speak accounts of the operator and of auditing and tracing bodies, for a party its own.
    """
    account = rights.accounts().get(str(fields.get("by", "")))
    if account is None:
        return "it is by no account that was in force"
    party = str(fields.get("party", ""))
    if party and account.party != party:
        return "it is by an account of another party"
    if not party and not rights.is_office(account.party, OFFICES, day):
        return "it is by an account of nobody who may judge findings"
    return signature_flaw(account.key, register_id, kind, fields)


def cases_from_log(
    records: Iterable[Record], rights_at: RightsAt, *, register_id: str, is_demo: bool, rules: Transitions
) -> Cases:
    """Return what the records of steps, in order of the log, come to."""
    cases = Cases()
    for record in records:
        flaw = None
        try:
            day = date.fromisoformat(record.fields["on"])
            if record.fields["registered_at"][:10] != record.fields["on"]:
                flaw = "it is of another day than it was entered on"
            elif not is_demo:
                flaw = speaker_flaw(rights_at(record.number), register_id, STEP, record.fields, day)
            flaw = flaw or _enter(cases, record, day, rules)
        except UNREADABLE as error:
            flaw = f"it cannot be read: {type(error).__name__}"
        if flaw:
            cases.flaws.append((record.number, flaw))
    return cases


def _enter(cases: Cases, record: Record, day: date, rules: Transitions) -> str | None:
    fields = record.fields
    number = str(fields["id"])
    case = cases.by_number.get(number)
    if case is None:
        finding = msgspec.convert(fields["finding"], Snapshot)
        if cases.of_finding(finding.id) is not None:
            return "its finding has another case"
        case = Case(number, finding)
    if fields["version"] != case.version + 1:
        return f"it is version {fields['version']} of a case that is at {case.version}"
    command = Command(read_step(fields["step"]), day, str(fields["by"]), str(fields["party"]))
    said = enter(case, command, rules)
    if not isinstance(said, Said):
        return f"the rules do not allow it: {said[0].code}"
    cases.by_number[number] = apply_step(case, said, rules)
    cases.number_of[case.finding.id] = number
    cases.entered.setdefault(number, []).append(Entered(record.number, record.digest, said))
    return None


def stored_cases(register: "Register", size: int | None = None) -> Cases:
    """Return what the log gives, now or at a log size."""
    return cases_from_log(
        stored_records(size, kinds=(STEP,)),
        rights_by_index(register),
        register_id=register.id,
        is_demo=register.is_demo,
        rules=inquiry_rules(),
    )
