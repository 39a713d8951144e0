"""The published files against the table: checkpoint, tiles, bundles of entries.

Files that are behind are made at the next capture; files that say more than the table tell that entries are gone.
"""

from collections.abc import Iterator

from ytterby.proof.checkpoint import Checkpoint, open_checkpoint
from ytterby.proof.note import NoteError
from ytterby.proof.tile import TILE_WIDTH, tiles_between
from ytterby.shell.actions.publish import CHECKPOINT, published_size, tile_bytes
from ytterby.shell.actions.verify_failure import Failure
from ytterby.shell.site.register import Register
from ytterby.shell.store.models import LogHead
from ytterby.terms.problem import finding


class PublishedLog:
    """The checkpoint as it was published when this was made; read it before the head, which is then never behind."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.checkpoint: Checkpoint | None = None
        self.why = ""
        self.exists = (register.data / CHECKPOINT).exists()
        if self.exists:
            try:
                text = (register.data / CHECKPOINT).read_text(encoding="utf-8")
                self.checkpoint = open_checkpoint(text, register.origin, [register.log_key.public])
            except (NoteError, UnicodeDecodeError, OSError) as error:
                self.why = str(error)

    @property
    def size(self) -> int:
        """The size it names; -1 where none can be read."""
        return -1 if self.checkpoint is None else self.checkpoint.size

    def failures(self, head: LogHead, root_at: bytes | None) -> Iterator[Failure]:
        """Compare with the table; `root_at` is the root over the stored entries at the published size."""
        if not self.exists:
            return
        checkpoint = self.checkpoint
        if checkpoint is None:
            yield Failure(None, f"the published checkpoint does not hold: {self.why}", finding("log.published"))
            return
        if checkpoint.size > head.size:
            what = f"the published checkpoint has {checkpoint.size} entries, the log {head.size}: entries are gone"
            yield Failure(None, what, finding("log.nothing_gone"))
            return
        if root_at is None or checkpoint != Checkpoint(self.register.origin, checkpoint.size, root_at):
            yield Failure(None, "the published checkpoint is not of this log", finding("log.published"))
            return
        yield from self._tiles(checkpoint.size)

    def _tiles(self, size: int) -> Iterator[Failure]:
        for tile in tiles_between(0, size):
            file = self.register.data / tile.path
            try:
                expected = tile_bytes(tile)
            except IndexError:
                continue  # a stored hash is gone, which was said already
            try:
                is_same = file.read_bytes() == expected
            except OSError:
                # A capture that goes on meanwhile puts wider tiles in the place of narrow ones.
                is_same = tile.width < TILE_WIDTH and published_size(self.register) > size
            if not is_same:
                index = tile.start if tile.level is None else None
                yield Failure(index, f"the file {tile.path} is missing or changed", finding("log.published"))
