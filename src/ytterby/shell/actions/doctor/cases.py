"""Cases of the licence office: each worked out again from the log, and the rows that were derived from it (D1, D2,
O3).
"""

from collections.abc import Iterator

from ytterby.licence.case import Case
from ytterby.shell.actions.doctor.unsound import Unsound
from ytterby.shell.site.case_rules import transition_table
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_replay import replay_case
from ytterby.shell.store.cases import (
    UNREADABLE,
    approval_row,
    case_numbers,
    case_records,
    case_values,
    event_rows,
    party_roles,
)
from ytterby.shell.store.models import ApprovalRow, CaseEventRow, CaseParty, CaseRow
from ytterby.terms.problem import finding

_APPROVAL = ("case_id", "draft", "order", "by", "author", "nonce", "log_index")
_EVENT = ("case_id", "version", "log_index", "verb", "by", "at")


def unsound_cases(register: Register) -> Iterator[Unsound]:
    """Name each event that does not follow from the log, each row that is not what its case makes, and rows of no
    case.
    """
    numbers = list(case_numbers())
    for number in numbers:
        found = replay_case(register, number)
        for version, what in found.flaws if found is not None else ():
            yield Unsound(finding("case.replay"), f"{number} event {version}", what)
        yield from _rows(number)
    for model in (CaseRow, CaseEventRow, ApprovalRow, CaseParty):
        column = "number" if model is CaseRow else "case_id"
        held = set(model.objects.values_list(column, flat=True))
        for number in sorted(held - set(numbers)):
            yield Unsound(finding("case.rows"), number, f"{model.__name__} holds a case that the log does not know")


def _rows(number: str) -> Iterator[Unsound]:
    try:
        records = case_records(number)
        case, told, approvals = Case(number), [], []
        for record in records:
            case = case.after(record.event, record.state)
            told.append((record.index, record.event))
            if (given := approval_row(case, record.index, record.event)) is not None:
                approvals.append(given)
    except UNREADABLE:
        return  # the replay has named it
    row = CaseRow.objects.filter(number=number).first()
    wanted = case_values(case, transition_table(case.kind), row.due if row is not None else None)
    if row is None or {name: getattr(row, name) for name in wanted} != wanted:
        yield Unsound(finding("case.rows"), number, "the row says something else than the case")
    events = [tuple(getattr(one, name) for name in _EVENT) for one in event_rows(case, told)]
    if list(CaseEventRow.objects.filter(case_id=number).order_by("version").values_list(*_EVENT)) != events:
        yield Unsound(finding("case.rows"), number, "the rows of its events are not those of its records")
    signed = [tuple(getattr(one, name) for name in _APPROVAL) for one in approvals]
    if list(ApprovalRow.objects.filter(case_id=number).order_by("log_index").values_list(*_APPROVAL)) != signed:
        yield Unsound(finding("case.rows"), number, "the rows of its approvals are not those of its records")
    if set(CaseParty.objects.filter(case_id=number).values_list("party", "role")) != party_roles(case):
        yield Unsound(finding("case.rows"), number, "the rows of its parties are not those of its application")
