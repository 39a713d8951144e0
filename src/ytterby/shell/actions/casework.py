"""Take a step in a case: the one way in which anything changes in one, whatever door it comes through.

A step is judged outside the lock by what the log tells then, and entered under the lock only if the case is still at
the version that it was judged by; else it is judged anew. What rests on the whole register (screening at the issue, the
checks before an approval) is entered only if the log has not grown meanwhile; if it keeps growing, the last try judges
under the lock. What follows by rule from a step (`case_follow`) is entered in the same transaction: assignment,
evidence, the tier, an automatic decision, the licence with its messages to customs.

An approval carries the signature of the person's own key over the draft, the case's version, the order and a nonce,
and is held against the keys of the log before it is entered (threat D2); a nonce is used once.
"""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from django.db import IntegrityError

from ytterby.chain.party import OPERATOR
from ytterby.licence.application import Application
from ytterby.licence.case import Case, Event
from ytterby.licence.entering import begin, enter, row_of
from ytterby.licence.office import Speaking
from ytterby.licence.sight import applicant_version, is_own_draft, told_state
from ytterby.licence.step import (
    Answer,
    Approve,
    Assign,
    Begin,
    DecideAutomatically,
    Gather,
    Issue,
    Propose,
    Step,
    Submit,
    Supply,
)
from ytterby.licence.transition import Row
from ytterby.proof.approval import ApprovalSignature, approval_challenge
from ytterby.proof.key import KeyUse
from ytterby.shell.actions.case_follow import Follow, follow_ups
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.passkey import check_approval, note_use
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_notices import tell_of_case
from ytterby.shell.store.case_speakers import SYSTEM_SPEAKING, Speaker, speaker_flaw, speaking
from ytterby.shell.store.cases import CASE_EVENT, case_version, event_record, stored_case, write_case
from ytterby.shell.store.casework.case_desk import Desk, desk_at, office_at
from ytterby.shell.store.licences import held_licence
from ytterby.shell.store.models import LogHead
from ytterby.shell.store.opened_case import OpenedCase, open_case
from ytterby.shell.store.reading.known import Known
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import Rights, kept_rights, signed_text, stored_rights
from ytterby.shell.store.writing import write
from ytterby.terms.problem import Problem, refuse

TRIES = 5
# What rests on more than the case: it is entered only where nothing came in between.
ON_THE_REGISTER = (Propose, Approve, DecideAutomatically, Issue)
# By these an application comes to reserve its lots, or others than before.
RESERVING = (Submit, Supply, Answer)
# What the register does by itself, and again where an officer asks for it.
REGISTERS_OWN = (Gather, Assign)
_ALPHABET = "23456789CFGHJMPQRVWX"  # no letters that are read as digits, and no vowels that make words
_NUMBER_LENGTH = 10

Json = dict[str, Any]


