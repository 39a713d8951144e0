"""Does it add up: steps, deliveries, months of plants and of the nation, declared uses, returns, quotas, inquiries.

What this room knows.
*One event at a time.* Whether what went into a step came out (`closure`), whether the receiver says what the shipper
says (`mirror`), from which score one of so many such tests is a finding (`single_test`), and what either side of a
delivery is told of it (`told`).
*Months.* From postings to items and rows: what crossed the bounds of plants (`flow`), what was counted there
(`inventory`), with which errors (`content`), in which balances (`items`, `account`). Over these run MUF with its
covariance (`period_balance`), whitening over time (`innovation`), Page's test with thresholds by quadrature (`page`,
`page_threshold`), the tests of one link (`link`) and of declared losses (`loss_yield`), the check of what a plant says
of its own errors (`self_check`).
*The nation.* All plants and links at once (`network`, `network_factor`, `reconciliation`), what would explain an alarm
(`network_hypotheses`, `generalised_likelihood`), the watch that takes off what it found (`watch`).
*What was declared of it.* Uses told beside uses declared (`use_flow`, `use`, `use_finding`), returns of a month or
quarter (`reported`, `flow_return`), quotas (`quota`), how an enterprise kept its duty to report (`reporting_record`),
what it did that dated rules forbid (`conduct`).
*What people do about it.* Everything that does not add up, in one shape (`finding`, `month_finding`); its case, step by
step (`finding_state`, `inquiry`, `custody`, `sampling_plan`); how often each kind was wrong (`false_alarm_statistics`).

What it never does. It accuses nobody: a finding names all who are concerned, how sure it is and what would settle it,
and of causes that the data cannot tell apart every one. It refuses no event. It never compares with equality where a
measurement stands, never takes an unknown for zero, never adds to a diagonal what was not measured, and inverts no
matrix. It keeps nothing: what is stored (closes of months, steps of cases) is `shell`'s, and comes in as arguments.

Terms. *u*, *sigma*: standard uncertainty (k = 1). *Item*: one measured mass. *Row*: one balance, of a plant or a link
in a month. *MUF*: what a plant's month lacks by its own books. *SITMUF*: MUF less what the months before it foretell,
over its own sigma. *Link*: all deliveries from one plant to another. *Pooled*: the weighted sum of elements in which
missing goods show best. *Operating point*: how many false alarms a plant-year may bring. *Overdue* is said at question
time and never stored.

Invariants. Swapping inputs and outputs negates z. A count is exact. What one laboratory measured on both sides may
differ less, not more. A step with an output that was not assayed, and a month without stock-taking, are "not testable",
never "closed" and never 0. Each posting is in an item or named with the reason why not; a closing stock and the next
opening stock are one item; the MUF of all plants, what links differ by and the growth of stocks sum to sources less
sinks. A month's statistics need the months up to it alone. Equal postings in any order give equal accounts.

Tables lie beside the code (operating points, charts and thresholds, rates of the watch, loss norms, limits of uses,
rules of returns, quotas and inquiries), with their source, and how sure it is where that is not computed.

What is imported here needs no scipy, so that whoever asks for one lot does not wait for it. The statistics do, and are
imported from their own modules: `account` and all that rests on `measurements`, `network*`, `watch`, `quota` and the
others.

Sources. GUM, JCGM 100:2008; IAEA Safeguards Glossary (2022); Page (1954); Picard (1987), Burr and Hamada (2013) for
SITMUF; Narasimhan and Mah (1987), Crowe et al. (1983) for reconciliation. Each module names its own.
"""

from ytterby.balance.closure import StepClosure, close_step, close_steps
from ytterby.balance.finding import (
    Finding,
    Hypothesis,
    Listed,
    Phrase,
    finding_id,
    list_findings,
    listed_findings,
)
from ytterby.balance.innovation import Innovations, innovations, innovations_of
from ytterby.balance.mirror import MirrorState, judge_pair, judge_pairs
from ytterby.balance.page import DOWN, UP, Chart, page_chart, page_set
from ytterby.balance.quantity import Quantity, element_quantity, pooled_quantity, quantity_named, total_quantity

__all__ = [
    "DOWN",
    "UP",
    "Chart",
    "Finding",
    "Hypothesis",
    "Innovations",
    "Listed",
    "MirrorState",
    "Phrase",
    "Quantity",
    "StepClosure",
    "close_step",
    "close_steps",
    "element_quantity",
    "finding_id",
    "innovations",
    "innovations_of",
    "judge_pair",
    "judge_pairs",
    "list_findings",
    "listed_findings",
    "page_chart",
    "page_set",
    "pooled_quantity",
    "quantity_named",
    "total_quantity",
]
