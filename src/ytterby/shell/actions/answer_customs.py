"""Enter what customs answered about messages, and send again what it did not take.

Who may answer: accounts of a party that is customs, in the country whose office issued the licence (threat Q4); who may
send again: the licensing office. Each answer is a record of its own, entered alone, so that one that cannot be entered
keeps no other out; the same answer again changes nothing and is told as such. In a demo whoever holds the folder says
who speaks; nothing else is lifted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ytterby.licence.customs_message import Action, CustomsAnswer, Taken, answer_problems, resent_message
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.draw_down import spoken_record
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight
from ytterby.shell.actions.send_customs import message_record
from ytterby.shell.site.register import Register
from ytterby.shell.store.case_speakers import Speaker, speaker_flaw
from ytterby.shell.store.customs import ANSWER, answer_fields, stored_at_customs
from ytterby.shell.store.licence_speakers import is_officer
from ytterby.shell.store.licences import follow_customs, held_licence
from ytterby.shell.store.models import CustomsMessageRow
from ytterby.shell.store.reading.entries import whole_directory
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.viewer import CUSTOMS, OPERATOR_VIEWER
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights
from ytterby.terms.problem import Problem, pointer, refuse


@dataclass(frozen=True, slots=True)
class AnswersEntered:
    """What came of answers: what each did by its message, problems of those that were not entered, the log's size."""

    taken: dict[str, Taken]
    problems: tuple[Problem, ...]
    size: int


@dataclass(frozen=True, slots=True)
class MessageSent:
    """The identifier of a message that was sent again; with problems nothing was."""

    message: str
    problems: tuple[Problem, ...]
    size: int


class _Known(Exception):  # noqa: N818 -- it is no error: the answer was given before
    """The same answer stands in the log."""


def answer_customs(
    register: Register, answers: Sequence[CustomsAnswer], speaker: Speaker, *, at: datetime | None = None
) -> AnswersEntered:
    """Enter answers of customs, each for itself. Places of problems are positions among the answers."""
    moment = at or now()
    taken: dict[str, Taken] = {}
    problems: list[Problem] = []
    for place, answer in enumerate(answers):
        where = pointer(place)
        wrong = answer_problems(answer, where)
        if not wrong:
            try:
                taken[answer.message] = _enter(register, answer, speaker, moment, f"{where}/message")
            except RefusedRight as refused:
                wrong = list(refused.problems)
        problems += wrong
    if taken:
        publish_or_leave(register)
    return AnswersEntered(taken, tuple(problems), register.size)


def _enter(register: Register, answer: CustomsAnswer, speaker: Speaker, at: datetime, where: str) -> Taken:
    """Enter one answer; return what it did.

    Raises:
        RefusedRight: who speaks may not, or there is no such message for it.
    """
    unknown = refuse("customs.unknown_message", where, answer.message)
    row = CustomsMessageRow.objects.filter(message=answer.message).first()
    if row is None:
        raise RefusedRight(unknown)
    fields = answer_fields(row.licence, row.version, answer)
    record = spoken_record(register, Registrable(ANSWER, row.licence, fields), speaker)
    did: list[Taken] = []

    def check() -> None:
        _check_customs(register, speaker, row.country, at, unknown)
        did.append(stored_at_customs(row.licence).take(answer)[1])
        if did[0] is Taken.DUPLICATE:
            raise _Known

    try:
        register_documents([record], speaker.party, at, check=check, after=lambda _: follow_customs(row.licence))
    except _Known:
        return Taken.DUPLICATE
    return did[-1]


def _check_customs(register: Register, speaker: Speaker, country: str, at: datetime, unknown: Problem) -> None:
    """Refuse whoever is not customs of a country; the caller holds the lock.

    Raises:
        RefusedRight: it is not who it says, no customs, or of another country, which is told of no message.
    """
    rights = stored_rights(register)
    flaw = speaker_flaw(register, rights, speaker)
    if flaw is not None:
        raise RefusedRight(flaw)
    if all(one.mandate != CUSTOMS for one in rights.of_party(speaker.party, at.date())):
        raise RefusedRight(refuse("customs.not_customs", "", speaker.party))
    party = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None)).parties.get(speaker.party)
    if party is None or party.country != country:
        raise RefusedRight(unknown)


def send_again(register: Register, which: str, speaker: Speaker, *, at: datetime | None = None) -> MessageSent:
    """Send a rejected message again under a new identifier, with parties as they are registered by now."""
    moment = at or now()
    row = CustomsMessageRow.objects.filter(message=which).first()
    held = held_licence(row.licence) if row is not None else None
    if row is None or held is None:
        return MessageSent("", (refuse("customs.unknown_message", "", which),), register.size)
    directory = whole_directory(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None))
    record = message_record(held.licence, Action(row.action), directory, moment, resends=which)
    record = spoken_record(register, record, speaker)

    def check() -> None:
        rights = stored_rights(register)
        flaw = speaker_flaw(register, rights, speaker)
        if flaw is None and not is_officer(rights, speaker.party, moment.date()):
            flaw = refuse("licence.not_an_officer", "", speaker.party)
        if flaw is None:
            made = resent_message(stored_at_customs(row.licence), which, id_="", content={}, at=moment)
            flaw = made if isinstance(made, Problem) else None
        if flaw is None and held.licence.version != row.version:
            flaw = refuse("customs.not_rejected", "/message", which, state="settled")
        if flaw is not None:
            raise RefusedRight(flaw)

    try:
        size = register_documents(
            [record], speaker.party, moment, check=check, after=lambda _: follow_customs(row.licence)
        )
    except RefusedRight as refused:
        return MessageSent("", refused.problems, register.size)
    publish_or_leave(register)
    return MessageSent(str(record.fields["message"]), (), size)
