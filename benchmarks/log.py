"""Appending to the Merkle tree: leaf hashes and frontier, beside SHA-256 alone."""

import hashlib

from benchmarks.table import Line, cpu_of
from ytterby.proof.entry import record_entry
from ytterby.proof.merkle import Frontier, leaf_hash

COUNTS = {"small": 50_000, "full": 500_000}


def run(size: str) -> list[Line]:
    """Measure entry, leaf and frontier in batches of 1,000."""
    count = COUNTS[size]
    salts = [i.to_bytes(32, "big") for i in range(count)]
    digests = [hashlib.sha256(salt).digest() for salt in salts]

    def ours() -> None:
        frontier = Frontier()
        for start in range(0, count, 1000):
            pairs = zip(salts[start : start + 1000], digests[start : start + 1000], strict=True)
            frontier = frontier.append([leaf_hash(record_entry(salt, digest)) for salt, digest in pairs])

    def theirs() -> None:
        for salt in salts:
            hashlib.sha256(salt).digest()

    return [
        Line(
            "log append in memory: entry, leaf, frontier",
            count / cpu_of(3, ours),
            "entries/s",
            ">= 100,000",
            "one SHA-256 each",
            count / cpu_of(3, theirs),
        )
    ]
