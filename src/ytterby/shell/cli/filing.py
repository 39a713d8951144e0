"""How what a party files is said on the command line: by whom, and what came of it."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytterby.shell.cli.arguments import add_command
from ytterby.shell.cli.case_speaker import add_speaker, read_speaker
from ytterby.shell.cli.case_step import read_json
from ytterby.shell.cli.opening import Reading, find_party
from ytterby.shell.cli.outcome import CouldNotRun, Outcome, WrongUse
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.rights import read_signer
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word
from ytterby.terms.problem import is_refused

if TYPE_CHECKING:
    from ytterby.shell.actions.filing import Filer, FilingChange

Json = dict[str, Any]
SHOWN = 12  # digits of a digest that people read


def add_filing(verbs: Any, name: str, run: Any, summary: str) -> argparse.ArgumentParser:
    """Add a verb that files something, with who says it."""
    parser = add_command(verbs, name, run, summary)
    add_speaker(parser)
    return parser


def add_documents(parser: argparse.ArgumentParser) -> None:
    """Add: documents by their SHA-256."""
    parser.add_argument(
        "--document", action="append", default=[], metavar="SHA256", help="a document's SHA-256; repeat"
    )


def filing_speaker(args: argparse.Namespace, reading: Reading) -> "Filer":
    """Return who files: by an account's key or one that an invitation bound, or in a demo for a party."""
    from ytterby.shell.actions.filing import speaker_of

    key = read_signer(args)
    return read_speaker(args, reading) if key is None else speaker_of(reading.register, key)


def filed(args: argparse.Namespace, screen: Screen, change: "FilingChange", **more: object) -> Outcome:
    """Answer what came of a filing: its key, what refused it or was remarked."""
    refused = is_refused(change.problems)
    answer = {
        "key": change.key or None,
        **more,
        "problems": [problem_json(problem, "", screen.language) for problem in change.problems],
        "as_of_size": change.size,
    }
    screen.answer(answer, lambda: show_problems(screen, change.problems, ""))
    if not screen.is_json:
        if refused:
            screen.verdict(False, screen.texts("filing.refused"), screen.texts("event.nothing_entered"))
        else:
            screen.verdict(True, screen.texts("filing.entered", id=change.key))
    return Outcome.FOUND if refused else Outcome.GOOD


def read_object(path: Path) -> Json:
    """Return the JSON object of a file.

    Raises:
        CouldNotRun: it holds none.
    """
    found = read_json(path)
    if not isinstance(found, dict):
        raise CouldNotRun("filing.no_object", file=path)
    return found


def find_own_order(reading: Reading, number: str) -> str:
    """Return the key of the one order of the reader's that bears a number.

    Raises:
        WrongUse: there is none, or several.
    """
    from ytterby.shell.store.reading.filed import find_orders

    found = find_orders(reading.viewer, number, reading.known)
    if len(found) != 1:
        raise WrongUse("order.unknown", value=number, count=len(found), rows=tuple(found))
    return found[0]


def order_named(reading: Reading, number: str, seller: str | None) -> str:
    """Return the key of an order by its seller and number; without a seller by the number alone."""
    from ytterby.licence.filing import order_key

    return order_key(find_party(reading, seller), number) if seller else find_own_order(reading, number)


def said(screen: Screen, code: object) -> str:
    """Return the word of the trade for a code of what was filed."""
    return word("filed", code, screen.language)


def show_rows(
    screen: Screen, headings: Sequence[str], rows: Sequence[Json], cells: Callable[[Json], Sequence[str]]
) -> None:
    """Write a table of rows, or that there are none."""
    if not rows:
        screen.verdict(None, screen.texts("filing.none"))
        return
    screen.table([Column(screen.texts(f"column.{key}")) for key in headings], [list(cells(row)) for row in rows])
    screen.verdict(None, screen.texts("filing.count", count=len(rows)))
