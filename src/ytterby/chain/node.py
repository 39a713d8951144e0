"""Nodes of the book's graph: parcels, steps, tank states, goods under way, losses.

The graph is bipartite in spirit: parcel -> step -> parcel. A parcel is (lot or serial, holder, the posting that
made it); a lot is the set of its parcels. Nodes stand in book order, which is a topological order: nothing descends
from what came later. An edge into a node carries a weight: a `fraction` (one for all elements) into a step, a
`share` for each element out of it.

Row rule: the row of a node is its own source, then for each parent in book order weight x parent's row.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from ytterby.chain.event import DeclaredUse
from ytterby.matter.assay import Assay
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass, FloatArray, MassUncertainty
from ytterby.terms.quantity import divide

Weight = float | FloatArray
# Where in its event a node was made: number of the posting, line, lot, how many of that lot before it.
Place = tuple[int, int, str, int]
NodeKey = tuple[bytes, Place]


class NodeKind(IntEnum):
    """What a node stands for."""

    PARCEL = 0
    STEP = 1
    TANK = 2
    TRANSIT = 3
    LOSS = 4


# Kinds that belong to the event which made them; all others carry a lot.
MADE_BY_EVENT = frozenset({NodeKind.STEP, NodeKind.TANK})


class OriginClass(NamedTuple):
    """Where material entered: kind (extraction, foreign, scrap, undeclared, unaccounted, opening_stock), site,
    country and exporter where foreign.
    """

    kind: str
    site: str
    country: str = ""
    party: str = ""


class SourcePart(NamedTuple):
    """Mass of each element that a node holds of its own, not from a parent; `line` is the input it came with, or -1."""

    origin: OriginClass
    content: ElementMass
    line: int = -1


@dataclass(slots=True)
class Node:
    """One node. Masses are kilograms over the 17 elements; amounts are exact in `unit`."""

    index: int
    kind: NodeKind
    lot: str
    site: str
    holder: str
    owner: str
    at: datetime
    digest: bytes
    event_id: str | None
    content: ElementMass
    rank: int = 0  # of its event among those of the same instant
    place: Place = (0, 0, "", 0)
    amount: Decimal = Decimal(0)
    unit: str = ""
    net_kg: Decimal | None = None
    mass_u: MassUncertainty | None = None
    piece_mass_kg: Decimal | None = None
    form: str | None = None
    grade: str | None = None
    assays: tuple[Assay, ...] = ()
    is_known: bool = True  # its composition is known
    is_assayed: bool = False  # this posting's speaker assayed it
    is_made: bool = False  # no parcel of the same lot precedes
    is_implied: bool = False
    is_free: bool = False  # registered free of rare earths
    parents: list[int] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # of each parent: the input line that took it
    unknown_lines: list[int] = field(default_factory=list)
    sources: list[SourcePart] = field(default_factory=list)
    left: Decimal = Decimal(0)  # of the amount, not taken; below zero within measurement error
    left_mass: FloatArray | None = None  # tanks: of each element
    muf_weight: FloatArray | None = None  # share of the row that went to muf(site); negative is a gain
    takes_u_squared: float = 0.0
    consumed: ElementMass | None = None  # steps: what went in by declaration, the row rule's excess left out
    inputs_unknown: bool = False
    is_testable: bool = True
    run: str | None = None
    stage: str | None = None  # ree:process of a step
    pool: str | None = None
    pool_rule: str | None = None
    pool_previous: int | None = None
    charged_at: datetime | None = None  # of older charges that count as one: when the newest of them came
    uses: tuple[DeclaredUse, ...] = ()
    to_site: str = ""
    to_holder: str = ""
    outputs: list[int] = field(default_factory=list)

    @property
    def key(self) -> NodeKey:
        """What tells it from all others, whichever part of the book was written: its event and its place in it."""
        return self.digest, self.place

    @property
    def order(self) -> tuple[datetime, int, bytes, Place]:
        """Its place in book order."""
        return self.at, self.rank, self.digest, self.place

    @property
    def mass_kg(self) -> FloatArray:
        """The mass of each element, kg."""
        return self.content.mass_kg

    @property
    def left_weight(self) -> Weight:
        """The share of the row that nothing took."""
        if self.left_mass is not None:
            return ratio(self.left_mass, self.mass_kg)
        if not self.amount:
            return 0.0 if self.kind is NodeKind.STEP else 1.0
        return divide(self.left, self.amount)


def ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Return part / whole by element, 0 where there is nothing."""
    result = np.zeros(len(ELEMENTS))
    np.divide(part, whole, out=result, where=whole != 0)
    return result


def nothing() -> ElementMass:
    """Return a content of no element at all."""
    zero = np.zeros(len(ELEMENTS))
    return ElementMass(mass_kg=zero, random_kg=zero, groups={}, assumed=False)


def weighted(content: ElementMass, weight: Weight) -> ElementMass:
    """Return a share of a content, its errors carried along in proportion."""
    if isinstance(weight, float) and weight == 1.0:
        return content
    return ElementMass(
        mass_kg=content.mass_kg * weight,
        random_kg=content.random_kg * (abs(weight) if isinstance(weight, float) else np.abs(weight)),
        groups={group: sd * weight for group, sd in content.groups.items()},
        assumed=content.assumed,
    )


def with_mass(content: ElementMass, mass_kg: FloatArray) -> ElementMass:
    """Return a content whose masses are replaced, uncertainties kept."""
    return ElementMass(mass_kg=mass_kg, random_kg=content.random_kg, groups=content.groups, assumed=content.assumed)
