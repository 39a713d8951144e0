"""The door: bytes that a party submitted become events, or problems with their places.

It refuses only what the document itself shows: not JSON, not EPCIS, not the profile, or an instant that cannot have
come yet. What others said is never asked here. Each event is decoded alone from its own slice of the bytes; all
problems of all events are returned at once, with JSON pointers into the document.

Two levels. `gs1`: the standard only. `profile` (default): also the rare-earth profile, whose rules refuse in events
that use a term of the profile and are remarks in others.

Source: GS1 EPCIS 2.0 (2022), sections 7 and 10; the profile's rules are the register's own.
"""

import csv
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ytterby.chain.envelope import BYTES_MAX, EVENTS_MAX, open_envelope
from ytterby.chain.event import Event
from ytterby.chain.event_fields import FieldReader
from ytterby.chain.event_shape import FIELDS, read_shape
from ytterby.chain.ilmd import check_ilmd_names
from ytterby.chain.profile import read_profile
from ytterby.chain.profile_terms import strip, uses_profile
from ytterby.chain.profile_values import TermReader
from ytterby.chain.vocabulary import Vocabulary, likely
from ytterby.matter.tables import MatterTables
from ytterby.terms.canonical import digest_event, expand_name
from ytterby.terms.jsontext import decode
from ytterby.terms.prefix import read_context
from ytterby.terms.problem import Problem, is_refused, refuse, remark
from ytterby.terms.quantity import UnitTable

LEVELS = ("gs1", "profile")
AHEAD_MAX = timedelta(hours=24)
# Events before this year are remarked: an instant that a device never set.
YEAR_MIN = 1990


