"""Runs, opinions and samples of screening that have no effect, since they do not hold (threats D6, O3)."""

from collections.abc import Iterator

from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.site.register import Register
from ytterby.shell.store.screenings import stored_screenings
from ytterby.terms.problem import finding


def unsound_screenings(register: Register) -> Iterator[Unsound]:
    """Name each record of screening that was entered and does not hold when it is gone through again."""
    for index, what in stored_screenings(register).flaws:
        yield Unsound(finding("screening.replay"), at_entry(index), what)
