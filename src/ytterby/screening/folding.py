"""From a name as written to the words that are compared: case, width, accents, scripts and legal forms put aside.

A folded name is words in Latin letters and, where the name holds Han characters, those characters as well, simplified
and without legal forms: Chinese is compared as Chinese. Words of Arabic and Hebrew hold consonants only and are marked.
Folding what is folded changes nothing.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from ytterby.screening.name_tables import NameTables
from ytterby.screening.romanisation import ABJAD, is_han, romanise, script_of

# Nothing that is a name is longer; more would only cost time.
NAME_LENGTH_MAX = 400
WORDS_MAX = 24
HAN_MAX = 40
HAN_WORD_MAX = 6
NAME_WORDS_LEAST = 2
FORM_WORDS_MAX = 6
# A form this short may be a word or initials, unless it stands first or last, or is one of those that are nothing else.
SHORT_FORM = 3
ALWAYS_FORMS = frozenset({"ltd", "llc", "inc", "co", "plc"})
_DOTTED = re.compile(r"\b(?:\w\.\s?){2,}(?:\w\b\.?)?|\b\w/\w\b")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼʻʹ′\u02bf\u02be\u201b\u05f3\u05f4"))
_WORD = re.compile(r"[^\W_]+")
# Signs that stand on letters and belong to them: accents, points of Arabic and Hebrew, vowels of Devanagari.
_SIGNS = r"\u0300-\u036f\u0483-\u0487\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0591-\u05c7\u0640\u0670\u30fc"
_WORD_WITH_SIGNS = re.compile(rf"[^\W_](?:[^\W_]|[{_SIGNS}])*")
# Scripts that are no alphabets, or hold consonants only: a word that goes on in another is two. Letters of
# alphabets that look alike stay in one word.
_BLOCKS = (
    *(r"\uac00-\ud7a3", r"\u3040-\u30ff", r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"),
    *(r"\u0900-\u097f", r"\u0600-\u06ff\u0750-\u077f", r"\u0590-\u05ff"),
)
_RUN = re.compile("|".join([*(f"[{block}]+" for block in _BLOCKS), f"[^{''.join(_BLOCKS)}]+"]))
# Servant of …, the first half of many names: written apart, together, with any vowel and with its article assimilated.
_SERVANT = re.compile(r"^abd(?:[aeiou]+(?:l|r|s|sh|z|n|d|t)?)?$")
_SERVANT_OF = re.compile(r"^abd[aeiou]+l?(?=[^aeiou])(\w{4,})$")

# One article, as it is transliterated in one place and another.
_ARTICLES = {"el": "al", "ul": "al", "il": "al"}

Repair = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FoldedName:
    """What is compared of a name. `words`: core in Latin letters; `han`: core in Han characters, empty without any.

    `forms`: kinds of legal forms that were put aside; `is_abjad`: the words hold consonants only; `is_read`: the words
    are a reading of Han characters and stood nowhere.
    """

    words: tuple[str, ...]
    han: str = ""
    forms: tuple[str, ...] = ()
    is_abjad: bool = False
    is_read: bool = False


def fold_name(text: str, tables: NameTables, *, is_person: bool, repair: Repair | None = None) -> FoldedName:
    """Return what is compared of a name. A person's name holds no legal form.

    `repair` is asked what a word may have been meant to be: it knows the words of lists, and returns one or more.
    """
    text = text[:NAME_LENGTH_MAX]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(tables.simplified)
    text = text.translate(_APOSTROPHES).casefold().replace("&", " and ")
    if "." in text or "/" in text:
        text = _DOTTED.sub(_undot, text)
    han, is_abjad, is_read = "", False, False
    if text.isascii():
        words = _WORD.findall(text)
    else:
        words, is_abjad = _latin_words(unicodedata.normalize("NFC", text), tables)
        if any(map(is_han, text)):
            han = _han_core(text, tables, is_person=is_person)[:HAN_MAX]
            is_read = not words
            words = words or _read_han(han, tables, is_person=is_person)
    words = words[:WORDS_MAX]
    if repair is not None and not is_abjad:
        words = [found for word in words for found in repair(word)]
    if is_person:
        words = words if is_abjad else _without_titles(_servants(words), tables)
        return FoldedName(tuple(words), han, (), is_abjad, is_read)
    words = _trade([tables.short_words.get(word, word) for word in _initials(words)], tables)
    words, forms = strip_forms(words, tables)
    return FoldedName(tuple(words), han, forms, is_abjad, is_read)


def _undot(match: re.Match[str]) -> str:
    """Return initials as one word: s.a. is sa, a/s is as."""
    return "".join(one for one in match.group(0) if one.isalnum()) + " "


def _latin_words(text: str, tables: NameTables) -> tuple[list[str], bool]:
    """Return the words that are not in Han, in Latin letters, and whether they hold consonants only."""
    words: list[str] = []
    has_abjad = False
    for whole in _WORD_WITH_SIGNS.findall(text):
        for written in _RUN.findall(whole):
            script = script_of(written, tables.scripts)
            if script != "Han":
                has_abjad = has_abjad or script in ABJAD
                words += romanise(written, script, tables.letters)
    return [found for word in words for found in _WORD.findall(word)], has_abjad


# Han


def _han_core(text: str, tables: NameTables, *, is_person: bool) -> str:
    """Return the characters of a name in Han without blanks and signs and, of a firm, without forms at its ends."""
    core = "".join(one for one in text if one.isalnum())
    if is_person:
        return core
    while True:
        for form, _ in tables.han_forms:
            if len(core) <= len(form):
                continue
            if core.endswith(form):
                core = core[: -len(form)]
                break
            if len(form) >= SHORT_FORM + 1 and core.startswith(form):
                core = core[len(form) :]
                break
        else:
            return core


def _read_han(han: str, tables: NameTables, *, is_person: bool) -> list[str]:
    """Return a name in Han as it is usually written in Latin letters: places, words of the trade, else pinyin."""
    if is_person:
        sounds = [tables.readings.get(one, "") for one in han]
        return [found for found in ("".join(sounds[:1]), "".join(sounds[1:])) if found]
    words: list[str] = []
    rest, place = "", 0
    while place < len(han):
        for length in range(min(HAN_WORD_MAX, len(han) - place), 1, -1):
            if found := tables.han_words.get(han[place : place + length]):
                words += [rest, *found]
                rest, place = "", place + length
                break
        else:
            one = han[place]
            rest += tables.readings.get(one, one if one.isascii() else "")
            place += 1
    return [word for word in (*words, rest) if word]


# Words


def _initials(words: list[str]) -> list[str]:
    """Return the words with letters that stand alone side by side as one word."""
    if sum(len(word) == 1 for word in words) < 2:
        return words
    found: list[str] = []
    was_single = False
    for word in words:
        is_single = len(word) == 1
        if is_single and was_single:
            found[-1] += word
        else:
            found.append(word)
        was_single = is_single
    return found


def _servants(words: list[str]) -> list[str]:
    found: list[str] = []
    for word in words:
        name = word
        while match := _SERVANT_OF.match(name):
            found.append("abd")
            name = match.group(1)
        found.append("abd" if _SERVANT.match(name) else _ARTICLES.get(name, name))
    return found


def _without_titles(words: list[str], tables: NameTables) -> list[str]:
    """Return the words of a person's name without titles, where a whole name is left: two words or more."""
    if tables.titles.isdisjoint(words):
        return words
    found = [word for word in words if word not in tables.titles]
    return found if len(found) >= NAME_WORDS_LEAST else words


