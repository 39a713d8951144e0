"""Messages to customs about licences, what customs answered, and where each licence stands with customs.

Every change of a licence's status is a message: an identifier, the licence and its version, its place in the sequence
of this licence, the action, the whole content and its digest. Customs answers by identifier: `acknowledged`, or
`rejected` with codes. A rejected message is sent again, corrected, under a new identifier and in the same place of the
sequence (`attempt`).

Where a licence stands is a function of the *set* of messages and answers: each order of arrival, each repetition comes
to the same (threat: replayed and reordered messages). So nothing waits: no message for the answer to another one of its
licence or of any other, since each tells the whole licence and the newest that customs knows settles all before it.
An answer about a message that is not known yet is kept, and counts once the message is there. Who says of one message
that it is acknowledged and that it is rejected has not taken it: rejected counts, and a person looks.

Instants are given, never read. Source: shared/domain/casework.md 2.6 and 5.3 (`active` needs an acknowledgement).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

import msgspec

from ytterby.licence.customs_content import Json, content_digest
from ytterby.terms.problem import Problem, finding, pointer, refuse

CODES_MAX, TEXT_MAX = 20, 500
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
CUSTOMS_ERROR = "customs_error"


class Action(StrEnum):
    """What happened to a licence."""

    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REINSTATED = "reinstated"
    SURRENDERED = "surrendered"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REQUANTIFIED = "requantified"


# What customs lets goods leave on, once it knows it.
ACTIVE = frozenset({Action.ISSUED, Action.REINSTATED, Action.REQUANTIFIED})


class Verdict(StrEnum):
    """What customs says of a message."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


class Towards(StrEnum):
    """Where a licence stands with customs: by its newest message."""

    NOT_SENT = "not_sent"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


class Taken(StrEnum):
    """What an answer did."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"  # kept; a newer message of the licence is acknowledged already
    CONTRADICTED = "contradicted"  # kept; the other verdict on the same message was given too
    EARLY = "early"  # kept; the message is not known yet


class CustomsMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One message. `sequence` counts the changes of one licence from 1, `attempt` how often this one was sent."""

    id: str
    licence: str
    version: int
    sequence: int
    action: Action
    at: datetime
    content: Json
    attempt: int = 1
    resends: str = ""

    @property
    def digest(self) -> str:
        """The digest of the content."""
        return content_digest(self.content)

    @property
    def place(self) -> tuple[int, int]:
        """Its place among the messages of its licence."""
        return self.sequence, self.attempt


class CustomsAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What customs said of one message; `codes` say why it was rejected."""

    message: str
    verdict: Verdict
    codes: tuple[str, ...] = ()
    text: str = ""


class CustomsError(msgspec.Struct, frozen=True):
    """Work for a person: a message that customs did not take."""

    message: str
    licence: str
    sequence: int
    codes: tuple[str, ...]
    text: str
    is_contradicted: bool
    kind: str = CUSTOMS_ERROR


@dataclass(frozen=True)
class LicenceAtCustoms:
    """Messages of one licence with what customs answered, as sets."""

    messages: Mapping[str, CustomsMessage] = field(default_factory=dict)
    answers: Mapping[str, frozenset[CustomsAnswer]] = field(default_factory=dict)

    @cached_property
    def current(self) -> tuple[CustomsMessage, ...]:
        """The last attempt of each place, in sequence."""
        last: dict[int, CustomsMessage] = {}
        for one in sorted(self.messages.values(), key=lambda m: (m.place, m.id)):
            last[one.sequence] = one
        return tuple(last[sequence] for sequence in sorted(last))

    def verdict_on(self, message: str) -> Verdict | None:
        """Return what customs says of a message, whatever it said first; None while it has said nothing."""
        said = {answer.verdict for answer in self.answers.get(message, ())}
        if not said:
            return None
        return Verdict.REJECTED if Verdict.REJECTED in said else Verdict.ACKNOWLEDGED

    @cached_property
    def known(self) -> CustomsMessage | None:
        """The newest message that customs acknowledged: what it holds the licence to be."""
        taken = [one for one in self.messages.values() if self.verdict_on(one.id) is Verdict.ACKNOWLEDGED]
        return max(taken, key=lambda m: (m.place, m.id), default=None)

    @cached_property
    def unsettled(self) -> tuple[CustomsMessage, ...]:
        """Messages that no acknowledgement has settled, in sequence: neither of their own nor of a newer one."""
        reached = self.known.place if self.known is not None else (0, 0)
        return tuple(one for one in self.current if one.place > reached)

    @property
    def waiting(self) -> tuple[CustomsMessage, ...]:
        """Messages that are to be handed to customs: unsettled, and not rejected."""
        return tuple(one for one in self.unsettled if self.verdict_on(one.id) is None)

    @property
    def state(self) -> Towards:
        """Where the licence stands with customs."""
        if not self.current:
            return Towards.NOT_SENT
        return {
            None: Towards.SENT,
            Verdict.ACKNOWLEDGED: Towards.ACKNOWLEDGED,
            Verdict.REJECTED: Towards.REJECTED,
        }[self.verdict_on(self.current[-1].id)]

    @property
    def is_known_active(self) -> bool:
        """Tell whether customs holds the licence to be one that goods may leave on."""
        return self.known is not None and self.known.action in ACTIVE

    @property
    def errors(self) -> tuple[CustomsError, ...]:
        """Work that is open: messages that were rejected and neither sent again nor settled by a newer one."""
        return tuple(self._error(one) for one in self.unsettled if self.verdict_on(one.id) is Verdict.REJECTED)

    def _error(self, message: CustomsMessage) -> CustomsError:
        said = self.answers[message.id]
        rejected = [answer for answer in said if answer.verdict is Verdict.REJECTED]
        codes = sorted({code for answer in rejected for code in answer.codes})
        text = " · ".join(sorted({answer.text for answer in rejected if answer.text}))
        return CustomsError(
            message.id, message.licence, message.sequence, tuple(codes), text, is_contradicted=len(said) > len(rejected)
        )

    def with_message(self, message: CustomsMessage) -> "LicenceAtCustoms":
        """Return the same with a message; one that is there already changes nothing."""
        if message.id in self.messages:
            return self
        return LicenceAtCustoms({**self.messages, message.id: message}, self.answers)

    def take(self, answer: CustomsAnswer) -> tuple["LicenceAtCustoms", Taken]:
        """Return the same with an answer, and what that did."""
        said = self.answers.get(answer.message, frozenset())
        if answer in said:
            return self, Taken.DUPLICATE
        after = LicenceAtCustoms(self.messages, {**self.answers, answer.message: said | {answer}})
        return after, self._taken(answer, said)

    def _taken(self, answer: CustomsAnswer, said: frozenset[CustomsAnswer]) -> Taken:
        message = self.messages.get(answer.message)
        if message is None:
            return Taken.EARLY
        if any(one.verdict is not answer.verdict for one in said):
            return Taken.CONTRADICTED
        if self.known is not None and message.place < self.known.place:
            return Taken.OUT_OF_ORDER
        return Taken.APPLIED


def at_customs(messages: Iterable[CustomsMessage], answers: Iterable[CustomsAnswer]) -> LicenceAtCustoms:
    """Return what the messages and answers of one licence come to, in whatever order and however often they came."""
    by_message: dict[str, set[CustomsAnswer]] = {}
    for answer in answers:
        by_message.setdefault(answer.message, set()).add(answer)
    kept = {one.id: one for one in sorted(messages, key=lambda m: (m.place, m.id), reverse=True)}
    return LicenceAtCustoms(kept, {id_: frozenset(said) for id_, said in by_message.items()})


def next_message(
    so_far: LicenceAtCustoms, *, id_: str, licence: str, version: int, action: Action, content: Json, at: datetime
) -> CustomsMessage:
    """Return the message of a licence's next change."""
    sequence = so_far.current[-1].sequence + 1 if so_far.current else 1
    return CustomsMessage(id_, licence, version, sequence, action, at, content)


