"""Disputes that were settled outside the packs: an officer's dated entries, laid over a book of law.

An entry counts from the day on which it could be known; as known before, the dispute is still open. A later entry
corrects an earlier one and takes nothing away from what was known before it; none is ever taken out. What names no
dispute or reading of the book settles nothing in it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ytterby.law.book import LawBook
from ytterby.law.dated_rule import Settlement


class Settled(NamedTuple):
    """One entry: which dispute, and what it was settled on."""

    dispute: str
    settlement: Settlement


def with_settlements(book: LawBook, entries: Iterable[Settled]) -> LawBook:
    """Return the book with these entries after those it holds, in their order; the same book where there are none."""
    found = dict(book.settlements)
    for one in entries:
        found[one.dispute] = (*found.get(one.dispute, ()), one.settlement)
    return LawBook(book.packs, found) if found != book.settlements else book
