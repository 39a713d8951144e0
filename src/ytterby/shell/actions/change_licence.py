"""Change where a licence stands: suspend, reinstate, revoke, surrender, as its table says.

Suspending, reinstating and revoking take two people of the licensing office: one proposes for a coded reason, another
confirms; both are records of the log (threat D1). The holder surrenders alone. What holds from the moment of the second
record on is refused at once; what was reserved before stays reserved, and a draw on it is told. Customs is
told in the same transaction, by a message of its own; what else follows from a change is told to `follow`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ytterby.chain.party import OPERATOR
from ytterby.licence.customs_message import Action
from ytterby.licence.licence_state import AMENDING, leads_to
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.draw_down import spoken_record
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight
from ytterby.shell.actions.send_customs import customs_rows
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_notices import tell_of_licence
from ytterby.shell.store.case_speakers import Speaker, speaker_flaw
from ytterby.shell.store.licence_changes import Changes, Proposal, change_fields, changes_of, coded_reasons
from ytterby.shell.store.licence_speakers import is_officer, knows, unknown_licence
from ytterby.shell.store.licences import STATUS, HeldLicence, follow_customs, held_licence, licence_table
from ytterby.shell.store.models import LicenceRow
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.law import law_at
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights
from ytterby.terms.problem import Problem, refuse

TEXT_MAX = 4_000
# What customs is told of a command that is in force.
ACTION_OF = {
    "suspend": Action.SUSPENDED,
    "reinstate": Action.REINSTATED,
    "revoke": Action.REVOKED,
    "surrender": Action.SURRENDERED,
}
TRIES = 5
PROPOSED, DONE = "proposed", "done"
# Hears number, version and command of a change that is in force, in its transaction.
Follow = Callable[[str, int, str], None]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LicenceChange:
    """What came of it: proposed or done, the number of the proposal in the log, where the licence stands."""

    problems: tuple[Problem, ...]
    size: int
    state: str = ""
    proposal: int | None = None
    status: str = ""


class _Stale(Exception):  # noqa: N818 -- it is no error: the record is made anew
    """Another record came first."""


def nobody_follows(number: str, version: int, command: str) -> None:
    """Let nothing follow from a change."""
    del number, version, command


def change_licence(
    register: Register,
    number: str,
    command: str,
    speaker: Speaker,
    *,
    reason: str = "",
    text: str = "",
    at: datetime | None = None,
    follow: Follow = nobody_follows,
) -> LicenceChange:
    """Give a command on a licence; where it takes two people it waits for another one."""
    problems = [] if reason.strip() else [refuse("licence.no_reason", "/reason")]
    if len(text) > TEXT_MAX:
        problems.append(refuse("licence.text_too_long", "/text", len(text), limit=TEXT_MAX))
    if problems:
        return LicenceChange(tuple(problems), register.size)

    def judge(held: HeldLicence, changes: Changes) -> tuple[Json, str | None]:
        row = licence_table().row(held.row.status, command)
        if row is None or row.people == 0:
            raise RefusedRight(_not_now(held, command))
        fields = change_fields(
            number, command, held.row.version, changes.count, reason=reason.strip(), text=text.strip()
        )
        problem = _reason_problem(held, command, reason.strip(), at or now())
        if problem is not None:
            raise RefusedRight(problem)
        if any(one.command == command for one in changes.waiting(held.row.version)):
            raise RefusedRight(refuse("licence.proposed_already", "", command))
        return fields, row.to if row.people == 1 else None

    return _change(register, number, command, speaker, judge, at or now(), follow)


def _reason_problem(held: HeldLicence, command: str, reason: str, at: datetime) -> Problem | None:
    """Refuse a reason that the pack in force does not list, where it lists any for the command."""
    procedure = law_at(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None), at).procedures.get(held.licence.procedure)
    known = [one.id for one in coded_reasons(procedure, command)]
    if not known or reason in known:
        return None
    return refuse("licence.reason", "/reason", reason, known=", ".join(known))


def confirm_change(
    register: Register,
    number: str,
    proposal: int,
    speaker: Speaker,
    *,
    at: datetime | None = None,
    follow: Follow = nobody_follows,
) -> LicenceChange:
    """Confirm what another person proposed, by the number of the proposal in the log; it holds from now on."""
    found = changes_of(number).proposals.get(proposal)
    command = found.command if found is not None else ""

    def judge(held: HeldLicence, changes: Changes) -> tuple[Json, str | None]:
        waiting = next((one for one in changes.waiting(held.row.version) if one.index == proposal), None)
        if waiting is None:
            raise RefusedRight(refuse("licence.no_proposal", "", proposal))
        row = licence_table().row(held.row.status, waiting.command)
        if row is None:
            raise RefusedRight(_not_now(held, waiting.command))
        _check_second(waiting, speaker)
        to = leads_to(row, waiting.command, is_amended=bool(changes.amended_by(held.row.version)))
        return change_fields(number, waiting.command, held.row.version, changes.count, of=proposal), to

    return _change(register, number, command, speaker, judge, at or now(), follow)


def _check_second(waiting: Proposal, speaker: Speaker) -> None:
    """Refuse whoever proposed.

    Raises:
        RefusedRight: it is the same person.
    """
    if waiting.by == speaker.account:
        raise RefusedRight(refuse("licence.same_person"))


def _not_now(held: HeldLicence, command: str) -> Problem:
    return refuse("licence.not_now", "", command, status=held.row.status)


def _change(
    register: Register,
    number: str,
    command: str,
    speaker: Speaker,
    judge: Callable[[HeldLicence, Changes], tuple[Json, str | None]],
    at: datetime,
    follow: Follow,
) -> LicenceChange:
    for _ in range(TRIES):
        try:
            held = _held(register, number, command, speaker, at)
            fields, to = judge(held, changes_of(number))
            size, index = _enter(register, number, command, speaker, fields, to, judge, at, follow)
        except _Stale:
            continue
        except RefusedRight as refused:
            return LicenceChange(refused.problems, register.size)
        publish_or_leave(register)
        row = LicenceRow.objects.filter(number=number).order_by("-version")[0]
        of = fields.get("of", index)
        return LicenceChange((), size, PROPOSED if to is None else DONE, of, row.status)
    raise RuntimeError(f"the licence {number} changed {TRIES} times while one change was made")


def _held(register: Register, number: str, command: str, speaker: Speaker, at: datetime) -> HeldLicence:
    """Return a licence that somebody may change by a command.

    Raises:
        RefusedRight: there is none that it may know of, or it may not give the command.
    """
    rights, held = stored_rights(register), held_licence(number)
    flaw = speaker_flaw(register, rights, speaker)
    if flaw is not None:
        raise RefusedRight(flaw)
    if held is None or not knows(rights, speaker.party, held.licence, at.date()):
        raise RefusedRight(unknown_licence(number))
    who = {role for (_, name), row in licence_table().rows.items() if name == command for role in row.who}
    if who == {"holder"} and speaker.party != held.licence.holder:
        raise RefusedRight(refuse("licence.not_the_holder", "", speaker.party))
    if who != {"holder"} and not is_officer(rights, speaker.party, at.date()):
        raise RefusedRight(refuse("licence.not_an_officer", "", speaker.party))
    return held


def _enter(
    register: Register,
    number: str,
    command: str,
    speaker: Speaker,
    fields: Json,
    to: str | None,
    judge: Callable[[HeldLicence, Changes], tuple[Json, str | None]],
    at: datetime,
    follow: Follow,
) -> tuple[int, int]:
    record = spoken_record(register, Registrable(STATUS, number, fields), speaker)
    # Customs holds a licence that is being amended as suspended already.
    messages = [] if to in {None, AMENDING} else _messages(number, command, at)
    entered: list[int] = []

    def check() -> None:
        held = _held(register, number, command, speaker, at)
        if judge(held, changes_of(number)) != (fields, to):
            raise _Stale

    def after(first: int) -> None:
        """Write the rows; the caller holds the lock."""
        entered.append(first)
        if to is not None:
            row = LicenceRow.objects.filter(number=number).order_by("-version")[0]
            LicenceRow.objects.filter(pk=row.pk).update(status=to)
            follow_customs(number)
            held = held_licence(number)
            assert held is not None, "its row was changed"
            tell_of_licence(number, held.licence.case, at)
            follow(number, row.version, command)

    # What customs is told is the register's word, whoever changed the licence.
    submitter = OPERATOR if messages else speaker.party
    size = register_documents([record, *messages], submitter, at, check=check, after=after)
    return size, entered[0]


def _messages(number: str, command: str, at: datetime) -> list[Registrable]:
    """Return what customs is told of a change."""
    held = held_licence(number)
    if held is None:
        return []
    directory = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))
    return list(customs_rows(held.licence, ACTION_OF[command], directory, at))
