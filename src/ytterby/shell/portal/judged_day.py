"""On which day returns and quotas are judged: `?known_on=2026-04-20`, today unless said otherwise."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from ytterby.shell.actions.clock import now

PARAMETER = "known_on"


class JudgedDay(NamedTuple):
    """A day, and what the address said of it; empty where it said nothing that can be read."""

    on: date
    asked: str
    is_misread: bool

    @property
    def query(self) -> dict[str, str]:
        """Return what a link to another page of the same day carries."""
        return {PARAMETER: self.asked} if self.asked else {}


def judged_day(query: Mapping[str, str]) -> JudgedDay:
    """Return the day that a query asks for; one that cannot be read is said, and today is taken."""
    text = query.get(PARAMETER, "").strip()
    if not text:
        return JudgedDay(now().date(), "", is_misread=False)
    try:
        return JudgedDay(date.fromisoformat(text), text, is_misread=False)
    except ValueError:
        return JudgedDay(now().date(), "", is_misread=True)
