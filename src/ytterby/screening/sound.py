"""How a word in Latin letters sounds, roughly: one spelling for the many ways in which one name is transliterated.

`sound_of` keeps vowels in three classes, `skeleton_of` keeps consonants only. Both say nothing about a language; they
hold what transliterations of Arabic, Persian, Russian and Chinese names into Latin letters commonly confuse.
"""

import re
from functools import lru_cache
from typing import NamedTuple

# Longest first. What one letter of another script is written as, and what stands for it here.
_CLUSTERS = (
    *(("tsch", "C"), ("shch", "S"), ("sch", "S"), ("tch", "C"), ("dzh", "j"), ("tsy", "C")),
    *(("kh", "h"), ("gh", "g"), ("sh", "S"), ("ch", "S"), ("zh", "j"), ("th", "t"), ("dh", "d"), ("ph", "f")),
    *(("dj", "j"), ("ts", "C"), ("tz", "C"), ("ck", "k"), ("qu", "k"), ("cz", "S"), ("sz", "S"), ("ya", "ia")),
    *(("yu", "iu"), ("yo", "io"), ("ye", "ie"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("aw", "au"), ("ow", "au")),
)
_CLUSTER = re.compile("|".join(written for written, _ in _CLUSTERS))
_CLUSTER_SOUND = dict(_CLUSTERS)
_LETTERS = str.maketrans("qcwyeox", "kkviiuS")
_SILENT = ("ah", "ih", "uh")
_REPEATED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aiu]+")


def sound_of(word: str) -> str:
    """Return a word as it sounds, vowels in three classes (a; e, i, y; o, u) and repeated letters once."""
    said = _CLUSTER.sub(lambda found: _CLUSTER_SOUND[found.group(0)], word).translate(_LETTERS)
    said = _REPEATED.sub(r"\1", said)
    return said[:-1] if len(said) > 3 and said.endswith(_SILENT) else said


def skeleton_of(sound: str) -> str:
    """Return the consonants of a sound; a v within a word may be a vowel of Arabic or Hebrew and counts as none."""
    bones = _VOWELS.sub("", sound[:1] + sound[1:].replace("v", ""))
    return _REPEATED.sub(r"\1", bones) or sound[:1]


# Letters that a reader, a scanner or a careless hand takes for one another.
_SHAPES = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_LOOKS = str.maketrans("01589eiv", "olsbgclu")


def shape_of(word: str) -> str:
    """Return a word with letters of one look as one letter: 0 and o, 1 and l, rn and m, c and e, u and v."""
    for written, look in _SHAPES:
        word = word.replace(written, look)
    return word.translate(_LOOKS)


class Heard(NamedTuple):
    """A word in the three other ways in which it is compared."""

    sound: str
    skeleton: str
    shape: str


@lru_cache(maxsize=200_000)
def hear(word: str) -> Heard:
    """Return how a word sounds, its consonants, and how it looks."""
    sound = sound_of(word)
    return Heard(sound, skeleton_of(sound), shape_of(word))
