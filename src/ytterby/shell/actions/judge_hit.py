"""Give an opinion on a hit of screening, and draw the sample of a month's suppressed hits.

An opinion is one signed record of the log, entered in one transaction; two that are given at once are both kept, in the
order in which they came. Who may: accounts of the register's operator and of licensing bodies, with a key that never
lies on the server, but none of the party that was hit. In a demo nobody signs, and whoever holds the folder says which
person speaks.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from ytterby.chain.party import OPERATOR
from ytterby.proof.key import PrivateKey
from ytterby.screening.disposition import Disposition, Opinion, Outcome, Verdict, opinion_problems
from ytterby.screening.policy import policy_on
from ytterby.screening.suppressed_sample import SEED_BYTES, sample_of
from ytterby.shell.actions.clock import now
from ytterby.shell.actions.publish import publish_or_leave
from ytterby.shell.actions.rights import RefusedRight, check_key, signed_record
from ytterby.shell.site.register import Register
from ytterby.shell.site.screening_tables import screening_policies
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.rights import stored_rights
from ytterby.shell.store.screenings import (
    OPINION,
    SAMPLE,
    Screenings,
    officer_flaw,
    opinion_fields,
    stored_screenings,
)
from ytterby.terms.civil_day import last_day
from ytterby.terms.problem import Problem, refuse

SHORTEST = 6  # digits that name a hit
TRIES = 5


@dataclass(frozen=True, slots=True)
class OpinionChange:
    """What came of an opinion: the hit's number, where it stands, the log's size afterwards; nothing was entered where
    a problem refuses.
    """

    problems: tuple[Problem, ...]
    size: int
    number: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class SampleDraw:
    """The hits of a month that are looked at again, of how many suppressed ones."""

    problems: tuple[Problem, ...]
    size: int
    month: str = ""
    suppressed: int = 0
    drawn: tuple[str, ...] = ()


class _Stale(Exception):  # noqa: N818 -- it is no error: the opinion is entered after the other one
    """Another opinion came first."""


def give_opinion(
    register: Register,
    which: str,
    verdict: str,
    *,
    reason: str,
    text: str,
    documents: tuple[str, ...] = (),
    until: date | None = None,
    by: PrivateKey | None = None,
    person: str = "",
    at: datetime | None = None,
) -> OpinionChange:
    """Enter an opinion on the hit that the beginning of its number names. `person` speaks where nobody signs."""
    if verdict not in set(Verdict):
        known = ", ".join(one.value for one in Verdict)
        return OpinionChange((refuse("screening.verdict", "/verdict", verdict, known=known),), register.size)
    moment, account = at or now(), by.name if by is not None else person
    opinion = Opinion(Verdict(verdict), reason, text.strip(), account, moment.date(), documents, until)
    policy = policy_on(screening_policies(), opinion.on)
    for _ in range(TRIES):
        found = stored_screenings(register)
        number = number_of(found, which)
        if number is None:
            return OpinionChange((refuse("screening.unknown_hit", "", which),), register.size)
        problems = opinion_problems(opinion, policy.reasons, policy)
        if not account:
            problems.append(refuse("screening.account_needed"))
        so_far = found.dispositions.get(number, Disposition())
        if problems:
            return OpinionChange(tuple(problems), register.size)
        if so_far.opinions and so_far.opinions[-1] == opinion:
            return OpinionChange((), register.size, number, so_far.outcome(opinion.on).value)
        try:
            size = _record(register, number, opinion, len(so_far.opinions), by, moment)
        except _Stale:
            continue
        except RefusedRight as refused:
            return OpinionChange(refused.problems, register.size)
        publish_or_leave(register)
        outcome = Disposition((*so_far.opinions, opinion)).outcome(opinion.on)
        return OpinionChange((), size, number, outcome.value)
    raise RuntimeError(f"hit {which} was given {TRIES} opinions while one was entered")


def number_of(found: Screenings, which: str) -> str | None:
    """Return the number of the one hit that begins so; None where there is none, or several."""
    fitting = [number for number in found.hits if len(which) >= SHORTEST and number.startswith(which.lower())]
    return fitting[0] if len(fitting) == 1 else None


def _record(register: Register, number: str, opinion: Opinion, before: int, by: PrivateKey | None, at: datetime) -> int:
    """Enter the record; return the log's size.

    Raises:
        _Stale: another opinion came in between.
        RefusedRight: who speaks may not.
    """
    record = signed_record(register, Registrable(OPINION, number, opinion_fields(number, opinion, before + 1)), by)
    if by is None:
        record = record._replace(fields={**record.fields, "by": opinion.by})

    def check() -> None:
        found = stored_screenings(register)
        about, rights = found.hits[number].party, stored_rights(register)

        def may(_: PrivateKey) -> bool:
            return officer_flaw(rights, register.id, OPINION, record.fields, at.date(), about) is None

        needed, refused = refuse("screening.account_needed"), refuse("screening.not_an_officer")
        check_key(register, by, may, needed=needed, refused=refused)
        if len(found.dispositions.get(number, Disposition()).opinions) != before:
            raise _Stale

    return register_documents([record], OPERATOR, at, check=check)


def draw_sample(register: Register, month: str, *, at: datetime | None = None) -> SampleDraw:
    """Draw which of the hits that clearances suppressed in a month (`2026-11`) are looked at again.

    A month that was drawn is told again as it was. The seed is drawn here, when the month is over.
    """
    moment = at or now()
    found = stored_screenings(register)
    if month in found.samples:
        known = found.samples[month]
        return SampleDraw((), register.size, month, len(known.suppressed), known.drawn)
    last = last_day(month)
    if last is None:
        return SampleDraw((refuse("screening.month", "/month", month),), register.size)
    if moment.date() <= last:
        return SampleDraw((refuse("screening.month_not_over", "/month", month),), register.size)
    suppressed = tuple(
        sorted(n for n, one in found.dispositions.items() if _was_cleared(one, last.replace(day=1), last))
    )
    seed, share = secrets.token_bytes(SEED_BYTES), policy_on(screening_policies(), last.replace(day=1)).sampled_share
    drawn = sample_of(suppressed, month=month, seed=seed, share=share)
    fields = {"id": month, "month": month, "seed": seed.hex(), "suppressed": suppressed, "drawn": drawn}

    def check() -> None:
        if month in stored_screenings(register).samples:
            raise _Stale

    try:
        size = register_documents([Registrable(SAMPLE, month, fields)], OPERATOR, moment, check=check)
    except _Stale:
        return draw_sample(register, month, at=moment)
    publish_or_leave(register)
    return SampleDraw((), size, month, len(suppressed), drawn)


def _was_cleared(one: Disposition, first: date, last: date) -> bool:
    """Tell whether a hit was suppressed on some day of a month: cleared when it ended, or until a day in it."""
    days = {last, *(opinion.on for opinion in one.opinions if first <= opinion.on <= last)}
    days |= {opinion.until for opinion in one.opinions if opinion.until and first <= opinion.until <= last}
    return any(_as_said_by(one, day).outcome(day) is Outcome.CLEARED for day in days)


def _as_said_by(one: Disposition, day: date) -> Disposition:
    return Disposition(tuple(opinion for opinion in one.opinions if opinion.on <= day))
