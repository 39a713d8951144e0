"""Receipts: what the register promises the submitter, signed.

*Arrival*: these exact bytes came from this party at this time; made before anything is parsed, so that a deadline is
proved met. *Outcome*: accepted with these entries (index, salt, digest), refused, or known already. *Lapse*: the bytes
of a document that was refused were destroyed at this time, under this rule. A receipt is the canonical JSON of its
fields under a signature with a context of its own, so that no receipt passes for another kind (threat O1).
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from typing import Any

from ytterby.proof.key import KeyUse, PrivateKey, PublicKey
from ytterby.terms.record_text import record_text

ARRIVAL, OUTCOME, LAPSE = "arrival", "outcome", "lapse"
SUITE = "ytterby-receipt/v1:ed25519"
Receipt = dict[str, Any]


def _message(kind: str, fields: Mapping[str, Any]) -> bytes:
    """Return what is signed: the context of the kind, and the fields as canonical JSON without the signature."""
    plain = {key: value for key, value in fields.items() if key != "signature"}
    return f"ytterby/receipt/{kind}/v1\x00{record_text(plain)}".encode()


def _sign(kind: str, fields: Mapping[str, Any], key: PrivateKey) -> Receipt:
    receipt: Receipt = {**fields, "kind": kind, "suite": SUITE, "key": key.public.text()}
    signature = key.sign(_message(kind, receipt), use=KeyUse.RECEIPT)
    return {**receipt, "signature": b64encode(signature).decode()}


def sign_arrival(fields: Mapping[str, Any], key: PrivateKey) -> Receipt:
    """Return the receipt of an arrival: fields such as id, origin, sha256, media_type, submitter, at.

    Raises:
        ValueError: the key is for another use.
    """
    return _sign(ARRIVAL, fields, key)


def sign_outcome(fields: Mapping[str, Any], key: PrivateKey) -> Receipt:
    """Return the receipt of an outcome: fields such as id, outcome, entries, included_by, at.

    Raises:
        ValueError: the key is for another use.
    """
    return _sign(OUTCOME, fields, key)


def sign_lapse(fields: Mapping[str, Any], key: PrivateKey) -> Receipt:
    """Return the receipt of a lapse: fields such as id, sha256, length, at, refused_days.

    Raises:
        ValueError: the key is for another use.
    """
    return _sign(LAPSE, fields, key)


def verify_receipt(receipt: Mapping[str, Any], key: PublicKey) -> bool:
    """Tell whether a receipt of any kind bears this key's signature over all that it says."""
    kind, signature = receipt.get("kind"), receipt.get("signature")
    if key.use is not KeyUse.RECEIPT or receipt.get("suite") != SUITE or kind not in {ARRIVAL, OUTCOME, LAPSE}:
        return False
    try:
        raw = b64decode(str(signature), validate=True)
        message = _message(str(kind), receipt)
    except (Error, ValueError, TypeError):
        return False
    return receipt.get("key") == key.text() and key.verify(message, raw)
