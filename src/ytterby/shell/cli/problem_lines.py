"""Problems as the command line writes them: `file pointer: sentence. Cure.`, and their JSON."""

from collections.abc import Iterable
from typing import Any

from rich.text import Text

from ytterby.shell.cli.screen import Screen, plain
from ytterby.shell.wording import sentence
from ytterby.terms.problem import Problem, Severity, Where

STYLES = {Severity.REFUSE: "", Severity.FINDING: "yellow", Severity.REMARK: "dim"}


def problem_json(problem: Problem, file: str, language: str) -> dict[str, Any]:
    """Return a problem with the keys of the contract."""
    text, cure = sentence(problem, language)
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "where": where_json(problem.where, file),
        "value": problem.value,
        "text": text,
        "cure": cure,
    }


def where_json(where: Where, file: str) -> dict[str, Any]:
    """Return the place of a problem: a pointer, or sheet, row and column."""
    if where.sheet or where.row is not None:
        return {"file": where.file or file, "sheet": where.sheet, "row": where.row, "column": where.column}
    return {"file": where.file or file, "pointer": where.pointer}


def show_problems(screen: Screen, problems: Iterable[Problem], file: str) -> None:
    """Write each problem on a line of its own: refusals first, each kind in the order of the document."""
    for severity in (Severity.REFUSE, Severity.FINDING, Severity.REMARK):
        for problem in problems:
            if problem.severity is severity:
                screen.line(problem_line(problem, file, screen))


def problem_line(problem: Problem, file: str, screen: Screen) -> Text:
    """Return one line of a problem."""
    text, cure = sentence(problem, screen.language)
    pointer = _pointer(problem.where)
    place = ("" if pointer.startswith(":") else " ").join(filter(None, (problem.where.file or file, pointer)))
    said = Text.assemble(("  " + plain(place), "dim"), ": " if place else "", (plain(text), STYLES[problem.severity]))
    return said.append(screen.joint + plain(cure), style="dim") if cure else said


def _pointer(where: Where) -> str:
    if where.sheet or where.row is not None:
        return f"{where.sheet}!{where.column}{where.row or ''}" if where.sheet else f":{where.row}"
    return where.pointer
