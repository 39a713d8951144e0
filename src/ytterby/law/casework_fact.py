"""What a score card and a rule of eligibility may ask of a case, and which way each of it is worse.

The facts are the kernel's words; what they say of a case is found by the office (`licence.tier`). A card counts risks
alone: of each fact only the side that is worse can add points, so that no card can be written by which one risk more
makes a case lighter. A rule of eligibility asks for the other side.

Source: section 5.4 (c) of the project's notes on casework.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class FactShape(StrEnum):
    """What a fact holds: several words, one word, a number, an amount of money, or whether something is so."""

    WORDS = "words"
    WORD = "word"
    NUMBER = "number"
    AMOUNT = "amount"
    TRUTH = "truth"


class Worse(StrEnum):
    """Which side of a fact is the risk: more of it, less of it, that it is so, that it is not; or as the pack says."""

    MORE = "more"
    LESS = "less"
    TRUE = "true"
    FALSE = "false"
    AS_SAID = "as_said"


class Op(StrEnum):
    """How a fact is asked."""

    ANY_OF = "any_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    BELOW = "below"
    IS_TRUE = "is_true"
    IS_FALSE = "is_false"


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One fact: what it holds, and which side of it is worse."""

    shape: FactShape
    worse: Worse


_SAID, _MORE, _LESS = Worse.AS_SAID, Worse.MORE, Worse.LESS
CASE_FACTS: Mapping[str, CaseFact] = {
    # The goods: elements and forms of all lines, the codes that control them.
    "elements": CaseFact(FactShape.WORDS, _SAID),
    "forms": CaseFact(FactShape.WORDS, _SAID),
    "codes": CaseFact(FactShape.WORDS, _SAID),
    "destination": CaseFact(FactShape.WORD, _SAID),
    "licence_kind": CaseFact(FactShape.WORD, _SAID),
    "use": CaseFact(FactShape.WORD, _SAID),
    "value": CaseFact(FactShape.AMOUNT, _MORE),
    "element_mass_kg": CaseFact(FactShape.NUMBER, _MORE),
    # The end user: how well it is known who it is, what was seen there, what arrived; what all suppliers together
    # send it, as a share of what it needs; whether it is validated.
    "end_user_level": CaseFact(FactShape.WORD, _SAID),
    "visits_passed": CaseFact(FactShape.NUMBER, _LESS),
    "deliveries_confirmed": CaseFact(FactShape.NUMBER, _LESS),
    "reports_overdue": CaseFact(FactShape.NUMBER, _MORE),
    "need_share": CaseFact(FactShape.NUMBER, _MORE),
    "end_user_validated": CaseFact(FactShape.TRUTH, Worse.FALSE),
    # The exporter's record.
    "exporter_years": CaseFact(FactShape.NUMBER, _LESS),
    "licences_used": CaseFact(FactShape.NUMBER, _LESS),
    "licences_yearly": CaseFact(FactShape.NUMBER, _LESS),
    "licences_yearly_of_one_code": CaseFact(FactShape.NUMBER, _LESS),
    "penalties": CaseFact(FactShape.NUMBER, _MORE),
    "years_without_penalty": CaseFact(FactShape.NUMBER, _LESS),
    "compliance_programme": CaseFact(FactShape.TRUTH, Worse.FALSE),
    "fixed_channels": CaseFact(FactShape.TRUTH, Worse.FALSE),
    # What the register knows: whether the chain of the lots adds up, and how many times the largest quantity of the
    # past year this one is.
    "chain_reconciled": CaseFact(FactShape.TRUTH, Worse.FALSE),
    "deviation": CaseFact(FactShape.NUMBER, _MORE),
    "open_findings": CaseFact(FactShape.NUMBER, _MORE),
    # Whether somebody who looked again at a decision by rule, for this exporter and one of these end users, found it
    # wrong.
    "audited_wrong": CaseFact(FactShape.TRUTH, Worse.TRUE),
    # Screening (clear, candidate, not_checked) and red flags.
    "screening": CaseFact(FactShape.WORD, _SAID),
    "open_flags": CaseFact(FactShape.NUMBER, _MORE),
    "watch_listed": CaseFact(FactShape.TRUTH, Worse.TRUE),
    "control_listed": CaseFact(FactShape.TRUTH, Worse.TRUE),
}
CLEAR, CANDIDATE, NOT_CHECKED = "clear", "candidate", "not_checked"
# Words of facts that are the kernel's own and no pack's.
LEVELS = ("claimed", "address", "organisation")
FACT_WORDS: Mapping[str, tuple[str, ...]] = {
    "end_user_level": LEVELS,
    "screening": (CLEAR, CANDIDATE, NOT_CHECKED),
}
_RISK_OPS = {
    Worse.MORE: (Op.AT_LEAST,),
    Worse.LESS: (Op.BELOW,),
    Worse.TRUE: (Op.IS_TRUE,),
    Worse.FALSE: (Op.IS_FALSE,),
}
_MERIT_OPS = {
    Worse.MORE: (Op.BELOW,),
    Worse.LESS: (Op.AT_LEAST,),
    Worse.TRUE: (Op.IS_FALSE,),
    Worse.FALSE: (Op.IS_TRUE,),
}


@dataclass(frozen=True, slots=True)
class CaseTest:
    """A question to a fact: one of these words, none of them, at least or below a figure (`unit`: its currency)."""

    fact: str
    op: Op
    words: frozenset[str] = frozenset()
    figure: Decimal | None = None
    unit: str = ""


def ops_of(fact: str, *, is_risk: bool) -> tuple[Op, ...]:
    """Return how a fact may be asked: as a risk, or as what speaks for somebody.

    Of several words *none of them* is no question: one word more would turn it.
    """
    known = CASE_FACTS[fact]
    if known.shape is FactShape.WORDS:
        return (Op.ANY_OF,)
    if known.shape is FactShape.WORD:
        return (Op.ANY_OF, Op.NONE_OF)
    return (_RISK_OPS if is_risk else _MERIT_OPS)[known.worse]
