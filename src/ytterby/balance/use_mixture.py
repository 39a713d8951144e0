"""What mixed goods prove: how much was used for something else under every way to assign the goods to their uses.

Where goods of several claims lie together, tracing in proportion sends a part of each claim to each use, which accuses
nobody. For one teller, element by element, let R_Y be what it told to be for use Y, U_Y the part of what it told that
was declared for Y, S_Y what is declared for Y and still lies with it, U_0 and S_0 the same under no claim or of a not
yet known use. Whatever the assignment, at least

    M = max(0, sum_Y max(0, R_Y - U_Y - S_Y) - U_0 - S_0)

was declared for another use than told. U is in terms of what was told, so that the yield of a process cancels. The sd
of M is first order (GUM, JCGM 100:2008, eq. 13), systematic groups linearly: with E the uses in excess and s the part
of all that was told which was declared for E or for nothing, dM = sum_j (told_E - s) dR_j - sum_k (in_E - s) dU_k.
The error of what lies under no claim is left out: it only lowers M.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ytterby.balance.use_flow import Mixture, Rest, Telling, UseClaim, UseFlow, add
from ytterby.chain.book import Book
from ytterby.chain.destination import NOT_YET_KNOWN
from ytterby.chain.node import ratio, weighted
from ytterby.matter.element import ELEMENTS
from ytterby.matter.mass import FloatArray, combine


class Misused(NamedTuple):
    """So much of a claim was told to be for another use, at least; its sd is shared with all claims of the teller."""

    claim: UseClaim
    teller: str
    use_code: str
    mass_kg: FloatArray
    sd_kg: FloatArray
    nodes: tuple[int, ...]


def misused(book: Book, flow: UseFlow) -> tuple[Misused, ...]:
    """Return what mixed goods prove, by teller, claim and use told; claims share it as they were traced."""
    found: list[Misused] = []
    for teller in sorted({mixture.teller for mixture in flow.mixtures}):
        tellings = [t for t in flow.tellings if t.teller == teller and t.is_mixed]
        mixtures = [m for m in flow.mixtures if m.teller == teller]
        rests = [r for r in flow.rests if _lies_mixed(book, r, teller)]
        found += _Teller(book, flow, tellings, mixtures, rests).misused(teller)
    return tuple(found)


def _lies_mixed(book: Book, rest: Rest, teller: str) -> bool:
    return rest.carried.is_mixed and rest.carried.wants_use and book.nodes[rest.node].holder == teller


class _Teller:
    """What one party told of mixed goods."""

    def __init__(
        self, book: Book, flow: UseFlow, tellings: list[Telling], mixtures: list[Mixture], rests: list[Rest]
    ) -> None:
        self.book, self.flow, self.tellings, self.mixtures = book, flow, tellings, mixtures
        self.told: dict[str, FloatArray] = {}
        self.used: dict[str, FloatArray] = {}
        self.lying: dict[str, FloatArray] = {}
        self.of_claim: dict[UseClaim, FloatArray] = {}
        for telling in tellings:
            add(self.told, telling.use_code, telling.mass_kg)
            add(self.used, telling.claim.use_code, telling.mass_kg)
            add(self.of_claim, telling.claim, telling.mass_kg)
        for mixture in mixtures:
            for code, share in mixture.said.items():
                add(self.told, code, share * mixture.unclaimed_kg)
                add(self.used, NOT_YET_KNOWN, share * mixture.unclaimed_kg)
        for rest in rests:
            add(self.lying, rest.carried.claim.use_code, rest.mass_kg)
        for unclaimed in {rest.node: rest.unclaimed_kg for rest in rests}.values():
            add(self.lying, NOT_YET_KNOWN, unclaimed)

    def misused(self, teller: str) -> list[Misused]:
        excess = {code: self._excess(code) for code in self.told}
        over = _total(excess.values())
        proven = np.maximum(over - _of(self.used, NOT_YET_KNOWN) - _of(self.lying, NOT_YET_KNOWN), 0.0)
        if not proven.any():
            return []
        sd_kg = self._sd_kg({code: (kg > 0).astype(np.float64) for code, kg in excess.items()})
        pairs: dict[tuple[UseClaim, str], FloatArray] = {}
        nodes: dict[tuple[UseClaim, str], dict[int, None]] = {}
        for telling in self.tellings:
            if telling.claim.use_code not in {telling.use_code, NOT_YET_KNOWN}:
                add(pairs, (telling.claim, telling.use_code), telling.mass_kg)
                nodes.setdefault((telling.claim, telling.use_code), {})[telling.node] = None
        traced = {code: _total(kg for (_, told), kg in pairs.items() if told == code) for code in self.told}
        return [
            Misused(claim, teller, code, kg, ratio(kg, proven) * sd_kg, tuple(nodes[claim, code]))
            for (claim, code), pair in pairs.items()
            if (kg := proven * ratio(excess[code], over) * ratio(pair, traced[code])).any()
        ]

    def _excess(self, code: str) -> FloatArray:
        excess = self.told[code] - _of(self.used, code) - _of(self.lying, code)
        # What subtraction leaves of equal masses is no material.
        return np.where(excess > 1e-9 * self.told[code], excess, 0.0)

    def _sd_kg(self, in_excess: dict[str, FloatArray]) -> FloatArray:
        told_kg = _total(self.told.values())
        free = {*in_excess, NOT_YET_KNOWN}
        counts = {code: in_excess.get(code, np.ones(len(ELEMENTS))) for code in free}
        s = ratio(_total(counts[code] * _of(self.used, code) for code in sorted(free)), told_kg)
        terms = []
        for mixture in self.mixtures:
            node = self.book.nodes[mixture.node]
            part = ratio(mixture.mass_kg + mixture.unclaimed_kg, node.mass_kg)
            told = _total(share * (counts[code] - s) for code, share in mixture.said.items())
            terms.append((1.0, weighted(node.content, part * told)))
        for claim, kg in self.of_claim.items():
            declared = self.flow.declared[claim]
            is_in = counts.get(claim.use_code, np.zeros(len(ELEMENTS)))
            terms.append((1.0, weighted(declared, -ratio(kg, declared.mass_kg) * (is_in - s))))
        return combine(terms).u_kg


def _total(masses: Iterable[FloatArray]) -> FloatArray:
    return sum(masses, np.zeros(len(ELEMENTS)))


def _of(sums: dict[str, FloatArray], code: str) -> FloatArray:
    return sums.get(code, np.zeros(len(ELEMENTS)))
