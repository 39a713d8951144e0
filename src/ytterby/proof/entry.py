"""Entries of the public log: salted commitments that say nothing to whoever lacks the salt.

`0x01 | kind | body`. Kind 0, a record: SHA-256("ytterby/entry/v1" 0x00 salt digest), 34 bytes always, so that an
event cannot be confirmed by guessing (an unsalted one is found in a fraction of a second) and two equal events give
different entries (threats C4, L1). Kinds 1 and 2, opening and release of a sealed document: tag | commitment. Kind 3,
public: canonical JSON (keys, packs, list digests, erasures). The salt lies beside the record and in the submitter's
receipt, nowhere else.
"""

from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple

VERSION = 1
SALT_BYTES = 32
DIGEST_BYTES = 32
RECORD_BYTES = 34
CONTEXT = b"ytterby/entry/v1\x00"


class EntryKind(IntEnum):
    """What an entry commits to."""

    RECORD = 0
    OPENING = 1
    RELEASE = 2
    PUBLIC = 3


class Entry(NamedTuple):
    """A parsed entry."""

    kind: EntryKind
    body: bytes


def commitment(salt: bytes, digest: bytes) -> bytes:
    """Return the salted commitment to a digest.

    Raises:
        ValueError: salt or digest is not 32 bytes long.
    """
    if len(salt) != SALT_BYTES or len(digest) != DIGEST_BYTES:
        raise ValueError(f"salt and digest are 32 bytes each, not {len(salt)} and {len(digest)}")
    return sha256(CONTEXT + salt + digest).digest()


def record_entry(salt: bytes, digest: bytes) -> bytes:
    """Return the 34-byte entry of an ordinary record.

    Raises:
        ValueError: salt or digest is not 32 bytes long.
    """
    return bytes((VERSION, EntryKind.RECORD)) + commitment(salt, digest)


def tagged_entry(kind: EntryKind, tag: bytes, body_commitment: bytes) -> bytes:
    """Return the entry of an opening or a release: a tag that the owner can foresee, and a commitment.

    Raises:
        ValueError: another kind, or a part that is not 32 bytes long.
    """
    if kind not in {EntryKind.OPENING, EntryKind.RELEASE}:
        raise ValueError(f"only openings and releases carry a tag, not {kind.name}")
    if len(tag) != DIGEST_BYTES or len(body_commitment) != DIGEST_BYTES:
        raise ValueError("tag and commitment are 32 bytes each")
    return bytes((VERSION, kind)) + tag + body_commitment


def public_entry(canonical_json: bytes) -> bytes:
    """Return the entry of what is public: canonical JSON in plain.

    Raises:
        ValueError: nothing to say.
    """
    if not canonical_json:
        raise ValueError("a public entry holds canonical JSON")
    return bytes((VERSION, EntryKind.PUBLIC)) + canonical_json


def parse_entry(entry: bytes) -> Entry:
    """Return kind and body of an entry.

    Raises:
        ValueError: the bytes are no entry of a known version and kind, or of the wrong length for it.
    """
    if len(entry) < 2 or entry[0] != VERSION:
        raise ValueError("not an entry of version 1")
    try:
        kind = EntryKind(entry[1])
    except ValueError:
        raise ValueError(f"no entry is of kind {entry[1]}") from None
    body = entry[2:]
    lengths = {EntryKind.RECORD: 32, EntryKind.OPENING: 64, EntryKind.RELEASE: 64}
    if kind in lengths and len(body) != lengths[kind]:
        raise ValueError(f"an entry of kind {kind.name} has a body of {lengths[kind]} bytes, not {len(body)}")
    if not body:
        raise ValueError("an entry without a body")
    return Entry(kind, body)
