"""Filings of parties that have no effect, since they do not hold (threats X3, O3)."""

from collections.abc import Iterator

from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.site.register import Register
from ytterby.shell.store.filed import stored_filed
from ytterby.terms.problem import finding


def unsound_filings(register: Register) -> Iterator[Unsound]:
    """Name each record of a filing that was entered and does not hold when it is gone through again."""
    for index, what in stored_filed(register).flaws:
        yield Unsound(finding("filed.replay"), at_entry(index), what)
