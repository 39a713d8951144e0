"""How a spreadsheet is to be read, as options of commands that read documents; and reading one without a register."""

import argparse
from typing import TYPE_CHECKING

from ytterby.shell.cli.document_file import not_read_yet
from ytterby.terms.problem import Problem

if TYPE_CHECKING:
    from ytterby.chain.spreadsheet.settings import Settings
    from ytterby.shell.spreadsheets.readable import Readable

DECIMALS = {"point": ".", "comma": ","}


def add_sheet_options(parser: argparse.ArgumentParser) -> None:
    """Add: own column names, zone, decimal sign."""
    group = parser.add_argument_group("spreadsheets")
    group.add_argument(
        "--map",
        action="append",
        type=mapping,
        default=[],
        metavar="OWN=NAME",
        help='what a column of yours means, as "Menge (to)=Quantity [t]"; - passes it over; may be repeated',
    )
    group.add_argument("--zone", type=zone, metavar="+HH:MM", help="time zone where the sheet says none")
    group.add_argument("--decimal", choices=tuple(DECIMALS), help="decimal sign where the sheet does not tell")


def mapping(text: str) -> tuple[str, str]:
    """Return an own name and what it means."""
    own, equals, meant = text.rpartition("=")
    if not equals or not own.strip() or not meant.strip():
        raise argparse.ArgumentTypeError(f'{text!r} maps nothing; write "Menge (to)=Quantity [t]"')
    return own.strip(), meant.strip()


def zone(text: str) -> str:
    """Return a time zone as EPCIS writes it."""
    from ytterby.chain.spreadsheet.moment import read_zone

    found = read_zone(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time zone; write +08:00")
    return found


def plain_settings(args: argparse.Namespace) -> "Settings":
    """Return how a spreadsheet is read by the options alone."""
    from ytterby.chain.spreadsheet.column import SHEETS
    from ytterby.chain.spreadsheet.settings import Settings

    own = {sheet: dict(args.map) for sheet in SHEETS} if args.map else {}
    return Settings(own=own, zone=args.zone or "", decimal=DECIMALS.get(args.decimal or "", ""))


def read_readable(name: str, raw: bytes, settings: "Settings") -> "tuple[Readable | None, list[Problem]]":
    """Return a document as it is to be read, and what is wrong with it already; None where there is nothing to read."""
    unread = not_read_yet(name, raw)
    if unread is not None:
        return None, [unread]
    from ytterby.shell.spreadsheets.format import SPREADSHEET_TYPES, media_type_of
    from ytterby.shell.spreadsheets.readable import Readable, sheet_text

    media_type = media_type_of(name, raw)
    if media_type not in SPREADSHEET_TYPES:
        return Readable(raw), []
    readable = sheet_text(raw, media_type, name, settings)
    return (None if readable.is_refused else readable), list(readable.problems)
