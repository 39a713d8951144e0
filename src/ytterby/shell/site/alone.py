"""What one process at a time may do: a lock on a file, which ends with the process that holds it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotAlone(Exception):  # noqa: N818 -- what it says reads as a word
    """Another process is at it."""


@contextmanager
def alone(path: Path, *, is_waiting: bool = True) -> Iterator[None]:
    """Hold the lock of a file.

    Raises:
        NotAlone: another process holds it, and nobody is to wait for that.
    """
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if is_waiting else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotAlone from None
        yield
