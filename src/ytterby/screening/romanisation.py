"""Words of other scripts in Latin letters, by our own tables: letter by letter, and what no table of letters can say.

Hangul is composed of its parts; Devanagari writes a consonant's own vowel only where it is another; kana are read
alike in both sets; an Arabic word loses its article, and a servant of … is two words.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

ABJAD = frozenset({"Arabic", "Hebrew"})
_MARKS = re.compile(r"[\u0300-\u036f\u0483-\u0487\u064b-\u065f\u0670\u0640\u0591-\u05c7\u20d0-\u20ff]")
_ARABIC_ARTICLE = re.compile("^(?:ال|آل)(?=\\w{3})")
_ARABIC_SERVANT = re.compile("^عبد(?:ال)?(?=\\w{3})")
_KANA = 0x60  # from a katakana to its hiragana


def is_han(letter: str) -> bool:
    """Tell whether a character is a Han character (unified ideographs and extensions; not kana, not hangul)."""
    return "\u4e00" <= letter <= "\u9fff" or "\u3400" <= letter <= "\u4dbf" or "\U00020000" <= letter <= "\U0003ffff"


def script_of(word: str, scripts: Mapping[str, str]) -> str:
    """Return the script of a word's first letter that tells; Latin where none does."""
    for letter in word:
        if letter.isascii():
            if letter.isalpha():
                return "Latin"
            continue
        if is_han(letter):
            return "Han"
        if "\uac00" <= letter <= "\ud7a3":
            return "Hangul"
        if "\u3040" <= letter <= "\u30ff":
            return "Hiragana"
        if found := scripts.get(letter) or scripts.get(plain_letter(letter)[:1]):
            return found
    return "Latin"


def romanise(word: str, script: str, letters: Mapping[str, str]) -> list[str]:
    """Return a word of one script in Latin letters: none where nothing is left, two for a servant of … in Arabic."""
    if script == "Hangul":
        return [romanise_hangul(word)]
    if script == "Devanagari":
        return [_romanise_devanagari(word, letters)]
    if script == "Hiragana":
        word = "".join(chr(ord(one) - _KANA) if "\u30a1" <= one <= "\u30f6" else one for one in word)
    if script == "Arabic":
        word = _MARKS.sub("", word)
        if match := _ARABIC_SERVANT.match(word):
            return ["abd", romanise_letters(_ARABIC_ARTICLE.sub("", word[match.end() :]), letters)]
        word = _ARABIC_ARTICLE.sub("", word)
    return [found] if (found := romanise_letters(word, letters)) else []


@lru_cache(maxsize=4096)
def plain_letter(letter: str) -> str:
    """Return a letter without its accents."""
    return _MARKS.sub("", unicodedata.normalize("NFD", letter))


def romanise_letters(word: str, letters: Mapping[str, str]) -> str:
    """Return a word letter by letter; a letter of no table stays, without its accents."""
    found = []
    for letter in word:
        latin = letters.get(letter)
        if latin is None:
            latin = "".join(letters.get(one, one) for one in plain_letter(letter))
        found.append(latin)
    return "".join(found)


def _romanise_devanagari(word: str, letters: Mapping[str, str]) -> str:
    """Return Devanagari in Latin letters: a consonant carries an `a` unless a sign or the word's end takes it."""
    found: list[str] = []
    for place, letter in enumerate(word):
        found.append(letters.get(letter, ""))
        following = word[place + 1 : place + 2]
        is_consonant = "\u0915" <= letter <= "\u0939" or "\u0958" <= letter <= "\u095f"
        if is_consonant and following and not ("\u093a" <= following <= "\u094f"):
            found.append("a")
    return "".join(found)


_LEADS = ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
_VOWELS = (
    *("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu"),
    *("eu", "ui", "i"),
)
_TAILS = (
    *("", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng"),
    *("t", "t", "k", "t", "p", "t"),
)
_HANGUL, _SYLLABLES, _OF_LEAD, _OF_VOWEL = 0xAC00, 11172, 588, 28


def romanise_hangul(word: str) -> str:
    """Return hangul syllables in Latin letters (revised romanisation, letter by letter)."""
    found = []
    for letter in word:
        place = ord(letter) - _HANGUL
        if 0 <= place < _SYLLABLES:
            tail = _TAILS[place % _OF_VOWEL]
            found.append(_LEADS[place // _OF_LEAD] + _VOWELS[place % _OF_LEAD // _OF_VOWEL] + tail)
        else:
            found.append(letter)
    return "".join(found)
