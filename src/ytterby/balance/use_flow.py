"""Declared uses followed with the goods until somebody says what they were used for.

A *claim* is what one party said of goods sent to another on one day: that they are for a use, and for which end user.
It travels with the goods through receipts, steps and pools, and is *told* by the first of these that names a use:

- a step whose posting carries uses, for what the step took (so its process loss counts to that use);
- a draw from a pool whose posting carries uses, for what was drawn;
- a shipment to another party whose posting carries uses: the sender answers for what it was told, and the new claim
  is the next receiver's to answer.

`not_yet_known` tells nothing and unsays nothing: goods once declared for a use stay so until another is named. It is a
claim of its own only where the goods have none, and its narrowing is due when they leave the receiver. A claim that
names an end user is *delivered* by the first parcel or step that this party holds or shipment addressed to it, and
*elsewhere* by a shipment that names another end user. Waste of a process (forms given) ends a claim, as do losses.

A claim is *mixed* where the goods lie with others so that nobody can say which are which: in pools, in steps that join
different uses, in shipments that divide themselves among several. Mixed tellings are traced in proportion here; what
they prove is `use_mixture`'s to say. Goods sent from a party to itself, and shipments called back, say nothing.

Every kilogram under a claim is told, waste, lost or at rest: the four sum to what was declared, gains being negative
losses. Masses are kilograms over the 17 elements.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

import numpy as np

from ytterby.chain.book import Book
from ytterby.chain.destination import NOT_YET_KNOWN, shares_by_use
from ytterby.chain.event import DeclaredUse
from ytterby.chain.node import Node, NodeKind, Weight, ratio, weighted
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass, FloatArray, combine

ROUNDING = 1e-9
Key = TypeVar("Key")
Said = Mapping[tuple[str, str], float]  # share by use code and end user


class UseClaim(NamedTuple):
    """What a shipper said of the goods that it sent to a customer's site on a day (UTC)."""

    shipper: str
    customer: str
    site: str
    day: date
    use_code: str
    end_user: str


class Carried(NamedTuple):
    """A claim on its way. `wants_use`: nobody has told a use yet; `wants_user`: the end user has not got it yet;
    `is_changed`: the goods went into a step or pool.
    """

    claim: UseClaim
    wants_use: bool = True
    wants_user: bool = False
    is_changed: bool = False
    is_mixed: bool = False


Row = Mapping[Carried, FloatArray]


class Telling(NamedTuple):
    """That so much of a claim was told to be for a use, by whom, at which node of the book."""

    claim: UseClaim
    node: int
    teller: str
    use_code: str
    mass_kg: FloatArray
    is_mixed: bool


class Mixture(NamedTuple):
    """A telling over mixed goods: what they held under claims and under none, and the share said of each use."""

    node: int
    teller: str
    said: Mapping[str, float]
    mass_kg: FloatArray
    unclaimed_kg: FloatArray


class Rest(NamedTuple):
    """Goods under a claim that lie at a node; `unclaimed_kg` lies there beside all claims that nobody has told."""

    carried: Carried
    node: int
    mass_kg: FloatArray
    unclaimed_kg: FloatArray


class Elsewhere(NamedTuple):
    """That so much of a claim was said to be for another end user than it named."""

    claim: UseClaim
    node: int
    end_user: str
    mass_kg: FloatArray


class Unnarrowed(NamedTuple):
    """That goods of a not yet known use left their holder and no use was named then."""

    claim: UseClaim
    node: int
    mass_kg: FloatArray


@dataclass(slots=True)
class UseFlow:
    """All claims of a book and what came of them; `declared` is what each claim held, `starts` its events."""

    declared: dict[UseClaim, ElementMass] = field(default_factory=dict)
    starts: dict[UseClaim, tuple[bytes, ...]] = field(default_factory=dict)
    tellings: list[Telling] = field(default_factory=list)
    mixtures: list[Mixture] = field(default_factory=list)
    rests: list[Rest] = field(default_factory=list)
    elsewhere: list[Elsewhere] = field(default_factory=list)
    unnarrowed: list[Unnarrowed] = field(default_factory=list)
    waste_kg: dict[UseClaim, FloatArray] = field(default_factory=dict)
    lost_kg: dict[UseClaim, FloatArray] = field(default_factory=dict)
    delivered_kg: dict[UseClaim, FloatArray] = field(default_factory=dict)


def follow_uses(book: Book, waste_forms: Iterable[str]) -> UseFlow:
    """Return all claims of a book, each followed until it was told or came to rest: one pass in book order."""
    follower = _Follower(book, frozenset(waste_forms))
    for node in book.nodes:
        follower.pass_node(node)
    return follower.flow


def sent_between_parties(book: Book) -> Iterator[Node]:
    """Return what was sent from one party to another, in book order; what was called back is left out."""
    void = called_back(book)
    return (node for node in book.nodes if node.index not in void and is_between_parties(node))


def called_back(book: Book) -> frozenset[int]:
    """Return the nodes of shipments that were called back."""
    return frozenset(s.node.index for s in book.shipments if s.is_void)


