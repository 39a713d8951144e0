"""Who is owned by listed parties: fixpoints of direct stakes that are known within intervals. Never multiplication.

A party is *captured* when the lower bounds of the direct stakes of listed or captured owners reach the threshold: the
least fixpoint, in rounds. It is *possible* when they could: the greatest fixpoint of "100 % less what owners surely
hold who are neither listed, captured nor possible". Stakes that nobody declared count as possibly listed; an owner of
whom nothing is declared does not, since a chain ends somewhere. A party of whose owners nothing at all is declared is
neither: it is *unstated*.

Where a rule does not add up several listed owners, each listed party is taken alone, with what it captures: stakes of
one and the same are always added. Whoever holds what was not declared may be any one of them.

Invariants, each held by a test: the order of statements says nothing; more stakes and more listed parties never free
anybody; a wider interval never turns possible into clear nor clear into captured; captured is among possible; circles
end. Both fixpoints look at each stake a bounded number of times.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ytterby.screening.ownership_rule import WHOLE, Terms

# Stakes looked at while listed parties are taken one by one; beyond it those that are left are taken together, which
# can only make more parties possible.
LOOKS_MAX = 2_000_000


class Stake(NamedTuple):
    """That an owner holds directly from `lo` to `hi` (millionths of a percent) of a party, as stated on a day.

    `row` is where the statement stands, for messages.
    """

    owner: str
    owned: str
    lo: int
    hi: int
    on: date
    source: str
    row: str = ""


class ListedParty(NamedTuple):
    """That a party stands on a list from a day until before another; None is open."""

    party: str
    list: str
    since: date | None = None
    until: date | None = None
    source: str = ""

    def holds_on(self, day: date) -> bool:
        """Tell whether it is listed on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


# A stake in a graph: the party at its other end, by number, and its bounds.
Edge = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class OwnershipGraph:
    """Parties by number in order of their names, stakes by owned and by owner party, and what stated each."""

    parties: tuple[str, ...]
    number: Mapping[str, int]
    owners: tuple[tuple[Edge, ...], ...]
    holdings: tuple[tuple[Edge, ...], ...]
    stakes: Mapping[tuple[int, int], Stake]


def latest_stakes(stakes: Iterable[Stake], on: date) -> list[Stake]:
    """Return of each owner and party what was stated last on or before a day; what was stated differently on the
    same day spans all of it.
    """
    found: dict[tuple[str, str], Stake] = {}
    for one in stakes:
        if one.on > on:
            continue
        key = (one.owner, one.owned)
        known = found.get(key)
        if known is None or known.on < one.on:
            found[key] = one
        elif known.on == one.on:
            first = min(known, one, key=lambda s: (s.source, s.row, s.lo, s.hi))
            found[key] = first._replace(lo=min(known.lo, one.lo), hi=max(known.hi, one.hi))
    return [one for one in found.values() if one.hi]


def graph_of(stakes: Iterable[Stake], parties: Collection[str] = ()) -> OwnershipGraph:
    """Return the graph of stakes, one for each owner and party, with parties that have none."""
    # Names of owner and party come first in a stake, and there is one of each pair.
    listed = sorted(stakes)
    names = tuple(sorted({*parties, *(s.owner for s in listed), *(s.owned for s in listed)}))
    number = {name: n for n, name in enumerate(names)}
    owners: list[list[Edge]] = [[] for _ in names]
    holdings: list[list[Edge]] = [[] for _ in names]
    by_pair = {}
    for one in listed:
        owner, owned = number[one.owner], number[one.owned]
        owners[owned].append((owner, one.lo, one.hi))
        holdings[owner].append((owned, one.lo, one.hi))
        by_pair[owner, owned] = one
    return OwnershipGraph(names, number, tuple(map(tuple, owners)), tuple(map(tuple, holdings)), by_pair)


def captured_rounds(graph: OwnershipGraph, seeds: Iterable[int], terms: Terms) -> dict[int, int]:
    """Return every captured party with the round in which it was, the listed ones with 0: the least fixpoint."""
    rounds = dict.fromkeys(seeds, 0)
    sums: dict[int, int] = {}
    frontier, turn = list(rounds), 0
    while frontier:
        turn += 1
        touched: dict[int, None] = {}
        for owner in frontier:
            for party, lo, _ in graph.holdings[owner]:
                if party not in rounds:
                    sums[party] = sums.get(party, 0) + lo
                    touched[party] = None
        frontier = [party for party in touched if terms.reaches(sums[party])]
        rounds.update(dict.fromkeys(frontier, turn))
    return rounds


