"""In which countries each stage of a lot's making took place (mined, separated, …), as far as the book tells.

What counts as a stage is told by the law's packs (`law.stage`). Mass that went through a step of the stage, or entered
by a source that is one, belongs to the country of that site; it may belong to several, since material can be separated
twice. It is worked out like an origin: the step takes the place of all that came before it. Where pools lie on the way
there are bounds over all allocations.

What the register did not see stays possible: material that entered in a form that may come after the stage, from
abroad, from opening stock, undeclared or unaccounted; a step at a site without a country; and what shows no step of the
stage, though the lot is of a form that may come after it. Each is named.

Invariant: of a lot whose whole history is known, no place is possible that the book does not hold.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import NamedTuple

import numpy as np

from ytterby.chain.attribution import Floats, Graph, pull
from ytterby.chain.book import Book
from ytterby.chain.bounds import bound
from ytterby.chain.graph import Cone, ancestors, with_element
from ytterby.chain.node import Node, NodeKind, SourcePart
from ytterby.law.condition import Places
from ytterby.law.stage import Stage
from ytterby.matter.element import ELEMENTS, POSITION

# Below this share of a lot a mass is the rounding of sums and no place.
LEAST_SHARE = 1e-9
# Why something is open, beside the kinds of sources: no step of the stage is told; the site of one has no country.
NO_STEP, NO_COUNTRY = "no_step", "no_country"


class CountryShare(NamedTuple):
    """The share of an element of a lot that passed a stage in a country, with bounds and standard uncertainty."""

    country: str
    share: float
    least: float
    greatest: float
    u: float
    is_sure: bool


class Opening(NamedTuple):
    """What leaves a stage open: a kind of source, or a step without a country, with its lot, form and site."""

    kind: str
    lot: str
    site: str
    form: str | None
    country: str
    share: float


class ElementStage(NamedTuple):
    """Where one element of a lot passed one stage, and what leaves that open, the largest first."""

    fact: str
    element: str
    countries: tuple[CountryShare, ...]
    openings: tuple[Opening, ...]


class _Start(NamedTuple):
    """Mass that belongs to a place from a node on: all of a step, or one source of a node."""

    place: int
    country: str
    mass_kg: float
    u_kg: float
    opening: str
    is_step: bool


class _Forms(NamedTuple):
    """The forms that went into a step, and those that came out of it."""

    taken: frozenset[str | None]
    made: frozenset[str | None]


@dataclass(frozen=True, eq=False)
class _Asked:
    """One element of a lot: what precedes it, its parcels, what they hold."""

    book: Book
    cone: Cone
    steps: dict[str, tuple[int, ...]]  # by stage: where it took place
    sourced: tuple[int, ...]  # where something entered
    has_pool: bool
    targets: tuple[int, ...]
    element: str
    total_kg: float
    u_kg: float
    k: float

    @cached_property
    def per_kg(self) -> Floats:
        """How much of a kilogram in each node is in the lot, nothing cut off: the same for all stages."""
        return _per_kg(self, self.cone)


# How much of what starts somewhere is in the lot, kg: by the book's rules, least, greatest, and its u.
_Reached = tuple[float, float, float, float]
_Reach = Callable[[tuple[_Start, ...]], _Reached]


def stages_of_lot(
    book: Book, lot: str, stages: Iterable[Stage], *, k: float, holder: str | None = None, element: str | None = None
) -> tuple[ElementStage, ...]:
    """Return for each stage and each element of a lot (or of one holder's parcels of it) where it took place.

    A country is sure where the least share of it is more than k standard uncertainties.

    Raises:
        KeyError: the book has no such lot.
    """
    parcels = book.made(lot, holder)
    found = ancestors(book, parcels)
    targets = tuple(found.place[parcel.index] for parcel in parcels)
    stages, forms = tuple(stages), _forms_of(book, found)
    steps = {
        stage.fact: tuple(place for place, one in forms.items() if _is_stage(book, found.nodes[place], stage, one))
        for stage in stages
    }
    sourced = tuple(place for place, node in enumerate(found.nodes) if node.sources)
    has_pool = any(node.pool for node in found.nodes)
    result = []
    for one in (element,) if element else ELEMENTS:
        position = POSITION[one]
        total = math.fsum(float(parcel.mass_kg[position]) for parcel in parcels)
        if total <= 0:
            continue
        u_kg = math.sqrt(math.fsum(float(parcel.content.u_kg[position]) ** 2 for parcel in parcels))
        asked = _Asked(book, with_element(found, one), steps, sourced, has_pool, targets, one, total, u_kg, k)
        result += [_stage_of(asked, stage) for stage in stages]
    return tuple(result)


def places_of(found: Iterable[ElementStage]) -> dict[str, Places]:
    """Return for each fact what is sure, what is possible, and whether it is open, over all elements together."""
    facts: dict[str, Places] = {}
    for one in found:
        known = facts.get(one.fact, Places(frozenset(), frozenset(), False))
        sure = {row.country for row in one.countries if row.is_sure}
        perhaps = {row.country for row in one.countries if not row.is_sure}
        facts[one.fact] = Places(known.sure | sure, known.perhaps | perhaps, known.is_open or bool(one.openings))
    return {name: replace(one, perhaps=one.perhaps - one.sure) for name, one in facts.items()}


def _stage_of(asked: _Asked, stage: Stage) -> ElementStage:
    starts = [*_steps(asked, stage), *_sources(asked, stage)]
    told = [start for start in starts if not start.opening]
    # Where all of it is of one country, the country and what is missing rest on the same starts.
    reach = cache(partial(_reached, asked))
    countries = [_country(asked, name, told, reach) for name in sorted({start.country for start in told})]
    unseen = [start for start in starts if start.opening]
    openings = [*_openings(asked, unseen), *_missing(asked, stage, starts, reach)]
    openings.sort(key=lambda one: (-one.share, one.kind, one.lot, one.site))
    return ElementStage(stage.fact, asked.element, tuple(one for one in countries if one is not None), tuple(openings))


# Where mass comes to belong to a place


def _steps(asked: _Asked, stage: Stage) -> Iterable[_Start]:
    directory, position = asked.book.world.directory, POSITION[asked.element]
    for place in asked.steps[stage.fact]:
        node = asked.cone.nodes[place]
        country = directory.country_of(node.site)
        mass, u_kg = float(node.mass_kg[position]), float(node.content.u_kg[position])
        if mass > 0:
            yield _Start(place, country, mass, u_kg, "" if country else NO_COUNTRY, True)


def _forms_of(book: Book, cone: Cone) -> dict[int, _Forms]:
    """Return by place of each step, and of each draw from a pool, what went in and what came out on the way to the lot.

    Plants that run continuously charge a pool with one form and draw another: what is drawn passed the stage there.
    """
    made: dict[int, set[str | None]] = {}
    charged: dict[str, set[str | None]] = {}
    for node in cone.nodes:
        if node.kind is NodeKind.PARCEL:
            for parent in node.parents:
                made.setdefault(parent, set()).add(node.form)
        if node.kind is NodeKind.TANK and node.pool is not None:
            before = [book.nodes[parent] for parent in node.parents]
            forms = {one.form for one in before if one.kind is not NodeKind.TANK and not one.is_free}
            charged.setdefault(node.pool, set()).update(forms)
    found: dict[int, _Forms] = {}
    for place, node in enumerate(cone.nodes):
        if node.kind is NodeKind.STEP:
            taken = frozenset(book.nodes[index].form for index in node.parents if not book.nodes[index].is_free)
            found[place] = _Forms(taken, frozenset(made.get(node.index, ())))
        elif node.kind is NodeKind.PARCEL and node.pool in charged:
            found[place] = _Forms(frozenset(charged[node.pool]), frozenset({node.form}))
    return found


def _is_stage(book: Book, node: Node, stage: Stage, forms: _Forms) -> bool:
    site = book.world.directory.sites.get(node.site)
    process = node.stage.strip().lower() if node.stage else None
    return stage.may_be_at(process, site.kind if site else "", forms.taken, forms.made)


def _sources(asked: _Asked, stage: Stage) -> Iterable[_Start]:
    """Yield what entered by a source that is the stage, or in a form that passed it somewhere unseen."""
    position = POSITION[asked.element]
    for place in asked.sourced:
        node = asked.cone.nodes[place]
        for part in node.sources:
            mass = float(part.content.mass_kg[position])
            if mass <= 0:
                continue
            u_kg = float(part.content.u_kg[position])
            if part.origin.kind in stage.sources:
                country = _source_country(asked.book, part)
                yield _Start(place, country, mass, u_kg, "" if country else NO_COUNTRY, False)
            elif not stage.is_before(node.form):
                yield _Start(place, part.origin.country, mass, u_kg, part.origin.kind, False)


def _source_country(book: Book, part: SourcePart) -> str:
    return part.origin.country or book.world.directory.country_of(part.origin.site)


# How much of it is in the lot


def _country(asked: _Asked, country: str, told: list[_Start], reach: _Reach) -> CountryShare | None:
    mass, least, greatest, u_kg = reach(tuple(start for start in told if start.country == country))
    total = asked.total_kg
    if greatest <= LEAST_SHARE * total:
        return None
    is_sure = least > max(asked.k * u_kg, LEAST_SHARE * total)
    share, low, high = (min(one / total, 1.0) for one in (mass, least, greatest))
    return CountryShare(country, share, low, high, u_kg / total, is_sure)


def _reached(asked: _Asked, starts: tuple[_Start, ...]) -> _Reached:
    """Return how much of what starts there is in the lot."""
    cone = _cut(asked, {start.place for start in starts if start.is_step})
    own = np.zeros((len(cone.nodes), 1))
    for start in starts:
        if start.is_step:
            own[start.place, 0] = start.mass_kg
    steps = {start.place for start in starts if start.is_step}
    for start in starts:
        # A source of a step of the stage itself is in the step's mass already.
        if not start.is_step and start.place not in steps:
            own[start.place, 0] += start.mass_kg
    per_kg = asked.per_kg if cone is asked.cone else _per_kg(asked, cone)
    mass = math.fsum((own[:, 0] * per_kg).tolist())
    u_kg = math.sqrt(math.fsum((start.u_kg * float(per_kg[start.place])) ** 2 for start in starts))
    if not asked.has_pool:
        return mass, mass, mass, u_kg
    limits = bound(asked.book, cone, asked.element, own)
    least = math.fsum(float(limits.least_kg[place, 0]) for place in asked.targets)
    greatest = math.fsum(float(limits.greatest_kg[place, 0]) for place in asked.targets)
    return mass, min(least, mass), max(greatest, mass), u_kg


def _cut(asked: _Asked, places: set[int]) -> Cone:
    """Return the cone without what precedes these nodes."""
    if not places:
        return asked.cone
    graph = asked.cone.graph
    counts = np.diff(graph.indptr)
    is_cut = np.zeros(graph.size, dtype=bool)
    is_cut[list(places)] = True
    is_kept = ~np.repeat(is_cut, counts)
    indptr = np.zeros(graph.size + 1, dtype=np.int64)
    np.cumsum(np.where(is_cut, 0, counts), out=indptr[1:])
    cut = Graph(indptr, graph.parents[is_kept], graph.weights[is_kept])
    if not asked.has_pool:
        return asked.cone._replace(graph=cut)
    # The bounds read parents from the nodes themselves.
    nodes = list(asked.cone.nodes)
    for place in places:
        nodes[place] = replace(nodes[place], parents=[], weights=[], lines=[])
    return asked.cone._replace(nodes=tuple(nodes), graph=cut)


def _per_kg(asked: _Asked, cone: Cone) -> Floats:
    is_target = np.zeros(len(cone.nodes))
    for place in asked.targets:
        is_target[place] = 1.0
    return pull(cone.graph, is_target)


# What is open


def _openings(asked: _Asked, starts: list[_Start]) -> list[Opening]:
    """Return what entered unseen, by kind, lot and site; without pools its share is exact, else the greatest."""
    found: dict[Opening, float] = {}
    for start in starts:
        node = asked.cone.nodes[start.place]
        # By another allocation of a pool all of it could be in the lot.
        kg = min(start.mass_kg, asked.total_kg) if asked.has_pool else start.mass_kg * float(asked.per_kg[start.place])
        if kg > LEAST_SHARE * asked.total_kg:
            key = Opening(start.opening, node.lot, node.site, node.form, start.country, 0.0)
            found[key] = found.get(key, 0.0) + kg / asked.total_kg
    return [key._replace(share=min(share, 1.0)) for key, share in found.items()]


def _missing(asked: _Asked, stage: Stage, starts: list[_Start], reach: _Reach) -> list[Opening]:
    """Return how much of a lot that comes after a stage shows no step of it, beyond what was measured in excess."""
    node = asked.cone.nodes[asked.targets[0]]
    if stage.is_before(node.form):
        return []
    _, least, _, _ = reach(tuple(starts)) if starts else (0.0, 0.0, 0.0, 0.0)
    missing = asked.total_kg - least
    if missing <= max(asked.k * asked.u_kg, LEAST_SHARE * asked.total_kg):
        return []
    return [Opening(NO_STEP, node.lot, node.site, node.form, "", min(missing / asked.total_kg, 1.0))]
