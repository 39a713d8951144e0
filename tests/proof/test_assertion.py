"""What a passkey signs, and what does not count (threat D2): each rule of WebAuthn once kept and once broken."""

import json
from contextlib import suppress
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from proof.authenticator import EDDSA, ES256, ORIGIN, PRESENT, RP_ID, RS256, VERIFIED, Authenticator, cbor
from ytterby.proof.approval import (
    ApprovalSignature,
    PasskeyEntry,
    SigningKeys,
    approval_challenge,
    sign_approval,
    signature_flaw,
)
from ytterby.proof.assertion import NewPasskey, assertion_counter, assertion_flaw, read_new_passkey, same_origin
from ytterby.proof.base64url import from_base64url, to_base64url
from ytterby.proof.cbor import CborError, read_cbor
from ytterby.proof.credential import check_credential_key
from ytterby.proof.key import KeyUse, PrivateKey

DRAFT = "ab" * 32
NONCE = to_base64url(b"n" * 16)
CHALLENGE = approval_challenge(DRAFT, "C-00000001", 12, 1, NONCE, "register")
KEY = PrivateKey.from_seed(KeyUse.OFFICER, "officer-1", b"k" * 32)
PASSKEY = Authenticator()
_NUMBERS = PASSKEY.private.public_key().public_numbers()
POINT = _NUMBERS.x.to_bytes(32, "big"), _NUMBERS.y.to_bytes(32, "big")
KEYS = SigningKeys(
    {"officer-1": KEY.public.text()}, {PASSKEY.name: PasskeyEntry("officer-1", PASSKEY.cose, RP_ID, ORIGIN)}
)


def flaw_of(assertion, challenge=CHALLENGE, passkey=PASSKEY, **more):
    given_ = {"key": passkey.cose, "origin": ORIGIN, "rp_id": RP_ID, **more}
    return assertion_flaw(assertion, challenge=challenge, **given_)


def signed(assertion, **changed):
    """Return an assertion as it is stored."""
    fields = {
        "suite": "webauthn",
        "account": "officer-1",
        "key": PASSKEY.name,
        "nonce": NONCE,
        "signature": to_base64url(assertion.signature),
        "authenticator_data": to_base64url(assertion.authenticator_data),
        "client_data": to_base64url(assertion.client_data),
    }
    return ApprovalSignature(**{**fields, **changed})


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_a_passkey_of_each_algorithm_is_made_and_signs(algorithm):
    passkey = Authenticator(algorithm=algorithm)
    attestation, client = passkey.make(b"new" * 8)
    made = read_new_passkey(attestation, client, challenge=b"new" * 8, origin=ORIGIN, rp_id=RP_ID)
    assert made == NewPasskey(passkey.id, passkey.cose, 1)
    assertion = passkey.answer(CHALLENGE)
    assert flaw_of(assertion, passkey=passkey, last_counter=1) is None
    assert assertion_counter(assertion) == 2
    assert flaw_of(assertion._replace(signature=assertion.signature[:-1]), passkey=passkey) == "wrong_signature"


@pytest.mark.parametrize(
    ("bent", "flaw"),
    [
        ({"kind": "webauthn.create"}, "other_kind"),
        ({"kind": "payment.get"}, "other_kind"),
        ({"origin": "https://licences.example.org.evil.example"}, "other_origin"),
        ({"origin": "http://licences.example.org"}, "other_origin"),
        ({"cross": True}, "other_origin"),
        ({"rp_id": "evil.example"}, "other_name"),
        ({"flags": VERIFIED}, "nobody_present"),
        ({"flags": PRESENT}, "not_verified"),
        ({"flags": 0}, "nobody_present"),
        ({"counter": 7}, "counter"),
        ({"counter": 0}, "counter"),
        ({"after": b"\xa0"}, "unreadable"),
    ],
)
def test_an_assertion_that_breaks_one_rule_does_not_count(bent, flaw):
    """Threat D2: without user verification, elsewhere, of another kind, cloned."""
    assert flaw_of(PASSKEY.answer(CHALLENGE, **bent), last_counter=7) == flaw


def test_an_assertion_of_another_draft_case_version_order_nonce_or_register_does_not_count():
    """Threat D2."""
    said = (DRAFT, "C-00000001", 12, 1, NONCE, "register")
    others = ("cd" * 32, "C-00000002", 13, 2, to_base64url(b"m" * 16), "another")
    assert approval_challenge(*said) == CHALLENGE
    for i, other in enumerate(others):
        challenge = approval_challenge(*said[:i], other, *said[i + 1 :])
        assert flaw_of(PASSKEY.answer(challenge)) == "other_challenge"
        assert signature_flaw(sign_approval(KEY, challenge, NONCE), CHALLENGE, KEYS) == "wrong_signature"


