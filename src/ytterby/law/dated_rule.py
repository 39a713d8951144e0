"""A rule with its dates: from when it applies, when it was suspended, and how its suspension is read.

Every question takes two days: the day that is asked about, and the day whose knowledge is used. A period, a reading or
a version that could not be known on the second day does not count. Readings that disagree make several *worlds*; in
each of them a rule either is in force on a day or is not, or nobody knows yet from which day on it will be.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import NamedTuple

from ytterby.law.condition import Condition
from ytterby.law.ternary import Ternary
from ytterby.law.trust import Trust, Words

# Which day of a transaction counts.
GOVERNS = ("exit", "contract", "application", "acceptance", "decision", "placing_on_market", "delivery", "conduct")
# Dispute -> the reading that is followed.
World = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a rule is suspended: from `first` to `last` (None: open), the last one included or not.

    One that `is_end` says that the rule ended on its first day.
    """

    first: date
    last: date | None
    is_last_included: bool
    is_last_sure: bool
    trust: Trust
    is_end: bool = False

    @property
    def is_empty(self) -> bool:
        """No day lies in it: lifted on the day on which it began."""
        return self.last == self.first and not self.is_last_included

    def covers(self, day: date) -> bool:
        """Tell whether a day lies in it."""
        if day < self.first:
            return False
        return self.last is None or day < self.last or (day == self.last and self.is_last_included)

    def meets(self, other: "Period") -> bool:
        """Tell whether two periods share a day."""
        if self.is_empty or other.is_empty:
            return False
        early, late = sorted((self, other), key=lambda period: period.first)
        return early.covers(late.first)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a dispute, as far as this rule is concerned: what it suspends beyond what all agree on."""

    dispute: str
    id: str
    suspended: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """What a rule says from a day on. `effective` None: not known from when, and not before `not_before`."""

    published: date
    effective: date | None
    not_before: date | None
    condition: Condition | None
    text: Words
    trust: Trust


class Strictest(NamedTuple):
    """A rule that follows others: the strictest of their answers, `otherwise` where no rule in force lists the item.

    `order` lists the words from the mildest to the strictest; `listed` is what a listed item needs in any case.
    """

    order: tuple[str, ...]
    rules: tuple[str, ...]
    fact: str
    listed: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: versions, suspensions, readings, the date of a transaction that governs, and its two words."""

    id: str
    pack: str
    title: Words
    governs: str
    versions: tuple[Version, ...]
    suspended: tuple[Period, ...]
    readings: tuple[Reading, ...]
    holds: str
    fails: str
    presumed: Mapping[str, tuple[str, ...]]
    duties: tuple[Words, ...]
    strictest: Strictest | None
    trust: Trust


class Settlement(NamedTuple):
    """An officer's dated entry that closes a dispute: the reading that holds, by whom, and since when it is known."""

    reading: str
    by: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Dispute:
    """What is read in several ways, who may settle it, and on what it was settled, the latest entry last."""

    id: str
    text: Words
    settled_by: Words
    readings: Mapping[str, tuple[Words, Trust]]
    settlements: tuple[Settlement, ...] = ()

    def settlement_known(self, known: date) -> Settlement | None:
        """Return what it was settled on as known on a day: the latest entry, of one day the last; None before any."""
        found = [one for one in self.settlements if one.trust.is_known(known)]
        return max(reversed(found), key=lambda one: one.trust.known_since, default=None)

    def readings_known(self, known: date) -> tuple[str, ...]:
        """Return the readings that were held on a day: the one that was settled on, once it was."""
        settled = self.settlement_known(known)
        if settled is not None:
            return (settled.reading,)
        return tuple(name for name, (_, trust) in self.readings.items() if trust.is_known(known))


class State(NamedTuple):
    """Whether a rule is in force on a day, by which version, and what suspends it."""

    value: Ternary
    version: Version | None
    suspension: Period | None


def state_of(rule: Rule, on: date, known: date, world: World) -> State:
    """Return whether a rule is in force on a day, as known on another, if disputes are read as this world says."""
    versions = [one for one in rule.versions if one.trust.is_known(known)]
    begun = [one for one in versions if one.effective is not None and one.effective <= on]
    if not begun:
        open_ones = [one for one in versions if one.not_before is not None and one.not_before <= on]
        return State(Ternary.UNKNOWN, open_ones[-1], None) if open_ones else State(Ternary.NO, None, None)
    version = max(begun, key=lambda one: one.effective or date.min)
    for period in periods_of(rule, world):
        if period.trust.is_known(known) and period.covers(on):
            return State(Ternary.NO, version, period)
    return State(Ternary.YES, version, None)


def periods_of(rule: Rule, world: World) -> Iterator[Period]:
    """Yield what suspends a rule if disputes are read as this world says, whoever could know it."""
    yield from rule.suspended
    for reading in rule.readings:
        if world.get(reading.dispute) == reading.id:
            yield from reading.suspended


def worlds_of(rules: Iterable[Rule], disputes: Mapping[str, Dispute], known: date) -> list[World]:
    """Return every way to read what is disputed about these rules, as known on a day; one where nothing is."""
    names = sorted({reading.dispute for rule in rules for reading in rule.readings})
    choices = [[(name, reading) for reading in disputes[name].readings_known(known)] for name in names]
    return [dict(chosen) for chosen in product(*(choice for choice in choices if choice))]
