"""Pools: tanks, furnaces and other continuous processes, under a stated rule.

Each charge and each draw makes a new state of the tank, with at most two parents, in book order, so that nothing
descends from what came later. What stays is feed minus draws until a stock-taking says otherwise.

Rules (ISO 22095 models): `proportional`, the default and the physical truth of a tank, takes the current mix;
`fifo` takes the oldest charge first; `segregated` takes one charge, never a mix; `rolling_average` takes from all
charges of the calendar month in proportion to their size, as far as each reaches. Credit and book-and-claim are
never origin. Masses are by element: a draw may take neodymium and leave lanthanum.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import numpy as np

from ytterby.chain.amount import net_mass_kg
from ytterby.chain.event import KILOGRAM
from ytterby.chain.ledger import Ledger, Taken
from ytterby.chain.node import Node, NodeKind, OriginClass, SourcePart, nothing, ratio, weighted, with_mass
from ytterby.chain.posting import Line, PoolIn, PoolOut, Posting, StockTake
from ytterby.chain.row_rule import ROUNDING, TOLERANCE, excess_content
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import ElementMass, FloatArray, combine
from ytterby.terms.quantity import divide

PROPORTIONAL = "proportional"
LAYERED = frozenset({"fifo", "segregated", "rolling_average"})
# One draw may say that it takes the mix of all layers, whatever the pool's rule for the others.
CURRENT_MIX = "current_mix"
# A rolling average looks at this many charges of its month one by one; older ones count as one. A segregated draw
# looks for one that covers it among as many.
LAYERS_MAX = 64
# What is left of an emptied charge after subtracting floats is no material: nothing is drawn from it any more.
RESIDUE = 1e-12


@dataclass(slots=True)
class Tank:
    """One pool while the book is written: its current state, or the charges that still lie in it."""

    id: str
    rule: str
    site: str
    state: Node | None = None
    layers: list[Node] = field(default_factory=list)
    heads: list[int] = field(default_factory=lambda: [0] * len(ELEMENTS))  # oldest layer with something of each
    left_kg: ElementMass = field(default_factory=nothing)


class Tanks:
    """All pools of the book."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.tanks: dict[str, Tank] = {}
        self.first_site: dict[str, str] = {}

    def forget(self, pool: str, names: Iterable[str]) -> None:
        """Drop a pool that no posting touches any more; `names` are those of its tanks, one for each site."""
        self.first_site.pop(pool, None)
        for name in names:
            self.tanks.pop(name, None)

    def charge(self, posting: PoolIn) -> None:
        """Take lots into the pool."""
        tank = self._tank(posting.pool, posting.rule, posting.site)
        for number, line in enumerate(posting.lines):
            self.ledger.at_line(2 * number)
            got = self.ledger.obtain(line, posting)
            self.ledger.at_line(2 * number + 1)
            fed = self.ledger.add_node(NodeKind.TANK, posting)
            fed.inputs_unknown = got.is_unknown
            fed.unknown_lines = [0] if got.is_unknown else []
            self.ledger.join(fed, got.parts, got.sources)
            fed.content = self.ledger.row_content(fed)
            fed.amount = _gross(line, got.parts)
            self._add(tank, fed, posting)

    def _tank(self, pool: str, rule: str, site: str) -> Tank:
        """Return the pool of a site. A pool lies at one site: whoever names another's has its own (threat P3)."""
        first = self.first_site.setdefault(pool, site)
        name = pool if site == first else f"{pool} at {site}"
        return self.tanks.setdefault(name, Tank(name, rule, site))

    def _add(self, tank: Tank, fed: Node, posting: Posting) -> None:
        """Let a charge become the newest layer, or mix with the state."""
        fed.pool, fed.pool_rule, fed.unit = tank.id, tank.rule, KILOGRAM
        fed.left = fed.amount
        tank.left_kg = combine([(1.0, tank.left_kg), (1.0, fed.content)])
        fed.left_mass = fed.mass_kg.copy()
        if tank.rule in LAYERED:
            tank.layers.append(fed)
            return
        previous = tank.state
        if previous is not None:
            # The previous state passes whole into the new one, which is what the charge's node becomes.
            fed.parents.append(previous.index)
            fed.weights.append(ratio(_left(previous), previous.mass_kg))
            fed.lines.append(-1)
            order = sorted(range(len(fed.parents)), key=lambda i: self.ledger.nodes[fed.parents[i]].order)
            fed.parents = [fed.parents[i] for i in order]
            fed.weights = [fed.weights[i] for i in order]
            fed.lines = [fed.lines[i] for i in order]
            fed.pool_previous = previous.index
            kept = with_mass(previous.content, _left(previous))
            fed.content = combine([(1.0, kept), (1.0, fed.content)])
            fed.amount = fed.left = previous.left + fed.amount
            fed.left_mass = fed.mass_kg.copy()
            fed.inputs_unknown = fed.inputs_unknown or previous.inputs_unknown
            previous.left_mass = np.zeros(len(ELEMENTS))
            previous.left = Decimal(0)
        tank.state = fed
        del posting

    # Draws

    def draw(self, posting: PoolOut) -> None:
        """Draw lots from the pool; each is the pool's mix under its rule, scaled to its own mass."""
        tank = self._tank(posting.pool, posting.rule, posting.site)
        for number, line in enumerate(posting.lines):
            # Old layers that are merged come before the parcel, what is left in the tank after it.
            self.ledger.at_line(3 * number + 1)
            content, is_known = self.ledger.content_of(line, posting)
            if not is_known:
                content = self._inherited(tank, line)
            parcel = self.ledger.add_parcel(line, posting, content, is_made=True)
            parcel.is_known, parcel.uses = True, posting.uses
            parcel.pool, parcel.pool_rule = tank.id, tank.rule
            wanted = self._with_excess(tank, parcel, content, posting)
            if tank.rule in LAYERED:
                parts = self._from_layers(tank, wanted, posting)
            else:
                parts = self._from_state(tank, wanted, posting, line)
            self.ledger.join(parcel, parts)
            tank.left_kg = combine([(1.0, tank.left_kg), (-1.0, with_mass(content, wanted))])

    def _inherited(self, tank: Tank, line: Line) -> ElementMass:
        """Return what an unassayed draw holds: its part of the pool by declared mass."""
        gross = tank.state.left if tank.state is not None else sum((n.left for n in tank.layers), Decimal(0))
        net_kg = net_mass_kg(line.amount or Decimal(0), line.unit, line.piece_mass_kg)
        if net_kg is None or gross <= 0:
            return nothing()
        return weighted(_there(tank), divide(min(net_kg, gross), gross))

    def _with_excess(self, tank: Tank, parcel: Node, content: ElementMass, posting: PoolOut) -> FloatArray:
        """Return what the pool must give; what is more than it holds by over 3u is unaccounted."""
        held = np.maximum(tank.left_kg.mass_kg, 0.0)
        over = content.mass_kg - held
        u_kg = combine([(1.0, tank.left_kg), (-1.0, content)]).u_kg
        allowed = np.maximum(TOLERANCE * u_kg, ROUNDING * content.mass_kg)
        is_excess = (over > allowed) | ((held <= 0) & (content.mass_kg > 0))
        excess = np.where(is_excess, over, 0.0)
        if excess.any():
            node = tank.state or (tank.layers[-1] if tank.layers else None)
            kind = "undeclared" if node is not None and node.inputs_unknown else "unaccounted"
            country = self.ledger.world.directory.country_of(posting.site)
            parcel.sources.append(SourcePart(OriginClass(kind, posting.site, country), excess_content(excess)))
            worst = int(np.argmax(excess))
            facts = {"pool": tank.id, "element": ELEMENTS[worst], "excess": f"{excess[worst]:.6g}"}
            events = (posting.digest,)
            self.ledger.find("pool.overdrawn", parcel.lot, posting.site, (posting.holder,), facts, events)
        return content.mass_kg - excess

    def _from_state(self, tank: Tank, wanted: FloatArray, posting: PoolOut, line: Line) -> list[Taken]:
        """Take the current mix and leave a new state."""
        state = tank.state
        if state is None:
            return []
        had = _left(state)
        share = ratio(wanted, state.mass_kg)
        left = had - wanted
        is_residue = np.abs(left) <= RESIDUE * had
        kept = np.where(is_residue, 0.0, np.maximum(left, 0.0))
        self.ledger.at_line(self.ledger.position[1] + 1)
        rest = self.ledger.add_node(NodeKind.TANK, posting)
        rest.pool, rest.pool_rule, rest.pool_previous, rest.unit = tank.id, tank.rule, state.index, KILOGRAM
        rest.parents, rest.weights, rest.lines = [state.index], [ratio(kept, state.mass_kg)], [-1]
        rest.content = with_mass(combine([(1.0, state.content), (-1.0, with_mass(nothing(), wanted))]), kept)
        net_kg = net_mass_kg(line.amount or Decimal(0), line.unit, line.piece_mass_kg) or Decimal(0)
        rest.amount = rest.left = max(state.left - net_kg, Decimal(0))
        rest.left_mass, rest.inputs_unknown = rest.mass_kg.copy(), state.inputs_unknown
        # A draw of more than the state holds, within noise, is a gain of the pool's site.
        noise = ratio(np.where(is_residue, left, np.minimum(left, 0.0)), state.mass_kg)
        if noise.any():
            state.muf_weight = noise if state.muf_weight is None else state.muf_weight + noise
        state.left_mass, state.left = np.zeros(len(ELEMENTS)), Decimal(0)
        tank.state = rest
        return [Taken(state, share)]

    def _from_layers(self, tank: Tank, wanted: FloatArray, posting: PoolOut) -> list[Taken]:
        if posting.rule == CURRENT_MIX:
            return self._average(tank, wanted, np.array([_left(layer) for layer in tank.layers]))
        if tank.rule == "rolling_average":
            self._merge_old(tank, posting)
            return self._average(tank, wanted, np.array([layer.mass_kg for layer in tank.layers]))
        if tank.rule == "segregated":
            return self._one_layer(tank, wanted)
        return self._oldest_first(tank, wanted)

    def _oldest_first(self, tank: Tank, wanted: FloatArray) -> list[Taken]:
        """Take each element from the oldest layer that still has it."""
        got: dict[int, FloatArray] = {}
        need = wanted.copy()
        for element in np.flatnonzero(wanted):
            position = tank.heads[element]
            while need[element] > 0 and position < len(tank.layers):
                layer = tank.layers[position]
                left = float(_left(layer)[element])
                if left <= RESIDUE * layer.mass_kg[element]:
                    position += 1
                    continue
                part = min(float(need[element]), left)
                got.setdefault(position, np.zeros(len(ELEMENTS)))[element] = part
                need[element] -= part
                if part < left:
                    break
                position += 1
            tank.heads[element] = min(position, max(len(tank.layers) - 1, 0))
        parts = []
        for position, taken in sorted(got.items()):
            layer = tank.layers[position]
            parts.append(Taken(layer, ratio(taken, layer.mass_kg)))
            layer.left_mass = _left(layer) - taken
            layer.left = _gross_left(layer)
        return self._noise(tank.layers, parts, need)

    def _one_layer(self, tank: Tank, wanted: FloatArray) -> list[Taken]:
        """Take from the oldest layer that alone covers a segregated draw; where none of the next does, oldest first."""
        elements = np.flatnonzero(wanted)
        start = min((tank.heads[element] for element in elements), default=0)
        while start < len(tank.layers) - 1 and not _left(tank.layers[start])[elements].any():
            start += 1
        for element in elements:
            tank.heads[element] = max(tank.heads[element], start)
        for layer in tank.layers[start : start + LAYERS_MAX]:
            if (_left(layer) * (1 + ROUNDING) >= wanted).all():
                taken = np.minimum(wanted, _left(layer))
                layer.left_mass = _left(layer) - taken
                layer.left = _gross_left(layer)
                return self._noise([layer], [Taken(layer, ratio(taken, layer.mass_kg))], wanted - taken)
        return self._oldest_first(tank, wanted)

    def _noise(self, layers: list[Node], parts: list[Taken], need: FloatArray) -> list[Taken]:
        """Let the newest layer that had the element give a remainder that is no more than noise: a gain of the site."""
        for element in np.flatnonzero(need):
            layer = next((n for n in reversed(layers) if n.mass_kg[element] > 0), None)
            if layer is None:
                continue
            share = np.zeros(len(ELEMENTS))
            share[element] = need[element] / layer.mass_kg[element]
            layer.muf_weight = -share if layer.muf_weight is None else layer.muf_weight - share
            mine = next((t for t in parts if t.node is layer), None)
            parts = [t for t in parts if t.node is not layer]
            parts.append(Taken(layer, share + (mine.weight if mine else 0.0)))
        return parts

    def _average(self, tank: Tank, wanted: FloatArray, size: FloatArray) -> list[Taken]:
        """Take from all layers by size, as far as each reaches, until nothing is wanted."""
        layers = list(tank.layers)
        if not layers:
            return []
        left = np.array([_left(layer) for layer in layers])
        left = np.where(left > RESIDUE * np.array([layer.mass_kg for layer in layers]), left, 0.0)
        got = np.zeros_like(left)
        need = wanted.copy()
        for _ in range(len(layers)):
            base = np.where(left - got > 0, size, 0.0)
            total = base.sum(axis=0)
            if not (need > 0)[total > 0].any():
                break
            step = np.minimum(base * ratio(need, total), left - got)
            got = got + step
            need = np.maximum(wanted - got.sum(axis=0), 0.0)
        parts = []
        for layer, taken in zip(layers, got, strict=True):
            if taken.any():
                parts.append(Taken(layer, ratio(taken, layer.mass_kg)))
                layer.left_mass = np.maximum(_left(layer) - taken, 0.0)
                layer.left = _gross_left(layer)
        need = np.where(need > ROUNDING * wanted, need, 0.0)
        return self._noise(layers, parts, need)

    def _merge_old(self, tank: Tank, posting: PoolOut) -> None:
        """Let charges of earlier months, and more than LAYERS_MAX of this one, count as one layer."""
        layers = list(tank.layers)
        month = _month(posting.at)
        old = [n for n in layers if _month(n.charged_at or n.at) != month]
        if len(layers) - len(old) > LAYERS_MAX:
            old = layers[: len(layers) - LAYERS_MAX]
        if len(old) < 2:
            return
        newest = old[-1]
        self.ledger.at_line(self.ledger.position[1] - 1)
        merged = self.ledger.add_node(NodeKind.TANK, posting)
        merged.holder, merged.owner, merged.charged_at = newest.holder, newest.owner, newest.charged_at or newest.at
        merged.pool, merged.pool_rule, merged.unit = tank.id, tank.rule, KILOGRAM
        merged.pool_previous = newest.index
        for layer in old:
            merged.parents.append(layer.index)
            merged.weights.append(ratio(_left(layer), layer.mass_kg))
            merged.lines.append(-1)
            layer.left_mass = np.zeros(len(ELEMENTS))
        merged.content = self.ledger.row_content(merged)
        merged.amount = merged.left = sum((layer.left for layer in old), Decimal(0))
        merged.left_mass = merged.mass_kg.copy()
        for layer in old:
            layer.left = Decimal(0)
        tank.layers = [merged, *layers[len(old) :]]

    # Stock-taking

    def count(self, posting: StockTake) -> None:
        """Set what a pool holds to what was counted; the first count is its opening stock."""
        assert posting.pool is not None, "only a stock-taking of a pool comes here"
        tank = self._tank(posting.pool, posting.rule, posting.site)
        contents = [self.ledger.content_of(line, posting) for line in posting.lines]
        counted = combine([(1.0, content) for content, _ in contents]) if contents else nothing()
        gross = sum((_gross(line, []) for line in posting.lines), Decimal(0))
        if tank.state is None and not tank.layers:
            node = self.ledger.add_node(NodeKind.TANK, posting)
            node.content, node.amount = counted, gross
            country = self.ledger.world.directory.country_of(posting.site)
            node.sources.append(SourcePart(OriginClass("opening_stock", posting.site, country), counted))
            self._add(tank, node, posting)
            return
        if not any(is_known for _, is_known in contents):
            held = tank.state.left if tank.state is not None else sum((n.left for n in tank.layers), Decimal(0))
            counted = weighted(_there(tank), divide(gross, held)) if held > 0 else nothing()
        self._adjust(tank, counted, posting)

    def _adjust(self, tank: Tank, counted: ElementMass, posting: StockTake) -> None:
        """Less than the book: MUF, from every part alike. More: a gain within 3u, else unaccounted."""
        held = np.maximum(tank.left_kg.mass_kg, 0.0)
        keep = np.minimum(ratio(counted.mass_kg, held), 1.0)
        for node in [tank.state] if tank.state is not None else list(tank.layers):
            lost = ratio(_left(node) * (1.0 - keep), node.mass_kg)
            node.muf_weight = lost if node.muf_weight is None else node.muf_weight + lost
            node.left_mass = _left(node) * keep
        found = np.maximum(counted.mass_kg - held, 0.0)
        u_kg = combine([(1.0, tank.left_kg), (-1.0, counted)]).u_kg
        found = np.where(found > np.maximum(TOLERANCE * u_kg, ROUNDING * counted.mass_kg), found, 0.0)
        tank.left_kg = with_mass(counted, np.minimum(counted.mass_kg, held))
        if found.any():
            node = self.ledger.add_node(NodeKind.TANK, posting)
            node.content = excess_content(found)
            country = self.ledger.world.directory.country_of(posting.site)
            node.sources.append(SourcePart(OriginClass("unaccounted", posting.site, country), node.content))
            self._add(tank, node, posting)


def _there(tank: Tank) -> ElementMass:
    """Return what a pool holds; of an element that was overdrawn within noise it holds nothing, not less."""
    return with_mass(tank.left_kg, np.maximum(tank.left_kg.mass_kg, 0.0))


def _left(node: Node) -> FloatArray:
    return node.left_mass if node.left_mass is not None else node.mass_kg


def _gross_left(node: Node) -> Decimal:
    """Return the gross mass left in a layer, in proportion to what is left of its elements."""
    total = float(node.mass_kg.sum())
    if not total or node.left_mass is None:
        return node.left
    return node.amount * Decimal(repr(float(node.left_mass.sum()) / total))


def _gross(line: Line, parts: list[Taken]) -> Decimal:
    net_kg = net_mass_kg(line.amount, line.unit, line.piece_mass_kg) if line.amount is not None else None
    if net_kg is not None:
        return net_kg
    return sum(
        (
            t.node.amount * Decimal(repr(t.weight))
            for t in parts
            if isinstance(t.weight, float) and t.node.unit == KILOGRAM
        ),
        Decimal(0),
    )


def _month(at: datetime) -> tuple[int, int]:
    return at.year, at.month
