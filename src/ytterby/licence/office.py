"""What a step is judged by beside the case: the procedure's own words, who speaks, and what was looked up for it.

The shell makes an `Office` for each step, and replay makes the same one again from the log; the guards (`guard.py`)
read it and nothing else. What was not looked up counts as not known, and never as good.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ytterby.law.licence_kind import LicenceKind
from ytterby.licence.assignment import Candidate
from ytterby.licence.finding import Finding
from ytterby.licence.transition import TransitionTable

PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Tier:
    """How many approvals a tier wants, of which bodies (empty: any that decides), and whether a rule may decide
    alone.
    """

    id: str
    approvals: int = 1
    bodies: tuple[str, ...] = ()
    is_automatic: bool = False
    end_user_level: str = ""

    def body_of(self, order: int) -> str:
        """Return the body whose approval an order is; empty for any."""
        return self.bodies[order - 1] if 0 < order <= len(self.bodies) else ""


@dataclass(frozen=True, slots=True)
class CaseRules:
    """What the pack in force says of a kind of case.

    `phases`: kernel phase -> state of the procedure, for the phases that it has. `reasons`: kind of reason -> codes.
    `stops` and `lifts`: reasons that stop the clock of the decision, and that lift its limit. `blocking`: the checks
    that block. `bodies`: body of the procedure -> its role. `amendable`: what of a licence may be amended;
    `locks_amended`: whether the licence rests meanwhile. Without tiers one approval is wanted.
    """

    table: TransitionTable
    phases: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stops: frozenset[str] = frozenset()
    lifts: frozenset[str] = frozenset()
    blocking: frozenset[str] = frozenset()
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    tier_else: Tier = Tier("S")
    licence_kinds: Mapping[str, LicenceKind] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
    amendable: frozenset[str] = frozenset()
    locks_amended: bool = True

    def tier(self, name: str) -> Tier:
        """Return a tier; the one that holds where none was worked out for an empty name."""
        return self.tiers.get(name, self.tier_else)


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who speaks: account, party, the roles that it has in the case, the bodies and team that it is of.

    `conflicts` are the parties of which the account declared a conflict, in whatever case.
    """

    account: str
    party: str
    roles: frozenset[str]
    bodies: frozenset[str] = frozenset()
    team: str = ""
    conflicts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Office:
    """All that a step is judged by. Days are civil days of the procedure's zone.

    `gaps`: codes of what law asks for and is missing or disagrees; None: completeness was not judged. `barred`: why
    the applicant may not hold such a licence; None: nobody looked. `findings` are of the evidence that was gathered
    last; None: they were not worked out. `screening_now`: what `screening.check` answers at this instant; empty: not
    asked. `customs_flaws`: why the customs' own system could not read the licence; None: it was not tried.
    `candidates`: who acts for a body that may decide, of the order that a handing over is about; None: the roster was
    not read.
    `appeal_until`: the last day of an appeal. `amended`: the content of the licence that an amendment is about; None:
    there is none that could be amended. `silence`: the state of the procedure in which the case is by silence; empty:
    by none; None: the clocks were not read. `beyond_ceilings`: the ceilings that the holder's licences would go beyond
    with it; None: nobody added them up.
    """

    rules: CaseRules
    speaker: Speaking
    at: str
    today: date
    gaps: tuple[str, ...] | None = None
    barred: tuple[str, ...] | None = None
    findings: tuple[Finding, ...] | None = None
    screening_now: str = ""
    customs_flaws: tuple[str, ...] | None = None
    beyond_ceilings: tuple[str, ...] | None = None
    candidates: tuple[Candidate, ...] | None = None
    appeal_until: date | None = None
    is_licence_over: bool = False
    amended: Mapping[str, Any] | None = None
    silence: str | None = None
