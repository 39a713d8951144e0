"""How what a file comes to passes from the child process to its parent: lines of JSON, nothing executable."""

import json
from collections.abc import Iterator
from datetime import date

from ytterby.screening.entry_text import entry_text, read_entry
from ytterby.screening.lists.reading import ReadList
from ytterby.terms.problem import problem_fields, problem_of


def to_wire(made: ReadList) -> Iterator[bytes]:
    """Yield the lines that the child writes: what it is, then an entry a line."""
    head = {
        "format": made.format,
        "version": made.version,
        "published": made.published.isoformat() if made.published else None,
        "problems": [problem_fields(problem) for problem in made.problems],
        "entries": len(made.entries),
    }
    yield json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
    for entry in made.entries:
        yield entry_text(entry).encode() + b"\n"


def from_wire(raw: bytes) -> ReadList:
    """Return an outcome as the parent reads it.

    Raises:
        ValueError: it is not what a child writes.
    """
    try:
        first, _, rest = raw.partition(b"\n")
        head = json.loads(first.decode("utf-8", "surrogatepass"))
        entries = tuple(read_entry(line.decode()) for line in rest.split(b"\n") if line)
        if len(entries) != head["entries"]:
            raise ValueError("some entries are missing")
        published = date.fromisoformat(head["published"]) if head["published"] else None
        problems = tuple(problem_of(fields) for fields in head["problems"])
        return ReadList(str(head["format"]), int(head["version"]), published, entries, problems)
    except (KeyError, TypeError, UnicodeError) as error:
        raise ValueError(f"no outcome of a reading: {error!r}") from None
