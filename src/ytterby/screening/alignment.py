"""Which word of one name stands for which of another, how alike they are, and what is left over on both sides.

One query is aligned with many names at once, on arrays. Words pair off greedily, the pair that says most first; two
words written as one pair with the one. Every number is a sum in a fixed order, so that equal inputs give equal bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from ytterby.screening.sound import hear

# Less alike than this are two words, not one.
PAIR_LEAST = 0.55
# Fewer consonants than this are shared by many words.
BONES_LEAST = 3
SHORT_BONES = 0.65


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two words are held to be. `sound`: factor on words compared as they sound; `skeleton`: how much of what
    is missing is made up by equal consonants; `shape`: of words that look the same; `bones`: factor on consonants
    alone, between letters and consonants; `initial`: of an initial and its word; `other_brand`: factor on two different
    words that are both pinyin; `both_known`: factor on two different words that both are known.
    """

    sound: float
    skeleton: float
    shape: float
    bones: float
    initial: float
    other_brand: float
    both_known: float


@dataclass(frozen=True, slots=True)
class Side:
    """The words of a query: their weights (0 to 1), whether each is known to anybody, and whether it is pinyin."""

    words: tuple[str, ...]
    weights: np.ndarray
    known: np.ndarray
    pinyin: np.ndarray
    is_abjad: bool


@dataclass(frozen=True, slots=True)
class Others:
    """Names to align with: words by their place in `spelled`, -1 where a name has no more; `weights` like `words`."""

    spelled: Sequence[str]
    words: np.ndarray
    weights: np.ndarray
    is_abjad: np.ndarray
    pinyin: np.ndarray


@dataclass(frozen=True, slots=True)
class Alignment:
    """What pairs with what. Of each round and name: places of the left and the right word (from k on: the place less
    k, and the next), likeness (0: no pair), and the weights of both. `left_over`, `right_over`: of each name and word
    whether it is left over. `left_known`: of each word of the query, single and joined, whether it is known.
    """

    rounds: tuple[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray], ...]
    left_over: np.ndarray
    right_over: np.ndarray
    left_known: np.ndarray


def align(side: Side, others: Others, rules: Likeness) -> Alignment:
    """Align a query with each of these names."""
    width = others.words.shape[1]
    k = len(side.words)
    joined_left = [side.words[n] + side.words[n + 1] for n in range(k - 1)]
    spelled, columns = _joined(side, joined_left, others)
    plain, bones = _likeness([*side.words, *joined_left], spelled, side, others, rules)
    mixed = others.is_abjad != side.is_abjad
    grid = plain[:, columns].transpose(1, 0, 2)
    if mixed.any():
        grid[mixed] = bones[:, columns[mixed]].transpose(1, 0, 2)
    grid[:, k:, width:] = 0.0
    grid[grid < PAIR_LEAST] = 0.0
    left = np.concatenate([side.weights, side.weights[:-1] + side.weights[1:]])
    right = np.concatenate([others.weights, others.weights[:, :-1] + others.weights[:, 1:]], axis=1)
    known = np.concatenate([side.known, side.known[:-1] & side.known[1:]])
    return _pair_off(grid, left, right, known, k, width)


def _joined(side: Side, joined_left: Sequence[str], others: Others) -> tuple[list[str], np.ndarray]:
    """Return the words of all names with those neighbours joined that a word of the query may stand for, and of each
    name the columns of its words and of its joined words; the last column is no word.
    """
    count, width = others.words.shape
    spelled = list(others.spelled)
    lengths: dict[str, set[int]] = {}
    for word in (*side.words, *joined_left):
        lengths.setdefault(word[0], set()).add(len(word))
    columns = np.full((count, 2 * width - 1), -1, dtype=np.int64)
    columns[:, :width] = others.words
    place_of: dict[str, int] = {}
    for name, row in enumerate(others.words.tolist()):
        for place in range(width - 1):
            second = row[place + 1]
            if second < 0:
                break
            first = spelled[row[place]]
            near = lengths.get(first[0])
            if near is None:
                continue
            length = len(first) + len(spelled[second])
            if length in near or length - 1 in near or length + 1 in near:
                joined = first + spelled[second]
                found = place_of.get(joined)
                if found is None:
                    found = place_of[joined] = len(spelled)
                    spelled.append(joined)
                columns[name, width + place] = found
    columns[columns < 0] = len(spelled)
    return spelled, columns


