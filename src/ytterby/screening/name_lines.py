"""Queries and targets as JSON lines: `{id, schema, name}` and `{id, schema, names[]}`, and what is wrong."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.name_check import check_name
from ytterby.screening.name_index import Bearer
from ytterby.terms.problem import Problem, refuse

LINE_LENGTH_MAX = 200_000
NAMES_MAX = 500
# What else FollowTheMoney calls what is screened here.
_SCHEMAS = {schema.value: schema for schema in EntrySchema} | {
    "Company": EntrySchema.ORGANIZATION,
    "PublicBody": EntrySchema.ORGANIZATION,
    "Thing": EntrySchema.LEGAL_ENTITY,
    "": EntrySchema.LEGAL_ENTITY,
}
SCHEMAS = tuple(sorted(name for name in _SCHEMAS if name))


@dataclass(frozen=True, slots=True)
class QueryLine:
    """A name to be screened. `cls`, `target` and `is_positive` are known of those of an evaluation."""

    id: str
    schema: EntrySchema
    name: str
    cls: str = ""
    target: str = ""
    is_positive: bool = False


def schema_of(word: str) -> EntrySchema | None:
    """Return the schema that a word names; empty: either a person or a body."""
    return _SCHEMAS.get(word)


def parse_queries(lines: Iterable[str]) -> tuple[list[QueryLine], list[Problem]]:
    """Return the queries of JSON lines, and what is wrong; a line with a problem that refuses gives no query."""
    found: list[QueryLine] = []
    problems: list[Problem] = []
    for pointer, row in _rows(lines, problems):
        key, schema = _head(row, pointer, problems)
        name = row.get("name")
        if not isinstance(name, str):
            problems.append(refuse("screening.field", f"{pointer}/name", name, field="name"))
            continue
        if key is not None and schema is not None:
            cls, target = str(row.get("cls") or ""), str(row.get("target") or "")
            found.append(QueryLine(key, schema, name, cls, target, str(row.get("label", "")) in {"1", "True", "true"}))
    return found, problems


def parse_targets(lines: Iterable[str]) -> tuple[list[Bearer], list[Problem]]:
    """Return the targets of JSON lines, and what is wrong. A name is a text, or `{text, kind}`."""
    found: dict[str, Bearer] = {}
    problems: list[Problem] = []
    for pointer, row in _rows(lines, problems):
        key, schema = _head(row, pointer, problems)
        names = _names(row.get("names"), pointer, problems)
        if key is None or schema is None or names is None:
            continue
        if key in found:
            problems.append(refuse("screening.duplicate", f"{pointer}/id", key))
            continue
        found[key] = Bearer(key, str(row.get("list") or ""), schema, names)
    return list(found.values()), problems


def _rows(lines: Iterable[str], problems: list[Problem]) -> Iterable[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        pointer = f"line {number}"
        row = None
        if len(line) <= LINE_LENGTH_MAX:
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
        if isinstance(row, dict):
            yield pointer, row
        else:
            problems.append(refuse("screening.line", pointer, line))


def _head(row: dict[str, Any], pointer: str, problems: list[Problem]) -> tuple[str | None, EntrySchema | None]:
    key = row.get("id", row.get("qid"))
    if not isinstance(key, str | int) or key == "" or isinstance(key, bool):
        problems.append(refuse("screening.field", f"{pointer}/id", key, field="id"))
        key = None
    word = row.get("schema", "")
    schema = schema_of(word) if isinstance(word, str) else None
    if schema is None:
        problems.append(refuse("screening.schema", f"{pointer}/schema", word, known=", ".join(SCHEMAS)))
    return None if key is None else str(key), schema


def _names(value: object, pointer: str, problems: list[Problem]) -> tuple[tuple[str, NameKind], ...] | None:
    """Return the names of a target that can be compared."""
    if not isinstance(value, list) or not value or len(value) > NAMES_MAX:
        problems.append(refuse("screening.field", f"{pointer}/names", value, field="names"))
        return None
    found = []
    for place, one in enumerate(value):
        text, kind = (one, "primary") if isinstance(one, str) else _named(one)
        if text is None or kind not in set(NameKind):
            problems.append(refuse("screening.field", f"{pointer}/names/{place}", one, field="names"))
            return None
        wrong = [problem for problem in check_name(text, f"{pointer}/names/{place}") if problem.code in _SKIPPED]
        problems += wrong
        if not wrong:
            found.append((text, NameKind(kind)))
    return tuple(found)


_SKIPPED = frozenset({"screening.name_empty", "screening.name_too_long"})


def _named(one: object) -> tuple[str | None, str]:
    if not isinstance(one, dict):
        return None, ""
    text = one.get("text")
    return (text if isinstance(text, str) else None), str(one.get("kind", "primary"))
