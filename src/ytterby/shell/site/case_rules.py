"""What the packs in force say of a kind of case, in the words that the kernel of cases asks for; the tables of
kinds.
"""

from functools import lru_cache

from ytterby.law.procedure import Procedure
from ytterby.licence.guard import CHOICES, GUARDS
from ytterby.licence.office import CaseRules, Tier
from ytterby.licence.transition import TransitionTable, read_transition_table
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.wording.yaml_text import read_yaml

KINDS = (
    *("individual", "open", "general_registration", "classification", "consultation"),
    *("amendment", "post_shipment_check"),
)


@lru_cache(maxsize=16)
def transition_table(kind: str) -> TransitionTable:
    """Return the table of a kind of case.

    Raises:
        KeyError: there is no such kind.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    return read_transition_table(read_yaml(packaged_text("licence", f"transitions/{kind}.yaml")), GUARDS, CHOICES)


def case_rules(procedure: Procedure, kind: str) -> CaseRules:
    """Return what a procedure says of a kind of case. One without a part on casework has no phase but review.

    Raises:
        KeyError: there is no such kind.
    """
    rules = procedure.casework
    table = transition_table(kind)
    stops = frozenset(name for clock in procedure.clocks.values() for name in clock.stops)
    lifts = frozenset(name for clock in procedure.clocks.values() for name in clock.no_limit)
    bodies = {name: body.role for name, body in procedure.bodies.items()}
    if rules is None:
        first = next(iter(procedure.states))
        return CaseRules(
            table, {"review": first}, stops=stops, lifts=lifts, licence_kinds=procedure.licence_kinds, bodies=bodies
        )
    reasons: dict[str, set[str]] = {}
    for one in rules.coded_reasons.values():
        reasons.setdefault(one.kind.value, set()).add(one.id)
    tiers = {
        name: Tier(name, one.approvals, tuple(one.bodies), one.is_automatic, one.end_user_level)
        for name, one in rules.tiers.items()
    }
    strictest = next(reversed(tiers.values()), Tier("S"))
    return CaseRules(
        table=table,
        phases={phase.value: state for phase, state in rules.phases.items()},
        reasons={name: frozenset(codes) for name, codes in reasons.items()},
        stops=stops,
        lifts=lifts,
        blocking=frozenset(check.value for check in rules.blocking),
        tiers=tiers,
        tier_else=strictest,
        licence_kinds=procedure.licence_kinds,
        bodies=bodies,
        amendable=frozenset() if rules.amendment is None else frozenset(rules.amendment.amendable),
        locks_amended=rules.amendment is None or rules.amendment.is_locked,
    )
