"""How what a conversion comes to passes from the child process to its parent: as JSON, nothing executable."""

import json
from collections.abc import Iterable

from ytterby.chain.spreadsheet.cell import Place, Places
from ytterby.chain.spreadsheet.conversion import Conversion
from ytterby.terms.problem import Problem, problem_fields, problem_of


def to_wire(made: Conversion) -> bytes:
    """Return an outcome as the child writes it."""
    answer = {
        "document": made.document.decode(),
        "places": [[pointer, *place] for pointer, place in made.places.by_pointer.items()],
        "problems": [problem_fields(problem) for problem in made.problems],
        "sheets": sorted(made.sheets),
    }
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")


def from_wire(raw: bytes) -> Conversion:
    """Return an outcome as the parent reads it.

    Raises:
        ValueError: it is not what a child writes.
    """
    try:
        answer = json.loads(raw.decode("utf-8", "surrogatepass"))
        places = {str(p): Place(str(s), int(r), int(c)) for p, s, r, c in answer["places"]}
        problems = tuple(problem_of(fields) for fields in answer["problems"])
        sheets = frozenset(str(sheet) for sheet in answer["sheets"])
        return Conversion(str(answer["document"]).encode(), Places(places), problems, sheets)
    except (KeyError, TypeError, UnicodeError) as error:
        raise ValueError(f"no outcome of a conversion: {error!r}") from None


def refused(problems: Iterable[Problem]) -> Conversion:
    """Return an outcome without a document."""
    return Conversion(problems=tuple(problems))
