"""Stages of the chain that rules ask about (mined, separated, …), as a pack says what counts as one.

A stage fills a fact with the countries in which it took place. It is told by the kind of source from which material
entered, by words for a process, or by what went in and came out: forms that are certainly `after` it, and forms that
are certainly `before` it; of all others nobody can tell. Material that enters in another form than one before a stage
may have passed it somewhere that the register did not see.
"""

from dataclasses import dataclass

from ytterby.law.trust import Trust, Words


@dataclass(frozen=True, slots=True)
class Stage:
    """What counts as one stage. `fact` is the place that it fills; `sources` kinds of origin that are it themselves."""

    fact: str
    sources: frozenset[str]
    processes: frozenset[str]
    site_kinds: frozenset[str]
    after: frozenset[str]
    before: frozenset[str]
    text: Words
    trust: Trust

    def is_before(self, form: str | None) -> bool:
        """Tell whether material of a form certainly did not pass the stage."""
        return form in self.before

    def may_be_at(
        self, process: str | None, site_kind: str, taken: frozenset[str | None], made: frozenset[str | None]
    ) -> bool:
        """Tell whether a step is the stage: by its process, else by its kind of site and what went in and came out."""
        if process is not None and process in self.processes:
            return True
        if not taken or not made & self.after or taken & self.after or None in taken:
            return False
        return site_kind in self.site_kinds or all(self.is_before(form) for form in taken)
