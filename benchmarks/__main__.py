"""Run the benchmarks and print one table: `python -m benchmarks --size small|full [NAME…]`."""

import argparse
import importlib
import platform

from rich import box
from rich.console import Console
from rich.table import Table

NAMES = ("graph", "events", "capture", "sankey", "log", "histories")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("names", nargs="*", default=NAMES)
    args = parser.parse_args()
    console = Console(width=150)
    console.print(f"Python {platform.python_version()}, size {args.size}; each peer in the same run")
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("work", "ours", "unit", "target", "peer", "theirs", "ratio", "note"):
        table.add_column(title, justify="right" if title in {"ours", "theirs", "ratio"} else "left")
    for name in args.names or NAMES:
        for line in importlib.import_module(f"benchmarks.{name}").run(args.size):
            theirs = "" if line.theirs is None else f"{line.theirs:,.4g}"
            table.add_row(
                line.work, f"{line.ours:,.4g}", line.unit, line.target, line.peer, theirs, line.ratio, line.note
            )
    console.print(table)


if __name__ == "__main__":
    main()
