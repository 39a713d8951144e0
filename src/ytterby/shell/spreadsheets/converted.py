"""What a conversion comes to, and how it passes from the child process to its parent: as JSON, nothing executable."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ytterby.chain.spreadsheet.cell import Place, Places
from ytterby.terms.problem import Problem, Severity, Where

NO_PLACES = Places({})
# How a child ends that had too little memory; it stands here so that no parent loads the child's parsers.
OUT_OF_MEMORY = 17


@dataclass(frozen=True, slots=True)
class Converted:
    """The derived document (empty where a problem refuses), places by pointer, problems, which sheets it had."""

    document: bytes = b""
    places: Places = NO_PLACES
    problems: tuple[Problem, ...] = ()
    sheets: frozenset[str] = frozenset()


def to_wire(converted: Converted) -> bytes:
    """Return an outcome as the child writes it."""
    answer = {
        "document": converted.document.decode(),
        "places": [[pointer, *place] for pointer, place in converted.places.by_pointer.items()],
        "problems": [problem_fields(problem) for problem in converted.problems],
        "sheets": sorted(converted.sheets),
    }
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")


def from_wire(raw: bytes) -> Converted:
    """Return an outcome as the parent reads it.

    Raises:
        ValueError: it is not what a child writes.
    """
    try:
        answer = json.loads(raw.decode("utf-8", "surrogatepass"))
        places = {str(p): Place(str(s), int(r), int(c)) for p, s, r, c in answer["places"]}
        problems = tuple(problem_of(fields) for fields in answer["problems"])
        sheets = frozenset(str(sheet) for sheet in answer["sheets"])
        return Converted(str(answer["document"]).encode(), Places(places), problems, sheets)
    except (KeyError, TypeError, UnicodeError) as error:
        raise ValueError(f"no outcome of a conversion: {error!r}") from None


def problem_fields(problem: Problem) -> dict[str, Any]:
    """Return a problem as it is kept: a place of a spreadsheet beside the pointer, where there is one."""
    fields: dict[str, Any] = {
        "code": problem.code,
        "pointer": problem.where.pointer,
        "value": problem.value,
        "facts": dict(problem.facts),
        "severity": problem.severity.value,
    }
    if problem.where.sheet or problem.where.row is not None:
        fields |= {"sheet": problem.where.sheet, "row": problem.where.row, "column": problem.where.column}
    return fields


def problem_of(fields: dict[str, Any]) -> Problem:
    """Return a problem as it was kept."""
    where = Where(
        pointer=str(fields["pointer"]),
        sheet=str(fields.get("sheet", "")),
        row=fields.get("row"),
        column=str(fields.get("column", "")),
    )
    facts = {str(name): str(fact) for name, fact in fields["facts"].items()}
    return Problem(str(fields["code"]), where, str(fields["value"]), facts, Severity(fields["severity"]))


def refused(problems: Iterable[Problem]) -> Converted:
    """Return an outcome without a document."""
    return Converted(problems=tuple(problems))