PARTIES = frozenset({"applicant", "end_user"})


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What came of a step: nothing was entered where a problem refuses. `licence` is the number of what was issued.

    `told_version` and `told_state` are as whoever took the step counts and is told them: a party of the case counts the
    events that it sees, and reads nothing of what the office does among itself (threat C7).
    """

    problems: tuple[Problem, ...]
    size: int
    number: str = ""
    version: int = 0
    state: str = ""
    licence: str = ""
    told_version: int = 0
    told_state: str = ""


class _Stale(Exception):  # noqa: N818 -- it is no error: the step is judged anew
    """Something came in between."""


def new_number(prefix: str) -> str:
    """Return a drawn number that tells neither order nor neighbours (threat Q5)."""
    return f"{prefix}-" + "".join(secrets.choice(_ALPHABET) for _ in range(_NUMBER_LENGTH))


def begin_case(
    register: Register,
    kind: str,
    application: Application | None,
    speaker: Speaker,
    *,
    amends: str = "",
    copy_of: str = "",
    number: str = "",
    at: datetime | None = None,
) -> CaseChange:
    """Begin a case; its number is drawn where none is given, which is a demo's to give.

    `copy_of` is an earlier case of whoever speaks, which is told; without an application that is applied for again, or
    what the licence was applied for that is to be amended.
    """
    if number and not register.is_demo:
        return CaseChange((refuse("case.number_is_drawn", "", number),), register.size)
    copied = _own_application(copy_of or _case_of(amends), speaker.party) if copy_of or application is None else None
    application = application or copied
    if application is None or (copy_of and copied is None):
        return CaseChange((refuse("case.nothing_to_copy", "/copy_of", copy_of),), register.size)
    step = Begin(kind, application, amends, copy_of)
    return _take(register, number or new_number("C"), step, speaker, 0, at or now())


def _case_of(licence: str) -> str:
    """Return the case by which a licence was first issued; empty where there is none."""
    held = held_licence(licence) if licence else None
    return held.licence.case if held is not None else ""


def _own_application(number: str, party: str) -> Application | None:
    """Return what a party applied for in a case of its own; None where it has none of that number."""
    case = stored_case(number) if number else None
    return case.application if case is not None and case.applicant == party else None


def take_step(
    register: Register,
    number: str,
    step: Step,
    speaker: Speaker,
    *,
    expected: int | None = None,
    licence: str = "",
    at: datetime | None = None,
) -> CaseChange:
    """Take a step in a case. `expected` is the version that the speaker saw; `licence` the number to issue under, which
    is drawn where none is given.
    """
    if isinstance(step, Begin):
        raise ValueError("a case is begun by begin_case")
    if licence and not register.is_demo:
        return CaseChange((refuse("case.number_is_drawn", "", licence),), register.size)
    return _take(register, number, step, speaker, expected, at or now(), licence)


def _take(
    register: Register,
    number: str,
    step: Step,
    speaker: Speaker,
    expected: int | None,
    at: datetime,
    licence: str = "",
) -> CaseChange:
    licence = licence or new_number("L")  # one for all tries; whatever number a step names is nobody's to give
    for attempt in range(TRIES):
        try:
            return _Taking(register, number, step, speaker, expected, at, licence, attempt == TRIES - 1).run()
        except _Stale:
            continue
    raise RuntimeError(f"the case {number} changed {TRIES} times while one step was taken")


@dataclass
class _Judged:
    """A step that may be entered, with what follows it, and the case before."""

    before: Case
    case: Case
    entered: list[Event]
    follow: Follow


class _Taking:
    """One try to take a step."""

    def __init__(
        self,
        register: Register,
        number: str,
        step: Step,
        speaker: Speaker,
        expected: int | None,
        at: datetime,
        licence: str,
        is_last: bool,
    ) -> None:
        self.register, self.number, self.step, self.speaker = register, number, step, speaker
        self.expected, self.at, self.licence, self.is_last = expected, at, licence, is_last

    def run(self) -> CaseChange:
        """Judge, then enter."""
        if self.is_last:
            return self._run_under_the_lock()
        opened = self._opened()
        judged = self._judge(opened)
        if not isinstance(judged, _Judged):
            return CaseChange(tuple(judged), opened.size)
        return self._enter(judged, opened.size)

    def _opened(self) -> OpenedCase:
        return open_case(self.number, self.speaker.account)

    def _run_under_the_lock(self) -> CaseChange:
        """Judge under the lock, as nothing comes in between there; kept for a register that never rests."""

        def judge_and_enter(head: LogHead) -> CaseChange:
            judged = self._judge(self._opened())
            if isinstance(judged, _Judged):
                return self._enter(judged, head.size)
            return CaseChange(tuple(judged), head.size)

        return write(judge_and_enter)

    def _judge(self, opened: OpenedCase) -> _Judged | list[Problem]:
        step, speaker, known = self.step, self.speaker, Known(opened.size)
        rights = kept_rights(self.register, opened.size)
        flaw = speaker_flaw(self.register, rights, speaker, is_disabled=opened.is_disabled)
        if flaw is not None:
            return [flaw]
        case = opened.case if not isinstance(step, Begin) else Case(self.number)
        if case is None:
            return [refuse("case.unknown", "", self.number)]
        told = step.application if isinstance(step, Begin) else case.application
        procedure = told.procedure if isinstance(step, Begin) else case.procedure
        kind = step.kind if isinstance(step, Begin) else case.kind
        try:
            desk = desk_at(procedure, kind, self.at, known)
        except KeyError:
            return [refuse("case.no_such_kind", "/kind", kind)]
        if isinstance(desk, Problem):
            return [desk]
        end_users = {one.party for one in told.of_role("end_user")}
        applicant = "" if isinstance(step, Begin) else case.applicant
        follow = Follow(self.register, desk, rights, self.licence)
        member = follow.roster.members.get(speaker.account)
        who = speaking(
            rights,
            speaker,
            desk.today,
            applicant=applicant,
            end_users=end_users,
            conflicts=member.conflicts if member is not None else (),
            team=follow.roster.team_of(speaker.account),
        )
        if not isinstance(step, Begin) and not _may_know(case, who):
            return [refuse("case.unknown", "", self.number)]
        return self._entered(case, desk, who, follow)

    def _entered(self, case: Case, desk: Desk, who: Speaking, follow: Follow) -> _Judged | list[Problem]:
        if isinstance(self.step, REGISTERS_OWN) and "officer" in who.roles and who.account not in case.conflicted:
            who = SYSTEM_SPEAKING  # an officer asks for it; what comes of it is the register's word
        step = follow.prepared(case, self.step)
        office = office_at(desk, case, step, who)
        if isinstance(step, Begin):
            found = begin(self.number, step, office)
            state = office.rules.table.begins
        else:
            found = enter(case, step, office, expected=self.expected)
            row = row_of(case, step, office) if isinstance(found, Event) else None
            state = row.after(case.state) if isinstance(row, Row) else ""
        if not isinstance(found, Event):
            return found
        if isinstance(step, Approve) and (problems := self._signature_problems(case, step, follow.rights)):
            return list(problems)
        judged = _Judged(case, case.after(found, state), [found], follow)
        if isinstance(step, RESERVING):
            follow.look_at_lots(judged.case)
        problems = follow_ups(judged.follow, case, judged)
        if not problems and isinstance(step, RESERVING):
            problems = follow.taken_lots(judged.case)
        return problems or judged

    def _signature_problems(self, case: Case, step: Approve, rights: Rights) -> Sequence[Problem]:
        """Return why the signature of an approval does not count (threat D2); nothing where it does."""
        try:
            signature = msgspec.convert(step.signature, ApprovalSignature)
        except msgspec.ValidationError:
            return [refuse("case.no_signature", "/signature", "")]
        challenge = approval_challenge(
            step.draft, case.number, case.version, step.order, signature.nonce, self.register.id
        )
        keys = rights.signing_keys()
        return check_approval(self.register, signature, challenge, account=self.speaker.account, keys=keys)

    def _enter(self, judged: _Judged, size_read: int) -> CaseChange:
        case, events = judged.case, judged.entered
        states = judged.follow.states
        before = judged.before.version
        folded = Case(case.number, case.kind, "", case.events[:before])
        records: list[Registrable] = []
        for event in events:
            state = states.get(event.version, case.state)
            records.append(self._signed(event_record(folded, event, state, self._via(event))))
        records += judged.follow.records

        def check() -> None:
            """Check under the lock, where the log has grown, that what the step was judged by still holds."""
            rights = stored_rights(self.register)
            if (flaw := speaker_flaw(self.register, rights, self.speaker)) is not None:
                raise RefusedRight(flaw)
            if case_version(case.number) != before:
                raise _Stale
            if isinstance(self.step, ON_THE_REGISTER) or (judged.follow.rests_on_register and not self.is_last):
                raise _Stale
            if isinstance(self.step, RESERVING) and (taken := judged.follow.taken_lots(case)):
                raise RefusedRight(*taken)

        def after(first: int) -> None:
            entered = [(first + place, event) for place, event in enumerate(events)]
            write_case(case, entered, judged.follow.desk.rules.table, judged.follow.due(case))
            judged.follow.write(judged.before, case, first + len(events))
            tell_of_case(case, events, judged.follow.present, self.at)
            if isinstance(self.step, Approve):
                note_use(msgspec.convert(self.step.signature, ApprovalSignature), self.at)

        try:
            size = register_documents(
                records, OPERATOR, self.at, check=check, after=after, judged_at=size_read, are_new=True
            )
        except RefusedRight as refused:
            return CaseChange(refused.problems, self.register.size)
        except IntegrityError as error:
            return CaseChange((_of_constraint(error, case, self.step),), self.register.size)
        publish_or_leave(self.register, size)
        is_party = events[0].role in PARTIES
        return CaseChange(
            (),
            size,
            case.number,
            case.version,
            case.state,
            next(reversed(case.licences), ""),
            told_version=applicant_version(case) if is_party else case.version,
            told_state=told_state(case.state) if is_party else case.state,
        )

    def _via(self, event: Event) -> str:
        return "system" if event.by == "system" else self.speaker.via

    def _signed(self, record: Registrable) -> Registrable:
        """Return a record with the signature of the speaker's key, where there is one and the event is the
        speaker's.
        """
        key = self.speaker.key
        if key is None or key.use is not KeyUse.OFFICER or record.fields["by"] != key.name:
            return record
        signature = key.sign(signed_text(self.register.id, CASE_EVENT, record.fields), use=KeyUse.OFFICER)
        return record._replace(fields={**record.fields, "signature": b64encode(signature).decode()})


def _may_know(case: Case, who: Speaking) -> bool:
    """Tell whether a case exists for somebody: its applicant, and once it was handed in its end users and whoever works
    on cases.
    """
    if is_own_draft(case) and "applicant" not in who.roles:
        return False
    return bool(who.roles & {"applicant", "end_user", "officer", "province", "department", "customs"}) and (
        "applicant" not in who.roles or who.party == case.applicant
    )


# What a constraint of the database is called by -> what it refuses.
OF_CONSTRAINTS: tuple[tuple[str, Problem], ...] = (
    ("amending", refuse("case.amended_already")),
    ("approval_not_by_author", refuse("case.may_not_approve_author")),
    ("approval_of_a_person_once", refuse("case.may_not_approve_already_signed")),
    ("approval_of_an_order_once", refuse("case.order_taken")),
)


def _of_constraint(error: IntegrityError, case: Case, step: Step) -> Problem:
    """Return what a constraint of the database refused; what none of ours refused is raised again."""
    for name, problem in OF_CONSTRAINTS:
        if name in str(error):
            return replace(problem, value=case.number)
    if "nonce" in str(error) and isinstance(step, Approve):
        return refuse("case.nonce_used", "/signature/nonce", str(step.signature.get("nonce", "")))
    raise error
