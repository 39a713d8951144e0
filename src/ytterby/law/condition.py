"""The small language in which a pack says when a rule holds, and its evaluation in three values.

A condition is one of

    {all: [condition, ...]}                 every one holds
    {any: [condition, ...]}                 one of them holds
    {not: condition}
    {fact: NAME, in: [value, ...]}          the fact, or one of its several values, is among these
    {fact: NAME, in: [value, ...], if_missing: no}      the same, and no where nobody says it
    {fact: NAME, at_least: "0.5", u: NAME_U, k: "2"}    the figure less k u reaches the limit; `more_than` likewise

A figure may be known between two bounds only (`Span`): the condition holds where it holds at both of them. Places may
be sure, possible, or open (`Places`): one that is sure and asked for suffices, and none may be possible for a no.

A fact that is missing, or has the value that its declaration calls unknown, makes its leaf unknown. A figure within
k u of the limit does too: only a better figure settles it. Without a stated u the figure is taken as exact. A leaf may
carry `text`, `source` and `confidence` of its own, where the words of a rule are not equally sure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ytterby.law.ternary import Ternary, all_of, any_of, negation
from ytterby.law.trust import Trust, Words


@dataclass(frozen=True, slots=True)
class Span:
    """A figure of which only bounds are known, each with its standard uncertainty."""

    low: Decimal
    low_u: Decimal
    high: Decimal
    high_u: Decimal


@dataclass(frozen=True, slots=True)
class Places:
    """Words of which some are sure, some are possible, and others may be added: countries of a stage of a lot."""

    sure: frozenset[str]
    perhaps: frozenset[str]
    is_open: bool


Fact = tuple[str, ...] | Decimal | Span | Places
Facts = Mapping[str, Fact]
ALL, ANY, NOT = "all", "any", "not"
AT_LEAST, MORE_THAN = "at_least", "more_than"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison of a fact: with `values`, or (`relation`) with a limit within k times the fact `u`."""

    fact: str
    values: frozenset[str] = frozenset()
    relation: str = ""
    limit: Decimal = Decimal(0)
    u: str = ""
    k: Decimal = Decimal(0)
    is_no_if_missing: bool = False
    text: Words | None = None
    trust: Trust | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """Several conditions under `all`, `any` or `not`."""

    kind: str
    parts: tuple["Condition", ...]


Condition = Leaf | Branch


class Judged(NamedTuple):
    """Whether a condition holds, the leaves that decided it, and the facts that would settle it."""

    value: Ternary
    leaves: tuple[Leaf, ...]
    missing: tuple[str, ...]


def judge(condition: Condition, facts: Facts) -> Judged:
    """Return whether a condition holds of these facts, and on which leaves that rests."""
    if isinstance(condition, Leaf):
        value = _judge_leaf(condition, facts)
        return Judged(value, (condition,), (condition.fact,) if value is Ternary.UNKNOWN else ())
    judged = [judge(part, facts) for part in condition.parts]
    values = [one.value for one in judged]
    if condition.kind == NOT:
        value = negation(values[0])
    else:
        value = all_of(values) if condition.kind == ALL else any_of(values)
    # What decided is what has the value of the whole: the one `no` of a conjunction, every `yes` of it.
    deciding = [one for one in judged if condition.kind == NOT or one.value is value]
    leaves = tuple(leaf for one in deciding for leaf in one.leaves)
    missing = tuple(name for one in deciding for name in one.missing) if value is Ternary.UNKNOWN else ()
    return Judged(value, leaves, tuple(dict.fromkeys(missing)))


def _judge_leaf(leaf: Leaf, facts: Facts) -> Ternary:
    found = facts.get(leaf.fact)
    if found is None:
        return Ternary.NO if leaf.is_no_if_missing else Ternary.UNKNOWN
    if isinstance(found, Places):
        if leaf.values & found.sure:
            return Ternary.YES
        return Ternary.UNKNOWN if found.is_open or leaf.values & found.perhaps else Ternary.NO
    if isinstance(found, Span):
        ends = {
            _judge_figure(leaf, found.low, leaf.k * found.low_u),
            _judge_figure(leaf, found.high, leaf.k * found.high_u),
        }
        return ends.pop() if len(ends) == 1 else Ternary.UNKNOWN
    if isinstance(found, Decimal):
        u = facts.get(leaf.u, Decimal(0))
        return _judge_figure(leaf, found, leaf.k * u) if isinstance(u, Decimal) else Ternary.UNKNOWN
    return Ternary.YES if leaf.values & set(found) else Ternary.NO


def _judge_figure(leaf: Leaf, figure: Decimal, margin: Decimal) -> Ternary:
    low, high = figure - margin, figure + margin
    is_reached = low >= leaf.limit if leaf.relation == AT_LEAST else low > leaf.limit
    is_missed = high < leaf.limit if leaf.relation == AT_LEAST else high <= leaf.limit
    if is_reached:
        return Ternary.YES
    return Ternary.NO if is_missed else Ternary.UNKNOWN


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """Yield every leaf of a condition."""
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from leaves_of(part)
