"""Who speaks on the command line: the key of an account (--by), or in a demo the party that --as names."""

import argparse
from typing import TYPE_CHECKING

from ytterby.shell.cli.opening import Reading, find_party
from ytterby.shell.cli.outcome import WrongUse
from ytterby.shell.cli.rights import read_signer

if TYPE_CHECKING:
    from ytterby.shell.actions.speaker import Speaker


def add_speaker(parser: argparse.ArgumentParser) -> None:
    """Add: by whose key, or in a demo for whom."""
    from pathlib import Path

    parser.add_argument("--by", type=Path, metavar="FILE", help="key of the account that says so")
    parser.add_argument("--as", dest="party", metavar="PARTY", help="in a demo: for which party, where nobody signs")
    parser.add_argument("--person", default="", metavar="NAME", help="in a demo: which person speaks")


def read_speaker(args: argparse.Namespace, reading: Reading) -> "Speaker":
    """Return who speaks.

    Raises:
        WrongUse: neither a key nor a party is named.
        CouldNotRun: the file holds no key.
    """
    from ytterby.shell.actions.speaker import demo_speaker, key_speaker

    key = read_signer(args)
    if key is not None:
        return key_speaker(reading.register, key)
    if args.party is None:
        raise WrongUse("case.who")
    return demo_speaker(find_party(reading, args.party), args.person)
