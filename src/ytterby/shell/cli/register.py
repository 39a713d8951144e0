"""`ytterby register make DIR --origin NAME`: a new, empty register with its keys."""

import argparse
from pathlib import Path
from shlex import quote

from ytterby.shell.cli.arguments import DATA, Nouns, add_command, add_noun
from ytterby.shell.cli.outcome import CouldNotRun, Outcome
from ytterby.shell.cli.register_doctor import add_doctor
from ytterby.shell.cli.screen import Screen


def add(nouns: Nouns) -> None:
    """Add the noun."""
    verbs = add_noun(nouns, "register", "make a register, and examine one")
    add_doctor(verbs)
    make = add_command(verbs, "make", run_make, "make a new empty register, and its keys")
    make.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="where (default: what --data says)")
    make.add_argument(
        "--origin", required=True, metavar="NAME", help="the log's name for ever, as log.example.org/register"
    )
    make.add_argument(
        "--base", metavar="URL", help="address under which identifiers are minted (default: https://ORIGIN)"
    )


def run_make(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Make a register."""
    from ytterby.shell.site.register import make_register

    data: Path = args.folder or args.data
    keys: Path = args.keys or data.with_name(data.name + "-keys")
    base = args.base or f"https://{args.origin}"
    try:
        register = make_register(data, keys, origin=args.origin, base=base)
    except (FileExistsError, ValueError, OSError) as error:
        raise CouldNotRun("register.not_made", data=data, why=error) from None
    answer = {"data": str(data), "keys": str(keys), "origin": args.origin, "base": base, "as_of_size": register.size}
    screen.answer(answer, lambda: None)
    if not screen.is_json:
        where = "" if data == Path(DATA) else f" --data {quote(str(data))}"
        screen.verdict(True, screen.texts("register.made", data=data), screen.texts("register.keys", keys=keys))
        screen.next(f"ytterby party import FILE{where}", f"ytterby event capture FILE --as PARTY{where}")
    return Outcome.GOOD
