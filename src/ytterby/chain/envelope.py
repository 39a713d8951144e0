"""The envelope of events: EPCIS documents, query documents, bare events and arrays, split into raw slices.

The bytes of each event are cut out without decoding them, so that a document of 50 MB costs no more memory than its
bytes, and each event is decoded alone. Limits are judged before anything is decoded.

Source: GS1 EPCIS 2.0 (2022), section 10 (JSON binding) and 12 (capture of documents and of single events).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from ytterby.chain.vocabulary import likely
from ytterby.terms.instant import read_instant
from ytterby.terms.jsontext import NESTING_MAX, decode
from ytterby.terms.prefix import read_context
from ytterby.terms.problem import Problem, refuse, remark
from ytterby.terms.problem import pointer as pointer_of

BYTES_MAX = 50_000_000
EVENTS_MAX = 10_000
DOCUMENT = "EPCISDocument"
QUERY_DOCUMENT = "EPCISQueryDocument"

_QUERY_FIELDS = frozenset(["@context", "id", "type", "schemaVersion", "creationDate", "epcisBody"])
_DOCUMENT_FIELDS = _QUERY_FIELDS | {"instanceIdentifier", "sender", "receiver", "epcisHeader"}
_COMPRESSED = ((b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "ZIP"), (b"\x28\xb5\x2f\xfd", "Zstandard"), (b"BZh", "bzip2"))
_RAW_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_RAW_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Raw events with their place in the document, the prefixes of the document, and what is wrong with it."""

    events: tuple[bytes, ...] = ()
    place: str = ""  # pointer of the list of events; for a bare event, empty
    is_bare: bool = False
    prefixes: Mapping[str, str] = field(default_factory=dict)
    has_context: bool = False  # the events may do without their own
    problems: tuple[Problem, ...] = ()

    def pointer(self, number: int) -> str:
        """Return the pointer of the event with this number, counted from 0."""
        return self.place if self.is_bare else f"{self.place}/{number}"


def open_envelope(raw: bytes, *, bytes_max: int = BYTES_MAX, events_max: int = EVENTS_MAX) -> Envelope:
    """Return the raw events of a document and every problem of its envelope. No input raises.

    Codes: `document.too_large`, `document.compressed`, `document.too_many_events`, `document.not_epcis`,
    `document.type`, `document.field_missing`, `document.version`, `document.version_other` (remark),
    `document.no_event_list`, `field.type`, and those of `check_field_name`, `decode`, `read_context`, `read_instant`.
    """
    if len(raw) > bytes_max:
        return _closed(refuse("document.too_large", "", f"{len(raw)} bytes", limit=bytes_max))
    for mark, name in _COMPRESSED:
        if raw.startswith(mark):
            return _closed(refuse("document.compressed", "", name))
    head = raw.lstrip(b" \t\r\n")[:1]
    try:
        if head == b"[":
            return _limit(Envelope(_slices(raw)), events_max)
        if head == b"{":
            return _limit(_open_object(raw), events_max)
    except RecursionError:
        return _closed(refuse("json.nesting", limit=NESTING_MAX))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    _, problems = decode(raw)
    return _closed(*(problems or [refuse("document.not_epcis", "", raw[:60].decode("utf-8", "replace"))]))


def _closed(*problems: Problem) -> Envelope:
    return Envelope(problems=problems)


def _limit(envelope: Envelope, events_max: int) -> Envelope:
    count = len(envelope.events)
    if count <= events_max:
        return envelope
    return _closed(refuse("document.too_many_events", envelope.place, count, limit=events_max))


def _slices(raw: bytes | msgspec.Raw) -> tuple[bytes, ...]:
    return tuple(map(bytes, _RAW_ARRAY.decode(raw)))


