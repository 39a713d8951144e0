"""Whether a word can be read as syllables of pinyin: then another such word is another name, and no slip of the pen."""

from collections.abc import Set
from functools import lru_cache

SYLLABLE_MAX = 6
# One syllable is often a word of another language.
SYLLABLES_LEAST, SYLLABLES_MOST = 2, 4


def is_pinyin(word: str, syllables: Set[str]) -> bool:
    """Tell whether a word is two to four syllables of pinyin written together."""
    return 4 <= len(word) <= SYLLABLE_MAX * SYLLABLES_MOST and _reads(word, frozenset(syllables))


@lru_cache(maxsize=100_000)
def _reads(word: str, syllables: frozenset[str]) -> bool:
    reached = {0: {0}}
    for start in range(len(word)):
        for used in reached.get(start, ()):
            for end in range(start + 1, min(len(word), start + SYLLABLE_MAX) + 1):
                if word[start:end] in syllables:
                    reached.setdefault(end, set()).add(used + 1)
    return any(SYLLABLES_LEAST <= used <= SYLLABLES_MOST for used in reached.get(len(word), ()))
