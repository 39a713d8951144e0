"""An authenticator in software: makes passkeys and assertions, right ones and wrong ones, for tests."""

import json
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from ytterby.proof.assertion import Assertion
from ytterby.proof.base64url import to_base64url

RP_ID, ORIGIN = "licences.example.org", "https://licences.example.org"
PRESENT, VERIFIED, ATTESTED, EXTENDED = 0x01, 0x04, 0x40, 0x80
ES256, EDDSA, RS256 = "ES256", "EdDSA", "RS256"


def cbor(value):
    """Return CBOR of what authenticators write."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, dict):
        return _head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())
    raise TypeError(value)


def _head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for short, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * width:
            return bytes([major << 5 | short]) + number.to_bytes(width, "big")
    raise ValueError(number)


class Authenticator:
    """One passkey in software. What it says can be bent by keyword."""

    def __init__(self, *, algorithm=ES256, rp_id=RP_ID, origin=ORIGIN, counts=True, seed=b"passkey"):
        self.algorithm, self.rp_id, self.origin = algorithm, rp_id, origin
        self.id = sha256(seed + algorithm.encode()).digest()[:20]
        self.counter, self.counts = 0, counts
        self.private = {
            ES256: lambda: ec.derive_private_key(int.from_bytes(sha256(seed).digest(), "big") >> 1, ec.SECP256R1()),
            EDDSA: lambda: ed25519.Ed25519PrivateKey.from_private_bytes(sha256(seed).digest()),
            RS256: lambda: rsa.generate_private_key(65537, 2048),
        }[algorithm]()

    @property
    def name(self):
        """The identifier as text."""
        return to_base64url(self.id)

    @property
    def cose(self):
        """The public half."""
        public = self.private.public_key()
        if self.algorithm == EDDSA:
            return cbor({1: 1, 3: -8, -1: 6, -2: public.public_bytes_raw()})
        numbers = public.public_numbers()
        if self.algorithm == ES256:
            return cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        size = (numbers.n.bit_length() + 7) // 8
        return cbor({1: 3, 3: -257, -1: numbers.n.to_bytes(size, "big"), -2: b"\x01\x00\x01"})

    def make(self, challenge, *, flags=PRESENT | VERIFIED | ATTESTED, fmt="none", statement=None, **bent):
        """Return attestation object and client data of a registration."""
        named = bent.get("id", self.id)
        data = self._data(flags, bent) + b"\0" * 16 + len(named).to_bytes(2, "big") + named + self.cose
        data += bent.get("after", b"")
        told = cbor({"fmt": fmt, "attStmt": statement or {}, "authData": data})
        return told, self._client(bent.get("kind", "webauthn.create"), challenge, bent)

    def answer(self, challenge, *, flags=PRESENT | VERIFIED, **bent):
        """Return an assertion over a challenge."""
        data = self._data(flags, bent) + bent.get("after", b"")
        client = self._client(bent.get("kind", "webauthn.get"), challenge, bent)
        return Assertion(data, client, self._sign(data + sha256(client).digest()))

    def _data(self, flags, bent):
        if self.counts:
            self.counter += 1
        count = bent.get("counter", self.counter)
        return sha256(bent.get("rp_id", self.rp_id).encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _client(self, kind, challenge, bent):
        told = {"type": kind, "challenge": to_base64url(challenge), "origin": bent.get("origin", self.origin)}
        return json.dumps({**told, "crossOrigin": bent.get("cross", False)}).encode()

    def _sign(self, message):
        match self.algorithm:
            case "ES256":
                return self.private.sign(message, ec.ECDSA(SHA256()))
            case "EdDSA":
                return self.private.sign(message)
        return self.private.sign(message, padding.PKCS1v15(), SHA256())
