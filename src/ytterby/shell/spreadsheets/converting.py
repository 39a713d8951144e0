"""A spreadsheet becomes an EPCIS document in a child process that may die in its stead (threat X5)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import ytterby
from ytterby.chain.spreadsheet.conversion import Conversion
from ytterby.chain.spreadsheet.settings import Settings
from ytterby.shell.site.packs import limits
from ytterby.shell.spreadsheets.converted import OUT_OF_MEMORY, from_wire, refused
from ytterby.terms.problem import refuse

_CHILD = "ytterby.shell.spreadsheets.child"


def convert_spreadsheet(raw: bytes, media_type: str, name: str, settings: Settings) -> Conversion:
    """Return the document that a spreadsheet stands for, or problems with their cells. No bytes raise.

    Codes: those of `read_workbook`, `read_text_table` and `convert`, and `workbook.too_much_memory`,
    `workbook.too_much_time`, `workbook.killed`.
    """
    bounds = limits()
    if len(raw) > bounds.sheet_bytes:
        return refused([refuse("workbook.too_large", "", f"{len(raw)} bytes", limit=bounds.sheet_bytes)])
    head = json.dumps({"media_type": media_type, "name": name, "settings": settings.to_json()})
    try:
        done = subprocess.run(
            [sys.executable, "-m", _CHILD],
            input=head.encode() + b"\n" + raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=bounds.sheet_wall_seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return refused([refuse("workbook.too_much_time", "", "", limit=bounds.sheet_wall_seconds)])
    if done.returncode == 0:
        return from_wire(done.stdout)
    if done.returncode == OUT_OF_MEMORY:
        return refused([refuse("workbook.too_much_memory", "", "", limit=bounds.sheet_memory_bytes)])
    return refused([refuse("workbook.killed", "", done.returncode)])


def _environment() -> dict[str, str]:
    """Return what the child may know: where its code lies, no address of a database, no key; one thread."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "HOME") if name in os.environ}
    roots = [str(Path(next(iter(ytterby.__path__))).parent), os.environ.get("PYTHONPATH", "")]
    return kept | {
        "PYTHONPATH": os.pathsep.join(filter(None, roots)),
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONUTF8": "1",
    }
