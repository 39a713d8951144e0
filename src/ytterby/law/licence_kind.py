"""A kind of licence as a pack tells it: who may hold it, how much it lets out, what ends it, what is reported after.

A *ceiling* limits what goes out: mass of an element, of the product, pieces or value, for the life of a licence, each
calendar year or any twelve months; without a value it is fixed in each licence. The *tolerance* is the share beyond a
quantity that still counts as within it. What a licence counts in is its *counting unit*; empty: the unit of each line.
What was drawn becomes free again by what *restores* it.

Sources: each entry names its own.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ytterby.law.casework_fact import CaseTest
from ytterby.law.span import Span
from ytterby.law.trust import Trust, Words

SEVERAL, ONE = "several", "one"


class Measure(StrEnum):
    """What a ceiling counts."""

    ELEMENT_MASS = "element_mass"
    PRODUCT_MASS = "product_mass"
    PIECES = "pieces"
    VALUE = "value"


class Per(StrEnum):
    """Over what time a ceiling counts: the life of the licence, a calendar year, the twelve months before each day."""

    LICENCE = "licence"
    CALENDAR_YEAR = "calendar_year"
    ROLLING_YEAR = "rolling_year"


class DoneWhen(StrEnum):
    """What ends a licence beside its last day: the first exit, that all is drawn, or nothing."""

    FIRST_EXIT = "first_exit"
    USED = "used"
    NEVER = "never"


# What may give back what was drawn: goods that never left, that came back, that were imported again.
RESTORES = ("short_shipped", "returned", "reimported")
# The four reports after delivery, in their order, and what each of them may count from.
REPORTS = ("transport", "arrival", "installation", "use")
REPORT_AFTER = ("exit", *REPORTS)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How much goes out at most. `element`: of one, else of each one for itself; `value` None: fixed in each licence;
    `unit`: KGM, H87 or a currency.
    """

    id: str
    measure: Measure
    per: Per
    element: str
    value: Decimal | None
    unit: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Holder:
    """Who may hold a licence: bodies of these ids, and nobody of whom one of these provisions speaks."""

    bodies: tuple[str, ...]
    barred_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EligibilityRule:
    """Something that must hold of a holder: any one of its tests."""

    id: str
    title: Words
    tests: tuple[CaseTest, ...]
    trust: Trust


@dataclass(frozen=True, slots=True)
class ReportOwed:
    """A report after delivery: who tells it, and within what time of the exit or of the report before."""

    id: str
    by: str
    within: Span
    calendar: str
    after: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class LicenceKind:
    """A kind of licence: for how many users and exports, for how long at most, and what holds of it while it lives."""

    id: str
    title: Words
    end_users: str
    exports: str
    valid_most: Span | None
    ends: Words | None
    done_when: DoneWhen
    holder: Holder | None
    ceilings: tuple[Ceiling, ...]
    tolerance: Decimal
    counting_unit: str
    restores: tuple[str, ...]
    documents: tuple[str, ...]
    conditions: tuple[Words, ...]
    cases: tuple[Words, ...]
    eligibility: tuple[EligibilityRule, ...]
    revocation_causes: tuple[str, ...]
    reports: tuple[ReportOwed, ...]
    trust: Trust
