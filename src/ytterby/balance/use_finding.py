"""Use findings: what was declared to be for one use and was not used so, in the shape of all findings.

Seven kinds, most per supplier, customer and year: goods told to be for another use than declared; goods used up and no
use told; goods that went to another end user than named; goods of a not yet known use that left their holder, or grew
old, without one; an end user that received more than its uses can consume; stock of traders without a use. Of the
elements whose size is beyond the limit's standard uncertainties the one with the largest mass is named. A finding names
all who spoke; which of them was wrong it does not say.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from ytterby.balance.finding import EVENTS_MAX, Finding, figure, finding_id
from ytterby.balance.trader_stock import TraderStock, trader_stock
from ytterby.balance.use import AccountKey, Proven, UseAccount, account_uses, key_of, prove, score
from ytterby.balance.use_code import UseCodes, UseLimits
from ytterby.balance.use_flow import Rest, UseClaim, UseFlow, add, follow_uses
from ytterby.balance.use_need import STRONG, WEAK, UseNeed, UsePlan, judge_needs
from ytterby.chain.book import Book
from ytterby.chain.destination import NOT_YET_KNOWN
from ytterby.chain.node import NodeKind
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import FloatArray, combine
from ytterby.terms.problem import Problem, finding

# What is traced in floats and comes to less is rounding.
LEAST_KG = 1e-9


def list_use_findings(
    book: Book, *, at: datetime, codes: UseCodes, limits: UseLimits, plans: Iterable[UsePlan] = ()
) -> tuple[Finding, ...]:
    """Return the use findings of a book at an instant, by kind, then by their short names.

    Raises:
        ValueError: a plan is in itself impossible.
    """
    flow = follow_uses(book, limits.waste_forms)
    found = [
        *_of_accounts(book, account_uses(book, flow, at=at, limits=limits), limits),
        *_of_end_users(book, flow, at, limits),
        *_of_leaving(book, flow, limits),
        *_of_age(book, flow, at, limits),
        *_of_needs(judge_needs(book, plans, codes, limits, until=at.date() + timedelta(days=1))),
        *_of_traders(book, trader_stock(book, flow, at=at), limits),
    ]
    return tuple(sorted(found, key=lambda one: (one.problem.code, one.id)))


class _Part(NamedTuple):
    """So much of a claim at a node of the book, kg of each element."""

    claim: UseClaim
    node: int
    mass_kg: FloatArray


class _Size(NamedTuple):
    """The element that a finding names, with kg, sd and score."""

    element: str
    size_kg: float
    sd_kg: float
    z: float


class _Ground(NamedTuple):
    """What a finding stands on: its size, the nodes where it was told or lies, and the claims' events."""

    size: _Size
    nodes: tuple[int, ...]
    starts: tuple[bytes, ...]


def _size(mass_kg: FloatArray, sd_kg: FloatArray, limits: UseLimits) -> _Size | None:
    """Return the element of largest mass among those beyond the limit; None where there is none."""
    sizes = [
        _Size(element, float(kg), float(sd), score(float(kg), float(sd)))
        for element, kg, sd in zip(ELEMENTS, mass_kg, sd_kg, strict=True)
        if kg > LEAST_KG
    ]
    return max((size for size in sizes if size.z > limits.score), key=lambda size: size.size_kg, default=None)


def _size_facts(size: _Size) -> dict[str, str]:
    return {"element": size.element, "kg": figure(size.size_kg), "sd": figure(size.sd_kg)}


def _ground(proven: Proven, starts: Iterable[bytes], limits: UseLimits) -> _Ground | None:
    size = _size(proven.mass_kg, proven.sd_kg, limits)
    return None if size is None else _Ground(size, proven.nodes, tuple(starts))


def _ground_of_parts(book: Book, flow: UseFlow, parts: Sequence[_Part], limits: UseLimits) -> _Ground | None:
    starts = [digest for claim in dict.fromkeys(part.claim for part in parts) for digest in flow.starts[claim]]
    return _ground(prove(book, [(part.node, part.mass_kg) for part in parts]), starts, limits)


def _finding(
    book: Book, problem: Problem, key: Iterable[object], parties: Iterable[str], site: str, ground: _Ground
) -> Finding:
    """Return a finding in the common shape; events are those of the claims, then of what came of them."""
    lots = {book.nodes[node].lot for node in ground.nodes}
    told = dict.fromkeys(book.nodes[node].digest for node in ground.nodes)
    events = dict.fromkeys((*dict.fromkeys(ground.starts[:EVENTS_MAX]), *tuple(told)[:EVENTS_MAX]))
    return Finding(
        id=finding_id(problem.code, *map(str, key)),
        problem=problem,
        parties=tuple(dict.fromkeys(party for party in parties if party)),
        lot=lots.pop() if len(lots) == 1 else "",
        site=site,
        element=ground.size.element,
        size_kg=ground.size.size_kg,
        sd_kg=ground.size.sd_kg,
        statistic=ground.size.z,
        events=tuple(events),
    )


