"""`ytterby party account|rights|confirm|withdraw`: who acts for whom, which public bodies oversee, by whose word.

Two people of the operator make an account or a right, each with a key of its own in a file of its own (`--by`).
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from ytterby.chain.party import OPERATOR
from ytterby.proof.key import PrivateKey
from ytterby.shell.cli.arguments import Nouns, add_command, add_viewer
from ytterby.shell.cli.opening import Reading, find_party, open_reading, with_data
from ytterby.shell.cli.outcome import CouldNotRun, Outcome
from ytterby.shell.cli.problem_lines import problem_json, show_problems
from ytterby.shell.cli.screen import Column, Screen
from ytterby.shell.wording import word
from ytterby.terms.problem import is_refused

if TYPE_CHECKING:
    from ytterby.shell.actions.rights import RightsChange

Json = dict[str, Any]
SHOWN = 12  # characters of a digest that people read


def add(verbs: Nouns) -> None:
    """Add the verbs."""
    account = add_command(verbs, "account", run_account, "enter a person who acts for a party, and make its key")
    account.add_argument("name", metavar="NAME", help="what the person is called; never in the log")
    account.add_argument("--party", default=OPERATOR, metavar="PARTY", help="for whom (default: the operator)")
    account.add_argument("--out", type=Path, required=True, metavar="FILE", help="where its key is written, once")
    add_signer(account)
    rights = add_command(verbs, "rights", run_rights, "list accounts and rights, and where they stand")
    add_viewer(rights)
    for name, run, summary in (
        ("confirm", run_confirm, "confirm an account or a right that another account proposed"),
        ("withdraw", run_withdraw, "withdraw an account or a right; it counts at once"),
    ):
        verb = add_command(verbs, name, run, summary)
        verb.add_argument("which", metavar="NUMBER", help="the number that ytterby party rights shows")
        add_signer(verb)


def add_signer(parser: argparse.ArgumentParser) -> None:
    """Add: by whose key."""
    parser.add_argument("--by", type=Path, metavar="FILE", help="key of the operator's account that says so")


def read_signer(args: argparse.Namespace) -> PrivateKey | None:
    """Return the key that --by names; None where there is none.

    Raises:
        CouldNotRun: the file holds no key.
    """
    if args.by is None:
        return None
    try:
        return PrivateKey.parse(args.by.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise CouldNotRun("rights.key_unreadable", file=args.by) from None


def run_account(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Enter an account."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.rights import add_account, make_account_key

    party, by = find_party(reading, args.party), read_signer(args)
    try:
        key = make_account_key(args.out)
    except FileExistsError:
        raise CouldNotRun("rights.file_taken", file=args.out) from None
    except OSError as error:
        raise CouldNotRun("file.unwritable", file=args.out, why=error.strerror or error) from None
    result = add_account(reading.register, key, name=args.name, party=party, by=by, at=args.at)
    if is_refused(result.problems):
        args.out.unlink()
    outcome = _answer(args, screen, result)
    if outcome is Outcome.GOOD and not screen.is_json:
        screen.verdict(None, screen.texts("rights.entered"), screen.texts("rights.key_written", file=args.out))
    return outcome


def run_confirm(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Confirm what another account proposed."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.rights import confirm_right

    return _answer(args, screen, confirm_right(reading.register, args.which, by=read_signer(args), at=args.at))


def run_withdraw(args: argparse.Namespace, screen: Screen) -> Outcome:
    """Withdraw an account or a right."""
    reading = open_reading(args, screen, derives=False)
    from ytterby.shell.actions.rights import withdraw_right

    return _answer(args, screen, withdraw_right(reading.register, args.which, by=read_signer(args), at=args.at))


def _answer(args: argparse.Namespace, screen: Screen, result: "RightsChange") -> Outcome:
    answer = {
        "id": result.id or None,
        "state": result.state or None,
        "problems": [problem_json(problem, "", screen.language) for problem in result.problems],
        "as_of_size": result.size,
    }
    screen.answer(answer, lambda: show_problems(screen, result.problems, ""))
    refused = is_refused(result.problems)
    if not screen.is_json:
        _show(args, screen, result, is_refused=refused)
    return Outcome.FOUND if refused else Outcome.GOOD


def _show(args: argparse.Namespace, screen: Screen, result: "RightsChange", *, is_refused: bool) -> None:
    texts, number = screen.texts, result.id[:SHOWN]
    if is_refused:
        screen.verdict(False, texts("rights.refused"))
        screen.next(with_data(args, "ytterby party rights"))
    elif result.state == "proposed":
        screen.verdict(None, texts("rights.waits", id=number))
        screen.next(with_data(args, f"ytterby party confirm {quote(number)} --by FILE"))
    elif result.state == "withdrawn":
        screen.verdict(True, texts("rights.withdrawn", id=number))
    else:
        screen.verdict(True, texts("rights.in_force", id=number))


def run_rights(args: argparse.Namespace, screen: Screen) -> Outcome:
    """List accounts and rights."""
    reading = open_reading(args, screen)
    from ytterby.shell.store.reading.rights import list_rights

    answer = list_rights(reading.viewer)
    screen.answer(answer, lambda: _show_list(args, screen, reading, answer["rights"]))
    return Outcome.GOOD


def _show_list(args: argparse.Namespace, screen: Screen, reading: Reading, rows: Sequence[Json]) -> None:
    texts, names = screen.texts, reading.names(screen.language)
    if not rows:
        screen.verdict(None, texts("rights.none"))
        screen.next(with_data(args, "ytterby party import FILE"))
        return
    columns = [texts(f"column.{key}") for key in ("id", "right", "party", "start", "end", "state")]
    table = [
        [
            row["id"][:SHOWN],
            word("mandate", row["as"], screen.language) if row["as"] else row["name"] or row["account"][:SHOWN],
            names(row["party"]),
            row["start"] or "",
            row["end"] or "",
            word("right", row["state"], screen.language),
        ]
        for row in rows
    ]
    screen.table([Column(heading) for heading in columns], table)
    screen.verdict(None, texts("rights.count", count=len(rows)))
