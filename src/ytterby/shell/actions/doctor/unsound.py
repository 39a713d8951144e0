"""One thing that is not as it must be."""

from collections.abc import Callable
from typing import NamedTuple

from ytterby.terms.problem import Problem

# Hears which part is being looked at, and how far it went.
Tell = Callable[[str, int], None]


class Unsound(NamedTuple):
    """The invariant that does not hold (the problem's code; sentence and cure stand in the catalogue), where, what."""

    problem: Problem
    where: str
    what: str


def at_entry(index: int | None) -> str:
    """Return how a place in the log is called."""
    return "register" if index is None else f"log entry {index}"
