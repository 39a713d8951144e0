"""Corrections and eventIDs held against what the same party submitted before, and against the document itself.

An error declaration equals its original in all but `errorDeclaration`; a mismatch with an original that the party
submitted is refused and names the fields. An eventID stands for one original of a party: the same content again is
nothing new, other content is refused. Nothing here depends on what other parties submitted (threats C1, C2).

Source: GS1 EPCIS 2.0 (2022), sections 7.4.1.2 (error declaration) and 7.4.1.1 (eventID).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ytterby.chain.door import ReadEvent
from ytterby.terms.canonical import UncanonicalError, canonical_json, expand_name
from ytterby.terms.jsontext import decode
from ytterby.terms.prefix import REE_NAMESPACE
from ytterby.terms.problem import Problem, refuse, remark

_NEVER_COMPARED = frozenset(["@context", "errorDeclaration"])


class OwnOriginal(Protocol):
    """An event without error declaration that the party submitted; its bytes are asked for where digests differ."""

    @property
    def digest(self) -> bytes:
        """Its digest."""

    @property
    def raw(self) -> bytes:
        """Its bytes as they were handed in."""

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of its document."""


@dataclass(frozen=True, slots=True)
class GivenOriginal:
    """An original that is at hand."""

    digest: bytes
    raw: bytes = b""
    prefixes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnSubmissions:
    """What a party submitted before, by eventID: originals, digests of error declarations, and the digests of the
    events that those declarations say were wrong.
    """

    originals: Mapping[str, OwnOriginal] = field(default_factory=dict)
    declarations: Mapping[str, frozenset[bytes]] = field(default_factory=dict)
    declared_wrong: Mapping[str, frozenset[bytes]] = field(default_factory=dict)


def event_ids_asked(events: Iterable[ReadEvent]) -> frozenset[str]:
    """Return the eventIDs that `check_against_own` looks up for these events."""
    asked: set[str] = set()
    for read in events:
        if read.event is not None:
            asked.update(read.event.error.corrective_event_ids if read.event.error else ())
            if read.event.event_id is not None:
                asked.add(read.event.event_id)
    return frozenset(asked)


def check_against_own(events: Iterable[ReadEvent], own: OwnSubmissions) -> list[Problem]:
    """Return what is wrong between these events and what their party said, here or before.

    Codes: `event.id_reused` (fact `fields`), `correction.not_equal` (fact `fields`), and the remarks
    `correction.original_unknown`, `correction.without_event_id`, `correction.second`,
    `correction.corrective_unknown`; of originals that come after their declaration `correction.came_before` and
    `correction.came_before_unequal`.
    """
    reads = [read for read in events if read.event is not None]
    known = dict(own.originals)
    problems: list[Problem] = []
    for read in reads:
        event = read.event
        if event is None or event.error is not None or event.event_id is None or read.digest is None:
            continue
        first = known.setdefault(event.event_id, GivenOriginal(read.digest, read.raw, read.prefixes))
        if first.digest != read.digest:
            facts = _field_list(read, first)
            problems.append(refuse("event.id_reused", read.pointer + "/eventID", event.event_id, fields=facts))
        elif event.event_id not in own.originals and event.event_id in own.declared_wrong:
            # The declaration is kept and cannot be refused any more: it ends this event, or has no effect.
            where = read.pointer + "/eventID"
            is_ended = read.digest in own.declared_wrong[event.event_id]
            code = "correction.came_before" if is_ended else "correction.came_before_unequal"
            problems.append(remark(code, where, event.event_id))
    declared = {event_id: set(digests) for event_id, digests in own.declarations.items()}
    for read in reads:
        if read.event is not None and read.event.error is not None:
            problems += _check_declaration(read, known, declared)
    return problems


def _check_declaration(
    read: ReadEvent, known: Mapping[str, OwnOriginal], declared: dict[str, set[bytes]]
) -> list[Problem]:
    """Return what is wrong with one error declaration; it is added to those declared."""
    event = read.event
    assert event is not None, "only events that were read are compared"
    assert event.error is not None, "only error declarations are compared"
    where = read.pointer + "/errorDeclaration"
    problems = [
        remark("correction.corrective_unknown", f"{where}/correctiveEventIDs/{i}", named)
        for i, named in enumerate(event.error.corrective_event_ids)
        if named not in known
    ]
    if event.event_id is None:
        return [*problems, remark("correction.without_event_id", where)]
    original = known.get(event.event_id)
    if original is None:
        problems.append(remark("correction.original_unknown", where, event.event_id))
    elif original.digest != event.original:
        fields = _field_list(read, original)
        problems.append(refuse("correction.not_equal", where, event.event_id, fields=fields))
    earlier = declared.setdefault(event.event_id, set())
    if earlier - {event.digest}:
        problems.append(remark("correction.second", where, event.event_id))
    earlier.add(event.digest)
    return problems


def _field_list(read: ReadEvent, original: OwnOriginal) -> str:
    return ", ".join(differing_fields(read.raw, read.prefixes, original.raw, original.prefixes)) or "?"


def differing_fields(
    one: bytes, one_prefixes: Mapping[str, str], other: bytes, prefixes: Mapping[str, str]
) -> list[str]:
    """Return the names of the fields in which two events differ, `errorDeclaration` aside, in order of name.

    Profile terms are named with the prefix `ree`, other extensions in full.
    """
    mine, theirs = _fields(one, one_prefixes), _fields(other, prefixes)
    return sorted(_shown(name) for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))


def _fields(raw: bytes, prefixes: Mapping[str, str]) -> dict[str, bytes]:
    """Return the canonical text of each field of an event, by full name."""
    tree, _ = decode(raw)
    if not isinstance(tree, dict):
        return {}
    found = {}
    for name, value in tree.items():
        if name not in _NEVER_COMPARED:
            try:
                found[expand_name(name, prefixes)] = canonical_json({name: value}, prefixes)
            except UncanonicalError:
                found[expand_name(name, prefixes)] = b""
    return found


def _shown(name: str) -> str:
    return "ree:" + name[len(REE_NAMESPACE) :] if name.startswith(REE_NAMESPACE) else name
