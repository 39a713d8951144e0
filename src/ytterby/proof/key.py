"""Keys, each with one use: a signature under a key of another use is refused (threat O1).

A key has a name (the log's origin, the register's), an algorithm and a use. As text it is one line in the manner of
C2SP signed-note keys with the use in it; suites are a registry, so that another fits without a change of format.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEED_BYTES = 32
ED25519 = "ed25519"
# Algorithm -> the type byte of C2SP signed notes.
SUITES = {ED25519: b"\x01"}
PRIVATE_MARK = "YTTERBY-PRIVATE-KEY"
PUBLIC_MARK = "YTTERBY-KEY"


class KeyUse(StrEnum):
    """What a key may sign, and nothing else."""

    LOG = "log"
    RECEIPT = "receipt"
    LICENCE = "licence"
    STATUS_LIST = "status_list"
    PACK = "pack"
    GATE = "gate"
    OFFICER = "officer"
    PARTY = "party"


def key_id(name: str, algorithm: str, raw: bytes) -> bytes:
    """Return the four bytes that name a key in a note: SHA-256(name, newline, type, key)[:4] (C2SP signed-note)."""
    return sha256(name.encode() + b"\n" + SUITES[algorithm] + raw).digest()[:4]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half: whom to believe, for what."""

    use: KeyUse
    name: str
    algorithm: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that name it in a note."""
        return key_id(self.name, self.algorithm, self.raw)

    def text(self) -> str:
        """Return the key as one line."""
        return f"{PUBLIC_MARK}+{self.use}+{self.algorithm}+{self.name}+{b64encode(self.raw).decode()}"

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature is this key's on the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    @staticmethod
    def parse(text: str) -> "PublicKey":
        """Return the key of a line.

        Raises:
            ValueError: the text is no public key.
        """
        use, algorithm, name, raw = _fields(text, PUBLIC_MARK)
        return PublicKey(use, name, algorithm, raw)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """The private half, made from 32 bytes that the caller drew."""

    use: KeyUse
    name: str
    algorithm: str
    seed: bytes = field(repr=False)

    @staticmethod
    def from_seed(use: KeyUse, name: str, seed: bytes) -> "PrivateKey":
        """Return the Ed25519 key of a seed.

        Raises:
            ValueError: the seed is not 32 bytes, or the name is empty or holds a plus sign or white space.
        """
        if len(seed) != SEED_BYTES:
            raise ValueError(f"a seed has {SEED_BYTES} bytes, not {len(seed)}")
        _check_name(name)
        return PrivateKey(use, name, ED25519, seed)

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return PublicKey(self.use, self.name, self.algorithm, _signer(self.seed)[1])

    def sign(self, message: bytes, *, use: KeyUse) -> bytes:
        """Sign a message for a use.

        Raises:
            ValueError: the key is for another use.
        """
        if use is not self.use:
            raise ValueError(f"a key for {self.use} does not sign for {use}")
        return _signer(self.seed)[0].sign(message)

    def text(self) -> str:
        """Return the key as one line, to be kept where only the service reads it."""
        return f"{PRIVATE_MARK}+{self.use}+{self.algorithm}+{self.name}+{b64encode(self.seed).decode()}"

    @staticmethod
    def parse(text: str) -> "PrivateKey":
        """Return the key of a line.

        Raises:
            ValueError: the text is no private key.
        """
        use, algorithm, name, seed = _fields(text, PRIVATE_MARK)
        return PrivateKey(use, name, algorithm, seed)


@lru_cache(maxsize=16)
def _signer(seed: bytes) -> tuple[Ed25519PrivateKey, bytes]:
    """Return the key of a seed and its public bytes: to derive them takes longer than to sign."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return key, key.public_key().public_bytes_raw()


def _check_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() for c in name) or not name.isprintable():
        raise ValueError(f"a key's name is not empty and holds no plus sign or white space: {name!r}")


def _fields(text: str, mark: str) -> tuple[KeyUse, str, str, bytes]:
    # Base64 may hold plus signs, so only the first four separate.
    parts = text.strip().split("+", 4)
    if len(parts) != 5 or parts[0] != mark:
        raise ValueError(f"not a {mark} line")
    _, use, algorithm, name, encoded = parts
    if algorithm not in SUITES:
        raise ValueError(f"no suite {algorithm!r} is known")
    _check_name(name)
    try:
        raw = b64decode(encoded, validate=True)
        kind = KeyUse(use)
    except ValueError:
        raise ValueError(f"not a {mark} line") from None
    if len(raw) != SEED_BYTES:
        raise ValueError(f"an {algorithm} key has {SEED_BYTES} bytes")
    return kind, algorithm, name, raw
