r"""The canonical JSON of an event, and its digest.

Two texts that say the same have one canonical form, whatever their spacing, key order, prefixes, escapes or
spelling of numbers; two that differ in anything said do not. The digest of an event is over this form alone: it is
the key of idempotent capture and the ETag.

Rules (version 1; they never change, a change is a new suite):
 1. Keys are expanded: `ree:form` with a declared prefix becomes namespace + `form`. A key whose prefix is not
    declared, or whose rest begins with `//`, stays. Keys that become equal are refused.
 2. Values are expanded only in IRI_FIELDS: a text, or the texts of an array, that is such a compact name. Bare CBV
    words stay bare. All other strings stay as they are, character by character (no Unicode normalisation).
 3. The event's own `@context` is left out; a `@context` further inside is refused, since it would change meanings.
 4. Objects are sorted by expanded key in order of code points; arrays keep their order.
 5. Numbers are plain decimals without exponent, their trailing zeros as written (`1.50` stays, `1.5e2` is `150`);
    minus zero is zero (`-0.0` is `0.0`).
 6. UTF-8, no white space; escapes are only `\"`, `\\`, `\b`, `\t`, `\n`, `\f`, `\r`, else `\u00xx` in lower
    case for characters below U+0020.
`recordTime` is included as sent, and `errorDeclaration` is included.

Source: the form follows RFC 8785 (JCS) in 4 and 6 save that keys go by code points, not UTF-16 units, and that
numbers are decimals, not IEEE doubles.
"""

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256

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

    `prefixes` are the namespaces that its document declares. Raises UncanonicalError, which holds the problems
    (`json.equal_keys`, `context.nested`), and TypeError for a value that no JSON text decodes to.
    """
    return _write_exactly(event, prefixes)


def event_digest(canonical: bytes) -> bytes:
    """Return the SHA-256 of a canonical JSON, 32 bytes (suite DIGEST_SUITE)."""
    return sha256(canonical).digest()


def digest_event(
    event: Mapping[str, object], prefixes: Mapping[str, str]
) -> tuple[bytes | None, list[Problem]]:
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


_TEXT = msgspec.json.Encoder()


def _write_exactly(event: Mapping[str, object], prefixes: Mapping[str, str]) -> bytes:
    """Return the canonical JSON by the plain rules, one value at a time."""
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
