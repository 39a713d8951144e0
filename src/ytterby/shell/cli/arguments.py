"""The arguments that every command takes, and how nouns and verbs are added."""

import argparse
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ytterby.matter.element import ELEMENTS
from ytterby.shell.cli.outcome import Outcome
from ytterby.shell.cli.screen import Screen

DATA = "ytterby-data"
Run = Callable[[argparse.Namespace, Screen], Outcome]
Nouns = Any  # argparse has no public name for what add_subparsers returns


class Help(argparse.RawDescriptionHelpFormatter):
    """Help whose descriptions keep their lines."""


def add_noun(nouns: Nouns, name: str, summary: str) -> Nouns:
    """Add a noun and return where its verbs are added."""
    parser = nouns.add_parser(name, help=summary, description=summary, formatter_class=Help)
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=True)


def add_command(verbs: Nouns, name: str, run: Run, summary: str, *, data: str = DATA) -> argparse.ArgumentParser:
    """Add a command with the arguments that all have, and return its parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        name, help=summary, description=summary[:1].upper() + summary[1:] + ".", formatter_class=Help
    )
    # Only the demo, on its simulated clock, says when; for everybody else it is now.
    parser.set_defaults(run=run, at=None)
    everywhere = parser.add_argument_group("everywhere")
    everywhere.add_argument(
        "--data", type=Path, default=Path(data), metavar="DIR", help=f"the register's folder (default: ./{data})"
    )
    everywhere.add_argument(
        "--keys", type=Path, metavar="DIR", help="its keys (default: the folder's name with -keys appended)"
    )
    everywhere.add_argument("--json", action="store_true", dest="is_json", help="answer in JSON, one object a line")
    everywhere.add_argument("--lang", choices=("en", "zh"), default="en", help="language of sentences (default: en)")
    return parser


def add_known(parser: argparse.ArgumentParser) -> None:
    """Add what every answering command takes: as known at a log size or on a day, and as whom."""
    add_viewer(parser)
    known = parser.add_mutually_exclusive_group()
    known.add_argument("--known-at", type=whole_number, metavar="N", help="answer as known at this log size")
    known.add_argument("--known-on", type=day, metavar="DATE", help="answer as known at the end of this day, UTC")
    parser.add_argument(
        "--no-wait", action="store_true", help="answer from what is derived already, and say how much is not"
    )


def add_viewer(parser: argparse.ArgumentParser) -> None:
    """Add: as a party would see it."""
    parser.add_argument(
        "--viewer", metavar="PARTY", help="answer what this party may read, as it would see it (default: the operator)"
    )


def add_element(parser: argparse.ArgumentParser, text: str) -> None:
    """Add: which element."""
    parser.add_argument("--element", type=element, metavar="E", help=text)


def from_zero_on(text: str, below: Decimal | None = None) -> Decimal:
    """Return a decimal number from zero on, less than `below` where that is given.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not (value.is_finite() and value >= 0) or (below is not None and value >= below):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from zero on")
    return value


def whole_number(text: str) -> int:
    """Return a whole number from 0 on."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 on")
    return int(text)


def day(text: str) -> date:
    """Return a day written as 2026-11-24."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write 2026-11-24") from None


def element(text: str) -> str:
    """Return the symbol of a rare earth, whatever its case."""
    symbol = text.strip().capitalize()
    if symbol not in ELEMENTS:
        raise argparse.ArgumentTypeError(f"{text!r} is no rare earth; one of {' '.join(ELEMENTS)}")
    return symbol
