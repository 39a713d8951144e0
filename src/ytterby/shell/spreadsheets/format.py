"""Which spreadsheet a file is, by its content first and its name second."""

from pathlib import PurePath

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv"
SPREADSHEET_TYPES = frozenset({XLSX_TYPE, CSV_TYPE})
ZIP = b"PK\x03\x04"
# Workbooks that are no ZIP: the older format, and one behind a password.
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
JSON_TYPE = "application/json"


def media_type_of(name: str, raw: bytes) -> str:
    """Return the media type of a document: a ZIP or old workbook is one, a name in .csv or .tsv is text; else JSON."""
    if raw.startswith((ZIP, OLD_WORKBOOK)):
        return XLSX_TYPE
    ending = PurePath(name).suffix.lower()
    if ending in (".xlsx", ".xlsm", ".xls"):
        return XLSX_TYPE
    starts_json = raw[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
    return CSV_TYPE if ending in (".csv", ".tsv", ".txt") and not starts_json else JSON_TYPE
