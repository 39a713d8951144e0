"""A submitted document as it is to be read: JSON as it came, a spreadsheet as the EPCIS document that it stands for.

What a conversion depends on is settled when the document arrives and kept with it, so that it can be made again:
converter, party, base, own column names, zone and decimal sign. So a job that is taken up from the stored bytes, in
another process, on another day, reads the same as it would have at once.
"""

import gzip
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO

from ytterby.chain.spreadsheet.column import SHEETS
from ytterby.chain.spreadsheet.settings import CONVERTER, Settings, settings_of
from ytterby.shell.actions.columns import own_columns, remember_columns
from ytterby.shell.site.packs import limits
from ytterby.shell.site.register import Register
from ytterby.shell.spreadsheets.format import JSON_TYPE, SPREADSHEET_TYPES
from ytterby.shell.spreadsheets.readable import Readable, sheet_text
from ytterby.shell.store.models import Submission
from ytterby.terms.problem import refuse

JSON_TYPES = frozenset({JSON_TYPE, "application/ld+json"})
KNOWN_TYPES = JSON_TYPES | SPREADSHEET_TYPES
GZIP = b"\x1f\x8b"


def settings_for(
    register: Register,
    submitter: str,
    *,
    own: Mapping[str, str] | None = None,
    zone: str = "",
    decimal: str = "",
) -> Settings:
    """Return how a party's spreadsheet is read: by its remembered column names, and these beside them."""
    remembered = own_columns(submitter)
    names = {sheet: {**remembered.get(sheet, {}), **(own or {})} for sheet in SHEETS}
    names = {sheet: own_names for sheet, own_names in names.items() if own_names}
    return Settings(submitter, register.base, names, zone, decimal, tuple(sorted(own or {})))


def kept_settings(register: Register, submitter: str, media_type: str, settings: Settings | None) -> str | None:
    """Return the settings of a spreadsheet's conversion as they are kept, None for any other document."""
    if media_type not in SPREADSHEET_TYPES:
        return None
    settings = settings or settings_for(register, submitter)
    settings = replace(settings, party=submitter, base=register.base)
    return json.dumps(settings.to_json(), ensure_ascii=False, sort_keys=True)


def remember_given(
    register: Register, submission: Submission, sheets: Collection[str], *, at: datetime | None = None
) -> None:
    """Remember the column names that came with a spreadsheet, for the kinds of sheet it had. Idempotent."""
    if submission.converter is None:
        return
    settings = settings_of(json.loads(submission.converter))
    for sheet in sorted(settings.own.keys() & sheets) if settings.given else ():
        given = {name: settings.own[sheet][name] for name in settings.given if name in settings.own[sheet]}
        names = {**own_columns(submission.submitter).get(sheet, {}), **given}
        remember_columns(register, submission.submitter, sheet, names, at=at)


def converted(document: bytes, media_type: str, name: str, kept: str | None) -> Readable:
    """Return a document as it is to be read; what cannot be is refused with its places. No bytes raise.

    Codes: `capture.media_type`, `capture.not_gzip`, `capture.unpacks_too_large`, `capture.converter_gone`, and those of
    `convert_spreadsheet`.
    """
    if media_type not in KNOWN_TYPES:
        return Readable(b"", (refuse("capture.media_type", "", media_type, known=" ".join(sorted(KNOWN_TYPES))),))
    if media_type in SPREADSHEET_TYPES:
        return _sheet(document, media_type, name, json.loads(kept or "{}"))
    if not document.startswith(GZIP):
        return Readable(document)
    most = limits().document_bytes
    try:
        with gzip.GzipFile(fileobj=BytesIO(document)) as stream:
            raw = stream.read(most + 1)
    except (OSError, EOFError, zlib.error):
        return Readable(b"", (refuse("capture.not_gzip"),))
    if len(raw) > most:
        return Readable(b"", (refuse("capture.unpacks_too_large", "", "", limit=most),))
    return Readable(raw)


def _sheet(document: bytes, media_type: str, name: str, kept: Mapping[str, object]) -> Readable:
    """Convert a spreadsheet as its arrival receipt says; what another version was to read is not read by this one."""
    converter = kept.get("converter")
    if converter != CONVERTER:
        return Readable(b"", (refuse("capture.converter_gone", "", converter or "-", known=CONVERTER),))
    return sheet_text(document, media_type, name, settings_of(kept))
