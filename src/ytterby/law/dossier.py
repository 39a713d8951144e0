"""A dossier as somebody tells it: the application and the documents that go with it, read strictly.

    {"schema": "ytterby-dossier/1", "procedure": "…", "kind": "individual", "asked": [],
     "application": {"applicant": "…", "goods": [{"name": "…", "quantity": {"amount": "1200", "unit": "KGM"}}], …},
     "documents": [{"document": "contract", "id": "K-1", "language": "en", "translations": ["zh"], "fields": {…}}]}

A text may be given as {"en": "…", "zh": "…"}; a field that may hold several takes a list. What is unknown by name is
refused, so that a slip of the pen is not reported as something missing; what is missing is no problem here. What is
sensitive stands in it only as {"sealed": digest}: the plain value is refused, since many hands pass a dossier on.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ytterby.law.dossier_rule import (
    CHOICE,
    COUNTRY,
    DAY,
    END_USE,
    QUANTITY,
    TRUTH,
    DossierRules,
    FieldRule,
)
from ytterby.law.end_use import read_end_use
from ytterby.law.procedure import Procedure
from ytterby.law.shape import LANGUAGES, TEXT_MAX, read_day
from ytterby.terms.problem import Problem, pointer, refuse
from ytterby.terms.quantity import UnitTable, plain_decimal

SCHEMA = "ytterby-dossier/1"
PAPERS_MAX, VALUES_MAX, ROWS_MAX, TOTAL_MAX = 100, 20, 200, 5000
_FIELDS = ("schema", "procedure", "kind", "asked", "application", "documents")
_PAPER_FIELDS = ("document", "id", "language", "translations", "fields")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_COUNTRY = re.compile(r"[A-Z]{2}")
# Of a capsule, or of a disclosure: SHA-256 in hexadecimal or base64url.
_DIGEST = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9_-]{43}")
_ID_MAX = 100
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity: as declared, and in the base unit of its dimension."""

    declared: str
    base: Decimal
    dimension: str


