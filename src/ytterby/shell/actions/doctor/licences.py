"""Licences, what is drawn on them and where they stand, worked out again from the log (threats D1, O3, Q4)."""

from collections.abc import Iterator

from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.site.register import Register
from ytterby.shell.store.licence_replay import replay_licences, stored_rows, wanted_rows
from ytterby.terms.problem import finding


def unsound_licences(register: Register) -> Iterator[Unsound]:
    """Name each record of a licence that does not hold, and each row that is not what the records come to."""
    found = replay_licences(register)
    for index, what in found.flaws:
        yield Unsound(finding("licence.replay"), at_entry(index), what)
    wanted = dict(wanted_rows(found))
    for where, said in stored_rows():
        if where not in wanted:
            yield Unsound(finding("licence.rows"), where, "no record gives it")
        elif wanted.pop(where) != said:
            yield Unsound(finding("licence.rows"), where, "it is not what the records come to")
    for where in wanted:
        yield Unsound(finding("licence.rows"), where, "the row is gone")
