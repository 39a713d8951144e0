"""Make the log's files from the table: tiles, entry bundles, the signed checkpoint. Idempotent.

Files are written aside and renamed, tiles before the checkpoint, so that a reader never sees a head whose tiles are
missing. Who may read them: everybody.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from ytterby.proof.checkpoint import Checkpoint, sign_checkpoint
from ytterby.proof.note import NoteError, parse_note
from ytterby.proof.tile import TILE_WIDTH, Tile, entry_bundle, tiles_between
from ytterby.shell.site.alone import alone
from ytterby.shell.site.register import Register
from ytterby.shell.store.log_tail import place_of, tail_of
from ytterby.shell.store.models import LogEntry, LogHead
from ytterby.shell.store.writing import stored_hashes

CHECKPOINT = "checkpoint"
LOCK = ".publishing"
TILES = "tile"


def publish(register: Register, size: int | None = None) -> str:
    """Bring the files up to the head of the log, or at least to a size of it; return the signed checkpoint.

    One process does it at a time, else an older checkpoint could replace a newer one.
    """
    with alone(register.data / LOCK):
        published = published_size(register)
        start = published - published % TILE_WIDTH
        head = _head_at_hand(register, start, size) or _read_head(start)
        old = min(published, head.size)
        tiles = list(tiles_between(old, head.size))
        for tile in tiles:
            path = register.data / tile.path
            if not path.exists():
                write_whole(path, head.bytes_of(tile) or tile_bytes(tile))
        text = sign_checkpoint(Checkpoint(register.origin, head.size, head.root), register.log_key)
        if old < head.size or not (register.data / CHECKPOINT).exists():
            write_whole(register.data / CHECKPOINT, text.encode())
        # Only now: until the new checkpoint stands, the old one still needs its narrower tiles.
        for tile in tiles:
            _drop_narrower(register.data / tile.path, tile)
        return text


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of the log, with the newest entries and their leaves from a place on: most tiles are made of these."""

    size: int
    root: bytes
    start: int
    entries: Sequence[tuple[bytes, bytes]]

    def bytes_of(self, tile: Tile) -> bytes:
        """Return what a tile holds; nothing where it reaches beyond these entries."""
        begin = tile.start - self.start
        if tile.level not in {None, 0} or begin < 0 or begin + tile.width > len(self.entries):
            return b""
        among = self.entries[begin : begin + tile.width]
        return entry_bundle([one for one, _ in among]) if tile.level is None else b"".join(leaf for _, leaf in among)


def _head_at_hand(register: Register, start: int, size: int | None) -> _Head | None:
    """Return the head as this process wrote it last, with the entries from a place on; None where that is too little.

    Another process may have gone on since then: it publishes what it wrote.
    """
    tail = None if size is None else tail_of(place_of(register.id), start, size)
    return None if tail is None else _Head(tail.end, tail.root, start, tail.entries)


def _read_head(start: int) -> _Head:
    """Return the head, and the entries of two tiles from a place on, in one statement."""
    entry, head = (connection.ops.quote_name(one._meta.db_table) for one in (LogEntry, LogHead))
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT 1, "index", entry, leaf FROM {entry} WHERE "index" >= %s AND "index" < %s'  # noqa: S608 -- our own
            f" UNION ALL SELECT 0, size, root, NULL FROM {head} WHERE id = 1 ORDER BY 1, 2",
            [start, start + 2 * TILE_WIDTH],
        )
        (_, size, root, _), *rows = cursor.fetchall()
    return _Head(size, bytes(root), start, [(bytes(one), bytes(leaf)) for _, _, one, leaf in rows])


def publish_or_leave(register: Register, size: int | None = None) -> str:
    """Publish, at least up to a size where one is given; where the files cannot be written now, leave that to the next
    chance and return why.

    What the log holds is committed already: a full disk must not make an accepted document look refused.
    """
    try:
        publish(register, size)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def published_size(register: Register) -> int:
    """Return the size that the checkpoint file names; 0 where there is none, or it cannot be read."""
    try:
        text = (register.data / CHECKPOINT).read_text(encoding="utf-8")
        return Checkpoint.parse(parse_note(text).text).size
    except (OSError, NoteError, UnicodeDecodeError):
        return 0


def tile_bytes(tile: Tile) -> bytes:
    """Return what a tile holds, from the table.

    Raises:
        IndexError: a stored hash is gone.
    """
    if tile.level is None:
        rows = LogEntry.objects.filter(index__gte=tile.start, index__lt=tile.start + tile.width).order_by("index")
        return entry_bundle([bytes(entry) for entry in rows.values_list("entry", flat=True)])
    hashes = stored_hashes(tile.level, tile.start, tile.start + tile.width)
    if len(hashes) != tile.width:
        raise IndexError(f"stored hashes of {tile.path} are missing")
    return b"".join(hashes)


def _drop_narrower(path: Path, tile: Tile) -> None:
    """Remove partial tiles that a wider one replaces; the folder goes when the tile is full."""
    folder = path.parent if tile.width < TILE_WIDTH else path.with_name(path.name + ".p")
    if not folder.name.endswith(".p") or not folder.is_dir():
        return
    for other in folder.iterdir():
        if other != path and other.name.isdigit() and int(other.name) < tile.width:
            with suppress(FileNotFoundError):
                other.unlink()
    if tile.width == TILE_WIDTH:
        with suppress(OSError):
            folder.rmdir()


def remove_left(register: Register) -> int:
    """Remove what publishers that died left half-written; return how many files.

    Whoever writes such a file holds the lock, so that what is there while it is held belongs to nobody.
    """
    with alone(register.data / LOCK):
        left = [*register.data.glob(f".{CHECKPOINT}.*"), *(register.data / TILES).rglob(".*")]
        for path in left:
            path.unlink(missing_ok=True)
    return len(left)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file aside, flush it to the disk, and put it in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
