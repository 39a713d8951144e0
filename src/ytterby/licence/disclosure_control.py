"""Which cells of statistics can be published, so that none that is left out can be worked out from those that are.

A cell is left out when fewer parties than the rule says bring something to it (an empty cell too: else a blank would
say that somebody is there), or when one brings more than the rule's share. Then what can be worked out is asked as an
attacker would: everything that is published, now and in every earlier release, is an equation over sums of what is not
known, which is nowhere below zero; the least and the most that a sum left out can be is a linear programme. Where these
lie too close together, one of the cells that make them so (by the programme's duals) is left out too, inner cells
before totals, small ones before large ones, until all are far enough apart.

What is left of a published sum when published parts of it are taken off is known to everybody, whoever it is about: it
must hold to the same rule as a cell, over months (a quarter less its first two), regions, outcomes and tiers alike.

Leaving a cell out only widens what is possible: what is safe once stays safe, so each sum is asked about until it is.
A cell that was left out for the sake of others, and that earlier releases tell already, is no secret and is told.
Threat X9. Source: shared/domain/threats.md X9; linear sensitivity and complementary suppression as in the Handbook on
Statistical Disclosure Control (Hundepool and others, 2010), chapter 4.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from ytterby.licence.case_record import Fact
from ytterby.licence.statistics_table import Cell, Measure, Rule, covers

# Of the largest published value: what the solver cannot tell from nothing, with a margin.
FINEST = 1e-5
NONZERO = 1e-7

Floats = NDArray[np.float64]


class ExposedBefore(Exception):  # noqa: N818 -- it names what cannot be cured any more
    """Earlier releases alone tell a cell that is not to be told."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        super().__init__(", ".join(map(str, cells)))
        self.cells = tuple(cells)


@dataclass(frozen=True, slots=True)
class Contribution:
    """The sum of a cell, and what each party brings to it."""

    value: Decimal
    by_party: Mapping[str, Decimal] = field(repr=False)

    def is_closed(self, rule: Rule) -> bool:
        """Tell whether the rule keeps it from being published."""
        if len(self.by_party) < rule.parties:
            return True
        return max(self.by_party.values()) > rule.share * self.value


def published_cells(
    cells: Sequence[Cell],
    facts: Sequence[Fact],
    *,
    measures: Mapping[str, Measure],
    codes: Mapping[str, Sequence[str]],
    rule: Rule,
    earlier: Mapping[Cell, Decimal | None],
) -> dict[Cell, Decimal | None]:
    """Return each cell with its sum, or None where it is left out. `earlier` are all cells of earlier releases.

    A cell that an earlier release holds is told as it was told.

    Raises:
        ExposedBefore: earlier releases alone tell what is not to be told.
    """
    answer: dict[Cell, Decimal | None] = {}
    for measure in measures.values():
        own = [cell for cell in cells if cell.measure == measure.id]
        before = {cell: value for cell, value in earlier.items() if cell.measure == measure.id}
        near = _overlapping(own, before)
        control = _Control(measure, codes, rule, own, near, [fact for fact in facts if fact.measure == measure.id])
        answer.update(control.settle())
    return {cell: answer[cell] for cell in cells}


def _overlapping(own: Sequence[Cell], earlier: Mapping[Cell, Decimal | None]) -> dict[Cell, Decimal | None]:
    """Return the earlier cells that share months with these, or with such as do, and so on."""
    if not own:
        return {}
    first, last = min(cell.first for cell in own), max(cell.last for cell in own)
    while True:
        near = {cell: value for cell, value in earlier.items() if cell.first <= last and first <= cell.last}
        reach = (min([first, *(c.first for c in near)]), max([last, *(c.last for c in near)]))
        if reach == (first, last):
            return near
        first, last = reach


