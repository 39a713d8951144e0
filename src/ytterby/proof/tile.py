"""Tiles: the log as static files (C2SP tlog-tiles), 256 hashes or entries each.

    tile/<level>/<index>          256 hashes of complete subtrees, level counted in eights of the tree's
    tile/<level>/<index>.p/<w>    the first w of them, while the tree is growing
    tile/entries/<index>[.p/<w>]  the entries, each with a big-endian uint16 length before it

An index is written in groups of three digits, all but the last with an x before it: 1234067 is x001/x234/067.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TILE_WIDTH = 256
TILE_LEVELS = 8
ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: level None for entries, else the level of hashes; `width` of its 256 places are filled."""

    level: int | None
    index: int
    width: int

    @property
    def path(self) -> str:
        """The file's path below the log's folder."""
        kind = ENTRIES if self.level is None else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{kind}/{index_path(self.index)}{partial}"

    @property
    def start(self) -> int:
        """The first place of its level that the tile holds."""
        return self.index * TILE_WIDTH


def index_path(index: int) -> str:
    """Return an index in groups of three digits.

    Raises:
        ValueError: the index is below zero.
    """
    if index < 0:
        raise ValueError("a tile's index is not below zero")
    groups = [f"{index % 1000:03d}"]
    index //= 1000
    while index:
        groups.append(f"x{index % 1000:03d}")
        index //= 1000
    return "/".join(reversed(groups))


def tiles_between(old_size: int, new_size: int) -> Iterator[Tile]:
    """Yield every tile that is new or wider in a log grown from one size to another, entries first.

    Raises:
        ValueError: the log shrank.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError(f"a log does not shrink from {old_size} to {new_size}")
    yield from _of_level(None, old_size, new_size)
    level, old, new = 0, old_size, new_size
    while new:
        yield from _of_level(level, old, new)
        level, old, new = level + 1, old >> TILE_LEVELS, new >> TILE_LEVELS


def _of_level(level: int | None, old: int, new: int) -> Iterator[Tile]:
    if new == old:
        return
    for index in range(old // TILE_WIDTH, (new - 1) // TILE_WIDTH + 1):
        yield Tile(level, index, min(TILE_WIDTH, new - index * TILE_WIDTH))


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as a tile holds them.

    Raises:
        ValueError: more than 256, or one longer than 65,535 bytes.
    """
    if len(entries) > TILE_WIDTH or any(len(entry) > 0xFFFF for entry in entries):
        raise ValueError("a bundle holds at most 256 entries of at most 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_entry_bundle(bundle: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        ValueError: the bytes end within an entry, or hold more than 256.
    """
    entries: list[bytes] = []
    place = 0
    while place < len(bundle):
        end = place + 2 + int.from_bytes(bundle[place : place + 2], "big")
        if place + 2 > len(bundle) or end > len(bundle) or len(entries) == TILE_WIDTH:
            raise ValueError("not a bundle of entries")
        entries.append(bundle[place + 2 : end])
        place = end
    return entries
