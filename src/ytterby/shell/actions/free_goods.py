"""Issue documents that goods need no licence, take challenges of customs to them, and count exits under them.

A document is issued by an officer for a line that a case decided to need no licence, once; what it says of the goods is
what the register finds of them then, and a description of theirs that law answers otherwise refuses it. Customs alone
challenge and count. Each record is signed by the account's key where it has one.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ytterby.licence.case import Case
from ytterby.licence.decision_guard import NO_LICENCE
from ytterby.licence.not_controlled import (
    LOTS,
    PRODUCT,
    Exit,
    NotControlled,
    Said,
    challenge_problems,
    document_problems,
    exit_problems,
    law_standing,
    rules_of,
    said_fields,
    signed_document,
    still_holds,
)
from ytterby.licence.step import LineDecision
from ytterby.proof.key import KeyUse
from ytterby.shell.actions.casework import new_number
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight
from ytterby.shell.site.licence_key import licence_key
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import Speaker, speaker_flaw, speaking
from ytterby.shell.store.cases import stored_case
from ytterby.shell.store.casework.case_desk import Desk, desk_at
from ytterby.shell.store.not_controlled import (
    CHALLENGE,
    DOCUMENT,
    EXIT,
    document_record,
    numbers_of,
    stored_free_goods,
)
from ytterby.shell.store.reading.free_goods import GoodsNow, facts_now
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import signed_text, stored_rights
from ytterby.terms.instant import write_instant
from ytterby.terms.problem import Problem, refuse

OFFICER, CUSTOMS = "officer", "customs"
# States of a case in which a decision stands.
DECIDED = frozenset({"no_licence", "granted", "issued", "closed"})

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FreeChange:
    """What came of it: nothing was entered where a problem refuses. `numbers` are those of documents that were issued;
    `why` tells of an exit why its document does not hold.
    """

    problems: tuple[Problem, ...]
    size: int
    numbers: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


def issue_free(
    register: Register, case_number: str, speaker: Speaker, *, number: str = "", at: datetime | None = None
) -> FreeChange:
    """Issue a document for each line that a case decided to need no licence; `number` is a demo's to give."""
    moment = at or now()
    if number and not register.is_demo:
        return _refused(register, refuse("case.number_is_drawn", "", number))
    known = known_at(OPERATOR_VIEWER, None)
    case = stored_case(case_number)
    problem = _role_problem(register, speaker, moment, OFFICER, case.applicant if case is not None else "")
    if case is None or problem is not None:
        return _refused(register, problem or refuse("case.unknown", "", case_number))
    lines = _freed_lines(case)
    desk = desk_at(case.procedure, case.kind, moment, known)
    if isinstance(desk, Problem) or not lines:
        nothing = refuse("not_controlled.nothing_freed", "", case_number)
        return _refused(register, desk if isinstance(desk, Problem) else nothing)
    numbers = [f"{number}-{place}" if number and place > 1 else number for place in range(1, len(lines) + 1)]
    made = [
        _document(desk, case, line, name or new_number("N"), speaker) for line, name in zip(lines, numbers, strict=True)
    ]
    problems = [problem for _, found in made for problem in found]
    if problems:
        return FreeChange(tuple(problems), register.size)
    key = licence_key(register)
    documents = [one for one, _ in made]
    rows = [
        Registrable(DOCUMENT, one.number, document_record(one, signed_document(register.id, one, key)))
        for one in documents
    ]

    def check() -> list[Problem]:
        if numbers_of(case=case_number):
            return [refuse("not_controlled.issued", "", case_number)]
        return [refuse("not_controlled.issued", "", one.number) for one in documents if stored_free_goods(one.number)]

    return _enter(register, rows, speaker, moment, check, tuple(one.number for one in documents))


def _freed_lines(case: Case) -> list[LineDecision]:
    decided = case.decided
    if decided is None or case.state not in DECIDED:
        return []
    return [one for one in decided[1].lines if one.outcome == NO_LICENCE]


def _document(
    desk: Desk, case: Case, decided: LineDecision, number: str, speaker: Speaker
) -> tuple[NotControlled, list[Problem]]:
    """Return the document of a line, by what the register finds of its goods now, and why it cannot be issued."""
    line = next(one for one in case.application.lines if one.line == decided.line)
    bound = LOTS if line.lots else PRODUCT
    subjects = tuple(sorted(line.lots)) if line.lots else tuple(filter(None, (line.product,)))
    report = str((decided.freeing or {}).get("report", "")).removeprefix("sha256:")
    goods = GoodsNow(desk.known, bound, subjects, desk.today)
    law = goods.law(desk.known, desk.procedure, desk.today, report)
    document = NotControlled(
        number=number,
        case=case.number,
        line=line.line,
        procedure=case.procedure,
        holder=case.applicant,
        bound=bound,
        subjects=subjects,
        name=line.name,
        form="" if law is None else law.form,
        composition={} if law is None else law.composition,
        goods=goods.digest or "",
        source=goods.source or (),
        freeing=() if law is None else law.freeing,
        rules=() if law is None else rules_of(law),
        by="" if law is None else law.by,
        law="" if law is None else law_standing(law),
        on=desk.today.isoformat(),
        report=report,
        issued_at=write_instant(desk.at),
        issued_by=speaker.account,
    )
    if law is None:
        return document, [refuse("not_controlled.goods_unknown", "/line", line.line)]
    return document, document_problems(document, law)


