"""The public half of a passkey: a COSE key of one of three algorithms, and what its signatures are held against.

Source: RFC 9053 (COSE algorithms: ES256, EdDSA), RFC 8812 (RS256), W3C Web Authentication level 2 section 5.8.5.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from ytterby.proof.cbor import CborError, read_cbor

ES256, EDDSA, RS256 = -7, -8, -257
ALGORITHMS = (ES256, EDDSA, RS256)
# COSE_Key: 1 is the type, 3 the algorithm, -1 the curve (of RSA the modulus), -2 and -3 what follows.
_TYPE, _ALGORITHM, _FIRST, _SECOND, _THIRD = 1, 3, -1, -2, -3
_OKP, _EC2, _RSA = 1, 2, 3
_P256, _ED25519 = 1, 6
COORDINATE_BYTES = 32
MODULUS_BITS_LEAST, MODULUS_BITS_MOST = 2048, 4096
EXPONENT = 65537

_Key = EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey


def check_credential_key(cose: bytes) -> None:
    """Check that bytes are the public key of a passkey that can be used here.

    Raises:
        ValueError: they are not: another algorithm, a point off the curve, a short modulus, no COSE key at all.
    """
    _key_of(cose)


def verify_by_credential_key(cose: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature is this key's on the message; false too where the key cannot be used."""
    try:
        key = _key_of(cose)
        match key:
            case EllipticCurvePublicKey():
                key.verify(signature, message, ECDSA(SHA256()))
            case Ed25519PublicKey():
                key.verify(signature, message)
            case RSAPublicKey():
                key.verify(signature, message, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def relying_party_hash(rp_id: str) -> bytes:
    """Return what authenticator data begins with: SHA-256 of the name that the passkey belongs to."""
    return sha256(rp_id.encode()).digest()


@lru_cache(maxsize=256)
def _key_of(cose: bytes) -> _Key:
    try:
        fields = read_cbor(cose)
    except CborError as error:
        raise ValueError(f"no COSE key: {error}") from None
    if not isinstance(fields, dict):
        raise ValueError("no COSE key: not a map")
    match fields.get(_TYPE), fields.get(_ALGORITHM):
        case (2, -7):
            return _on_p256(fields)
        case (1, -8):
            return _ed25519(fields)
        case (3, -257):
            return _rsa(fields)
    raise ValueError("a passkey signs by ES256, EdDSA or RS256")


def _on_p256(fields: dict[Any, Any]) -> EllipticCurvePublicKey:
    x, y = fields.get(_SECOND), fields.get(_THIRD)
    if fields.get(_FIRST) != _P256 or not _is_coordinate(x) or not _is_coordinate(y):
        raise ValueError("an ES256 key is a point of P-256")
    return EllipticCurvePublicNumbers(_number(x), _number(y), SECP256R1()).public_key()


def _ed25519(fields: dict[Any, Any]) -> Ed25519PublicKey:
    x = fields.get(_SECOND)
    if fields.get(_FIRST) != _ED25519 or not isinstance(x, bytes) or len(x) != COORDINATE_BYTES:
        raise ValueError("an EdDSA key is a point of Ed25519")
    return Ed25519PublicKey.from_public_bytes(x)


def _rsa(fields: dict[Any, Any]) -> RSAPublicKey:
    modulus, exponent = fields.get(_FIRST), fields.get(_SECOND)
    if not isinstance(modulus, bytes) or not isinstance(exponent, bytes):
        raise ValueError("an RS256 key has a modulus and an exponent")
    n, e = _number(modulus), _number(exponent)
    if not MODULUS_BITS_LEAST <= n.bit_length() <= MODULUS_BITS_MOST or e != EXPONENT:
        raise ValueError(
            f"an RS256 key has {MODULUS_BITS_LEAST} to {MODULUS_BITS_MOST} bits and the exponent {EXPONENT}"
        )
    return RSAPublicNumbers(e, n).public_key()


def _is_coordinate(value: object) -> bool:
    return isinstance(value, bytes) and len(value) == COORDINATE_BYTES


def _number(value: object) -> int:
    return int.from_bytes(value, "big") if isinstance(value, bytes) else 0