def _likeness(
    left: Sequence[str], right: Sequence[str], side: Side, others: Others, rules: Likeness
) -> tuple[np.ndarray, np.ndarray]:
    """Return how alike each word of the query and each other word are, letters with letters and bones with bones; a
    last column of zeros.
    """
    heard_left, heard_right = [hear(word) for word in left], [hear(word) for word in right]
    letters = _equal_share(left, right)
    sounds = _equal_share([one.sound for one in heard_left], [one.sound for one in heard_right])
    skeletons = _equal_share([one.skeleton for one in heard_left], [one.skeleton for one in heard_right])
    bones = np.minimum(
        np.array([len(one.skeleton) for one in heard_left])[:, None],
        np.array([len(one.skeleton) for one in heard_right])[None, :],
    )
    alike = np.maximum(letters, rules.sound * sounds)
    same_bones = (skeletons == 1.0) & (bones >= BONES_LEAST)
    alike = np.where(same_bones, alike + (1.0 - alike) * rules.skeleton, alike)
    _shapes(alike, [one.shape for one in heard_left], [one.shape for one in heard_right], rules.shape)
    _initials(alike, left, right, rules.initial)
    k, known = len(side.words), len(others.pinyin)
    differ = letters[:k, :known] < 1.0
    brands = side.pinyin[:, None] & others.pinyin[None, :] & differ
    words = side.known[:, None] & differ & ~brands & ~same_bones[:k, :known]
    alike[:k, :known] *= np.where(brands, rules.other_brand, np.where(words, rules.both_known, 1.0))
    bare = skeletons * np.where(bones >= 2, rules.bones, rules.bones * SHORT_BONES)
    nothing = np.zeros((len(left), 1))
    return np.hstack([alike, nothing]), np.hstack([bare, nothing])


def _equal_share(left: Sequence[str], right: Sequence[str]) -> np.ndarray:
    """Return how much of each word is the other: 1 less edits (a change of place is one) over the longer length."""
    found: np.ndarray = cdist(left, right, scorer=OSA.normalized_similarity, dtype=np.float32).astype(np.float64)
    return found


def _shapes(alike: np.ndarray, left: Sequence[str], right: Sequence[str], value: float) -> None:
    places: dict[str, list[int]] = {}
    for place, one in enumerate(left):
        places.setdefault(one, []).append(place)
    for column, one in enumerate(right):
        for row in places.get(one, ()):
            alike[row, column] = max(alike[row, column], value)


def _initials(alike: np.ndarray, left: Sequence[str], right: Sequence[str], value: float) -> None:
    singles = [place for place, word in enumerate(left) if len(word) == 1]
    others = [place for place, word in enumerate(right) if len(word) == 1]
    for row in singles:
        for column, word in enumerate(right):
            if len(word) > 1 and word[0] == left[row]:
                alike[row, column] = max(alike[row, column], value)
    for column in others:
        for row, word in enumerate(left):
            if len(word) > 1 and word[0] == right[column]:
                alike[row, column] = max(alike[row, column], value)


@lru_cache(maxsize=64)
def _apart(k: int) -> np.ndarray:
    """Return which of k words and k - 1 joined neighbours may still pair when one of them has."""
    spans = [{n} for n in range(k)] + [{n, n + 1} for n in range(k - 1)]
    return np.array([[0.0 if one & other else 1.0 for other in spans] for one in spans])


def _pair_off(
    grid: np.ndarray, left: np.ndarray, right: np.ndarray, known: np.ndarray, k: int, width: int
) -> Alignment:
    count, rows, columns = grid.shape
    gain = grid * grid * (np.minimum(left[None, :, None], right[:, None, :]) + 0.05)
    free_left, free_right = _apart(k), _apart(width)
    open_left, open_right = np.ones((count, rows)), np.ones((count, columns))
    every = np.arange(count)
    flat = gain.reshape(count, -1)
    rounds = []
    for _ in range(min(k, width)):
        best = flat.argmax(axis=1)
        value = flat[every, best]
        live = value > 0.0
        if not live.any():
            break
        row, column = best // columns, best % columns
        likeness = np.where(live, grid[every, row, column], 0.0)
        rounds.append((row, column, likeness, left[row], right[every, column]))
        keep_left = np.where(live[:, None], free_left[row], 1.0)
        keep_right = np.where(live[:, None], free_right[column], 1.0)
        open_left *= keep_left
        open_right *= keep_right
        gain *= keep_left[:, :, None]
        gain *= keep_right[:, None, :]
    return Alignment(tuple(rounds), open_left[:, :k] > 0.0, open_right[:, :width] > 0.0, known)