# A text is language -> text; one given in no language stands under an empty one.
Value = Any
Row = Mapping[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: what it holds, by field; `rows` are the rows of its lists, by list."""

    document: str
    id: str
    language: str
    translations: frozenset[str]
    values: Row
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def all(self, name: str) -> tuple[Value, ...]:
        """Return every value of a field, of a list's field those of all rows."""
        head, _, rest = name.partition(".")
        if not rest:
            return self.values.get(name, ())
        return tuple(value for row in self.rows.get(head, ()) for value in row.get(name, ()))


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is handed in: for which kind of licence, with what was asked for beyond the rule, and the papers."""

    kind: str
    asked: frozenset[str]
    papers: tuple[Paper, ...]


def read_dossier(
    value: Any, procedure: Procedure, rules: DossierRules | None, units: UnitTable
) -> tuple[Dossier | None, list[Problem]]:
    """Return a dossier from decoded JSON (numbers int or Decimal), or None and everything that is wrong with it."""
    if not isinstance(value, dict):
        return None, [refuse("dossier.kind", "", value, wanted="an object")]
    reader = _Reader(procedure, rules, units)
    reader.names(value, _FIELDS, "")
    reader.among(value, "schema", (SCHEMA,), "")
    reader.among(value, "procedure", (procedure.id,), "")
    kind = reader.among(value, "kind", tuple(procedure.licence_kinds), "")
    asked = reader.words(value, "asked", tuple(procedure.documents), "")
    papers = []
    if value.get("application") is not None:
        document = rules.application if rules is not None else next(iter(procedure.documents), "")
        papers.append(reader.paper({"document": document, "fields": value["application"]}, "", "/application"))
    rows = [] if value.get("documents") is None else value["documents"]
    if not isinstance(rows, list) or len(rows) > PAPERS_MAX:
        shown = type(rows).__name__
        reader.problems.append(refuse("dossier.kind", "/documents", shown, wanted=f"a list of at most {PAPERS_MAX}"))
        rows = []
    for number, row in enumerate(rows):
        where = pointer("documents", number)
        papers.append(reader.paper(row, where, where + "/fields"))
    found = tuple(paper for paper in papers if paper is not None)
    total = sum(_size(paper) for paper in found)
    if total > TOTAL_MAX:
        reader.problems.append(refuse("dossier.too_large", "", total, limit=TOTAL_MAX))
    return (None, reader.problems) if reader.problems else (Dossier(kind, frozenset(asked), found), [])


def _size(paper: Paper) -> int:
    rows = (row for rows in paper.rows.values() for row in rows)
    return sum(len(values) for row in (paper.values, *rows) for values in row.values())


class _Reader:
    """Reads the parts of a dossier; what is wrong is kept with its place."""

    def __init__(self, procedure: Procedure, rules: DossierRules | None, units: UnitTable) -> None:
        self._procedure = procedure
        self._rules = rules
        self._units = units
        self.problems: list[Problem] = []

    def _wrong(self, where: str, value: object, wanted: str) -> None:
        shown = value if isinstance(value, str | int | Decimal) else type(value).__name__
        self.problems.append(refuse("dossier.kind", where, shown, wanted=wanted))

    def names(self, value: Json, known: tuple[str, ...], where: str) -> None:
        """Keep each name that is none."""
        for name in value:
            if name not in known:
                allowed = ", ".join(known) or "-"
                place = where + pointer(str(name))
                self.problems.append(refuse("dossier.unknown_field", place, name, allowed=allowed))

    def among(self, value: Json, name: str, allowed: tuple[str, ...], where: str) -> str:
        """Return one of some words; nothing where none is stated."""
        found = value.get(name)
        return "" if found is None else self._choice(found, allowed, where + pointer(name))

    def _choice(self, found: object, allowed: tuple[str, ...], where: str) -> str:
        if isinstance(found, str) and found in allowed:
            return found
        shown = found if isinstance(found, str) else type(found).__name__
        self.problems.append(refuse("dossier.choice", where, shown, allowed=", ".join(allowed) or "-"))
        return ""

    def words(self, value: Json, name: str, allowed: tuple[str, ...], where: str) -> list[str]:
        """Return a list of some words."""
        found = value.get(name)
        if found is None:
            return []
        place = where + pointer(name)
        if not isinstance(found, list) or len(found) > VALUES_MAX:
            self._wrong(place, found, "a list")
            return []
        rows = dict(enumerate(found))
        return [one for at in rows if (one := self.among({str(at): rows[at]}, str(at), allowed, place))]

    def paper(self, row: Any, where: str, fields_at: str) -> Paper | None:
        """Return one document."""
        if not isinstance(row, dict):
            self._wrong(where, row, "an object")
            return None
        self.names(row, _PAPER_FIELDS, where)
        document = self.among(row, "document", tuple(self._procedure.documents), where)
        if "document" not in row:
            self.problems.append(refuse("dossier.missing_field", where, "document", name="document"))
        name = row.get("id")
        if name is not None and (not isinstance(name, str) or len(name) > _ID_MAX):
            self._wrong(where + "/id", name, "a short text")
            name = None
        language = self._language(row.get("language"), where + "/language")
        translations = [] if row.get("translations") is None else row["translations"]
        if not isinstance(translations, list) or len(translations) > VALUES_MAX:
            self._wrong(where + "/translations", translations, "a list of languages")
            translations = []
        into = [self._language(one, f"{where}/translations/{n}") for n, one in enumerate(translations)]
        fields = {} if row.get("fields") is None else row["fields"]
        if not isinstance(fields, dict):
            self._wrong(fields_at, fields, "an object of fields")
            fields = {}
        values, rows = self._fields(document, fields, fields_at)
        return Paper(document, name or "", language, frozenset(filter(None, into)), values, rows)

    def _language(self, value: object, where: str) -> str:
        if value is None:
            return ""
        if isinstance(value, str) and _LANGUAGE.fullmatch(value):
            return value.split("-")[0]
        self._wrong(where, value, "a language as en, zh")
        return ""

    def _fields(self, document: str, given: Json, where: str) -> tuple[Row, Mapping[str, tuple[Row, ...]]]:
        known = self._known(document)
        lists = {name.partition(".")[0] for name in known if "." in name}
        single = {name: rule for name, rule in known.items() if "." not in name}
        if document:
            self.names(given, (*single, *sorted(lists)), where)
        values = self._values({n: one for n, one in given.items() if n in single}, single, where)
        rows = {}
        for name in sorted(lists & given.keys()):
            inside = {rule.partition(".")[2]: one for rule, one in known.items() if rule.startswith(name + ".")}
            rows[name] = tuple(self._rows(given[name], name, inside, where + pointer(name)))
        return values, rows

    def _known(self, document: str) -> Mapping[str, FieldRule]:
        held = None if self._rules is None else self._rules.documents.get(document)
        return {} if held is None else held.fields

    def _rows(self, given: object, name: str, known: Mapping[str, FieldRule], where: str) -> Iterator[Row]:
        if not isinstance(given, list) or len(given) > ROWS_MAX:
            self._wrong(where, given, f"a list of at most {ROWS_MAX} rows")
            return
        for number, row in enumerate(given):
            place = where + pointer(number)
            if not isinstance(row, dict):
                self._wrong(place, row, "an object")
                continue
            self.names(row, tuple(known), place)
            values = self._values({n: one for n, one in row.items() if n in known}, known, place)
            yield {f"{name}.{one}": value for one, value in values.items()}

    def _values(self, given: Json, known: Mapping[str, FieldRule], where: str) -> Row:
        found = {}
        for name, value in given.items():
            place = where + pointer(name)
            many = value if isinstance(value, list) else [value]
            if len(many) > VALUES_MAX:
                self._wrong(place, len(many), f"at most {VALUES_MAX} values")
                continue
            at = [place + pointer(n) if isinstance(value, list) else place for n in range(len(many))]
            read = (self._value(one, known[name], here) for one, here in zip(many, at, strict=True))
            if values := tuple(one for one in read if one is not None):
                found[name] = values
        return found

    def _value(self, value: object, rule: FieldRule, where: str) -> Value | None:
        """Return one value; None where it is empty, or wrong."""
        if value is None or value in ("", {}):
            return None
        if rule.is_sensitive:
            return self._sealed(value, where)
        if rule.value == TRUTH:
            if not isinstance(value, bool):
                self._wrong(where, value, "true or false")
            # What was not undertaken is not stated.
            return value is True or None
        if rule.value == QUANTITY:
            return self._amount(value, where)
        if rule.value == END_USE:
            told, problems = read_end_use(value)
            self.problems += [one.at(where) for one in problems]
            return told
        if rule.value == DAY:
            if read_day(value) is None:
                self._wrong(where, value, "a day as 2026-11-24")
                return None
            return date.fromisoformat(str(value))
        if rule.value == CHOICE:
            return self._choice(value, rule.choices, where) or None
        if rule.value == COUNTRY:
            if not isinstance(value, str) or not _COUNTRY.fullmatch(value):
                self._wrong(where, value, "two capital letters (ISO 3166-1)")
                return None
            return {"": value}
        return self._text(value, where)

    def _sealed(self, value: object, where: str) -> Mapping[str, str] | None:
        """Return the digest of what was sealed; the plain value is refused and never quoted (threats A1, S1)."""
        digest = value.get("sealed") if isinstance(value, dict) and len(value) == 1 else None
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            self.problems.append(refuse("dossier.not_sealed", where))
            return None
        return {"": digest}

    def _text(self, value: object, where: str) -> Mapping[str, str] | None:
        told = value if isinstance(value, dict) else {"": value}
        is_good = all(isinstance(one, str) and one.strip() and len(one) <= TEXT_MAX for one in told.values())
        if not is_good or not (told.keys() <= {*LANGUAGES, ""}):
            self._wrong(where, value, f"text of at most {TEXT_MAX} characters, or one for each language")
            return None
        return told

    def _amount(self, value: object, where: str) -> Amount | None:
        if not isinstance(value, dict):
            self._wrong(where, value, '{"amount": "1200", "unit": "KGM"}')
            return None
        self.names(value, ("amount", "unit"), where)
        written, unit = value.get("amount"), value.get("unit")
        text = str(written) if isinstance(written, str | int | Decimal) and not isinstance(written, bool) else ""
        amount = plain_decimal(text)
        if amount is None:
            self._wrong(where + "/amount", written, "a decimal of at most 15 digits before and after the point")
            return None
        if unit is not None and not isinstance(unit, str):
            self._wrong(where + "/unit", unit, "a unit code as KGM")
            return None
        code = None if unit is None else self._units.likely_code(unit) or unit
        found = self._units.base(amount, code, where + "/unit")
        if isinstance(found, Problem):
            self.problems.append(found)
            return None
        return Amount(f"{text} {code or ''}".strip(), *found)
