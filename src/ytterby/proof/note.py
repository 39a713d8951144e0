"""Signed notes: text with signature lines below it (C2SP signed-note).

    text, one or more lines, each ended by a newline
    (empty line)
    — name base64(key id | signature)

Signatures of unknown keys are passed over; a wrong signature of a known key spoils the note.
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable
from typing import NamedTuple

from ytterby.proof.key import KeyUse, PrivateKey, PublicKey

DASH = "\u2014"
ID_BYTES = 4
NOTE_BYTES_MAX = 1_000_000
SIGNATURES_MAX = 100


class NoteError(ValueError):
    """A note that cannot be read, or whose signatures do not hold."""


class Signature(NamedTuple):
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes


class Note(NamedTuple):
    """The text of a note (with its last newline) and its signature lines."""

    text: str
    signatures: tuple[Signature, ...]


def sign_note(text: str, key: PrivateKey, *, use: KeyUse) -> str:
    """Return the note of a text with one signature.

    Raises:
        ValueError: the text does not end with a newline, or the key is for another use.
    """
    if not text.endswith("\n"):
        raise ValueError("the text of a note ends with a newline")
    return text + "\n" + signature_line(key.public, key.sign(text.encode(), use=use))


def signature_line(key: PublicKey, signature: bytes) -> str:
    """Return a signature line of a key."""
    return f"{DASH} {key.name} {b64encode(key.id + signature).decode()}\n"


def parse_note(note: str) -> Note:
    """Return text and signatures of a note.

    Raises:
        NoteError: the text is no note.
    """
    if len(note) > NOTE_BYTES_MAX:
        raise NoteError("the note is longer than any note may be")
    split = note.rfind("\n\n")
    if split < 0 or not note.endswith("\n"):
        raise NoteError("a note has a text, an empty line and signatures")
    text, lines = note[: split + 1], note[split + 2 :].split("\n")[:-1]
    if any(not c.isprintable() and c != "\n" for c in text):
        raise NoteError("a note holds no control characters")
    if not 0 < len(lines) <= SIGNATURES_MAX:
        raise NoteError("a note has between one and a hundred signatures")
    return Note(text, tuple(_parse_line(line) for line in lines))


def _parse_line(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH or not parts[1]:
        raise NoteError(f"no signature line: {line[:60]!r}")
    try:
        raw = b64decode(parts[2], validate=True)
    except (Error, ValueError):
        raise NoteError(f"no signature line: {line[:60]!r}") from None
    if len(raw) <= ID_BYTES:
        raise NoteError("a signature line holds a key id and a signature")
    return Signature(parts[1], raw[:ID_BYTES], raw[ID_BYTES:])


def open_note(note: str, keys: Iterable[PublicKey], *, use: KeyUse) -> tuple[str, tuple[PublicKey, ...]]:
    """Return a note's text and the known keys that signed it.

    Raises:
        NoteError: no note; a known key's signature is wrong; no key of this use signed.
    """
    parsed = parse_note(note)
    signers = []
    known = {(key.name, key.id): key for key in keys}
    for name, key_id, signature in parsed.signatures:
        key = known.get((name, key_id))
        if key is None:
            continue
        if key.use is not use:
            raise NoteError(f"the key {name} is for {key.use}, not for {use}")
        if not key.verify(parsed.text.encode(), signature):
            raise NoteError(f"the signature of {name} is wrong")
        signers.append(key)
    if not signers:
        raise NoteError(f"no known key for {use} signed this note")
    return parsed.text, tuple(signers)