def is_between_parties(node: Node) -> bool:
    """Tell whether goods under way go from one party to another."""
    return node.kind is NodeKind.TRANSIT and bool(node.to_holder or node.to_site) and node.to_holder != node.holder


class _Follower:
    """Rows of claims by node while the book is passed once."""

    def __init__(self, book: Book, waste_forms: frozenset[str]) -> None:
        self.book = book
        self.waste_forms = waste_forms
        self.flow = UseFlow()
        self.rows: list[Row] = []
        self.void = called_back(book)
        # Of a shipment that only its receipt tells of, the sender may still say what it is for.
        self.unreported = frozenset(s.node.index for s in book.shipments if s.dispatch is None)
        self._kinds: Mapping[NodeKind, Callable[[Node, Row], Row]] = {
            NodeKind.PARCEL: self._parcel,
            NodeKind.STEP: self._step,
            NodeKind.TANK: self._tank,
            NodeKind.TRANSIT: self._transit,
            NodeKind.LOSS: lambda _, row: row,
        }

    def pass_node(self, node: Node) -> None:
        """Bring to a node what its parents held, let it tell, and note what stays there."""
        row = self._kinds[node.kind](node, self._incoming(node))
        self.rows.append(row)
        if not row:
            return
        sunk = node.muf_weight
        if sunk is not None:
            self._lose(row, sunk)
        if node.kind is NodeKind.LOSS:
            self._lose(row, node.left_weight)
        elif node.kind is not NodeKind.STEP:
            self._rest(node, row, node.left_weight)

    def _incoming(self, node: Node) -> Row:
        row: dict[Carried, FloatArray] = {}
        for parent, weight in zip(node.parents, node.weights, strict=True):
            for carried, kg in self.rows[parent].items():
                add(row, carried, kg * weight)
        return row

    # Nodes

    def _parcel(self, node: Node, row: Row) -> Row:
        if not row:
            return row
        if node.form in self.waste_forms:
            row = self._end_as_waste(row)
        row = self._deliver(row, node.holder)
        # Products of a step carry its uses, which the step told already; those of a draw are told by the draw.
        return self._tell(node, row, said_of(node.uses), node.holder) if node.pool is not None else row

    def _step(self, node: Node, row: Row) -> Row:
        row = self._deliver(row, node.holder)
        is_joined = not _is_of_one_use(node, row)
        row = self._tell(node, row, said_of(node.uses), node.holder)
        return _marked(row, is_mixed=is_joined)

    def _tank(self, _: Node, row: Row) -> Row:
        return _marked(row, is_mixed=True)

    def _transit(self, node: Node, row: Row) -> Row:
        if node.index in self.void or not is_between_parties(node):
            return row
        said = said_of(node.uses)
        row = self._deliver(row, node.to_holder)
        self._note_unnarrowed(node, row, 1.0 - sum(said.values()))
        told = dict(self._tell(node, row, said, node.holder))
        for carried, kg in self._deliver(self._claims_of(node, row, said), node.to_holder).items():
            add(told, carried, kg)
        return told

    # What happens to a row

    def _tell(self, node: Node, row: Row, said: Said, teller: str) -> Row:
        """End the claims that wait for a use by what was said, each share of them, and keep the others."""
        if not said or not row:
            return row
        kept: dict[Carried, FloatArray] = {}
        is_one = len({code for code, _ in said}) == 1 and sum(said.values()) > 1.0 - ROUNDING
        is_definite = is_one or _is_of_one_use(node, row)
        mixed_kg = np.zeros(len(ELEMENTS))
        for carried, kg in row.items():
            is_mixed = carried.is_mixed or not is_definite
            for (code, end_user), share in said.items():
                if carried.wants_use:
                    self.flow.tellings.append(Telling(carried.claim, node.index, teller, code, share * kg, is_mixed))
                if carried.wants_user:
                    self._pass_on(kept, carried._replace(wants_use=False), node, end_user, share * kg)
            mixed_kg += kg if carried.wants_use and is_mixed else 0.0
            rest = 1.0 - sum(said.values())
            if rest > ROUNDING:
                add(kept, carried, rest * kg)
        if mixed_kg.any():
            by_code: dict[str, float] = {}
            for (code, _), share in said.items():
                by_code[code] = by_code.get(code, 0.0) + share
            self.flow.mixtures.append(Mixture(node.index, teller, by_code, mixed_kg, _unclaimed(node.mass_kg, row)))
        return kept

    def _pass_on(
        self, kept: dict[Carried, FloatArray], carried: Carried, node: Node, end_user: str, kg: FloatArray
    ) -> None:
        """Keep a told claim whose end user has not got the goods, unless another end user was named."""
        if end_user and end_user != carried.claim.end_user:
            self.flow.elsewhere.append(Elsewhere(carried.claim, node.index, end_user, kg))
        else:
            add(kept, carried, kg)

    def _deliver(self, row: Row, holder: str) -> Row:
        """Note what has come to the end user that its claim names."""
        if not any(carried.wants_user and carried.claim.end_user == holder for carried in row):
            return row
        kept: dict[Carried, FloatArray] = {}
        for carried, kg in row.items():
            if carried.wants_user and carried.claim.end_user == holder:
                add(self.flow.delivered_kg, carried.claim, kg)
                if carried.wants_use:
                    add(kept, carried._replace(wants_user=False), kg)
            else:
                add(kept, carried, kg)
        return kept

    def _end_as_waste(self, row: Row) -> Row:
        """End claims in what a process left over; scrap that was itself sent under a use keeps its claim."""
        for carried, kg in row.items():
            if carried.is_changed and carried.wants_use:
                add(self.flow.waste_kg, carried.claim, kg)
        return {carried: kg for carried, kg in row.items() if not carried.is_changed}

    def _lose(self, row: Row, weight: Weight) -> None:
        for carried, kg in row.items():
            if carried.wants_use:
                add(self.flow.lost_kg, carried.claim, kg * weight)

    def _rest(self, node: Node, row: Row, weight: Weight) -> None:
        if not np.any(weight):
            return
        unclaimed = _unclaimed(node.mass_kg, row) * weight
        for carried, kg in row.items():
            resting = kg * weight
            if resting.any():
                self.flow.rests.append(Rest(carried, node.index, resting, unclaimed))

    def _note_unnarrowed(self, node: Node, row: Row, unsaid: float) -> None:
        if unsaid <= ROUNDING or node.index in self.unreported:
            return
        for carried, kg in row.items():
            is_due = carried.wants_use and carried.claim.use_code == NOT_YET_KNOWN
            if is_due and node.to_holder != carried.claim.shipper:
                self.flow.unnarrowed.append(Unnarrowed(carried.claim, node.index, unsaid * kg))

    # New claims

    def _claims_of(self, node: Node, row: Row, said: Said) -> Row:
        """Return the claims that a shipment makes on its goods; a share of which nothing is known only as far as no
        earlier claim holds.
        """
        if not node.uses:
            return {}
        shares: list[tuple[str, str, Weight]] = [(code, user, share) for (code, user), share in said.items()]
        unsaid = 1.0 - sum(said.values())
        if unsaid > ROUNDING:
            shares.append((NOT_YET_KNOWN, "", unsaid * ratio(_unclaimed(node.mass_kg, row), node.mass_kg)))
        is_mixed = len({code for code, _, _ in shares}) > 1
        started: dict[Carried, FloatArray] = {}
        for code, end_user, share in shares:
            claim = UseClaim(node.holder, node.to_holder, node.to_site, node.at.date(), code, end_user)
            part = weighted(node.content, share)
            if not part.mass_kg.any():
                continue
            known = self.flow.declared.get(claim)
            self.flow.declared[claim] = part if known is None else combine([(1.0, known), (1.0, part)])
            self.flow.starts[claim] = (*self.flow.starts.get(claim, ()), node.digest)
            carried = Carried(claim, wants_user=bool(end_user), is_mixed=is_mixed)
            add(started, carried, part.mass_kg)
        return started


