"""The same request twice enters nothing twice: what was answered under a key is told again to the same account.

A request is noted under its key before anything is done, and its answer after. Where a process ended in between it is
not known what came of it: a repeat is then told so, and does nothing, until the note is forgotten. What was refused
entered nothing; its note is taken away, and the key may be used again. The key counts for one account and one request:
another request under it is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from ytterby.shell.store.models import LogHead, RepeatedAnswer
from ytterby.shell.store.writing import write
from ytterby.terms.canonical import framed
from ytterby.terms.problem import Problem, refuse

UNKNOWN = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it is told again: status, body, and the version of what it is about."""

    status: int
    body: str
    version: str


def digest_of(*parts: str | bytes) -> str:
    """Return the digest of some parts, each with its length."""
    found = sha256(b"ytterby/repeat/v1\x00")
    for part in parts:
        found.update(framed(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part))
    return found.hexdigest()


def begin_once(key: str, request: str, at: datetime, *, hours: int) -> Answered | Problem | None:
    """Note a request under its key. None where it is new; else what was answered, or why nothing can be.

    Of two at once one is new, and the other is told that the first is not done.
    """

    def enter(head: LogHead) -> Answered | Problem | None:
        del head
        RepeatedAnswer.objects.filter(begun_at__lt=at - timedelta(hours=hours)).delete()
        row = RepeatedAnswer.objects.filter(key=key).first()
        if row is None:
            RepeatedAnswer.objects.create(key=key, request=request, begun_at=at)
            return None
        if row.request != request:
            return refuse("api.key_of_another_request")
        if row.status == UNKNOWN:
            return refuse("api.not_known_yet")
        return Answered(row.status, row.body, row.version)

    return write(enter)


def keep_answer(key: str, answered: Answered) -> None:
    """Keep what was answered."""

    def enter(head: LogHead) -> None:
        del head
        RepeatedAnswer.objects.filter(key=key).update(
            status=answered.status, body=answered.body, version=answered.version
        )

    write(enter)


def forget_request(key: str) -> None:
    """Take the note of a request away, which entered nothing."""

    def enter(head: LogHead) -> None:
        del head
        RepeatedAnswer.objects.filter(key=key, status=UNKNOWN).delete()

    write(enter)


def repeat_problems(key: str, *, longest: int) -> Sequence[Problem]:
    """Return why a text is no Idempotency-Key."""
    is_good = 0 < len(key) <= longest and key.isascii() and key.isprintable()
    return () if is_good else (refuse("api.repeat_key", "", key, limit=longest),)