def possible_parties(graph: OwnershipGraph, seeds: Collection[int], terms: Terms) -> list[bool]:
    """Tell of each party whether listed ones could own it, the listed ones included: the greatest fixpoint."""
    return _possible(graph, seeds, terms)[0]


def _possible(graph: OwnershipGraph, seeds: Collection[int], terms: Terms) -> tuple[list[bool], list[int]]:
    """Return the same with what owners surely hold of each party who cannot be listed."""
    suspect = [bool(owners) for owners in graph.owners]
    for seed in seeds:
        suspect[seed] = True
    kept = set(seeds)
    clean = [sum(lo for owner, lo, _ in owners if not suspect[owner]) for owners in graph.owners]
    freed = deque(p for p, held in enumerate(clean) if suspect[p] and p not in kept and not terms.reaches(WHOLE - held))
    for party in freed:
        suspect[party] = False
    while freed:
        for party, lo, _ in graph.holdings[freed.popleft()]:
            clean[party] += lo
            if suspect[party] and party not in kept and not terms.reaches(WHOLE - clean[party]):
                suspect[party] = False
                freed.append(party)
    return suspect, clean


class Captures(NamedTuple):
    """What comes of a rule in one way to read it.

    `rounds` is captured party -> round, over listed parties taken together or each alone; `root` tells of a captured
    party by which listed one alone, where they are not added up.
    """

    rounds: Mapping[int, int]
    possible: Sequence[bool]
    root: Mapping[int, int]


def captures_of(graph: OwnershipGraph, seeds: Collection[int], terms: Terms, *, adds: bool) -> Captures:
    """Return who is captured and who could be, with stakes of several listed owners added or not."""
    if adds:
        return Captures(captured_rounds(graph, seeds, terms), possible_parties(graph, seeds, terms), {})
    return _alone(graph, seeds, terms)


def _alone(graph: OwnershipGraph, seeds: Collection[int], terms: Terms) -> Captures:
    """Return the same with each listed party taken alone."""
    rounds: dict[int, int] = dict.fromkeys(seeds, 0)
    root: dict[int, int] = {}
    # Who could be owned by somebody whom nobody declared: each listed one may be he.
    base, clean = _possible(graph, (), terms)
    possible = list(base)
    looks = 0
    for seed in sorted(seeds):
        possible[seed] = True
        reached = _reached(graph, seed)
        looks += sum(len(graph.holdings[party]) for party in reached)
        if looks > LOOKS_MAX:
            together = possible_parties(graph, seeds, terms)
            return Captures(rounds, [a or b for a, b in zip(possible, together, strict=True)], root)
        for party, turn in captured_rounds(graph, (seed,), terms).items():
            if party not in rounds:
                rounds[party], root[party] = turn, seed
        for party in _possible_beyond(graph, seed, reached, base, clean, terms):
            possible[party] = True
    return Captures(rounds, possible, root)


def _reached(graph: OwnershipGraph, start: int) -> dict[int, None]:
    found, stack = {start: None}, [start]
    while stack:
        for party, _, _ in graph.holdings[stack.pop()]:
            if party not in found:
                found[party] = None
                stack.append(party)
    return found


def _possible_beyond(
    graph: OwnershipGraph,
    seed: int,
    reached: Collection[int],
    base: Sequence[bool],
    clean: Sequence[int],
    terms: Terms,
) -> set[int]:
    """Return who else could be owned by a listed party alone, among those that its stakes lead to."""
    suspect = {party for party in reached if not base[party]}
    held = {party: clean[party] for party in suspect}
    for owner in suspect:
        for party, lo, _ in graph.holdings[owner]:
            if party in held:
                held[party] -= lo
    freed = deque(p for p in suspect if p != seed and not terms.reaches(WHOLE - held[p]))
    suspect.difference_update(freed)
    while freed:
        for party, lo, _ in graph.holdings[freed.popleft()]:
            if party in held:
                held[party] += lo
                if party in suspect and party != seed and not terms.reaches(WHOLE - held[party]):
                    suspect.discard(party)
                    freed.append(party)
    return suspect
