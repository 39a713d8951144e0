"""Problems as a line of a form: sentence and cure, in the reader's language."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import get_language

from ytterby.shell.wording import sentence, word
from ytterby.terms.problem import Problem


def told(problems: Iterable[Problem]) -> str:
    """Return what is wrong and what to do about it."""
    language = get_language() or "en"
    return " ".join(part for one in problems for part in sentence(_worded(one, language), language) if part)


def _worded(problem: Problem, language: str) -> Problem:
    """Return a problem whose reason is said in words."""
    why = problem.facts.get("why")
    if why is None:
        return problem
    return replace(problem, facts={**problem.facts, "why": word("signature", why, language)})
