"""Submitted bytes made readable: what lies between a media type and the door, in one function."""

import gzip
import zlib
from io import BytesIO

from ytterby.shell.site.packs import limits
from ytterby.terms.problem import Problem, refuse

JSON_TYPES = frozenset({"application/json", "application/ld+json"})
GZIP = b"\x1f\x8b"


def readable(document: bytes, media_type: str) -> tuple[bytes, list[Problem]]:
    """Return EPCIS as JSON bytes, or why there is none; what is compressed is unpacked up to the limit (threat X5)."""
    most = limits().document_bytes
    if media_type not in JSON_TYPES:
        return b"", [refuse("capture.media_type", "", media_type, known=" ".join(sorted(JSON_TYPES)))]
    if not document.startswith(GZIP):
        return document, []
    try:
        with gzip.GzipFile(fileobj=BytesIO(document)) as stream:
            raw = stream.read(most + 1)
    except (OSError, EOFError, zlib.error):
        return b"", [refuse("capture.not_gzip")]
    if len(raw) > most:
        return b"", [refuse("capture.unpacks_too_large", "", "", limit=most)]
    return raw, []
