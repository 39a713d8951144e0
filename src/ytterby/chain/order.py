"""Book order: the one order in which postings are read, whatever the order of arrival.

First the instant in UTC, then producer before consumer among equal instants, then the event digest. In a cycle of
equal instants the events go by digest, and an input that is not yet made at its turn is undeclared. The order
never depends on arrival, database keys or files.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVar

from ytterby.chain.posting import (
    Dispatch,
    Loss,
    Pack,
    PoolIn,
    PoolOut,
    Posting,
    Receipt,
    Source,
    Step,
    StockTake,
    TitleTransfer,
    Unpack,
    Void,
)

Token = tuple[str, ...]
T = TypeVar("T")


class Bundle(NamedTuple):
    """The postings of one event, which stay together."""

    digest: bytes
    postings: tuple[Posting, ...]


class Ranked(NamedTuple):
    """An event's postings with its place among the events of the same instant."""

    rank: int
    bundle: Bundle


def rank_bundles(bundles: Iterable[Bundle]) -> list[Ranked]:
    """Return the events in book order. Linear in their lines save for sorting."""
    ordered = sorted((b for b in bundles if b.postings), key=lambda b: (b.postings[0].at, b.digest))
    result: list[Ranked] = []
    for _, group in groupby(ordered, key=lambda b: b.postings[0].at):
        simultaneous = list(group)
        if len(simultaneous) > 1:
            simultaneous = _producers_first(simultaneous)
        result += [Ranked(rank, bundle) for rank, bundle in enumerate(simultaneous)]
    return result


def book_order(bundles: Iterable[Bundle]) -> list[Posting]:
    """Return all postings in book order."""
    return [posting for ranked in rank_bundles(bundles) for posting in ranked.bundle.postings]


def _producers_first(bundles: list[Bundle]) -> list[Bundle]:
    """Sort events of one instant (given by digest) so that a maker precedes its users.

    Events and the tokens they make or need form a graph; its strongly connected parts, taken in order of their
    least digest, are the unit, so that only a true cycle falls back on digests.
    """
    count = len(bundles)
    token_number: dict[Token, int] = {}
    makers: list[list[Token]] = []
    needs: list[list[Token]] = []
    for bundle in bundles:
        made, needed = _tokens(bundle.postings)
        makers.append(made)
        needs.append(needed)
        for token in made:
            token_number.setdefault(token, count + len(token_number))
    after: list[list[int]] = [[] for _ in range(count + len(token_number))]
    for position in range(count):
        after[position] = [token_number[token] for token in makers[position]]
        for token in needs[position]:
            if token in token_number:
                after[token_number[token]].append(position)
    parts, part_of = _strong_parts(after)
    waiting = [0] * len(parts)
    followers: list[set[int]] = [set() for _ in parts]
    for node, targets in enumerate(after):
        for target in targets:
            if part_of[node] != part_of[target] and part_of[target] not in followers[part_of[node]]:
                followers[part_of[node]].add(part_of[target])
                waiting[part_of[target]] += 1
    events_of = [sorted(node for node in part if node < count) for part in parts]
    # Tokens alone carry no digest: they are free to go at once, before any event.
    ready = [(members[0] if members else -1, number) for number, members in enumerate(events_of) if not waiting[number]]
    heapq.heapify(ready)
    result = []
    while ready:
        _, number = heapq.heappop(ready)
        result += [bundles[node] for node in events_of[number]]
        for follower in followers[number]:
            waiting[follower] -= 1
            if not waiting[follower]:
                heapq.heappush(ready, (events_of[follower][0] if events_of[follower] else -1, follower))
    return result


def _tokens(postings: Sequence[Posting]) -> tuple[list[Token], list[Token]]:
    """Return what an event makes and what it needs, as tokens that others at the same instant make or need."""
    made: list[Token] = []
    needed: list[Token] = []
    for posting in postings:
        _TOKENS[type(posting)](posting, made, needed)
    return list(dict.fromkeys(made)), list(dict.fromkeys(needed))


def _source(posting: Source, made: list[Token], _: list[Token]) -> None:
    made += [("lot", line.lot) for line in posting.lines]


