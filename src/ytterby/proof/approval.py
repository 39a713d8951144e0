"""The signature by which a person approves a draft: over the draft, the case as it stood, the order, and a nonce.

Threat D2: nobody but the person makes it. The same bytes are signed by a passkey of the person's (in the portal, with
user verification) or by the key file of the person's account (on the command line, through the interface). It is
stored with the approval and held against the keys of the log again whenever the case is replayed; whether the nonce
was used before is for the caller to say, who knows the other approvals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Final, Literal, NamedTuple

import msgspec

from ytterby.proof.assertion import Assertion, AssertionFlaw, assertion_flaw
from ytterby.proof.base64url import from_base64url, to_base64url
from ytterby.proof.key import KeyUse, PrivateKey, PublicKey
from ytterby.terms.record_text import record_text

APPROVAL_DOMAIN = "ytterby/approval/v1"
KEY_FILE: Final = "ed25519"
PASSKEY: Final = "webauthn"
NONCE_BYTES_LEAST, NONCE_BYTES_MOST = 16, 64
TEXT_MAX = 16_384


class SignatureFlaw(StrEnum):
    """Why a signature does not count, beside what `AssertionFlaw` says of a passkey's."""

    UNKNOWN_KEY = "unknown_key"
    ANOTHERS_KEY = "anothers_key"
    SHORT_NONCE = "short_nonce"


class ApprovalSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A signature as it is stored with an approval; byte strings are base64url without padding.

    `key` is the public key line of the account's key file, or the identifier of the passkey.
    """

    suite: Literal["ed25519", "webauthn"]
    account: str
    key: str
    nonce: str
    signature: str
    authenticator_data: str = ""
    client_data: str = ""


class PasskeyEntry(NamedTuple):
    """A passkey as the log knows it: whose, its public half (COSE), and where it may be used."""

    account: str
    key: bytes
    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The keys that count at one moment of the log: accounts to key lines, identifiers of passkeys to passkeys."""

    files: Mapping[str, str] = field(default_factory=dict)
    passkeys: Mapping[str, PasskeyEntry] = field(default_factory=dict)

    def of_account(self, account: str) -> dict[str, PasskeyEntry]:
        """Return the passkeys of one account, by identifier."""
        return {name: one for name, one in self.passkeys.items() if one.account == account}


def approval_challenge(
    draft_digest: str, case_number: str, case_version: int, order: int, nonce: str, register_id: str
) -> bytes:
    """Return what an approval signs (32 bytes): SHA-256 over the canonical JSON of what is approved.

    `draft_digest` is the digest of the draft as the case writes it, `order` which of the approvals this is (1, 2 …).
    """
    said = {
        "domain": APPROVAL_DOMAIN,
        "register": register_id,
        "case": case_number,
        "version": case_version,
        "draft": draft_digest,
        "order": order,
        "nonce": nonce,
    }
    return sha256(record_text(said).encode()).digest()


def sign_approval(key: PrivateKey, challenge: bytes, nonce: str) -> ApprovalSignature:
    """Return the signature of a key file; the key's name is its account.

    Raises:
        ValueError: the key is for another use.
    """
    signature = key.sign(challenge, use=KeyUse.OFFICER)
    return ApprovalSignature(KEY_FILE, key.name, key.public.text(), nonce, to_base64url(signature))


def signature_flaw(signature: ApprovalSignature, challenge: bytes, keys: SigningKeys) -> str | None:
    """Return the code of what is wrong with a signature over a challenge; None when it counts.

    `keys` are those that counted when it was given. Codes are those of `SignatureFlaw` and `AssertionFlaw`.
    """
    try:
        nonce = from_base64url(signature.nonce)
        raw = from_base64url(signature.signature)
    except ValueError:
        return AssertionFlaw.UNREADABLE.value
    if not NONCE_BYTES_LEAST <= len(nonce) <= NONCE_BYTES_MOST:
        return SignatureFlaw.SHORT_NONCE.value
    flaw = _by_key_file if signature.suite == KEY_FILE else _by_passkey
    found = flaw(signature, raw, challenge, keys)
    return None if found is None else found.value


def _by_key_file(
    signature: ApprovalSignature, raw: bytes, challenge: bytes, keys: SigningKeys
) -> SignatureFlaw | AssertionFlaw | None:
    known = keys.files.get(signature.account)
    if known is None:
        return SignatureFlaw.UNKNOWN_KEY
    if known != signature.key:
        return SignatureFlaw.ANOTHERS_KEY
    try:
        key = PublicKey.parse(known)
    except ValueError:
        return AssertionFlaw.UNUSABLE_KEY
    if key.use is not KeyUse.OFFICER or signature.authenticator_data or signature.client_data:
        return AssertionFlaw.UNUSABLE_KEY
    return None if key.verify(challenge, raw) else AssertionFlaw.WRONG_SIGNATURE


def _by_passkey(
    signature: ApprovalSignature, raw: bytes, challenge: bytes, keys: SigningKeys
) -> SignatureFlaw | AssertionFlaw | None:
    known = keys.passkeys.get(signature.key)
    if known is None:
        return SignatureFlaw.UNKNOWN_KEY
    if known.account != signature.account:
        return SignatureFlaw.ANOTHERS_KEY
    assertion = passkey_assertion(signature)
    if assertion is None:
        return AssertionFlaw.UNREADABLE
    # Counts are held against one another where the assertion comes in; a replay knows no order of them.
    return assertion_flaw(assertion, challenge=challenge, key=known.key, origin=known.origin, rp_id=known.rp_id)


def passkey_assertion(signature: ApprovalSignature) -> Assertion | None:
    """Return what a passkey's signature holds, as bytes; None where it cannot be read."""
    parts = (signature.authenticator_data, signature.client_data, signature.signature)
    if any(len(part) > TEXT_MAX for part in parts):
        return None
    try:
        return Assertion(*(from_base64url(part) for part in parts))
    except ValueError:
        return None
