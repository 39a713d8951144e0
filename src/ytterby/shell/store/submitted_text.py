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
    if derived is not None:
        return zlib.decompress(derived), level
    return opened(zlib.decompress(document)), level


def opened(submitted: bytes) -> bytes:
    """Return submitted bytes as they are to be read, decompressed where they came compressed."""
    return gzip.decompress(submitted) if submitted.startswith(b"\x1f\x8b") else submitted