def resent_message(
    so_far: LicenceAtCustoms, which: str, *, id_: str, content: Json, at: datetime
) -> CustomsMessage | Problem:
    """Return a rejected message anew, under another identifier and in the same place."""
    message = so_far.messages.get(which)
    if message is None:
        return refuse("customs.unknown_message", "/message", which)
    if message not in so_far.unsettled or so_far.verdict_on(which) is not Verdict.REJECTED:
        return refuse("customs.not_rejected", "/message", which, state=_standing(so_far, message))
    return _sent_again(message, id_, content, at)


def _sent_again(message: CustomsMessage, id_: str, content: Json, at: datetime) -> CustomsMessage:
    return msgspec.structs.replace(
        message, id=id_, content=content, at=at, attempt=message.attempt + 1, resends=message.id
    )


def _standing(so_far: LicenceAtCustoms, message: CustomsMessage) -> str:
    if message not in so_far.unsettled:
        return "settled"
    return so_far.verdict_on(message.id) or Towards.SENT.value


def answer_problems(answer: CustomsAnswer, where: str = "") -> list[Problem]:
    """Return what is wrong with the form of an answer."""
    problems = []
    if answer.verdict is Verdict.REJECTED and not answer.codes:
        problems.append(refuse("customs.no_code", f"{where}/codes"))
    if answer.verdict is Verdict.ACKNOWLEDGED and answer.codes:
        problems.append(refuse("customs.code_without_reason", f"{where}/codes", ", ".join(answer.codes)))
    if len(answer.codes) > CODES_MAX:
        problems.append(refuse("customs.too_many_codes", f"{where}/codes", len(answer.codes), limit=CODES_MAX))
    problems += [
        refuse("customs.code", f"{where}/codes/{n}", code)
        for n, code in enumerate(answer.codes)
        if not _CODE.fullmatch(code)
    ]
    if len(answer.text) > TEXT_MAX:
        problems.append(refuse("customs.text_too_long", f"{where}/text", len(answer.text), limit=TEXT_MAX))
    return problems


def overdue(licences: Iterable[LicenceAtCustoms], at: datetime, minutes: int) -> Iterator[Problem]:
    """Yield an alarm for each message that waits for its answer longer than the pack allows, the oldest first."""
    late = [
        (one.at, one.licence, one)
        for so_far in licences
        for one in so_far.waiting
        if at - one.at > timedelta(minutes=minutes)
    ]
    for since, licence, one in sorted(late, key=lambda row: (row[0], row[1], row[2].place)):
        waited = int((at - since).total_seconds() // 60)
        facts = {"action": one.action.value, "message": one.id, "minutes": waited, "allowed": minutes}
        yield finding("customs.overdue", pointer(licence, one.id), licence, **facts)
