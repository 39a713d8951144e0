"""The child process in which a spreadsheet is read and converted, under limits of memory and processor time.

Run as a module: one line of JSON (media type, name, settings) and the bytes on standard input, the outcome as JSON on
standard output. What it cannot bear kills this process and nothing else (threat X5).
"""

import json
import sys
from dataclasses import replace

from ytterby.chain.spreadsheet.conversion import Conversion, convert
from ytterby.chain.spreadsheet.settings import Settings, settings_of
from ytterby.shell.bounded_child import OUT_OF_MEMORY, limit_process
from ytterby.shell.site.packs import door_tables, limits, sheet_tables
from ytterby.shell.spreadsheets.converted import refused, to_wire
from ytterby.shell.spreadsheets.format import XLSX_TYPE
from ytterby.shell.spreadsheets.text_table import read_text_table
from ytterby.shell.spreadsheets.workbook import read_workbook
from ytterby.terms.problem import refuse


def convert_here(raw: bytes, media_type: str, name: str, settings: Settings) -> Conversion:
    """Read and convert in this process. No bytes raise, save by running out of memory."""
    bounds = limits()
    grids, problems = read_workbook(raw, bounds) if media_type == XLSX_TYPE else read_text_table(raw, name, bounds)
    if not grids:
        return refused(problems or [refuse("sheet.none", "", "-")])
    tables = door_tables()
    made = convert(grids, sheet_tables(), tables.units, tables.matter, settings)
    return replace(made, problems=(*problems, *made.problems))


def main() -> int:
    """Convert what stands on standard input."""
    door_tables()
    sheet_tables()
    bounds = limits()
    limit_process(memory_bytes=bounds.sheet_memory_bytes, cpu_seconds=bounds.sheet_cpu_seconds)
    head = json.loads(sys.stdin.buffer.readline())
    raw = sys.stdin.buffer.read()
    try:
        answer = to_wire(convert_here(raw, head["media_type"], head["name"], settings_of(head["settings"])))
    except MemoryError:
        return OUT_OF_MEMORY
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
