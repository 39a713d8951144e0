"""The values of one event's fields, read strictly; every problem is kept with its place.

A `FieldReader` belongs to one event. Its methods return the value in canonical form, or None where there is none that
can be relied on; what is wrong is in `problems`, with pointers relative to the event. What GS1's standard demands
refuses; what only the rare-earth profile demands (`rule`) refuses in events that use the profile, and is a remark in
others.

Source: GS1 EPCIS 2.0 (2022), sections 7.3 and 7.4; GS1 CBV 2.0, sections 7 and 8.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from ytterby.chain.envelope import check_field_name
from ytterby.chain.event import KILOGRAM, PIECE, Goods
from ytterby.chain.profile_terms import term_names
from ytterby.chain.vocabulary import Vocabulary, likely
from ytterby.terms.canonical import expand_name
from ytterby.terms.identifier import read_identifier
from ytterby.terms.instant import read_instant
from ytterby.terms.problem import Problem, Severity, refuse, remark
from ytterby.terms.problem import pointer as pointer_of
from ytterby.terms.quantity import UnitTable

ABSENT = object()
QUANTITY_DIMENSIONS = ("count", "mass")
_QUANTITY_FIELDS = frozenset(["epcClass", "quantity", "uom"])
_PLACE_FIELDS = frozenset(["id"])
_SETTLED = ("https://", "urn:", "http://")


class FieldReader:
    """Reads fields of one event; `is_strict` makes the profile's rules refuse."""

    __slots__ = ("extensions", "is_strict", "prefixes", "problems", "units", "words")

    def __init__(
        self, prefixes: Mapping[str, str], words: Vocabulary, units: UnitTable, *, is_strict: bool = False
    ) -> None:
        self.prefixes = prefixes
        self.extensions = term_names(prefixes)
        self.words = words
        self.units = units
        self.is_strict = is_strict
        self.problems: list[Problem] = []

    def rule(self, problem: Problem) -> None:
        """Keep a breach of the profile: it refuses where the event uses the profile, else it is a remark."""
        self.problems.append(problem if self.is_strict else replace(problem, severity=Severity.REMARK))

    def wrong_type(self, where: str, value: object, expected: str) -> None:
        """Keep that a field holds another kind of value than it may."""
        if isinstance(value, dict | list):
            shown: object = "{...}" if isinstance(value, dict) else "[...]"  # not quoted: it may hold a sealed value
        else:
            shown = "null" if value is None else value
        self.problems.append(refuse("field.type", where, shown, expected=expected))

    def names(
        self,
        node: Mapping[str, object],
        known: frozenset[str],
        where: str,
        *,
        is_closed: bool = False,
        has_profile: bool = False,
    ) -> None:
        """Keep a problem for each field that is neither known nor an extension with a namespace.

        `is_closed`: no extension may stand here; `has_profile`: the profile has terms here, which others judge.
        """
        if not has_profile and not is_closed:
            for term, name in self.extensions.strip(node).items():
                self.rule(refuse("profile.term_misplaced", where + pointer_of(name), term))
        for name in node.keys() - known:
            if name in self.extensions.accepted and not is_closed:
                continue
            place = where + pointer_of(name)
            if is_closed:
                meant = likely(name, known, fallback=False) or ", ".join(sorted(known))
                self.problems.append(refuse("field.not_allowed_here", place, name, likely=meant))
                continue
            wrong = check_field_name(name, self.prefixes, known, place)
            self.problems += wrong
            if not wrong:
                self.extensions.accept(name)

    def uri(self, value: object, where: str, position: int | None = None) -> str | None:
        """Return an identifier in canonical form; a declared prefix is written out."""
        if type(value) is not str:
            self.wrong_type(_at(where, position), value, "identifier")
            return None
        known = self.extensions.canonical.get(value)
        if known is not None:
            return known
        text = value if value.startswith(_SETTLED) else expand_name(value, self.prefixes)
        found, wrong = read_identifier(text)
        if wrong:
            self.problems += [problem.at(_at(where, position)) for problem in wrong]
        elif found is not None:
            self.extensions.keep_canonical(value, found.uri)
        return found.uri if found is not None else None

    def rows(self, node: Mapping[str, object], name: str, where: str = "") -> list[object]:
        """Return the items of a field that is a list; none when it is absent."""
        value = node.get(name, ABSENT)
        if value is ABSENT:
            return []
        if type(value) is list:
            return value
        self.wrong_type(f"{where}/{name}", value, "list")
        return []

    def uris(self, node: Mapping[str, object], name: str) -> tuple[str, ...]:
        """Return the identifiers of a list, each once. One written twice is refused, for it counts one object twice;
        one written in two ways is remarked.
        """
        if name not in node:
            return ()
        where = "/" + name
        rows = self.rows(node, name)
        found = [self.uri(value, where, i) for i, value in enumerate(rows)]
        if None not in found and len(set(found)) == len(found):
            return tuple(found)  # type: ignore[arg-type]  # None was looked for
        first: dict[str, object] = {}
        for i, uri in enumerate(found):
            if uri is None:
                continue
            if uri not in first:
                first[uri] = rows[i]
            elif first[uri] == rows[i]:
                self.problems.append(refuse("identifier.twice", f"{where}/{i}", uri))
            else:
                self.problems.append(remark("identifier.same_object", f"{where}/{i}", rows[i], other=first[uri]))
        return tuple(first)

    def instant(self, node: Mapping[str, object], name: str, where: str = "") -> datetime | None:
        """Return the instant of a field, None when it is absent or malformed."""
        value = node.get(name, ABSENT)
        if value is ABSENT:
            return None
        if type(value) is not str:
            self.wrong_type(f"{where}/{name}", value, "date and time")
            return None
        at, wrong = read_instant(value)
        if wrong:
            self.problems += [problem.at(f"{where}/{name}") for problem in wrong]
        return at

    def word(self, value: object, field: str, where: str, position: int | None = None) -> str | None:
        """Return a word of GS1's vocabulary bare, or the absolute URI of somebody else's word."""
        if type(value) is not str:
            self.wrong_type(_at(where, position), value, "word")
            return None
        known = self.words.meaning[field].get(value)
        if known is not None:
            return known
        text = value if value.startswith(_SETTLED) else expand_name(value, self.prefixes)
        known = self.words.read(field, text)
        place = _at(where, position)
        if known is not None:
            if text.startswith("urn:"):
                self.problems.append(remark("word.old_form", place, value, word=known))
            return known
        if ":" not in text or self.words.is_reserved(field, text):
            self.problems.append(refuse("word.unknown", place, value, likely=self.words.likely(field, text)))
            return None
        if self.words.is_at_home(field, text):
            self.problems.append(remark("word.not_in_schema", place, value, likely=self.words.likely(field, text)))
        return self.uri(text, where, position)

    def number(self, node: Mapping[str, object], name: str, where: str) -> Decimal | None:
        """Return the number of a field exactly; None when it is absent or no number."""
        value = node.get(name, ABSENT)
        if value is ABSENT:
            return None
        if type(value) is Decimal:
            return value
        if type(value) is int:
            return Decimal(value)
        self.wrong_type(f"{where}/{name}", value, "number")
        return None

    def text(self, node: Mapping[str, object], name: str, where: str = "") -> str | None:
        """Return the text of a field; None when it is absent, empty or no text."""
        value = node.get(name, ABSENT)
        if value is ABSENT:
            return None
        if type(value) is str and value.strip():
            return value
        self.wrong_type(f"{where}/{name}", value, "text")
        return None

    def place(self, event: Mapping[str, object], name: str) -> str | None:
        """Return the identifier of a read point or business location."""
        value = event.get(name, ABSENT)
        if value is ABSENT:
            return None
        if type(value) is not dict:
            self.wrong_type("/" + name, value, '{"id": ...}')
            return None
        if len(value) > 1:
            self.names(value, _PLACE_FIELDS, "/" + name)
        if "id" not in value:
            self.problems.append(refuse("field.missing", "/" + name, "id"))
            return None
        return self.uri(value["id"], f"/{name}/id")

    def pairs(self, event: Mapping[str, object], list_name: str, name: str, field: str) -> tuple[tuple[str, str], ...]:
        """Return (type, identifier) of a list of business transactions, sources or destinations.

        A transaction may lack its type, which then is empty (EPCIS 2.0, 7.3.5.3).
        """
        if list_name not in event:
            return ()
        found = []
        for i, row in enumerate(self.rows(event, list_name)):
            where = f"/{list_name}/{i}"
            if type(row) is not dict:
                self.wrong_type(where, row, "object")
                continue
            if len(row) > 2 or "type" not in row or name not in row:
                self.names(row, frozenset(["type", name]), where, is_closed=True)
                needed = [name] if name == "bizTransaction" else ["type", name]
                self.problems += [refuse("field.missing", where, n) for n in needed if n not in row]
            kind = self.word(row["type"], field, f"{where}/type") if "type" in row else ""
            uri = self.uri(row[name], f"{where}/{name}") if name in row else None
            if kind is not None and uri is not None:
                found.append((kind, uri))
        return tuple(found)

    def goods(self, event: Mapping[str, object], name: str) -> tuple[Goods, ...]:
        """Return the quantities of a list in base units, each with its lot."""
        if name not in event:
            return ()
        found = []
        for i, row in enumerate(self.rows(event, name)):
            where = f"/{name}/{i}"
            if type(row) is not dict:
                self.wrong_type(where, row, "object")
                continue
            if not row.keys() <= _QUANTITY_FIELDS:
                self.names(row, _QUANTITY_FIELDS, where, is_closed=True)
            if "epcClass" not in row:
                self.problems.append(refuse("field.missing", where, "epcClass"))
                continue
            lot = self.uri(row["epcClass"], where + "/epcClass")
            amount, unit = self._amount(row, where)
            if lot is not None:
                declared = str(row["quantity"]) if amount is not None else ""
                written = row.get("uom", "")
                found.append(Goods(lot, amount, unit, declared, written if type(written) is str else ""))
        return tuple(found)

    def _amount(self, row: Mapping[str, object], where: str) -> tuple[Decimal | None, str]:
        """Return the amount of a quantity element and its base unit."""
        amount = self.number(row, "quantity", where)
        uom = row.get("uom", ABSENT)
        if amount is not None and amount < 0:
            self.problems.append(refuse("quantity.negative", f"{where}/quantity", amount))
        if uom is ABSENT:
            if amount is not None and amount % 1:
                self.rule(refuse("quantity.part_of_a_piece", f"{where}/quantity", amount))
            return amount, PIECE
        if type(uom) is not str:
            self.wrong_type(where + "/uom", uom, "unit code")
            return amount, PIECE
        if amount is None:
            self.rule(refuse("quantity.unit_alone", where + "/uom", uom))
            return None, KILOGRAM if uom == KILOGRAM else PIECE
        if uom == KILOGRAM:
            return amount, KILOGRAM
        return self._converted(amount, uom, where + "/uom")

    def _converted(self, amount: Decimal, uom: str, where: str) -> tuple[Decimal, str]:
        unit = self.units.unit(uom)
        in_base = self.units.base(amount, uom, where, expected=QUANTITY_DIMENSIONS)
        if isinstance(in_base, Problem):
            if unit is None:
                self.problems.append(in_base)
            else:
                self.rule(in_base)
            return amount, uom
        assert unit is not None, "a unit that converts is known"
        return in_base[0], unit.base


def _at(where: str, position: int | None) -> str:
    return where if position is None else f"{where}/{position}"