class _Control:
    """One measure: sums that are not known (`groups`), cells as sets of them, and what is published so far."""

    def __init__(
        self,
        measure: Measure,
        codes: Mapping[str, Sequence[str]],
        rule: Rule,
        own: Sequence[Cell],
        earlier: Mapping[Cell, Decimal | None],
        facts: Sequence[Fact],
    ) -> None:
        self.measure, self.rule, self.own, self.earlier = measure, rule, own, earlier
        self.members, group_of = _groups(measure, codes, [*own, *(c for c in earlier if c not in set(own))])
        self.group_of = group_of
        self.by_group: list[dict[str, Decimal]] = [{} for _ in range(max(group_of.values(), default=-1) + 1)]
        for fact in facts:
            group = group_of.get((fact.month, fact.codes))
            if group is not None:
                held = self.by_group[group]
                held[fact.party] = held.get(fact.party, Decimal(0)) + fact.value
            elif any(covers(measure, cell, fact.month, fact.codes) for cell in own):
                raise ValueError(f"a fact has codes that no table lists: {fact.measure} {fact.codes}")
        self.sums = {cell: self.over(members) for cell, members in self.members.items()}
        self.told = {cell for cell, value in earlier.items() if value is not None}
        self.open: set[Cell] = set()
        self.retold: set[Cell] = set()  # told by earlier releases already: leaving them out hides nothing
        # Values of all groups that agree with all that is published: the true ones, and each that was found since.
        self.possible = [np.array([float(sum(held.values(), Decimal(0))) for held in self.by_group])]

    def over(self, groups: Collection[int]) -> Contribution:
        """Return what is brought to a set of groups."""
        by_party: dict[str, Decimal] = {}
        for group in groups:
            for party, value in self.by_group[group].items():
                by_party[party] = by_party.get(party, Decimal(0)) + value
        return Contribution(sum(by_party.values(), Decimal(0)), by_party)

    def settle(self) -> dict[Cell, Decimal | None]:
        """Return what is published of each cell."""
        fresh = [cell for cell in self.own if cell not in self.earlier]
        self.open = {cell for cell in fresh if not self.sums[cell].is_closed(self.rule)}
        self._close_remainders()
        asked = {members for cell, members in self.members.items() if cell not in self.told and cell not in self.open}
        waiting = sorted(asked | self._untabled(), key=sorted)
        while waiting:
            target = waiting.pop()
            while (told_by := self._exposure(target)) is not None:
                if (self.open - self.retold).isdisjoint(told_by) and not self.over(target).is_closed(self.rule):
                    self._tell_again(target)
                    break
                waiting.append(self._close(told_by))
            if not waiting:
                waiting += self._close_remainders()
        public = self.open | self.told
        return {cell: self.sums[cell].value if cell in public else None for cell in self.own}

    def _untabled(self) -> set[frozenset[int]]:
        """Return sums that stand in no table and are not to be told: each group, and what a table would hold if it were
        made for any months between those at which releases begin and end (January to February and February to March
        less January to March is February).
        """
        single = {frozenset([group]) for group in range(len(self.by_group))}
        wheres = {cell.where for cell in self.members}
        ends = sorted({cell.first for cell in self.members} | {cell.last + 1 for cell in self.members})
        parts: dict[tuple[tuple[str, str], ...], list[frozenset[int]]] = {where: [] for where in wheres}
        for first, after in pairwise(ends):
            at_first = [(codes, group) for (month, codes), group in self.group_of.items() if month == first]
            for where, held in parts.items():
                cell = Cell(self.measure.id, first, after - 1, where)
                held.append(frozenset(group for codes, group in at_first if covers(self.measure, cell, first, codes)))
        spans = {
            frozenset().union(*held[start:end])
            for held in parts.values()
            for start in range(len(held))
            for end in range(start + 1, len(held) + 1)
        }
        return {groups for groups in single | spans if groups and self.over(groups).is_closed(self.rule)}

    def _close(self, cells: Collection[Cell]) -> frozenset[int]:
        """Leave out the one of some cells that is missed least; return what is to be asked about from then on."""
        own = sorted((cell for cell in cells if cell in self.open and cell not in self.retold), key=self._missed)
        if not own:
            raise ExposedBefore(sorted(cells))
        self.open.discard(own[0])
        return self.members[own[0]]

    def _tell_again(self, target: frozenset[int]) -> None:
        """Publish again what was left out for the sake of others and is no secret, where earlier releases alone tell it
        exactly: nothing new is told by it.
        """
        sums = [float(values[list(target)].sum()) for values in self.possible]
        if max(sums) - min(sums) <= FINEST:
            again = {cell for cell in self.own if self.members[cell] == target and cell not in self.earlier}
            self.open |= again
            self.retold |= again

    def _missed(self, cell: Cell) -> tuple[int, Decimal, Cell]:
        """Return how much a cell would be missed: totals more than what is inside, large ones more than small ones."""
        return -cell.depth, self.sums[cell].value, cell

    # What is left of published sums

    def _close_remainders(self) -> list[frozenset[int]]:
        """Leave out cells until no remainder of a published sum breaks the rule; return what they are sums of."""
        closed: list[frozenset[int]] = []
        while True:
            found = list(self._bad_remainders())
            if not found:
                return closed
            for cells in found:
                if all(cell in self.open or cell in self.told for cell in cells):
                    closed.append(self._close(cells))

    def _bad_remainders(self) -> Iterator[list[Cell]]:
        """Yield published cells with those parts of each that leave a remainder which is not to be told."""
        public = sorted(self.open | self.told)
        for whole in public:
            inner = [cell for cell in public if self.members[cell] < self.members[whole]]
            if whole not in self.open and self.open.isdisjoint(inner):
                continue
            inner.sort(key=lambda cell: (-len(self.members[cell]), cell))
            for start in inner:
                left, parts = self.members[whole], [whole]
                for part in (start, *inner):
                    if self.members[part] <= left:
                        left, parts = left - self.members[part], [*parts, part]
                        if left and self.over(left).is_closed(self.rule) and not self.open.isdisjoint(parts):
                            yield list(parts)

    # What equations and bounds tell

    def _exposure(self, target: frozenset[int]) -> list[Cell] | None:
        """Return the published cells by which a sum can be told too well; None where it cannot."""
        equations = self._connected(target)
        groups = sorted(set().union(*(self.members[one] for one in equations)))
        if not target.issubset(groups):
            return None  # part of it stands in no equation, and can be anything
        place = {group: n for n, group in enumerate(groups)}
        values = [float(self.sums[one].value) for one in equations]
        scale = max(values)
        matrix = np.zeros((len(equations), len(groups)))
        for row, one in enumerate(equations):
            matrix[row, [place[group] for group in self.members[one]]] = 1.0
        needed = self._needed(target, scale) * scale
        if self._is_seen_apart(target, needed):
            return None
        wanted = np.zeros(len(groups))
        wanted[[place[group] for group in target]] = 1.0
        used = np.zeros(len(equations), dtype=bool)
        for sign in (1.0, -1.0):
            at, by = _least(sign * wanted, matrix, np.array(values) / scale)
            used |= by
            whole = self.possible[0].copy()
            whole[groups] = at * scale
            self.possible.append(whole)
        if self._is_seen_apart(target, needed):
            return None
        return [one for one, is_used in zip(equations, used, strict=True) if is_used] or list(equations)

    def _is_seen_apart(self, target: frozenset[int], needed: float) -> bool:
        """Tell whether possible values make a sum different enough; they stay possible when cells are left out."""
        sums = [float(values[list(target)].sum()) for values in self.possible]
        return max(sums) - min(sums) >= needed

    def _needed(self, target: frozenset[int], scale: float) -> float:
        """Return how far apart the least and the most of a sum must be, as part of the scale."""
        apart = float(self.rule.spread * self.over(target).value)
        return max(apart / scale, (1.0 - FINEST) / scale if self.measure.is_count else 0.0, FINEST)

    def _connected(self, target: frozenset[int]) -> list[Cell]:
        """Return the published cells that have to do with a sum, directly or through others."""
        public, reached = sorted(self.open | self.told), set(target)
        found: set[Cell] = set()
        while True:
            more = {one for one in public if one not in found and not reached.isdisjoint(self.members[one])}
            if not more:
                return sorted(found)
            found |= more
            reached = reached.union(*(self.members[one] for one in more))


