"""How much a word says: rare words decide, common ones carry little. Counted over all lists and all registered parties.

A rarity is a snapshot with a digest: a score names it, and can be worked out again years later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import log

import numpy as np

from ytterby.screening.word_list import WordList

# A weight is kept in thousandths, so that it is the same on every machine.
ONE = 1000


@dataclass(frozen=True, slots=True)
class Rarity:
    """Of each word, how many entries bear it. `total`: entries counted. `digest`: of words, counts and total."""

    words: WordList
    counts: np.ndarray
    total: int
    digest: str

    def weight(self, word: str) -> int:
        """Return the weight of a word, thousandths: 1000 for one that nobody bears."""
        place = self.words.find(word)
        return weight_of(0 if place < 0 else int(self.counts[place]), self.total)

    def knows(self, word: str) -> bool:
        """Tell whether anybody bears the word."""
        return self.words.find(word) >= 0


def weight_of(count: int, total: int) -> int:
    """Return the weight of a word that so many of so many entries bear, thousandths; never nothing."""
    return round(ONE * log((total + 2) / (count + 1)) / log(total + 2))


def make_rarity(counts: Mapping[str, int], total: int) -> Rarity:
    """Return the snapshot of these counts: of each word how many entries bear it, and how many entries there are."""
    words = sorted(counts, key=lambda word: word.encode("utf-8", "surrogatepass"))
    numbers = np.array([counts[word] for word in words], dtype=np.int32)
    digest = sha256(b"ytterby/rarity/v1\x00")
    digest.update(total.to_bytes(8, "big"))
    digest.update("\n".join(words).encode("utf-8", "surrogatepass"))
    digest.update(b"\x00")
    digest.update(numbers.astype(">i4").tobytes())
    return Rarity(WordList.of(words), numbers, total, digest.hexdigest())
