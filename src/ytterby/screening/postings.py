"""Which names hold three letters in a row: the index by which candidates are found, as plain arrays.

Keys are hashes of three characters; a chance collision only adds a candidate that the scorer then puts last. Words have
keys of their letters between marks of their ends; the skeletons of words (consonants) have a second set, by which
names in Arabic and Hebrew are found among Latin ones; Han has keys of two characters.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

KEY_BITS = 18
KEYS = 1 << KEY_BITS
START, END, PART = "^", "$", "\n"
# Skeletons are written in letters of their own (private use), so that their keys are no keys of words.
_APART = {code: chr(0xE000 + code) for code in range(0x21, 0x7F)}
_MULTIPLIERS = tuple(np.uint64(one) for one in (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F, 0x165667B1))
# Beyond this many entries of lists for one query the commonest keys are left out.
BUDGET = 40_000
# As many entries are read at no cost to speak of, so that a short list is searched whole.
FREE = 2_000
KEYS_OF_QUERY = 16
WORTH = 1000.0
# With fewer names than this many times the entries that are read, sums over all names cost less than sorting.
DENSE = 30


@dataclass(frozen=True, slots=True)
class Postings:
    """`starts[key] : starts[key + 1]` are the places in `names` of the names that hold a key, ascending."""

    starts: np.ndarray
    names: np.ndarray
    size: int


NO_POSTINGS = Postings(np.zeros(KEYS + 1, dtype=np.int64), np.zeros(0, dtype=np.int32), 0)


def written_for_keys(words: Iterable[str], skeletons: Iterable[str] = ()) -> str:
    """Return words and skeletons as keys are taken from them."""
    text = "".join(f"{START}{word}{END}" for word in words)
    bones = "".join(f"{START}{one.translate(_APART)}{END}" for one in skeletons if len(one) > 1)
    return text + bones


def keys_of(written: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the keys of texts (`written_for_keys`) and of which text each is."""
    codes = np.frombuffer(PART.join(written).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if len(codes) < 3:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    part = codes == ord(PART)
    end = codes == ord(END)
    first, second, third = (codes[shift : len(codes) - 2 + shift].astype(np.uint64) for shift in range(3))
    is_key = ~(part[:-2] | part[1:-1] | part[2:] | end[:-2] | end[1:-1])
    a, b, c, d, e = _MULTIPLIERS
    mixed = first * a + second * b
    mixed = (mixed ^ (mixed >> np.uint64(15))) * c + third * d
    mixed = (mixed ^ (mixed >> np.uint64(13))) * e
    mixed ^= mixed >> np.uint64(16)
    owner = np.cumsum(part)[:-2]
    return (mixed & np.uint64(KEYS - 1)).astype(np.int64)[is_key], owner[is_key]


def build_postings(chunks: Callable[[], Iterable[Sequence[str]]]) -> Postings:
    """Return the postings of texts that come in chunks; they are gone through twice, one chunk in memory at a time."""
    counts = np.zeros(KEYS + 1, dtype=np.int64)
    size = 0
    for chunk in chunks():
        counts[1:] += np.bincount(_sorted_pairs(chunk)[0], minlength=KEYS)
        size += len(chunk)
    starts = np.cumsum(counts)
    found = np.zeros(int(starts[-1]), dtype=np.int32)
    free = starts[:-1].copy()
    before = 0
    for chunk in chunks():
        keys, owners = _sorted_pairs(chunk)
        edges = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, dtype=np.int64)
        lengths = np.diff(np.r_[edges, len(keys)])
        within = np.arange(len(keys)) - np.repeat(edges, lengths)
        found[free[keys] + within] = owners + before
        free[keys[edges]] += lengths
        before += len(chunk)
    return Postings(starts, found, size)


def _sorted_pairs(chunk: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the different pairs of key and text of a chunk, by key and then by text."""
    keys, owners = keys_of(chunk)
    pairs = np.sort((keys << 32) | owners)
    pairs = pairs[np.concatenate(([True], pairs[1:] != pairs[:-1]))] if len(pairs) else pairs
    return pairs >> 32, pairs & 0xFFFFFFFF


def find_names(
    postings: Postings,
    written: str,
    lengths: np.ndarray,
    wanted: np.ndarray,
    *,
    most: int,
) -> np.ndarray:
    """Return the names that share the rarest keys with a text, about so many, ascending.

    `lengths`: characters of each name; of two that share the same the shorter comes first. `wanted`: whether a name is
    to be looked at.
    """
    keys = np.unique(keys_of([written])[0])
    starts = postings.starts[keys]
    counts = postings.starts[keys + 1] - starts
    order = np.argsort(counts, kind="stable")
    order = order[counts[order] > 0]
    if not len(order):
        return np.zeros(0, dtype=np.int64)
    read = np.cumsum(counts[order])
    few, most_read = (int(np.searchsorted(read, limit, side="right")) for limit in (FREE, BUDGET))
    order = order[: max(1, min(max(KEYS_OF_QUERY, few), most_read))]
    places = [postings.names[starts[one] : starts[one] + counts[one]] for one in order]
    # Whole numbers, so that their sum does not hang on the order in which it is taken.
    worth = np.repeat(np.rint(WORTH * np.log(postings.size / counts[order]) + 1.0), counts[order])
    found, shared = _add_up(np.concatenate(places), worth, postings.size)
    is_wanted: np.ndarray = wanted[found]
    names: np.ndarray = found[is_wanted]
    shared = shared[is_wanted]
    if len(names) > most:
        shared = shared / np.sqrt(6.0 + lengths[names])
        # Equal ones at the edge are all taken, up to twice as many; beyond that by what they say (their place).
        edge = np.partition(shared, len(shared) - most)[len(shared) - most]
        names = names[shared >= edge][: 2 * most]
    return names


def _add_up(names: np.ndarray, worth: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return different names, ascending, and the sum of what each is worth: over all names where they are few."""
    if size < DENSE * len(names):
        total: np.ndarray = np.bincount(names, weights=worth, minlength=size)
        found = np.flatnonzero(total > 0.0)
        return found, total[found]
    order = np.argsort(names, kind="stable")
    names, worth = names[order], worth[order]
    first = np.flatnonzero(np.concatenate(([True], names[1:] != names[:-1])))
    return names[first].astype(np.int64), np.add.reduceat(worth, first)
