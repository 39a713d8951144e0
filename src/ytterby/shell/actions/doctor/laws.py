"""Records of law that have no effect, since they do not hold, and packs in force that do not fit (threats D5, O3)."""

from collections.abc import Iterator

from ytterby.shell.actions.doctor.unsound import Unsound, at_entry
from ytterby.shell.site.register import Register
from ytterby.shell.store.laws import fold, stored_laws
from ytterby.terms.problem import finding


def unsound_laws(register: Register) -> Iterator[Unsound]:
    """Name each record of a proposal, an activation, a withdrawal or a settlement that does not hold when it is
    replayed: by whom, signed, two people, the digest of each pack, the instant not before the confirmation.
    """
    for index, what in stored_laws(register).flaws:
        yield Unsound(finding("law.replay"), at_entry(index), what)


def unfit_laws(register: Register) -> Iterator[Unsound]:
    """Name each instant from which the packs in force do not fit together with those that come with this version."""
    laws = stored_laws(register)
    confirmed = laws.confirmed()
    for number, one in enumerate(confirmed, 1):
        _, problems = fold(confirmed[:number], laws.settled())
        for problem in problems:
            what = f"from {one.start.isoformat()} on: {problem.code} {problem.value} at {problem.where.pointer}"
            yield Unsound(finding("law.fits"), at_entry(one.index), what)
