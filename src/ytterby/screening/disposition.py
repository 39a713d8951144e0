"""What people said of a hit, and what comes of it: opinions of two people, the second blind to the first.

A hit is open until two different people have each said whether the party is the one that is listed: *no match*, *match*
or *cannot tell*, with a coded reason and what it rests on. Only those who have given an opinion see the others'.

A hit is *cleared* where at least two say no match and outweigh all others; who says match weighs twice in this. It is a
*match* where at least two say so and they are most. Otherwise it goes on to a further person. Whoever gives another
opinion replaces the earlier one; since the others' may have been seen by then, it never helps to clear. What is cleared
stays so until the first of the days that those who cleared it named, not beyond the longest that the policy allows, and
only for these two versions of party and entry; what is said after that day begins a new *round*, from nothing.

Who may give one is for the caller, who knows accounts: nobody of the applicant, nobody with a conflict.

Source: own procedure after the practice of two blind dispositions (docs/screening.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ytterby.screening.policy import Policy, months_after
from ytterby.terms.problem import Problem, pointer, refuse

TEXT_LENGTH_MAX = 4_000
EVIDENCE_MAX = 50
DIGEST_LENGTH = 64
WANTED = 2  # people


class Verdict(StrEnum):
    """Whether the party is the one that is listed."""

    NO_MATCH = "no_match"
    MATCH = "match"
    CANNOT_TELL = "cannot_tell"


class Outcome(StrEnum):
    """Where a hit stands. `CLEARED` alone suppresses it."""

    OPEN = "open"
    SECOND_WANTED = "second_wanted"
    FURTHER_WANTED = "further_wanted"
    CLEARED = "cleared"
    MATCH = "match"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person says of a hit. `by` is an account's number; `documents` are SHA-256 (hex) of what it rests on.

    `until` is the last day on which a clearance that rests on it holds; only an opinion of no match states one.
    """

    verdict: Verdict
    reason: str
    text: str
    by: str
    on: date
    documents: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Disposition:
    """All opinions of one hit, in order of the log."""

    opinions: tuple[Opinion, ...] = ()

    def seen_by(self, account: str) -> tuple[Opinion, ...]:
        """Return the opinions that an account may read: all once it has given one in the last round, else none."""
        return self.opinions if any(one.by == account for one in self._last_round()) else ()

    def given(self, on: date) -> int:
        """How many people have given an opinion in the round that a day belongs to."""
        return 0 if self.outcome(on) is Outcome.LAPSED else len({one.by for one in self._last_round()})

    def outcome(self, on: date) -> Outcome:
        """Return where the hit stands on a day."""
        return _outcome(self._last_round(), on)

    def cleared_until(self, on: date) -> date | None:
        """The last day on which the hit is cleared; None where it is not on this day."""
        return _until(self._last_round()) if self.outcome(on) is Outcome.CLEARED else None

    def _last_round(self) -> list[Opinion]:
        current: list[Opinion] = []
        for one in self.opinions:
            if _outcome(current, one.on) is Outcome.LAPSED:
                current = []
            current.append(one)
        return current


def _outcome(opinions: Sequence[Opinion], on: date) -> Outcome:
    verdicts = [one.verdict for one in {one.by: one for one in opinions}.values()]
    if len(verdicts) < WANTED:
        return Outcome.SECOND_WANTED if verdicts else Outcome.OPEN
    matches, clearing = verdicts.count(Verdict.MATCH), len(_clearing(opinions))
    if matches >= WANTED and 2 * matches > len(verdicts):
        return Outcome.MATCH
    # A match weighs twice: it stands among the others already, and counts once more.
    if clearing < WANTED or clearing <= len(verdicts) - clearing + matches:
        return Outcome.FURTHER_WANTED
    last = _until(opinions)
    return Outcome.CLEARED if last is not None and on <= last else Outcome.LAPSED


def _until(opinions: Sequence[Opinion]) -> date | None:
    return min((one.until for one in _clearing(opinions) if one.until is not None), default=None)


def _clearing(opinions: Sequence[Opinion]) -> list[Opinion]:
    """Return the opinions that help to clear: of no match, and the only one that its person gave."""
    return [one for one in opinions if one.verdict is Verdict.NO_MATCH and _count(opinions, one.by) == 1]


def _count(opinions: Sequence[Opinion], account: str) -> int:
    return sum(one.by == account for one in opinions)


def opinion_problems(opinion: Opinion, reasons: Mapping[str, Sequence[str]], policy: Policy) -> list[Problem]:
    """Return why an opinion cannot be entered. `reasons`: by verdict the coded reasons that may stand for it."""
    return [*_wording_problems(opinion, reasons), *_day_problems(opinion, policy)]


def _wording_problems(opinion: Opinion, reasons: Mapping[str, Sequence[str]]) -> Iterable[Problem]:
    allowed = reasons.get(opinion.verdict.value, ())
    if opinion.reason not in allowed:
        yield refuse("screening.reason", "/reason", opinion.reason, allowed=", ".join(allowed))
    if not opinion.text.strip():
        yield refuse("screening.no_text", "/text")
    elif len(opinion.text) > TEXT_LENGTH_MAX:
        yield refuse("screening.text_too_long", "/text", len(opinion.text), limit=TEXT_LENGTH_MAX)
    if len(opinion.documents) > EVIDENCE_MAX:
        yield refuse("screening.too_much_evidence", "/documents", len(opinion.documents), limit=EVIDENCE_MAX)
    for number, digest in enumerate(opinion.documents):
        if len(digest) != DIGEST_LENGTH or set(digest) - set("0123456789abcdef"):
            yield refuse("screening.no_digest", pointer("documents", number), digest)


def _day_problems(opinion: Opinion, policy: Policy) -> Iterable[Problem]:
    if opinion.verdict is not Verdict.NO_MATCH:
        if opinion.until is not None:
            yield refuse("screening.until_not_cleared", "/until", opinion.until.isoformat())
        return
    longest = months_after(opinion.on, policy.clearance_months)
    if opinion.until is None or not opinion.on <= opinion.until <= longest:
        written = "" if opinion.until is None else opinion.until.isoformat()
        yield refuse("screening.until", "/until", written, first=opinion.on.isoformat(), last=longest.isoformat())
