"""The tests' private PostgreSQL, for benchmarks that run on both databases; none where the system has no server."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"


@contextmanager
def private_postgresql(name: str = "bench") -> Iterator[str | None]:
    """Give the address of an empty database on a server that ends with the block; None without a server."""
    sys.path.insert(0, str(TESTS))
    from postgres import Cluster, find_binary

    if find_binary("postgres") is None:
        yield None
        return
    cluster = Cluster()
    try:
        yield cluster.create(name)
    finally:
        cluster.stop()
