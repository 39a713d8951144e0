r"""The canonical JSON of an event, and its digest.

Two texts that say the same have one canonical form, whatever their spacing, key order, prefixes, escapes or
spelling of numbers; two that differ in anything said do not. The digest of an event is over this form
alone: it is the key of idempotent capture and the ETag.

Rules (version 1; they never change, a change is a new suite):
 1. Keys are expanded: `ree:form` with a declared prefix becomes namespace + `form`. A key whose prefix is not
    declared, or whose rest begins with `//`, stays. Keys that become equal are refused.
 2. Values are expanded only in IRI_FIELDS: a text, or the texts of an array, that is such a compact name.
    Bare CBV words stay bare. All other strings stay as they are, character by character (no Unicode
    normalisation).
 3. The event's own `@context` is left out; a `@context` further inside is refused, since it would change
    meanings.
 4. Objects are sorted by expanded key in order of code points; arrays keep their order.
 5. Numbers are plain decimals without exponent, their trailing zeros as written (`1.50` stays, `1.5e2` is
    `150`); minus zero is zero (`-0.0` is `0.0`).
 6. UTF-8, no white space; escapes are only `\"`, `\\`, `\b`, `\t`, `\n`, `\f`, `\r`, else `\u00xx` in lower
    case for characters below U+0020.
`recordTime` is included as sent, and `errorDeclaration` is included.

Source: the form follows RFC 8785 (JCS) in 4 and 6 save that keys go by code points, not UTF-16 units, and
that numbers are decimals, not IEEE doubles.
"""

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from ytterby.terms.problem import Problem, refuse
from ytterby.terms.problem import pointer as pointer_of

DIGEST_SUITE = "ytterby-event-digest/v1:sha-256"

# Fields to which GS1's EPCIS 2.0 context gives the type @id or @vocab, and JSON-LD's own names for both.
IRI_FIELDS: tuple[str, ...] = (
    "type", "id", "@type", "@id",
    "eventID", "bizStep", "disposition", "set", "unset", "bizLocation", "readPoint", "certificationInfo",
    "transformationID", "parentID", "epcList", "childEPCs", "inputEPCList", "outputEPCList", "epcClass",
    "bizTransaction", "source", "destination", "reason", "correctiveEventIDs",
    "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules", "exception", "component",
    "coordinateReferenceSystem", "microorganism", "chemicalSubstance", "uriValue",
)  # fmt: skip
_IRI_FIELDS = frozenset(IRI_FIELDS)


