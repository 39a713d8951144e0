"""The child process in which a spreadsheet is read and converted, under limits of memory and processor time.

Run as a module: one line of JSON (media type, name, settings) and the bytes on standard input, the outcome as JSON on
standard output. What it cannot bear kills this process and nothing else (threat X5).
"""

import json
import resource
import sys
from dataclasses import replace
from pathlib import Path

from ytterby.chain.spreadsheet.conversion import Conversion, convert
from ytterby.chain.spreadsheet.settings import Settings, settings_of
from ytterby.shell.site.packs import Limits, door_tables, limits, sheet_tables
from ytterby.shell.spreadsheets.converted import OUT_OF_MEMORY, refused, to_wire
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


def limit_process(bounds: Limits) -> None:
    """Let this process have no more memory and processor time than the limits say, beyond what it has already."""
    door_tables()
    sheet_tables()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + bounds.sheet_memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    cpu = bounds.sheet_cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> int:
    """Convert what stands on standard input."""
    limit_process(limits())
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
