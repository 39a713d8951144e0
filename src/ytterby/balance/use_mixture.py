"""What mixed goods prove: how much was used for something else under every way to assign the goods to their uses.

Where goods of several claims lie together, tracing in proportion sends a part of each claim to each use, which accuses
nobody. For one teller, element by element and use by use, let R be what it told to be for the use, U the part of all
that it told which was declared for the use, S what is declared for it and still lies with the teller, and U_0, S_0 the
same as U and S under no claim or of a not yet known use. Whatever the assignment, at least

    M = max(0, R - U - S - sum_y min(U_0^y, R^y) - S_0)

was declared for another use than told. In each year y what lay under no use may have gone to any use told in that year,
and to no other: what was flushed out of a tank with last year's products is in none of this year's. U is in terms of
what was told, so that the yield of a process cancels. The sd of M is first order (GUM, JCGM 100:2008, eq. 13),
systematic groups linearly: with T all that was told and s the part of it that was declared for the use, or for nothing
and may have gone there, dM = dR - s dT - sum_k (in - s) dU_k over the claims k, `in` being 1, 0 or the part of U_0 that
may have gone there. The error of what lies under no claim is left out: it only lowers M. A use for which much is
declared and lies unused hides as much: that may be the very goods.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ytterby.balance.use_flow import ROUNDING, Key, Mixture, Rest, Telling, UseClaim, UseFlow, add, total
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
    share: float
    nodes: tuple[int, ...]


def misused(book: Book, flow: UseFlow, *, least_share: float) -> tuple[Misused, ...]:
    """Return what mixed goods prove, by teller, use told and claim; claims share it as they were traced, those with
    less than the least share of it left out.
    """
    tellings: dict[str, list[Telling]] = {}
    mixtures: dict[str, list[Mixture]] = {}
    rests: dict[str, list[Rest]] = {}
    for telling in flow.tellings:
        if telling.is_mixed:
            tellings.setdefault(telling.teller, []).append(telling)
    for mixture in flow.mixtures:
        mixtures.setdefault(mixture.teller, []).append(mixture)
    for rest in flow.rests:
        if rest.carried.is_mixed and rest.carried.wants_use:
            rests.setdefault(book.nodes[rest.node].holder, []).append(rest)
    return tuple(
        found
        for teller in sorted(mixtures)
        for found in _Teller(book, flow, tellings[teller], mixtures[teller], rests.get(teller, [])).misused(teller)
        if found.share >= least_share
    )


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
        self.told_in: dict[tuple[str, int], FloatArray] = {}
        self.open_in: dict[int, FloatArray] = {}
        for telling in tellings:
            year = book.nodes[telling.node].at.year
            add(self.told, telling.use_code, telling.mass_kg)
            add(self.told_in, (telling.use_code, year), telling.mass_kg)
            if telling.claim.use_code == NOT_YET_KNOWN:
                add(self.open_in, year, telling.mass_kg)
            add(self.used, telling.claim.use_code, telling.mass_kg)
            add(self.of_claim, telling.claim, telling.mass_kg)
        for mixture in mixtures:
            year = book.nodes[mixture.node].at.year
            for code, share in mixture.said.items():
                unclaimed = share * mixture.unclaimed_kg
                add(self.told, code, unclaimed)
                add(self.told_in, (code, year), unclaimed)
                add(self.used, NOT_YET_KNOWN, unclaimed)
                add(self.open_in, year, unclaimed)
        for rest in rests:
            add(self.lying, rest.carried.claim.use_code, rest.mass_kg)
        for unclaimed in {rest.node: rest.unclaimed_kg for rest in rests}.values():
            add(self.lying, NOT_YET_KNOWN, unclaimed)

    def misused(self, teller: str) -> list[Misused]:
        return [one for code in sorted(self.told) for one in self._misused_for(teller, code)]

    def _misused_for(self, teller: str, code: str) -> list[Misused]:
        """Return what is proven of one use told, by the claims to which it was traced."""
        covered = self._covered(code)
        lying = _of(self.lying, code) + _of(self.lying, NOT_YET_KNOWN)
        proven = self.told[code] - _of(self.used, code) - lying - covered
        # What subtraction leaves of equal masses is no material.
        proven = np.where(proven > ROUNDING * self.told[code], proven, 0.0)
        traced: dict[UseClaim, FloatArray] = {}
        nodes: dict[UseClaim, dict[int, None]] = {}
        for telling in self.tellings:
            if telling.use_code == code and telling.claim.use_code not in {code, NOT_YET_KNOWN}:
                add(traced, telling.claim, telling.mass_kg)
                nodes.setdefault(telling.claim, {})[telling.node] = None
        if not proven.any() or not traced:
            return []
        whole = total(traced.values())
        sd_kg = self._sd_kg(code, ratio(covered, _of(self.used, NOT_YET_KNOWN)))
        shares = {claim: ratio(kg, whole) for claim, kg in traced.items()}
        return [
            Misused(
                claim=claim,
                teller=teller,
                use_code=code,
                mass_kg=share * proven,
                sd_kg=share * sd_kg,
                share=float((share * proven).sum() / proven.sum()),
                nodes=tuple(nodes[claim]),
            )
            for claim, share in shares.items()
        ]

    def _covered(self, code: str) -> FloatArray:
        """Return what was told to be for a use and may have come from under no use, year by year."""
        return total(np.minimum(open_kg, _of(self.told_in, (code, year))) for year, open_kg in self.open_in.items())

    def _sd_kg(self, code: str, open_part: FloatArray) -> FloatArray:
        one, none = np.ones(len(ELEMENTS)), np.zeros(len(ELEMENTS))
        is_in = {code: one, NOT_YET_KNOWN: open_part}
        s = ratio(total(part * _of(self.used, known) for known, part in is_in.items()), total(self.told.values()))
        terms = []
        for mixture in self.mixtures:
            node = self.book.nodes[mixture.node]
            part = ratio(mixture.mass_kg + mixture.unclaimed_kg, node.mass_kg)
            told = mixture.said.get(code, 0.0) - s * sum(mixture.said.values())
            terms.append((1.0, weighted(node.content, part * told)))
        for claim, kg in self.of_claim.items():
            declared = self.flow.declared[claim]
            part = ratio(kg, declared.mass_kg) * (is_in.get(claim.use_code, none) - s)
            terms.append((-1.0, weighted(declared, part)))
        return combine(terms).u_kg


def _of(sums: Mapping[Key, FloatArray], key: Key) -> FloatArray:
    return sums.get(key, np.zeros(len(ELEMENTS)))