def challenge_free(
    register: Register, number: str, said: Said, speaker: Speaker, *, at: datetime | None = None
) -> FreeChange:
    """Enter what customs say of a document: a question, a sample, a result."""
    moment = at or now()
    problem = _role_problem(register, speaker, moment, CUSTOMS)
    if problem is not None:
        return _refused(register, problem)

    def check() -> list[Problem]:
        found = stored_free_goods(number)
        if found is None:
            return [refuse("not_controlled.unknown", "", number)]
        return challenge_problems(found.document, found.challenges, said, moment.date())

    told = {"said": said_fields(said), "at": write_instant(moment), "by": speaker.account, "party": speaker.party}
    row = Registrable(CHALLENGE, number, {"id": number, **told})
    return _enter(register, [row], speaker, moment, check, (number,))


def count_exit(
    register: Register, number: str, one: Exit, speaker: Speaker, *, at: datetime | None = None
) -> FreeChange:
    """Count goods that left under a document, whether it held or not: `why` says so. The same again is counted once."""
    moment = at or now()
    problem = _role_problem(register, speaker, moment, CUSTOMS)
    if problem is not None:
        return _refused(register, problem)
    known = known_at(OPERATOR_VIEWER, None)
    found = stored_free_goods(number)
    if found is None:
        return _refused(register, refuse("not_controlled.unknown", "", number))
    why = still_holds(found.document, facts_now(OPERATOR_VIEWER, found, known, moment.date()))
    told = {
        "declaration": one.declaration,
        "line": one.line,
        "seq": one.seq,
        "quantity": one.quantity,
        "unit": one.unit,
        "at": one.at or write_instant(moment),
    }
    row = Registrable(EXIT, number, {"id": number, **told, "why": list(why), "by": speaker.account})
    is_counted = False

    def check() -> list[Problem]:
        nonlocal is_counted
        again = stored_free_goods(number)
        counted = again.exits if again is not None else {}
        is_counted = one.key in counted
        return exit_problems(counted, one)

    if one.key in found.exits and not exit_problems(found.exits, one):
        return FreeChange((), register.size, (number,), why)
    change = _enter(register, [row], speaker, moment, check, (number,), lambda: is_counted)
    return FreeChange(change.problems, change.size, change.numbers, why)


def _role_problem(register: Register, speaker: Speaker, at: datetime, role: str, applicant: str = "") -> Problem | None:
    """Return why somebody may not say this: it is not who it says, or not of the role."""
    rights = stored_rights(register)
    flaw = speaker_flaw(register, rights, speaker)
    if flaw is not None:
        return flaw
    roles = speaking(rights, speaker, at.date(), applicant=applicant or "-").roles
    return None if role in roles else refuse("not_controlled.role", "", speaker.account, role=role)


class _CountedError(Exception):
    """The exit was counted while this one waited for the lock."""


def _enter(
    register: Register,
    rows: list[Registrable],
    speaker: Speaker,
    at: datetime,
    check: Callable[[], list[Problem]],
    numbers: tuple[str, ...],
    is_counted: Callable[[], bool] = lambda: False,
) -> FreeChange:
    """Enter records that nothing refuses under the lock, each signed where the speaker's key signs."""

    def checked() -> None:
        problems = check()
        flaw = speaker_flaw(register, stored_rights(register), speaker)
        if flaw is not None or problems:
            raise RefusedRight(*([flaw] if flaw is not None else problems))
        if is_counted():
            raise _CountedError

    try:
        size = register_documents([_signed(register, row, speaker) for row in rows], speaker.party, at, check=checked)
    except RefusedRight as refused:
        return FreeChange(refused.problems, register.size)
    except _CountedError:
        return FreeChange((), register.size, numbers)
    publish_or_leave(register)
    return FreeChange((), size, numbers)


def _signed(register: Register, row: Registrable, speaker: Speaker) -> Registrable:
    key = speaker.key
    if key is None or key.use is not KeyUse.OFFICER:
        return row
    signature = key.sign(signed_text(register.id, row.kind, row.fields), use=KeyUse.OFFICER)
    return row._replace(fields={**row.fields, "signature": b64encode(signature).decode()})


def _refused(register: Register, problem: Problem) -> FreeChange:
    return FreeChange((problem,), register.size)
