"""Customs: messages about licences that it has not answered, its answers, what waits too long.

A message is answered by its identifier; the same answer again changes nothing, and the order of answers does not matter
(threat: replayed and reordered messages). Whoever is customs reads what is for its country, and nothing else.
"""

from typing import Any

import msgspec

from ytterby.licence.customs_message import CustomsAnswer
from ytterby.shell.actions.answer_customs import answer_customs, send_again
from ytterby.shell.api.asked import Asked, NotThere, Told, entered
from ytterby.shell.api.problem_body import NOT_THERE, problems_json
from ytterby.shell.store.reading.customs import alarms, customs_errors, has_message, list_messages, waiting_messages

ANSWERS_MAX = 500
Json = dict[str, Any]


class WhichMessages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which messages: where they stand, about which licence, at most how many."""

    state: str = ""
    licence: str = ""
    limit: int = 500


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What customs says of messages, each for itself."""

    answers: tuple[CustomsAnswer, ...]


def listed(asked: Asked) -> Told:
    """Return messages without what they say, the oldest first."""
    one: WhichMessages = asked.query
    limit = max(0, one.limit)
    return Told(list_messages(asked.me.viewer, asked.known, state=one.state, licence=one.licence, limit=limit))


def waiting(asked: Asked) -> Told:
    """Return the messages that wait for an answer, whole."""
    found = waiting_messages(asked.me.viewer, asked.known)
    rows = [{**msgspec.to_builtins(one), "digest": one.digest} for one in found]
    return Told({"messages": rows, "as_of_size": asked.known.size})


def answer(asked: Asked) -> Told:
    """Enter answers; what cannot be entered keeps no other out."""
    one: Answers = asked.body
    done = answer_customs(asked.register, one.answers[:ANSWERS_MAX], asked.me.speaker, at=asked.at)
    if not done.taken and all(problem.code in NOT_THERE for problem in done.problems) and done.problems:
        raise NotThere
    body = {
        "taken": [{"message": message, "did": did.value} for message, did in done.taken.items()],
        "left": len(one.answers) - len(one.answers[:ANSWERS_MAX]),
        "problems": problems_json(done.problems, asked.language),
        "as_of_size": done.size,
    }
    return Told(body, 200 if done.taken or not done.problems else 422, is_entered=bool(done.taken))


def late(asked: Asked) -> Told:
    """Return what waits for longer than its pack allows, and what was rejected."""
    body = {
        "overdue": problems_json(alarms(asked.me.viewer, asked.known, asked.at), asked.language),
        "errors": customs_errors(asked.me.viewer, asked.known),
        "as_of_size": asked.known.size,
    }
    return Told(body)


def resend(asked: Asked) -> Told:
    """Send a rejected message again."""
    which = asked.parts["message"]
    if not has_message(asked.me.viewer, asked.known, which):
        raise NotThere
    sent = send_again(asked.register, which, asked.me.speaker, at=asked.at)
    return entered(asked, {"message": sent.message}, sent.problems, sent.size)
