"""A spreadsheet becomes an EPCIS document in a child process that may die in its stead (threat X5)."""

import json
import subprocess

from ytterby.chain.spreadsheet.conversion import Conversion
from ytterby.chain.spreadsheet.settings import Settings
from ytterby.shell.bounded_child import OUT_OF_MEMORY, run_child
from ytterby.shell.site.packs import limits
from ytterby.shell.spreadsheets.converted import from_wire, refused
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
        done = run_child(_CHILD, head.encode() + b"\n" + raw, wall_seconds=bounds.sheet_wall_seconds)
    except subprocess.TimeoutExpired:
        return refused([refuse("workbook.too_much_time", "", "", limit=bounds.sheet_wall_seconds)])
    if done.returncode == 0:
        return from_wire(done.stdout)
    if done.returncode == OUT_OF_MEMORY:
        return refused([refuse("workbook.too_much_memory", "", "", limit=bounds.sheet_memory_bytes)])
    return refused([refuse("workbook.killed", "", done.returncode)])
