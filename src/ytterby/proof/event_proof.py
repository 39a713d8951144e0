"""The proof of one event: that its digest, salted, is an entry of the log whose head is signed.

Whoever holds the event, the proof and the log's public key can check it alone, without asking the register.
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ytterby.proof.checkpoint import open_checkpoint
from ytterby.proof.entry import record_entry
from ytterby.proof.key import PublicKey
from ytterby.proof.merkle import leaf_hash, verify_inclusion
from ytterby.proof.note import NoteError


@dataclass(frozen=True, slots=True)
class EventProof:
    """Index, salt and digest of an entry, the hashes to the root, and the signed checkpoint."""

    index: int
    salt: bytes
    digest: bytes
    proof: tuple[bytes, ...]
    checkpoint: str

    def to_json(self) -> dict[str, Any]:
        """Return the proof as JSON: bytes in base64."""
        return {
            "format": "ytterby-event-proof/v1",
            "index": self.index,
            "salt": b64encode(self.salt).decode(),
            "digest": self.digest.hex(),
            "proof": [b64encode(p).decode() for p in self.proof],
            "checkpoint": self.checkpoint,
        }

    @staticmethod
    def from_json(fields: Mapping[str, Any]) -> "EventProof":
        """Return a proof from JSON.

        Raises:
            ValueError: a field is missing or cannot be read.
        """
        try:
            return EventProof(
                index=int(fields["index"]),
                salt=b64decode(fields["salt"], validate=True),
                digest=bytes.fromhex(fields["digest"]),
                proof=tuple(b64decode(p, validate=True) for p in fields["proof"]),
                checkpoint=str(fields["checkpoint"]),
            )
        except (KeyError, TypeError, Error) as cause:
            raise ValueError(f"not a proof of an event: {cause}") from None


def verify_event_proof(proof: EventProof, origin: str, keys: Iterable[PublicKey]) -> str | None:
    """Return why a proof does not hold, or None when it does."""
    try:
        checkpoint = open_checkpoint(proof.checkpoint, origin, keys)
        entry = record_entry(proof.salt, proof.digest)
    except (NoteError, ValueError) as cause:
        return str(cause)
    if not verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.proof, checkpoint.root):
        return f"entry {proof.index} is not in the tree of {checkpoint.size} entries"
    return None
