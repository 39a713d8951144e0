"""Take one step in the case of a finding: ask, answer, explain, set aside, confirm, and the steps of an inquiry.

The first step makes the case, with the finding as it is known then; every step is one signed record of the log,
entered in one transaction. Two that step at once: the second is judged by what the first left, without being told of
it where it is a party. Who may: the office all but answers; a party answers what was addressed to it; whoever may not
know of a case is told that there is none (threats C2, C3).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ytterby.balance.inquiry import Case, Command, Said, Step, apply_step, enter, snapshot_of, told_state
from ytterby.chain.party import OPERATOR
from ytterby.proof.key import PrivateKey
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, signed_record
from ytterby.shell.actions.signed_word import check_speaker
from ytterby.shell.site.packs import inquiry_rules
from ytterby.shell.site.register import Register
from ytterby.shell.store.inquiries import STEP, Cases, step_fields, stored_cases
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.log import find_event
from ytterby.shell.store.reading.rights import viewer_of
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.reading.watching import all_findings
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.terms.problem import Problem, pointer, refuse

NUMBER_BYTES = 4
TRIES = 5


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What came of a step: the case's number, where it stands and at which version as its speaker is told, the log's
    size afterwards; with problems nothing was entered.
    """

    problems: tuple[Problem, ...]
    size: int
    number: str = ""
    state: str = ""
    version: int = 0


class _Stale(Exception):  # noqa: N818 -- it is no error: the step is judged again
    """Another step came first."""


def take_step(
    register: Register,
    which: str,
    step: Step,
    *,
    by: PrivateKey | None = None,
    party: str = "",
    expected: int | None = None,
    at: datetime | None = None,
) -> CaseChange:
    """Enter a step of the case that `which` names: its number, or for the office a finding's id.

    `party` is who answers, empty for the office; `expected` the version that it saw.
    """
    moment = at or now()
    for _ in range(TRIES):
        known = known_at(OPERATOR_VIEWER, None)
        case = find_case(stored_cases(register), which, party, known)
        if case is None:
            return CaseChange((refuse("inquiry.unknown", "", which),), register.size)
        command = Command(step, moment.date(), by.name if by is not None else "", party, expected)
        problems = _evidence(step, party, known, moment.date())
        said = enter(case, command, inquiry_rules())
        if problems or not isinstance(said, Said):
            return CaseChange((*problems, *(said if isinstance(said, list) else ())), register.size)
        try:
            size = _record(register, case, said, by, moment)
        except _Stale:
            continue
        except RefusedRight as refused:
            return CaseChange(refused.problems, register.size)
        publish_or_leave(register)
        return _changed(apply_step(case, said, inquiry_rules()), party, size)
    raise RuntimeError(f"the case {which} changed {TRIES} times while one step was taken")


def find_case(cases: Cases, which: str, party: str, known: Known) -> Case | None:
    """Return the case that a number or finding names, a new one for a finding without; None where who asks may know
    of none.
    """
    case = cases.by_number.get(which)
    if party:
        return case if case is not None and case.seen_by(party) else None
    case = case or cases.of_finding(which)
    if case is not None:
        return case
    found = next((one for one in all_findings(OPERATOR_VIEWER, known) if one.id == which), None)
    return None if found is None else Case(_new_number(cases), snapshot_of(found, known.size))


def _new_number(cases: Cases) -> str:
    """Return a number that says nothing of the finding: its id is a digest of what parties may guess."""
    while True:
        number = f"Q-{secrets.token_hex(NUMBER_BYTES)}"
        if number not in cases.by_number:
            return number


def _evidence(step: Step, party: str, known: Known, day: date) -> list[Problem]:
    """Name the events that who speaks cannot read itself; nobody proves by what is closed to him."""
    events: Sequence[str] = getattr(step, "events", ())
    viewer = viewer_of(OPERATOR_VIEWER, party or OPERATOR, day)
    problems = []
    for n, event in enumerate(events):
        try:
            find_event(viewer, event, known)
        except KeyError:
            problems.append(refuse("inquiry.no_such_event", pointer("events", n), event))
    return problems


def _record(register: Register, case: Case, said: Said, by: PrivateKey | None, at: datetime) -> int:
    """Enter the record of a step; return the log's size.

    Raises:
        _Stale: the case is not at the version that the step was judged by.
        RefusedRight: who speaks may not.
    """
    record = signed_record(register, Registrable(STEP, case.number, step_fields(case, said)), by)

    def check() -> None:
        check_speaker(register, record, by, at.date())
        cases = stored_cases(register)
        there = cases.by_number.get(case.number)
        if (there.version if there else 0) != case.version or (
            there is None and cases.of_finding(case.finding.id) is not None
        ):
            raise _Stale

    return register_documents([record], said.party or OPERATOR, at, check=check)


def _changed(case: Case, party: str, size: int) -> CaseChange:
    if party:
        state = told_state(case, party, inquiry_rules())
        return CaseChange((), size, case.number, state, len(case.seen_by(party)))
    return CaseChange((), size, case.number, case.state, case.version)
