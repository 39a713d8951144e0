"""Checkpoints: the signed head of a log (C2SP tlog-checkpoint), and cosignatures of witnesses (tlog-cosignature).

origin
size, decimal
root, base64
(further lines are extensions, which prove nothing)
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from ytterby.proof.key import KeyUse, PrivateKey, PublicKey
from ytterby.proof.merkle import HASH_BYTES
from ytterby.proof.note import DASH, NoteError, open_note, parse_note, sign_note

COSIGNATURE_TYPE = b"\x04"
TIMESTAMP_BYTES = 8


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's name, number of entries and root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the checkpoint as the text of a note."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @staticmethod
    def parse(text: str) -> "Checkpoint":
        """Return the checkpoint of a note's text.

        Raises:
            NoteError: the text is no checkpoint.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1]:
            raise NoteError("a checkpoint has three lines: origin, size, root")
        origin, size, root = lines[:3]
        if not origin or not size.isascii() or not size.isdecimal() or (size != "0" and size.startswith("0")):
            raise NoteError("a checkpoint names its log and its size in decimal")
        if len(size) > 18:
            raise NoteError("no log has so many entries")
        try:
            raw = b64decode(root, validate=True)
        except (Error, ValueError):
            raise NoteError("the root of a checkpoint is base64") from None
        if len(raw) != HASH_BYTES:
            raise NoteError(f"the root of a checkpoint has {HASH_BYTES} bytes")
        return Checkpoint(origin, int(size), raw)


def sign_checkpoint(checkpoint: Checkpoint, key: PrivateKey) -> str:
    """Return the signed note of a checkpoint.

    Raises:
        ValueError: the key is not for the log, or has another name than the log.
    """
    if key.name != checkpoint.origin:
        raise ValueError(f"the key of {key.name} does not sign for the log {checkpoint.origin}")
    return sign_note(checkpoint.text(), key, use=KeyUse.LOG)


def open_checkpoint(note: str, origin: str, keys: Iterable[PublicKey]) -> Checkpoint:
    """Return the checkpoint of a signed note.

    Raises:
        NoteError: no checkpoint, of another log, or not signed by a key of the log.
    """
    text, signers = open_note(note, keys, use=KeyUse.LOG)
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin != origin:
        raise NoteError(f"the checkpoint is of {checkpoint.origin}, not of {origin}")
    if all(signer.name != origin for signer in signers):
        raise NoteError(f"no key of {origin} signed this checkpoint")
    return checkpoint


def cosignature_id(name: str, raw: bytes) -> bytes:
    """Return the four bytes that name a witness's key (C2SP tlog-cosignature, type 0x04)."""
    return sha256(name.encode() + b"\n" + COSIGNATURE_TYPE + raw).digest()[:4]


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosign(note: str, witness: PrivateKey, *, seconds: int) -> str:
    """Return the note with a witness's cosignature, made at a time in seconds since 1970 (UTC).

    Raises:
        NoteError: the text is no note.
        ValueError: the witness's key is not for a log.
    """
    text = parse_note(note).text
    signature = witness.sign(_cosigned(text, seconds), use=KeyUse.LOG)
    body = cosignature_id(witness.name, witness.public.raw) + seconds.to_bytes(TIMESTAMP_BYTES, "big") + signature
    return f"{note}{DASH} {witness.name} {b64encode(body).decode()}\n"


def cosigned_at(note: str, witness: PublicKey) -> int | None:
    """Return when a witness cosigned a note, seconds since 1970 (UTC); None when it did not.

    Raises:
        NoteError: the text is no note, or the witness's cosignature is wrong.
    """
    parsed = parse_note(note)
    wanted = cosignature_id(witness.name, witness.raw)
    for name, key_id, body in parsed.signatures:
        if name == witness.name and key_id == wanted:
            seconds = int.from_bytes(body[:TIMESTAMP_BYTES], "big")
            if not witness.verify(_cosigned(parsed.text, seconds), body[TIMESTAMP_BYTES:]):
                raise NoteError(f"the cosignature of {name} is wrong")
            return seconds
    return None
