"""Files become the entries of a list in a child process that may die in their stead (threat X5)."""

import json
import subprocess
from collections.abc import Sequence
from datetime import date

from ytterby.screening.lists.gathering import ListFile
from ytterby.screening.lists.reading import ReadList
from ytterby.shell.bounded_child import OUT_OF_MEMORY, run_child
from ytterby.shell.lists.wire import from_wire
from ytterby.shell.site.packs import limits
from ytterby.terms.problem import Problem, refuse

_CHILD = "ytterby.shell.lists.child"


def read_files(
    files: Sequence[ListFile], *, list_id: str, format_id: str = "", published: date | None = None
) -> ReadList:
    """Return what files come to, or problems with their places. No bytes raise.

    Codes: those of `screening.lists`, and `list.too_large`, `list.too_much_memory`, `list.too_much_time`,
    `list.killed`.
    """
    bounds = limits()
    length = sum(len(file.raw) for file in files)
    if length > bounds.list_bytes:
        return _refused(refuse("list.too_large", "", f"{length} bytes", limit=bounds.list_bytes))
    head = json.dumps(
        {
            "list": list_id,
            "format": format_id,
            "published": published.isoformat() if published else None,
            "files": [[file.name, len(file.raw)] for file in files],
        }
    )
    try:
        done = run_child(
            _CHILD,
            b"".join([head.encode() + b"\n", *(file.raw for file in files)]),
            wall_seconds=bounds.list_wall_seconds,
        )
    except subprocess.TimeoutExpired:
        return _refused(refuse("list.too_much_time", "", "", limit=bounds.list_wall_seconds))
    if done.returncode == 0:
        return from_wire(done.stdout)
    if done.returncode == OUT_OF_MEMORY:
        return _refused(refuse("list.too_much_memory", "", "", limit=bounds.list_memory_bytes))
    return _refused(refuse("list.killed", "", done.returncode))


def _refused(problem: Problem) -> ReadList:
    return ReadList("", 0, None, (), (problem,))