def _open_object(raw: bytes) -> Envelope:
    fields = _RAW_OBJECT.decode(raw)
    kind = _text_of(fields.get("type"))
    if "epcisBody" not in fields and kind not in (DOCUMENT, QUERY_DOCUMENT):
        if "type" not in fields and "eventTime" not in fields:
            return _closed(refuse("document.not_epcis", "", raw[:60].decode("utf-8", "replace")))
        return Envelope((raw,), is_bare=True)
    path = ("epcisBody", "queryResults", "resultsBody") if kind == QUERY_DOCUMENT else ("epcisBody",)
    events = _find_list(fields, path)
    # The head is the document without its events: one strict decode finds equal keys, odd numbers and deep nesting.
    head, problems = decode(raw if events is None else raw.replace(events, b"[]", 1))
    if not isinstance(head, dict):
        return _closed(*problems)
    prefixes, wrong = read_context(head.get("@context"))
    problems += [problem.at("/@context") for problem in wrong]
    problems += _check_head(head, kind, prefixes, is_listed=events is not None)
    slices = _slices(events) if events is not None else ()
    return Envelope(slices, pointer_of(*path, "eventList"), False, prefixes, True, tuple(problems))


def _text_of(value: msgspec.Raw | None) -> str:
    """Return a raw JSON text's value if it is a string, else an empty text."""
    if value is None or len(bytes(value)) > 200:
        return ""
    try:
        return msgspec.json.decode(value, type=str)
    except msgspec.MsgspecError:
        return ""


def _find_list(fields: Mapping[str, msgspec.Raw], path: tuple[str, ...]) -> bytes | None:
    """Return the raw list of events below these names; None when there is none."""
    try:
        for name in path:
            fields = _RAW_OBJECT.decode(fields[name])
        found = bytes(fields["eventList"])
    except (KeyError, msgspec.MsgspecError):
        return None
    return found if found.startswith(b"[") else None


def _check_head(head: dict[str, object], kind: str, prefixes: Mapping[str, str], *, is_listed: bool) -> list[Problem]:
    """Return what is wrong with the fields beside the events."""
    problems: list[Problem] = []
    is_query = kind == QUERY_DOCUMENT
    known = _QUERY_FIELDS if is_query else _DOCUMENT_FIELDS
    if kind not in (DOCUMENT, QUERY_DOCUMENT):
        problems.append(
            refuse("document.type", "/type", head.get("type", ""), expected=f"{DOCUMENT}, {QUERY_DOCUMENT}")
        )
    for name in head.keys() - known:
        problems += check_field_name(name, prefixes, known, pointer_of(name))
    for name in () if is_query else ("schemaVersion", "creationDate"):
        if name not in head:
            problems.append(refuse("document.field_missing", "", name))
    version = head.get("schemaVersion")
    if version is not None and not (isinstance(version, str) and _VERSION.fullmatch(version)):
        problems.append(refuse("document.version", "/schemaVersion", version))
    elif isinstance(version, str) and not version.startswith("2"):
        problems.append(remark("document.version_other", "/schemaVersion", version))
    for name in ("id", "creationDate", "instanceIdentifier", "sender", "receiver"):
        value = head.get(name, "")
        if name in head and not isinstance(value, str):
            problems.append(refuse("field.type", f"/{name}", value, expected="text"))
        elif name == "creationDate" and name in head and isinstance(value, str):
            problems += read_instant(value, "/creationDate")[1]
    if not is_listed:
        problems.append(refuse("document.no_event_list", "/epcisBody"))
    return problems


_COMPACT = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*:[^\s/][^\s]*")
_ABSOLUTE = re.compile(r"(?:https?://[^\s/]|urn:[A-Za-z0-9])[^\s]*")


def check_field_name(name: str, prefixes: Mapping[str, str], known: frozenset[str], where: str) -> list[Problem]:
    """Return what is wrong with a field that the standard does not name: it needs a declared prefix, or an address.

    Codes: `field.unknown` (fact `likely`), `field.prefix_undeclared` (facts `prefix`, `declared`).
    """
    prefix, colon, _ = name.partition(":")
    if not colon:
        meant = likely(name, known, fallback=False)
        return [refuse("field.unknown", where, name, likely=meant or "prefix:" + name)]
    if prefix in prefixes and _COMPACT.fullmatch(name):
        return []
    if _ABSOLUTE.fullmatch(name):
        return []
    declared = ", ".join(sorted(prefixes)) or "-"
    return [refuse("field.prefix_undeclared", where, name, prefix=prefix, declared=declared)]
