"""The problems of a submission as they are stored: JSON, over whose bytes the outcome receipt speaks."""

import json
from collections.abc import Iterable

from ytterby.terms.problem import Problem, problem_fields, problem_of


def write_problems(problems: Iterable[Problem]) -> str:
    """Return problems as they are stored."""
    return json.dumps([problem_fields(problem) for problem in problems], ensure_ascii=False)


def read_problems(text: str) -> tuple[Problem, ...]:
    """Return stored problems as they were found.

    Raises:
        ValueError, KeyError, TypeError: the text is not what `write_problems` wrote.
    """
    return tuple(problem_of(fields) for fields in json.loads(text))
