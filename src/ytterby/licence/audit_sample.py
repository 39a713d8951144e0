"""Which decisions that the register made by itself people look at again: a sample of each month that nobody can steer.

It is drawn as the sample of suppressed hits is (`screening.suppressed_sample`): the seed is drawn when the month is
over and recorded in the log, so that nobody knows before which decision will be looked at, and everybody can draw it
again afterwards. Each tier has its share, and at least one decision of each tier is drawn. Beside the sample all those
are looked at about which something was found since; they take no place of the sample.

Source: section 5.4 (c) of the project's notes on casework; invariant I14 there.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from ytterby.screening.suppressed_sample import sample_of

DOMAIN = b"ytterby/automatic-decision/v1"


class Why(StrEnum):
    """Why a decision is looked at again."""

    DRAWN = "drawn"
    FOUND = "found"


class AutomaticDecision(NamedTuple):
    """A decision that carries no person's signature: its case, its tier, and whether a finding concerns it since."""

    case: str
    tier: str
    has_finding: bool = False


class LookedAt(NamedTuple):
    """A decision that people look at again, and why; one that was drawn stays drawn whatever was found."""

    case: str
    why: Why


def audit_sample(
    decided: Iterable[AutomaticDecision], *, month: str, seed: bytes, shares: Mapping[str, Decimal]
) -> tuple[LookedAt, ...]:
    """Return the decisions of a month (`2026-11`) that are looked at again, in order of their cases.

    Raises:
        ValueError: a tier without a share, so that what was decided would lie outside of the audit; a share that is
            not above 0 and up to 1; a seed that has not 32 bytes.
    """
    frame: dict[str, set[str]] = {}
    found: dict[str, Why] = {}
    for one in decided:
        frame.setdefault(one.tier, set()).add(one.case)
        if one.has_finding:
            found[one.case] = Why.FOUND
    for tier, cases in frame.items():
        if not shares.get(tier):
            raise ValueError(f"decisions of the tier {tier} lie outside of the audit")
        drawn = sample_of(cases, month=month, seed=seed, share=shares[tier], domain=DOMAIN)
        found.update(dict.fromkeys(drawn, Why.DRAWN))
    return tuple(LookedAt(case, why) for case, why in sorted(found.items()))
