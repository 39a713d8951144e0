"""The program: reads the arguments, runs the command, turns whatever happens into an exit code."""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

from ytterby.shell.cli import (
    balance,
    case,
    conform,
    customs,
    delivery,
    demo,
    event,
    flow_return,
    inquiry,
    law,
    licence,
    log,
    lot,
    nation,
    office,
    order,
    party,
    product,
    quota,
    register,
    serve,
    statement,
    use,
)
from ytterby.shell.cli.arguments import Help
from ytterby.shell.cli.outcome import Outcome, Stop
from ytterby.shell.cli.screen import Screen, plain

NOUNS = (
    *(
        demo,
        serve,
        event,
        lot,
        balance,
        inquiry,
        flow_return,
        quota,
        law,
        case,
        licence,
        order,
        statement,
        use,
        delivery,
        customs,
        office,
        log,
        party,
        product,
        register,
        conform,
    ),
    nation,
)
SUMMARY = """A register for rare earths: where every gram came from and went, whether the books add up, and proof.

Start with:  ytterby demo"""
DEBUG = "YTTERBY_DEBUG"
VERSION_HELP = "show program's version number and exit"


class _Version(argparse.Action):
    """Write the version, which is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *args: object) -> None:
        from importlib.metadata import version

        parser._print_message(f"ytterby {version('ytterby')}\n", sys.stdout)
        parser.exit()


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all nouns and verbs."""
    parser = argparse.ArgumentParser(prog="ytterby", description=SUMMARY, formatter_class=Help)
    parser.add_argument("--version", action=_Version, nargs=0, default=argparse.SUPPRESS, help=VERSION_HELP)
    nouns = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for noun in NOUNS:
        noun.add(nouns)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 good, 1 findings or refusals, 2 wrong use, 3 could not run."""
    _write_utf8()
    try:
        args = make_parser().parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(Outcome.WRONG_USE)
    screen = Screen(args.lang, is_json=args.is_json)
    try:
        code = int(args.run(args, screen))
        sys.stdout.flush()
    except Stop as stop:
        return _show_stop(screen, stop)
    except BrokenPipeError:
        # The reader has gone (a pipe into `head`): what it wanted it got.
        _close_stdout()
        return int(Outcome.GOOD)
    except KeyboardInterrupt:
        screen.remark(screen.texts("stopped"))
        return int(Outcome.COULD_NOT)
    except Exception as error:
        return _show_failure(screen, error)
    return code


def _show_stop(screen: Screen, stop: Stop) -> int:
    """Write why a command could not go on, and what to type instead, beside the data."""
    screen.remark(screen.texts(stop.key, **stop.facts), "red")
    for row in stop.rows:
        screen.remark(f"  {row}")
    for command in stop.next_commands:
        screen.remark(screen.texts("next") + screen.joint + command)
    return int(stop.outcome)


def _show_failure(screen: Screen, error: Exception) -> int:
    """Write one line of what nobody foresaw; the whole way to it with YTTERBY_DEBUG=1."""
    if os.environ.get(DEBUG) == "1":
        traceback.print_exc()
    what = " ".join(plain(f"{type(error).__name__}: {error}").split())
    screen.remark(screen.texts("failed", what=what, debug=f"{DEBUG}=1"), "red")
    return int(Outcome.COULD_NOT)


def _write_utf8() -> None:
    """Let a terminal or pipe of another encoding show a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and (getattr(stream, "encoding", "") or "").lower().replace("-", "") != "utf8":
            with suppress(OSError, ValueError):
                reconfigure(errors="replace")


def _close_stdout() -> None:
    """Point standard output nowhere, so that the interpreter does not fail again when it ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
