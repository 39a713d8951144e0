"""Problems as answers: their JSON, which is that of the command line, and the status that goes with them."""

from collections.abc import Iterable
from typing import Any

from ytterby.shell.wording import sentence
from ytterby.terms.problem import Problem

Json = dict[str, Any]
# Codes that say that there is nothing here: whoever asks gets the answer that a stranger gets.
NOT_THERE = frozenset(
    {
        "case.unknown",
        "case.no_account",
        "licence.unknown",
        "customs.unknown_message",
        "customs.not_customs",
        "rights.disabled",
        "filed.not_an_account",
    }
)
CHANGED = frozenset({"case.changed_meanwhile"})
REFUSED, STALE = 422, 412


def problem_json(problem: Problem, language: str) -> Json:
    """Return a problem with the keys of the contract."""
    text, cure = sentence(problem, language)
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "where": {"file": problem.where.file, "pointer": problem.where.pointer},
        "value": problem.value,
        "text": text,
        "cure": cure,
    }


def problems_json(problems: Iterable[Problem], language: str) -> list[Json]:
    """Return problems in their order."""
    return [problem_json(one, language) for one in problems]
