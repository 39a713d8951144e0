"""Earlier decisions that are like a case: of the same composition, for the same end user, for the same use.

Likeness decides nothing and gives no right; it shows an officer what was decided before, and an applicant's lawyer what
should have been decided alike. Two compositions are the same where each rare earth, and each other element that law
names, differs by at most half a percent by weight, in the same form. The nearest come first: the end user weighs more
than the goods, the goods more than the use, and of those that are as near the latest.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from ytterby.licence.evidence import DONE, PrecedentFound, PrecedentsSection
from ytterby.matter.element import ELEMENTS

NEAREST = 3
SAME_PERCENT = Decimal("0.5")  # wt%
END_USER, COMPOSITION, USE = "end_user", "composition", "use"
_WEIGHTS = {END_USER: 4, COMPOSITION: 2, USE: 1}


class Composition(NamedTuple):
    """Goods of one line as they are compared: their form, and elements in wt%."""

    form: str
    elements: Mapping[str, Decimal]

    def is_like(self, other: "Composition") -> bool:
        """Tell whether two are the same, rounded; goods of which nothing is stated are like none."""
        if self.form != other.form or not self.elements or not other.elements:
            return False
        named = self.elements.keys() | other.elements.keys()
        nothing = Decimal(0)
        return all(
            abs(self.elements.get(one, nothing) - other.elements.get(one, nothing)) <= SAME_PERCENT for one in named
        )


class Asked(NamedTuple):
    """What is compared of a case: compositions of its lines, end users by identifier, and the code of its use."""

    compositions: tuple[Composition, ...]
    end_users: frozenset[str]
    use: str


class Precedent(NamedTuple):
    """A decided case: its number, what was asked, the outcome, the day of the decision (ISO), its conditions."""

    case: str
    asked: Asked
    outcome: str
    decided: str
    conditions: tuple[str, ...] = ()
    exporter: str = ""


def alike(one: Asked, other: Asked) -> tuple[str, ...]:
    """Return in what two cases are alike, what weighs most first."""
    found = []
    if one.end_users & other.end_users:
        found.append(END_USER)
    if any(mine.is_like(theirs) for mine in one.compositions for theirs in other.compositions):
        found.append(COMPOSITION)
    if one.use and one.use == other.use:
        found.append(USE)
    return tuple(found)


def nearest(asked: Asked, precedents: Iterable[Precedent], *, case: str, before: str) -> PrecedentsSection:
    """Return the section of the evidence: the nearest decisions of other cases, made on an earlier day than `before`.

    A case that has the use alone in common is no precedent: everybody uses magnets in motors.
    """
    looked_at, found = 0, []
    for one in precedents:
        if one.case == case or one.decided >= before:
            continue
        looked_at += 1
        common = alike(asked, one.asked)
        if set(common) - {USE}:
            found.append((sum(_WEIGHTS[name] for name in common), one, common))
    # Sorting is stable: of those that are as near the latest comes first, then by number.
    found.sort(key=lambda row: row[1].case)
    found.sort(key=lambda row: (row[0], row[1].decided), reverse=True)
    rows = tuple(
        PrecedentFound(one.case, one.outcome, one.decided, common, one.conditions) for _, one, common in found[:NEAREST]
    )
    return PrecedentsSection(DONE, "", looked_at, rows)


def keys_of(asked: Asked) -> tuple[str, ...]:
    """Return under which keys a precedent is found: every case that is like it in more than the use shares one.

    Goods are found by their form and the rare earth that they hold most of, or nearly most, so that compositions on
    either side of a tie still share a key.
    """
    keys = {f"{END_USER}:{party}" for party in asked.end_users}
    for one in asked.compositions:
        rare = {symbol: part for symbol, part in one.elements.items() if symbol in ELEMENTS} or one.elements
        most = max(rare.values(), default=Decimal(0))
        near = (symbol for symbol, part in rare.items() if part >= most - 2 * SAME_PERCENT)
        keys |= {f"{COMPOSITION}:{one.form}:{symbol}" for symbol in near}
    return tuple(sorted(keys))
