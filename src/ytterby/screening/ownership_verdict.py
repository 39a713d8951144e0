"""What ownership makes of each party under the rules of a day: captured, possible, clear, unstated or listed, and why.

A rule in force counts as it says; one whose standing or whose way of adding up is read in several ways never captures
by itself, it makes *possible*, and is said to be disputed; one that is suspended or not yet in force is worked out
beside the others and changes no verdict. A listed minority (25 % and more, below the threshold) is a question too.

The multiplied interest of listed parties is information and decides nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ytterby.law.standing import DISPUTED, IN_FORCE, UNKNOWN
from ytterby.screening.ownership import (
    Captures,
    Edge,
    ListedParty,
    OwnershipGraph,
    Stake,
    captures_of,
    graph_of,
    latest_stakes,
)
from ytterby.screening.ownership_rule import WHOLE, OwnershipRules, RuleOnDay, rules_on

MULTIPLIED_ROUNDS = 64
Floats = npt.NDArray[np.float64]


class Verdict(StrEnum):
    """What ownership makes of a party, from the gravest on."""

    LISTED = "listed"
    CAPTURED = "captured"
    POSSIBLE = "possible"
    UNSTATED = "unstated"
    CLEAR = "clear"


GRAVITY = {verdict: n for n, verdict in enumerate(Verdict)}
STOPS = (Verdict.CAPTURED, Verdict.POSSIBLE)


class UnderRule(NamedTuple):
    """What one rule makes of a party; `is_disputed` where its readings, or ways to read how stakes add up, differ.

    `counts` is false of a rule that is not in force. Shares in millionths of a percent: what listed and captured
    owners surely hold, what they hold at most of what was declared, and what could be theirs at all.
    """

    rule: RuleOnDay
    verdict: Verdict
    is_disputed: bool
    counts: bool
    low: int
    declared: int
    most: int


class Link(NamedTuple):
    """One stake of a chain: held by a listed owner or by one that is captured itself; `depth` from the party asked."""

    depth: int
    stake: Stake
    is_listed: bool


@dataclass(frozen=True, slots=True)
class PartyOwnership:
    """A party's verdict over all rules, what each says, and what is asked because of it.

    `is_minority`: listed or captured owners hold a minority that is asked about. `chain`: the stakes that captured it,
    or could. `open_share`: what nobody declared, millionths of a percent.
    """

    party: str
    verdict: Verdict
    is_disputed: bool
    is_minority: bool
    under: tuple[UnderRule, ...]
    open_share: int
    lists: tuple[ListedParty, ...]


class _Worked(NamedTuple):
    """A rule with who is listed for it and what comes of it in each way to read it.

    `caught` and `could` tell of each party whether it is captured, or could be, in any of these ways.
    """

    rule: RuleOnDay
    seeds: frozenset[int]
    ways: tuple[Captures, ...]
    caught: bytes
    could: bytes


class Ownership:
    """Everything that the statements of a day say of who is owned by whom, under the rules as known on a day."""

    def __init__(
        self,
        stakes: Iterable[Stake],
        listed: Iterable[ListedParty],
        rules: OwnershipRules,
        *,
        on: date,
        known: date,
        chosen: Sequence[str] = (),
        parties: Collection[str] = (),
    ) -> None:
        holding = [one for one in listed if one.holds_on(on)]
        self.on, self.minority = on, rules.minority
        self.graph: OwnershipGraph = graph_of(latest_stakes(stakes, on), {*parties, *(one.party for one in holding)})
        self.listed: dict[int, tuple[ListedParty, ...]] = {}
        for one in sorted(set(holding), key=lambda one: (one.party, one.list, one.source, one.since or date.min)):
            at = self.graph.number[one.party]
            self.listed[at] = (*self.listed.get(at, ()), one)
        self.rules = rules_on(rules, on=on, known=known, chosen=chosen)
        self._worked = [self._work(one) for one in self.rules if one.terms is not None]

    def _work(self, rule: RuleOnDay) -> _Worked:
        terms = rule.terms
        if terms is None:
            raise ValueError("a rule without terms captures nobody")
        seeds = frozenset(at for at, rows in self.listed.items() if any(row.list in terms.lists for row in rows))
        ways = tuple(captures_of(self.graph, seeds, terms, adds=adds) for adds in terms.sums)
        caught, could = bytearray(len(self.graph.parties)), bytearray(len(self.graph.parties))
        for way in ways:
            for at in way.rounds:
                caught[at] = 1
            for at, is_possible in enumerate(way.possible):
                could[at] |= is_possible
        return _Worked(rule, seeds, ways, bytes(caught), bytes(could))

    def all(self) -> Iterator[PartyOwnership]:
        """Yield what ownership makes of every party, in order of their names."""
        return (self.of(party) for party in self.graph.parties)

    def of(self, party: str) -> PartyOwnership:
        """Return what ownership makes of a party.

        Raises:
            KeyError: no statement names it.
        """
        at = self.graph.number[party]
        under = tuple(self._under(worked, at) for worked in self._worked)
        counting = [one for one in under if one.counts]
        lists = self.listed.get(at, ())
        verdict = min((one.verdict for one in counting), key=GRAVITY.__getitem__, default=self._unruled(at))
        return PartyOwnership(
            party=party,
            verdict=verdict,
            is_disputed=any(one.is_disputed for one in counting if one.verdict is verdict),
            is_minority=verdict not in {Verdict.LISTED, Verdict.CAPTURED}
            and any(one.declared >= self.minority for one in counting),
            under=under,
            open_share=self.open_share(at),
            lists=lists,
        )

    def _unruled(self, at: int) -> Verdict:
        return Verdict.CLEAR if self.graph.owners[at] else Verdict.UNSTATED

    def open_share(self, at: int) -> int:
        """Return what could be held by somebody whom nobody declared, millionths of a percent."""
        return WHOLE - sum(lo for _, lo, _ in self.graph.owners[at])

    def _under(self, worked: _Worked, at: int) -> UnderRule:
        rule, seeds, ways, caught_any, could_any = worked
        is_open = rule.standing.word in {DISPUTED, UNKNOWN}
        counts = is_open or rule.standing.word == IN_FORCE
        low = declared = clean = 0
        for owner, lo, hi in self.graph.owners[at]:
            if caught_any[owner]:
                low += lo
                declared += hi
            if not could_any[owner]:
                clean += lo
        figures = (low, min(declared, WHOLE), WHOLE - clean)
        if at in seeds:
            return UnderRule(rule, Verdict.LISTED, False, counts, *figures)
        if not self.graph.owners[at]:
            return UnderRule(rule, Verdict.UNSTATED, False, counts, 0, 0, WHOLE)
        caught = [at in way.rounds for way in ways]
        could = [way.possible[at] for way in ways]
        if all(caught) and not is_open:
            return UnderRule(rule, Verdict.CAPTURED, False, counts, *figures)
        if any(caught) or any(could):
            differs = is_open and any(caught)
            is_disputed = differs or len(set(caught)) > 1 or (not any(caught) and len(set(could)) > 1)
            return UnderRule(rule, Verdict.POSSIBLE, is_disputed, counts, *figures)
        return UnderRule(rule, Verdict.CLEAR, False, counts, *figures)

    # Why

    def chain(self, party: str, rule: str, *, most: int) -> tuple[Link, ...]:
        """Return the stakes that captured a party under a rule, or could, each owner's own after it; at most so many.

        Where it is captured only what captured it is told: stakes of owners that were listed or captured before.
        """
        worked = next(one for one in self._worked if one.rule.rule.id == rule)
        links: list[Link] = []
        seen: set[int] = set()
        stack: list[tuple[Link | None, int]] = [(None, self.graph.number[party])]
        while stack and len(links) < most:
            link, at = stack.pop()
            depth = 0
            if link is not None:
                links.append(link)
                depth = link.depth
            if at in seen or (link is not None and link.is_listed):
                continue
            seen.add(at)
            for owner, _, _ in reversed(self._owners_that_count(worked, at)):
                stake = self.graph.stakes[owner, at]
                stack.append((Link(depth + 1, stake, owner in worked.seeds), owner))
        return tuple(links)

    def _owners_that_count(self, worked: _Worked, at: int) -> list[Edge]:
        """Return the owners of a party through which it is captured, else those through which it could be."""
        way = next((one for one in worked.ways if at in one.rounds), None)
        edges = self.graph.owners[at]
        if way is not None:
            never = len(self.graph.parties)
            owners = [edge for edge in edges if way.rounds.get(edge[0], never) < way.rounds[at]]
        else:
            owners = [edge for edge in edges if worked.could[edge[0]]]
        return sorted(owners, key=lambda edge: (-edge[1], -edge[2], edge[0]))

    # Information only

    @cached_property
    def _multiplied(self) -> Floats:
        """Interest of all listed parties in each party, percent, by multiplying lower bounds along all chains."""
        size = len(self.graph.parties)
        edges = sorted((owned, owner, lo) for owned, rows in enumerate(self.graph.owners) for owner, lo, _ in rows)
        is_listed = np.zeros(size)
        is_listed[list(self.listed)] = 1.0
        if not edges:
            return is_listed * 100.0
        owned, owner, lo = (np.array(column) for column in zip(*edges, strict=True))
        part = lo / WHOLE
        interest: Floats = is_listed
        for _ in range(MULTIPLIED_ROUNDS):
            after: Floats = np.bincount(owned, weights=part * interest[owner], minlength=size).astype(np.float64)
            after = np.maximum(np.minimum(after, 1.0), is_listed)
            if np.array_equal(after, interest):
                break
            interest = after
        return interest * 100.0

    def multiplied_percent(self, party: str) -> float:
        """Return the multiplied interest of listed parties in a party, percent; it decides nothing."""
        return float(self._multiplied[self.graph.number[party]])


def count_verdicts(found: Iterable[PartyOwnership]) -> Mapping[Verdict, int]:
    """Return how many parties have each verdict."""
    counts = dict.fromkeys(Verdict, 0)
    for one in found:
        counts[one.verdict] += 1
    return counts
