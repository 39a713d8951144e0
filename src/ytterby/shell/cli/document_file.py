"""Documents and texts as files: read no further than they may be long, and told by content what is not read yet."""

import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from ytterby.chain.envelope import BYTES_MAX
from ytterby.shell.cli.outcome import CouldNotRun
from ytterby.terms.problem import Problem, refuse

STANDARD_INPUT = "-"
_FIELDS, _TEXT = msgspec.json.Decoder(dict[str, msgspec.Raw]), msgspec.json.Decoder(str)


def list_files(names: Iterable[str]) -> list[str]:
    """Return the files that are named; a folder stands for the JSON files in it, by name."""
    found: list[str] = []
    for name in names:
        folder = Path(name)
        is_folder = name != STANDARD_INPUT and folder.is_dir()
        found += (is_folder and sorted(str(path) for path in folder.glob("*.json"))) or [name]
    return found


def sender_of(raw: bytes) -> str | None:
    """Return what a document's own field `sender` says (EPCIS 2.0, 10.2); None where it says nothing."""
    try:
        sender = _FIELDS.decode(raw).get("sender")
        return (_TEXT.decode(sender) or None) if sender is not None else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def read_document_file(name: str) -> bytes:
    """Return a file's bytes, `-` for standard input; of one beyond the limit one byte more than the limit.

    Raises:
        CouldNotRun: the file cannot be read.
    """
    try:
        if name == STANDARD_INPUT:
            return sys.stdin.buffer.read(BYTES_MAX + 1)
        with Path(name).open("rb") as file:
            return file.read(BYTES_MAX + 1)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=name, why=error.strerror or error) from None


def read_text_file(path: Path, bytes_max: int) -> str:
    """Return the text of a file.

    Raises:
        CouldNotRun: the file is larger than that, cannot be read, or is not UTF-8.
    """
    try:
        if path.stat().st_size > bytes_max:
            raise CouldNotRun("file.too_large", file=path, limit=bytes_max // 1_000_000)
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise CouldNotRun("file.unreadable", file=path, why=why) from None


def not_read_yet(name: str, raw: bytes) -> Problem | None:
    """Return the one problem of a document in a format of EPCIS that is not read yet."""
    kind = _format_of(name, raw)
    return refuse("document.not_yet_read", "", kind) if kind else None


def _format_of(name: str, raw: bytes) -> str:
    """Return XML; empty for JSON and spreadsheets, and for what only their readers can explain."""
    start = raw[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    ending = Path(name).suffix.lower()
    if start.startswith((b"{", b"[")):
        return ""
    return "XML" if start.startswith(b"<") or ending == ".xml" else ""
