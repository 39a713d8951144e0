"""Identifiers of parties: LEI, USCC, IMO numbers with their check digits, tax and other numbers as written.

Two that bear one identifier are one, whatever their names; so an identifier with a wrong check digit identifies nobody
and is a problem to its writer. Rules: ISO 17442 (LEI), GB 32100-2015 (USCC), IMO resolution A.1117(30) (ship number).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from ytterby.terms.problem import Problem, refuse

# GB 32100-2015, table of characters: digits and letters without I, O, S, V, Z.
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(rf"[{_USCC_LETTERS}]{{18}}")
_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_IMO = re.compile(r"(?:IMO)?([0-9]{7})")
# Shorter ones are shared by strangers.
LENGTH_LEAST = 5


def normalise_identifier(kind: str, value: str) -> str:
    """Return an identifier as it is compared: capital letters and digits; an IMO number without its letters."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", value).upper())
    plain = "".join(letter for letter in apart if letter.isalnum())
    if kind == "imo" and (match := _IMO.fullmatch(plain)):
        return match.group(1)
    return plain


def is_lei(value: str) -> bool:
    """Tell whether a normalised LEI is well formed (ISO 7064, MOD 97-10)."""
    if not _LEI.fullmatch(value):
        return False
    return int("".join(str(int(letter, 36)) for letter in value)) % 97 == 1


def is_uscc(value: str) -> bool:
    """Tell whether a normalised unified social credit code is well formed."""
    if not _USCC.fullmatch(value):
        return False
    total = sum(_USCC_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(value[:17]))
    return _USCC_LETTERS[(31 - total % 31) % 31] == value[17]


def is_imo(value: str) -> bool:
    """Tell whether a normalised IMO number is well formed: six digits times 7 to 2, the last digit of the sum."""
    if not (len(value) == 7 and value.isascii() and value.isdigit()):
        return False
    return sum(int(digit) * factor for digit, factor in zip(value, range(7, 1, -1), strict=False)) % 10 == int(value[6])


CHECKED: Mapping[str, Callable[[str], bool]] = MappingProxyType({"lei": is_lei, "uscc": is_uscc, "imo": is_imo})


def is_identifying(kind: str, value: str) -> bool:
    """Tell whether a normalised identifier can identify anybody: its check digit holds, or it is long enough."""
    check = CHECKED.get(kind)
    return check(value) if check else len(value) >= LENGTH_LEAST and any(one.isdigit() for one in value)


def check_identifiers(identifiers: Iterable[tuple[str, str]], pointer: str = "") -> list[Problem]:
    """Return the problems of the identifiers that a party gives: those whose check digit does not hold."""
    found = []
    for place, (kind, value) in enumerate(identifiers):
        if kind in CHECKED and not is_identifying(kind, normalise_identifier(kind, value)):
            found.append(refuse("screening.identifier", f"{pointer}/{place}", value, kind=kind.upper()))
    return found


def identifier_index(
    bearers: Iterable[tuple[str, Iterable[tuple[str, str]]]],
) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return which keys bear an identifier, of pairs of key and identifiers; such as identify nobody are left out."""
    found: dict[tuple[str, str], list[str]] = {}
    for key, identifiers in bearers:
        for kind, value in identifiers:
            plain = normalise_identifier(kind, value)
            if is_identifying(kind, plain):
                keys = found.setdefault((kind, plain), [])
                if key not in keys:
                    keys.append(key)
    return MappingProxyType({identifier: tuple(sorted(keys)) for identifier, keys in found.items()})
