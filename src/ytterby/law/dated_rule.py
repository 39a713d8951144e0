"""A rule with its dates: from when it applies, when it was suspended, and how its suspension is read.

Every question takes two days: the day that is asked about, and the day whose knowledge is used. A period, a reading or
a version that could not be known on the second day does not count. Readings that disagree make several *worlds*; in
each of them a rule either is in force on a day or is not, or nobody knows yet from which day on it will be.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import NamedTuple

from ytterby.law.condition import Condition
from ytterby.law.days import Days
from ytterby.law.ternary import Ternary, all_of
from ytterby.law.trust import Trust, Words

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


class Transition(NamedTuple):
    """Transactions that go by what held before: whose `day` lies before a day, and whose `end` (where one is named) is
    on or before another.
    """

    day: str
    before: date
    end: str
    until: date | None
    text: Words
    trust: Trust

    def covers(self, days: Days) -> Ternary:
        """Tell whether a transaction of these days goes by what held before."""
        asked = [_holds(days.of(self.day), lambda day: day < self.before)]
        if self.until is not None:
            last = self.until
            asked.append(_holds(days.of(self.end), lambda day: day <= last))
        return all_of(asked)

    def missing(self, days: Days) -> tuple[str, ...]:
        """Return which of its days are not known."""
        names = (self.day,) if self.until is None else (self.day, self.end)
        return tuple(name for name in names if days.of(name) is None)


def _holds(day: date | None, test: Callable[[date], bool]) -> Ternary:
    if day is None:
        return Ternary.UNKNOWN
    return Ternary.YES if test(day) else Ternary.NO


@dataclass(frozen=True, slots=True)
class Version:
    """What a rule says from a day on. `effective` None: not known from when, and not before `not_before`.

    A transaction that one of its transitions covers goes by the version before, by none where it is the first.
    """

    published: date
    effective: date | None
    not_before: date | None
    condition: Condition | None
    text: Words
    trust: Trust
    transition: tuple[Transition, ...] = ()


class Strictest(NamedTuple):
    """A rule that follows others: the strictest of their answers, `otherwise` where no rule in force lists the item.

    `order` lists the words from the mildest to the strictest; `listed` is what a listed item needs in any case.
    """

    order: tuple[str, ...]
    rules: tuple[str, ...]
    fact: str
    listed: str
    otherwise: str


class ShareRule(NamedTuple):
    """How a share of value is worked out of goods, to give the facts `fact` and `u`.

    Parts count that the annex `counts` lists and of which the condition `when` holds, asked of where a part is from.
    The fact `member` says whether the goods belong to the annex `of`.
    """

    fact: str
    u: str
    counts: str
    when: Condition
    of: str
    member: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: versions, suspensions, readings, the date of a transaction that governs, and its two words.

    `means` says of a rule about export what each word that it can answer means for who exports (`export_leave`).
    """

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
    share: ShareRule | None = None
    means: Mapping[str, str] = field(default_factory=dict)


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
    """Whether a rule is in force on a day, by which version, and what suspends it.

    `transition`: what lets a transaction go by this instead of by what is in force; `missing`: days that would tell.
    """

    value: Ternary
    version: Version | None
    suspension: Period | None
    transition: Transition | None = None
    missing: tuple[str, ...] = ()


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


def states_of(rule: Rule, days: Days, known: date, world: World) -> tuple[State, ...]:
    """Return how a rule may stand for a transaction, at the day that governs it: one way, or several where a day that
    its transition asks for is not known. A governing day that is not known leaves everything open.
    """
    day = days.of(rule.governs)
    if day is None:
        return (State(Ternary.UNKNOWN, None, None, None, (rule.governs,)),)
    found = state_of(rule, day, known, world)
    if found.version is None or found.suspension is not None or not any(one.transition for one in rule.versions):
        return (found,)
    return tuple(_through_transitions(rule, found, days, day, known))


def _through_transitions(rule: Rule, found: State, days: Days, day: date, known: date) -> Iterator[State]:
    begun = [
        one for one in rule.versions if one.trust.is_known(known) and (one.effective or one.not_before or day) <= day
    ]
    before: Transition | None = None
    missing: tuple[str, ...] = ()
    for version in sorted(begun, key=lambda one: one.effective or one.not_before or day, reverse=True):
        asked = [(one, one.covers(days)) for one in version.transition if one.trust.is_known(known)]
        sure = next((one for one, value in asked if value is Ternary.YES), None)
        open_one = next((one for one, value in asked if value is Ternary.UNKNOWN), None)
        if sure is None:
            missing += open_one.missing(days) if open_one is not None else ()
            value = found.value if version is found.version else Ternary.YES
            yield State(value, version, None, before, missing)
        if sure is None and open_one is None:
            return
        before = sure or open_one
    yield State(Ternary.NO, None, None, before, missing)


def joined_state(states: tuple[State, ...]) -> State:
    """Return several ways in which a rule may stand as one: unknown where they differ."""
    values = {one.value for one in states}
    if len(values) == 1:
        return states[0]
    missing = tuple(dict.fromkeys(name for one in states for name in one.missing))
    return State(Ternary.UNKNOWN, states[0].version, None, states[-1].transition, missing)


def periods_of(rule: Rule, world: World) -> Iterator[Period]:
    """Yield what suspends a rule if disputes are read as this world says, whoever could know it."""
    yield from rule.suspended
    for reading in rule.readings:
        if world.get(reading.dispute) == reading.id:
            yield from reading.suspended


def every_period(rule: Rule) -> tuple[Period, ...]:
    """Return what suspends a rule by any reading, whoever could know it."""
    return (*rule.suspended, *(one for reading in rule.readings for one in reading.suspended))


def readings_known(rules: Iterable[Rule], disputes: Mapping[str, Dispute], known: date) -> dict[str, tuple[str, ...]]:
    """Return the readings that were held on a day of each dispute about these rules, in order of its identifier."""
    names = sorted({reading.dispute for rule in rules for reading in rule.readings})
    return {name: disputes[name].readings_known(known) for name in names}


def worlds_of(rules: Iterable[Rule], disputes: Mapping[str, Dispute], known: date) -> list[World]:
    """Return every way to read what is disputed about these rules, as known on a day; one where nothing is."""
    held = readings_known(rules, disputes, known)
    choices = [[(name, reading) for reading in readings] for name, readings in held.items()]
    return [dict(chosen) for chosen in product(*(choice for choice in choices if choice))]
