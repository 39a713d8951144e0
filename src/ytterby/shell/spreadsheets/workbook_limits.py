"""What a workbook may be before any of it is parsed: size, parts, ratio, no DTD, no macros, no links (threat X5).

And how many cells it may have, and how long, which is counted while it is read.
"""

import re
import zipfile
from io import BytesIO

from ytterby.shell.site.packs import Limits
from ytterby.shell.spreadsheets.format import OLD_WORKBOOK
from ytterby.terms.problem import Problem, refuse

# A ratio says nothing of a small part.
RATIO_FROM_BYTES = 1_000_000
_ENCRYPTED = 0x1
_DTD = re.compile(rb"<\s*!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_XML = (".xml", ".rels", ".vml")
_MACROS = ("vbaproject", "macrosheets/")
_LINKS = "externallinks/"
# A part that claims to be in one of these is read as such, and its DTD found.
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def check_workbook(raw: bytes, limits: Limits) -> list[Problem]:
    """Return what keeps a workbook from being parsed. No bytes raise.

    Codes: `workbook.too_large`, `workbook.old_format`, `workbook.broken`, `workbook.too_many_parts`,
    `workbook.unpacks_too_large`, `workbook.ratio`, `workbook.locked`, `workbook.macros`, `workbook.links`,
    `workbook.dtd`.
    """
    if len(raw) > limits.sheet_bytes:
        return [refuse("workbook.too_large", "", f"{len(raw)} bytes", limit=limits.sheet_bytes)]
    if raw.startswith(OLD_WORKBOOK):
        return [refuse("workbook.old_format")]
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            return _check_parts(archive, limits) or _check_content(archive)
    except Exception:
        return [refuse("workbook.broken")]


def over_limit(text: str, limits: Limits, *, row: int, column: int, cells: int) -> Problem | None:
    """Return which limit a cell is over, the last of so many `cells`, in a workbook or in text.

    Codes: `workbook.too_many_rows`, `workbook.too_many_columns`, `workbook.too_many_cells`, `workbook.long_cell`.
    """
    if row > limits.sheet_rows:
        return refuse("workbook.too_many_rows", "", row, limit=limits.sheet_rows)
    if column > limits.sheet_columns:
        return refuse("workbook.too_many_columns", "", column, limit=limits.sheet_columns)
    if cells > limits.sheet_cells:
        return refuse("workbook.too_many_cells", "", cells, limit=limits.sheet_cells)
    if len(text) > limits.sheet_cell_characters:
        return refuse("workbook.long_cell", "", text, limit=limits.sheet_cell_characters)
    return None


def _check_parts(archive: zipfile.ZipFile, limits: Limits) -> list[Problem]:
    """Judge the list of parts, which is all that has been read so far."""
    parts = archive.infolist()
    if len(parts) > limits.sheet_parts:
        return [refuse("workbook.too_many_parts", "", len(parts), limit=limits.sheet_parts)]
    total = sum(part.file_size for part in parts)
    if total > limits.sheet_unpacked_bytes:
        return [refuse("workbook.unpacks_too_large", "", f"{total} bytes", limit=limits.sheet_unpacked_bytes)]
    for part in parts:
        name = part.filename.casefold()
        if part.file_size > RATIO_FROM_BYTES and part.file_size > limits.sheet_ratio * max(part.compress_size, 1):
            ratio = part.file_size // max(part.compress_size, 1)
            return [refuse("workbook.ratio", "", part.filename, ratio=ratio, limit=limits.sheet_ratio)]
        if part.flag_bits & _ENCRYPTED:
            return [refuse("workbook.locked", "", part.filename)]
        if any(word in name for word in _MACROS):
            return [refuse("workbook.macros", "", part.filename)]
        if _LINKS in name:
            return [refuse("workbook.links", "", part.filename)]
    if "xl/workbook.xml" not in {part.filename.casefold() for part in parts}:
        return [refuse("workbook.broken")]
    return []


def _check_content(archive: zipfile.ZipFile) -> list[Problem]:
    """Look for a DTD in every part that an XML reader may see; no part unpacks to more than it said."""
    for part in archive.infolist():
        if not part.filename.casefold().endswith(_XML):
            continue
        data = archive.read(part)
        if _DTD.search(data) or _has_wide_dtd(data):
            return [refuse("workbook.dtd", "", part.filename)]
    return []


def _has_wide_dtd(data: bytes) -> bool:
    """Tell whether XML in two or four bytes a character declares a DTD."""
    if b"\x00" not in data[:200]:
        return False
    return any(_DTD.search(data.decode(name, "ignore").encode("ascii", "ignore")) for name in _WIDE)
