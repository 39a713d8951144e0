"""Of which tier a case is: points of the published card, hard rules, and what no card can lift.

Every row of the card counts a risk, and what nobody knows counts as the pack says, by default as if it were so. Hard
rules and the kernel's own make a case stricter and never lighter. The kernel's own, whatever a pack says: the register
decides nothing by itself for which screening is not clear, a flag is open, or, where the pack tells what a validated
end user is, the end user is none (invariant I14). No weight is hidden: a score holds every row, its points and why.

Sources: section 5.4 (c) of the project's notes on casework; invariants I14 and I17 there; threat D6.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ytterby.law.casework_fact import CLEAR, LEVELS
from ytterby.law.casework_rule import CaseworkRules, Tier
from ytterby.law.trust import Trust, Words
from ytterby.licence.fact_test import Facts, check_facts, holds


class Standing(StrEnum):
    """Whether a row or a rule holds of a case."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Kept(StrEnum):
    """Why the register does not decide a case by itself, whatever the card says."""

    NOT_CLEAR = "screening_not_clear"
    FLAG_OPEN = "flag_open"
    NOT_VALIDATED = "end_user_not_validated"
    LEVEL = "end_user_level"
    TIER = "tier_not_automatic"
    NO_AUDIT = "not_in_the_audit"


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """A row of the card as it came out: `points` of at most `most`."""

    id: str
    title: Words
    standing: Standing
    points: int
    most: int
    trust: Trust


@dataclass(frozen=True, slots=True)
class Raised:
    """A hard rule that makes a case of a tier at least; it holds, or nobody knows."""

    id: str
    title: Words
    standing: Standing
    at_least: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Score:
    """What a card says of a case: its rows and their sum, the tier of the sum, what raised it, and the tier it is of.

    `kept` says why the kernel raised it beyond the tiers in which the register decides by itself.
    """

    rows: tuple[ScoredRow, ...]
    total: int
    by_points: str
    raised: tuple[Raised, ...]
    kept: tuple[Kept, ...]
    tier: str

    @property
    def why(self) -> tuple[str, ...]:
        """The names of the rows, hard rules and kernel's rules that made it this tier, in their order."""
        rows = (one.id for one in self.rows if one.points)
        return (*rows, *(one.id for one in self.raised), *(one.value for one in self.kept))


def score(rules: CaseworkRules, facts: Facts) -> Score:
    """Return what the card of a pack says of a case. A pack with one tier needs no card.

    Raises:
        ValueError: a fact that there is not, or that holds something else.
    """
    check_facts(facts)
    tiers = list(rules.tiers)
    rows = tuple(_scored(rules, facts))
    total = sum(one.points for one in rows)
    bounds = {} if rules.score_card is None else rules.score_card.bounds
    by_points = max((tiers.index(name) for name, least in bounds.items() if total >= least), default=0)
    raised = tuple(_raised(rules, facts))
    place = max((by_points, *(tiers.index(one.at_least) for one in raised)))
    kept: tuple[Kept, ...] = ()
    if rules.tiers[tiers[place]].is_automatic:
        kept = _kept(rules, facts)
        manned = (at for at in range(place, len(tiers)) if not rules.tiers[tiers[at]].is_automatic)
        place = next(manned, place) if kept else place
    return Score(rows, total, tiers[by_points], raised, kept, tiers[place])


def tier_of(rules: CaseworkRules, facts: Facts) -> Tier:
    """Return the tier of a case."""
    return rules.tiers[score(rules, facts).tier]


def why_not_automatic(rules: CaseworkRules, facts: Facts, *, is_in_audit: bool) -> tuple[Kept, ...]:
    """Return why the register may not decide a case by itself; nothing where it may.

    `is_in_audit`: the decision will be in the frame from which the audit draws. One that is not is none.
    """
    tier = tier_of(rules, facts)
    told = [*_kept(rules, facts)]
    if not tier.is_automatic:
        told.append(Kept.TIER)
    if not level_suffices(tier, facts):
        told.append(Kept.LEVEL)
    if not is_in_audit or not tier.audit_share:
        told.append(Kept.NO_AUDIT)
    return tuple(told)


def level_suffices(tier: Tier, facts: Facts) -> bool:
    """Tell whether it is known well enough for a tier who the end user is."""
    level = facts.get("end_user_level")
    return level in LEVELS and LEVELS.index(str(level)) >= LEVELS.index(tier.end_user_level)


def _scored(rules: CaseworkRules, facts: Facts) -> Iterator[ScoredRow]:
    for row in () if rules.score_card is None else rules.score_card.rows:
        standing = _standing(holds(row.test, facts))
        points = {Standing.HOLDS: row.points, Standing.UNKNOWN: row.unknown, Standing.FAILS: 0}[standing]
        yield ScoredRow(row.id, row.title, standing, points, row.points, row.trust)


def _raised(rules: CaseworkRules, facts: Facts) -> Iterator[Raised]:
    for rule in () if rules.score_card is None else rules.score_card.hard_rules:
        standing = _standing(holds(rule.test, facts))
        if standing is not Standing.FAILS:
            yield Raised(rule.id, rule.title, standing, rule.at_least, rule.trust)


def _standing(found: bool | None) -> Standing:
    return Standing.UNKNOWN if found is None else Standing.HOLDS if found else Standing.FAILS


def _kept(rules: CaseworkRules, facts: Facts) -> tuple[Kept, ...]:
    """Return what keeps the register from deciding by itself, by the kernel's own rules."""
    told = (
        (Kept.NOT_CLEAR, facts.get("screening") != CLEAR),
        (Kept.FLAG_OPEN, facts.get("open_flags") != Decimal(0)),
        (Kept.NOT_VALIDATED, rules.validated_end_user is not None and facts.get("end_user_validated") is not True),
    )
    return tuple(kept for kept, is_so in told if is_so)
