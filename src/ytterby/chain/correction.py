"""Which of the accepted events count, once error declarations are applied.

An error declaration equals its original in all but `errorDeclaration`; its effect is the end of the original's
postings, from the log size at which both are known. It is a function of the set of accepted entries, so the order
in which original, declaration and corrective event arrive does not matter (EPCIS 2.0, section 7.4.1.2; the rule
for late and unequal declarations is the register's own).
"""

from collections.abc import Iterable
from typing import NamedTuple

from ytterby.chain.event import Entry, Event


class Ending(NamedTuple):
    """That one entry ends another: `declaration` ends `original` from log size max(index) + 1 on."""

    original: Entry
    declaration: Entry


class Conflict(NamedTuple):
    """An error declaration without effect: `why` is unequal, second, or unknown; or one that has its effect and names
    a corrective event that has not come: `why` is waiting.
    """

    declaration: Entry
    original: Entry | None
    why: str


class Unsettled(NamedTuple):
    """An error declaration that is a finding: it differs from its original and so has no effect, or its corrective
    event has not come. Digests of both, and whose they are.
    """

    declaration: bytes
    original: bytes
    event_id: str
    submitter: str
    why: str


UNEQUAL, WAITING = "unequal", "waiting"


def unsettled_of(conflicts: Iterable[Conflict]) -> tuple[Unsettled, ...]:
    """Return the declarations that are findings, in order of digest."""
    return tuple(
        sorted(
            Unsettled(
                one.declaration.event.digest,
                one.original.event.digest,
                one.declaration.event.event_id or "",
                one.declaration.submitter,
                one.why,
            )
            for one in conflicts
            if one.why in {UNEQUAL, WAITING} and one.original is not None
        )
    )


class Effective(NamedTuple):
    """The entries that count, the endings applied, and the declarations that had no effect."""

    entries: tuple[Entry, ...]
    endings: tuple[Ending, ...]
    conflicts: tuple[Conflict, ...]


def apply_corrections(entries: Iterable[Entry]) -> Effective:
    """Return the entries whose events count, error declarations taken out.

    Declarations are matched to originals by submitting party and eventID. A second declaration of the same event
    has no effect; one that differs from its original has none and is a conflict; so is one whose corrective event has
    not come, until it comes. When one party used an eventID
    twice, the original is the entry of the lower digest, so that the answer is a matter of the set.
    """
    originals: dict[tuple[str, str], Entry] = {}
    nameless: dict[tuple[str, bytes], Entry] = {}
    declarations: list[Entry] = []
    for entry in entries:
        event = entry.event
        if event.error is not None:
            declarations.append(entry)
        elif event.event_id is None:
            nameless.setdefault((entry.submitter, event.digest), entry)
        else:
            key = (entry.submitter, event.event_id)
            known = originals.get(key)
            if known is None or event.digest < known.event.digest:
                originals[key] = entry
    endings, conflicts = _match(declarations, originals)
    for original, declaration in endings:
        error = declaration.event.error
        if error and any((declaration.submitter, named) not in originals for named in error.corrective_event_ids):
            conflicts.append(Conflict(declaration, original, WAITING))
    ended = {id(ending.original) for ending in endings}
    counting = (e for e in (*originals.values(), *nameless.values()) if id(e) not in ended)
    return Effective(tuple(counting), tuple(endings), tuple(conflicts))


def _match(declarations: list[Entry], originals: dict[tuple[str, str], Entry]) -> tuple[list[Ending], list[Conflict]]:
    endings: list[Ending] = []
    conflicts: list[Conflict] = []
    ended: set[int] = set()
    for declaration in sorted(declarations, key=lambda e: e.event.digest):
        event = declaration.event
        original = originals.get((declaration.submitter, event.event_id or ""))
        if original is None:
            conflicts.append(Conflict(declaration, None, "unknown"))
        elif not _equals(event, original.event):
            conflicts.append(Conflict(declaration, original, UNEQUAL))
        elif id(original) in ended:
            conflicts.append(Conflict(declaration, original, "second"))
        else:
            ended.add(id(original))
            endings.append(Ending(original, declaration))
    return endings, conflicts


def _equals(declaration: Event, original: Event) -> bool:
    """Tell whether the declaration says the same as the original but for its error declaration."""
    return declaration.original == original.digest
