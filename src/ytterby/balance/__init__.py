"""Does it add up: closure of steps, mirror pairs of deliveries, findings.

What this room knows. For each step and element, whether what went in came out within what can be measured
(`closure`); for each delivery, whether the receiver says what the shipper says (`mirror`); and all that does not add
up, in one shape (`finding`).

What it never does. It accuses nobody: a finding names who is concerned, how sure it is and what would settle it. It
never compares with equality where a measurement stands, and never takes an unknown for zero.

Terms. *u*: standard uncertainty (k = 1). *z*, *D*: a difference over its u. *Matched, differs, in transit, implied,
receiver only*: the states of a delivery; overdue is said at question time and never stored.

Invariants. Swapping inputs and outputs negates z. A count is exact. What one laboratory measured on both sides may
differ less, not more. A step with an output that was not assayed is "not testable", never "closed".

Sources. GUM, JCGM 100:2008; mirror flows and closure as in the accountancy of nuclear material.
"""

from ytterby.balance.closure import StepClosure, close_step, close_steps
from ytterby.balance.finding import Finding, list_findings
from ytterby.balance.mirror import MirrorState, judge_pair, judge_pairs

__all__ = [
    "Finding",
    "MirrorState",
    "StepClosure",
    "close_step",
    "close_steps",
    "judge_pair",
    "judge_pairs",
    "list_findings",
]
