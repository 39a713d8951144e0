"""A second, slow canonical JSON, written from the rules alone; it shares no code with the product.

It reads JSON character by character and keeps each number as it was written, so that not even `Decimal` is
common to both.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import pairwise

EXPANDED_FIELDS = [
    "type", "id", "@type", "@id", "eventID", "bizStep", "disposition", "set", "unset", "bizLocation", "readPoint",
    "certificationInfo", "transformationID", "parentID", "epcList", "childEPCs", "inputEPCList", "outputEPCList",
    "epcClass", "bizTransaction", "source", "destination", "reason", "correctiveEventIDs", "deviceID",
    "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules", "exception", "component",
    "coordinateReferenceSystem", "microorganism", "chemicalSubstance", "uriValue",
]  # fmt: skip


class Number(str):
    """A number as it stands in the text."""

    __slots__ = ()


class RefusalError(Exception):
    """The event has no canonical form."""


def reference_canonical(text: str, prefixes: dict[str, str]) -> str:
    """Return the canonical text of an event, or raise RefusalError."""
    pairs = json.loads(text, parse_float=Number, parse_int=Number, object_pairs_hook=Pairs)
    top = Pairs(pair for pair in pairs if pair[0] != "@context")
    return "".join(written(top, "", prefixes))


def reference_digest(canonical: str) -> str:
    """Return the SHA-256 of a canonical text in hexadecimal."""
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


class Pairs(list):
    """The members of an object in the order of the text, duplicates included."""


def expanded(name: str, prefixes: dict[str, str]) -> str:
    for prefix, namespace in prefixes.items():
        head = prefix + ":"
        if name.startswith(head) and ":" not in prefix and not name.startswith(head + "//"):
            return namespace + name[len(head) :]
    return name


def written(node: object, field: str, prefixes: dict[str, str]) -> Iterator[str]:
    if isinstance(node, Number):
        yield plain(node)
    elif isinstance(node, str):
        yield quoted(expanded(node, prefixes) if field in EXPANDED_FIELDS else node)
    elif isinstance(node, Pairs):
        yield from written_object(node, prefixes)
    elif isinstance(node, list):
        yield "["
        for position, item in enumerate(node):
            yield "," if position else ""
            yield from written(item, field, prefixes)
        yield "]"
    else:
        yield {True: "true", False: "false", None: "null"}[node]


def written_object(members: Pairs, prefixes: dict[str, str]) -> Iterator[str]:
    rows = sorted((([ord(c) for c in expanded(key, prefixes)], key, value) for key, value in members), key=first)
    names = [name for name, _, _ in rows]
    if any(a == b for a, b in pairwise(names)) or any(key == "@context" for _, key, _ in rows):
        raise RefusalError
    yield "{"
    for position, (name, key, value) in enumerate(rows):
        yield "," if position else ""
        yield quoted("".join(map(chr, name))) + ":"
        yield from written(value, key, prefixes)
    yield "}"


def first(row: tuple[list[int], str, object]) -> list[int]:
    return row[0]


def quoted(text: str) -> str:
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    return '"' + "".join(short.get(c, c if c >= " " else f"\\u{ord(c):04x}") for c in text) + '"'


def plain(number: str) -> str:
    """Write a number without exponent by moving its point through the digits that were written."""
    sign = "-" if number.startswith("-") else ""
    mantissa, _, exponent = number.lstrip("-").lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    shift = int(exponent or "0")
    while shift > 0:
        whole, fraction, shift = whole + (fraction[:1] or "0"), fraction[1:], shift - 1
    while shift < 0:
        whole, fraction, shift = whole[:-1], (whole[-1:] or "0") + fraction, shift + 1
    whole = whole.lstrip("0") or "0"
    text = whole + ("." + fraction if fraction else "")
    return text if not text.strip("0.") else sign + text
