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


# From these weights on a word is called rare, and usual.
RARE, USUAL = 0.7, 0.45


def rareness(weight: float) -> str:
    """Return in a word how much a word of a weight tells one name from another: rare, usual or common."""
    return "rare" if weight >= RARE else "usual" if weight >= USUAL else "common"


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
            tuple(Pair(pair, pair, 1.0, _short(weight)) for pair, weight in self.query.items() if pair in listed),
            tuple((pair, _short(weight)) for pair, weight in self.query.items() if pair not in listed),
            tuple((pair, _short(weight)) for pair, weight in listed.items() if pair not in self.query),
        )


def _words(words: "tuple[str, ...] | list[str]", place: int, count: int) -> str:
    return words[place] if place < count else f"{words[place - count]} {words[place - count + 1]}"


def _left(
    words: "tuple[str, ...] | list[str]", left_over: np.ndarray, weights: np.ndarray
) -> tuple[tuple[str, float], ...]:
    return tuple((word, _short(weights[place])) for place, word in enumerate(words) if left_over[place])


def _short(value: float) -> float:
    return round(float(value), 3)
