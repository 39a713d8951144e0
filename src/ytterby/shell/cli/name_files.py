"""Files of names for screening and its evaluation: JSON lines, or CSV with the columns of the evaluation's sets."""

import csv
import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from ytterby.screening.name_index import Bearer, NameIndex, build_index
from ytterby.screening.name_lines import QueryLine, parse_queries, parse_targets
from ytterby.screening.rarity import Rarity
from ytterby.shell.cli.document_file import read_text_file
from ytterby.shell.cli.outcome import CouldNotRun
from ytterby.terms.problem import Problem

BYTES_MAX = 1_000_000_000


def read_queries(path: Path) -> tuple[list[QueryLine], list[Problem]]:
    """Return the queries of a file: JSON lines, or CSV with qid or id, schema, query or name, and cls, label, target.

    Raises:
        CouldNotRun: the file cannot be read.
    """
    text = read_text_file(path, BYTES_MAX)
    if path.suffix.lower() != ".csv":
        return parse_queries(text.split("\n"))
    rows = csv.DictReader(text.splitlines())
    return parse_queries(json.dumps({**row, "name": row.get("query", row.get("name"))}) for row in rows)


def read_targets(path: Path) -> tuple[list[Bearer], list[Problem]]:
    """Return the targets of a file and what is wrong: JSON lines, or CSV with a name a row (id, schema, name, kind).

    Raises:
        CouldNotRun: the file cannot be read.
    """
    text = read_text_file(path, BYTES_MAX)
    lines: Iterable[str] = text.split("\n") if path.suffix.lower() != ".csv" else _target_lines(text)
    return parse_targets(lines)


def _target_lines(text: str) -> Iterator[str]:
    """Return JSON lines of a CSV; a kind that is no kind of name (a name in its own script) is a name like others."""
    entries: dict[str, dict[str, object]] = {}
    names: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        key = row.get("id") or ""
        entries.setdefault(key, {"id": key, "schema": row.get("schema") or "", "list": row.get("src") or ""})
        kind = row.get("kind") or "primary"
        names.setdefault(key, []).append(
            {"text": row.get("name") or "", "kind": kind if kind in {"alias", "former", "weak"} else "primary"}
        )
    for key, entry in entries.items():
        yield json.dumps({**entry, "names": names[key]})


def open_index(path: Path, folder: Path | None) -> tuple[NameIndex, Rarity, list[Problem]]:
    """Return the index of a file of targets: from the folder where it was kept, else made, and kept there.

    What is wrong with the targets is told when they are read.

    Raises:
        CouldNotRun: the file cannot be read, the folder cannot be written.
    """
    from ytterby.shell.site.name_index_files import read_index, write_index
    from ytterby.shell.site.screening_tables import name_tables

    tables = name_tables()
    # Taken before the file is read: an index of what stood there earlier is then never taken for that of a later file.
    source = "" if folder is None else file_digest(path)
    if folder is not None:
        kept = read_index(folder, source, tables.digest)
        if kept is not None:
            return (*kept, [])
    bearers, problems = read_targets(path)
    index, rarity = build_index(bearers, tables)
    if folder is not None:
        try:
            write_index(folder, index, rarity, source)
        except OSError as error:
            raise CouldNotRun("file.unwritable", file=folder, why=error.strerror or error) from None
    return index, rarity, problems


def file_digest(path: Path) -> str:
    """Return the digest of a file's bytes (hex, SHA-256).

    Raises:
        CouldNotRun: the file cannot be read.
    """
    whole = sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                whole.update(chunk)
    except OSError as error:
        raise CouldNotRun("file.unreadable", file=path, why=error.strerror or error) from None
    return whole.hexdigest()
