"""Who there is: plants with their laboratories, the links between them, end users, and the flows when all is steady.

Everything is drawn from the seed, each list from a stream of its own. A plant's output leaves over its links in
proportion to the size of the receivers; the steady flows are the fixed point of that, recycling included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from ytterby.matter.mass import FloatArray
from ytterby.nation import identity
from ytterby.nation.scenario import Scenario
from ytterby.nation.tables import Kind, NationTables, Route, Use

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
HOME, ABROAD = "XA", "XB"
MINE, COMPONENT, TRADER = "mine", "component", "trader"
# A mine's output of the leading element in a month, kg; twenty such mines make about 400 t.
MINE_KG = 20_000.0
KG_MG = 1e6
SIZE_SPREAD, RATIO_SPREAD = 0.4, 0.15
RATIO_RANGE = (0.7, 1.3)
END_USERS_PER_COMPONENT, FOREIGN_EVERY = 0.8, 4
ROUNDS_MAX, TOLERANCE = 400, 1e-12
_LISTS, _PLANTS, _FLOWS, _USERS = 11, 12, 13, 14


@dataclass(frozen=True, slots=True)
class Firm:
    """A party with one site, by its number among its like."""

    FIRST: ClassVar[int]

    number: int

    @property
    def key(self) -> int:
        """The number in its identifiers."""
        return self.FIRST + self.number

    @property
    def party(self) -> str:
        """Its party."""
        return identity.party_uri(self.key)

    @property
    def site(self) -> str:
        """Its site."""
        return identity.site_uri(self.key)


@dataclass(frozen=True, slots=True)
class Plant(Firm):
    """One plant, run by a party of its own; `laboratory` is the party whose assays it states."""

    FIRST = identity.PLANTS

    kind: Kind
    rank: int  # among its kind, from 1
    laboratory: str
    has_own_laboratory: bool

    @property
    def name(self) -> str:
        """Its English name."""
        return f"{self.kind.name_en} {self.rank}"


@dataclass(frozen=True, slots=True)
class EndUser(Firm):
    """Who puts components to a use."""

    FIRST = identity.END_USERS

    use: Use
    is_foreign: bool


@dataclass(frozen=True, slots=True)
class Link:
    """From a plant to another (`receiver`), or to an end user (`end_user`); the other is -1."""

    number: int
    sender: int
    receiver: int
    end_user: int
    form: str


@dataclass(frozen=True)
class Plan:
    """The nation. P plants, L links of which the first `between` lead to plants, E elements; forms by their number.

    Steady masses of a month in mg: `flow` (L x E), `production` (P x E, mines only), `throughput` (P x E, what comes
    in), `loss` (P x E), `stock` (P x E, one month's throughput). `sender` and `receiver` (L) are plant numbers.
    """

    scenario: Scenario
    tables: NationTables
    plants: tuple[Plant, ...]
    end_users: tuple[EndUser, ...]
    links: tuple[Link, ...]
    between: int
    laboratories: tuple[str, ...]  # the plants' own included; a form's bias is drawn for each
    laboratory_of: IntArray
    sender: IntArray
    receiver: IntArray
    flow: FloatArray
    production: FloatArray
    throughput: FloatArray
    loss: FloatArray

    @cached_property
    def form_of(self) -> Mapping[str, int]:
        """The number of each form."""
        return {name: number for number, name in enumerate(self.tables.forms)}

    @cached_property
    def link_form(self) -> IntArray:
        """The form of each link (L)."""
        return np.array([self.form_of[link.form] for link in self.links], dtype=np.int64)

    @cached_property
    def feed_form(self) -> IntArray:
        """What each mine takes from the ground (P); of others some form, of which they take nothing."""
        forms = (self.form_of.get(plant.kind.feed, self.link_form[0]) for plant in self.plants)
        return np.fromiter(forms, dtype=np.int64, count=len(self.plants))

    @property
    def stock(self) -> FloatArray:
        """The usual stock of each plant, mg (P x E): a month's throughput."""
        return self.throughput

    @property
    def customs_site(self) -> str:
        """The one place where goods leave the country."""
        return identity.site_uri(identity.CUSTOMS)


def make_plan(scenario: Scenario, tables: NationTables) -> Plan:
    """Return the nation of a scenario."""
    plants, laboratories = _plants(scenario, tables)
    end_users = _end_users(scenario, tables, sum(p.kind.name == COMPONENT for p in plants))
    links = _links(scenario, tables, plants)
    between = len(links)
    links += _deliveries(scenario, plants, end_users, between)
    position = {name: i for i, name in enumerate(laboratories)}
    sender = np.array([link.sender for link in links], dtype=np.int64)
    receiver = np.array([link.receiver for link in links], dtype=np.int64)
    production = _production(scenario, tables, plants)
    loss_share = np.array([plant.kind.loss_share for plant in plants])
    weights = _weights(scenario, tables, plants, links)
    flow, throughput = _steady(sender, receiver, weights, production, loss_share, between)
    return Plan(
        scenario=scenario,
        tables=tables,
        plants=plants,
        end_users=end_users,
        links=tuple(links),
        between=between,
        laboratories=laboratories,
        laboratory_of=np.array([position[plant.laboratory] for plant in plants], dtype=np.int64),
        sender=sender,
        receiver=receiver,
        flow=flow,
        production=production,
        throughput=throughput,
        loss=throughput * loss_share[:, np.newaxis],
    )


def count_plants(plants: int, kinds: Sequence[Kind]) -> dict[str, int]:
    """Return how many plants of each kind: the proportions of 200 by largest remainder, one of each needed kind."""
    counts = {kind.name: int(kind.is_needed) for kind in kinds}
    exact = {kind.name: plants * kind.of_200 / sum(k.of_200 for k in kinds) for kind in kinds}
    for name, share in exact.items():
        counts[name] = max(counts[name], floor(share))
    while sum(counts.values()) > plants:
        # Only a nation of few plants comes here, whose needed kinds take more than their proportion.
        over = max((n for n in counts if counts[n] > 1), key=lambda n: (counts[n] - exact[n], n), default=None)
        counts[over or next(n for n in counts if counts[n] and not exact[n] >= 1)] -= 1
    while sum(counts.values()) < plants:
        counts[max(counts, key=lambda n: exact[n] - counts[n])] += 1
    return counts


def _plants(scenario: Scenario, tables: NationTables) -> tuple[tuple[Plant, ...], tuple[str, ...]]:
    """Return the plants, those of a kind together, and all laboratories, the common ones first."""
    random = np.random.default_rng([scenario.seed, _PLANTS])
    common = max(1, round(scenario.laboratories_of_200 * scenario.plants / 200))
    names = [identity.party_uri(identity.LABORATORIES + i) for i in range(common)]
    # So many plants exactly, not each by chance: the share is the scenario's.
    sends = random.permutation(scenario.plants) < round(scenario.commercial * scenario.plants)
    chosen = random.permutation(np.arange(scenario.plants) % common)
    plants: list[Plant] = []
    for name, count in count_plants(scenario.plants, list(tables.kinds.values())).items():
        for rank in range(count):
            number = len(plants)
            own = identity.party_uri(identity.PLANTS + number)
            is_own = not sends[number]
            laboratory = own if is_own else names[chosen[number]]
            plants.append(Plant(number, tables.kinds[name], rank + 1, laboratory, is_own))
            names += [own] if is_own else []
    return tuple(plants), tuple(names)


def _end_users(scenario: Scenario, tables: NationTables, components: int) -> tuple[EndUser, ...]:
    """Return end users, at least one at home and one abroad; every fourth is foreign."""
    random = np.random.default_rng([scenario.seed, _USERS])
    civil = [use for use in tables.uses if use.is_civil]
    weights = np.array([use.weight for use in civil])
    count = max(2, round(END_USERS_PER_COMPONENT * components))
    chosen = random.choice(len(civil), size=count, p=weights / weights.sum())
    return tuple(EndUser(i, civil[chosen[i]], i % FOREIGN_EVERY == 1) for i in range(count))


def _of_kind(plants: Sequence[Plant], kind: str) -> list[int]:
    return [plant.number for plant in plants if plant.kind.name == kind]


def _links(scenario: Scenario, tables: NationTables, plants: Sequence[Plant]) -> list[Link]:
    """Return the links between plants: each route's, then more of them until the nation has its number."""
    random = np.random.default_rng([scenario.seed, _LISTS])
    pairs: dict[tuple[int, int, str], None] = {}
    for route in tables.routes:
        for pair in _route_pairs(route, plants, random):
            pairs[(*pair, route.form)] = None
    wanted = round(scenario.links_per_plant * scenario.plants)
    more = [route for route in tables.routes if route.is_counted_by_receiver and route.receiver == COMPONENT]
    spare = [
        (sender, receiver, route.form)
        for route in more
        for sender in _of_kind(plants, route.sender)
        for receiver in _of_kind(plants, route.receiver)
        if (sender, receiver, route.form) not in pairs
    ]
    missing = min(max(wanted - len(pairs), 0), len(spare))
    for i in random.choice(len(spare), size=missing, replace=False) if missing else ():
        pairs[spare[i]] = None
    rows = sorted(pairs)
    return [Link(number, sender, receiver, -1, form) for number, (sender, receiver, form) in enumerate(rows)]


def _route_pairs(route: Route, plants: Sequence[Plant], random: np.random.Generator) -> list[tuple[int, int]]:
    """Return the pairs of a route, dealt evenly, so that every plant of the counting side has its number."""
    senders, receivers = _of_kind(plants, route.sender), _of_kind(plants, route.receiver)
    if not senders or not receivers:
        return []
    counting, dealt = (receivers, senders) if route.is_counted_by_receiver else (senders, receivers)
    pairs: dict[tuple[int, int], None] = {}
    deck: list[int] = []
    for one in counting:
        for _ in range(min(route.links, len(dealt))):
            deck = deck or [dealt[i] for i in random.permutation(len(dealt))]
            other = next((o for o in deck if _pair(route, one, o) not in pairs), None)
            if other is not None:
                deck.remove(other)
                pairs[_pair(route, one, other)] = None
    if route.is_counted_by_receiver and route.receiver != TRADER:
        # Whom the deal passed over must sell all the same. Without a trader a plant sells to the others.
        met = {sender for sender, _ in pairs}
        spare = [sender for sender in senders if sender not in met]
        pairs |= {(sender, receivers[int(random.integers(len(receivers)))]): None for sender in spare}
    return list(pairs)


def _pair(route: Route, counting: int, other: int) -> tuple[int, int]:
    return (other, counting) if route.is_counted_by_receiver else (counting, other)


def _deliveries(scenario: Scenario, plants: Sequence[Plant], end_users: Sequence[EndUser], first: int) -> list[Link]:
    """Return the links to end users: each component maker serves one to three, every end user is served."""
    random = np.random.default_rng([scenario.seed, _USERS, 1])
    makers = _of_kind(plants, COMPONENT)
    pairs: dict[tuple[int, int], None] = {}
    for maker in makers:
        count = int(random.integers(1, min(3, len(end_users)) + 1))
        for user in random.choice(len(end_users), size=count, replace=False):
            pairs[maker, int(user)] = None
    served = {user for _, user in pairs}
    for user in end_users:
        if user.number not in served:
            pairs[makers[int(random.integers(len(makers)))], user.number] = None
    return [Link(first + i, maker, -1, user, COMPONENT) for i, (maker, user) in enumerate(sorted(pairs))]


def _production(scenario: Scenario, tables: NationTables, plants: Sequence[Plant]) -> FloatArray:
    """Return what mines take from the ground in a month, mg (P x E): each its own size and element pattern."""
    random = np.random.default_rng([scenario.seed, _FLOWS])
    shape = (len(plants), len(scenario.elements))
    size = MINE_KG * KG_MG * np.exp(SIZE_SPREAD * random.standard_normal(shape[0]))
    ratio = np.clip(np.exp(RATIO_SPREAD * random.standard_normal(shape)), *RATIO_RANGE)
    ratio[:, 0] = 1.0
    is_mine = np.array([plant.kind.name == MINE for plant in plants])
    content = tables.forms["concentrate"].content
    share = np.array([content[e] / content[scenario.elements[0]] for e in scenario.elements])
    made: FloatArray = np.where(is_mine, size, 0.0)[:, np.newaxis] * ratio * share
    return made


def _weights(scenario: Scenario, tables: NationTables, plants: Sequence[Plant], links: Sequence[Link]) -> FloatArray:
    """Return which part of its sender's output goes over each link (L)."""
    random = np.random.default_rng([scenario.seed, _FLOWS, 1])
    size = np.exp(SIZE_SPREAD * random.standard_normal(len(plants)))
    share = {(route.sender, route.form): route.share for route in tables.routes}
    totals: dict[tuple[int, str], float] = {}
    own = [size[link.receiver] if link.receiver >= 0 else 1.0 for link in links]
    for link, weight in zip(links, own, strict=True):
        totals[link.sender, link.form] = totals.get((link.sender, link.form), 0.0) + weight
    found = np.empty(len(links))
    for i, (link, weight) in enumerate(zip(links, own, strict=True)):
        kind = plants[link.sender].kind.name
        found[i] = share.get((kind, link.form), 1.0) * weight / totals[link.sender, link.form]
    # A plant without a link for one of its forms works that part up itself.
    sent = np.zeros(len(plants))
    np.add.at(sent, [link.sender for link in links], found)
    return found / sent[[link.sender for link in links]]


def _steady(
    sender: IntArray,
    receiver: IntArray,
    weights: FloatArray,
    production: FloatArray,
    loss_share: FloatArray,
    between: int,
) -> tuple[FloatArray, FloatArray]:
    """Return the steady flow of each link (L x E) and what comes into each plant (P x E), mg.

    Raises:
        ArithmeticError: the flows do not settle, which a loop without loss would do.
    """
    into = production.copy()
    for _ in range(ROUNDS_MAX):
        out = into * (1.0 - loss_share)[:, np.newaxis]
        flow = out[sender] * weights[:, np.newaxis]
        fed = production.copy()
        np.add.at(fed, receiver[:between], flow[:between])
        if np.allclose(fed, into, rtol=TOLERANCE, atol=0.0):
            return flow, fed
        into = fed
    raise ArithmeticError("the flows do not settle")
