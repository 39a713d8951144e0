"""Base64 as browsers and authenticators write it: the alphabet for addresses, no padding (RFC 4648 section 5)."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

_SHAPE = re.compile(r"[A-Za-z0-9_-]*")


def to_base64url(data: bytes) -> str:
    """Return bytes as text without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Return the bytes of a text.

    Raises:
        ValueError: it is none: another letter, padding, or bits after the last byte.
    """
    if not _SHAPE.fullmatch(text) or len(text) % 4 == 1:
        raise ValueError("not base64 for addresses without padding")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise ValueError("not base64 for addresses: bits after the last byte")
    return data
