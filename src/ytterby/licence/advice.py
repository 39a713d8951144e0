"""Advice of teams on a case, and the one word that it comes to.

Advice is only ever added. Who thinks again says so in a new advice that names the one it *supersedes*; the old one
stays with its text, its reasons and its person. A team has one standing advice on each subject (a line, a party; "" is
the case as a whole). It counts for the team that its author spoke for, whatever team the author belongs to later.

Combining never settles a dispute: a refusal, or "no licence required", beside anything else is `settle`, for a person.

Sources: vectors/README.md of this project (casework, combine); casework page of this project, sections 2.5, 3 (lesson
6), 5.1 and 5.7 (edit of advice keeps history).
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from ytterby.terms.problem import Problem, refuse


class Verdict(StrEnum):
    """What a team advises."""

    APPROVE = "approve"
    PROVISO = "proviso"
    REFUSE = "refuse"
    NO_LICENCE_REQUIRED = "no_licence_required"


INCOMPLETE = "incomplete"
SETTLE = "settle"


class Advice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one team advised: `id` is the version of the case that recorded it, `by` an account, `supersedes` an id.

    `conditions` are what a proviso asks for, `reasons` codes of the pack, `facts` the digest of the evidence seen.
    """

    id: int
    team: str
    by: str
    verdict: Verdict
    subject: str = ""
    conditions: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    text: str = ""
    facts: str = ""
    supersedes: int | None = None


class Combined(msgspec.Struct, frozen=True):
    """What the standing advice on a subject comes to, all of it, and those that do not say that word."""

    word: str
    standing: tuple[Advice, ...]
    dissent: tuple[Advice, ...]
    conditions: tuple[str, ...]


def combine(verdicts: Iterable[str]) -> str:
    """Return one word for what teams advise: a verdict, `incomplete` of none, or `settle` where a person must.

    Raises:
        ValueError: a verdict that there is not.
    """
    said = {Verdict(one) for one in verdicts}
    if not said:
        return INCOMPLETE
    if len(said) == 1:
        return said.pop().value
    return Verdict.PROVISO.value if said == {Verdict.APPROVE, Verdict.PROVISO} else SETTLE


def standing_advice(advice: Iterable[Advice]) -> tuple[Advice, ...]:
    """Return the advice that no later one supersedes, in order of its recording."""
    held = sorted(advice, key=lambda one: one.id)
    gone = {one.supersedes for one in held}
    return tuple(one for one in held if one.id not in gone)


def combine_advice(advice: Iterable[Advice], subject: str = "") -> Combined:
    """Return what the standing advice on a subject comes to, with who says otherwise.

    Where it is to be settled nobody's word is the result, and all of it is dissent.
    """
    standing = tuple(one for one in standing_advice(advice) if one.subject == subject)
    word = combine(one.verdict for one in standing)
    dissent = tuple(one for one in standing if one.verdict != word)
    conditions = dict.fromkeys(text for one in standing for text in one.conditions)
    return Combined(word, standing, dissent, tuple(conditions))


def check_advice(new: Advice, earlier: Sequence[Advice]) -> list[Problem]:
    """Return why an advice cannot be added to those before it."""
    standing = {one.id: one for one in standing_advice(earlier)}
    own = [one for one in standing.values() if (one.team, one.subject) == (new.team, new.subject)]
    problems = []
    if new.supersedes is None and own:
        problems.append(refuse("licence.advice_stands", "/supersedes", "", id=own[-1].id))
    if new.supersedes is not None and new.supersedes not in {one.id for one in own}:
        known = " ".join(str(one.id) for one in own)
        problems.append(refuse("licence.advice_not_own", "/supersedes", new.supersedes, known=known or "-"))
    if (new.verdict is Verdict.PROVISO) is not bool(new.conditions):
        problems.append(refuse("licence.advice_conditions", "/conditions", new.verdict.value))
    if new.verdict is Verdict.REFUSE and not new.reasons:
        problems.append(refuse("licence.advice_no_reason", "/reasons", new.verdict.value))
    return problems
