"""Cases of the licence office, folded from records of the log, and the rows that are derived from them.

Each event of a case is one record of the kind `case_event`: the event (`licence.case.event_fields`), the state of the
case afterwards, by which door its speaker came (`via`) and, where a key signed, the signature. The rows (`CaseRow` and
what hangs on it) are written in the transaction of the record and can be written anew from the records; whatever they
say, a case is what its records say. What was checked when an event was entered is checked again by `case_replay`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ytterby.licence.case import OFFICER, Case, Event, event_fields, read_event
from ytterby.licence.step import Approve, Begin
from ytterby.licence.transition import TransitionTable
from ytterby.shell.store.inserting import insert_rows
from ytterby.shell.store.models import ApprovalRow, CaseEventRow, CaseParty, CaseRow, Registration
from ytterby.shell.store.registering import Registrable

CASE_EVENT = "case_event"
EVENT_COLUMNS = ("case_id", "version", "log_index", "verb", "by", "at")
NO_DUE = "9999-12-31"  # of a case that is due on no day: behind all others
UNREADABLE = (KeyError, TypeError, ValueError, msgspec.ValidationError)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """An event as the log holds it: its number, the digest of its record, and all of its fields."""

    index: int
    digest: str
    fields: Mapping[str, Any]

    @property
    def event(self) -> Event:
        """The event.

        Raises:
            KeyError, msgspec.ValidationError: the record is none of an event.
        """
        return read_event(self.fields)

    @property
    def state(self) -> str:
        """The state of the case afterwards, as it was recorded."""
        return str(self.fields["state"])


def case_records(number: str, size: int | None = None) -> list[CaseRecord]:
    """Return the records of a case in order of the log, up to a log size where one is given."""
    rows = Registration.objects.filter(kind=CASE_EVENT, key=number)
    rows = rows if size is None else rows.filter(log_index__lt=size)
    found = rows.order_by("log_index").values_list("log_index", "digest", "document")
    return [read_record(*row) for row in found]


def read_record(index: int, digest: bytes | memoryview, document: str) -> CaseRecord:
    """Return the record of a row."""
    return CaseRecord(index, bytes(digest).hex(), msgspec.json.decode(document))


def fold_records(number: str, records: Sequence[CaseRecord]) -> Case:
    """Return the case of some records, each state as it was recorded."""
    case = Case(number)
    for record in records:
        case = case.after(record.event, record.state)
    return case


def stored_case(number: str, size: int | None = None) -> Case | None:
    """Return a case as its records tell it; None where there is none."""
    records = case_records(number, size)
    return fold_records(number, records) if records else None


def event_record(case: Case, event: Event, state: str, via: str) -> Registrable:
    """Return the record of an event before it is signed."""
    return Registrable(CASE_EVENT, case.number, {**event_fields(case.number, event), "state": state, "via": via})


def case_version(number: str) -> int:
    """Return at which version a case is, 0 where there is none; the caller holds the lock where that decides."""
    return CaseRow.objects.filter(number=number).values_list("version", flat=True).first() or 0


def write_case(case: Case, entered: Sequence[tuple[int, Event]], table: TransitionTable, due: str | None) -> None:
    """Write the rows of a case after some events, with their numbers in the log; the caller holds the lock."""
    values = case_values(case, table, due)
    if entered[0][1].version == 1:
        CaseRow.objects.create(number=case.number, **values)
    else:
        was = entered[0][1].version - 1
        if not CaseRow.objects.filter(number=case.number, version=was).update(**values):
            raise ValueError(f"the row of the case {case.number} is not at version {was}")
    rows = event_rows(case, entered)
    insert_rows(CaseEventRow, EVENT_COLUMNS, [tuple(getattr(row, name) for name in EVENT_COLUMNS) for row in rows])
    approvals = [row for index, event in entered if (row := approval_row(case, index, event)) is not None]
    if approvals:
        ApprovalRow.objects.bulk_create(approvals)
    if any(hasattr(event.step, "application") for _, event in entered):
        _write_parties(case)


def event_rows(case: Case, entered: Sequence[tuple[int, Event]]) -> list[CaseEventRow]:
    """Return the rows of events."""
    return [
        CaseEventRow(
            case_id=case.number, version=event.version, log_index=index, verb=event.verb, by=event.by, at=event.at
        )
        for index, event in entered
    ]


def approval_row(case: Case, index: int, event: Event) -> ApprovalRow | None:
    """Return the row of an approval, with the author of the draft beside it; None for another event."""
    step = event.step
    if not isinstance(step, Approve):
        return None
    author = case.draft[0].by if case.draft is not None else ""
    return ApprovalRow(
        case_id=case.number,
        draft=step.draft,
        order=step.order,
        by=event.by,
        author=author,
        nonce=str(step.signature.get("nonce", "")),
        log_index=index,
    )


def case_values(case: Case, table: TransitionTable, due: str | None) -> Json:
    """Return what the row of a case says, but for its number."""
    state = table.states[case.state]
    is_open = not state.is_last
    amends = case.begun.amends if isinstance(case.events[0].step, Begin) else ""
    submitted = case.submissions
    return {
        "kind": case.kind,
        "procedure": case.procedure,
        "state": case.state,
        "holder": state.holder,
        "version": case.version,
        "applicant": case.applicant,
        "officer": case.assigned.get(OFFICER, ""),
        "tier": case.rated.tier if case.rated is not None else "",
        "destination": case.application.destination,
        "begun_at": case.events[0].at,
        "received_at": submitted[-1].at if submitted else None,
        "decided_at": case.decided_at or None,
        "changed_at": case.events[-1].at,
        "due": due or NO_DUE,
        "is_open": is_open,
        "amending": amends or None if case.kind == "amendment" and is_open and case.state != "refused" else None,
        "copy_of": case.begun.copy_of,
    }


def party_roles(case: Case) -> set[tuple[str, str]]:
    """Return the parties of the register that are on a case, with their roles."""
    return {(one.party, one.role) for one in case.application.parties if one.party}


def _write_parties(case: Case) -> None:
    """Write who is on a case; the caller holds the lock."""
    held = set(CaseParty.objects.filter(case_id=case.number).values_list("party", "role"))
    wanted = party_roles(case)
    for party, role in held - wanted:
        CaseParty.objects.filter(case_id=case.number, party=party, role=role).delete()
    CaseParty.objects.bulk_create(
        CaseParty(case_id=case.number, party=party, role=role) for party, role in sorted(wanted - held)
    )


def case_numbers(size: int | None = None) -> Iterator[str]:
    """Yield the numbers of all cases in order of their first record, up to a log size where one is given."""
    rows = Registration.objects.filter(kind=CASE_EVENT)
    rows = rows if size is None else rows.filter(log_index__lt=size)
    seen: set[str] = set()
    for number in rows.order_by("log_index").values_list("key", flat=True).iterator():
        if number not in seen:
            seen.add(number)
            yield number
