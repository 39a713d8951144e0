"""The digest of a registration: what its entry in the log commits to, with a salt, as an event's does to its digest."""

from hashlib import sha256


def registration_digest(kind: str, document: str) -> bytes:
    """Return the digest of a registration (32 bytes): SHA-256 over its kind and its canonical text."""
    return sha256(f"ytterby/registration/v1\x00{kind}\x00{document}".encode()).digest()
