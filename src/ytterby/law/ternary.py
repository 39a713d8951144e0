"""Logic of three values: yes, no, and what nobody has said yet.

Kleene's strong logic: a conjunction with one `no` is `no` whatever the rest will turn out to be, so learning a fact
can turn `unknown` into an answer and never `yes` into `no`.

Source: Kleene, Introduction to Metamathematics (1952), section 64.
"""

from collections.abc import Iterable
from enum import StrEnum


class Ternary(StrEnum):
    """Whether something holds."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def all_of(values: Iterable[Ternary]) -> Ternary:
    """Return no where one is no, else unknown where one is unknown, else yes."""
    found = set(values)
    if Ternary.NO in found:
        return Ternary.NO
    return Ternary.UNKNOWN if Ternary.UNKNOWN in found else Ternary.YES


def any_of(values: Iterable[Ternary]) -> Ternary:
    """Return yes where one is yes, else unknown where one is unknown, else no."""
    return negation(all_of(negation(value) for value in values))


def negation(value: Ternary) -> Ternary:
    """Return the opposite; of unknown, unknown."""
    if value is Ternary.UNKNOWN:
        return value
    return Ternary.NO if value is Ternary.YES else Ternary.YES
