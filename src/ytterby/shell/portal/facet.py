"""Facets of a list: links that narrow it down, with counts over the whole list and not over the page shown.

The state of a list lives in its address. The count beside a value is the number of rows that the other facets
and the search leave.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Row = Mapping[str, Any]
VALUES_MAX = 8


class Facet(NamedTuple):
    """One thing to narrow by: its name in the address, its heading, and the (code, word) pairs that a row has.

    The values shown are those of most rows, or, where codes are months or years, the newest.
    """

    name: str
    heading: str
    values_of: Callable[[Row], Iterable[tuple[str, str]]]
    is_newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: the word shown, how many rows have it, and the query that turns it on or off."""

    word: str
    count: int
    query: Mapping[str, str]
    is_on: bool


class Narrowed(NamedTuple):
    """A list after its facets: the rows left, the choices under each heading, whether any facet is on."""

    rows: list[Row]
    groups: list[tuple[str, list[Choice]]]
    is_narrowed: bool


def narrow(rows: Sequence[Row], facets: Sequence[Facet], query: Mapping[str, str]) -> Narrowed:
    """Return the rows that match the query's facets, with the choices that remain."""
    chosen = {facet.name: query[facet.name] for facet in facets if query.get(facet.name)}
    groups = []
    for facet in facets:
        others = [row for row in rows if _fits(row, facets, chosen, but=facet.name)]
        choices = _choices(facet, others, chosen.get(facet.name), query)
        if choices:
            groups.append((facet.heading, choices))
    left = [row for row in rows if _fits(row, facets, chosen)]
    return Narrowed(left, groups, bool(chosen))


def _fits(row: Row, facets: Sequence[Facet], chosen: Mapping[str, str], but: str = "") -> bool:
    return all(
        any(code == chosen[facet.name] for code, _ in facet.values_of(row))
        for facet in facets
        if facet.name in chosen and facet.name != but
    )


def _choices(facet: Facet, rows: Sequence[Row], chosen: str | None, query: Mapping[str, str]) -> list[Choice]:
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for row in rows:
        values = dict(facet.values_of(row))
        counts.update(code for code in values if code)
        words.update(values)
    ranked = (
        sorted(counts, reverse=True)
        if facet.is_newest_first
        else sorted(counts, key=lambda code: (-counts[code], words[code]))
    )
    shown = ranked[:VALUES_MAX]
    if chosen and chosen not in shown:
        shown.append(chosen)
    found = []
    for code in shown:
        kept = {name: value for name, value in query.items() if name not in {facet.name, "page"}}
        is_on = code == chosen
        found.append(Choice(words.get(code, code), counts[code], kept if is_on else {**kept, facet.name: code}, is_on))
    return found
