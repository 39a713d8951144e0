"""Documents that goods need no licence, and what was said of them, that do not hold (threat O3)."""

from collections.abc import Iterator

from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.site.register import Register
from ytterby.shell.store.not_controlled import unsound_documents
from ytterby.terms.problem import finding


def unsound_free_goods(register: Register) -> Iterator[Unsound]:
    """Name each record that does not hold when it is read again: its note, its form, its place among the others."""
    for index, what in unsound_documents(register):
        yield Unsound(finding("not_controlled.replay"), at_entry(index), what)
