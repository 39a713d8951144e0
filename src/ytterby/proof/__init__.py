"""Nothing was changed: Merkle log, checkpoints, receipts, keys.

What this room knows. The salted entries of the public log (`entry`), its tree and proofs (`merkle`), the static files
it is published as (`tile`), signed notes and checkpoints with witnesses' cosignatures (`note`, `checkpoint`), keys
with one use each (`key`), receipts of arrival and outcome (`receipt`), the proof of one event (`event_proof`), what
passkeys say (`assertion`, `credential`), and the signature by which a person approves a draft (`approval`).

What it never does. It draws no random bytes, reads no clock and no file: salts, seeds and times are arguments. It
never puts an event's digest in public: entries are salted commitments.

Terms. *Entry*: what a leaf commits to. *Checkpoint*: origin, size and root, signed. *Frontier*: the complete subtrees
of a tree. *Receipt*: a signed promise; what it promises is proved by inclusion.

Invariants. A record's entry has 34 bytes, always. What is appended never changes a complete subtree. A signature
under a key of another use is refused. Inclusion and consistency hold for every size.

Sources. RFC 6962 and RFC 9162 (tree and proofs); C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature;
W3C Web Authentication level 2, RFC 9053 and RFC 8949 (passkeys).
"""

from ytterby.proof.approval import (
    ApprovalSignature,
    PasskeyEntry,
    SigningKeys,
    approval_challenge,
    sign_approval,
    signature_flaw,
)
from ytterby.proof.checkpoint import Checkpoint, cosign, cosigned_at, open_checkpoint, sign_checkpoint
from ytterby.proof.entry import EntryKind, commitment, parse_entry, public_entry, record_entry
from ytterby.proof.event_proof import EventProof, verify_event_proof
from ytterby.proof.key import KeyUse, PrivateKey, PublicKey
from ytterby.proof.merkle import (
    Frontier,
    LeafHashes,
    consistency_proof,
    empty_root,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from ytterby.proof.note import NoteError, open_note, parse_note, sign_note
from ytterby.proof.receipt import sign_arrival, sign_outcome, verify_receipt
from ytterby.proof.tile import Tile, entry_bundle, parse_entry_bundle, tiles_between

__all__ = [
    "ApprovalSignature",
    "Checkpoint",
    "EntryKind",
    "EventProof",
    "Frontier",
    "KeyUse",
    "LeafHashes",
    "NoteError",
    "PasskeyEntry",
    "PrivateKey",
    "PublicKey",
    "SigningKeys",
    "Tile",
    "approval_challenge",
    "commitment",
    "consistency_proof",
    "cosign",
    "cosigned_at",
    "empty_root",
    "entry_bundle",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "open_note",
    "parse_entry",
    "parse_entry_bundle",
    "parse_note",
    "public_entry",
    "record_entry",
    "root_of",
    "sign_approval",
    "sign_arrival",
    "sign_checkpoint",
    "sign_note",
    "sign_outcome",
    "signature_flaw",
    "tiles_between",
    "verify_consistency",
    "verify_event_proof",
    "verify_inclusion",
    "verify_receipt",
]
