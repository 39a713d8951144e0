"""Declared use beside realised use, by shipper, customer and year.

`shipped_by_use` says what was declared at all, exactly: named uses and what stays open sum to what was shipped.
`account_uses` says what came of each named use. *Realised* is what somebody told (`use_flow`: a step or draw whose
posting names a use, a shipment onward that names one): as declared, or otherwise. *Waste* and *lost* are what processes
left over or lost before anything was told, *open* what lies unused or was not long ago made into something. *Untold*
is what was used up and no use told: goods that went into a step or pool, and whose product lies anywhere, longer than
the limit, without one. The year is that of the shipment (UTC).

Tracing in proportion gives `realised_kg`; `otherwise` holds only what is proven: tellings over goods that lay apart,
and of mixed goods what no assignment explains (`use_mixture`). The difference is declared - as declared - waste - lost
- open, as far as it is proven; its sd comes from the masses at which it was told (counts are exact), its score is
z = difference / sd.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from math import inf, sqrt
from typing import NamedTuple

import numpy as np

from ytterby.balance.use_code import UseLimits
from ytterby.balance.use_flow import Rest, UseClaim, UseFlow, add, sent_between_parties, total
from ytterby.balance.use_mixture import misused
from ytterby.chain.book import Book
from ytterby.chain.destination import NOT_YET_KNOWN, shares_by_use
from ytterby.chain.node import Node, NodeKind, nothing, ratio, weighted
from ytterby.matter.element import ELEMENTS, POSITION
from ytterby.matter.mass import ElementMass, FloatArray, combine


class Link(NamedTuple):
    """Who shipped to whom in a year (UTC)."""

    shipper: str
    customer: str
    year: int


@dataclass(slots=True)
class Shipped:
    """What was shipped, exact: amounts by unit, net kilograms (None where a piece mass is not known), elements, kg."""

    amounts: dict[str, Fraction] = field(default_factory=dict)
    net_kg: Fraction | None = Fraction(0)
    element_kg: dict[str, Fraction] = field(default_factory=dict)


@dataclass(slots=True)
class ShippedByUse:
    """What a link shipped, whole and by the use code declared; `not_yet_known` is what stays open."""

    whole: Shipped = field(default_factory=Shipped)
    by_use: dict[str, Shipped] = field(default_factory=dict)


class AccountKey(NamedTuple):
    """One declared use of a year: from whom, to whom at which site, for which use and end user."""

    shipper: str
    customer: str
    site: str
    year: int
    use_code: str
    end_user: str


class Proven(NamedTuple):
    """Mass and sd of each element, kg, with the nodes of the book at which it was told or lies."""

    mass_kg: FloatArray
    sd_kg: FloatArray
    nodes: tuple[int, ...]


class Difference(NamedTuple):
    """One element of an account: what was not used as declared, kg, as share of the declared, sd in kg, and score."""

    size_kg: float
    share: float
    sd_kg: float
    z: float


@dataclass(slots=True)
class UseAccount:
    """A declared use and what came of it, kg of each element."""

    key: AccountKey
    declared: ElementMass
    realised_kg: Mapping[str, FloatArray]
    otherwise: Mapping[str, Proven]
    waste_kg: FloatArray
    lost_kg: FloatArray
    open_kg: FloatArray
    untold: Proven
    starts: tuple[bytes, ...]

    def difference(self, element: str) -> Difference:
        """Return what of an element was told to be for another use, or used up without a word."""
        at = POSITION[element]
        parts = [*self.otherwise.values(), self.untold]
        size = sum(float(part.mass_kg[at]) for part in parts)
        sd = sqrt(sum(float(part.sd_kg[at]) ** 2 for part in parts))
        declared = float(self.declared.mass_kg[at])
        return Difference(size, size / declared if declared else 0.0, sd, score(size, sd))


def score(size_kg: float, sd_kg: float) -> float:
    """Return size / sd; infinite where nothing but counting stands behind a size."""
    if sd_kg:
        return size_kg / sd_kg
    return inf if size_kg > 0 else 0.0


# What was shipped


def shipped_by_use(book: Book) -> Mapping[Link, ShippedByUse]:
    """Return all that left each party for another, by declared use; called-back shipments are left out."""
    found: dict[Link, ShippedByUse] = {}
    for node in sent_between_parties(book):
        link = found.setdefault(Link(node.holder, node.to_holder, node.at.year), ShippedByUse())
        _ship(link.whole, node, Fraction(1))
        for (code, _, _), share in shares_by_use(node.uses).items():
            _ship(link.by_use.setdefault(code, Shipped()), node, share)
    return found


def _ship(shipped: Shipped, node: Node, share: Fraction) -> None:
    amounts, elements = shipped.amounts, shipped.element_kg
    amounts[node.unit] = amounts.get(node.unit, Fraction(0)) + share * Fraction(node.amount)
    if shipped.net_kg is not None:
        shipped.net_kg = None if node.net_kg is None else shipped.net_kg + share * Fraction(node.net_kg)
    for at in np.flatnonzero(node.mass_kg):
        element = ELEMENTS[at]
        elements[element] = elements.get(element, Fraction(0)) + share * Fraction(float(node.mass_kg[at]))


# What came of it


def account_uses(book: Book, flow: UseFlow, *, at: datetime, limits: UseLimits) -> tuple[UseAccount, ...]:
    """Return the account of every named use, in order of its key; what is not yet known has none."""
    groups: dict[AccountKey, list[UseClaim]] = {}
    for claim in flow.declared:
        if claim.use_code != NOT_YET_KNOWN:
            groups.setdefault(key_of(claim), []).append(claim)
    told, proven = _told(flow), _proven(book, flow, limits)
    rests: dict[AccountKey, list[Rest]] = {}
    for rest in flow.rests:
        if rest.carried.wants_use:
            rests.setdefault(key_of(rest.carried.claim), []).append(rest)
    accounts = []
    for key in sorted(groups):
        claims = groups[key]
        lying = rests.get(key, [])
        untold = [rest for rest in lying if is_untold(book, rest, at, limits)]
        accounts.append(
            UseAccount(
                key=key,
                declared=combine([(1.0, flow.declared[claim]) for claim in claims]),
                realised_kg=told.get(key, {}),
                otherwise=proven.get(key, {}),
                waste_kg=total(flow.waste_kg[claim] for claim in claims if claim in flow.waste_kg),
                lost_kg=total(flow.lost_kg[claim] for claim in claims if claim in flow.lost_kg),
                open_kg=total(rest.mass_kg for rest in lying if not is_untold(book, rest, at, limits)),
                untold=prove(book, [(rest.node, rest.mass_kg) for rest in untold]),
                starts=tuple(digest for claim in claims for digest in flow.starts[claim]),
            )
        )
    return tuple(accounts)


def key_of(claim: UseClaim) -> AccountKey:
    """Return the account of a claim: that of its year."""
    return AccountKey(claim.shipper, claim.customer, claim.site, claim.day.year, claim.use_code, claim.end_user)


def is_untold(book: Book, rest: Rest, at: datetime, limits: UseLimits) -> bool:
    """Tell whether goods were made into something that has lain without a use for longer than the limit."""
    node = book.nodes[rest.node]
    if not rest.carried.is_changed or node.kind is NodeKind.TANK:
        return False
    return at - node.at > timedelta(days=limits.untold_days)


def prove(book: Book, parts: Iterable[tuple[int, FloatArray]]) -> Proven:
    """Return the sum of masses at nodes, with the sd that the measurements of these nodes give it."""
    by_node: dict[int, FloatArray] = {}
    for index, kg in parts:
        add(by_node, index, kg)
    terms = []
    for index, kg in sorted(by_node.items()):
        node = book.nodes[index]
        terms.append((1.0, weighted(node.content, ratio(kg, node.mass_kg))))
    whole = combine(terms) if terms else nothing()
    return Proven(total(kg for _, kg in sorted(by_node.items())), whole.u_kg, tuple(sorted(by_node)))


def _told(flow: UseFlow) -> dict[AccountKey, dict[str, FloatArray]]:
    told: dict[AccountKey, dict[str, FloatArray]] = {}
    for telling in flow.tellings:
        add(told.setdefault(key_of(telling.claim), {}), telling.use_code, telling.mass_kg)
    return told


def _proven(book: Book, flow: UseFlow, limits: UseLimits) -> dict[AccountKey, dict[str, Proven]]:
    """Return what was told otherwise by account and use: of goods that lay apart all, of mixed ones what is proven."""
    apart: dict[tuple[AccountKey, str], list[tuple[int, FloatArray]]] = {}
    for telling in flow.tellings:
        if not telling.is_mixed and telling.use_code != telling.claim.use_code:
            apart.setdefault((key_of(telling.claim), telling.use_code), []).append((telling.node, telling.mass_kg))
    found: dict[AccountKey, dict[str, Proven]] = {}
    for (key, code), parts in apart.items():
        found.setdefault(key, {})[code] = prove(book, parts)
    mixed: dict[tuple[AccountKey, str, str], Proven] = {}
    for one in misused(book, flow, least_share=limits.least_share):
        place = (key_of(one.claim), one.use_code, one.teller)
        new = Proven(one.mass_kg, one.sd_kg, one.nodes)
        known = mixed.get(place)
        # The claims of one teller share one error, so theirs add up linearly.
        mixed[place] = new if known is None else _joined(known, new, known.sd_kg + new.sd_kg)
    for (key, code, _), new in mixed.items():
        known = found.setdefault(key, {}).get(code)
        found[key][code] = new if known is None else _joined(known, new, np.hypot(known.sd_kg, new.sd_kg))
    return found


def _joined(one: Proven, other: Proven, sd_kg: FloatArray) -> Proven:
    return Proven(one.mass_kg + other.mass_kg, sd_kg, tuple(sorted({*one.nodes, *other.nodes})))
