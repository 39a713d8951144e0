"""What a passkey says: the assertion by which it signs, and the registration by which it becomes known.

An assertion counts when it is of the kind asked for, over the challenge that was given, made at the address and for
the name that the passkey belongs to, with a person present and **verified** (threat D2), and signed by its key.
Attestation statements are not looked at: who holds a passkey is what two people say in the log, not its maker.

Source: W3C Web Authentication level 2, sections 6.1 (authenticator data), 7.1 (registration), 7.2 (assertion).
"""

import json
import re
from collections.abc import Collection
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Any, NamedTuple

from ytterby.proof.base64url import to_base64url
from ytterby.proof.cbor import CborError, read_cbor, read_first_cbor
from ytterby.proof.credential import check_credential_key, relying_party_hash, verify_by_credential_key

GET, CREATE = "webauthn.get", "webauthn.create"
CLIENT_DATA_BYTES_MAX = 8192
AUTHENTICATOR_DATA_BYTES_MAX = 8192
CREDENTIAL_ID_BYTES_MAX = 1023
_HASH, _FLAGS, _COUNTER, _AAGUID = 32, 33, 37, 53
_PRESENT, _VERIFIED, _ATTESTED, _EXTENDED = 0x01, 0x04, 0x40, 0x80
# On this name alone the port is not looked at: a passkey of a demo belongs to the machine, not to a run's port.
_LOOPBACK = re.compile(r"http://localhost(:[0-9]{1,5})?")


class AssertionFlaw(StrEnum):
    """Why what a passkey said does not count."""

    UNREADABLE = "unreadable"
    OTHER_KIND = "other_kind"
    OTHER_CHALLENGE = "other_challenge"
    OTHER_ORIGIN = "other_origin"
    OTHER_NAME = "other_name"
    NOBODY_PRESENT = "nobody_present"
    NOT_VERIFIED = "not_verified"
    COUNTER = "counter"
    UNUSABLE_KEY = "unusable_key"
    WRONG_SIGNATURE = "wrong_signature"


class Assertion(NamedTuple):
    """What came from the browser, byte for byte."""

    authenticator_data: bytes
    client_data: bytes
    signature: bytes


class NewPasskey(NamedTuple):
    """A passkey that has just been made: its identifier, its public key (COSE), its counter."""

    id: bytes
    key: bytes
    counter: int


class _Spoken(NamedTuple):
    """Authenticator data: the hash of the name, its flags, its counter, and what follows."""

    name_hash: bytes
    flags: int
    counter: int
    rest: bytes


def assertion_flaw(
    assertion: Assertion, *, challenge: bytes, key: bytes, origin: str, rp_id: str, last_counter: int = 0
) -> AssertionFlaw | None:
    """Return the first thing that is wrong with an assertion over a challenge; None when it counts.

    `key` is the passkey's public half (COSE), `last_counter` the count of its last assertion, 0 where none is known.
    """
    spoken = _authenticator_data(assertion.authenticator_data)
    if spoken is None:
        return AssertionFlaw.UNREADABLE
    flaw = _client_flaw(assertion.client_data, GET, challenge, origin) or _spoken_flaw(spoken, rp_id)
    if flaw is not None:
        return flaw
    if (spoken.counter or last_counter) and spoken.counter <= last_counter:
        return AssertionFlaw.COUNTER
    signed = assertion.authenticator_data + sha256(assertion.client_data).digest()
    is_signed = verify_by_credential_key(key, signed, assertion.signature)
    return None if is_signed else AssertionFlaw.WRONG_SIGNATURE


def assertion_counter(assertion: Assertion) -> int:
    """Return the count that an assertion tells; 0 where it cannot be read or its authenticator does not count."""
    spoken = _authenticator_data(assertion.authenticator_data)
    return 0 if spoken is None else spoken.counter


def read_new_passkey(
    attestation: bytes, client_data: bytes, *, challenge: bytes, origin: str, rp_id: str
) -> NewPasskey | AssertionFlaw:
    """Return the passkey that a browser has just made for a challenge, or the first thing that is wrong with it."""
    flaw = _client_flaw(client_data, CREATE, challenge, origin)
    if flaw is not None:
        return flaw
    try:
        told = read_cbor(attestation)
    except CborError:
        return AssertionFlaw.UNREADABLE
    data = told.get("authData") if isinstance(told, dict) else None
    spoken = _authenticator_data(data) if isinstance(data, bytes) else None
    if spoken is None:
        return AssertionFlaw.UNREADABLE
    flaw = _spoken_flaw(spoken, rp_id)
    return flaw or _attested(spoken)


def _attested(spoken: _Spoken) -> NewPasskey | AssertionFlaw:
    start = _AAGUID - _COUNTER  # the identifier of the model comes first
    if not spoken.flags & _ATTESTED or len(spoken.rest) < start + 2:
        return AssertionFlaw.UNREADABLE
    length = int.from_bytes(spoken.rest[start : start + 2], "big")
    end = start + 2 + length
    if not 0 < length <= CREDENTIAL_ID_BYTES_MAX or end >= len(spoken.rest):
        return AssertionFlaw.UNREADABLE
    try:
        _, key_end = read_first_cbor(spoken.rest[end:])
    except CborError:
        return AssertionFlaw.UNREADABLE
    key, after = spoken.rest[end : end + key_end], spoken.rest[end + key_end :]
    if bool(after) != bool(spoken.flags & _EXTENDED):
        return AssertionFlaw.UNREADABLE
    try:
        check_credential_key(key)
    except ValueError:
        return AssertionFlaw.UNUSABLE_KEY
    return NewPasskey(spoken.rest[start + 2 : end], key, spoken.counter)


def _authenticator_data(data: bytes) -> _Spoken | None:
    if not _COUNTER <= len(data) <= AUTHENTICATOR_DATA_BYTES_MAX:
        return None
    flags = data[_HASH]
    if len(data) > _COUNTER and not flags & (_ATTESTED | _EXTENDED):
        return None
    return _Spoken(data[:_HASH], flags, int.from_bytes(data[_FLAGS:_COUNTER], "big"), data[_COUNTER:])


def _spoken_flaw(spoken: _Spoken, rp_id: str) -> AssertionFlaw | None:
    if not compare_digest(spoken.name_hash, relying_party_hash(rp_id)):
        return AssertionFlaw.OTHER_NAME
    if not spoken.flags & _PRESENT:
        return AssertionFlaw.NOBODY_PRESENT
    return None if spoken.flags & _VERIFIED else AssertionFlaw.NOT_VERIFIED


def _client_flaw(client_data: bytes, kind: str, challenge: bytes, origin: str) -> AssertionFlaw | None:
    told = _client_fields(client_data)
    if told is None:
        return AssertionFlaw.UNREADABLE
    if told.get("type") != kind:
        return AssertionFlaw.OTHER_KIND
    if not compare_digest(str(told.get("challenge", "")).encode(), to_base64url(challenge).encode()):
        return AssertionFlaw.OTHER_CHALLENGE
    is_ours = same_origin(str(told.get("origin", "")), origin) and told.get("crossOrigin", False) is False
    return None if is_ours else AssertionFlaw.OTHER_ORIGIN


def _client_fields(client_data: bytes) -> dict[str, Any] | None:
    if len(client_data) > CLIENT_DATA_BYTES_MAX:
        return None
    try:
        told = json.loads(client_data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _once(pairs: Collection[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def same_origin(one: str, other: str) -> bool:
    """Tell whether two addresses are one origin; on loopback by its name the port is not looked at."""
    return one == other or all(_LOOPBACK.fullmatch(address) is not None for address in (one, other))
