"""Looking again at what the register decided by itself: a month's sample as it is recorded, and what came of each case.

A *sample* holds the whole frame, every decision by rule of its month, with the share of each tier, the seed and what it
drew, so that anybody draws it again (`audit_sample`). A *result* is what somebody of the office found, who had no part
in the case: the decision is confirmed, or wrong. Whoever is of another mind looks again, as a third person; the last
word counts. While it is *wrong* no case of the same exporter for the same end user is decided by rule (the score card
asks it). What was decided is not undone by it: that is for revocation.

Sources: section 5.4 (c) of the project's notes on casework; invariant I14 there; threats D1, D3.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from ytterby.licence.audit_sample import AutomaticDecision, audit_sample
from ytterby.terms.civil_day import last_day
from ytterby.terms.problem import Problem, refuse

CONFIRMED, WRONG = "confirmed", "wrong"
VERDICTS = (CONFIRMED, WRONG)
TEXT_MAX = 4_000
ALL = Decimal(1)


class Framed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision of the frame: its case, `procedure tier`, and whether something was found about it until the draw."""

    case: str
    tier: str
    has_finding: bool = False


class Drawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision that is looked at again, and why (`audit_sample.Why`)."""

    case: str
    why: str


class AuditSample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sample of a month (`2026-11`). `seed`: 32 bytes in hexadecimal; `shares` by `procedure tier`, as text."""

    month: str
    seed: str
    shares: Mapping[str, str]
    frame: tuple[Framed, ...]
    drawn: tuple[Drawn, ...]


class AuditResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of looking at a case again; `n` counts the results of one case from 1."""

    case: str
    n: int
    verdict: str
    text: str


@dataclass(frozen=True, slots=True)
class Auditor:
    """Who gives a result: account, whether its party is a licensing body, and with whom it has a conflict."""

    account: str
    is_officer: bool
    conflicts: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Audited:
    """The case that is looked at: its parties, the accounts that had any part in it, whether it was drawn, and who gave
    earlier results.
    """

    parties: Collection[str]
    part_in_it: Collection[str]
    is_drawn: bool
    earlier: Collection[str] = ()


def draw_sample(month: str, seed: bytes, shares: Mapping[str, str], frame: tuple[Framed, ...]) -> AuditSample:
    """Return the sample of a month's frame by a seed.

    Raises:
        ValueError: as `audit_sample`.
    """
    decided = [AutomaticDecision(one.case, one.tier, one.has_finding) for one in frame]
    told = {tier: Decimal(share) for tier, share in shares.items()}
    found = audit_sample(decided, month=month, seed=seed, shares=told)
    return AuditSample(month, seed.hex(), shares, frame, tuple(Drawn(one.case, one.why.value) for one in found))


def sample_flaw(sample: AuditSample, entered: date) -> str | None:
    """Return what is wrong with a sample that was entered on a day; None when nothing is."""
    last = last_day(sample.month)
    if last is None or entered <= last:
        return "its month was not over"
    try:
        again = draw_sample(sample.month, bytes.fromhex(sample.seed), sample.shares, sample.frame)
    except ValueError as error:
        return f"it cannot be drawn again: {error}"
    return None if again.drawn == sample.drawn else "its seed draws other cases"


def result_problems(result: AuditResult, who: Auditor, held: Audited) -> list[Problem]:
    """Return what keeps a result out."""
    if not who.is_officer:
        return [refuse("audit.not_an_officer", "", who.account)]
    if not held.is_drawn:
        return [refuse("audit.not_drawn", "/case", result.case)]
    problems = []
    if who.account in held.part_in_it or not who.account:
        problems.append(refuse("audit.own_case", "", who.account))
    if who.account in held.earlier:
        problems.append(refuse("audit.looked_before", "", who.account))
    if not set(who.conflicts).isdisjoint(held.parties):
        problems.append(refuse("audit.conflict", "", who.account))
    if result.verdict not in VERDICTS:
        problems.append(refuse("audit.verdict", "/verdict", result.verdict, known=", ".join(VERDICTS)))
    if not result.text.strip():
        problems.append(refuse("audit.no_text", "/text"))
    elif len(result.text) > TEXT_MAX:
        problems.append(refuse("audit.text_too_long", "/text", len(result.text), limit=TEXT_MAX))
    return problems
