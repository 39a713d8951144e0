"""Random histories of postings, and a shelf in memory on which they are derived."""

import random
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from chain.chain_of import Chain, line, world
from ytterby.chain.derivation import Dirty, Part, derive
from ytterby.chain.order import Bundle, Ranked, rank_bundles
from ytterby.chain.posting_record import subjects_of

SITES = ("mine", "plant", "maker")
LOTS = ("a", "b", "c", "d", "e", "f", "g")
POOLS = (("tank:1", "proportional"), ("tank:2", "fifo"), ("tank:3", "rolling_average"))
BOXES = ("box:1", "box:2")
WORLD = world(*SITES)


def tangled(seed: int) -> list[Bundle]:
    """Return a random history in which lots are made of each other, made again, packed, pooled, at few instants."""
    pick = random.Random(seed)
    chain = Chain()
    for number in range(pick.randint(3, 40)):
        site, other = pick.choice(SITES), pick.choice(SITES)
        lot, second, third = (pick.choice(LOTS) for _ in range(3))
        amount, mass = pick.randint(1, 60), pick.randint(1, 60)
        pool, rule = pick.choice(POOLS)
        assayed = {"Nd": mass / 7, "Dy": mass / 70} if pick.random() < 0.5 else {}
        at = {"name": str(number), "hour": pick.choice((None, 5, 6, 7))}
        box = pick.choice(BOXES)
        match pick.randrange(13):
            case 0 | 1:
                chain.source(site, line(lot, amount, Nd=mass / 3, Dy=mass / 50, u=0.01), **at)
            case 2 | 3 | 4:
                outputs = [line(third, amount, u=0.01, **assayed), line(f"r{number % 3}", 3)]
                chain.step(site, [line(lot, amount, u_kg=0.1), line(second, mass)], outputs, **at)
            case 5:
                chain.ship(site, other, line(lot, amount, u_kg=0.1), line(second, 2), document=f"doc{lot}", **at)
            case 6:
                chain.receive(site, other, line(lot, mass, u_kg=0.1, u=0.01, **assayed), document=f"doc{lot}", **at)
            case 7:
                chain.charge(site, pool, line(lot, amount), line(second, 1), rule=rule, **at)
            case 8:
                chain.draw(site, pool, line(third, amount, u=0.01, **assayed), rule=rule, **at)
            case 9:
                chain.count(site, line(lot, amount, u_kg=0.1), **at)
            case 10:
                chain.pack(site, box, line(lot, amount), line(second, 1), **at)
            case 11:
                chain.ship(site, other, containers=(box,), **at)
            case _:
                chain.receive(other, site, containers=(box,), **at)
    return chain.bundles


class MemoryShelf:
    """Cells in dictionaries, and the events that count."""

    def __init__(self) -> None:
        self.lots: dict[str, bytes] = {}
        self.made: dict[bytes, bytes] = {}
        self.ranked: dict[bytes, Ranked] = {}
        self.kept: list[Part] = []

    def change(self, added: Sequence[Bundle], ended: Sequence[Bundle]) -> Dirty:
        """Let events count and others not count any more; return what that touches."""
        before = self.ranked
        bundles = {d: r.bundle for d, r in before.items()} | {b.digest: b for b in added}
        for bundle in ended:
            del bundles[bundle.digest]
        self.ranked = {r.bundle.digest: r for r in rank_bundles(bundles.values())}
        touched = [*added, *ended, *self._moved(before)]
        subjects = [subjects_of(bundle.postings) for bundle in touched]
        return Dirty(
            lots=frozenset().union(*(s.lots | s.made for s in subjects)),
            containers=frozenset().union(*(s.containers for s in subjects)),
            pools=frozenset().union(*(s.pools for s in subjects)),
            ended=frozenset(bundle.digest for bundle in ended),
        )

    def _moved(self, before: Mapping[bytes, Ranked]) -> list[Bundle]:
        """Return the events that were passed by another of their instant."""
        both = [d for d in self.ranked if d in before]
        at = {d: self.ranked[d].bundle.postings[0].at for d in both}
        moved = []
        for _, group in groupby(sorted(both, key=lambda d: at[d]), key=lambda d: at[d]):
            members = list(group)
            old = sorted(members, key=lambda d: before[d].rank)
            new = sorted(members, key=lambda d: self.ranked[d].rank)
            moved += [self.ranked[a].bundle for a, b in zip(old, new, strict=True) if a != b]
        return moved

    def events(self, threads: Collection[str]) -> Sequence[Ranked]:
        wanted = set(threads)
        return [r for r in self.ranked.values() if subjects_of(r.bundle.postings).threads & wanted]

    def ranks_of(self, digests: Collection[bytes]) -> Mapping[bytes, int]:
        return {digest: self.ranked[digest].rank for digest in digests}

    def lot_cells(self, lots: Collection[str]) -> Mapping[str, bytes]:
        return {lot: self.lots[lot] for lot in lots if lot in self.lots}

    def event_cells(self, digests: Collection[bytes]) -> Mapping[bytes, bytes]:
        return {digest: self.made[digest] for digest in digests if digest in self.made}

    def keep(self, part: Part) -> None:
        self.kept.append(part)
        for table, changes in ((self.lots, part.lots), (self.made, part.events)):
            for key, body in changes.items():
                if body is None:
                    del table[key]
                else:
                    table[key] = body


def derived(seed: int, order: int, chunk: int) -> tuple[MemoryShelf, list[Bundle]]:
    """Derive a history that arrives in another order, in chunks, some of it declared wrong and put right."""
    bundles = tangled(seed)
    pick = random.Random(order)
    pick.shuffle(bundles)
    shelf, counting = MemoryShelf(), []
    for start in range(0, len(bundles), chunk):
        added = bundles[start : start + chunk]
        ended = pick.sample(counting, pick.randint(0, min(2, len(counting)))) if pick.random() < 0.3 else []
        counting = [b for b in counting if b not in ended] + added
        derive(shelf, WORLD, shelf.change(added, ended))
    return shelf, counting
