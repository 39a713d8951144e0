"""The EPCIS text of a submission: what was submitted, or what a converter derived from it."""

import gzip
import zlib

from ytterby.shell.store.models import Submission


def submitted_text(submission: int) -> tuple[bytes, str]:
    """Return the EPCIS document of a submission as JSON, and the level at which it was taken in.

    Of a spreadsheet it is the document that was derived when it was taken in, not a new conversion.
    """
    columns = Submission.objects.values_list("document", "derived", "level")
    document, derived, level = columns.get(id=submission)
    return _text(document, derived), level


def text_of(row: Submission) -> bytes:
    """Return the EPCIS document of a submission whose row is at hand, as `submitted_text` does.

    Raises:
        zlib.error, OSError, EOFError: somebody changed the row.
    """
    return _text(row.document, row.derived)


def _text(document: "bytes | memoryview[int]", derived: "bytes | memoryview[int] | None") -> bytes:
    return opened(zlib.decompress(document)) if derived is None else zlib.decompress(derived)


def opened(submitted: bytes) -> bytes:
    """Return submitted bytes as they are to be read, decompressed where they came compressed."""
    return gzip.decompress(submitted) if submitted.startswith(b"\x1f\x8b") else submitted
