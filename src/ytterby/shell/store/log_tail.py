"""The newest entries of the log, as this process has appended them: tiles are made of them without reading them again.

Only what was committed is here. Another process may have appended more; whoever asks says up to which size it needs.
"""

from collections.abc import Hashable, Sequence
from threading import Lock
from typing import NamedTuple

from django.db import connection

# Two tiles: whoever publishes after each step needs the last one, and the one before it when that is full.
MOST = 512

_lock = Lock()


class Tail(NamedTuple):
    """Entries with their leaves from a place on, and the root over the log up to the last of them."""

    start: int
    entries: tuple[tuple[bytes, bytes], ...]
    root: bytes

    @property
    def end(self) -> int:
        """The log size after the last of them."""
        return self.start + len(self.entries)


def place_of(register: str) -> Hashable:
    """Return what tells a register from any other: a copy of it has its name, and goes on by itself in a database of
    its own.
    """
    return register, str(connection.settings_dict["NAME"])


_tails: dict[Hashable, Tail] = {}


def note_appended(register: Hashable, first: int, entries: Sequence[tuple[bytes, bytes]], root: bytes) -> None:
    """Keep entries that were committed, behind those that are there where they follow them."""
    with _lock:
        before = _tails.get(register)
        kept = before.entries if before is not None and before.end == first else ()
        whole = (*kept, *entries)[-MOST:]
        _tails[register] = Tail(first + len(entries) - len(whole), whole, root)


def tail_of(register: Hashable, start: int, size: int) -> Tail | None:
    """Return the entries from a place on, where they reach at least up to a log size; None where that is not here."""
    with _lock:
        held = _tails.get(register)
    if held is None or not held.start <= start <= size <= held.end:
        return None
    return Tail(start, held.entries[start - held.start :], held.root)
