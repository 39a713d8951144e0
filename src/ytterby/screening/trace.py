"""How a score came about: which words stood for which, how alike, at what weight, and what was left over."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from ytterby.screening.alignment import Alignment, Others, Side

DIGITS = 3


class Pair(NamedTuple):
    """A word of the query, or two written as one, and the listed word it stands for. `weight`: 0 to 1."""

    query: str
    listed: str
    likeness: float
    weight: float


class Trace(NamedTuple):
    """What an alignment of two names says: pairs by weight, and what is left of each with its weight."""

    pairs: tuple[Pair, ...]
    query_left: tuple[tuple[str, float], ...]
    listed_left: tuple[tuple[str, float], ...]


# From these weights on a word is called rare, and usual.
RARE, USUAL = 0.7, 0.45


def rareness(weight: float) -> str:
    """Return in a word how much a word of a weight tells one name from another: rare, usual or common."""
    return "rare" if weight >= RARE else "usual" if weight >= USUAL else "common"


class Traced(Protocol):
    """What can tell how the score of one of several names came about."""

    def trace(self, row: int) -> Trace:
        """Return how the score of the name in this row came about."""


class WordTrace:
    """Aligned words of one query and several names; told row by row, from lists that are made once."""

    __slots__ = ("_alignment", "_lists", "_others", "_side")

    def __init__(self, side: Side, others: Others, alignment: Alignment) -> None:
        self._side, self._others, self._alignment = side, others, alignment
        self._lists: _Lists | None = None

    def trace(self, row: int) -> Trace:
        """Return how the score of the name in this row came about."""
        if self._lists is None:
            self._lists = _Lists.of(self._side, self._others, self._alignment)
        lists, words = self._lists, self._side.words
        places, weights = lists.words[row], lists.right_weights[row]
        listed = [self._others.spelled[place] for place in places if place >= 0]
        k, width = len(words), len(places)
        pairs = [
            Pair(_words(words, left[row], k), _words(listed, right[row], width), likeness[row], weight[row])
            for left, right, likeness, weight in lists.rounds
            if likeness[row] > 0.0
        ]
        query_left = [(word, lists.left_weights[n]) for n, word in enumerate(words) if lists.left_over[row][n]]
        listed_left = [(word, weights[n]) for n, word in enumerate(listed) if lists.right_over[row][n]]
        return Trace(tuple(pairs), tuple(query_left), tuple(listed_left))


@dataclass(frozen=True, slots=True)
class _Lists:
    """An alignment as lists, of which single values are read far more quickly than of arrays."""

    rounds: list[tuple[list[int], list[int], list[float], list[float]]]
    words: list[list[int]]
    left_weights: list[float]
    right_weights: list[list[float]]
    left_over: list[list[bool]]
    right_over: list[list[bool]]

    @classmethod
    def of(cls, side: Side, others: Others, alignment: Alignment) -> "_Lists":
        """Return an alignment as lists."""
        rounds = [
            (
                left.tolist(),
                right.tolist(),
                likeness.round(DIGITS).tolist(),
                np.minimum(own, other).round(DIGITS).tolist(),
            )
            for left, right, likeness, own, other in alignment.rounds
        ]
        return cls(
            rounds,
            others.words.tolist(),
            side.weights.round(DIGITS).tolist(),
            others.weights.round(DIGITS).tolist(),
            alignment.left_over.tolist(),
            alignment.right_over.tolist(),
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


def _short(value: float) -> float:
    return round(float(value), DIGITS)
