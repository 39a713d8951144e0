"""Derive: bring what is derived up to the head of the log. Who may: whoever runs the register."""

from typing import NamedTuple

from ytterby.shell.site.register import Register
from ytterby.shell.store.derived.deriving import Progress, derive_to, nothing_to_tell
from ytterby.shell.store.derived.digest import derived_digest
from ytterby.shell.store.derived.postings import live_edition


class Derived(NamedTuple):
    """How far the live edition is derived, and the digest over all of it, hexadecimal."""

    derived_to: int
    edition: int
    derived_digest: str


def derive_all(register: Register, progress: Progress = nothing_to_tell) -> Derived:
    """Derive up to the head as it is now."""
    derived_to = derive_to(register.size, progress=progress)
    edition = live_edition().number
    return Derived(derived_to, edition, derived_digest(edition))
