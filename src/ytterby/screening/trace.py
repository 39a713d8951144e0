"""How a score came about: which words stood for which, how alike, at what weight, and what was left over."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ytterby.screening.alignment import Alignment, Others, Side


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the query, or two written as one, and the listed word it stands for. `weight`: 0 to 1."""

    query: str
    listed: str
    likeness: float
    weight: float


@dataclass(frozen=True, slots=True)
class Trace:
    """What an alignment of two names says: pairs by weight, and what is left of each with its weight."""

    pairs: tuple[Pair, ...]
    query_left: tuple[tuple[str, float], ...]
    listed_left: tuple[tuple[str, float], ...]


class Traced(Protocol):
    """What can tell how the score of one of several names came about."""

    def trace(self, row: int) -> Trace:
        """Return how the score of the name in this row came about."""


@dataclass(frozen=True, slots=True)
class WordTrace:
    """Aligned words of one query and several names."""

    side: Side
    others: Others
    alignment: Alignment

    def trace(self, row: int) -> Trace:
        """Return how the score of the name in this row came about."""
        side, places = self.side, self.others.words[row].tolist()
        listed = [self.others.spelled[place] for place in places if place >= 0]
        k, width = len(side.words), len(places)
        pairs = []
        for left, right, likeness, own, other in self.alignment.rounds:
            if likeness[row] > 0.0:
                said = _words(side.words, int(left[row]), k)
                stands = _words(listed, int(right[row]), width)
                pairs.append(Pair(said, stands, _short(likeness[row]), _short(min(own[row], other[row]))))
        return Trace(
            tuple(pairs),
            _left(side.words, self.alignment.left_over[row], side.weights),
            _left(listed, self.alignment.right_over[row], self.others.weights[row]),
        )


@dataclass(frozen=True, slots=True)
class HanTrace:
    """Pairs of Han characters of one query and several names, with their weights."""

    query: dict[str, float]
    listed: list[dict[str, float]]

    def trace(self, row: int) -> Trace:
        """Return how the score of the name in this row came about."""
        listed = self.listed[row]
        return Trace(
            tuple(Pair(run, run, 1.0, weight) for run, weight in _runs(self.query, listed, shared=True)),
            tuple(_runs(self.query, listed, shared=False)),
            tuple(_runs(listed, self.query, shared=False)),
        )


def _runs(own: dict[str, float], other: dict[str, float], *, shared: bool) -> list[tuple[str, float]]:
    """Return the characters whose pairs stand in the other name too, or do not, as they follow one another.

    Marks of the ends are left out; the weight is that of the rarest pair.
    """
    found: list[tuple[str, float]] = []
    before = ""
    for pair, weight in own.items():
        if (pair in other) is not shared:
            before = ""
            continue
        if before:
            run, most = found.pop()
            found.append((run + pair[1], max(most, weight)))
        else:
            found.append((pair, weight))
        before = pair
    bare = ((run.strip("<>"), _short(weight)) for run, weight in found)
    return [(run, weight) for run, weight in bare if run]


def _words(words: "tuple[str, ...] | list[str]", place: int, count: int) -> str:
    return words[place] if place < count else f"{words[place - count]} {words[place - count + 1]}"


def _left(
    words: "tuple[str, ...] | list[str]", left_over: np.ndarray, weights: np.ndarray
) -> tuple[tuple[str, float], ...]:
    return tuple((word, _short(weights[place])) for place, word in enumerate(words) if left_over[place])


def _short(value: float) -> float:
    return round(float(value), 3)
