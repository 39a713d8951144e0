"""Answers of customs, rows of messages, and records about the office that do not hold (threats O3, D3, Q4)."""

from collections.abc import Iterator

from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.site.register import Register
from ytterby.shell.store.customs import customs_flaws
from ytterby.shell.store.office_roster import roster_from
from ytterby.terms.problem import finding


def unsound_customs(register: Register) -> Iterator[Unsound]:
    """Name each answer that nobody who is customs gave, and each row that is not what the log says."""
    for index, what in customs_flaws(register):
        yield Unsound(finding("customs.replay"), at_entry(index), what)


def unsound_office(register: Register) -> Iterator[Unsound]:
    """Name each record about the office that was entered and does not hold when it is gone through again."""
    for index, what in roster_from(register)[1]:
        yield Unsound(finding("office.replay"), at_entry(index), what)
