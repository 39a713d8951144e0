"""What cannot be true of the rules for dossiers of one pack, and of what it says of fields, once their shape is right.

Nobody is required to state what no law asks for; what is sensitive and merely practice is not asked by default; a
check names fields that are there and of the kind that it compares.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ytterby.law.basis import Basis
from ytterby.law.dossier_rule import (
    ALIKE,
    CHOICE,
    CONCRETE,
    END_USE,
    ONE,
    QUANTITIES,
    QUANTITY,
    TRANSLATED,
)
from ytterby.law.shape import twice
from ytterby.terms.problem import Problem, pointer, refuse

Json = Mapping[str, Any]
_WHOLE = Decimal(1)
# Which key a check of a kind needs, of how many places it is at least, and of which kind of value.
_NEEDS = {QUANTITIES: "tolerance", CONCRETE: "end_use", TRANSLATED: "language"}
_PLACES_LEAST = {ALIKE: 2, QUANTITIES: 2}
_VALUE = {QUANTITIES: QUANTITY, CONCRETE: END_USE}


def dossier_problems(content: Json) -> list[Problem]:
    """Return everything that the parts `dossier`, `end_use` and `field_basis` of a pack say wrongly."""
    problems = [*_basis_problems(content), *_end_use_problems(content.get("end_use"))]
    dossier = content.get("dossier")
    if dossier is not None:
        problems += [*_document_problems(dossier), *_check_problems(dossier)]
    return problems


def _basis_problems(content: Json) -> Iterator[Problem]:
    rows = content.get("field_basis", ())
    yield from twice((pointer("field_basis", number, "id"), row["id"]) for number, row in enumerate(rows))
    for number, row in enumerate(rows):
        yield from _ground(row, pointer("field_basis", number))


def _ground(row: Json, where: str) -> Iterator[Problem]:
    """Yield what is wrong with the basis of a field."""
    name = row["id"]
    if (row["basis"] == Basis.LAW) != ("rule" in row):
        yield refuse("fields.law_without_rule", where + "/basis", name)
    if row.get("required") and row["basis"] not in {Basis.LAW, Basis.INTELLIGIBLE}:
        yield refuse("fields.required_without_law", where + "/required", name)


def _end_use_problems(rules: Json | None) -> Iterator[Problem]:
    if rules is None:
        return
    yield from twice((pointer("end_use", "elements", n, "id"), one["id"]) for n, one in enumerate(rules["elements"]))
    if not rules["elements"]:
        yield refuse("pack.kind", pointer("end_use", "elements"), "[]", wanted="a list of at least one element")
    for number, one in enumerate(rules["elements"]):
        for language, said in one["phrase"].items():
            if said.count("{value}") != 1:
                where = pointer("end_use", "elements", number, "phrase", language)
                yield refuse("pack.kind", where, said, wanted="words with {value} once")
    for number, one in enumerate(rules["vague"]):
        where = pointer("end_use", "vague", number, "words")
        yield from twice((where + pointer(n), said.lower()) for n, said in enumerate(one["words"]))


def _document_problems(dossier: Json) -> Iterator[Problem]:
    documents = [(pointer("dossier", "documents", n), row) for n, row in enumerate(dossier["documents"])]
    yield from twice((where + "/document", row["document"]) for where, row in documents)
    names = [row["document"] for _, row in documents]
    if dossier["application"] not in names:
        where = pointer("dossier", "application")
        yield refuse("pack.unknown_reference", where, dossier["application"], known=", ".join(names))
    for where, row in documents:
        yield from twice((where + pointer("fields", n, "id"), one["id"]) for n, one in enumerate(row["fields"]))
        for number, one in enumerate(row["fields"]):
            yield from _field_problems(one, where + pointer("fields", number))


def _field_problems(row: Json, where: str) -> Iterator[Problem]:
    yield from _ground(row, where)
    if row.get("sensitive") and row["basis"] != Basis.LAW and row.get("asked", True):
        yield refuse("fields.sensitive_asked", where + "/asked", row["id"])
    if (row["value"] == CHOICE) != ("choices" in row):
        yield refuse("pack.contradiction", where, row["id"], what="value, choices")
    if row["id"].count(".") > 1 or row["id"].startswith(".") or row["id"].endswith("."):
        yield refuse("pack.kind", where + "/id", row["id"], wanted="a name, or list.name")
    if row.get("until", "9999-12-31") <= row.get("effective", ""):
        yield refuse("pack.dates_reversed", where + "/until", row["until"], first=row["effective"])


def _check_problems(dossier: Json) -> Iterator[Problem]:
    fields = {(row["document"], one["id"]): one["value"] for row in dossier["documents"] for one in row["fields"]}
    documents = {row["document"] for row in dossier["documents"]}
    yield from twice((pointer("dossier", "checks", n, "id"), one["id"]) for n, one in enumerate(dossier["checks"]))
    for number, row in enumerate(dossier["checks"]):
        where, kind = pointer("dossier", "checks", number), row["kind"]
        if (row["basis"] == Basis.LAW) != ("rule" in row):
            yield refuse("fields.law_without_rule", where + "/basis", row["id"])
        needed = _NEEDS.get(kind)
        if needed is not None and needed not in row:
            yield refuse("pack.missing_field", where, needed, name=needed)
        if len(row["in"]) < _PLACES_LEAST.get(kind, 1) or (kind == ONE and len(row["in"]) > 1):
            yield refuse("pack.kind", where + "/in", len(row["in"]), wanted="as many places as the check compares")
        for name in ("tolerance", "near"):
            if Decimal(row.get(name, "0")) > _WHOLE:
                yield refuse("pack.kind", where + pointer(name), row[name], wanted="a part of 1, in quotes")
        for place, said in enumerate(row["in"]):
            at = where + pointer("in", place)
            document, _, field = said.partition("#")
            if kind == TRANSLATED:
                if said not in documents:
                    yield refuse("pack.unknown_reference", at, said, known=", ".join(sorted(documents)))
            elif (document, field) not in fields:
                known = ", ".join(f"{one}#{name}" for one, name in fields if one == document or not document)
                yield refuse("pack.unknown_reference", at, said, known=known or ", ".join(sorted(documents)))
            elif fields[document, field] != _VALUE.get(kind, fields[document, field]):
                yield refuse("pack.contradiction", at, said, what=f"kind, value {fields[document, field]}")
        if "same" in row and (row["in"][0].partition("#")[0], row["same"]) not in fields:
            yield refuse("pack.unknown_reference", where + "/same", row["same"], known=", ".join(n for _, n in fields))
