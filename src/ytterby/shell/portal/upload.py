"""Files that somebody sends with a form: held in memory as far as they may be long, never written to a disk.

Threat X3: what is longer is read to its end without being kept, so that the page can say so; far beyond that the
connection is closed.
"""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from ytterby.shell.site.law_packs import BYTES_MAX

ENDLESS_BYTES = 40 * BYTES_MAX


class HeldInMemory(FileUploadHandler):
    """Holds of each file as much as a pack may be long, and one byte more, by which one sees that it is longer."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with nothing."""
        super().new_file(*args, **kwargs)
        self._held = BytesIO()
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what there is room for.

        Raises:
            StopUpload: it goes on and on.
        """
        self._size = start + len(raw_data)
        if self._size > ENDLESS_BYTES:
            raise StopUpload(connection_reset=True)
        room = BYTES_MAX + 1 - self._held.tell()
        self._held.write(raw_data[: max(0, room)])

    def file_complete(self, file_size: int) -> UploadedFile:
        """Return what was kept."""
        size = self._held.tell()
        self._held.seek(0)
        return InMemoryUploadedFile(
            self._held, self.field_name, self.file_name, self.content_type, size, self.charset, self.content_type_extra
        )