def test_the_challenge_is_the_one_that_is_written_down():
    """By hand: SHA-256 of the JSON with sorted keys and no white space; whatever changes it needs a new domain."""
    text = (
        f'{{"case":"C-00000001","domain":"ytterby/approval/v1","draft":"{DRAFT}","nonce":"{NONCE}",'
        '"order":1,"register":"register","version":12}'
    )
    assert sha256(text.encode()).digest() == CHALLENGE


def test_what_is_too_long_or_too_short_is_not_looked_into():
    """Threat X5."""
    assertion = PASSKEY.answer(CHALLENGE)
    longer = json.dumps({**json.loads(assertion.client_data), "x": "x" * 8192}).encode()
    assert flaw_of(assertion._replace(client_data=longer)) == "unreadable"
    assert flaw_of(assertion._replace(authenticator_data=assertion.authenticator_data + b"x" * 8192)) == "unreadable"
    assert flaw_of(assertion._replace(authenticator_data=assertion.authenticator_data[:36])) == "unreadable"
    assert assertion_counter(assertion._replace(authenticator_data=b"")) == 0


def test_limits_are_the_last_that_is_allowed():
    assertion = PASSKEY.answer(CHALLENGE)
    told = json.loads(assertion.client_data)
    room = 8192 - len(json.dumps({**told, "x": ""}))
    for more, flaw in ((0, "wrong_signature"), (1, "unreadable")):
        longest = json.dumps({**told, "x": "x" * (room + more)}).encode()
        assert flaw_of(assertion._replace(client_data=longest)) == flaw
    for length in (16, 64):
        nonce = to_base64url(b"n" * length)
        assert signature_flaw(sign_approval(KEY, CHALLENGE, nonce), CHALLENGE, KEYS) is None
    for length in (1, 1023):
        made, client = PASSKEY.make(CHALLENGE, id=b"i" * length)
        found = read_new_passkey(made, client, challenge=CHALLENGE, origin=ORIGIN, rp_id=RP_ID)
        assert found.id == b"i" * length


def test_each_account_has_its_own_passkeys():
    other = Authenticator(seed=b"other")
    two = {**KEYS.passkeys, other.name: PasskeyEntry("officer-2", other.cose, RP_ID, ORIGIN)}
    assert set(SigningKeys({}, two).of_account("officer-1")) == {PASSKEY.name}


def test_who_counts_nothing_is_not_asked_to_count_and_who_counts_goes_up():
    silent = Authenticator(counts=False)
    assert flaw_of(silent.answer(CHALLENGE), passkey=silent) is None
    assert flaw_of(silent.answer(CHALLENGE), passkey=silent, last_counter=3) == "counter"
    assert flaw_of(PASSKEY.answer(CHALLENGE, counter=8), last_counter=7) is None


def test_signatures_of_a_passkey_and_of_a_key_file_count_for_their_account_alone():
    """Threat D2: a key of another account, a key that the log does not know, one suite in the other's clothes."""
    by_passkey, by_file = signed(PASSKEY.answer(CHALLENGE)), sign_approval(KEY, CHALLENGE, NONCE)
    assert signature_flaw(by_passkey, CHALLENGE, KEYS) is None
    assert signature_flaw(by_file, CHALLENGE, KEYS) is None
    other = PrivateKey.from_seed(KeyUse.OFFICER, "officer-2", b"o" * 32)
    two = SigningKeys({**KEYS.files, "officer-2": other.public.text()}, KEYS.passkeys)
    as_other = {"account": "officer-2"}
    assert signature_flaw(signed(PASSKEY.answer(CHALLENGE), **as_other), CHALLENGE, two) == "anothers_key"
    mine_as_other = ApprovalSignature("ed25519", "officer-2", KEY.public.text(), NONCE, by_file.signature)
    assert signature_flaw(mine_as_other, CHALLENGE, two) == "anothers_key"
    theirs = ApprovalSignature("ed25519", "officer-2", other.public.text(), NONCE, by_file.signature)
    assert signature_flaw(theirs, CHALLENGE, two) == "wrong_signature"
    for none in (by_passkey, by_file):
        assert signature_flaw(none, CHALLENGE, SigningKeys()) == "unknown_key"
    dressed = ApprovalSignature("ed25519", "officer-1", PASSKEY.name, NONCE, by_passkey.signature)
    assert signature_flaw(dressed, CHALLENGE, KEYS) == "anothers_key"
    dressed = ApprovalSignature("webauthn", "officer-1", KEY.public.text(), NONCE, by_file.signature)
    assert signature_flaw(dressed, CHALLENGE, KEYS) == "unknown_key"
    both = ApprovalSignature("ed25519", "officer-1", KEY.public.text(), NONCE, by_file.signature, client_data="AA")
    assert signature_flaw(both, CHALLENGE, KEYS) == "unusable_key"


