"""The child process in which the files of a list are read, under limits of memory and processor time.

Run as a module: one line of JSON (list, format, day, names and lengths of the files) and their bytes on standard
input, the outcome as lines of JSON on standard output. What it cannot bear kills this process and nothing else
(threat X5).
"""

import json
import sys
from datetime import date

from ytterby.screening.lists.gathering import ListFile
from ytterby.screening.lists.reading import read_list
from ytterby.shell.bounded_child import OUT_OF_MEMORY, limit_process
from ytterby.shell.lists.tables import list_tables
from ytterby.shell.lists.wire import to_wire
from ytterby.shell.site.packs import limits


def main() -> int:
    """Read what stands on standard input."""
    list_tables()
    bounds = limits()
    limit_process(memory_bytes=bounds.list_memory_bytes, cpu_seconds=bounds.list_cpu_seconds)
    head = json.loads(sys.stdin.buffer.readline())
    try:
        files = [ListFile(name, sys.stdin.buffer.read(length)) for name, length in head["files"]]
        made = read_list(
            files,
            list_id=head["list"],
            tables=list_tables(),
            format_id=head["format"],
            published=date.fromisoformat(head["published"]) if head["published"] else None,
        )
        for line in to_wire(made):
            sys.stdout.buffer.write(line)
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main())
