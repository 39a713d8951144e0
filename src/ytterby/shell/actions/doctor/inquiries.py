"""Steps of cases and draws of samples that have no effect, since they do not hold (threat O3)."""

from collections.abc import Iterator

from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.site.register import Register
from ytterby.shell.store.inquiries import stored_cases
from ytterby.shell.store.samples import stored_samples
from ytterby.terms.problem import finding


def unsound_inquiries(register: Register) -> Iterator[Unsound]:
    """Name each record of a case or a sample that was entered and does not hold when it is stepped through again."""
    for index, what in (*stored_cases(register).flaws, *stored_samples(register).flaws):
        yield Unsound(finding("inquiry.replay"), at_entry(index), what)