def _groups(
    measure: Measure, codes: Mapping[str, Sequence[str]], cells: Sequence[Cell]
) -> tuple[dict[Cell, frozenset[int]], dict[tuple[int, tuple[str, ...]], int]]:
    """Return each cell as a set of groups, and the group of each month and codes.

    A group is all months and codes that stand in the same cells: nothing that is published tells them apart.
    """
    members: dict[Cell, set[int]] = {cell: set() for cell in cells}
    group_of: dict[tuple[int, tuple[str, ...]], int] = {}
    numbers: dict[tuple[Cell, ...], int] = {}
    for month in sorted({month for cell in cells for month in range(cell.first, cell.last + 1)}):
        at_month = [cell for cell in cells if cell.first <= month <= cell.last]
        for combined in product(*(codes[name] for name in measure.dimensions)):
            inside = tuple(cell for cell in at_month if covers(measure, cell, month, combined))
            if inside:
                number = numbers.setdefault(inside, len(numbers))
                group_of[month, combined] = number
                for cell in inside:
                    members[cell].add(number)
    return {cell: frozenset(groups) for cell, groups in members.items()}, group_of


def _least(target: Floats, matrix: Floats, right: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return values at which a sum of what is not known is least, and which equations keep it from being less.

    Raises:
        ArithmeticError: the solver finds no answer, although what is true is one.
    """
    from scipy.optimize import linprog

    solved = linprog(target, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
    if solved.status != 0:
        raise ArithmeticError(f"no bounds for a cell of statistics: {solved.message}")
    return np.asarray(solved.x), np.abs(solved.eqlin.marginals) > NONZERO
