"""A red flag: how it is graded, its figure beside the limits, what is missing, and the question that it asks.

A flag is *strong*, *weak*, *not raised* or *unknown*; unknown is a value of its own and never 0. Figures are exact
fractions; what needs a logarithm or a root is a decimal of 28 digits, rounded the same everywhere. Infinity stands for
something beside nothing. A measured figure is an interval: the strong limit is held against its lower end, the weak one
against its middle, so that no uncertainty alone makes a flag strong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from math import inf
from typing import Any, NamedTuple

Number = Fraction | float  # a float only where it is infinite
CONTEXT = Context(prec=28, rounding=ROUND_HALF_EVEN)
Words = Mapping[str, str]
HALF, ONE, NOTHING = Decimal("0.5"), Decimal(1), Decimal(0)
COVERAGE = 2  # standard uncertainties from the value to either end of its interval


class Grade(StrEnum):
    """Whether a flag is raised."""

    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"
    UNKNOWN = "unknown"


class Measured(NamedTuple):
    """A value with its standard uncertainty (k = 1), in the unit that its field names."""

    value: Decimal
    u: Decimal = Decimal(0)

    @property
    def low(self) -> Fraction:
        """The lower end of its interval."""
        return Fraction(self.value) - COVERAGE * Fraction(self.u)

    @property
    def high(self) -> Fraction:
        """The upper end of its interval."""
        return Fraction(self.value) + COVERAGE * Fraction(self.u)


class Limit(NamedTuple):
    """What a figure has to be over for a flag to be strong, or weak; under, where it says so."""

    strong: Decimal
    weak: Decimal
    is_under: bool = False


@dataclass(frozen=True, slots=True)
class FlagRule:
    """A flag as dated data. `weights`: of a strong flag, and of a weak one where it has its own."""

    id: str
    subject: str
    formula: str
    title: Words
    figure: Words
    limits: Mapping[str, Limit]
    weight_strong: Decimal
    weight_weak: Decimal | None
    parameters: Mapping[str, Any]
    needs: tuple[str, ...]
    question: Words
    source: str
    confidence: str
    published: date
    effective: date


class Figure(NamedTuple):
    """A computed figure as an interval, by the name of its limit; None where an end is not known."""

    name: str
    low: Number | None
    mid: Number | None
    high: Number | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a formula says: a grade, figures, what is missing, and words that say which."""

    grade: Grade
    figures: tuple[Figure, ...] = ()
    missing: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule with what its formula says of an application."""

    rule: FlagRule
    judged: Judged

    @property
    def s(self) -> Decimal | None:
        """The score: 1, 0.5 or 0; None where it is unknown. Where a weak flag has its own weight it scores 1."""
        match self.judged.grade:
            case Grade.UNKNOWN:
                return None
            case Grade.NONE:
                return NOTHING
            case Grade.WEAK:
                return HALF if self.rule.weight_weak is None else ONE
            case Grade.STRONG:
                return ONE

    @property
    def weight(self) -> Decimal:
        """The weight that counts."""
        weak = self.rule.weight_weak
        return weak if self.judged.grade is Grade.WEAK and weak is not None else self.rule.weight_strong

    @property
    def asks(self) -> bool:
        """Tell whether the applicant is asked: the flag is raised, or unknown."""
        return self.judged.grade is not Grade.NONE


def unknown(*missing: str, figures: tuple[Figure, ...] = ()) -> Judged:
    """Return that nothing can be said, and for want of what."""
    return Judged(Grade.UNKNOWN, figures, tuple(dict.fromkeys(missing)))


def graded(limit: Limit, low: Number | None, mid: Number | None) -> Grade:
    """Return the grade of a figure by its lower end and its middle; unknown where what is known decides nothing."""
    if low is not None and low > limit.strong:
        return Grade.STRONG
    if mid is not None and mid > limit.weak:
        return Grade.WEAK
    return Grade.UNKNOWN if mid is None else Grade.NONE


def at_least(limit: Limit, figure: Figure, *missing: str) -> Judged:
    """Return what a figure says that more knowledge can only raise: its grade where it is raised, else unknown."""
    grade = graded(limit, figure.low, figure.mid)
    if not missing:
        return Judged(grade, (figure,)) if grade is not Grade.UNKNOWN else unknown(figures=(figure,))
    if grade in {Grade.NONE, Grade.UNKNOWN}:
        return unknown(*missing, figures=(figure,))
    return Judged(grade, (figure,), missing)


def ratio(part: Fraction, whole: Fraction) -> Number:
    """Return part over whole; infinite where there is something beside nothing, 0 where there is nothing at all."""
    if whole > 0:
        return part / whole
    return inf if part > 0 else Fraction(0)


def median(values: list[Decimal]) -> Decimal:
    """Return the middle value; of an even number the mean of the two in the middle.

    Raises:
        ValueError: there is none.
    """
    if not values:
        raise ValueError("nothing has no middle")
    ordered, half = sorted(values), len(values) // 2
    if len(values) % 2:
        return ordered[half]
    return CONTEXT.divide(CONTEXT.add(ordered[half - 1], ordered[half]), Decimal(2))


def robust_z(value: Decimal, others: list[Decimal], least_spread: Decimal) -> Decimal:
    """Return how far the logarithm of a value lies from the median of others', in robust standard deviations.

    The standard deviation is 1.4826 times the median absolute deviation, at least `least_spread`. All are over zero.
    """
    logs = [CONTEXT.ln(other) for other in others]
    middle = median(logs)
    spread = CONTEXT.multiply(Decimal("1.4826"), median([abs(CONTEXT.subtract(log, middle)) for log in logs]))
    return CONTEXT.divide(CONTEXT.subtract(CONTEXT.ln(value), middle), max(spread, least_spread))
