"""Make the log's files from the table: tiles, entry bundles, the signed checkpoint. Idempotent.

Files are written aside and renamed, tiles before the checkpoint, so that a reader never sees a head whose tiles are
missing. Who may read them: everybody.
"""

import os
from contextlib import suppress
from pathlib import Path

from ytterby.proof.checkpoint import Checkpoint, sign_checkpoint
from ytterby.proof.note import NoteError, parse_note
from ytterby.proof.tile import TILE_WIDTH, Tile, entry_bundle, tiles_between
from ytterby.shell.site.alone import alone
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import LogEntry, LogHead
from ytterby.shell.store.writing import stored_hashes

CHECKPOINT = "checkpoint"
LOCK = ".publishing"
TILES = "tile"


def publish(register: Register) -> str:
    """Bring the files up to the head of the log; return the signed checkpoint.

    One process does it at a time, else an older checkpoint could replace a newer one.
    """
    with alone(register.data / LOCK):
        head = LogHead.objects.get(id=1)
        old = min(published_size(register), head.size)
        tiles = list(tiles_between(old, head.size))
        for tile in tiles:
            path = register.data / tile.path
            if not path.exists():
                write_whole(path, tile_bytes(tile))
        text = sign_checkpoint(Checkpoint(head.origin, head.size, bytes(head.root)), register.log_key)
        if old < head.size or not (register.data / CHECKPOINT).exists():
            write_whole(register.data / CHECKPOINT, text.encode())
        # Only now: until the new checkpoint stands, the old one still needs its narrower tiles.
        for tile in tiles:
            _drop_narrower(register.data / tile.path, tile)
        return text


def publish_or_leave(register: Register) -> str:
    """Publish; where the files cannot be written now, leave that to the next chance and return why.

    What the log holds is committed already: a full disk must not make an accepted document look refused.
    """
    try:
        publish(register)
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
