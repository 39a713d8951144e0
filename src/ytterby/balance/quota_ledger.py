"""The ledger of an index: allotted in parts, amended, transferred, cut with a legal reason; what stands after each.

Entries count in the order in which the register took them in. Amounts are exact decimals, t REO. Before the first entry
an index is *not yet allotted*, which is another thing than nothing. An index never becomes negative: what would make it
so is no entry. That it falls below what is used is no reason to refuse; the breach stays a finding (`quota`).
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from ytterby.balance.reported import EXACT_SUM
from ytterby.terms.problem import Problem, refuse

# An enterprise, a year, a kind of quota.
PlaceKey = tuple[str, int, str]
# More decimals are no weighing: a tonne to the picogram.
DECIMALS_MOST = 18


class QuotaAct(StrEnum):
    """What an entry does: a first or new figure; a part; a corrected figure; from one to another; less, by an order."""

    SET = "set"
    ALLOT = "allot"
    AMEND = "amend"
    TRANSFER = "transfer"
    CUT = "cut"


class QuotaEntry(NamedTuple):
    """One entry. `tonnes_reo` is the figure that holds from it on (set, amend), else by how much; `to` is who gets what
    is transferred, `reason` the legal reason of a cut, `source` the document.
    """

    act: QuotaAct
    party: str
    year: int
    kind: str
    tonnes_reo: Decimal
    source: str
    to: str = ""
    reason: str = ""

    @property
    def is_figure(self) -> bool:
        """It says what holds from it on, and not by how much that changes."""
        return self.act in {QuotaAct.SET, QuotaAct.AMEND}

    @property
    def places(self) -> tuple[PlaceKey, ...]:
        """The indices that it changes."""
        parties = (self.party, self.to) if self.act is QuotaAct.TRANSFER else (self.party,)
        return tuple((party, self.year, self.kind) for party in parties)


class LedgerLine(NamedTuple):
    """An entry in the ledger of one index: by how much it changed, and what stands after it, t REO."""

    entry: QuotaEntry
    change: Decimal
    balance: Decimal


def keep_ledgers(entries: Iterable[QuotaEntry]) -> dict[PlaceKey, tuple[LedgerLine, ...]]:
    """Return the lines of each index after these entries, in their order.

    Raises:
        decimal.Inexact: amounts lie further apart than the register takes in.
    """
    found: dict[PlaceKey, list[LedgerLine]] = {}
    for entry in entries:
        for place in entry.places:
            lines = found.setdefault(place, [])
            held = lines[-1].balance if lines else Decimal(0)
            change = _change(entry, place, held)
            # A figure stands as it was written, with its decimals.
            balance = entry.tonnes_reo if entry.is_figure else EXACT_SUM.add(held, change)
            lines.append(LedgerLine(entry, change, balance))
    return {place: tuple(lines) for place, lines in found.items()}


def _change(entry: QuotaEntry, place: PlaceKey, held: Decimal) -> Decimal:
    match entry.act:
        case QuotaAct.SET | QuotaAct.AMEND:
            return EXACT_SUM.subtract(entry.tonnes_reo, held)
        case QuotaAct.ALLOT:
            return entry.tonnes_reo
        case QuotaAct.CUT:
            return EXACT_SUM.minus(entry.tonnes_reo)
        case QuotaAct.TRANSFER:
            return EXACT_SUM.minus(entry.tonnes_reo) if place[0] == entry.party else entry.tonnes_reo


def entry_problems(entry: QuotaEntry, ledgers: Mapping[PlaceKey, tuple[LedgerLine, ...]]) -> Iterator[Problem]:
    """Yield why an entry cannot follow what the ledgers hold."""
    lines = ledgers.get((entry.party, entry.year, entry.kind), ())
    if not entry.is_figure and not entry.tonnes_reo:
        yield refuse("quota.nothing", "/tonnes_reo", "0")
    if entry.act is QuotaAct.CUT and not entry.reason.strip():
        yield refuse("quota.reason_missing", "/reason")
    if entry.act is QuotaAct.TRANSFER and entry.to == entry.party:
        yield refuse("quota.same_party", "/to", entry.to)
    if entry.act not in {QuotaAct.SET, QuotaAct.ALLOT} and not lines:
        yield refuse("quota.not_allotted", "/party", entry.party, year=entry.year)
    elif entry.act in {QuotaAct.CUT, QuotaAct.TRANSFER} and entry.tonnes_reo > lines[-1].balance:
        held = format(lines[-1].balance, "f")
        yield refuse("quota.beyond_index", "/tonnes_reo", format(entry.tonnes_reo, "f"), held=held)
