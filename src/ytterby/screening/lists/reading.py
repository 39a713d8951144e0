"""From the bytes of files to the entries of a list: which importer reads them, told by content, and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from ytterby.screening.entry import ListedEntry
from ytterby.screening.lists import eu_fsf, ftm, ofac_advanced, ofac_legacy, plain_csv, uk, un, us_csl
from ytterby.screening.lists.gathering import (
    FileRefused,
    Gathering,
    ListFile,
    ListLimits,
    ListTables,
    Place,
)
from ytterby.terms.problem import Problem, refuse

Reader = Callable[[list[ListFile], Gathering], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A layout of files. `is_from_documentation`: its importer never ran on a real file.

    Raise `version` whenever the importer makes other entries of the same bytes.
    """

    id: str
    read: Reader
    version: int
    is_from_documentation: bool
    files_most: int = 1


FORMATS: Mapping[str, Format] = {
    one.id: one
    for one in (
        Format("ofac-advanced-xml", ofac_advanced.read, 1, True),
        Format("ofac-legacy", ofac_legacy.read, 1, False, 4),
        Format("us-csl-csv", us_csl.read_csv, 1, False),
        Format("us-csl-csv-now", us_csl.read_csv, 1, True),
        Format("us-csl-json", us_csl.read, 1, True),
        Format("un-xml", un.read, 1, False),
        Format("eu-fsf-xml", eu_fsf.read, 1, True),
        Format("uk-xml", uk.read, 1, True),
        Format("uk-csv", uk.read_csv, 1, True),
        Format("meti-csv", plain_csv.read_meti, 1, True),
        Format("mofcom-csv", plain_csv.read_mofcom, 1, True),
        Format("ftm-json-lines", ftm.read, 1, True),
        # Its columns are ours: there is no other file to run it on than what an operator writes.
        Format("own-csv", plain_csv.read_own, 1, False),
    )
}
# The XML of each format is told by its first element.
_ROOTS = {
    b"Sanctions": "ofac-advanced-xml",
    b"CONSOLIDATED_LIST": "un-xml",
    b"export": "eu-fsf-xml",
    b"Designations": "uk-xml",
}
_HEADINGS = (
    ("us-csl-csv-now", (b"_id", b"source", b"alt_names", b"federal_register_notice")),
    ("us-csl-csv", (b"source", b"alt_names", b"federal_register_notice")),
    ("uk-csv", (b"unique id", b"name 6", b"name type")),
    ("mofcom-csv", (b"name_en", b"name_zh", b"list")),
    ("meti-csv", (b"company or organization",)),
    ("own-csv", (b"id", b"name")),
)
_LOOKED_AT = 4_000


@dataclass(frozen=True, slots=True)
class ReadList:
    """What files came to. There are no entries where a problem refuses."""

    format: str
    version: int
    published: date | None
    entries: tuple[ListedEntry, ...]
    problems: tuple[Problem, ...]


def sniff(file: ListFile) -> str | None:
    """Return the format of a file by its content; None where no importer knows it."""
    start = file.raw[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return _ROOTS.get(_first_element(start))
    if start.startswith(b"{"):
        line = start.split(b"\n", 1)[0]
        if b'"schema"' in line:
            return "ftm-json-lines"
        return "us-csl-json" if b'"results"' in start or b'"federal_register_notice"' in start else None
    if start.startswith(b"["):
        return "us-csl-json"
    if ofac_legacy.kind_of(file) is not None:
        return "ofac-legacy"
    for line in start.split(b"\n")[:5]:
        cells = {cell.strip(b'" \r').lower() for cell in line.split(b",")}
        for name, needed in _HEADINGS:
            if cells.issuperset(needed):
                return name
    return None


def _first_element(start: bytes) -> bytes:
    """Return the local name of the first element, behind declaration and comments; a document type names it too."""
    while start.startswith((b"<?", b"<!--")):
        end = b"?>" if start.startswith(b"<?") else b"-->"
        _, found, start = start.partition(end)
        if not found:
            return b""
        start = start.lstrip()
    name = start.removeprefix(b"<").removeprefix(b"!DOCTYPE").split(b">", 1)[0].split(None, 1)
    return name[0].rstrip(b"/").rpartition(b":")[2] if name else b""


def files_digest(files: Sequence[ListFile]) -> str:
    """Return the digest over the bytes of some files: of one its SHA-256, of several over theirs in order."""
    digests = [sha256(file.raw).digest() for file in files]
    if len(digests) == 1:
        return digests[0].hex()
    return sha256(b"ytterby/list-files/v1\x00" + b"".join(sorted(digests))).hexdigest()


def read_list(
    files: Sequence[ListFile],
    *,
    list_id: str,
    tables: ListTables,
    format_id: str = "",
    published: date | None = None,
    limits: ListLimits | None = None,
) -> ReadList:
    """Return the entries of a list and all that was wrong. No bytes raise.

    `published` is what whoever imports says where the files state no day; a day that they state holds before it.
    """
    files = list(files)
    chosen = format_id or next(filter(None, map(sniff, files)), None)
    if chosen is None or chosen not in FORMATS:
        problem = refuse("list.unknown_format", "", format_id or "-", known=", ".join(FORMATS))
        return ReadList("", 0, published, (), (Place(files[0].name if files else "").of(problem),))
    found = FORMATS[chosen]
    if len(files) > found.files_most:
        problem = refuse("list.too_many_files", "", "", format=chosen, most=found.files_most)
        return ReadList(chosen, found.version, published, (), (Place(files[0].name).of(problem),))
    gathering = Gathering(list_id, tables, limits or ListLimits())
    try:
        found.read(files, gathering)
        gathering.finish(files[0].name)
    except FileRefused as refused:
        problems = (refused.problem, *gathering.problems)
        return ReadList(chosen, found.version, gathering.published or published, (), problems)
    entries = tuple(gathering.entries.values())
    return ReadList(chosen, found.version, gathering.published or published, entries, tuple(gathering.problems))