@dataclass(frozen=True, slots=True)
class DoorTables:
    """Tables that the door needs, read by the shell and handed in. Names of uses are in lower case."""

    units: UnitTable
    matter: MatterTables
    use_codes: frozenset[str]
    use_code_of_name: Mapping[str, str]
    words: Vocabulary


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """One event of a document: its number from 0, bytes, what it says (None when refused), digest, problems.

    `pointer` leads to the event in its document; the problems' pointers begin with it. `prefixes` are those under
    which its bytes were read: with them, `read_event` reads the same event again.
    """

    number: int
    raw: bytes
    event: Event | None
    digest: bytes | None
    problems: tuple[Problem, ...] = ()
    pointer: str = ""
    prefixes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """All events of a document and the prefixes that it declares; `problems` are those of the envelope and between
    events.
    """

    events: tuple[ReadEvent, ...] = ()
    problems: tuple[Problem, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Problems of the document, then of each event in order."""
        return (*self.problems, *(problem for read in self.events for problem in read.problems))

    @property
    def is_refused(self) -> bool:
        """Any problem keeps the whole document out."""
        return is_refused(self.all_problems)

    @property
    def said(self) -> tuple[Event, ...]:
        """The events that could be read."""
        return tuple(read.event for read in self.events if read.event is not None)

    @property
    def pointers(self) -> tuple[str, ...]:
        """The places of the events that could be read, in the same order."""
        return tuple(read.pointer for read in self.events if read.event is not None)


def parse_use_codes(csv_text: str) -> tuple[frozenset[str], Mapping[str, str]]:
    """Return the use codes of use_codes.csv, and the code of each English name in lower case."""
    rows = list(csv.DictReader(csv_text.splitlines()))
    return frozenset(row["code"] for row in rows), {row["en"].casefold(): row["code"] for row in rows}


def read_document(
    raw: bytes,
    tables: DoorTables,
    *,
    level: str = "profile",
    received_at: datetime | None = None,
    bytes_max: int = BYTES_MAX,
    events_max: int = EVENTS_MAX,
    own_event_ids: Container[str] | None = frozenset(),
    numbers: Container[int] | None = None,
) -> ReadDocument:
    """Return what a document says. No input raises; ValueError for an unknown level.

    `numbers` are the events that are wanted, from 0; None for all. The others are split off and not read.
    `own_event_ids` are eventIDs that corrective events may name beside those of the document; None leaves that to
    `check_against_own`.
    """
    _judge_level(level)
    envelope = open_envelope(raw, bytes_max=bytes_max, events_max=events_max)
    events = tuple(
        read_event(
            event,
            envelope.prefixes,
            tables,
            pointer=envelope.pointer(number),
            level=level,
            received_at=received_at,
            number=number,
            needs_context=not envelope.has_context,
        )
        for number, event in enumerate(envelope.events)
        if numbers is None or number in numbers
    )
    between = _check_between(events, own_event_ids)
    return ReadDocument(events, (*envelope.problems, *between), envelope.prefixes)


def read_event(
    raw: bytes,
    prefixes: Mapping[str, str],
    tables: DoorTables,
    *,
    pointer: str = "",
    level: str = "profile",
    received_at: datetime | None = None,
    number: int = 0,
    needs_context: bool = False,
) -> ReadEvent:
    """Return what the bytes of one event say, under the prefixes of its document. No input raises.

    `pointer` leads to the event in its document. `needs_context`: the event must declare its context itself, as bare
    events do. Codes: those of `decode`, `read_context`, `read_shape`, `read_profile` and `digest_event`, and
    `event.not_an_object`, `event.type_missing`, `event.type_unknown`, `event.type_foreign` (remark),
    `event.in_the_future`, `event.long_ago` (remark).
    """
    _judge_level(level)
    tree, problems = decode(raw)
    doubled: list[Problem] = []
    if problems:
        # A key that stands twice is read as GS1's own examples are; where the profile is used it refuses, below.
        refused = problems
        tree, doubled = decode(raw, is_last_taken=True)
        problems = [] if tree is not None else refused
    if problems:
        return ReadEvent(number, raw, None, None, _placed(problems, pointer), pointer, prefixes)
    if type(tree) is not dict:
        problem = refuse("event.not_an_object", pointer, "null" if tree is None else type(tree).__name__)
        return ReadEvent(number, raw, None, None, (problem,), pointer, prefixes)
    if "@context" in tree or needs_context:
        own, problems = read_context(tree.get("@context"))
        prefixes = {**prefixes, **own}
        problems = [problem.at("/@context") if "@context" in tree else problem for problem in problems]
    reader = FieldReader(prefixes, tables.words, tables.units)
    reader.is_strict = level == "profile" and uses_profile(tree, reader.extensions)
    reader.problems += problems
    if doubled:
        reader.problems += refused if uses_profile(tree, reader.extensions) else doubled
    event, digest = _read_tree(tree, reader, tables, received_at, is_profile=level == "profile")
    return ReadEvent(number, raw, event, digest, _placed(reader.problems, pointer), pointer, prefixes)


def _judge_level(level: str) -> None:
    if level not in LEVELS:
        raise ValueError(f"a level is one of {LEVELS}, not {level!r}")


def _placed(problems: Iterable[Problem], pointer: str) -> tuple[Problem, ...]:
    return tuple([problem.at(pointer) for problem in problems] if pointer else problems)


def _read_tree(
    tree: dict[str, object],
    reader: FieldReader,
    tables: DoorTables,
    received_at: datetime | None,
    *,
    is_profile: bool,
) -> tuple[Event | None, bytes | None]:
    """Read a decoded event, perhaps with its profile; what is wrong is in the reader."""
    kind = _read_kind(tree, reader)
    if kind is None:
        return None, None
    read = read_shape(tree, kind, reader)
    if "ilmd" in tree:
        check_ilmd_names(tree["ilmd"], reader)
    if is_profile:
        terms = TermReader(reader)
        read_profile(tree, read, terms, tables.matter, tables.use_code_of_name, tables.use_codes)
    _check_instant(read.get("at"), tree, reader, received_at)
    digest, wrong = digest_event(_without_context(tree), reader.prefixes)
    reader.problems += wrong
    if digest is None or (reader.problems and is_refused(reader.problems)):
        return None, digest
    if "error" in read:
        original = {name: value for name, value in tree.items() if name != "errorDeclaration"}
        read["original"], _ = digest_event(_without_context(original), reader.prefixes)
    return Event(digest=digest, **read), digest


def _without_context(tree: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in tree.items() if name != "@context"} if "@context" in tree else tree


def _read_kind(tree: Mapping[str, object], reader: FieldReader) -> str | None:
    """Return the type of an event; a type of somebody else's is accepted with a remark."""
    value = tree.get("type")
    if type(value) is str and value in FIELDS:
        return value
    if type(value) is not str:
        if "type" in tree:
            reader.wrong_type("/type", value, "word")
        else:
            reader.problems.append(refuse("event.type_missing"))
        return None
    name = expand_name(value, reader.prefixes)
    own = name.removeprefix("https://ref.gs1.org/epcis/")
    if own in FIELDS:
        return own
    if own != name or ":" not in name:
        reader.problems.append(refuse("event.type_unknown", "/type", value, likely=likely(own, FIELDS)))
        return None
    uri = reader.uri(name, "/type")
    if uri is not None:
        reader.problems.append(remark("event.type_foreign", "/type", value))
    return uri


def _check_instant(
    at: datetime | None, tree: Mapping[str, object], reader: FieldReader, received_at: datetime | None
) -> None:
    if at is None:
        return
    if received_at is not None and at > received_at + AHEAD_MAX:
        received = received_at.isoformat(timespec="seconds")
        reader.problems.append(refuse("event.in_the_future", "/eventTime", tree["eventTime"], received=received))
    if at.year < YEAR_MIN:
        reader.problems.append(remark("event.long_ago", "/eventTime", tree["eventTime"], year=YEAR_MIN))


def _check_between(events: tuple[ReadEvent, ...], own_event_ids: Container[str] | None) -> Iterator[Problem]:
    """Yield what is wrong between the events of a document: an eventID used twice, a corrective event not here."""
    originals: dict[str, ReadEvent] = {}
    for read in events:
        event = read.event
        if event is None or event.event_id is None or event.error is not None:
            continue
        first = originals.setdefault(event.event_id, read)
        if first is read:
            continue
        where = read.pointer + "/eventID"
        if first.digest == read.digest:
            yield remark("event.twice", where, event.event_id, first=first.pointer)
        elif _differ_in_extensions(first, read):
            yield remark("event.id_twice_extensions", where, event.event_id, first=first.pointer)
        else:
            yield refuse("event.id_twice", where, event.event_id, first=first.pointer)
    if own_event_ids is None:
        return
    for read in events:
        error = read.event.error if read.event is not None else None
        for i, named in enumerate(error.corrective_event_ids if error else ()):
            if named not in originals and named not in own_event_ids:
                where = f"{read.pointer}/errorDeclaration/correctiveEventIDs/{i}"
                yield remark("correction.corrective_unknown", where, named)


def _differ_in_extensions(one: ReadEvent, other: ReadEvent) -> bool:
    """Tell whether two events say the same but for extensions of their own that are not the profile's."""
    bare = []
    for read in (one, other):
        tree = decode(read.raw)[0]
        assert isinstance(tree, dict), "an event that was read is an object"
        terms = set(strip(tree, read.prefixes).values())
        bare.append({name: value for name, value in tree.items() if ":" not in name or name in terms})
    return bare[0] == bare[1]