def _step(posting: Step, made: list[Token], needed: list[Token]) -> None:
    _take(posting.site, (line.lot for line in posting.inputs), needed)
    made += [("lot", line.lot) for line in posting.outputs]


def _take(site: str, lots: Iterable[str], needed: list[Token]) -> None:
    for lot in lots:
        needed += [("lot", lot), ("way", lot, site), ("held", lot, site)]


def _pool_in(posting: PoolIn, made: list[Token], needed: list[Token]) -> None:
    _take(posting.site, (line.lot for line in posting.lines), needed)
    made.append(("pool", posting.pool))


def _pool_out(posting: PoolOut, made: list[Token], needed: list[Token]) -> None:
    needed.append(("pool", posting.pool))
    made += [("lot", line.lot) for line in posting.lines]


def _dispatch(posting: Dispatch, made: list[Token], needed: list[Token]) -> None:
    _take(posting.site, (line.lot for line in posting.lines), needed)
    needed += [("box", container) for container in posting.containers]
    made += [("way", line.lot, posting.to_site or "") for line in posting.lines]
    made += [("boxway", container) for container in posting.containers]


def _receipt(posting: Receipt, made: list[Token], needed: list[Token]) -> None:
    needed += [("lot", line.lot) for line in posting.lines]
    needed += [("way", line.lot, posting.site) for line in posting.lines]
    needed += [("boxway", container) for container in posting.containers]
    made += [("held", line.lot, posting.site) for line in posting.lines]


def _void(posting: Void, made: list[Token], needed: list[Token]) -> None:
    needed += [("sent", line.lot) for line in posting.lines]
    made += [("held", line.lot, posting.site) for line in posting.lines]


def _pack(posting: Pack, made: list[Token], needed: list[Token]) -> None:
    needed += [("lot", line.lot) for line in posting.lines]
    made.append(("box", posting.container))


def _stock_take(posting: StockTake, made: list[Token], needed: list[Token]) -> None:
    if posting.pool is not None:
        needed.append(("pool", posting.pool))
    _take(posting.site, (line.lot for line in posting.lines), needed)


def _loss(posting: Loss | TitleTransfer, made: list[Token], needed: list[Token]) -> None:
    _take(posting.site, (line.lot for line in posting.lines), needed)


def _nothing(posting: Posting, made: list[Token], needed: list[Token]) -> None:
    del posting, made, needed


class _TokenTable(dict[type, Callable[..., None]]):
    def __missing__(self, key: type) -> Callable[..., None]:
        return _nothing


_TOKENS = _TokenTable(
    {
        Source: _source,
        Step: _step,
        PoolIn: _pool_in,
        PoolOut: _pool_out,
        Dispatch: _dispatch,
        Receipt: _receipt,
        Void: _void,
        Pack: _pack,
        Unpack: _nothing,
        StockTake: _stock_take,
        Loss: _loss,
        TitleTransfer: _loss,
    }
)


def _strong_parts(after: list[list[int]]) -> tuple[list[list[int]], list[int]]:
    """Return the strongly connected parts of a graph and the part of each node (Tarjan 1972, without recursion)."""
    size = len(after)
    number = [-1] * size
    low = [0] * size
    on_stack = [False] * size
    part_of = [-1] * size
    parts: list[list[int]] = []
    stack: list[int] = []
    counter = 0
    for root in range(size):
        if number[root] != -1:
            continue
        work = [(root, 0)]
        while work:
            node, child = work.pop()
            if child == 0:
                number[node] = low[node] = counter
                counter += 1
                stack.append(node)
                on_stack[node] = True
            descended = False
            for position in range(child, len(after[node])):
                target = after[node][position]
                if number[target] == -1:
                    work += [(node, position + 1), (target, 0)]
                    descended = True
                    break
                if on_stack[target]:
                    low[node] = min(low[node], number[target])
            if descended:
                continue
            if low[node] == number[node]:
                part: list[int] = []
                while not part or part[-1] != node:
                    part.append(stack.pop())
                    on_stack[part[-1]] = False
                    part_of[part[-1]] = len(parts)
                parts.append(part)
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[node])
    return parts, part_of
