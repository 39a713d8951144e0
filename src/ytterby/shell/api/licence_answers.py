"""What addresses of licences and of customs answer, each audience its own fields (see `answers`)."""

from typing import Any

from ytterby.shell.api.answers import Answer, ProblemAnswer

Json = dict[str, Any]


class Validity(Answer, frozen=True, rename={"first": "from", "last": "to"}):
    """First and last day."""

    first: str
    last: str


class LicenceRow(Answer, frozen=True):
    """A licence in a list."""

    licence: str
    version: int
    status: str
    customs: str
    holder: str
    destination: str
    validity: Validity


class LicenceList(Answer, frozen=True):
    """A page of licences; `next` is `after` of the next one."""

    licences: tuple[LicenceRow, ...]
    next: str | None
    as_of_size: int | None = None


class LicenceLineTold(Answer, frozen=True):
    """A line of a licence: exact decimals in its unit."""

    line: str
    product: str
    name: str
    code: str
    quantity: str
    tolerance: str
    unit: str
    drawn: str
    reserved: str
    free: str
    lapsed: str
    unlicensed: str
    is_exhausted: bool


class HolderExit(Answer, frozen=True):
    """An export as the holder is told it."""

    declaration: str
    line: str
    exporter: str | None
    state: str


class Exit(Answer, frozen=True):
    """An export as both sides told it."""

    declaration: str
    line: str
    exporter: str | None
    customs: str | None
    difference: str | None
    state: str


class EntryTold(Answer, frozen=True):
    """An entry on a licence."""

    index: int
    line: str
    kind: str
    declaration: str
    declaration_line: int
    seq: int
    on: str
    quantity: str
    code: str
    drawn: str
    reserved: str
    unlicensed: str
    reason: str


class Waiting(Answer, frozen=True):
    """A change that waits for a second person."""

    proposal: int
    command: str
    reason: str
    text: str
    by: str


class Unlinked(Answer, frozen=True):
    """An exit that came before the licence."""

    record: int
    line: str
    declaration: str
    seq: int
    on: str
    quantity: str
    unit: str


class EventWithoutEffect(Answer, frozen=True):
    """An event that names the licence and did nothing on it, or not all that it said, and why."""

    index: int
    record: int | None
    why: str


class _Licence(Answer, frozen=True):
    """What every reader of a licence is told."""

    licence: str
    version: int
    status: str
    customs: str
    holder: str
    country: str
    destination: str
    kind: str
    exports: str
    done_when: str
    validity: Validity
    lines: tuple[LicenceLineTold, ...]
    findings: tuple[Json, ...]
    events: tuple[EventWithoutEffect, ...]
    as_of_size: int | None = None


class HolderLicence(_Licence, frozen=True, kw_only=True):
    """A licence as its holder reads it."""

    exits: tuple[HolderExit, ...]


class CustomsLicence(_Licence, frozen=True, kw_only=True):
    """A licence as customs of its country reads it."""

    exits: tuple[Exit, ...]
    entries: tuple[EntryTold, ...]


class OfficeLicence(_Licence, frozen=True, kw_only=True):
    """A licence as the office and auditors read it."""

    exits: tuple[Exit, ...]
    entries: tuple[EntryTold, ...]
    waiting: tuple[Waiting, ...]
    unlinked: tuple[Unlinked, ...]


class EntryAnswer(Answer, frozen=True):
    """What an entry did. `verdict` is of an exit: drawn, drawn_in_part, not_drawn, and `reason` why not all of it."""

    code: str
    verdict: str | None
    reason: str | None
    drawn: str
    unlicensed: str
    unit: str
    record: int | None
    problems: tuple[ProblemAnswer, ...]
    as_of_size: int | None = None


class StatusAnswer(Answer, frozen=True):
    """A change of a licence: proposed or done, the proposal's number, where the licence stands."""

    state: str
    proposal: int | None
    status: str
    problems: tuple[ProblemAnswer, ...]
    as_of_size: int | None = None


# Customs


class MessageRow(Answer, frozen=True):
    """A message to customs without what it says."""

    message: str
    licence: str
    version: int
    sequence: int
    attempt: int
    action: str
    sent_at: str
    state: str


class MessageList(Answer, frozen=True):
    """Messages, and how many there are in all."""

    messages: tuple[MessageRow, ...]
    count: int
    as_of_size: int | None = None


class WaitingMessages(Answer, frozen=True):
    """Messages that wait, whole, each with its digest."""

    messages: tuple[Json, ...]
    as_of_size: int | None = None


class AnswerTaken(Answer, frozen=True):
    """What an answer did: to which message."""

    message: str
    did: str


class AnswersTold(Answer, frozen=True):
    """What answers did; `left` is how many were not looked at, since too many came at once."""

    taken: tuple[AnswerTaken, ...]
    left: int
    problems: tuple[ProblemAnswer, ...]
    as_of_size: int | None = None


class CustomsErrorTold(Answer, frozen=True):
    """A message that customs did not take."""

    kind: str
    message: str
    licence: str
    sequence: int
    codes: tuple[str, ...]
    text: str
    contradicted: bool


class CustomsAlarms(Answer, frozen=True):
    """What waits too long, and what was rejected."""

    overdue: tuple[ProblemAnswer, ...]
    errors: tuple[CustomsErrorTold, ...]
    as_of_size: int | None = None


class Resent(Answer, frozen=True):
    """The identifier of a message that was sent again."""

    message: str
    problems: tuple[ProblemAnswer, ...]
    as_of_size: int | None = None
