"""What a customs office's file can hold: units, lengths, characters; data of a pack, not of this program.

Units are those of UN/ECE Recommendation 20 that the office knows, each with the word that it writes for it and the
decimals that it takes: none for what is counted. Characters are listed one by one. Where the pack lists spellings
(`transliteration`), names, addresses and texts are written by them; where it does not, what cannot be written is
refused when the licence is decided on, while somebody can still change it.

Source: shared/domain/casework.md 2.6 (lines of 35 characters, numbers of articles cut off, units that nobody knew).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ytterby.terms.problem import Problem, pointer, refuse

Json = Mapping[str, Any]
_COUNTS = ("name_width", "address_width", "address_lines", "text_width", "lines", "consignees", "digits")


@dataclass(frozen=True, slots=True)
class FileUnit:
    """A unit as the office writes it, and how many decimals it takes."""

    word: str
    decimals: int


@dataclass(frozen=True, slots=True)
class FileRules:
    """Widths in characters, numbers of lines, units by their code, characters; None where nothing is spelled anew."""

    name_width: int
    address_width: int
    address_lines: int
    text_width: int
    lines: int
    consignees: int
    digits: int
    units: Mapping[str, FileUnit]
    characters: frozenset[str]
    transliteration: Mapping[str, str] | None = field(default=None)


def read_file_rules(value: Json, where: str = "") -> tuple[FileRules | None, list[Problem]]:
    """Return the rules that a pack gives, or None and everything that is wrong with them."""
    problems = [
        refuse("customs_rules.count", f"{where}/{name}", value.get(name))
        for name in _COUNTS
        if not _is_count(value.get(name), 1)
    ]
    units, characters, spelled = value.get("units"), value.get("characters"), value.get("transliteration")
    problems += _unit_problems(units, where)
    if not isinstance(characters, str) or not characters or not characters.isprintable():
        problems.append(refuse("customs_rules.characters", f"{where}/characters", characters))
    elif not set(characters) >= _ASKED:
        lacking = "".join(sorted(_ASKED - set(characters)))
        problems.append(refuse("customs_rules.characters_lack", f"{where}/characters", lacking))
    problems += _spelling_problems(spelled, characters, where)
    if problems or not isinstance(units, Mapping) or not isinstance(characters, str):
        return None, problems
    by_code = {code: FileUnit(str(unit["word"]), int(unit["decimals"])) for code, unit in units.items()}
    counts = {name: int(value[name]) for name in _COUNTS}
    spelling = dict(spelled) if spelled is not None else None
    return FileRules(units=by_code, characters=frozenset(characters), transliteration=spelling, **counts), []


# What the file itself is written with.
_ASKED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_.:/")


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _unit_problems(units: object, where: str) -> list[Problem]:
    if not isinstance(units, Mapping) or not units:
        return [refuse("customs_rules.units", f"{where}/units")]
    problems, words = [], set()
    for code, unit in units.items():
        word = unit.get("word") if isinstance(unit, Mapping) else None
        is_fit = isinstance(word, str) and word.isascii() and word.isalnum() and word not in words
        if not is_fit or not _is_count(unit.get("decimals"), 0):
            problems.append(refuse("customs_rules.unit", where + pointer("units", code), word))
        else:
            words.add(word)
    return problems


def _spelling_problems(spelled: object, characters: object, where: str) -> list[Problem]:
    if spelled is None:
        return []
    if not isinstance(spelled, Mapping) or not isinstance(characters, str):
        return [refuse("customs_rules.transliteration", f"{where}/transliteration")]
    return [
        refuse("customs_rules.spelling", where + pointer("transliteration", letter), spelling)
        for letter, spelling in spelled.items()
        if len(str(letter)) != 1 or not isinstance(spelling, str) or not set(spelling) <= set(characters)
    ]
