"""The problems of a submission as they are stored: JSON, over whose bytes the outcome receipt speaks."""

import json
from collections.abc import Iterable
from typing import Any

from ytterby.terms.problem import Problem, Severity, Where


def write_problems(problems: Iterable[Problem]) -> str:
    """Return problems as they are stored; the place in a spreadsheet only where there is one."""
    return json.dumps([_row(problem) for problem in problems], ensure_ascii=False)


def _row(problem: Problem) -> dict[str, Any]:
    where = problem.where
    in_sheet = {"file": where.file, "sheet": where.sheet, "row": where.row, "column": where.column}
    return {
        "code": problem.code,
        "pointer": where.pointer,
        "value": problem.value,
        "facts": dict(problem.facts),
        "severity": problem.severity.value,
        **{name: value for name, value in in_sheet.items() if value not in {"", None}},
    }


def read_problems(text: str) -> tuple[Problem, ...]:
    """Return stored problems as they were found.

    Raises:
        ValueError, KeyError: the text is not what `write_problems` wrote.
    """
    return tuple(
        Problem(
            row["code"],
            Where(row["pointer"], row.get("file", ""), row.get("sheet", ""), row.get("row"), row.get("column", "")),
            row["value"],
            row["facts"],
            Severity(row["severity"]),
        )
        for row in json.loads(text)
    )
