"""Entries, notes, checkpoints, receipts and keys: what holds, and what a forger tries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.proof import (
    Checkpoint,
    EntryKind,
    EventProof,
    KeyUse,
    LeafHashes,
    NoteError,
    PrivateKey,
    PublicKey,
    Tile,
    cosign,
    cosigned_at,
    entry_bundle,
    inclusion_proof,
    leaf_hash,
    open_checkpoint,
    open_note,
    parse_entry,
    parse_entry_bundle,
    parse_note,
    public_entry,
    record_entry,
    root_of,
    sign_arrival,
    sign_checkpoint,
    sign_note,
    sign_outcome,
    tiles_between,
    verify_event_proof,
    verify_receipt,
)
from ytterby.proof.entry import tagged_entry
from ytterby.proof.tile import TILE_WIDTH, index_path

ORIGIN = "register.example/log"
KEYS = {use: PrivateKey.from_seed(use, ORIGIN, bytes([n + 1]) * 32) for n, use in enumerate(KeyUse)}
LOG, RECEIPT = KEYS[KeyUse.LOG], KEYS[KeyUse.RECEIPT]
HEAD = Checkpoint(ORIGIN, 5, b"r" * 32)
salts = st.binary(min_size=32, max_size=32)


@given(salts, salts, salts)
def test_equal_events_give_different_entries_of_one_length(first, second, digest):
    """Threat C4, L1: an entry says nothing without its salt."""
    one, other = record_entry(first, digest), record_entry(second, digest)
    assert len(one) == len(other) == 34
    assert (one == other) == (first == second)
    assert digest not in one


@given(st.binary(max_size=80))
def test_any_bytes_are_an_entry_or_a_clear_refusal(raw):
    try:
        kind, body = parse_entry(raw)
    except ValueError as refusal:
        assert str(refusal)
    else:
        assert bytes((1, kind)) + body == raw


def test_entries_are_parsed_by_kind():
    assert parse_entry(record_entry(b"s" * 32, b"d" * 32)).kind is EntryKind.RECORD
    assert parse_entry(public_entry(b'{"a":1}')).body == b'{"a":1}'
    assert parse_entry(tagged_entry(EntryKind.OPENING, b"t" * 32, b"c" * 32)).kind is EntryKind.OPENING
    for wrong in (lambda: record_entry(b"s", b"d" * 32), lambda: tagged_entry(EntryKind.RECORD, b"t" * 32, b"c" * 32)):
        with pytest.raises(ValueError, match=r"bytes|tag"):
            wrong()


def test_keys_survive_as_text_and_a_text_that_is_no_key_is_refused():
    for key in KEYS.values():
        assert PrivateKey.parse(key.text()) == key
        assert PublicKey.parse(key.public.text()) == key.public
    for text in (
        "",
        "YTTERBY-KEY+log+ed25519+x+!!",
        LOG.text(),
        LOG.public.text().replace("ed25519", "rsa"),
        "a+b+c+d+e",
    ):
        with pytest.raises(ValueError, match=r"line|suite"):
            PublicKey.parse(text)
    for name in ("", "a b", "a+b", "a\nb"):
        with pytest.raises(ValueError, match="name"):
            PrivateKey.from_seed(KeyUse.LOG, name, b"s" * 32)


@pytest.mark.parametrize("use", [u for u in KeyUse if u is not KeyUse.LOG])
def test_no_other_key_signs_a_checkpoint(use):
    """Threat O1: every key is tried in every place."""
    with pytest.raises(ValueError, match="does not sign"):
        sign_checkpoint(HEAD, KEYS[use])
    forged = sign_note(HEAD.text(), KEYS[use], use=use)
    with pytest.raises(NoteError, match="is for"):
        open_checkpoint(forged, ORIGIN, [KEYS[use].public])
    with pytest.raises(NoteError, match="no known key"):
        open_checkpoint(forged, ORIGIN, [LOG.public])


@pytest.mark.parametrize("use", [u for u in KeyUse if u is not KeyUse.RECEIPT])
def test_no_other_key_signs_a_receipt(use):
    """Threat O1: every key is tried in every place."""
    with pytest.raises(ValueError, match="does not sign"):
        sign_arrival({"id": "1"}, KEYS[use])
    receipt = sign_arrival({"id": "1"}, RECEIPT)
    assert not verify_receipt(receipt, KEYS[use].public)


def test_a_checkpoint_opens_with_the_logs_key_and_nothing_else():
    """Threat L2: other origin, other size, other root."""
    note = sign_checkpoint(HEAD, LOG)
    assert open_checkpoint(note, ORIGIN, [LOG.public]) == HEAD
    with pytest.raises(NoteError, match="not of"):
        open_checkpoint(note, "other.example/log", [LOG.public])
    for forged in (note.replace("\n5\n", "\n6\n"), note.replace(HEAD.text().split("\n")[2], "A" * 43 + "=")):
        with pytest.raises(NoteError, match="wrong"):
            open_checkpoint(forged, ORIGIN, [LOG.public])
    other = PrivateKey.from_seed(KeyUse.LOG, ORIGIN, b"o" * 32)
    with pytest.raises(NoteError, match="no known key"):
        open_checkpoint(note, ORIGIN, [other.public])


@pytest.mark.parametrize(
    "text", ["", "a\n", "a\nb\nc\n", "a\n01\nAAAA\n", "a\n1\nAAAA\n", "a\n-1\n" + "A" * 43 + "=\n"]
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


def test_unknown_signatures_are_passed_over_and_witnesses_are_heard():
    witness = PrivateKey.from_seed(KeyUse.LOG, "witness.example", b"w" * 32)
    note = cosign(sign_checkpoint(HEAD, LOG), witness, seconds=1_700_000_000)
    assert open_checkpoint(note, ORIGIN, [LOG.public]) == HEAD
    assert cosigned_at(note, witness.public) == 1_700_000_000
    assert cosigned_at(sign_checkpoint(HEAD, LOG), witness.public) is None


def test_a_cosignature_does_not_pass_for_another_checkpoint():
    """Threat L2: replayed cosignature."""
    witness = PrivateKey.from_seed(KeyUse.LOG, "witness.example", b"w" * 32)
    line = cosign(sign_checkpoint(HEAD, LOG), witness, seconds=1).splitlines(keepends=True)[-1]
    other = sign_checkpoint(Checkpoint(ORIGIN, 6, b"q" * 32), LOG)
    with pytest.raises(NoteError, match="wrong"):
        cosigned_at(other + line, witness.public)


@given(st.text(max_size=200))
def test_any_text_is_a_note_or_a_clear_refusal(text):
    try:
        parse_note(text)
    except NoteError as refusal:
        assert str(refusal)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_a_signed_note_opens_whatever_it_says(text):
    body = "".join(c for c in text if c.isprintable()) + "\n"
    assert open_note(sign_note(body, LOG, use=KeyUse.LOG), [LOG.public], use=KeyUse.LOG)[0] == body


def test_a_changed_receipt_does_not_hold():
    """Threat P4: altered bytes fail against the receipt."""
    arrival = sign_arrival({"id": "1", "sha256": "ab", "submitter": "p", "at": "2026-01-01T00:00:00Z"}, RECEIPT)
    outcome = sign_outcome({"id": "1", "outcome": "accepted", "entries": [{"index": 0}]}, RECEIPT)
    assert verify_receipt(arrival, RECEIPT.public)
    assert verify_receipt(outcome, RECEIPT.public)
    for key in arrival:
        assert not verify_receipt({**arrival, key: "x"}, RECEIPT.public)
    assert not verify_receipt({**outcome, "entries": [{"index": 1}]}, RECEIPT.public)
    assert not verify_receipt({**arrival, "more": 1}, RECEIPT.public)
    assert not verify_receipt({**outcome, "kind": "arrival"}, RECEIPT.public)
    assert not verify_receipt({}, RECEIPT.public)


def test_the_proof_of_an_event_stands_alone_and_breaks_with_any_part():
    salts_, digests = [bytes([n]) * 32 for n in range(5)], [bytes([n + 9]) * 32 for n in range(5)]
    hashes = LeafHashes([leaf_hash(record_entry(s, d)) for s, d in zip(salts_, digests, strict=True)])
    note = sign_checkpoint(Checkpoint(ORIGIN, 5, root_of(hashes.levels[0])), LOG)
    proof = EventProof(3, salts_[3], digests[3], tuple(inclusion_proof(3, 5, hashes.read)), note)
    assert verify_event_proof(proof, ORIGIN, [LOG.public]) is None
    assert EventProof.from_json(proof.to_json()) == proof
    for wrong in (
        EventProof(2, proof.salt, proof.digest, proof.proof, note),
        EventProof(3, salts_[2], proof.digest, proof.proof, note),
        EventProof(3, proof.salt, digests[2], proof.proof, note),
        EventProof(3, b"", proof.digest, proof.proof, note),
        EventProof(3, proof.salt, proof.digest, proof.proof[1:], note),
        EventProof(3, proof.salt, proof.digest, proof.proof, "no note"),
    ):
        assert verify_event_proof(wrong, ORIGIN, [LOG.public])
    with pytest.raises(ValueError, match="not a proof"):
        EventProof.from_json({"index": 1})


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_tiles_cover_what_is_new_at_every_level(old, grown):
    new = old + grown
    tiles = list(tiles_between(old, new))
    for level in {t.level for t in tiles}:
        below = new if level is None else new >> 8 * level
        before = old if level is None else old >> 8 * level
        places = {p for t in tiles if t.level == level for p in range(t.start, t.start + t.width)}
        assert set(range(before, below)) <= places
        assert max(places, default=-1) < below


def test_tile_paths_are_those_of_the_specification():
    assert index_path(1234067) == "x001/x234/067"
    assert Tile(0, 0, 256).path == "tile/0/000"
    assert Tile(None, 273, 7).path == "tile/entries/273.p/7"
    assert TILE_WIDTH == 256


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_bundles_survive(entries):
    assert parse_entry_bundle(entry_bundle(entries)) == entries


@given(st.binary(max_size=60))
def test_any_bytes_are_a_bundle_or_a_clear_refusal(raw):
    try:
        assert entry_bundle(parse_entry_bundle(raw)) == raw
    except ValueError as refusal:
        assert "bundle" in str(refusal)
