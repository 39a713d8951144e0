"""Run the benchmarks and print one table: `python -m benchmarks --size small|middle|full [NAME…]`.

Small takes a minute or two. Full stores 100,000 and then 1,000,000 events; middle 10,000 and then 100,000.
"""

import argparse
import importlib
import platform

from rich import box
from rich.console import Console
from rich.table import Table

NAMES = (
    "graph",
    "events",
    "capture",
    "groups",
    "derive",
    "trace",
    "histories",
    "kills",
    "sankey",
    "log",
    "network",
    "nation",
    "detection",
    "law",
    "impact",
    "screening",
    "casework",
)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--size", choices=("small", "middle", "full"), default="small")
    parser.add_argument("names", nargs="*", default=NAMES)
    args = parser.parse_args()
    console = Console(width=150)
    console.print(f"Python {platform.python_version()}, size {args.size}; each peer in the same run")
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("work", "ours", "unit", "target", "peer", "theirs", "ratio", "note"):
        table.add_column(title, justify="right" if title in {"ours", "theirs", "ratio"} else "left")
    for name in args.names or NAMES:
        module = importlib.import_module(f"benchmarks.{name}")
        # What fills a store has a size between the two; the others know small and full.
        size = "full" if args.size == "middle" and not hasattr(module, "HAS_MIDDLE") else args.size
        for line in module.run(size):
            theirs = "" if line.theirs is None else f"{line.theirs:,.4g}"
            table.add_row(
                line.work, f"{line.ours:,.4g}", line.unit, line.target, line.peer, theirs, line.ratio, line.note
            )
    console.print(table)


if __name__ == "__main__":
    main()
