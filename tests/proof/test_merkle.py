"""The tree against RFC 6962's own examples, and its laws at every size."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ytterby.proof import (
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

# The eight leaves of Certificate Transparency's reference tree and the roots of its first n (RFC 6962 test data of
# the google/certificate-transparency repository, merkle_tree_test).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Leaf index, tree size, path: the same test data.
PATHS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]

sizes = st.integers(1, 300)


def tree(size: int) -> LeafHashes:
    return LeafHashes([leaf_hash(n.to_bytes(4, "big")) for n in range(size)])


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_of_the_reference_tree(count):
    assert root_of(leaf_hash(leaf) for leaf in LEAVES[:count]).hex() == ROOTS[count - 1]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_paths_are_those_of_the_reference_tree(index, size, path):
    hashes = LeafHashes([leaf_hash(leaf) for leaf in LEAVES[:size]])
    assert [p.hex() for p in inclusion_proof(index, size, hashes.read)] == path


def test_a_tree_without_leaves_has_the_hash_of_nothing():
    assert Frontier().root() == empty_root() == sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 70))
def test_the_frontier_gives_the_root_by_definition(size):
    leaves = tree(size).levels[0]
    assert root_of(leaves) == by_definition(leaves)


@given(sizes, st.integers(0, 300))
def test_appending_in_parts_is_appending_at_once_and_survives_storage(size, cut):
    leaves = tree(size).levels[0]
    part = Frontier.from_bytes(Frontier().append(leaves[:cut]).to_bytes())
    assert part.append(leaves[cut:]) == Frontier().append(leaves)


@settings(max_examples=150)
@given(sizes, st.data())
def test_every_leaf_is_included_and_nothing_else(size, data):
    index = data.draw(st.integers(0, size - 1))
    hashes = tree(size)
    root, leaf = root_of(hashes.levels[0]), hashes.levels[0][index]
    proof = inclusion_proof(index, size, hashes.read)
    assert verify_inclusion(leaf, index, size, proof, root)
    other = data.draw(st.integers(0, size + 3))
    if other != index:
        assert not verify_inclusion(leaf, other, size, proof, root)
    assert not verify_inclusion(leaf_hash(b"other"), index, size, proof, root)
    assert not verify_inclusion(leaf, index, size, [*proof, leaf], root)
    if proof:
        place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        broken = bytearray(proof[place])
        broken[bit // 8] ^= 1 << bit % 8
        assert not verify_inclusion(leaf, index, size, [*proof[:place], bytes(broken), *proof[place + 1 :]], root)
        assert not verify_inclusion(leaf, index, size, proof[:-1], root)


@settings(max_examples=150)
@given(sizes, st.data())
def test_a_grown_tree_is_consistent_and_a_fork_is_not(size, data):
    """Threat L2: fork and truncation are seen."""
    old = data.draw(st.integers(1, size))
    hashes = tree(size)
    roots = root_of(hashes.levels[0][:old]), root_of(hashes.levels[0])
    proof = consistency_proof(old, size, hashes.read)
    assert verify_consistency(old, size, *roots, proof)
    forked = hashes.levels[0].copy()
    forked[data.draw(st.integers(0, old - 1))] = leaf_hash(b"forked")
    assert not verify_consistency(old, size, root_of(forked[:old]), roots[1], proof)
    if old < size:
        assert not verify_consistency(old, size, *reversed(roots), proof)
        assert not verify_consistency(old, size, *roots, proof[:-1])
        assert not verify_consistency(size, old, *reversed(roots), proof)


def test_a_node_never_passes_for_a_leaf():
    """Threat L2: leaf as node."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize("stored", [b"", b"\x00" * 7, b"\x00" * 7 + b"\x01", b"\x00" * 8 + b"x"])
def test_a_damaged_frontier_is_refused(stored):
    with pytest.raises(ValueError, match="frontier"):
        Frontier.from_bytes(stored)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (-1, 5)])
def test_no_consistency_is_made_up(old, new):
    with pytest.raises(ValueError, match="consistency"):
        consistency_proof(old, new, tree(5).read)


def test_no_proof_is_made_for_a_leaf_that_is_not_there():
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(5, 5, tree(5).read)
