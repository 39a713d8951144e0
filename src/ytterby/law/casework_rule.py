"""How an office works on a procedure: its phases, what blocks a decision, tiers, score card, coded reasons, customs.

It is the part `casework` of a procedure, and data. A *phase* is a word of the kernel of cases, and the procedure says
which of its states that is; a phase that it does not name is skipped. A *check* that is listed as blocking keeps a case
from being decided while it did not run, or went against it and nobody judged that; one that is not listed is shown as
not checked. A *tier* says how many approve and who, whether the register decides by itself, and what it must know
first; the tiers stand from the lightest to the strictest. The *score card* says which tier a case is of: rows of
points, all of them risks, bounds of points, and hard rules that no points undo. A *coded reason* goes with each return,
refusal or question, and says what to do about it.

Sources: each entry names its own; section 5 of the project's notes on casework for the words of the kernel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ytterby.law.casework_fact import CaseTest
from ytterby.law.span import Span
from ytterby.law.trust import Trust, Words


class Phase(StrEnum):
    """Where a case or its licence stands, in the words of the kernel."""

    RECEIVED = "received"
    SUPPLEMENT = "supplement"
    NOT_ACCEPTED = "not_accepted"
    PRE_CHECK = "pre_check"
    REVIEW = "review"
    GRANTED = "granted"
    REFUSED = "refused"
    DELIVERED = "delivered"
    AMENDING = "amending"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Check(StrEnum):
    """What can be checked before a decision."""

    COMPLETENESS = "completeness"
    CLASSIFICATION = "classification"
    SCREENING = "screening"
    LOTS = "lots"
    FLAGS = "flags"
    END_USER_LEVEL = "end_user_level"
    STATEMENTS = "statements"


class ReasonKind(StrEnum):
    """What a coded reason is given for."""

    RETURN = "return"
    NOT_ACCEPTED = "not_accepted"
    REFUSAL = "refusal"
    SUSPENSION = "suspension"
    REVOCATION = "revocation"
    SURRENDER = "surrender"
    QUERY = "query"
    TAKE_OVER = "take_over"
    REOPENING = "reopening"
    APPEAL_GROUND = "appeal_ground"


class Need(StrEnum):
    """What makes an end user a validated one."""

    VISITS = "visits"  # it consented to visits
    RECONCILIATION = "reconciliation"  # what it got and what it used was reconciled
    DOCUMENTS = "documents"  # its sealed documents were renewed
    ORGANISATION = "organisation"  # it is verified who it is
    NO_FINDING = "no_finding"  # nothing is open against it


# What of an application may be changed; what a pack calls neither key nor amendable cannot be.
ELEMENTS = (
    *("item", "destination", "end_user", "end_use", "licence_kind", "exporter", "importer", "consignee"),
    *("intermediary", "quantity", "value", "order", "freight_mode", "lots", "validity"),
)
RECORD_KINDS = ("case", "licence", "statement", "document", "report")


@dataclass(frozen=True, slots=True)
class Tier:
    """How a case of a tier is decided. `bodies`: who approves, one for each approval in order; empty: any that decides.

    `audit_share` of what the register decided by itself is looked at again; `departments` are asked for advice;
    `end_user_level` is how well the end user must be known, `screening_age_hours` how old a screening may be.
    """

    id: str
    title: Words
    approvals: int
    bodies: tuple[str, ...]
    is_automatic: bool
    audit_share: Decimal
    departments: tuple[str, ...]
    end_user_level: str
    screening_age_hours: int
    trust: Trust


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Points for a risk; `unknown` where nobody knows whether it is there."""

    id: str
    title: Words
    test: CaseTest
    points: int
    unknown: int
    trust: Trust


@dataclass(frozen=True, slots=True)
class HardRule:
    """What makes a case of a tier at least, whatever its points; it counts where nobody knows, too."""

    id: str
    title: Words
    test: CaseTest
    at_least: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """All of a card: rows, from how many points on a case is of a tier, hard rules. The lightest tier is from 0 on."""

    id: str
    title: Words
    rows: tuple[ScoreRow, ...]
    bounds: Mapping[str, int]
    hard_rules: tuple[HardRule, ...]
    trust: Trust


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """What a validated end user has shown, and for how long each of it holds.

    `unknown_flags`: red flags that need not be known of such an end user. Where one of them cannot be judged it is
    recorded as not known all the same; every other flag, and all flags of anybody else, must be known.
    """

    needs: tuple[Need, ...]
    holds_for: Span
    trust: Trust
    unknown_flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodedReason:
    """A reason with what to do about it; `factor` is the provision that it weighs."""

    id: str
    kind: ReasonKind
    title: Words
    remedy: Words
    factor: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class AppealRule:
    """Within what time of the refusal, to which body; whether its word is the last one, and on which grounds."""

    within: Span
    calendar: str
    to: str
    is_final: bool
    grounds: tuple[str, ...]
    trust: Trust


@dataclass(frozen=True, slots=True)
class AmendmentRule:
    """What asks for a new application when it changes, and what may be amended, by which clock; whether the licence
    rests meanwhile.
    """

    key: tuple[str, ...]
    amendable: tuple[str, ...]
    clock: str
    is_locked: bool
    trust: Trust


@dataclass(frozen=True, slots=True)
class CustomsAdapter:
    """What a file for customs can hold; `content` as the writer of such files takes it (`customs_file_rules`)."""

    id: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CustomsRule:
    """Which body confirms exits, in how many minutes it acknowledges, and how old a list may be at a draw."""

    body: str
    acknowledge_within_minutes: int
    list_age_hours: int
    adapter: CustomsAdapter
    trust: Trust


@dataclass(frozen=True, slots=True)
class CaseworkRules:
    """The part `casework` of a procedure. Tiers from the lightest to the strictest; `retention` names `records`."""

    phases: Mapping[Phase, str]
    notices: str
    blocking: frozenset[Check]
    tiers: Mapping[str, Tier]
    score_card: ScoreCard | None
    validated_end_user: ValidationRule | None
    coded_reasons: Mapping[str, CodedReason]
    appeal: AppealRule | None
    amendment: AmendmentRule | None
    customs: CustomsRule | None
    retention: Mapping[str, str]
    trust: Trust

    def blocks(self, check: Check) -> bool:
        """Tell whether a check keeps a case from being decided while it did not run or went against it."""
        return check in self.blocking

    def reasons_for(self, kind: ReasonKind) -> tuple[CodedReason, ...]:
        """Return the coded reasons that may be given for something, in the order of the pack."""
        return tuple(one for one in self.coded_reasons.values() if one.kind is kind)

    def phase_of(self, state: str) -> Phase | None:
        """Return which phase a state of the procedure is."""
        return next((phase for phase, held in self.phases.items() if held == state), None)

    def rank(self, tier: str) -> int:
        """Return the place of a tier from the lightest, 0, on."""
        return list(self.tiers).index(tier)
