"""Values of profile terms, read by bare term whatever prefix the document gave the namespace."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from ytterby.chain.event_fields import FieldReader
from ytterby.chain.profile_terms import SEALED
from ytterby.chain.vocabulary import likely
from ytterby.terms.problem import Problem, refuse
from ytterby.terms.problem import pointer as pointer_of

ZERO = Decimal(0)
_COUNTRY = re.compile(r"[A-Z]{2}")


class TermReader:
    """Reads profile terms of one event; problems go to the reader of its fields."""

    __slots__ = ("names", "reader")

    def __init__(self, reader: FieldReader) -> None:
        self.reader = reader
        self.names = reader.extensions

    def keep(self, problem: Problem) -> None:
        """Keep a problem of this event."""
        self.reader.problems.append(problem)

    def keys(self, node: Mapping[str, object], known: Mapping[str, str], where: str) -> Mapping[str, str]:
        """Return the key of each profile term of an object; terms that the profile does not have here are refused."""
        found = self.names.strip(node)
        if found.keys() <= known.keys():
            return found
        for term in found.keys() - known.keys():
            meant = likely(term, known, fallback=False)
            place = where + pointer_of(found[term])
            self.keep(refuse("profile.term_unknown", place, term, likely=f"ree:{meant}" if meant else "-"))
        return {term: key for term, key in found.items() if term in known}

    def text(self, node: Mapping[str, object], keys: Mapping[str, str], term: str, where: str) -> str | None:
        """Return the text of a term, None when it is absent or no text."""
        key = keys.get(term)
        if key is None:
            return None
        value = node[key]
        if type(value) is str and value and not value.isspace():
            return value
        self.reader.wrong_type(where + pointer_of(key), value, "text")
        return None

    def number(
        self,
        node: Mapping[str, object],
        keys: Mapping[str, str],
        term: str,
        where: str,
        *,
        least: Decimal | None = ZERO,
        most: Decimal | None = None,
        is_positive: bool = False,
    ) -> Decimal | None:
        """Return the number of a term exactly; None when it is absent, no number, or outside its range."""
        key = keys.get(term)
        if key is None:
            return None
        value = node[key]
        if type(value) is int:
            value = Decimal(value)
        elif type(value) is not Decimal:
            self.reader.wrong_type(where + pointer_of(key), value, "number")
            return None
        is_low = least is not None and (value < least or (is_positive and value == least))
        if is_low or (most is not None and value > most):
            bound = f"> {least}" if is_positive else f">= {least}"
            expected = bound if most is None else f"{bound}, <= {most}"
            self.keep(refuse("profile.out_of_range", where + pointer_of(key), value, term=term, expected=expected))
            return None
        return value

    def uri(self, node: Mapping[str, object], keys: Mapping[str, str], term: str, where: str) -> str | None:
        """Return the identifier of a term in canonical form."""
        key = keys.get(term)
        return None if key is None else self.reader.uri(node[key], where + pointer_of(key))

    def country(self, node: Mapping[str, object], keys: Mapping[str, str], term: str, where: str) -> str | None:
        """Return a country of two capital letters (ISO 3166-1 alpha-2)."""
        text = self.text(node, keys, term, where)
        if text is not None and not _COUNTRY.fullmatch(text):
            self.keep(refuse("profile.country", where + pointer_of(keys[term]), text))
            return None
        return text

    def party(self, node: Mapping[str, object], keys: Mapping[str, str], term: str, where: str) -> str | None:
        """Return a party's identifier, or `sealed:` with the digest that stands in its place."""
        key = keys.get(term)
        if key is None:
            return None
        value = node[key]
        if type(value) is not dict:
            return self.reader.uri(value, where + pointer_of(key))
        place = where + pointer_of(key)
        inner = self.keys(value, {SEALED: "text"}, place)
        digest = self.text(value, inner, SEALED, place)
        if SEALED not in inner:
            self.keep(refuse("field.missing", place, "ree:sealed"))
        return None if digest is None else f"sealed:{digest}"

    def unknown_word(self, text: str, known: Iterable[str], where: str, term: str) -> None:
        """Keep that a term holds a word that the profile does not have."""
        self.keep(refuse("profile.word_unknown", where, text, term=term, likely=likely(text, known)))