def test_a_bearer_token_is_no_signature():
    """Threat D2: a token alone never approves."""
    for token in ("", "AAAA", to_base64url(b"\0" * 64)):
        bare = ApprovalSignature("ed25519", "officer-1", KEY.public.text(), NONCE, token)
        assert signature_flaw(bare, CHALLENGE, KEYS) == "wrong_signature"
        assert signature_flaw(signed(PASSKEY.answer(CHALLENGE), signature=token), CHALLENGE, KEYS) == "wrong_signature"


@pytest.mark.parametrize(
    ("changed", "flaw"),
    [
        ({"nonce": to_base64url(b"n" * 15)}, "short_nonce"),
        ({"nonce": to_base64url(b"n" * 65)}, "short_nonce"),
        ({"nonce": "?"}, "unreadable"),
        ({"signature": "="}, "unreadable"),
        ({"authenticator_data": ""}, "unreadable"),
        ({"client_data": "e30"}, "other_kind"),
        ({"client_data": to_base64url(b"[1]")}, "unreadable"),
        ({"client_data": to_base64url(b'{"type":"webauthn.get","type":"webauthn.get"}')}, "unreadable"),
        ({"client_data": to_base64url(b"[" * 4000)}, "unreadable"),
        ({"client_data": "A" * 16385}, "unreadable"),
    ],
)
def test_a_stored_signature_that_cannot_be_read_does_not_count(changed, flaw):
    assert signature_flaw(signed(PASSKEY.answer(CHALLENGE), **changed), CHALLENGE, KEYS) == flaw


def test_a_passkey_that_was_not_made_here_by_a_verified_person_is_none():
    for bent, flaw in [
        ({"kind": "webauthn.get"}, "other_kind"),
        ({"origin": "https://evil.example"}, "other_origin"),
        ({"rp_id": "evil.example"}, "other_name"),
        ({"flags": PRESENT | 0x40}, "not_verified"),
        ({"flags": PRESENT | VERIFIED}, "unreadable"),
        ({"flags": PRESENT | VERIFIED | 0x80}, "unreadable"),
        ({"after": b"\0"}, "unreadable"),
        ({"id": b""}, "unreadable"),
        ({"id": b"i" * 1024}, "unreadable"),
    ]:
        told, client = PASSKEY.make(CHALLENGE, **bent)
        assert read_new_passkey(told, client, challenge=CHALLENGE, origin=ORIGIN, rp_id=RP_ID) == flaw
    told, client = PASSKEY.make(CHALLENGE)
    assert read_new_passkey(told, client, challenge=b"another", origin=ORIGIN, rp_id=RP_ID) == "other_challenge"
    for end in (0, 1, 40, len(told) - 1):
        found = read_new_passkey(told[:end], client, challenge=CHALLENGE, origin=ORIGIN, rp_id=RP_ID)
        assert found == "unreadable"
    # Attestation and extensions are read past.
    told, client = PASSKEY.make(
        CHALLENGE, fmt="packed", statement={"alg": -7, "sig": b"x", "x5c": [b"c"]}, flags=0xC5, after=cbor({"a": True})
    )
    assert read_new_passkey(told, client, challenge=CHALLENGE, origin=ORIGIN, rp_id=RP_ID).id == PASSKEY.id