def _holders(book: Book, nodes: Iterable[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(book.nodes[node].holder for node in nodes))


# Told otherwise, or not at all


def _of_accounts(book: Book, accounts: Iterable[UseAccount], limits: UseLimits) -> Iterable[Finding]:
    for account in accounts:
        for told, proven in sorted(account.otherwise.items()):
            ground = _ground(proven, account.starts, limits)
            if ground is not None:
                yield _told_otherwise(book, account.key, told, ground)
        ground = _ground(account.untold, account.starts, limits)
        if ground is not None:
            yield _untold(book, account.key, ground)


def _told_otherwise(book: Book, key: AccountKey, told: str, ground: _Ground) -> Finding:
    tellers = _holders(book, ground.nodes)
    facts = {**_account_facts(key), **_size_facts(ground.size), "told": told, "teller": tellers[0]}
    problem = finding("use.realised_otherwise", "", **facts)
    return _finding(book, problem, (*key, told), (key.shipper, key.customer, *tellers), key.site, ground)


def _untold(book: Book, key: AccountKey, ground: _Ground) -> Finding:
    holders = _holders(book, ground.nodes)
    facts = {**_account_facts(key), **_size_facts(ground.size), "holder": holders[0]}
    problem = finding("use.untold", "", **facts)
    return _finding(book, problem, key, (key.shipper, key.customer, *holders), key.site, ground)


def _account_facts(key: AccountKey) -> dict[str, str]:
    return {
        "site": key.site,
        "shipper": key.shipper,
        "customer": key.customer,
        "period": str(key.year),
        "use": key.use_code,
    }


# Another end user


def _of_end_users(book: Book, flow: UseFlow, at: datetime, limits: UseLimits) -> Iterable[Finding]:
    """Find what was said to be for another end user, and what was made and lies too long with another holder."""
    groups: dict[tuple[AccountKey, str], list[_Part]] = {}
    gone = _gone(flow, limits)
    for one in flow.elsewhere:
        mass_kg = one.mass_kg * gone.get((one.claim.site, one.claim.end_user), 0.0)
        if mass_kg.any():
            groups.setdefault((key_of(one.claim), one.end_user), []).append(_Part(one.claim, one.node, mass_kg))
    for rest in flow.rests:
        claim, node = rest.carried.claim, book.nodes[rest.node]
        is_made = rest.carried.wants_user and not rest.carried.wants_use and node.kind is not NodeKind.TANK
        if is_made and at - node.at > timedelta(days=limits.untold_days):
            user = node.to_holder if node.kind is NodeKind.TRANSIT else node.holder
            groups.setdefault((key_of(claim), user), []).append(_Part(claim, rest.node, rest.mass_kg))
    for (key, user), parts in sorted(groups.items(), key=lambda group: group[0]):
        ground = _ground_of_parts(book, flow, parts, limits)
        if ground is not None:
            facts = {**_account_facts(key), **_size_facts(ground.size), "end_user": key.end_user, "other": user}
            problem = finding("use.other_end_user", "", **facts)
            parties = (key.shipper, key.customer, key.end_user, user)
            yield _finding(book, problem, (*key, user), parties, key.site, ground)


def _gone(flow: UseFlow, limits: UseLimits) -> dict[tuple[str, str], FloatArray]:
    """Return which part of what went to others, by element, is missing at the end user for whom a site's goods were
    declared: what a mixture gave away for him and got back from others' goods is exchanged, and nothing is gone.
    """
    declared: dict[tuple[str, str], FloatArray] = {}
    away: dict[tuple[str, str], FloatArray] = {}
    back: dict[tuple[str, str], FloatArray] = {}
    for claim, content in flow.declared.items():
        add(declared, (claim.site, claim.end_user), content.mass_kg)
    for one in flow.elsewhere:
        add(away, (one.claim.site, one.claim.end_user), one.mass_kg)
        add(back, (one.claim.site, one.end_user), one.mass_kg)
    found = {}
    for key, mass_kg in away.items():
        net = np.maximum(mass_kg - back.get(key, 0.0), 0.0)
        net = np.where(net >= limits.least_exchange * declared[key], net, 0.0)
        found[key] = np.divide(net, mass_kg, out=np.zeros_like(net), where=mass_kg > 0)
    return found


# Not yet known


class _Open(NamedTuple):
    """Goods of a not yet known use: who holds them where, who sent them, and in which year they left or were sent."""

    holder: str
    site: str
    shipper: str
    year: int


def _of_leaving(book: Book, flow: UseFlow, limits: UseLimits) -> Iterable[Finding]:
    """Find what left its holder while its use was not yet known."""
    groups: dict[_Open, list[_Part]] = {}
    for one in flow.unnarrowed:
        node = book.nodes[one.node]
        key = _Open(node.holder, node.site, one.claim.shipper, node.at.year)
        groups.setdefault(key, []).append(_Part(one.claim, one.node, one.mass_kg))
    for key, parts in sorted(groups.items(), key=lambda group: group[0]):
        ground = _ground_of_parts(book, flow, parts, limits)
        if ground is not None:
            receivers = [book.nodes[node].to_holder or book.nodes[node].to_site for node in ground.nodes]
            facts = {**_open_facts(key), **_size_facts(ground.size), "receiver": receivers[0]}
            problem = finding("use.not_narrowed", "", **facts)
            yield _finding(book, problem, key, (key.holder, key.shipper, *receivers), key.site, ground)


def _of_age(book: Book, flow: UseFlow, at: datetime, limits: UseLimits) -> Iterable[Finding]:
    """Find what lies under a not yet known use longer than the limit."""
    groups: dict[_Open, list[_Part]] = {}
    for rest in flow.rests:
        claim, node = rest.carried.claim, book.nodes[rest.node]
        is_open = rest.carried.wants_use and claim.use_code == NOT_YET_KNOWN
        if is_open and _is_dreg(flow, rest, limits):
            continue
        if is_open and (at.date() - claim.day).days > limits.not_yet_known_days:
            key = _Open(node.holder, node.site, claim.shipper, claim.day.year)
            groups.setdefault(key, []).append(_Part(claim, rest.node, rest.mass_kg))
    for key, parts in sorted(groups.items(), key=lambda group: group[0]):
        ground = _ground_of_parts(book, flow, parts, limits)
        if ground is not None:
            days = max((at.date() - part.claim.day).days for part in parts)
            facts = {**_open_facts(key), **_size_facts(ground.size), "days": str(days)}
            problem = finding("use.not_yet_known", "", **facts)
            yield _finding(book, problem, key, (key.holder, key.shipper), key.site, ground)


def _is_dreg(flow: UseFlow, rest: Rest, limits: UseLimits) -> bool:
    """Tell whether so little of a claim is left in a mixture that nothing but arithmetic says it is there."""
    if not rest.carried.is_changed:
        return False
    declared = flow.declared[rest.carried.claim].mass_kg
    return bool((rest.mass_kg < limits.least_exchange * declared)[declared > 0].all())


def _open_facts(key: _Open) -> dict[str, str]:
    return {"site": key.site, "holder": key.holder, "shipper": key.shipper, "period": str(key.year)}


# More than can be consumed


def _of_needs(needs: Iterable[UseNeed]) -> Iterable[Finding]:
    return (_beyond_need(need) for need in needs if need.verdict in {STRONG, WEAK})


def _beyond_need(need: UseNeed) -> Finding:
    """Return the finding of a need; strong ones are measured against the high figures, weak ones against the middle."""
    is_strong = need.verdict == STRONG
    needed = need.needed_high_kg if is_strong else need.needed_mid_kg
    assert needed is not None, "a verdict needs a figure"
    suppliers, sites = sorted(need.arrivals.suppliers), sorted(need.arrivals.sites)
    facts = {
        "site": sites[0] if sites else need.end_user,
        "end_user": need.end_user,
        "supplier": suppliers[0] if suppliers else need.end_user,
        "suppliers": str(len(suppliers)),
        "use": need.use_code,
        "start": need.start.isoformat(),
        "end": (need.end - timedelta(days=1)).isoformat(),
        "kg": figure(float(need.arrivals.magnet_kg)),
        "sd": figure(need.arrivals.sd_kg),
        "needed": figure(float(needed)),
    }
    problem = finding("use.beyond_need", "", **facts) if is_strong else finding("use.above_need", "", **facts)
    return Finding(
        id=finding_id(problem.code, need.end_user, need.use_code, need.start.isoformat()),
        problem=problem,
        parties=tuple(dict.fromkeys((need.end_user, *suppliers))),
        lot="",
        site=sites[0] if sites else "",
        element=None,
        size_kg=need.excess_kg,
        sd_kg=need.arrivals.sd_kg,
        statistic=need.ratio_low if is_strong else need.ratio_mid,
        events=tuple(need.arrivals.events)[:EVENTS_MAX],
    )


# Traders


def _of_traders(book: Book, stock: Iterable[TraderStock], limits: UseLimits) -> Iterable[Finding]:
    """Find what lies with traders longer than the limit, by holder and site."""
    groups: dict[tuple[str, str], list[TraderStock]] = {}
    for row in stock:
        if row.days > limits.trader_stock_days:
            groups.setdefault((row.holder, row.site), []).append(row)
    for (holder, site), rows in sorted(groups.items()):
        whole = combine([(1.0, row.content) for row in rows])
        size = _size(whole.mass_kg, whole.u_kg, limits)
        if size is not None:
            suppliers = tuple(dict.fromkeys(row.supplier for row in rows))
            facts = {
                "site": site,
                "holder": holder,
                "supplier": suppliers[0],
                "period": rows[0].since.date().isoformat(),
                "days": str(rows[0].days),
                **_size_facts(size),
            }
            problem = finding("use.trader_stock", "", **facts)
            ground = _Ground(size, tuple(row.node for row in rows), ())
            yield _finding(book, problem, (holder, site), (holder, *suppliers), site, ground)
