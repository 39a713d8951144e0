"""The Merkle tree of a log, whole in one file (RFC 6962 section 2.1; RFC 9162 section 2.1).

    leaf  SHA-256(0x00 | entry)
    node  SHA-256(0x01 | left | right)
    root  of n leaves: split at the largest power of two below n

The tree only grows: what is appended never changes a complete subtree. `Frontier` holds the roots of the complete
subtrees that make up the tree, enough to append and to know the root. Proofs are read from stored hashes of complete
subtrees, which the caller brings as one function: `read(level, index)` is the root of the 2^level leaves from
index * 2^level on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
ReadHash = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256(0x00 | entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 | left | right)."""
    return sha256(b"\x01" + left + right).digest()


def empty_root() -> bytes:
    """Return the root of a tree without leaves: SHA-256 of nothing."""
    return sha256(b"").digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The complete subtrees of a tree of `size` leaves, largest first: one for each bit of the size."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append(self, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """Return the frontier with these leaves added, in order."""
        size, stack = self.size, list(self.hashes)
        for leaf in leaf_hashes:
            carried = leaf
            rest = size
            # Each trailing one bit of the size is a complete subtree as large as the one just made.
            while rest & 1:
                carried = sha256(b"\x01" + stack.pop() + carried).digest()
                rest >>= 1
            stack.append(carried)
            size += 1
        return Frontier(size, tuple(stack))

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self.hashes:
            return empty_root()
        result = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            result = node_hash(left, result)
        return result

    def to_bytes(self) -> bytes:
        """Return the frontier as stored: 8 bytes of size, then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @staticmethod
    def from_bytes(stored: bytes) -> "Frontier":
        """Return a stored frontier.

        Raises:
            ValueError: the bytes do not hold as many hashes as the size needs.
        """
        size, rest = int.from_bytes(stored[:8], "big"), stored[8:]
        if len(stored) < 8 or len(rest) != HASH_BYTES * size.bit_count():
            raise ValueError("a frontier holds its size and one hash for each bit of it")
        return Frontier(size, tuple(rest[i : i + HASH_BYTES] for i in range(0, len(rest), HASH_BYTES)))


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root over these leaves."""
    return Frontier().append(leaf_hashes).root()


class LeafHashes:
    """All complete subtrees of a tree in memory, computed level by level from its leaves."""

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        self.levels: list[list[bytes]] = [list(leaf_hashes)]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            self.levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self.levels[0])

    def read(self, level: int, index: int) -> bytes:
        """Return the root of the 2^level leaves from index * 2^level on.

        Raises:
            IndexError: that subtree is not complete.
        """
        return self.levels[level][index]


def _split(size: int) -> int:
    """Return the largest power of two below a size of at least two."""
    return 1 << (size - 1).bit_length() - 1


def subtree_root(start: int, end: int, read: ReadHash) -> bytes:
    """Return the root over leaves start..end, a subtree of the tree: start is a multiple of the power of two at or
    above its size.
    """
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return read(level, start >> level)
    middle = start + _split(size)
    return node_hash(subtree_root(start, middle, read), subtree_root(middle, end, read))


def inclusion_proof(index: int, size: int, read: ReadHash) -> list[bytes]:
    """Return the hashes that lead from leaf `index` to the root of a tree of `size` leaves (RFC 6962, 2.1.1).

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(subtree_root(middle, end, read))
            end = middle
        else:
            proof.append(subtree_root(start, middle, read))
            start = middle
    proof.reverse()
    return proof


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a proof leads from a leaf hash to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size or any(len(p) != HASH_BYTES for p in proof):
        return False
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


def consistency_proof(old: int, new: int, read: ReadHash) -> list[bytes]:
    """Return the hashes that show a tree of `old` leaves to be the beginning of one of `new` (RFC 6962, 2.1.2).

    Raises:
        ValueError: not 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency from {old} to {new} leaves")
    proof: list[bytes] = []
    start, end, is_known = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(subtree_root(middle, end, read))
            end = middle
        else:
            proof.append(subtree_root(start, middle, read))
            start, is_known = middle, False
    if not is_known:
        proof.append(subtree_root(start, end, read))
    proof.reverse()
    return proof


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether a proof shows the old tree to be the beginning of the new (RFC 9162, section 2.1.4.2)."""
    if not 0 < old <= new or any(len(p) != HASH_BYTES for p in proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