class UncanonicalError(ValueError):
    """An event that has no canonical form; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{p.code} at {p.where.pointer}" for p in problems))
        self.problems = problems


def canonical_json(event: Mapping[str, object], prefixes: Mapping[str, str]) -> bytes:
    """Return the canonical JSON of a decoded event (numbers `int` or `Decimal`, never float).

    `prefixes` are the namespaces that its document declares. Raises UncanonicalError, which holds the
    problems (`json.equal_keys`, `context.nested`), and TypeError for a value that no JSON text decodes to.
    """
    fast = _write_fast(event, prefixes)
    return write_exactly(event, prefixes) if fast is None else fast


def framed(part: bytes) -> bytes:
    """Return a part of what is digested, after its length: so no two lists of parts are the same bytes."""
    return len(part).to_bytes(8, "big") + part


def event_digest(canonical: bytes) -> bytes:
    """Return the SHA-256 of a canonical JSON, 32 bytes (suite DIGEST_SUITE)."""
    return sha256(canonical).digest()


def digest_event(event: Mapping[str, object], prefixes: Mapping[str, str]) -> tuple[bytes | None, list[Problem]]:
    """Return the digest of a decoded event, or why it has none."""
    try:
        return event_digest(canonical_json(event, prefixes)), []
    except UncanonicalError as error:
        return None, error.problems


def expand_name(name: str, prefixes: Mapping[str, str]) -> str:
    """Return a compact name as the IRI that it stands for; a name without a declared prefix as it is."""
    prefix, colon, rest = name.partition(":")
    if not colon or rest.startswith("//"):
        return name
    namespace = prefixes.get(prefix)
    return name if namespace is None else namespace + rest


class _NotPlainError(Exception):
    """The fast path met something that only the exact walk may judge."""


class _Names:
    """The expanded name of each key met so far, under one set of prefixes; bounded."""

    __slots__ = ("known", "prefixes", "settled")

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = dict(prefixes)
        self.known: dict[str, str] = {}
        # Texts that begin like this stay as they are by rule 1, whatever the prefixes.
        self.settled = ("https://", "http://") if "urn" in self.prefixes else ("https://", "http://", "urn:")

    def learn(self, key: str) -> str:
        """Return the expanded name of a key that is not known yet."""
        if key == "@context":
            raise _NotPlainError
        name = expand_name(key, self.prefixes)
        if len(self.known) < _NAMES_MAX:
            self.known[key] = name
        return name


_NAMES_MAX = 4096
_PREFIX_SETS_MAX = 64
# By the content of the prefixes: names of one document must never leak into another that declares other
# prefixes.
_names_by_prefixes: dict[frozenset[tuple[str, str]], _Names] = {}
_names_last = _Names({})


def _names_of(prefixes: Mapping[str, str]) -> _Names:
    """Return the names under these prefixes."""
    global _names_last  # noqa: PLW0603 -- a memo, equal by content to what it replaces
    names = _names_last
    if names.prefixes == prefixes:
        return names
    content = frozenset(prefixes.items())
    found = _names_by_prefixes.get(content)
    if found is None:
        found = _Names(prefixes)
        if len(_names_by_prefixes) >= _PREFIX_SETS_MAX:
            _names_by_prefixes.clear()
        _names_by_prefixes[content] = found
    _names_last = found
    return found


_SORTED = msgspec.json.Encoder(order="deterministic", decimal_format="number")
_PLAIN = frozenset({int, bool, type(None)})
_DIGITS = frozenset("0123456789")


def _check_plain(value: Decimal) -> None:
    """Raise _NotPlainError for a decimal that its `str` does not write by rule 5."""
    text = str(value)
    if "E" in text or (text[0] not in _DIGITS and (text[0] != "-" or not value.is_finite() or not value)):
        raise _NotPlainError


def _write_fast(event: Mapping[str, object], prefixes: Mapping[str, str]) -> bytes | None:
    """Return the canonical JSON, sorted and written in C; None when the exact walk must judge."""
    if type(event) is not dict:
        return None
    if "@context" in event:
        event = {key: value for key, value in event.items() if key != "@context"}
    names = _names_of(prefixes)
    try:
        return _SORTED.encode(_rename(event, names, names.known))
    except (_NotPlainError, TypeError, AttributeError):
        return None


def _rename(node: dict[str, Any], names: _Names, known: dict[str, str]) -> dict[str, Any]:
    """Return an object with its keys, and the values of IRI_FIELDS, expanded."""
    renamed: dict[str, Any] = {}
    for key, value in node.items():
        kind = type(value)
        if kind is str:
            if key in _IRI_FIELDS and ":" in value and not value.startswith(names.settled):
                value = expand_name(value, names.prefixes)  # noqa: PLW2901
        elif kind is dict:
            value = _rename(value, names, known)  # noqa: PLW2901
        elif kind is list:
            value = _rename_items(value, key in _IRI_FIELDS, names, known)  # noqa: PLW2901
        elif kind is Decimal:
            _check_plain(value)
        elif kind not in _PLAIN:
            raise _NotPlainError
        try:
            renamed[known[key]] = value
        except KeyError:
            renamed[names.learn(key)] = value
    if len(renamed) != len(node):
        raise _NotPlainError
    return renamed


def _rename_items(items: list[Any], is_iri: bool, names: _Names, known: dict[str, str]) -> list[Any]:
    """Return an array with the objects inside renamed, and its texts expanded where its field holds IRIs."""
    renamed: list[Any] = []
    for item in items:
        kind = type(item)
        if kind is dict:
            renamed.append(_rename(item, names, known))
        elif kind is str:
            renamed.append(expand_name(item, names.prefixes) if is_iri else item)
        elif kind is list:
            renamed.append(_rename_items(item, is_iri, names, known))
        else:
            if kind is Decimal:
                _check_plain(item)
            elif kind not in _PLAIN:
                raise _NotPlainError
            renamed.append(item)
    return renamed


_TEXT = msgspec.json.Encoder()


def write_exactly(event: Mapping[str, object], prefixes: Mapping[str, str]) -> bytes:
    """Return what `canonical_json` returns, by the plain rules and one value at a time; slow."""
    problems: list[Problem] = []
    kept = {key: value for key, value in event.items() if key != "@context"}
    pieces: list[bytes] = []
    _write_value(kept, "", "", prefixes, pieces, problems)
    if problems:
        raise UncanonicalError(problems)
    return b"".join(pieces)


def _write_value(
    node: object,
    field: str,
    where: str,
    prefixes: Mapping[str, str],
    pieces: list[bytes],
    problems: list[Problem],
) -> None:
    """Append the canonical pieces of one value; `field` is the key that it stands under."""
    if isinstance(node, str):
        text = expand_name(node, prefixes) if field in _IRI_FIELDS else node
        pieces.append(_TEXT.encode(text))
    elif node is None or isinstance(node, bool):
        pieces.append(b"null" if node is None else b"true" if node else b"false")
    elif isinstance(node, int | Decimal):
        pieces.append(write_number(node).encode("ascii"))
    elif isinstance(node, dict):
        _write_object(node, where, prefixes, pieces, problems)
    elif isinstance(node, list):
        pieces.append(b"[")
        for position, value in enumerate(node):
            if position:
                pieces.append(b",")
            _write_value(value, field, f"{where}/{position}", prefixes, pieces, problems)
        pieces.append(b"]")
    else:
        raise TypeError(f"{where}: {type(node).__name__} is no value that a JSON text decodes to")


def _write_object(
    node: dict[str, object],
    where: str,
    prefixes: Mapping[str, str],
    pieces: list[bytes],
    problems: list[Problem],
) -> None:
    names: dict[str, str] = {}
    for key in node:
        place = where + pointer_of(key)
        name = expand_name(key, prefixes)
        if key == "@context":
            problems.append(refuse("context.nested", place, key))
        elif name in names:
            problems.append(refuse("json.equal_keys", place, key, other=names[name], name=name))
        names[name] = key
    pieces.append(b"{")
    for position, name in enumerate(sorted(names)):
        key = names[name]
        pieces.append((b"," if position else b"") + _TEXT.encode(name) + b":")
        _write_value(node[key], key, where + pointer_of(key), prefixes, pieces, problems)
    pieces.append(b"}")


def write_number(value: int | Decimal) -> str:
    """Return a number as a plain decimal without exponent, trailing zeros kept, minus zero as zero.

    Raises ValueError for NaN and infinities.
    """
    if isinstance(value, int):
        return str(value)
    if not value.is_finite():
        raise ValueError(f"{value} is no number of JSON")
    return format(value if value else abs(value), "f")
