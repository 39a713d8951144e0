"""One thing that is stored and does not agree with the rest."""

from typing import NamedTuple

from ytterby.terms.problem import Problem


class Failure(NamedTuple):
    """Where in the log (None: elsewhere), what is wrong, and the invariant that it breaks: the problem's code."""

    at: int | None
    what: str
    problem: Problem
