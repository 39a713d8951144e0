"""Whether a stored spreadsheet, converted again in the same way, gives the document that was derived from it.

Only the converter that made a document can be asked again. One of another version is no longer at hand: its document
stands by the signed receipt, and how many such there are is said.
"""

import json
import zlib

from ytterby.chain.spreadsheet.settings import CONVERTER, settings_of
from ytterby.shell.actions.verify_entries import json_object
from ytterby.shell.spreadsheets.converting import convert_spreadsheet
from ytterby.shell.spreadsheets.format import SPREADSHEET_TYPES
from ytterby.shell.store.models import Submission
from ytterby.shell.store.submitted_text import opened


def conversion_of(row: Submission, document: bytes) -> tuple[bytes, list[str]]:
    """Return the EPCIS text of a submission and what is wrong with how it was derived."""
    if row.converter is None and row.derived is None:
        return opened(document), []
    where = f"the conversion of receipt {row.receipt_id}"
    if row.converter is None or row.derived is None or row.media_type not in SPREADSHEET_TYPES:
        return b"", [f"{where} is not whole"]
    try:
        derived = zlib.decompress(bytes(row.derived))
        kept = json.loads(row.converter)
        settings = settings_of(kept)
    except (zlib.error, ValueError, AttributeError) as error:
        return b"", [f"{where} cannot be read: {error}"]
    if kept.get("converter") != CONVERTER:
        return derived, []
    if settings.party != row.submitter or settings.to_json() != kept:
        return derived, [f"{where} is not one of its submitter"]
    made = convert_spreadsheet(document, row.media_type, row.name, settings)
    return derived, [] if made.document == derived else [f"{where} gives another document when it is made again"]


def unpacks(derived: "bytes | memoryview[int] | None") -> bool:
    """Tell whether what was derived from a document can be unpacked; nothing derived can."""
    try:
        if derived is not None:
            zlib.decompress(derived)
    except zlib.error:
        return False
    return True


def not_at_hand() -> list[str]:
    """Return the receipts of documents whose converter is no longer at hand."""
    rows = Submission.objects.filter(derived__isnull=False).order_by("id").values_list("receipt_id", "converter")
    return [receipt for receipt, kept in rows if json_object(kept or "").get("converter") != CONVERTER]