def said_of(uses: tuple[DeclaredUse, ...]) -> Said:
    """Return the share of each use and end user that is named; what is not yet known is not."""
    said: dict[tuple[str, str], float] = {}
    for (code, end_user, _), share in shares_by_use(uses).items():
        if code != NOT_YET_KNOWN:
            said[code, end_user] = said.get((code, end_user), 0.0) + float(share)
    return said


def add(sums: dict[Key, FloatArray], key: Key, kg: FloatArray) -> None:
    """Add a mass to what a key has; never in place, since masses are shared."""
    known = sums.get(key)
    sums[key] = kg if known is None else known + kg


def total(masses: Iterable[FloatArray]) -> FloatArray:
    """Return the sum of masses; none are nothing."""
    return sum(masses, np.zeros(len(ELEMENTS)))


def _is_of_one_use(node: Node, row: Row) -> bool:
    """Tell whether all of a node lies under claims of one and the same use, so that any part of it does."""
    waiting = [(carried, kg) for carried, kg in row.items() if carried.wants_use]
    if len({carried.claim.use_code for carried, _ in waiting}) != 1:
        return not waiting
    claimed = sum(float(kg.sum()) for _, kg in waiting)
    return claimed >= float(node.mass_kg.sum()) * (1.0 - ROUNDING)


def _unclaimed(mass_kg: FloatArray, row: Row) -> FloatArray:
    """Return what of a node lies under no claim that waits for a use; rounding is nothing."""
    left = mass_kg - total(kg for carried, kg in row.items() if carried.wants_use)
    return np.where(left > ROUNDING * mass_kg, left, 0.0)


def _marked(row: Row, *, is_mixed: bool) -> Row:
    """Return the row of goods that went into a step or pool."""
    marked: dict[Carried, FloatArray] = {}
    for carried, kg in row.items():
        is_marked = carried.is_changed and (carried.is_mixed or not is_mixed)
        changed = carried if is_marked else carried._replace(is_changed=True, is_mixed=carried.is_mixed or is_mixed)
        add(marked, changed, kg)
    return marked