@pytest.mark.parametrize(
    "cose",
    [
        b"",
        cbor([1]),
        cbor({1: 2, 3: -7, -1: 1, -2: b"\1" * 32, -3: b"\1" * 32}),
        cbor({1: 2, 3: -7, -1: 2, -2: POINT[0], -3: POINT[1]}),
        cbor({1: 2, 3: -7, -1: 1, -2: POINT[0], -3: POINT[1] + b"\0"}),
        cbor({1: 3, 3: -257, -1: "n" * 256, -2: b"\1\0\1"}),
        cbor({1: 3, 3: -257, -1: b"\xff" * 256, -2: 65537}),
        cbor({1: 3, 3: -257, -1: b"\xff" * 513, -2: b"\1\0\1"}),
        cbor({1: 2, 3: -7, -1: 1, -2: b"\1" * 31, -3: b"\1" * 32}),
        cbor({1: 2, 3: -47, -1: 1, -2: b"\1" * 32, -3: b"\1" * 32}),
        cbor({1: 1, 3: -8, -1: 7, -2: b"\1" * 32}),
        cbor({1: 3, 3: -257, -1: b"\xff" * 128, -2: b"\1\0\1"}),
        cbor({1: 3, 3: -257, -1: b"\xff" * 256, -2: b"\3"}),
        cbor({1: 3, 3: -65535, -1: b"\xff" * 256, -2: b"\1\0\1"}),
    ],
)
def test_a_key_that_is_weak_or_off_its_curve_is_none(cose):
    with pytest.raises(ValueError):
        check_credential_key(cose)
    assert flaw_of(PASSKEY.answer(CHALLENGE), key=cose) == "wrong_signature"


def test_on_loopback_by_name_the_port_is_not_looked_at_and_elsewhere_it_is():
    assert same_origin("http://localhost:8000", "http://localhost:8001")
    for one, other in [
        ("https://localhost:8000", "http://localhost:8000"),
        ("http://localhost:8000/x", "http://localhost:8000"),
        ("http://localhost.evil.example", "http://localhost"),
        ("http://me@localhost:8000", "http://localhost:8000"),
        ("https://a.example", "https://a.example:8443"),
        ("https://[", "https://a.example"),
    ]:
        assert not same_origin(one, other)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_readers_fail_otherwise_than_they_say(data):
    """Threat X5."""
    with suppress(CborError):
        read_cbor(data)
    assert read_new_passkey(data, b"{}", challenge=b"", origin=ORIGIN, rp_id=RP_ID) == "other_kind"
    told, client = data, json.dumps({"type": "webauthn.create", "challenge": "", "origin": ORIGIN}).encode()
    assert read_new_passkey(told, client, challenge=b"", origin=ORIGIN, rp_id=RP_ID) == "unreadable"
    with suppress(ValueError):
        check_credential_key(data)


VALUES = st.recursive(
    st.integers(-(2**63), 2**63 - 1) | st.binary(max_size=30) | st.text(max_size=10) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(-99, 99) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_what_was_written_is_what_is_read(value):
    try:
        assert read_cbor(cbor(value)) == value
    except CborError as error:
        assert "deep" in str(error)
    with pytest.raises(CborError):
        read_cbor(cbor(value) + b"\0")
    with pytest.raises(CborError):
        read_cbor(cbor(value)[:-1])


@pytest.mark.parametrize(
    "data",
    [b"\x18\x17", b"\x19\x00\xff", b"\x1a\x00\x00\xff\xff", b"\x1b" + b"\0" * 4 + b"\xff" * 4, b"\x9f\xff", b"\x5f\xff",
     b"\xc0\x00", b"\xf9\x00\x00", b"\xf8\x20", b"\xf7", b"\xa2\x01\x01\x01\x02", b"\xa1\x80\x01", b"\x61\xff",
     b"\x9a\xff\xff\xff\xff", b"\x81" * 20 + b"\x00"],
)  # fmt: skip
def test_cbor_that_authenticators_do_not_write_is_refused(data):
    with pytest.raises(CborError):
        read_cbor(data)


@given(st.binary(max_size=80))
def test_base64_has_one_text_for_each_bytes(data):
    text = to_base64url(data)
    assert from_base64url(text) == data
    assert "=" not in text
    with pytest.raises(ValueError):
        from_base64url(text + "=")


@given(st.integers(0, 36), st.integers(0, 7))
def test_no_bit_of_what_was_signed_can_be_turned(place, bit):
    """Threat D2."""
    assertion = PASSKEY.answer(CHALLENGE)
    turned = bytearray(assertion.authenticator_data)
    turned[place] ^= 1 << bit
    assert flaw_of(assertion._replace(authenticator_data=bytes(turned))) is not None


def test_another_key_of_the_same_curve_verifies_nothing():
    assert isinstance(PASSKEY.private.curve, ec.SECP256R1)
    assert flaw_of(PASSKEY.answer(CHALLENGE), key=Authenticator(seed=b"other").cose) == "wrong_signature"