def _trade(words: list[str], tables: NameTables) -> list[str]:
    """Return the words with pinyin words of the trade in English."""
    if tables.pinyin_first.isdisjoint(words):
        return words
    found: list[str] = []
    place = 0
    while place < len(words):
        for length in (3, 2, 1):
            phrase = tuple(words[place : place + length])
            if len(phrase) == length and (english := tables.pinyin_words.get(phrase)):
                found += english
                place += length
                break
        else:
            found.append(words[place])
            place += 1
    return found


def strip_forms(words: list[str], tables: NameTables) -> tuple[list[str], tuple[str, ...]]:
    """Return the words without legal forms, and the kinds of those; the words themselves where nothing else is left."""
    if tables.form_first.isdisjoint(words):
        return words, ()
    parts: list[tuple[tuple[str, ...], str]] = []
    place = 0
    while place < len(words):
        for length in range(min(FORM_WORDS_MAX, len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            if kind := tables.forms.get(phrase):
                parts.append((phrase, kind))
                place += length
                break
        else:
            parts.append(((words[place],), ""))
            place += 1
    inner = [at for at, (_, kind) in enumerate(parts) if not kind]
    if not inner:
        return words, ()
    core: list[str] = []
    forms: list[str] = []
    for at, (phrase, kind) in enumerate(parts):
        is_doubtful = len(phrase) == 1 and len(phrase[0]) <= SHORT_FORM and phrase[0] not in ALWAYS_FORMS
        if not kind or (is_doubtful and inner[0] < at < inner[-1]):
            core += phrase
        else:
            forms.append(kind)
    return core, tuple(forms)
