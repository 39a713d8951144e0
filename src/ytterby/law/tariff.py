"""Tariff lines beside goods: a hint, and the conditions on it. What a line says never decides what is controlled."""

from collections.abc import Iterable
from typing import NamedTuple

from ytterby.law.book import LawBook
from ytterby.law.item import CustomsCondition, TariffLine


class LineFound(NamedTuple):
    """A line, and what the letters on it mean; letters that no pack explains are left to the line's text."""

    pack: str
    line: TariffLine
    conditions: tuple[CustomsCondition, ...]


def lines_of(book: LawBook, codes: Iterable[str]) -> list[LineFound]:
    """Return the lines of these tariff codes; of a code without a line of its own the nearest heading above it."""
    found: dict[tuple[str, str], LineFound] = {}
    for code in codes:
        for pack in book.packs.values():
            lines = pack.tariff.lines
            nearest = next((code[:n] for n in range(len(code), 3, -1) if code[:n] in lines), None)
            if nearest is not None:
                line = lines[nearest]
                known = pack.tariff.conditions
                conditions = tuple(known[letter] for letter in line.conditions if letter in known)
                found[pack.id, line.code] = LineFound(pack.id, line, conditions)
    return list(found.values())
