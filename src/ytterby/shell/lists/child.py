"""The child process in which the files of a list are read, under limits of memory and processor time.

Run as a module: one line of JSON (list, format, day, names and lengths of the files) and their bytes on standard
input, the outcome as lines of JSON on standard output. What it cannot bear kills this process and nothing else
(threat X5).
"""

import json
import resource
import sys
from datetime import date
from pathlib import Path

from ytterby.screening.lists.gathering import ListFile
from ytterby.screening.lists.reading import read_list
from ytterby.shell.lists.tables import list_tables
from ytterby.shell.lists.wire import OUT_OF_MEMORY, to_wire
from ytterby.shell.site.packs import Limits, limits


def limit_process(bounds: Limits) -> None:
    """Let this process have no more memory and processor time than the limits say, beyond what it has already."""
    list_tables()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + bounds.list_memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    cpu = bounds.list_cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> int:
    """Read what stands on standard input."""
    limit_process(limits())
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
